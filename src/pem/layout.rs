//! How a file is laid out: what every reader takes, and yet makes two files of one chain differ.

use super::line::{BASE64, PADDING, classes, slice};
use super::{Block, Layout};
use crate::span::Span;

/// Characters of base64 a line (RFC 7468 §2).
pub const WIDTH: usize = 64;

/// How lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Break {
    Lf,
    CrLf,
}

/// What is not as RFC 7468 §3 would write it; nothing where there is no certificate.
pub(super) fn layout(bytes: &[u8], blocks: &[Block]) -> Layout {
    let certificates = blocks.iter().filter(|block| block.label.is_certificate());
    let whole = certificates.filter(|block| block.content.is_some());
    let mut whole = whole.peekable();
    if whole.peek().is_none() {
        return Layout::default();
    }
    Layout {
        line: whole.find_map(|block| odd_line(bytes, block)),
        line_break: odd_break(bytes),
        end: odd_end(bytes),
    }
}

/// The line break that most lines of a file have; LF where there are as many of either kind.
#[must_use]
pub fn line_break(bytes: &[u8]) -> &'static [u8] {
    match customary(bytes).0 {
        Break::Lf => b"\n",
        Break::CrLf => b"\r\n",
    }
}

/// The first line of a block's base64 that has not 64 characters, or blanks, or is the last and has more.
fn odd_line(bytes: &[u8], block: &Block) -> Option<Span> {
    let body = Span::new(block.begin.end, block.span.end);
    let text = slice(bytes, body);
    let mut lines = memchr::memchr_iter(b'\n', text);
    // The rest of the BEGIN line.
    let mut start = lines.next()?.saturating_add(1);
    let mut lines = lines.peekable();
    while let Some(end) = lines.next() {
        let line = slice(text, Span::new(start, end));
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let is_last = lines.peek().is_none();
        let wide = line.len() == WIDTH || (is_last && !line.is_empty() && line.len() < WIDTH);
        if !wide || classes(line) & !(BASE64 | PADDING) != 0 {
            let at = body.start.saturating_add(start);
            // A blank line has nothing to point at but its break.
            return Some(Span::new(at, at.saturating_add(line.len().max(1))));
        }
        start = end.saturating_add(1);
    }
    None
}

/// The first line break of the rarer kind.
fn odd_break(bytes: &[u8]) -> Option<Span> {
    let (customary, mixed) = customary(bytes);
    if !mixed {
        return None;
    }
    let mut breaks = breaks(bytes);
    let (_, at) = breaks.find(|(kind, _)| *kind != customary)?;
    let start = match customary {
        Break::Lf => at.saturating_sub(1),
        Break::CrLf => at,
    };
    Some(Span::new(start, at.saturating_add(1)))
}

/// The last character, where no line break follows it.
fn odd_end(bytes: &[u8]) -> Option<Span> {
    let last = bytes.iter().rposition(|byte| byte & 0xC0 != 0x80)?;
    (bytes.last() != Some(&b'\n')).then(|| Span::new(last, bytes.len()))
}

/// The commoner kind of line break, and whether there are both.
fn customary(bytes: &[u8]) -> (Break, bool) {
    let (mut lf, mut crlf) = (0_usize, 0_usize);
    for (kind, _) in breaks(bytes) {
        let count = match kind {
            Break::Lf => &mut lf,
            Break::CrLf => &mut crlf,
        };
        *count = count.saturating_add(1);
    }
    let customary = if crlf > lf { Break::CrLf } else { Break::Lf };
    (customary, lf > 0 && crlf > 0)
}

/// The line breaks of a file, each with where its LF stands.
fn breaks(bytes: &[u8]) -> impl Iterator<Item = (Break, usize)> {
    memchr::memchr_iter(b'\n', bytes).map(|at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        match before {
            Some(b'\r') => (Break::CrLf, at),
            Some(_) | None => (Break::Lf, at),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pem::samples::{block, certificate, wrap};
    use crate::pem::{Limits, scan};

    fn found(text: &str) -> [Option<&str>; 3] {
        let layout = scan(text.as_bytes(), Limits::default()).layout;
        [layout.line, layout.line_break, layout.end]
            .map(|span| span.map(|span| text.get(span.start..span.end).expect("on characters")))
    }

    fn good() -> String {
        block("CERTIFICATE", &certificate())
    }

    fn of_width(width: usize) -> String {
        let body = wrap(&certificate(), width, "", "\n");
        format!("-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n")
    }

    #[test]
    fn what_openssl_writes_is_laid_out_well() {
        for text in [
            good(),
            good().replace('\n', "\r\n"),
            format!("# text\n{0}\n{0}", good()),
            block("PRIVATE KEY", &[0; 40]).trim_end().to_owned(),
            String::new(),
        ] {
            assert_eq!(found(&text), [None; 3], "{text}");
        }
    }

    #[test]
    fn the_first_line_of_another_width_is_pointed_at() {
        for width in [1, 63, 65, 76] {
            let text = of_width(width);
            assert_eq!(found(&text)[0], text.lines().nth(1));
        }
        let text = of_width(1_000_000);
        assert_eq!(found(&(good() + &text))[0], text.lines().nth(1));
        let first = good().lines().nth(1).expect("a line").to_owned();
        let blank = good().replace(&first, &format!("{first} "));
        assert_eq!(found(&blank)[0], Some(format!("{first} ").as_str()));
        let empty = good().replace(&first, &format!("\n{first}"));
        assert_eq!(found(&empty)[0], Some("\n"));
    }

    #[test]
    fn the_first_line_break_of_the_rarer_kind_is_pointed_at() {
        let mixed = good().replacen('\n', "\r\n", 1);
        assert_eq!(found(&mixed)[1], Some("\r\n"));
        assert_eq!(line_break(mixed.as_bytes()), b"\n");
        let other = good().replace('\n', "\r\n").replacen("\r\n", "\n", 1);
        assert_eq!(found(&other)[1], Some("\n"));
        assert_eq!(line_break(other.as_bytes()), b"\r\n");
    }

    #[test]
    fn a_missing_last_line_break_is_pointed_at_by_what_stands_there() {
        assert_eq!(found(good().trim_end())[2], Some("-"));
        assert_eq!(found(&(good() + "é"))[2], Some("é"));
    }
}
