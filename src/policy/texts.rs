//! The messages and helps of a rule, and the placeholders in them.

use std::ops::Range;

use super::compile::Compiler;
use super::document::{Field, Given};
use super::location::Location;
use super::rule::Texts;
use super::template::{self, Parsed, Template};
use super::vars;
use crate::check::Kind;
use crate::facts;
use crate::source::escape;
use crate::yaml::{self, Node, did_you_mean, one_of};

/// In a map of texts, the key for all outcomes that are not named.
const DEFAULT: &str = "default";

impl Compiler<'_> {
    /// One text, or a map from outcomes to texts in which `default` stands for all others.
    pub(super) fn texts(&mut self, field: Field, kind: Option<&Kind>) -> Option<Texts> {
        let given = self.given(field)?;
        let Some(entries) = given.node.entries() else {
            let text = self.template(field, given, &given.node, kind)?;
            return Some(Texts::one(text));
        };
        let Some(kind) = kind else {
            // Which outcomes there are is not known; what the texts say is looked at all the same.
            for (_, node) in entries {
                self.template(field, given, node, None);
            }
            return None;
        };
        let outcomes = kind.outcomes;
        let names = || outcomes.iter().map(|(name, _)| *name);
        let mut texts = Vec::new();
        for (key, node) in entries {
            let outcome = names().find(|name| *name == key.name);
            if outcome.is_none() && key.name != DEFAULT {
                self.unknown_outcome(given, key, kind, names().chain([DEFAULT]));
            }
            if let Some(text) = self.template(field, given, node, Some(kind)) {
                texts.push((outcome, text));
            }
        }
        let unnamed = names().find(|name| given.node.get(name).is_none());
        if given.node.get(DEFAULT).is_none() && (unnamed.is_some() || outcomes.is_empty()) {
            let message = match unnamed {
                Some(name) => format!("`{}` has no text for `{name}`", field.as_str()),
                None => format!("`{}` has no text", field.as_str()),
            };
            let problem = given.problem(message, "texts by outcome");
            let help = "`default` is the text for all outcomes that are not named";
            self.problems.push(problem.help(help));
        }
        Texts::by_outcome(texts)
    }

    fn template(
        &mut self,
        field: Field,
        given: &Given,
        node: &Node,
        kind: Option<&Kind>,
    ) -> Option<Template> {
        let name = field.as_str();
        let text: Option<String> = yaml::from_field(name, node, &given.source, self.problems);
        let Parsed {
            template,
            placeholders,
            faults,
        } = template::parse(text.as_ref()?);
        if field == Field::Message && text.is_some_and(|text| text.trim().is_empty()) {
            let message = "`message`: the text is empty";
            let problem = Location::new(&given.source, node.span).problem(message, "says nothing");
            self.problems
                .push(problem.help("say what is wrong, as a reader of the finding needs it"));
        }
        let place = |range: &Range<usize>| {
            let span = yaml::locate(&given.source, node, range);
            Location::new(&given.source, span)
        };
        for (fault, range) in faults {
            let problem = place(&range).problem(format!("`{}`: {fault}", field.as_str()), "here");
            self.problems
                .push(problem.help("a brace that is meant as such is written twice: `{{`, `}}`"));
        }
        for placeholder in placeholders {
            if self.is_known(&placeholder.name, kind) {
                continue;
            }
            let name = escape(&placeholder.name);
            let at = place(&placeholder.range);
            if let Some(variable) = placeholder.name.strip_prefix("vars.") {
                let known = self.known.variables.names();
                self.problems.push(vars::unknown(variable, &at, known));
                continue;
            }
            let problem = at.problem(
                format!("nothing is called `{name}` here"),
                "unknown placeholder",
            );
            let help = self.placeholder_help(&placeholder.name, kind);
            self.problems.push(problem.help(help));
        }
        Some(template)
    }

    /// Whether a placeholder means something. Without a check, what may be a detail of one does.
    fn is_known(&self, name: &str, kind: Option<&Kind>) -> bool {
        if let Some(variable) = name.strip_prefix("vars.") {
            let variables = self.known.variables;
            return !self.known.complete
                || variables.get(variable).is_some()
                || variables.is_broken(variable);
        }
        let is_detail = match kind {
            Some(kind) => kind.details.iter().any(|(detail, _)| *detail == name),
            None => !name.contains('.'),
        };
        is_detail || (self.known.is_fact)(name)
    }

    fn placeholder_help(&self, name: &str, kind: Option<&Kind>) -> String {
        let details = kind.map_or(&[][..], |kind| kind.details).iter();
        let details = details.map(|(detail, _)| (*detail).to_owned());
        let variables = self.known.variables.names();
        let variables = variables.into_iter().map(|name| format!("vars.{name}"));
        let here: Vec<String> = details.chain(variables).collect();
        let here = here.iter().map(String::as_str);
        let facts = facts::paths();
        let facts = facts.iter().map(String::as_str);
        if let Some(near) = did_you_mean(name, here.clone().chain(facts)) {
            return format!("did you mean `{}`?", escape(near));
        }
        let here = one_of(name, here);
        format!("{here}, or a fact (`chainlint inspect FILE` shows them)")
    }
}
