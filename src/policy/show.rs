//! A resolved policy as a policy file of its own, which needs no parent.

use std::fmt::Write;

use super::location::Location;
use super::{Policy, Variable, emit};
use crate::span::Span;
use crate::yaml::{Key, Node, Value};

/// The policy as YAML; with `origins`, a comment over each part says which line it came from.
/// Variables keep the values that they have, as defaults.
#[must_use]
pub fn show(policy: &Policy, origins: bool) -> String {
    let mut out = String::from("version: 1\n");
    emit::entry(&mut out, 0, "name", &text(&policy.name));
    if let Some(description) = &policy.description {
        emit::entry(&mut out, 0, "description", &text(description));
    }
    if !policy.vars.is_empty() {
        out.push_str("vars:\n");
    }
    for variable in &policy.vars {
        if origins {
            comment(&mut out, 1, &variable.origin);
        }
        emit::entry(&mut out, 1, &variable.name, &declaration(variable));
    }
    if let Some(bound) = &policy.waiver_days {
        out.push_str("waivers:\n");
        if origins {
            comment(&mut out, 1, &bound.at);
        }
        let days = Value::Integer(i64::from(bound.days.get()));
        let span = Span::default();
        emit::entry(&mut out, 1, "max_days", &Node { span, value: days });
    }
    if !policy.rules.is_empty() {
        out.push_str("rules:\n");
    }
    for rule in &policy.rules {
        if origins {
            comment(&mut out, 1, &rule.location);
        }
        let _ = writeln!(out, "  {}:", rule.id);
        for (field, given) in &rule.fields {
            if origins {
                comment(&mut out, 2, &given.location());
            }
            emit::entry(&mut out, 2, field.as_str(), &given.node);
        }
    }
    out
}

fn comment(out: &mut String, depth: usize, location: &Location) {
    let indent = depth.saturating_mul(2);
    // Writing into a string cannot fail.
    let _ = writeln!(out, "{:indent$}# from {location}", "");
}

fn declaration(variable: &Variable) -> Node {
    let mut entries = vec![(key("type"), text(variable.kind.as_str()))];
    if let Some(value) = &variable.value {
        entries.push((key("default"), value.to_node(Span::default())));
    }
    if let Some(description) = &variable.description {
        entries.push((key("description"), text(description)));
    }
    Node {
        span: Span::default(),
        value: Value::Map(entries),
    }
}

fn key(name: &str) -> Key {
    Key {
        name: name.to_owned(),
        span: Span::default(),
    }
}

fn text(text: &str) -> Node {
    Node {
        span: Span::default(),
        value: Value::String(text.to_owned()),
    }
}
