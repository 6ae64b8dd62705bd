//! `waiver-allowed`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::waiver::{Refusal, Waiver, WaiverCheck, listed};
use crate::check::{Check, Details, Parameters, Place, Scope, Verdict, Violation};

/// A waiver of the config is one that the policy allows.
///
/// A policy may say how far ahead the end of a waiver lies at most (`waivers: { max_days: 180 }`), and which
/// rules nobody may waive (`waivable: false`). A waiver that breaks this covers nothing under that policy,
/// whether or not a rule with this check says so.
///
/// Fails: `expires` in three years where the policy has `max_days: 180`; a waiver for a rule with
/// `waivable: false`.
/// Passes: a waiver for any other rule that ends in time.
/// Source: the policy.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiverAllowed {}

const TOO_LONG: &str = "too-long";
const NOT_WAIVABLE: &str = "not-waivable";

impl Parameters for WaiverAllowed {
    const NAME: &'static str = "waiver-allowed";
    const OUTCOMES: Details = &[
        (
            TOO_LONG,
            "its end lies further ahead than the policy allows",
        ),
        (NOT_WAIVABLE, "the policy lets nobody waive the rule"),
    ];
    const DETAILS: Details = &[
        ("waiver", "the waiver's id"),
        ("waived", "the rule that it is for"),
        ("expires", "its last day"),
        ("refused_by", "the policy that does not allow it"),
        (
            "max_days",
            "how many days ahead the end may lie; empty where the rule cannot be waived",
        ),
        (
            "findings",
            "the findings that it is about: how many, and the first",
        ),
    ];
    const SCOPE: Scope = Scope::Waiver;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Waiver(Box::new(self)))
    }
}

impl WaiverCheck for WaiverAllowed {
    fn check(&self, waiver: &Waiver<'_>) -> Verdict {
        let violation = |refusal: &Refusal| {
            let (outcome, span, label, policy, max_days) = match refusal {
                Refusal::TooLong { policy, max_days } => {
                    let label = format!("more than {max_days} days ahead");
                    let days = max_days.to_string();
                    (TOO_LONG, waiver.expires_at, label, policy, days)
                }
                Refusal::NotWaivable { policy } => {
                    let label = "cannot be waived".to_owned();
                    (NOT_WAIVABLE, waiver.rule_at, label, policy, String::new())
                }
            };
            Violation::at(Place::File(span), label)
                .outcome(outcome)
                .with("waiver", waiver.id)
                .with("waived", waiver.rule)
                .with("expires", waiver.expires)
                .with("refused_by", policy)
                .with("max_days", max_days)
                .with("findings", listed(waiver.findings))
        };
        Verdict::from_violations(waiver.refusals.iter().map(violation).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::waiver::SAMPLE;

    #[test]
    fn each_refusal_fails_where_its_reason_stands() {
        let policy = || "acme".to_owned();
        let refusals = [
            Refusal::TooLong {
                policy: policy(),
                max_days: 180,
            },
            Refusal::NotWaivable { policy: policy() },
        ];
        let refused = Waiver {
            refusals: &refusals,
            ..SAMPLE
        };
        let Verdict::Fail(violations) = (WaiverAllowed {}).check(&refused) else {
            panic!("it passed");
        };
        let places: Vec<Place> = violations.iter().map(|found| found.place).collect();
        assert_eq!(
            places,
            [Place::File(SAMPLE.expires_at), Place::File(SAMPLE.rule_at)]
        );
        assert_eq!(violations[0].outcome, Some("too-long"));
    }

    #[test]
    fn a_waiver_that_nothing_speaks_against_passes() {
        assert_eq!((WaiverAllowed {}).check(&SAMPLE), Verdict::Pass);
    }
}
