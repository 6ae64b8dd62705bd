//! What is wrong with a policy or a config, drawn where it stands in the YAML.

use super::Style;
use super::excerpt::{Excerpt, Label};
use super::full::{Drawn, draw};
use crate::finding::Severity;
use crate::yaml::Problem;

/// Writes all problems.
#[must_use]
pub fn write(problems: &[Problem], style: Style) -> String {
    weighing(problems, Severity::Error, style)
}

/// Writes what is suspicious, and no error.
#[must_use]
pub fn write_warnings(problems: &[Problem], style: Style) -> String {
    weighing(problems, Severity::Warning, style)
}

fn weighing(problems: &[Problem], severity: Severity, style: Style) -> String {
    let mut out = String::new();
    for problem in problems {
        let primary = Label {
            span: problem.span,
            text: problem.label.clone(),
        };
        let here = problem
            .related
            .iter()
            .filter(|(file, ..)| file.name() == problem.file.name());
        let labels: Vec<Label> = std::iter::once(primary)
            .chain(here.map(|(_, span, text)| Label {
                span: *span,
                text: text.clone(),
            }))
            .collect();
        let excerpt = Excerpt::new(&problem.file, &labels, style.width);
        let mut notes = excerpt.as_ref().map_or_else(Vec::new, Excerpt::notes);
        let name = problem.file.name();
        let elsewhere = problem
            .related
            .iter()
            .filter(|(file, ..)| file.name() != name);
        notes.extend(elsewhere.map(|(file, span, text)| {
            let position = file.position(span.start);
            format!(
                "see {}:{}:{}: {text}",
                file.name(),
                position.line,
                position.column
            )
        }));
        if excerpt.is_none() {
            notes.push(format!("file: {name}"));
        }
        let drawn = Drawn {
            severity,
            code: None,
            message: problem.message.clone(),
            help: problem.help.clone(),
            notes,
            excerpt,
        };
        draw(&drawn, style, &mut out);
    }
    out
}
