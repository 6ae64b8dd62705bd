//! What a policy says that can never come true, or never matters.
//!
//! Each rule is right by itself; alone, together, or with what public CAs may do, they are not.

mod alone;
mod pair;

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::Policy;
use super::document::{Field, Given};
use super::location::Location;
use super::rule::Rule;
use super::strictness::{Asked, asked};
use super::vars::Variables;
use crate::chain::Class;
use crate::check::Parameters;
use crate::check::expression::Model;
use crate::check::kinds::validity_limit::ValidityLimit;
use crate::yaml::{Node, Problem, Problems};

/// What is suspicious about a policy at an instant, each with its place. `limits` is what public CAs may issue, as
/// [`public_limits`] has it, where the policy itself does not say.
#[must_use]
pub fn dead_ends(policy: &Policy, limits: &[String], now: OffsetDateTime) -> Problems {
    let (variables, model) = (Variables::of(&policy.vars), Model::default());
    let rules: Vec<Looked<'_>> = policy
        .rules
        .iter()
        .filter(|rule| !rule.is_off())
        .map(|rule| Looked {
            rule,
            asked: asked(&rule.fields, &variables, &model),
        })
        .collect();
    let own = public_limits(policy);
    let limits = own.as_deref().unwrap_or(limits);
    let mut problems = Vec::new();
    for (at, one) in rules.iter().enumerate() {
        for other in rules.iter().skip(at.saturating_add(1)) {
            problems.extend(pair::told(one, other));
        }
        problems.extend(alone::told(one, limits, now.date()));
    }
    problems
}

/// What public CAs may issue, as the rule says that holds public leaves to it (`2026-03-15 200` and so on).
#[must_use]
pub fn public_limits(policy: &Policy) -> Option<Vec<String>> {
    let (variables, model) = (Variables::of(&policy.vars), Model::default());
    let is_of_public = |rule: &&Rule| {
        let classes = rule.when.class.as_deref();
        rule.check_name == ValidityLimit::NAME
            && !rule.is_off()
            && classes.is_none_or(|classes| classes.contains(&Class::Public))
    };
    let rule = policy.rules.iter().find(is_of_public)?;
    let limits = asked(&rule.fields, &variables, &model).remove("limits")?;
    let items = limits.value?.items()?.to_vec();
    Some(
        items
            .iter()
            .filter_map(Node::text)
            .map(str::to_owned)
            .collect(),
    )
}

/// A rule with what it asks by.
struct Looked<'a> {
    rule: &'a Rule,
    asked: BTreeMap<String, Asked>,
}

impl Looked<'_> {
    fn value(&self, name: &str) -> Option<&Node> {
        self.asked.get(name)?.value.as_ref()
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.value(name)?.integer()
    }

    /// Where it asks.
    fn place(&self) -> Location {
        let check = self.rule.fields.get(&Field::Check).map(Given::location);
        check.unwrap_or_else(|| self.rule.location.clone())
    }

    fn problem(&self, message: String, label: &str, help: &str) -> Problem {
        self.place().problem(message, label).help(help)
    }
}
