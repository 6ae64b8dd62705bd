//! The facts of one certificate.

use data_encoding::HEXLOWER;
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt::Display;

use super::place;
use super::qc::{self, QcFacts};
use super::words;
use crate::chain::Member;
use crate::source::escape;
use crate::x509::{
    AttributeType, Certificate, Extension, GeneralName, KeyKind, Name, SECONDS_A_DAY,
    extension_name, purpose_word,
};

/// What a certificate says.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct CertificateFacts {
    /// Its number among the file's certificate blocks, from 1.
    pub index: usize,
    /// What it is in its chain: leaf, intermediate or root.
    #[schemars(transform = words::roles)]
    pub role: String,
    /// SHA-256 of its DER encoding, hexadecimal.
    pub sha256: String,
    /// X.509 version: 1, 2 or 3.
    pub version: u32,
    /// Serial number, hexadecimal octets with colons between them.
    pub serial_number: String,
    /// Whose it is.
    pub subject: NameFacts,
    /// Who issued it.
    pub issuer: NameFacts,
    /// Whether subject and issuer are the same name.
    pub self_issued: bool,
    /// When it is valid.
    pub validity: ValidityFacts,
    /// Its public key.
    pub key: KeyFacts,
    /// The algorithm of its signature.
    pub signature_algorithm: String,
    /// Alternative names of the subject.
    pub san: AlternativeNames,
    /// basicConstraints; null where there are none.
    pub basic_constraints: Option<BasicConstraintsFacts>,
    /// The bits of keyUsage; null where there is none.
    #[schemars(transform = words::key_usages)]
    pub key_usage: Option<Vec<String>>,
    /// The purposes of extendedKeyUsage by their customary names (`clientAuth`), or by their OIDs, dotted; null where
    /// there is none.
    #[schemars(transform = words::extended_key_usages)]
    pub extended_key_usage: Option<Vec<String>>,
    /// The same by their OIDs alone, dotted.
    pub extended_key_usage_oids: Option<Vec<String>>,
    /// subjectKeyIdentifier, hexadecimal.
    pub subject_key_identifier: Option<String>,
    /// keyIdentifier of authorityKeyIdentifier, hexadecimal.
    pub authority_key_identifier: Option<String>,
    /// Policy OIDs.
    pub policies: Vec<String>,
    /// What a CA of the CA/Browser Forum validated, by policy OID: DV, OV, IV or EV.
    #[schemars(transform = words::validations)]
    pub validation: Option<String>,
    /// Addresses of authorityInfoAccess.
    pub authority_information_access: Vec<String>,
    /// Addresses of cRLDistributionPoints.
    pub crl_distribution_points: Vec<String>,
    /// What qcStatements says; null where the certificate has none that can be read.
    pub qc: Option<QcFacts>,
    /// All extensions in encoded order.
    pub extensions: Vec<ExtensionFacts>,
    /// Facts that cannot be known, because their extension, or a part of it, is there and cannot be
    /// read. An expression that names one of them fails with the reason.
    pub malformed: Vec<MalformedFacts>,
}

/// A distinguished name.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct NameFacts {
    /// The whole name in encoded order.
    pub text: String,
    /// The first common name (CN).
    pub common_name: Option<String>,
    /// The first organization (O).
    pub organization: Option<String>,
    /// The first organizational unit (OU).
    pub organizational_unit: Option<String>,
    /// The first country (C).
    pub country: Option<String>,
    /// The first locality (L).
    pub locality: Option<String>,
    /// The first state or province (ST).
    pub state_or_province: Option<String>,
    /// The first serialNumber attribute.
    pub serial_number: Option<String>,
    /// The first organizationIdentifier (2.5.4.97).
    pub organization_identifier: Option<String>,
    /// The first emailAddress.
    pub email_address: Option<String>,
}

/// When a certificate is valid.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct ValidityFacts {
    /// First valid instant, RFC 3339 in UTC; in expressions a timestamp.
    #[schemars(extend("format" = "date-time"))]
    pub not_before: String,
    /// Last valid instant, RFC 3339 in UTC; in expressions a timestamp.
    #[schemars(extend("format" = "date-time"))]
    pub not_after: String,
    /// From the first to the last, in whole days of 86,400 seconds.
    pub days: i64,
    /// From the first to the last to the second, ISO 8601 (`PT94694400S`); in expressions a duration.
    #[schemars(extend("format" = "duration"))]
    pub duration: String,
}

/// A public key.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct KeyFacts {
    /// The key in words.
    pub text: String,
    /// rsa, rsa-pss, ec, ed25519, ed448, dsa, or a dotted OID.
    #[schemars(transform = words::key_algorithms)]
    pub algorithm: String,
    /// Size of the modulus in bits; null for keys that are not RSA.
    pub bits: Option<usize>,
    /// The curve: P-256, P-384, P-521, a dotted OID, or `explicit` for parameters that are written out; null for keys
    /// that are not on one.
    #[schemars(transform = words::curves)]
    pub curve: Option<String>,
    /// SHA-256 of the `SubjectPublicKeyInfo`, hexadecimal.
    pub spki_sha256: String,
}

/// Alternative names by kind.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct AlternativeNames {
    /// Host names.
    pub dns: Vec<String>,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// URIs.
    pub uris: Vec<String>,
    /// IP addresses.
    pub ips: Vec<String>,
    /// Names of other kinds.
    pub others: Vec<String>,
}

/// basicConstraints.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct BasicConstraintsFacts {
    /// Whether it is a CA.
    pub ca: bool,
    /// How many intermediates may stand below it.
    pub path_len: Option<u32>,
}

/// An extension.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct ExtensionFacts {
    /// Its OID.
    pub oid: String,
    /// Its customary name, if it has one.
    pub name: Option<String>,
    /// Whether it is critical.
    pub critical: bool,
    /// Its value, the content of the OCTET STRING, hexadecimal.
    pub value: String,
}

/// A fact that cannot be known.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct MalformedFacts {
    /// The fact's name in the certificate: san, `key_usage` and so on.
    pub fact: String,
    /// What is wrong with its extension.
    pub why: String,
}

/// What a certificate of a file says.
pub(super) fn facts(member: &Member) -> CertificateFacts {
    let certificate = &*member.certificate;
    let extensions = &certificate.extensions;
    CertificateFacts {
        index: member.index,
        role: member.role.as_str().to_owned(),
        sha256: HEXLOWER.encode(&certificate.sha256),
        version: certificate.version.value,
        serial_number: certificate.serial_hex(),
        subject: name(&certificate.subject.value),
        issuer: name(&certificate.issuer.value),
        self_issued: certificate.is_self_issued(),
        validity: validity(certificate),
        key: key(certificate),
        signature_algorithm: shown(&certificate.signature_algorithm.value),
        san: alternative_names(certificate),
        basic_constraints: extensions.basic_constraints.value().map(|constraints| {
            BasicConstraintsFacts {
                ca: constraints.ca,
                path_len: constraints.path_len,
            }
        }),
        key_usage: extensions
            .key_usage
            .value()
            .map(|usage| usage.0.iter().map(|bit| bit.as_str().to_owned()).collect()),
        extended_key_usage: extensions.extended_key_usage.value().map(|purposes| {
            purposes
                .iter()
                .map(|oid| purpose_word(oid).to_owned())
                .collect()
        }),
        extended_key_usage_oids: extensions.extended_key_usage.value().cloned(),
        subject_key_identifier: extensions
            .subject_key_identifier
            .value()
            .map(|identifier| HEXLOWER.encode(identifier)),
        authority_key_identifier: extensions
            .authority_key_identifier
            .value()
            .and_then(|identifier| identifier.key_identifier.as_ref())
            .map(|identifier| HEXLOWER.encode(identifier)),
        validation: validation(list(&extensions.certificate_policies)),
        policies: list(&extensions.certificate_policies).to_vec(),
        authority_information_access: safe(list(&extensions.authority_information_access)),
        crl_distribution_points: safe(list(&extensions.crl_distribution_points)),
        qc: extensions.qc_statements.value().map(qc::facts),
        extensions: extensions
            .all
            .iter()
            .map(|extension| ExtensionFacts {
                oid: extension.oid.clone(),
                name: extension_name(&extension.oid).map(str::to_owned),
                critical: extension.critical,
                value: HEXLOWER.encode(extension.value.of(&certificate.der)),
            })
            .collect(),
        malformed: place::malformed(certificate)
            .into_iter()
            .map(|(fact, why)| MalformedFacts {
                fact: fact.to_owned(),
                why: escape(why),
            })
            .collect(),
    }
}

fn shown(value: &impl Display) -> String {
    escape(&value.to_string())
}

fn safe(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| escape(text)).collect()
}

fn list(extension: &Extension<Vec<String>>) -> &[String] {
    extension.value().map(Vec::as_slice).unwrap_or_default()
}

fn name(name: &Name) -> NameFacts {
    let first = |kind: AttributeType| name.first(&kind).map(escape);
    NameFacts {
        text: shown(name),
        common_name: first(AttributeType::CommonName),
        organization: first(AttributeType::Organization),
        organizational_unit: first(AttributeType::OrganizationalUnit),
        country: first(AttributeType::Country),
        locality: first(AttributeType::Locality),
        state_or_province: first(AttributeType::StateOrProvince),
        serial_number: first(AttributeType::SerialNumber),
        organization_identifier: first(AttributeType::OrganizationIdentifier),
        email_address: first(AttributeType::EmailAddress),
    }
}

fn validity(certificate: &Certificate) -> ValidityFacts {
    let (not_before, not_after) = (certificate.not_before.value, certificate.not_after.value);
    let seconds = not_before.seconds_to(not_after);
    ValidityFacts {
        not_before: not_before.to_string(),
        not_after: not_after.to_string(),
        days: seconds.div_euclid(SECONDS_A_DAY),
        duration: format!("PT{seconds}S"),
    }
}

fn key(certificate: &Certificate) -> KeyFacts {
    let key = &certificate.public_key.value;
    let curve = match &key.kind {
        KeyKind::Ec(curve) => Some(curve.as_str().to_owned()),
        KeyKind::Rsa(_)
        | KeyKind::RsaPss(_)
        | KeyKind::Ed25519
        | KeyKind::Ed448
        | KeyKind::Dsa
        | KeyKind::Unknown { .. } => None,
    };
    KeyFacts {
        text: shown(key),
        algorithm: key.algorithm_name().to_owned(),
        bits: key.rsa().map(crate::x509::RsaKey::bits),
        curve,
        spki_sha256: HEXLOWER.encode(&key.spki_sha256),
    }
}

fn alternative_names(certificate: &Certificate) -> AlternativeNames {
    let mut names = AlternativeNames::default();
    for name in certificate
        .extensions
        .subject_alternative_name
        .value()
        .into_iter()
        .flatten()
    {
        let text = shown(&name.value);
        // Each kind shows its own prefix; a list of one kind needs none.
        let bare = text
            .split_once(':')
            .map_or(text.clone(), |(_, bare)| bare.to_owned());
        match &name.value {
            GeneralName::Dns(_) => names.dns.push(bare),
            GeneralName::Email(_) => names.emails.push(bare),
            GeneralName::Uri(_) => names.uris.push(bare),
            GeneralName::Ip(_) => names.ips.push(bare),
            GeneralName::Directory(_) | GeneralName::RegisteredId(_) | GeneralName::Other(_) => {
                names.others.push(text);
            }
        }
    }
    names
}

/// CA/Browser Forum BR §7.1.6.1 and EV Guidelines §7.1.6.1.
fn validation(policies: &[String]) -> Option<String> {
    let kind = |oid: &String| match oid.as_str() {
        "2.23.140.1.1" => Some("EV"),
        "2.23.140.1.2.1" => Some("DV"),
        "2.23.140.1.2.2" => Some("OV"),
        "2.23.140.1.2.3" => Some("IV"),
        _ => None,
    };
    policies.iter().find_map(kind).map(str::to_owned)
}
