//! A policy as a Markdown page, for people who have to meet it.

mod markdown;

use std::fmt::Write;
use std::sync::Arc;

use super::document::Field;
use super::rule::{Rule, Severities, Texts};
use super::{Policy, Variable, emit};
use crate::finding::Severity;
use markdown::{block, cell, code, line, paragraphs};

/// The page: what the policy is for, whom it trusts, its variables, and each rule that is not off. `named` says how a
/// file is named in it, by how it is shown.
#[must_use]
pub fn page(policy: &Policy, named: &dyn Fn(&str) -> String) -> String {
    let mut out = format!("# {}\n", policy.name);
    if let Some(description) = &policy.description {
        let _ = write!(out, "\n{}\n", paragraphs(description));
    }
    out.push_str(&foundations(policy, named));
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

/// What a policy rests on, whom it trusts, and how far ahead waivers end.
fn foundations(policy: &Policy, named: &dyn Fn(&str) -> String) -> String {
    let mut out = String::new();
    // The last one is the policy's own file.
    let (own, parents) = policy.sources.split_last().unzip();
    let parents: Vec<String> = parents
        .into_iter()
        .flatten()
        .map(|source| line(&named(source.name())))
        .collect();
    if !parents.is_empty() {
        let _ = write!(out, "\nRests on: {}.\n", parents.join(", "));
    }
    let anchors = policy.trust_anchors.iter().map(|reference| {
        let source = &reference.at.source;
        let is_own = own.is_some_and(|own| Arc::ptr_eq(own, source));
        let of = if is_own {
            String::new()
        } else {
            format!(" (named by {})", line(&named(source.name())))
        };
        format!("{}{of}", code(&reference.text))
    });
    let anchors: Vec<String> = anchors.collect();
    if !anchors.is_empty() {
        let _ = write!(out, "\nTrust anchors: {}.\n", anchors.join(", "));
    }
    if let Some(bound) = &policy.waiver_days {
        let days = bound.days;
        let _ = write!(
            out,
            "\nWaivers: their last day lies {days} days ahead at most.\n"
        );
    }
    out
}

fn row(variable: &Variable) -> String {
    let value = variable.value.as_ref().map(ToString::to_string);
    let value = match value.as_deref() {
        None | Some("") => String::new(),
        Some(value) => code(value).replace('|', "\\|"),
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
        let _ = write!(out, "\n{}\n", paragraphs(description));
    }
    let _ = write!(
        out,
        "\n- Severity: {}\n- Asked of: {}\n",
        severities(&rule.severity),
        line(&rule.asked_of())
    );
    if rule.locked {
        out.push_str("- Locked: a policy that extends this one may tighten it, and no more\n");
    }
    if !rule.is_waivable {
        out.push_str("- Waivers: none covers it\n");
    }
    if let Some(reference) = &rule.reference {
        let _ = writeln!(out, "- Source: {}", line(reference));
    }
    if let Some(examples) = &rule.examples {
        let _ = write!(
            out,
            "- Fails: {}\n- Passes: {}\n",
            line(&examples.fail),
            line(&examples.pass)
        );
    }
    texts(out, "Says", &rule.message);
    if let Some(help) = &rule.help {
        texts(out, "Mend", help);
    }
    if let Some(check) = rule.fields.get(&Field::Check) {
        let mut text = String::new();
        emit::entry(&mut text, 0, "check", &check.node);
        out.push('\n');
        out.push_str(&block("yaml", &text));
    }
}

fn texts(out: &mut String, title: &str, texts: &Texts) {
    let _ = write!(out, "\n{title}:\n\n");
    for (outcome, text) in texts.iter() {
        let outcome = outcome.map_or_else(String::new, |outcome| format!("`{outcome}`: "));
        let _ = writeln!(out, "- {outcome}{}", line(&text.as_written()));
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
