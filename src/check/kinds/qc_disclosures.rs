//! `qc-disclosures`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::qualified::{malformed, missing, statements_or_none};
use crate::check::text::list;
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::Field;
use crate::x509::qc::{Disclosure, QcInfo};

const QC_PDS: &str = "0.4.0.1862.1.5";

/// `QcPDS` tells where the disclosure statements are: each address has a scheme, and one of them is in a
/// language.
///
/// Fails: `scheme: https, language: en`, and an address begins with `http://` (`scheme`), all are in
/// German (`language`), or there is no `QcPDS` (`missing`).
/// Passes: `https://qtsp.example/pds_en.pdf` in `en`, whatever else stands beside it with https.
/// Source: EN 319 412-5 §4.3.4.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QcDisclosures {
    /// The scheme of every address, without `://`.
    scheme: String,
    /// The language that one of them must be in (ISO 639-1); letter case does not count.
    language: String,
}

impl Parameters for QcDisclosures {
    const NAME: &'static str = "qc-disclosures";
    const OUTCOMES: Details = &[
        ("missing", "there is no QcPDS, or it is empty"),
        ("scheme", "an address has another scheme"),
        ("language", "no address is in the language"),
    ];
    const DETAILS: Details = &[
        ("url", "the address with another scheme"),
        ("languages", "the languages found"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for QcDisclosures {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let statements = match statements_or_none(subject) {
            Ok(statements) => statements,
            Err(verdict) => return verdict,
        };
        let at = |span, label: String| {
            Violation::at_der(subject.member, Field::QcStatements, span, label)
        };
        let Some(statement) = statements.and_then(|statements| statements.get(QC_PDS)) else {
            return Verdict::fail(missing(subject, "no QcPDS here").outcome("missing"));
        };
        let empty = || at(statement.span, "QcPDS: empty".to_owned()).outcome("missing");
        let found = match &statement.value.info {
            QcInfo::Disclosures(found) if found.is_empty() => return Verdict::fail(empty()),
            QcInfo::Disclosures(found) => found,
            QcInfo::Malformed { span, why } => return malformed(subject, *span, why),
            QcInfo::Plain
            | QcInfo::Types(_)
            | QcInfo::Legislation(_)
            | QcInfo::LimitValue(_)
            | QcInfo::RetentionYears(_)
            | QcInfo::Semantics(_)
            | QcInfo::Psd2(_) => return Verdict::fail(empty()),
        };
        let foreign = found
            .iter()
            .filter(|found| !self.is_reached_by(&found.value));
        let mut violations: Vec<Violation> = foreign
            .map(|found| {
                let Disclosure { url, language } = &found.value;
                at(found.span, format!("{url} ({language})"))
                    .outcome("scheme")
                    .with("url", url)
            })
            .collect();
        let languages: Vec<&str> = found
            .iter()
            .map(|found| found.value.language.as_str())
            .collect();
        let wanted = |language: &&str| language.eq_ignore_ascii_case(&self.language);
        if !languages.iter().any(wanted) {
            let languages = list(&languages);
            violations.push(
                at(statement.span, format!("QcPDS in {languages}"))
                    .outcome("language")
                    .with("languages", languages),
            );
        }
        Verdict::from_violations(violations)
    }
}

impl QcDisclosures {
    fn is_reached_by(&self, disclosure: &Disclosure) -> bool {
        let scheme = disclosure.url.split_once("://").map(|(scheme, _)| scheme);
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(&self.scheme))
    }
}
