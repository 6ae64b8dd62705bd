//! One line a finding: `path:line:column: severity[rule] message`.
//!
//! Editors take these lines apart, from either end: vim's `%f:%l:%c: %m` looks for the first colon,
//! a problem matcher like `^(.*):(\d+):(\d+): (error|warning|advice)\[(.+?)\] (.*)$` for the last
//! place that fits. So no path has a colon, and no message what looks like a place's end.

use std::fmt::Write;

use crate::finding::{Report, Severity};

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
            path(&finding.path),
            finding.severity.as_str(),
            finding.rule,
            message(&finding.message)
        );
    }
    out
}

/// A path with its colons as `\u{3a}`, but for the one behind a drive's letter.
fn path(path: &str) -> String {
    let absolute = |rest: &str| rest.starts_with(['/', '\\']);
    match path.split_once(':') {
        Some((drive, rest)) if drive.len() == 1 && absolute(rest) => {
            format!("{drive}:{}", rest.replace(':', "\\u{3a}"))
        }
        Some(_) | None => path.replace(':', "\\u{3a}"),
    }
}

/// A message on one line, in which no second finding seems to begin.
fn message(message: &str) -> String {
    let mut line = message.replace('\n', " ");
    for severity in [Severity::Error, Severity::Warning, Severity::Advice] {
        let begins = format!(": {}[", severity.as_str());
        line = line.replace(&begins, &format!("\\u{{3a}} {}[", severity.as_str()));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Finding;
    use crate::report::samples::{finding, hostile, nothing, report, report_of};

    #[test]
    fn a_finding_is_a_line_and_a_waived_one_is_none() {
        assert_eq!(
            write(&report()),
            "a.pem:1:2: error[some-rule] it \"breaks\"\n"
        );
        assert_eq!(write(&nothing()), "");
    }

    #[test]
    fn paths_and_messages_cannot_be_taken_for_places() {
        let written = write(&hostile());
        assert_eq!(written.lines().count(), 1);
        assert_eq!(written.matches(": error[").count(), 1, "{written}");
        let (path, place) = written.split_once(':').unwrap();
        assert!(path.ends_with("x\\u{3a}1\\u{3a}2\\u{3a} error[no-rule] no"));
        assert!(place.starts_with("1:2: error[some-rule] a]]>"), "{place}");
    }

    #[test]
    fn a_message_of_several_lines_is_one_line() {
        let several = Finding {
            message: "one\ntwo".to_owned(),
            path: "C:\\a:b.pem".into(),
            ..finding()
        };
        assert_eq!(
            write(&report_of(vec![several])),
            "C:\\a\\u{3a}b.pem:1:2: error[some-rule] one two\n"
        );
    }
}
