//! `subject-attribute`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::parameter::AttributeName;
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::Field;

/// The subject has an attribute of this type, and it is not empty.
///
/// Fails: `type: common_name`, and the subject is `O=Acme`.
/// Passes: `type: common_name`, and the subject is `CN=acme-prod, O=Acme`.
/// Source: RFC 5280 §4.1.2.6.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubjectAttribute {
    /// The attribute type: `common_name`, organization, `organizational_unit`, country, locality,
    /// `state_or_province`, `serial_number`, `organization_identifier`, `email_address`, `domain_component`,
    /// or a dotted OID.
    #[serde(rename = "type")]
    kind: AttributeName,
}

impl Parameters for SubjectAttribute {
    const NAME: &'static str = "subject-attribute";
    const DETAILS: Details = &[
        ("type", "the attribute type asked for"),
        ("subject", "the subject"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for SubjectAttribute {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let name = &subject.member.certificate.subject.value;
        if name
            .values(&self.kind)
            .any(|attribute| !attribute.value.value.trim().is_empty())
        {
            return Verdict::Pass;
        }
        let label = if name.attributes.is_empty() {
            "the subject is empty".to_owned()
        } else {
            format!("subject: {name}")
        };
        Verdict::fail(
            Violation::at_field(subject.member, Field::Subject, label)
                .with("type", self.kind.as_str())
                .with("subject", name),
        )
    }
}
