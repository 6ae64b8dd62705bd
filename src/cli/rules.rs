//! `chainlint rules`: the rules of a policy.

use clap::Args;
use serde::Serialize;

use super::environment::Environment;
use super::{Failure, Outcome, policies};
use crate::policy::Rule;
use crate::report::first_sentence;

/// List the rules of a policy.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The policy: a built-in's name, or a path to a YAML file.
    #[arg(long, value_name = "NAME|FILE", default_value = policies::DEFAULT)]
    policy: String,
    /// The form of the list.
    #[arg(long, value_enum, default_value_t = super::inspect::Format::Text)]
    format: super::inspect::Format,
}

/// A rule in the JSON list.
#[derive(Debug, Serialize)]
struct RuleView<'a> {
    id: &'a str,
    /// The heaviest severity that it reports; `off` where it reports nothing.
    severity: &'static str,
    description: Option<&'a str>,
    check: &'static str,
    on: Option<&'static str>,
    reference: Option<&'a str>,
}

pub(super) fn run(
    arguments: &Arguments,
    environment: &mut Environment,
) -> Result<Outcome, Failure> {
    let policy = policies::named(&arguments.policy, &[], environment)?;
    let text = match arguments.format {
        super::inspect::Format::Json => {
            let views: Vec<RuleView<'_>> = policy.rules.iter().map(view).collect();
            let mut text = serde_json::to_string_pretty(&views)
                .map_err(|error| Failure::Said(error.to_string()))?;
            text.push('\n');
            text
        }
        super::inspect::Format::Text => {
            let width = policy
                .rules
                .iter()
                .map(|rule| rule.id.len())
                .max()
                .unwrap_or_default();
            let line = |rule: &Rule| {
                let one_line = rule
                    .description
                    .as_deref()
                    .map(first_sentence)
                    .unwrap_or_default();
                format!("{:width$}  {:<7}  {one_line}\n", rule.id, severity(rule))
            };
            policy.rules.iter().map(line).collect()
        }
    };
    environment.output(&text)?;
    Ok(Outcome::Clean)
}

fn view(rule: &Rule) -> RuleView<'_> {
    RuleView {
        id: &rule.id,
        severity: severity(rule),
        description: rule.description.as_deref(),
        check: rule.check_name,
        on: rule.on.map(crate::policy::On::as_str),
        reference: rule.reference.as_deref(),
    }
}

/// The heaviest severity that a rule reports.
pub(super) fn severity(rule: &Rule) -> &'static str {
    rule.severity
        .worst()
        .map_or("off", crate::finding::Severity::as_str)
}
