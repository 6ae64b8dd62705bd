//! What checks of waivers are asked of: a waiver of the config, as a run met it.
//!
//! Whether a waiver covers a finding is decided in `policy`; here stands what came of it.

use super::Verdict;
use crate::span::Span;

/// A waiver of the config, as a run met it. Spans are ranges of the file that the waiver stands in.
#[derive(Debug, Clone, Copy)]
pub struct Waiver<'a> {
    /// Its name.
    pub id: &'a str,
    /// The rule that it is for.
    pub rule: &'a str,
    /// Its last day, `YYYY-MM-DD`.
    pub expires: &'a str,
    /// Its last day lies before the instant of the run.
    pub is_expired: bool,
    /// The findings that it is about, covered or not: `path:line:column`.
    pub findings: &'a [String],
    /// The run looked at everything that it could be about.
    pub is_searched: bool,
    /// Why a policy did not let it cover findings, each reason once.
    pub refusals: &'a [Refusal],
    /// Its rule's id.
    pub rule_at: Span,
    /// Its last day.
    pub expires_at: Span,
}

/// Why a policy does not let a waiver cover a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// Its last day lies further ahead than the policy's number of days.
    TooLong {
        /// The policy.
        policy: String,
        /// How many days ahead the last day may lie.
        max_days: u32,
    },
    /// The policy lets nobody waive the rule.
    NotWaivable {
        /// The policy.
        policy: String,
    },
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLong { policy, max_days } => write!(
                formatter,
                "the policy `{policy}` lets waivers end {max_days} days ahead at most"
            ),
            Self::NotWaivable { policy } => {
                write!(
                    formatter,
                    "the policy `{policy}` lets nobody waive this rule"
                )
            }
        }
    }
}

/// A question about one waiver of the config, asked when all files were judged.
pub trait WaiverCheck: Send + Sync + std::fmt::Debug {
    /// Asks it.
    fn check(&self, waiver: &Waiver<'_>) -> Verdict;
}

/// `no finding`, `1 finding (a.pem:3:4)`, `12 findings (a.pem:3:4, …)`.
pub(super) fn listed(findings: &[String]) -> String {
    /// As many as a line of text bears; the finding's related places name more.
    const NAMED: usize = 3;
    if findings.is_empty() {
        return "no finding".to_owned();
    }
    let mut named: Vec<&str> = findings.iter().take(NAMED).map(String::as_str).collect();
    if findings.len() > NAMED {
        named.push("…");
    }
    let count = findings.len();
    let noun = if count == 1 { "finding" } else { "findings" };
    format!("{count} {noun} ({})", named.join(", "))
}

#[cfg(test)]
pub(super) const SAMPLE: Waiver<'_> = Waiver {
    id: "w-1",
    rule: "some-rule",
    expires: "2026-11-22",
    is_expired: false,
    findings: &[],
    is_searched: true,
    refusals: &[],
    rule_at: Span { start: 16, end: 25 },
    expires_at: Span { start: 80, end: 90 },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_findings_are_named_and_all_are_counted() {
        let places = |count: usize| -> Vec<String> { (0..count).map(|n| n.to_string()).collect() };
        assert_eq!(listed(&places(0)), "no finding");
        assert_eq!(listed(&places(1)), "1 finding (0)");
        assert_eq!(listed(&places(3)), "3 findings (0, 1, 2)");
        assert_eq!(listed(&places(4)), "4 findings (0, 1, 2, …)");
    }
}
