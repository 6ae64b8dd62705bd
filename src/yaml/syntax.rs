//! What serde-saphyr refuses to read, told in our words and at the right place.

use std::sync::Arc;

use serde_saphyr::Error;
use serde_saphyr::budget::BudgetBreach;

use super::parse::MAX_DEPTH;
use super::{Problem, extent, unquoted};
use crate::source::{Source, escape};
use crate::span::Span;

/// The problem behind an error. `text` is the file as it is, `source` its printable form.
pub(super) fn problem(error: &Error, text: &str, source: &Arc<Source>) -> Problem {
    let said = said(error);
    let mut span = place(error, source);
    if said.contains("tab")
        && let Some(tab) = tab_after(source, span)
    {
        span = tab;
    }
    let control = control_at(text, span);
    if control.is_none()
        && let Some(problem) = unquoted(error, &said, source, span.start)
    {
        return problem;
    }
    let told = match control {
        Some(control) => told(
            &format!("this is not YAML: a control character ({control})"),
            "control character",
            "remove it; in \"…\" it is written as an escape",
        ),
        None => tell(error, &said),
    };
    Problem {
        file: source.clone(),
        span: at_least_one_character(source, span),
        message: told.message,
        label: told.label.to_owned(),
        help: told.help,
        related: Vec::new(),
    }
}

/// The problem where a text lacks its quotes.
fn unquoted(error: &Error, said: &str, source: &Arc<Source>, at: usize) -> Option<Problem> {
    if matches!(error, Error::UnsupportedTag { .. }) {
        // It is reported at the value behind the tag, or where one could stand.
        let start = unquoted::last_tag(source.text(), at)?;
        return Some(unquoted::tag(source, start));
    }
    let mut problem = unquoted::problem(said, source, at)?;
    problem.span = at_least_one_character(source, problem.span);
    Some(problem)
}

struct Told {
    message: String,
    label: &'static str,
    help: Option<String>,
}

fn told(message: &str, label: &'static str, help: &str) -> Told {
    Told {
        message: message.to_owned(),
        label,
        help: Some(help.to_owned()),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other errors of serde-saphyr are told in its own words"
)]
fn tell(error: &Error, said: &str) -> Told {
    match error {
        Error::MultipleDocuments { .. }
        | Error::Budget {
            breach: BudgetBreach::Documents { .. },
            ..
        } => told(
            "a second YAML document begins here",
            "second document",
            "one file holds one document: remove all from this `---` on",
        ),
        Error::Budget {
            breach: BudgetBreach::Depth { .. },
            ..
        } => too_deep(),
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::AliasReplayCounterOverflow { .. } => told(
            "the file holds too much, aliases written out",
            "the limit is reached here",
            "write less, or use fewer aliases",
        ),
        Error::UnsupportedTag { .. } => told(
            "a YAML tag has no meaning here",
            "tagged",
            "remove the tag; quotes make a text of anything",
        ),
        Error::UnknownAnchor { .. } => told(
            "this alias names no anchor",
            "unknown anchor",
            "a text that begins with `*` needs quotes",
        ),
        Error::RecursiveReferencesRequireWeakTypes { .. } => told(
            "this alias stands inside what it names",
            "alias of itself",
            "write the value out",
        ),
        Error::AliasError { error, .. } => tell(error, said),
        _ => tell_by_words(said),
    }
}

fn too_deep() -> Told {
    told(
        "the values are nested too deeply",
        "too deep",
        &format!("at most {MAX_DEPTH} levels are read"),
    )
}

/// The scanner's errors are told apart by their words alone.
fn tell_by_words(said: &str) -> Told {
    if said.contains("recursion limit") {
        return too_deep();
    }
    if said.contains("tab") {
        return told(
            "a tab cannot indent YAML",
            "tab",
            "indent with spaces, two a level",
        );
    }
    let help = if said.contains("mapping values are not allowed") {
        Some("a text with `: ` in it needs quotes; else the indentation is wrong")
    } else if said.contains("unexpected character") {
        Some("a text that begins with this character needs quotes")
    } else if said.contains("unclosed quote") {
        Some("close the quotes; inside '…' a quote is written twice")
    } else if said.contains("escape") {
        Some("use '…' where backslashes are meant as they stand")
    } else if said.contains("expected ',' or") {
        Some("a `{` or `[` is not closed, or a comma is missing")
    } else if said.contains("block mapping")
        || said.contains("block collection")
        || said.contains("block sequence")
    {
        Some("this line is indented otherwise than those before it, or a `: ` is missing in it")
    } else {
        None
    };
    Told {
        message: format!("this is not YAML: {said}"),
        label: "here",
        help: help.map(str::to_owned),
    }
}

/// The error's words without the place that its text ends with.
fn said(error: &Error) -> String {
    let text = error.to_string();
    let words = text.find(" at line ").and_then(|at| text.get(..at));
    escape(words.unwrap_or(&text))
}

fn place(error: &Error, source: &Source) -> Span {
    let Some(location) = error.location() else {
        return Span::default();
    };
    if location.span().byte_offset().is_some() {
        return extent::of(&location);
    }
    let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    let Some(line) = source.line_span(number(location.line())) else {
        return Span::new(source.text().len(), source.text().len());
    };
    let text = source.text().get(line.start..line.end).unwrap_or_default();
    let column = number(location.column()).saturating_sub(1);
    let offset = text
        .char_indices()
        .nth(column)
        .map_or(text.len(), |(offset, _)| offset);
    let at = line.start.saturating_add(offset);
    Span::new(at, at)
}

/// A control character at a place, or right behind it: the scanner reports from the character before.
fn control_at(text: &str, span: Span) -> Option<String> {
    let hostile = text
        .get(span.start..)?
        .chars()
        .take(2)
        .find(|character| character.is_control() && !"\t\r\n".contains(*character))?;
    Some(format!("U+{:04X}", u32::from(hostile)))
}

/// The first tab on the line of `span` or after it.
fn tab_after(source: &Source, span: Span) -> Option<Span> {
    let line = source.line_span(source.position(span.start).line)?;
    let found = source.text().get(line.start..)?.find('\t')?;
    let at = line.start.saturating_add(found);
    Some(Span::new(at, at.saturating_add(1)))
}

fn at_least_one_character(source: &Source, span: Span) -> Span {
    if !span.is_empty() {
        return span;
    }
    let next = source
        .text()
        .get(span.start..)
        .and_then(|rest| rest.chars().next())
        .filter(|character| *character != '\n');
    let length = next.map_or(0, char::len_utf8);
    Span::new(span.start, span.start.saturating_add(length))
}
