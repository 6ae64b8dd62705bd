//! `extension-present`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::parameter::Oid;
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::Field;

/// The certificate has an extension.
///
/// Fails: `oid: 2.5.29.37`, and the certificate has no extendedKeyUsage.
/// Passes: it has one, whatever it lists.
/// Source: RFC 5280 §4.2.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtensionPresent {
    /// The extension's OID, dotted.
    oid: Oid,
}

impl Parameters for ExtensionPresent {
    const NAME: &'static str = "extension-present";
    const DETAILS: Details = &[("oid", "the OID asked for")];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for ExtensionPresent {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let extensions = &subject.member.certificate.extensions;
        if extensions
            .all
            .iter()
            .any(|extension| *extension.oid == *self.oid)
        {
            return Verdict::Pass;
        }
        let label = format!("no extension {} here", self.oid);
        Verdict::fail(
            Violation::at_field(subject.member, Field::Extension, label).with("oid", &self.oid),
        )
    }
}
