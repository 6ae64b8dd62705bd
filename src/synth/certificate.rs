//! Certificates, signed by whom one likes.

use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::extension::{
    CLIENT_AUTH, CRL_SIGN, DIGITAL_SIGNATURE, Extension, KEY_CERT_SIGN, KEY_ENCIPHERMENT,
    SUBJECT_KEY_IDENTIFIER,
};
use super::keys::{Key, Scheme};
use super::name::Name;
use super::{Stream, der};
use ::der::asn1::ObjectIdentifier;

/// When certificates start unless they say otherwise.
pub const START: OffsetDateTime = datetime!(2026-06-01 00:00:00 UTC);

/// What a certificate is made of. Everything but the signature's issuer stands in here; [`Recipe::sign`]
/// takes that.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// The subject's key.
    pub key: Key,
    /// Whom it is for.
    pub subject: Name,
    /// Where it is not the subject of who signs.
    pub issuer: Option<Name>,
    /// The INTEGER's content as it stands, sign and all.
    pub serial: Vec<u8>,
    /// As encoded: 2 is version 3; `None` leaves the field out, which is version 1.
    pub version: Option<u8>,
    /// The first instant.
    pub not_before: OffsetDateTime,
    /// The last instant.
    pub not_after: OffsetDateTime,
    /// In the order in which they are written.
    pub extensions: Vec<Extension>,
    /// The last extension.
    pub authority: Authority,
    /// Where it is not what is customary for the issuer's key.
    pub scheme: Option<Scheme>,
    /// Outside of the signed part, where it is another one than inside.
    pub outer_algorithm: Option<Vec<u8>>,
    /// Inverts the last bit of the signature.
    pub break_signature: bool,
    /// Octets behind the certificate, inside its block.
    pub trailing: Vec<u8>,
}

/// `authorityKeyIdentifier`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authority {
    /// What the issuer calls its key, if it does.
    AsIssuer,
    /// None.
    Absent,
    /// This key identifier.
    Named(Vec<u8>),
}

impl Recipe {
    /// A CA that nothing is wrong with.
    #[must_use]
    pub fn ca(subject: Name, key: Key) -> Self {
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
    #[must_use]
    pub fn leaf(subject: Name, key: Key) -> Self {
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
        let texts: Vec<_> = subject
            .0
            .iter()
            .map(|(oid, tag, text)| (oid.to_string(), tag, text))
            .collect();
        let label = format!("serial of {texts:?} {:02x?}", key.identifier());
        let mut serial = Stream::new(&label).octets(16);
        if let Some(first) = serial.first_mut() {
            // Positive, and 127 bits long at the least.
            *first = *first & 0x7F | 0x40;
        }
        Self {
            key,
            subject,
            issuer: None,
            serial,
            version: Some(2),
            not_before: START,
            not_after: START,
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
    #[must_use]
    pub fn days(self, days: i64) -> Self {
        self.lasting(Duration::days(days))
    }

    /// Valid for so long from its start on; up to the end of the calendar at most.
    #[must_use]
    pub fn lasting(mut self, duration: Duration) -> Self {
        self.not_after = self.not_before.saturating_add(duration);
        self
    }

    /// With another key, and the identifier that goes with it.
    #[must_use]
    pub fn keyed(mut self, key: Key) -> Self {
        let identifier = Extension::subject_key_identifier(&key.identifier());
        self.key = key;
        self.with(identifier)
    }

    /// With another subject.
    #[must_use]
    pub fn named(self, subject: Name) -> Self {
        Self { subject, ..self }
    }

    /// Adds the extension, in the place of one with the same OID where there is one.
    #[must_use]
    pub fn with(mut self, extension: Extension) -> Self {
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

    /// Takes the extension out.
    #[must_use]
    pub fn without(mut self, oid: ObjectIdentifier) -> Self {
        self.extensions.retain(|extension| extension.oid != oid);
        self
    }

    /// The certificate, signed by itself.
    #[must_use]
    pub fn self_signed(&self) -> Vec<u8> {
        self.sign(self)
    }

    /// The certificate, signed by this CA.
    #[must_use]
    pub fn sign(&self, ca: &Self) -> Vec<u8> {
        let scheme = self.scheme.unwrap_or_else(|| ca.key.customary_scheme());
        let algorithm = ca.key.algorithm(scheme);
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
        if let Some(last) = signature.last_mut().filter(|_| self.break_signature) {
            *last ^= 1;
        }
        let outer = self.outer_algorithm.clone().unwrap_or(algorithm);
        let certificate = der::sequence([to_be_signed, outer, der::bit_string(signature)]);
        der::concat([certificate, self.trailing.clone()])
    }

    fn extensions_to_der(&self, ca: &Self) -> Vec<u8> {
        let own = |oid| ca.extensions.iter().find(|extension| extension.oid == oid);
        let authority = match &self.authority {
            // Without the header of the OCTET STRING.
            Authority::AsIssuer => own(SUBJECT_KEY_IDENTIFIER)
                .and_then(|extension| extension.value.get(2..))
                .map(<[u8]>::to_vec),
            Authority::Absent => None,
            Authority::Named(identifier) => Some(identifier.clone()),
        };
        let authority = authority
            .map(|identifier| Extension::authority_key_identifier(&identifier))
            .filter(|own| self.extensions.iter().all(|other| other.oid != own.oid));
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
