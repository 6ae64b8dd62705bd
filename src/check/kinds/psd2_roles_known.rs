//! `psd2-roles-known`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::qualified::{KnownRole, known_roles, roles};
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::Field;
use crate::x509::qc::Psd2Role;

/// Each role of the PSD2 statement is one of a table, with the OID and the name that belong together.
///
/// A rule that gives one outcome a severity asks for that one alone.
///
/// Fails: the OID of `PSP_AI` with the name `PSP_PI` (`mismatch`); an OID and a name that the table does
/// not have (`unknown`).
/// Passes: 0.4.0.19495.1.3 with `PSP_AI`.
/// Source: TS 119 495 §5.1 and its annexes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Psd2RolesKnown {
    /// The table: each entry a name and an OID, as in `PSP_AI 0.4.0.19495.1.3`.
    known: Vec<String>,
}

impl Parameters for Psd2RolesKnown {
    const NAME: &'static str = "psd2-roles-known";
    const OUTCOMES: Details = &[
        ("mismatch", "OID and name do not belong together"),
        ("unknown", "the table has neither the OID nor the name"),
    ];
    const DETAILS: Details = &[
        ("oid", "the role's OID"),
        ("name", "the role's name"),
        ("wanted", "the pairs that the table has for either"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Certificate(Box::new(Known(known_roles(
            &self.known,
        )?))))
    }
}

#[derive(Debug)]
struct Known(Vec<KnownRole>);

impl CertificateCheck for Known {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        let roles = match roles(subject) {
            Ok(roles) => &roles.value,
            Err(verdict) => return verdict,
        };
        let violations = roles.iter().filter_map(|role| {
            let Psd2Role { oid, name } = &role.value;
            let (oid, name) = (&oid.value, &name.value);
            let near: Vec<&KnownRole> = self
                .0
                .iter()
                .filter(|known| known.oid == *oid || known.name == *name)
                .collect();
            let outcome = match near.as_slice() {
                [] => "unknown",
                [one] if one.oid == *oid && one.name == *name => return None,
                [..] => "mismatch",
            };
            let wanted: Vec<String> = near
                .iter()
                .map(|known| format!("{} is {}", known.oid, known.name))
                .collect();
            let label = format!("{name} ({oid})");
            let at = Violation::at_der(subject.member, Field::QcStatements, role.span, label);
            Some(
                at.outcome(outcome)
                    .with("oid", oid)
                    .with("name", name)
                    .with("wanted", wanted.join(", ")),
            )
        });
        Verdict::from_violations(violations.collect())
    }
}
