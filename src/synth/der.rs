//! A DER writer, small enough to be right at a glance (X.690).

use ::der::asn1::ObjectIdentifier;
use time::OffsetDateTime;

/// BOOLEAN.
pub const BOOLEAN: u8 = 0x01;
/// INTEGER.
pub const INTEGER: u8 = 0x02;
/// BIT STRING.
pub const BIT_STRING: u8 = 0x03;
/// OCTET STRING.
pub const OCTET_STRING: u8 = 0x04;
/// OBJECT IDENTIFIER.
pub const OBJECT_IDENTIFIER: u8 = 0x06;
/// `UTF8String`.
pub const UTF8_STRING: u8 = 0x0C;
/// `PrintableString`.
pub const PRINTABLE_STRING: u8 = 0x13;
/// `UTCTime`.
pub const UTC_TIME: u8 = 0x17;
/// `GeneralizedTime`.
pub const GENERALIZED_TIME: u8 = 0x18;
/// `IA5String`.
pub const IA5_STRING: u8 = 0x16;
/// SEQUENCE, constructed.
pub const SEQUENCE: u8 = 0x30;
/// SET, constructed.
pub const SET: u8 = 0x31;

/// One value: tag, minimal length, content.
#[must_use]
pub fn tlv(tag: u8, content: impl AsRef<[u8]>) -> Vec<u8> {
    let content = content.as_ref();
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let octets: Vec<u8> = content
                .len()
                .to_be_bytes()
                .into_iter()
                .skip_while(|o| *o == 0)
                .collect();
            // A usize has eight octets at most.
            out.push(0x80 | u8::try_from(octets.len()).unwrap_or(u8::MAX));
            out.extend(octets);
        }
    }
    out.extend(content);
    out
}

/// A SEQUENCE of these values.
#[must_use]
pub fn sequence<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> Vec<u8> {
    tlv(SEQUENCE, concat(parts))
}

/// One after the other.
#[must_use]
pub fn concat<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> Vec<u8> {
    parts
        .into_iter()
        .flat_map(|part| part.as_ref().to_vec())
        .collect()
}

/// `[number] EXPLICIT` or another constructed context tag.
#[must_use]
pub fn context(number: u8, content: impl AsRef<[u8]>) -> Vec<u8> {
    tlv(0xA0 | number, content)
}

/// `[number] IMPLICIT` over a primitive type.
#[must_use]
pub fn context_primitive(number: u8, content: impl AsRef<[u8]>) -> Vec<u8> {
    tlv(0x80 | number, content)
}

/// A non-negative INTEGER of a big-endian magnitude.
#[must_use]
pub fn unsigned(magnitude: &[u8]) -> Vec<u8> {
    let mut content: Vec<u8> = magnitude
        .iter()
        .copied()
        .skip_while(|octet| *octet == 0)
        .collect();
    if content.first().is_none_or(|first| first & 0x80 != 0) {
        content.insert(0, 0);
    }
    tlv(INTEGER, content)
}

/// An INTEGER up to 255.
#[must_use]
pub fn small(number: u8) -> Vec<u8> {
    unsigned(&[number])
}

/// A BOOLEAN.
#[must_use]
pub fn boolean(value: bool) -> Vec<u8> {
    tlv(BOOLEAN, [if value { 0xFF } else { 0 }])
}

/// NULL.
#[must_use]
pub fn null() -> Vec<u8> {
    vec![5, 0]
}

/// Whole octets, no bit unused.
#[must_use]
pub fn bit_string(octets: impl AsRef<[u8]>) -> Vec<u8> {
    tlv(BIT_STRING, concat([&[0][..], octets.as_ref()]))
}

/// A named bit list: trailing zero bits are left out, as DER wants it (X.690 §11.2.2).
#[must_use]
pub fn named_bits(bits: &[usize]) -> Vec<u8> {
    let Some(last) = bits.iter().max() else {
        return tlv(BIT_STRING, [0]);
    };
    let octet = |index: usize| {
        let here = bits.iter().filter(|bit| **bit / 8 == index);
        here.fold(0_u8, |octet, bit| octet | 0x80 >> (bit % 8))
    };
    let octets: Vec<u8> = (0..=last / 8).map(octet).collect();
    let unused = u8::try_from(7 - last % 8).unwrap_or(0);
    tlv(BIT_STRING, concat([&[unused][..], &octets]))
}

/// An OBJECT IDENTIFIER.
#[must_use]
pub fn oid(oid: &ObjectIdentifier) -> Vec<u8> {
    tlv(OBJECT_IDENTIFIER, oid.as_bytes())
}

/// `UTCTime` to 2049, `GeneralizedTime` from 2050 on (RFC 5280 §4.1.2.5).
#[must_use]
pub fn time(instant: OffsetDateTime) -> Vec<u8> {
    let (year, month, day) = (instant.year(), u8::from(instant.month()), instant.day());
    let (hour, minute, second) = instant.time().as_hms();
    let rest = format!("{month:02}{day:02}{hour:02}{minute:02}{second:02}Z");
    if (1950..2050).contains(&year) {
        tlv(UTC_TIME, format!("{:02}{rest}", year % 100))
    } else {
        tlv(GENERALIZED_TIME, format!("{year:04}{rest}"))
    }
}
