//! `not-single-self-signed`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::chain::Top;
use crate::check::{ChainCheck, Check, Context, Details, Parameters, Scope, Verdict, Violation};
use crate::check::{NO_CERTIFICATE, UNREADABLE};
use crate::x509::Field;

/// The file is more than one self-signed certificate that plays both root and leaf.
///
/// Fails: `openssl req -x509` alone made the file.
/// Passes: a root, and a leaf that it signed.
/// Source: a policy's own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotSingleSelfSigned {}

impl Parameters for NotSingleSelfSigned {
    const NAME: &'static str = "not-single-self-signed";
    const DETAILS: Details = &[("subject", "the certificate's subject")];
    const SCOPE: Scope = Scope::Chain;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for NotSingleSelfSigned {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        let [only] = chain.path.as_slice() else {
            return if chain.path.is_empty() {
                Verdict::NotApplicable(NO_CERTIFICATE)
            } else {
                Verdict::Pass
            };
        };
        if !chain.unreadable.is_empty() {
            return Verdict::NotApplicable(UNREADABLE);
        }
        match (&chain.top, chain.members.get(*only)) {
            (Top::SelfIssued(_), Some(member)) => Verdict::fail(
                Violation::at_field(member, Field::Issuer, "issued by itself")
                    .with("subject", &member.certificate.subject.value),
            ),
            (Top::SelfIssued(_) | Top::IssuerMissing | Top::Nothing, _) => Verdict::Pass,
        }
    }
}
