//! `qc-type`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::parameter::Oid;
use crate::check::qualified::{malformed, missing, statements_or_none};
use crate::check::text::list;
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::Field;
use crate::x509::qc::{QcInfo, QcStatements, statement_name};

const QC_TYPE: &str = "0.4.0.1862.1.6";

/// `QcType` says one thing, and it is this.
///
/// Fails: `only: 0.4.0.1862.1.6.3` (website authentication), and the certificate is for electronic seals
/// (`other`), for seals and websites (`several`), or does not say (`missing`).
/// Passes: it is for website authentication alone.
/// Source: EN 319 412-5 §4.2.3.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QcType {
    /// The OID of the one type allowed, dotted.
    only: Oid,
}

impl Parameters for QcType {
    const NAME: &'static str = "qc-type";
    const OUTCOMES: Details = &[
        ("missing", "there is no QcType, or it is empty"),
        ("several", "there are several types"),
        ("other", "the type is another one"),
    ];
    const DETAILS: Details = &[
        ("wanted", "the type asked for"),
        ("found", "the types found"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for QcType {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let statements = match statements_or_none(subject) {
            Ok(statements) => statements,
            Err(verdict) => return verdict,
        };
        let statement = statements.and_then(|statements| statements.get(QC_TYPE));
        if let Some(QcInfo::Malformed { span, why }) =
            statement.map(|statement| &statement.value.info)
        {
            return malformed(subject, *span, why);
        }
        let types = statements.map(QcStatements::types).into_iter().flatten();
        let types: Vec<&str> = types.map(|oid| oid.value.as_str()).collect();
        let outcome = match types.as_slice() {
            [] => "missing",
            [one] if **one == *self.only => return Verdict::Pass,
            [_] => "other",
            [..] => "several",
        };
        let name = |oid: &str| match statement_name(oid) {
            Some(name) => format!("{name} ({oid})"),
            None => oid.to_owned(),
        };
        let found = list(types.iter().map(|oid| name(oid)));
        let label = format!("QcType: {found}");
        let at = match statement {
            None => missing(subject, &label),
            Some(statement) => {
                Violation::at_der(subject.member, Field::QcStatements, statement.span, label)
            }
        };
        Verdict::fail(
            at.outcome(outcome)
                .with("wanted", name(&self.only))
                .with("found", found),
        )
    }
}
