//! `pem-layout`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::check::{
    ChainCheck, Check, Context, Details, NO_CERTIFICATE, Parameters, Place, Scope, Verdict,
    Violation,
};
use crate::mend::Mend;
use crate::pem::WIDTH;

/// The file is laid out as OpenSSL lays one out: base64 in lines of 64 characters, one kind of line break, and one
/// at the end.
///
/// Every program reads other layouts too. One alone keeps the differences between two versions of a file to what
/// has changed, and `cat` from gluing files together.
///
/// Fails: a certificate on one long line (`line-width`); LF and CRLF in one file (`line-breaks`); a file whose last
/// line has no line break (`last-line-break`).
/// Passes: what `openssl x509` writes, with LF or with CRLF.
/// Source: RFC 7468 §2 (64 characters a line) and §3 (the strict form).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PemLayout {}

impl Parameters for PemLayout {
    const NAME: &'static str = "pem-layout";
    const OUTCOMES: Details = &[
        (
            "line-width",
            "a line of base64 has not 64 characters, or blanks beside them",
        ),
        ("line-breaks", "some lines end with LF and some with CRLF"),
        ("last-line-break", "the last line has no line break"),
    ];
    const DETAILS: Details = &[("problem", "what is not uniform, in words")];
    const SCOPE: Scope = Scope::Chain;
    const MEND: Option<Mend> = Some(Mend::Layout);

    fn build(self) -> Result<Check, String> {
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for PemLayout {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        if chain.members.is_empty() {
            return Verdict::NotApplicable(NO_CERTIFICATE);
        }
        let layout = chain.document.layout;
        let line = format!("a line of base64 has not {WIDTH} characters");
        let found = [
            ("line-width", layout.line, line.as_str()),
            (
                "line-breaks",
                layout.line_break,
                "some lines end with LF and some with CRLF",
            ),
            (
                "last-line-break",
                layout.end,
                "the last line has no line break",
            ),
        ];
        let violations = found.into_iter().filter_map(|(outcome, place, problem)| {
            let violation = Violation::at(Place::File(place?), problem);
            Some(violation.outcome(outcome).with("problem", problem))
        });
        Verdict::from_violations(violations.collect())
    }
}
