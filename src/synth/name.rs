//! Distinguished names.

use ::der::asn1::ObjectIdentifier;

use super::der;

/// Attributes in order, each in an RDN of its own: OID, string type, text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(pub Vec<(ObjectIdentifier, u8, String)>);

/// `commonName`.
pub const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
/// `countryName`.
pub const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
/// `organizationName`.
pub const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
/// `organizationalUnitName`.
pub const ORGANIZATIONAL_UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");

impl Name {
    /// `CN=…, O=…`; a part that is empty is left out.
    #[must_use]
    pub fn new(common_name: &str, organization: &str) -> Self {
        let parts = [(COMMON_NAME, common_name), (ORGANIZATION, organization)];
        let present = parts.into_iter().filter(|(_, text)| !text.is_empty());
        present.fold(Self(Vec::new()), |name, (oid, text)| name.with(oid, text))
    }

    /// With one more attribute at the end.
    #[must_use]
    pub fn with(mut self, oid: ObjectIdentifier, text: &str) -> Self {
        // The country is a PrintableString (RFC 5280 §A.1).
        let tag = if oid == COUNTRY {
            der::PRINTABLE_STRING
        } else {
            der::UTF8_STRING
        };
        self.0.push((oid, tag, text.to_owned()));
        self
    }

    pub(super) fn to_der(&self) -> Vec<u8> {
        der::sequence(self.0.iter().map(|(oid, tag, text)| {
            let attribute = der::sequence([der::oid(oid), der::tlv(*tag, text)]);
            der::tlv(der::SET, attribute)
        }))
    }
}
