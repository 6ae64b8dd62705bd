//! Extensions (RFC 5280 §4.2): absent, read, or malformed, each told apart.

use super::der::{self, Reader};
use super::extension_names::extension_name;
use super::extension_values as values;
use super::qc::{self, QcStatements};
use super::{Error, Located, Name, Problem};
use crate::span::DerSpan;

/// Extensions a certificate; real ones have about ten, and each is looked up in the others.
const MAX_EXTENSIONS: usize = 256;

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
    /// 1.3.6.1.5.5.7.1.3
    pub qc_statements: Extension<QcStatements>,
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

impl KeyUsageBit {
    /// Its number in the BIT STRING (RFC 5280 §4.2.1.3).
    #[must_use]
    pub fn number(self) -> usize {
        match self {
            Self::DigitalSignature => 0,
            Self::ContentCommitment => 1,
            Self::KeyEncipherment => 2,
            Self::DataEncipherment => 3,
            Self::KeyAgreement => 4,
            Self::KeyCertSign => 5,
            Self::CrlSign => 6,
            Self::EncipherOnly => 7,
            Self::DecipherOnly => 8,
        }
    }

    /// All bits, in bit order.
    pub const ALL: [Self; 9] = [
        Self::DigitalSignature,
        Self::ContentCommitment,
        Self::KeyEncipherment,
        Self::DataEncipherment,
        Self::KeyAgreement,
        Self::KeyCertSign,
        Self::CrlSign,
        Self::EncipherOnly,
        Self::DecipherOnly,
    ];

    /// The name as OpenSSL and the standard write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DigitalSignature => "digitalSignature",
            Self::ContentCommitment => "nonRepudiation",
            Self::KeyEncipherment => "keyEncipherment",
            Self::DataEncipherment => "dataEncipherment",
            Self::KeyAgreement => "keyAgreement",
            Self::KeyCertSign => "keyCertSign",
            Self::CrlSign => "cRLSign",
            Self::EncipherOnly => "encipherOnly",
            Self::DecipherOnly => "decipherOnly",
        }
    }
}

/// Reads the `[3]` field. Malformed extensions and repeated ones become problems.
pub(super) fn read(
    der: &[u8],
    field: der::Tlv,
    problems: &mut Vec<Problem>,
) -> Result<Extensions, Error> {
    const WHAT: &str = "extensions";
    let mut reader = Reader::within(der, field.content);
    let list = reader.expect(der::SEQUENCE, WHAT)?;
    reader.finish(WHAT)?;
    let mut list = reader.enter(list);
    let mut extensions = Extensions {
        span: Some(field.span),
        ..Extensions::default()
    };
    while !list.is_empty() {
        let extension = list.expect(der::SEQUENCE, "extension")?;
        if extensions.all.len() >= MAX_EXTENSIONS {
            let what = format!("extensions: more than {MAX_EXTENSIONS} of them");
            return Err(Error {
                span: extension.span,
                what,
            });
        }
        let mut fields = list.enter(extension);
        let oid = fields.expect(der::OID, "extension")?;
        let oid = der::dotted(oid.bytes(der)).ok_or_else(|| Error {
            span: oid.span,
            what: "extension: not an object identifier".to_owned(),
        })?;
        let critical = fields.optional(der::BOOLEAN, "extension")?;
        let critical = critical.is_some_and(|flag| flag.bytes(der) != [0]);
        let value = fields.expect(der::OCTET_STRING, "extension")?;
        fields.finish("extension")?;
        let raw = RawExtension {
            oid,
            critical,
            span: extension.span,
            value: value.content,
        };
        if extensions.all.iter().any(|earlier| earlier.oid == raw.oid) {
            let shown = extension_name(&raw.oid).unwrap_or(&raw.oid);
            problems.push(Problem {
                span: raw.span,
                what: format!("the extension {shown} is there twice (RFC 5280 4.2)"),
            });
        } else if let Some(problem) = extensions.take(der, &raw) {
            problems.push(problem);
        }
        extensions.all.push(raw);
    }
    if extensions.all.is_empty() {
        problems.push(Problem {
            span: field.span,
            what: "the list of extensions is empty".to_owned(),
        });
    }
    if let Some(statements) = extensions.qc_statements.value() {
        let found = qc::problems(statements);
        problems.extend(der::bounded(found, "faults of statements"));
    }
    Ok(extensions)
}

impl Extensions {
    /// Reads a known extension into its field.
    fn take(&mut self, der: &[u8], raw: &RawExtension) -> Option<Problem> {
        match raw.oid.as_str() {
            "2.5.29.19" => put(
                &mut self.basic_constraints,
                der,
                raw,
                values::basic_constraints,
            ),
            "2.5.29.15" => put(&mut self.key_usage, der, raw, values::key_usage),
            "2.5.29.37" => put(
                &mut self.extended_key_usage,
                der,
                raw,
                values::extended_key_usage,
            ),
            "2.5.29.17" => put(
                &mut self.subject_alternative_name,
                der,
                raw,
                values::subject_alternative_name,
            ),
            "2.5.29.35" => put(
                &mut self.authority_key_identifier,
                der,
                raw,
                values::authority_key_identifier,
            ),
            "2.5.29.14" => put(
                &mut self.subject_key_identifier,
                der,
                raw,
                values::subject_key_identifier,
            ),
            "2.5.29.30" => put(
                &mut self.name_constraints,
                der,
                raw,
                values::name_constraints,
            ),
            "2.5.29.32" => put(
                &mut self.certificate_policies,
                der,
                raw,
                values::certificate_policies,
            ),
            "1.3.6.1.5.5.7.1.1" => put(
                &mut self.authority_information_access,
                der,
                raw,
                values::authority_information_access,
            ),
            "2.5.29.31" => put(
                &mut self.crl_distribution_points,
                der,
                raw,
                values::crl_distribution_points,
            ),
            "1.3.6.1.5.5.7.1.3" => put(&mut self.qc_statements, der, raw, qc::qc_statements),
            _ => None,
        }
    }
}

fn put<T>(
    field: &mut Extension<T>,
    der: &[u8],
    raw: &RawExtension,
    read: fn(&[u8], DerSpan) -> Result<T, Error>,
) -> Option<Problem> {
    match read(der, raw.value) {
        Ok(value) => {
            let value = Located {
                value,
                span: raw.span,
            };
            *field = Extension::Present {
                value,
                critical: raw.critical,
            };
            None
        }
        Err(error) => {
            *field = Extension::Malformed {
                span: raw.span,
                why: error.what.clone(),
            };
            Some(Problem {
                span: error.span,
                what: error.what,
            })
        }
    }
}
