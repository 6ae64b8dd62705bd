//! `name-constraints`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chain::Chain;
use crate::chain::constraints::{self, Reason};
use crate::check::{
    ChainCheck, Check, Context, Details, Parameters, Place, Scope, Verdict, Violation,
};
use crate::x509::{Extension, Field};

/// Every name of the path lies within the name constraints of the CAs above it.
///
/// Looks at subjects and at alternative names: hosts, e-mail addresses, URIs, IP addresses and
/// directory names. A constraint of another form on a name of that form counts as broken, since it
/// cannot be told.
///
/// Fails: the CA permits `example.com`, and the leaf is for `example.org`.
/// Passes: the leaf is for `a.example.com`.
/// Source: RFC 5280 §4.2.1.10 and §6.1.3 (b) and (c).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NameConstraints {}

impl Parameters for NameConstraints {
    const NAME: &'static str = "name-constraints";
    const DETAILS: Details = &[
        ("ca", "the subject of the CA with the constraint"),
        ("name", "the name that is not allowed"),
        ("problem", "what is wrong with it, a clause"),
    ];
    const SCOPE: Scope = Scope::Chain;

    fn build(self) -> Result<Check, String> {
        Ok(Check::Chain(Box::new(self)))
    }
}

impl ChainCheck for NameConstraints {
    fn check(&self, chain: &Chain, _: &Context<'_>) -> Verdict {
        for ca in chain.path_members().skip(1) {
            if let Extension::Malformed { why, .. } = &ca.certificate.extensions.name_constraints {
                let at = Violation::at_field(ca, Field::NameConstraints, why);
                return Verdict::undetermined(at, why);
            }
        }
        let forbidden = constraints::names(chain).into_iter().filter_map(|forbidden| {
            let member = chain.members.get(forbidden.member)?;
            let ca = chain.members.get(forbidden.ca)?;
            let subject = &ca.certificate.subject.value;
            let name = &forbidden.name;
            let problem = match forbidden.why {
                Reason::NotPermitted => format!("{name} is not among the names that {subject} permits"),
                Reason::Excluded => format!("{name} is among the names that {subject} excludes"),
                Reason::Unsupported => {
                    format!("{name} cannot be held against the name constraints of {subject}")
                }
                Reason::TooMany => {
                    format!("the names and the name constraints of {subject} are too many to compare")
                }
            };
            Some(
                Violation::at_der(member, forbidden.field, forbidden.span, name)
                    .related(Place::field(ca, Field::NameConstraints), "the constraints")
                    .with("ca", subject)
                    .with("name", name)
                    .with("problem", problem),
            )
        });
        Verdict::from_violations(forbidden.collect())
    }
}
