//! Public keys (RFC 5280 §4.1.2.7, RFC 3279, RFC 5480, RFC 8410).

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
