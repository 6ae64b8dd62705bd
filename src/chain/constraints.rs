//! Path length and name constraints along a path (RFC 5280 §6.1).

use std::sync::Arc;

use super::Chain;
use super::subtree::{Within, within};
use crate::span::DerSpan;
use crate::x509::{AttributeType, Certificate, Field, GeneralName, NameConstraints};

/// What comparing names with constraints may cost a chain, in steps of 64 octets: a tenth of a second.
/// A hostile file can ask for millions.
pub(super) const STEPS: usize = 1_000_000;
/// Octets a step.
const STEP: usize = 64;

/// A CA with more intermediate certificates below it than it allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Excess {
    /// Position in `members`.
    pub ca: usize,
    /// `pathLenConstraint`.
    pub allowed: u32,
    /// How many there are.
    pub found: usize,
}

/// Every CA of the path whose pathLenConstraint is exceeded (§4.2.1.9). The lowest certificate is no
/// intermediate, and self-issued ones do not count.
#[must_use]
pub fn path_length(chain: &Chain) -> Vec<Excess> {
    let member = |at: usize| chain.path.get(at).copied().unwrap_or_default();
    let excesses = excesses(&path(chain)).into_iter();
    excesses
        .map(|excess| Excess {
            ca: member(excess.ca),
            ..excess
        })
        .collect()
}

/// Whether a path, from the bottom upwards, keeps to all its constraints, as far as `budget` reaches; what
/// it does not reach is taken for broken.
pub(super) fn allow(path: &[&Arc<Certificate>], budget: &mut usize) -> bool {
    excesses(path).is_empty() && forbidden(path, budget).is_empty()
}

fn path(chain: &Chain) -> Vec<&Arc<Certificate>> {
    chain
        .path_members()
        .map(|member| &member.certificate)
        .collect()
}

/// As [`path_length`], with positions in the path.
fn excesses(path: &[&Arc<Certificate>]) -> Vec<Excess> {
    let mut below = 0_usize;
    let mut excesses = Vec::new();
    for (ca, certificate) in path.iter().enumerate().skip(1) {
        let constraints = certificate.extensions.basic_constraints.value();
        let allowed = constraints
            .filter(|found| found.ca)
            .and_then(|found| found.path_len);
        if let Some(allowed) = allowed
            && usize::try_from(allowed).is_ok_and(|allowed| below > allowed)
        {
            excesses.push(Excess {
                ca,
                allowed,
                found: below,
            });
        }
        if !certificate.is_self_issued() {
            below = below.saturating_add(1);
        }
    }
    excesses
}

/// A name that a CA above it does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forbidden {
    /// Position in `members` of the certificate that bears the name.
    pub member: usize,
    /// Position in `members` of the CA with the constraint.
    pub ca: usize,
    /// The name, as displayed.
    pub name: String,
    /// The field that it stands in.
    pub field: Field,
    /// Its bytes.
    pub span: DerSpan,
    /// Why.
    pub why: Reason,
}

/// Why a name is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It lies in none of the permitted subtrees of its form.
    NotPermitted,
    /// It lies in an excluded subtree.
    Excluded,
    /// The constraint is of a form, or written in a way, that cannot be held against a name; what
    /// cannot be told counts as not allowed (§4.2.1.10).
    Unsupported,
    /// There are more names and constraints than are worth comparing.
    TooMany,
}

/// Every name of the path that a CA above it does not allow (§4.2.1.10, §6.1.3 (b) and (c)).
///
/// A common name that looks like a host is not held against DNS constraints: the standard knows host
/// names in subjectAltName alone.
#[must_use]
pub fn names(chain: &Chain) -> Vec<Forbidden> {
    let member = |at: usize| chain.path.get(at).copied().unwrap_or_default();
    let mut budget = STEPS;
    let forbidden = forbidden(&path(chain), &mut budget).into_iter();
    forbidden
        .map(|forbidden| Forbidden {
            member: member(forbidden.member),
            ca: member(forbidden.ca),
            ..forbidden
        })
        .collect()
}

/// As [`names`], with positions in the path.
fn forbidden(path: &[&Arc<Certificate>], budget: &mut usize) -> Vec<Forbidden> {
    let mut found = Vec::new();
    for (ca, issuer) in path.iter().enumerate().skip(1) {
        let Some(constraints) = issuer.extensions.name_constraints.value() else {
            continue;
        };
        for (member, certificate) in path.iter().enumerate().take(ca) {
            // Self-issued certificates are exempt, unless they are the last of the path (§6.1.3).
            if member > 0 && certificate.is_self_issued() {
                continue;
            }
            for (name, field, span) in names_of(certificate) {
                if let Some(why) = forbids(constraints, &name, budget) {
                    let name = name.to_string();
                    found.push(Forbidden {
                        member,
                        ca,
                        name,
                        field,
                        span,
                        why,
                    });
                    if why == Reason::TooMany {
                        return found;
                    }
                }
            }
        }
    }
    found
}

/// Every name of a certificate: its subject, its alternative names, and e-mail addresses of the
/// subject where no alternative name is one.
fn names_of(certificate: &Certificate) -> Vec<(GeneralName, Field, DerSpan)> {
    let subject = &certificate.subject;
    let alternative = certificate.extensions.subject_alternative_name.value();
    let alternative: Vec<_> = alternative.into_iter().flatten().collect();
    let mut names = Vec::new();
    if !subject.value.attributes.is_empty() {
        names.push((
            GeneralName::Directory(subject.value.clone()),
            Field::Subject,
            subject.span,
        ));
    }
    if !alternative
        .iter()
        .any(|name| matches!(name.value, GeneralName::Email(_)))
    {
        names.extend(
            subject
                .value
                .values(&AttributeType::EmailAddress)
                .map(|attribute| {
                    let address = GeneralName::Email(attribute.value.value.clone());
                    (address, Field::Subject, attribute.value.span)
                }),
        );
    }
    names.extend(
        alternative
            .iter()
            .map(|name| (name.value.clone(), Field::SubjectAlternativeName, name.span)),
    );
    names
}

fn forbids(
    constraints: &NameConstraints,
    name: &GeneralName,
    budget: &mut usize,
) -> Option<Reason> {
    let cost = cost(name);
    let mut compare = |subtrees: &Option<Vec<GeneralName>>, excluding: bool| {
        let mut same_form = false;
        for base in subtrees.iter().flatten() {
            let Some(left) = budget.checked_sub(cost.saturating_add(self::cost(base))) else {
                return Err(Reason::TooMany);
            };
            *budget = left;
            match within(name, base, excluding) {
                Within::OtherForm => {}
                Within::No => same_form = true,
                Within::Yes => return Ok((true, true)),
                Within::Unknown => return Err(Reason::Unsupported),
            }
        }
        Ok((false, same_form))
    };
    match compare(&constraints.excluded, true) {
        Err(reason) => return Some(reason),
        Ok((true, _)) => return Some(Reason::Excluded),
        Ok((false, _)) => {}
    }
    match compare(&constraints.permitted, false) {
        Err(reason) => Some(reason),
        Ok((false, true)) => Some(Reason::NotPermitted),
        Ok(_) => None,
    }
}

/// Steps to read a name once.
fn cost(name: &GeneralName) -> usize {
    let octets = match name {
        GeneralName::Dns(text)
        | GeneralName::Email(text)
        | GeneralName::Uri(text)
        | GeneralName::RegisteredId(text) => text.len(),
        GeneralName::Ip(octets) => octets.len(),
        GeneralName::Directory(name) => name
            .attributes
            .iter()
            .map(|attribute| attribute.value.value.len().max(STEP))
            .sum(),
        GeneralName::Other(_) => 0,
    };
    (octets / STEP).saturating_add(1)
}

#[cfg(test)]
#[path = "constraints_tests.rs"]
mod tests;
