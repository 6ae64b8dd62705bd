//! `nca-listed`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::qualified::{nca_id, parse_nca_id};
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::Field;

/// nCAId of the PSD2 statement is one of a list of competent authorities.
///
/// Fails: `known: [LT-BL]`, and the certificate names `LT-XYZ`.
/// Passes: it names `LT-BL`. An nCAId that is none by its form is not asked.
/// Source: the list that the EBA keeps (TS 119 495 §5.2.3 and annex).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NcaListed {
    /// The ids of the authorities, as in `LT-BL`.
    known: Vec<String>,
    /// The OIDs of roles that need no authority.
    #[serde(default)]
    exempt_roles: Vec<String>,
}

impl Parameters for NcaListed {
    const NAME: &'static str = "nca-listed";
    const DETAILS: Details = &[
        ("nca_id", "nCAId as it stands"),
        ("country", "its country code"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for NcaListed {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let id = match nca_id(subject, &self.exempt_roles) {
            Ok(id) => id,
            Err(verdict) => return verdict,
        };
        let Ok((country, _)) = parse_nca_id(&id.value) else {
            return Verdict::NotApplicable("nCAId is none by its form");
        };
        if self.known.contains(&id.value) {
            return Verdict::Pass;
        }
        let label = format!("nCAId: {}", id.value);
        Verdict::fail(
            Violation::at_der(subject.member, Field::QcStatements, id.span, label)
                .with("nca_id", &id.value)
                .with("country", country),
        )
    }
}
