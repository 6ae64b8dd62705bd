//! `issuer-among`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::check::issuer::Issuer;
use crate::check::parameter::NonEmpty;
use crate::check::text::list;
use crate::check::{
    ChainCheck, Check, Context, Details, NO_CERTIFICATE, Parameters, Scope, Verdict, Violation,
};
use crate::x509::Field;

/// One of these issuers stands behind the chain.
///
/// Looks at the CA certificates of the path, at the issuer's name at its top, and at the hosts of their CRL and AIA
/// addresses; never at the leaf's subject, nor at certificates that do not belong to the path. One matching pattern is
/// enough. Names can be copied: where that matters, `trust_anchors` know keys.
///
/// Fails: `organization: ["DigiCert*"]`, and the chain ends in `CN=Acme Root, O=Acme`.
/// Passes: the root, an intermediate or the name of the missing issuer is one of theirs.
/// Source: a policy's own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IssuerAmong {
    /// The issuers allowed.
    allowed: NonEmpty<Issuer>,
}

impl Parameters for IssuerAmong {
    const NAME: &'static str = "issuer-among";
    const DETAILS: Details = &[
        ("found", "the name at the top of the path"),
        ("allowed", "what the policy calls the issuers allowed"),
    ];
    const SCOPE: Scope = Scope::Chain;

    fn build(self) -> Result<Check, String> {
        if let Some(issuer) = self.allowed.iter().find(|issuer| issuer.is_unknowable()) {
            return Err(issuer.unknowable());
        }
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for IssuerAmong {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        let Some(top) = chain.top_member() else {
            return Verdict::NotApplicable(NO_CERTIFICATE);
        };
        let on_path = |issuer: &Issuer| issuer.find(chain, chain.path_members()).is_some();
        if self.allowed.iter().any(on_path) {
            return Verdict::Pass;
        }
        let found = &top.certificate.issuer.value;
        let at = Violation::at_field(top, Field::Issuer, format_args!("issuer: {found}"));
        let allowed = list(self.allowed.iter().map(Issuer::name));
        Verdict::fail(at.with("found", found).with("allowed", allowed))
    }
}
