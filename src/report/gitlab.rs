//! GitLab's Code Quality report: the subset of Code Climate's issues that GitLab reads.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::finding::{Finding, Report, Severity};

/// An issue.
#[derive(Debug, Serialize)]
struct Issue<'a> {
    r#type: &'static str,
    check_name: &'a str,
    description: String,
    categories: [&'static str; 1],
    severity: &'static str,
    fingerprint: String,
    location: Location,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<Content<'a>>,
}

#[derive(Debug, Serialize)]
struct Location {
    /// From the root of the repository.
    path: String,
    /// The first and the last line.
    lines: Range<usize>,
    /// The same in full, for other readers of Code Climate's form; `end` is exclusive.
    positions: Range<Place>,
}

#[derive(Debug, Serialize)]
struct Range<T> {
    begin: T,
    end: T,
}

#[derive(Debug, Serialize)]
struct Place {
    line: usize,
    column: usize,
}

#[derive(Debug, Serialize)]
struct Content<'a> {
    body: &'a str,
}

/// Writes the findings that are not waived: a JSON array, empty where there is none.
///
/// # Errors
/// None in practice: everything in it can be written as JSON.
pub fn write(report: &Report) -> serde_json::Result<String> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut issues = Vec::new();
    for finding in &report.findings {
        // Waived findings are counted, so that a waiver changes nobody else's fingerprint.
        let count = seen.entry(&finding.fingerprint).or_default();
        if finding.waived.is_none() {
            issues.push(issue(
                report,
                finding,
                distinct(&finding.fingerprint, *count),
            ));
        }
        *count = count.saturating_add(1);
    }
    let mut text = serde_json::to_string_pretty(&issues)?;
    text.push('\n');
    Ok(text)
}

fn issue<'a>(report: &Report, finding: &'a Finding, fingerprint: String) -> Issue<'a> {
    Issue {
        r#type: "issue",
        check_name: &finding.rule,
        description: format!("{}: {}", finding.rule, finding.message),
        categories: ["Security"],
        severity: match finding.severity {
            Severity::Error => "critical",
            Severity::Warning => "minor",
            Severity::Advice => "info",
        },
        fingerprint,
        location: Location {
            path: report.place(&finding.path).shown(),
            lines: Range {
                begin: finding.start.line,
                end: finding.last_line(),
            },
            positions: Range {
                begin: Place {
                    line: finding.start.line,
                    column: finding.start.column,
                },
                end: Place {
                    line: finding.end.line,
                    column: finding.end.column,
                },
            },
        },
        content: finding.help.as_deref().map(|body| Content { body }),
    }
}

/// GitLab takes two issues of one fingerprint for one. A rule that speaks more than once of a
/// certificate gets the finding's own fingerprint for the first time (by place), and for each
/// further one SHA-256 over that and the number of those before it.
fn distinct(fingerprint: &str, before: usize) -> String {
    if before == 0 {
        return fingerprint.to_owned();
    }
    HEXLOWER.encode(&Sha256::digest(format!("{fingerprint}\0{before}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{HOSTILE, finding, hostile, nothing, report, report_of, waived};
    use serde_json::Value;

    fn written(report: &Report) -> Value {
        serde_json::from_str(&write(report).unwrap()).unwrap()
    }

    #[test]
    fn an_issue_has_what_gitlab_reads_and_a_waived_finding_is_none() {
        let issues = written(&report());
        assert_eq!(issues.as_array().unwrap().len(), 1);
        let issue = &issues[0];
        assert_eq!(issue["description"], "some-rule: it \"breaks\"");
        assert_eq!(issue["check_name"], "some-rule");
        assert_eq!(issue["severity"], "critical");
        assert_eq!(issue["fingerprint"], "cd".repeat(32));
        assert_eq!(issue["location"]["path"], "a.pem");
        assert_eq!(issue["location"]["lines"]["begin"], 1);
        assert_eq!(issue["location"]["lines"]["end"], 3);
        assert_eq!(issue["content"]["body"], "mend it");
        assert_eq!(write(&nothing()).unwrap(), "[]\n");
    }

    #[test]
    fn fingerprints_are_unique_and_the_first_is_the_findings_own() {
        let of = |findings: Vec<Finding>| -> Vec<String> {
            let issues = written(&report_of(findings));
            let issues = issues.as_array().unwrap().iter();
            issues
                .map(|issue| issue["fingerprint"].as_str().unwrap().to_owned())
                .collect()
        };
        let three = of(vec![finding(), finding(), finding()]);
        assert_eq!(three[0], "cd".repeat(32));
        assert!(three[0] != three[1] && three[1] != three[2] && three[0] != three[2]);
        assert!(three.iter().all(|fingerprint| fingerprint.len() == 64));
        // A waiver changes nobody else's.
        assert_eq!(of(vec![waived(), finding(), finding()]), three[1..]);
    }

    #[test]
    fn hostile_texts_stay_texts() {
        let issues = written(&hostile());
        // A path has no empty part.
        let path = HOSTILE.replace("//", "/");
        assert_eq!(issues[0]["location"]["path"], path);
        assert_eq!(issues[0]["description"], format!("some-rule: {HOSTILE}"));
    }
}
