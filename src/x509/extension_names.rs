//! What purposes, extensions and alternative names are called.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::GeneralName;

/// Purposes with a customary name (RFC 5280 §4.2.1.12; TS 119 411-5 for 2-QWAC): OID and name.
const PURPOSES: [(&str, &str); 8] = [
    ("2.5.29.37.0", "anyExtendedKeyUsage"),
    ("1.3.6.1.5.5.7.3.1", "serverAuth"),
    ("1.3.6.1.5.5.7.3.2", "clientAuth"),
    ("1.3.6.1.5.5.7.3.3", "codeSigning"),
    ("1.3.6.1.5.5.7.3.4", "emailProtection"),
    ("1.3.6.1.5.5.7.3.8", "timeStamping"),
    ("1.3.6.1.5.5.7.3.9", "OCSPSigning"),
    ("0.4.0.194115.1.0", "2-QWAC"),
];

/// Purposes with a customary name: OID and name.
pub fn purposes() -> impl Iterator<Item = (&'static str, &'static str)> {
    PURPOSES.into_iter()
}

/// The OID of the purpose of that customary name.
#[must_use]
pub fn purpose_oid(name: &str) -> Option<&'static str> {
    let found = purposes().find(|(_, known)| *known == name);
    found.map(|(oid, _)| oid)
}

/// A purpose's customary name; the OID where it has none.
#[must_use]
pub fn purpose_word(oid: &str) -> &str {
    let found = purposes().find(|(known, _)| *known == oid);
    found.map_or(oid, |(_, name)| name)
}

/// A purpose's customary name with its OID; the OID alone where it has none.
#[must_use]
pub fn purpose_name(oid: &str) -> String {
    match purpose_word(oid) {
        name if name == oid => oid.to_owned(),
        name => format!("{name} ({oid})"),
    }
}

/// An extension's customary name; `None` where it has none here.
#[must_use]
pub fn extension_name(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "2.5.29.14" => "subjectKeyIdentifier",
        "2.5.29.15" => "keyUsage",
        "2.5.29.17" => "subjectAltName",
        "2.5.29.18" => "issuerAltName",
        "2.5.29.19" => "basicConstraints",
        "2.5.29.30" => "nameConstraints",
        "2.5.29.31" => "cRLDistributionPoints",
        "2.5.29.32" => "certificatePolicies",
        "2.5.29.35" => "authorityKeyIdentifier",
        "2.5.29.36" => "policyConstraints",
        "2.5.29.37" => "extendedKeyUsage",
        "1.3.6.1.5.5.7.1.1" => "authorityInfoAccess",
        "1.3.6.1.5.5.7.1.3" => "qcStatements",
        "1.3.6.1.4.1.11129.2.4.2" => "signedCertificateTimestamps",
        "2.16.840.1.113730.1.1" => "netscapeCertType",
        "2.16.840.1.113730.1.13" => "netscapeComment",
        _ => return None,
    })
}

impl fmt::Display for GeneralName {
    /// As OpenSSL writes them: `DNS:…`, `IP:…`, `URI:…`, `email:…`, `dirName:…`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => write!(formatter, "DNS:{name}"),
            Self::Email(address) => write!(formatter, "email:{address}"),
            Self::Uri(address) => write!(formatter, "URI:{address}"),
            Self::Ip(octets) => write!(formatter, "IP:{}", ip(octets)),
            Self::Directory(name) => write!(formatter, "dirName:{name}"),
            Self::RegisteredId(oid) => write!(formatter, "registeredID:{oid}"),
            Self::Other(tag) => write!(formatter, "name of form [{tag}]"),
        }
    }
}

fn ip(octets: &[u8]) -> String {
    let single = |octets: &[u8]| -> Option<String> {
        if let Ok(octets) = <[u8; 4]>::try_from(octets) {
            return Some(Ipv4Addr::from(octets).to_string());
        }
        <[u8; 16]>::try_from(octets)
            .ok()
            .map(|octets| Ipv6Addr::from(octets).to_string())
    };
    let (address, mask) = octets.split_at(octets.len() / 2);
    let pair = || {
        let either = octets.len() == 8 || octets.len() == 32;
        either
            .then(|| Some(format!("{}/{}", single(address)?, single(mask)?)))
            .flatten()
    };
    single(octets)
        .or_else(pair)
        .unwrap_or_else(|| format!("{} octets", octets.len()))
}
