//! Where variables come from: declared in policies, set in policies, configs and on the command line.

use schemars::JsonSchema;
use serde::Deserialize;

use super::document::Given;
use super::location::Location;
use super::variable::{VarType, VarValue, Variable};
use crate::check::expression::Constant;
use crate::source::escape;
use crate::span::Span;
use crate::yaml::{self, Key, Located, Node, Problem, Problems, one_of};

/// A value for a variable from outside the policies: a config or the command line.
#[derive(Debug, Clone)]
pub struct Override {
    /// The variable.
    pub name: String,
    /// Where the name stands.
    pub name_at: Location,
    /// The value.
    pub value: OverrideValue,
    /// Where the value stands.
    pub value_at: Location,
}

/// A value as it was given.
#[derive(Debug, Clone, PartialEq)]
pub enum OverrideValue {
    /// In YAML.
    Yaml(Node),
    /// On the command line: read as the variable's type wants it, lists by commas.
    Text(String),
}

impl Override {
    /// From a config's `vars`.
    #[must_use]
    pub fn from_entry(key: &Key, given: &Given) -> Self {
        Self {
            name: key.name.clone(),
            name_at: Location::new(&given.source, key.span),
            value: OverrideValue::Yaml(given.node.clone()),
            value_at: given.location(),
        }
    }

    /// From `NAME=VALUE`.
    ///
    /// # Errors
    /// When there is no `=` or no name before it.
    pub fn from_flag(text: &str) -> Result<Self, Box<Problem>> {
        let at = Location::of_text("--var", text);
        let Some((name, value)) = text.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            let message = format!("`--var {}` gives no variable a value", escape(text));
            let problem = at.problem(message, "has no `NAME=`");
            return Err(Box::new(problem.help("write `--var NAME=VALUE`")));
        };
        let value_start = name.len().saturating_add(1);
        Ok(Self {
            name: name.to_owned(),
            name_at: Location::new(&at.source, Span::new(0, name.len())),
            value: OverrideValue::Text(value.to_owned()),
            value_at: Location::new(&at.source, Span::new(value_start, text.len())),
        })
    }
}

/// Names the overrides that none of a run's policies declares; `variables` are those of all its
/// policies.
pub fn undeclared<'a>(
    overrides: impl IntoIterator<Item = &'a Override>,
    variables: impl IntoIterator<Item = &'a Variable>,
) -> Problems {
    let names: Vec<&str> = variables.into_iter().map(|known| &*known.name).collect();
    overrides
        .into_iter()
        .filter(|given| !names.contains(&given.name.as_str()))
        .map(|given| unknown(&given.name, &given.name_at, names.iter().copied()))
        .collect()
}

pub(super) fn unknown<'a>(
    name: &str,
    at: &Location,
    names: impl IntoIterator<Item = &'a str>,
) -> Problem {
    let mut names: Vec<&str> = names.into_iter().collect();
    names.sort_unstable();
    names.dedup();
    let message = format!("no policy declares the variable `{}`", escape(name));
    at.problem(message, "unknown variable")
        .help(one_of(name, names))
}

/// A declaration: the type, a default, what it is for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = super::schema::require_type)]
pub(super) struct Declaration {
    /// What the variable holds.
    #[serde(rename = "type")]
    #[schemars(with = "VarType")]
    kind: Located<VarType>,
    /// The value where nothing else gives one; without it the variable is empty until it is set.
    #[schemars(schema_with = "super::schema::var_value")]
    default: Option<Node>,
    /// What the variable is for.
    description: Option<String>,
}

/// The variables of a policy, gathered from its files from the first parent on.
#[derive(Debug, Clone, Default)]
pub(super) struct Variables {
    all: Vec<Variable>,
    /// Names whose declaration or value is broken: their use is not a further mistake.
    broken: Vec<String>,
}

impl Variables {
    /// Those of a policy that was read.
    pub(super) fn of(all: &[Variable]) -> Self {
        Self {
            all: all.to_vec(),
            broken: Vec::new(),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Variable> {
        self.all.iter().find(|known| &*known.name == name)
    }

    pub(super) fn into_all(self) -> Vec<Variable> {
        self.all
    }

    pub(super) fn names(&self) -> Vec<&str> {
        self.all.iter().map(|known| &*known.name).collect()
    }

    /// The variables as expressions use them.
    pub(super) fn constants(&self) -> Vec<(&str, Constant)> {
        let broken = self.broken.iter();
        let broken = broken.map(|name| (name.as_str(), Constant::Broken));
        let known = self.all.iter();
        let known = known.filter(|variable| !self.is_broken(&variable.name));
        let known = known.map(|variable| (&*variable.name, variable.constant()));
        known.chain(broken).collect()
    }

    pub(super) fn is_broken(&self, name: &str) -> bool {
        self.broken.iter().any(|broken| broken == name)
    }

    /// Takes an entry of a file's `vars`. `complete` says that all parents could be read.
    pub(super) fn entry(
        &mut self,
        key: &Key,
        given: &Given,
        complete: bool,
        problems: &mut Problems,
    ) {
        let at = Location::new(&given.source, key.span);
        if given.node.entries().is_some() {
            self.declare(key, given, &at, problems);
        } else if let Some(known) = self.all.iter_mut().find(|known| *known.name == *key.name) {
            if !set(known, given, problems) {
                self.broken.push(key.name.clone());
            }
        } else if complete && !self.is_broken(&key.name) {
            let problem = unknown(&key.name, &at, self.names());
            let help = match &problem.help {
                Some(help) if help.starts_with("did you mean") => help.clone(),
                Some(_) | None => format!(
                    "to declare it here, write `{}: {{ type: string, default: … }}`",
                    escape(&key.name)
                ),
            };
            problems.push(problem.help(help));
            self.broken.push(key.name.clone());
        }
    }

    fn declare(&mut self, key: &Key, given: &Given, at: &Location, problems: &mut Problems) {
        if !is_name(&key.name) {
            let message = format!("`{}` cannot be a variable's name", escape(&key.name));
            let problem = at.problem(message, "variable");
            problems.push(problem.help("lower-case letters, digits and underscores"));
        }
        let name = format!("vars.{}", key.name);
        let declaration = yaml::from_field(&name, &given.node, &given.source, problems);
        let Some(declaration): Option<Declaration> = declaration else {
            self.broken.push(key.name.clone());
            return;
        };
        let kind = declaration.kind.value;
        let mut variable = Variable {
            name: key.name.as_str().into(),
            kind,
            description: declaration.description.map(Into::into),
            value: None,
            declared: at.clone(),
            origin: at.clone(),
        };
        if let Some(node) = declaration.default {
            let source = given.source.clone();
            if !set(&mut variable, &Given { node, source }, problems) {
                self.broken.push(key.name.clone());
            }
        }
        match self.all.iter_mut().find(|known| *known.name == *key.name) {
            Some(known) if known.kind == kind => *known = variable,
            Some(known) => {
                let name = escape(&key.name);
                let message = format!(
                    "the variable `{name}` is declared as {} elsewhere, as {} here",
                    known.kind.as_str(),
                    kind.as_str()
                );
                let there = &known.declared;
                let location = Location::new(&given.source, declaration.kind.span);
                let problem = location.problem(message, "another type");
                problems.push(
                    problem
                        .related(&there.source, there.span, "first declared here")
                        .help(format!("to give it a value, write `{name}: VALUE`")),
                );
            }
            None => self.all.push(variable),
        }
    }

    /// Applies values from outside, the later ones winning. Names that this policy does not
    /// declare are left to [`undeclared`].
    pub(super) fn apply(&mut self, overrides: &[Override], problems: &mut Problems) {
        for given in overrides {
            let Some(known) = self.all.iter_mut().find(|known| *known.name == *given.name) else {
                continue;
            };
            let value = match &given.value {
                OverrideValue::Yaml(node) => VarValue::from_node(node, known.kind),
                OverrideValue::Text(text) => VarValue::from_text(text, known.kind),
            };
            let found = match &given.value {
                OverrideValue::Yaml(node) => node.describe(),
                OverrideValue::Text(text) => format!("the text \"{}\"", escape(text)),
            };
            if !take(known, value, &given.value_at, &found, problems) {
                self.broken.push(given.name.clone());
            }
        }
    }
}

/// Whether the value is one of the variable's type; where it is not, that was told.
fn set(variable: &mut Variable, given: &Given, problems: &mut Problems) -> bool {
    if given.node.is_null() {
        return true;
    }
    let value = VarValue::from_node(&given.node, variable.kind);
    let found = given.node.describe();
    take(variable, value, &given.location(), &found, problems)
}

fn take(
    variable: &mut Variable,
    value: Option<VarValue>,
    at: &Location,
    found: &str,
    problems: &mut Problems,
) -> bool {
    let Some(value) = value else {
        let message = format!(
            "the variable `{}` holds {}, found {found}",
            escape(&variable.name),
            variable.kind.wanted()
        );
        let there = &variable.declared;
        problems.push(at.problem(message, found).related(
            &there.source,
            there.span,
            "declared here",
        ));
        return false;
    };
    variable.value = Some(value);
    variable.origin = at.clone();
    true
}

fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_lowercase() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
