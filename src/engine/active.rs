//! The rules of a run, whether anything broke them or not, as the writers of `report` see them.

use std::collections::BTreeMap;

use super::Plan;
use crate::finding::ActiveRule;
use crate::policy::{Policy, Rule, Texts};

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
        help: help.map(|(_, text)| policy.described(rule, text)).collect(),
        reference: rule.reference.clone(),
        examples: rule
            .examples
            .as_ref()
            .map(|examples| (examples.fail.clone(), examples.pass.clone())),
    })
}
