//! `subject-attributes-once`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::parameter::AttributeName;
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::{AttributeType, Field};

/// The subject has each of these attributes once.
///
/// Fails: `required: [common_name]`, and the subject has no common name (`missing`) or two (`repeated`).
/// Passes: it has one that is not empty.
/// Source: EN 319 412-3 §4.2.1.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubjectAttributesOnce {
    /// Attribute types that have to be there, once: names as in `subject-attribute`, or dotted OIDs.
    #[serde(default)]
    required: Vec<AttributeName>,
    /// Attribute types that may be there, but not twice.
    #[serde(default)]
    single: Vec<AttributeName>,
}

impl Parameters for SubjectAttributesOnce {
    const NAME: &'static str = "subject-attributes-once";
    const OUTCOMES: Details = &[
        ("missing", "the attribute is not there, or is empty"),
        ("repeated", "the attribute is there more than once"),
    ];
    const DETAILS: Details = &[
        ("type", "the attribute type"),
        ("subject", "the subject"),
        ("count", "how often the attribute is there"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        if self.required.is_empty() && self.single.is_empty() {
            return Err("give required or single".to_owned());
        }
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for SubjectAttributesOnce {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let name = &subject.member.certificate.subject.value;
        let mut violations = Vec::new();
        let violation = |span, label: String, kind: &AttributeType, count: usize| {
            Violation::at_der(subject.member, Field::Subject, span, label)
                .with("type", kind.short())
                .with("subject", name)
                .with("count", count)
        };
        for kind in &self.required {
            let mut values = name.values(kind);
            if !values.any(|found| !found.value.value.trim().is_empty()) {
                let label = if name.attributes.is_empty() {
                    "the subject is empty".to_owned()
                } else {
                    format!("subject: {name}")
                };
                let span = subject.member.certificate.span_of(Field::Subject);
                violations.push(violation(span, label, kind, 0).outcome("missing"));
            }
        }
        for kind in self.required.iter().chain(&self.single) {
            let count = name.values(kind).count();
            if let Some(second) = name.values(kind).nth(1) {
                let label = format!("{}: {}", kind.short(), second.value.value);
                let at = violation(second.value.span, label, kind, count);
                violations.push(at.outcome("repeated"));
            }
        }
        Verdict::from_violations(violations)
    }
}
