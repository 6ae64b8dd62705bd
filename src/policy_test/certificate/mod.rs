//! Certificates made to order: what a case says of one.

mod extensions;
mod recipe;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::schema;
use crate::synth::keys::Scheme;
use crate::x509::KeyUsageBit;
use crate::yaml::{Located, Node};

pub(super) use recipe::Reading;

/// A certificate made to order. What is not given is as in a certificate that nothing is wrong with: leaves live
/// for 750 days, CAs for 3650, from 30 days before the case's instant on; keys are RSA with 2048 bits.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Certificate")]
pub(super) struct CertificateDocument {
    /// Whether it is an end entity or a CA; what its name does not tell.
    kind: Option<Kind>,
    /// The certificate of this chain that signs it, by name; itself, where that is its own name. Without it, the
    /// next CA of the chain.
    pub(super) issued_by: Option<Located<String>>,
    /// The subject's attributes in order, by their names in facts (`common_name`) or their OIDs; a list for several
    /// of one type.
    #[serde(default)]
    #[schemars(schema_with = "schema::name")]
    subject: Option<Node>,
    /// The issuer's name, where it is not the subject of who signs.
    #[serde(default)]
    #[schemars(schema_with = "schema::name")]
    issuer: Option<Node>,
    /// The key: `rsa-BITS` from 16 bits on, `rsa-pss-BITS` for one that is for RSASSA-PSS alone, `p-256`, `p-384`,
    /// `p-521`, `ed25519`, and RSA keys of 2048 bits that are weak: `roca`, `close-primes`, `small-factor` (which
    /// cannot sign). Without it, `rsa-2048`.
    key: Option<Located<String>>,
    /// The public exponent of an RSA key with 2048 bits; with another one than 65537 it cannot sign.
    rsa_exponent: Option<Located<u64>>,
    /// The certificate of this chain whose key it shares, by name.
    key_of: Option<Located<String>>,
    /// The first instant: a day, or RFC 3339.
    not_before: Option<Located<String>>,
    /// The last instant: a day, or RFC 3339.
    not_after: Option<Located<String>>,
    /// How many days it lives, instead of `not_after`.
    days: Option<Located<i64>>,
    /// How many seconds more than `days`; less, where it is negative.
    seconds: Option<Located<i64>>,
    /// The serial number's octets, in hexadecimal, sign and all.
    serial_number: Option<Located<String>>,
    /// The version of X.509: 1, 2 or 3. Below 3 it has no extensions.
    version: Option<Located<u8>>,
    /// Whether it is a CA, and how many CAs may stand below it; both as they are given, whatever they mean together.
    basic_constraints: Option<BasicConstraints>,
    /// Key usages.
    key_usage: Option<Vec<KeyUsageBit>>,
    /// Purposes: `server_auth`, `client_auth`, `any`, or OIDs.
    extended_key_usage: Option<Vec<Located<String>>>,
    /// Names beside the subject.
    subject_alternative_name: Option<AlternativeNames>,
    /// Hosts that names below this CA may or may not have.
    name_constraints: Option<NameConstraints>,
    /// Policies, as OIDs.
    certificate_policies: Option<Vec<Located<String>>>,
    /// Statements of a qualified certificate.
    qc_statements: Option<Statements>,
    /// The identifier of its key, in hexadecimal, where it is not the customary one.
    subject_key_identifier: Option<Located<String>>,
    /// The identifier of the issuer's key, in hexadecimal, where it is not the one that the issuer has.
    authority_key_identifier: Option<Located<String>>,
    /// The address of a revocation list.
    crl_distribution_point: Option<String>,
    /// The address of the issuer's certificate.
    authority_information_access: Option<String>,
    /// Extensions as they stand, by OID: the value's DER in hexadecimal.
    extensions: Option<BTreeMap<String, Located<String>>>,
    /// Extensions that are left out, by the names above or their OIDs.
    without: Option<Vec<Located<String>>>,
    /// Extensions that are critical, by the names above or their OIDs.
    critical: Option<Vec<Located<String>>>,
    /// Extensions that are not critical.
    not_critical: Option<Vec<Located<String>>>,
    /// How it is signed; without it, as is customary for the signer's key. `pss` is RSASSA-PSS with SHA-256 and a
    /// salt of 32 octets.
    pub(super) signature: Option<Located<Signature>>,
    /// The signature is damaged.
    #[serde(default)]
    broken_signature: bool,
    /// Octets behind the certificate inside of its block, in hexadecimal.
    trailing: Option<Located<String>>,
}

/// An end entity or a CA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// An end entity.
    Leaf,
    /// A CA.
    Ca,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = schema::partial)]
struct BasicConstraints {
    /// Whether it is a CA.
    ca: bool,
    /// How many CAs may stand below it.
    path_length: Option<u8>,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct AlternativeNames {
    /// Hosts.
    dns: Vec<String>,
    /// URIs.
    uris: Vec<String>,
    /// Mail addresses.
    emails: Vec<String>,
    /// IP addresses.
    ips: Vec<Located<String>>,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct NameConstraints {
    /// Hosts that names may be below.
    permitted: Vec<String>,
    /// Hosts that they may not be below.
    excluded: Vec<String>,
}

/// Statements of EN 319 412-5 and TS 119 495.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Statements {
    /// QcCompliance.
    compliance: bool,
    /// QcSSCD.
    sscd: bool,
    /// QcType: `web`, `esign`, `eseal`, or OIDs.
    types: Vec<Located<String>>,
    /// QcPDS: languages with the addresses of their disclosure statements.
    disclosures: BTreeMap<String, String>,
    /// QcCClegislation: countries.
    legislation: Vec<String>,
    /// The statement of PSD2.
    psd2: Option<Psd2>,
    /// A statement without information, by its OID.
    others: Vec<Located<String>>,
}

/// The statement of TS 119 495, 5.1.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = schema::partial)]
struct Psd2 {
    /// Roles by name (`PSP_AI`); a role of another name or OID is written `NAME OID`.
    roles: Vec<Located<String>>,
    /// The authority's name.
    #[serde(default = "Psd2::nca_name")]
    nca_name: String,
    /// The authority's identifier.
    #[serde(default = "Psd2::nca_id")]
    nca_id: String,
    /// Roles are written flat, as some software does: one SEQUENCE around all of them, instead of one around each.
    #[serde(default)]
    flat_roles: bool,
}

impl Psd2 {
    fn nca_name() -> String {
        "Lietuvos bankas".to_owned()
    }

    fn nca_id() -> String {
        "LT-BL".to_owned()
    }
}

/// How a certificate is signed.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Signature {
    /// Over MD2, as it says; the signature verifies nowhere. RSA alone.
    Md2,
    /// Over MD5; RSA alone.
    Md5,
    /// Over SHA-1.
    Sha1,
    /// Over SHA-224.
    Sha224,
    /// Over SHA-256.
    Sha256,
    /// Over SHA-384.
    Sha384,
    /// Over SHA-512.
    Sha512,
    /// RSASSA-PSS with SHA-256.
    Pss,
}

impl Signature {
    pub(super) fn scheme(self) -> Scheme {
        match self {
            Self::Md2 => Scheme::Md2,
            Self::Md5 => Scheme::Md5,
            Self::Sha1 => Scheme::Sha1,
            Self::Sha224 => Scheme::Sha224,
            Self::Sha256 => Scheme::Sha256,
            Self::Sha384 => Scheme::Sha384,
            Self::Sha512 => Scheme::Sha512,
            Self::Pss => Scheme::Pss(32),
        }
    }
}
