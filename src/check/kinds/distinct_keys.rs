//! `distinct-keys`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::chain::Role;
use crate::check::{ChainCheck, Check, Context, Details, Parameters, Scope, Verdict, Violation};
use crate::check::{NO_CERTIFICATE, Place};
use crate::x509::Field;

/// The leaf's key is not the key of a CA in the file.
///
/// Fails: leaf and root were made from the same key file.
/// Passes: each has a key of its own.
/// Source: the separation of roles that RFC 5280 §4.2.1.9 presumes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DistinctKeys {}

impl Parameters for DistinctKeys {
    const NAME: &'static str = "distinct-keys";
    const DETAILS: Details = &[("ca", "the subject of the CA with the same key")];
    const SCOPE: Scope = Scope::Chain;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for DistinctKeys {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        if chain.members.is_empty() {
            return Verdict::NotApplicable(NO_CERTIFICATE);
        }
        let leaves = chain
            .members
            .iter()
            .filter(|member| member.role == Role::Leaf);
        let mut violations = Vec::new();
        for leaf in leaves {
            let key = leaf.certificate.public_key.value.spki_sha256;
            let twin = chain.members.iter().find(|member| {
                member.role != Role::Leaf && member.certificate.public_key.value.spki_sha256 == key
            });
            if let Some(twin) = twin {
                let subject = &twin.certificate.subject.value;
                violations.push(
                    Violation::at_field(leaf, Field::PublicKey, "the leaf's key")
                        .related(
                            Place::field(twin, Field::PublicKey),
                            "the same key, in a CA",
                        )
                        .with("ca", subject),
                );
            }
        }
        Verdict::from_violations(violations)
    }
}
