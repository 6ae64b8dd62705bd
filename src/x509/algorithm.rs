//! Signature algorithms (RFC 3279, 4055, 5758, 8410).

/// The algorithm of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1(Digest),
    /// RSASSA-PSS with its parameters.
    RsaPss {
        /// Hash of the message.
        digest: Digest,
        /// Hash inside MGF1.
        mgf_digest: Digest,
        /// Salt length in octets.
        salt_len: usize,
    },
    /// ECDSA.
    Ecdsa(Digest),
    /// Ed25519.
    Ed25519,
    /// Any other, as dotted OID.
    Other(String),
}

/// A hash function.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the standard's own")]
pub enum Digest {
    Md2,
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}
