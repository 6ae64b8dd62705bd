//! `qc-statements-avoid`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::parameter::{NonEmpty, Oid};
use crate::check::qualified::statements;
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::Field;
use crate::x509::qc::statement_name;

/// The certificate's qcStatements has none of these statements.
///
/// Fails: `ids: [0.4.0.1862.1.4]` (`QcSSCD`), and the certificate states it.
/// Passes: it does not; one without qcStatements is not asked.
/// Source: RFC 3739 §3.2.6; EN 319 412-5 says which kind of certificate has which statement.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QcStatementsAvoid {
    /// The statements' OIDs, dotted.
    ids: NonEmpty<Oid>,
}

impl Parameters for QcStatementsAvoid {
    const NAME: &'static str = "qc-statements-avoid";
    const DETAILS: Details = &[("statement", "the statement found")];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for QcStatementsAvoid {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let statements = match statements(subject) {
            Ok(found) => &found.statements,
            Err(verdict) => return verdict,
        };
        let unwanted = statements
            .iter()
            .filter(|statement| self.ids.iter().any(|id| **id == *statement.value.id));
        let violations = unwanted.map(|statement| {
            let id = &statement.value.id;
            let name = statement_name(id).unwrap_or(id);
            let label = format!("{name} ({id})");
            Violation::at_der(subject.member, Field::QcStatements, statement.span, label)
                .with("statement", name)
        });
        Verdict::from_violations(violations.collect())
    }
}
