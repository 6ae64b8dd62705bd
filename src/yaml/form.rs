//! Whether a file is one of those that its reader expects.
//!
//! Of one that is not, nothing is shown: somebody named the wrong file, and it may be anything, a private key above all.

use std::sync::Arc;

use super::{Node, Problem, Problems, parse};
use crate::source::Source;
use crate::span::Span;

/// A kind of file.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// What it is, with its article: `a policy`.
    pub what: &'static str,
    /// The keys that no file of another kind has.
    pub own: &'static [&'static str],
    /// The keys, beside `version`, that files of other kinds have too.
    pub shared: &'static [&'static str],
    /// What reads it, a sentence.
    pub read_by: &'static str,
}

impl Form {
    /// Whether a text that is no YAML is meant to be such a file.
    fn begins(&self, text: &str) -> bool {
        let mut lines = text.lines();
        lines.any(|line| {
            let line = line.trim_start_matches(['{', ' ', '\u{feff}']);
            let mut keys = self.own.iter().chain(self.shared).chain(&["version"]);
            keys.any(|key| {
                let rest = line.strip_prefix(key);
                rest.is_some_and(|rest| rest.trim_start().starts_with(':'))
            })
        })
    }

    fn has(&self, key: &str) -> bool {
        self.own.contains(&key) || self.shared.contains(&key)
    }
}

/// Reads one document of that form, up to a number of bytes; `others` are the forms that it is taken for. Goes on after
/// mistakes that leave the rest readable, as [`super::read_up_to`] does.
pub fn read_form(
    form: &Form,
    others: &[&Form],
    bytes: usize,
    text: &str,
    source: &Arc<Source>,
    problems: &mut Problems,
) -> Option<Node> {
    let before = problems.len();
    let node = parse::read_up_to(bytes, text, source, problems);
    let is_ours = match &node {
        Some(node) => {
            node.is_null()
                || keys_of(node).any(|key| form.has(key))
                || (node.entries().is_some() && keys_of(node).all(|key| key == "version"))
        }
        None => form.begins(text),
    };
    if is_ours {
        return node;
    }
    problems.truncate(before);
    let other = node.and_then(|node| {
        let by_own = |other: &&&Form| keys_of(&node).any(|key| other.own.contains(&key));
        let by_all = |other: &&&Form| {
            keys_of(&node).all(|key| key == "version" || other.has(key)) && node.entries().is_some()
        };
        others
            .iter()
            .find(by_own)
            .or(others.iter().find(by_all))
            .copied()
    });
    problems.push(other_form(form, other, source));
    None
}

/// The problem where a file is not UTF-8 at a place, which is U+FFFD in its source. Nothing is shown of one that is not
/// meant to be of that form.
#[must_use]
pub fn not_utf8(form: &Form, source: &Arc<Source>, at: usize) -> Problem {
    let message = "this is not UTF-8".to_owned();
    if form.begins(source.text()) {
        let end = at.saturating_add(char::REPLACEMENT_CHARACTER.len_utf8());
        let span = Span::new(at, end);
        return Problem::new(source, span, message, "wrong byte").help("save the file as UTF-8");
    }
    let nothing = Arc::new(Source::new(source.name(), ""));
    let help = format!(
        "save the file as UTF-8, if it is {}; nothing of it is shown",
        form.what
    );
    Problem::new(&nothing, Span::default(), message, "").help(help)
}

fn keys_of(node: &Node) -> impl Iterator<Item = &str> {
    let entries = node.entries().unwrap_or_default();
    entries.iter().map(|(key, _)| key.name.as_str())
}

fn other_form(form: &Form, other: Option<&Form>, source: &Arc<Source>) -> Problem {
    let name = source.name();
    let (message, help) = if let Some(other) = other {
        let message = format!("`{name}` is {}, and no {}", other.what, bare(form.what));
        (message, other.read_by.to_owned())
    } else {
        let keys = form.own.iter().chain(form.shared);
        let keys: Vec<String> = keys.map(|key| format!("`{key}`")).collect();
        let (what, keys) = (form.what, keys.join(", "));
        let help = format!("{what} has keys such as {keys}; nothing of this file is shown");
        (format!("`{name}` is no {}", bare(form.what)), help)
    };
    let nothing = Arc::new(Source::new(name, ""));
    Problem::new(&nothing, Span::default(), message, "").help(help)
}

/// Without its article.
fn bare(what: &str) -> &str {
    what.split_once(' ').map_or(what, |(_, bare)| bare)
}
