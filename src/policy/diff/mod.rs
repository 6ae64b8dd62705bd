//! What one policy accepts that another does not, rule by rule.

mod consequence;

use std::collections::BTreeSet;

use serde::Serialize;

use super::rule::{On, Rule, When};
use super::strictness::{Asked, asked, is_same};
use super::vars::Variables;
use super::{Policy, Reference, emit};
use crate::chain::Class;
use crate::check::expression::Model;
use crate::check::parameter::NonEmpty;
use crate::yaml::Node;
use consequence::{Side, of_sets, of_severities, of_values};

/// One difference between two policies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The rule's id, the variable's name, `waivers` for their bounds, or `trust_anchors`.
    pub of: String,
    /// What differs: `rule`, `severity`, `on`, `when.class` and the like, `check`, a parameter's name, `vars.` and the
    /// name of a variable that an expression reads, `locked`, `waivable`, `max_days`, `file`, or `variable`.
    pub what: String,
    /// What the first policy says; empty where it says nothing.
    pub first: String,
    /// What the second one says.
    pub second: String,
    /// What follows from it, a sentence; empty where nothing can be said in general.
    pub consequence: String,
}

/// What two policies are called in sentences.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// The first.
    pub first: &'a str,
    /// The second.
    pub second: &'a str,
}

/// The differences in what two policies ask, by rule in the order of the first; texts do not count.
#[must_use]
pub fn diff(first: &Policy, second: &Policy, names: Names<'_>) -> Vec<Difference> {
    let mut differ = Differ {
        names,
        variables: (Variables::of(&first.vars), Variables::of(&second.vars)),
        model: Model::default(),
        of: String::new(),
        differences: Vec::new(),
    };
    let asked = |policy: &Policy, id: &str| policy.rule(id).is_some_and(|rule| !rule.is_off());
    for rule in first.rules.iter().filter(|rule| !rule.is_off()) {
        match second.rule(&rule.id).filter(|other| !other.is_off()) {
            Some(other) => differ.rules(rule, other),
            None => differ.alone(rule, true),
        }
    }
    for rule in second.rules.iter().filter(|rule| !rule.is_off()) {
        if !asked(first, &rule.id) {
            differ.alone(rule, false);
        }
    }
    differ.anchors(first, second);
    differ.waivers(first, second);
    differ.values(first, second);
    differ.differences
}

/// The labels that a rule waits for; `None` is any.
type Labels = Option<BTreeSet<String>>;

struct Differ<'a> {
    names: Names<'a>,
    variables: (Variables, Variables),
    model: Model,
    /// What the differences are of that are being told.
    of: String,
    differences: Vec<Difference>,
}

impl Differ<'_> {
    fn push(&mut self, what: &str, first: String, second: String, consequence: String) {
        if first != second {
            self.differences.push(Difference {
                of: self.of.clone(),
                what: what.to_owned(),
                first,
                second,
                consequence,
            });
        }
    }

    /// A rule that one policy has alone.
    fn alone(&mut self, rule: &Rule, is_first: bool) {
        self.of = rule.id.to_string();
        let (has, lacks) = if is_first {
            (self.names.first, self.names.second)
        } else {
            (self.names.second, self.names.first)
        };
        let consequence = format!("{lacks} accepts what breaks it, {has} does not");
        let (severity, off) = (rule.severity.to_string(), "off".to_owned());
        let (first, second) = if is_first {
            (severity, off)
        } else {
            (off, severity)
        };
        self.push("rule", first, second, consequence);
    }

    fn rules(&mut self, first: &Rule, second: &Rule) {
        self.of = first.id.to_string();
        self.push(
            "severity",
            first.severity.to_string(),
            second.severity.to_string(),
            of_severities(&first.severity, &second.severity, self.names),
        );
        self.asked_of(first, second);
        let loosens = if first.locked {
            self.names.second
        } else {
            self.names.first
        };
        let consequence = format!("policies that extend {loosens} may loosen it");
        let shown = |flag: bool| flag.to_string();
        self.push(
            "locked",
            shown(first.locked),
            shown(second.locked),
            consequence,
        );
        let waives = if first.is_waivable {
            self.names.first
        } else {
            self.names.second
        };
        let consequence = format!("{waives} lets waivers cover it");
        let (one, other) = (first.is_waivable, second.is_waivable);
        self.push("waivable", shown(one), shown(other), consequence);
        if first.check_name != second.check_name {
            let name = |rule: &Rule| rule.check_name.to_owned();
            let consequence = "the two ask for different things".to_owned();
            self.push("check", name(first), name(second), consequence);
            return;
        }
        self.parameters(first, second);
    }

    fn asked_of(&mut self, first: &Rule, second: &Rule) {
        let on = |rule: &Rule| rule.on.map(On::roles);
        let shown = |rule: &Rule| rule.on.map_or("the file", On::as_str).to_owned();
        let consequence = match (on(first), on(second)) {
            (Some(one), Some(other)) => of_sets(Some(&one), Some(&other), self.names),
            _ => String::new(),
        };
        self.push("on", shown(first), shown(second), consequence);
        let (one, other) = (&first.when, &second.when);
        let class = |when: &When| {
            let classes = when.class.as_ref()?.iter();
            Some(
                classes
                    .map(|class| Class::as_str(*class).to_owned())
                    .collect(),
            )
        };
        let texts =
            |texts: &Option<NonEmpty<String>>| Some(texts.as_ref()?.iter().cloned().collect());
        let strict = |when: &When| {
            let word = if when.strict? {
                "with --strict"
            } else {
                "without --strict"
            };
            Some(BTreeSet::from([word.to_owned()]))
        };
        let conditions: [(&str, Labels, Labels); 4] = [
            ("when.class", class(one), class(other)),
            (
                "when.environment",
                texts(&one.environment),
                texts(&other.environment),
            ),
            ("when.app", texts(&one.app), texts(&other.app)),
            ("when.strict", strict(one), strict(other)),
        ];
        for (what, one, other) in conditions {
            let shown = |set: &Labels| {
                let set = set
                    .as_ref()
                    .map(|set| set.iter().cloned().collect::<Vec<_>>());
                set.map_or_else(|| "any".to_owned(), |set| set.join(", "))
            };
            let consequence = of_sets(one.as_ref(), other.as_ref(), self.names);
            self.push(what, shown(&one), shown(&other), consequence);
        }
    }

    fn parameters(&mut self, first: &Rule, second: &Rule) {
        let one = asked(&first.fields, &self.variables.0, &self.model);
        let other = asked(&second.fields, &self.variables.1, &self.model);
        let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
        for name in names {
            let value = |asked: Option<&Asked>| asked.and_then(|asked| asked.value.clone());
            let (left, right) = (value(one.get(name)), value(other.get(name)));
            if is_same(left.as_ref(), right.as_ref()) {
                continue;
            }
            let Some(asked) = one.get(name).or(other.get(name)) else {
                continue;
            };
            let left = Side {
                name: self.names.first,
                value: left.as_ref(),
            };
            let right = Side {
                name: self.names.second,
                value: right.as_ref(),
            };
            // `longer_than_days` does not allow its bound itself.
            let is_exact = !name.starts_with("vars.") && !name.starts_with("longer_than_");
            let consequence = of_values(asked.direction, left, right, is_exact);
            self.push(name, shown(left.value), shown(right.value), consequence);
        }
    }

    fn anchors(&mut self, first: &Policy, second: &Policy) {
        "trust_anchors".clone_into(&mut self.of);
        let has = |policy: &Policy, wanted: &Reference| {
            let path = wanted.folder.join(&wanted.text);
            let mut anchors = policy.trust_anchors.iter();
            anchors.any(|anchor| anchor.folder.join(&anchor.text) == path)
        };
        for anchor in first
            .trust_anchors
            .iter()
            .filter(|anchor| !has(second, anchor))
        {
            let consequence = format!(
                "{} trusts it, {} does not",
                self.names.first, self.names.second
            );
            self.push("file", anchor.text.clone(), String::new(), consequence);
        }
        for anchor in second
            .trust_anchors
            .iter()
            .filter(|anchor| !has(first, anchor))
        {
            let consequence = format!(
                "{} trusts it, {} does not",
                self.names.second, self.names.first
            );
            self.push("file", String::new(), anchor.text.clone(), consequence);
        }
    }

    fn waivers(&mut self, first: &Policy, second: &Policy) {
        "waivers".clone_into(&mut self.of);
        let days = |policy: &Policy| policy.waiver_days.as_ref().map(|bound| bound.days.get());
        let (one, other) = (days(first), days(second));
        let unbounded = |days: Option<u16>| days.map_or(u32::MAX, u32::from);
        let wide = if unbounded(one) > unbounded(other) {
            self.names.first
        } else {
            self.names.second
        };
        let shown = |days: Option<u16>| days.map(|days| days.to_string()).unwrap_or_default();
        let consequence = format!("waivers may hold for longer under {wide}");
        self.push("max_days", shown(one), shown(other), consequence);
    }

    /// The variables that both have: rules that go by them are told as well.
    fn values(&mut self, first: &Policy, second: &Policy) {
        for variable in &first.vars {
            let mut others = second.vars.iter();
            let Some(other) = others.find(|other| other.name == variable.name) else {
                continue;
            };
            self.of = variable.name.to_string();
            let shown = |variable: &super::Variable| {
                let value = variable.value.as_ref();
                value.map(ToString::to_string).unwrap_or_default()
            };
            self.push("variable", shown(variable), shown(other), String::new());
        }
    }
}

/// A value on one line.
fn shown(node: Option<&Node>) -> String {
    let Some(node) = node else {
        return String::new();
    };
    let mut out = String::new();
    emit::flow(&mut out, node);
    out
}
