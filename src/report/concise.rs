//! One line a finding: `path:line:column: severity[rule] message`.

use std::fmt::Write;

use crate::finding::Report;

/// Writes the findings that are not waived.
#[must_use]
pub fn write(report: &Report) -> String {
    let mut out = String::new();
    for finding in report
        .findings
        .iter()
        .filter(|finding| finding.waived.is_none())
    {
        let (line, column) = (finding.start.line, finding.start.column);
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "{}:{line}:{column}: {}[{}] {}",
            finding.path,
            finding.severity.as_str(),
            finding.rule,
            finding.message
        );
    }
    out
}
