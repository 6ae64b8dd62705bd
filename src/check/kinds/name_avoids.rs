//! `name-avoids`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::parameter::NonEmpty;
use crate::check::parameter::Pattern;
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::Field;

/// No attribute of the subject matches one of these patterns.
///
/// Catches texts that were copied and not replaced.
///
/// Fails: `patterns: ["*mycompany*"]`, and the subject is `CN=MyCompany client`.
/// Passes: the subject is `CN=Acme client`.
/// Source: a policy's own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NameAvoids {
    /// Patterns over a whole attribute value; `*` stands for any run of characters, letter case does not count.
    patterns: NonEmpty<Pattern>,
}

impl Parameters for NameAvoids {
    const NAME: &'static str = "name-avoids";
    const DETAILS: Details = &[
        ("type", "the attribute's type"),
        ("value", "the attribute's value"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for NameAvoids {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let name = &subject.member.certificate.subject.value;
        Verdict::from_violations(
            name.attributes
                .iter()
                .filter(|attribute| {
                    self.patterns
                        .iter()
                        .any(|pattern| pattern.matches(&attribute.value.value))
                })
                .map(|attribute| {
                    let (kind, value) = (attribute.kind.short(), &attribute.value.value);
                    Violation::at_der(
                        subject.member,
                        Field::Subject,
                        attribute.value.span,
                        format_args!("{kind}={value}"),
                    )
                    .with("type", kind)
                    .with("value", value)
                })
                .collect(),
        )
    }
}
