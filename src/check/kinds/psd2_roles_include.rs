//! `psd2-roles-include`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::qualified::{KnownRole, known_roles, roles};
use crate::check::text::list;
use crate::check::{
    CertificateCheck, Check, Context, Details, Parameters, Scope, Subject, Verdict, Violation,
};
use crate::x509::Field;
use crate::yaml::did_you_mean;

/// The PSD2 statement lists the roles that are needed. What a role is, its OID says.
///
/// Fails: `required: [PSP_AI, PSP_PI]`, and the certificate has `PSP_AI` alone.
/// Passes: it has both. A certificate without the statement is not asked; nor is any where nothing is
/// required.
/// Source: a policy's own; TS 119 495 §5.1 defines the roles.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Psd2RolesInclude {
    /// The names of the roles needed.
    #[serde(default)]
    required: Vec<String>,
    /// The table of names and OIDs, as in `PSP_AI 0.4.0.19495.1.3`.
    known: Vec<String>,
}

impl Parameters for Psd2RolesInclude {
    const NAME: &'static str = "psd2-roles-include";
    const DETAILS: Details = &[
        ("missing", "the roles that are missing"),
        ("found", "the roles found"),
    ];
    const SCOPE: Scope = Scope::Certificate;

    fn build(self) -> Result<Check, String> {
        let known = known_roles(&self.known)?;
        let mut required = Vec::new();
        for name in &self.required {
            let Some(role) = known.iter().find(|known| known.name == *name) else {
                let names: Vec<&str> = known.iter().map(|known| known.name.as_str()).collect();
                let meant = did_you_mean(name, names.iter().copied());
                let meant = meant.map_or_else(
                    || format!("there are {}", list(&names)),
                    |near| format!("did you mean `{near}`?"),
                );
                return Err(format!("there is no role `{name}`; {meant}"));
            };
            required.push(role.clone());
        }
        Ok(Check::Certificate(Box::new(Include(required))))
    }
}

#[derive(Debug)]
struct Include(Vec<KnownRole>);

impl CertificateCheck for Include {
    fn check(&self, subject: Subject<'_>, _: &Context<'_>) -> Verdict {
        if self.0.is_empty() {
            return Verdict::NotApplicable("no role is required");
        }
        let roles = match roles(subject) {
            Ok(roles) => roles,
            Err(verdict) => return verdict,
        };
        let has = |known: &&KnownRole| {
            let mut found = roles.value.iter();
            found.any(|role| role.value.oid.value == known.oid)
        };
        let missing: Vec<&str> = self
            .0
            .iter()
            .filter(|known| !has(known))
            .map(|known| known.name.as_str())
            .collect();
        if missing.is_empty() {
            return Verdict::Pass;
        }
        let found = list(roles.value.iter().map(|role| &role.value.name.value));
        let label = format!("roles: {found}");
        Verdict::fail(
            Violation::at_der(subject.member, Field::QcStatements, roles.span, label)
                .with("missing", list(&missing))
                .with("found", found),
        )
    }
}
