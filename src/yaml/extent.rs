//! Where a YAML value begins and ends.
//!
//! serde-saphyr tells the range of a scalar and the start of a list or map; the rest is found in
//! the text.

use serde_saphyr::Location;

use crate::span::Span;

/// The bytes of a location; empty at 0 where it has none.
pub(super) fn of(location: &Location) -> Span {
    let span = location.span();
    let start = span.byte_offset().and_then(|at| usize::try_from(at).ok());
    let length = span.byte_len().and_then(|at| usize::try_from(at).ok());
    let start = start.unwrap_or_default();
    Span::new(start, start.saturating_add(length.unwrap_or_default()))
}

/// A scalar without the line breaks after it, which a block scalar's range includes.
pub(super) fn trimmed(text: &str, span: Span) -> Span {
    let length = text
        .get(span.start..span.end)
        .map_or(span.len(), |text| text.trim_end().len());
    Span::new(span.start, span.start.saturating_add(length))
}

/// The furthest end among parts of a container that begins at `start`. Parts that an alias brought
/// in stand before it, and do not count.
pub(super) fn last_end(start: Span, parts: impl IntoIterator<Item = Span>) -> usize {
    parts
        .into_iter()
        .filter(|part| part.start >= start.start)
        .map(|part| part.end)
        .fold(start.end, usize::max)
}

/// The range of a list or map: up to its bracket where it has one, else up to its last part.
pub(super) fn container(text: &str, start: Span, last: usize) -> Span {
    let bytes = text.as_bytes();
    let close = match bytes.get(start.start) {
        Some(b'[') if start.len() == 1 => b']',
        Some(b'{') if start.len() == 1 => b'}',
        Some(_) | None => return Span::new(start.start, last),
    };
    Span::new(
        start.start,
        bracket_end(bytes, last.max(start.end), close).unwrap_or(last),
    )
}

/// Looks from `at`, which is outside any nested value, for the closing bracket; comments and
/// aliases may stand before it.
fn bracket_end(bytes: &[u8], mut at: usize, close: u8) -> Option<usize> {
    loop {
        match bytes.get(at)? {
            byte if *byte == close => return Some(at.saturating_add(1)),
            b'#' => at = skip(bytes, at, |byte| byte != b'\n'),
            b'*' => {
                at = skip(bytes, at, |byte| {
                    !byte.is_ascii_whitespace() && !b",[]{}".contains(&byte)
                });
            }
            _ => at = at.saturating_add(1),
        }
    }
}

fn skip(bytes: &[u8], at: usize, mut while_true: impl FnMut(u8) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let length = rest.iter().position(|byte| !while_true(*byte));
    at.saturating_add(length.unwrap_or(rest.len()))
}

/// The tag that stands on the same line right before a value, if any (with or without an anchor
/// between them).
pub(super) fn tag_before(text: &str, start: usize) -> Option<Span> {
    let mut head = text.get(..start)?;
    loop {
        let trimmed = head.trim_end_matches([' ', '\t']);
        let word_start = trimmed
            .rfind(|character: char| character.is_whitespace() || "[{,".contains(character))
            .map_or(0, |at| at.saturating_add(1));
        let word = trimmed.get(word_start..)?;
        if word.ends_with(':') {
            // The end of a key, such as `"say !b":`.
            return None;
        }
        if word.starts_with('!') {
            return Some(Span::new(word_start, trimmed.len()));
        }
        if !word.starts_with('&') {
            return None;
        }
        head = head.get(..word_start)?;
    }
}
