//! References to variables in the parameters of checks.

use super::document::Given;
use super::location::Location;
use super::vars::{Variables, unknown};
use crate::source::escape;
use crate::span::Span;
use crate::yaml::{Key, Node, Problem, Problems, Value};

/// The name in a scalar that is exactly `{vars.NAME}`.
pub(super) fn reference(node: &Node) -> Option<&str> {
    let inner = node.text()?.strip_prefix("{vars.")?.strip_suffix('}')?;
    (!inner.contains(['{', '}'])).then_some(inner)
}

/// A node in which values stand for variables.
pub(super) struct Substituted {
    pub(super) node: Node,
    /// The references that were replaced: name and place.
    pub(super) replaced: Vec<(String, Span)>,
    /// The references to variables whose value is not known, because of a mistake that was told already.
    pub(super) broken: Vec<Span>,
}

/// Puts the values of variables in the place of `"{vars.NAME}"`.
pub(super) fn substitute(
    node: &Node,
    at: &Given,
    variables: &Variables,
    problems: &mut Problems,
) -> Substituted {
    let mut substitution = Substitution {
        at,
        variables,
        problems,
        replaced: Vec::new(),
        broken: Vec::new(),
    };
    let node = substitution.node(node);
    Substituted {
        node,
        replaced: substitution.replaced,
        broken: substitution.broken,
    }
}

struct Substitution<'a> {
    at: &'a Given,
    variables: &'a Variables,
    problems: &'a mut Problems,
    replaced: Vec<(String, Span)>,
    broken: Vec<Span>,
}

impl Substitution<'_> {
    fn node(&mut self, node: &Node) -> Node {
        if let Some(name) = reference(node) {
            return self.value(name, node);
        }
        let value = match &node.value {
            Value::Sequence(items) => {
                Value::Sequence(items.iter().map(|item| self.node(item)).collect())
            }
            Value::Map(entries) => {
                self.unquoted(node, entries);
                Value::Map(
                    entries
                        .iter()
                        .map(|(key, value)| (key.clone(), self.node(value)))
                        .collect(),
                )
            }
            Value::Null
            | Value::Bool(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::String(_) => node.value.clone(),
        };
        let span = node.span;
        Node { span, value }
    }

    fn value(&mut self, name: &str, node: &Node) -> Node {
        let span = node.span;
        let is_broken = self.variables.is_broken(name);
        if is_broken {
            self.broken.push(span);
        }
        let Some(variable) = self.variables.get(name) else {
            if !is_broken {
                let at = Location::new(&self.at.source, span);
                self.problems
                    .push(unknown(name, &at, self.variables.names()));
            }
            return node.clone();
        };
        self.replaced.push((name.to_owned(), span));
        variable.value.as_ref().map_or(
            Node {
                span,
                value: Value::Null,
            },
            |value| value.to_node(span),
        )
    }

    /// `{vars.NAME}` without quotes is a map for YAML.
    fn unquoted(&mut self, node: &Node, entries: &[(Key, Node)]) {
        if let [(key, value)] = entries
            && value.is_null()
            && key.name.starts_with("vars.")
        {
            let name = escape(&key.name);
            let at = Location::new(&self.at.source, node.span);
            let problem = at.problem(format!("`{{{name}}}` without quotes is a map"), "a map");
            self.problems
                .push(problem.help(format!("write \"{{{name}}}\"")));
        }
    }
}

/// How a variable is written, where something else in brackets or behind a `$` names one: `${{ days }}`, `{ var: days }`.
fn meant(written: &str, variables: &Variables) -> Option<String> {
    if !written.contains(['{', '$', '<']) && !written.contains("vars.") {
        return None;
    }
    let is_part = |character: char| character.is_alphanumeric() || "_-".contains(character);
    let words = written.split(|character| !is_part(character));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    // More than `{ var: vars.days }` says something else.
    if words.len() > 3 {
        return None;
    }
    let variable = words.iter().find_map(|word| variables.get(word))?;
    let name = escape(&variable.name);
    Some(format!("a variable is written `\"{{vars.{name}}}\"`"))
}

/// Adds to the problems that lie on a reference where its value came from, and to those on what was meant as one how it
/// is written.
pub(super) fn explain(
    problems: &mut [Problem],
    replaced: &[(String, Span)],
    variables: &Variables,
) {
    for problem in problems {
        let on = replaced.iter().find(|(_, span)| *span == problem.span);
        let Some(variable) = on.and_then(|(name, _)| variables.get(name)) else {
            if problem.help.is_none() && problem.message.contains("expected ") {
                let (start, end) = (problem.span.start, problem.span.end);
                let written = problem.file.text().get(start..end).unwrap_or_default();
                problem.help = meant(written, variables);
            }
            continue;
        };
        let name = escape(&variable.name);
        let (place, what) = if variable.value.is_some() {
            (
                &variable.origin,
                format!("`{name}` has its value from here"),
            )
        } else {
            (&variable.declared, format!("`{name}` has no value"))
        };
        problem
            .related
            .push((place.source.clone(), place.span, what));
        if variable.value.is_none() {
            problem.help = Some(format!(
                "give it one: `--var {name}=…`, or `{name}: …` under `vars`"
            ));
        }
    }
}
