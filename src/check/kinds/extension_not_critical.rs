//! `extension-not-critical`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::parameter::Oid;
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::{Field, extension_name};

/// An extension, where it is there, is not marked critical.
///
/// A critical extension that a peer does not know makes it refuse the certificate.
///
/// Fails: `oid: 1.3.6.1.5.5.7.1.3` (qcStatements), and the certificate has it with `critical: true`.
/// Passes: it is there and not critical; it is not there.
/// Source: RFC 5280 §4.2.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtensionNotCritical {
    /// The extension's OID, dotted.
    oid: Oid,
}

impl Parameters for ExtensionNotCritical {
    const NAME: &'static str = "extension-not-critical";
    const DETAILS: Details = &[("extension", "the extension's name or OID")];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for ExtensionNotCritical {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let mut extensions = subject.member.certificate.extensions.all.iter();
        let Some(found) = extensions.find(|extension| *extension.oid == *self.oid) else {
            return Verdict::NotApplicable("the certificate does not have the extension");
        };
        if !found.critical {
            return Verdict::Pass;
        }
        let name = extension_name(&self.oid).unwrap_or(&self.oid);
        let label = format!("{name}: critical");
        let member = subject.member;
        Verdict::fail(
            Violation::at_der(member, Field::Extension, found.span, label).with("extension", name),
        )
    }
}
