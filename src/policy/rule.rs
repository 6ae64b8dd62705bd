//! A rule, ready to be asked: what, of whom, and what to say.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::builtin::BUILTINS;
use super::document::{Field, Given};
use super::location::Location;
use super::template::Template;
use super::{Variable, emit};
use crate::chain::{Class, Role};
use crate::check::Check;
use crate::check::parameter::NonEmpty;
use crate::finding::{Origin, Severity};
use crate::source::escape;

/// A rule of a resolved policy.
#[derive(Debug)]
pub struct Rule {
    /// Its id, kebab-case.
    pub id: Arc<str>,
    /// The name of its check.
    pub check_name: &'static str,
    /// The check with its parameters.
    pub check: Check,
    /// How much its failures weigh.
    pub severity: Severities,
    /// Which certificates are asked; `None` for checks of a chain.
    pub on: Option<On>,
    /// Which chains are asked.
    pub when: When,
    /// What a finding says.
    pub message: Texts,
    /// How to mend it.
    pub help: Option<Texts>,
    /// The clause that asks for it.
    pub reference: Option<Arc<str>>,
    /// What is wanted and why.
    pub description: Option<Arc<str>>,
    /// What fails and what passes.
    pub examples: Option<Examples>,
    /// A policy that extends this one may tighten it, and no more.
    pub locked: bool,
    /// Whether a waiver may cover its findings.
    pub is_waivable: bool,
    /// Where the policy asks for it: the rule's id in the file that gave it its check.
    pub location: Location,
    /// The fields as they were written, each where it came from.
    pub fields: BTreeMap<Field, Given>,
}

impl Rule {
    /// Whether no failure of it is reported.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.severity.worst().is_none()
    }

    /// Where the policy asks for it, as findings say it.
    #[must_use]
    pub fn origin(&self) -> Origin {
        let name = self.location.source.name().clone();
        let line = self.location.line();
        if BUILTINS.iter().any(|(policy, _)| **policy == *name) {
            Origin::BuiltIn { policy: name, line }
        } else {
            Origin::File { path: name, line }
        }
    }

    /// Whom it asks, in words: `leaf, private chains`.
    #[must_use]
    pub fn asked_of(&self) -> String {
        let subject = match self.check {
            Check::Waiver(_) => "waivers",
            Check::Certificate(_) | Check::Chain(_) | Check::File(_) => "the file",
        };
        let mut asked = vec![self.on.map_or(subject, On::as_str).to_owned()];
        if let Some(classes) = &self.when.class {
            let classes: Vec<&str> = classes.iter().map(|class| class.as_str()).collect();
            asked.push(format!("{} chains", classes.join(" and ")));
        }
        let labels = [
            ("environment", &self.when.environment),
            ("app", &self.when.app),
        ];
        for (what, labels) in labels {
            if let Some(labels) = labels {
                asked.push(format!("{what} {}", escape(&labels.join(" or "))));
            }
        }
        match self.when.strict {
            Some(true) => asked.push("with --strict".to_owned()),
            Some(false) => asked.push("without --strict".to_owned()),
            None => {}
        }
        asked.join(", ")
    }

    /// Its check with the parameters, as YAML; a line for each variable in it says what that holds.
    #[must_use]
    pub fn check_as_yaml(&self, variables: &[Variable]) -> String {
        let mut out = String::new();
        let check = self.fields.get(&Field::Check);
        for (key, node) in check
            .and_then(|given| given.node.entries())
            .unwrap_or_default()
        {
            emit::entry(&mut out, 0, &key.name, node);
        }
        let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
        let named: BTreeSet<String> = out
            .split("vars.")
            .skip(1)
            .map(|rest| rest.chars().take_while(|c| is_word(*c)).collect())
            .collect();
        for variable in variables
            .iter()
            .filter(|variable| named.contains(&*variable.name))
        {
            let value = variable.value.as_ref();
            let value = value.map(|value| escape(&value.to_string()));
            let value = value.filter(|value| !value.is_empty());
            let value = value.as_deref().unwrap_or("empty");
            out.push_str(&format!("# vars.{} is {value}\n", variable.name));
        }
        out
    }

    /// Where a field came from.
    #[must_use]
    pub fn origin_of(&self, field: Field) -> Option<Location> {
        self.fields.get(&field).map(Given::location)
    }
}

/// The word for a severity in a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "SeverityOrOff")]
pub(super) enum Level {
    /// Will be refused.
    Error,
    /// Works today, but will hurt.
    Warning,
    /// Worth knowing.
    Advice,
    /// Is not reported.
    Off,
}

impl Level {
    pub(super) fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Advice => Some(Severity::Advice),
            Self::Off => None,
        }
    }
}

/// How much the failures of a rule weigh; `None` is off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Severities {
    /// All of them the same.
    All(Option<Severity>),
    /// By the check's outcome; every outcome is named.
    ByOutcome(Vec<(&'static str, Option<Severity>)>),
}

impl Severities {
    /// The severity of an outcome; `None` is off. A failure without an outcome (it could not be
    /// told which) weighs as much as the heaviest.
    #[must_use]
    pub fn of(&self, outcome: Option<&str>) -> Option<Severity> {
        match self {
            Self::All(severity) => *severity,
            Self::ByOutcome(outcomes) => outcomes
                .iter()
                .find(|(name, _)| Some(*name) == outcome)
                .map_or_else(|| self.worst(), |(_, severity)| *severity),
        }
    }

    /// The heaviest; `None` where all is off.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        match self {
            Self::All(severity) => *severity,
            Self::ByOutcome(outcomes) => {
                outcomes.iter().filter_map(|(_, severity)| *severity).max()
            }
        }
    }
}

/// On one line: `error`, or `error (invalid), warning (short)`.
impl fmt::Display for Severities {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |severity: Option<Severity>| severity.map_or("off", Severity::as_str);
        match self {
            Self::All(severity) => formatter.write_str(word(*severity)),
            Self::ByOutcome(outcomes) => {
                let each = outcomes
                    .iter()
                    .map(|(outcome, severity)| format!("{} ({outcome})", word(*severity)));
                formatter.write_str(&each.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// What is said of a failure: one text, or one for each outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// Not empty; the last one is for every outcome that has none of its own.
    texts: Vec<(Option<&'static str>, Template)>,
}

impl Texts {
    /// One text for all outcomes.
    pub(super) fn one(text: Template) -> Self {
        Self {
            texts: vec![(None, text)],
        }
    }

    /// The texts of outcomes, and of all others (`None`); `None` where there is no text.
    pub(super) fn by_outcome(mut texts: Vec<(Option<&'static str>, Template)>) -> Option<Self> {
        texts.sort_by_key(|(outcome, _)| outcome.is_none());
        (!texts.is_empty()).then_some(Self { texts })
    }

    /// The text for an outcome.
    #[must_use]
    pub fn of(&self, outcome: Option<&str>) -> &Template {
        static NOTHING: Template = Template::nothing();
        let named = self
            .texts
            .iter()
            .find(|(name, _)| name.is_some() && *name == outcome);
        named
            .or(self.texts.last())
            .map_or(&NOTHING, |(_, text)| text)
    }

    /// All texts with their outcomes; `None` is every other one.
    pub fn iter(&self) -> impl Iterator<Item = (Option<&'static str>, &Template)> {
        self.texts.iter().map(|(outcome, text)| (*outcome, text))
    }
}

/// Which certificates of a chain are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum On {
    /// End-entity certificates.
    Leaf,
    /// CAs below the root.
    Intermediate,
    /// The root.
    Root,
    /// Intermediates and the root.
    Ca,
    /// Every certificate.
    Any,
}

impl On {
    /// The name in policies.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Leaf => "leaf",
            Self::Intermediate => "intermediate",
            Self::Root => "root",
            Self::Ca => "ca",
            Self::Any => "any",
        }
    }

    /// The certificates that are asked, as their roles are called.
    pub(super) fn roles(self) -> BTreeSet<String> {
        let roles = [Role::Leaf, Role::Intermediate, Role::Root].into_iter();
        let asked = roles.filter(|role| self.selects(*role));
        asked.map(|role| role.as_str().to_owned()).collect()
    }

    /// Whether a certificate of that role is asked.
    #[must_use]
    pub fn selects(self, role: Role) -> bool {
        match (self, role) {
            (Self::Leaf, Role::Leaf)
            | (Self::Intermediate | Self::Ca, Role::Intermediate)
            | (Self::Root | Self::Ca, Role::Root)
            | (Self::Any, _) => true,
            (Self::Leaf | Self::Intermediate | Self::Root | Self::Ca, _) => false,
        }
    }
}

/// What is known of a file before any rule runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Labels<'a> {
    /// The class of its chain.
    pub class: Class,
    /// The environment that the config gives it.
    pub environment: Option<&'a str>,
    /// The app that the config gives it.
    pub app: Option<&'a str>,
    /// Whether the run is strict.
    pub strict: bool,
}

/// Which chains are asked; what is not given does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// Chains of one of these classes.
    pub class: Option<NonEmpty<Class>>,
    /// Files to which the config gives one of these environments.
    pub environment: Option<NonEmpty<String>>,
    /// Files to which the config gives one of these apps.
    pub app: Option<NonEmpty<String>>,
    /// Only with `--strict` (`true`), or only without it (`false`).
    pub strict: Option<bool>,
}

impl When {
    /// Whether a chain is asked. A file without the label that is wanted is not.
    #[must_use]
    pub fn matches(&self, labels: &Labels<'_>) -> bool {
        let text = |wanted: &Option<NonEmpty<String>>, label: Option<&str>| {
            wanted.as_ref().is_none_or(|wanted| {
                label.is_some_and(|label| wanted.iter().any(|wanted| wanted == label))
            })
        };
        let class = self
            .class
            .as_ref()
            .is_none_or(|wanted| wanted.contains(&labels.class));
        class
            && text(&self.environment, labels.environment)
            && text(&self.app, labels.app)
            && self.strict.is_none_or(|wanted| wanted == labels.strict)
    }
}

/// A chain that fails and one that passes, or what they look like.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Examples {
    /// What fails.
    pub fail: String,
    /// What passes.
    pub pass: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ca_is_an_intermediate_or_a_root() {
        let selected =
            |on: On| [Role::Leaf, Role::Intermediate, Role::Root].map(|role| on.selects(role));
        assert_eq!(selected(On::Leaf), [true, false, false]);
        assert_eq!(selected(On::Intermediate), [false, true, false]);
        assert_eq!(selected(On::Root), [false, false, true]);
        assert_eq!(selected(On::Ca), [false, true, true]);
        assert_eq!(selected(On::Any), [true, true, true]);
    }

    const PLAIN: Labels<'_> = Labels {
        class: Class::Private,
        environment: None,
        app: None,
        strict: false,
    };

    #[test]
    fn a_rule_without_conditions_is_asked_of_every_chain() {
        assert!(When::default().matches(&PLAIN));
    }

    #[test]
    fn every_condition_must_hold() {
        let when = When {
            class: Some(NonEmpty::of(Class::Private, [])),
            environment: Some(NonEmpty::of(
                "production".to_owned(),
                ["staging".to_owned()],
            )),
            app: None,
            strict: Some(false),
        };
        let labels = Labels {
            environment: Some("staging"),
            ..PLAIN
        };
        assert!(when.matches(&labels));
        let strict = Labels {
            strict: true,
            ..labels
        };
        assert!(!when.matches(&strict));
        let public = Labels {
            class: Class::Public,
            ..labels
        };
        assert!(!when.matches(&public));
        assert!(!when.matches(&PLAIN), "it has no environment");
    }

    #[test]
    fn severities_go_by_outcome_and_the_unknown_weighs_most() {
        let severities = Severities::ByOutcome(vec![
            ("absent", Some(Severity::Advice)),
            ("wrong", Some(Severity::Error)),
            ("odd", None),
        ]);
        assert_eq!(severities.of(Some("absent")), Some(Severity::Advice));
        assert_eq!(severities.of(Some("odd")), None);
        assert_eq!(severities.of(None), Some(Severity::Error));
        assert_eq!(Severities::All(None).of(Some("absent")), None);
    }
}
