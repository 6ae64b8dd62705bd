//! Messages with placeholders: `{name}` stands for a value, `{{` and `}}` for braces.

use std::ops::Range;

use crate::source::escape;

/// A text whose placeholders are known to mean something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Name(String),
}

/// What is wrong with the braces of a text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    /// An opening brace without a closing one.
    #[error("this `{{` is never closed")]
    Unclosed,
    /// A closing brace without an opening one.
    #[error("this `}}` closes nothing")]
    Unopened,
    /// Between the braces stands no name.
    #[error("a placeholder holds a name, like `{{cert.role}}`")]
    NoName,
}

/// A placeholder with its bytes in the text, braces included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placeholder {
    pub(super) name: String,
    pub(super) range: Range<usize>,
}

impl Template {
    /// The text with each placeholder replaced by what `lookup` has for its name, or by nothing.
    #[must_use]
    pub fn render(&self, lookup: &dyn Fn(&str) -> Option<String>) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Name(name) => out.push_str(&lookup(name).unwrap_or_default()),
            }
        }
        out
    }

    /// The text with its placeholders in braces.
    #[must_use]
    pub fn as_written(&self) -> String {
        self.render(&|name| Some(format!("{{{name}}}")))
    }

    /// The placeholder, where the text is nothing else.
    pub(super) fn only_name(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part::Name(name)] => Some(name),
            _ => None,
        }
    }

    /// The empty text.
    pub(super) const fn nothing() -> Self {
        Self { parts: Vec::new() }
    }

    /// The names of its placeholders, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Name(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }
}

/// A text taken apart.
pub(super) struct Parsed {
    /// The template, without what is at fault.
    pub(super) template: Template,
    /// Its placeholders, in order.
    pub(super) placeholders: Vec<Placeholder>,
    /// Every fault with its bytes.
    pub(super) faults: Vec<(Fault, Range<usize>)>,
}

/// Takes a text apart.
pub(super) fn parse(text: &str) -> Parsed {
    let mut parser = Parser::default();
    // A block scalar ends in a line break that nobody wants in a message.
    let mut rest = text.trim_end().char_indices().peekable();
    while let Some((at, character)) = rest.next() {
        let next = rest.peek().map(|(_, next)| *next);
        match (character, next) {
            ('{', Some('{')) | ('}', Some('}')) => {
                parser.literal.push(character);
                rest.next();
            }
            ('{', _) => {
                let inner = at.saturating_add(1);
                let tail = text.get(inner..).unwrap_or_default();
                let Some(length) = tail
                    .find(['}', '{'])
                    .filter(|end| tail.get(*end..).is_some_and(|tail| tail.starts_with('}')))
                else {
                    parser.faults.push((Fault::Unclosed, at..inner));
                    continue;
                };
                let close = inner.saturating_add(length);
                parser.placeholder(
                    tail.get(..length).unwrap_or_default(),
                    at..close.saturating_add(1),
                );
                while rest.next_if(|(at, _)| *at <= close).is_some() {}
            }
            ('}', _) => {
                let range = at..at.saturating_add(1);
                parser.faults.push((Fault::Unopened, range));
            }
            _ => parser.literal.push(character),
        }
    }
    parser.flush();
    Parsed {
        template: Template {
            parts: parser.parts,
        },
        placeholders: parser.placeholders,
        faults: parser.faults,
    }
}

#[derive(Default)]
struct Parser {
    literal: String,
    parts: Vec<Part>,
    placeholders: Vec<Placeholder>,
    faults: Vec<(Fault, Range<usize>)>,
}

impl Parser {
    fn placeholder(&mut self, name: &str, range: Range<usize>) {
        if !is_name(name) {
            self.faults.push((Fault::NoName, range));
            return;
        }
        self.flush();
        self.parts.push(Part::Name(name.to_owned()));
        let name = name.to_owned();
        self.placeholders.push(Placeholder { name, range });
    }

    fn flush(&mut self) {
        if !self.literal.is_empty() {
            let text = std::mem::take(&mut self.literal);
            self.parts.push(Part::Text(printable(&text)));
        }
    }
}

/// A text of a policy made safe to print, with its line breaks.
pub(super) fn printable(text: &str) -> String {
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| escape(&line.replace('\t', "    ")))
        .collect();
    lines.join("\n")
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rendered(text: &str) -> String {
        let parsed = parse(text);
        assert_eq!(parsed.faults, Vec::new());
        parsed
            .template
            .render(&|name| (name == "days").then(|| "12".to_owned()))
    }

    #[test]
    fn a_placeholder_becomes_its_value() {
        assert_eq!(rendered("expired {days} days ago"), "expired 12 days ago");
        assert_eq!(rendered("{days}{days}"), "1212");
    }

    #[test]
    fn an_absent_value_is_nothing() {
        assert_eq!(rendered("[{cert.subject}]"), "[]");
    }

    #[test]
    fn doubled_braces_are_braces() {
        assert_eq!(rendered("{{days}} {{{days}}}"), "{days} {12}");
    }

    #[test]
    fn a_value_is_not_read_as_a_template() {
        let template = parse("a {x} b").template;
        assert_eq!(template.render(&|_| Some("{x}".to_owned())), "a {x} b");
    }

    #[test]
    fn what_would_steer_a_terminal_is_shown() {
        assert_eq!(rendered("a\u{1b}[2J\n{days}\n"), "a\\u{1b}[2J\n12");
    }

    #[test]
    fn faults_name_their_bytes() {
        let faults = |text| parse(text).faults;
        assert_eq!(faults("a { b"), [(Fault::Unclosed, 2..3)]);
        assert_eq!(faults("a } b"), [(Fault::Unopened, 2..3)]);
        assert_eq!(faults("a {} b"), [(Fault::NoName, 2..4)]);
        assert_eq!(faults("a {b c}"), [(Fault::NoName, 2..7)]);
        assert_eq!(
            faults("é {a {b} }"),
            [(Fault::Unclosed, 3..4), (Fault::Unopened, 10..11)]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_taken_apart_and_escaped_text_comes_back(text in "[a{}é .]{0,40}") {
            let _ = parse(&text);
            let escaped = text.replace('{', "{{").replace('}', "}}");
            prop_assert_eq!(rendered(&escaped), text.trim_end());
        }
    }
}
