//! The facts of qcStatements.

use schemars::JsonSchema;
use serde::Serialize;

use crate::source::escape;
use crate::x509::qc::{Psd2Statement, QcInfo, QcStatements, statement_name};

/// What a certificate states about its being qualified (RFC 3739, EN 319 412-5, TS 119 495).
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct QcFacts {
    /// The statements in encoded order.
    pub statements: Vec<StatementFacts>,
    /// Whether `QcCompliance` is stated: a qualified certificate under EU law.
    pub compliance: bool,
    /// The OIDs of `QcType`: what the certificate is for.
    pub types: Vec<String>,
    /// `QcPDS`: where the disclosure statements are.
    pub disclosures: Vec<DisclosureFacts>,
    /// `QcSSCD`: whether the key lives in a qualified device.
    pub sscd: bool,
    /// `QcCClegislation`: countries outside the EU under whose law the certificate is qualified.
    pub legislation: Vec<String>,
    /// `QcLimitValue`: what a transaction may be worth at most, for example `5 × 10^3 EUR`.
    pub limit_value: Option<String>,
    /// `QcRetentionPeriod`: for how many years records are kept.
    pub retention_years: Option<i64>,
    /// The OID that says how the subject's identifiers are to be read.
    pub semantics: Option<String>,
    /// The PSD2 statement; null where there is none.
    pub psd2: Option<Psd2Facts>,
}

/// A statement.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct StatementFacts {
    /// Its OID.
    pub oid: String,
    /// Its customary name, if it has one.
    pub name: Option<String>,
    /// Why it cannot be read; null where it can.
    pub problem: Option<String>,
}

/// Where a disclosure statement is.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct DisclosureFacts {
    /// Its URL.
    pub url: String,
    /// Its language, ISO 639-1.
    pub language: String,
}

/// The PSD2 statement.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Psd2Facts {
    /// The roles in encoded order; empty where they cannot be read.
    pub roles: Vec<RoleFacts>,
    /// The name of the national competent authority; null where it cannot be read.
    pub nca_name: Option<String>,
    /// The id of the national competent authority; null where it cannot be read.
    pub nca_id: Option<String>,
    /// What is wrong with the statement.
    pub problems: Vec<String>,
}

/// A role of a payment service provider.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct RoleFacts {
    /// Its OID.
    pub oid: String,
    /// Its name.
    pub name: String,
}

/// What the statements say.
pub(super) fn facts(statements: &QcStatements) -> QcFacts {
    let mut facts = QcFacts::default();
    for statement in &statements.statements {
        let statement = &statement.value;
        let mut problem = None;
        match &statement.info {
            QcInfo::Plain => {}
            QcInfo::Types(types) => {
                facts
                    .types
                    .extend(types.iter().map(|oid| oid.value.clone()));
            }
            QcInfo::Disclosures(found) => {
                facts
                    .disclosures
                    .extend(found.iter().map(|found| DisclosureFacts {
                        url: escape(&found.value.url),
                        language: escape(&found.value.language),
                    }));
            }
            QcInfo::Legislation(countries) => facts
                .legislation
                .extend(countries.iter().map(|country| escape(&country.value))),
            QcInfo::LimitValue(value) => {
                let currency = escape(&value.currency);
                let (amount, exponent) = (value.amount, value.exponent);
                facts.limit_value = Some(format!("{amount} × 10^{exponent} {currency}"));
            }
            QcInfo::RetentionYears(years) => facts.retention_years = Some(*years),
            QcInfo::Semantics(oid) => facts.semantics.clone_from(oid),
            QcInfo::Psd2(statement) => facts.psd2 = Some(psd2(statement)),
            QcInfo::Malformed { why, .. } => problem = Some(escape(why)),
        }
        facts.statements.push(StatementFacts {
            oid: statement.id.clone(),
            name: statement_name(&statement.id).map(str::to_owned),
            problem,
        });
    }
    let has = |id| statements.get(id).is_some();
    facts.compliance = has("0.4.0.1862.1.1");
    facts.sscd = has("0.4.0.1862.1.4");
    facts
}

fn psd2(statement: &Psd2Statement) -> Psd2Facts {
    let roles = statement.roles.iter().flat_map(|roles| &roles.value);
    Psd2Facts {
        roles: roles
            .map(|role| RoleFacts {
                oid: role.value.oid.value.clone(),
                name: escape(&role.value.name.value),
            })
            .collect(),
        nca_name: statement.nca_name.as_ref().map(|name| escape(&name.value)),
        nca_id: statement.nca_id.as_ref().map(|id| escape(&id.value)),
        problems: statement
            .faults
            .iter()
            .map(|fault| escape(&fault.why))
            .collect(),
    }
}
