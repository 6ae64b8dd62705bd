//! One line a finding: `path:line:column: severity[rule] message`.
//!
//! Editors take these lines apart, from either end: vim's `%f:%l:%c: %m` and Emacs look for the first colon
//! behind which a line's number stands, a problem matcher like
//! `^(.*):(\d+):(\d+): (error|warning|advice)\[(.+?)\] (.*)$` for the last place that fits. So no path has what
//! looks like a line's number, and no message what looks like a place's end. Any other colon stays, for a path is
//! there to be opened.

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

/// A path in which no line's number seems to stand, and that is no command to whoever runs the program in CI (`::`
/// at its beginning): a colon before digits and another colon, or in front of everything, is `\u{3a}`.
fn path(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, behind)) = rest.split_once(':') {
        out.push_str(before);
        let tail = behind.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_number = tail.len() < behind.len() && (tail.is_empty() || tail.starts_with(':'));
        let is_taken_for_more = is_number || out.is_empty();
        out.push_str(if is_taken_for_more { "\\u{3a}" } else { ":" });
        rest = behind;
    }
    out.push_str(rest);
    out
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
        let place = regex::Regex::new(r":\d+:\d+: error\[").unwrap();
        assert_eq!(place.find_iter(&written).count(), 1, "{written}");
        let (path, place) = written.split_once(":1:2: ").unwrap();
        assert!(
            path.ends_with("x\\u{3a}1\\u{3a}2: error[no-rule] no"),
            "{path}"
        );
        assert!(place.starts_with("error[some-rule] a]]>"), "{place}");
    }

    #[test]
    fn a_colon_stays_where_it_cannot_be_taken_for_a_places() {
        assert_eq!(path("col:on.pem"), "col:on.pem");
        assert_eq!(path("a:1b:2"), "a:1b\\u{3a}2");
        assert_eq!(path("a:12:b"), "a\\u{3a}12:b");
        assert_eq!(path("::error ::z.pem"), "\\u{3a}:error ::z.pem");
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
            "C:\\a:b.pem:1:2: error[some-rule] one two\n"
        );
    }
}
