//! YAML in which every value knows its place.
//!
//! Parses once into [`Node`]s (with strict scalars, no tags, no duplicate keys, a budget against
//! alias bombs), then reads typed values out of a node, each error at its own place.

mod de;
mod parse;
mod problem;

pub use de::from_node;
pub use parse::parse;
pub use problem::{Problem, Problems, did_you_mean};

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
