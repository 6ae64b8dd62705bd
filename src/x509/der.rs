//! A small reader of DER tags and lengths that knows where everything stands.
//!
//! Reads values of one-octet tags with definite lengths (ITU-T X.690 §8.1); what departs from DER but
//! can be read is reported by [`departures`]. It does not know what a certificate is.

use super::{Error, Problem};
use crate::span::DerSpan;

/// How deep constructed values may nest; certificates of real CAs stay below 16.
const MAX_DEPTH: usize = 32;

/// Problems of one kind that are told of one certificate. A tool that departs from DER does so a few times
/// in each; a file made to exhaust its reader has room for a million.
const MOST_PROBLEMS: usize = 32;

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OID: u8 = 0x06;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// A constructed context-specific tag.
pub(super) const fn explicit(number: u8) -> u8 {
    0xA0 | number
}

/// A primitive context-specific tag.
pub(super) const fn implicit(number: u8) -> u8 {
    0x80 | number
}

/// One value with its tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tlv {
    /// The identifier octet.
    pub(super) tag: u8,
    /// Tag, length and content.
    pub(super) span: DerSpan,
    /// The content.
    pub(super) content: DerSpan,
    /// The length is encoded in the fewest octets.
    minimal: bool,
}

/// Reads one value after another out of a range.
#[derive(Debug, Clone)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Reader<'a> {
    /// Over the whole of `bytes`.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            end: bytes.len(),
        }
    }

    /// Over a range of `bytes`.
    pub(super) fn within(bytes: &'a [u8], span: DerSpan) -> Self {
        Self {
            bytes,
            at: span.start,
            end: span.end.min(bytes.len()),
        }
    }

    /// Whether all is read.
    pub(super) fn is_empty(&self) -> bool {
        self.at >= self.end
    }

    /// What is left to read.
    pub(super) fn rest(&self) -> DerSpan {
        DerSpan::new(self.at, self.end)
    }

    /// The next value.
    pub(super) fn next(&mut self, what: &str) -> Result<Tlv, Error> {
        let fail = |why: &str| Error {
            span: DerSpan::new(self.at, self.end),
            what: format!("{what}: {why}"),
        };
        let octet = |at: usize| self.bytes.get(at).copied().filter(|_| at < self.end);
        let tag = octet(self.at).ok_or_else(|| fail("nothing is left to read"))?;
        if tag & 0x1F == 0x1F {
            return Err(fail("its tag has more than one octet"));
        }
        let length_at = self.at.saturating_add(1);
        let first = octet(length_at).ok_or_else(|| fail("its length is missing"))?;
        let (length, content_at, minimal) = if first < 0x80 {
            (usize::from(first), length_at.saturating_add(1), true)
        } else {
            let count = usize::from(first & 0x7F);
            if count == 0 {
                return Err(fail("its length is indefinite, which DER does not allow"));
            }
            // A certificate of 4 GiB is no certificate.
            if count > 4 {
                return Err(fail("its length is longer than any certificate"));
            }
            let mut length = 0_usize;
            for index in 1..=count {
                let digit = octet(length_at.saturating_add(index))
                    .ok_or_else(|| fail("its length breaks off"))?;
                length = length
                    .saturating_mul(256)
                    .saturating_add(usize::from(digit));
            }
            let leading = octet(length_at.saturating_add(1)).unwrap_or_default();
            let minimal = length >= 0x80 && leading != 0;
            (
                length,
                length_at.saturating_add(count).saturating_add(1),
                minimal,
            )
        };
        let end = content_at.saturating_add(length);
        if end > self.end {
            return Err(fail(&format!(
                "it should have {length} bytes, and {} are left",
                self.end.saturating_sub(content_at)
            )));
        }
        let tlv = Tlv {
            tag,
            span: DerSpan::new(self.at, end),
            content: DerSpan::new(content_at, end),
            minimal,
        };
        self.at = end;
        Ok(tlv)
    }

    /// The next value, which must have this tag.
    pub(super) fn expect(&mut self, tag: u8, what: &str) -> Result<Tlv, Error> {
        let tlv = self.next(what)?;
        if tlv.tag == tag {
            return Ok(tlv);
        }
        Err(Error {
            span: tlv.span,
            what: format!(
                "{what}: tag {:#04x} stands where {tag:#04x} belongs",
                tlv.tag
            ),
        })
    }

    /// The next value, if it has this tag.
    pub(super) fn optional(&mut self, tag: u8, what: &str) -> Result<Option<Tlv>, Error> {
        match self.bytes.get(self.at) {
            Some(next) if *next == tag && self.at < self.end => self.next(what).map(Some),
            Some(_) | None => Ok(None),
        }
    }

    /// A reader over a value's content.
    pub(super) fn enter(&self, tlv: Tlv) -> Self {
        Self::within(self.bytes, tlv.content)
    }

    /// Fails where something is left.
    pub(super) fn finish(&self, what: &str) -> Result<(), Error> {
        if self.is_empty() {
            return Ok(());
        }
        Err(Error {
            span: self.rest(),
            what: format!("{what}: something follows that does not belong"),
        })
    }
}

impl Tlv {
    /// The content's bytes.
    pub(super) fn bytes(self, der: &[u8]) -> &[u8] {
        self.content.of(der)
    }
}

/// Where an encoding departs from DER although it can be read: lengths that are not minimal, BOOLEANs
/// other than 00 and FF, INTEGERs with needless leading octets (X.690 §8.3.2, §10.1, §11.1). Of more than
/// [`MOST_PROBLEMS`], the first are told, and that there are more.
pub(super) fn departures(der: &[u8], span: DerSpan) -> Vec<Problem> {
    let mut found = Vec::new();
    walk(der, span, 0, &mut found);
    bounded(found, "departures from DER")
}

/// The first [`MOST_PROBLEMS`], and that more of them follow where they do.
pub(super) fn bounded(problems: impl IntoIterator<Item = Problem>, what: &str) -> Vec<Problem> {
    let problems = problems.into_iter();
    let mut problems: Vec<Problem> = problems.take(MOST_PROBLEMS.saturating_add(1)).collect();
    if let Some(next) = problems.get_mut(MOST_PROBLEMS) {
        next.what = format!("more {what} follow; the first {MOST_PROBLEMS} are told");
    }
    problems
}

fn walk(der: &[u8], span: DerSpan, depth: usize, found: &mut Vec<Problem>) {
    let mut reader = Reader::within(der, span);
    while !reader.is_empty() && found.len() <= MOST_PROBLEMS {
        let Ok(tlv) = reader.next("value") else {
            return;
        };
        let mut report = |what: &str| {
            found.push(Problem {
                span: tlv.span,
                what: what.to_owned(),
            });
        };
        if !tlv.minimal {
            report("a length is not encoded in the fewest octets");
        }
        let content = tlv.bytes(der);
        match tlv.tag {
            BOOLEAN if !matches!(content, [0x00 | 0xFF]) => {
                report("a BOOLEAN is neither 00 nor FF");
            }
            INTEGER if !is_minimal_integer(content) => {
                report("an INTEGER is not encoded in the fewest octets");
            }
            tag if tag & 0x20 != 0 && depth < MAX_DEPTH => {
                walk(der, tlv.content, depth.saturating_add(1), found);
            }
            _ => {}
        }
    }
}

fn is_minimal_integer(content: &[u8]) -> bool {
    match content {
        [] => false,
        [0x00, next, ..] => next & 0x80 != 0,
        [0xFF, next, ..] => next & 0x80 == 0,
        [_, ..] => true,
    }
}

/// An OBJECT IDENTIFIER's content as dotted decimals; `None` where it is malformed or a component
/// does not fit 64 bits.
pub(super) fn dotted(content: &[u8]) -> Option<String> {
    let mut components: Vec<u64> = Vec::new();
    let mut value = 0_u64;
    let mut open = false;
    for octet in content {
        if !open && *octet == 0x80 {
            return None;
        }
        value = value
            .checked_mul(128)?
            .checked_add(u64::from(octet & 0x7F))?;
        open = octet & 0x80 != 0;
        if !open {
            components.push(value);
            value = 0;
        }
    }
    if open {
        return None;
    }
    let (first, rest) = components.split_first()?;
    // The first two components share a number (X.690 §8.19.4).
    let top = (first / 40).min(2);
    let second = first.checked_sub(top.checked_mul(40)?)?;
    let mut text = format!("{top}.{second}");
    for component in rest {
        text.push('.');
        text.push_str(&component.to_string());
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn object_identifiers_are_dotted() {
        assert_eq!(dotted(&[0x55, 0x04, 0x03]).as_deref(), Some("2.5.4.3"));
        assert_eq!(
            dotted(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B]).as_deref(),
            Some("1.2.840.113549.1.1.11")
        );
        assert_eq!(dotted(&[0x88, 0x37]).as_deref(), Some("2.999"));
        assert_eq!(dotted(&[]), None);
        assert_eq!(dotted(&[0x55, 0x84]), None);
        assert_eq!(dotted(&[0x55, 0x80, 0x01]), None);
    }

    #[test]
    fn a_value_that_is_longer_than_its_surroundings_is_refused_with_its_place() {
        let error = Reader::new(&[0x30, 0x05, 0x02, 0x01])
            .next("it")
            .unwrap_err();
        assert_eq!(error.span, DerSpan::new(0, 4));
        assert!(
            error.what.contains("should have 5 bytes, and 2 are left"),
            "{error}"
        );
    }

    #[test]
    fn lengths_are_definite() {
        assert!(Reader::new(&[0x30, 0x80, 0x00, 0x00]).next("it").is_err());
    }

    #[test]
    fn departures_from_der_are_placed() {
        let der = [
            0x30, 0x0B, 0x01, 0x01, 0x01, 0x02, 0x02, 0x00, 0x01, 0x04, 0x81, 0x01, 0xAA,
        ];
        let found = departures(&der, DerSpan::new(0, der.len()));
        let spans: Vec<_> = found.iter().map(|problem| problem.span).collect();
        assert_eq!(
            spans,
            [DerSpan::new(2, 5), DerSpan::new(5, 9), DerSpan::new(9, 13)]
        );
        let sound = [0x30, 0x07, 0x01, 0x01, 0xFF, 0x02, 0x02, 0x00, 0x80];
        assert_eq!(departures(&sound, DerSpan::new(0, sound.len())), []);
    }

    #[test]
    fn of_very_many_departures_the_first_are_told_and_that_there_are_more() {
        let odd = [0x01, 0x01, 0x01];
        let of = |count: usize| departures(&odd.repeat(count), DerSpan::new(0, 3 * count));
        let (enough, many) = (of(MOST_PROBLEMS), of(10_000));
        assert_eq!(enough.len(), MOST_PROBLEMS);
        assert_eq!(many[..MOST_PROBLEMS], enough);
        let [last] = &many[MOST_PROBLEMS..] else {
            panic!("{} problems", many.len());
        };
        assert_eq!(
            last.span,
            DerSpan::new(3 * MOST_PROBLEMS, 3 * MOST_PROBLEMS + 3)
        );
        assert_eq!(
            last.what,
            "more departures from DER follow; the first 32 are told"
        );
    }
}
