//! Text of which nobody can say that it is not secret.
//!
//! A program may drop a comment, and what `openssl` prints above a certificate. Anything else may be a key in a form
//! that nobody expected, and dropping it would hide that it was there. So each word must be plain, or be a part of a
//! certificate of the file: in its bytes, its hex, or its fingerprint.

use std::collections::BTreeSet;

use data_encoding::{HEXLOWER_PERMISSIVE, HEXUPPER};
use der::asn1::ObjectIdentifier;
use memchr::memmem;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::line::{Lines, slice, trim};
use super::mask::lines_of_text;
use super::text::{Shape, is_telltale, words};
use super::words::{Word, word};
use super::{Document, FaultKind};
use crate::span::Span;

/// Characters of the shortest word that may be a secret by itself.
const WORD: usize = 8;
/// Characters of words that may be secret together, where each alone is too short: as many as carry 9 bytes in base64.
const TOGETHER: usize = 12;
/// So many lines in a row that differ and whose words are of the same lengths are columns: of single digits, even, each
/// of which would be nothing.
const COLUMN: usize = 8;
/// So many numbers in a row are a list of bytes, which may be a key.
const NUMBERS: usize = 16;
/// Bytes of the shortest part of a certificate that is told by its content: fewer are found in any.
const PART: usize = 4;

/// Letters of the shortest word that is told by being in a certificate.
const LETTERS: usize = 3;

/// Bytes of certificates that a text is compared with: a tenth of a second. The print of a chain takes a hundredth
/// of it; a hostile file can ask for thousands of times as many.
const COMPARED: usize = 1 << 29;

/// The first line of text outside of blocks that may be secret: one that a private key begins in, or whose words
/// neither are plain nor belong to the file's certificates.
#[must_use]
pub fn doubtful_text(bytes: &[u8], document: &Document) -> Option<Span> {
    if let Some(key) = document.loose_keys.first() {
        return Some(*key);
    }
    let lines = lines_of_text(bytes, document).into_iter().flatten();
    first_doubtful(bytes, document, lines)
}

/// The first header of a certificate block that may be secret, told in the same way.
#[must_use]
pub fn doubtful_header(bytes: &[u8], document: &Document) -> Option<Span> {
    let faults = document.faults.iter();
    let headers = faults.filter(|fault| fault.kind == FaultKind::Headers);
    let lines = headers.flat_map(|headers| {
        let lines = Lines::new(bytes, headers.span.start);
        let lines = lines.take_while(|line| line.start < headers.span.end);
        lines.map(|line| Span::new(line.start, line.end.min(headers.span.end)))
    });
    first_doubtful(bytes, document, lines)
}

fn first_doubtful(
    bytes: &[u8],
    document: &Document,
    mut lines: impl Iterator<Item = Span>,
) -> Option<Span> {
    let mut reader = Reader::new(Known::of(document));
    let doubtful = lines.find(|line| {
        let shape = Shape::of(bytes, *line);
        let line = slice(bytes, *line);
        reader.doubts(line) || reader.is_column(line, shape)
    });
    doubtful.map(|line| trim(bytes, line))
}

/// The certificates of a file, and their fingerprints.
struct Known<'a> {
    certificates: Vec<&'a [u8]>,
    fingerprints: Vec<Vec<u8>>,
    /// The certificate that held the last bytes that were looked for. A print follows its certificate.
    last: usize,
    /// See [`COMPARED`]: how many are left. What they do not reach is in doubt.
    left: usize,
}

impl<'a> Known<'a> {
    fn of(document: &'a Document) -> Self {
        let contents = document
            .blocks
            .iter()
            .filter_map(|block| block.content.as_ref());
        let certificates: Vec<&[u8]> = contents.map(|content| content.der.as_slice()).collect();
        let fingerprints = certificates
            .iter()
            .flat_map(|der| [Sha1::digest(der).to_vec(), Sha256::digest(der).to_vec()]);
        Self {
            fingerprints: fingerprints.collect(),
            certificates,
            last: 0,
            left: COMPARED,
        }
    }

    /// Whether a certificate holds these bytes, or has them for a fingerprint.
    fn holds(&mut self, bytes: &[u8]) -> bool {
        let finder = memmem::Finder::new(bytes);
        for at in (self.last..self.certificates.len()).chain(0..self.last) {
            let der = self.certificates.get(at).copied().unwrap_or_default();
            if self.left < der.len() {
                return false;
            }
            self.left = self.left.saturating_sub(der.len());
            if finder.find(der).is_some() {
                self.last = at;
                return true;
            }
        }
        let mut fingerprints = self.fingerprints.iter();
        fingerprints.any(|fingerprint| fingerprint == bytes)
    }

    /// Whether a certificate holds an object identifier with dots.
    fn holds_identifier(&mut self, dotted: &str) -> bool {
        let identifier = ObjectIdentifier::new(dotted.trim_end_matches('.'));
        identifier.is_ok_and(|identifier| {
            let octets = identifier.as_bytes();
            octets.len() >= PART && self.holds(octets)
        })
    }

    /// Whether a certificate holds what a word says: its letters, or a number.
    fn holds_word(&mut self, word: &str) -> bool {
        let hex = word.strip_prefix("0x");
        let number = match hex {
            Some(digits) => u128::from_str_radix(digits, 16).ok(),
            None => word.parse::<u128>().ok(),
        };
        let number = number.is_some_and(|number| {
            let octets = number.to_be_bytes();
            let zeros = octets.iter().take_while(|octet| **octet == 0).count();
            octets
                .get(zeros..)
                .is_some_and(|octets| octets.len() >= 2 && self.holds(octets))
        });
        number || (word.len() >= LETTERS && self.holds(word.as_bytes()))
    }
}

/// Reads lines that follow each other.
struct Reader<'a> {
    known: Known<'a>,
    /// Words that nothing accounts for, each once.
    odd: BTreeSet<String>,
    /// How much they carry together, in characters.
    weight: usize,
    /// The line before was hex of a certificate.
    in_dump: bool,
    /// How many numbers have stood in a row.
    numbers: usize,
    /// The last line that differs from the one before it, its shape, and how many such lines have that.
    column: (Vec<u8>, Shape, usize),
}

impl<'a> Reader<'a> {
    fn new(known: Known<'a>) -> Self {
        Self {
            known,
            odd: BTreeSet::new(),
            weight: 0,
            in_dump: false,
            numbers: 0,
            column: (Vec::new(), Shape::default(), 0),
        }
    }

    /// Whether a line ends a column. Hex of a certificate makes none.
    fn is_column(&mut self, line: &[u8], shape: Shape) -> bool {
        let (last, known, count) = &mut self.column;
        if self.in_dump || *known != shape {
            (*known, *count) = (shape, usize::from(!self.in_dump));
        } else if last != line {
            *count = count.saturating_add(1);
        }
        line.clone_into(last);
        *count >= COLUMN
    }

    /// Whether a line, with those before it, may be secret.
    fn doubts(&mut self, line: &[u8]) -> bool {
        let Ok(text) = String::from_utf8(unescaped(line)) else {
            return true;
        };
        let text = text.as_str();
        if is_telltale(text) {
            return true;
        }
        let follows_dump = std::mem::take(&mut self.in_dump);
        let pieces = text.split(|each: char| !each.is_alphanumeric() && each != '.');
        let pieces = pieces.filter(|piece| !self.known.holds_identifier(piece));
        let words: Vec<&str> = pieces.flat_map(words).collect();
        // Octets in hex are told together, and other words one by one.
        for part in words.chunk_by(|one, next| is_hex(one) && is_hex(next)) {
            let octets = HEXLOWER_PERMISSIVE
                .decode(part.concat().as_bytes())
                .unwrap_or_default();
            let long = octets.len() >= PART;
            let tail = follows_dump && !octets.is_empty();
            if (long || tail) && self.known.holds(&octets) {
                self.in_dump = long;
                self.numbers = 0;
            } else if part
                .iter()
                .any(|word| self.is_odd(word) || self.is_list(word))
            {
                return true;
            }
        }
        false
    }

    /// Takes a word; whether it ends a list of bytes, in decimal or hex.
    fn is_list(&mut self, text: &str) -> bool {
        let digits = text.strip_prefix("0x").unwrap_or(text);
        let is_byte = digits.len() <= 3 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let has_digit = digits.bytes().any(|byte| byte.is_ascii_digit());
        self.numbers = match (is_byte, has_digit) {
            (true, true) => self.numbers.saturating_add(1),
            // `ff` is a byte where others stand around it, and `be` is a word.
            (true, false) => self.numbers,
            (false, _) => 0,
        };
        self.numbers >= NUMBERS
    }

    /// Takes a word; whether there is too much by now that nothing accounts for.
    fn is_odd(&mut self, text: &str) -> bool {
        if word(text) != Word::Coded || self.odd.contains(text) || self.known.holds_word(text) {
            return false;
        }
        self.odd.insert(text.to_owned());
        // A digit carries about half of what a character of base64 does.
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let weight = if digits {
            text.len().div_ceil(2)
        } else {
            text.len()
        };
        self.weight = self.weight.saturating_add(weight);
        weight >= WORD || self.weight >= TOGETHER
    }
}

/// A line without the escapes that `openssl` prints for what is not ASCII: `G\C3\B6teborg`, or `G\xC3\xB6teborg`.
fn unescaped(line: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some((first, others)) = rest.split_first() {
        let escape = others.strip_prefix(b"x").unwrap_or(others);
        let digits = escape.get(..2).filter(|_| *first == b'\\');
        let octet = digits.and_then(|digits| HEXUPPER.decode(digits).ok());
        if let Some(octet) = octet {
            out.extend(octet);
            rest = escape.get(2..).unwrap_or_default();
        } else {
            out.push(*first);
            rest = others;
        }
    }
    out
}

/// Whether a word is octets in hex.
fn is_hex(word: &str) -> bool {
    word.len().is_multiple_of(2) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pem::samples::{block, certificate, noise, wrap};
    use crate::pem::{Limits, scan};

    /// The line of a text above a certificate that is in doubt.
    fn doubtful(text: &str) -> Option<String> {
        let text = format!("{text}\n{}", block("CERTIFICATE", &certificate()));
        let place = doubtful_text(text.as_bytes(), &scan(text.as_bytes(), Limits::default()))?;
        text.get(place.start..place.end).map(str::to_owned)
    }

    fn pairs(bytes: &[u8]) -> String {
        let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        pairs.join(":")
    }

    #[test]
    fn comments_and_what_is_printed_of_the_certificate_are_in_no_doubt() {
        let der = certificate();
        let dump: Vec<String> = der
            .chunks(15)
            .map(|row| format!("    {}", pairs(row)))
            .collect();
        let serial = u128::from_be_bytes([0x11; 16]);
        for text in [
            "# the leaf of acme-01, renewed 2026-01-02 by jd42".to_owned(),
            "subject=/C=LT/O=Acme Payments/CN=Acme".to_owned(),
            "==========".to_owned(),
            "Issuer: C = SE, L = G\\C3\\B6teborg, O = Buypass AS".to_owned(),
            "Issuer: C=SE, L=G\\xC3\\xB6teborg, O=Buypass AS".to_owned(),
            "# a certificate\n".repeat(20),
            format!("Signature Value:\n{}", dump.join("\n")),
            format!("Serial Number: {serial} (0x{serial:x})"),
            format!("SHA256 Fingerprint={}", pairs(&Sha256::digest(&der))),
            format!(
                "localKeyID: {}",
                pairs(&Sha1::digest(&der)).replace(':', " ")
            ),
        ] {
            assert_eq!(doubtful(&text), None, "{text}");
        }
    }

    #[test]
    fn object_identifiers_of_the_certificate_are_in_no_doubt() {
        let dotted = [1, 2, 3, 4].map(|last| format!("2.16.840.1.{}.{last}", 113_000 + last));
        let listed = format!("Policy: {}.\n", dotted.join(", "));
        let of = |known: &[String]| {
            let known = known
                .iter()
                .map(|one| ObjectIdentifier::new(one).expect("one"));
            let octets: Vec<u8> = known.flat_map(|one| one.as_bytes().to_vec()).collect();
            let text = format!("{listed}{}", block("CERTIFICATE", &octets));
            doubtful_text(text.as_bytes(), &scan(text.as_bytes(), Limits::default()))
        };
        assert_eq!(of(&dotted), None);
        assert!(of(&[]).is_some());
    }

    #[test]
    fn what_may_be_secret_is_in_doubt_however_it_is_written() {
        let key = noise(12, 48);
        let digits = pairs(&key).replace(':', "");
        let digits: Vec<String> = digits
            .chars()
            .map(|digit| format!("line {digit}"))
            .collect();
        for text in [
            "password = x".to_owned(),
            "# hunter22".to_owned(),
            format!("\\{}", pairs(&key).replace(':', "\\")),
            "abc\u{e9}\u{1}Zq7xWw9Kd".to_owned(),
            pairs(&key),
            pairs(&key).to_lowercase().replace(':', ""),
            format!("{key:?}"),
            format!("{key:#?}"),
            format!("{key:?}").replace(", ", ",\n"),
            format!(
                "{{ 0x{} }}",
                pairs(&key).to_lowercase().replace(':', ", 0x")
            ),
            pairs(&key).replace(':', "\n"),
            digits.join("\n"),
        ] {
            assert!(doubtful(&text).is_some(), "{text}");
        }
        for width in 1..=64 {
            for before in ["", "# ", "line ", "a longer text "] {
                let text = wrap(&key, width, before, "\n");
                assert!(doubtful(&text).is_some(), "{text}");
            }
        }
        let latin = [
            b"caf\xE9\n".as_slice(),
            block("CERTIFICATE", &certificate()).as_bytes(),
        ]
        .concat();
        assert!(doubtful_text(&latin, &scan(&latin, Limits::default())).is_some());
    }

    #[test]
    fn the_first_doubtful_line_is_pointed_at() {
        assert_eq!(
            doubtful("# fine\n  # Qx7Zw9Kd \n# more").as_deref(),
            Some("# Qx7Zw9Kd")
        );
    }
}
