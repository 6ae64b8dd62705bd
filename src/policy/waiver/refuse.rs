//! Waivers that cannot be meant: of rules that do not exist.

use std::collections::BTreeSet;

use super::Waivers;
use crate::policy::{Location, Policy};
use crate::source::escape;
use crate::yaml::{Problems, did_you_mean};

/// The waivers of rules that none of these policies has; all policies that the config could mean.
#[must_use]
pub fn unknown_rules<'a>(
    waivers: &Waivers,
    policies: impl IntoIterator<Item = &'a Policy>,
) -> Problems {
    let rules = policies.into_iter().flat_map(|policy| &policy.rules);
    let ids: BTreeSet<&str> = rules.map(|rule| &*rule.id).collect();
    let unknown = waivers
        .list()
        .iter()
        .filter(|waiver| !ids.contains(waiver.entry.rule.as_str()));
    unknown
        .map(|waiver| {
            let id = escape(&waiver.entry.rule);
            let place = Location::new(&waiver.source, waiver.rule_at);
            let problem = place.problem(format!("no policy has a rule `{id}`"), "unknown rule");
            match did_you_mean(&waiver.entry.rule, ids.iter().copied()) {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem.help("`chainlint rules` lists them"),
            }
        })
        .collect()
}
