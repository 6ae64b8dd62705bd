//! `waiver-used`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::waiver::{Waiver, WaiverCheck};
use crate::check::{Check, Details, Parameters, Place, Scope, Verdict, Violation};

/// A waiver of the config is about at least one finding.
///
/// Asked only where the run looked at everything that the waiver could be about: a run over one file calls no
/// waiver for another file unused, and one with `--select` none for a rule that it left out.
///
/// Fails: the certificate was replaced, and its waiver is still there.
/// Passes: a finding that the waiver covers.
/// Source: the config.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiverUsed {}

impl Parameters for WaiverUsed {
    const NAME: &'static str = "waiver-used";
    const DETAILS: Details = &[
        ("waiver", "the waiver's id"),
        ("waived", "the rule that it is for"),
        ("expires", "its last day"),
    ];
    const SCOPE: Scope = Scope::Waiver;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Waiver(Box::new(self)))
    }
}

impl WaiverCheck for WaiverUsed {
    fn check(&self, waiver: &Waiver<'_>) -> Verdict {
        if !waiver.findings.is_empty() {
            return Verdict::Pass;
        }
        if waiver.is_expired {
            return Verdict::NotApplicable("it has expired");
        }
        if !waiver.is_searched {
            return Verdict::NotApplicable("the run did not look at all that it could be about");
        }
        Verdict::fail(
            Violation::at(Place::File(waiver.rule_at), "covers nothing")
                .with("waiver", waiver.id)
                .with("waived", waiver.rule)
                .with("expires", waiver.expires),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::waiver::SAMPLE;

    #[test]
    fn a_waiver_without_a_finding_fails_where_the_run_looked_everywhere() {
        let Verdict::Fail(violations) = (WaiverUsed {}).check(&SAMPLE) else {
            panic!("it passed");
        };
        assert_eq!(violations[0].place, Place::File(SAMPLE.rule_at));
    }

    #[test]
    fn a_waiver_with_a_finding_passes() {
        let findings = ["a.pem:3:4".to_owned()];
        let used = Waiver {
            findings: &findings,
            ..SAMPLE
        };
        assert_eq!((WaiverUsed {}).check(&used), Verdict::Pass);
    }

    #[test]
    fn an_expired_waiver_and_one_that_was_not_searched_for_are_not_judged() {
        for waiver in [
            Waiver {
                is_expired: true,
                ..SAMPLE
            },
            Waiver {
                is_searched: false,
                ..SAMPLE
            },
        ] {
            let verdict = (WaiverUsed {}).check(&waiver);
            assert!(matches!(verdict, Verdict::NotApplicable(_)), "{verdict:?}");
        }
    }
}
