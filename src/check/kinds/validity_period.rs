//! `validity-period`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::{Field, SECONDS_A_DAY};

/// The time from `notBefore` to `notAfter` lies within bounds.
///
/// Measured as `notAfter` minus `notBefore` in days of 86,400 seconds, so a certificate made with
/// `openssl x509 -days 365` has exactly 365.
///
/// Fails: `min_days: 365`, and the certificate was made for 364 days.
/// Passes: `min_days: 365, max_days: 1095`, and it was made for 750.
/// Source: a policy's own; RFC 5280 §4.1.2.5 defines the two instants.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ValidityPeriod {
    /// The shortest period allowed, in days; exactly that many is allowed.
    min_days: Option<u32>,
    /// The longest period allowed, in days; exactly that many is allowed.
    max_days: Option<u32>,
    /// The period must be longer than this many days; exactly that many is too short.
    longer_than_days: Option<u32>,
}

impl Parameters for ValidityPeriod {
    const NAME: &'static str = "validity-period";
    const DETAILS: Details = &[
        (
            "days",
            "the period in days; `more than 365` or `less than 365` where it is no whole number",
        ),
        ("not_before", "the first valid instant"),
        ("not_after", "the last valid instant"),
        ("bounds", "what is asked for, in words"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        if self.min_days.is_none() && self.max_days.is_none() && self.longer_than_days.is_none() {
            return Err("give min_days, max_days or longer_than_days".to_owned());
        }
        if let (Some(least), Some(most)) = (self.min_days.max(self.longer_than_days), self.max_days)
            && least > most
        {
            return Err(format!(
                "no period is at least {least} and at most {most} days long"
            ));
        }
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for ValidityPeriod {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let certificate = &subject.member.certificate;
        let (not_before, not_after) = (certificate.not_before.value, certificate.not_after.value);
        let period = not_before.seconds_to(not_after);
        let days = |days: u32| i64::from(days) * SECONDS_A_DAY;
        let too_short = self.min_days.is_some_and(|least| period < days(least))
            || self
                .longer_than_days
                .is_some_and(|bound| period <= days(bound));
        let too_long = self.max_days.is_some_and(|most| period > days(most));
        if !too_short && !too_long {
            return Verdict::Pass;
        }
        let whole = period.div_euclid(SECONDS_A_DAY);
        let rest = period.rem_euclid(SECONDS_A_DAY);
        // Words that stand well before "days", on the right side of the bound.
        let said = match rest {
            0 => format!("{whole}"),
            _ if too_long => format!("more than {whole}"),
            _ => format!("less than {}", whole.saturating_add(1)),
        };
        let label = match rest {
            0 => format!("valid for {whole} days: {not_before} to {not_after}"),
            _ => format!("valid for {whole} days and {rest} s: {not_before} to {not_after}"),
        };
        Verdict::fail(
            Violation::at_field(subject.member, Field::Validity, label)
                .with("days", said)
                .with("not_before", not_before)
                .with("not_after", not_after)
                .with("bounds", self.bounds()),
        )
    }
}

impl ValidityPeriod {
    fn bounds(&self) -> String {
        match (self.min_days, self.max_days, self.longer_than_days) {
            (Some(least), Some(most), _) => format!("{least} to {most} days"),
            (Some(least), None, _) => format!("at least {least} days"),
            (None, Some(most), _) => format!("at most {most} days"),
            (None, None, Some(bound)) => format!("more than {bound} days"),
            (None, None, None) => String::new(),
        }
    }
}
