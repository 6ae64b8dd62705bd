//! Whether bytes are laid out like a certificate, a container or a key.
//!
//! Looks at the outermost elements alone: enough to say what may be shown and what a DER file is,
//! and no more. Reading certificates is the work of `x509`.

use memchr::memmem;

/// What a DER file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One or more certificates (RFC 5280 §4.1).
    Certificate,
    /// A PKCS#7 or CMS container (RFC 5652 §3).
    Pkcs7,
    /// A PKCS#12 container (RFC 7292 §4).
    Pkcs12,
    /// A private key: PKCS#1, PKCS#8 (encrypted or not) or SEC1.
    PrivateKey,
    /// A certificate request (RFC 2986 §4).
    CertificateRequest,
    /// A revocation list (RFC 5280 §5.1).
    Crl,
    /// None of these.
    Unknown,
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OID: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xA0;

/// The head of `1.2.840.113549.1.7`, PKCS#7's own object identifiers.
const PKCS7_TYPES: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07];

/// One element: its tag and where its contents stand. `end` is what the length says, which may
/// lie past the end of the bytes.
#[derive(Debug, Clone, Copy)]
struct Element {
    tag: u8,
    start: usize,
    end: usize,
}

/// The heads of the identifiers by which a password encrypts: PKCS#5 (`1.2.840.113549.1.5`) and PKCS#12's own
/// (`1.2.840.113549.1.12.1`).
const BY_PASSWORD: [&[u8]; 2] = [
    &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05],
    &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x01],
];

/// How OpenSSH's own form of private keys begins.
const OPENSSH: &[u8] = b"openssh-key-v1\0";

/// Bytes of the shortest private key; what looks like one and is shorter is a small constant.
const SHORTEST_KEY: usize = 32;

/// How far bytes look like a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Walk {
    /// A whole certificate of this many bytes; what follows is no part of it.
    Complete(usize),
    /// The bytes end within the certificate, and nothing so far speaks against one; so many bytes
    /// are whole elements of it.
    Ended(usize),
    /// The layout is another one; so many bytes before that are whole elements of a certificate.
    Broken(usize),
}

/// Compares the outermost elements with those of a certificate (RFC 5280 §4.1).
pub(super) fn walk(der: &[u8]) -> Walk {
    let mut vouched = 0;
    match steps(der, &mut vouched) {
        Ok(end) => Walk::Complete(end),
        Err(Stop::Ended) => Walk::Ended(vouched),
        Err(Stop::Broken) => Walk::Broken(vouched),
    }
}

/// Where private-key material starts, if its mark is found: `SEQUENCE { INTEGER 0 or 1 …` as in
/// PKCS#1, PKCS#8 and SEC1, with a length that makes it more than a small constant.
pub(super) fn key_start(der: &[u8]) -> Option<usize> {
    let versions = memmem::find_iter(der, &[INTEGER, 0x01]);
    let mut candidates =
        versions.flat_map(|at| (2..=4).filter_map(move |back| at.checked_sub(back)));
    candidates.find(|at| {
        let rest = der.get(*at..).unwrap_or_default();
        is_private_key(rest) && element(rest, 0).is_some_and(|key| key.end >= SHORTEST_KEY)
    })
}

/// Whether bytes begin as a private key does, encrypted or not. Some dozens of bytes are enough to tell.
pub(super) fn begins_key(der: &[u8]) -> bool {
    let long = element(der, 0).is_some_and(|key| key.end >= SHORTEST_KEY);
    (long && (is_private_key(der) || is_encrypted_key(der))) || der.starts_with(OPENSSH)
}

/// Encrypted PKCS#8 (RFC 5958 §3): by which algorithm, and the octets.
fn is_encrypted_key(der: &[u8]) -> bool {
    let found = || {
        let outer = element(der, 0).filter(|outer| outer.tag == SEQUENCE)?;
        let algorithm = element(der, outer.start).filter(|first| first.tag == SEQUENCE)?;
        let identifier = element(der, algorithm.start).filter(|first| first.tag == OID)?;
        let octets = tag(der, algorithm.end).is_none_or(|next| next == OCTET_STRING);
        octets.then_some(der.get(identifier.start..identifier.end)?)
    };
    found().is_some_and(|oid| BY_PASSWORD.iter().any(|head| oid.starts_with(head)))
}

/// What a file of DER (or BER with indefinite lengths) holds, by its first bytes.
#[must_use]
pub fn shape(der: &[u8]) -> Shape {
    let certificate = match walk(der) {
        Walk::Complete(_) => true,
        Walk::Ended(vouched) | Walk::Broken(vouched) => vouched > 0,
    };
    if certificate {
        return Shape::Certificate;
    }
    let Some(outer) = element(der, 0).filter(|outer| outer.tag == SEQUENCE) else {
        return Shape::Unknown;
    };
    let Some(first) = element(der, outer.start) else {
        return Shape::Unknown;
    };
    let value = der.get(first.start..first.end).unwrap_or_default();
    let second = tag(der, first.end);
    if first.tag == OID && value.starts_with(PKCS7_TYPES) {
        Shape::Pkcs7
    } else if first.tag == INTEGER && value == [3] && second == Some(SEQUENCE) {
        Shape::Pkcs12
    } else if is_private_key(der) {
        Shape::PrivateKey
    } else if first.tag == SEQUENCE {
        inner_shape(der, first, second)
    } else {
        Shape::Unknown
    }
}

/// Of `SEQUENCE { SEQUENCE …`: a request, a revocation list or an encrypted PKCS#8 key.
fn inner_shape(der: &[u8], first: Element, second: Option<u8>) -> Shape {
    let Some(head) = element(der, first.start) else {
        return Shape::Unknown;
    };
    if head.tag == OID && second == Some(OCTET_STRING) {
        return Shape::PrivateKey;
    }
    let versioned = head.tag == INTEGER;
    let next = if versioned { head.end } else { first.start };
    let Some(next) = element(der, next).filter(|next| next.tag == SEQUENCE) else {
        return Shape::Unknown;
    };
    if tag(der, next.start) == Some(OID) {
        let time = element(der, next.end).and_then(|issuer| tag(der, issuer.end));
        return match time {
            Some(UTC_TIME | GENERALIZED_TIME) => Shape::Crl,
            Some(_) | None => Shape::Unknown,
        };
    }
    if versioned && tag(der, next.end) == Some(SEQUENCE) {
        Shape::CertificateRequest
    } else {
        Shape::Unknown
    }
}

/// Why a walk stops.
enum Stop {
    Ended,
    Broken,
}

/// The walk itself; `vouched` is moved on whenever an element is followed by what should follow.
fn steps(der: &[u8], vouched: &mut usize) -> Result<usize, Stop> {
    let outer = expect(der, 0, &[SEQUENCE])?;
    let signed = expect(der, outer.start, &[SEQUENCE])?;
    let version = expect(der, signed.start, &[VERSION, INTEGER])?;
    let serial = if version.tag == VERSION {
        expect(der, version.start, &[INTEGER])?;
        expect(der, version.end, &[INTEGER])?
    } else {
        version
    };
    let algorithm = expect(der, serial.end, &[SEQUENCE])?;
    expect(der, algorithm.start, &[OID])?;
    let issuer = expect(der, algorithm.end, &[SEQUENCE])?;
    let validity = expect(der, issuer.end, &[SEQUENCE])?;
    expect(der, validity.start, &[UTC_TIME, GENERALIZED_TIME])?;
    *vouched = issuer.end;
    let subject = expect(der, validity.end, &[SEQUENCE])?;
    *vouched = validity.end;
    let key = expect(der, subject.end, &[SEQUENCE])?;
    expect(der, key.start, &[SEQUENCE])?;
    *vouched = subject.end;
    let mut at = key.end;
    while at < signed.end {
        // issuerUniqueID, subjectUniqueID, extensions
        let optional = expect(der, at, &[0x81, 0xA1, 0x82, 0xA2, 0xA3])?;
        *vouched = at;
        at = optional.end;
    }
    if at != signed.end {
        return Err(Stop::Broken);
    }
    let repeated = expect(der, signed.end, &[SEQUENCE])?;
    expect(der, repeated.start, &[OID])?;
    *vouched = signed.end;
    let signature = expect(der, repeated.end, &[BIT_STRING])?;
    *vouched = repeated.end;
    if signature.end != outer.end {
        return Err(Stop::Broken);
    }
    if outer.end > der.len() {
        return Err(Stop::Ended);
    }
    Ok(outer.end)
}

/// The element at `at`, which must have one of these tags.
fn expect(der: &[u8], at: usize, tags: &[u8]) -> Result<Element, Stop> {
    let found = tag(der, at).ok_or(Stop::Ended)?;
    if !tags.contains(&found) {
        return Err(Stop::Broken);
    }
    match element(der, at) {
        Some(element) => Ok(element),
        None if at.saturating_add(5) >= der.len() => Err(Stop::Ended),
        None => Err(Stop::Broken),
    }
}

/// Whether bytes start like a private key in the clear.
fn is_private_key(der: &[u8]) -> bool {
    let Some(outer) = element(der, 0).filter(|outer| outer.tag == SEQUENCE) else {
        return false;
    };
    let Some([INTEGER, 0x01, version, rest @ ..]) = der.get(outer.start..) else {
        return false;
    };
    match (version, rest) {
        // PKCS#8 (RFC 5958 §2): the algorithm, then the key as octets. The parameters of an
        // elliptic curve (RFC 3279 §2.3.5) start alike, but another sequence follows.
        (0 | 1, [SEQUENCE, _, OID, ..]) => element(rest, 0).is_some_and(|algorithm| {
            tag(rest, algorithm.end).is_none_or(|next| next == OCTET_STRING)
        }),
        // PKCS#1 (RFC 8017 §A.1.2): the modulus, or for DSA as OpenSSL writes it, the prime.
        // SEC1 (RFC 5915 §3): the key as octets.
        (0 | 1, [INTEGER, 0x40..=0x7F | 0x81 | 0x82, ..] | [OCTET_STRING, 0x10..=0x7F, ..]) => true,
        (_, _) => false,
    }
}

fn tag(der: &[u8], at: usize) -> Option<u8> {
    der.get(at).copied()
}

/// The element whose tag stands at `at`. An indefinite length (BER) ends where the bytes end.
fn element(der: &[u8], at: usize) -> Option<Element> {
    let tag = tag(der, at)?;
    let head = at.checked_add(1)?;
    let length = *der.get(head)?;
    let body = head.checked_add(1)?;
    let (start, length) = match length {
        0..=0x7F => (body, usize::from(length)),
        0x80 => (body, der.len().saturating_sub(body)),
        0x81..=0x84 => {
            let start = body.checked_add(usize::from(length & 0x0F))?;
            let digits = der.get(body..start)?;
            let value = digits.iter().try_fold(0_usize, |value, digit| {
                value.checked_mul(256)?.checked_add(usize::from(*digit))
            })?;
            (start, value)
        }
        _ => return None,
    };
    let end = start.checked_add(length)?;
    Some(Element { tag, start, end })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pem::samples::{certificate, keys, tlv};

    #[test]
    fn a_certificate_is_walked_to_its_end() {
        let mut der = certificate();
        let length = der.len();
        assert_eq!(walk(&der), Walk::Complete(length));
        der.extend_from_slice(b"appended");
        assert_eq!(walk(&der), Walk::Complete(length));
        assert_eq!(shape(&der), Shape::Certificate);
    }

    #[test]
    fn no_prefix_of_a_certificate_is_called_another_thing() {
        let der = certificate();
        for length in 0..der.len() {
            let prefix = der.get(..length).expect("prefix");
            assert!(
                matches!(walk(prefix), Walk::Ended(whole) if whole <= length),
                "{length}"
            );
        }
    }

    #[test]
    fn keys_are_no_certificates() {
        for (name, key) in keys() {
            assert_eq!(walk(&key), Walk::Broken(0), "{name}");
            assert_eq!(shape(&key), Shape::PrivateKey, "{name}");
        }
    }

    #[test]
    fn a_key_inside_is_noticed_at_its_first_byte() {
        for (name, key) in keys().into_iter().filter(|(name, _)| *name != "encrypted") {
            let mut der = certificate();
            assert_eq!(key_start(&der), None);
            let length = der.len();
            der.extend_from_slice(&key);
            assert_eq!(key_start(&der), Some(length), "{name}");
        }
    }

    #[test]
    fn the_parameters_of_a_curve_are_no_key() {
        let field = tlv(0x30, &[&tlv(0x06, &[&[0x2A; 7]]), &tlv(0x02, &[&[1; 33]])]);
        let curve = tlv(0x30, &[&tlv(0x04, &[&[2; 32]])]);
        let parameters = tlv(0x30, &[&[0x02, 0x01, 0x01], &field, &curve]);
        assert_eq!(key_start(&parameters), None);
    }

    #[test]
    fn containers_are_told_apart() {
        let name = tlv(0x30, &[&tlv(0x31, &[&[0; 20]])]);
        let algorithm = tlv(0x30, &[&tlv(0x06, &[&[0x2A; 9]])]);
        let key = tlv(0x30, &[&algorithm, &tlv(0x03, &[&[0; 66]])]);
        let number: &[u8] = &[0x02, 0x01, 0x00];
        let request = tlv(0x30, &[&tlv(0x30, &[number, &name, &key]), &algorithm]);
        assert_eq!(shape(&request), Shape::CertificateRequest);
        let time = tlv(0x17, &[b"260101000000Z"]);
        let list = tlv(
            0x30,
            &[&tlv(0x30, &[&[0x02, 0x01, 0x01], &algorithm, &name, &time])],
        );
        assert_eq!(shape(&list), Shape::Crl);
        let signed = tlv(0x06, &[PKCS7_TYPES, &[0x02]]);
        assert_eq!(shape(&tlv(0x30, &[&signed, &[0xA0, 0x00]])), Shape::Pkcs7);
        let mut indefinite = vec![0x30, 0x80];
        indefinite.extend_from_slice(&signed);
        assert_eq!(shape(&indefinite), Shape::Pkcs7);
        let store = tlv(0x30, &[&[0x02, 0x01, 0x03], &tlv(0x30, &[&signed])]);
        assert_eq!(shape(&store), Shape::Pkcs12);
        assert_eq!(shape(b"0\x03abc"), Shape::Unknown);
    }
}
