//! The rules of a run, whether anything broke them or not, as the writers of `report` see them.

use std::collections::BTreeMap;

use super::Plan;
use crate::finding::ActiveRule;
use crate::policy::{Policy, Rule, Texts};
use crate::source::escape;

/// The rules of all policies of a plan that are selected and not off, by id and policy. Where two
/// files fall under one policy with different variables, the first one's rules stand for both: ids,
/// severities and texts know no variables before a file is judged.
pub(super) fn rules(plan: &Plan) -> Vec<ActiveRule> {
    let mut rules = BTreeMap::new();
    for policy in plan.policies() {
        for rule in policy.rules.iter().filter(|rule| plan.wants(rule)) {
            if let Some(active) = active(policy, rule) {
                rules
                    .entry((rule.id.clone(), policy.name.clone()))
                    .or_insert(active);
            }
        }
    }
    rules.into_values().collect()
}

/// A rule as writers see it; `None` where it is off.
fn active(policy: &Policy, rule: &Rule) -> Option<ActiveRule> {
    let help = rule.help.iter().flat_map(Texts::iter);
    Some(ActiveRule {
        id: rule.id.clone(),
        policy: policy.name.clone(),
        severity: rule.severity.worst()?,
        check: rule.check_name,
        description: rule.description.clone(),
        help: help.map(|(_, text)| text.as_written()).collect(),
        reference: rule.reference.clone(),
        examples: rule
            .examples
            .as_ref()
            .map(|examples| (printable(&examples.fail), printable(&examples.pass))),
    })
}

/// A text of several lines made safe to print.
fn printable(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(escape).collect();
    lines.join("\n")
}
