//! A policy as a Markdown page, for people who have to meet it.

use std::fmt::Write;

use super::document::Field;
use super::rule::{Rule, Severities, Texts};
use super::{Policy, Variable, emit};
use crate::finding::Severity;

/// The page: what the policy is for, its variables, and each rule that is not off.
#[must_use]
pub fn page(policy: &Policy) -> String {
    let mut out = format!("# {}\n", policy.name);
    if let Some(description) = &policy.description {
        let _ = write!(out, "\n{description}\n");
    }
    // The last one is the policy's own file.
    let parents: Vec<&str> = policy
        .sources
        .split_last()
        .into_iter()
        .flat_map(|(_, parents)| parents)
        .map(|source| &**source.name())
        .collect();
    if !parents.is_empty() {
        let _ = write!(out, "\nRests on: {}.\n", parents.join(", "));
    }
    if !policy.vars.is_empty() {
        out.push_str("\n## Variables\n\n| name | type | value | for |\n|---|---|---|---|\n");
        for variable in &policy.vars {
            out.push_str(&row(variable));
        }
    }
    let rules: Vec<&Rule> = policy.rules.iter().filter(|rule| !rule.is_off()).collect();
    if !rules.is_empty() {
        out.push_str("\n## Rules\n\n| rule | severity | asked of | source |\n|---|---|---|---|\n");
    }
    for rule in &rules {
        let _ = writeln!(
            out,
            "| [`{id}`](#{id}) | {} | {} | {} |",
            severities(&rule.severity),
            cell(&rule.asked_of()),
            cell(rule.reference.as_deref().unwrap_or_default()),
            id = rule.id,
        );
    }
    for rule in &rules {
        section(&mut out, rule);
    }
    let off: Vec<String> = policy
        .rules
        .iter()
        .filter(|rule| rule.is_off())
        .map(|rule| format!("`{}`", rule.id))
        .collect();
    if !off.is_empty() {
        let _ = write!(out, "\n## Off\n\n{}\n", off.join(", "));
    }
    out
}

fn row(variable: &Variable) -> String {
    let value = variable.value.as_ref().map(ToString::to_string);
    let value = match value.as_deref() {
        None | Some("") => String::new(),
        Some(value) => format!("`{}`", cell(value)),
    };
    format!(
        "| `{}` | {} | {value} | {} |\n",
        variable.name,
        variable.kind.as_str(),
        cell(variable.description.as_deref().unwrap_or_default()),
    )
}

fn section(out: &mut String, rule: &Rule) {
    // Writing into a string cannot fail.
    let _ = write!(out, "\n### {}\n", rule.id);
    if let Some(description) = &rule.description {
        let _ = write!(out, "\n{description}\n");
    }
    let _ = write!(
        out,
        "\n- Severity: {}\n- Asked of: {}\n",
        severities(&rule.severity),
        rule.asked_of()
    );
    if rule.locked {
        out.push_str("- Locked: a policy that extends this one may tighten it, and no more\n");
    }
    if !rule.is_waivable {
        out.push_str("- Waivers: none covers it\n");
    }
    if let Some(reference) = &rule.reference {
        let _ = writeln!(out, "- Source: {reference}");
    }
    if let Some(examples) = &rule.examples {
        let _ = write!(
            out,
            "- Fails: {}\n- Passes: {}\n",
            examples.fail, examples.pass
        );
    }
    texts(out, "Says", &rule.message);
    if let Some(help) = &rule.help {
        texts(out, "Mend", help);
    }
    if let Some(check) = rule.fields.get(&Field::Check) {
        out.push_str("\n```yaml\n");
        emit::entry(out, 0, "check", &check.node);
        out.push_str("```\n");
    }
}

fn texts(out: &mut String, title: &str, texts: &Texts) {
    let _ = write!(out, "\n{title}:\n\n");
    for (outcome, text) in texts.iter() {
        let outcome = outcome.map_or_else(String::new, |outcome| format!("`{outcome}`: "));
        let _ = writeln!(out, "- {outcome}{}", text.as_written());
    }
}

fn severities(severities: &Severities) -> String {
    let word = |severity: Option<Severity>| severity.map_or("off", Severity::as_str);
    match severities {
        Severities::All(severity) => word(*severity).to_owned(),
        Severities::ByOutcome(outcomes) => {
            let each = outcomes
                .iter()
                .map(|(outcome, severity)| format!("{} ({outcome})", word(*severity)));
            each.collect::<Vec<_>>().join(", ")
        }
    }
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
