//! `nca-id`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::qualified::{nca_id, parse_nca_id};
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::Field;

/// nCAId of the PSD2 statement is a country (ISO 3166-1), a hyphen, and two to eight capital letters.
///
/// "NA" stands there, and in nCAName, where all roles are exempt from naming an authority.
///
/// Fails: `LT_BL`, `lt-BL`, `XX-BL`; `NA` for `PSP_AI`.
/// Passes: `LT-BL`. A certificate without the statement is not asked.
/// Source: TS 119 495 §5.2.3.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NcaId {
    /// The OIDs of roles that need no authority.
    #[serde(default)]
    exempt_roles: Vec<String>,
}

impl Parameters for NcaId {
    const NAME: &'static str = "nca-id";
    const DETAILS: Details = &[
        ("nca_id", "nCAId as it stands"),
        ("problem", "what is wrong with it, a clause"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for NcaId {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let id = match nca_id(subject, &self.exempt_roles) {
            Ok(id) => id,
            Err(verdict) => return verdict,
        };
        match parse_nca_id(&id.value) {
            Ok(_) => Verdict::Pass,
            Err(problem) => {
                let label = format!("nCAId: {}", id.value);
                Verdict::fail(
                    Violation::at_der(subject.member, Field::QcStatements, id.span, label)
                        .with("nca_id", &id.value)
                        .with("problem", problem),
                )
            }
        }
    }
}
