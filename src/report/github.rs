//! GitHub workflow commands, which become annotations of a run and of a pull request's lines.
//!
//! GitHub shows ten annotations of each kind a step and drops the rest: for more, there is SARIF.

use std::fmt::Write;

use crate::finding::{Finding, Report, Severity};

/// Writes the findings that are not waived, a command each; nothing where there is none.
#[must_use]
pub fn write(report: &Report) -> String {
    let mut out = String::new();
    for finding in report
        .findings
        .iter()
        .filter(|finding| finding.waived.is_none())
    {
        command(report, finding, &mut out);
    }
    out
}

fn command(report: &Report, finding: &Finding, out: &mut String) {
    let name = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "notice",
    };
    let (first, last) = (finding.start.line, finding.last_line());
    // Properties in the order in which GitHub's toolkit writes them. Writing to a String cannot fail.
    let _ = write!(
        out,
        "::{name} title={},file={},line={first},endLine={last}",
        property(&finding.rule),
        property(&report.place(&finding.path).shown())
    );
    // The runner refuses columns where the lines differ.
    if first == last {
        let _ = write!(out, ",col={}", finding.start.column);
        if finding.end.line == first {
            let _ = write!(out, ",endColumn={}", finding.end.column);
        }
    }
    let _ = write!(out, "::{}", data(&finding.message));
    if let Some(help) = &finding.help {
        let _ = write!(out, "%0A{}", data(help));
    }
    out.push('\n');
}

/// A message as `escapeData` of GitHub's toolkit writes it (actions/toolkit, core/src/command.ts).
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property as `escapeProperty` of GitHub's toolkit writes it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{at, finding, hostile, nothing, report, report_of};

    #[test]
    fn a_finding_is_a_command_and_a_waived_one_is_none() {
        assert_eq!(
            write(&report()),
            "::error title=some-rule,file=a.pem,line=1,endLine=3::it \"breaks\"%0Amend it\n"
        );
        assert_eq!(write(&nothing()), "");
    }

    #[test]
    fn columns_are_told_within_one_line_alone() {
        let within = Finding {
            severity: Severity::Advice,
            end: at(1, 9, 8),
            help: None,
            ..finding()
        };
        assert_eq!(
            write(&report_of(vec![within])),
            "::notice title=some-rule,file=a.pem,line=1,endLine=1,col=2,endColumn=9::it \"breaks\"\n"
        );
        let with_line_break = Finding {
            severity: Severity::Warning,
            end: at(2, 1, 8),
            help: None,
            ..finding()
        };
        assert_eq!(
            write(&report_of(vec![with_line_break])),
            "::warning title=some-rule,file=a.pem,line=1,endLine=1,col=2::it \"breaks\"\n"
        );
    }

    #[test]
    fn what_would_end_a_property_or_a_message_is_escaped() {
        assert_eq!(property("a,b:c%\r\n"), "a%2Cb%3Ac%25%0D%0A");
        assert_eq!(data("a,b:c%0A\n"), "a,b:c%250A%0A");
        let written = write(&hostile());
        assert_eq!(written.lines().count(), 1, "{written}");
        let (properties, _) = written
            .strip_prefix("::error ")
            .unwrap()
            .split_once("::")
            .unwrap();
        let names: Vec<&str> = properties
            .split(',')
            .map(|pair| pair.split_once('=').unwrap().0)
            .collect();
        assert_eq!(names, ["title", "file", "line", "endLine"]);
    }
}
