//! `not-expired`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::{CertificateCheck, Check, Context, Subject, Verdict, Violation};
use crate::check::{Parameters, Scope};
use crate::x509::Field;

/// The certificate's last instant of validity has not passed.
///
/// Fails from the second after `notAfter` on: RFC 5280 §4.1.2.5 counts `notAfter` itself as valid.
/// An expired certificate is refused in every handshake, whatever else is right about the file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotExpired {}

impl Parameters for NotExpired {
    const NAME: &'static str = "not-expired";
    const DETAILS: &'static [(&'static str, &'static str)] = &[
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
                format_args!("notAfter is {not_after}"),
            )
            .with("not_after", not_after)
            .with("days", past / 86_400),
        )
    }
}
