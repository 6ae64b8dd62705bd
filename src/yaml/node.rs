//! The tree of values.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::Located;
use super::describe::found;
use crate::span::Span;

/// A value and where it stands in the YAML text.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The bytes of the value in its source.
    pub span: Span,
    /// The value.
    pub value: Value,
}

/// A YAML value (core schema of YAML 1.2: `yes`, `no`, `on` and `off` are strings).
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A string, quoted or plain.
    String(String),
    /// A list.
    Sequence(Vec<Node>),
    /// A map with string keys, in written order.
    Map(Vec<(Key, Node)>),
}

/// A key of a map and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub name: String,
    /// Its bytes.
    pub span: Span,
}

impl Node {
    /// The value under a key, where this is a map that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Value::Map(entries) => entries
                .iter()
                .find(|(name, _)| name.name == key)
                .map(|(_, node)| node),
            Value::Null
            | Value::Bool(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::String(_)
            | Value::Sequence(_) => None,
        }
    }
}

impl Node {
    /// The entries, where this is a map.
    #[must_use]
    pub fn entries(&self) -> Option<&[(Key, Node)]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            Value::Null
            | Value::Bool(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::String(_)
            | Value::Sequence(_) => None,
        }
    }

    /// The items, where this is a list.
    #[must_use]
    pub fn items(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Sequence(items) => Some(items),
            Value::Null
            | Value::Bool(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::String(_)
            | Value::Map(_) => None,
        }
    }

    /// The text, where this is a string.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            Value::Null
            | Value::Bool(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Sequence(_)
            | Value::Map(_) => None,
        }
    }

    /// The number, where this is a whole one.
    #[must_use]
    pub fn integer(&self) -> Option<i64> {
        match self.value {
            Value::Integer(number) => Some(number),
            Value::Null
            | Value::Bool(_)
            | Value::Float(_)
            | Value::String(_)
            | Value::Sequence(_)
            | Value::Map(_) => None,
        }
    }

    /// Whether nothing stands here.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.value == Value::Null
    }

    /// What stands here, in a few words that are safe to print: `the number 12`, `a list`.
    #[must_use]
    pub fn describe(&self) -> String {
        found(self)
    }

    /// The same value with every place in it replaced, for values that stand for another's.
    #[must_use]
    pub fn moved_to(&self, span: Span) -> Self {
        let value = match &self.value {
            Value::Sequence(items) => {
                Value::Sequence(items.iter().map(|item| item.moved_to(span)).collect())
            }
            Value::Map(entries) => Value::Map(
                entries
                    .iter()
                    .map(|(key, node)| {
                        let name = key.name.clone();
                        (Key { name, span }, node.moved_to(span))
                    })
                    .collect(),
            ),
            Value::Null
            | Value::Bool(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::String(_) => self.value.clone(),
        };
        Self { span, value }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let located = Located::<Value>::deserialize(deserializer)?;
        Ok(Self {
            span: located.span,
            value: located.value,
        })
    }
}

/// Reads a value under a key that may also stand there without one, as a list whose items are all commented out.
///
/// # Errors
/// As the deserialiser has them.
pub fn or_nothing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Node>, D::Error> {
    let node = Node::deserialize(deserializer)?;
    Ok(Some(node).filter(|node| !node.is_null()))
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Integer(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::Sequence(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, node)) = access.next_entry::<Located<String>, Node>()? {
            let (name, span) = (key.value, key.span);
            entries.push((Key { name, span }, node));
        }
        Ok(Value::Map(entries))
    }
}
