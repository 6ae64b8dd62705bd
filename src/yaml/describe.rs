//! Values and types in the words of YAML.

use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};

use super::error::Error;
use super::{Node, Value, did_you_mean, located};
use crate::source::escape;

/// Longest piece of a text that a message repeats, in characters.
const MAX_QUOTED: usize = 40;

/// What stands at a node: `the number 12`, `the number 1.0`, `the text "abc"`, `a list`.
pub(super) fn found(node: &Node) -> String {
    match &node.value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Integer(value) => format!("the number {value}"),
        // A fraction of nothing is shown: it is what makes this no whole number.
        Value::Float(value) => format!("the number {value:?}"),
        Value::String(text) => format!("the text \"{}\"", shortened(text)),
        Value::Sequence(_) => "a list".to_owned(),
        Value::Map(_) => "a map".to_owned(),
    }
}

fn shortened(text: &str) -> String {
    let mut out: String = text.chars().take(MAX_QUOTED).collect();
    if text.chars().nth(MAX_QUOTED).is_some() {
        out.push('…');
    }
    escape(&out)
}

/// How to mend a scalar that is of another type than wanted, where that is likely a slip. `raw` is how it is written.
pub(super) fn hint(node: &Node, wanted: &str, raw: &str) -> Option<String> {
    let is_quoted = raw.starts_with(['"', '\'']);
    let wants_text = wanted.starts_with("a text");
    let wants_number = wanted.starts_with("a whole number") || wanted.starts_with("a number");
    match &node.value {
        Value::Bool(_) | Value::Integer(_) | Value::Float(_) if wants_text => {
            Some("put quotes around it".to_owned())
        }
        Value::String(text) if wants_number => number_like(text, is_quoted),
        Value::Float(number) if wants_number && number.fract() == 0.0 => Some(format!(
            "write it without a fraction or an exponent: {number}"
        )),
        Value::String(text) if wanted.starts_with("`true`") => {
            if is_quoted && (text == "true" || text == "false") {
                return Some("remove the quotes".to_owned());
            }
            yaml_11_bool(text)
        }
        Value::String(text) if wanted.contains("one of `") => {
            let near = did_you_mean(text, wanted.split('`').skip(1).step_by(2));
            near.map(|near| format!("did you mean `{near}`?"))
        }
        Value::Bool(_) | Value::Integer(_) | Value::Float(_) | Value::String(_) | Value::Map(_)
            if wanted.starts_with("a list") =>
        {
            Some("a list is written [a, b], or with a `- ` before each item".to_owned())
        }
        Value::String(_) if wanted.starts_with("a map with the key") => {
            let key = wanted.split('`').nth(1)?;
            Some(format!("a map is written `{{ {key}: … }}`"))
        }
        Value::Null
        | Value::Bool(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::Sequence(_)
        | Value::Map(_) => None,
    }
}

/// A text that somebody takes for a number.
fn number_like(text: &str, is_quoted: bool) -> Option<String> {
    let plain = text.replace('_', "");
    if plain.parse::<f64>().is_err() {
        return None;
    }
    if is_quoted {
        return Some("remove the quotes".to_owned());
    }
    let plain = plain.trim_start_matches('0');
    let plain = if plain.is_empty() { "0" } else { plain };
    // A number as it should be is a text by its tag, which is refused elsewhere.
    (plain != text).then(|| format!("write it without `_` and without zeros before it: {plain}"))
}

fn yaml_11_bool(text: &str) -> Option<String> {
    let value = match text.to_ascii_lowercase().as_str() {
        "yes" | "y" | "on" | "true" => true,
        "no" | "n" | "off" | "false" => false,
        _ => return None,
    };
    Some(format!(
        "write `{value}`: in YAML 1.2, `{}` is a text",
        escape(text)
    ))
}

/// `a list of texts`: asks the visitor of a list what it would read its items as.
pub(super) fn list_of<'de, V: Visitor<'de>>(visitor: V) -> String {
    match visitor.visit_seq(OneItem) {
        Err(Error::Said(items)) => format!("a list of {items}"),
        Ok(_) | Err(Error::Wanted(_) | Error::Missing(_) | Error::Noted | Error::Stuck) => {
            "a list".to_owned()
        }
    }
}

struct OneItem;

impl<'de> SeqAccess<'de> for OneItem {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        seed.deserialize(Asked).map(Some)
    }
}

/// Answers every request with an error that names what was asked for, in the plural.
struct Asked;

macro_rules! named {
    ($words:literal: $($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
            Err(Error::Said($words.to_owned()))
        })*
    };
}

impl<'de> Deserializer<'de> for Asked {
    type Error = Error;

    named!("texts": deserialize_str deserialize_string deserialize_char deserialize_identifier);
    named!("`true` or `false`": deserialize_bool);
    named!("whole numbers": deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_i128 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_u128);
    named!("numbers": deserialize_f32 deserialize_f64);
    named!("lists": deserialize_seq);
    named!("maps": deserialize_map);
    named!("values": deserialize_any deserialize_ignored_any deserialize_bytes
        deserialize_byte_buf deserialize_unit);

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == located::NAME {
            return Err(Error::Said("values".to_owned()));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: V,
    ) -> Result<V::Value, Error> {
        Err(Error::Said("values".to_owned()))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(Error::Said("lists".to_owned()))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        _: V,
    ) -> Result<V::Value, Error> {
        Err(Error::Said("lists".to_owned()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        Err(Error::Said(format!(
            "maps with the keys {}",
            listed(fields)
        )))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        Err(Error::Said(listed(variants)))
    }
}

/// `a`, `b`, `c`
pub(super) fn listed(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}
