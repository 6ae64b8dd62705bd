//! `pem-format`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::check::Place;
use crate::check::{ChainCheck, Check, Context, Details, Parameters, Scope, Verdict, Violation};
use crate::span::Span;

/// The file is strict PEM of certificate blocks and nothing that pretends to be one.
///
/// Each fault is an outcome of its own, so that a rule can give it a help of its own.
///
/// Fails: a missing line break between END and BEGIN; a PKCS#12 container; a block that never ends.
/// Passes: certificate blocks with LF or CRLF line ends and lines of any width.
/// Source: RFC 7468.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PemFormat {}

impl Parameters for PemFormat {
    const NAME: &'static str = "pem-format";
    const DETAILS: Details = &[
        ("fault", "what is wrong, in words"),
        ("mend", "how to put it right"),
        ("name", "the fault's name"),
    ];
    const SCOPE: Scope = Scope::Chain;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for PemFormat {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        let document = &chain.document;
        let mut violations: Vec<Violation> = document
            .faults
            .iter()
            .map(|fault| {
                let what = fault.kind.describe();
                Violation::at(Place::File(fault.span), &what)
                    .outcome(fault.kind.name())
                    .with("fault", what)
                    .with("mend", fault.kind.mend())
                    .with("name", fault.kind.name())
            })
            .collect();
        if violations.is_empty()
            && !document
                .blocks
                .iter()
                .any(|block| block.label.is_certificate())
        {
            violations.push(
                Violation::at(
                    Place::File(Span::new(0, document.len)),
                    "no certificate here",
                )
                .outcome("no-certificate")
                .with("fault", "the file holds no certificate")
                .with("mend", "Put the chain into it: leaf first, root last.")
                .with("name", "no-certificate"),
            );
        }
        Verdict::from_violations(violations)
    }
}
