//! Locked rules: a child may tighten them, and nothing else.
//!
//! What a rule asked when it was locked, with the variables of that file, is held against what it asks in the
//! end, children, configs and options included.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::compile::Draft;
use super::document::{Field, Given};
use super::location::Location;
use super::substitute;
use super::vars::Variables;
use super::{Policy, Reference, Rule};
use crate::check::expression::{Model, Names, Program, compile};
use crate::check::{Direction, direction};
use crate::source::{Source, escape};
use crate::span::Span;
use crate::yaml::{Node, Problem, Problems, Value};

/// A rule as the file that locks it makes it, together with what that file extends and nothing else.
pub(super) struct Lock {
    pub(super) id: Arc<str>,
    pub(super) fields: BTreeMap<Field, Given>,
    pub(super) variables: Variables,
    /// That file and those.
    pub(super) sources: Vec<Arc<Source>>,
}

/// Whether the fields of an entry lock the rule.
pub(super) fn locks(fields: &BTreeMap<Field, Given>) -> bool {
    fields
        .get(&Field::Locked)
        .is_some_and(|given| given.node.value == Value::Bool(true))
}

impl Lock {
    /// Where the rule was locked.
    pub(super) fn location(&self) -> Option<Location> {
        self.fields.get(&Field::Locked).map(Given::location)
    }

    /// Tells where the rule asks for less than it did.
    pub(super) fn hold(
        &self,
        now: &Draft,
        variables: &Variables,
        model: &Model,
        problems: &mut Problems,
    ) {
        let mut holder = Holder {
            lock: self,
            now,
            variables,
            problems,
        };
        holder.lock();
        holder.severity();
        holder.on();
        holder.when();
        holder.waivable();
        holder.check(model);
    }

    /// Tells of trust anchors that the rule did not know when it was locked, where it goes by them.
    pub(super) fn hold_anchors(&self, rule: &Rule, anchors: &[Reference], problems: &mut Problems) {
        if !rule.check.goes_by_anchors() {
            return;
        }
        let is_own = |at: &Location| self.sources.iter().any(|own| Arc::ptr_eq(own, &at.source));
        for anchor in anchors.iter().filter(|anchor| !is_own(&anchor.at)) {
            let lock = self.location();
            problems.push(loosened(
                &self.id,
                lock.as_ref(),
                &anchor.at,
                MORE_ANCHORS,
                "trusts more",
            ));
        }
    }
}

/// Why anchors loosen a rule.
const MORE_ANCHORS: &str = "it goes by whom the policy trusts, and more may not be trusted";

/// Tells of trust anchors beside those of a policy, as a config names them, which a locked rule goes by.
pub fn refuse_anchors<'a>(
    policy: &Policy,
    anchors: impl IntoIterator<Item = &'a Reference>,
) -> Problems {
    let mut rules = policy.rules.iter();
    let Some(rule) = rules.find(|rule| rule.locked && rule.check.goes_by_anchors()) else {
        return Vec::new();
    };
    let lock = rule.fields.get(&Field::Locked).map(Given::location);
    let refused = |anchor: &Reference| {
        loosened(
            &rule.id,
            lock.as_ref(),
            &anchor.at,
            MORE_ANCHORS,
            "trusts more",
        )
    };
    anchors.into_iter().map(refused).collect()
}

/// That something loosens a locked rule, at its place and with that of the lock.
pub(super) fn loosened(
    id: &str,
    lock: Option<&Location>,
    at: &Location,
    what: &str,
    label: &str,
) -> Problem {
    let id = escape(id);
    let problem = at.problem(format!("the rule `{id}` is locked: {what}"), label);
    let problem = match lock {
        Some(lock) => problem.related(&lock.source, lock.span, "locked here"),
        None => problem,
    };
    problem.help("a child may tighten a locked rule, and no more; a rule of its own may ask for something else")
}

struct Holder<'a> {
    lock: &'a Lock,
    now: &'a Draft,
    /// As they are now.
    variables: &'a Variables,
    problems: &'a mut Problems,
}

impl Holder<'_> {
    /// The field before and now.
    fn pair(&self, field: Field) -> (Option<&Given>, Option<&Given>) {
        (self.lock.fields.get(&field), self.now.fields.get(&field))
    }

    fn refuse(&mut self, field: Field, what: &str) {
        let (before, now) = self.pair(field);
        let written = now.or(before).map(Given::location);
        let place = written.unwrap_or_else(|| self.now.first.clone());
        let lock = self.lock.location();
        let problem = loosened(&self.now.id, lock.as_ref(), &place, what, "loosens it");
        self.problems.push(problem);
    }

    fn lock(&mut self) {
        if !locks(&self.now.fields) {
            self.refuse(Field::Locked, "a lock is not taken off");
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
            self.refuse(Field::Severity, "its severity may rise, not fall");
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
            // Without `on`, an expression asks of the file, which no certificate stands for.
            || (now == "any" && !before.is_empty())
            || (now == "ca" && (before == "root" || before == "intermediate"));
        if !covers {
            self.refuse(
                Field::On,
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
            self.refuse(Field::When, "it may be asked of more chains, not of fewer");
        }
    }

    /// A locked rule is waived only where who locked it says so.
    fn waivable(&mut self) {
        let allows = |given: Option<&Given>| {
            given.is_some_and(|given| given.node.value == Value::Bool(true))
        };
        let (before, now) = self.pair(Field::Waivable);
        if allows(now) && !allows(before) {
            self.refuse(Field::Waivable, "it may not be made waivable");
        }
    }

    fn check(&mut self, model: &Model) {
        let (Some(before), Some(now)) = self.pair(Field::Check) else {
            return;
        };
        let (before, now) = (before.clone(), now.clone());
        let (Some((name, _)), Some((now_name, _))) = (only(&before.node), only(&now.node)) else {
            return;
        };
        if name != now_name {
            self.refuse(Field::Check, "its check stays the same");
            return;
        }
        for parameter in parameters(&before, &now) {
            let before = Parameter::of(&before, &parameter, &self.lock.variables);
            let now = Parameter::of(&now, &parameter, self.variables);
            let direction = direction(&parameter);
            let what = format!("`{}`", escape(&parameter));
            self.value(&what, direction, before, now);
        }
        for (variable, direction) in read_by(&before, self.lock, model) {
            let before = Parameter::variable(&variable, &self.lock.variables);
            let now = Parameter::variable(&variable, self.variables);
            let what = format!("the variable `{}`", escape(&variable));
            self.value(&what, direction, before, now);
        }
    }

    fn value(&mut self, what: &str, direction: Direction, before: Parameter, now: Parameter) {
        let Some(how) = broken(direction, before.value.as_ref(), now.value.as_ref()) else {
            return;
        };
        let check = self.pair(Field::Check).1.map(Given::location);
        let given = now.from.or_else(|| check.clone());
        let place = given.unwrap_or_else(|| self.now.first.clone());
        let label = match direction {
            Direction::Fixed => "changes it, and whether for the better cannot be told",
            Direction::Rise
            | Direction::Fall
            | Direction::FallEach
            | Direction::Grow
            | Direction::Shrink
            | Direction::Free => "loosens it",
        };
        let lock = self.lock.location();
        let problem = loosened(
            &self.now.id,
            lock.as_ref(),
            &place,
            &format!("{what} {how}"),
            label,
        );
        let problem = match check.filter(|check| !place.is_same(check)) {
            Some(check) => problem.related(&check.source, check.span, "asked here"),
            None => problem,
        };
        self.problems.push(problem);
    }
}

/// The value of a parameter or a variable, and what gave it.
struct Parameter {
    value: Option<Node>,
    /// The variable's value, where it is one.
    from: Option<Location>,
}

impl Parameter {
    fn of(check: &Given, name: &str, variables: &Variables) -> Self {
        let written = only(&check.node).and_then(|(_, node)| node.get(name).cloned());
        let variable = written.as_ref().and_then(substitute::reference);
        let from = variable.and_then(|name| variables.get(name));
        // What is wrong with it is told where the rule is compiled.
        let value = written
            .as_ref()
            .map(|node| substitute::substitute(node, check, variables, &mut Vec::new()).0);
        Self {
            value: value.filter(|node| !node.is_null()),
            from: from.map(|variable| variable.origin.clone()),
        }
    }

    fn variable(name: &str, variables: &Variables) -> Self {
        let variable = variables.get(name);
        let value = variable.and_then(|variable| variable.value.as_ref());
        Self {
            value: value.map(|value| value.to_node(Span::default())),
            from: variable.map(|variable| variable.origin.clone()),
        }
    }
}

/// The names of the parameters that either has, each once.
fn parameters(before: &Given, now: &Given) -> BTreeSet<String> {
    [before, now]
        .into_iter()
        .filter_map(|check| only(&check.node))
        .flat_map(|(_, node)| node.entries().unwrap_or_default().to_vec())
        .map(|(key, _)| key.name)
        .collect()
}

/// The variables that an expression reads, each with the way it may move.
fn read_by(check: &Given, lock: &Lock, model: &Model) -> Vec<(String, Direction)> {
    let Some((_, node)) = only(&check.node) else {
        return Vec::new();
    };
    let Some(text) = node.get("assert").and_then(Node::text) else {
        return Vec::new();
    };
    let names = Names {
        has_certificate: lock.fields.contains_key(&Field::On),
        variables: &lock.variables.constants(),
        is_complete: true,
        model,
    };
    // One that is wrong is told of where the rule is compiled.
    let program = compile(text, names).ok();
    let variables = program.iter().flat_map(Program::variables);
    variables
        .map(|(name, direction)| (name.to_owned(), direction))
        .collect()
}

/// How a value moved that may not move so; `None` where more does not pass for it.
fn broken(direction: Direction, before: Option<&Node>, now: Option<&Node>) -> Option<&'static str> {
    let same = match (before, now) {
        (None, None) => true,
        (Some(before), Some(now)) => plain(before) == plain(now),
        (None, Some(_)) | (Some(_), None) => false,
    };
    let tightens = match (direction, before, now) {
        (Direction::Free, ..) => true,
        // Where there was no bound, any bound is a tightening.
        (
            Direction::Rise | Direction::Fall | Direction::FallEach | Direction::Grow,
            None,
            Some(_),
        ) => true,
        (Direction::Rise, Some(before), Some(now)) => number(now) >= number(before),
        (Direction::Fall, Some(before), Some(now)) => number(now) <= number(before),
        (Direction::FallEach, Some(before), Some(now)) => falls_each(before, now),
        (Direction::Grow, Some(before), Some(now)) => contains(now, before),
        (Direction::Shrink, Some(before), Some(now)) => contains(before, now),
        (Direction::Shrink, Some(_), None) => true,
        // A text that was left open, such as a company's name, is there to be set.
        (Direction::Fixed, Some(before), Some(_)) => before.text() == Some(""),
        _ => false,
    };
    if same || tightens {
        return None;
    }
    Some(match direction {
        Direction::Rise => "may rise, not fall",
        Direction::Fall => "may fall, not rise",
        Direction::FallEach => "may fall from any day on, not rise",
        Direction::Grow => "may grow, not shrink",
        Direction::Shrink => "may shrink, not grow",
        Direction::Fixed | Direction::Free => "stays the same",
    })
}

/// Whether of two lists of bounds that hold from a day on, as in `2026-03-15 200`, the second one is nowhere above
/// the first.
fn falls_each(before: &Node, now: &Node) -> bool {
    let (Some(before), Some(now)) = (steps(before), steps(now)) else {
        return false;
    };
    let at = |steps: &BTreeMap<String, i64>, day: &String| {
        steps
            .range(..=day.clone())
            .next_back()
            .map(|(_, bound)| *bound)
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
    node.moved_to(Span::default()).value
}
