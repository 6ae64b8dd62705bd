//! Diagnostics for people: each finding in its place, drawn by miette.

use std::fmt;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::Style;
use super::excerpt::{Excerpt, Label};
use crate::finding::{Finding, Report, Severity};
use crate::span::Span;

/// Writes the findings that are not waived.
#[must_use]
pub fn write(report: &Report, style: Style) -> String {
    let handler = handler(style);
    let mut out = String::new();
    for finding in report
        .findings
        .iter()
        .filter(|finding| finding.waived.is_none())
    {
        let diagnostic = diagnostic(report, finding, style);
        draw(&handler, &diagnostic, &mut out);
    }
    out
}

/// What miette draws.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) severity: Severity,
    pub(super) code: Option<String>,
    pub(super) message: String,
    pub(super) help: Option<String>,
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

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help
            .as_ref()
            .map(|help| -> Box<dyn fmt::Display> { Box::new(help) })
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

pub(super) fn handler(style: Style) -> GraphicalReportHandler {
    let theme = if style.color {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    GraphicalReportHandler::new_themed(theme)
        .with_width(style.width)
        .with_links(false)
        .with_context_lines(1)
}

/// Draws one diagnostic with a blank line after it.
pub(super) fn draw(handler: &GraphicalReportHandler, diagnostic: &Drawn, out: &mut String) {
    // Writing to a String cannot fail; a diagnostic that cannot be drawn is still told.
    if handler.render_report(out, diagnostic).is_err() {
        out.push_str(&diagnostic.to_string());
    }
    out.push('\n');
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
    let excerpt = source.and_then(|source| Excerpt::new(source, &labels));

    let mut notes: Vec<String> = finding.help.iter().cloned().collect();
    let afar = excerpt
        .iter()
        .flat_map(|excerpt| &excerpt.afar)
        .map(|(line, column, text)| format!("see {}:{line}:{column}: {text}", finding.path));
    notes.extend(afar);
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
    let reference = finding.reference.as_deref();
    let origin = style.verbose.then(|| {
        format!(
            "{} ({}:{})",
            finding.policy, finding.origin.path, finding.origin.line
        )
    });
    let source: Vec<&str> = reference.into_iter().chain(origin.as_deref()).collect();
    if !source.is_empty() {
        notes.push(format!("source: {}", source.join(", ")));
    }
    if excerpt.is_none() {
        notes.push(format!("file: {}", finding.path));
    }
    Drawn {
        severity: finding.severity,
        code: Some(finding.rule.to_string()),
        message: finding.message.clone(),
        help: Some(notes.join("\n")).filter(|notes| !notes.is_empty()),
        excerpt,
    }
}
