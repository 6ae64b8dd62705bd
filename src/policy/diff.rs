//! What one policy accepts that another does not, rule by rule.

use serde::Serialize;

use super::document::Field;
use super::rule::{Rule, Severities};
use super::{Policy, emit};
use crate::finding::Severity;
use crate::yaml::{Node, Value};

/// One difference between two policies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The rule's id, or the variable's name; `waivers` for their bounds.
    pub of: String,
    /// What differs: `rule`, `severity`, `on`, `when`, `check`, a parameter's name, `waivable`, or `variable`.
    pub what: String,
    /// What the first policy says; empty where it says nothing.
    pub first: String,
    /// What the second one says.
    pub second: String,
    /// What follows from it, a sentence; empty where nothing can be said in general.
    pub consequence: String,
}

/// The differences in what two policies ask, by rule in the order of the first; texts do not count.
#[must_use]
pub fn diff(first: &Policy, second: &Policy) -> Vec<Difference> {
    let names = Names {
        first: &first.name,
        second: &second.name,
    };
    let mut differences = Vec::new();
    let asked = |policy: &'_ Policy, id: &str| policy.rule(id).is_some_and(|rule| !rule.is_off());
    for rule in first.rules.iter().filter(|rule| !rule.is_off()) {
        match second.rule(&rule.id).filter(|other| !other.is_off()) {
            Some(other) => rules(rule, other, &names, &mut differences),
            None => differences.push(alone(rule, names.first, names.second, true)),
        }
    }
    for rule in second.rules.iter().filter(|rule| !rule.is_off()) {
        if !asked(first, &rule.id) {
            differences.push(alone(rule, names.second, names.first, false));
        }
    }
    variables(first, second, &mut differences);
    let days = |policy: &Policy| {
        let bound = policy.waiver_days.as_ref();
        bound.map_or_else(String::new, |bound| bound.days.to_string())
    };
    if days(first) != days(second) {
        differences.push(Difference {
            of: "waivers".to_owned(),
            what: "max_days".to_owned(),
            first: days(first),
            second: days(second),
            consequence: String::new(),
        });
    }
    differences
}

struct Names<'a> {
    first: &'a str,
    second: &'a str,
}

/// A rule that one policy has alone.
fn alone(rule: &Rule, has: &str, lacks: &str, is_first: bool) -> Difference {
    let severity = severity(&rule.severity);
    let (first, second) = if is_first {
        (severity, "off".to_owned())
    } else {
        ("off".to_owned(), severity)
    };
    Difference {
        of: rule.id.to_string(),
        what: "rule".to_owned(),
        first,
        second,
        consequence: format!("{lacks} accepts what breaks it, {has} does not"),
    }
}

fn rules(first: &Rule, second: &Rule, names: &Names<'_>, out: &mut Vec<Difference>) {
    let mut push = |what: &str, one: String, other: String, consequence: String| {
        if one != other {
            out.push(Difference {
                of: first.id.to_string(),
                what: what.to_owned(),
                first: one,
                second: other,
                consequence,
            });
        }
    };
    push(
        "severity",
        severity(&first.severity),
        severity(&second.severity),
        lighter(first, second, names),
    );
    let on = |rule: &Rule| rule.on.map_or("", |on| on.as_str()).to_owned();
    push("on", on(first), on(second), String::new());
    push(
        "when",
        field(first, Field::When),
        field(second, Field::When),
        String::new(),
    );
    let waivable = |rule: &Rule| rule.is_waivable.to_string();
    let can_be_waived = match (first.is_waivable, second.is_waivable) {
        (true, false) => format!("{} lets waivers cover it", names.first),
        (false, true) => format!("{} lets waivers cover it", names.second),
        (true, true) | (false, false) => String::new(),
    };
    push("waivable", waivable(first), waivable(second), can_be_waived);
    if first.check_name != second.check_name {
        let name = |rule: &Rule| rule.check_name.to_owned();
        push(
            "check",
            name(first),
            name(second),
            "the two ask for different things".to_owned(),
        );
        return;
    }
    let (one, other) = (parameters(first), parameters(second));
    let mut keys: Vec<&str> = one
        .iter()
        .chain(&other)
        .map(|(key, _)| key.as_str())
        .collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        let value = |entries: &[(String, Node)]| {
            let found = entries.iter().find(|(name, _)| name == key);
            found.map(|(_, node)| node.clone())
        };
        let (left, right) = (value(&one), value(&other));
        let shown = |node: &Option<Node>| node.as_ref().map(text).unwrap_or_default();
        let consequence = bound(key, left.as_ref(), right.as_ref(), names);
        push(key, shown(&left), shown(&right), consequence);
    }
}

/// Which of two rules lets more pass, where one severity says so.
fn lighter(first: &Rule, second: &Rule, names: &Names<'_>) -> String {
    let (one, other) = (first.severity.worst(), second.severity.worst());
    let word = |severity: Option<Severity>| severity.map_or("nothing", Severity::as_str);
    match one.cmp(&other) {
        std::cmp::Ordering::Equal => String::new(),
        std::cmp::Ordering::Greater => {
            format!(
                "{} says {} where {} says {}",
                names.second,
                word(other),
                names.first,
                word(one)
            )
        }
        std::cmp::Ordering::Less => {
            format!(
                "{} says {} where {} says {}",
                names.first,
                word(one),
                names.second,
                word(other)
            )
        }
    }
}

/// What follows from two values of a bound; by the convention of all checks, `min_` and `max_` bounds are
/// allowed themselves.
fn bound(key: &str, first: Option<&Node>, second: Option<&Node>, names: &Names<'_>) -> String {
    let number = |node: Option<&Node>| match node.map(|node| &node.value) {
        Some(Value::Integer(number)) => Some(*number),
        Some(_) | None => None,
    };
    let (Some(one), Some(other)) = (number(first), number(second)) else {
        return String::new();
    };
    let (low, high) = (one.min(other), one.max(other));
    let (wide, narrow) = if key.starts_with("max_") == (one > other) {
        (names.first, names.second)
    } else {
        (names.second, names.first)
    };
    if key.starts_with("max_") {
        let from = low.saturating_add(1);
        format!("{wide} accepts {from} to {high}, {narrow} does not")
    } else if key.starts_with("min_") {
        let until = high.saturating_sub(1);
        format!("{wide} accepts {low} to {until}, {narrow} does not")
    } else {
        String::new()
    }
}

fn severity(severities: &Severities) -> String {
    let word = |severity: Option<Severity>| severity.map_or("off", Severity::as_str);
    match severities {
        Severities::All(severity) => word(*severity).to_owned(),
        Severities::ByOutcome(outcomes) => {
            let each = outcomes
                .iter()
                .map(|(outcome, severity)| format!("{outcome} {}", word(*severity)));
            each.collect::<Vec<_>>().join(", ")
        }
    }
}

/// The parameters of a rule's check as its file gives them.
fn parameters(rule: &Rule) -> Vec<(String, Node)> {
    let check = rule.fields.get(&Field::Check);
    let named = check
        .and_then(|given| given.node.entries())
        .and_then(<[_]>::first);
    let entries = named
        .and_then(|(_, node)| node.entries())
        .unwrap_or_default();
    entries
        .iter()
        .map(|(key, node)| (key.name.clone(), node.clone()))
        .collect()
}

fn field(rule: &Rule, field: Field) -> String {
    rule.fields
        .get(&field)
        .map(|given| text(&given.node))
        .unwrap_or_default()
}

/// A node on one line.
fn text(node: &Node) -> String {
    let mut out = String::new();
    emit::entry(&mut out, 0, "x", node);
    let value = out.strip_prefix("x:").unwrap_or(&out);
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn variables(first: &Policy, second: &Policy, out: &mut Vec<Difference>) {
    let value = |policy: &Policy, name: &str| {
        let found = policy.vars.iter().find(|variable| &*variable.name == name);
        found.map(|variable| {
            variable
                .value
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default()
        })
    };
    let mut names: Vec<&str> = first
        .vars
        .iter()
        .chain(&second.vars)
        .map(|variable| &*variable.name)
        .collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        if let (Some(one), Some(other)) = (value(first, name), value(second, name))
            && one != other
        {
            out.push(Difference {
                of: name.to_owned(),
                what: "variable".to_owned(),
                first: one,
                second: other,
                consequence: String::new(),
            });
        }
    }
}
