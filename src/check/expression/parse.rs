//! From text to the parser's tree, with the place of every part.

use std::ops::Range;

use cel::common::ast::{IdedExpr, SourceInfo};
use cel::{Env, ParseError};

use super::program::Fault;
use super::scan::{Brackets, Scanned, scan};
use crate::source::escape;

/// A tree, and where its parts stand.
pub(super) struct Parsed<'a> {
    pub(super) text: &'a str,
    pub(super) root: IdedExpr,
    pub(super) brackets: Brackets,
    pub(super) comments: Vec<Range<usize>>,
    info: SourceInfo,
}

impl Parsed<'_> {
    /// The bytes of the token that a part is known by: a name, a literal, an operator, the point of
    /// a field, the opening bracket of a call.
    pub(super) fn token(&self, part: &IdedExpr) -> Range<usize> {
        let (first, last) = self.info.offset_for(part.id).unwrap_or_default();
        let offset = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let end = offset(last).saturating_add(1).min(self.text.len());
        offset(first).min(end)..end
    }

    /// The name right before or right after a place.
    pub(super) fn name_before(&self, end: usize) -> Range<usize> {
        let head = self.text.get(..end).unwrap_or_default().trim_end();
        let name = head.trim_end_matches(is_of_name);
        name.len()..head.len()
    }

    pub(super) fn name_after(&self, start: usize) -> Range<usize> {
        let rest = self.text.get(start..).unwrap_or_default();
        let trimmed = rest.trim_start();
        let start = self.text.len().saturating_sub(trimmed.len());
        let length = trimmed.find(|c| !is_of_name(c)).unwrap_or(trimmed.len());
        start..start.saturating_add(length)
    }
}

fn is_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// Parses an expression; macros stay calls.
pub(super) fn parse(text: &str) -> Result<Parsed<'_>, Fault> {
    let Scanned { brackets, comments } = scan(text)?;
    // An environment without the standard library has no macros to expand.
    match Env::default().parser().parse_with_source_info(text) {
        Ok((root, info)) => Ok(Parsed {
            text,
            root,
            brackets,
            comments,
            info,
        }),
        Err(errors) => {
            // The first that is of the grammar; others follow from it.
            let errors = errors.errors;
            let is_syntax = |error: &&ParseError| error.msg.starts_with("Syntax error");
            let first = errors.iter().find(is_syntax).or(errors.first());
            Err(first.map_or_else(
                || Fault::new(0..text.len(), "this is not CEL", "here"),
                |error| fault(error, text),
            ))
        }
    }
}

fn fault(error: &ParseError, text: &str) -> Fault {
    let at = place(error.pos, text);
    let rest = text.get(at..).unwrap_or_default();
    let token = token(rest);
    let range = at..at.saturating_add(token.len());
    let said = error.msg.trim_start_matches("Syntax error: ");
    let shown = escape(token);
    if token.is_empty() {
        let missing = said
            .strip_prefix("missing ")
            .and_then(|rest| rest.split(' ').next());
        let fault = Fault::new(range, "the expression breaks off", "something is missing");
        return match missing {
            Some(token) => fault.help(format!("add {}", token.replace('\'', "`"))),
            None => fault.help("write what the last operator or bracket wants"),
        };
    }
    if token.starts_with(['\'', '"']) {
        return Fault::new(range, "this text is not well written", "text").help(
            "close its quotes on the same line; a backslash that is meant is written twice, or the text begins with r: r'\\d'",
        );
    }
    if said.starts_with("reserved identifier") {
        return Fault::new(
            range,
            format!("`{shown}` is a word of CEL's own"),
            "reserved",
        );
    }
    if said.starts_with("invalid int literal") {
        let help = format!("whole numbers go up to {}", i64::MAX);
        return Fault::new(range, "the number is too large", "too large").help(help);
    }
    let help = match token {
        "{" | "}" if text.contains("{vars.") => {
            "a variable has no braces in an expression: `vars.NAME`"
        }
        "=" => "compare with `==`",
        "&" | "and" => "write `&&`",
        "|" | "or" => "write `||`",
        "not" => "write `!`",
        "`" => "a text is written in '…' or \"…\"",
        _ => "the expression is complete before it, or lacks an operator or a bracket",
    };
    Fault::new(range, format!("`{shown}` cannot stand here"), "not CEL").help(help)
}

/// The byte of a line and a column, both from 1, the column in characters.
fn place((line, column): (isize, isize), text: &str) -> usize {
    let number = |number: isize| usize::try_from(number).unwrap_or_default();
    let before = number(line).saturating_sub(1);
    let start: usize = text.split_inclusive('\n').take(before).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    let column = number(column).saturating_sub(1);
    let offset = rest.char_indices().nth(column).map(|(at, _)| at);
    start.saturating_add(offset.unwrap_or(rest.len()))
}

/// The name, number, text or character at the start of what is left.
fn token(rest: &str) -> &str {
    let name = rest.find(|c| !is_of_name(c)).unwrap_or(rest.len());
    let length = if rest.starts_with(['\'', '"']) {
        rest.find('\n').unwrap_or(rest.len())
    } else if name > 0 {
        name
    } else {
        rest.chars().next().map_or(0, char::len_utf8)
    };
    rest.get(..length).unwrap_or_default()
}
