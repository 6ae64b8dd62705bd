//! Waivers that cover nothing, whatever a run finds: told by `policy check`, before a run does.

use std::path::PathBuf;

use time::OffsetDateTime;

use super::{Waiver, Waivers, refusal};
use crate::check::waiver::Refusal;
use crate::policy::document::{Field, Given};
use crate::policy::{Location, Policy};
use crate::source::escape;
use crate::yaml::{Problem, Problems};

/// What is suspicious about waivers under the policies of a config; `files` are those of its folder, from there.
#[must_use]
pub fn idle(
    waivers: &Waivers,
    policies: &[&Policy],
    files: &[PathBuf],
    now: OffsetDateTime,
) -> Problems {
    let paths: Vec<String> = files.iter().map(|file| slashed(file)).collect();
    let told = |waiver: &Waiver| {
        expired(waiver, now)
            .or_else(|| off(waiver, policies))
            .or_else(|| refused(waiver, policies, now))
            .or_else(|| nowhere(waiver, &paths))
    };
    waivers.list().iter().filter_map(told).collect()
}

fn slashed(path: &std::path::Path) -> String {
    let parts = path.components();
    let parts: Vec<String> = parts
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    parts.join("/")
}

fn problem(waiver: &Waiver, message: String, help: &str) -> Problem {
    let place = Location::new(&waiver.source, waiver.rule_at);
    place.problem(message, "covers nothing").help(help)
}

fn expired(waiver: &Waiver, now: OffsetDateTime) -> Option<Problem> {
    if !waiver.entry.is_expired(now) {
        return None;
    }
    let last_day = waiver.entry.last_day();
    let place = Location::new(&waiver.source, waiver.expires_at);
    let message = format!("the waiver `{}` ended on {last_day}", escape(&waiver.id));
    let problem = place.problem(message, "covers nothing any more");
    Some(
        problem
            .help("mend what it covered, or grant it anew: `chainlint waivers prune` takes it out"),
    )
}

/// The policies that have the rule; those of others have no say.
fn with_rule<'a>(waiver: &Waiver, policies: &[&'a Policy]) -> Vec<&'a Policy> {
    let has = |policy: &&&Policy| policy.rule(&waiver.entry.rule).is_some();
    policies.iter().filter(has).copied().collect()
}

fn off(waiver: &Waiver, policies: &[&Policy]) -> Option<Problem> {
    let having = with_rule(waiver, policies);
    let is_off = |policy: &&Policy| {
        let rule = policy.rule(&waiver.entry.rule);
        rule.is_some_and(crate::policy::Rule::is_off)
    };
    if having.is_empty() || !having.iter().all(is_off) {
        return None;
    }
    let rule = escape(&waiver.entry.rule);
    let message = format!("the rule `{rule}` is off, so there is nothing to waive");
    Some(problem(waiver, message, "remove the waiver"))
}

/// Why none of these policies lets a waiver cover anything, as the first that has its rule says, with that policy;
/// where one does, a run may need it.
#[must_use]
pub fn refused_by_all<'a>(
    waiver: &Waiver,
    policies: &[&'a Policy],
    now: OffsetDateTime,
) -> Option<(Refusal, &'a Policy)> {
    let having = with_rule(waiver, policies).into_iter();
    let refusals = having.map(|policy| Some((refusal(&waiver.entry, policy, now)?, policy)));
    let refusals: Vec<(Refusal, &Policy)> = refusals.collect::<Option<_>>()?;
    refusals.into_iter().next()
}

fn refused(waiver: &Waiver, policies: &[&Policy], now: OffsetDateTime) -> Option<Problem> {
    let (why, policy) = refused_by_all(waiver, policies, now)?;
    let (help, where_said) = match &why {
        Refusal::NotWaivable { .. } => {
            let rule = policy.rule(&waiver.entry.rule)?;
            let said = rule.fields.get(&Field::Waivable);
            let said = said
                .or(rule.fields.get(&Field::Locked))
                .map(Given::location);
            (
                "mend what breaks the rule, or ask whoever owns the policy",
                said,
            )
        }
        Refusal::TooLong { .. } => {
            let said = policy.waiver_days.as_ref().map(|bound| bound.at.clone());
            ("choose an earlier end", said)
        }
    };
    let problem = problem(waiver, why.to_string(), help);
    Some(match where_said {
        Some(said) => problem.related(&said.source, said.span, "said here"),
        None => problem,
    })
}

fn nowhere(waiver: &Waiver, paths: &[String]) -> Option<Problem> {
    let path = waiver.path()?;
    if paths.iter().any(|file| path.covers(file)) {
        return None;
    }
    let text = escape(waiver.entry.path.as_deref().unwrap_or_default());
    let message = format!("no chain file of the config's folder is `{text}`");
    let help =
        "a path starts from the folder of the config; `certs/**` is what lies below a folder";
    Some(problem(waiver, message, help))
}
