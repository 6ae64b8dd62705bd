//! Lines, and what kinds of byte stand in them.

use crate::span::Span;

/// A character of the base64 alphabet.
pub(super) const BASE64: u8 = 1;
/// The padding character.
pub(super) const PADDING: u8 = 2;
/// A blank or a tab. Other white space is none to OpenSSL, but at the end of a line.
pub(super) const SPACE: u8 = 4;
/// A hyphen, of which boundaries are made.
pub(super) const DASH: u8 = 8;
/// Any other byte.
pub(super) const OTHER: u8 = 16;
/// A carriage return that ends no line.
pub(super) const RETURN: u8 = 32;

/// The UTF-8 form of U+FEFF, the byte order mark.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The lines of a file, which LF ends and nothing else, as editors and grep count them; without their
/// breaks, and without CR, VT and FF before these, which OpenSSL passes over.
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    /// The lines of `bytes` from `at` on.
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    /// Where the next line starts: behind the break of the last one.
    pub(super) fn at(&self) -> usize {
        self.at.min(self.bytes.len())
    }
}

impl Iterator for Lines<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let text = rest.get(..length).unwrap_or_default();
        let start = self.at;
        self.at = start.saturating_add(length).saturating_add(1);
        Some(Span::new(start, start.saturating_add(kept(text))))
    }
}

/// How much of a line is left without CR, VT and FF at its end, and blanks among these.
fn kept(line: &[u8]) -> usize {
    let until = |is_passed_over: fn(&u8) -> bool| {
        let solid = line.iter().rposition(|byte| !is_passed_over(byte));
        solid.map_or(0, |last| last.saturating_add(1))
    };
    let blanks = until(|byte| matches!(byte, b' ' | b'\t' | b'\r' | 0x0B | 0x0C));
    let tail = line.get(blanks..).unwrap_or_default();
    if tail.iter().any(|byte| matches!(byte, 0x0B | 0x0C)) {
        blanks
    } else {
        until(|byte| *byte == b'\r')
    }
}

/// A line cut at carriage returns, of which some files have nothing else between their lines.
pub(super) fn pieces(bytes: &[u8], line: Span) -> impl Iterator<Item = Span> {
    let mut start = line.start;
    slice(bytes, line)
        .split(|byte| *byte == b'\r')
        .map(move |piece| {
            let span = Span::new(start, start.saturating_add(piece.len()));
            start = span.end.saturating_add(1);
            span
        })
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
            b' ' | b'\t' => SPACE,
            b'\r' => RETURN,
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
    fn a_line_feed_ends_a_line_and_nothing_else_does() {
        let bytes = b"a\nb\r\nc\rd\r\r\n\ne\x0C \n \r\nlast\r";
        let lines: Vec<&[u8]> = Lines::new(bytes, 0)
            .map(|line| slice(bytes, line))
            .collect();
        let wanted: [&[u8]; 7] = [b"a", b"b", b"c\rd", b"", b"e", b" ", b"last"];
        assert_eq!(lines, wanted);
        let cut: Vec<&[u8]> = pieces(bytes, Span::new(5, 8))
            .map(|piece| slice(bytes, piece))
            .collect();
        let wanted: [&[u8]; 2] = [b"c", b"d"];
        assert_eq!(cut, wanted);
    }

    #[test]
    fn trimming_keeps_what_is_inside() {
        let bytes = b"  a b \t";
        assert_eq!(slice(bytes, trim(bytes, Span::new(0, 7))), b"a b");
        assert!(trim(bytes, Span::new(0, 2)).is_empty());
    }
}
