//! Diagnostics for people: each finding in its place, drawn by miette.

use std::fmt;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::Style;
use super::excerpt::{Excerpt, Label};
use crate::finding::{Finding, Origin, Report, Severity};
use crate::span::Span;

/// Writes the findings that are not waived.
#[must_use]
pub fn write(report: &Report, style: Style) -> String {
    let mut out = String::new();
    for finding in report
        .findings
        .iter()
        .filter(|finding| finding.waived.is_none())
    {
        draw(&diagnostic(report, finding, style), style, &mut out);
    }
    out
}

/// What miette draws.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) severity: Severity,
    pub(super) code: Option<String>,
    pub(super) message: String,
    /// How to mend it.
    pub(super) help: Option<String>,
    /// What else there is to say, a line each.
    pub(super) notes: Vec<String>,
    pub(super) excerpt: Option<Excerpt>,
}

impl fmt::Display for Drawn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.severity.as_str(), self.message)
    }
}

impl std::error::Error for Drawn {}

impl Diagnostic for Drawn {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code
            .as_ref()
            .map(|code| -> Box<dyn fmt::Display> { Box::new(code) })
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Advice => miette::Severity::Advice,
        })
    }

    /// The notes stand below the help; without one they stand alone (see [`draw`]).
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.help.as_ref()?;
        let lines = std::iter::once(help).chain(&self.notes);
        let lines: Vec<&str> = lines.map(String::as_str).collect();
        Some(Box::new(lines.join("\n")))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt
            .as_ref()
            .map(|excerpt| -> &dyn SourceCode { excerpt })
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let labels = self.excerpt.as_ref()?.labels();
        Some(Box::new(labels.into_iter()))
    }
}

/// Draws one diagnostic with a blank line after it.
pub(super) fn draw(diagnostic: &Drawn, style: Style, out: &mut String) {
    // Writing to a String cannot fail; a diagnostic that cannot be drawn is still told.
    if handler(diagnostic, style)
        .render_report(out, diagnostic)
        .is_err()
    {
        out.push_str(&diagnostic.to_string());
    }
    out.push('\n');
}

fn handler(diagnostic: &Drawn, style: Style) -> GraphicalReportHandler {
    let mut theme = if style.color {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    // miette gives each label the next colour, and a label over several lines is several to it.
    if let Some(excerpt) = &diagnostic.excerpt {
        let colors = theme.styles.highlights.clone();
        let owners = excerpt.owners.iter();
        let of_owner = |owner: &usize| colors.iter().cycle().nth(*owner).copied();
        theme.styles.highlights = owners.filter_map(of_owner).collect();
    }
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(style.width)
        .with_links(false)
        .with_context_lines(1);
    if diagnostic.help.is_some() || diagnostic.notes.is_empty() {
        handler
    } else {
        handler.with_footer(diagnostic.notes.join("\n"))
    }
}

fn diagnostic(report: &Report, finding: &Finding, style: Style) -> Drawn {
    let label = |start: usize, end: usize, text: &str| Label {
        span: Span::new(start, end),
        text: text.to_owned(),
    };
    let mut labels = vec![label(
        finding.start.offset,
        finding.end.offset,
        &finding.label,
    )];
    let here = finding
        .related
        .iter()
        .filter(|related| related.path == finding.path);
    labels.extend(here.map(|at| label(at.start.offset, at.end.offset, &at.message)));
    let source = report
        .sources
        .get(&finding.path)
        .filter(|source| !source.text().is_empty());
    let excerpt = source.and_then(|source| Excerpt::new(source, &labels, style.width));

    let mut notes = excerpt.as_ref().map_or_else(Vec::new, Excerpt::notes);
    let elsewhere = finding
        .related
        .iter()
        .filter(|related| related.path != finding.path);
    notes.extend(elsewhere.map(|at| {
        format!(
            "see {}:{}:{}: {}",
            at.path, at.start.line, at.start.column, at.message
        )
    }));
    notes.extend(
        finding
            .reference
            .as_ref()
            .map(|reference| format!("source: {reference}")),
    );
    if style.verbose {
        notes.push(asked_by(finding));
    }
    if excerpt.is_none() {
        notes.push(format!("file: {}", finding.path));
    }
    Drawn {
        severity: finding.severity,
        code: Some(finding.rule.to_string()),
        message: finding.message.clone(),
        help: finding.help.clone(),
        notes,
        excerpt,
    }
}

/// Which policy asks for it, and where.
fn asked_by(finding: &Finding) -> String {
    let policy = &finding.policy;
    match &finding.origin {
        Origin::BuiltIn { policy: home, line } => {
            format!("policy: {policy}, rule from built-in policy {home}, line {line}")
        }
        Origin::File { path, line } => format!("policy: {policy}, rule from {path}:{line}"),
        Origin::Always => format!("policy: {policy}, told under every policy"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::finding::Related;
    use crate::report::samples::{finding, report_of};
    use crate::source::Source;

    const STYLE: Style = Style {
        color: false,
        width: 80,
        verbose: false,
    };

    /// Sixty lines of 64 characters.
    fn source() -> Source {
        let line = "MIIDbzCCAlegAwIBAgIQWBEsvCeIXFA9K/QJItojanANBgkqhkiG9w0BAQsFADA7\n";
        Source::new("a.pem", &line.repeat(60))
    }

    /// A finding between two offsets of [`source`].
    fn at(start: usize, end: usize) -> Finding {
        let source = source();
        Finding {
            start: source.position(start),
            end: source.position(end),
            related: Vec::new(),
            ..finding()
        }
    }

    fn drawn(finding: Finding, style: Style) -> String {
        let mut report = report_of(vec![finding]);
        let source = Arc::new(source());
        report.sources.insert("a.pem".into(), source);
        write(&report, style)
    }

    #[test]
    fn a_field_over_several_lines_has_one_colour() {
        let style = Style {
            color: true,
            ..STYLE
        };
        let text = drawn(at(650 + 40, 650 + 80), style);
        let underlines: Vec<&str> = text.lines().filter(|line| line.contains("──")).collect();
        let color = |line: &str| {
            let underline = line.rfind("\u{1b}[3").unwrap();
            line.get(underline..underline + 5).unwrap().to_owned()
        };
        let lines: Vec<String> = underlines
            .iter()
            .filter(|line| !line.contains('╭') && !line.contains('╰'))
            .map(|line| color(line))
            .collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert_eq!(lines[0], lines[1], "{text}");
    }

    #[test]
    fn the_place_that_it_is_about_stands_before_those_that_belong_to_it() {
        let source = source();
        let related = Related {
            path: "a.pem".into(),
            start: source.position(65),
            end: source.position(75),
            message: "the first one".to_owned(),
        };
        let finding = Finding {
            related: vec![related],
            ..at(65 * 30 + 3, 65 * 30 + 9)
        };
        let text = drawn(finding, STYLE);
        let places: Vec<&str> = text
            .lines()
            .filter_map(|line| line.split_once("─[a.pem:"))
            .map(|(_, place)| place)
            .collect();
        assert_eq!(places, ["31:4]", "2:1]"], "{text}");
        let lines: Vec<&str> = text
            .lines()
            .filter_map(|line| line.split_once(" │ MII"))
            .map(|(number, _)| number.trim())
            .collect();
        assert_eq!(lines, ["30", "31", "32", "1", "2", "3"], "{text}");
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let label = "valid for 1096 days: 2026-06-01T00:00:00Z to 2029-06-01T00:00:00Z";
        for width in [60, 80, 100] {
            let style = Style { width, ..STYLE };
            for start in 0..64 {
                let finding = Finding {
                    label: label.to_owned(),
                    ..at(65 * 9 + start, 65 * 9 + start + 30)
                };
                let text = drawn(finding, style);
                let widest = text.lines().map(|line| line.chars().count()).max();
                assert!(widest <= Some(width), "{width}: {text}");
                // It is broken into lines, and nothing is left out.
                let solid = |text: &str| text.replace(['│', '·', '╰', '┤', '─', ' ', '\n'], "");
                assert!(solid(&text).contains(&solid(label)), "{text}");
            }
        }
    }

    #[test]
    fn where_a_rule_says_no_help_nothing_is_called_one() {
        let finding = Finding {
            help: None,
            ..at(0, 4)
        };
        let text = drawn(finding.clone(), STYLE);
        assert!(
            text.ends_with("\n  source: RFC 1, 2\n\n") && !text.contains("help"),
            "{text}"
        );
        let unseen = Finding {
            path: "huge.pem".into(),
            ..finding
        };
        let text = drawn(unseen, STYLE);
        assert!(
            text.contains("\n  file: huge.pem\n") && !text.contains("help"),
            "{text}"
        );
    }

    #[test]
    fn who_asks_is_told_where_that_is_asked_for() {
        let style = Style {
            verbose: true,
            ..STYLE
        };
        let asked = |origin: Origin| {
            let finding = Finding { origin, ..at(0, 4) };
            let text = drawn(finding, style);
            let line = text.lines().find(|line| line.contains("policy: ")).unwrap();
            line.trim().to_owned()
        };
        assert_eq!(
            asked(Origin::BuiltIn {
                policy: "hygiene".into(),
                line: 42
            }),
            "policy: some-policy, rule from built-in policy hygiene, line 42"
        );
        assert_eq!(
            asked(Origin::File {
                path: "own.yaml".into(),
                line: 7
            }),
            "policy: some-policy, rule from own.yaml:7"
        );
    }
}
