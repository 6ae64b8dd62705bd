//! `psd2-roles-avoid`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::parameter::{NonEmpty, Oid};
use crate::check::qualified::roles;
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::Field;

/// The PSD2 statement lists none of these roles. What a role is, its OID says.
///
/// Fails: `refused: [0.4.0.19495.1.0]` ("unspecified"), and the certificate has that role.
/// Passes: it has `PSP_AI`. A certificate without the statement is not asked.
/// Source: a policy's own; TS 119 495 §5.1 defines the roles.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Psd2RolesAvoid {
    /// The OIDs of the roles refused, dotted.
    refused: NonEmpty<Oid>,
}

impl Parameters for Psd2RolesAvoid {
    const NAME: &'static str = "psd2-roles-avoid";
    const DETAILS: Details = &[("oid", "the role's OID"), ("name", "the role's name")];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(self)))
    }
}

impl CertificateCheck for Psd2RolesAvoid {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let roles = match roles(subject) {
            Ok(roles) => &roles.value,
            Err(verdict) => return verdict,
        };
        let refused = roles.iter().filter(|role| {
            self.refused
                .iter()
                .any(|refused| **refused == *role.value.oid.value)
        });
        let violations = refused.map(|role| {
            let (oid, name) = (&role.value.oid.value, &role.value.name.value);
            let label = format!("{name} ({oid})");
            Violation::at_der(subject.member, Field::QcStatements, role.span, label)
                .with("oid", oid)
                .with("name", name)
        });
        Verdict::from_violations(violations.collect())
    }
}
