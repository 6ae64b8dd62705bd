//! Where the list of waivers stands in a text that people have written: line by line, comments included.

use super::Unedited;
use crate::span::Span;
use crate::yaml::{Key, Node};

/// The key of the list.
pub(super) const KEY: &str = "waivers";

/// Where the list stands, or would.
#[derive(Debug)]
pub(super) enum Layout {
    /// The file has no value at all, or is not there.
    Nothing,
    /// It has other keys, indented like this.
    NoKey {
        /// How many spaces stand before keys.
        indent: usize,
    },
    /// The key stands there with no waiver under it.
    Empty {
        /// What stands for nothing (`[]`, `~`), with the spaces before it.
        nothing: Span,
        /// Where the first waiver's line would begin.
        at: usize,
        /// How many spaces stand before keys.
        indent: usize,
    },
    /// Each waiver has lines of its own.
    Block(Block),
}

/// A list whose items have lines of their own.
#[derive(Debug)]
pub(super) struct Block {
    /// Behind the colon of the key.
    pub(super) colon: usize,
    /// How many spaces stand before each `-`.
    pub(super) indent: usize,
    /// The lines of each item with the comments that are its own: those right above it, and those behind it that
    /// stand further in than its `-`.
    pub(super) items: Vec<Span>,
}

impl Layout {
    pub(super) fn of(text: &str, root: Option<&Node>) -> Result<Self, Unedited> {
        let Some(root) = root.filter(|root| !root.is_null()) else {
            return Ok(Self::Nothing);
        };
        let entries = root.entries().ok_or(Unedited::Odd)?;
        if byte(text, root.span.start) == Some(b'{') {
            return Err(Unedited::Braces);
        }
        let indent = column(text, root.span.start);
        let Some((key, list)) = entries.iter().find(|(key, _)| key.name == KEY) else {
            return Ok(Self::NoKey { indent });
        };
        let colon = behind_colon(text, key).ok_or(Unedited::Odd)?;
        match list.items() {
            None | Some([]) => Self::empty(text, key, list, colon, indent),
            Some(_) if byte(text, list.span.start) == Some(b'[') => Err(Unedited::Brackets),
            Some(items) => Ok(Self::Block(Block::of(text, colon, items)?)),
        }
    }

    fn empty(
        text: &str,
        key: &Key,
        list: &Node,
        colon: usize,
        indent: usize,
    ) -> Result<Self, Unedited> {
        // A value that is not there stands at its key.
        let value = if list.span == key.span {
            Span::new(colon, colon)
        } else {
            list.span
        };
        let between = part(text, colon, value.start)?;
        if !is_blank_or_comments(between) || part(text, value.start, value.end)?.contains('#') {
            return Err(Unedited::Odd);
        }
        let spaces = between.len() - between.trim_end_matches([' ', '\t']).len();
        let mut nothing = Span::new(value.start.saturating_sub(spaces), value.end);
        let mut at = line_end(text, value.end);
        // On a line of its own it goes with that line.
        let rest = part(text, nothing.end, at)?;
        if nothing.start > colon && rest.trim().is_empty() {
            nothing.end = at;
        }
        // What is said under the key stands above the waivers.
        while let Some((end, Comment { column, .. })) = comment(text, at) {
            if column <= indent {
                break;
            }
            at = end;
        }
        Ok(Self::Empty {
            nothing,
            at,
            indent,
        })
    }
}

impl Block {
    fn of(text: &str, colon: usize, items: &[Node]) -> Result<Self, Unedited> {
        let mut lines: Vec<Span> = Vec::with_capacity(items.len());
        let mut indent = None;
        let mut from = line_end(text, colon);
        for item in items {
            let dash = dash_before(text, item.span.start).ok_or(Unedited::Odd)?;
            let start = line_start(text, dash);
            let own = *indent.get_or_insert(dash.saturating_sub(start));
            // An alias stands where its anchor does.
            if start < from
                || dash.saturating_sub(start) != own
                || !part(text, start, dash)?.trim().is_empty()
            {
                return Err(Unedited::Odd);
            }
            let start = comments_above(text, from, start, own);
            let end = last_line(text, item.span)?;
            from = comments_behind(text, end, own);
            lines.push(Span::new(start, from));
        }
        Ok(Self {
            colon,
            indent: indent.unwrap_or_default(),
            items: lines,
        })
    }
}

/// Where the last line of an item ends: nothing but a comment stands behind it there.
fn last_line(text: &str, item: Span) -> Result<usize, Unedited> {
    // A span may take in the white space behind a block scalar.
    let inside = part(text, item.start, item.end)?;
    let last = item.start.saturating_add(inside.trim_end().len());
    let end = line_end(text, last);
    let rest = part(text, last, end)?;
    // The colon of a key without a value.
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    if is_blank_or_comments(rest) {
        Ok(end)
    } else {
        Err(Unedited::Odd)
    }
}

/// Where the comments right above a line begin; those further in than its `-` are another's.
fn comments_above(text: &str, from: usize, line: usize, indent: usize) -> usize {
    let mut start = line;
    while start > from {
        let above = line_start(text, start.saturating_sub(1));
        match comment(text, above) {
            Some((_, Comment { column, .. })) if column <= indent => start = above,
            Some(_) | None => break,
        }
    }
    start
}

/// Where the comments behind an item end that stand further in than its `-`.
fn comments_behind(text: &str, line: usize, indent: usize) -> usize {
    let mut end = line;
    let mut at = line;
    while at < text.len() {
        let next = line_end(text, at);
        match comment(text, at) {
            Some((_, Comment { column, .. })) if column > indent => end = next,
            Some(_) => break,
            None if text
                .get(at..next)
                .is_some_and(|line| line.trim().is_empty()) => {}
            None => break,
        }
        at = next;
    }
    end
}

struct Comment {
    column: usize,
}

/// The comment that a line holds alone, with where the line ends.
fn comment(text: &str, line: usize) -> Option<(usize, Comment)> {
    let end = line_end(text, line);
    let content = text.get(line..end)?;
    let trimmed = content.trim_start();
    trimmed.starts_with('#').then(|| {
        let column = content.len().saturating_sub(trimmed.len());
        (end, Comment { column })
    })
}

/// Whether nothing stands here that means anything.
fn is_blank_or_comments(text: &str) -> bool {
    let mut lines = text.split('\n');
    lines.all(|line| {
        let line = line.trim();
        line.is_empty() || line.starts_with('#')
    })
}

/// The `-` of an item, right before it.
fn dash_before(text: &str, item: usize) -> Option<usize> {
    let head = text.get(..item)?.trim_end();
    let dash = head.len().checked_sub(1)?;
    (head.ends_with('-') && head.len() < item).then_some(dash)
}

/// Behind the colon of a key.
pub(super) fn behind_colon(text: &str, key: &Key) -> Option<usize> {
    let rest = text.get(key.span.end..)?;
    let colon = rest.find(':')?;
    let between = rest.get(..colon)?;
    let is_near = between.chars().all(|character| " \"'".contains(character));
    is_near.then(|| key.span.end.saturating_add(colon).saturating_add(1))
}

fn byte(text: &str, at: usize) -> Option<u8> {
    text.as_bytes().get(at).copied()
}

fn part(text: &str, start: usize, end: usize) -> Result<&str, Unedited> {
    text.get(start..end).ok_or(Unedited::Odd)
}

/// How many bytes stand before a place in its line.
fn column(text: &str, at: usize) -> usize {
    let start = line_start(text, at);
    let before = text.get(start..at).unwrap_or_default();
    before.trim_start_matches('\u{feff}').len()
}

pub(super) fn line_start(text: &str, at: usize) -> usize {
    let head = text.get(..at).unwrap_or_default();
    head.rfind('\n').map_or(0, |at| at.saturating_add(1))
}

/// Behind the line break of the line in which a place stands.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.find('\n').map_or(text.len(), |found| {
        at.saturating_add(found).saturating_add(1)
    })
}

/// Where a new key goes: at the end, but before what ends the document.
pub(super) fn end_of_document(text: &str, root: &Node) -> usize {
    let mut at = line_end(text, root.span.end);
    while at < text.len() {
        let end = line_end(text, at);
        if text
            .get(at..end)
            .is_some_and(|line| line.starts_with("..."))
        {
            return at;
        }
        at = end;
    }
    text.len()
}
