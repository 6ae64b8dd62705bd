//! `key-usage`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::parameter::NonEmpty;
use crate::check::text::list;
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::{Extension, Field, KeyUsageBit};

/// keyUsage allows what the certificate is for.
///
/// Fails: `all_of: [key_cert_sign]` on a CA whose keyUsage is `cRLSign` alone.
/// Passes: the same on a CA whose keyUsage is `keyCertSign, cRLSign`.
/// Source: RFC 5280 §4.2.1.3.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyUsage {
    /// The bits that must be set where the extension is there.
    all_of: NonEmpty<KeyUsageBit>,
}

impl Parameters for KeyUsage {
    const NAME: &'static str = "key-usage";
    const OUTCOMES: Details = &[
        ("absent", "the certificate has no keyUsage"),
        ("bit-missing", "it has one, without a bit asked for"),
    ];
    const DETAILS: Details = &[
        ("missing", "the bits that are missing"),
        ("found", "the bits that are set"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for KeyUsage {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let at = |label: String| Violation::at_field(subject.member, Field::KeyUsage, label);
        let wanted = list(self.all_of.iter().map(|bit| bit.as_str()));
        let usage = match &subject.member.certificate.extensions.key_usage {
            Extension::Malformed { why, .. } => {
                return Verdict::undetermined(at(why.clone()), why);
            }
            Extension::Absent => {
                return Verdict::fail(
                    at("no keyUsage here".to_owned())
                        .outcome("absent")
                        .with("missing", wanted)
                        .with("found", "none"),
                );
            }
            Extension::Present { value, .. } => &value.value,
        };
        let missing: Vec<_> = self
            .all_of
            .iter()
            .filter(|bit| !usage.0.contains(bit))
            .map(|bit| bit.as_str())
            .collect();
        if missing.is_empty() {
            return Verdict::Pass;
        }
        let found = list(usage.0.iter().map(|bit| bit.as_str()));
        Verdict::fail(
            at(format!("keyUsage: {found}"))
                .outcome("bit-missing")
                .with("missing", list(missing))
                .with("found", found),
        )
    }
}
