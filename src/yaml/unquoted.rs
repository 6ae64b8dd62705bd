//! Texts without the quotes that they need, which YAML takes for a tag, a map, a list or a shorter text.

use std::sync::Arc;

use super::Problem;
use crate::source::{Source, escape};
use crate::span::Span;

/// Longest text that a help repeats in quotes, in characters.
const MAX_SHOWN: usize = 80;
/// The tags of YAML itself. Whoever writes one means a tag, and no text.
const KNOWN_TAGS: [&str; 9] = [
    "!!str",
    "!!int",
    "!!float",
    "!!bool",
    "!!null",
    "!!map",
    "!!seq",
    "!!binary",
    "!!timestamp",
];

/// What is wrong with a value that begins with `!` at a place.
pub(super) fn tag(source: &Arc<Source>, start: usize) -> Problem {
    let text = source.text();
    let rest = text.get(start..).unwrap_or_default();
    let ends = |character: char| character.is_whitespace() || ",[]{}".contains(character);
    let word = rest.split(ends).next().unwrap_or_default();
    let message = "a YAML tag has no meaning here".to_owned();
    if KNOWN_TAGS.contains(&word) || word.starts_with("!<") {
        let span = Span::new(start, start.saturating_add(word.len()));
        return Problem::new(source, span, message, "tag")
            .help("remove it; quotes make a text of anything");
    }
    let span = value_at(text, start);
    let help = with_example("a text that begins with `!` stands in quotes", text, span);
    Problem::new(source, span, message, "read as a tag").help(help)
}

/// The last `!` up to a place that begins a value or could.
pub(super) fn last_tag(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut before = bytes.iter().enumerate().take(at.saturating_add(1)).rev();
    let begins = |at: usize| {
        let last = at.checked_sub(1).and_then(|at| bytes.get(at));
        last.is_none_or(|byte| byte.is_ascii_whitespace() || b"[{,".contains(byte))
    };
    let found = before.find(|(at, byte)| **byte == b'!' && begins(*at));
    found.map(|(at, _)| at)
}

/// What is wrong where the scanner stopped at `at`, and said so, if that is a text without its quotes.
pub(super) fn problem(said: &str, source: &Arc<Source>, at: usize) -> Option<Problem> {
    let text = source.text();
    if let Some(start) = value_after(text, at, "!") {
        return Some(tag(source, start));
    }
    if said.contains("trailing content after") {
        return Some(trailing(source, at, said.contains("single-quoted")));
    }
    let is_block = ["block mapping", "block collection", "block sequence"];
    if is_block.iter().any(|what| said.contains(what)) {
        return bracketed(source, at);
    }
    None
}

/// A text in quotes with more behind it.
fn trailing(source: &Arc<Source>, at: usize, single: bool) -> Problem {
    let text = source.text();
    let line = line_start(text, at);
    let quote = if single { b'\'' } else { b'"' };
    let candidates = (line..at).filter(|start| {
        let before = start.checked_sub(1).and_then(|at| text.as_bytes().get(at));
        text.as_bytes().get(*start) == Some(&quote)
            && before.is_none_or(|byte| byte.is_ascii_whitespace() || b"[{,:".contains(byte))
    });
    let mut starts = candidates.filter(|start| {
        let end = closing_quote(text, *start, quote);
        let between = end.and_then(|end| text.get(end..at));
        between.is_some_and(|between| between.trim().is_empty())
    });
    let message = "this is not YAML: more stands behind a text in quotes".to_owned();
    let help = "put quotes around the whole";
    let Some(start) = starts.next() else {
        let span = Span::new(at, at);
        return Problem::new(source, span, message, "here").help(help);
    };
    let span = value_at(text, start);
    let mut help = with_example(help, text, span);
    if in_flow(text, start) {
        help.push_str(", or a comma where it lacks");
    }
    Problem::new(source, span, message, "begins with a quote").help(help)
}

/// The end of a text in quotes, which are within it.
fn closing_quote(text: &str, start: usize, quote: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = start.saturating_add(1);
    loop {
        let (byte, next) = (*bytes.get(at)?, bytes.get(at.saturating_add(1)));
        let is_pair = match quote {
            b'"' => byte == b'\\',
            _ => byte == quote && next == Some(&quote),
        };
        if is_pair {
            at = at.saturating_add(2);
            continue;
        }
        at = at.saturating_add(1);
        if byte == quote {
            return Some(at);
        }
    }
}

/// A text that begins with a `{` or `[`, which end before it does: `{bits} is too few`.
fn bracketed(source: &Arc<Source>, at: usize) -> Option<Problem> {
    let text = source.text();
    for (open, close, what) in [("{", '}', "a map"), ("[", ']', "a list")] {
        let Some(start) = value_after(text, at, open) else {
            continue;
        };
        if !text.get(start..at)?.trim_end().ends_with(close) {
            continue;
        }
        let span = value_at(text, start);
        let message = format!("this is not YAML: more stands behind {what}");
        let rule = format!("a text that begins with `{open}` stands in quotes");
        let help = with_example(&rule, text, span);
        let label = format!("`{open}` begins {what}");
        return Some(Problem::new(source, span, message, &label).help(help));
    }
    None
}

/// Where the value of a key or an item begins, if it begins with `first`, up to `at` on its line.
fn value_after(text: &str, at: usize, first: &str) -> Option<usize> {
    let line = line_start(text, at);
    let rest = text.get(line..)?.lines().next()?;
    let marks = [format!(": {first}"), format!("- {first}")];
    let found = marks.iter().filter_map(|mark| rest.find(mark)).min()?;
    // What stands in quotes or in a comment is no value.
    let is_plain = !rest.get(..found)?.contains(['"', '\'', '#']);
    let start = line.saturating_add(found).saturating_add(2);
    (is_plain && start <= at).then_some(start)
}

fn line_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    before.rfind('\n').map_or(0, |at| at.saturating_add(1))
}

/// Whether a `{` or `[` stands before a place on its line.
fn in_flow(text: &str, start: usize) -> bool {
    let head = text.get(line_start(text, start)..start);
    head.is_some_and(|head| head.contains(['{', '[']))
}

/// What is meant to be one value: up to the end of the line, a comment, or what goes on around it.
fn value_at(text: &str, start: usize) -> Span {
    let in_flow = in_flow(text, start);
    let rest = text.get(start..).unwrap_or_default();
    let (mut depth, mut quote, mut last) = (0_usize, None, '\n');
    let end = rest.find(|character: char| {
        let ends = match (quote, character) {
            (_, '\n') => true,
            (Some(open), _) => {
                if character == open && !(open == '"' && last == '\\') {
                    quote = None;
                }
                false
            }
            (None, '"' | '\'') => {
                // As in `don't`, it opens nothing.
                quote = Some(character).filter(|_| !last.is_alphanumeric());
                false
            }
            (None, '#') => last.is_whitespace(),
            (None, ',') => in_flow && depth == 0,
            (None, '(' | '[' | '{') => {
                depth = depth.saturating_add(1);
                false
            }
            (None, ')' | ']' | '}') => {
                let is_around = in_flow && depth == 0;
                depth = depth.saturating_sub(1);
                is_around
            }
            (None, _) => false,
        };
        last = character;
        ends
    });
    let value = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
    Span::new(start, start.saturating_add(value.trim_end().len()))
}

/// A help with the text in quotes behind it, where that is short and safe to print.
fn with_example(help: &str, text: &str, span: Span) -> String {
    let value = text.get(span.start..span.end).unwrap_or_default();
    if value.chars().count() > MAX_SHOWN || value.contains('`') || escape(value) != value {
        return help.to_owned();
    }
    if value.contains('\'') && !value.contains(['"', '\\']) {
        return format!("{help}: `\"{value}\"`");
    }
    format!("{help}: `'{}'`", value.replace('\'', "''"))
}
