//! The parts of a value, as serde asks for them: items, entries, variants, places.

use serde::de::value::{StrDeserializer, UsizeDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use super::error::Error;
use super::placeholder::Placeholder;
use super::reader::{Log, Reader};
use super::{Key, Node, located};
use crate::span::Span;

/// The items of a list.
pub(super) struct Items<'a> {
    of: Reader<'a>,
    left: std::slice::Iter<'a, Node>,
}

impl<'a> Items<'a> {
    pub(super) fn new(of: Reader<'a>, items: &'a [Node]) -> Self {
        let left = items.iter();
        Self { of, left }
    }
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some(node) = self.left.next() else {
            return Ok(None);
        };
        seed.deserialize(Reader { node, ..self.of }).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left.len())
    }
}

/// The entries of a map, and keys that are taken as given.
pub(super) struct Entries<'a> {
    of: Reader<'a>,
    left: std::slice::Iter<'a, (Key, Node)>,
    only: Option<&'static [&'static str]>,
    made_up: Vec<&'static str>,
    value: Option<&'a (Key, Node)>,
}

impl<'a> Entries<'a> {
    pub(super) fn new(of: Reader<'a>, entries: &'a [(Key, Node)]) -> Self {
        Self {
            of,
            left: entries.iter(),
            only: None,
            made_up: Vec::new(),
            value: None,
        }
    }

    /// Passes over all other keys.
    pub(super) fn only(mut self, fields: &'static [&'static str]) -> Self {
        self.only = Some(fields);
        self
    }

    /// Adds keys with made-up values.
    pub(super) fn made_up(mut self, keys: Vec<&'static str>) -> Self {
        self.made_up = keys;
        self
    }

    fn is_taken(&self, key: &Key) -> bool {
        !self.of.log.is_wrong_key(key)
            && self
                .only
                .is_none_or(|fields| fields.contains(&key.name.as_str()))
    }
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        while let Some(entry) = self.left.next() {
            if self.is_taken(&entry.0) {
                self.value = Some(entry);
                let log = self.of.log;
                return seed.deserialize(KeyReader { key: &entry.0, log }).map(Some);
            }
        }
        self.value = None;
        let Some(key) = self.made_up.pop() else {
            return Ok(None);
        };
        let key: StrDeserializer<'_, Error> = key.into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        match self.value {
            Some((key, node)) => seed.deserialize(Reader {
                node,
                name: Some(&key.name),
                ..self.of
            }),
            None => seed.deserialize(Placeholder),
        }
    }
}

/// Reads a key.
struct KeyReader<'a> {
    key: &'a Key,
    log: &'a Log<'a>,
}

impl<'de> Deserializer<'de> for KeyReader<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor
            .visit_str(&self.key.name)
            .map_err(|error| self.log.wrong_key(self.key, error))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == located::NAME {
            return visitor.visit_seq(LocatedParts::of_key(self.key, self.log));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let name: StrDeserializer<'_, Error> = self.key.name.as_str().into_deserializer();
        visitor
            .visit_enum(name)
            .map_err(|error| self.log.wrong_key(self.key, error))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// Start, end and value, for [`super::Located`].
pub(super) struct LocatedParts<'a> {
    span: Span,
    value: Part<'a>,
    given: usize,
}

enum Part<'a> {
    Value(Reader<'a>),
    Key(&'a Key, &'a Log<'a>),
}

impl<'a> LocatedParts<'a> {
    pub(super) fn of_value(reader: Reader<'a>) -> Self {
        Self {
            span: reader.node.span,
            value: Part::Value(reader),
            given: 0,
        }
    }

    fn of_key(key: &'a Key, log: &'a Log<'a>) -> Self {
        Self {
            span: key.span,
            value: Part::Key(key, log),
            given: 0,
        }
    }
}

impl<'de> SeqAccess<'de> for LocatedParts<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let place = |at: usize| -> UsizeDeserializer<Error> { at.into_deserializer() };
        let part = match (self.given, &self.value) {
            (0, _) => seed.deserialize(place(self.span.start)),
            (1, _) => seed.deserialize(place(self.span.end)),
            (2, Part::Value(reader)) => seed.deserialize(*reader),
            (2, Part::Key(key, log)) => seed.deserialize(KeyReader { key, log }),
            (_, Part::Value(_) | Part::Key(..)) => return Ok(None),
        };
        self.given = self.given.saturating_add(1);
        part.map(Some)
    }
}

/// A variant of an enum: a word, or the only key of a map with its content.
pub(super) struct Variant<'a> {
    of: Reader<'a>,
    name: &'a str,
    content: Option<(&'a Key, &'a Node)>,
}

impl<'a> Variant<'a> {
    pub(super) fn new(of: Reader<'a>, name: &'a str, content: Option<(&'a Key, &'a Node)>) -> Self {
        Self { of, name, content }
    }

    /// Reads the content.
    fn reader(&self) -> Result<Reader<'a>, Error> {
        match self.content {
            Some((key, node)) => Ok(Reader {
                node,
                name: Some(&key.name),
                ..self.of
            }),
            None => Err(Error::Said(format!(
                "`{0}` needs a value: write `{0}: …`",
                self.name
            ))),
        }
    }
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name: StrDeserializer<'_, Error> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.content {
            Some((_, node)) if !node.is_null() => {
                Err(Error::Said(format!("`{}` has no content", self.name)))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.reader()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Error> {
        self.reader()?.deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let reader = self.reader()?;
        reader.deserialize_struct("", fields, visitor)
    }
}
