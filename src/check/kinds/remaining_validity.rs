//! `remaining-validity`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::{Field, SECONDS_A_DAY};

/// The certificate stays valid for at least so many more days.
///
/// Gives time for a rotation that needs several parties. Says nothing about a certificate that has
/// already expired: `not-expired` does.
///
/// Fails: `min_days: 30`, and `notAfter` lies 29 days ahead.
/// Passes: `min_days: 30`, and `notAfter` lies exactly 30 days ahead.
/// Source: a policy's own; days have 86,400 seconds.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemainingValidity {
    /// How many days must be left, counted in days of 86,400 seconds; exactly that many is enough.
    #[schemars(range(min = 0))]
    min_days: u32,
}

impl Parameters for RemainingValidity {
    const NAME: &'static str = "remaining-validity";
    const DETAILS: Details = &[
        ("not_after", "the last valid instant"),
        ("days_left", "whole days left"),
        ("min_days", "how many are asked for"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for RemainingValidity {
    fn check(&self, subject: Subject<'_>, context: &Context<'_>) -> Verdict {
        let not_after = subject.member.certificate.not_after.value;
        let left = not_after.seconds_since(context.now);
        if left < 0 {
            return Verdict::NotApplicable("the certificate has expired");
        }
        if left >= i64::from(self.min_days) * SECONDS_A_DAY {
            return Verdict::Pass;
        }
        Verdict::fail(
            Violation::at_field(
                subject.member,
                Field::NotAfter,
                format_args!("notAfter: {not_after}"),
            )
            .with("not_after", not_after)
            .with("days_left", left / SECONDS_A_DAY)
            .with("min_days", self.min_days),
        )
    }
}
