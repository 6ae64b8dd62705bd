//! From the merged fields of a rule to the rule.
//!
//! Every field is looked at, whatever the others are like, and every mistake is told where the
//! field was written, which may be a parent's file.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::document::{Field, Given};
use super::location::Location;
use super::rule::{Examples, Level, Rule, Severities};
use super::substitute::{self, Substituted};
use super::template::printable;
use super::vars::Variables;
use crate::check::expression::Model;
use crate::check::{self, Check, Kind, Scope, Within};
use crate::source::escape;
use crate::yaml::{self, Key, Node, Problems, did_you_mean, one_of};

/// A rule as the files of a policy give it together.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) id: Arc<str>,
    /// Its id in the file that names it first.
    pub(super) first: Location,
    /// Its id in the file that gives it its check.
    pub(super) asked: Option<Location>,
    /// Every mention of it is a severity alone.
    pub(super) shorthand: bool,
    pub(super) fields: BTreeMap<Field, Given>,
}

/// What a rule may refer to.
pub(super) struct Known<'a> {
    pub(super) variables: &'a Variables,
    /// Whether a placeholder is a fact.
    pub(super) is_fact: fn(&str) -> bool,
    /// The rules that have a check.
    pub(super) rules: &'a [Arc<str>],
    /// All parents could be read: what is not known does not exist.
    pub(super) complete: bool,
    /// The facts that expressions may name.
    pub(super) model: &'a Model,
}

/// Makes the rule; without it, `problems` has grown.
pub(super) fn compile(draft: Draft, known: &Known<'_>, problems: &mut Problems) -> Option<Rule> {
    let before = problems.len();
    let mut compiler = Compiler {
        draft: &draft,
        known,
        problems,
    };
    if !compiler.is_rule() {
        return None;
    }
    let (kind, parameters) = compiler.kind().unzip();
    let check = kind
        .zip(parameters)
        .and_then(|(kind, node)| compiler.check(kind, &node));
    let severity = compiler.severity(kind);
    let on = compiler.on(kind);
    let when = compiler.typed(Field::When);
    let message = compiler.texts(Field::Message, kind);
    let help = compiler.texts(Field::Help, kind);
    let reference = compiler.typed::<String>(Field::Reference);
    let description = compiler.typed::<String>(Field::Description);
    let examples = compiler.typed::<Examples>(Field::Examples);
    let locked = compiler.typed(Field::Locked);
    let is_waivable = compiler.typed(Field::Waivable);
    compiler.refuse_for_waivers(kind);
    compiler.missing();
    if problems.len() > before {
        return None;
    }
    Some(Rule {
        check_name: kind?.name,
        check: check?,
        severity: severity?,
        on,
        when: when.unwrap_or_default(),
        message: message?,
        help,
        reference: reference.map(|text| escape(&text).into()),
        description: description.map(|text| printable(text.trim_end()).into()),
        examples: examples.map(|examples| Examples {
            fail: printable(examples.fail.trim_end()),
            pass: printable(examples.pass.trim_end()),
        }),
        locked: locked.unwrap_or_default(),
        is_waivable: is_waivable.unwrap_or(!locked.unwrap_or_default()),
        location: draft.asked.unwrap_or(draft.first),
        id: draft.id,
        fields: draft.fields,
    })
}

pub(super) struct Compiler<'a> {
    draft: &'a Draft,
    pub(super) known: &'a Known<'a>,
    pub(super) problems: &'a mut Problems,
}

impl<'a> Compiler<'a> {
    pub(super) fn given(&self, field: Field) -> Option<&'a Given> {
        self.draft.fields.get(&field)
    }

    /// Whether the id belongs to a rule at all: a severity for a rule that no file writes is a
    /// misspelt id.
    fn is_rule(&mut self) -> bool {
        if self.given(Field::Check).is_some() {
            return true;
        }
        if !self.known.complete {
            // The rule may be one of a parent that could not be read.
            return false;
        }
        let rules = || self.known.rules.iter().map(|rule| &**rule);
        let near = did_you_mean(&self.draft.id, rules());
        if near.is_none() && !self.draft.shorthand {
            return true;
        }
        let id = escape(&self.draft.id);
        let problem = self.draft.first.problem(
            format!("no policy that this one extends has a rule `{id}`"),
            "unknown rule",
        );
        let help = match near {
            Some(near) => format!("did you mean `{}`?", escape(near)),
            None => "a rule of one's own has a `check` and a `message`".to_owned(),
        };
        self.problems.push(problem.help(help));
        false
    }

    fn missing(&mut self) {
        let wanted = [
            (Field::Severity, "`error`, `warning`, `advice` or `off`"),
            (Field::Check, "what is asked: `check: { name: { … } }`"),
            (Field::Message, "what a finding says"),
        ];
        for (field, what) in wanted {
            if self.given(field).is_some() {
                continue;
            }
            let field = field.as_str();
            let message = format!("rule `{}` has no `{field}`", escape(&self.draft.id));
            let label = format!("`{field}` is missing");
            let problem = self.draft.first.problem(message, &label);
            self.problems
                .push(problem.help(format!("`{field}`: {what}")));
        }
    }

    fn typed<T: DeserializeOwned>(&mut self, field: Field) -> Option<T> {
        let given = self.given(field)?;
        yaml::from_field(field.as_str(), &given.node, &given.source, self.problems)
    }

    /// The check's row in the table, and its parameters.
    fn kind(&mut self) -> Option<(&'static Kind, Node)> {
        let given = self.given(Field::Check)?;
        let Some(entries) = given.node.entries() else {
            let found = given.node.describe();
            let message = format!("`check`: expected a map with one key, found {found}");
            let help = match given.node.text() {
                Some(name) => format!("write `check: {{ {}: {{}} }}`", escape(name)),
                None => "the check's name, and under it its parameters".to_owned(),
            };
            self.problems
                .push(given.problem(message, &found).help(help));
            return None;
        };
        let [(key, node)] = entries else {
            let names: Vec<String> = entries
                .iter()
                .map(|(key, _)| format!("`{}`", escape(&key.name)))
                .collect();
            let message = match names.as_slice() {
                [] => "`check` names no check".to_owned(),
                _ => format!("`check` names several checks: {}", names.join(", ")),
            };
            let problem = given.problem(message, "one check is wanted");
            let help = "one rule asks one check; write a second rule for the other";
            self.problems.push(problem.help(help));
            return None;
        };
        let Some(kind) = check::kind(&key.name) else {
            let message = format!("there is no check `{}`", escape(&key.name));
            let problem = Location::new(&given.source, key.span).problem(message, "unknown check");
            let names = check::KINDS.iter().map(|kind| kind.name);
            self.problems.push(problem.help(one_of(&key.name, names)));
            // Which variables there are does not depend on the check.
            substitute::substitute(node, given, self.known.variables, self.problems);
            return None;
        };
        Some((kind, node.clone()))
    }

    fn check(&mut self, kind: &Kind, node: &Node) -> Option<Check> {
        let given = self.given(Field::Check)?;
        let before = self.problems.len();
        let Substituted {
            node,
            replaced,
            broken,
        } = substitute::substitute(node, given, self.known.variables, self.problems);
        if self.problems.len() > before {
            return None;
        }
        let variables = match kind.scope {
            Scope::ByRule => self.known.variables.constants(),
            Scope::Certificate | Scope::Chain | Scope::File | Scope::Waiver => Vec::new(),
        };
        let within = Within {
            source: &given.source,
            has_on: self.given(Field::On).is_some(),
            variables: &variables,
            is_complete: self.known.complete,
            model: self.known.model,
        };
        let mut found = Vec::new();
        let check = (kind.read)(&node, &within, &mut found);
        // What a variable lacks was told where it is given.
        found.retain(|problem| !broken.contains(&problem.span));
        self.problems.append(&mut found);
        let new = self.problems.get_mut(before..).unwrap_or_default();
        for problem in new.iter_mut() {
            let message = &problem.message;
            if message.starts_with("unknown key") || message.ends_with("is missing") {
                problem.message = format!("{message} in `{}`", kind.name);
            }
        }
        substitute::explain(new, &replaced, self.known.variables);
        check
    }

    fn severity(&mut self, kind: Option<&Kind>) -> Option<Severities> {
        let given = self.given(Field::Severity)?;
        let Some(entries) = given.node.entries() else {
            let level = self.level(given, &given.node)?;
            return Some(Severities::All(level.severity()));
        };
        let Some(kind) = kind else {
            // Which outcomes there are is not known; the words are looked at all the same.
            for (_, node) in entries {
                self.level(given, node);
            }
            return None;
        };
        let outcomes = kind.outcomes;
        if outcomes.is_empty() {
            let message = format!("the check `{}` has one outcome alone", kind.name);
            let problem = given.problem(message, "a map");
            let help = "one of `error`, `warning`, `advice`, `off`";
            self.problems.push(problem.help(help));
            return None;
        }
        let names = || outcomes.iter().map(|(name, _)| *name);
        for (key, _) in entries {
            if names().any(|name| name == key.name) {
                continue;
            }
            self.unknown_outcome(given, key, kind, names());
        }
        let unnamed: Vec<String> = names()
            .filter(|name| given.node.get(name).is_none())
            .map(|name| format!("`{name}`"))
            .collect();
        if !unnamed.is_empty() {
            let unnamed = unnamed.join(", ");
            let message = format!("`severity` does not name every outcome: {unnamed} missing");
            let problem = given.problem(message, "outcomes");
            let help = "each outcome has `error`, `warning`, `advice` or `off`";
            self.problems.push(problem.help(help));
        }
        let levels = names().filter_map(|name| {
            let node = given.node.get(name)?;
            Some((name, self.level(given, node)?.severity()))
        });
        Some(Severities::ByOutcome(levels.collect()))
    }

    /// One word.
    fn level(&mut self, given: &Given, node: &Node) -> Option<Level> {
        let before = self.problems.len();
        let level = yaml::from_field("severity", node, &given.source, self.problems);
        let word = node.text().unwrap_or_default();
        let off = node.value == yaml::Value::Bool(false)
            || ["no", "none", "never", "disabled", "ignore", "Off", "OFF"].contains(&word);
        if let Some(problem) = self.problems.get_mut(before)
            && off
        {
            problem.help = Some("to turn it off, write `off`".to_owned());
        }
        level
    }

    fn on(&mut self, kind: Option<&Kind>) -> Option<super::On> {
        let given = self.given(Field::On);
        match (kind.map(|kind| kind.scope), given) {
            (Some(Scope::Certificate), None) => {
                let id = escape(&self.draft.id);
                let at = self.draft.asked.as_ref().unwrap_or(&self.draft.first);
                let problem = at.problem(
                    format!("rule `{id}` does not say which certificates it asks"),
                    "`on` is missing",
                );
                let help = "`on`: one of `leaf`, `intermediate`, `root`, `ca`, `any`";
                self.problems.push(problem.help(help));
                None
            }
            (Some(scope @ (Scope::Chain | Scope::File | Scope::Waiver)), Some(given)) => {
                let name = kind.map_or("", |kind| kind.name);
                let asked = match scope {
                    Scope::Waiver => "waivers, not certificates",
                    Scope::Certificate | Scope::Chain | Scope::File | Scope::ByRule => {
                        "the file, not its certificates"
                    }
                };
                let message = format!("the check `{name}` asks {asked}");
                let problem = given.problem(message, "`on` has no meaning here");
                let mut problem = problem.help("remove `on`");
                if let Some(check) = self.given(Field::Check) {
                    let at = check.location();
                    problem = problem.related(&at.source, at.span, "this check");
                }
                self.problems.push(problem);
                None
            }
            (Some(Scope::Certificate | Scope::ByRule) | None, Some(_)) => self.typed(Field::On),
            (Some(Scope::Chain | Scope::File | Scope::ByRule | Scope::Waiver) | None, None) => None,
        }
    }

    /// A rule about waivers is asked once in a run, of no file; and no waiver may hide another.
    fn refuse_for_waivers(&mut self, kind: Option<&Kind>) {
        let Some(kind) = kind.filter(|kind| kind.scope == Scope::Waiver) else {
            return;
        };
        for (field, why) in [
            (Field::When, "asks waivers, not chains"),
            (Field::Waivable, "is about waivers, which no waiver covers"),
        ] {
            if let Some(given) = self.given(field) {
                let field = field.as_str();
                let message = format!("the check `{}` {why}", kind.name);
                let problem = given.problem(message, &format!("`{field}` has no meaning here"));
                self.problems
                    .push(problem.help(format!("remove `{field}`")));
            }
        }
    }

    pub(super) fn unknown_outcome<'n>(
        &mut self,
        given: &Given,
        key: &Key,
        kind: &Kind,
        names: impl IntoIterator<Item = &'n str> + Clone,
    ) {
        let name = escape(&key.name);
        let message = format!("the check `{}` has no outcome `{name}`", kind.name);
        let at = Location::new(&given.source, key.span);
        let problem = at.problem(message, "unknown outcome");
        self.problems.push(problem.help(one_of(&key.name, names)));
    }
}
