//! The base64 between a BEGIN and its END.

use data_encoding::BASE64;

use super::line::{self, SPACE, class, classes, slice, trim};
use super::{Content, FaultKind, OffsetMap};
use crate::span::Span;

/// Room for the characters of an ordinary certificate, in bytes.
const ORDINARY: usize = 4096;

/// What stands in a certificate block, gathered line by line.
#[derive(Debug, Default)]
pub(super) struct Body {
    characters: Vec<u8>,
    offsets: OffsetMap,
    headers: Option<Span>,
    in_headers: bool,
    foreign: Option<(char, Span)>,
    lines: BodyLines,
}

/// The lines of a block, as far as OpenSSL minds them.
///
/// A blank line is what parts headers from base64 (RFC 1421 §4.4). OpenSSL takes one for that even where there
/// are no headers: it lets a first line be blank and then, as in an encrypted block, wants lines of 64 characters;
/// at any later blank line it gives up (`get_header_and_data` in its `pem_lib.c`).
#[derive(Debug, Default)]
struct BodyLines {
    count: usize,
    blank_first: Option<Span>,
    blank_later: Option<Span>,
    /// A line that is not as long as OpenSSL wants it behind a blank one.
    uneven: bool,
    /// The last line was shorter.
    short: bool,
}

/// Characters a line of encrypted PEM (RFC 1421 §4.3.2.4).
const LINE: usize = 64;

/// A body at its end.
pub(super) struct Finished {
    /// The decoded bytes, where the base64 is whole.
    pub(super) content: Option<Content>,
    /// Why it is not.
    pub(super) fault: Option<(FaultKind, Span)>,
    /// Where RFC 1421 headers stand.
    pub(super) headers: Option<Span>,
    /// A blank line that OpenSSL does not read past.
    pub(super) blank: Option<Span>,
    /// Whether there is nothing at all.
    pub(super) empty: bool,
}

impl Body {
    /// Adds a line, or a piece of one beside a boundary.
    pub(super) fn push(&mut self, bytes: &[u8], piece: Span) {
        if self.foreign.is_some() {
            return;
        }
        let text = slice(bytes, piece);
        let seen = classes(text);
        if seen & !(line::BASE64 | line::PADDING) == 0 {
            self.in_headers = false;
            self.run(text, piece.start);
            return;
        }
        if seen == SPACE {
            self.in_headers = false;
        } else if seen & (line::DASH | line::OTHER) == 0 {
            self.in_headers = false;
            self.runs(bytes, piece);
        } else if self.is_header(bytes, piece) {
            let header = trim(bytes, piece);
            self.in_headers = true;
            self.headers = Some(self.headers.map_or(header, |before| before.to(header)));
        } else {
            self.foreign = first_foreign(bytes, piece);
        }
    }

    /// Notes a whole line between the boundaries; `end` is where its line break ends.
    pub(super) fn line(&mut self, bytes: &[u8], line: Span, end: usize) {
        let text = slice(bytes, line);
        let solid = text
            .iter()
            .rposition(|byte| class(*byte) & (SPACE | line::RETURN) == 0);
        let first = self.lines.count == 0;
        self.lines.count = self.lines.count.saturating_add(1);
        let Some(last) = solid else {
            let place = if first {
                &mut self.lines.blank_first
            } else {
                &mut self.lines.blank_later
            };
            place.get_or_insert(Span::new(line.start, end));
            return;
        };
        let length = last.saturating_add(1);
        self.lines.uneven |= self.lines.short || length > LINE;
        self.lines.short = length < LINE;
    }

    /// Decodes what was gathered.
    pub(super) fn finish(mut self) -> Finished {
        let empty = self.characters.is_empty() && self.foreign.is_none();
        let fault = self
            .foreign
            .map(|(character, span)| (FaultKind::NotBase64(character), span));
        let (content, fault) = match fault {
            Some(fault) => (None, Some(fault)),
            None if empty => (None, None),
            None => match decode(&self.characters) {
                Ok(der) => {
                    self.offsets
                        .truncate(super::offsets::characters_through(der.len()));
                    let offsets = self.offsets;
                    (Some(Content { der, offsets }), None)
                }
                Err((first, last)) => {
                    let span = self.offsets.characters(first, last);
                    (None, Some((FaultKind::BadPadding, span)))
                }
            },
        };
        let lines = self.lines;
        let before_uneven = lines.blank_first.filter(|_| lines.uneven);
        let blank = before_uneven.or(lines.blank_later);
        // Headers are parted from the base64 by a blank line, and are a fault of their own.
        let blank = blank.filter(|_| self.headers.is_none() && content.is_some());
        Finished {
            content,
            fault,
            headers: self.headers,
            blank,
            empty,
        }
    }

    /// Adds characters that stand side by side.
    fn run(&mut self, characters: &[u8], offset: usize) {
        if self.characters.capacity() == 0 {
            self.characters.reserve(ORDINARY);
        }
        self.characters.extend_from_slice(characters);
        self.offsets.push(offset, characters.len());
    }

    /// Adds the characters of a piece that holds white space.
    fn runs(&mut self, bytes: &[u8], piece: Span) {
        let mut start = piece.start;
        for run in slice(bytes, piece).split(|byte| class(*byte) == SPACE) {
            self.run(run, start);
            start = start.saturating_add(run.len()).saturating_add(1);
        }
    }

    /// Whether a line is an RFC 1421 header (`Name: value`) or continues one. Headers come before
    /// the base64 alone.
    fn is_header(&self, bytes: &[u8], piece: Span) -> bool {
        if !self.characters.is_empty() {
            return false;
        }
        let line = slice(bytes, trim(bytes, piece));
        let name = line
            .iter()
            .position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-');
        let named = name.is_some_and(|at| at > 0 && line.get(at) == Some(&b':'));
        let continued =
            self.in_headers && slice(bytes, piece).first().copied().map(class) == Some(SPACE);
        named || continued
    }
}

/// The first character of a piece that is no base64, and where it stands.
fn first_foreign(bytes: &[u8], piece: Span) -> Option<(char, Span)> {
    let text = slice(bytes, piece);
    let at = text
        .iter()
        .position(|byte| class(*byte) & (line::DASH | line::OTHER) != 0)?;
    let start = piece.start.saturating_add(at);
    // No character takes more than four bytes.
    let rest = slice(
        bytes,
        Span::new(start, piece.end.min(start.saturating_add(4))),
    );
    let character = rest
        .utf8_chunks()
        .next()
        .and_then(|chunk| chunk.valid().chars().next())
        .unwrap_or(char::REPLACEMENT_CHARACTER);
    let length = if character == char::REPLACEMENT_CHARACTER {
        1
    } else {
        character.len_utf8()
    };
    Some((character, Span::new(start, start.saturating_add(length))))
}

/// Decodes base64 characters, or says between which two of them (inclusive) the padding is wrong.
fn decode(characters: &[u8]) -> Result<Vec<u8>, (usize, usize)> {
    let end = characters.len();
    let padding = memchr::memchr(b'=', characters).unwrap_or(end);
    let trailing = characters
        .get(padding..)
        .unwrap_or_default()
        .iter()
        .take_while(|byte| **byte == b'=')
        .count();
    let last = end.saturating_sub(1);
    let through = padding.saturating_add(trailing);
    if through < end {
        return Err((padding, through.saturating_sub(1)));
    }
    // Characters of the last group of four that carry bits: one is too few for a byte.
    let loose = padding % 4;
    let wanted = match loose {
        0 => 0,
        2 => 2,
        3 => 1,
        _ => return Err((padding.saturating_sub(1), last)),
    };
    if trailing > wanted {
        return Err((padding.saturating_add(wanted), last));
    }
    if trailing < wanted {
        return Err((padding.saturating_sub(loose), last));
    }
    // What is left to go wrong are bits set behind the last byte.
    BASE64.decode(characters).map_err(|_| {
        let carrier = padding.saturating_sub(1);
        (carrier, carrier)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Finished {
        let mut body = Body::default();
        for line in super::super::line::Lines::new(text.as_bytes(), 0) {
            body.line(text.as_bytes(), line, line.end + 1);
            body.push(text.as_bytes(), line);
        }
        body.finish()
    }

    fn fault(text: &str) -> (FaultKind, &str) {
        let (kind, span) = body(text).fault.expect(text);
        (kind, text.get(span.start..span.end).expect(text))
    }

    #[test]
    fn bad_padding_is_pointed_at() {
        assert_eq!(fault("AAAA\nAA"), (FaultKind::BadPadding, "AA"));
        assert_eq!(fault("AAAA\nAAA"), (FaultKind::BadPadding, "AAA"));
        assert_eq!(fault("AAAA\nAA="), (FaultKind::BadPadding, "AA="));
        assert_eq!(fault("AAAAB"), (FaultKind::BadPadding, "B"));
        assert_eq!(fault("AAAAB==="), (FaultKind::BadPadding, "B==="));
        assert_eq!(fault("AAAA="), (FaultKind::BadPadding, "="));
        assert_eq!(fault("AA==="), (FaultKind::BadPadding, "="));
        assert_eq!(fault("AA==\nAAAA"), (FaultKind::BadPadding, "=="));
        assert_eq!(fault("="), (FaultKind::BadPadding, "="));
        assert_eq!(fault("AAAA\nAB=="), (FaultKind::BadPadding, "B"));
        assert_eq!(fault("AAAA\nAAB="), (FaultKind::BadPadding, "B"));
    }

    #[test]
    fn the_first_foreign_character_is_pointed_at_whole() {
        assert_eq!(fault("AAAA\n A#A!"), (FaultKind::NotBase64('#'), "#"));
        assert_eq!(fault("AA-_"), (FaultKind::NotBase64('-'), "-"));
        assert_eq!(fault("AAé="), (FaultKind::NotBase64('é'), "é"));
        assert_eq!(fault("AA\u{0}="), (FaultKind::NotBase64('\0'), "\u{0}"));
    }

    #[test]
    fn a_byte_that_is_no_text_counts_as_one_foreign_character() {
        let mut body = Body::default();
        body.push(b"AA\xFF\xFE", Span::new(0, 4));
        let fault = body.finish().fault;
        assert_eq!(
            fault,
            Some((FaultKind::NotBase64('\u{FFFD}'), Span::new(2, 3)))
        );
    }

    #[test]
    fn headers_come_before_the_base64_alone() {
        let whole = body("Proc-Type: 4\nX-Note: a,\n  b,\n\nAAAA\n");
        assert_eq!(whole.headers, Some(Span::new(0, 28)));
        assert_eq!(whole.content.map(|content| content.der), Some(vec![0; 3]));
        assert_eq!(fault("AAAA\nNote: b"), (FaultKind::NotBase64(':'), ":"));
    }

    #[test]
    fn white_space_between_characters_does_not_count() {
        let whole = body("  AA AA\t\n\n\t/v 8 =  \n");
        let content = whole.content.expect("content");
        assert_eq!(content.der, [0, 0, 0, 0xFE, 0xFF]);
        assert_eq!(
            content.locate(crate::span::DerSpan::new(3, 5)),
            Span::new(11, 15)
        );
    }

    #[test]
    fn a_blank_line_is_told_where_openssl_stops_at_it() {
        let blank = |text: &str| body(text).blank.map(|span| span.start);
        let line = "A".repeat(64);
        assert_eq!(blank("AAAA\nAAAA\n"), None);
        assert_eq!(blank("AAAA\n\nAAAA\n"), Some(5));
        assert_eq!(blank("AAAA\n \t\r\n"), Some(5));
        assert_eq!(blank(&format!("\n{line}\n{line}\nAAAA\n")), None);
        assert_eq!(blank(&format!("\n{line}\n{line}\n")), None);
        assert_eq!(blank(&format!("\n{line}\n\n{line}\n")), Some(66));
        assert_eq!(blank(&format!("\n\n{line}\n{line}\n")), Some(1));
        assert_eq!(blank(&format!("\nAAAA\n{line}\n")), Some(0));
        assert_eq!(blank(&format!("\n{line}AAAA\n")), Some(0));
        assert_eq!(blank(&format!("\n {line}\n{line}\n")), Some(0));
    }

    #[test]
    fn nothing_is_empty_and_no_fault_of_the_base64() {
        let whole = body("\n  \n");
        assert!(whole.empty && whole.fault.is_none() && whole.content.is_none());
    }
}
