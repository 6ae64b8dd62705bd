//! Locked rules: a child may tighten them, and nothing else.
//!
//! What a rule asked when it was locked, with the variables of that file, is held against what it asks in the
//! end, children, configs and options included.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::compile::Draft;
use super::document::{Field, Given};
use super::location::Location;
use super::strictness::{Asked, asked, check_name, is_as_strict, is_within};
use super::vars::Variables;
use super::{Policy, Reference, Rule};
use crate::check::Direction;
use crate::check::expression::Model;
use crate::source::{Source, escape};
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
                before.is_none_or(|(_, before)| !is_within(Some(before), Some(now)))
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
        let (before, now) = (&self.lock.fields, &self.now.fields);
        let (Some(name), Some(now_name)) = (check_name(before), check_name(now)) else {
            return;
        };
        if name != now_name {
            self.refuse(Field::Check, "its check stays the same");
            return;
        }
        let before = asked(before, &self.lock.variables, model);
        let now = asked(now, self.variables, model);
        let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
        for name in names {
            self.value(name, before.get(name), now.get(name));
        }
    }

    fn value(&mut self, name: &str, before: Option<&Asked>, now: Option<&Asked>) {
        let Some(direction) = before.or(now).map(|asked| asked.direction) else {
            return;
        };
        let value = |asked: Option<&Asked>| asked.and_then(|asked| asked.value.clone());
        let (old, new) = (value(before), value(now));
        // A text that was left open, such as a company's name, is there to be set.
        let was_open = direction == Direction::Fixed
            && new.is_some()
            && old.as_ref().and_then(Node::text) == Some("");
        if was_open || is_as_strict(direction, old.as_ref(), new.as_ref()) {
            return;
        }
        let how = match direction {
            Direction::Rise => "may rise, not fall",
            Direction::Fall => "may fall, not rise",
            Direction::FallEach => "may fall from any day on, not rise",
            Direction::Grow => "may grow, not shrink",
            Direction::Shrink => "may shrink, not grow",
            Direction::Fixed | Direction::Free => "stays the same",
        };
        let label = if direction == Direction::Fixed {
            "changes it, and whether for the better cannot be told"
        } else {
            "loosens it"
        };
        let what = match name.strip_prefix("vars.") {
            Some(name) => format!("the variable `{}`", escape(name)),
            None => format!("`{}`", escape(name)),
        };
        let check = self.pair(Field::Check).1.map(Given::location);
        let given = now.and_then(|asked| asked.from.clone());
        let place = given.or_else(|| check.clone());
        let place = place.unwrap_or_else(|| self.now.first.clone());
        let lock = self.lock.location();
        let what = format!("{what} {how}");
        let problem = loosened(&self.now.id, lock.as_ref(), &place, &what, label);
        let problem = match check.filter(|check| !place.is_same(check)) {
            Some(check) => problem.related(&check.source, check.span, "asked here"),
            None => problem,
        };
        self.problems.push(problem);
    }
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
