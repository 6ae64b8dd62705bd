//! What the checks of qualified certificates share: reaching into qcStatements, and tables of roles.

use super::{Subject, Verdict, Violation};
use crate::span::DerSpan;
use crate::x509::qc::{Psd2Part, Psd2Role, Psd2Statement, QcStatements};
use crate::x509::{Extension, Field, Located};

/// What nCAName and nCAId say where no competent authority has to be named (TS 119 495 §5.2.3).
const NOT_APPLICABLE: &str = "NA";

/// The certificate's qcStatements, or why there is nothing to ask.
pub(super) fn statements(subject: Subject<'_>) -> Result<&QcStatements, Verdict> {
    match &subject.member.certificate.extensions.qc_statements {
        Extension::Absent => Err(Verdict::NotApplicable(
            "the certificate has no qcStatements",
        )),
        Extension::Malformed { span, why } => Err(malformed(subject, *span, why)),
        Extension::Present { value, .. } => Ok(&value.value),
    }
}

/// The same, where a certificate without qcStatements is asked as one without any statement.
pub(super) fn statements_or_none(subject: Subject<'_>) -> Result<Option<&QcStatements>, Verdict> {
    if subject
        .member
        .certificate
        .extensions
        .qc_statements
        .is_absent()
    {
        return Ok(None);
    }
    statements(subject).map(Some)
}

/// A violation at the qcStatements, or, where there are none, at the extensions.
pub(super) fn missing(subject: Subject<'_>, label: &str) -> Violation {
    let member = subject.member;
    let extensions = &member.certificate.extensions;
    let field = if extensions.qc_statements.is_absent() {
        Field::Extension
    } else {
        Field::QcStatements
    };
    Violation::at_field(member, field, label)
}

/// The verdict on what does not parse.
pub(super) fn malformed(subject: Subject<'_>, span: DerSpan, why: &str) -> Verdict {
    let at = Violation::at_der(subject.member, Field::QcStatements, span, why);
    Verdict::undetermined(at, why)
}

/// The certificate's PSD2 statement, or why there is nothing to ask.
pub(super) fn psd2(subject: Subject<'_>) -> Result<&Psd2Statement, Verdict> {
    let psd2 = statements(subject)?.psd2();
    psd2.map(|(_, statement)| statement)
        .ok_or(Verdict::NotApplicable(
            "the certificate has no PSD2 statement",
        ))
}

/// The roles of the PSD2 statement with the place of their list, or why there is nothing to ask.
pub(super) fn roles(subject: Subject<'_>) -> Result<&Located<Vec<Located<Psd2Role>>>, Verdict> {
    let statement = psd2(subject)?;
    part(
        subject,
        statement,
        statement.roles.as_ref(),
        Psd2Part::Roles,
    )
}

/// The id of the competent authority, or why there is nothing to ask; that none has to be named is
/// such a reason.
pub(super) fn nca_id<'a>(
    subject: Subject<'a>,
    exempt_roles: &[String],
) -> Result<&'a Located<String>, Verdict> {
    let statement = psd2(subject)?;
    let id = part(
        subject,
        statement,
        statement.nca_id.as_ref(),
        Psd2Part::NcaId,
    )?;
    if id.value != NOT_APPLICABLE {
        return Ok(id);
    }
    let roles = &roles(subject)?.value;
    let exempt = |role: &Located<Psd2Role>| exempt_roles.contains(&role.value.oid.value);
    let named = |name: &Located<String>| name.value == NOT_APPLICABLE;
    if !roles.is_empty()
        && roles.iter().all(exempt)
        && statement.nca_name.as_ref().is_some_and(named)
    {
        return Err(Verdict::NotApplicable(
            "the roles have no competent authority",
        ));
    }
    Ok(id)
}

fn part<'a, T>(
    subject: Subject<'_>,
    statement: &Psd2Statement,
    value: Option<&'a T>,
    part: Psd2Part,
) -> Result<&'a T, Verdict> {
    value.ok_or_else(|| match statement.fault_of(part) {
        Some(fault) => malformed(subject, fault.span, &fault.why),
        None => Verdict::NotApplicable("the PSD2 statement does not say"),
    })
}

/// Country and authority of an NCA id such as `LT-BL`: an ISO 3166-1 code of two letters, then two to
/// eight capital letters (TS 119 495 §5.2.3).
///
/// # Errors
/// What is wrong with it, a clause.
pub(super) fn parse_nca_id(id: &str) -> Result<(&str, &str), &'static str> {
    let (country, authority) = id
        .split_once('-')
        .ok_or("it has no hyphen between country and authority")?;
    let capital = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase());
    if country.len() != 2 || !capital(country) {
        return Err("it does not begin with two capital letters for the country");
    }
    if rust_iso3166::from_alpha2(country).is_none() {
        return Err("no country has this code (ISO 3166-1)");
    }
    if !(2..=8).contains(&authority.len()) || !capital(authority) {
        return Err("the authority is not two to eight capital letters");
    }
    Ok((country, authority))
}

/// A role that a policy knows, written `NAME OID`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KnownRole {
    pub(super) name: String,
    pub(super) oid: String,
}

/// Reads a policy's table of roles.
///
/// # Errors
/// When an entry is no pair, or a name or OID stands twice: a sentence.
pub(super) fn known_roles(table: &[String]) -> Result<Vec<KnownRole>, String> {
    let mut known: Vec<KnownRole> = Vec::new();
    for entry in table {
        let mut words = entry.split_whitespace();
        let (Some(name), Some(oid), None) = (words.next(), words.next(), words.next()) else {
            return Err(format!(
                "`{entry}` is no role: write its name and its OID, as in `PSP_AI 0.4.0.19495.1.3`"
            ));
        };
        let dotted = oid.split('.').all(|arc| arc.parse::<u64>().is_ok());
        if !dotted || !oid.contains('.') {
            return Err(format!("`{oid}` in `{entry}` is no dotted OID"));
        }
        if known
            .iter()
            .any(|other| other.name == name || other.oid == oid)
        {
            return Err(format!("the role `{entry}` stands in the table twice"));
        }
        known.push(KnownRole {
            name: name.to_owned(),
            oid: oid.to_owned(),
        });
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_nca_id_is_a_country_a_hyphen_and_two_to_eight_letters() {
        assert_eq!(parse_nca_id("LT-BL"), Ok(("LT", "BL")));
        assert_eq!(parse_nca_id("DE-ABCDEFGH"), Ok(("DE", "ABCDEFGH")));
        for wrong in [
            "",
            "LTBL",
            "LT_BL",
            "lt-BL",
            "LT-bl",
            "LT-B",
            "LT-ABCDEFGHI",
            "XX-BL",
            "L-BL",
            "LTU-BL",
            "LT-B1",
            "LT-BL-1",
            "LT-",
            "-BL",
            "NA",
        ] {
            assert!(parse_nca_id(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_table_of_roles_has_names_with_their_oids() {
        let table = |entries: &[&str]| {
            known_roles(&entries.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        let known = table(&["PSP_AI 0.4.0.19495.1.3", "PSP_PI  0.4.0.19495.1.2"]).unwrap();
        assert_eq!(known[1].name, "PSP_PI");
        assert_eq!(known[1].oid, "0.4.0.19495.1.2");
        assert!(table(&["PSP_AI"]).is_err());
        assert!(table(&["PSP_AI x.y"]).is_err());
        assert!(table(&["PSP_AI 1.2 3"]).is_err());
        assert!(table(&["A 1.2", "A 1.3"]).is_err());
        assert!(table(&["A 1.2", "B 1.2"]).is_err());
    }
}
