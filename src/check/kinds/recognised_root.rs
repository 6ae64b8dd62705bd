//! `recognised-root`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::chain::Ending;
use crate::check::NO_CERTIFICATE;
use crate::check::{ChainCheck, Check, Context, Details, Parameters, Scope, Verdict, Violation};
use crate::x509::Field;

/// The chain ends in a root of a public store, or was issued by one.
///
/// The roots are those of Mozilla's store and older ones that chains still end in, told by their keys; a
/// known name over another key is called an impostor.
///
/// Fails: a chain that claims a public CA (by policy or SCTs) under a root that no store knows.
/// Passes: a chain under `DigiCert` Global Root G2, with the root in the file or not.
/// Source: Mozilla's CA certificate programme.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecognisedRoot {}

impl Parameters for RecognisedRoot {
    const NAME: &'static str = "recognised-root";
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
        let reason = match &chain.ending {
            Ending::KnownRoot { .. } | Ending::IssuedByKnownRoot { .. } => return Verdict::Pass,
            Ending::Impostor { .. } => "it bears the name of a known root over another key",
            Ending::Unknown => "no store knows its key",
        };
        Verdict::fail(
            Violation::at_field(top, Field::Issuer, format_args!("issuer: {issuer}"))
                .with("top", &top.certificate.subject.value)
                .with("reason", reason),
        )
    }
}
