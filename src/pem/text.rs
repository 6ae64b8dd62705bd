//! Which parts of explanatory text may be shown.
//!
//! Text around blocks is what `openssl` prints above them, or a comment, or a key in a form that
//! nobody expected: a JWK, a hex dump, base64 that lost its BEGIN line. So a word is shown only
//! where it is too short or too plain to carry a key, and a line only where most of it is prose.

use super::line::slice;
use crate::span::Span;

/// Bytes of the longest line that is shown. What `openssl` prints above a certificate is shorter.
const LONGEST_LINE: usize = 200;

/// Characters of the shortest run that is not shown unless it reads like a word. Fewer carry less
/// than 9 bytes, of which nobody rebuilds a key.
const SHORTEST_RUN: usize = 12;

/// Characters of the longest run of letters in one case that passes for a word.
const LONGEST_WORD: usize = 24;

/// Words with digits or dots that `openssl x509 -text` prints, and that look like base64.
const USUAL: &[&str] = &[
    "sha1WithRSAEncryption",
    "sha224WithRSAEncryption",
    "sha256WithRSAEncryption",
    "sha384WithRSAEncryption",
    "sha512WithRSAEncryption",
    "md5WithRSAEncryption",
    "ecdsa-with-SHA256",
    "ecdsa-with-SHA384",
    "ecdsa-with-SHA512",
    "rsaEncryption",
    "rsassaPss",
    "id-ecPublicKey",
    "prime256v1",
    "secp384r1",
    "secp521r1",
    "localKeyID",
    "friendlyName",
];

/// Words whose line may name a secret that is no key.
const TELLTALE: &[&str] = &["pass", "secret", "token", "pwd", "credential"];

/// The parts of a line of text that may be shown.
pub(super) fn harmless(bytes: &[u8], line: Span) -> Vec<Span> {
    let Ok(text) = std::str::from_utf8(slice(bytes, line)) else {
        return Vec::new();
    };
    if text.len() > LONGEST_LINE || text.chars().any(|each| each.is_control() && each != '\t') {
        return Vec::new();
    }
    let lower = text.to_lowercase();
    if TELLTALE.iter().any(|word| lower.contains(word)) || is_dump(text) {
        return Vec::new();
    }
    let mut kept = Vec::new();
    let mut at = line.start;
    for run in runs(text) {
        let end = at.saturating_add(run.len());
        if run.len() < SHORTEST_RUN || !run.chars().all(in_alphabet) || reads_plain(run) {
            kept.push(Span::new(at, end));
        }
        at = end;
    }
    kept
}

/// The line cut where key alphabets begin and end; the pieces join to the whole line.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let inside = in_alphabet(rest.chars().next()?);
        let end = rest.find(|each| in_alphabet(each) != inside);
        let (run, after) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
        rest = after;
        Some(run)
    })
}

/// The characters of base64, base64url and hex with colons. Padding carries nothing.
fn in_alphabet(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '+' | '/' | '-' | '_' | ':')
}

/// Whether a line is laid out like a dump: numbers or coded groups side by side, or a coded word
/// alone.
fn is_dump(text: &str) -> bool {
    let (mut words, mut numbers, mut coded, mut plain) = (0_usize, 0_usize, 0_usize, 0_usize);
    let pieces = text.split(|each: char| each.is_whitespace() || matches!(each, ',' | ';' | '|'));
    for word in pieces.filter(|piece| !piece.is_empty()) {
        words = words.saturating_add(1);
        if is_number(word) {
            numbers = numbers.saturating_add(1);
        }
        if reads_plain(word) {
            plain = plain.saturating_add(1);
        } else if word.trim_end_matches('=').chars().all(in_alphabet) {
            coded = coded.saturating_add(1);
        }
    }
    let mostly_numbers = numbers >= 4 && numbers > words.saturating_sub(numbers);
    let mostly_coded = coded >= 3 && coded > plain;
    mostly_numbers || mostly_coded || is_grouped(text) || (words == 1 && coded == 1)
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

/// Whether a piece reads like a word: letters of one case, or a capital and small letters, and not
/// too many; or a word that is known; or a line of dashes.
fn reads_plain(word: &str) -> bool {
    let word = word.trim_end_matches(':');
    let one_case = word.split('-').all(|part| {
        let tail = part.strip_prefix(|first: char| first.is_ascii_uppercase());
        let tail = tail.unwrap_or(part);
        tail.bytes().all(|byte| byte.is_ascii_lowercase())
            || part.bytes().all(|byte| byte.is_ascii_uppercase())
    });
    (one_case && word.len() <= LONGEST_WORD)
        || USUAL.contains(&word)
        || !word.bytes().any(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        let mut out = "*".repeat(text.len()).into_bytes();
        for span in harmless(text.as_bytes(), Span::new(0, text.len())) {
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
        ] {
            assert!(!shown(text).contains(|each| each != '*'), "{}", shown(text));
        }
        assert_eq!(
            shown(r#"{"d":"X4cTteJY_gn4FYPsXB8"}"#),
            r#"{"d":"*******************"}"#
        );
        assert_eq!(shown(&"a ".repeat(101)), "*".repeat(202));
        assert!(harmless(b"a \xFF b", Span::new(0, 5)).is_empty());
        assert!(harmless(b"a \x1B b", Span::new(0, 5)).is_empty());
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
