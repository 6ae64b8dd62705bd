//! What a PEM label announces, and whether it may be shown.

use std::borrow::Cow;

use super::Label;

/// Characters of the longest label that is shown though its words are not among [`WORDS`]. Long
/// enough for every label in use, too short for a key.
const LONGEST_SHOWN: usize = 40;

/// Characters of the longest word that is shown though it is not among [`WORDS`].
const LONGEST_WORD: usize = 12;

/// The words of labels in use (RFC 7468, RFC 4880, OpenSSL's `pem.h`, OpenSSH, age).
const WORDS: &[&str] = &[
    "#7",
    "AGE",
    "ANY",
    "ATTRIBUTE",
    "BLOCK",
    "CERTIFICATE",
    "CMS",
    "CRL",
    "DATA",
    "DH",
    "DSA",
    "EC",
    "ENCRYPTED",
    "FILE",
    "KEY",
    "MESSAGE",
    "NEW",
    "OPENSSH",
    "OPENVPN",
    "PARAMETERS",
    "PGP",
    "PKCS",
    "PKCS7",
    "PRIVATE",
    "PUBLIC",
    "REQUEST",
    "RSA",
    "SIGNATURE",
    "SIGNED",
    "SSH2",
    "STATIC",
    "TRUSTED",
    "TSS2",
    "V1",
    "X509",
    "X9.42",
];

impl Label {
    /// What a label announces. Letter case and the number of spaces do not matter.
    pub(super) fn of(text: &str) -> Self {
        if text == "CERTIFICATE" {
            return Self::Certificate; // the label of nearly every block
        }
        match normal(text).as_ref() {
            "CERTIFICATE" => Self::Certificate,
            "X509 CERTIFICATE" => Self::X509Certificate,
            "TRUSTED CERTIFICATE" => Self::TrustedCertificate,
            "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Self::CertificateRequest,
            "X509 CRL" => Self::Crl,
            "PKCS7" | "PKCS #7 SIGNED DATA" | "CMS" => Self::Pkcs7,
            other if other.contains("PRIVATE") || other.contains("SECRET") => Self::PrivateKey,
            other if other.contains("PUBLIC KEY") => Self::PublicKey,
            other if other.split(' ').any(|word| word == "KEY") => Self::PrivateKey,
            other if other.ends_with("PARAMETERS") => Self::Parameters,
            _ => Self::Other,
        }
    }
}

/// The label in capitals with single spaces, as two labels are compared.
pub(super) fn normal(text: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    if text.bytes().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for word in text.split_ascii_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out.make_ascii_uppercase();
    Cow::Owned(out)
}

/// Whether a label, in any letter case, is made of words that labels in use are made of.
pub(super) fn is_usual(text: &str) -> bool {
    let label = normal(text);
    label.len() <= LONGEST_SHOWN && label.split(' ').all(|word| WORDS.contains(&word))
}

/// Whether a label is so plain that no key can hide in it.
pub(super) fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'#';
    let word = |word: &str| {
        WORDS.contains(&word) || (word.len() <= LONGEST_WORD && word.bytes().all(plain))
    };
    is_usual(text) || (text.len() <= LONGEST_SHOWN && text.split(' ').all(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_in_use_are_told_apart() {
        let table = [
            ("CERTIFICATE", Label::Certificate),
            ("certificate", Label::Certificate),
            ("X509 CERTIFICATE", Label::X509Certificate),
            ("TRUSTED CERTIFICATE", Label::TrustedCertificate),
            ("NEW CERTIFICATE REQUEST", Label::CertificateRequest),
            ("X509 CRL", Label::Crl),
            ("PKCS #7 SIGNED DATA", Label::Pkcs7),
            ("RSA PUBLIC KEY", Label::PublicKey),
            ("X9.42 DH PARAMETERS", Label::Parameters),
            ("ATTRIBUTE CERTIFICATE", Label::Other),
            ("", Label::Other),
        ];
        for (text, label) in table {
            assert_eq!(Label::of(text), label, "{text}");
        }
    }

    #[test]
    fn whatever_says_key_and_not_public_is_a_private_key() {
        for text in [
            "PRIVATE KEY",
            "RSA PRIVATE KEY",
            "EC PRIVATE KEY",
            "DSA PRIVATE KEY",
            "ENCRYPTED PRIVATE KEY",
            "OPENSSH PRIVATE KEY",
            "PGP PRIVATE KEY BLOCK",
            "TSS2 PRIVATE KEY",
            "SSH2 ENCRYPTED PRIVATE KEY",
            "OpenVPN Static key V1",
        ] {
            assert_eq!(Label::of(text), Label::PrivateKey, "{text}");
        }
    }

    #[test]
    fn only_plain_labels_are_shown() {
        for text in [
            "CERTIFICATE",
            "certificate",
            "PKCS #7 SIGNED DATA",
            "FOO",
            "AGE ENCRYPTED FILE",
        ] {
            assert!(is_plain(text), "{text}");
        }
        for text in [
            "MIIEvQIBADANBgkqhkiG9w0B",
            "CERTIFICATE MIIEvQIBADANBg",
            "0123456789ABCDEF",
            "FOO BAR FOO BAR FOO BAR FOO BAR FOO BAR FOO",
            "foo",
        ] {
            assert!(!is_plain(text), "{text}");
        }
    }
}
