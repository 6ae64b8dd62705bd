//! `leaf-is-not-ca`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::check::{ChainCheck, Check, Context, Details, Parameters, Scope, Verdict, Violation};
use crate::check::{NO_CERTIFICATE, UNREADABLE};
use crate::x509::{Extension, Field, KeyUsageBit};

/// The chain has a leaf, and the leaf is no CA and cannot sign certificates.
///
/// A key that can both log in and issue certificates lets whoever steals it make logins of his own.
///
/// Fails: the lowest certificate says CA:TRUE, so the file holds CA certificates alone; or the leaf's
/// keyUsage has keyCertSign.
/// Passes: a leaf with CA:FALSE, or without basicConstraints.
/// Source: RFC 5280 §4.2.1.9 and §4.2.1.3.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeafIsNotCa {}

impl Parameters for LeafIsNotCa {
    const NAME: &'static str = "leaf-is-not-ca";
    const DETAILS: Details = &[("problem", "what is wrong, a clause")];
    const SCOPE: Scope = Scope::Chain;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for LeafIsNotCa {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        let Some(lowest) = chain.leaf() else {
            return Verdict::NotApplicable(NO_CERTIFICATE);
        };
        if chain.leaves.is_empty() {
            if !chain.unreadable.is_empty() {
                return Verdict::NotApplicable(UNREADABLE);
            }
            return Verdict::fail(
                Violation::at_field(lowest, Field::BasicConstraints, "CA:TRUE").with(
                    "problem",
                    "there is no leaf: every certificate of the file is a CA certificate",
                ),
            );
        }
        let mut violations = Vec::new();
        for leaf in chain.leaves.iter().filter_map(|at| chain.members.get(*at)) {
            let extensions = &leaf.certificate.extensions;
            if let Extension::Malformed { why, .. } = &extensions.basic_constraints {
                let at = Violation::at_field(leaf, Field::BasicConstraints, why);
                return Verdict::undetermined(at, why);
            }
            if extensions
                .key_usage
                .value()
                .is_some_and(|u| u.0.contains(&KeyUsageBit::KeyCertSign))
            {
                violations.push(
                    Violation::at_field(leaf, Field::KeyUsage, "keyUsage has keyCertSign")
                        .with("problem", "the leaf may sign certificates (keyCertSign)"),
                );
            }
        }
        Verdict::from_violations(violations)
    }
}
