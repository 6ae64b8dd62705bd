//! `chainlint explain`: what a rule wants, why, and how to mend what breaks it.

use std::fmt::Write;
use std::sync::Arc;

use clap::Args;

use super::check::unknown_rule;
use super::environment::Environment;
use super::rules::severity;
use super::{Failure, Outcome, policies};
use crate::check;
use crate::policy::{BUILTINS, Policy, Rule};
use crate::source::escape;

/// Explain a rule: what it wants, why, and how to mend what breaks it.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The rule's id.
    rule: String,
    /// The policy to look in; without it, those that the config here names, and all built-in ones.
    #[arg(long, value_name = "NAME|FILE")]
    policy: Option<String>,
}

pub(super) fn run(
    arguments: &Arguments,
    environment: &mut Environment,
) -> Result<Outcome, Failure> {
    let policies = match &arguments.policy {
        Some(name) => vec![Arc::new(policies::named(name, &[], environment)?)],
        None => known(environment)?,
    };
    let with_rule: Vec<(&Policy, &Rule)> = policies
        .iter()
        .filter_map(|policy| policy.rule(&arguments.rule).map(|rule| (&**policy, rule)))
        .collect();
    let Some((policy, rule)) = with_rule.first() else {
        return Err(not_found(&arguments.rule, &policies, environment));
    };
    environment.output(&text(policy, rule, &with_rule))?;
    Ok(Outcome::Clean)
}

/// The policies to look in: those that the config here names, then the built-in ones, the default first, then those that
/// rest on others, which say most about a rule.
fn known(environment: &Environment) -> Result<Vec<Arc<Policy>>, Failure> {
    // What is wrong with a config is no matter here.
    let config = policies::config(None, false, environment).ok().flatten();
    let of_config = config.map(|config| policies::named_by(&config, environment).0.policies);
    let mut known: Vec<Arc<Policy>> = Vec::new();
    for named in of_config.unwrap_or_default() {
        let is_known = known.iter().any(|policy| policy.name == named.policy.name);
        if named.entry.is_some() && !is_known {
            known.push(named.policy);
        }
    }
    let builtins = BUILTINS.iter().rev().map(|(name, _)| *name);
    let others = builtins.filter(|name| *name != policies::DEFAULT);
    for name in std::iter::once(policies::DEFAULT).chain(others) {
        if known.iter().all(|policy| &*policy.name != name) {
            known.push(Arc::new(policies::named(name, &[], environment)?));
        }
    }
    Ok(known)
}

/// That there is no such rule: in which built-in policy it is, or what is nearest.
fn not_found(wanted: &str, policies: &[Arc<Policy>], environment: &Environment) -> Failure {
    let has = |name: &&&str| {
        let policy = policies::named(name, &[], environment);
        policy.is_ok_and(|policy| policy.rule(wanted).is_some())
    };
    let names: Vec<&str> = BUILTINS.iter().map(|(name, _)| *name).collect();
    if let Some(name) = names.iter().find(has) {
        let wanted = escape(wanted);
        return Failure::Said(format!(
            "the policy has no rule `{wanted}`: it is one of `{name}`"
        ));
    }
    let rules = policies.iter().flat_map(|policy| &policy.rules);
    unknown_rule(wanted, rules.map(|rule| &*rule.id))
}

fn text(policy: &Policy, rule: &Rule, everywhere: &[(&Policy, &Rule)]) -> String {
    let mut out = format!("{}\n\n", rule.id);
    // Writing to a String cannot fail.
    if let Some(description) = &rule.description {
        let _ = writeln!(out, "{description}\n");
    }
    if let Some(reference) = &rule.reference {
        let _ = writeln!(out, "Source    {reference}");
    }
    for (policy, rule) in everywhere {
        let _ = writeln!(out, "Severity  {} in {}", severity(rule), policy.name);
    }
    let _ = writeln!(out, "Asked of  {}", rule.asked_of());
    if rule.locked {
        out.push_str("Locked    a policy that extends this one may tighten it, and no more\n");
    }
    if !rule.is_waivable {
        out.push_str("Waivers   none covers it\n");
    }
    let _ = writeln!(out, "Written   {}", rule.location);
    let asks = indented(&rule.check_as_yaml(&policy.vars));
    let _ = write!(out, "\nAsks\n{asks}\nSays\n");
    for (outcome, message) in rule.message.iter() {
        let _ = writeln!(out, "  {}{}", named(outcome), message.as_written());
    }
    if let Some(help) = &rule.help {
        out.push_str("\nMend\n");
        for (outcome, help) in help.iter() {
            let _ = writeln!(out, "  {}{}", named(outcome), help.as_written());
        }
    }
    if let Some(examples) = &rule.examples {
        let _ = write!(
            out,
            "\nFails   {}\nPasses  {}\n",
            examples.fail.replace('\n', "\n        "),
            examples.pass.replace('\n', "\n        ")
        );
    }
    if let Some(kind) = check::kind(rule.check_name) {
        let _ = write!(
            out,
            "\nThe check `{}`\n{}",
            kind.name,
            indented(&check::documentation(kind))
        );
    }
    out
}

fn named(outcome: Option<&str>) -> String {
    outcome.map_or_else(String::new, |outcome| format!("{outcome}: "))
}

fn indented(text: &str) -> String {
    let line = |line: &str| {
        if line.is_empty() {
            "\n".to_owned()
        } else {
            format!("  {line}\n")
        }
    };
    text.lines().map(line).collect()
}
