//! `name-includes`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::Place;
use crate::check::text::list;
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::{AttributeType, Field, Name};
use std::fmt::Display;

/// The subject's common name includes a name, the organisation's as a rule.
///
/// Letter case and punctuation do not count, nor do the words of `ignore_words` (legal forms), so
/// `Acme Payments, UAB` is included in `acme-payments-prod`. Where the name is empty, the leaf's
/// organization (O) takes its place; where that is missing too, the outcome is `unknown`.
///
/// Fails: `name: "Acme Payments"`, and the subject is `CN=client-1, O=Acme Payments` (`organization-only`),
/// or `CN=client-1` (`missing`).
/// Passes: `name: "Acme Payments"`, and the subject is `CN=ACME payments client`.
/// Source: a policy's own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NameIncludes {
    /// The name to look for; empty for the leaf's organization.
    #[serde(default)]
    name: String,
    /// Words of the name that do not count, letter case folded.
    #[serde(default)]
    ignore_words: Vec<String>,
}

impl Parameters for NameIncludes {
    const NAME: &'static str = "name-includes";
    const OUTCOMES: Details = &[
        (
            "missing",
            "neither common name nor organization includes it",
        ),
        (
            "organization-only",
            "the organization includes it, the common name does not",
        ),
        (
            "unknown",
            "no name is given, and the leaf has no organization",
        ),
    ];
    const DETAILS: Details = &[
        ("name", "the name that was looked for"),
        ("common_name", "the common name found"),
        ("organization", "the organization found"),
        ("found", "what the common name is, or that there is none"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for NameIncludes {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let name = &subject.member.certificate.subject.value;
        let shown = |kind| list(name.values(&kind).map(|attribute| &attribute.value.value));
        let found = match name.common_name() {
            Some(_) => format!("the CN is \"{}\"", shown(AttributeType::CommonName)),
            None => "there is no CN".to_owned(),
        };
        let at = |label: &dyn Display, outcome, wanted: &str| {
            Violation::at_field(subject.member, Field::Subject, label)
                .outcome(outcome)
                .with("name", wanted)
                .with("common_name", shown(AttributeType::CommonName))
                .with("organization", shown(AttributeType::Organization))
                .with("found", &found)
        };
        let leaf = subject
            .chain
            .leaf()
            .map(|leaf| &leaf.certificate.subject.value);
        let wanted = match self.name.trim() {
            "" => leaf.and_then(Name::organization).unwrap_or_default(),
            name => name,
        };
        let folded = self.fold(wanted);
        if folded.is_empty() {
            return Verdict::fail(at(&format_args!("subject: {name}"), "unknown", wanted));
        }
        let has = |kind: AttributeType| {
            name.values(&kind)
                .any(|attribute| letters(&attribute.value.value).contains(&folded))
        };
        if has(AttributeType::CommonName) {
            return Verdict::Pass;
        }
        let outcome = if has(AttributeType::Organization) {
            "organization-only"
        } else {
            "missing"
        };
        let common = name.values(&AttributeType::CommonName).next();
        let violation = at(&format_args!("subject: {name}"), outcome, wanted);
        Verdict::fail(match common {
            Some(attribute) => Violation {
                place: Place::Der {
                    block: subject.member.block,
                    field: Field::Subject,
                    span: attribute.value.span,
                },
                label: format!("CN={}", attribute.value.value),
                ..violation
            },
            None => violation,
        })
    }
}

impl NameIncludes {
    /// The letters and digits of a name without the ignored words; all of them where nothing would be
    /// left.
    fn fold(&self, name: &str) -> String {
        let ignored: Vec<String> = self.ignore_words.iter().map(|word| letters(word)).collect();
        let kept: String = name
            .split(|character: char| character.is_whitespace() || character == ',')
            .map(letters)
            .filter(|word| !ignored.contains(word))
            .collect();
        if kept.is_empty() { letters(name) } else { kept }
    }
}

/// Letters and digits alone, in lower case.
fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
