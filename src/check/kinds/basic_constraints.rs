//! `basic-constraints`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::{Extension, Field};

/// basicConstraints says whether the certificate is a CA, as it should.
///
/// Fails: `ca: true`, and the certificate says CA:FALSE or has no basicConstraints.
/// Passes: `ca: true`, and the certificate says CA:TRUE, critical or not.
/// Source: RFC 5280 §4.2.1.9.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BasicConstraints {
    /// What `cA` must be.
    ca: bool,
}

impl Parameters for BasicConstraints {
    const NAME: &'static str = "basic-constraints";
    const DETAILS: Details = &[("found", "what the certificate says")];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for BasicConstraints {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let field = Field::BasicConstraints;
        let found = match &subject.member.certificate.extensions.basic_constraints {
            Extension::Malformed { why, .. } => {
                return Verdict::undetermined(Violation::at_field(subject.member, field, why), why);
            }
            Extension::Present { value, .. } if value.value.ca == self.ca => return Verdict::Pass,
            Extension::Present { value, .. } if value.value.ca => "CA:TRUE",
            Extension::Present { .. } => "CA:FALSE",
            Extension::Absent if self.ca => "no basicConstraints",
            Extension::Absent => return Verdict::Pass,
        };
        Verdict::fail(Violation::at_field(subject.member, field, found).with("found", found))
    }
}
