//! BEGIN and END boundaries in a line, the exact ones and those that were meant to be one.

use super::Label;
use super::label::{is_usual, normal};
use super::line::{BYTE_ORDER_MARK, slice, trim};
use crate::span::Span;

/// Dashes on either side of a boundary (RFC 7468 §3).
const DASHES: usize = 5;

/// Which end of a block a boundary is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// `BEGIN`.
    Begin,
    /// `END`.
    End,
}

/// A boundary as it stands in a line.
#[derive(Debug, Clone)]
pub(super) struct Boundary {
    /// Which end.
    pub(super) side: Side,
    /// From the first dash to the last.
    pub(super) span: Span,
    /// The label without white space around it.
    pub(super) label: Span,
    /// What the label announces.
    pub(super) kind: Label,
    /// The dashes before the word, possibly none.
    pub(super) lead: Span,
    /// The dashes after the label, possibly none.
    pub(super) trail: Span,
    /// The characters that are wrong, unless it is written as RFC 7468 wants.
    pub(super) malformed: Option<Span>,
    /// Another boundary follows without anything between.
    glued: bool,
}

impl Boundary {
    /// The label's text, where it is UTF-8.
    pub(super) fn label_text<'a>(&self, bytes: &'a [u8]) -> Option<&'a str> {
        std::str::from_utf8(slice(bytes, self.label)).ok()
    }
}

/// Every boundary of a line, from left to right.
///
/// Five dashes, the word in capitals and a space make a boundary, whatever follows. Anything less
/// (other dashes, lower case) is one only where the label is known: prose is full of dashes.
pub(super) fn find(bytes: &[u8], line: Span) -> Vec<Boundary> {
    let mut found: Vec<Boundary> = Vec::new();
    let line = trim(bytes, line);
    for hit in memchr::memchr2_iter(b'E', b'e', slice(bytes, line)) {
        let at = line.start.saturating_add(hit);
        let Some((side, word)) = word_at(bytes, line, at) else {
            continue;
        };
        let before = found.last();
        let floor = before.map_or(line.start, |before| before.span.end);
        if word.start < floor {
            continue;
        }
        let glued = before.is_some_and(|before| before.glued);
        if let Some(boundary) = read(bytes, Span::new(floor, line.end), word, side, glued) {
            found.push(boundary);
        }
    }
    found
}

/// An END line that has lost all of its dashes, `END CERTIFICATE`. Between the lines of a block
/// this cannot be meant otherwise, although every character of it is base64.
pub(super) fn bare_end(bytes: &[u8], line: Span) -> Option<Boundary> {
    let line = trim(bytes, line);
    let label = Span::new(line.start.saturating_add(4), line.end);
    let text = std::str::from_utf8(slice(bytes, label)).ok()?;
    let kind = Label::of(text);
    let meant = slice(bytes, line).starts_with(b"END ") && text == normal(text);
    (meant && kind != Label::Other).then_some(Boundary {
        side: Side::End,
        span: line,
        label,
        kind,
        lead: Span::new(line.start, line.start),
        trail: Span::new(line.end, line.end),
        malformed: Some(line),
        glued: false,
    })
}

/// The word BEGIN or END around the `E` at `at`, in any letter case.
fn word_at(bytes: &[u8], line: Span, at: usize) -> Option<(Side, Span)> {
    let is = |span: Span, word: &[u8]| {
        span.start >= line.start
            && span.end <= line.end
            && slice(bytes, span).eq_ignore_ascii_case(word)
    };
    let end = Span::new(at, at.saturating_add(3));
    if is(end, b"END") {
        return Some((Side::End, end));
    }
    let begin = Span::new(at.checked_sub(1)?, at.saturating_add(4));
    is(begin, b"BEGIN").then_some((Side::Begin, begin))
}

/// Dashes that stand side by side.
struct Dashes {
    span: Span,
    /// How many hyphens they stand for. A typographic dash counts as two, which is what word
    /// processors make it from.
    weight: usize,
    /// Hyphens alone.
    ascii: bool,
}

impl Dashes {
    fn exact(&self) -> bool {
        self.ascii && self.weight == DASHES
    }
}

/// Reads the boundary around `word`, if it is one. `glued`: the boundary before ends where this
/// one's dashes start, so that the dashes between may belong to either.
fn read(bytes: &[u8], room: Span, word: Span, side: Side, glued: bool) -> Option<Boundary> {
    let lead_end = trim(bytes, Span::new(room.start, word.start)).end;
    let lead = dashes_before(bytes, Span::new(room.start, lead_end));
    let starts_line = !glued && lead.span.is_empty() && word.start == room.start;
    if lead.weight < 2 && !glued && !starts_line {
        return None;
    }
    let mut trail = closing_dashes(bytes, Span::new(word.end, room.end));
    let label = trim(bytes, Span::new(word.end, trail.span.start));
    let label_text = std::str::from_utf8(slice(bytes, label)).unwrap_or_default();
    let kind = Label::of(label_text);
    // The `E` of the next boundary's word is its first letter or its second.
    let leads_on = [trail.span.end, trail.span.end.saturating_add(1)]
        .into_iter()
        .filter_map(|at| word_at(bytes, room, at))
        .any(|(_, word)| word.start == trail.span.end);
    if leads_on && trail.ascii && trail.weight >= DASHES {
        trail.span.end = trail.span.start.saturating_add(DASHES);
        trail.weight = DASHES;
    }

    let capitals = slice(bytes, word).iter().all(u8::is_ascii_uppercase);
    let separator = slice(bytes, Span::new(word.end, label.start));
    let spaced = separator == b" " || (label.is_empty() && separator.is_empty());
    let known = kind != Label::Other;
    let own_dashes = lead.exact() && lead.span.end == word.start;
    let separated = matches!(bytes.get(word.end), Some(b' ' | b'-')) || word.end == room.end;
    let certain =
        own_dashes && capitals && separated && (known || trail.weight < 2 || trail.exact());
    let meant =
        || known && is_usual(label_text) && (!starts_line || (trail.weight >= 2 && capitals));
    if !certain && !meant() {
        return None;
    }
    // `private key` in lower case may be a maker's own label (OpenVPN has one); the labels of
    // RFC 7468 are all capitals.
    let wrong_case = known && kind != Label::PrivateKey && label_text != normal(label_text);
    let tight = label.end == trail.span.start && spaced && lead.span.end == word.start;
    let lead_ok = lead.exact() || glued;
    let trail_ok = trail.exact() || leads_on;
    let span = Span::new(
        lead.span.start.min(word.start),
        label.end.max(trail.span.end),
    );
    let malformed = match (capitals && tight && !wrong_case, lead_ok, trail_ok) {
        (true, true, true) => None,
        (true, false, true) if !lead.span.is_empty() => Some(lead.span),
        (true, true, false) if !trail.span.is_empty() => Some(trail.span),
        (_, _, _) => Some(span),
    };
    Some(Boundary {
        side,
        span,
        label,
        kind,
        lead: lead.span,
        trail: trail.span,
        malformed,
        glued: leads_on,
    })
}

/// The dashes that end where `room` ends.
fn dashes_before(bytes: &[u8], room: Span) -> Dashes {
    let mut dashes = Dashes {
        span: Span::new(room.end, room.end),
        weight: 0,
        ascii: true,
    };
    loop {
        let head = slice(bytes, Span::new(room.start, dashes.span.start));
        let (length, weight) = if head.last() == Some(&b'-') {
            (1, 1)
        } else if head.last_chunk().copied().is_some_and(is_typographic) {
            (3, 2)
        } else {
            return dashes;
        };
        dashes.span.start = dashes.span.start.saturating_sub(length);
        dashes.weight = dashes.weight.saturating_add(weight);
        dashes.ascii &= length == 1;
    }
}

/// The first dashes of `room` that can close a label: two or more, or those at the very end. A
/// single hyphen may stand inside a label (RFC 7468 §3).
fn closing_dashes(bytes: &[u8], room: Span) -> Dashes {
    let mut at = room.start;
    loop {
        let dashes = dashes_at(bytes, Span::new(at, room.end));
        if dashes.weight >= 2 || dashes.span.end >= room.end {
            return dashes;
        }
        at = dashes.span.end.max(at.saturating_add(1));
    }
}

/// The dashes that start where `room` starts.
fn dashes_at(bytes: &[u8], room: Span) -> Dashes {
    let mut dashes = Dashes {
        span: Span::new(room.start, room.start),
        weight: 0,
        ascii: true,
    };
    loop {
        let rest = slice(bytes, Span::new(dashes.span.end, room.end));
        let (length, weight) = if rest.first() == Some(&b'-') {
            (1, 1)
        } else if rest.first_chunk().copied().is_some_and(is_typographic) {
            (3, 2)
        } else {
            return dashes;
        };
        dashes.span.end = dashes.span.end.saturating_add(length);
        dashes.weight = dashes.weight.saturating_add(weight);
        dashes.ascii &= length == 1;
    }
}

/// U+2010 to U+2015 and U+2212: what word processors and wikis make of hyphens.
fn is_typographic(bytes: [u8; 3]) -> bool {
    matches!(bytes, [0xE2, 0x80, 0x90..=0x95] | [0xE2, 0x88, 0x92])
}

/// The line without a byte order mark at its start, and the mark.
pub(super) fn without_mark(bytes: &[u8], line: Span) -> (Span, Option<Span>) {
    if slice(bytes, line).starts_with(BYTE_ORDER_MARK) {
        let after = line.start.saturating_add(BYTE_ORDER_MARK.len());
        (
            Span::new(after, line.end),
            Some(Span::new(line.start, after)),
        )
    } else {
        (line, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<Boundary> {
        find(text.as_bytes(), Span::new(0, text.len()))
    }

    fn only(text: &str) -> Boundary {
        let mut all = found(text);
        assert_eq!(all.len(), 1, "{text}: {all:?}");
        all.remove(0)
    }

    #[test]
    fn an_exact_boundary_has_nothing_wrong() {
        for text in [
            "-----BEGIN CERTIFICATE-----",
            "  -----END X509 CRL-----  ",
            "-----BEGIN X9.42 DH PARAMETERS-----",
            "-----BEGIN SOME-THING-----",
            "-----BEGIN OpenVPN Static key V1-----",
            "-----BEGIN -----",
        ] {
            let boundary = only(text);
            if text != "-----BEGIN -----" {
                assert_eq!(boundary.malformed, None, "{text}");
            }
            let start = text.len() - text.trim_start().len();
            assert_eq!(boundary.span, Span::new(start, text.trim_end().len()));
        }
    }

    #[test]
    fn the_wrong_characters_of_a_boundary_are_named() {
        let wrong = |text: &str| {
            let span = only(text).malformed.expect(text);
            text.get(span.start..span.end).expect(text).to_owned()
        };
        assert_eq!(wrong("----BEGIN CERTIFICATE-----"), "----");
        assert_eq!(wrong("-----BEGIN CERTIFICATE----"), "----");
        assert_eq!(wrong("------BEGIN CERTIFICATE-----"), "------");
        assert_eq!(wrong("—–-BEGIN CERTIFICATE-----"), "—–-");
        for whole in [
            "-----BEGIN CERTIFICATE",
            "-----begin certificate-----",
            "-----BEGIN certificate-----",
            "----- BEGIN CERTIFICATE -----",
            "-----BEGIN  CERTIFICATE-----",
            "-----BEGINCERTIFICATE-----",
            "---- BEGIN SSH2 PUBLIC KEY ----",
            "BEGIN CERTIFICATE-----",
            "-----END CERTIFICATE -----",
        ] {
            assert_eq!(wrong(whole), whole);
        }
    }

    #[test]
    fn prose_is_no_boundary() {
        for text in [
            "-- begin of the chain --",
            "---------- BEGIN chain of Acme ----------",
            "--END",
            "--END of the private key",
            "the end -- certificate",
            "BEGIN CERTIFICATE",
            "-----ENDPOINT-----",
            "--APPEND CERTIFICATE--",
            "Begin certificate -----",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn glued_boundaries_share_out_their_dashes() {
        for dashes in 2..12 {
            let text = format!("-----END A KEY{}BEGIN CERTIFICATE-----", "-".repeat(dashes));
            let both = found(&text);
            assert_eq!(both.len(), 2, "{text}");
            assert!(both.iter().all(|one| one.malformed.is_none()), "{text}");
            assert_eq!(both[0].span.end, both[1].span.start, "{text}");
            assert_eq!(both[1].kind, Label::Certificate);
        }
    }

    #[test]
    fn a_line_of_many_boundaries_is_read_in_linear_time() {
        let text = "--END-END e-----END ".repeat(100_000);
        let _ = found(&text);
    }
}
