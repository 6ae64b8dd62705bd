//! Nodes as YAML text again, which reads as the same nodes.

use std::fmt::Write;

use crate::yaml::{Node, Value};

/// Spaces a level.
const STEP: usize = 2;

/// Writes `key: value` at a depth, with its line break.
pub(super) fn entry(out: &mut String, depth: usize, key: &str, node: &Node) {
    indent(out, depth);
    out.push_str(&scalar(key));
    out.push(':');
    value(out, depth, node);
}

/// Writes `- value` at a depth, with its line break.
pub(super) fn item(out: &mut String, depth: usize, node: &Node) {
    indent(out, depth);
    out.push('-');
    value(out, depth, node);
}

/// Writes a value after `key:` or `-`, with its line break.
fn value(out: &mut String, depth: usize, node: &Node) {
    match &node.value {
        Value::Map(entries) if !entries.is_empty() => {
            out.push('\n');
            for (key, node) in entries {
                entry(out, depth.saturating_add(1), &key.name, node);
            }
        }
        Value::Sequence(items) if !items.is_empty() && !items.iter().all(is_short) => {
            out.push('\n');
            for one in items {
                item(out, depth.saturating_add(1), one);
            }
        }
        Value::String(text) if is_block(text) => block(out, depth, text),
        Value::Null
        | Value::Bool(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::Sequence(_)
        | Value::Map(_) => {
            out.push(' ');
            flow(out, node);
            out.push('\n');
        }
    }
}

/// Writes a value on one line.
pub(super) fn flow(out: &mut String, node: &Node) {
    // Writing into a string cannot fail.
    let _ = match &node.value {
        Value::Null => write!(out, "null"),
        Value::Bool(value) => write!(out, "{value}"),
        Value::Integer(value) => write!(out, "{value}"),
        Value::Float(value) => write!(out, "{value:?}"),
        Value::String(text) => write!(out, "{}", scalar(text)),
        Value::Map(entries) if entries.is_empty() => write!(out, "{{}}"),
        Value::Map(entries) => {
            for (at, (key, node)) in entries.iter().enumerate() {
                out.push_str(if at == 0 { "{ " } else { ", " });
                out.push_str(&scalar(&key.name));
                out.push_str(": ");
                flow(out, node);
            }
            write!(out, " }}")
        }
        Value::Sequence(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                flow(out, item);
            }
            write!(out, "]")
        }
    };
}

/// Scalars that may stand in one line together.
fn is_short(node: &Node) -> bool {
    match &node.value {
        Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Float(_) => true,
        Value::String(text) => !text.contains('\n'),
        Value::Sequence(_) | Value::Map(_) => false,
    }
}

fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n(' ', depth.saturating_mul(STEP)));
}

/// Whether a text of several lines can stand as a `|` block exactly as it is.
fn is_block(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    body.contains('\n')
        && !body.ends_with('\n')
        && !body.starts_with([' ', '\n'])
        && !text
            .chars()
            .any(|character| character != '\n' && needs_escape(character))
}

fn block(out: &mut String, depth: usize, text: &str) {
    out.push_str(if text.ends_with('\n') {
        " |\n"
    } else {
        " |-\n"
    });
    for line in text.lines() {
        if !line.is_empty() {
            indent(out, depth.saturating_add(1));
            out.push_str(line);
        }
        out.push('\n');
    }
}

/// A text as one scalar: plain where nothing could take it for something else, else quoted.
pub(super) fn scalar(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            '\n' => out.push_str("\\n"),
            _ if needs_escape(character) => {
                // Writing into a string cannot fail.
                let _ = write!(out, "\\U{:08X}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}

/// Characters that YAML or a terminal takes for something else.
fn needs_escape(character: char) -> bool {
    let mut buffer = [0; 4];
    let text: &str = character.encode_utf8(&mut buffer);
    crate::source::escape(text) != text
}

fn is_plain(text: &str) -> bool {
    let words = ["true", "false", "null", "yes", "no", "y", "n", "on", "off"];
    let reserved = words.iter().any(|word| word.eq_ignore_ascii_case(text));
    // `off` and `on` are texts in YAML 1.2, and words of our language.
    (!reserved || text == "off" || text == "on")
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && !text.ends_with(' ')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b" _-./".contains(&byte))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::source::Source;
    use crate::span::Span;
    use crate::yaml;

    fn node(value: Value) -> Node {
        let span = Span::default();
        Node { span, value }
    }

    fn reread(value: &Value) -> Value {
        let mut text = String::new();
        entry(&mut text, 0, "key", &node(value.clone()));
        let source = Arc::new(Source::new("emitted", &text));
        let map = yaml::parse(&text, &source).unwrap_or_else(|problems| {
            panic!("{text}\n{problems:?}");
        });
        map.get("key").unwrap().moved_to(Span::default()).value
    }

    fn values() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            "[ -~\n]{0,12}",
            "\\PC{0,8}",
            "(a|b| |\n|\t|\r|#|:|-|é|\u{85}|\u{2028}|\u{1b}){0,8}",
            "(true|off|null|~|12|1e3|0x1|.inf|<<|012|1_0)",
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Integer),
            any::<f64>()
                .prop_filter("no infinity", |number| number.is_finite())
                .prop_map(Value::Float),
            text.prop_map(Value::String),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            let items = prop::collection::vec(inner.clone(), 0..4);
            let entries = prop::collection::btree_map("[ -~]{1,6}", inner, 0..4);
            prop_oneof![
                items.prop_map(|items| Value::Sequence(items.into_iter().map(node).collect())),
                entries.prop_map(|entries| {
                    let key = |name| yaml::Key {
                        name,
                        span: Span::default(),
                    };
                    Value::Map(
                        entries
                            .into_iter()
                            .map(|(name, value)| (key(name), node(value)))
                            .collect(),
                    )
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_as_the_same(value in values()) {
            prop_assert_eq!(reread(&value), value);
        }
    }
}
