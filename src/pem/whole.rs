//! Files that are something else than PEM from their first byte on.

use super::line::{BYTE_ORDER_MARK, SPACE, class};
use super::shape::{Walk, begins_key, walk};
use super::{Block, Fault, FaultKind, Label, Limits, Shape, scan, shape};
use crate::span::Span;

/// First bytes of a Java key store, JKS and JCEKS.
const KEY_STORES: [&[u8]; 2] = [&[0xFE, 0xED, 0xFE, 0xED], &[0xCE, 0xCE, 0xCE, 0xCE]];

/// Bytes looked at to tell UTF-16 without a byte order mark: a BEGIN line and a bit.
const SAMPLE: usize = 64;

/// Bytes of a binary file that a fault points at; the form shows in its head.
const HEAD: usize = 16;

/// The fault of a file that holds no text of ours at all, if it is such a file.
pub(super) fn fault(bytes: &[u8]) -> Option<Fault> {
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let blank = |byte: &u8| class(*byte) == SPACE || *byte == b'\n' || *byte == b'\r';
    let (kind, length) = if text.iter().all(blank) {
        (FaultKind::EmptyFile, bytes.len())
    } else if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        (FaultKind::Utf16, 2)
    } else if is_utf16(bytes) {
        (FaultKind::Utf16, HEAD)
    } else if KEY_STORES.iter().any(|magic| bytes.starts_with(magic)) {
        (FaultKind::JavaKeyStore, 4)
    } else {
        let kind = match shape(bytes) {
            Shape::Certificate => FaultKind::Der,
            Shape::Pkcs7 => FaultKind::Pkcs7,
            Shape::Pkcs12 => FaultKind::Pkcs12,
            Shape::CertificateRequest | Shape::Crl => FaultKind::NoPem,
            Shape::PrivateKey | Shape::Unknown => return None,
        };
        (kind, HEAD)
    };
    Some(Fault {
        kind,
        span: Span::new(0, length.min(bytes.len())),
    })
}

/// The block that a file stands for that is a private key in DER; it is never looked into.
pub(super) fn private_key(bytes: &[u8]) -> Option<Block> {
    (shape(bytes) == Shape::PrivateKey).then(|| Block {
        label: Label::PrivateKey,
        begin: Span::new(0, HEAD.min(bytes.len())),
        span: Span::new(0, bytes.len()),
        content: None,
    })
}

/// Where private keys begin in such a file, as far as its form is looked into: in text of UTF-16, and behind
/// certificates in DER. The place is the file's head, where its fault points too.
pub(super) fn keys(bytes: &[u8], fault: FaultKind, limits: Limits) -> Vec<Span> {
    let found = if fault == FaultKind::Utf16 {
        from_utf16(bytes).is_some_and(|text| {
            let document = scan(&text, limits);
            let mut labels = document.blocks.iter().map(|block| block.label);
            !document.loose_keys.is_empty() || labels.any(|label| label == Label::PrivateKey)
        })
    } else if fault == FaultKind::Der {
        let mut rest = bytes;
        while let Walk::Complete(end) = walk(rest) {
            rest = rest.get(end..).unwrap_or_default();
        }
        begins_key(rest)
    } else {
        false
    };
    let head = Span::new(0, HEAD.min(bytes.len()));
    found.then_some(head).into_iter().collect()
}

/// Text in UTF-16, with a byte order mark or without one, as UTF-8; `None` where it is none, or ends within a
/// character.
#[must_use]
pub fn from_utf16(bytes: &[u8]) -> Option<Vec<u8>> {
    let (big, rest) = match bytes {
        [0xFE, 0xFF, rest @ ..] => (true, rest),
        [0xFF, 0xFE, rest @ ..] => (false, rest),
        // Of ASCII, the first byte of each pair is NUL where the larger half comes first.
        _ if is_utf16(bytes) => (bytes.first() == Some(&0), bytes),
        _ => return None,
    };
    let (pairs, rest) = rest.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let units = pairs.iter().map(|pair| {
        if big {
            u16::from_be_bytes(*pair)
        } else {
            u16::from_le_bytes(*pair)
        }
    });
    let text: Result<String, _> = char::decode_utf16(units).collect();
    text.ok().map(String::into_bytes)
}

/// Whether nearly every other byte is NUL and the rest is not, as ASCII is in UTF-16.
fn is_utf16(bytes: &[u8]) -> bool {
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    if sample.len() < 8 {
        return false;
    }
    let zeros = |first: usize| {
        let every_other = sample.iter().skip(first).step_by(2);
        every_other.filter(|byte| **byte == 0).count()
    };
    let (even, odd, half) = (zeros(0), zeros(1), sample.len() / 2);
    let most = half.saturating_sub(half / 8);
    (even >= most && odd == 0) || (odd >= most && even == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pem::samples::{block, certificate, keys};

    fn kind(bytes: &[u8]) -> Option<FaultKind> {
        fault(bytes).map(|fault| fault.kind)
    }

    #[test]
    fn utf16_is_known_with_and_without_a_mark() {
        let text = block("CERTIFICATE", &certificate());
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(kind(&little), Some(FaultKind::Utf16));
        assert_eq!(kind(&big), Some(FaultKind::Utf16));
        assert_eq!(
            kind(&[b"\xFF\xFE".as_slice(), &little].concat()),
            Some(FaultKind::Utf16)
        );
        assert_eq!(
            kind(&[b"\xFE\xFF".as_slice(), &big].concat()),
            Some(FaultKind::Utf16)
        );
        assert_eq!(kind(text.as_bytes()), None);
        assert!(private_key(text.as_bytes()).is_none());
        for (mark, words) in [(b"\xFF\xFE", &little), (b"\xFE\xFF", &big)] {
            let marked = [mark.as_slice(), words].concat();
            assert_eq!(from_utf16(words).as_deref(), Some(text.as_bytes()));
            assert_eq!(from_utf16(&marked).as_deref(), Some(text.as_bytes()));
            let cut = marked.get(..marked.len() - 1).expect("bytes");
            assert_eq!(from_utf16(cut), None);
        }
        assert_eq!(from_utf16(text.as_bytes()), None);
        assert_eq!(from_utf16(b"\xFF\xFE\x00\xD8"), None);
    }

    #[test]
    fn a_key_in_utf16_and_behind_der_is_found() {
        let (_, key) = keys().swap_remove(2);
        let found = |bytes: &[u8]| !scan(bytes, Limits::default()).loose_keys.is_empty();
        let utf16 =
            |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        let chain = block("CERTIFICATE", &certificate());
        assert!(found(&utf16(
            &(chain.clone() + &block("PRIVATE KEY", &key))
        )));
        assert!(found(&[certificate(), certificate(), key].concat()));
        assert!(!found(&utf16(&chain)));
        assert!(!found(&[certificate(), certificate()].concat()));
    }

    #[test]
    fn binary_forms_are_told_apart() {
        assert_eq!(kind(&certificate()), Some(FaultKind::Der));
        assert_eq!(
            kind(b"\xFE\xED\xFE\xED\0\0\0\x02"),
            Some(FaultKind::JavaKeyStore)
        );
        assert_eq!(
            kind(b"\xCE\xCE\xCE\xCE\0\0\0\x02"),
            Some(FaultKind::JavaKeyStore)
        );
        for (name, key) in keys() {
            assert_eq!(kind(&key), None, "{name}");
            assert!(private_key(&key).is_some(), "{name}");
        }
    }

    #[test]
    fn white_space_and_a_mark_alone_are_an_empty_file() {
        for bytes in [b"".as_slice(), b" \r\n\t\n", b"\xEF\xBB\xBF\n"] {
            assert_eq!(kind(bytes), Some(FaultKind::EmptyFile));
        }
        assert_eq!(kind(b" x "), None);
    }
}
