//! A text as diagnostics may see it: cleaned, with lines and columns.
//!
//! A `Source` never holds a secret: chain files reach it through `pem`'s masked copy.
//! It holds no control character either (design promise 6), so every writer may print it.

use std::sync::Arc;

use crate::span::Span;

/// A place in a text. Lines and columns count from 1, columns in characters, offsets in bytes from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Offset in bytes, from 0.
    pub offset: usize,
}

/// The text of one file, free of control characters, byte for byte as long as the file.
#[derive(Debug, Clone)]
pub struct Source {
    name: Arc<str>,
    text: String,
    line_starts: Vec<usize>,
    characters: Characters,
}

/// How many characters stand before an offset. A file may be one line of many megabytes, so that nothing
/// counts from a line's beginning.
#[derive(Debug, Clone)]
enum Characters {
    /// Each byte is one.
    Bytes,
    /// The characters that begin before each multiple of [`STRIDE`].
    Counted(Vec<usize>),
}

/// Bytes between two places at which the characters before are known: few enough to be counted for each
/// finding, and a five-hundredth of the text to remember.
const STRIDE: usize = 4096;

impl Source {
    /// Takes a text under a display name (itself made safe to print).
    #[must_use]
    pub fn new(name: &str, text: &str) -> Self {
        let text = clean_same_length(text.as_bytes());
        let line_starts = std::iter::once(0)
            .chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at.saturating_add(1)))
            .collect();
        let characters = Characters::of(text.as_bytes());
        Self {
            name: escape(name).into(),
            text,
            line_starts,
            characters,
        }
    }

    /// The display name.
    #[must_use]
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where `offset` lies. An offset past the end is taken as the end; one inside a character as
    /// that character's column.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self
            .line_starts
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or(0);
        let before = |offset| self.characters.before(self.text.as_bytes(), offset);
        let characters = before(offset).saturating_sub(before(start));
        Position {
            line,
            column: characters.saturating_add(1),
            offset,
        }
    }

    /// The bytes of a line (from 1) without its line break; `None` past the last line.
    #[must_use]
    pub fn line_span(&self, line: usize) -> Option<Span> {
        let start = *self.line_starts.get(line.checked_sub(1)?)?;
        let next = self.line_starts.get(line).copied();
        let end = next.map_or(self.text.len(), |next| next.saturating_sub(1));
        Some(Span::new(start, end))
    }

    /// How many lines the text has; a text that ends with a line break has an empty last one.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }
}

impl Characters {
    fn of(text: &[u8]) -> Self {
        if text.is_ascii() {
            return Self::Bytes;
        }
        let mut total = 0_usize;
        let counts = text.chunks(STRIDE).map(|chunk| {
            let before = total;
            total = total.saturating_add(beginnings(chunk));
            before
        });
        Self::Counted(counts.collect())
    }

    fn before(&self, text: &[u8], offset: usize) -> usize {
        match self {
            Self::Bytes => offset,
            Self::Counted(counts) => {
                let stride = offset / STRIDE;
                let rest = stride.saturating_mul(STRIDE)..offset;
                let rest = beginnings(text.get(rest).unwrap_or_default());
                // At the very end of the text there may be no further stride.
                let known = counts.get(stride).copied();
                known.map_or_else(|| beginnings(text), |known| known.saturating_add(rest))
            }
        }
    }
}

/// How many characters begin in a piece of UTF-8.
fn beginnings(piece: &[u8]) -> usize {
    piece.iter().filter(|byte| (**byte & 0xC0) != 0x80).count()
}

/// What stands for a hostile character, by its length in bytes.
const UNKNOWN: [char; 4] = ['?', '¿', '\u{FFFD}', '\u{1FBC4}'];

/// Whether a character could steer a terminal or reorder text: controls, bidi marks and overrides,
/// line and paragraph separators, invisible joiners.
fn is_hostile(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}')
}

/// A text from outside made safe to print: hostile characters appear as `\u{…}`.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hostile(character) {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}

/// One of these that takes as many bytes as a character: for one byte, two, three and four.
pub(crate) fn as_long_as(character: char, marks: [char; 4]) -> char {
    let [one, two, three, four] = marks;
    match character.len_utf8() {
        1 => one,
        2 => two,
        3 => three,
        _ => four,
    }
}

/// Bytes made safe to print without moving anything: each hostile character and each byte that is no
/// text becomes a mark of the same length. Line feeds and tabs stay; CR becomes a space.
#[must_use]
pub fn clean_same_length(bytes: &[u8]) -> String {
    let is_plain = |byte: u8| matches!(byte, b'\n' | b'\t' | b' '..=b'~');
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        let mut rest = chunk.valid();
        while let Some(character) = rest.chars().next() {
            // Texts are plain for the most part, which is taken over as it is.
            let plain = rest.bytes().position(|byte| !is_plain(byte));
            let length = match plain.unwrap_or(rest.len()) {
                0 => {
                    clean(character, &mut out);
                    character.len_utf8()
                }
                length => {
                    out.push_str(rest.get(..length).unwrap_or_default());
                    length
                }
            };
            rest = rest.get(length..).unwrap_or_default();
        }
        chunk.invalid().iter().for_each(|_| out.push('?'));
    }
    out
}

fn clean(character: char, out: &mut String) {
    match character {
        '\n' | '\t' => out.push(character),
        '\r' => out.push(' '),
        _ if !is_hostile(character) => out.push(character),
        _ => out.push(as_long_as(character, UNKNOWN)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn columns_count_characters_and_offsets_bytes() {
        let source = Source::new("a", "é1\nxyz\n");
        assert_eq!(
            source.position(2),
            Position {
                line: 1,
                column: 2,
                offset: 2
            }
        );
        assert_eq!(
            source.position(4),
            Position {
                line: 2,
                column: 1,
                offset: 4
            }
        );
        assert_eq!(
            source.position(99),
            Position {
                line: 3,
                column: 1,
                offset: 8
            }
        );
    }

    #[test]
    fn cleaning_keeps_every_offset() {
        let dirty = "a\u{1b}[31m\u{202e}b\r\n\u{85}c\u{7f}".as_bytes();
        let mut bytes = dirty.to_vec();
        bytes.extend_from_slice(&[0xff, 0xfe, b'z']);
        let clean = clean_same_length(&bytes);
        assert_eq!(clean.len(), bytes.len());
        assert_eq!(clean, "a?[31m\u{fffd}b \n¿c???z");
    }

    #[test]
    fn escaping_shows_what_would_steer_a_terminal() {
        assert_eq!(escape("a\u{1b}b\u{202e}c"), "a\\u{1b}b\\u{202e}c");
        assert_eq!(escape("Žirmūnai"), "Žirmūnai");
    }

    /// The place of an offset, counted from the beginning.
    fn counted(text: &str, offset: usize) -> Position {
        let head = &text.as_bytes()[..offset.min(text.len())];
        let lines: Vec<&[u8]> = head.split(|byte| *byte == b'\n').collect();
        Position {
            line: lines.len(),
            column: beginnings(lines.last().unwrap()) + 1,
            offset: head.len(),
        }
    }

    proptest! {
        #[test]
        fn places_are_those_that_one_counts(
            pieces in proptest::collection::vec("[aé€\u{1F600}]{0,3}\n?", 1..8),
            repeat in prop_oneof![Just(1_usize), 400..1200_usize],
            offsets in proptest::collection::vec(any::<proptest::sample::Index>(), 1..20),
        ) {
            let text = pieces.concat().repeat(repeat);
            let source = Source::new("a", &text);
            for offset in offsets {
                let offset = offset.index(text.len() + 2);
                prop_assert_eq!(source.position(offset), counted(&text, offset));
            }
        }
    }

    #[test]
    fn places_at_the_end_of_a_stride_are_those_that_one_counts() {
        for text in [
            "é".repeat(STRIDE),
            "a".repeat(STRIDE * 2),
            format!("é{}", "a".repeat(STRIDE - 2)),
        ] {
            let source = Source::new("a", &text);
            for offset in [
                0,
                1,
                STRIDE - 1,
                STRIDE,
                STRIDE + 1,
                2 * STRIDE,
                2 * STRIDE + 1,
            ] {
                assert_eq!(source.position(offset), counted(&text, offset), "{offset}");
            }
        }
    }
}
