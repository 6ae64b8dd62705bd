//! `recognised-root`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::chain::{Class, Ending};
use crate::check::NO_CERTIFICATE;
use crate::check::{ChainCheck, Check, Context, Details, Parameters, Scope, Verdict, Violation};
use crate::x509::Field;

/// A chain that claims a public CA ends in a root of a public store, or was issued by one.
///
/// The roots are those of Mozilla's store, older ones that chains still end in, and the trust anchors of policy
/// and config, told by their keys. A known name over another key is an impostor, whatever the chain claims.
///
/// Fails: a chain with CA/B Forum policies or SCTs under a root that no store knows (`unknown`); an own root
/// that is called `DigiCert Global Root G2` (`impostor`).
/// Passes: a chain under `DigiCert` Global Root G2, with the root in the file or not. A private chain is not
/// asked, unless its root is an impostor.
/// Source: Mozilla's CA certificate programme.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecognisedRoot {}

impl Parameters for RecognisedRoot {
    const NAME: &'static str = "recognised-root";
    const OUTCOMES: Details = &[
        (
            "impostor",
            "the root bears the name of a known root over another key",
        ),
        (
            "unknown",
            "the chain claims a public CA, and no store knows the root",
        ),
    ];
    const DETAILS: Details = &[
        ("top", "the subject at the top of the path"),
        ("reason", "why it is not recognised, a clause"),
    ];
    const SCOPE: Scope = Scope::Chain;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for RecognisedRoot {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        let Some(top) = chain.top_member() else {
            return Verdict::NotApplicable(NO_CERTIFICATE);
        };
        let issuer = &top.certificate.issuer.value;
        let outcome = match &chain.ending {
            Ending::KnownRoot(_) | Ending::IssuedByKnownRoot(_) => return Verdict::Pass,
            Ending::Impostor { .. } => "impostor",
            Ending::Unknown if chain.class != Class::Public => {
                return Verdict::NotApplicable("the chain does not claim a public CA");
            }
            Ending::Unknown => "unknown",
        };
        let reason = if outcome == "impostor" {
            "it bears the name of a known root over another key"
        } else {
            "no store knows its key"
        };
        Verdict::fail(
            Violation::at_field(top, Field::Issuer, format_args!("issuer: {issuer}"))
                .outcome(outcome)
                .with("top", &top.certificate.subject.value)
                .with("reason", reason),
        )
    }

    fn goes_by_anchors(&self) -> bool {
        true
    }
}
