//! `ca-outlives-leaf`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::check::Place;
use crate::check::{ChainCheck, Check, Context, Details, Parameters, Scope, Verdict, Violation};
use crate::x509::Field;

/// Every CA above the leaf stays valid at least as long as the leaf.
///
/// Fails: the root expires a day before the leaf.
/// Passes: they expire at the same second, or the root later.
/// Source: the shell model of RFC 5280 §6.1.3 (a)(2), in which a path ends with its first expiry.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaOutlivesLeaf {}

impl Parameters for CaOutlivesLeaf {
    const NAME: &'static str = "ca-outlives-leaf";
    const DETAILS: Details = &[
        ("ca", "the CA's subject"),
        ("ca_not_after", "when the CA expires"),
        ("leaf_not_after", "when the leaf expires"),
    ];
    const SCOPE: Scope = Scope::Chain;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for CaOutlivesLeaf {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        let Some(leaf) = chain.leaf().filter(|_| chain.path.len() > 1) else {
            return Verdict::NotApplicable("there is no pair of certificates");
        };
        let leaf_end = leaf.certificate.not_after.value;
        Verdict::from_violations(
            chain
                .path_members()
                .skip(1)
                .filter(|ca| ca.certificate.not_after.value < leaf_end)
                .map(|ca| {
                    let end = ca.certificate.not_after.value;
                    Violation::at_field(ca, Field::NotAfter, format_args!("notAfter: {end}"))
                        .related(
                            Place::field(leaf, Field::NotAfter),
                            format_args!("the leaf's notAfter: {leaf_end}"),
                        )
                        .with("ca", &ca.certificate.subject.value)
                        .with("ca_not_after", end)
                        .with("leaf_not_after", leaf_end)
                })
                .collect(),
        )
    }
}
