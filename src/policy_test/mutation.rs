//! Whether the cases notice when a rule is loosened or left out.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::coverage::counts;
use super::run::{FileOutcome, Ran};
use crate::engine::Session;
use crate::policy::{Field, Location, Mutant, Policy, mutants};
use crate::span::Span;

/// A change of a policy that no case noticed.
#[derive(Debug)]
pub struct Survivor {
    /// The policy.
    pub policy: Arc<str>,
    /// The rule that was changed.
    pub rule: Arc<str>,
    /// The field of it that was changed; `None` where the rule was left out.
    pub field: Option<Field>,
    /// What was changed.
    pub change: String,
    /// Where that is written.
    pub place: Location,
}

/// A policy with the cases that ran under it.
type Variant<'a> = (&'a Arc<Policy>, Vec<&'a Ran>);

/// One change, with the cases that ran where it is a change too.
struct Trial<'a> {
    policy: Arc<str>,
    mutants: Vec<(Mutant, Vec<&'a Ran>)>,
}

/// Runs the cases against each mutant of their policies; gives the number of mutants and those that no case
/// noticed. Mutants of a policy's own rules count; with `inherited`, those of its parents' rules too. Cases that
/// fail as it is notice nothing.
#[must_use]
pub fn mutate(
    files: &[FileOutcome],
    is_fact: fn(&str) -> bool,
    inherited: bool,
    session: &Session,
) -> (usize, Vec<Survivor>) {
    let mut policies: BTreeMap<Arc<str>, Vec<&FileOutcome>> = BTreeMap::new();
    for file in files {
        if let Some(name) = file.policy_file() {
            policies.entry(name).or_default().push(file);
        }
    }
    let trials: Vec<Trial<'_>> = policies
        .values()
        .flat_map(|files| trials(files, is_fact, inherited))
        .collect();
    let survivors: Vec<Survivor> = trials
        .par_iter()
        .filter(|trial| !trial.is_noticed(session))
        .filter_map(|trial| {
            let (mutant, _) = trial.mutants.first()?;
            Some(Survivor {
                policy: trial.policy.clone(),
                rule: mutant.rule.clone(),
                field: mutant.field,
                change: mutant.change.clone(),
                place: mutant.place.clone(),
            })
        })
        .collect();
    (trials.len(), survivors)
}

/// The mutants of one policy, as it is where nobody sets a variable. Under variables that a case sets, the same
/// change is the same mutant; what is a change there alone is the case's own, and no mutant of the policy. Where the
/// policy cannot be without variables, what its cases set counts.
fn trials<'a>(
    files: &[&'a FileOutcome],
    is_fact: fn(&str) -> bool,
    inherited: bool,
) -> Vec<Trial<'a>> {
    let base = files.iter().find_map(|file| file.base());
    let mut variants: Vec<Variant<'a>> = base.map(|base| (base, Vec::new())).into_iter().collect();
    for file in files {
        let ran = file.ran.iter().zip(&file.cases);
        let passed = ran.filter(|(_, case)| case.misses.is_empty());
        for (ran, _) in passed {
            let policy = &ran.loaded.policy;
            let mut known = variants.iter_mut();
            match known.find(|(known, _)| Arc::ptr_eq(known, policy)) {
                Some((_, all)) => all.push(ran),
                None => variants.push((policy, vec![ran])),
            }
        }
    }
    let mut trials: Vec<Trial<'a>> = Vec::new();
    let mut known: BTreeMap<Change, usize> = BTreeMap::new();
    for (policy, ran) in variants {
        let wanted = |rule: &_| counts(policy, rule, inherited);
        for mutant in mutants(policy, is_fact, &wanted) {
            let change = Change::of(&mutant);
            let place = known.get(&change).and_then(|index| trials.get_mut(*index));
            if let Some(trial) = place {
                trial.mutants.push((mutant, ran.clone()));
            } else if base.is_none_or(|base| Arc::ptr_eq(base, policy)) {
                known.insert(change, trials.len());
                trials.push(Trial {
                    policy: policy.name.clone(),
                    mutants: vec![(mutant, ran.clone())],
                });
            }
        }
    }
    trials
}

/// What makes two mutants one: the rule, the place, and what is done there.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Change {
    rule: Arc<str>,
    file: Arc<str>,
    span: Span,
    what: String,
}

impl Change {
    fn of(mutant: &Mutant) -> Self {
        Self {
            rule: mutant.rule.clone(),
            file: mutant.place.source.name().clone(),
            span: mutant.place.span,
            what: mutant.change.clone(),
        }
    }
}

impl Trial<'_> {
    fn is_noticed(&self, session: &Session) -> bool {
        self.mutants.iter().any(|(mutant, ran)| {
            // A looser rule finds no more than before: cases that do not name it notice nothing.
            let names = |ran: &&&Ran| {
                let mut expected = ran.case.expect.iter();
                expected.any(|expected| *expected.rule == *mutant.rule)
            };
            let mut naming = ran.iter().filter(names);
            naming.any(|ran| {
                !ran.misses(&mutant.policy, Some(&mutant.rule), session)
                    .is_empty()
            })
        })
    }
}
