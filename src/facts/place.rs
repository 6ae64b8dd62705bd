//! Which part of a certificate a fact is read from.

use crate::x509::qc::QcInfo;
use crate::x509::{Certificate, Extension, Field};

/// The field that a fact of a certificate is read from, by the fact's path without `cert.`
/// (`san.uris`); `None` where there is no such fact.
#[must_use]
pub fn field_of(path: &str) -> Option<Field> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    Some(match first {
        "index" | "role" | "sha256" | "malformed" => Field::Certificate,
        "version" => Field::Version,
        "serial_number" => Field::SerialNumber,
        "subject" => Field::Subject,
        "issuer" | "self_issued" => Field::Issuer,
        "validity" => match rest {
            "not_before" => Field::NotBefore,
            "not_after" => Field::NotAfter,
            _ => Field::Validity,
        },
        "key" => Field::PublicKey,
        "signature_algorithm" => Field::SignatureAlgorithm,
        "san" => Field::SubjectAlternativeName,
        "basic_constraints" => Field::BasicConstraints,
        "key_usage" => Field::KeyUsage,
        "extended_key_usage" | "extended_key_usage_oids" => Field::ExtendedKeyUsage,
        "subject_key_identifier" => Field::SubjectKeyIdentifier,
        "authority_key_identifier" => Field::AuthorityKeyIdentifier,
        "policies" | "validation" => Field::CertificatePolicies,
        "authority_information_access" => Field::AuthorityInformationAccess,
        "crl_distribution_points" => Field::CrlDistributionPoints,
        "qc" => Field::QcStatements,
        "extensions" => Field::Extension,
        _ => return None,
    })
}

/// The facts that cannot be known because their extension cannot be read, each with why.
pub(super) fn malformed(certificate: &Certificate) -> Vec<(&'static str, &str)> {
    fn why<T>(extension: &Extension<T>) -> Option<&str> {
        match extension {
            Extension::Malformed { why, .. } => Some(why),
            Extension::Absent | Extension::Present { .. } => None,
        }
    }
    let of = &certificate.extensions;
    let known = [
        ("san", why(&of.subject_alternative_name)),
        ("basic_constraints", why(&of.basic_constraints)),
        ("key_usage", why(&of.key_usage)),
        ("extended_key_usage", why(&of.extended_key_usage)),
        ("extended_key_usage_oids", why(&of.extended_key_usage)),
        ("subject_key_identifier", why(&of.subject_key_identifier)),
        (
            "authority_key_identifier",
            why(&of.authority_key_identifier),
        ),
        ("policies", why(&of.certificate_policies)),
        ("validation", why(&of.certificate_policies)),
        (
            "authority_information_access",
            why(&of.authority_information_access),
        ),
        ("crl_distribution_points", why(&of.crl_distribution_points)),
        (
            "qc",
            why(&of.qc_statements).or_else(|| unread_statement(certificate)),
        ),
    ];
    let malformed = known
        .into_iter()
        .filter_map(|(fact, why)| Some((fact, why?)));
    malformed.collect()
}

/// Why a statement of qcStatements, or the roles of the PSD2 one, cannot be read.
fn unread_statement(certificate: &Certificate) -> Option<&str> {
    let statements = &certificate.extensions.qc_statements.value()?.statements;
    statements
        .iter()
        .find_map(|statement| match &statement.value.info {
            QcInfo::Malformed { why, .. } => Some(why.as_str()),
            QcInfo::Psd2(psd2) if psd2.roles.is_none() => Some(
                psd2.faults
                    .first()
                    .map_or("it has no roles", |fault| &fault.why),
            ),
            QcInfo::Psd2(_)
            | QcInfo::Plain
            | QcInfo::Types(_)
            | QcInfo::Disclosures(_)
            | QcInfo::Legislation(_)
            | QcInfo::LimitValue(_)
            | QcInfo::RetentionYears(_)
            | QcInfo::Semantics(_) => None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_of_a_certificate_has_a_place() {
        let schema = crate::facts::schema();
        let facts = schema["$defs"]["CertificateFacts"]["properties"]
            .as_object()
            .unwrap();
        for fact in facts.keys() {
            assert!(field_of(fact).is_some(), "{fact}");
        }
        assert_eq!(field_of("san.uris"), Some(Field::SubjectAlternativeName));
        assert_eq!(field_of("validity.not_after"), Some(Field::NotAfter));
        assert_eq!(field_of("nothing"), None);
    }
}
