//! `complete`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::chain::Gap;
use crate::check::text::list;
use crate::check::{ChainCheck, Check, Context, Details, Parameters, Scope, Verdict, Violation};
use crate::check::{EXHAUSTED, NO_CERTIFICATE, Place, UNREADABLE};
use crate::x509::Field;

/// Nothing is missing between the leaf and the root that the file holds.
///
/// Fails: leaf and root, and the intermediate that joins them is not there.
/// Passes: each certificate of the path is issued by another one of the file.
/// Source: RFC 5280 §6.1.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Complete {}

impl Parameters for Complete {
    const NAME: &'static str = "complete";
    const DETAILS: Details = &[
        (
            "subject",
            "the subject of the certificate whose issuer is missing",
        ),
        ("issuer", "the name of the missing issuer"),
        ("unreached", "the CA certificates above the gap"),
    ];
    const SCOPE: Scope = Scope::Chain;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for Complete {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        if chain.members.is_empty() {
            return Verdict::NotApplicable(NO_CERTIFICATE);
        }
        let Some(Gap::Intermediate {
            below, unreached, ..
        }) = chain.gap()
        else {
            return Verdict::Pass;
        };
        let Some(below) = chain.members.get(below) else {
            return Verdict::Pass;
        };
        let certificate = &below.certificate;
        let issuer = &certificate.issuer.value;
        let above: Vec<_> = unreached
            .iter()
            .filter_map(|at| chain.members.get(*at))
            .collect();
        let violation = Violation::at_field(
            below,
            Field::Issuer,
            format_args!("issued by {issuer}, who is not in the file"),
        )
        .with("subject", &certificate.subject.value)
        .with("issuer", issuer)
        .with(
            "unreached",
            list(above.iter().map(|member| &member.certificate.subject.value)),
        );
        if chain.exhausted {
            return Verdict::undetermined(violation, EXHAUSTED);
        }
        if !chain.unreadable.is_empty() {
            return Verdict::NotApplicable(UNREADABLE);
        }
        Verdict::fail(above.iter().fold(violation, |violation, member| {
            let subject = &member.certificate.subject.value;
            violation.related(
                Place::field(member, Field::Subject),
                format_args!("{subject} did not issue it"),
            )
        }))
    }
}
