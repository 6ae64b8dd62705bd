//! Lines, and what kinds of byte stand in them.

use crate::span::Span;

/// A character of the base64 alphabet.
pub(super) const BASE64: u8 = 1;
/// The padding character.
pub(super) const PADDING: u8 = 2;
/// White space within a line.
pub(super) const SPACE: u8 = 4;
/// A hyphen, of which boundaries are made.
pub(super) const DASH: u8 = 8;
/// Any other byte.
pub(super) const OTHER: u8 = 16;

/// The UTF-8 form of U+FEFF, the byte order mark.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The lines of a file without their breaks: LF, CRLF or a lone CR.
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    /// The lines of `bytes` from `at` on.
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }
}

impl Iterator for Lines<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr2(b'\n', b'\r', rest);
        let line = Span::new(
            self.at,
            self.at.saturating_add(length.unwrap_or(rest.len())),
        );
        let breaks = match (
            self.bytes.get(line.end),
            self.bytes.get(line.end.saturating_add(1)),
        ) {
            (Some(b'\r'), Some(b'\n')) => 2,
            (Some(_) | None, _) => 1,
        };
        self.at = line.end.saturating_add(breaks);
        Some(line)
    }
}

/// The bytes of a span; none where it lies outside.
pub(super) fn slice(bytes: &[u8], span: Span) -> &[u8] {
    bytes.get(span.start..span.end).unwrap_or_default()
}

/// The kind of every byte; a table, since each byte of a file is looked up once.
static CLASSES: [u8; 256] = table();

/// The kind of one byte.
#[inline]
pub(super) fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(OTHER)
}

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "runs at compile time, where a mistake stops the build; `for` and `get` cannot run there"
)]
const fn table() -> [u8; 256] {
    let mut table = [OTHER; 256];
    let mut at = 0;
    while at < table.len() {
        table[at] = match at as u8 {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => BASE64,
            b'=' => PADDING,
            b' ' | b'\t' | 0x0B | 0x0C => SPACE,
            b'-' => DASH,
            _ => OTHER,
        };
        at += 1;
    }
    table
}

/// The kinds of byte that occur in a piece of text, joined by "or".
pub(super) fn classes(piece: &[u8]) -> u8 {
    piece.iter().fold(0, |seen, byte| seen | class(*byte))
}

/// The span without white space at either end; an empty span at the old start where nothing is left.
pub(super) fn trim(bytes: &[u8], span: Span) -> Span {
    let piece = slice(bytes, span);
    let solid = |byte: &u8| class(*byte) != SPACE && *byte != b'\n' && *byte != b'\r';
    let Some(first) = piece.iter().position(solid) else {
        return Span::new(span.start, span.start);
    };
    let last = piece.iter().rposition(solid).unwrap_or(first);
    Span::new(
        span.start.saturating_add(first),
        span.start.saturating_add(last).saturating_add(1),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_break_ends_a_line() {
        let bytes = b"a\nb\r\nc\rd\r\r\n\nlast";
        let lines: Vec<&[u8]> = Lines::new(bytes, 0)
            .map(|line| slice(bytes, line))
            .collect();
        let wanted: [&[u8]; 7] = [b"a", b"b", b"c", b"d", b"", b"", b"last"];
        assert_eq!(lines, wanted);
    }

    #[test]
    fn trimming_keeps_what_is_inside() {
        let bytes = b"  a b \t";
        assert_eq!(slice(bytes, trim(bytes, Span::new(0, 7))), b"a b");
        assert!(trim(bytes, Span::new(0, 2)).is_empty());
    }
}
