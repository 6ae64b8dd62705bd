//! Files that are no PEM at all, told by their first bytes.

use super::{Block, FaultKind, Label};
use crate::span::Span;

/// What a whole file is, where it is not PEM.
pub(super) enum Container {
    /// Something that a fault names.
    Fault(FaultKind),
    /// A private key in DER, which is never looked into.
    PrivateKey,
}

/// Recognises a container; `None` for anything that may be text.
pub(super) fn recognise(bytes: &[u8]) -> Option<Container> {
    let fault = |kind| Some(Container::Fault(kind));
    match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [b'-', 0, b'-', 0, ..] | [0, b'-', 0, b'-', ..] => {
            return fault(FaultKind::Utf16);
        }
        // The magic numbers of JKS and JCEKS.
        [0xFE, 0xED, 0xFE, 0xED, ..] | [0xCE, 0xCE, 0xCE, 0xCE, ..] => {
            return fault(FaultKind::JavaKeyStore);
        }
        _ => {}
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return fault(FaultKind::EmptyFile);
    }
    // DER: a SEQUENCE of more than 127 bytes, or the indefinite length that BER containers use.
    let [0x30, 0x80..=0x84, ..] = bytes else {
        return None;
    };
    let inner = content(bytes)?;
    match inner {
        // contentType of a PKCS#7 ContentInfo (RFC 2315 §7)
        [
            0x06,
            0x09,
            0x2A,
            0x86,
            0x48,
            0x86,
            0xF7,
            0x0D,
            0x01,
            0x07,
            ..,
        ] => fault(FaultKind::Pkcs7),
        // version 3 of a PFX, followed by its ContentInfo (RFC 7292 §4)
        [0x02, 0x01, 0x03, 0x30, ..] => fault(FaultKind::Pkcs12),
        // version of PrivateKeyInfo, RSAPrivateKey and ECPrivateKey
        [0x02, 0x01, 0x00 | 0x01, 0x30 | 0x02 | 0x04, ..] => Some(Container::PrivateKey),
        _ if is_certificate(bytes) => fault(FaultKind::Der),
        // An algorithm and an OCTET STRING: EncryptedPrivateKeyInfo (RFC 5958 §3)
        [0x30, ..] => Some(Container::PrivateKey),
        _ => None,
    }
}

/// The block that stands for a private key in DER.
pub(super) fn private_key(length: usize) -> Block {
    let span = Span::new(0, length);
    Block {
        label: Label::PrivateKey,
        begin: span,
        end: None,
        span,
        content: None,
    }
}

/// Whether bytes begin as a certificate does, and as no private key does:
/// SEQUENCE { SEQUENCE { [0] or INTEGER …
pub(super) fn is_certificate(bytes: &[u8]) -> bool {
    let [0x30, ..] = bytes else { return false };
    let Some(inner @ [0x30, ..]) = content(bytes) else {
        return false;
    };
    matches!(content(inner), Some([0xA0 | 0x02, ..]))
}

/// The length of the first value, tag and length included; `None` where it is not to be told.
pub(super) fn first_value(bytes: &[u8]) -> Option<usize> {
    let header = bytes.len().checked_sub(content(bytes)?.len())?;
    let length = match bytes.get(1).copied()? {
        short @ 0..0x80 => usize::from(short),
        0x80 => return None,
        _ => bytes
            .get(2..header)?
            .iter()
            .try_fold(0_usize, |sum, octet| {
                sum.checked_mul(256)?.checked_add(usize::from(*octet))
            })?,
    };
    header.checked_add(length)
}

/// What follows the tag and the length of the first value.
fn content(bytes: &[u8]) -> Option<&[u8]> {
    let first = *bytes.get(1)?;
    let header = if first <= 0x80 {
        2
    } else {
        usize::from(first & 0x7F).checked_add(2)?
    };
    bytes.get(header..)
}
