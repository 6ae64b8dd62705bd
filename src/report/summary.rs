//! The closing line of a run, and what was skipped.

use std::collections::{BTreeMap, BTreeSet};

use crate::chain::ListStatus;
use crate::finding::{FileStatus, Report};

/// The closing line of a run that mended so many files: what is left.
#[must_use]
pub fn after(report: &Report, mended: usize) -> String {
    match mended {
        0 => line(report),
        _ => format!("{} mended; {}", files(mended), line(report)),
    }
}

/// The closing line of a run that mends nothing and says what it would.
#[must_use]
pub fn would_mend(report: &Report, count: usize) -> String {
    let what = match count {
        0 => "nothing to mend".to_owned(),
        _ => format!("{} would be mended", files(count)),
    };
    format!("{what}; {}", line(report))
}

/// The closing line: what was found, in how many files.
#[must_use]
pub fn line(report: &Report) -> String {
    let summary = report.summary();
    let kinds = [
        (summary.errors, "error", "errors"),
        (summary.warnings, "warning", "warnings"),
        (summary.advice, "advice", "advice"),
    ];
    let found: Vec<String> = kinds
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
        .collect();
    let concerned: BTreeSet<&str> = report
        .findings
        .iter()
        .filter(|finding| finding.waived.is_none())
        .map(|finding| &*finding.path)
        .collect();
    let mut line = if found.is_empty() {
        "no findings".to_owned()
    } else {
        format!("{} in {}", found.join(", "), files(concerned.len()))
    };
    line.push_str(&format!("; {} checked", files(summary.checked)));
    if summary.skipped > 0 {
        line.push_str(&format!(", {} skipped", summary.skipped));
    }
    if summary.waived > 0 {
        line.push_str(&format!(", {} waived", summary.waived));
    }
    if let Some(note) = trusted_list(report) {
        line.push_str(&format!("; {note}"));
    }
    line
}

/// What is not known of the run's QWACs, once.
pub(super) fn trusted_list(report: &Report) -> Option<&'static str> {
    let is = |wanted: &ListStatus| {
        report.files.iter().any(|file| match &file.status {
            FileStatus::Checked { trusted_list, .. } => trusted_list.as_ref() == Some(wanted),
            FileStatus::Skipped { .. } => false,
        })
    };
    if is(&ListStatus::NotChecked) {
        Some("EU trusted list not checked")
    } else if is(&ListStatus::NotListed) {
        Some("a QWAC is on none of the trusted lists")
    } else {
        None
    }
}

fn files(count: usize) -> String {
    format!("{count} {}", if count == 1 { "file" } else { "files" })
}

/// A line for each file that was skipped: those that could not be looked into, or, where everything
/// is to be told, all of them.
#[must_use]
pub fn skipped(report: &Report, all: bool) -> Vec<String> {
    report
        .files
        .iter()
        .filter_map(|file| match &file.status {
            FileStatus::Skipped { reason } if all || reason.is_hidden() => {
                Some(format!("skipped {}: {reason}", file.path))
            }
            FileStatus::Skipped { .. } | FileStatus::Checked { .. } => None,
        })
        .collect()
}

/// A line for each rule with findings that are not waived, the most frequent first.
#[must_use]
pub fn statistics(report: &Report) -> Vec<String> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for finding in report
        .findings
        .iter()
        .filter(|finding| finding.waived.is_none())
    {
        let count = counts
            .entry((&finding.rule, finding.severity.as_str()))
            .or_default();
        *count = count.saturating_add(1);
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by(|(left, few), (right, many)| many.cmp(few).then_with(|| left.cmp(right)));
    rows.into_iter()
        .map(|((rule, severity), count)| format!("{count:>6}  {severity:<7}  {rule}"))
        .collect()
}
