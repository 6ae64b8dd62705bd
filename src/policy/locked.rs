//! Locked rules: a child may tighten them, and nothing else.
//!
//! What a rule asked when it was locked, with the variables of that file, is held against what it asks in the
//! end, children, configs and options included.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::compile::Draft;
use super::document::{Field, Given};
use super::location::Location;
use super::substitute::substitute;
use super::vars::Variables;
use crate::check::{Direction, direction};
use crate::source::escape;
use crate::yaml::{Node, Problems, Value};

/// A rule as it was when a file locked it.
pub(super) struct Lock {
    pub(super) id: Arc<str>,
    pub(super) fields: BTreeMap<Field, Given>,
    pub(super) variables: Variables,
}

/// Whether the fields of an entry lock the rule.
pub(super) fn locks(fields: &BTreeMap<Field, Given>) -> bool {
    fields
        .get(&Field::Locked)
        .is_some_and(|given| given.node.value == Value::Bool(true))
}

impl Lock {
    /// Tells where the rule asks for less than it did.
    pub(super) fn hold(&self, now: &Draft, variables: &Variables, problems: &mut Problems) {
        let mut holder = Holder {
            lock: self,
            now,
            problems,
        };
        holder.lock();
        holder.severity();
        holder.on();
        holder.when();
        holder.waivable();
        holder.check(variables);
    }
}

struct Holder<'a> {
    lock: &'a Lock,
    now: &'a Draft,
    problems: &'a mut Problems,
}

impl Holder<'_> {
    /// The field before and now.
    fn pair(&self, field: Field) -> (Option<&Given>, Option<&Given>) {
        (self.lock.fields.get(&field), self.now.fields.get(&field))
    }

    fn refuse(&mut self, field: Field, at: Option<Location>, what: &str) {
        let (before, now) = self.pair(field);
        let written = now.or(before).map(Given::location);
        let place = at.or(written).unwrap_or_else(|| self.now.first.clone());
        let id = escape(&self.now.id);
        let problem = place.problem(format!("the rule `{id}` is locked: {what}"), "loosens it");
        let lock = self.lock.fields.get(&Field::Locked).map(Given::location);
        let problem = match lock {
            Some(lock) => problem.related(&lock.source, lock.span, "locked here"),
            None => problem,
        };
        let problem = problem.help("a child may tighten a locked rule, and no more; a rule of its own may ask for something else");
        self.problems.push(problem);
    }

    fn lock(&mut self) {
        if !locks(&self.now.fields) {
            self.refuse(Field::Locked, None, "a lock is not taken off");
        }
    }

    fn severity(&mut self) {
        let (Some(before), Some(now)) = self.pair(Field::Severity) else {
            return;
        };
        let outcomes: Vec<&str> = [before, now]
            .into_iter()
            .filter_map(|given| given.node.entries())
            .flatten()
            .map(|(key, _)| key.name.as_str())
            .collect();
        let lower = if outcomes.is_empty() {
            rank(&now.node, "") < rank(&before.node, "")
        } else {
            let falls = |outcome: &&str| rank(&now.node, outcome) < rank(&before.node, outcome);
            outcomes.iter().any(falls)
        };
        if lower {
            self.refuse(Field::Severity, None, "its severity may rise, not fall");
        }
    }

    fn on(&mut self) {
        let word = |given: Option<&Given>| {
            given
                .and_then(|given| given.node.text())
                .unwrap_or_default()
                .to_owned()
        };
        let (before, now) = self.pair(Field::On);
        let (before, now) = (word(before), word(now));
        let covers = before == now
            || now == "any"
            || (now == "ca" && (before == "root" || before == "intermediate"));
        if !covers {
            self.refuse(
                Field::On,
                None,
                "it may be asked of more certificates, not of fewer",
            );
        }
    }

    fn when(&mut self) {
        let (before, Some(now)) = self.pair(Field::When) else {
            return;
        };
        let before = before
            .and_then(|given| given.node.entries())
            .unwrap_or_default();
        let narrower = now
            .node
            .entries()
            .unwrap_or_default()
            .iter()
            .any(|(key, now)| {
                let before = before.iter().find(|(other, _)| other.name == key.name);
                before.is_none_or(|(_, before)| before != now && !contains(now, before))
            });
        if narrower {
            self.refuse(
                Field::When,
                None,
                "it may be asked of more chains, not of fewer",
            );
        }
    }

    /// A locked rule is waived only where who locked it says so.
    fn waivable(&mut self) {
        let allows = |given: Option<&Given>| {
            given.is_some_and(|given| given.node.value == Value::Bool(true))
        };
        let (before, now) = self.pair(Field::Waivable);
        if allows(now) && !allows(before) {
            self.refuse(Field::Waivable, None, "it may not be made waivable");
        }
    }

    fn check(&mut self, variables: &Variables) {
        let (Some(before), Some(now)) = self.pair(Field::Check) else {
            return;
        };
        let place = now.location();
        // What is wrong with them is told where the rule is compiled.
        let (before, _) = substitute(&before.node, before, &self.lock.variables, &mut Vec::new());
        let (now, _) = substitute(&now.node, now, variables, &mut Vec::new());
        let (Some((name, before)), Some((now_name, now))) = (only(&before), only(&now)) else {
            return;
        };
        if name != now_name {
            self.refuse(Field::Check, None, "its check stays the same");
            return;
        }
        let value = |node: &Node, name: &str| {
            let entries = node.entries().unwrap_or_default();
            let found = entries.iter().find(|(key, _)| key.name == name);
            found
                .map(|(_, node)| node.clone())
                .filter(|node| !node.is_null())
        };
        let mut names: Vec<String> = [&before, &now]
            .into_iter()
            .filter_map(|node| node.entries())
            .flatten()
            .map(|(key, _)| key.name.clone())
            .collect();
        names.sort();
        names.dedup();
        for name in names {
            let (before, now) = (value(&before, &name), value(&now, &name));
            let what = match (direction(&name), before.as_ref(), now.as_ref()) {
                (_, before, now) if same(before, now) => continue,
                // Where there was no bound, any bound is a tightening.
                (Direction::Rise | Direction::Fall, None, Some(_)) => continue,
                (Direction::Rise, Some(before), Some(now)) if number(now) >= number(before) => {
                    continue;
                }
                (Direction::Fall, Some(before), Some(now)) if number(now) <= number(before) => {
                    continue;
                }
                (Direction::Grow, None, Some(_)) => continue,
                (Direction::Grow, Some(before), Some(now)) if contains(now, before) => continue,
                (Direction::Shrink, Some(before), Some(now)) if contains(before, now) => continue,
                (Direction::Shrink, Some(_), None) => continue,
                // A text that was left open, such as a company's name, is there to be set.
                (Direction::Fixed, Some(before), Some(_)) if before.text() == Some("") => continue,
                (Direction::Rise, ..) => "may rise, not fall",
                (Direction::Fall, ..) => "may fall, not rise",
                (Direction::Grow, ..) => "may grow, not shrink",
                (Direction::Shrink, ..) => "may shrink, not grow",
                // Days may change beside the numbers: too much to compare.
                (Direction::Fixed | Direction::FallEach, ..) => "stays the same",
            };
            let parameter = format!("`{}` {what}", escape(&name));
            self.refuse(Field::Check, Some(place.clone()), &parameter);
        }
    }
}

/// The one entry of a map.
fn only(node: &Node) -> Option<(String, Node)> {
    let [(key, node)] = node.entries()? else {
        return None;
    };
    Some((key.name.clone(), node.clone()))
}

/// How much an outcome weighs under a severity, `off` least.
fn rank(node: &Node, outcome: &str) -> u8 {
    let word = match node.entries() {
        None => node,
        Some(entries) => match entries.iter().find(|(key, _)| key.name == outcome) {
            Some((_, node)) => node,
            None => return 0,
        },
    };
    match word.text() {
        Some("error") => 3,
        Some("warning") => 2,
        Some("advice") => 1,
        Some(_) | None => 0,
    }
}

fn number(node: &Node) -> Option<i64> {
    match node.value {
        Value::Integer(number) => Some(number),
        Value::Null
        | Value::Bool(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::Sequence(_)
        | Value::Map(_) => None,
    }
}

/// Whether two values are the same, wherever they stand.
fn same(one: Option<&Node>, other: Option<&Node>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => plain(one) == plain(other),
        (None, Some(_)) | (Some(_), None) => false,
    }
}

/// Whether a list has every item of another; a single value is a list of one.
fn contains(all: &Node, some: &Node) -> bool {
    let items = |node: &Node| match node.items() {
        Some(items) => items.iter().map(plain).collect::<Vec<_>>(),
        None => vec![plain(node)],
    };
    let all = items(all);
    items(some).iter().all(|item| all.contains(item))
}

/// A node's value without its places.
fn plain(node: &Node) -> Value {
    let bare = |value: Value| Node {
        span: crate::span::Span::default(),
        value,
    };
    match &node.value {
        Value::Sequence(items) => {
            Value::Sequence(items.iter().map(|item| bare(plain(item))).collect())
        }
        Value::Map(entries) => Value::Map(
            entries
                .iter()
                .map(|(key, node)| {
                    let key = crate::yaml::Key {
                        name: key.name.clone(),
                        span: crate::span::Span::default(),
                    };
                    (key, bare(plain(node)))
                })
                .collect(),
        ),
        Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Float(_) | Value::String(_) => {
            node.value.clone()
        }
    }
}
