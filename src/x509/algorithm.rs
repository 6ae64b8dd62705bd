//! Signature algorithms (RFC 3279, 4055, 5758, 8410).

use std::fmt;

use super::der::{self, Reader, Tlv};
use super::{Error, Located};

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

impl Digest {
    /// The name in policies and facts.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Md2 => "md2",
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha224 => "sha224",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    fn from_oid(oid: &str) -> Option<Self> {
        Some(match oid {
            "1.2.840.113549.2.2" => Self::Md2,
            "1.2.840.113549.2.5" => Self::Md5,
            "1.3.14.3.2.26" => Self::Sha1,
            "2.16.840.1.101.3.4.2.4" => Self::Sha224,
            "2.16.840.1.101.3.4.2.1" => Self::Sha256,
            "2.16.840.1.101.3.4.2.2" => Self::Sha384,
            "2.16.840.1.101.3.4.2.3" => Self::Sha512,
            _ => return None,
        })
    }
}

impl SignatureAlgorithm {
    /// The hash function of the message; `None` where the algorithm has none of its own or is unknown.
    #[must_use]
    pub fn digest(&self) -> Option<Digest> {
        match self {
            Self::RsaPkcs1(digest) | Self::Ecdsa(digest) | Self::RsaPss { digest, .. } => {
                Some(*digest)
            }
            Self::Ed25519 | Self::Other(_) => None,
        }
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RsaPkcs1(digest) => write!(formatter, "{}WithRSAEncryption", digest.as_str()),
            Self::RsaPss {
                digest, salt_len, ..
            } => {
                write!(
                    formatter,
                    "RSASSA-PSS with {} and a salt of {salt_len}",
                    digest.as_str()
                )
            }
            Self::Ecdsa(digest) => {
                write!(formatter, "ecdsa-with-{}", digest.as_str().to_uppercase())
            }
            Self::Ed25519 => formatter.write_str("Ed25519"),
            Self::Other(oid) => write!(formatter, "algorithm {oid}"),
        }
    }
}

/// Reads an `AlgorithmIdentifier` SEQUENCE. What has an unknown OID or odd parameters is `Other`.
pub(super) fn read(der: &[u8], identifier: Tlv) -> Result<Located<SignatureAlgorithm>, Error> {
    let mut reader = Reader::within(der, identifier.content);
    let oid = reader.expect(der::OID, "signature algorithm")?;
    let dotted = der::dotted(oid.bytes(der)).ok_or_else(|| Error {
        span: oid.span,
        what: "signature algorithm: not an object identifier".to_owned(),
    })?;
    let value = match dotted.as_str() {
        "1.2.840.113549.1.1.2" => SignatureAlgorithm::RsaPkcs1(Digest::Md2),
        "1.2.840.113549.1.1.4" => SignatureAlgorithm::RsaPkcs1(Digest::Md5),
        "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" => SignatureAlgorithm::RsaPkcs1(Digest::Sha1),
        "1.2.840.113549.1.1.14" => SignatureAlgorithm::RsaPkcs1(Digest::Sha224),
        "1.2.840.113549.1.1.11" => SignatureAlgorithm::RsaPkcs1(Digest::Sha256),
        "1.2.840.113549.1.1.12" => SignatureAlgorithm::RsaPkcs1(Digest::Sha384),
        "1.2.840.113549.1.1.13" => SignatureAlgorithm::RsaPkcs1(Digest::Sha512),
        "1.2.840.113549.1.1.10" => {
            pss(der, reader).unwrap_or_else(|| SignatureAlgorithm::Other(dotted.clone()))
        }
        "1.2.840.10045.4.1" => SignatureAlgorithm::Ecdsa(Digest::Sha1),
        "1.2.840.10045.4.3.1" => SignatureAlgorithm::Ecdsa(Digest::Sha224),
        "1.2.840.10045.4.3.2" => SignatureAlgorithm::Ecdsa(Digest::Sha256),
        "1.2.840.10045.4.3.3" => SignatureAlgorithm::Ecdsa(Digest::Sha384),
        "1.2.840.10045.4.3.4" => SignatureAlgorithm::Ecdsa(Digest::Sha512),
        "1.3.101.112" => SignatureAlgorithm::Ed25519,
        _ => SignatureAlgorithm::Other(dotted.clone()),
    };
    Ok(Located {
        value,
        span: identifier.span,
    })
}

/// RSASSA-PSS-params with their defaults (RFC 4055 §3.1); `None` where they are not understood.
fn pss(der: &[u8], mut reader: Reader<'_>) -> Option<SignatureAlgorithm> {
    let parameters = reader.expect(der::SEQUENCE, "PSS parameters").ok()?;
    let mut fields = reader.enter(parameters);
    let mut field = |number| fields.optional(der::explicit(number), "PSS parameter").ok();
    let (hash, mgf, salt) = (field(0)?, field(1)?, field(2)?);
    let digest_of = |identifier: Option<Tlv>| -> Option<Digest> {
        let Some(identifier) = identifier else {
            return Some(Digest::Sha1);
        };
        let mut reader = Reader::within(der, identifier.content);
        let sequence = reader.expect(der::SEQUENCE, "hash algorithm").ok()?;
        let oid = reader
            .enter(sequence)
            .expect(der::OID, "hash algorithm")
            .ok()?;
        Digest::from_oid(&der::dotted(oid.bytes(der))?)
    };
    let mgf_digest = match mgf {
        None => Digest::Sha1,
        Some(mgf) => {
            let mut reader = Reader::within(der, mgf.content);
            let sequence = reader.expect(der::SEQUENCE, "mask generation").ok()?;
            let mut inner = reader.enter(sequence);
            let oid = inner.expect(der::OID, "mask generation").ok()?;
            // id-mgf1
            if der::dotted(oid.bytes(der))? != "1.2.840.113549.1.1.8" {
                return None;
            }
            let hash = inner.expect(der::SEQUENCE, "mask generation hash").ok()?;
            let oid = inner
                .enter(hash)
                .expect(der::OID, "mask generation hash")
                .ok()?;
            Digest::from_oid(&der::dotted(oid.bytes(der))?)?
        }
    };
    let salt_len = match salt {
        None => 20,
        Some(salt) => {
            let mut reader = Reader::within(der, salt.content);
            let value = reader.expect(der::INTEGER, "salt length").ok()?;
            match value.bytes(der) {
                [octet] if *octet < 0x80 => usize::from(*octet),
                [0, octet] => usize::from(*octet),
                [high, low] if *high < 0x80 => usize::from(u16::from_be_bytes([*high, *low])),
                _ => return None,
            }
        }
    };
    Some(SignatureAlgorithm::RsaPss {
        digest: digest_of(hash)?,
        mgf_digest,
        salt_len,
    })
}
