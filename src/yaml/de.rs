//! Typed values out of nodes.
//!
//! A deserialiser of our own, because a linter of policies must be stricter than serde's usual
//! kindness (`"12"` is no number, 12 no text), must know the place of every error, and must not
//! stop at the first one: what was found wrong is noted and the type is read once more with a
//! made-up value in its place, until nothing new is found.

use std::sync::Arc;

use serde::de::{DeserializeOwned, Deserializer, Visitor};

use super::access::{Entries, Items, LocatedParts, Variant};
use super::describe::{self, found, listed};
use super::error::Error;
use super::placeholder::Placeholder;
use super::reader::{Log, Reader};
use super::{Node, Problems, Value, located};
use crate::source::Source;

/// Most mistakes that are looked for in one value: each costs reading it once more.
const MAX_ROUNDS: usize = 24;

/// Reads a value; every mistake goes into `problems` with its place, and then there is no value.
pub fn from_node<T: DeserializeOwned>(
    node: &Node,
    source: &Arc<Source>,
    problems: &mut Problems,
) -> Option<T> {
    let (value, clean) = read(None, node, source, problems);
    value.filter(|_| clean)
}

/// Reads the value of a key as [`from_node`] does; problems name the key.
pub fn from_field<T: DeserializeOwned>(
    name: &str,
    node: &Node,
    source: &Arc<Source>,
    problems: &mut Problems,
) -> Option<T> {
    let (value, clean) = read(Some(name), node, source, problems);
    value.filter(|_| clean)
}

/// Reads the value of a key, if it has one, as [`from_field`] does, but gives it even where the only
/// mistakes were unknown keys, so that what stands under the known ones can be looked at too.
pub fn read_known<T: DeserializeOwned>(
    name: Option<&str>,
    node: &Node,
    source: &Arc<Source>,
    problems: &mut Problems,
) -> Option<T> {
    read(name, node, source, problems).0
}

/// The value, unless parts of it are made up; and whether nothing is wrong with it.
fn read<T: DeserializeOwned>(
    name: Option<&str>,
    node: &Node,
    source: &Arc<Source>,
    problems: &mut Problems,
) -> (Option<T>, bool) {
    let before = problems.len();
    let log = Log::new(source);
    let mut value = None;
    for _ in 0..MAX_ROUNDS {
        let log = &log;
        match T::deserialize(Reader { node, log, name }) {
            Ok(read) => value = Some(read),
            Err(Error::Noted) => continue,
            Err(Error::Said(_) | Error::Wanted(_) | Error::Missing(_) | Error::Stuck) => {}
        }
        break;
    }
    let is_real = log.finish(problems);
    (value.filter(|_| is_real), problems.len() == before)
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
            Value::Null if self.log.is_wrong(self.node) || self.is_written_null() => {
                visitor.visit_none()
            }
            // A key without a value is more likely a slip than a wish for what holds without the key.
            Value::Null => {
                let help = "write a value, or leave the key out";
                Err(self.wrong("nothing stands here".to_owned(), Some(help.to_owned())))
            }
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
        let entries = match (&self.node.value, fields) {
            (Value::Null, _) => &[][..],
            (Value::Map(entries), _) => entries,
            (_, []) => self.entries("a map without keys, `{}`")?,
            (_, _) => self.entries(&format!("a map with the keys {}", listed(fields)))?,
        };
        self.unknown_keys(entries, fields);
        let made_up = self.log.missing_keys(self.node);
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
