//! `no-duplicates`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::check::Place;
use crate::check::{ChainCheck, Check, Context, Details, Parameters, Scope, Verdict, Violation};
use crate::mend::Mend;

/// No certificate stands twice in the file.
///
/// Fails: the root stands at the end twice.
/// Passes: each once. Two certificates for one key and name are not duplicates.
/// Source: RFC 8446 §4.4.2.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoDuplicates {}

impl Parameters for NoDuplicates {
    const NAME: &'static str = "no-duplicates";
    const DETAILS: Details = &[
        ("subject", "the certificate's subject"),
        ("first", "the number of the first copy"),
    ];
    const SCOPE: Scope = Scope::Chain;
    const MEND: Option<Mend> = Some(Mend::Duplicates);

    fn build(self) -> Result<Check, String> {
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for NoDuplicates {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        Verdict::from_violations(
            chain
                .duplicates
                .iter()
                .filter_map(|(again, first)| {
                    Some((chain.members.get(*again)?, chain.members.get(*first)?))
                })
                .map(|(again, first)| {
                    let subject = &again.certificate.subject.value;
                    Violation::at_certificate(
                        again,
                        format_args!("certificate {} again: {subject}", first.index),
                    )
                    .related(Place::Block(first.block), "the first copy")
                    .with("subject", subject)
                    .with("first", first.index)
                })
                .collect(),
        )
    }
}
