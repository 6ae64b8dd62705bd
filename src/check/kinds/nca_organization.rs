//! `nca-organization`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::qualified::{nca_id, parse_nca_id};
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Place, Scope, Subject, Verdict,
    Violation,
};
use crate::x509::{AttributeType, Field};

/// The subject's organizationIdentifier, where it is of the form `PSDCC-AUTHORITY-NUMBER`, names the
/// authority that the PSD2 statement names.
///
/// Fails: `PSDDE-BAFIN-123456`, and nCAId is `LT-BL`.
/// Passes: `PSDLT-BL-LB000458` and `LT-BL`. Identifiers of other schemes are not asked, nor is an nCAId
/// that is none by its form.
/// Source: TS 119 495 §5.2.1.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NcaOrganization {
    /// The OIDs of roles that need no authority.
    #[serde(default)]
    exempt_roles: Vec<String>,
}

impl Parameters for NcaOrganization {
    const NAME: &'static str = "nca-organization";
    const DETAILS: Details = &[
        ("nca_id", "nCAId as it stands"),
        ("organization_identifier", "the subject's identifier"),
        ("named", "the authority that the identifier names"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for NcaOrganization {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let name = &subject.member.certificate.subject.value;
        let identifier = name
            .values(&AttributeType::OrganizationIdentifier)
            .map(|attribute| &attribute.value)
            .find_map(|value| Some((value, authority(&value.value)?)));
        let Some((identifier, named)) = identifier else {
            return Verdict::NotApplicable("the subject has no PSD identifier");
        };
        let id = match nca_id(subject, &self.exempt_roles) {
            Ok(id) => id,
            Err(verdict) => return verdict,
        };
        if parse_nca_id(&id.value).is_err() {
            return Verdict::NotApplicable("nCAId is none by its form");
        }
        if named == id.value {
            return Verdict::Pass;
        }
        let place = Place::Der {
            block: subject.member.block,
            field: Field::QcStatements,
            span: id.span,
        };
        let label = format!("organizationIdentifier: {}", identifier.value);
        Verdict::fail(
            Violation::at_der(subject.member, Field::Subject, identifier.span, label)
                .with("nca_id", &id.value)
                .with("organization_identifier", &identifier.value)
                .with("named", &named)
                .related(place, format_args!("nCAId: {}", id.value)),
        )
    }
}

/// `LT-BL` of `PSDLT-BL-LB000458`.
fn authority(identifier: &str) -> Option<String> {
    let mut parts = identifier.strip_prefix("PSD")?.splitn(3, '-');
    let (country, authority, _) = (parts.next()?, parts.next()?, parts.next()?);
    Some(format!("{country}-{authority}"))
}

#[cfg(test)]
mod tests {
    use super::authority;

    #[test]
    fn the_authority_stands_between_scheme_and_number() {
        assert_eq!(authority("PSDLT-BL-LB000458").as_deref(), Some("LT-BL"));
        assert_eq!(
            authority("PSDFI-FINFSA-1234567-8").as_deref(),
            Some("FI-FINFSA")
        );
        assert_eq!(authority("PSDLT-BL"), None);
        assert_eq!(authority("VATLT-1234"), None);
    }
}
