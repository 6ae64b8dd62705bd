//! Distinguished names (RFC 5280 §4.1.2.4).

use super::Located;

/// A distinguished name: its attributes in encoded order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Name {
    /// Attributes; those of one multi-valued RDN share `rdn`.
    pub attributes: Vec<Attribute>,
}

/// One attribute of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Which RDN it stands in, from 0.
    pub rdn: usize,
    /// The type, known or by OID.
    pub kind: AttributeType,
    /// The value as text (not escaped); the place is the value's TLV. Text that does not decode is
    /// shown as `#` and hex (RFC 4514 §2.4).
    pub value: Located<String>,
}

/// The attribute types that policies name; the rest by OID.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AttributeType {
    /// 2.5.4.3
    CommonName,
    /// 2.5.4.6
    Country,
    /// 2.5.4.7
    Locality,
    /// 2.5.4.8
    StateOrProvince,
    /// 2.5.4.10
    Organization,
    /// 2.5.4.11
    OrganizationalUnit,
    /// 2.5.4.5
    SerialNumber,
    /// 2.5.4.97
    OrganizationIdentifier,
    /// 1.2.840.113549.1.9.1
    EmailAddress,
    /// 0.9.2342.19200300.100.1.25
    DomainComponent,
    /// Any other, as dotted OID.
    Other(String),
}

impl Name {
    /// Whether two names are the same to an issuer lookup (RFC 5280 §7.1: letter case of ASCII and
    /// runs of white space do not count, whatever the string types).
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self == other
    }

    /// The values of a type, in encoded order.
    pub fn values<'a>(&'a self, kind: &'a AttributeType) -> impl Iterator<Item = &'a Attribute> {
        self.attributes
            .iter()
            .filter(move |attribute| attribute.kind == *kind)
    }
}
