//! From DER to [`Certificate`]: one reading for places and values, a second one by `x509-parser` that
//! it is held against.

use std::sync::OnceLock;

use sha2::{Digest, Sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use super::der::{self, BIT_STRING, INTEGER, Reader, SEQUENCE, explicit};
use super::extensions::Extensions;
use super::{Certificate, Located, Name, Outline, Problem, algorithm, extensions, key, name, time};
use crate::span::DerSpan;

/// Why bytes are no certificate, and where reading broke off.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Error {
    /// The bytes that could not be read.
    pub span: DerSpan,
    /// Why, a clause without a capital or full stop.
    pub what: String,
}

/// Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue } (RFC 5280 §4.1)
pub(super) fn certificate(bytes: &[u8]) -> Result<Certificate, Error> {
    let mut reader = Reader::new(bytes);
    let outer = reader.expect(SEQUENCE, "certificate")?;
    let der = outer.span.of(bytes);
    let mut problems = Vec::new();
    if !reader.is_empty() {
        let rest = reader.rest();
        let what = format!(
            "{} bytes follow the certificate inside its block",
            rest.len()
        );
        problems.push(Problem { span: rest, what });
    }
    let mut parts = reader.enter(outer);
    let tbs = parts.expect(SEQUENCE, "tbsCertificate")?;
    let outer_algorithm = parts.expect(SEQUENCE, "signatureAlgorithm")?;
    let signature = parts.expect(BIT_STRING, "signatureValue")?;
    parts.finish("certificate")?;

    let mut fields = parts.enter(tbs);
    let version = version(der, &mut fields)?;
    let serial = fields.expect(INTEGER, "serialNumber")?;
    let version = version.unwrap_or(Located {
        value: 1,
        span: serial.span,
    });
    let inner_algorithm = fields.expect(SEQUENCE, "signature")?;
    let issuer = fields.expect(SEQUENCE, "issuer")?;
    let validity = fields.expect(SEQUENCE, "validity")?;
    let mut times = fields.enter(validity);
    let not_before = times.next("notBefore")?;
    let not_after = times.next("notAfter")?;
    times.finish("validity")?;
    let subject = fields.expect(SEQUENCE, "subject")?;
    let spki = fields.expect(SEQUENCE, "subjectPublicKeyInfo")?;
    for (number, what) in [(1, "issuerUniqueID"), (2, "subjectUniqueID")] {
        // Primitive or constructed; nobody has used them in thirty years.
        if fields.optional(der::implicit(number), what)?.is_none() {
            fields.optional(explicit(number), what)?;
        }
    }
    let extensions = match fields.optional(explicit(3), "extensions")? {
        Some(field) => extensions::read(der, field, &mut problems)?,
        None => Extensions::default(),
    };
    fields.finish("tbsCertificate")?;

    if inner_algorithm.bytes(der) != outer_algorithm.bytes(der) {
        problems.push(Problem {
            span: outer_algorithm.span,
            what: "the algorithm beside the signature is not the one that was signed \
                   (RFC 5280 4.1.1.2)"
                .to_owned(),
        });
    }
    // The first octet of a BIT STRING counts unused bits; signatures are whole octets.
    let bits = signature.content;
    if signature
        .bytes(der)
        .first()
        .is_none_or(|unused| *unused != 0)
    {
        let what = "the signature is not a whole number of octets".to_owned();
        problems.push(Problem {
            span: signature.span,
            what,
        });
    }
    problems.extend(der::departures(der, outer.span));

    let certificate = Certificate {
        sha256: Sha256::digest(der).into(),
        version,
        serial: Located {
            value: serial.bytes(der).to_vec(),
            span: serial.span,
        },
        signature_algorithm: algorithm::read(der, outer_algorithm)?,
        issuer: name::read(der, issuer)?,
        not_before: time::read(der, not_before)?,
        not_after: time::read(der, not_after)?,
        validity: validity.span,
        subject: name::read(der, subject)?,
        public_key: key::read(der, spki)?,
        extensions,
        tbs: tbs.span,
        signature: DerSpan::new(bits.start.saturating_add(1).min(bits.end), bits.end),
        problems,
        weaknesses: OnceLock::new(),
        der: der.to_vec(),
    };
    Ok(compared(certificate))
}

/// Subject and key of a certificate, which are a small part of the work where many are looked through for
/// one.
pub(super) fn outline(bytes: &[u8]) -> Result<Outline, Error> {
    let mut reader = Reader::new(bytes);
    let outer = reader.expect(SEQUENCE, "certificate")?;
    let mut parts = reader.enter(outer);
    let tbs = parts.expect(SEQUENCE, "tbsCertificate")?;
    let mut fields = parts.enter(tbs);
    fields.optional(explicit(0), "version")?;
    fields.expect(INTEGER, "serialNumber")?;
    for what in ["signature", "issuer", "validity"] {
        fields.expect(SEQUENCE, what)?;
    }
    let subject = fields.expect(SEQUENCE, "subject")?;
    let spki = fields.expect(SEQUENCE, "subjectPublicKeyInfo")?;
    Ok(Outline {
        subject: name::read(bytes, subject)?.value,
        spki_sha256: Sha256::digest(spki.span.of(bytes)).into(),
    })
}

/// `[0] EXPLICIT INTEGER`, encoded one less than people count.
fn version(der: &[u8], fields: &mut Reader<'_>) -> Result<Option<Located<u32>>, Error> {
    let Some(field) = fields.optional(explicit(0), "version")? else {
        return Ok(None);
    };
    let mut inner = fields.enter(field);
    let number = inner.expect(INTEGER, "version")?;
    inner.finish("version")?;
    match number.bytes(der) {
        [octet] if *octet < 0x7F => {
            let value = u32::from(*octet).saturating_add(1);
            Ok(Some(Located {
                value,
                span: field.span,
            }))
        }
        _ => Err(Error {
            span: number.span,
            what: "version: no number that could be one".to_owned(),
        }),
    }
}

/// Holds the certificate against the reading of `x509-parser`; where the two disagree, neither is
/// guessed to be right.
fn compared(mut certificate: Certificate) -> Certificate {
    let disagreements = {
        let Ok((_, second)) = X509Certificate::from_der(&certificate.der) else {
            // What a stricter reader refuses is not wrong for that alone; every departure that counts
            // has been told above.
            return certificate;
        };
        let der = &certificate.der;
        // Attribute by attribute: `as_raw` of a name is cut short in x509-parser 0.18.1.
        let same = |name: &x509_parser::x509::X509Name<'_>, read: &Located<Name>| {
            let values: Vec<&[u8]> = name
                .iter_attributes()
                .map(x509_parser::prelude::AttributeTypeAndValue::as_slice)
                .collect();
            let ours = &read.value.attributes;
            values.len() == ours.len()
                && values
                    .iter()
                    .zip(ours)
                    .all(|(value, ours)| ours.value.span.of(der).ends_with(value))
        };
        let unix = |instant: &x509_parser::time::ASN1Time| instant.timestamp();
        let oids: Vec<String> = second
            .extensions()
            .iter()
            .map(|extension| extension.oid.to_id_string())
            .collect();
        [
            (
                second.raw_serial() == certificate.serial.value,
                certificate.serial.span,
            ),
            (
                same(second.issuer(), &certificate.issuer),
                certificate.issuer.span,
            ),
            (
                same(second.subject(), &certificate.subject),
                certificate.subject.span,
            ),
            (
                second.public_key().raw == certificate.public_key.span.of(der),
                certificate.public_key.span,
            ),
            (
                unix(&second.validity().not_before) == certificate.not_before.value.unix(),
                certificate.not_before.span,
            ),
            (
                unix(&second.validity().not_after) == certificate.not_after.value.unix(),
                certificate.not_after.span,
            ),
            (
                oids.iter().eq(certificate
                    .extensions
                    .all
                    .iter()
                    .map(|extension| &extension.oid)),
                certificate.extensions.span.unwrap_or(certificate.tbs),
            ),
        ]
    };
    for (agree, span) in disagreements {
        if !agree {
            let what = "two readings of these bytes disagree".to_owned();
            certificate.problems.push(Problem { span, what });
        }
    }
    certificate
}
