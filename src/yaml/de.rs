//! Typed values out of nodes.
//!
//! A deserialiser of our own, because a linter of policies must be stricter than serde's usual
//! kindness (`"12"` is no number, 12 no text), must know the place of every error, and must not
//! stop at the first one: what was found wrong is noted and the type is read once more with a
//! made-up value in its place, until nothing new is found.

use std::cell::RefCell;
use std::sync::Arc;

use serde::de::{DeserializeOwned, Deserializer, Visitor};

use super::access::{Entries, Items, LocatedParts, Variant};
use super::describe::{self, found, listed};
use super::error::Error;
use super::placeholder::Placeholder;
use super::{Key, Node, Problem, Problems, Value, located, one_of};
use crate::source::{Source, escape};
use crate::span::Span;

/// Most mistakes that are looked for in one value: each costs reading it once more.
const MAX_ROUNDS: usize = 24;

/// Reads a value; every mistake goes into `problems` with its place, and then there is no value.
pub fn from_node<T: DeserializeOwned>(
    node: &Node,
    source: &Arc<Source>,
    problems: &mut Problems,
) -> Option<T> {
    let before = problems.len();
    read_known(node, source, problems).filter(|_| problems.len() == before)
}

/// Reads a value as [`from_node`] does, but gives it even where the only mistakes were unknown
/// keys, so that what stands under the known ones can be looked at too.
pub fn read_known<T: DeserializeOwned>(
    node: &Node,
    source: &Arc<Source>,
    problems: &mut Problems,
) -> Option<T> {
    let log = Log {
        source,
        noted: RefCell::new(Noted::default()),
    };
    let mut value = None;
    for _ in 0..MAX_ROUNDS {
        match T::deserialize(Reader::new(node, &log)) {
            Ok(read) => value = Some(read),
            Err(Error::Noted) => continue,
            Err(Error::Said(_) | Error::Wanted(_) | Error::Missing(_) | Error::Stuck) => {}
        }
        break;
    }
    let noted = log.noted.into_inner();
    let made_up =
        !(noted.wrong.is_empty() && noted.missing.is_empty() && noted.wrong_keys.is_empty());
    problems.extend(noted.problems);
    value.filter(|_| !made_up)
}

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

impl Log<'_> {
    fn note(&self, problem: Problem) {
        let mut noted = self.noted.borrow_mut();
        let known = noted
            .problems
            .iter()
            .any(|known| known.span == problem.span && known.message == problem.message);
        if !known {
            noted.problems.push(problem);
        }
    }

    fn problem(&self, span: Span, message: String, label: &str) -> Problem {
        Problem::new(self.source, span, message, label)
    }

    fn is_wrong(&self, node: &Node) -> bool {
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
    fn new(node: &'a Node, log: &'a Log<'a>) -> Self {
        let name = None;
        Self { node, log, name }
    }

    /// Gives an error its place, which is this node, unless it has one.
    fn note<T>(self, result: Result<T, Error>) -> Result<T, Error> {
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
                describe::hint(self.node, &wanted),
            ),
        };
        self.wrong(message, help)
    }

    fn wrong(self, message: String, help: Option<String>) -> Error {
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
    fn unknown_keys(self, entries: &[(Key, Node)], fields: &'static [&'static str]) {
        for (key, _) in entries {
            if fields.contains(&key.name.as_str()) {
                continue;
            }
            let message = match self.name {
                Some(name) => format!("unknown key `{}` in `{}`", escape(&key.name), escape(name)),
                None => format!("unknown key `{}`", escape(&key.name)),
            };
            let problem = self.log.problem(key.span, message, "unknown key");
            let help = one_of(&key.name, fields.iter().copied());
            self.log.note(problem.help(help));
        }
    }

    fn wanted<T>(self, wanted: impl Into<String>) -> Result<T, Error> {
        Err(self.noted(Error::Wanted(wanted.into())))
    }

    fn entries(self, wanted: &str) -> Result<&'a [(Key, Node)], Error> {
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

    fn integer<'de, V: Visitor<'de>>(
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

macro_rules! integers {
    ($($method:ident: $type:ty;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.integer(visitor, i128::from(<$type>::MIN), i128::from(<$type>::MAX))
        })*
    };
}

/// Lets a made-up value stand for a node that was already found wrong.
macro_rules! unless_wrong {
    ($self:ident, $method:ident($($argument:expr),*)) => {
        if $self.log.is_wrong($self.node) {
            return Placeholder.$method($($argument),*);
        }
    };
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "each method takes one kind of value and refuses every other"
)]
impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Error;

    integers! {
        deserialize_i8: i8;
        deserialize_i16: i16;
        deserialize_i32: i32;
        deserialize_i64: i64;
        deserialize_u8: u8;
        deserialize_u16: u16;
        deserialize_u32: u32;
        deserialize_u64: u64;
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.integer(visitor, i128::MIN, i128::MAX)
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.integer(visitor, 0, i128::MAX)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        unless_wrong!(self, deserialize_any(visitor));
        match &self.node.value {
            Value::Null => self.note(visitor.visit_unit()),
            Value::Bool(value) => self.note(visitor.visit_bool(*value)),
            Value::Integer(value) => self.note(visitor.visit_i64(*value)),
            Value::Float(value) => self.note(visitor.visit_f64(*value)),
            Value::String(value) => self.note(visitor.visit_str(value)),
            Value::Sequence(items) => self.note(visitor.visit_seq(Items::new(self, items))),
            Value::Map(entries) => self.note(visitor.visit_map(Entries::new(self, entries))),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        unless_wrong!(self, deserialize_bool(visitor));
        match &self.node.value {
            Value::Bool(value) => self.note(visitor.visit_bool(*value)),
            _ => self.wanted("`true` or `false`"),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        unless_wrong!(self, deserialize_f64(visitor));
        match &self.node.value {
            Value::Float(value) => self.note(visitor.visit_f64(*value)),
            Value::Integer(value) => self.note(visitor.visit_i64(*value)),
            _ => self.wanted("a number"),
        }
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        unless_wrong!(self, deserialize_char(visitor));
        match &self.node.value {
            Value::String(value) if value.chars().nth(1).is_none() && !value.is_empty() => {
                self.note(visitor.visit_str(value))
            }
            _ => self.wanted("a text of one character"),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        unless_wrong!(self, deserialize_str(visitor));
        match &self.node.value {
            Value::String(value) => self.note(visitor.visit_str(value)),
            _ => self.wanted("a text"),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.node.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        unless_wrong!(self, deserialize_unit(visitor));
        match &self.node.value {
            Value::Null => self.note(visitor.visit_unit()),
            _ => self.wanted("nothing"),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == located::NAME {
            visitor.visit_seq(LocatedParts::of_value(self))
        } else {
            self.note(visitor.visit_newtype_struct(self))
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        unless_wrong!(self, deserialize_seq(visitor));
        match &self.node.value {
            Value::Sequence(items) => self.note(visitor.visit_seq(Items::new(self, items))),
            _ => self.wanted(describe::list_of(visitor)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        unless_wrong!(self, deserialize_tuple(length, visitor));
        match &self.node.value {
            Value::Sequence(items) if items.len() == length => {
                self.note(visitor.visit_seq(Items::new(self, items)))
            }
            _ => self.wanted(format!("a list of {length} items")),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        unless_wrong!(self, deserialize_map(visitor));
        let entries = self.entries("a map")?;
        self.note(visitor.visit_map(Entries::new(self, entries)))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        unless_wrong!(self, deserialize_struct(name, fields, visitor));
        let entries = match &self.node.value {
            Value::Null => &[],
            _ => match fields {
                [] => self.entries("a map without keys, `{}`")?,
                _ => self.entries(&format!("a map with the keys {}", listed(fields)))?,
            },
        };
        self.unknown_keys(entries, fields);
        let made_up: Vec<&'static str> = {
            let noted = self.log.noted.borrow();
            let here = |(at, _): &&(*const Node, _)| std::ptr::eq(*at, self.node);
            noted
                .missing
                .iter()
                .filter(here)
                .map(|(_, key)| *key)
                .collect()
        };
        let entries = Entries::new(self, entries).only(fields).made_up(made_up);
        self.note(visitor.visit_map(entries))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        unless_wrong!(self, deserialize_enum(name, variants, visitor));
        let (word, content) = match &self.node.value {
            Value::String(word) => (word, None),
            Value::Map(entries) => match entries.as_slice() {
                [(key, content)] => (&key.name, Some((key, content))),
                _ => return self.wanted(format!("a map with one key of {}", listed(variants))),
            },
            _ => return self.wanted(format!("one of {}", listed(variants))),
        };
        if variants.contains(&word.as_str()) {
            return self.note(visitor.visit_enum(Variant::new(self, word, content)));
        }
        let message = format!(
            "expected one of {}, found {}",
            listed(variants),
            found(self.node)
        );
        let near = super::did_you_mean(word, variants.iter().copied());
        Err(self.wrong(message, near.map(|near| format!("did you mean `{near}`?"))))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}
