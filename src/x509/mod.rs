//! One certificate, parsed once into owned values that know where they stand in the DER.
//!
//! Values and places come from this module's own reading of the DER. `x509-parser` reads the same
//! bytes a second time; where the two disagree the certificate carries a [`Problem`]. Nothing here
//! judges: what a value should be is a matter of checks and policies.

#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

mod algorithm;
mod der;
mod extension_names;
mod extension_values;
mod extensions;
mod key;
mod name;
mod parse;
pub mod qc;
mod time;
pub mod weakness;

pub use algorithm::{Digest, SignatureAlgorithm};
pub use extension_names::{extension_name, purpose_name, purpose_oid, purpose_word, purposes};
pub use extensions::{
    AuthorityKeyIdentifier, BasicConstraints, Extension, Extensions, GeneralName, KeyUsage,
    KeyUsageBit, NameConstraints, RawExtension,
};
pub use key::{Curve, KEY_ALGORITHMS, KeyKind, NAMED_CURVES, PublicKey, RsaKey};
pub use name::{Attribute, AttributeType, Name};
pub use parse::Error;
pub use time::{Instant, SECONDS_A_DAY};

use ::time::OffsetDateTime;

use crate::span::DerSpan;

/// A value and the DER bytes that encode it (the whole TLV, unless said otherwise).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: DerSpan,
}

/// A certificate (RFC 5280 §4.1) with the place of every value.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// The DER encoding, without trailing bytes.
    pub der: Vec<u8>,
    /// SHA-256 of the DER encoding: the certificate's identity within a run.
    pub sha256: [u8; 32],
    /// 1, 2 or 3 (the encoded number plus one); 1 where the field is absent, with the serial's place.
    pub version: Located<u32>,
    /// Content octets of the serial INTEGER, big-endian two's complement.
    pub serial: Located<Vec<u8>>,
    /// The algorithm named beside the signature (§4.1.1.2).
    pub signature_algorithm: Located<SignatureAlgorithm>,
    /// Who issued it.
    pub issuer: Located<Name>,
    /// First instant of validity, inclusive; the place is the time's TLV.
    pub not_before: Located<Instant>,
    /// Last instant of validity, inclusive; the place is the time's TLV.
    pub not_after: Located<Instant>,
    /// The whole Validity SEQUENCE.
    pub validity: DerSpan,
    /// Whose it is.
    pub subject: Located<Name>,
    /// The key; the place is the whole `SubjectPublicKeyInfo`.
    pub public_key: Located<PublicKey>,
    /// All extensions.
    pub extensions: Extensions,
    /// The part that is signed.
    pub tbs: DerSpan,
    /// The content of the signature BIT STRING, without its unused-bits octet.
    pub signature: DerSpan,
    /// What is wrong with the encoding although the certificate could be read.
    pub problems: Vec<Problem>,
    /// Weaknesses of the key, computed when first asked for.
    weaknesses: std::sync::OnceLock<Vec<weakness::Weakness>>,
}

/// By what a certificate is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// Whose it is.
    pub subject: Name,
    /// SHA-256 of its `SubjectPublicKeyInfo`.
    pub spki_sha256: [u8; 32],
}

/// Something wrong with a certificate's encoding, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Problem {
    /// The bytes that are wrong.
    pub span: DerSpan,
    /// What is wrong, a clause without a capital or full stop.
    pub what: String,
}

/// A field of a certificate that a finding can point at; the names are those of facts and
/// policies (`point_at`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The certificate as a whole.
    Certificate,
    /// Version number.
    Version,
    /// Serial number.
    SerialNumber,
    /// The outer signature algorithm.
    SignatureAlgorithm,
    /// The signature's bytes.
    Signature,
    /// Issuer name.
    Issuer,
    /// Both instants.
    Validity,
    /// First instant.
    NotBefore,
    /// Last instant.
    NotAfter,
    /// Subject name.
    Subject,
    /// Key with its algorithm.
    PublicKey,
    /// Basic constraints.
    BasicConstraints,
    /// Key usage.
    KeyUsage,
    /// Extended key usage.
    ExtendedKeyUsage,
    /// Subject alternative names.
    SubjectAlternativeName,
    /// Authority key identifier.
    AuthorityKeyIdentifier,
    /// Subject key identifier.
    SubjectKeyIdentifier,
    /// Name constraints.
    NameConstraints,
    /// Certificate policies.
    CertificatePolicies,
    /// Authority information access.
    AuthorityInformationAccess,
    /// CRL distribution points.
    CrlDistributionPoints,
    /// Qualified certificate statements.
    QcStatements,
    /// An extension that has no field of its own.
    Extension,
}

impl Field {
    /// All fields.
    pub const ALL: [Self; 23] = [
        Self::Certificate,
        Self::Version,
        Self::SerialNumber,
        Self::SignatureAlgorithm,
        Self::Signature,
        Self::Issuer,
        Self::Validity,
        Self::NotBefore,
        Self::NotAfter,
        Self::Subject,
        Self::PublicKey,
        Self::BasicConstraints,
        Self::KeyUsage,
        Self::ExtendedKeyUsage,
        Self::SubjectAlternativeName,
        Self::AuthorityKeyIdentifier,
        Self::SubjectKeyIdentifier,
        Self::NameConstraints,
        Self::CertificatePolicies,
        Self::AuthorityInformationAccess,
        Self::CrlDistributionPoints,
        Self::QcStatements,
        Self::Extension,
    ];

    /// The name in reports, facts and policies.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Version => "version",
            Self::SerialNumber => "serial_number",
            Self::SignatureAlgorithm => "signature_algorithm",
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Validity => "validity",
            Self::NotBefore => "not_before",
            Self::NotAfter => "not_after",
            Self::Subject => "subject",
            Self::PublicKey => "public_key",
            Self::BasicConstraints => "basic_constraints",
            Self::KeyUsage => "key_usage",
            Self::ExtendedKeyUsage => "extended_key_usage",
            Self::SubjectAlternativeName => "subject_alternative_name",
            Self::AuthorityKeyIdentifier => "authority_key_identifier",
            Self::SubjectKeyIdentifier => "subject_key_identifier",
            Self::NameConstraints => "name_constraints",
            Self::CertificatePolicies => "certificate_policies",
            Self::AuthorityInformationAccess => "authority_information_access",
            Self::CrlDistributionPoints => "crl_distribution_points",
            Self::QcStatements => "qc_statements",
            Self::Extension => "extension",
        }
    }
}

impl Certificate {
    /// Reads one certificate from DER.
    ///
    /// Bytes after the certificate and departures from DER that leave it readable become
    /// [`Certificate::problems`].
    ///
    /// # Errors
    /// When the bytes are no certificate at all, with the place where reading broke off.
    pub fn parse(der: &[u8]) -> Result<Self, Error> {
        parse::certificate(der)
    }

    /// Subject and key alone, read out of DER that is trusted to be a certificate.
    ///
    /// # Errors
    /// When the bytes up to there are none of a certificate, with the place where reading broke off.
    pub fn outline(der: &[u8]) -> Result<Outline, Error> {
        parse::outline(der)
    }

    /// Where a field stands; for an absent extension the whole extensions block, for an absent
    /// block the whole certificate.
    #[must_use]
    pub fn span_of(&self, field: Field) -> DerSpan {
        let whole = DerSpan::new(0, self.der.len());
        let extensions = &self.extensions;
        let found = match field {
            Field::Certificate => Some(whole),
            Field::Version => Some(self.version.span),
            Field::SerialNumber => Some(self.serial.span),
            Field::SignatureAlgorithm => Some(self.signature_algorithm.span),
            Field::Signature => Some(self.signature),
            Field::Issuer => Some(self.issuer.span),
            Field::Validity => Some(self.validity),
            Field::NotBefore => Some(self.not_before.span),
            Field::NotAfter => Some(self.not_after.span),
            Field::Subject => Some(self.subject.span),
            Field::PublicKey => Some(self.public_key.span),
            Field::BasicConstraints => extensions.basic_constraints.span(),
            Field::KeyUsage => extensions.key_usage.span(),
            Field::ExtendedKeyUsage => extensions.extended_key_usage.span(),
            Field::SubjectAlternativeName => extensions.subject_alternative_name.span(),
            Field::AuthorityKeyIdentifier => extensions.authority_key_identifier.span(),
            Field::SubjectKeyIdentifier => extensions.subject_key_identifier.span(),
            Field::NameConstraints => extensions.name_constraints.span(),
            Field::CertificatePolicies => extensions.certificate_policies.span(),
            Field::AuthorityInformationAccess => extensions.authority_information_access.span(),
            Field::CrlDistributionPoints => extensions.crl_distribution_points.span(),
            Field::QcStatements => extensions.qc_statements.span(),
            Field::Extension => extensions.span,
        };
        found.or(extensions.span).unwrap_or(whole)
    }

    /// Whether issuer and subject are the same name (RFC 5280 §6.1: self-issued).
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.issuer.value.matches(&self.subject.value)
    }

    /// Whether basicConstraints says CA:TRUE.
    #[must_use]
    pub fn is_ca(&self) -> bool {
        self.extensions
            .basic_constraints
            .value()
            .is_some_and(|constraints| constraints.ca)
    }

    /// Whether an instant lies within its validity, both ends included (RFC 5280 §4.1.2.5).
    #[must_use]
    pub fn is_valid_at(&self, now: OffsetDateTime) -> bool {
        self.not_before.value.seconds_since(now) <= 0
            && self.not_after.value.seconds_until(now) <= 0
    }

    /// The part that the signature covers.
    #[must_use]
    pub fn tbs_bytes(&self) -> &[u8] {
        self.tbs.of(&self.der)
    }

    /// The signature.
    #[must_use]
    pub fn signature_bytes(&self) -> &[u8] {
        self.signature.of(&self.der)
    }

    /// The serial number as hexadecimal octets with colons between them.
    #[must_use]
    pub fn serial_hex(&self) -> String {
        let octets: Vec<String> = self
            .serial
            .value
            .iter()
            .map(|octet| format!("{octet:02x}"))
            .collect();
        octets.join(":")
    }

    /// Whether the serial number is below zero.
    #[must_use]
    pub fn serial_is_negative(&self) -> bool {
        self.serial
            .value
            .first()
            .is_some_and(|octet| octet & 0x80 != 0)
    }

    /// How many bits the serial number has without leading zeros; 0 where it is zero.
    #[must_use]
    pub fn serial_bits(&self) -> usize {
        let mut octets = self.serial.value.iter().skip_while(|octet| **octet == 0);
        let Some(first) = octets.next() else { return 0 };
        let leading = usize::try_from(first.leading_zeros()).unwrap_or_default();
        octets
            .count()
            .saturating_add(1)
            .saturating_mul(8)
            .saturating_sub(leading)
    }

    /// Weaknesses of the public key; the first call computes them (bounded cost, see `weakness`).
    #[must_use]
    pub fn weaknesses(&self) -> &[weakness::Weakness] {
        self.weaknesses
            .get_or_init(|| weakness::find(&self.public_key.value))
    }
}
