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
}

impl Source {
    /// Takes a text under a display name (itself made safe to print).
    #[must_use]
    pub fn new(name: &str, text: &str) -> Self {
        let text = clean_same_length(text.as_bytes());
        let line_starts = std::iter::once(0)
            .chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at.saturating_add(1)))
            .collect();
        Self {
            name: escape(name).into(),
            text,
            line_starts,
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
        let head = self.text.as_bytes().get(start..offset).unwrap_or_default();
        let characters = head.iter().filter(|byte| (**byte & 0xC0) != 0x80).count();
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

/// Bytes made safe to print without moving anything: each hostile or undecodable byte becomes `?`
/// (or U+FFFD where three bytes make room for it). Line feeds and tabs stay; so does CR before LF,
/// as a space.
#[must_use]
pub fn clean_same_length(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\n' | '\t' => out.push(character),
                '\r' => out.push(' '),
                _ if !is_hostile(character) => out.push(character),
                _ if character.len_utf8() == 3 => out.push('\u{FFFD}'),
                _ => (0..character.len_utf8()).for_each(|_| out.push('?')),
            }
        }
        chunk.invalid().iter().for_each(|_| out.push('?'));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(clean, "a?[31m\u{fffd}b \n??c???z");
    }

    #[test]
    fn escaping_shows_what_would_steer_a_terminal() {
        assert_eq!(escape("a\u{1b}b\u{202e}c"), "a\\u{1b}b\\u{202e}c");
        assert_eq!(escape("Žirmūnai"), "Žirmūnai");
    }
}
