//! Which words of a text are plain: such as people and OpenSSL write, and no part of a key.
//!
//! Key material looks like anything, so this asks for what natural words look like instead, and for what
//! `openssl` prints.

/// Characters of the longest word that passes for one.
const LONGEST: usize = 24;
/// Letters of the shortest word that tells prose by itself.
const SHORTEST: usize = 4;
/// Letters of the longest run of vowels, and of consonants, in natural words (`lengths`).
const VOWELS: usize = 3;
/// See [`VOWELS`].
const CONSONANTS: usize = 5;
/// Digits of the longest number that passes: a year, or the size of a key.
const DIGITS: usize = 4;

/// Words with digits or inner capitals that `openssl` prints above certificates.
const USUAL: &[&str] = &[
    "ASN1",
    "CodeSigning",
    "ECDSA",
    "Ed25519",
    "Ed448",
    "MD5",
    "NotAfter",
    "NotBefore",
    "OpenSSL",
    "PKCS1",
    "PKCS12",
    "PKCS7",
    "PKCS8",
    "SHA1",
    "SHA224",
    "SHA256",
    "SHA384",
    "SHA512",
    "SSL",
    "TLS",
    "X509v3",
    "SCTs",
    "dsaEncryption",
    "dsaWithSHA1",
    "ecPublicKey",
    "jurisdictionC",
    "jurisdictionL",
    "jurisdictionST",
    "localKeyID",
    "mgf1",
    "notAfter",
    "notBefore",
    "md5WithRSAEncryption",
    "prime256v1",
    "qcStatements",
    "rsaEncryption",
    "rsassaPss",
    "secp224r1",
    "secp384r1",
    "secp521r1",
    "sha1",
    "sha1WithRSAEncryption",
    "sha224WithRSAEncryption",
    "sha256",
    "sha256WithRSAEncryption",
    "sha384WithRSAEncryption",
    "sha512WithRSAEncryption",
    "v1",
    "v3",
    "x509",
];

/// Words too short to be told by their letters: of prose, of dates, and of names as OpenSSL writes them.
const SHORT: &[&str] = &[
    "a", "ag", "aki", "all", "an", "and", "api", "app", "apr", "are", "as", "asn", "at", "aug",
    "bag", "bit", "by", "c", "ca", "cer", "cn", "com", "cps", "crl", "crt", "csr", "ct", "dc",
    "dec", "dev", "dns", "do", "dv", "ec", "ecc", "eku", "end", "eu", "ev", "feb", "for", "fri",
    "gmbh", "gmt", "htm", "html", "http", "https", "i", "id", "if", "in", "inc", "ip", "is", "it",
    "jan", "jul", "jun", "key", "l", "ldap", "llc", "log", "ltd", "mar", "may", "mon", "net",
    "new", "no", "not", "nov", "o", "ocsp", "oct", "of", "oid", "old", "on", "one", "ops", "or",
    "org", "ou", "our", "ov", "pem", "pin", "pki", "pss", "pub", "qa", "qc", "rsa", "s", "sat",
    "sct", "sep", "ski", "ssl", "st", "sun", "the", "thu", "tls", "to", "top", "tue", "two", "uat",
    "uri", "url", "us", "utc", "v", "was", "we", "wed", "www", "x",
];

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// A natural word, which makes a line one of prose.
    Natural,
    /// Too short to tell anything by itself: shown in a line of prose alone.
    Short,
    /// Anything else.
    Coded,
}

/// What a word of letters and digits is.
pub(super) fn word(text: &str) -> Word {
    let length = text.chars().count();
    // No alphabet of keys has letters beyond ASCII.
    let letters = || {
        let natural = !text.is_ascii() || is_natural(text) || is_joined(text);
        natural && text.chars().all(char::is_alphabetic)
    };
    if USUAL.contains(&text) || (length <= LONGEST && letters()) {
        Word::Natural
    } else if is_short(text) {
        Word::Short
    } else {
        Word::Coded
    }
}

/// Whether a word of ASCII letters looks like one of a language: in one case, or with a capital; with vowels and
/// consonants in turn.
fn is_natural(text: &str) -> bool {
    let tail = text.get(1..).unwrap_or_default();
    let one_case = tail.bytes().all(|byte| byte.is_ascii_lowercase())
        || text.bytes().all(|byte| byte.is_ascii_uppercase());
    if text.len() < SHORTEST || !one_case {
        return false;
    }
    let is_vowel = |byte: u8| b"aeiouy".contains(&byte.to_ascii_lowercase());
    let (mut vowels, mut consonants, mut any) = (0_usize, 0_usize, false);
    for byte in text.bytes() {
        (vowels, consonants) = if is_vowel(byte) {
            (vowels.saturating_add(1), 0)
        } else {
            (0, consonants.saturating_add(1))
        };
        any |= vowels > 0;
        if vowels > VOWELS || consonants > CONSONANTS {
            return false;
        }
    }
    any
}

/// Whether a word is of natural ones in a row, as names of attributes are: `organizationIdentifier`.
fn is_joined(text: &str) -> bool {
    let mut parts = text
        .as_bytes()
        .chunk_by(|one, next| !(one.is_ascii_lowercase() && next.is_ascii_uppercase()));
    parts.all(|part| std::str::from_utf8(part).is_ok_and(is_natural))
}

/// A number, a word that is known, or the two capitals of a country.
fn is_short(text: &str) -> bool {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let hex = text.strip_prefix("0x").unwrap_or("no hex");
    let hex = hex.len() <= DIGITS && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    let country = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    (digits && text.len() <= DIGITS)
        || hex
        || country
        || SHORT.contains(&text.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_languages_are_natural_and_chunks_of_base64_are_not() {
        for text in [
            "root",
            "Certificate",
            "ISSUER",
            "Žirmūnai",
            "lengths",
            "X509v3",
            "organizationIdentifier",
        ] {
            assert_eq!(word(text), Word::Natural, "{text}");
        }
        for text in ["a", "CN", "LT", "2026", "0x2", "Jan", "the"] {
            assert_eq!(word(text), Word::Short, "{text}");
        }
        for text in [
            "MIIEv",
            "vQIB",
            "Qx",
            "bcdfgh",
            "rooTroot",
            "organizationId",
            "hunter2",
            "20260101",
            "0x10001",
            "aeiouae",
        ] {
            assert_eq!(word(text), Word::Coded, "{text}");
        }
        assert_eq!(word(&"ba".repeat(13)), Word::Coded);
    }
}
