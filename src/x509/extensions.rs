//! Extensions (RFC 5280 §4.2): absent, read, or malformed, each told apart.

use super::{Located, Name};
use crate::span::DerSpan;

/// An extension of a known kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Extension<T> {
    /// The certificate does not have it.
    #[default]
    Absent,
    /// It has it, and it reads well.
    Present {
        /// The value; the place is the whole Extension SEQUENCE.
        value: Located<T>,
        /// Its critical flag.
        critical: bool,
    },
    /// It has it, but its value does not parse.
    Malformed {
        /// The whole Extension SEQUENCE.
        span: DerSpan,
        /// Why, a clause without a capital or full stop.
        why: String,
    },
}

impl<T> Extension<T> {
    /// The value, where the extension is present and reads well.
    #[must_use]
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Present { value, .. } => Some(&value.value),
            Self::Absent | Self::Malformed { .. } => None,
        }
    }

    /// The Extension SEQUENCE, where there is one.
    #[must_use]
    pub fn span(&self) -> Option<DerSpan> {
        match self {
            Self::Present { value, .. } => Some(value.span),
            Self::Malformed { span, .. } => Some(*span),
            Self::Absent => None,
        }
    }

    /// Whether the certificate has no such extension.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

/// All extensions of a certificate.
#[derive(Debug, Clone, Default)]
pub struct Extensions {
    /// The whole `[3]` field, where there is one.
    pub span: Option<DerSpan>,
    /// Every extension in encoded order.
    pub all: Vec<RawExtension>,
    /// 2.5.29.19
    pub basic_constraints: Extension<BasicConstraints>,
    /// 2.5.29.15
    pub key_usage: Extension<KeyUsage>,
    /// 2.5.29.37: purpose OIDs, dotted, in encoded order.
    pub extended_key_usage: Extension<Vec<String>>,
    /// 2.5.29.17
    pub subject_alternative_name: Extension<Vec<Located<GeneralName>>>,
    /// 2.5.29.35
    pub authority_key_identifier: Extension<AuthorityKeyIdentifier>,
    /// 2.5.29.14: the identifier's octets.
    pub subject_key_identifier: Extension<Vec<u8>>,
    /// 2.5.29.30
    pub name_constraints: Extension<NameConstraints>,
    /// 2.5.29.32: policy OIDs, dotted.
    pub certificate_policies: Extension<Vec<String>>,
    /// 1.3.6.1.5.5.7.1.1: the URIs of all access methods.
    pub authority_information_access: Extension<Vec<String>>,
    /// 2.5.29.31: the URIs of all full names.
    pub crl_distribution_points: Extension<Vec<String>>,
    /// 1.3.6.1.5.5.7.1.3: statement OIDs and QcType values, dotted (QcTypes as they stand in the statement).
    pub qc_statements: Extension<QcStatements>,
}

/// What the class of a chain needs to know of the QcStatements (RFC 3739, EN 319 412-5).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QcStatements {
    /// statementId of each statement, dotted.
    pub ids: Vec<String>,
    /// The OIDs inside the QcType statement, dotted.
    pub types: Vec<String>,
}

/// One extension as encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawExtension {
    /// extnID, dotted.
    pub oid: String,
    /// The critical flag.
    pub critical: bool,
    /// The whole Extension SEQUENCE.
    pub span: DerSpan,
    /// The content of the OCTET STRING.
    pub value: DerSpan,
}

/// RFC 5280 §4.2.1.9.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BasicConstraints {
    /// `cA`.
    pub ca: bool,
    /// `pathLenConstraint`: how many intermediates may follow.
    pub path_len: Option<u32>,
}

/// RFC 5280 §4.2.1.3: the bits that are set, in bit order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyUsage(pub Vec<KeyUsageBit>);

/// A bit of `keyUsage`; the names in policies are `snake_case`.
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
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the standard's own")]
pub enum KeyUsageBit {
    DigitalSignature,
    ContentCommitment,
    KeyEncipherment,
    DataEncipherment,
    KeyAgreement,
    KeyCertSign,
    CrlSign,
    EncipherOnly,
    DecipherOnly,
}

/// RFC 5280 §4.2.1.1.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuthorityKeyIdentifier {
    /// `keyIdentifier`.
    pub key_identifier: Option<Vec<u8>>,
    /// A directory name in `authorityCertIssuer`.
    pub issuer: Option<Name>,
    /// Content octets of `authorityCertSerialNumber`.
    pub serial: Option<Vec<u8>>,
}

/// RFC 5280 §4.2.1.6.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GeneralName {
    /// dNSName.
    Dns(String),
    /// rfc822Name.
    Email(String),
    /// uniformResourceIdentifier.
    Uri(String),
    /// iPAddress: 4 or 16 octets in a SAN, 8 or 32 in a name constraint (others kept as they are).
    Ip(Vec<u8>),
    /// directoryName.
    Directory(Name),
    /// registeredID, dotted.
    RegisteredId(String),
    /// otherName, x400Address, ediPartyName: the context tag number.
    Other(u32),
}

/// RFC 5280 §4.2.1.10.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NameConstraints {
    /// permittedSubtrees' bases; `None` where the field is absent.
    pub permitted: Option<Vec<GeneralName>>,
    /// excludedSubtrees' bases.
    pub excluded: Option<Vec<GeneralName>>,
}
