//! Reading the values of known extensions (RFC 5280 §4.2).
//!
//! Each reader takes the content of the extension's OCTET STRING and says why it is malformed, if it
//! is; a malformed extension never makes the certificate unreadable.

use super::der::{self, Reader, SEQUENCE, explicit, implicit};
use super::extensions::{
    AuthorityKeyIdentifier, BasicConstraints, GeneralName, KeyUsage, KeyUsageBit, NameConstraints,
};
use super::{Error, Located, name};
use crate::span::DerSpan;

fn malformed(span: DerSpan, what: &str) -> Error {
    Error {
        span,
        what: what.to_owned(),
    }
}

/// The content of the one SEQUENCE that the value is.
fn sequence<'a>(der: &'a [u8], value: DerSpan, what: &str) -> Result<Reader<'a>, Error> {
    let mut reader = Reader::within(der, value);
    let outer = reader.expect(SEQUENCE, what)?;
    reader.finish(what)?;
    Ok(reader.enter(outer))
}

/// At least one element, as SIZE (1..MAX) asks.
fn not_empty<T>(items: Vec<T>, value: DerSpan, what: &str) -> Result<Vec<T>, Error> {
    if items.is_empty() {
        return Err(malformed(value, &format!("{what}: it is empty")));
    }
    Ok(items)
}

fn oid(der: &[u8], reader: &mut Reader<'_>, what: &str) -> Result<String, Error> {
    let tlv = reader.expect(der::OID, what)?;
    der::dotted(tlv.bytes(der))
        .ok_or_else(|| malformed(tlv.span, &format!("{what}: not an object identifier")))
}

pub(super) fn basic_constraints(der: &[u8], value: DerSpan) -> Result<BasicConstraints, Error> {
    const WHAT: &str = "basicConstraints";
    let mut fields = sequence(der, value, WHAT)?;
    let ca = match fields.optional(der::BOOLEAN, WHAT)? {
        Some(flag) => match flag.bytes(der) {
            [octet] => *octet != 0,
            _ => return Err(malformed(flag.span, "basicConstraints: cA is no BOOLEAN")),
        },
        None => false,
    };
    let path_len = match fields.optional(der::INTEGER, WHAT)? {
        None => None,
        Some(number) => {
            let content = number.bytes(der);
            if content.first().is_none_or(|octet| octet & 0x80 != 0) {
                return Err(malformed(
                    number.span,
                    "basicConstraints: pathLenConstraint is negative",
                ));
            }
            let value = content.iter().try_fold(0_u32, |sum, octet| {
                sum.checked_mul(256)
                    .and_then(|sum| sum.checked_add(u32::from(*octet)))
            });
            // A bound beyond 32 bits bounds nothing.
            Some(value.unwrap_or(u32::MAX))
        }
    };
    fields.finish(WHAT)?;
    Ok(BasicConstraints { ca, path_len })
}

pub(super) fn key_usage(der: &[u8], value: DerSpan) -> Result<KeyUsage, Error> {
    const WHAT: &str = "keyUsage";
    let mut reader = Reader::within(der, value);
    let bits = reader.expect(der::BIT_STRING, WHAT)?;
    reader.finish(WHAT)?;
    let Some((unused, octets)) = bits.bytes(der).split_first() else {
        return Err(malformed(bits.span, "keyUsage: it is empty"));
    };
    if *unused > 7 || (octets.is_empty() && *unused > 0) {
        return Err(malformed(
            bits.span,
            "keyUsage: it has more unused bits than bits",
        ));
    }
    // Bit 0 is the highest bit of the first octet (X.680 §22.7).
    let is_set = |bit: usize| {
        let mask = 0x80_u8 >> (bit % 8);
        octets.get(bit / 8).is_some_and(|octet| octet & mask != 0)
    };
    let set: Vec<KeyUsageBit> = KeyUsageBit::ALL
        .iter()
        .enumerate()
        .filter(|(bit, _)| is_set(*bit))
        .map(|(_, usage)| *usage)
        .collect();
    Ok(KeyUsage(set))
}

/// A SEQUENCE OF OBJECT IDENTIFIER.
pub(super) fn extended_key_usage(der: &[u8], value: DerSpan) -> Result<Vec<String>, Error> {
    const WHAT: &str = "extendedKeyUsage";
    let mut reader = sequence(der, value, WHAT)?;
    let mut purposes = Vec::new();
    while !reader.is_empty() {
        purposes.push(oid(der, &mut reader, WHAT)?);
    }
    not_empty(purposes, value, WHAT)
}

pub(super) fn certificate_policies(der: &[u8], value: DerSpan) -> Result<Vec<String>, Error> {
    const WHAT: &str = "certificatePolicies";
    let mut reader = sequence(der, value, WHAT)?;
    let mut policies = Vec::new();
    while !reader.is_empty() {
        let information = reader.expect(SEQUENCE, WHAT)?;
        policies.push(oid(der, &mut reader.enter(information), WHAT)?);
    }
    not_empty(policies, value, WHAT)
}

pub(super) fn subject_key_identifier(der: &[u8], value: DerSpan) -> Result<Vec<u8>, Error> {
    const WHAT: &str = "subjectKeyIdentifier";
    let mut reader = Reader::within(der, value);
    let identifier = reader.expect(der::OCTET_STRING, WHAT)?;
    reader.finish(WHAT)?;
    Ok(identifier.bytes(der).to_vec())
}

pub(super) fn authority_key_identifier(
    der: &[u8],
    value: DerSpan,
) -> Result<AuthorityKeyIdentifier, Error> {
    const WHAT: &str = "authorityKeyIdentifier";
    let mut fields = sequence(der, value, WHAT)?;
    let key = fields.optional(implicit(0), WHAT)?;
    let issuer = fields.optional(explicit(1), WHAT)?;
    let serial = fields.optional(implicit(2), WHAT)?;
    fields.finish(WHAT)?;
    let issuer = match issuer {
        None => None,
        Some(names) => general_names(der, names.content, WHAT)?
            .into_iter()
            .find_map(|name| {
                if let GeneralName::Directory(name) = name.value {
                    Some(name)
                } else {
                    None
                }
            }),
    };
    Ok(AuthorityKeyIdentifier {
        key_identifier: key.map(|key| key.bytes(der).to_vec()),
        issuer,
        serial: serial.map(|serial| serial.bytes(der).to_vec()),
    })
}

pub(super) fn subject_alternative_name(
    der: &[u8],
    value: DerSpan,
) -> Result<Vec<Located<GeneralName>>, Error> {
    const WHAT: &str = "subjectAltName";
    let names = sequence(der, value, WHAT)?;
    not_empty(general_names(der, names.rest(), WHAT)?, value, WHAT)
}

fn general_names(
    der: &[u8],
    content: DerSpan,
    what: &str,
) -> Result<Vec<Located<GeneralName>>, Error> {
    let mut reader = Reader::within(der, content);
    let mut names = Vec::new();
    while !reader.is_empty() {
        names.push(general_name(der, &mut reader, what)?);
    }
    Ok(names)
}

fn general_name(
    der: &[u8],
    reader: &mut Reader<'_>,
    what: &str,
) -> Result<Located<GeneralName>, Error> {
    let tlv = reader.next(what)?;
    let content = tlv.bytes(der);
    // dNSName, rfc822Name and URI are IA5Strings; what is not ASCII is a departure that some CAs make.
    let ascii = || {
        let text = std::str::from_utf8(content)
            .ok()
            .filter(|text| text.is_ascii());
        let fail = || {
            malformed(
                tlv.span,
                &format!("{what}: a name has characters beyond ASCII"),
            )
        };
        text.map(str::to_owned).ok_or_else(fail)
    };
    let value = match tlv.tag {
        0x81 => GeneralName::Email(ascii()?),
        0x82 => GeneralName::Dns(ascii()?),
        0x86 => GeneralName::Uri(ascii()?),
        0x87 => GeneralName::Ip(content.to_vec()),
        0x88 => GeneralName::RegisteredId(der::dotted(content).ok_or_else(|| {
            malformed(
                tlv.span,
                &format!("{what}: a registeredID is no object identifier"),
            )
        })?),
        0xA4 => {
            let mut inner = reader.enter(tlv);
            let directory = inner.expect(SEQUENCE, what)?;
            inner.finish(what)?;
            GeneralName::Directory(name::read(der, directory)?.value)
        }
        tag if tag & 0xC0 == 0x80 => GeneralName::Other(u32::from(tag & 0x1F)),
        _ => {
            return Err(malformed(
                tlv.span,
                &format!("{what}: a name has no known form"),
            ));
        }
    };
    Ok(Located {
        value,
        span: tlv.span,
    })
}

pub(super) fn name_constraints(der: &[u8], value: DerSpan) -> Result<NameConstraints, Error> {
    const WHAT: &str = "nameConstraints";
    let mut fields = sequence(der, value, WHAT)?;
    let permitted = fields.optional(explicit(0), WHAT)?;
    let excluded = fields.optional(explicit(1), WHAT)?;
    fields.finish(WHAT)?;
    let subtrees = |field: Option<der::Tlv>| match field {
        None => Ok(None),
        Some(field) => {
            let mut reader = Reader::within(der, field.content);
            let mut bases = Vec::new();
            while !reader.is_empty() {
                let subtree = reader.expect(SEQUENCE, WHAT)?;
                let base = general_name(der, &mut reader.enter(subtree), WHAT)?;
                bases.push(base.value);
            }
            not_empty(bases, field.span, WHAT).map(Some)
        }
    };
    let constraints = NameConstraints {
        permitted: subtrees(permitted)?,
        excluded: subtrees(excluded)?,
    };
    if constraints == NameConstraints::default() {
        return Err(malformed(value, "nameConstraints: it is empty"));
    }
    Ok(constraints)
}

/// The URIs of all access methods.
pub(super) fn authority_information_access(
    der: &[u8],
    value: DerSpan,
) -> Result<Vec<String>, Error> {
    const WHAT: &str = "authorityInfoAccess";
    let mut reader = sequence(der, value, WHAT)?;
    let mut addresses = Vec::new();
    while !reader.is_empty() {
        let description = reader.expect(SEQUENCE, WHAT)?;
        let mut description = reader.enter(description);
        oid(der, &mut description, WHAT)?;
        if let GeneralName::Uri(address) = general_name(der, &mut description, WHAT)?.value {
            addresses.push(address);
        }
    }
    Ok(addresses)
}

/// The URIs of all full names.
pub(super) fn crl_distribution_points(der: &[u8], value: DerSpan) -> Result<Vec<String>, Error> {
    const WHAT: &str = "cRLDistributionPoints";
    let mut reader = sequence(der, value, WHAT)?;
    let mut addresses = Vec::new();
    while !reader.is_empty() {
        let point = reader.expect(SEQUENCE, WHAT)?;
        let mut point = reader.enter(point);
        let Some(distribution) = point.optional(explicit(0), WHAT)? else {
            continue;
        };
        let Some(full) = point.enter(distribution).optional(explicit(0), WHAT)? else {
            continue;
        };
        for name in general_names(der, full.content, WHAT)? {
            if let GeneralName::Uri(address) = name.value {
                addresses.push(address);
            }
        }
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T>(read: fn(&[u8], DerSpan) -> Result<T, Error>, der: &[u8]) -> Result<T, String> {
        read(der, DerSpan::new(0, der.len())).map_err(|error| error.what)
    }

    #[test]
    fn an_empty_basic_constraints_is_no_ca() {
        let end_entity = BasicConstraints {
            ca: false,
            path_len: None,
        };
        assert_eq!(read(basic_constraints, &[0x30, 0x00]), Ok(end_entity));
        let ca = BasicConstraints {
            ca: true,
            path_len: Some(0),
        };
        assert_eq!(
            read(basic_constraints, &[0x30, 6, 1, 1, 0xFF, 2, 1, 0]),
            Ok(ca)
        );
        assert!(read(basic_constraints, &[0x30, 6, 1, 1, 0xFF, 2, 1, 0x80]).is_err());
        assert!(read(basic_constraints, &[0x30, 0x00, 0x00]).is_err());
    }

    #[test]
    fn key_usage_bits_count_from_the_highest() {
        use KeyUsageBit::{CrlSign, DecipherOnly, DigitalSignature, KeyCertSign};
        assert_eq!(
            read(key_usage, &[3, 2, 7, 0x80]),
            Ok(KeyUsage(vec![DigitalSignature]))
        );
        assert_eq!(
            read(key_usage, &[3, 2, 1, 0x06]),
            Ok(KeyUsage(vec![KeyCertSign, CrlSign]))
        );
        assert_eq!(
            read(key_usage, &[3, 3, 7, 0x00, 0x80]),
            Ok(KeyUsage(vec![DecipherOnly]))
        );
        assert!(read(key_usage, &[3, 1, 8]).is_err());
        assert!(read(key_usage, &[3, 0]).is_err());
    }

    #[test]
    fn lists_that_must_not_be_empty_are_malformed_when_they_are() {
        assert!(read(extended_key_usage, &[0x30, 0]).is_err());
        assert!(read(subject_alternative_name, &[0x30, 0]).is_err());
        assert!(read(certificate_policies, &[0x30, 0]).is_err());
        assert!(read(name_constraints, &[0x30, 0]).is_err());
        assert!(read(name_constraints, &[0x30, 2, 0xA0, 0]).is_err());
    }

    #[test]
    fn alternative_names_keep_their_places() {
        let der = [0x30, 8, 0x82, 2, b'a', b'b', 0x87, 2, 1, 2];
        let names = read(subject_alternative_name, &der).unwrap();
        assert_eq!(names[0].value, GeneralName::Dns("ab".to_owned()));
        assert_eq!(names[0].span, DerSpan::new(2, 6));
        assert_eq!(names[1].value, GeneralName::Ip(vec![1, 2]));
        assert!(read(subject_alternative_name, &[0x30, 3, 0x82, 1, 0xFF]).is_err());
    }
}
