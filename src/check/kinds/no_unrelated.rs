//! `no-unrelated`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::check::{ChainCheck, Check, Context, Details, Parameters, Scope, Verdict, Violation};
use crate::mend::Mend;

/// Every certificate belongs to the one path from the leaf to the root.
///
/// Where the path breaks off below CA certificates that it does not reach, `complete` speaks of them, and
/// this does not.
///
/// Fails: an intermediate of another CA at the end of the file (`stranger`); a cross-certificate of the root beside
/// the root (`spare`).
/// Passes: the path alone.
/// Source: RFC 8446 §4.4.2.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoUnrelated {}

impl Parameters for NoUnrelated {
    const NAME: &'static str = "no-unrelated";
    const OUTCOMES: Details = &[
        ("stranger", "the certificate belongs to another chain"),
        (
            "spare",
            "the certificate is a further one of a CA of the chain, or issued one of the chain, which does without it",
        ),
    ];
    const DETAILS: Details = &[(
        "subject",
        "the subject of the certificate that does not belong",
    )];
    const SCOPE: Scope = Scope::Chain;
    const MEND: Option<Mend> = Some(Mend::Strangers);

    fn build(self) -> Result<Check, String> {
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for NoUnrelated {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        Verdict::from_violations(
            chain
                .unrelated()
                .into_iter()
                .filter_map(|at| Some((at, chain.members.get(at)?)))
                .map(|(at, member)| {
                    let subject = &member.certificate.subject.value;
                    let is_spare = chain.spares.contains(&at);
                    let label = format_args!("certificate {}: {subject}", member.index);
                    Violation::at_certificate(member, label)
                        .outcome(if is_spare { "spare" } else { "stranger" })
                        .with("subject", subject)
                })
                .collect(),
        )
    }
}
