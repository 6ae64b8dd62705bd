//! Which rules no case shows to fail, or to hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::expect::Wanted;
use super::run::FileOutcome;
use crate::check::Check;
use crate::policy::{Field, Location, Policy, Rule};

/// A rule that some case should show, and none does.
#[derive(Debug)]
pub struct Gap {
    /// The policy.
    pub policy: Arc<str>,
    /// The rule.
    pub rule: Arc<str>,
    /// No case expects it to fail.
    pub never_fails: bool,
    /// No case expects it to pass.
    pub never_passes: bool,
    /// Where the policy asks for it.
    pub place: Location,
}

/// The rules that the cases of these files do not cover, by policy, in the order of the policy. A policy's own
/// rules count, which its last file writes or changes; with `inherited`, those of its parents too.
#[must_use]
pub fn coverage(files: &[FileOutcome], inherited: bool) -> Vec<Gap> {
    let mut policies: BTreeMap<Arc<str>, Vec<&FileOutcome>> = BTreeMap::new();
    for file in files {
        if let Some(name) = file.policy_file() {
            policies.entry(name).or_default().push(file);
        }
    }
    let gaps = policies
        .values()
        .flat_map(|files| of_policy(files, inherited));
    gaps.collect()
}

/// Of the files that test one policy.
fn of_policy(files: &[&FileOutcome], inherited: bool) -> Vec<Gap> {
    let Some(policy) = files.iter().find_map(|file| file.tested()) else {
        return Vec::new();
    };
    let ran = || files.iter().flat_map(|file| &file.ran);
    let expects = |rule: &Rule, is: fn(Wanted) -> bool| {
        let mut expected = ran().flat_map(|ran| &ran.case.expect);
        expected.any(|expected| *expected.rule == *rule.id && is(expected.wanted))
    };
    let rules = policy
        .rules
        .iter()
        .filter(|rule| counts(policy, rule, inherited));
    rules
        .map(|rule| Gap {
            policy: policy.name.clone(),
            rule: rule.id.clone(),
            never_fails: !expects(rule, Wanted::is_failure),
            never_passes: !expects(rule, |wanted| wanted == Wanted::Pass),
            place: own_place(policy, rule),
        })
        .filter(|gap| gap.never_fails || gap.never_passes)
        .collect()
}

/// What makes a rule what it comes to: whoever changes one of these changes the rule.
const FIELDS: [Field; 4] = [Field::Check, Field::Severity, Field::On, Field::When];

/// Where the policy's own file speaks of the rule; where it does not, where the rule is asked for.
fn own_place(policy: &Policy, rule: &Rule) -> Location {
    let own = policy.sources.last();
    let is_own = |place: &Location| own.is_some_and(|own| Arc::ptr_eq(own, &place.source));
    if is_own(&rule.location) {
        return rule.location.clone();
    }
    let mut places = FIELDS.iter().filter_map(|field| rule.origin_of(*field));
    places.find(is_own).unwrap_or_else(|| rule.location.clone())
}

/// Whether tests of a policy should cover a rule: it is on, and the policy's own file says what it asks, of whom,
/// or how much it weighs; texts alone make no rule another.
pub(super) fn counts(policy: &Policy, rule: &Rule, inherited: bool) -> bool {
    let own = policy.sources.last();
    let is_own = |rule: &Rule| {
        let mut given = FIELDS.iter().filter_map(|field| rule.fields.get(field));
        given.any(|given| own.is_some_and(|own| Arc::ptr_eq(own, &given.source)))
    };
    // What asks waivers is asked of no chain.
    let asks_chains = !matches!(rule.check, Check::Waiver(_));
    asks_chains && !rule.is_off() && (inherited || is_own(rule))
}
