//! `purpose`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::parameter::PurposeId;
use crate::check::text::list;
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::{Extension, Field, KeyUsageBit, purpose_name};

/// The certificate may be used for a purpose, as far as it restricts its use at all.
///
/// An extendedKeyUsage that is there must list the purpose (or anyExtendedKeyUsage); a keyUsage that is
/// there must have the bits. A certificate without either is not restricted.
///
/// Fails: `extended_key_usage: clientAuth`, and the certificate lists serverAuth alone.
/// Passes: it lists serverAuth and clientAuth, or has no extendedKeyUsage.
/// Source: RFC 5280 §4.2.1.3 and §4.2.1.12.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// The purpose, by its customary name (`clientAuth`) or its OID, dotted.
    extended_key_usage: PurposeId,
    /// The bits that a keyUsage must have.
    #[serde(default)]
    key_usage: Vec<KeyUsageBit>,
}

impl Parameters for Purpose {
    const NAME: &'static str = "purpose";
    const DETAILS: Details = &[
        ("purpose", "the purpose asked for"),
        ("found", "what the certificate allows instead"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

const ANY_PURPOSE: &str = "2.5.29.37.0";

impl CertificateCheck for Purpose {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let extensions = &subject.member.certificate.extensions;
        let purpose = purpose_name(self.extended_key_usage.oid());
        let mut violations = Vec::new();
        let mut broken = None;
        let at = |field, label: &str| {
            Violation::at_field(subject.member, field, label).with("purpose", &purpose)
        };
        match &extensions.extended_key_usage {
            Extension::Absent => {}
            Extension::Malformed { why, .. } => broken = Some((Field::ExtendedKeyUsage, why)),
            Extension::Present { value, .. } => {
                let allows =
                    |oid: &String| *oid == self.extended_key_usage.oid() || oid == ANY_PURPOSE;
                if !value.value.iter().any(allows) {
                    let found = list(value.value.iter().map(|oid| purpose_name(oid)));
                    let label = format!("extendedKeyUsage: {found}");
                    violations.push(at(Field::ExtendedKeyUsage, &label).with("found", label));
                }
            }
        }
        match &extensions.key_usage {
            Extension::Absent => {}
            Extension::Malformed { why, .. } => broken = Some((Field::KeyUsage, why)),
            Extension::Present { value, .. } => {
                if !self.key_usage.iter().all(|bit| value.value.0.contains(bit)) {
                    let found = list(value.value.0.iter().map(|bit| bit.as_str()));
                    let label = format!("keyUsage: {found}");
                    violations.push(at(Field::KeyUsage, &label).with("found", label));
                }
            }
        }
        match broken {
            Some((field, why)) if violations.is_empty() => {
                Verdict::undetermined(at(field, why), why)
            }
            Some(_) | None => Verdict::from_violations(violations),
        }
    }
}
