//! `encoding`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::check::Place;
use crate::check::{ChainCheck, Check, Context, Details, Parameters, Scope, Verdict, Violation};
use crate::x509::Field;

/// Every certificate block holds one certificate in DER, and nothing else.
///
/// Fails: bytes behind the certificate; a length that is not minimal; an extension that does not parse.
/// Passes: what any current tool writes.
/// Source: RFC 5280 §4.1; ITU-T X.690 §10 for DER.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Encoding {}

impl Parameters for Encoding {
    const NAME: &'static str = "encoding";
    const DETAILS: Details = &[("problem", "what is wrong with the encoding")];
    const SCOPE: Scope = Scope::Chain;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for Encoding {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        let unreadable = chain.unreadable.iter().filter_map(|unreadable| {
            let error = unreadable.error.as_ref()?;
            let (block, field) = (unreadable.block, Field::Certificate);
            Some(
                Violation::at(
                    Place::Der {
                        block,
                        field,
                        span: error.span,
                    },
                    error,
                )
                .with("problem", error),
            )
        });
        let departing = chain.members.iter().flat_map(|member| {
            member.certificate.problems.iter().map(|problem| {
                Violation::at_der(member, Field::Certificate, problem.span, problem)
                    .with("problem", problem)
            })
        });
        Verdict::from_violations(unreadable.chain(departing).collect())
    }
}
