//! `path-length`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::{Chain, constraints};
use crate::check::{ChainCheck, Check, Context, Details, Parameters, Scope, Verdict, Violation};
use crate::x509::Field;

/// No CA of the path has more intermediate certificates below it than its pathLenConstraint allows.
///
/// Self-issued intermediates do not count.
///
/// Fails: a root with `pathlen:0`, an intermediate, and a leaf.
/// Passes: a root with `pathlen:0` and a leaf.
/// Source: RFC 5280 §4.2.1.9 and §6.1.4 (l) to (m).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PathLength {}

impl Parameters for PathLength {
    const NAME: &'static str = "path-length";
    const DETAILS: Details = &[
        ("ca", "the subject of the CA with the constraint"),
        ("allowed", "how many intermediates it allows"),
        ("found", "how many the path has below it"),
    ];
    const SCOPE: Scope = Scope::Chain;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for PathLength {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        Verdict::from_violations(
            constraints::path_length(chain)
                .into_iter()
                .filter_map(|excess| {
                    let ca = chain.members.get(excess.ca)?;
                    let (allowed, found) = (excess.allowed, excess.found);
                    Some(
                        Violation::at_field(
                            ca,
                            Field::BasicConstraints,
                            format_args!("pathLenConstraint: {allowed}"),
                        )
                        .with("ca", &ca.certificate.subject.value)
                        .with("allowed", allowed)
                        .with("found", found),
                    )
                })
                .collect(),
        )
    }
}
