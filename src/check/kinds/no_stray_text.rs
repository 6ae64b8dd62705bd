//! `no-stray-text`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::check::Place;
use crate::check::{ChainCheck, Check, Context, Details, Parameters, Scope, Verdict, Violation};
use crate::mend::Mend;

/// There is no text outside of the PEM blocks.
///
/// Most programs pass it over; some take it for damage.
///
/// Fails: the dump of `openssl x509 -text` above the block.
/// Passes: blocks alone, with blank lines between them or not.
/// Source: RFC 7468 §2 allows explanatory text, and §3 makes the strict form without it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoStrayText {}

impl Parameters for NoStrayText {
    const NAME: &'static str = "no-stray-text";
    const DETAILS: Details = &[("lines", "how many runs of text there are")];
    const SCOPE: Scope = Scope::Chain;
    const MEND: Option<Mend> = Some(Mend::Text);

    fn build(self) -> Result<Check, String> {
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for NoStrayText {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        let Some((first, others)) = chain.document.texts.split_first() else {
            return Verdict::Pass;
        };
        if !chain
            .document
            .blocks
            .iter()
            .any(|block| block.label.is_certificate())
        {
            return Verdict::NotApplicable("the file holds no certificate");
        }
        let count = chain.document.texts.len();
        let violation =
            Violation::at(Place::File(*first), "text outside of a block").with("lines", count);
        Verdict::fail(others.iter().fold(violation, |violation, text| {
            violation.related(Place::File(*text), "more of it")
        }))
    }
}
