//! qcStatements as issuing software writes them, mistakes included (EN 319 412-5, TS 119 495 §5.1).

use super::certificate::Extension;
use super::der;

pub(crate) const QC_STATEMENTS: &str = "1.3.6.1.5.5.7.1.3";

/// Roles of TS 119 495: OID and name.
pub(crate) const PSP_AS: (&str, &str) = ("0.4.0.19495.1.1", "PSP_AS");
pub(crate) const PSP_PI: (&str, &str) = ("0.4.0.19495.1.2", "PSP_PI");
pub(crate) const PSP_AI: (&str, &str) = ("0.4.0.19495.1.3", "PSP_AI");
pub(crate) const PSP_CB: (&str, &str) = ("0.4.0.19495.1.5", "PSP_CB");
pub(crate) const PSP_PA: (&str, &str) = ("0.4.0.19495.1.6", "PSP_PA");
pub(crate) const VOP_RS: (&str, &str) = ("0.4.0.19495.1.51", "VOP_RS");

/// The types of QcType.
pub(crate) const ESIGN: &str = "0.4.0.1862.1.6.1";
pub(crate) const ESEAL: &str = "0.4.0.1862.1.6.2";
pub(crate) const WEB: &str = "0.4.0.1862.1.6.3";

/// The extension of these statements, each in DER.
pub(crate) fn extension(statements: &[Vec<u8>]) -> Extension {
    Extension::new(QC_STATEMENTS, der::sequence(statements))
}

fn statement(id: &str, information: &[Vec<u8>]) -> Vec<u8> {
    der::sequence([der::oid(id), der::concat(information)])
}

pub(crate) fn compliance() -> Vec<u8> {
    statement("0.4.0.1862.1.1", &[])
}

pub(crate) fn sscd() -> Vec<u8> {
    statement("0.4.0.1862.1.4", &[])
}

pub(crate) fn types(oids: &[&str]) -> Vec<u8> {
    let oids = der::sequence(oids.iter().map(|oid| der::oid(oid)));
    statement("0.4.0.1862.1.6", &[oids])
}

/// Addresses with their languages.
pub(crate) fn disclosures(found: &[(&str, &str)]) -> Vec<u8> {
    let locations = found.iter().map(|(url, language)| {
        der::sequence([
            der::tlv(IA5_STRING, url),
            der::tlv(der::PRINTABLE_STRING, language),
        ])
    });
    statement("0.4.0.1862.1.5", &[der::sequence(locations)])
}

pub(crate) fn legislation(countries: &[&str]) -> Vec<u8> {
    let countries = countries
        .iter()
        .map(|country| der::tlv(der::PRINTABLE_STRING, country));
    statement("0.4.0.1862.1.7", &[der::sequence(countries)])
}

const IA5_STRING: u8 = 0x16;

/// The PSD2 statement, part by part.
#[derive(Debug, Clone)]
pub(crate) struct Psd2 {
    /// Each RoleOfPSP in DER.
    pub(crate) roles: Vec<Vec<u8>>,
    /// nCAName in DER; empty where it is left out.
    pub(crate) nca_name: Vec<u8>,
    /// nCAId in DER; empty where it is left out.
    pub(crate) nca_id: Vec<u8>,
    /// What follows them.
    pub(crate) trailing: Vec<u8>,
}

/// One RoleOfPSP of these parts.
pub(crate) fn role_of(parts: &[Vec<u8>]) -> Vec<u8> {
    der::sequence(parts)
}

pub(crate) fn role((oid, name): (&str, &str)) -> Vec<u8> {
    role_of(&[der::oid(oid), utf8(name)])
}

pub(crate) fn utf8(text: &str) -> Vec<u8> {
    der::tlv(der::UTF8_STRING, text)
}

impl Psd2 {
    /// These roles under the Bank of Lithuania.
    pub(crate) fn of(roles: &[(&str, &str)]) -> Self {
        Self {
            roles: roles.iter().copied().map(role).collect(),
            nca_name: utf8("Lietuvos bankas"),
            nca_id: utf8("LT-BL"),
            trailing: Vec::new(),
        }
    }

    pub(crate) fn nca(self, name: &str, id: &str) -> Self {
        Self {
            nca_name: utf8(name),
            nca_id: utf8(id),
            ..self
        }
    }

    pub(crate) fn statement(&self) -> Vec<u8> {
        let information = der::sequence([
            der::sequence(&self.roles),
            self.nca_name.clone(),
            self.nca_id.clone(),
            self.trailing.clone(),
        ]);
        statement("0.4.0.19495.2", &[information])
    }
}

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
