//! A node that is being read, and what was found wrong so far.

use std::cell::RefCell;
use std::sync::Arc;

use serde::de::{Deserializer, Visitor};

use super::describe::{self, found};
use super::error::Error;
use super::placeholder::Placeholder;
use super::{Key, Node, Problem, Problems, Value, one_of};
use crate::source::{Source, escape};
use crate::span::Span;

/// What merges maps in YAML 1.1.
pub(super) const MERGE: &str = "<<";
/// Most problems that are noted of one value: enough for any reader, few enough to compare each
/// new one with all.
const MAX_NOTED: usize = 100;

/// What was found wrong so far.
pub(super) struct Log<'a> {
    source: &'a Arc<Source>,
    noted: RefCell<Noted>,
}

#[derive(Default)]
struct Noted {
    problems: Problems,
    /// Nodes that are read as made-up values from now on.
    wrong: Vec<(*const Node, Span)>,
    /// Keys that are passed over.
    wrong_keys: Vec<*const Key>,
    /// Keys that are taken as given: the map's node, the key.
    missing: Vec<(*const Node, &'static str)>,
}

impl<'a> Log<'a> {
    pub(super) fn new(source: &'a Arc<Source>) -> Self {
        let noted = RefCell::default();
        Self { source, noted }
    }

    /// Adds what was noted to `problems`; whether every value that was read is what stands there.
    pub(super) fn finish(self, problems: &mut Problems) -> bool {
        let noted = self.noted.into_inner();
        problems.extend(noted.problems);
        noted.wrong.is_empty() && noted.missing.is_empty() && noted.wrong_keys.is_empty()
    }

    fn note(&self, problem: Problem) {
        let mut noted = self.noted.borrow_mut();
        let known = noted
            .problems
            .iter()
            .any(|known| known.span == problem.span && known.message == problem.message);
        if !known && noted.problems.len() < MAX_NOTED {
            noted.problems.push(problem);
        }
    }

    fn problem(&self, span: Span, message: String, label: &str) -> Problem {
        Problem::new(self.source, span, message, label)
    }

    fn is_full(&self) -> bool {
        self.noted.borrow().problems.len() >= MAX_NOTED
    }

    pub(super) fn is_wrong(&self, node: &Node) -> bool {
        let noted = self.noted.borrow();
        noted
            .wrong
            .iter()
            .any(|(wrong, _)| std::ptr::eq(*wrong, node))
    }

    /// Whether a made-up value was read inside the node: then what its type says proves nothing.
    fn is_made_up_within(&self, node: &Node) -> bool {
        let noted = self.noted.borrow();
        let within = |span: Span| node.span.start <= span.start && span.end <= node.span.end;
        noted.wrong.iter().any(|(_, span)| within(*span))
            || noted.missing.iter().any(|(at, _)| std::ptr::eq(*at, node))
    }

    /// The keys of a map that were found missing.
    pub(super) fn missing_keys(&self, map: &Node) -> Vec<&'static str> {
        let noted = self.noted.borrow();
        let here = |(at, _): &&(*const Node, _)| std::ptr::eq(*at, map);
        let missing = noted.missing.iter().filter(here);
        missing.map(|(_, key)| *key).collect()
    }

    /// Notes a key that its map cannot take.
    pub(super) fn wrong_key(&self, key: &Key, error: Error) -> Error {
        let what = match error {
            Error::Said(message) => escape(&message),
            Error::Wanted(wanted) => format!("expected {wanted}"),
            Error::Missing(_) | Error::Noted | Error::Stuck => return error,
        };
        let message = format!("the key `{}` cannot stand here: {what}", escape(&key.name));
        self.note(self.problem(key.span, message, "key"));
        self.noted.borrow_mut().wrong_keys.push(key);
        Error::Noted
    }

    pub(super) fn is_wrong_key(&self, key: &Key) -> bool {
        let noted = self.noted.borrow();
        noted
            .wrong_keys
            .iter()
            .any(|wrong| std::ptr::eq(*wrong, key))
    }
}

/// Reads one node.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) node: &'a Node,
    pub(super) log: &'a Log<'a>,
    /// The key under which the node stands.
    pub(super) name: Option<&'a str>,
}

impl<'a> Reader<'a> {
    /// Gives an error its place, which is this node, unless it has one.
    pub(super) fn note<T>(self, result: Result<T, Error>) -> Result<T, Error> {
        result.map_err(|error| self.noted(error))
    }

    fn noted(self, error: Error) -> Error {
        if self.log.is_made_up_within(self.node)
            && matches!(error, Error::Said(_) | Error::Wanted(_))
        {
            return Error::Stuck;
        }
        let (message, help) = match error {
            Error::Noted | Error::Stuck => return error,
            Error::Missing(key) => return self.missing(key),
            Error::Said(message) => (escape(&message), None),
            Error::Wanted(wanted) => (
                format!("expected {wanted}, found {}", found(self.node)),
                describe::hint(self.node, &wanted, self.raw()),
            ),
        };
        self.wrong(message, help)
    }

    /// The node as it is written.
    fn raw(self) -> &'a str {
        let (start, end) = (self.node.span.start, self.node.span.end);
        self.log.source.text().get(start..end).unwrap_or_default()
    }

    /// Whether somebody wrote that there is no value.
    pub(super) fn is_written_null(self) -> bool {
        ["null", "Null", "NULL", "~"].contains(&self.raw())
    }

    pub(super) fn wrong(self, message: String, help: Option<String>) -> Error {
        let message = match self.name {
            Some(name) => format!("`{}`: {message}", escape(name)),
            None => message,
        };
        let mut problem = self.log.problem(self.node.span, message, &found(self.node));
        problem.help = help;
        self.log.note(problem);
        let mut noted = self.log.noted.borrow_mut();
        noted.wrong.push((self.node, self.node.span));
        Error::Noted
    }

    fn missing(self, key: &'static str) -> Error {
        let of = self
            .name
            .map_or(String::new(), |name| format!(" in `{}`", escape(name)));
        let message = format!("`{key}` is missing{of}");
        let label = format!("has no `{key}`");
        self.log
            .note(self.log.problem(self.node.span, message, &label));
        self.log.noted.borrow_mut().missing.push((self.node, key));
        Error::Noted
    }

    /// Names every key of a map that is none of the fields.
    pub(super) fn unknown_keys(self, entries: &[(Key, Node)], fields: &'static [&'static str]) {
        for (key, _) in entries {
            if fields.contains(&key.name.as_str()) || self.log.is_full() {
                continue;
            }
            let message = match self.name {
                Some(name) => format!("unknown key `{}` in `{}`", escape(&key.name), escape(name)),
                None => format!("unknown key `{}`", escape(&key.name)),
            };
            let problem = self.log.problem(key.span, message, "unknown key");
            let help = if key.name == MERGE {
                "YAML 1.2 has no merge keys: write the fields out".to_owned()
            } else {
                one_of(&key.name, fields.iter().copied())
            };
            self.log.note(problem.help(help));
        }
    }

    pub(super) fn wanted<T>(self, wanted: impl Into<String>) -> Result<T, Error> {
        Err(self.noted(Error::Wanted(wanted.into())))
    }

    pub(super) fn entries(self, wanted: &str) -> Result<&'a [(Key, Node)], Error> {
        match &self.node.value {
            Value::Map(entries) => Ok(entries),
            Value::Null
            | Value::Bool(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::String(_)
            | Value::Sequence(_) => self.wanted(wanted),
        }
    }

    pub(super) fn integer<'de, V: Visitor<'de>>(
        self,
        visitor: V,
        min: i128,
        max: i128,
    ) -> Result<V::Value, Error> {
        if self.log.is_wrong(self.node) {
            return Placeholder.deserialize_i64(visitor);
        }
        // A bound that nobody comes near says more about Rust than about the value.
        let is_far = max >= i128::from(u32::MAX);
        let is_above = matches!(self.node.value, Value::Integer(value) if i128::from(value) > max);
        let wanted = if min == 0 && is_far && !is_above {
            "a whole number, 0 or more".to_owned()
        } else if min <= i128::from(i64::MIN) {
            "a whole number".to_owned()
        } else {
            format!("a whole number from {min} to {max}")
        };
        match self.node.value {
            Value::Integer(value) if (min..=max).contains(&i128::from(value)) => {
                self.note(visitor.visit_i64(value))
            }
            Value::Null
            | Value::Bool(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::String(_)
            | Value::Sequence(_)
            | Value::Map(_) => self.wanted(wanted),
        }
    }
}
