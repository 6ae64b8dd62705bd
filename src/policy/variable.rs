//! Variables and their values.

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::location::Location;
use crate::check::expression::Constant;
use crate::span::Span;
use crate::yaml::{Node, Value};

/// What kind of value a variable holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum VarType {
    /// A text.
    String,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A list of texts.
    List,
}

impl VarType {
    /// The name in policies.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::List => "list",
        }
    }

    pub(super) fn wanted(self) -> &'static str {
        match self {
            Self::String => "a text",
            Self::Integer => "a whole number",
            Self::Boolean => "`true` or `false`",
            Self::List => "a list of texts",
        }
    }
}

/// The value of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VarValue {
    /// A text.
    String(String),
    /// A whole number.
    Integer(i64),
    /// A truth value.
    Boolean(bool),
    /// Texts.
    List(Vec<String>),
}

/// As it stands in messages: items are joined by commas.
impl fmt::Display for VarValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => formatter.write_str(text),
            Self::Integer(number) => write!(formatter, "{number}"),
            Self::Boolean(value) => write!(formatter, "{value}"),
            Self::List(items) => formatter.write_str(&items.join(", ")),
        }
    }
}

impl VarValue {
    /// The value as a node, every part of it at `span`.
    #[must_use]
    pub fn to_node(&self, span: Span) -> Node {
        let value = match self {
            Self::String(text) => Value::String(text.clone()),
            Self::Integer(number) => Value::Integer(*number),
            Self::Boolean(value) => Value::Bool(*value),
            Self::List(items) => Value::Sequence(
                items
                    .iter()
                    .map(|item| Node {
                        span,
                        value: Value::String(item.clone()),
                    })
                    .collect(),
            ),
        };
        Node { span, value }
    }

    pub(super) fn from_node(node: &Node, kind: VarType) -> Option<Self> {
        match (kind, &node.value) {
            (VarType::String, Value::String(text)) => Some(Self::String(text.clone())),
            (VarType::Integer, Value::Integer(number)) => Some(Self::Integer(*number)),
            (VarType::Boolean, Value::Bool(value)) => Some(Self::Boolean(*value)),
            (VarType::List, Value::Sequence(items)) => {
                let texts = items.iter().map(|item| item.text().map(str::to_owned));
                texts.collect::<Option<_>>().map(Self::List)
            }
            (
                VarType::String | VarType::Integer | VarType::Boolean | VarType::List,
                Value::Null
                | Value::Bool(_)
                | Value::Integer(_)
                | Value::Float(_)
                | Value::String(_)
                | Value::Sequence(_)
                | Value::Map(_),
            ) => None,
        }
    }

    pub(super) fn from_text(text: &str, kind: VarType) -> Option<Self> {
        match kind {
            VarType::String => Some(Self::String(text.to_owned())),
            VarType::Integer => text.parse().ok().map(Self::Integer),
            VarType::Boolean => text.parse().ok().map(Self::Boolean),
            VarType::List if text.is_empty() => Some(Self::List(Vec::new())),
            VarType::List => {
                let items = text.split(',').map(|item| item.trim().to_owned());
                Some(Self::List(items.collect()))
            }
        }
    }
}

/// A declared variable and what it holds.
#[derive(Debug, Clone)]
pub struct Variable {
    /// The name: `{vars.NAME}`.
    pub name: Arc<str>,
    /// What it can hold.
    pub kind: VarType,
    /// What it is for.
    pub description: Option<Arc<str>>,
    /// What it holds; `None` where nothing gave it a value.
    pub value: Option<VarValue>,
    /// Where it was declared.
    pub declared: Location,
    /// Where the value was given; the declaration where none was.
    pub origin: Location,
}

impl Variable {
    /// What an expression has of it.
    pub(super) fn constant(&self) -> Constant {
        match (self.kind, self.value.clone()) {
            (_, Some(VarValue::String(text))) => Constant::Text(Some(text)),
            (_, Some(VarValue::Integer(number))) => Constant::Int(Some(number)),
            (_, Some(VarValue::Boolean(flag))) => Constant::Bool(Some(flag)),
            (_, Some(VarValue::List(items))) => Constant::List(Some(items)),
            (VarType::String, None) => Constant::Text(None),
            (VarType::Integer, None) => Constant::Int(None),
            (VarType::Boolean, None) => Constant::Bool(None),
            (VarType::List, None) => Constant::List(None),
        }
    }
}
