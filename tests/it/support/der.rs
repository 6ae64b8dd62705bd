//! A DER writer for tests, small enough to be right at a glance, and independent of the reader.

use time::OffsetDateTime;

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const UTF8_STRING: u8 = 0x0C;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// One value: tag, minimal length, content.
pub(crate) fn tlv(tag: u8, content: impl AsRef<[u8]>) -> Vec<u8> {
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
            out.push(0x80 | u8::try_from(octets.len()).unwrap());
            out.extend(octets);
        }
    }
    out.extend(content);
    out
}

pub(crate) fn sequence<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> Vec<u8> {
    tlv(SEQUENCE, concat(parts))
}

pub(crate) fn concat<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> Vec<u8> {
    parts
        .into_iter()
        .flat_map(|part| part.as_ref().to_vec())
        .collect()
}

/// `[number] EXPLICIT` or another constructed context tag.
pub(crate) fn context(number: u8, content: impl AsRef<[u8]>) -> Vec<u8> {
    tlv(0xA0 | number, content)
}

/// `[number] IMPLICIT` over a primitive type.
pub(crate) fn context_primitive(number: u8, content: impl AsRef<[u8]>) -> Vec<u8> {
    tlv(0x80 | number, content)
}

/// A non-negative INTEGER of a big-endian magnitude.
pub(crate) fn unsigned(magnitude: &[u8]) -> Vec<u8> {
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

pub(crate) fn small(number: u8) -> Vec<u8> {
    unsigned(&[number])
}

pub(crate) fn boolean(value: bool) -> Vec<u8> {
    tlv(BOOLEAN, [if value { 0xFF } else { 0 }])
}

pub(crate) fn null() -> Vec<u8> {
    vec![5, 0]
}

/// Whole octets, no bit unused.
pub(crate) fn bit_string(octets: impl AsRef<[u8]>) -> Vec<u8> {
    tlv(BIT_STRING, concat([&[0][..], octets.as_ref()]))
}

/// A named bit list: trailing zero bits are left out, as DER wants it (X.690 §11.2.2).
pub(crate) fn named_bits(bits: &[usize]) -> Vec<u8> {
    let Some(last) = bits.iter().max() else {
        return tlv(BIT_STRING, [0]);
    };
    let mut octets = vec![0_u8; last / 8 + 1];
    for bit in bits {
        octets[bit / 8] |= 0x80 >> (bit % 8);
    }
    let unused = u8::try_from(7 - last % 8).unwrap();
    tlv(BIT_STRING, concat([&[unused][..], &octets]))
}

pub(crate) fn oid(dotted: &str) -> Vec<u8> {
    let mut arcs = dotted.split('.').map(|arc| arc.parse::<u64>().unwrap());
    let first = arcs.next().unwrap() * 40 + arcs.next().unwrap();
    let content: Vec<u8> = std::iter::once(first)
        .chain(arcs)
        .flat_map(base_128)
        .collect();
    tlv(OBJECT_IDENTIFIER, content)
}

fn base_128(mut number: u64) -> Vec<u8> {
    let mut octets = Vec::new();
    loop {
        let low = u8::try_from(number & 0x7F).unwrap();
        octets.insert(0, if octets.is_empty() { low } else { low | 0x80 });
        number >>= 7;
        if number == 0 {
            return octets;
        }
    }
}

/// `UTCTime` to 2049, `GeneralizedTime` from 2050 on (RFC 5280 §4.1.2.5).
pub(crate) fn time(instant: OffsetDateTime) -> Vec<u8> {
    let (year, month, day) = (instant.year(), u8::from(instant.month()), instant.day());
    let (hour, minute, second) = instant.time().as_hms();
    let rest = format!("{month:02}{day:02}{hour:02}{minute:02}{second:02}Z");
    if (1950..2050).contains(&year) {
        tlv(UTC_TIME, format!("{:02}{rest}", year % 100))
    } else {
        tlv(GENERALIZED_TIME, format!("{year:04}{rest}"))
    }
}
