//! qcStatements (RFC 3739 §3.2.6, EN 319 412-5), statement by statement.
//!
//! A statement that does not parse is kept as malformed beside the others; whether a statement should
//! be there is a matter of policies.

mod psd2;

pub use psd2::{Psd2Fault, Psd2FaultKind, Psd2Part, Psd2Role, Psd2Statement};

use super::der::{self, Reader, SEQUENCE, Tlv};
use super::{Error, Located, Problem};
use crate::span::DerSpan;

/// statementId of the PSD2 statement (TS 119 495 §5.1).
pub const PSD2: &str = "0.4.0.19495.2";

/// Statements a certificate, and items a statement; real ones have fewer than ten.
const MAX_ITEMS: usize = 256;

const UTF8_STRING: u8 = 0x0C;
const PRINTABLE_STRING: u8 = 0x13;
const IA5_STRING: u8 = 0x16;

/// The statements in encoded order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QcStatements {
    /// Each with the place of its SEQUENCE.
    pub statements: Vec<Located<QcStatement>>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QcStatement {
    /// statementId, dotted.
    pub id: String,
    /// What it states.
    pub info: QcInfo,
}

/// What a statement states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QcInfo {
    /// The statement's presence says all there is to say, or its content is of a kind not read here.
    Plain,
    /// QcType (EN 319 412-5 §4.2.3): what the certificate is for, dotted OIDs.
    Types(Vec<Located<String>>),
    /// QcPDS (§4.3.4): where the PKI disclosure statements are.
    Disclosures(Vec<Located<Disclosure>>),
    /// `QcCClegislation` (§4.2.4): countries outside the EU under whose law the certificate is qualified.
    Legislation(Vec<Located<String>>),
    /// `QcLimitValue` (§4.3.2): what a transaction may be worth at most.
    LimitValue(MonetaryValue),
    /// `QcRetentionPeriod` (§4.3.3): for how many years records are kept after the certificate's end.
    RetentionYears(i64),
    /// pkixQCSyntax-v2 (RFC 3739 §3.2.6.1): how the subject's identifiers are to be read, a dotted OID.
    Semantics(Option<String>),
    /// The PSD2 statement.
    Psd2(Psd2Statement),
    /// It is of a known kind and does not parse.
    Malformed {
        /// The bytes that do not parse.
        span: DerSpan,
        /// Why, a clause without a capital or full stop.
        why: String,
    },
}

/// Where a PKI disclosure statement is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// Its URL.
    pub url: String,
    /// ISO 639-1 code of its language, as encoded.
    pub language: String,
}

/// `amount` times ten to the power of `exponent`, in `currency`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonetaryValue {
    /// ISO 4217 code, letters or digits.
    pub currency: String,
    /// The amount.
    pub amount: i64,
    /// The power of ten.
    pub exponent: i64,
}

impl QcStatements {
    /// The first statement with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Located<QcStatement>> {
        self.statements
            .iter()
            .find(|statement| statement.value.id == id)
    }

    /// The PSD2 statement, with the place of the whole statement.
    #[must_use]
    pub fn psd2(&self) -> Option<(DerSpan, &Psd2Statement)> {
        self.statements.iter().find_map(|statement| {
            if let QcInfo::Psd2(psd2) = &statement.value.info {
                Some((statement.span, psd2))
            } else {
                None
            }
        })
    }

    /// The OIDs of all QcType statements.
    pub fn types(&self) -> impl Iterator<Item = &Located<String>> {
        self.statements
            .iter()
            .filter_map(|statement| {
                if let QcInfo::Types(types) = &statement.value.info {
                    Some(types)
                } else {
                    None
                }
            })
            .flatten()
    }
}

/// The customary name of a statement or of a QcType.
#[must_use]
pub fn statement_name(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "0.4.0.1862.1.1" => "QcCompliance",
        "0.4.0.1862.1.2" => "QcLimitValue",
        "0.4.0.1862.1.3" => "QcRetentionPeriod",
        "0.4.0.1862.1.4" => "QcSSCD",
        "0.4.0.1862.1.5" => "QcPDS",
        "0.4.0.1862.1.6" => "QcType",
        "0.4.0.1862.1.6.1" => "electronic signature",
        "0.4.0.1862.1.6.2" => "electronic seal",
        "0.4.0.1862.1.6.3" => "website authentication",
        "0.4.0.1862.1.7" => "QcCClegislation",
        "0.4.0.1862.1.8" => "QcIdentMethod",
        "1.3.6.1.5.5.7.11.1" => "pkixQCSyntax-v1",
        "1.3.6.1.5.5.7.11.2" => "pkixQCSyntax-v2",
        PSD2 => "PSD2",
        _ => return None,
    })
}

/// Reads the extension. A statement that does not parse is kept as malformed; only a list that cannot
/// be taken apart is an error.
pub(super) fn qc_statements(der: &[u8], value: DerSpan) -> Result<QcStatements, Error> {
    const WHAT: &str = "qcStatements";
    let mut outer = Reader::within(der, value);
    let list = outer.expect(SEQUENCE, WHAT)?;
    outer.finish(WHAT)?;
    let mut reader = outer.enter(list);
    let mut statements = Vec::new();
    while !reader.is_empty() {
        let tlv = reader.expect(SEQUENCE, WHAT)?;
        if statements.len() >= MAX_ITEMS {
            return Err(error(tlv.span, "qcStatements: there are too many of them"));
        }
        let mut fields = reader.enter(tlv);
        let id = oid(der, &mut fields, WHAT)?.value;
        let info = info(der, &id, &mut fields).unwrap_or_else(|error| QcInfo::Malformed {
            span: error.span,
            why: error.what,
        });
        statements.push(Located {
            value: QcStatement { id, info },
            span: tlv.span,
        });
    }
    Ok(QcStatements { statements })
}

/// What is wrong with single statements, as problems of the certificate. The PSD2 statement has a
/// reading of its own, which tells its faults apart.
pub(super) fn problems(statements: &QcStatements) -> impl Iterator<Item = Problem> {
    statements.statements.iter().filter_map(|statement| {
        if let QcInfo::Malformed { span, why } = &statement.value.info {
            let (span, what) = (*span, why.clone());
            Some(Problem { span, what })
        } else {
            None
        }
    })
}

fn error(span: DerSpan, what: &str) -> Error {
    Error {
        span,
        what: what.to_owned(),
    }
}

fn info(der: &[u8], id: &str, fields: &mut Reader<'_>) -> Result<QcInfo, Error> {
    let what = statement_name(id).unwrap_or("statement");
    let info = match id {
        PSD2 => return Ok(QcInfo::Psd2(psd2::read(der, fields))),
        "0.4.0.1862.1.2" => QcInfo::LimitValue(monetary_value(der, fields, what)?),
        "0.4.0.1862.1.3" => {
            let years = fields.expect(der::INTEGER, what)?;
            QcInfo::RetentionYears(integer(der, years, what)?)
        }
        "0.4.0.1862.1.5" => QcInfo::Disclosures(items(fields, what, |reader, _| {
            disclosure(der, reader, what)
        })?),
        "0.4.0.1862.1.6" => QcInfo::Types(items(fields, what, |reader, _| oid(der, reader, what))?),
        "0.4.0.1862.1.7" => QcInfo::Legislation(items(fields, what, |reader, _| {
            string(der, reader, PRINTABLE_STRING, what)
        })?),
        "1.3.6.1.5.5.7.11.2" => QcInfo::Semantics(semantics(der, fields, what)?),
        _ => return Ok(QcInfo::Plain),
    };
    fields.finish(what)?;
    Ok(info)
}

/// The items of a SEQUENCE OF.
fn items<T>(
    fields: &mut Reader<'_>,
    what: &str,
    mut read: impl FnMut(&mut Reader<'_>, usize) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let list = fields.expect(SEQUENCE, what)?;
    let mut reader = fields.enter(list);
    let mut items = Vec::new();
    while !reader.is_empty() {
        if items.len() >= MAX_ITEMS {
            return Err(error(reader.rest(), &format!("{what}: it is too long")));
        }
        items.push(read(&mut reader, items.len())?);
    }
    Ok(items)
}

fn oid(der: &[u8], reader: &mut Reader<'_>, what: &str) -> Result<Located<String>, Error> {
    let tlv = reader.expect(der::OID, what)?;
    let value = der::dotted(tlv.bytes(der))
        .ok_or_else(|| error(tlv.span, &format!("{what}: not an object identifier")))?;
    Ok(Located {
        value,
        span: tlv.span,
    })
}

fn string(
    der: &[u8],
    reader: &mut Reader<'_>,
    tag: u8,
    what: &str,
) -> Result<Located<String>, Error> {
    let tlv = reader.expect(tag, what)?;
    text(der, tlv, what)
}

fn text(der: &[u8], tlv: Tlv, what: &str) -> Result<Located<String>, Error> {
    let value = std::str::from_utf8(tlv.bytes(der))
        .map_err(|_| error(tlv.span, &format!("{what}: its text is not UTF-8")))?;
    Ok(Located {
        value: value.to_owned(),
        span: tlv.span,
    })
}

fn disclosure(
    der: &[u8],
    reader: &mut Reader<'_>,
    what: &str,
) -> Result<Located<Disclosure>, Error> {
    let tlv = reader.expect(SEQUENCE, what)?;
    let mut fields = reader.enter(tlv);
    let url = string(der, &mut fields, IA5_STRING, what)?.value;
    let language = string(der, &mut fields, PRINTABLE_STRING, what)?.value;
    fields.finish(what)?;
    Ok(Located {
        value: Disclosure { url, language },
        span: tlv.span,
    })
}

fn monetary_value(der: &[u8], fields: &mut Reader<'_>, what: &str) -> Result<MonetaryValue, Error> {
    let tlv = fields.expect(SEQUENCE, what)?;
    let mut inner = fields.enter(tlv);
    let code = inner.next(what)?;
    let currency = match code.tag {
        PRINTABLE_STRING => text(der, code, what)?.value,
        der::INTEGER => integer(der, code, what)?.to_string(),
        _ => {
            return Err(error(
                code.span,
                &format!("{what}: its currency is no code"),
            ));
        }
    };
    let amount = inner.expect(der::INTEGER, what)?;
    let exponent = inner.expect(der::INTEGER, what)?;
    inner.finish(what)?;
    Ok(MonetaryValue {
        currency,
        amount: integer(der, amount, what)?,
        exponent: integer(der, exponent, what)?,
    })
}

fn semantics(der: &[u8], fields: &mut Reader<'_>, what: &str) -> Result<Option<String>, Error> {
    if fields.is_empty() {
        return Ok(None);
    }
    let tlv = fields.expect(SEQUENCE, what)?;
    let mut inner = fields.enter(tlv);
    let Some(identifier) = inner.optional(der::OID, what)? else {
        return Ok(None);
    };
    der::dotted(identifier.bytes(der)).map(Some).ok_or_else(|| {
        error(
            identifier.span,
            &format!("{what}: not an object identifier"),
        )
    })
}

fn integer(der: &[u8], tlv: Tlv, what: &str) -> Result<i64, Error> {
    let content = tlv.bytes(der);
    let negative = content.first().is_some_and(|octet| octet & 0x80 != 0);
    if content.is_empty() || content.len() > 8 {
        return Err(error(
            tlv.span,
            &format!("{what}: its number is out of range"),
        ));
    }
    let start = if negative { -1_i64 } else { 0 };
    Ok(content.iter().fold(start, |value, octet| {
        value.wrapping_shl(8) | i64::from(*octet)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A TLV; contents stay below 128 octets.
    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        let mut out = vec![tag, u8::try_from(content.len()).unwrap()];
        out.extend_from_slice(content);
        out
    }

    /// Arcs below 0.4.0.1862.1 are single octets after this head.
    fn etsi(last: u8) -> Vec<u8> {
        tlv(0x06, &[0x04, 0x00, 0x8E, 0x46, 0x01, last])
    }

    fn statement(id: Vec<u8>, info: &[u8]) -> Vec<u8> {
        tlv(SEQUENCE, &[&id, info].concat())
    }

    fn read(statements: &[Vec<u8>]) -> Result<QcStatements, Error> {
        let der = tlv(SEQUENCE, &statements.concat());
        qc_statements(&der, DerSpan::new(0, der.len()))
    }

    fn only(id: u8, info: &[u8]) -> QcInfo {
        let statements = read(&[statement(etsi(id), info)]).unwrap();
        assert_eq!(
            statements.statements[0].value.id,
            format!("0.4.0.1862.1.{id}")
        );
        statements.statements[0].value.info.clone()
    }

    #[test]
    fn statements_without_information_are_plain() {
        assert_eq!(only(1, &[]), QcInfo::Plain);
        assert_eq!(only(4, &[]), QcInfo::Plain);
    }

    #[test]
    fn places_are_those_of_whole_statements() {
        let first = statement(etsi(1), &[]);
        let statements = read(&[first.clone(), statement(etsi(4), &[])]).unwrap();
        assert_eq!(statements.statements[1].span.start, 2 + first.len());
    }

    #[test]
    fn types_are_dotted_with_their_places() {
        let web = tlv(0x06, &[0x04, 0x00, 0x8E, 0x46, 0x01, 0x06, 0x03]);
        let QcInfo::Types(types) = only(6, &tlv(SEQUENCE, &web)) else {
            panic!("no types");
        };
        assert_eq!(types[0].value, "0.4.0.1862.1.6.3");
        assert_eq!(types[0].span.len(), web.len());
    }

    #[test]
    fn disclosures_have_an_address_and_a_language() {
        let one = tlv(
            SEQUENCE,
            &[
                tlv(IA5_STRING, b"https://a.example/pds"),
                tlv(PRINTABLE_STRING, b"en"),
            ]
            .concat(),
        );
        let QcInfo::Disclosures(found) = only(5, &tlv(SEQUENCE, &one)) else {
            panic!("no disclosures");
        };
        assert_eq!(found[0].value.url, "https://a.example/pds");
        assert_eq!(found[0].value.language, "en");
    }

    #[test]
    fn amounts_periods_and_countries_are_read() {
        let value = tlv(
            SEQUENCE,
            &[tlv(PRINTABLE_STRING, b"EUR"), tlv(2, &[5]), tlv(2, &[0xFF])].concat(),
        );
        let expected = MonetaryValue {
            currency: "EUR".into(),
            amount: 5,
            exponent: -1,
        };
        assert_eq!(only(2, &value), QcInfo::LimitValue(expected));
        assert_eq!(only(3, &tlv(2, &[0x00, 0x80])), QcInfo::RetentionYears(128));
        let QcInfo::Legislation(countries) = only(7, &tlv(SEQUENCE, &tlv(PRINTABLE_STRING, b"CH")))
        else {
            panic!("no countries");
        };
        assert_eq!(countries[0].value, "CH");
    }

    #[test]
    fn a_malformed_statement_does_not_hide_the_others() {
        let statements =
            read(&[statement(etsi(6), &tlv(2, &[1])), statement(etsi(1), &[])]).unwrap();
        assert!(matches!(
            &statements.statements[0].value.info,
            QcInfo::Malformed { why, .. } if why.starts_with("QcType: tag 0x02")
        ));
        assert!(statements.get("0.4.0.1862.1.1").is_some());
        assert_eq!(problems(&statements).count(), 1);
    }

    #[test]
    fn what_follows_a_statement_s_information_does_not_belong() {
        assert!(matches!(
            only(3, &[tlv(2, &[1]), tlv(2, &[1])].concat()),
            QcInfo::Malformed { .. }
        ));
    }

    #[test]
    fn a_list_that_cannot_be_taken_apart_is_an_error() {
        assert!(read(&[tlv(2, &[1])]).is_err());
        assert!(read(&[tlv(SEQUENCE, &[])]).is_err());
        assert_eq!(read(&[]).unwrap(), QcStatements::default());
    }

    #[test]
    fn the_semantics_identifier_is_optional() {
        let pkix = tlv(0x06, &[0x2B, 6, 1, 5, 5, 7, 11, 2]);
        let legal = tlv(0x06, &[0x04, 0x00, 0x8B, 0xEC, 0x49, 0x01, 0x02]);
        let with = read(&[statement(pkix.clone(), &tlv(SEQUENCE, &legal))]).unwrap();
        assert_eq!(
            with.statements[0].value.info,
            QcInfo::Semantics(Some("0.4.0.194121.1.2".into()))
        );
        let without = read(&[statement(pkix, &[])]).unwrap();
        assert_eq!(without.statements[0].value.info, QcInfo::Semantics(None));
    }
}
