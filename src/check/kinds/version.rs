//! `version`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::parameter::{NonEmpty, VersionNumber};
use crate::check::text::list;
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::Field;

/// The certificate is of one of these X.509 versions.
///
/// Version 1 has no extensions, so it cannot say whether it is a CA; OpenSSL 3 makes version 1 when a
/// request is signed without an extension file.
///
/// Fails: `allowed: [3]`, and the certificate is version 1.
/// Passes: `allowed: [3]`, and it is version 3.
/// Source: RFC 5280 §4.1.2.1.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// The versions allowed, as people count them: 1, 2, 3.
    allowed: NonEmpty<VersionNumber>,
}

impl Parameters for Version {
    const NAME: &'static str = "version";
    const DETAILS: Details = &[
        ("version", "the version found"),
        ("allowed", "the versions allowed"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for Version {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let version = subject.member.certificate.version.value;
        if self
            .allowed
            .iter()
            .any(|allowed| allowed.number() == version)
        {
            return Verdict::Pass;
        }
        Verdict::fail(
            Violation::at_field(
                subject.member,
                Field::Version,
                format_args!("version {version}"),
            )
            .with("version", version)
            .with(
                "allowed",
                list(self.allowed.iter().map(|allowed| allowed.number())),
            ),
        )
    }
}
