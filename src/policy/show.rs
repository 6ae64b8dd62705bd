//! A resolved policy as a policy file of its own, which needs no parent.

use std::fmt::Write;
use std::path::Path;

use super::location::Location;
use super::{Policy, Variable, emit};
use crate::span::Span;
use crate::yaml::{Node, Value};

/// The policy as YAML; with `origins`, a comment over each part says which line it came from.
/// Variables keep the values that they have, as defaults; `shown` says how a path of another file's is written here.
#[must_use]
pub fn show(policy: &Policy, origins: bool, shown: &dyn Fn(&Path) -> String) -> String {
    let mut writer = Writer {
        out: String::from("version: 1\n"),
        origins,
    };
    writer.entry(0, "name", &text(&policy.name), policy.named_at.as_ref());
    if let Some(description) = &policy.description {
        let at = policy.described_at.as_ref();
        writer.entry(0, "description", &text(description), at);
    }
    writer.key(0, "trust_anchors", policy.trust_anchors.is_empty());
    for anchor in &policy.trust_anchors {
        writer.origin(1, Some(&anchor.at));
        let path = text(&shown(&anchor.folder.join(&anchor.text)));
        emit::item(&mut writer.out, 1, &path);
    }
    writer.key(0, "vars", policy.vars.is_empty());
    for variable in &policy.vars {
        writer.variable(variable);
    }
    writer.key(0, "waivers", policy.waiver_days.is_none());
    if let Some(bound) = &policy.waiver_days {
        let days = node(Value::Integer(i64::from(bound.days.get())));
        writer.entry(1, "max_days", &days, Some(&bound.at));
    }
    writer.key(0, "rules", policy.rules.is_empty());
    for rule in &policy.rules {
        writer.origin(1, Some(&rule.location));
        writer.key(1, &rule.id, false);
        for (field, given) in &rule.fields {
            writer.entry(2, field.as_str(), &given.node, Some(&given.location()));
        }
    }
    writer.out
}

struct Writer {
    out: String,
    origins: bool,
}

impl Writer {
    /// A key whose value follows on lines of its own.
    fn key(&mut self, depth: usize, key: &str, is_absent: bool) {
        if !is_absent {
            let indent = depth.saturating_mul(2);
            // Writing into a string cannot fail.
            let _ = writeln!(self.out, "{:indent$}{key}:", "");
        }
    }

    fn entry(&mut self, depth: usize, key: &str, value: &Node, at: Option<&Location>) {
        self.origin(depth, at);
        emit::entry(&mut self.out, depth, key, value);
    }

    fn variable(&mut self, variable: &Variable) {
        self.origin(1, Some(&variable.declared));
        self.key(1, &variable.name, false);
        emit::entry(&mut self.out, 2, "type", &text(variable.kind.as_str()));
        if let Some(value) = &variable.value {
            let value = value.to_node(Span::default());
            self.entry(2, "default", &value, Some(&variable.origin));
        }
        if let Some(description) = &variable.description {
            emit::entry(&mut self.out, 2, "description", &text(description));
        }
    }

    fn origin(&mut self, depth: usize, at: Option<&Location>) {
        if let Some(at) = at.filter(|_| self.origins) {
            let indent = depth.saturating_mul(2);
            let _ = writeln!(self.out, "{:indent$}# from {at}", "");
        }
    }
}

fn text(text: &str) -> Node {
    node(Value::String(text.to_owned()))
}

fn node(value: Value) -> Node {
    let span = Span::default();
    Node { span, value }
}
