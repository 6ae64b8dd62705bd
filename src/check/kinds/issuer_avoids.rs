//! `issuer-avoids`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::check::issuer::Issuer;
use crate::check::parameter::NonEmpty;
use crate::check::{
    ChainCheck, Check, Context, Details, NO_CERTIFICATE, Parameters, Scope, Verdict,
};

/// None of these issuers stands behind the chain.
///
/// Looks at every CA certificate of the file, at the issuer's name at the top of the path, and at the
/// hosts of CRL and AIA addresses; never at the leaf's subject. One matching pattern is enough.
///
/// Fails: `organization: ["Let's Encrypt"]`, and the intermediate is `CN=R11, O=Let's Encrypt, C=US`.
/// Passes: a chain of another issuer, even if its leaf is called "Let's Encrypt client".
/// Source: a policy's own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IssuerAvoids {
    /// The issuers refused.
    issuers: NonEmpty<Issuer>,
}

impl Parameters for IssuerAvoids {
    const NAME: &'static str = "issuer-avoids";
    const DETAILS: Details = &[
        ("name", "what the policy calls the issuer"),
        ("found", "the text that matched"),
    ];
    const SCOPE: Scope = Scope::Chain;

    fn build(self) -> Result<Check, String> {
        if let Some(issuer) = self.issuers.iter().find(|issuer| issuer.is_unknowable()) {
            return Err(issuer.unknowable());
        }
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for IssuerAvoids {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        if chain.members.is_empty() {
            return Verdict::NotApplicable(NO_CERTIFICATE);
        }
        // Nearest the leaf first: that is the certificate that its holder has to replace.
        let members = chain.path_members().chain(&chain.members);
        let found = self
            .issuers
            .iter()
            .filter_map(|issuer| issuer.find(chain, members.clone()));
        Verdict::from_violations(found.collect())
    }
}
