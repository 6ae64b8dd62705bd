//! `root-included`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::chain::{Ending, Gap, Signature, Top};
use crate::check::{ChainCheck, Check, Context, Details, Parameters, Scope, Verdict, Violation};
use crate::check::{NO_CERTIFICATE, UNREADABLE};
use crate::mend::Mend;
use crate::trust::Origin;
use crate::x509::Field;

/// The path ends in a self-issued certificate that its own key signed.
///
/// Where an intermediate is missing below a root that is there, `complete` says so, and this does not.
///
/// Fails: the leaf alone (`leaf-alone`); leaf and intermediate without the root (`issuer-missing`); a root
/// whose signature its key did not make (`bad-signature`).
/// Passes: leaf first, root last.
/// Source: RFC 8446 §4.4.2 lets a TLS server leave the root out; who pins a root needs it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RootIncluded {}

impl Parameters for RootIncluded {
    const NAME: &'static str = "root-included";
    const OUTCOMES: Details = &[
        (
            "leaf-alone",
            "the file holds one certificate, and somebody else issued it",
        ),
        (
            "issuer-missing",
            "the top of the path was issued by somebody who is not in the file",
        ),
        (
            "known-root-missing",
            "the top was issued by a root that is known and not in the file",
        ),
        (
            "bad-signature",
            "the top is self-issued, but its own key did not sign it",
        ),
    ];
    const DETAILS: Details = &[
        ("issuer", "the name of the root, or of who comes next"),
        ("subject", "the subject at the top of the path"),
        (
            "holder",
            "who holds the missing root, a clause; empty where nobody is known to",
        ),
    ];
    const SCOPE: Scope = Scope::Chain;
    const MEND: Option<Mend> = Some(Mend::Root);

    fn build(self) -> Result<Check, String> {
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for RootIncluded {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        let Some(top) = chain.top_member() else {
            return Verdict::NotApplicable(NO_CERTIFICATE);
        };
        let issuer = &top.certificate.issuer.value;
        let at = |field, label: String| {
            Violation::at_field(top, field, label)
                .with("issuer", issuer)
                .with("subject", &top.certificate.subject.value)
        };
        match chain.top {
            Top::Nothing => Verdict::NotApplicable(NO_CERTIFICATE),
            Top::SelfIssued(Signature::Valid) => Verdict::Pass,
            Top::SelfIssued(Signature::Invalid) => Verdict::fail(
                at(
                    Field::Signature,
                    "not made by the certificate's own key".to_owned(),
                )
                .outcome("bad-signature"),
            ),
            Top::SelfIssued(Signature::Undetermined(why)) => Verdict::undetermined(
                at(Field::Signature, why.to_owned()).outcome("bad-signature"),
                why,
            ),
            Top::IssuerMissing if !chain.unreadable.is_empty() => {
                Verdict::NotApplicable(UNREADABLE)
            }
            Top::IssuerMissing => match chain.gap() {
                Some(Gap::Intermediate { .. }) => {
                    Verdict::NotApplicable("the path breaks off below a root that is there")
                }
                Some(Gap::Root { .. }) | None => {
                    let known = match &chain.ending {
                        Ending::IssuedByKnownRoot(root) => Some(&root.origin),
                        Ending::KnownRoot(_) | Ending::Impostor { .. } | Ending::Unknown => None,
                    };
                    let outcome = if known.is_some() {
                        "known-root-missing"
                    } else if chain.members.len() == 1 {
                        "leaf-alone"
                    } else {
                        "issuer-missing"
                    };
                    let label = format!("issued by {issuer}, who is not in the file");
                    let holder = match known {
                        Some(Origin::Given(file)) => format!("the trust anchors in {file} hold it"),
                        Some(Origin::Listed(listing)) => {
                            format!("the trusted lists in {} hold it", listing.file)
                        }
                        Some(Origin::Mozilla | Origin::Legacy) => {
                            "Mozilla's store holds it".to_owned()
                        }
                        None => String::new(),
                    };
                    Verdict::fail(
                        at(Field::Issuer, label)
                            .outcome(outcome)
                            .with("holder", holder),
                    )
                }
            },
        }
    }
}
