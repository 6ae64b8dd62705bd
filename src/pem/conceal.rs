//! Files of another kind that hold PEM all the same: what must not be shown of them.

use std::borrow::Cow;

use super::{Document, FaultKind, Label, Limits, scan};
use crate::span::Span;

/// A text, same length, with everything overwritten that may be a private key: blocks, and long runs of base64 outside of
/// any. The rest stays. For files that
/// are no chain files and that diagnostics show, such as policies.
#[must_use]
pub fn conceal(text: &str) -> Cow<'_, str> {
    let document = if text.contains("-----BEGIN ") {
        scan(text.as_bytes(), Limits::default())
    } else {
        Document::default()
    };
    let mut hidden: Vec<Span> = secrets(&document);
    hidden.extend(bare(text, &document));
    if hidden.is_empty() {
        return Cow::Borrowed(text);
    }
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

/// Characters of the shortest run of base64 that may be a key without its BEGIN. Hashes in hex are longer, and are in one
/// case.
const BARE: usize = 40;

/// Runs of base64 outside of blocks, such as keys are that lost their boundaries, and what follows them line by line.
fn bare(text: &str, document: &Document) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    let mut start = 0_usize;
    let mut goes_on = false;
    for line in text.split_inclusive('\n') {
        let solid = line.trim();
        let is_rest = goes_on && !solid.is_empty() && solid.bytes().all(is_base64);
        let mut at = start;
        goes_on = false;
        for run in line.split_inclusive(|each: char| !u8::try_from(each).is_ok_and(is_base64)) {
            let end = at.saturating_add(run.len());
            let is_known = document
                .blocks
                .iter()
                .any(|block| block.span.start <= at && at < block.span.end);
            if !is_known && (is_rest || looks_coded(run)) {
                found.push(Span::new(at, end));
                goes_on = true;
            }
            at = end;
        }
        start = start.saturating_add(line.len());
    }
    found
}

/// Whether a run is as long as a key, and goes from one kind of character to another as often as one: names of files and
/// of facts do not.
fn looks_coded(run: &str) -> bool {
    let kind = |byte: u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        _ => 2,
    };
    let pairs = run.bytes().zip(run.bytes().skip(1));
    let changes = pairs
        .filter(|(one, next)| kind(*one) != kind(*next))
        .count();
    run.len() >= BARE
        && changes.saturating_mul(3) >= run.len()
        && run.bytes().any(|byte| byte.is_ascii_uppercase())
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

/// A text, same length, without the private keys that stand whole in it: each character of base64 is overwritten. For
/// what is read, and may be quoted: a policy that speaks of keys stays as it is, and one that holds a key says nothing
/// of it.
#[must_use]
pub fn without_keys(text: &str) -> Cow<'_, str> {
    let mut out: Vec<u8> = Vec::new();
    let mut at = 0_usize;
    while let Some((body, end)) = next_key(text, at) {
        if out.is_empty() {
            text.as_bytes().clone_into(&mut out);
        }
        let mut escaped = false;
        for byte in out.iter_mut().take(end).skip(body) {
            // In a text in quotes, `\n` ends a line.
            if !escaped && is_base64(*byte) {
                *byte = b'*';
            }
            escaped = !escaped && *byte == b'\\';
        }
        at = end;
    }
    match String::from_utf8(out) {
        Ok(out) if !out.is_empty() => Cow::Owned(out),
        Ok(_) | Err(_) => Cow::Borrowed(text),
    }
}

/// Base64 characters in a row that prose does not have.
const RUN: usize = 32;

/// The body of the next whole private key from an offset on: where it begins, and where it ends.
fn next_key(text: &str, from: usize) -> Option<(usize, usize)> {
    let mut at = from;
    loop {
        let begin = at.saturating_add(text.get(at..)?.find("-----BEGIN ")?);
        let label = begin.saturating_add("-----BEGIN ".len());
        let rest = text.get(label..)?;
        let length = rest.find("-----")?;
        let body = label.saturating_add(length).saturating_add("-----".len());
        at = body;
        if !rest.get(..length)?.ends_with("PRIVATE KEY") {
            continue;
        }
        let inside = text.get(body..)?;
        let inside = inside.get(..inside.find("-----END ")?)?;
        let mut runs = inside.split(|each: char| !u8::try_from(each).is_ok_and(is_base64));
        if runs.any(|run| run.len() >= RUN) {
            return Some((body, body.saturating_add(inside.len())));
        }
    }
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)
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

    #[test]
    fn keys_without_boundaries_are_not_shown_and_hashes_are() {
        let line = "MC4CAQAwBQYDK2VwBCIEIKq7Zw9dK2xTj0Vb5RnQ3LhY8cGmE1sUo6PfXa4/Q=";
        for text in [
            format!("key: {line}\nname: a\n"),
            format!("key: >-\n  {line}\n  QQ==\nname: a\n"),
            format!("key: \"{line}\"\nname: a\n"),
        ] {
            let shown = conceal(&text);
            assert_eq!(shown.len(), text.len());
            assert!(
                !shown.contains("MC4C") && !shown.contains("QQ=="),
                "{shown}"
            );
            assert!(
                shown.starts_with("key: ") && shown.ends_with("\nname: a\n"),
                "{shown}"
            );
        }
        for text in [
            format!("certificate: \"sha256:{}\"\n", "2c26b46b".repeat(8)),
            format!(
                "text: |\n  -----BEGIN CERTIFICATE-----\n  {line}\n  -----END CERTIFICATE-----\n"
            ),
            "policy: policies/AcmePayments/Production2026/clientChainsOfPartners\n".to_owned(),
            "assert: cert.subject_alternative_name.uris.exists(uri, uri.startsWith('x'))\n"
                .to_owned(),
        ] {
            assert_eq!(conceal(&text), text);
        }
    }

    #[test]
    fn whole_keys_are_gone_from_what_is_read_and_words_about_keys_stay() {
        let body = "MC4CAQAwBQYDK2VwBCIEIKqxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/Q=";
        for (before, between, behind) in [
            ("  a: |\n    ", "\n    ", "\nb: 1\n"),
            ("a: \"", "\\n", "\\n\"\n"),
            ("a: é ", " ", "\n"),
        ] {
            for label in ["PRIVATE KEY", "EC PRIVATE KEY"] {
                let text = format!(
                    "{before}-----BEGIN {label}-----{between}{body}{between}AAAA{between}-----END {label}-----{behind}"
                );
                let read = without_keys(&text);
                assert_eq!(read.len(), text.len());
                assert!(!read.contains("MC4C") && !read.contains("AAAA"), "{read}");
                assert!(read.starts_with(before) && read.ends_with(behind), "{read}");
                assert_eq!(read.matches("\\n").count(), text.matches("\\n").count());
            }
        }
        for text in [
            "help: a file with -----BEGIN PRIVATE KEY----- and -----END PRIVATE KEY----- is refused",
            "help: it begins with -----BEGIN PRIVATE KEY-----",
            "version: 1",
        ] {
            assert_eq!(without_keys(text), text);
        }
        let certificate =
            format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
        assert_eq!(without_keys(&certificate), certificate);
    }
}
