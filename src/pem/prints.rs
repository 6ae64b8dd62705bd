//! Text that is about certificates: comments, and what `openssl` and `keytool` print beside them.
//!
//! A chain may also stand in a file that is something else (a script, a page, values of a chart), whose text is what
//! the file is for.

use super::Document;
use super::line::{slice, trim};
use super::mask::lines_of_text;
use crate::span::Span;

/// How lines begin that `openssl x509`, `s_client`, `pkcs12` and `keytool -rfc` print, without what they are
/// indented by.
const HEADS: &[&str] = &[
    "#",
    "---",
    "===",
    "Alias name:",
    "Bag Attributes",
    "Certificate chain",
    "Certificate:",
    "Certificate[",
    "Creation date:",
    "Entry type:",
    "Issuer:",
    "Key Attributes",
    "SHA1 Fingerprint=",
    "SHA256 Fingerprint=",
    "Server certificate",
    "Subject:",
    "a:PKEY:",
    "friendlyName:",
    "i:",
    "issuer:",
    "issuer=",
    "localKeyID:",
    "notAfter=",
    "notBefore=",
    "s:",
    "serial=",
    "sha1 Fingerprint=",
    "sha256 Fingerprint=",
    "subject:",
    "subject=",
    "v:NotBefore:",
];

/// Heads whose print goes on for as long as lines are indented.
const BLOCKS: &[&str] = &["Certificate:", "Bag Attributes", "Key Attributes"];

/// The first line of text outside of blocks that is neither a comment nor a print of a certificate.
#[must_use]
pub fn foreign_text(bytes: &[u8], document: &Document) -> Option<Span> {
    lines_of_text(bytes, document).iter().find_map(|lines| {
        let mut inside = false;
        lines.iter().find_map(|line| {
            let solid = trim(bytes, *line);
            let text = slice(bytes, solid);
            let begins =
                |heads: &[&str]| heads.iter().any(|head| text.starts_with(head.as_bytes()));
            let indented = solid.start > line.start;
            inside = begins(BLOCKS) || (inside && indented);
            // `s_client` counts the certificates of a chain.
            let counted = text.iter().position(|byte| !byte.is_ascii_digit());
            let counted = counted.and_then(|at| text.get(at..)).unwrap_or_default();
            let known = inside || begins(HEADS) || counted.starts_with(b" s:");
            (!known).then_some(solid)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pem::samples::{block, certificate};
    use crate::pem::{Limits, scan};

    fn foreign(text: &str) -> Option<&str> {
        let document = scan(text.as_bytes(), Limits::default());
        let place = foreign_text(text.as_bytes(), &document)?;
        text.get(place.start..place.end)
    }

    #[test]
    fn comments_and_prints_are_about_certificates() {
        let chain = block("CERTIFICATE", &certificate());
        for before in [
            "# the leaf",
            "  # indented",
            "subject=CN = a\nissuer=CN = b\n",
            "Certificate:\n    Data:\n        Version: 3 (0x2)\n    Signature Value:\n        00:11",
            "Bag Attributes\n    localKeyID: 01 02\n    1.3.6.1: x\nsubject=CN = a",
            "Certificate chain\n 0 s:CN = a\n   i:CN = b\n   a:PKEY: RSA\n   v:NotBefore: Jan\n",
            "Acme Root\n=========",
        ] {
            let text = format!("{before}\n{chain}");
            let expected = before.starts_with("Acme").then_some("Acme Root");
            assert_eq!(foreign(&text), expected, "{before}");
        }
    }

    #[test]
    fn text_of_other_files_is_not() {
        let chain = block("CERTIFICATE", &certificate());
        for (before, line) in [
            ("#!/bin/sh\nset -e\ncat <<EOF", "set -e"),
            ("# values\ntls:\n  cert: |", "tls:"),
            ("# A page\n\nThe chain:\n", "The chain:"),
            ("# fine\nCertificate:\n    Data:\nend", "end"),
        ] {
            let text = format!("{before}\n{chain}");
            assert_eq!(foreign(&text), Some(line), "{before}");
        }
    }
}
