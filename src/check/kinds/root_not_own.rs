//! `root-not-own`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::{Chain, Ending, Top};
use crate::check::{ChainCheck, Check, Context, Details, Parameters, Scope, Verdict, Violation};
use crate::check::{NO_CERTIFICATE, Place};
use crate::x509::{AttributeType, Field, Name};

/// The chain does not end in a root of the leaf's own organisation.
///
/// A root is the leaf's own where both have the same organizationIdentifier, or else the same organization
/// (letter case and white space do not count), or where the leaf has issued itself. Roots that public
/// stores know or that the user trusts are nobody's own, nor is one that is not in the file.
///
/// Fails: `O=Acme` under a root `O=ACME` (`own-root`); one certificate that has issued itself
/// (`self-issued`).
/// Passes: `O=Acme` under a root of a trust service provider, known or not.
/// Source: Delegated Regulation (EU) 2018/389, article 34: qualified certificates come from qualified trust
/// service providers.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RootNotOwn {}

impl Parameters for RootNotOwn {
    const NAME: &'static str = "root-not-own";
    const OUTCOMES: Details = &[
        ("self-issued", "the leaf has no issuer but itself"),
        ("own-root", "the root is of the leaf's organisation"),
    ];
    const DETAILS: Details = &[
        ("root", "the root's subject"),
        ("organization", "the organisation that both share"),
    ];
    const SCOPE: Scope = Scope::Chain;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for RootNotOwn {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        let lowest = chain.path_members().next();
        let (Some(leaf), Some(top)) = (lowest, chain.top_member()) else {
            return Verdict::NotApplicable(NO_CERTIFICATE);
        };
        match &chain.ending {
            Ending::KnownRoot(_) | Ending::IssuedByKnownRoot(_) => return Verdict::Pass,
            Ending::Impostor { .. } | Ending::Unknown => {}
        }
        match chain.top {
            Top::Nothing | Top::IssuerMissing => {
                return Verdict::NotApplicable("the root is not in the file");
            }
            Top::SelfIssued(_) => {}
        }
        let subject = &leaf.certificate.subject.value;
        let root = &top.certificate.subject.value;
        if leaf.index == top.index {
            let label = format!("issued by itself: {subject}");
            return Verdict::fail(
                Violation::at_field(leaf, Field::Issuer, label)
                    .outcome("self-issued")
                    .with("root", root)
                    .with("organization", subject.organization().unwrap_or_default()),
            );
        }
        let Some(shared) = shared(subject, root) else {
            return Verdict::Pass;
        };
        Verdict::fail(
            Violation::at_field(top, Field::Subject, format_args!("root: {root}"))
                .outcome("own-root")
                .with("root", root)
                .with("organization", shared)
                .related(
                    Place::field(leaf, Field::Subject),
                    format_args!("leaf: {subject}"),
                ),
        )
    }

    fn goes_by_anchors(&self) -> bool {
        true
    }
}

/// What two names of one organisation share.
fn shared<'a>(leaf: &'a Name, root: &Name) -> Option<&'a str> {
    let pair = |kind: &AttributeType| Some((leaf.first(kind)?.to_owned(), root.first(kind)?));
    let fold = |text: &str| {
        let words: Vec<&str> = text.split_whitespace().collect();
        words.join(" ").to_lowercase()
    };
    let kind = if pair(&AttributeType::OrganizationIdentifier).is_some() {
        AttributeType::OrganizationIdentifier
    } else {
        AttributeType::Organization
    };
    let (ours, theirs) = pair(&kind)?;
    (!ours.trim().is_empty() && fold(&ours) == fold(theirs)).then(|| leaf.first(&kind))?
}
