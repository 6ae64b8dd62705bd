//! What follows from a difference, in a sentence.

use std::collections::BTreeSet;

use super::Names;
use crate::check::Direction;
use crate::finding::Severity;
use crate::policy::rule::Severities;
use crate::policy::strictness::{is_as_strict, items, plain};
use crate::yaml::{Node, Value};

/// One of two policies, and what it says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side<'a> {
    pub(super) name: &'a str,
    pub(super) value: Option<&'a Node>,
}

/// Of two values of a parameter. By the convention of all checks, bounds are allowed themselves; in an expression that is
/// not known, so nothing is `exact` there.
pub(super) fn of_values(
    direction: Direction,
    first: Side<'_>,
    second: Side<'_>,
    is_exact: bool,
) -> String {
    let is_first = is_as_strict(direction, second.value, first.value);
    let is_second = is_as_strict(direction, first.value, second.value);
    let (strict, wide) = match (is_first, is_second) {
        (true, false) => (first, second),
        (false, true) => (second, first),
        (true, true) => return String::new(),
        (false, false) => return of_lists(direction, first, second),
    };
    let number = |side: Side<'_>| side.value.and_then(Node::integer);
    let beyond = match (direction, number(strict), number(wide)) {
        (Direction::Rise | Direction::Fall, ..) if !is_exact => "more".to_owned(),
        (Direction::Rise, Some(bound), Some(until)) => range(until, bound.saturating_sub(1)),
        (Direction::Fall, Some(bound), Some(until)) => range(bound.saturating_add(1), until),
        (Direction::Rise, Some(bound), None) => format!("less than {bound}"),
        (Direction::Fall, Some(bound), None) => format!("more than {bound}"),
        (Direction::FallEach, ..) => "more from some day on".to_owned(),
        (Direction::Shrink, ..) => match only_in(wide.value, strict.value) {
            more if more.is_empty() => "more".to_owned(),
            more => more,
        },
        (Direction::Grow, ..) => {
            let more = only_in(strict.value, wide.value);
            return format!("{} goes by {more} too, {} does not", strict.name, wide.name);
        }
        (Direction::Rise | Direction::Fall | Direction::Fixed | Direction::Free, ..) => {
            return String::new();
        }
    };
    format!("{} accepts {beyond}, {} does not", wide.name, strict.name)
}

/// Of two lists, each of which has what the other lacks.
fn of_lists(direction: Direction, first: Side<'_>, second: Side<'_>) -> String {
    let (one, other) = (
        only_in(first.value, second.value),
        only_in(second.value, first.value),
    );
    if one.is_empty() || other.is_empty() {
        return String::new();
    }
    match direction {
        Direction::Shrink => format!(
            "{} alone accepts {one}, {} alone {other}",
            first.name, second.name
        ),
        Direction::Grow => format!(
            "{} alone goes by {one}, {} alone by {other}",
            first.name, second.name
        ),
        Direction::Rise
        | Direction::Fall
        | Direction::FallEach
        | Direction::Fixed
        | Direction::Free => String::new(),
    }
}

fn range(from: i64, until: i64) -> String {
    if from == until {
        from.to_string()
    } else {
        format!("{from} to {until}")
    }
}

/// The items of one list that another lacks, by commas.
fn only_in(one: Option<&Node>, other: Option<&Node>) -> String {
    let items = |node: Option<&Node>| -> Vec<Node> {
        node.map(|node| items(node).to_vec()).unwrap_or_default()
    };
    let known: Vec<Value> = items(other).iter().map(plain).collect();
    let own = items(one);
    let own = own.iter().filter(|item| !known.contains(&plain(item)));
    let own: Vec<String> = own.map(|item| super::shown(Some(item))).collect();
    own.join(", ")
}

/// Of what two rules ask; `None` is everything.
pub(super) fn of_sets(
    first: Option<&BTreeSet<String>>,
    second: Option<&BTreeSet<String>>,
    names: Names<'_>,
) -> String {
    let (more, fewer, rest) = match (first, second) {
        (None, Some(some)) => return format!("{} asks {} alone", names.second, joined(some)),
        (Some(some), None) => return format!("{} asks {} alone", names.first, joined(some)),
        (Some(one), Some(other)) => {
            let (one, other): (BTreeSet<_>, BTreeSet<_>) = (
                one.difference(other).cloned().collect(),
                other.difference(one).cloned().collect(),
            );
            if one.is_empty() {
                (names.second, names.first, other)
            } else if other.is_empty() {
                (names.first, names.second, one)
            } else {
                return format!(
                    "{} alone asks {}, {} alone {}",
                    names.first,
                    joined(&one),
                    names.second,
                    joined(&other)
                );
            }
        }
        (None, None) => return String::new(),
    };
    format!("{more} asks {} too, {fewer} does not", joined(&rest))
}

fn joined(set: &BTreeSet<String>) -> String {
    set.iter().cloned().collect::<Vec<_>>().join(", ")
}

/// Of two severities: which policy says less, by outcome where they differ in some alone.
pub(super) fn of_severities(first: &Severities, second: &Severities, names: Names<'_>) -> String {
    let word = |severity: Option<Severity>| severity.map_or("nothing", Severity::as_str);
    let told = |outcome: Option<&str>| {
        let (one, other) = (first.of(outcome), second.of(outcome));
        let told = if one > other {
            format!(
                "{} says {} where {} says {}",
                names.second,
                word(other),
                names.first,
                word(one)
            )
        } else {
            format!(
                "{} says {} where {} says {}",
                names.first,
                word(one),
                names.second,
                word(other)
            )
        };
        let told = match outcome {
            Some(outcome) => format!("of {outcome}, {told}"),
            None => told,
        };
        (one != other).then_some(told)
    };
    let outcomes: BTreeSet<&str> = [first, second]
        .into_iter()
        .flat_map(|severities| match severities {
            Severities::All(_) => &[][..],
            Severities::ByOutcome(outcomes) => outcomes.as_slice(),
        })
        .map(|(outcome, _)| *outcome)
        .collect();
    if outcomes.is_empty() {
        return told(None).unwrap_or_default();
    }
    let told: Vec<String> = outcomes
        .into_iter()
        .filter_map(|outcome| told(Some(outcome)))
        .collect();
    told.join("; ")
}
