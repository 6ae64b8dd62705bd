//! What a rule's check asks by, and which of two values of it lets less pass.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Field, Given};
use super::location::Location;
use super::substitute;
use super::vars::Variables;
use crate::check::expression::{Model, Names, Program, compile};
use crate::check::{Direction, direction};
use crate::span::Span;
use crate::yaml::{Node, Value};

/// A parameter of a check, or a variable that its expression reads.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// How it may move without letting more pass.
    pub(super) direction: Direction,
    /// What it is; `None` where nothing gives it a value.
    pub(super) value: Option<Node>,
    /// Where a variable has its value from, where it is one's.
    pub(super) from: Option<Location>,
}

/// The fields of a rule.
pub(super) type Fields = BTreeMap<Field, Given>;

/// The name of the check that a rule asks.
pub(super) fn check_name(fields: &Fields) -> Option<String> {
    only(&fields.get(&Field::Check)?.node).map(|(name, _)| name)
}

/// What a rule asks by: its parameters by name, and the variables of its expression as `vars.NAME`.
pub(super) fn asked(
    fields: &Fields,
    variables: &Variables,
    model: &Model,
) -> BTreeMap<String, Asked> {
    let Some(check) = fields.get(&Field::Check) else {
        return BTreeMap::new();
    };
    let Some((_, parameters)) = only(&check.node) else {
        return BTreeMap::new();
    };
    let entries = parameters.entries().unwrap_or_default();
    let mut asked: BTreeMap<String, Asked> = entries
        .iter()
        .map(|(key, node)| {
            (
                key.name.clone(),
                parameter(&key.name, node, check, variables),
            )
        })
        .collect();
    let Some(text) = parameters.get("assert").and_then(Node::text) else {
        return asked;
    };
    let names = Names {
        has_certificate: fields.contains_key(&Field::On),
        variables: &variables.constants(),
        is_complete: true,
        model,
    };
    // One that is wrong is told of where the rule is compiled.
    let program = compile(text, names).ok();
    for (name, direction) in program.iter().flat_map(Program::variables) {
        let variable = variables.get(name);
        let value = variable.and_then(|variable| variable.value.as_ref());
        let value = Asked {
            direction,
            value: value.map(|value| value.to_node(Span::default())),
            from: variable.map(|variable| variable.origin.clone()),
        };
        asked.insert(format!("vars.{name}"), value);
    }
    asked
}

fn parameter(name: &str, written: &Node, check: &Given, variables: &Variables) -> Asked {
    let variable = substitute::reference(written).and_then(|name| variables.get(name));
    // What is wrong with it is told where the rule is compiled.
    let value = substitute::substitute(written, check, variables, &mut Vec::new()).node;
    Asked {
        direction: direction(name),
        value: Some(value).filter(|value| !value.is_null()),
        from: variable.map(|variable| variable.origin.clone()),
    }
}

/// The one entry of a map.
fn only(node: &Node) -> Option<(String, Node)> {
    let [(key, node)] = node.entries()? else {
        return None;
    };
    Some((key.name.clone(), node.clone()))
}

/// Whether two values are the same, wherever they stand.
pub(super) fn is_same(one: Option<&Node>, other: Option<&Node>) -> bool {
    one.map(plain) == other.map(plain)
}

/// Whether `now` lets nothing pass that `before` did not.
pub(super) fn is_as_strict(
    direction: Direction,
    before: Option<&Node>,
    now: Option<&Node>,
) -> bool {
    let number = |node: Option<&Node>| node.and_then(Node::integer);
    is_same(before, now)
        || match direction {
            Direction::Free => true,
            // Where there was no bound, any bound is stricter.
            Direction::Rise | Direction::Fall | Direction::FallEach | Direction::Grow
                if before.is_none() =>
            {
                true
            }
            Direction::Rise => number(now) >= number(before) && now.is_some(),
            Direction::Fall => number(now) <= number(before) && now.is_some(),
            Direction::FallEach => falls_each(before, now),
            Direction::Grow => is_within(before, now),
            // Where nothing is allowed by name, everything is.
            Direction::Shrink => now.is_none() || is_within(now, before),
            Direction::Fixed => false,
        }
}

/// Whether all items of a list are items of another; a single value is a list of one.
pub(super) fn is_within(some: Option<&Node>, all: Option<&Node>) -> bool {
    let (Some(some), Some(all)) = (some, all) else {
        return false;
    };
    let all: Vec<Value> = items(all).iter().map(plain).collect();
    items(some).iter().all(|item| all.contains(&plain(item)))
}

/// The items of a list; a single value is a list of one.
pub(super) fn items(node: &Node) -> &[Node] {
    node.items().unwrap_or(std::slice::from_ref(node))
}

/// Whether of two lists of bounds that hold from a day on, as in `2026-03-15 200`, the second one is nowhere above
/// the first.
fn falls_each(before: Option<&Node>, now: Option<&Node>) -> bool {
    let (Some(before), Some(now)) = (before.and_then(steps), now.and_then(steps)) else {
        return false;
    };
    let at = |steps: &BTreeMap<String, i64>, day: &String| {
        let until = steps.range(..=day.clone());
        until.map(|(_, bound)| *bound).next_back()
    };
    let days: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    days.into_iter()
        .all(|day| match (at(&before, day), at(&now, day)) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(before), Some(now)) => now <= before,
        })
}

fn steps(list: &Node) -> Option<BTreeMap<String, i64>> {
    let step = |item: &Node| {
        let (day, bound) = item.text()?.rsplit_once(' ')?;
        Some((day.trim().to_owned(), bound.parse().ok()?))
    };
    list.items()?.iter().map(step).collect()
}

/// A node's value without its places.
pub(super) fn plain(node: &Node) -> Value {
    node.moved_to(Span::default()).value
}
