//! Public keys (RFC 5280 §4.1.2.7, RFC 3279, RFC 5480, RFC 8410).

use std::fmt;

use sha2::{Digest, Sha256};

use super::der::{self, Reader, Tlv};
use super::{Error, Located};
use crate::span::DerSpan;

/// A subject public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// Algorithm and key material.
    pub kind: KeyKind,
    /// SHA-256 of the whole `SubjectPublicKeyInfo`: the key's identity.
    pub spki_sha256: [u8; 32],
    /// The content of the subjectPublicKey BIT STRING, without its unused-bits octet.
    pub bits: DerSpan,
}

/// What kind of key it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyKind {
    /// rsaEncryption.
    Rsa(RsaKey),
    /// RSASSA-PSS (1.2.840.113549.1.1.10): an RSA key for PSS signatures alone.
    RsaPss(RsaKey),
    /// id-ecPublicKey on a named curve.
    Ec(Curve),
    /// Ed25519.
    Ed25519,
    /// Ed448.
    Ed448,
    /// DSA.
    Dsa,
    /// Any other algorithm, or one of the above whose key does not parse.
    Unknown {
        /// The algorithm's OID, dotted.
        oid: String,
        /// Why it is not one of the others.
        why: String,
    },
}

/// RSA numbers as unsigned big-endian octets without leading zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RsaKey {
    /// n.
    pub modulus: Vec<u8>,
    /// e.
    pub exponent: Vec<u8>,
    /// The INTEGER of n.
    pub modulus_span: DerSpan,
    /// The INTEGER of e.
    pub exponent_span: DerSpan,
}

/// Named curves (RFC 5480 §2.1.1.1, SEC 2, RFC 5639).
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the standard's own")]
pub enum Curve {
    P256,
    P384,
    P521,
    /// Any other, as dotted OID; `explicit` for parameters written out.
    Other(String),
}

impl PublicKey {
    /// The RSA numbers, where it is an RSA key.
    #[must_use]
    pub fn rsa(&self) -> Option<&RsaKey> {
        match &self.kind {
            KeyKind::Rsa(key) | KeyKind::RsaPss(key) => Some(key),
            KeyKind::Ec(_)
            | KeyKind::Ed25519
            | KeyKind::Ed448
            | KeyKind::Dsa
            | KeyKind::Unknown { .. } => None,
        }
    }

    /// The algorithm's name in policies: rsa, rsa-pss, ec, ed25519, ed448, dsa, or a dotted OID.
    #[must_use]
    pub fn algorithm_name(&self) -> &str {
        match &self.kind {
            KeyKind::Rsa(_) => "rsa",
            KeyKind::RsaPss(_) => "rsa-pss",
            KeyKind::Ec(_) => "ec",
            KeyKind::Ed25519 => "ed25519",
            KeyKind::Ed448 => "ed448",
            KeyKind::Dsa => "dsa",
            KeyKind::Unknown { oid, .. } => oid,
        }
    }
}

/// The names that [`PublicKey::algorithm_name`] gives to algorithms that are known.
pub const KEY_ALGORITHMS: [&str; 6] = ["rsa", "rsa-pss", "ec", "ed25519", "ed448", "dsa"];

impl RsaKey {
    /// The size of the modulus in bits.
    #[must_use]
    pub fn bits(&self) -> usize {
        let leading = self
            .modulus
            .first()
            .map_or(0, |octet| octet.leading_zeros());
        let leading = usize::try_from(leading).unwrap_or_default();
        self.modulus.len().saturating_mul(8).saturating_sub(leading)
    }
}

/// The names of curves in policies and facts; `explicit` is one whose parameters are written out.
pub const NAMED_CURVES: [&str; 4] = ["P-256", "P-384", "P-521", "explicit"];

impl Curve {
    /// The name in policies and facts, or the OID.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::Other(oid) => oid,
        }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            KeyKind::Rsa(key) => write!(formatter, "RSA, {} bits", key.bits()),
            KeyKind::RsaPss(key) => write!(formatter, "RSASSA-PSS, {} bits", key.bits()),
            KeyKind::Ec(curve) => write!(formatter, "EC, {}", curve.as_str()),
            KeyKind::Ed25519 => formatter.write_str("Ed25519"),
            KeyKind::Ed448 => formatter.write_str("Ed448"),
            KeyKind::Dsa => formatter.write_str("DSA"),
            KeyKind::Unknown { oid, why } => write!(formatter, "algorithm {oid} ({why})"),
        }
    }
}

/// Reads a `SubjectPublicKeyInfo` SEQUENCE.
pub(super) fn read(der: &[u8], spki: Tlv) -> Result<Located<PublicKey>, Error> {
    let mut reader = Reader::within(der, spki.content);
    let algorithm = reader.expect(der::SEQUENCE, "public key algorithm")?;
    let mut identifier = reader.enter(algorithm);
    let oid = identifier.expect(der::OID, "public key algorithm")?;
    let bits = reader.expect(der::BIT_STRING, "public key")?;
    reader.finish("public key")?;
    let content = bits.content;
    // The first octet counts unused bits (X.690 §8.6.2.2).
    let bits = DerSpan::new(
        content.start.saturating_add(1).min(content.end),
        content.end,
    );
    let dotted = der::dotted(oid.bytes(der)).unwrap_or_default();
    let rsa = || rsa(der, bits).map_err(|error| error.what);
    let kind = match dotted.as_str() {
        "1.2.840.113549.1.1.1" => rsa().map(KeyKind::Rsa),
        "1.2.840.113549.1.1.10" => rsa().map(KeyKind::RsaPss),
        "1.2.840.10045.2.1" => Ok(KeyKind::Ec(curve(der, &mut identifier))),
        "1.3.101.112" => Ok(KeyKind::Ed25519),
        "1.3.101.113" => Ok(KeyKind::Ed448),
        "1.2.840.10040.4.1" => Ok(KeyKind::Dsa),
        _ => Err("not an algorithm known here".to_owned()),
    };
    let kind = kind.unwrap_or_else(|why| KeyKind::Unknown { oid: dotted, why });
    let spki_sha256 = Sha256::digest(spki.span.of(der)).into();
    Ok(Located {
        value: PublicKey {
            kind,
            spki_sha256,
            bits,
        },
        span: spki.span,
    })
}

/// `RSAPublicKey` (RFC 8017 §A.1.1).
fn rsa(der: &[u8], bits: DerSpan) -> Result<RsaKey, Error> {
    let mut reader = Reader::within(der, bits);
    let sequence = reader.expect(der::SEQUENCE, "RSA key")?;
    reader.finish("RSA key")?;
    let mut numbers = reader.enter(sequence);
    let modulus = numbers.expect(der::INTEGER, "RSA modulus")?;
    let exponent = numbers.expect(der::INTEGER, "RSA exponent")?;
    numbers.finish("RSA key")?;
    Ok(RsaKey {
        modulus: magnitude(der, modulus)?,
        exponent: magnitude(der, exponent)?,
        modulus_span: modulus.span,
        exponent_span: exponent.span,
    })
}

/// The octets of a non-negative INTEGER without leading zeros.
fn magnitude(der: &[u8], integer: Tlv) -> Result<Vec<u8>, Error> {
    let content = integer.bytes(der);
    if content.first().is_none_or(|octet| octet & 0x80 != 0) {
        let what = "RSA key: a number is negative".to_owned();
        return Err(Error {
            span: integer.span,
            what,
        });
    }
    Ok(content
        .iter()
        .copied()
        .skip_while(|octet| *octet == 0)
        .collect())
}

fn curve(der: &[u8], identifier: &mut Reader<'_>) -> Curve {
    let Ok(parameters) = identifier.next("curve") else {
        return Curve::Other("none".to_owned());
    };
    if parameters.tag != der::OID {
        return Curve::Other("explicit parameters".to_owned());
    }
    match der::dotted(parameters.bytes(der))
        .unwrap_or_default()
        .as_str()
    {
        "1.2.840.10045.3.1.7" => Curve::P256,
        "1.3.132.0.34" => Curve::P384,
        "1.3.132.0.35" => Curve::P521,
        other => Curve::Other(other.to_owned()),
    }
}
