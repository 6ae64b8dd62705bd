//! Files of another kind that hold PEM all the same: what must not be shown of them.

use std::borrow::Cow;

use super::{Document, FaultKind, Label, Limits, scan};
use crate::span::Span;

/// A text, same length, with every block overwritten that may hold a private key; everything else stays. For files that
/// are no chain files and that diagnostics show, such as policies.
#[must_use]
pub fn conceal(text: &str) -> Cow<'_, str> {
    if !text.contains("-----BEGIN ") {
        return Cow::Borrowed(text);
    }
    let document = scan(text.as_bytes(), Limits::default());
    let hidden: Vec<Span> = secrets(&document);
    let mut out = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let is_hidden = hidden.iter().any(|span| span.start <= at && at < span.end);
        if is_hidden && character != '\n' {
            out.extend(std::iter::repeat_n('*', character.len_utf8()));
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// What stands between the boundaries of blocks that may hold keys, and behind a BEGIN without its END.
fn secrets(document: &Document) -> Vec<Span> {
    let may_be_secret = |label: Label| match label {
        Label::PrivateKey | Label::Other => true,
        Label::Certificate
        | Label::X509Certificate
        | Label::TrustedCertificate
        | Label::PublicKey
        | Label::CertificateRequest
        | Label::Crl
        | Label::Pkcs7
        | Label::Parameters => false,
    };
    let blocks = document.blocks.iter();
    let blocks = blocks.filter(|block| may_be_secret(block.label));
    let blocks = blocks.map(|block| Span::new(block.begin.end, block.span.end));
    let open = document.faults.iter().filter(|fault| {
        fault.kind == FaultKind::UnterminatedBlock || fault.kind == FaultKind::TooManyBlocks
    });
    let open = open.map(|fault| Span::new(fault.span.end, document.len));
    blocks.chain(open).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_key_stays() {
        for text in [
            "version: 1\n",
            "text: |\n  -----BEGIN CERTIFICATE-----\n  AAAA\n  -----END CERTIFICATE-----\nname: a\n",
            "fail: \"`-----END CERTIFICATE----------BEGIN CERTIFICATE-----` on one line\"\n",
        ] {
            let shown = conceal(text);
            assert_eq!(shown.len(), text.len());
            assert!(shown.contains("CERTIFICATE") || shown == text);
        }
    }

    #[test]
    fn keys_are_overwritten_wherever_they_stand_and_nothing_moves() {
        for label in [
            "PRIVATE KEY",
            "EC PRIVATE KEY",
            "OPENSSH PRIVATE KEY",
            "SECRET",
        ] {
            for indent in ["", "    ", "# "] {
                for end in [format!("{indent}-----END {label}-----\n"), String::new()] {
                    let text = format!(
                        "name: ä\ntext: |\n{indent}-----BEGIN {label}-----\n{indent}SECRETSECRET\n{end}"
                    );
                    let shown = conceal(&text);
                    assert_eq!(shown.len(), text.len());
                    assert_eq!(shown.lines().count(), text.lines().count());
                    assert!(!shown.contains("SECRETSECRET"), "{shown}");
                    assert!(shown.starts_with("name: ä\ntext: |\n"), "{shown}");
                }
            }
        }
    }
}
