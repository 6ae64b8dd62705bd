//! Mutants of a policy: one rule taken away, or made looser in one place. A policy's tests should notice each.

use std::sync::Arc;

use super::compile::{Draft, Known, compile};
use super::document::{Field, Given};
use super::location::Location;
use super::substitute::substitute;
use super::vars::Variables;
use super::{Policy, Rule};
use crate::check::expression::{Model, Names, Program, compile as compile_expression};
use crate::check::{self, Direction, direction};
use crate::source::escape;
use crate::span::Span;
use crate::yaml::{self, Key, Node, Value};

/// A policy of one rule, or of none where that rule is taken away.
#[derive(Debug)]
pub struct Mutant {
    /// The rule that was changed.
    pub rule: Arc<str>,
    /// The field of it that was changed; `None` where the rule is left out.
    pub field: Option<Field>,
    /// What was changed, as in `max_days: 1095 → 1096`.
    pub change: String,
    /// Where that is written.
    pub place: Location,
    /// What is left of the policy: this rule.
    pub policy: Arc<Policy>,
}

/// The mutants of those rules of a policy that are not off and that `wanted` picks.
///
/// Each number that bounds something is loosened by a step, each element of a list that forbids or requires is
/// left out, each word that a list of allowed ones lacks is added, and each number next to one that it has, each
/// severity lowered, each condition and each `on` narrowed, and each rule left out. Of expressions each bound is
/// loosened and each condition left out. What a policy says of waivers, and
/// `locked`, is asked of no chain, and stays.
pub fn mutants(
    policy: &Policy,
    is_fact: fn(&str) -> bool,
    wanted: &dyn Fn(&Rule) -> bool,
) -> Vec<Mutant> {
    let variables = Variables::of(&policy.vars);
    let rules = policy
        .rules
        .iter()
        .filter(|rule| !rule.is_off() && wanted(rule));
    let mut mutants = Vec::new();
    for rule in rules {
        mutants.push(Mutant {
            rule: rule.id.clone(),
            field: None,
            change: "the rule is left out".to_owned(),
            place: rule.location.clone(),
            policy: Arc::new(with_rules(policy, Vec::new())),
        });
        for change in changes(rule, &variables) {
            let known = Known {
                variables: &variables,
                is_fact,
                rules: &[],
                complete: true,
                model: &Model::default(),
            };
            // What cannot be is no mutant: a lower bound above the upper one, an empty list.
            let Some(changed) = compile(change.draft(rule), &known, &mut Vec::new()) else {
                continue;
            };
            mutants.push(Mutant {
                rule: rule.id.clone(),
                field: Some(change.field),
                change: change.what,
                place: change.place,
                policy: Arc::new(with_rules(policy, vec![changed])),
            });
        }
    }
    mutants
}

fn with_rules(policy: &Policy, rules: Vec<Rule>) -> Policy {
    Policy {
        name: policy.name.clone(),
        named_at: None,
        description: None,
        described_at: None,
        vars: policy.vars.clone(),
        rules,
        trust_anchors: Vec::new(),
        waiver_days: None,
        sources: Vec::new(),
    }
}

/// A field of a rule with another value.
struct Change {
    field: Field,
    node: Node,
    what: String,
    place: Location,
}

impl Change {
    fn draft(&self, rule: &Rule) -> Draft {
        let mut fields = rule.fields.clone();
        if let Some(given) = fields.get_mut(&self.field) {
            given.node = self.node.clone();
        }
        Draft {
            id: rule.id.clone(),
            first: rule.location.clone(),
            asked: Some(rule.location.clone()),
            shorthand: false,
            fields,
        }
    }
}

/// A node with one change in it: the node, what was changed, and where.
type Variant = (Node, String, Span);

fn changes(rule: &Rule, variables: &Variables) -> Vec<Change> {
    let mut changes = Vec::new();
    for (field, given) in &rule.fields {
        let variants = match field {
            Field::Severity => lowered(&given.node),
            Field::When => narrowed(&given.node),
            Field::On => asked_less(&given.node),
            Field::Check => {
                let node = substitute(&given.node, given, variables, &mut Vec::new()).node;
                let mut variants = loosened(&node);
                variants.extend(of_expression(rule, given, &node, variables));
                variants
            }
            Field::Description
            | Field::Message
            | Field::Help
            | Field::Reference
            | Field::Examples
            | Field::Locked
            | Field::Waivable => Vec::new(),
        };
        changes.extend(variants.into_iter().map(|(node, what, span)| Change {
            field: *field,
            node,
            what: escape(&what),
            place: Location::new(&given.source, span),
        }));
    }
    changes
}

/// The severity a step lower; off only where other outcomes stay, since a rule that is off is one left out.
fn lowered(node: &Node) -> Vec<Variant> {
    let lower = |node: &Node| match node.text() {
        Some("error") => Some("warning"),
        Some("warning") => Some("advice"),
        _ => None,
    };
    match &node.value {
        Value::Map(entries) => in_map(entries, node, |key, value| {
            let off = (value.text() == Some("advice")).then_some("off");
            let lower = lower(value).or(off).into_iter();
            let what = |to| format!("severity of {}: {} → {to}", key.name, shown(value));
            lower
                .map(|to| (text(value, to), what(to), value.span))
                .collect()
        }),
        Value::Null
        | Value::Bool(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::Sequence(_) => {
            let what = |to| format!("severity: {} → {to}", shown(node));
            let lower = lower(node).into_iter();
            lower
                .map(|to| (text(node, to), what(to), node.span))
                .collect()
        }
    }
}

/// Each way to ask fewer certificates; what asks fewer still is noticed wherever these are.
fn asked_less(node: &Node) -> Vec<Variant> {
    let narrower: &[&str] = match node.text() {
        Some("any") => &["leaf", "ca"],
        Some("ca") => &["intermediate", "root"],
        _ => &[],
    };
    let what = |to| format!("on: {} → {to}", shown(node));
    let narrower = narrower.iter();
    narrower
        .map(|to| (text(node, to), what(to), node.span))
        .collect()
}

/// Each class, environment or app left out of a condition that has several.
fn narrowed(node: &Node) -> Vec<Variant> {
    let entries = node.entries().unwrap_or_default();
    in_map(entries, node, |key, value| left_out(&key.name, value, 2))
}

/// The parameters of a check, each loosened.
fn loosened(node: &Node) -> Vec<Variant> {
    let checks = node.entries().unwrap_or_default();
    in_map(checks, node, |check, parameters| {
        let entries = parameters.entries().unwrap_or_default();
        in_map(entries, parameters, |key, value| {
            parameter(&check.name, &key.name, value)
        })
    })
}

/// The expression of a check, where it has one, loosened in each place.
fn of_expression(rule: &Rule, given: &Given, node: &Node, variables: &Variables) -> Vec<Variant> {
    let [(check, parameters)] = node.entries().unwrap_or_default() else {
        return Vec::new();
    };
    let Some(written) = parameters.get("assert") else {
        return Vec::new();
    };
    let names = Names {
        has_certificate: rule.fields.contains_key(&Field::On),
        variables: &variables.constants(),
        is_complete: true,
        model: &Model::default(),
    };
    let expression = written.text().unwrap_or_default();
    let program = compile_expression(expression, names).ok();
    let loosened = program.iter().flat_map(Program::loosened);
    let changed = loosened.filter_map(|change| {
        let before = expression.get(change.range.clone())?;
        let head = expression.get(..change.range.start)?;
        let rest = expression.get(change.range.end..)?;
        let changed = text(written, &format!("{head}{}{rest}", change.with));
        let span = yaml::locate(&given.source, written, &change.range);
        let words: Vec<&str> = before.split_whitespace().collect();
        let what = format!("assert: {} → {}", words.join(" "), change.with);
        let replaced = in_map(parameters.entries()?, parameters, |key, _| {
            let is_assert = key.name == "assert";
            let variant = (changed.clone(), what.clone(), span);
            is_assert.then_some(variant).into_iter().collect()
        });
        let (parameters, what, span) = replaced.into_iter().next()?;
        let whole = Node {
            span: node.span,
            value: Value::Map(vec![(check.clone(), parameters)]),
        };
        Some((whole, what, span))
    });
    changed.collect()
}

fn parameter(check: &str, name: &str, value: &Node) -> Vec<Variant> {
    match direction(name) {
        Direction::Rise => moved(name, value, check::step(name).saturating_neg()),
        Direction::Fall => moved(name, value, check::step(name)),
        Direction::FallEach => in_list(value, |item| {
            let raised = item.text().and_then(raised);
            let to = raised.map(|to| {
                let what = format!("{name}: {} → {to}", shown(item));
                (text(item, &to), what, item.span)
            });
            to.into_iter().collect()
        }),
        Direction::Grow => {
            let mut variants = left_out(name, value, 1);
            // What forbids by lists of patterns, such as an issuer by its names, forbids less without one.
            variants.extend(in_list(value, |item| {
                let entries = item.entries().unwrap_or_default();
                in_map(entries, item, |key, value| left_out(&key.name, value, 1))
            }));
            variants
        }
        Direction::Shrink => {
            let items = value.items().unwrap_or_default();
            let words = check::words(check, name).into_iter().map(Value::String);
            let next = items.iter().flat_map(next_to);
            let missing = words
                .chain(next)
                .filter(|new| items.iter().all(|item| item.value != *new));
            let added = missing.map(|new| {
                let span = value.span;
                let new = Node { span, value: new };
                let what = format!("{name}: {} added", shown(&new));
                let mut items = items.to_vec();
                items.push(new);
                let value = Value::Sequence(items);
                (Node { span, value }, what, span)
            });
            added.collect()
        }
        Direction::Fixed | Direction::Free => Vec::new(),
    }
}

/// The numbers next to a number.
fn next_to(node: &Node) -> Vec<Value> {
    let Some(number) = node.integer() else {
        return Vec::new();
    };
    let next = [number.checked_sub(1), number.checked_add(1)];
    next.into_iter().flatten().map(Value::Integer).collect()
}

/// The number a step higher or lower.
fn moved(name: &str, node: &Node, step: i64) -> Vec<Variant> {
    let Some(number) = node.integer() else {
        return Vec::new();
    };
    let to = number.checked_add(step).into_iter();
    to.map(|to| {
        let changed = Node {
            span: node.span,
            value: Value::Integer(to),
        };
        (changed, format!("{name}: {number} → {to}"), node.span)
    })
    .collect()
}

/// A list without each of its elements in turn; nothing where it has fewer than `least`.
fn left_out(name: &str, node: &Node, least: usize) -> Vec<Variant> {
    let items = node.items().unwrap_or_default();
    if items.len() < least {
        return Vec::new();
    }
    let without = |(index, item): (usize, &Node)| {
        let mut rest = items.to_vec();
        rest.remove(index);
        let value = Value::Sequence(rest);
        let what = format!("{name}: {} left out", shown(item));
        let span = node.span;
        (Node { span, value }, what, item.span)
    };
    items.iter().enumerate().map(without).collect()
}

/// A text that ends in a number, with the number one higher.
fn raised(text: &str) -> Option<String> {
    let (before, number) = text.rsplit_once(' ')?;
    let number: i64 = number.parse().ok()?;
    Some(format!("{before} {}", number.checked_add(1)?))
}

/// The list with each of its elements changed in turn, in each of its ways.
fn in_list(node: &Node, change: impl Fn(&Node) -> Vec<Variant>) -> Vec<Variant> {
    let items = node.items().unwrap_or_default();
    let changed = |(index, item): (usize, &Node)| {
        let variants = change(item).into_iter();
        let whole = variants.filter_map(move |(to, what, span)| {
            let mut all = items.to_vec();
            *all.get_mut(index)? = to;
            let value = Value::Sequence(all);
            let whole = Node {
                span: node.span,
                value,
            };
            Some((whole, what, span))
        });
        whole.collect::<Vec<_>>()
    };
    items.iter().enumerate().flat_map(changed).collect()
}

/// The map with each of its values changed in turn, in each of its ways.
fn in_map(
    entries: &[(Key, Node)],
    node: &Node,
    change: impl Fn(&Key, &Node) -> Vec<Variant>,
) -> Vec<Variant> {
    let changed = |(index, (key, value)): (usize, &(Key, Node))| {
        let variants = change(key, value).into_iter();
        let whole = variants.filter_map(move |(to, what, span)| {
            let mut all = entries.to_vec();
            all.get_mut(index)?.1 = to;
            let value = Value::Map(all);
            Some((
                Node {
                    span: node.span,
                    value,
                },
                what,
                span,
            ))
        });
        whole.collect::<Vec<_>>()
    };
    entries.iter().enumerate().flat_map(changed).collect()
}

fn text(at: &Node, text: &str) -> Node {
    Node {
        span: at.span,
        value: Value::String(text.to_owned()),
    }
}

/// A value on one line.
fn shown(node: &Node) -> String {
    match &node.value {
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::String(text) => text.clone(),
        Value::Null => "null".to_owned(),
        Value::Sequence(items) => {
            let items: Vec<String> = items.iter().map(shown).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(entries) => {
            let shown = |(key, value): &(Key, Node)| format!("{}: {}", key.name, shown(value));
            let entries: Vec<String> = entries.iter().map(shown).collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}
