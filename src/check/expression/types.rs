//! The types of expressions, and the model of facts that gives them.
//!
//! The model is read from the facts' own JSON Schema, so that it cannot differ from what
//! `chainlint inspect --format json` prints.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::facts;

/// What an expression is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Type {
    pub(super) shape: Shape,
    /// Whether it may be null instead.
    pub(super) nullable: bool,
    /// Of a text, what it can be, where that is known.
    pub(super) words: Option<Arc<Words>>,
}

/// What a text can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) words: Vec<String>,
    /// A dotted OID as well.
    pub(super) or_oid: bool,
}

impl Words {
    /// Whether the text can be this one.
    pub(super) fn allow(&self, text: &str) -> bool {
        let is_dotted = || {
            let mut arcs = text.split('.');
            text.contains('.') && arcs.all(|arc| arc.parse::<u64>().is_ok())
        };
        self.words.iter().any(|word| word == text) || (self.or_oid && is_dotted())
    }
}

/// A type without null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// The items of an empty list, and null itself.
    Unknown,
    Bool,
    Int,
    Text,
    Timestamp,
    Duration,
    List(Box<Type>),
    Map(Box<Type>, Box<Type>),
    /// A part of the facts, by its name in the schema.
    Object(Arc<str>),
}

impl From<Shape> for Type {
    fn from(shape: Shape) -> Self {
        Self {
            shape,
            nullable: false,
            words: None,
        }
    }
}

impl Type {
    pub(super) fn list(item: Self) -> Self {
        Shape::List(Box::new(item)).into()
    }

    pub(super) fn null() -> Self {
        Self::from(Shape::Unknown).or_null()
    }

    pub(super) fn or_null(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// Whether it can be nothing but null.
    pub(super) fn is_null(&self) -> bool {
        self.nullable && self.shape == Shape::Unknown
    }

    /// The type of what may be either; `None` where nothing can be both.
    pub(super) fn join(&self, other: &Self) -> Option<Self> {
        let shape = match (&self.shape, &other.shape) {
            (Shape::Unknown, shape) | (shape, Shape::Unknown) => shape.clone(),
            (Shape::List(left), Shape::List(right)) => Shape::List(Box::new(left.join(right)?)),
            (Shape::Map(key, value), Shape::Map(other_key, other_value)) => Shape::Map(
                Box::new(key.join(other_key)?),
                Box::new(value.join(other_value)?),
            ),
            (left, right) if left == right => left.clone(),
            _ => return None,
        };
        Some(Self {
            shape,
            nullable: self.nullable || other.nullable,
            words: self
                .words
                .clone()
                .filter(|words| other.words.as_ref() == Some(words)),
        })
    }
}

impl fmt::Display for Shape {
    /// In CEL's words.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => formatter.write_str("null"),
            Self::Bool => formatter.write_str("bool"),
            Self::Int => formatter.write_str("int"),
            Self::Text => formatter.write_str("string"),
            Self::Timestamp => formatter.write_str("timestamp"),
            Self::Duration => formatter.write_str("duration"),
            Self::List(item) if item.shape == Shape::Unknown => formatter.write_str("list"),
            Self::List(item) => write!(formatter, "list({})", item.shape),
            Self::Map(key, _) if key.shape == Shape::Unknown => formatter.write_str("map"),
            Self::Map(key, value) => write!(formatter, "map({}, {})", key.shape, value.shape),
            Self::Object(name) => formatter.write_str(name),
        }
    }
}

/// The fields of every part of the facts; read from the schema when first asked for.
#[derive(Debug, Default)]
pub struct Model {
    objects: OnceCell<Objects>,
}

type Objects = BTreeMap<Arc<str>, BTreeMap<String, Type>>;

/// The name that stands for the whole document.
const FILE: &str = "FileFacts";

impl Model {
    fn objects(&self) -> &Objects {
        self.objects.get_or_init(|| {
            let schema = facts::schema();
            let definitions = schema.get("$defs").and_then(Json::as_object);
            let named = definitions
                .into_iter()
                .flatten()
                .map(|(name, object)| (name.as_str(), object));
            named
                .chain([(FILE, &schema)])
                .map(|(name, object)| (Arc::from(name), fields(object)))
                .collect()
        })
    }

    pub(super) fn fields(&self, object: &str) -> Option<&BTreeMap<String, Type>> {
        self.objects().get(object)
    }

    pub(super) fn certificate() -> Type {
        Shape::Object("CertificateFacts".into()).into()
    }

    pub(super) fn chain() -> Type {
        Shape::Object("ChainFacts".into()).into()
    }

    pub(super) fn file() -> Type {
        Shape::Object(FILE.into()).into()
    }
}

fn fields(object: &Json) -> BTreeMap<String, Type> {
    let properties = object.get("properties").and_then(Json::as_object);
    let fields = properties.into_iter().flatten();
    fields
        .map(|(name, schema)| (name.clone(), of_schema(schema)))
        .collect()
}

/// The type of a schema as schemars writes them.
fn of_schema(schema: &Json) -> Type {
    if let Some(path) = schema.get("$ref").and_then(Json::as_str) {
        let name = path.rsplit('/').next().unwrap_or(path);
        return Shape::Object(name.into()).into();
    }
    let choices = schema.get("anyOf").and_then(Json::as_array);
    if let Some(choices) = choices.filter(|_| schema.get("type").is_none()) {
        let types = choices.iter().map(of_schema);
        let joined = types.reduce(|one, other| one.join(&other).unwrap_or_else(Type::null));
        return joined.unwrap_or_else(Type::null);
    }
    let names: Vec<&str> = match schema.get("type") {
        Some(Json::String(name)) => vec![name],
        Some(Json::Array(names)) => names.iter().filter_map(Json::as_str).collect(),
        Some(Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_)) | None => Vec::new(),
    };
    let shape = names.iter().find_map(|name| shape_of(name, schema));
    Type {
        shape: shape.unwrap_or(Shape::Unknown),
        nullable: names.is_empty() || names.contains(&"null"),
        words: words_of(schema).map(Arc::new),
    }
}

/// The words of a text: an `enum`, or one beside a pattern of OIDs.
fn words_of(schema: &Json) -> Option<Words> {
    let texts = |list: &Json| -> Option<Vec<String>> {
        let words = list.get("enum")?.as_array()?.iter();
        Some(words.filter_map(Json::as_str).map(str::to_owned).collect())
    };
    if let Some(words) = texts(schema) {
        let or_oid = false;
        return Some(Words { words, or_oid });
    }
    let words = schema.get("anyOf")?.as_array()?.iter().find_map(texts)?;
    Some(Words {
        words,
        or_oid: true,
    })
}

fn shape_of(name: &str, schema: &Json) -> Option<Shape> {
    Some(match name {
        "boolean" => Shape::Bool,
        "integer" => Shape::Int,
        "string" => match schema.get("format").and_then(Json::as_str) {
            Some("date-time") => Shape::Timestamp,
            Some("duration") => Shape::Duration,
            _ => Shape::Text,
        },
        "array" => {
            let item = schema.get("items").map_or_else(Type::null, of_schema);
            Shape::List(Box::new(item))
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(object: &str, name: &str) -> Type {
        Model::default().fields(object).unwrap()[name].clone()
    }

    #[test]
    fn the_model_has_the_types_of_the_facts() {
        assert_eq!(field("CertificateFacts", "index"), Shape::Int.into());
        assert_eq!(field("ValidityFacts", "not_after"), Shape::Timestamp.into());
        assert_eq!(field("ValidityFacts", "duration"), Shape::Duration.into());
        let text = Type::from(Shape::Text);
        assert_eq!(
            field("NameFacts", "country"),
            Type::from(Shape::Text).or_null()
        );
        assert_eq!(field("AlternativeNames", "dns"), Type::list(text.clone()));
        assert_eq!(
            field("CertificateFacts", "extended_key_usage_oids"),
            Type::list(text).or_null()
        );
        let words = |of: Type| of.words.map(|words| (words.words.len(), words.or_oid));
        assert_eq!(words(field("CertificateFacts", "role")), Some((3, false)));
        assert_eq!(words(field("KeyFacts", "curve")), Some((4, true)));
        assert_eq!(words(field("KeyFacts", "text")), None);
        let constraints = field("CertificateFacts", "basic_constraints");
        assert_eq!(
            constraints,
            Type::from(Shape::Object("BasicConstraintsFacts".into())).or_null()
        );
        assert_eq!(field(FILE, "chain"), Model::chain());
        assert_eq!(
            field(FILE, "certificates"),
            Type::list(Model::certificate())
        );
    }

    /// A fact whose type is not known could not be used.
    #[test]
    fn every_fact_has_a_type() {
        fn known(shape: &Shape, model: &Model) -> bool {
            match shape {
                Shape::Unknown | Shape::Map(..) => false,
                Shape::List(item) => known(&item.shape, model),
                Shape::Object(name) => model.fields(name).is_some(),
                Shape::Bool | Shape::Int | Shape::Text | Shape::Timestamp | Shape::Duration => true,
            }
        }
        let model = Model::default();
        for (object, fields) in model.objects() {
            for (name, of) in fields {
                assert!(known(&of.shape, &model), "{object}.{name}");
            }
        }
    }

    #[test]
    fn types_join_where_something_can_be_both() {
        let (int, text) = (Type::from(Shape::Int), Type::from(Shape::Text));
        assert_eq!(int.join(&text), None);
        assert_eq!(int.join(&Type::null()), Some(int.clone().or_null()));
        let empty = Type::list(Shape::Unknown.into());
        assert_eq!(
            empty.join(&Type::list(int.clone())),
            Some(Type::list(int.clone()))
        );
        assert_eq!(Type::list(int).join(&Type::list(text)), None);
    }
}
