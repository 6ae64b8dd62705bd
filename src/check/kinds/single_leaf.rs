//! `single-leaf`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::check::Place;
use crate::check::{ChainCheck, Check, Context, Details, Parameters, Scope, Verdict, Violation};

/// The file holds one end-entity certificate.
///
/// Fails: the certificates of two applications in one file.
/// Passes: one leaf with the CAs above it.
/// Source: RFC 8446 §4.4.2.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SingleLeaf {}

impl Parameters for SingleLeaf {
    const NAME: &'static str = "single-leaf";
    const DETAILS: Details = &[("subject", "the further leaf's subject")];
    const SCOPE: Scope = Scope::Chain;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for SingleLeaf {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        let mut leaves = chain.leaves.iter().filter_map(|at| chain.members.get(*at));
        let Some(first) = leaves.next() else {
            return Verdict::NotApplicable("there is no leaf");
        };
        Verdict::from_violations(
            leaves
                .map(|leaf| {
                    let subject = &leaf.certificate.subject.value;
                    Violation::at_certificate(
                        leaf,
                        format_args!("certificate {}: leaf {subject}", leaf.index),
                    )
                    .related(Place::Block(first.block), "the leaf of the path")
                    .with("subject", subject)
                })
                .collect(),
        )
    }
}
