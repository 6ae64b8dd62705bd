//! Extensions (RFC 5280 §4.2).

use ::der::asn1::ObjectIdentifier;

use super::der;

/// An extension as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Which one.
    pub oid: ObjectIdentifier,
    /// Whether who does not know it has to refuse the certificate.
    pub critical: bool,
    /// What stands in the OCTET STRING.
    pub value: Vec<u8>,
}

/// A name of `subjectAltName`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GeneralName {
    /// `rfc822Name`.
    Email(String),
    /// `dNSName`.
    Dns(String),
    /// `uniformResourceIdentifier`.
    Uri(String),
    /// `iPAddress`: 4 or 16 octets.
    Ip(Vec<u8>),
}

/// `subjectKeyIdentifier`.
pub const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");
/// `keyUsage`.
pub const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
/// `subjectAltName`.
pub const SUBJECT_ALTERNATIVE_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
/// `basicConstraints`.
pub const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
/// `certificatePolicies`.
pub const CERTIFICATE_POLICIES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32");
/// `authorityKeyIdentifier`.
pub const AUTHORITY_KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");
/// `extKeyUsage`.
pub const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
/// `nameConstraints`.
pub const NAME_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.30");
/// `cRLDistributionPoints`.
pub const CRL_DISTRIBUTION_POINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.31");
/// `authorityInfoAccess`.
pub const AUTHORITY_INFO_ACCESS: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.1");
const CA_ISSUERS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.2");
const SCTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11129.2.4.2");

/// `id-kp-serverAuth`.
pub const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
/// `id-kp-clientAuth`.
pub const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");

/// A bit of keyUsage (RFC 5280 §4.2.1.3): `digitalSignature`.
pub const DIGITAL_SIGNATURE: usize = 0;
/// `nonRepudiation`.
pub const NON_REPUDIATION: usize = 1;
/// `keyEncipherment`.
pub const KEY_ENCIPHERMENT: usize = 2;
/// `keyCertSign`.
pub const KEY_CERT_SIGN: usize = 5;
/// `cRLSign`.
pub const CRL_SIGN: usize = 6;

impl Extension {
    /// One that is not critical.
    #[must_use]
    pub fn new(oid: ObjectIdentifier, value: Vec<u8>) -> Self {
        Self {
            oid,
            critical: false,
            value,
        }
    }

    /// One that is critical.
    #[must_use]
    pub fn critical(oid: ObjectIdentifier, value: Vec<u8>) -> Self {
        Self {
            critical: true,
            ..Self::new(oid, value)
        }
    }

    /// `basicConstraints` of a CA, critical.
    #[must_use]
    pub fn ca(path_length: Option<u8>) -> Self {
        let mut parts = vec![der::boolean(true)];
        parts.extend(path_length.map(der::small));
        Self::critical(BASIC_CONSTRAINTS, der::sequence(parts))
    }

    /// `basicConstraints` of an end entity, critical.
    #[must_use]
    pub fn not_ca() -> Self {
        Self::not_ca_with(None)
    }

    /// The same with a path length, which only a CA may have (RFC 5280 §4.2.1.9).
    #[must_use]
    pub fn not_ca_with(path_length: Option<u8>) -> Self {
        let parts = path_length.map(der::small);
        Self::critical(BASIC_CONSTRAINTS, der::sequence(parts))
    }

    /// `keyUsage` of these bits, critical.
    #[must_use]
    pub fn key_usage(bits: &[usize]) -> Self {
        Self::critical(KEY_USAGE, der::named_bits(bits))
    }

    /// `extKeyUsage`.
    #[must_use]
    pub fn extended_key_usage(purposes: &[ObjectIdentifier]) -> Self {
        let purposes = purposes.iter().map(der::oid);
        Self::new(EXTENDED_KEY_USAGE, der::sequence(purposes))
    }

    /// `subjectKeyIdentifier`.
    #[must_use]
    pub fn subject_key_identifier(identifier: &[u8]) -> Self {
        let value = der::tlv(der::OCTET_STRING, identifier);
        Self::new(SUBJECT_KEY_IDENTIFIER, value)
    }

    /// `authorityKeyIdentifier` with a key's identifier alone.
    #[must_use]
    pub fn authority_key_identifier(identifier: &[u8]) -> Self {
        let value = der::sequence([der::context_primitive(0, identifier)]);
        Self::new(AUTHORITY_KEY_IDENTIFIER, value)
    }

    /// `certificatePolicies` without qualifiers.
    #[must_use]
    pub fn policies(policies: &[ObjectIdentifier]) -> Self {
        let policies = policies.iter().map(|oid| der::sequence([der::oid(oid)]));
        Self::new(CERTIFICATE_POLICIES, der::sequence(policies))
    }

    /// `subjectAltName`.
    #[must_use]
    pub fn names(names: &[GeneralName]) -> Self {
        let names = names.iter().map(|name| match name {
            GeneralName::Email(address) => der::context_primitive(1, address),
            GeneralName::Dns(host) => der::context_primitive(2, host),
            GeneralName::Uri(uri) => der::context_primitive(6, uri),
            GeneralName::Ip(octets) => der::context_primitive(7, octets),
        });
        Self::new(SUBJECT_ALTERNATIVE_NAME, der::sequence(names))
    }

    /// `subjectAltName` of hosts alone.
    #[must_use]
    pub fn hosts(hosts: &[&str]) -> Self {
        let names: Vec<GeneralName> = hosts
            .iter()
            .map(|host| GeneralName::Dns((*host).to_owned()))
            .collect();
        Self::names(&names)
    }

    /// `nameConstraints` over hosts, critical.
    #[must_use]
    pub fn name_constraints<H: AsRef<str>>(permitted: &[H], excluded: &[H]) -> Self {
        let trees = |number: u8, hosts: &[H]| {
            let bases = hosts
                .iter()
                .map(|host| der::sequence([der::context_primitive(2, host.as_ref())]));
            if hosts.is_empty() {
                Vec::new()
            } else {
                der::context(number, der::concat(bases))
            }
        };
        let value = der::sequence([trees(0, permitted), trees(1, excluded)]);
        Self::critical(NAME_CONSTRAINTS, value)
    }

    /// One `cRLDistributionPoints` address.
    #[must_use]
    pub fn crl(address: &str) -> Self {
        let full_name = der::context(0, der::context_primitive(6, address));
        let point = der::sequence([der::context(0, full_name)]);
        Self::new(CRL_DISTRIBUTION_POINTS, der::sequence([point]))
    }

    /// One `authorityInfoAccess` address, of the issuer's certificate.
    #[must_use]
    pub fn ca_issuers(address: &str) -> Self {
        let location = der::context_primitive(6, address);
        let access = der::sequence([der::oid(&CA_ISSUERS), location]);
        Self::new(AUTHORITY_INFO_ACCESS, der::sequence([access]))
    }

    /// Embedded SCTs; nothing here reads into them (RFC 6962 §3.3).
    #[must_use]
    pub fn scts() -> Self {
        Self::new(SCTS, der::tlv(der::OCTET_STRING, [0, 0]))
    }

    pub(super) fn to_der(&self) -> Vec<u8> {
        let mut parts = vec![der::oid(&self.oid)];
        if self.critical {
            parts.push(der::boolean(true));
        }
        parts.push(der::tlv(der::OCTET_STRING, &self.value));
        der::sequence(parts)
    }
}
