//! `order`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::check::text::list;
use crate::check::{ChainCheck, Check, Context, Details, Parameters, Scope, Verdict, Violation};
use crate::mend::Mend;

/// Each certificate is issued by the one after it: leaf first, root last.
///
/// Fails: root first, leaf last.
/// Passes: leaf, intermediate, root. Certificates outside of the path do not count here.
/// Source: RFC 8446 §4.4.2, whose order every chain file follows.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Order {}

impl Parameters for Order {
    const NAME: &'static str = "order";
    const DETAILS: Details = &[
        ("moves", "which certificates have to move"),
        (
            "order",
            "the right order, by the certificates' present numbers",
        ),
    ];
    const SCOPE: Scope = Scope::Chain;
    const MEND: Option<Mend> = Some(Mend::Order);

    fn build(self) -> Result<Check, String> {
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for Order {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        if chain.path.len() < 2 {
            return Verdict::NotApplicable("there is no pair of certificates");
        }
        let order = chain.order();
        let Some(first) = order.moves.first() else {
            return Verdict::Pass;
        };
        let moved = chain
            .members
            .iter()
            .find(|member| member.index == first.certificate);
        let Some(moved) = moved else {
            return Verdict::Pass;
        };
        let moves: Vec<String> = order.moves.iter().map(ToString::to_string).collect();
        let moves = capitalised(&moves.join(", then "));
        Verdict::fail(
            Violation::at_certificate(
                moved,
                format_args!(
                    "certificate {}: {}, {}",
                    moved.index,
                    moved.role.as_str(),
                    moved.certificate.subject.value
                ),
            )
            .with("moves", moves)
            .with(
                "order",
                list(chain.path_members().map(|member| member.index)),
            ),
        )
    }
}

/// A sentence out of a clause.
fn capitalised(clause: &str) -> String {
    let mut rest = clause.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(rest).collect()
}
