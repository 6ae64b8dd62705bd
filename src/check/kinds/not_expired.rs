//! `not-expired`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::{Field, SECONDS_A_DAY};

/// The certificate's last instant of validity has not passed.
///
/// `notAfter` itself still counts as valid; the second after it does not. An expired certificate is
/// refused in every handshake, whatever else is right about the file.
///
/// Fails: `notAfter` is 2026-11-22T23:59:59Z, judged at 2026-11-23T00:00:00Z.
/// Passes: the same certificate judged at 2026-11-22T23:59:59Z.
/// Source: RFC 5280 §4.1.2.5.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotExpired {}

impl Parameters for NotExpired {
    const NAME: &'static str = "not-expired";
    const DETAILS: Details = &[
        ("not_after", "the last valid instant"),
        ("days", "whole days since then"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for NotExpired {
    fn check(&self, subject: Subject<'_>, context: &Context<'_>) -> Verdict {
        let not_after = subject.member.certificate.not_after.value;
        let past = not_after.seconds_until(context.now);
        if past <= 0 {
            return Verdict::Pass;
        }
        Verdict::fail(
            Violation::at_field(
                subject.member,
                Field::NotAfter,
                format_args!("notAfter: {not_after}"),
            )
            .with("not_after", not_after)
            .with("days", past / SECONDS_A_DAY),
        )
    }
}
