//! Which parts of explanatory text may be shown.
//!
//! Text around blocks is what `openssl` prints above them, or a comment, or a key in a form that
//! nobody expected: a JWK, a hex dump, base64 that lost its BEGIN line. So a word is shown only
//! where it is plain, and a line only where it is prose.

use super::line::slice;
use super::words::{Word, word};
use crate::span::Span;

/// Bytes of the longest line that is shown. What `openssl` prints above a certificate is shorter.
const LONGEST_LINE: usize = 200;

/// Characters of the longest run of an alphabet of keys that is shown, however plain its words.
const LONGEST_RUN: usize = 40;

/// So many lines in a row whose words are of the same lengths are columns, not prose.
const COLUMN: usize = 3;

/// Parts of words whose line may name a secret that is no key.
const TELLTALE: &[&str] = &["passw", "passph", "secret", "token", "pwd", "credential"];

/// The parts of some lines of text that may be shown. The lines follow each other, blank ones left out.
pub(super) fn harmless(bytes: &[u8], lines: &[Span]) -> Vec<Span> {
    let shapes: Vec<Shape> = lines.iter().map(|line| Shape::of(bytes, *line)).collect();
    let mut shown = Vec::new();
    let mut at = 0_usize;
    for alike in shapes.chunk_by(|one, next| one == next) {
        let these = lines.iter().skip(at).take(alike.len());
        at = at.saturating_add(alike.len());
        if alike.len() < COLUMN || all_equal(bytes, these.clone()) {
            shown.extend(these.flat_map(|line| harmless_of(bytes, *line)));
        }
    }
    shown
}

/// Whether lines repeat each other, which carries no more than one of them.
fn all_equal<'a>(bytes: &[u8], lines: impl Iterator<Item = &'a Span> + Clone) -> bool {
    let others = lines.clone().skip(1);
    let mut pairs = lines.zip(others);
    pairs.all(|(one, next)| slice(bytes, *one) == slice(bytes, *next))
}

/// How long the words of a line are.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shape(Vec<usize>);

impl Shape {
    pub(super) fn of(bytes: &[u8], line: Span) -> Self {
        let words = slice(bytes, line).split(u8::is_ascii_whitespace);
        Self(
            words
                .map(<[u8]>::len)
                .filter(|length| *length > 0)
                .collect(),
        )
    }
}

/// Whether a line may name a secret that is no key.
pub(super) fn is_telltale(text: &str) -> bool {
    let lower = text.to_lowercase();
    let short = |word| matches!(word, "pass" | "pw");
    TELLTALE.iter().any(|part| lower.contains(part)) || words(&lower).any(short)
}

/// The parts of a line that may be shown.
fn harmless_of(bytes: &[u8], line: Span) -> Vec<Span> {
    let Ok(text) = std::str::from_utf8(slice(bytes, line)) else {
        return Vec::new();
    };
    if text.len() > LONGEST_LINE || text.chars().any(|each| each.is_control() && each != '\t') {
        return Vec::new();
    }
    let words = || words(text).map(word);
    let prose =
        !words().any(|word| word != Word::Natural) || words().any(|word| word == Word::Natural);
    if is_telltale(text) || is_dump(text) || !prose {
        return Vec::new();
    }
    let mut kept = Vec::new();
    let mut at = line.start;
    for run in runs(text) {
        let end = at.saturating_add(run.len());
        if reads_plain(run) {
            kept.push(Span::new(at, end));
        }
        at = end;
    }
    kept
}

/// The line cut where key alphabets begin and end; the pieces join to the whole line.
pub(super) fn runs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let inside = in_alphabet(rest.chars().next()?);
        let end = rest.find(|each| in_alphabet(each) != inside);
        let (run, after) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
        rest = after;
        Some(run)
    })
}

/// The words of a text: letters and digits side by side.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|each: char| !each.is_alphanumeric());
    words.filter(|word| !word.is_empty())
}

/// The characters of base64, base64url and hex with colons, and letters of other alphabets. Padding carries
/// nothing.
fn in_alphabet(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '+' | '/' | '-' | '_' | ':')
}

/// Whether a run is made of plain words, and of not too many.
pub(super) fn reads_plain(run: &str) -> bool {
    let plain = words(run).all(|each| word(each) != Word::Coded);
    plain && (run.len() <= LONGEST_RUN || words(run).next().is_none())
}

/// Whether a line is laid out like a dump: numbers or coded groups side by side, or a coded word
/// alone.
fn is_dump(text: &str) -> bool {
    let (mut count, mut numbers, mut coded, mut plain) = (0_usize, 0_usize, 0_usize, 0_usize);
    let pieces = text.split(|each: char| each.is_whitespace() || matches!(each, ',' | ';' | '|'));
    for piece in pieces.filter(|piece| !piece.is_empty()) {
        count = count.saturating_add(1);
        if is_number(piece) {
            numbers = numbers.saturating_add(1);
        }
        if reads_plain(piece) && !is_number(piece) {
            plain = plain.saturating_add(1);
        } else if piece.trim_end_matches('=').chars().all(in_alphabet) {
            coded = coded.saturating_add(1);
        }
    }
    let mostly_numbers = numbers >= 4 && numbers > count.saturating_sub(numbers);
    let mostly_coded = coded >= 3 && coded > plain;
    mostly_numbers || mostly_coded || is_grouped(text) || (count == 1 && coded == 1)
}

/// Whether a line is cut into groups of one length, as spaced base64 is; the last may be shorter.
fn is_grouped(text: &str) -> bool {
    let mut groups = text.split_whitespace().map(str::len).peekable();
    let Some(length) = groups.next() else {
        return false;
    };
    let (mut count, mut even) = (1_usize, true);
    while let Some(next) = groups.next() {
        count = count.saturating_add(1);
        even &= next == length || (groups.peek().is_none() && next < length);
    }
    even && count >= 4 && length >= 2
}

/// A short group of digits, decimal or hex, as dumps have them.
fn is_number(word: &str) -> bool {
    let prefixes = ["0x", "0X", "\\x"];
    let digits = prefixes.iter().find_map(|prefix| word.strip_prefix(prefix));
    let digits = digits.unwrap_or(word).trim_end_matches(':');
    digits.len() <= 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pem::samples::{noise, wrap};
    use data_encoding::HEXLOWER;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        let mut out: Vec<u8> = text
            .bytes()
            .map(|byte| if byte == b'\n' { byte } else { b'*' })
            .collect();
        let mut lines = Vec::new();
        let mut start = 0;
        for line in text.split('\n') {
            lines.push(Span::new(start, start + line.len()));
            start += line.len() + 1;
        }
        lines.retain(|line| !line.is_empty());
        for span in harmless(text.as_bytes(), &lines) {
            out[span.start..span.end].copy_from_slice(&text.as_bytes()[span.start..span.end]);
        }
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn what_openssl_prints_above_a_certificate_is_shown() {
        for text in [
            "Certificate:",
            "    Data:",
            "        Version: 3 (0x2)",
            "    Signature Algorithm: sha256WithRSAEncryption",
            "        Issuer: C=LT, ST=Vilnius, L=Vilnius, O=Acme, OU=Ops, CN=Žirmūnai CA",
            "            Not Before: Jan  1 00:00:00 2026 GMT",
            "            Public Key Algorithm: rsaEncryption",
            "                Public-Key: (2048 bit)",
            "subject=/C=LT/O=Acme Payments/CN=Acme",
            "Bag Attributes",
            "RSA Private-Key: (2048 bit)",
            "# the leaf, renewed 2026-01-02",
            "==============================",
            "------------------------------",
        ] {
            assert_eq!(shown(text), text);
        }
        let repeated = "# a certificate\n# a certificate\n# a certificate\n# a certificate";
        assert_eq!(shown(repeated), repeated);
    }

    #[test]
    fn what_may_be_a_key_is_not_shown() {
        for text in [
            "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
            "aB3=",
            "    00:a3:5f:11:",
            "4f 22 aa bb",
            "00000000: 3082 04a4 0201 0002  0.......",
            "48, 130, 4, 164, 2, 1, 0",
            "0x30, 0x82, 0x04, 0xa4",
            "MIIE vQIB ADAN Bgkq hkiG",
            "password: hunter2",
            "DB_PASS=hunter two",
            "the pw: hunter",
            "# MIIEvQIBAD",
            "L: aB3x",
            "ab",
        ] {
            assert!(!shown(text).contains(|each| each != '*'), "{}", shown(text));
        }
        assert_eq!(shown(&"a ".repeat(101)), "*".repeat(202));
        assert!(harmless(b"a \xFF b", &[Span::new(0, 5)]).is_empty());
        assert!(harmless(b"a \x1B b", &[Span::new(0, 5)]).is_empty());
        assert_eq!(shown("this key is MIIEvQIBAD"), "this key is **********");
    }

    #[test]
    fn columns_are_not_shown_however_plain_their_words() {
        assert_eq!(
            shown("some word\nmore text\nlast line"),
            "*********\n*********\n*********"
        );
        let two = "some word\nmore text\nthe last line";
        assert_eq!(shown(two), two);
    }

    /// However a key is cut into lines and whatever stands around these, next to nothing of it is left.
    #[test]
    fn a_key_that_is_cut_into_lines_is_not_shown() {
        let key = noise(11, 1200);
        let hex = HEXLOWER.encode(&key);
        for (before, behind) in [
            ("", ""),
            ("# ", ""),
            ("L: ", ""),
            ("line ", ""),
            ("the next line is ", ""),
            ("key: ", ""),
            ("\"", "\","),
            ("<li>", "</li>"),
            ("some text ", " and more text"),
        ] {
            for width in 1..=80 {
                let base64 = wrap(&key, width, "", "\n");
                let digits: Vec<&str> = hex
                    .as_bytes()
                    .chunks(width)
                    .map(|chunk| std::str::from_utf8(chunk).expect("digits"))
                    .collect();
                for body in [base64, digits.join("\n")] {
                    let lines = body.lines().map(|line| format!("{before}{line}{behind}"));
                    let text = lines.collect::<Vec<_>>().join("\n");
                    let out = shown(&text);
                    let left: usize = out
                        .lines()
                        .map(|line| {
                            let end = line.len() - behind.len();
                            let part = line.get(before.len()..end).expect("on characters");
                            part.bytes().filter(|byte| *byte != b'*').count()
                        })
                        .sum();
                    assert!(
                        left <= 16,
                        "{before:?} {width}: {left} characters of\n{out}"
                    );
                }
            }
        }
    }

    proptest! {
        #[test]
        fn no_run_of_base64_survives(
            key in "[A-Za-z0-9+/]{24,48}={0,2}",
            before in "[a-z ]{0,20}[ ,;:\"=]?",
            after in "([ ,;\"][a-z ]{0,20})?",
        ) {
            prop_assume!(key.bytes().any(|byte| byte.is_ascii_digit()));
            let text = shown(&format!("{before}{key}{after}"));
            for window in key.as_bytes().windows(12) {
                let window = std::str::from_utf8(window).expect("base64");
                prop_assert!(!text.contains(window), "{}", text);
            }
        }
    }
}
