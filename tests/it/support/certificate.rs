//! Certificates as a test wants them, mistakes included.

use time::{Duration, OffsetDateTime};

use super::der;
use super::keys::{Key, Scheme, Stream};

/// What a certificate is made of. Everything but the signature's issuer stands in here; [`Recipe::sign`]
/// takes that.
#[derive(Debug, Clone)]
pub(crate) struct Recipe {
    pub(crate) key: Key,
    pub(crate) subject: Name,
    /// Where it is not the subject of who signs.
    pub(crate) issuer: Option<Name>,
    /// The INTEGER's content as it stands, sign and all.
    pub(crate) serial: Vec<u8>,
    /// As encoded: 2 is version 3; `None` leaves the field out, which is version 1.
    pub(crate) version: Option<u8>,
    pub(crate) not_before: OffsetDateTime,
    pub(crate) not_after: OffsetDateTime,
    /// In the order in which they are written.
    pub(crate) extensions: Vec<Extension>,
    /// The last extension.
    pub(crate) authority: Authority,
    /// Where it is not what is customary for the issuer's key.
    pub(crate) scheme: Option<Scheme>,
    /// Outside of the signed part, where it is another one than inside.
    pub(crate) outer_algorithm: Option<Vec<u8>>,
    /// Inverts the last bit of the signature.
    pub(crate) break_signature: bool,
    /// Octets behind the certificate, inside its block.
    pub(crate) trailing: Vec<u8>,
}

/// `authorityKeyIdentifier`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Authority {
    /// What the issuer calls its key, if it does.
    AsIssuer,
    Absent,
    Named(Vec<u8>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Extension {
    pub(crate) oid: String,
    pub(crate) critical: bool,
    /// What stands in the OCTET STRING.
    pub(crate) value: Vec<u8>,
}

/// Attributes in order, each in an RDN of its own: OID, string type, text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name(pub(crate) Vec<(&'static str, u8, String)>);

pub(crate) const COMMON_NAME: &str = "2.5.4.3";
pub(crate) const ORGANIZATION: &str = "2.5.4.10";
pub(crate) const ORGANIZATIONAL_UNIT: &str = "2.5.4.11";
pub(crate) const COUNTRY: &str = "2.5.4.6";

pub(crate) const BASIC_CONSTRAINTS: &str = "2.5.29.19";
pub(crate) const KEY_USAGE: &str = "2.5.29.15";
pub(crate) const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
pub(crate) const SUBJECT_KEY_IDENTIFIER: &str = "2.5.29.14";
pub(crate) const SUBJECT_ALTERNATIVE_NAME: &str = "2.5.29.17";
const AUTHORITY_KEY_IDENTIFIER: &str = "2.5.29.35";

pub(crate) const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
pub(crate) const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";

/// Bits of keyUsage (RFC 5280 §4.2.1.3).
pub(crate) const DIGITAL_SIGNATURE: usize = 0;
pub(crate) const NON_REPUDIATION: usize = 1;
pub(crate) const KEY_ENCIPHERMENT: usize = 2;
pub(crate) const KEY_CERT_SIGN: usize = 5;
pub(crate) const CRL_SIGN: usize = 6;

impl Name {
    /// `CN=…, O=…`; a part that is empty is left out.
    pub(crate) fn new(common_name: &str, organization: &str) -> Self {
        let parts = [(COMMON_NAME, common_name), (ORGANIZATION, organization)];
        let attributes = parts.into_iter().filter(|(_, text)| !text.is_empty());
        Self(
            attributes
                .map(|(oid, text)| (oid, der::UTF8_STRING, text.to_owned()))
                .collect(),
        )
    }

    pub(crate) fn with(mut self, oid: &'static str, text: &str) -> Self {
        // The country is a PrintableString (RFC 5280 §A.1).
        let tag = if oid == COUNTRY {
            der::PRINTABLE_STRING
        } else {
            der::UTF8_STRING
        };
        self.0.push((oid, tag, text.to_owned()));
        self
    }

    fn to_der(&self) -> Vec<u8> {
        der::sequence(self.0.iter().map(|(oid, tag, text)| {
            let attribute = der::sequence([der::oid(oid), der::tlv(*tag, text)]);
            der::tlv(der::SET, attribute)
        }))
    }
}

impl Extension {
    pub(crate) fn new(oid: &str, value: Vec<u8>) -> Self {
        Self {
            oid: oid.to_owned(),
            critical: false,
            value,
        }
    }

    pub(crate) fn critical(oid: &str, value: Vec<u8>) -> Self {
        Self {
            critical: true,
            ..Self::new(oid, value)
        }
    }

    pub(crate) fn ca(path_length: Option<u8>) -> Self {
        let mut parts = vec![der::boolean(true)];
        parts.extend(path_length.map(der::small));
        Self::critical(BASIC_CONSTRAINTS, der::sequence(parts))
    }

    pub(crate) fn not_ca() -> Self {
        Self::critical(BASIC_CONSTRAINTS, der::sequence([[]; 0]))
    }

    pub(crate) fn key_usage(bits: &[usize]) -> Self {
        Self::critical(KEY_USAGE, der::named_bits(bits))
    }

    pub(crate) fn extended_key_usage(purposes: &[&str]) -> Self {
        let purposes = purposes.iter().map(|oid| der::oid(oid));
        Self::new(EXTENDED_KEY_USAGE, der::sequence(purposes))
    }

    pub(crate) fn subject_key_identifier(identifier: &[u8]) -> Self {
        Self::new(
            SUBJECT_KEY_IDENTIFIER,
            der::tlv(der::OCTET_STRING, identifier),
        )
    }

    pub(crate) fn policies(policies: &[&str]) -> Self {
        let policies = policies.iter().map(|oid| der::sequence([der::oid(oid)]));
        Self::new("2.5.29.32", der::sequence(policies))
    }

    /// `dNSName`s.
    pub(crate) fn hosts(hosts: &[&str]) -> Self {
        let names = hosts.iter().map(|host| der::context_primitive(2, host));
        Self::new(SUBJECT_ALTERNATIVE_NAME, der::sequence(names))
    }

    /// `nameConstraints` over hosts.
    pub(crate) fn name_constraints(permitted: &[&str], excluded: &[&str]) -> Self {
        let trees = |number: u8, hosts: &[&str]| {
            let bases = hosts
                .iter()
                .map(|host| der::sequence([der::context_primitive(2, host)]));
            if hosts.is_empty() {
                Vec::new()
            } else {
                der::context(number, der::concat(bases))
            }
        };
        let value = der::sequence([trees(0, permitted), trees(1, excluded)]);
        Self::critical("2.5.29.30", value)
    }

    /// One `cRLDistributionPoints` address.
    pub(crate) fn crl(address: &str) -> Self {
        let full_name = der::context(0, der::context_primitive(6, address));
        let point = der::sequence([der::context(0, full_name)]);
        Self::new("2.5.29.31", der::sequence([point]))
    }

    /// One `authorityInfoAccess` address, of the issuer's certificate.
    pub(crate) fn ca_issuers(address: &str) -> Self {
        let method = der::oid("1.3.6.1.5.5.7.48.2");
        let access = der::sequence([method, der::context_primitive(6, address)]);
        Self::new("1.3.6.1.5.5.7.1.1", der::sequence([access]))
    }

    /// Embedded SCTs; nothing here reads into them (RFC 6962 §3.3).
    pub(crate) fn scts() -> Self {
        Self::new(
            "1.3.6.1.4.1.11129.2.4.2",
            der::tlv(der::OCTET_STRING, [0, 0]),
        )
    }

    /// `qcStatements` with the QcType "web" (EN 319 412-5 §4.2.3).
    pub(crate) fn qc_type_web() -> Self {
        let types = der::sequence([der::oid("0.4.0.1862.1.6.3")]);
        let statement = der::sequence([der::oid("0.4.0.1862.1.6"), types]);
        Self::new("1.3.6.1.5.5.7.1.3", der::sequence([statement]))
    }

    fn to_der(&self) -> Vec<u8> {
        let mut parts = vec![der::oid(&self.oid)];
        if self.critical {
            parts.push(der::boolean(true));
        }
        parts.push(der::tlv(der::OCTET_STRING, &self.value));
        der::sequence(parts)
    }
}

impl Recipe {
    /// A CA that nothing is wrong with.
    pub(crate) fn ca(subject: Name, key: Key) -> Self {
        let extensions = vec![
            Extension::ca(None),
            Extension::key_usage(&[KEY_CERT_SIGN, CRL_SIGN]),
            Extension::subject_key_identifier(&key.identifier()),
        ];
        Self {
            extensions,
            ..Self::bare(subject, key)
        }
        .days(3650)
    }

    /// A leaf that nothing is wrong with.
    pub(crate) fn leaf(subject: Name, key: Key) -> Self {
        let extensions = vec![
            Extension::not_ca(),
            Extension::key_usage(&[DIGITAL_SIGNATURE, KEY_ENCIPHERMENT]),
            Extension::extended_key_usage(&[CLIENT_AUTH]),
            Extension::subject_key_identifier(&key.identifier()),
        ];
        Self {
            extensions,
            ..Self::bare(subject, key)
        }
    }

    fn bare(subject: Name, key: Key) -> Self {
        let label = format!("serial of {:?} {:02x?}", subject.0, key.identifier());
        // Positive, and 127 bits long at the least.
        let mut serial = Stream::new(&label).octets(16);
        serial[0] = serial[0] & 0x7F | 0x40;
        Self {
            key,
            subject,
            issuer: None,
            serial,
            version: Some(2),
            not_before: super::instant("2026-06-01T00:00:00Z"),
            not_after: super::instant("2026-06-01T00:00:00Z"),
            extensions: Vec::new(),
            authority: Authority::AsIssuer,
            scheme: None,
            outer_algorithm: None,
            break_signature: false,
            trailing: Vec::new(),
        }
        .days(750)
    }

    /// Valid for so many days from its start on.
    pub(crate) fn days(self, days: i64) -> Self {
        self.lasting(Duration::days(days))
    }

    pub(crate) fn lasting(mut self, duration: Duration) -> Self {
        self.not_after = self.not_before + duration;
        self
    }

    /// Adds the extension, in the place of one with the same OID where there is one.
    pub(crate) fn with(mut self, extension: Extension) -> Self {
        match self
            .extensions
            .iter_mut()
            .find(|other| other.oid == extension.oid)
        {
            Some(other) => *other = extension,
            None => self.extensions.push(extension),
        }
        self
    }

    pub(crate) fn without(mut self, oid: &str) -> Self {
        self.extensions.retain(|extension| extension.oid != oid);
        self
    }

    /// The certificate, signed by itself.
    pub(crate) fn self_signed(&self) -> Vec<u8> {
        self.sign(self)
    }

    /// The certificate, signed by this CA.
    pub(crate) fn sign(&self, ca: &Self) -> Vec<u8> {
        let scheme = self.scheme.unwrap_or_else(|| ca.key.customary_scheme());
        let algorithm = scheme.algorithm();
        let validity = der::sequence([der::time(self.not_before), der::time(self.not_after)]);
        let to_be_signed = der::sequence([
            self.version
                .map_or_else(Vec::new, |version| der::context(0, der::small(version))),
            der::tlv(der::INTEGER, &self.serial),
            algorithm.clone(),
            self.issuer.as_ref().unwrap_or(&ca.subject).to_der(),
            validity,
            self.subject.to_der(),
            self.key.spki(),
            self.extensions_to_der(ca),
        ]);
        let mut signature = ca.key.sign(scheme, &to_be_signed);
        if self.break_signature {
            *signature.last_mut().unwrap() ^= 1;
        }
        let outer = self.outer_algorithm.clone().unwrap_or(algorithm);
        let certificate = der::sequence([to_be_signed, outer, der::bit_string(signature)]);
        der::concat([certificate, self.trailing.clone()])
    }

    fn extensions_to_der(&self, ca: &Self) -> Vec<u8> {
        let own = ca
            .extensions
            .iter()
            .find(|extension| extension.oid == SUBJECT_KEY_IDENTIFIER);
        let authority = match &self.authority {
            // Without the header of the OCTET STRING.
            Authority::AsIssuer => own.map(|extension| extension.value[2..].to_vec()),
            Authority::Absent => None,
            Authority::Named(identifier) => Some(identifier.clone()),
        };
        let authority = authority.map(|identifier| {
            let value = der::sequence([der::context_primitive(0, identifier)]);
            Extension::new(AUTHORITY_KEY_IDENTIFIER, value)
        });
        let all: Vec<Vec<u8>> = self
            .extensions
            .iter()
            .chain(&authority)
            .map(Extension::to_der)
            .collect();
        if all.is_empty() || self.version != Some(2) {
            return Vec::new();
        }
        der::context(3, der::sequence(all))
    }
}
