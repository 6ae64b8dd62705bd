//! `waiver-in-force`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::waiver::{Waiver, WaiverCheck, listed};
use crate::check::{Check, Details, Parameters, Place, Scope, Verdict, Violation};

/// A waiver of the config has not expired.
///
/// A waiver holds through its last day, until midnight UTC. An expired one covers nothing, whether or not a
/// rule with this check says so; the rule names what it would have covered.
///
/// Fails: `expires: 2026-11-22`, checked at 2026-11-23T00:00:00Z.
/// Passes: `expires: 2026-11-23`, checked on that day.
/// Source: the config.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiverInForce {}

impl Parameters for WaiverInForce {
    const NAME: &'static str = "waiver-in-force";
    const DETAILS: Details = &[
        ("waiver", "the waiver's id"),
        ("waived", "the rule that it is for"),
        ("expires", "its last day"),
        (
            "findings",
            "the findings that it would have covered: how many, and the first ones",
        ),
    ];
    const SCOPE: Scope = Scope::Waiver;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Waiver(Box::new(self)))
    }
}

impl WaiverCheck for WaiverInForce {
    fn check(&self, waiver: &Waiver<'_>) -> Verdict {
        if !waiver.is_expired {
            return Verdict::Pass;
        }
        let label = format_args!("ended with {}", waiver.expires);
        let findings = if waiver.findings.is_empty() && !waiver.is_searched {
            // What it would have covered may well be there.
            "nothing that this run looked at".to_owned()
        } else {
            listed(waiver.findings)
        };
        Verdict::fail(
            Violation::at(Place::File(waiver.expires_at), label)
                .with("waiver", waiver.id)
                .with("waived", waiver.rule)
                .with("expires", waiver.expires)
                .with("findings", findings),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::waiver::SAMPLE;

    #[test]
    fn an_expired_waiver_fails_at_its_last_day_and_tells_what_it_would_have_covered() {
        let findings = ["a.pem:3:4".to_owned()];
        let expired = Waiver {
            is_expired: true,
            findings: &findings,
            ..SAMPLE
        };
        let Verdict::Fail(violations) = (WaiverInForce {}).check(&expired) else {
            panic!("it passed");
        };
        assert_eq!(violations[0].place, Place::File(SAMPLE.expires_at));
        let told = ("findings", "1 finding (a.pem:3:4)".to_owned());
        assert!(violations[0].details.contains(&told));
    }

    #[test]
    fn an_expired_waiver_of_what_the_run_did_not_look_at_is_not_called_one_of_nothing() {
        let told = |is_searched| {
            let expired = Waiver {
                is_expired: true,
                is_searched,
                ..SAMPLE
            };
            let Verdict::Fail(violations) = (WaiverInForce {}).check(&expired) else {
                panic!("it passed");
            };
            violations[0].details[3].1.clone()
        };
        assert_eq!(told(true), "no finding");
        assert_eq!(told(false), "nothing that this run looked at");
    }

    #[test]
    fn a_waiver_that_holds_passes_even_where_it_covers_nothing() {
        assert_eq!((WaiverInForce {}).check(&SAMPLE), Verdict::Pass);
    }
}
