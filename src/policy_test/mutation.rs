//! Whether the cases notice when a rule is loosened or left out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::coverage::counts;
use super::run::{FileOutcome, Ran};
use crate::engine::Session;
use crate::policy::{Location, Mutant, Policy, mutants};

/// A change of a policy that no case noticed.
#[derive(Debug)]
pub struct Survivor {
    /// The policy.
    pub policy: Arc<str>,
    /// The rule that was changed.
    pub rule: Arc<str>,
    /// What was changed.
    pub change: String,
    /// Where that is written.
    pub place: Location,
}

/// One change, under each set of variables that has it, with the cases that ran so.
struct Trial<'a> {
    policy: Arc<str>,
    mutants: Vec<(Mutant, Vec<&'a Ran>)>,
}

/// Runs the cases against each mutant of their policies; gives the number of mutants and those that no case
/// noticed. Mutants of a policy's own rules count; with `inherited`, those of its parents' rules too.
#[must_use]
pub fn mutate(
    files: &[FileOutcome],
    is_fact: fn(&str) -> bool,
    inherited: bool,
    session: &Session,
) -> (usize, Vec<Survivor>) {
    let trials = trials(files, is_fact, inherited);
    let survivors: Vec<Survivor> = trials
        .par_iter()
        .filter(|trial| !trial.is_noticed(session))
        .filter_map(|trial| {
            let (mutant, _) = trial.mutants.first()?;
            Some(Survivor {
                policy: trial.policy.clone(),
                rule: mutant.rule.clone(),
                change: mutant.change.clone(),
                place: mutant.place.clone(),
            })
        })
        .collect();
    (trials.len(), survivors)
}

/// The mutants of all policies; the same change under other variables is the same mutant.
fn trials(files: &[FileOutcome], is_fact: fn(&str) -> bool, inherited: bool) -> Vec<Trial<'_>> {
    let mut variants: Vec<(&Arc<Policy>, Vec<&Ran>)> = Vec::new();
    for ran in files.iter().flat_map(|file| &file.ran) {
        let policy = &ran.loaded.policy;
        match variants
            .iter_mut()
            .find(|(known, _)| Arc::ptr_eq(known, policy))
        {
            Some((_, all)) => all.push(ran),
            None => variants.push((policy, vec![ran])),
        }
    }
    let mut trials: Vec<Trial<'_>> = Vec::new();
    let mut known: BTreeMap<(Arc<str>, Arc<str>, String), usize> = BTreeMap::new();
    for (policy, ran) in variants {
        // A bound that a case sets by a variable is that case's, where an earlier one has it bounded already.
        let bounded: BTreeSet<(Arc<str>, String)> =
            trials.iter().filter_map(Trial::bound).collect();
        let wanted = |rule: &_| counts(policy, rule, inherited);
        for mutant in mutants(policy, is_fact, &wanted) {
            let key = (
                policy.name.clone(),
                mutant.rule.clone(),
                mutant.change.clone(),
            );
            let place = known.get(&key).and_then(|index| trials.get_mut(*index));
            if let Some(trial) = place {
                trial.mutants.push((mutant, ran.clone()));
                continue;
            }
            if bounded.contains(&bound(&mutant)) {
                continue;
            }
            known.insert(key, trials.len());
            trials.push(Trial {
                policy: policy.name.clone(),
                mutants: vec![(mutant, ran.clone())],
            });
        }
    }
    trials
}

/// The rule and the place that a mutant changes.
fn bound(mutant: &Mutant) -> (Arc<str>, String) {
    let (place, span) = (&mutant.place, mutant.place.span);
    let place = format!("{}:{}:{}", place.source.name(), span.start, span.end);
    (mutant.rule.clone(), place)
}

impl Trial<'_> {
    fn bound(&self) -> Option<(Arc<str>, String)> {
        self.mutants.first().map(|(mutant, _)| bound(mutant))
    }

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
