//! `no-private-key`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::check::Place;
use crate::check::{ChainCheck, Check, Context, Details, Parameters, Scope, Verdict, Violation};
use crate::pem::Label;
use crate::span::Span;

/// The file holds no private key, of whatever kind, encrypted or not.
///
/// A chain file is handed to others; a key in it has to be replaced, not just deleted.
///
/// Fails: `-----BEGIN PRIVATE KEY-----` anywhere in the file, even if it never ends; the base64 or the hex of a key
/// without any label; what `openssl rsa -text` prints; a JWK, a key of `PuTTY` or age.
/// Passes: certificates alone.
/// Source: RFC 7468 §10 and §11 for the labels.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoPrivateKey {}

impl Parameters for NoPrivateKey {
    const NAME: &'static str = "no-private-key";
    const DETAILS: Details = &[("label", "what the block's label says")];
    const SCOPE: Scope = Scope::Chain;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for NoPrivateKey {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        let labelled = chain.document.blocks.iter();
        let labelled = labelled
            .filter(|block| block.label == Label::PrivateKey)
            .map(|block| block.begin);
        let loose = chain.document.loose_keys.iter().copied();
        let mut places: Vec<Span> = labelled.chain(loose).collect();
        places.sort_unstable();
        let violations = places
            .into_iter()
            .map(|place| Violation::at(Place::File(place), "a private key begins here"));
        Verdict::from_violations(violations.collect())
    }
}
