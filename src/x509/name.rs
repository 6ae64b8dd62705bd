//! Distinguished names (RFC 5280 §4.1.2.4).

use std::fmt;

use data_encoding::HEXLOWER;

use super::der::{self, Reader, SEQUENCE, SET, Tlv};
use super::{Error, Located};

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
    /// Whether two names are the same to an issuer lookup (RFC 5280 §7.1: letter case and runs of
    /// white space do not count, whatever the string types).
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.attributes.len() == other.attributes.len() && self.begins_with(other)
    }

    /// Whether the other name's RDNs are the first ones of this name (RFC 5280 §4.2.1.10,
    /// directoryName).
    #[must_use]
    pub fn begins_with(&self, other: &Self) -> bool {
        let next_rdn = self
            .attributes
            .get(other.attributes.len())
            .map(|next| next.rdn);
        let last_rdn = other.attributes.last().map(|last| last.rdn);
        other.attributes.len() <= self.attributes.len()
            && (next_rdn.is_none() || next_rdn != last_rdn)
            && self
                .attributes
                .iter()
                .zip(&other.attributes)
                .all(|(left, right)| {
                    left.rdn == right.rdn
                        && left.kind == right.kind
                        && same(&left.value.value, &right.value.value)
                })
    }

    /// A text that two names share exactly if they match.
    #[must_use]
    pub fn folded(&self) -> String {
        let parts = self.attributes.iter().map(|attribute| {
            let (rdn, kind) = (attribute.rdn, attribute.kind.short());
            format!("{rdn}\u{1}{kind}\u{1}{}", fold(&attribute.value.value))
        });
        parts.collect::<Vec<_>>().join("\u{2}")
    }

    /// The values of a type, in encoded order.
    pub fn values<'a>(&'a self, kind: &'a AttributeType) -> impl Iterator<Item = &'a Attribute> {
        self.attributes
            .iter()
            .filter(move |attribute| attribute.kind == *kind)
    }
}

impl Name {
    /// The first value of a type.
    #[must_use]
    pub fn first(&self, kind: &AttributeType) -> Option<&str> {
        let found = self
            .attributes
            .iter()
            .find(|attribute| attribute.kind == *kind);
        found.map(|attribute| attribute.value.value.as_str())
    }

    /// The first common name.
    #[must_use]
    pub fn common_name(&self) -> Option<&str> {
        self.first(&AttributeType::CommonName)
    }

    /// The first organization.
    #[must_use]
    pub fn organization(&self) -> Option<&str> {
        self.first(&AttributeType::Organization)
    }
}

/// Type, OID, name in policies, name in display (RFC 4519, EN 319 412-1 for 2.5.4.97).
const TYPES: &[(AttributeType, &str, &str, &str)] = &[
    (AttributeType::CommonName, "2.5.4.3", "common_name", "CN"),
    (AttributeType::Country, "2.5.4.6", "country", "C"),
    (AttributeType::Locality, "2.5.4.7", "locality", "L"),
    (
        AttributeType::StateOrProvince,
        "2.5.4.8",
        "state_or_province",
        "ST",
    ),
    (AttributeType::Organization, "2.5.4.10", "organization", "O"),
    (
        AttributeType::OrganizationalUnit,
        "2.5.4.11",
        "organizational_unit",
        "OU",
    ),
    (
        AttributeType::SerialNumber,
        "2.5.4.5",
        "serial_number",
        "serialNumber",
    ),
    (
        AttributeType::OrganizationIdentifier,
        "2.5.4.97",
        "organization_identifier",
        "organizationIdentifier",
    ),
    (
        AttributeType::EmailAddress,
        "1.2.840.113549.1.9.1",
        "email_address",
        "emailAddress",
    ),
    (
        AttributeType::DomainComponent,
        "0.9.2342.19200300.100.1.25",
        "domain_component",
        "DC",
    ),
];

impl AttributeType {
    /// The type of a dotted OID.
    #[must_use]
    pub fn from_oid(oid: &str) -> Self {
        TYPES
            .iter()
            .find(|(_, known, _, _)| *known == oid)
            .map_or_else(|| Self::Other(oid.to_owned()), |(kind, ..)| kind.clone())
    }

    /// The type that policies call `name`, or that a dotted OID names.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let known = TYPES.iter().find(|(_, _, known, _)| *known == name);
        let dotted =
            || name.contains('.') && name.split('.').all(|part| part.parse::<u64>().is_ok());
        known
            .map(|(kind, ..)| kind.clone())
            .or_else(|| dotted().then(|| Self::from_oid(name)))
    }

    /// The name in policies and facts, or the OID.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.row()
            .map_or_else(|| self.oid(), |(_, _, name, _)| name)
    }

    /// The customary short name, or the OID.
    #[must_use]
    pub fn short(&self) -> &str {
        self.row()
            .map_or_else(|| self.oid(), |(_, _, _, short)| short)
    }

    /// The dotted OID.
    #[must_use]
    pub fn dotted(&self) -> &str {
        self.row().map_or_else(|| self.oid(), |(_, oid, ..)| oid)
    }

    /// The names in policies of all types that have one.
    pub fn names() -> impl Iterator<Item = &'static str> + Clone {
        TYPES.iter().map(|(_, _, name, _)| *name)
    }

    fn row(&self) -> Option<&'static (Self, &'static str, &'static str, &'static str)> {
        TYPES.iter().find(|(kind, ..)| kind == self)
    }

    fn oid(&self) -> &str {
        if let Self::Other(oid) = self { oid } else { "" }
    }
}

impl fmt::Display for Name {
    /// `CN=…, O=…` in encoded order, `+` within a multi-valued RDN; special characters escaped as in
    /// RFC 4514 §2.4.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before: Option<usize> = None;
        for attribute in &self.attributes {
            match before {
                None => {}
                Some(rdn) if rdn == attribute.rdn => formatter.write_str(" + ")?,
                Some(_) => formatter.write_str(", ")?,
            }
            before = Some(attribute.rdn);
            write!(
                formatter,
                "{}={}",
                attribute.kind.short(),
                quoted(&attribute.value.value)
            )?;
        }
        if before.is_none() {
            formatter.write_str("(empty)")
        } else {
            Ok(())
        }
    }
}

fn quoted(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for character in value.chars() {
        if matches!(character, ',' | '+' | '"' | '\\' | '<' | '>' | ';') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

/// Whether two texts are the same but for letter case and runs of white space. Most that are not differ in
/// their first letter.
fn same(left: &str, right: &str) -> bool {
    let first = |text: &str| {
        let first = text.trim_start().chars().next();
        first.and_then(|first| first.to_lowercase().next())
    };
    left == right || (first(left) == first(right) && fold(left) == fold(right))
}

/// Letter case and runs of white space folded.
fn fold(value: &str) -> String {
    let words: Vec<String> = value.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

/// Reads a Name SEQUENCE.
pub(super) fn read(der: &[u8], name: Tlv) -> Result<Located<Name>, Error> {
    let mut attributes = Vec::new();
    let mut rdns = Reader::within(der, name.content);
    let mut rdn = 0_usize;
    while !rdns.is_empty() {
        let set = rdns.expect(SET, "name")?;
        let mut members = rdns.enter(set);
        while !members.is_empty() {
            let pair = members.expect(SEQUENCE, "name attribute")?;
            let mut pair = members.enter(pair);
            let kind = pair.expect(der::OID, "name attribute type")?;
            let value = pair.next("name attribute value")?;
            pair.finish("name attribute")?;
            let oid = der::dotted(kind.bytes(der)).ok_or_else(|| Error {
                span: kind.span,
                what: "name attribute type: not an object identifier".to_owned(),
            })?;
            attributes.push(Attribute {
                rdn,
                kind: AttributeType::from_oid(&oid),
                value: Located {
                    value: text(der, value),
                    span: value.span,
                },
            });
        }
        rdn = rdn.saturating_add(1);
    }
    Ok(Located {
        value: Name { attributes },
        span: name.span,
    })
}

/// A string value as text, whatever its type (X.680 §41); `#` and hex where it does not decode.
fn text(der: &[u8], value: Tlv) -> String {
    let content = value.bytes(der);
    let units = |size: usize| {
        content.chunks(size).map(move |chunk| {
            chunk
                .iter()
                .fold(0_u32, |sum, octet| (sum << 8) | u32::from(*octet))
        })
    };
    let decoded = match value.tag {
        // UTF8String, NumericString, PrintableString, IA5String, VisibleString
        0x0C | 0x12 | 0x13 | 0x16 | 0x1A => String::from_utf8(content.to_vec()).ok(),
        // TeletexString: in practice Latin-1
        0x14 => Some(content.iter().copied().map(char::from).collect()),
        // BMPString: UTF-16 in all but name
        0x1E if content.len().is_multiple_of(2) => {
            let units = units(2).filter_map(|unit| u16::try_from(unit).ok());
            char::decode_utf16(units).collect::<Result<_, _>>().ok()
        }
        // UniversalString
        0x1C if content.len().is_multiple_of(4) => units(4).map(char::from_u32).collect(),
        _ => None,
    };
    decoded.unwrap_or_else(|| format!("#{}", HEXLOWER.encode(value.span.of(der))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::DerSpan;

    fn name(parts: &[(usize, AttributeType, &str)]) -> Name {
        let attribute = |(rdn, kind, value): &(usize, AttributeType, &str)| Attribute {
            rdn: *rdn,
            kind: kind.clone(),
            value: Located {
                value: (*value).to_owned(),
                span: DerSpan::default(),
            },
        };
        Name {
            attributes: parts.iter().map(attribute).collect(),
        }
    }

    #[test]
    fn names_match_whatever_their_letter_case_and_white_space() {
        let left = name(&[(0, AttributeType::CommonName, " Acme  Root CA")]);
        let right = name(&[(0, AttributeType::CommonName, "acme root ca")]);
        assert!(left.matches(&right));
        assert!(!left.matches(&name(&[(0, AttributeType::Organization, "acme root ca")])));
        assert!(!left.matches(&name(&[(0, AttributeType::CommonName, "acme rootca")])));
        assert!(!left.matches(&Name::default()));
    }

    #[test]
    fn names_are_shown_in_encoded_order_with_special_characters_escaped() {
        let shown = name(&[
            (0, AttributeType::CommonName, "a, b"),
            (0, AttributeType::EmailAddress, "x"),
            (1, AttributeType::Other("1.2.3".to_owned()), "y"),
        ]);
        assert_eq!(shown.to_string(), "CN=a\\, b + emailAddress=x, 1.2.3=y");
        assert_eq!(Name::default().to_string(), "(empty)");
    }

    #[test]
    fn attribute_types_are_known_by_policy_name_and_by_oid() {
        assert_eq!(
            AttributeType::parse("common_name"),
            Some(AttributeType::CommonName)
        );
        assert_eq!(
            AttributeType::parse("2.5.4.3"),
            Some(AttributeType::CommonName)
        );
        assert_eq!(
            AttributeType::parse("2.5.4.999"),
            Some(AttributeType::Other("2.5.4.999".into()))
        );
        assert_eq!(AttributeType::parse("commonname"), None);
        assert_eq!(
            AttributeType::Other("2.5.4.999".into()).short(),
            "2.5.4.999"
        );
    }

    #[test]
    fn every_string_type_decodes() {
        let decode = |tag: u8, content: &[u8]| {
            let mut der = vec![tag, u8::try_from(content.len()).unwrap()];
            der.extend_from_slice(content);
            let tlv = Reader::new(&der).next("text").unwrap();
            text(&der, tlv)
        };
        assert_eq!(decode(0x0C, "é".as_bytes()), "é");
        assert_eq!(decode(0x14, &[0xE9]), "é");
        assert_eq!(decode(0x1E, &[0x00, 0xE9]), "é");
        assert_eq!(decode(0x1C, &[0x00, 0x00, 0x00, 0xE9]), "é");
        assert_eq!(decode(0x0C, &[0xFF]), "#0c01ff");
        assert_eq!(decode(0x1E, &[0x00]), "#1e0100");
    }
}
