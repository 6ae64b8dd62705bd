//! `policy-any-of`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::parameter::{NonEmpty, Oid};
use crate::check::text::list;
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::{Extension, Field};

/// The certificate is issued under at least one of these policies.
///
/// Fails: `any_of: [0.4.0.194112.1.4]`, and certificatePolicies lists 2.23.140.1.1 alone, or is not there.
/// Passes: it lists 0.4.0.194112.1.4 among others.
/// Source: RFC 5280 §4.2.1.4.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyAnyOf {
    /// Policy OIDs, dotted.
    any_of: NonEmpty<Oid>,
}

impl Parameters for PolicyAnyOf {
    const NAME: &'static str = "policy-any-of";
    const DETAILS: Details = &[
        ("found", "the policies found"),
        ("wanted", "the policies asked for"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for PolicyAnyOf {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let member = subject.member;
        let (field, label, found) = match &member.certificate.extensions.certificate_policies {
            Extension::Absent => {
                let label = "no certificatePolicies here".to_owned();
                (Field::Extension, label, list::<&str>([]))
            }
            Extension::Malformed { why, .. } => {
                let at = Violation::at_field(member, Field::CertificatePolicies, why);
                return Verdict::undetermined(at, why);
            }
            Extension::Present { value, .. } => {
                if value
                    .value
                    .iter()
                    .any(|oid| self.any_of.iter().any(|wanted| **wanted == **oid))
                {
                    return Verdict::Pass;
                }
                let found = list(&value.value);
                let label = format!("certificatePolicies: {found}");
                (Field::CertificatePolicies, label, found)
            }
        };
        Verdict::fail(
            Violation::at_field(member, field, label)
                .with("found", found)
                .with("wanted", list(&self.any_of)),
        )
    }
}
