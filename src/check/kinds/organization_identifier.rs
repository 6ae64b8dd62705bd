//! `organization-identifier`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::{AttributeType, Field};

/// Schemes of EN 319 412-1 §5.1.4, beside `LEI`, whose country is always `XG`.
const SCHEMES: [&str; 3] = ["NTR", "VAT", "PSD"];

/// The subject's organizationIdentifier, where there is one, is of a scheme.
///
/// `PSD` identifiers have two hyphens (`PSDLT-BL-LB000458`), those of `NTR`, `VAT` and `LEI` one; national
/// schemes begin with two letters and a colon (`EI:SE-5567971433`).
///
/// Fails: `scheme: PSD`, and the identifier is `VATLT-1234567` (`other-scheme`) or `ABCDE-1` (`malformed`).
/// Passes: `PSDLT-BL-LB000458`. A subject without an identifier is not asked.
/// Source: EN 319 412-1 §5.1.4; TS 119 495 §5.2.1.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationIdentifier {
    /// The scheme asked for: three letters.
    scheme: String,
}

impl Parameters for OrganizationIdentifier {
    const NAME: &'static str = "organization-identifier";
    const OUTCOMES: Details = &[
        (
            "other-scheme",
            "it is of another scheme that the standard knows",
        ),
        ("malformed", "it is of no scheme that the standard knows"),
    ];
    const DETAILS: Details = &[
        ("organization_identifier", "the identifier found"),
        ("scheme", "the scheme found; empty where there is none"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for OrganizationIdentifier {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let name = &subject.member.certificate.subject.value;
        let kind = AttributeType::OrganizationIdentifier;
        let values: Vec<_> = name.values(&kind).map(|found| &found.value).collect();
        let blank = |value: &str| value.trim().is_empty();
        if values.iter().all(|value| blank(&value.value)) {
            return Verdict::NotApplicable("the subject has no organizationIdentifier");
        }
        let violations = values.into_iter().filter_map(|found| {
            let value = &found.value;
            let scheme = scheme(value);
            let outcome = match scheme {
                Some(scheme) if scheme == self.scheme => return None,
                Some(_) => "other-scheme",
                None => "malformed",
            };
            let label = format!("organizationIdentifier: {value}");
            Some(
                Violation::at_der(subject.member, Field::Subject, found.span, label)
                    .outcome(outcome)
                    .with("organization_identifier", value)
                    .with("scheme", scheme.unwrap_or_default()),
            )
        });
        Verdict::from_violations(violations.collect())
    }
}

/// The scheme of an identifier that is of its form.
fn scheme(identifier: &str) -> Option<&str> {
    let (head, rest) = identifier.split_once('-')?;
    if rest.is_empty() {
        return None;
    }
    if let Some((national, country)) = head.split_once(':') {
        return (letters(national, 2) && letters(country, 2)).then_some(national);
    }
    let (scheme, country) = head.split_at_checked(3)?;
    let known = match scheme {
        "LEI" => country == "XG",
        "PSD" => letters(country, 2) && rest.contains('-'),
        _ => SCHEMES.contains(&scheme) && letters(country, 2),
    };
    known.then_some(scheme)
}

fn letters(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::scheme;

    #[test]
    fn schemes_are_told_by_their_forms() {
        assert_eq!(scheme("PSDLT-BL-LB000458"), Some("PSD"));
        assert_eq!(scheme("VATBE-0876866142"), Some("VAT"));
        assert_eq!(scheme("NTRDE-12345678"), Some("NTR"));
        assert_eq!(scheme("LEIXG-5493001KJTIIGC8Y1R12"), Some("LEI"));
        assert_eq!(scheme("EI:SE-5567971433"), Some("EI"));
        for none in [
            "",
            "PSDLT-BL",
            "PSDLT",
            "VAT-0876866142",
            "LEIRO-1234567890",
            "ABCDE-1",
            "EIS:SE-1",
            "VATBE-",
            "ÄÖÜ-1",
            "12",
            "PDSDE-BAFIN-1",
            // The state behind the country is the CA/Browser Forum's, for its own extension.
            "NTRDE+HE-12345678",
        ] {
            assert_eq!(scheme(none), None, "{none}");
        }
    }
}
