//! `psd2-roles-present`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::qualified::roles;
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::Field;

/// The PSD2 statement, where there is one, lists at least one role.
///
/// Fails: rolesOfPSP is empty.
/// Passes: it lists `PSP_AI`. A certificate without the statement is not asked.
/// Source: TS 119 495 §5.1.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Psd2RolesPresent {}

impl Parameters for Psd2RolesPresent {
    const NAME: &'static str = "psd2-roles-present";
    const DETAILS: Details = &[];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for Psd2RolesPresent {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        match roles(subject) {
            Err(verdict) => verdict,
            Ok(roles) if roles.value.is_empty() => {
                let label = "rolesOfPSP: empty";
                let field = Field::QcStatements;
                Verdict::fail(Violation::at_der(subject.member, field, roles.span, label))
            }
            Ok(_) => Verdict::Pass,
        }
    }
}
