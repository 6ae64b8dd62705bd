//! From YAML text to nodes.
//!
//! serde-saphyr reads the text into a raw tree; what it lets pass and a policy must not hold
//! (tags, keys that are no text, keys given twice) is found here, all of it at once.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use super::{Key, Node, Problem, Problems, Value, extent, syntax, unquoted};
use crate::source::{Source, escape};
use crate::span::Span;

/// Largest file that people write, in bytes: some fifty times the longest policy that ships.
pub const MAX_BYTES: usize = 1024 * 1024;
/// Deepest nesting, in levels; a policy needs seven.
pub(super) const MAX_DEPTH: usize = 32;
/// Most values of a file that people write, aliases written out.
const MAX_NODES: usize = 50_000;
/// Most aliases and anchors of a file.
const MAX_ALIASES: usize = 200;

/// Reads one document. `text` is the file as it is; `source` its printable form, as long as it.
///
/// # Errors
/// What is wrong with the YAML, with places.
pub fn parse(text: &str, source: &Arc<Source>) -> Result<Node, Problems> {
    let mut problems = Vec::new();
    match read_up_to(MAX_BYTES, text, source, &mut problems) {
        Some(node) if problems.is_empty() => Ok(node),
        Some(_) | None => Err(problems),
    }
}

/// Reads one document of at most so many bytes and goes on after mistakes that leave the rest readable (a key given
/// twice: the first one counts), so that a reader can name its own findings together with them.
pub fn read_up_to(
    bytes: usize,
    text: &str,
    source: &Arc<Source>,
    problems: &mut Problems,
) -> Option<Node> {
    if text.len() > bytes {
        problems.push(Problem {
            file: source.clone(),
            span: Span::default(),
            message: format!("the file is too large: {} bytes", text.len()),
            label: "begins here".to_owned(),
            help: Some(format!("at most {bytes} bytes are read")),
            related: Vec::new(),
        });
        return None;
    }
    match serde_saphyr::from_str_with_options::<Spanned<Raw>>(text, options(bytes)) {
        Ok(raw) => {
            let mut lift = Lift {
                text,
                source,
                problems,
            };
            Some(lift.node(raw))
        }
        Err(error) => {
            problems.push(syntax::problem(&error, text, source));
            None
        }
    }
}

fn options(bytes: usize) -> serde_saphyr::Options {
    // What may be longer than people write may have more values too; aliases stay few.
    let nodes = MAX_NODES.saturating_mul((bytes / MAX_BYTES).max(1));
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_documents: 1,
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_nodes: nodes,
            max_events: nodes.saturating_mul(2),
            max_aliases: MAX_ALIASES,
            max_anchors: MAX_ALIASES,
            max_recorded_anchor_events: MAX_NODES,
            max_recorded_anchor_bytes: bytes,
            max_total_scalar_bytes: bytes,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: MAX_NODES,
            max_replay_stack_depth: MAX_DEPTH,
        },
        // Found by `Lift`, which names both places and goes on.
        duplicate_keys: serde_saphyr::DuplicateKeyPolicy::PassThrough,
        // YAML 1.2 has no merge keys: `<<` is then an unknown key like any other.
        merge_keys: serde_saphyr::MergeKeyPolicy::AsOrdinary,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        reject_unsupported_tags: true,
        non_finite_float_policy: serde_saphyr::NonFiniteFloatPolicy::AsString,
        with_snippet: false,
    }
}

/// What serde-saphyr says about a value.
#[derive(Debug)]
enum Raw {
    Null,
    Bool(bool),
    Integer(i64),
    TooLarge(u64),
    Float(f64),
    String(String),
    Sequence(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<Raw>, Spanned<Raw>)>),
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(i64::try_from(value).map_or(Raw::TooLarge(value), Raw::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Raw::Sequence(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

/// Turns raw values into nodes and notes what must not be there.
struct Lift<'a> {
    text: &'a str,
    source: &'a Arc<Source>,
    problems: &'a mut Problems,
}

impl Lift<'_> {
    fn node(&mut self, raw: Spanned<Raw>) -> Node {
        let start = extent::of(&raw.defined);
        if let Some(tag) = extent::tag_before(self.text, start.start) {
            self.problems.push(unquoted::tag(self.source, tag.start));
        }
        let (value, span) = match raw.value {
            Raw::Null => (Value::Null, start),
            Raw::Bool(value) => (Value::Bool(value), start),
            Raw::Integer(value) => (Value::Integer(value), start),
            Raw::TooLarge(value) => {
                let message = format!("the number {value} is too large");
                let help = format!("whole numbers go up to {}", i64::MAX);
                self.problem(start, message, "too large", &help);
                (Value::Integer(i64::MAX), start)
            }
            Raw::Float(value) => (Value::Float(value), start),
            Raw::String(value) => (Value::String(value), extent::trimmed(self.text, start)),
            Raw::Sequence(items) => {
                let items: Vec<Node> = items.into_iter().map(|item| self.node(item)).collect();
                let end = extent::last_end(start, items.iter().map(|item| item.span));
                let span = extent::container(self.text, start, end);
                (Value::Sequence(items), span)
            }
            Raw::Map(entries) => self.map(start, entries),
        };
        Node { span, value }
    }

    fn map(&mut self, start: Span, entries: Vec<(Spanned<Raw>, Spanned<Raw>)>) -> (Value, Span) {
        let mut out: Vec<(Key, Node)> = Vec::with_capacity(entries.len());
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        let mut end = start.end;
        for (key, value) in entries {
            let key = self.key(key);
            let mut value = self.node(value);
            end = extent::last_end(Span::new(start.start, end), [key.1, value.span]);
            let (Some(name), span) = key else { continue };
            if value.span.is_empty() {
                // Nothing was written: the key is the nearest thing to point at.
                value.span = span;
            }
            if let Some(first) = seen.get(&name) {
                let message = format!("the key `{}` is given twice", escape(&name));
                self.problem(span, message, "again here", "keep one of them");
                if let Some(problem) = self.problems.last_mut() {
                    let first = (self.source.clone(), *first, "first given here".to_owned());
                    problem.related.push(first);
                }
                continue;
            }
            seen.insert(name.clone(), span);
            out.push((Key { name, span }, value));
        }
        (Value::Map(out), extent::container(self.text, start, end))
    }

    /// The key's text, where it is one, and its place.
    fn key(&mut self, raw: Spanned<Raw>) -> (Option<String>, Span) {
        let node = self.node(raw);
        let what = match node.value {
            Value::String(name) => return (Some(name), node.span),
            Value::Null => "nothing",
            Value::Bool(_) => "a truth value",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::Sequence(_) => "a list",
            Value::Map(_) => "a map",
        };
        self.problem(
            node.span,
            format!("a key must be text, found {what}"),
            what,
            "put quotes around the key; a text that begins with `{` or `[` needs them too",
        );
        (None, node.span)
    }

    fn problem(&mut self, span: Span, message: String, label: &str, help: &str) {
        self.problems.push(Problem {
            file: self.source.clone(),
            span,
            message,
            label: label.to_owned(),
            help: Some(help.to_owned()),
            related: Vec::new(),
        });
    }
}
