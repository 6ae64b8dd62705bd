//! `chainlint explain`: what a rule wants, why, and how to mend what breaks it.

use std::fmt::Write;

use clap::Args;

use super::check::unknown_rule;
use super::environment::Environment;
use super::rules::severity;
use super::{Failure, Outcome, policies};
use crate::check;
use crate::policy::{BUILTINS, Policy, Rule};

/// Explain a rule: what it wants, why, and how to mend what breaks it.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The rule's id.
    rule: String,
    /// The policy to look in; without it, all built-in ones.
    #[arg(long, value_name = "NAME|FILE")]
    policy: Option<String>,
}

pub(super) fn run(
    arguments: &Arguments,
    environment: &mut Environment,
) -> Result<Outcome, Failure> {
    let policies = match &arguments.policy {
        Some(name) => vec![policies::named(name, &[], environment)?],
        // Those that rest on others last: they say most about a rule.
        None => BUILTINS
            .iter()
            .rev()
            .map(|(name, _)| policies::named(name, &[], environment))
            .collect::<Result<_, _>>()?,
    };
    let with_rule: Vec<(&Policy, &Rule)> = policies
        .iter()
        .filter_map(|policy| policy.rule(&arguments.rule).map(|rule| (policy, rule)))
        .collect();
    let named_default = with_rule
        .iter()
        .find(|(policy, _)| &*policy.name == policies::DEFAULT);
    let Some((_, rule)) = named_default.or(with_rule.first()) else {
        let ids = policies
            .iter()
            .flat_map(|policy| &policy.rules)
            .map(|rule| &*rule.id);
        return Err(unknown_rule(&arguments.rule, ids));
    };
    environment.output(&text(rule, &with_rule))?;
    Ok(Outcome::Clean)
}

fn text(rule: &Rule, everywhere: &[(&Policy, &Rule)]) -> String {
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
    if let Some(on) = rule.on {
        let _ = writeln!(out, "Asked of  {}", on.as_str());
    }
    if rule.locked {
        out.push_str("Locked    a policy that extends this one may tighten it, and no more\n");
    }
    if !rule.is_waivable {
        out.push_str("Waivers   none covers it\n");
    }
    let _ = writeln!(out, "Written   {}", rule.location);
    out.push_str("\nSays\n");
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
            examples.fail, examples.pass
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
