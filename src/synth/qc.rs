//! qcStatements as issuing software writes them, mistakes included (EN 319 412-5, TS 119 495 §5.1).

use ::der::asn1::ObjectIdentifier;

use super::der::{self, IA5_STRING};
use super::extension::Extension;

/// `qcStatements` (RFC 3739 §3.2.6).
pub const QC_STATEMENTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.3");

/// A role of TS 119 495: its OID and its name.
pub type Role<'a> = (ObjectIdentifier, &'a str);

/// `PSP_AS`.
pub const PSP_AS: Role<'static> = (ObjectIdentifier::new_unwrap("0.4.0.19495.1.1"), "PSP_AS");
/// `PSP_PI`.
pub const PSP_PI: Role<'static> = (ObjectIdentifier::new_unwrap("0.4.0.19495.1.2"), "PSP_PI");
/// `PSP_AI`.
pub const PSP_AI: Role<'static> = (ObjectIdentifier::new_unwrap("0.4.0.19495.1.3"), "PSP_AI");
/// `PSP_IC`.
pub const PSP_IC: Role<'static> = (ObjectIdentifier::new_unwrap("0.4.0.19495.1.4"), "PSP_IC");
/// `PSP_CB`.
pub const PSP_CB: Role<'static> = (ObjectIdentifier::new_unwrap("0.4.0.19495.1.5"), "PSP_CB");
/// `PSP_PA`.
pub const PSP_PA: Role<'static> = (ObjectIdentifier::new_unwrap("0.4.0.19495.1.6"), "PSP_PA");
/// `VOP_VS`.
pub const VOP_VS: Role<'static> = (ObjectIdentifier::new_unwrap("0.4.0.19495.1.52"), "VOP_VS");
/// `Unspecified`.
pub const UNSPECIFIED: Role<'static> = (
    ObjectIdentifier::new_unwrap("0.4.0.19495.1.0"),
    "Unspecified",
);
/// `VOP_RS`.
pub const VOP_RS: Role<'static> = (ObjectIdentifier::new_unwrap("0.4.0.19495.1.51"), "VOP_RS");

/// QcType: electronic signatures.
pub const ESIGN: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.1862.1.6.1");
/// QcType: electronic seals.
pub const ESEAL: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.1862.1.6.2");
/// QcType: website authentication.
pub const WEB: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.1862.1.6.3");

/// The extension of these statements, each in DER.
#[must_use]
pub fn extension(statements: &[Vec<u8>]) -> Extension {
    Extension::new(QC_STATEMENTS, der::sequence(statements))
}

fn statement(id: &ObjectIdentifier, information: &[Vec<u8>]) -> Vec<u8> {
    der::sequence([der::oid(id), der::concat(information)])
}

/// A statement without information.
#[must_use]
pub fn bare(id: &ObjectIdentifier) -> Vec<u8> {
    statement(id, &[])
}

/// QcCompliance.
#[must_use]
pub fn compliance() -> Vec<u8> {
    statement(&ObjectIdentifier::new_unwrap("0.4.0.1862.1.1"), &[])
}

/// QcSSCD.
#[must_use]
pub fn sscd() -> Vec<u8> {
    statement(&ObjectIdentifier::new_unwrap("0.4.0.1862.1.4"), &[])
}

/// QcType.
#[must_use]
pub fn types(oids: &[ObjectIdentifier]) -> Vec<u8> {
    let oids = der::sequence(oids.iter().map(der::oid));
    statement(&ObjectIdentifier::new_unwrap("0.4.0.1862.1.6"), &[oids])
}

/// QcPDS: addresses with their languages.
#[must_use]
pub fn disclosures(found: &[(&str, &str)]) -> Vec<u8> {
    let locations = found.iter().map(|(url, language)| {
        der::sequence([
            der::tlv(IA5_STRING, url),
            der::tlv(der::PRINTABLE_STRING, language),
        ])
    });
    statement(
        &ObjectIdentifier::new_unwrap("0.4.0.1862.1.5"),
        &[der::sequence(locations)],
    )
}

/// QcCClegislation.
#[must_use]
pub fn legislation(countries: &[&str]) -> Vec<u8> {
    let countries = countries
        .iter()
        .map(|country| der::tlv(der::PRINTABLE_STRING, country));
    statement(
        &ObjectIdentifier::new_unwrap("0.4.0.1862.1.7"),
        &[der::sequence(countries)],
    )
}

/// The PSD2 statement, part by part.
#[derive(Debug, Clone)]
pub struct Psd2 {
    /// Each `RoleOfPSP` in DER.
    pub roles: Vec<Vec<u8>>,
    /// nCAName in DER; empty where it is left out.
    pub nca_name: Vec<u8>,
    /// nCAId in DER; empty where it is left out.
    pub nca_id: Vec<u8>,
    /// What follows them.
    pub trailing: Vec<u8>,
}

/// One `RoleOfPSP` of these parts.
#[must_use]
pub fn role_of(parts: &[Vec<u8>]) -> Vec<u8> {
    der::sequence(parts)
}

/// A `RoleOfPSP` as its standard has it.
#[must_use]
pub fn role((oid, name): Role<'_>) -> Vec<u8> {
    role_of(&[der::oid(&oid), utf8(name)])
}

/// A `UTF8String`.
#[must_use]
pub fn utf8(text: &str) -> Vec<u8> {
    der::tlv(der::UTF8_STRING, text)
}

impl Psd2 {
    /// These roles under the Bank of Lithuania.
    #[must_use]
    pub fn of(roles: &[Role<'_>]) -> Self {
        Self {
            roles: roles.iter().copied().map(role).collect(),
            nca_name: utf8("Lietuvos bankas"),
            nca_id: utf8("LT-BL"),
            trailing: Vec::new(),
        }
    }

    /// Under another authority.
    #[must_use]
    pub fn nca(self, name: &str, id: &str) -> Self {
        Self {
            nca_name: utf8(name),
            nca_id: utf8(id),
            ..self
        }
    }

    /// With these roles written flat: one SEQUENCE around all pairs of OID and name, instead of one around each.
    #[must_use]
    pub fn flat(self, roles: &[Role<'_>]) -> Self {
        let parts = roles
            .iter()
            .flat_map(|(oid, name)| [der::oid(oid), utf8(name)]);
        Self {
            roles: vec![role_of(&parts.collect::<Vec<_>>())],
            ..self
        }
    }

    /// The whole statement.
    #[must_use]
    pub fn statement(&self) -> Vec<u8> {
        let information = der::sequence([
            der::sequence(&self.roles),
            self.nca_name.clone(),
            self.nca_id.clone(),
            self.trailing.clone(),
        ]);
        statement(
            &ObjectIdentifier::new_unwrap("0.4.0.19495.2"),
            &[information],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_psd2_statement_is_encoded_as_its_standard_prints_it() {
        let made = Psd2::of(&[PSP_AI]).nca("A", "LT-BL").statement();
        let role = b"\x30\x11\x06\x07\x04\x00\x81\x98\x27\x01\x03\x0C\x06PSP_AI";
        let information = [b"\x30\x13".as_slice(), role, b"\x0C\x01A", b"\x0C\x05LT-BL"].concat();
        let expected = [
            b"\x30\x29\x06\x06\x04\x00\x81\x98\x27\x02\x30\x1F".as_slice(),
            &information,
        ]
        .concat();
        assert_eq!(made, expected);
    }

    #[test]
    fn etsi_statements_are_encoded_as_their_standard_prints_them() {
        assert_eq!(compliance(), b"\x30\x08\x06\x06\x04\x00\x8E\x46\x01\x01");
        assert_eq!(
            types(&[WEB]),
            b"\x30\x13\x06\x06\x04\x00\x8E\x46\x01\x06\x30\x09\x06\x07\x04\x00\x8E\x46\x01\x06\x03"
        );
    }
}
