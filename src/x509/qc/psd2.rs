//! The PSD2 statement (TS 119 495 §5.1): roles, and the national competent authority (NCA).
//!
//! ```text
//! PSD2QcType ::= SEQUENCE { rolesOfPSP RolesOfPSP, nCAName UTF8String (SIZE (1..256)),
//!                           nCAId UTF8String (SIZE (1..256)) }
//! RolesOfPSP ::= SEQUENCE OF SEQUENCE { roleOfPspOid OBJECT IDENTIFIER,
//!                                       roleOfPspName UTF8String (SIZE (1..256)) }
//! ```
//! Each part is read as far as it goes, so that a fault in one does not hide the others.

use super::{MAX_ITEMS, UTF8_STRING, text};
use crate::span::DerSpan;
use crate::x509::der::{self, Reader, SEQUENCE, Tlv};
use crate::x509::{Error, Located};

/// The most characters a role's name, nCAName and nCAId may have.
const MAX_CHARACTERS: usize = 256;

/// What could be read of the statement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Psd2Statement {
    /// The roles in encoded order; `None` where one of them is not as it should be.
    pub roles: Option<Located<Vec<Located<Psd2Role>>>>,
    /// The NCA's name; `None` where it cannot be read.
    pub nca_name: Option<Located<String>>,
    /// The NCA's id; `None` where it cannot be read.
    pub nca_id: Option<Located<String>>,
    /// What is not as it should be, in encoded order.
    pub faults: Vec<Psd2Fault>,
}

/// A role of a payment service provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Psd2Role {
    /// roleOfPspOid, dotted.
    pub oid: Located<String>,
    /// roleOfPspName.
    pub name: Located<String>,
}

/// A part of the statement that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Psd2Fault {
    /// The bytes at fault.
    pub span: DerSpan,
    /// What they belong to.
    pub part: Psd2Part,
    /// What kind of fault it is.
    pub kind: Psd2FaultKind,
    /// Why, a clause without a capital or full stop.
    pub why: String,
}

/// A part of the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Psd2Part {
    /// The statement as a whole.
    Statement,
    /// rolesOfPSP.
    Roles,
    /// nCAName.
    NcaName,
    /// nCAId.
    NcaId,
    /// nCAName or nCAId, and it cannot be told which.
    Nca,
}

impl Psd2Part {
    /// Whether a fault in `other` keeps this part from being read.
    fn suffers_from(self, other: Self) -> bool {
        let nca = |part| matches!(part, Self::NcaName | Self::NcaId);
        self == other || other == Self::Statement || (other == Self::Nca && nca(self))
    }
}

/// Kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Psd2FaultKind {
    /// Several pairs of OID and name stand flat inside one role: a mistake of known issuing software.
    FlatRoles,
    /// Anything else.
    Form,
}

impl Psd2Statement {
    /// The first fault that keeps a part from being read.
    #[must_use]
    pub fn fault_of(&self, part: Psd2Part) -> Option<&Psd2Fault> {
        self.faults
            .iter()
            .find(|fault| part.suffers_from(fault.part))
    }

    fn note(&mut self, part: Psd2Part, error: Error) {
        self.fault(part, Psd2FaultKind::Form, error.span, error.what);
    }

    fn fault(&mut self, part: Psd2Part, kind: Psd2FaultKind, span: DerSpan, why: String) {
        self.faults.push(Psd2Fault {
            span,
            part,
            kind,
            why,
        });
    }
}

/// Reads what follows the statementId.
pub(super) fn read(der: &[u8], fields: &mut Reader<'_>) -> Psd2Statement {
    let mut statement = Psd2Statement::default();
    if let Err(error) = body(der, fields, &mut statement) {
        statement.note(Psd2Part::Statement, error);
    }
    statement
}

fn body(der: &[u8], fields: &mut Reader<'_>, statement: &mut Psd2Statement) -> Result<(), Error> {
    let outer = fields.expect(SEQUENCE, "PSD2 statement")?;
    let rest = fields.finish("PSD2 statement");
    let mut inner = fields.enter(outer);
    let list = inner.expect(SEQUENCE, "rolesOfPSP")?;
    let before = statement.faults.len();
    let roles = roles(der, &mut inner.enter(list), statement);
    if statement.faults.len() == before {
        statement.roles = Some(Located {
            value: roles,
            span: list.span,
        });
    }
    let mut strings = Vec::new();
    while !inner.is_empty() {
        let tlv = inner.next("nCAName and nCAId")?;
        if strings.len() == 2 {
            return Err(Error {
                span: tlv.span,
                what: "PSD2 statement: something follows nCAId that does not belong".to_owned(),
            });
        }
        strings.push(tlv);
    }
    match strings.as_slice() {
        [name, id] => {
            statement.nca_name = utf8(der, *name, Psd2Part::NcaName, "nCAName", statement);
            statement.nca_id = utf8(der, *id, Psd2Part::NcaId, "nCAId", statement);
        }
        [alone] => {
            let why = "PSD2 statement: one text stands where nCAName and nCAId belong".to_owned();
            statement.fault(Psd2Part::Nca, Psd2FaultKind::Form, alone.span, why);
        }
        _ => {
            return Err(Error {
                span: outer.span,
                what: "PSD2 statement: nCAName and nCAId are missing".to_owned(),
            });
        }
    }
    rest
}

/// The roles, as far as they read; faults go to the statement.
fn roles(
    der: &[u8],
    reader: &mut Reader<'_>,
    statement: &mut Psd2Statement,
) -> Vec<Located<Psd2Role>> {
    let mut roles = Vec::new();
    while !reader.is_empty() {
        let rest = reader.rest();
        let read = reader
            .expect(SEQUENCE, "RoleOfPSP")
            .map_err(|error| (Psd2FaultKind::Form, error))
            .and_then(|tlv| role(der, tlv, reader, statement));
        match read {
            Ok(role) if roles.len() < MAX_ITEMS => roles.push(role),
            Ok(_) => {
                let why = "rolesOfPSP: there are too many of them".to_owned();
                statement.fault(Psd2Part::Roles, Psd2FaultKind::Form, rest, why);
                return roles;
            }
            Err((kind, error)) => {
                statement.fault(Psd2Part::Roles, kind, error.span, error.what);
                // Without its end, the next role cannot be found.
                if reader.rest() == rest {
                    return roles;
                }
            }
        }
    }
    roles
}

fn role(
    der: &[u8],
    tlv: Tlv,
    reader: &Reader<'_>,
    statement: &mut Psd2Statement,
) -> Result<Located<Psd2Role>, (Psd2FaultKind, Error)> {
    let form = |span, what: &str| {
        let what = what.to_owned();
        (Psd2FaultKind::Form, Error { span, what })
    };
    let mut fields = reader.enter(tlv);
    let mut parts = Vec::new();
    while !fields.is_empty() {
        let part = fields
            .next("RoleOfPSP")
            .map_err(|error| (Psd2FaultKind::Form, error))?;
        parts.push(part);
    }
    match parts.as_slice() {
        [oid, name] if oid.tag == der::OID => {
            let value = der::dotted(oid.bytes(der))
                .ok_or_else(|| form(oid.span, "RoleOfPSP: not an object identifier"))?;
            let name = utf8(der, *name, Psd2Part::Roles, "roleOfPspName", statement)
                .unwrap_or_else(|| Located {
                    value: String::new(),
                    span: name.span,
                });
            let oid = Located {
                value,
                span: oid.span,
            };
            Ok(Located {
                value: Psd2Role { oid, name },
                span: tlv.span,
            })
        }
        [first, second, third, ..]
            if first.tag == der::OID && second.tag != der::OID && third.tag == der::OID =>
        {
            let what = format!(
                "{} pairs of OID and name stand flat inside one RoleOfPSP",
                parts.len().div_ceil(2)
            );
            let span = tlv.span;
            Err((Psd2FaultKind::FlatRoles, Error { span, what }))
        }
        [oid] if oid.tag == der::OID => Err(form(tlv.span, "RoleOfPSP: its name is missing")),
        [] => Err(form(tlv.span, "RoleOfPSP: it is empty")),
        [first, ..] if first.tag != der::OID => {
            Err(form(tlv.span, "RoleOfPSP: its OID is missing"))
        }
        _ => Err(form(tlv.span, "RoleOfPSP: it is no pair of OID and name")),
    }
}

/// A `UTF8String` of 1 to 256 characters. A text of another type is read nonetheless, beside its fault.
fn utf8(
    der: &[u8],
    tlv: Tlv,
    part: Psd2Part,
    what: &str,
    statement: &mut Psd2Statement,
) -> Option<Located<String>> {
    /// `PrintableString`, `TeletexString`, `IA5String`, `VisibleString`.
    const OTHER_STRINGS: [u8; 4] = [0x13, 0x14, 0x16, 0x1A];
    let mut fault = |why: String| {
        statement.fault(part, Psd2FaultKind::Form, tlv.span, why);
    };
    if tlv.tag != UTF8_STRING && !OTHER_STRINGS.contains(&tlv.tag) {
        fault(format!(
            "{what}: tag {:#04x} stands where a UTF8String belongs",
            tlv.tag
        ));
        return None;
    }
    let read = match text(der, tlv, what) {
        Ok(read) => read,
        Err(error) => {
            fault(error.what);
            return None;
        }
    };
    if tlv.tag != UTF8_STRING {
        fault(format!(
            "{what}: it is no UTF8String (tag {:#04x})",
            tlv.tag
        ));
    }
    let characters = read.value.chars().count();
    if characters == 0 {
        fault(format!("{what}: it is empty"));
        return None;
    }
    if characters > MAX_CHARACTERS {
        fault(format!(
            "{what}: it has {characters} characters, and {MAX_CHARACTERS} are allowed"
        ));
    }
    Some(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        let mut out = vec![tag, u8::try_from(content.len()).unwrap()];
        out.extend_from_slice(content);
        out
    }

    fn text_of(value: &str) -> Vec<u8> {
        tlv(UTF8_STRING, value.as_bytes())
    }

    /// 0.4.0.19495.1.`last`
    fn oid(last: u8) -> Vec<u8> {
        tlv(der::OID, &[0x04, 0x00, 0x81, 0x98, 0x27, 0x01, last])
    }

    fn role(parts: &[Vec<u8>]) -> Vec<u8> {
        tlv(SEQUENCE, &parts.concat())
    }

    fn read_parts(roles: &[Vec<u8>], rest: &[Vec<u8>]) -> Psd2Statement {
        let der = tlv(
            SEQUENCE,
            &[tlv(SEQUENCE, &roles.concat()), rest.concat()].concat(),
        );
        read(&der, &mut Reader::new(&der))
    }

    fn authority() -> [Vec<u8>; 2] {
        [text_of("Bank"), text_of("LT-BL")]
    }

    fn whys(statement: &Psd2Statement) -> Vec<&str> {
        statement
            .faults
            .iter()
            .map(|fault| fault.why.as_str())
            .collect()
    }

    #[test]
    fn roles_and_authority_are_read() {
        let statement = read_parts(
            &[
                role(&[oid(3), text_of("PSP_AI")]),
                role(&[oid(2), text_of("PSP_PI")]),
            ],
            &authority(),
        );
        assert_eq!(statement.faults, []);
        let roles = statement.roles.unwrap().value;
        assert_eq!(roles[0].value.oid.value, "0.4.0.19495.1.3");
        assert_eq!(roles[1].value.name.value, "PSP_PI");
        assert_eq!(statement.nca_id.unwrap().value, "LT-BL");
    }

    #[test]
    fn pairs_that_stand_flat_in_one_role_are_named() {
        let flat = role(&[oid(3), text_of("PSP_AI"), oid(2), text_of("PSP_PI")]);
        let statement = read_parts(&[flat], &authority());
        assert_eq!(statement.faults[0].kind, Psd2FaultKind::FlatRoles);
        assert_eq!(
            whys(&statement),
            ["2 pairs of OID and name stand flat inside one RoleOfPSP"]
        );
        assert_eq!(statement.roles, None);
        assert!(statement.nca_id.is_some());
    }

    #[test]
    fn what_a_role_lacks_is_said() {
        let lacking = |parts: &[Vec<u8>]| {
            let statement = read_parts(&[role(parts)], &authority());
            assert!(statement.fault_of(Psd2Part::Roles).is_some());
            assert!(statement.fault_of(Psd2Part::NcaId).is_none());
            whys(&statement).concat()
        };
        assert_eq!(
            lacking(&[text_of("PSP_AI")]),
            "RoleOfPSP: its OID is missing"
        );
        assert_eq!(lacking(&[oid(1)]), "RoleOfPSP: its name is missing");
        assert_eq!(lacking(&[]), "RoleOfPSP: it is empty");
        assert_eq!(
            lacking(&[oid(1), text_of("")]),
            "roleOfPspName: it is empty"
        );
        let null = lacking(&[oid(1), tlv(5, &[])]);
        assert_eq!(
            null,
            "roleOfPspName: tag 0x05 stands where a UTF8String belongs"
        );
    }

    #[test]
    fn every_role_at_fault_is_told() {
        let statement = read_parts(&[role(&[oid(1)]), role(&[text_of("x")])], &authority());
        assert_eq!(statement.faults.len(), 2);
    }

    #[test]
    fn no_role_at_all_is_well_formed() {
        let statement = read_parts(&[], &authority());
        assert_eq!(statement.faults, []);
        assert!(statement.roles.unwrap().value.is_empty());
    }

    #[test]
    fn one_text_leaves_open_which_of_name_and_id_it_is() {
        let statement = read_parts(&[], &[text_of("LT-BL")]);
        assert_eq!(statement.faults[0].part, Psd2Part::Nca);
        assert!(statement.fault_of(Psd2Part::NcaId).is_some());
        assert!(statement.fault_of(Psd2Part::NcaName).is_some());
        assert!(statement.fault_of(Psd2Part::Roles).is_none());
    }

    #[test]
    fn texts_are_utf8_strings_of_1_to_256_characters() {
        let of = |name: Vec<u8>| read_parts(&[], &[name, text_of("LT-BL")]);
        let long = |count: usize| {
            let mut out = vec![UTF8_STRING, 0x82];
            out.extend(u16::try_from(count * 2).unwrap().to_be_bytes());
            out.extend("ä".repeat(count).bytes());
            let body = [tlv(SEQUENCE, &[]), out, text_of("LT-BL")].concat();
            let mut der = vec![SEQUENCE, 0x82];
            der.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
            der.extend(body);
            read(&der, &mut Reader::new(&der))
        };
        assert_eq!(of(text_of("x")).faults, []);
        assert_eq!(long(256).faults, []);
        assert_eq!(long(257).faults.len(), 1);
        assert_eq!(whys(&of(text_of(""))), ["nCAName: it is empty"]);
        let ia5 = of(tlv(0x16, b"Bank"));
        assert_eq!(whys(&ia5), ["nCAName: it is no UTF8String (tag 0x16)"]);
        assert_eq!(ia5.nca_name.unwrap().value, "Bank");
        assert!(of(tlv(UTF8_STRING, &[0xFF])).nca_name.is_none());
    }

    #[test]
    fn what_follows_does_not_belong() {
        let [name, id] = authority();
        assert_eq!(read_parts(&[], &[name, id, text_of("x")]).faults.len(), 1);
        let der = [tlv(SEQUENCE, &tlv(SEQUENCE, &[])), tlv(5, &[])].concat();
        assert_eq!(read(&der, &mut Reader::new(&der)).faults.len(), 1);
    }

    #[test]
    fn a_statement_that_breaks_off_is_at_fault_as_a_whole() {
        let statement = read(&[], &mut Reader::new(&[]));
        assert_eq!(statement.faults[0].part, Psd2Part::Statement);
        assert!(statement.fault_of(Psd2Part::Roles).is_some());
    }
}
