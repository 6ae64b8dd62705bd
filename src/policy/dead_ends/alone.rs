//! What is suspicious about a rule by itself.

use time::Date;

use super::Looked;
use crate::chain::{Class, Role};
use crate::check::expression::Known;
use crate::check::kinds::remaining_validity::RemainingValidity;
use crate::check::kinds::validity_period::ValidityPeriod;
use crate::check::{Parameters, public_limit};
use crate::policy::rule::On;
use crate::source::escape;
use crate::yaml::{Problem, Problems};

pub(super) fn told(rule: &Looked<'_>, limits: &[String], today: Date) -> Problems {
    let problems = [certain(rule), unissuable(rule, limits, today)];
    problems.into_iter().flatten().collect()
}

/// A rule that says the same of everything that it is asked of.
fn certain(looked: &Looked<'_>) -> Option<Problem> {
    let rule = looked.rule;
    let all = [Role::Leaf, Role::Intermediate, Role::Root];
    let roles: Vec<Role> = all
        .into_iter()
        .filter(|role| rule.on.is_none_or(|on| on.selects(*role)))
        .collect();
    let known = Known {
        roles: &roles,
        classes: rule.when.class.as_deref(),
    };
    let id = escape(&rule.id);
    Some(if rule.check.certain(&known)? {
        looked.problem(
            format!("nothing can fail `{id}`"),
            "always true",
            "name the facts that have to differ, or leave the rule out",
        )
    } else {
        looked.problem(
            format!("nothing can pass `{id}`"),
            "never true",
            "name a fact that can hold, or say by `on` and `when` of what it can",
        )
    })
}

/// A least lifetime for public leaves that no public CA may issue any more.
fn unissuable(looked: &Looked<'_>, limits: &[String], today: Date) -> Option<Problem> {
    let rule = looked.rule;
    let is_lifetime = [ValidityPeriod::NAME, RemainingValidity::NAME].contains(&rule.check_name);
    let of_leaves = matches!(rule.on, Some(On::Leaf | On::Any));
    let classes = rule.when.class.as_deref();
    let of_public = classes.is_none_or(|classes| classes.contains(&Class::Public));
    if !is_lifetime || !of_leaves || !of_public {
        return None;
    }
    let (from, most) = public_limit(limits, today)?;
    let more_than = looked.number("longer_than_days");
    let least = looked
        .number("min_days")
        .max(more_than.map(|days| days.saturating_add(1)));
    let least = least.filter(|least| *least > i64::from(most))?;
    let id = escape(&rule.id);
    let message = format!(
        "no public leaf of today satisfies `{id}`: it asks for {least} days, and public CAs issue for {most} at \
         most since {from}"
    );
    let help = "leave public chains out: `when: { class: [private] }`";
    Some(looked.problem(message, "more than a public CA may issue", help))
}
