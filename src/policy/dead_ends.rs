//! What a policy says that can never come true, or never matters.
//!
//! Each rule is right by itself; together, or with what public CAs may do, they are not.

use time::{Date, OffsetDateTime};

use super::document::{Field, Given};
use super::rule::{On, Rule};
use super::{Policy, VarValue};
use crate::chain::Class;
use crate::check::public_limit;
use crate::source::escape;
use crate::yaml::{Node, Problem, Problems, Value};

/// The variable that holds what public CAs may issue, as `validity-limit` reads it.
const PUBLIC_LIMITS: &str = "cabf_validity_limits";

/// What is suspicious about a policy at an instant, each with its place.
#[must_use]
pub fn dead_ends(policy: &Policy, now: OffsetDateTime) -> Problems {
    let rules: Vec<&Rule> = policy.rules.iter().filter(|rule| !rule.is_off()).collect();
    let mut problems = Vec::new();
    for (at, rule) in rules.iter().enumerate() {
        for other in rules.iter().skip(at.saturating_add(1)) {
            if rule.check_name == other.check_name && overlap(rule, other) {
                problems.extend(same(policy, rule, other));
                problems.extend(contradiction(policy, rule, other));
            }
        }
        problems.extend(unissuable(policy, rule, now.date()));
        problems.extend(toothless(rule));
    }
    problems
}

/// Whether some certificate or file is asked by both.
fn overlap(one: &Rule, other: &Rule) -> bool {
    let meet = |one: On, other: On| {
        one == other
            || one == On::Any
            || other == On::Any
            || (one == On::Ca && matches!(other, On::Root | On::Intermediate))
            || (other == On::Ca && matches!(one, On::Root | On::Intermediate))
    };
    let labels = |one: Option<&[String]>, other: Option<&[String]>| match (one, other) {
        (Some(one), Some(other)) => one.iter().any(|label| other.contains(label)),
        (None, _) | (_, None) => true,
    };
    let classes = match (&one.when.class, &other.when.class) {
        (Some(one), Some(other)) => one.iter().any(|class| other.contains(class)),
        (None, _) | (_, None) => true,
    };
    let strict = match (one.when.strict, other.when.strict) {
        (Some(one), Some(other)) => one == other,
        (None, _) | (_, None) => true,
    };
    let on = match (one.on, other.on) {
        (Some(one), Some(other)) => meet(one, other),
        (None, None) => true,
        (None, Some(_)) | (Some(_), None) => false,
    };
    on && classes
        && strict
        && labels(
            one.when.environment.as_deref(),
            other.when.environment.as_deref(),
        )
        && labels(one.when.app.as_deref(), other.when.app.as_deref())
}

/// Two rules that ask the same of the same say everything twice.
fn same(policy: &Policy, one: &Rule, other: &Rule) -> Option<Problem> {
    let ask = |rule: &Rule| {
        let parameters: Vec<(String, String)> = parameters(rule)
            .into_iter()
            .map(|(name, node)| (name, format!("{:?}", resolved(policy, &node))))
            .collect();
        let when = rule.fields.get(&Field::When).map(|given| text(&given.node));
        (rule.on.map(On::as_str), when, parameters, severity(rule))
    };
    if ask(one) != ask(other) {
        return None;
    }
    let (first, second) = (escape(&one.id), escape(&other.id));
    let message =
        format!("the rules `{first}` and `{second}` ask the same of the same certificates");
    Some(pair(one, other, message, "asked twice").help("keep one of the two"))
}

/// Bounds of two rules that no value satisfies.
fn contradiction(policy: &Policy, one: &Rule, other: &Rule) -> Option<Problem> {
    let bounds = |rule: &Rule, prefix: &str| -> Vec<(String, i64)> {
        parameters(rule)
            .into_iter()
            .filter_map(|(name, node)| {
                let quantity = name.strip_prefix(prefix)?.to_owned();
                Some((quantity, number(&resolved(policy, &node))?))
            })
            .collect()
    };
    let (one_least, one_most) = (bounds(one, "min_"), bounds(one, "max_"));
    let (other_least, other_most) = (bounds(other, "min_"), bounds(other, "max_"));
    let clash = |least: &[(String, i64)], most: &[(String, i64)]| {
        least.iter().find_map(|(quantity, least)| {
            let (_, most) = most.iter().find(|(other, _)| other == quantity)?;
            (least > most).then(|| (quantity.clone(), *least, *most))
        })
    };
    let (quantity, least, most) =
        clash(&one_least, &other_most).or_else(|| clash(&other_least, &one_most))?;
    let (first, second) = (escape(&one.id), escape(&other.id));
    let message = format!(
        "no certificate satisfies both `{first}` and `{second}`: at least {least} and at most {most} {quantity}"
    );
    Some(pair(one, other, message, "asks for what the other refuses"))
}

/// A least lifetime for public leaves that no public CA may issue any more.
fn unissuable(policy: &Policy, rule: &Rule, today: Date) -> Option<Problem> {
    let of_leaves = matches!(rule.on, Some(On::Leaf | On::Any));
    let of_public = rule
        .when
        .class
        .as_ref()
        .is_none_or(|classes| classes.contains(&Class::Public));
    if !of_leaves || !of_public {
        return None;
    }
    let variable = policy
        .vars
        .iter()
        .find(|variable| &*variable.name == PUBLIC_LIMITS)?;
    let Some(VarValue::List(limits)) = &variable.value else {
        return None;
    };
    let (from, most) = public_limit(limits, today)?;
    let named = parameters(rule)
        .into_iter()
        .find(|(name, _)| name == "min_days");
    let least = number(&resolved(policy, &named?.1))?;
    if rule.check_name != "validity-period" || least <= i64::from(most) {
        return None;
    }
    let id = escape(&rule.id);
    let message = format!(
        "no public leaf of today satisfies `{id}`: it asks for {least} days, and public CAs issue for {most} at \
         most since {from}"
    );
    let check = rule.fields.get(&Field::Check).map(Given::location);
    let place = check.unwrap_or_else(|| rule.location.clone());
    let problem = place.problem(message, "more than a public CA may issue");
    Some(problem.help("leave public chains out: `when: { class: [private] }`"))
}

/// A rule that nothing can fail.
fn toothless(rule: &Rule) -> Option<Problem> {
    if !rule.check.cannot_fail() {
        return None;
    }
    let message = format!("nothing can fail `{}`", escape(&rule.id));
    let check = rule.fields.get(&Field::Check).map(Given::location);
    let place = check.unwrap_or_else(|| rule.location.clone());
    let problem = place.problem(message, "always true");
    Some(problem.help("name the facts that have to differ, or leave the rule out"))
}

fn pair(one: &Rule, other: &Rule, message: String, label: &str) -> Problem {
    let problem = other.location.problem(message, label);
    problem.related(&one.location.source, one.location.span, "the other one")
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

/// A parameter's value, where it is a variable's that variable's.
fn resolved(policy: &Policy, node: &Node) -> Value {
    let name = node
        .text()
        .and_then(|text| text.strip_prefix("{vars.")?.strip_suffix('}'));
    let variable = name.and_then(|name| policy.vars.iter().find(|known| &*known.name == name));
    match variable.and_then(|variable| variable.value.as_ref()) {
        Some(value) => value.to_node(crate::span::Span::default()).value,
        None => node.value.clone(),
    }
}

fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(number) => Some(*number),
        Value::Null
        | Value::Bool(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::Sequence(_)
        | Value::Map(_) => None,
    }
}

fn severity(rule: &Rule) -> String {
    format!("{:?}", rule.severity)
}

fn text(node: &Node) -> String {
    format!("{:?}", node.value)
}
