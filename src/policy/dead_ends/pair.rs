//! What is suspicious about two rules together.

use std::collections::BTreeSet;

use super::Looked;
use crate::check::issuer::Issuer;
use crate::check::kinds::issuer_among::IssuerAmong;
use crate::check::kinds::issuer_avoids::IssuerAvoids;
use crate::check::{Direction, Parameters};
use crate::policy::rule::{Rule, Severities};
use crate::policy::strictness::{is_as_strict, is_same, is_within, items, plain};
use crate::source::escape;
use crate::yaml::{self, Node, Problem, Problems, Value};

pub(super) fn told(one: &Looked<'_>, other: &Looked<'_>) -> Problems {
    let denied = denied(one, other).or_else(|| denied(other, one));
    if let Some(denied) = denied {
        return vec![denied];
    }
    if one.rule.check_name != other.rule.check_name || !overlap(one.rule, other.rule) {
        return Vec::new();
    }
    let problem = contradiction(one, other)
        .or_else(|| twice(one, other))
        .or_else(|| shadowed(one, other))
        .or_else(|| shadowed(other, one));
    problem.into_iter().collect()
}

/// Whether some certificate or file is asked by both.
fn overlap(one: &Rule, other: &Rule) -> bool {
    fn meet<T: PartialEq>(one: Option<&[T]>, other: Option<&[T]>) -> bool {
        match (one, other) {
            (Some(one), Some(other)) => one.iter().any(|label| other.contains(label)),
            (None, _) | (_, None) => true,
        }
    }
    let (first, second) = (&one.when, &other.when);
    let strict = match (first.strict, second.strict) {
        (Some(one), Some(other)) => one == other,
        (None, _) | (_, None) => true,
    };
    let on = match (one.on, other.on) {
        (Some(one), Some(other)) => !one.roles().is_disjoint(&other.roles()),
        (None, None) => true,
        (None, Some(_)) | (Some(_), None) => false,
    };
    on && strict
        && meet(first.class.as_deref(), second.class.as_deref())
        && meet(first.environment.as_deref(), second.environment.as_deref())
        && meet(first.app.as_deref(), second.app.as_deref())
}

/// Whether a rule is asked of everything that another one is asked of.
fn covers(wide: &Rule, narrow: &Rule) -> bool {
    fn has<T: PartialEq>(wide: Option<&[T]>, narrow: Option<&[T]>) -> bool {
        match (wide, narrow) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(wide), Some(narrow)) => narrow.iter().all(|label| wide.contains(label)),
        }
    }
    let (first, second) = (&wide.when, &narrow.when);
    let on = match (wide.on, narrow.on) {
        (Some(wide), Some(narrow)) => wide.roles().is_superset(&narrow.roles()),
        (None, None) => true,
        (None, Some(_)) | (Some(_), None) => false,
    };
    on && first
        .strict
        .is_none_or(|strict| second.strict == Some(strict))
        && has(first.class.as_deref(), second.class.as_deref())
        && has(first.environment.as_deref(), second.environment.as_deref())
        && has(first.app.as_deref(), second.app.as_deref())
}

/// Whether a rule weighs each outcome as much as another one, or more.
fn outweighs(heavy: &Severities, light: &Severities) -> bool {
    let outcomes = |severities: &Severities| match severities {
        Severities::All(_) => Vec::new(),
        Severities::ByOutcome(outcomes) => outcomes.iter().map(|(outcome, _)| *outcome).collect(),
    };
    let mut all: BTreeSet<Option<&str>> = outcomes(heavy).into_iter().map(Some).collect();
    all.extend(outcomes(light).into_iter().map(Some));
    all.insert(None);
    all.into_iter()
        .all(|outcome| heavy.of(outcome) >= light.of(outcome))
}

/// What both go by, each name once.
fn names<'a>(one: &'a Looked<'_>, other: &'a Looked<'_>) -> BTreeSet<&'a String> {
    one.asked.keys().chain(other.asked.keys()).collect()
}

/// Two rules that ask the same of the same say everything twice.
fn twice(one: &Looked<'_>, other: &Looked<'_>) -> Option<Problem> {
    let same = names(one, other)
        .into_iter()
        .all(|name| is_same(one.value(name), other.value(name)));
    let (first, second) = (one.rule, other.rule);
    let is_twice =
        same && covers(first, second) && covers(second, first) && first.severity == second.severity;
    let (first, second) = (escape(&first.id), escape(&second.id));
    let message =
        format!("the rules `{first}` and `{second}` ask the same of the same certificates");
    is_twice.then(|| pair(one, other, message, "asked twice").help("keep one of the two"))
}

/// A rule that another one makes idle: whatever breaks it breaks the other one as well, which weighs as much.
fn shadowed(idle: &Looked<'_>, strict: &Looked<'_>) -> Option<Problem> {
    let mut stricter = false;
    for name in names(idle, strict) {
        let direction = idle.asked.get(name).or(strict.asked.get(name))?.direction;
        let (before, now) = (idle.value(name), strict.value(name));
        if direction == Direction::Free {
            continue;
        }
        if !is_as_strict(direction, before, now) {
            return None;
        }
        stricter |= !is_same(before, now);
    }
    let is_idle = stricter
        && covers(strict.rule, idle.rule)
        && outweighs(&strict.rule.severity, &idle.rule.severity);
    if !is_idle {
        return None;
    }
    let (of_idle, of_strict) = (escape(&idle.rule.id), escape(&strict.rule.id));
    let message = format!(
        "whatever breaks `{of_idle}` breaks `{of_strict}` too, which asks for more and weighs as much"
    );
    let problem = pair(strict, idle, message, "is never alone");
    Some(problem.help(format!(
        "change `{of_idle}` instead of adding to it, or turn it off: `{of_idle}: off`"
    )))
}

/// Bounds of two rules that nothing satisfies.
fn contradiction(one: &Looked<'_>, other: &Looked<'_>) -> Option<Problem> {
    let why = bounds(one, other)
        .or_else(|| bounds(other, one))
        .or_else(|| choices(one, other))?;
    let (first, second) = (escape(&one.rule.id), escape(&other.rule.id));
    let message = format!("no certificate satisfies both `{first}` and `{second}`: {why}");
    Some(pair(one, other, message, "asks for what the other refuses"))
}

/// Issuers that one rule requires and another one denies, all of them.
fn denied(required: &Looked<'_>, denying: &Looked<'_>) -> Option<Problem> {
    let (wants, denies) = (required.rule, denying.rule);
    let names = (wants.check_name, denies.check_name);
    if names != (IssuerAmong::NAME, IssuerAvoids::NAME) || !overlap(wants, denies) {
        return None;
    }
    let issuers = |looked: &Looked<'_>, name: &str| -> Option<Vec<Issuer>> {
        let source = &wants.location.source;
        yaml::from_node(looked.value(name)?, source, &mut Vec::new())
    };
    let (allowed, refused) = (issuers(required, "allowed")?, issuers(denying, "issuers")?);
    let is_refused = |issuer: &Issuer| refused.iter().any(|other| issuer.is_within(other));
    if !allowed.iter().all(is_refused) {
        return None;
    }
    let (first, second) = (escape(&wants.id), escape(&denies.id));
    let message = format!("`{first}` requires issuers all of which `{second}` denies");
    let problem = pair(denying, required, message, "requires what is denied");
    Some(problem.help("no chain satisfies both: take the issuer out of one of the two"))
}

/// A least value of one above the most of the other.
fn bounds(one: &Looked<'_>, other: &Looked<'_>) -> Option<String> {
    one.asked.keys().find_map(|name| {
        let number = one.number(name)?;
        let (quantity, least) = match name.strip_prefix("min_") {
            Some(quantity) => (quantity, number),
            None => (name.strip_prefix("longer_than_")?, number.saturating_add(1)),
        };
        let most = other.number(&format!("max_{quantity}"))?;
        let at_least = if name.starts_with("min_") {
            format!("at least {least}")
        } else {
            format!("more than {number}")
        };
        (least > most).then(|| format!("{at_least} and at most {most} {quantity}"))
    })
}

/// Of what can be one thing alone, other things.
fn choices(one: &Looked<'_>, other: &Looked<'_>) -> Option<String> {
    let (allowed, others) = (one.value("allowed"), other.value("allowed"));
    // Issuers are maps, and a chain may have several.
    let is_map = |list: &Node| items(list).iter().any(|item| item.entries().is_some());
    if let (Some(allowed), Some(others)) = (allowed, others)
        && !is_map(allowed)
    {
        let is_shared = |item: &Node| is_within(Some(item), Some(others));
        if !items(allowed).iter().any(is_shared) {
            return Some("they allow different things".to_owned());
        }
    }
    one.asked.keys().find_map(|name| {
        let (one, other) = (plain(one.value(name)?), plain(other.value(name)?));
        let is_flag = matches!((&one, &other), (Value::Bool(_), Value::Bool(_)));
        (is_flag && one != other)
            .then(|| format!("`{name}` is `true` for one and `false` for the other"))
    })
}

fn pair(one: &Looked<'_>, other: &Looked<'_>, message: String, label: &str) -> Problem {
    let problem = other.rule.location.problem(message, label);
    let first = &one.rule.location;
    problem.related(&first.source, first.span, "the other one")
}
