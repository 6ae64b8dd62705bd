//! `validity-limit`.

use schemars::JsonSchema;
use serde::Deserialize;
use time::Date;

use crate::check::day::day;
use crate::check::parameter::NonEmpty;
use crate::check::parameter::Pattern;
use crate::check::text::list;
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::{Extension, Field, SECONDS_A_DAY};

/// The time from `notBefore` to `notAfter` is within a limit that depends on the day of issue.
///
/// Measured as `notAfter` minus `notBefore` in days of 86,400 seconds, as browsers do; the CA/Browser Forum's
/// text counts one second more. The day of issue is that of `notBefore`; before the first day of the table
/// there is no limit.
///
/// Fails: `limits: ["2026-03-15 200"]`, and a certificate of 2026-03-15 lives for 200
/// days and a second.
/// Passes: it lives for 200 days; it was issued before; `policies` is given and it has none of them.
/// Source: CA/Browser Forum Baseline Requirements, 6.3.2.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ValidityLimit {
    /// The limits, from the oldest day on: each the first day of issue on which it holds (UTC) and the
    /// longest period allowed in days, as in `2026-03-15 200`.
    limits: Vec<String>,
    /// Asked only of certificates with one of these policies: OIDs, in which `*` stands for any run of
    /// characters. Without it, of every one.
    policies: Option<NonEmpty<Pattern>>,
}

impl Parameters for ValidityLimit {
    const NAME: &'static str = "validity-limit";
    const DETAILS: Details = &[
        ("days", "the period in days, rounded up"),
        ("max_days", "the limit"),
        ("from", "the day from which this limit holds"),
        ("not_before", "the first valid instant"),
        ("not_after", "the last valid instant"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        let mut limits: Vec<(Date, u32)> = Vec::new();
        for entry in &self.limits {
            let (day, max_days) = limit(entry).ok_or_else(|| {
                format!("`{entry}` is no limit: write a day and a number of days, as in `2026-03-15 200`")
            })?;
            if limits.last().is_some_and(|(last, _)| *last >= day) {
                return Err(format!(
                    "`{entry}` does not come after the day before it in the list"
                ));
            }
            limits.push((day, max_days));
        }
        if limits.is_empty() {
            return Err("give at least one limit".to_owned());
        }
        let is_oid = |pattern: &Pattern| {
            pattern
                .text()
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b".*".contains(&byte))
        };
        if let Some(wrong) = self
            .policies
            .iter()
            .flatten()
            .find(|pattern| !is_oid(pattern))
        {
            return Err(format!(
                "`{}` fits no OID: digits, dots and `*`",
                wrong.text()
            ));
        }
        Ok(Check::Certificate(Box::new(Limits {
            limits,
            policies: self.policies,
        })))
    }
}

#[derive(Debug)]
struct Limits {
    limits: Vec<(Date, u32)>,
    policies: Option<NonEmpty<Pattern>>,
}

impl CertificateCheck for Limits {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let certificate = &subject.member.certificate;
        let mut under = String::new();
        if let Some(patterns) = &self.policies {
            let policies = match &certificate.extensions.certificate_policies {
                Extension::Absent => {
                    return Verdict::NotApplicable("the certificate has no policy");
                }
                Extension::Malformed { why, .. } => {
                    let field = Field::CertificatePolicies;
                    let at = Violation::at_field(subject.member, field, why);
                    return Verdict::undetermined(at, why);
                }
                Extension::Present { value, .. } => &value.value,
            };
            let asked: Vec<&String> = policies
                .iter()
                .filter(|oid| patterns.iter().any(|pattern| pattern.matches(oid)))
                .collect();
            if asked.is_empty() {
                return Verdict::NotApplicable("none of its policies has a limit");
            }
            under = format!(" under {}", list(asked));
        }
        let (not_before, not_after) = (certificate.not_before.value, certificate.not_after.value);
        let Some((from, max_days)) = self.limit(not_before.unix()) else {
            return Verdict::NotApplicable("no limit held when it was issued");
        };
        let period = not_before.seconds_to(not_after);
        if period <= i64::from(max_days) * SECONDS_A_DAY {
            return Verdict::Pass;
        }
        let days = (period.saturating_add(SECONDS_A_DAY - 1)).div_euclid(SECONDS_A_DAY);
        let label = format!("{not_before} to {not_after}{under}");
        Verdict::fail(
            Violation::at_field(subject.member, Field::Validity, label)
                .with("days", days)
                .with("max_days", max_days)
                .with("from", from)
                .with("not_before", not_before)
                .with("not_after", not_after),
        )
    }
}

/// The limit of a table that holds on a day of issue: the day from which it holds, and the days.
#[must_use]
pub fn public_limit(table: &[String], issued: Date) -> Option<(Date, u32)> {
    let limits = table.iter().filter_map(|entry| limit(entry));
    limits.rev().find(|(from, _)| *from <= issued)
}

/// The day and the number of days of `2026-03-15 200`.
fn limit(entry: &str) -> Option<(Date, u32)> {
    let (first, days) = entry.split_once(' ')?;
    let day = day(first)?;
    Some((day, days.trim().parse().ok()?))
}

impl Limits {
    /// The limit that held at an instant.
    fn limit(&self, unix: i64) -> Option<(Date, u32)> {
        let holds =
            |(from, _): &&(Date, u32)| from.midnight().assume_utc().unix_timestamp() <= unix;
        self.limits.iter().rev().find(holds).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_has_no_sign() {
        assert!(limit("2030-01-01 50").is_some());
        for entry in ["+2030-01-01 50", "-2030-01-01 50", " 2030-01-01 50"] {
            assert_eq!(limit(entry), None, "{entry}");
        }
    }
}
