//! JUnit XML: a file is a test case, a policy a suite.
//!
//! What is at or above the threshold of the exit status fails its file; everything else, waived
//! findings too, is in the case's output. Neither instants nor durations are written: the same run
//! gives the same bytes.

use std::collections::BTreeMap;

use quick_junit::{NonSuccessKind, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::by_file::{OfFile, by_file};
use crate::finding::{FileStatus, Finding, Report, Severity};

/// The suite of files that no policy was applied to.
const SKIPPED: &str = "skipped";

/// Writes the report; findings from `threshold` on are failures.
///
/// # Errors
/// None in practice: what XML cannot hold is left out by the library.
pub fn write(report: &Report, threshold: Severity) -> Result<String, SerializeError> {
    let mut suites: BTreeMap<&str, TestSuite> = BTreeMap::new();
    for file in &by_file(report) {
        let name = suite(file);
        suites
            .entry(name)
            .or_insert_with(|| TestSuite::new(clean(name)))
            .add_test_case(case(file, name, threshold));
    }
    let mut whole = quick_junit::Report::new("chainlint");
    whole.add_test_suites(suites.into_values());
    finished(&whole)
}

/// The text of a report.
pub(super) fn finished(whole: &quick_junit::Report) -> Result<String, SerializeError> {
    // The schema that Jenkins publishes (junit-10.xsd) knows `skipped` of a suite, not of the whole.
    let skipped = format!(" skipped=\"{}\"", whole.skipped);
    let mut text = whole.to_string()?.replacen(&skipped, "", 1);
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

/// The policy that a file falls under, or that has something to say of it.
fn suite<'a>(file: &OfFile<'a>) -> &'a str {
    let named = file.findings.first().map(|finding| &*finding.policy);
    match file.status {
        Some(FileStatus::Checked { policy, .. }) => policy,
        Some(FileStatus::Skipped { .. }) | None => named.unwrap_or(SKIPPED),
    }
}

/// A text without the two characters that XML 1.0 (2.2) excludes and that the library lets through; it
/// drops control characters itself.
pub(super) fn clean(text: &str) -> String {
    text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

fn case(file: &OfFile<'_>, suite: &str, threshold: Severity) -> TestCase {
    let (failures, others): (Vec<&Finding>, Vec<&Finding>) = file
        .findings
        .iter()
        .partition(|finding| finding.waived.is_none() && finding.severity >= threshold);
    let reason = match file.status {
        Some(FileStatus::Skipped { reason }) => Some(reason),
        Some(FileStatus::Checked { .. }) | None => None,
    };
    let status = match (failures.as_slice(), reason) {
        ([], None) => TestCaseStatus::success(),
        ([], Some(reason)) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(reason.to_string());
            status
        }
        (failures, _) => failure(failures),
    };
    let mut case = TestCase::new(clean(file.path), status);
    case.set_classname(clean(&format!("chainlint.{suite}")));
    if !others.is_empty() {
        case.set_system_out(texts(&others));
    }
    case
}

fn failure(findings: &[&Finding]) -> TestCaseStatus {
    let mut rules: Vec<&str> = Vec::new();
    for finding in findings {
        if !rules.contains(&&*finding.rule) {
            rules.push(&finding.rule);
        }
    }
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status
        .set_type("chainlint")
        .set_message(clean(&rules.join(", ")))
        .set_description(texts(findings));
    status
}

/// Each finding with rule, place, message and help.
fn texts(findings: &[&Finding]) -> String {
    let texts: Vec<String> = findings.iter().map(|finding| text(finding)).collect();
    clean(&texts.join("\n"))
}

fn text(finding: &Finding) -> String {
    let mut text = format!(
        "{}[{}] {}:{}:{}: {}\n",
        finding.severity.as_str(),
        finding.rule,
        finding.path,
        finding.start.line,
        finding.start.column,
        finding.message
    );
    let help = finding.help.as_ref().map(|help| format!("help: {help}"));
    let source = finding
        .reference
        .as_ref()
        .map(|reference| format!("source: {reference}"));
    let waived = finding.waived.as_ref();
    let waived = waived.map(|waived| format!("waived {}", waived.in_words()));
    for line in [help, source, waived].into_iter().flatten() {
        text.push_str(&format!("  {}\n", line.replace('\n', "\n  ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{FileOutcome, SkipReason, Waived};
    use crate::report::samples::{HOSTILE, finding, hostile, nothing, report, report_of};

    /// What a reader makes of it.
    fn read(report: &Report, threshold: Severity) -> quick_junit::Report {
        let text = write(report, threshold).unwrap();
        quick_junit::Report::deserialize_from_str(&text).unwrap()
    }

    #[test]
    fn a_file_is_a_case_and_its_findings_are_one_failure() {
        let read = read(&report(), Severity::Error);
        let suites: Vec<&str> = read
            .test_suites
            .iter()
            .map(|suite| suite.name.as_str())
            .collect();
        assert_eq!(suites, [SKIPPED, "some-policy"]);
        assert_eq!((read.tests, read.failures, read.errors), (2, 1, 0));
        let suite = &read.test_suites[1];
        assert_eq!((suite.tests, suite.failures, suite.skipped), (1, 1, 0));
        let text = write(&report(), Severity::Error).unwrap();
        for part in [
            "error[some-rule] a.pem:1:2: it &quot;breaks&quot;",
            "help: mend it",
            "source: RFC 1, 2",
            "waived until 2027-01-01 by team-pki (w): because",
            "<skipped message=\"private key, no certificate\"/>",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("time"), "{text}");
    }

    #[test]
    fn a_warning_fails_where_the_exit_status_says_so() {
        let warning = || {
            report_of(vec![Finding {
                severity: Severity::Warning,
                ..finding()
            }])
        };
        assert_eq!(read(&warning(), Severity::Error).failures, 0);
        assert_eq!(read(&warning(), Severity::Warning).failures, 1);
        let text = write(&warning(), Severity::Error).unwrap();
        assert!(text.contains("<system-out>"), "{text}");
    }

    #[test]
    fn a_finding_outside_of_the_files_is_told_and_a_skipped_file_can_fail() {
        let in_config = Finding {
            path: "chainlint.yaml".into(),
            ..finding()
        };
        let mut report = report_of(vec![in_config]);
        report.files = vec![FileOutcome {
            path: "chainlint.yaml".into(),
            status: FileStatus::Skipped {
                reason: SkipReason::Encrypted("SOPS"),
            },
        }];
        assert_eq!(read(&report, Severity::Error).failures, 1);
        report.files.clear();
        assert_eq!(read(&report, Severity::Error).failures, 1);
    }

    #[test]
    fn nothing_to_say_is_a_document_too() {
        assert_eq!(read(&nothing(), Severity::Error).tests, 0);
    }

    #[test]
    fn hostile_texts_stay_texts_whatever_they_hold() {
        let mut report = hostile();
        report.findings[0].message = format!("{HOSTILE}\u{0}\u{1b}[31m\u{8}\u{fffe}");
        report.findings.push(Finding {
            waived: Some(Waived {
                id: HOSTILE.to_owned(),
                reason: HOSTILE.to_owned(),
                owner: Some(HOSTILE.to_owned()),
                expires: "2027-01-01".to_owned(),
            }),
            ..report.findings[0].clone()
        });
        let text = write(&report, Severity::Error).unwrap();
        assert!(!text.contains("<script") && !text.contains("]]>"), "{text}");
        assert!(!text.contains(['\u{0}', '\u{1b}', '\u{8}', '\u{fffe}']));
        let read = read(&report, Severity::Error);
        let names: Vec<String> = read
            .test_suites
            .iter()
            .flat_map(|suite| &suite.test_cases)
            .map(|case| case.name.to_string())
            .collect();
        assert_eq!(names, [format!("{HOSTILE}2"), HOSTILE.to_owned()]);
    }
}
