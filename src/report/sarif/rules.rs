//! The rules of a run as SARIF describes them, one descriptor a rule id.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{level, plain};
use crate::finding::{ActiveRule, Finding, Report, Severity};
use crate::report::{first_sentence, strictest};

/// The descriptors by rule id.
pub(super) struct Rules<'a> {
    by_id: BTreeMap<&'a str, Value>,
}

impl<'a> Rules<'a> {
    /// All rules that a report names: the run's, and what speaks without being a policy's rule (a file
    /// that cannot be read under a policy that has no words for it).
    pub(super) fn of(report: &'a Report) -> Self {
        let mut by_id: BTreeMap<&str, Value> = BTreeMap::new();
        for same_id in report.rules.chunk_by(|left, right| left.id == right.id) {
            // Readers know rules by their ids alone. Where policies differ, the strictest one's words
            // count; each result says its own level.
            if let Some(rule) = strictest(same_id) {
                by_id.insert(&rule.id, descriptor(rule, same_id));
            }
        }
        for finding in &report.findings {
            by_id
                .entry(&finding.rule)
                .or_insert_with(|| nameless(finding));
        }
        Self { by_id }
    }

    /// The position of a rule in `descriptors`.
    pub(super) fn index(&self, id: &str) -> Option<usize> {
        self.by_id.keys().position(|known| *known == id)
    }

    /// The descriptors by rule id.
    pub(super) fn descriptors(&self) -> Vec<&Value> {
        self.by_id.values().collect()
    }
}

fn descriptor(rule: &ActiveRule, everywhere: &[ActiveRule]) -> Value {
    let description = rule.description.as_deref().unwrap_or(&rule.id);
    let severities: Map<String, Value> = everywhere
        .iter()
        .map(|rule| (rule.policy.to_string(), rule.severity.as_str().into()))
        .collect();
    let mut tags: Vec<&str> = Vec::new();
    let policies = everywhere.iter().map(|rule| &*rule.policy);
    let others = [rule.check, rule.severity.as_str()];
    for tag in policies.chain(others).chain(rule.reference.as_deref()) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    json!({
        "id": &*rule.id,
        "shortDescription": { "text": plain(&format!("{}.", first_sentence(description))) },
        "fullDescription": { "text": plain(description) },
        "help": { "text": plain(&help_text(rule)), "markdown": help_markdown(rule) },
        "helpUri": rule.reference.as_deref().and_then(link),
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": {
            "tags": tags,
            "check": rule.check,
            "policies": severities,
            "reference": rule.reference.as_deref(),
            // What GitHub reads beside the level.
            "precision": "very-high",
            "problem.severity": problem_severity(rule.severity),
        },
    })
}

/// The descriptor of what is no rule of the run's policies.
fn nameless(finding: &Finding) -> Value {
    let text = format!("{}.", finding.rule);
    json!({
        "id": &*finding.rule,
        "shortDescription": { "text": text },
        "fullDescription": { "text": text },
        "help": { "text": plain(finding.help.as_deref().unwrap_or(&text)) },
        "defaultConfiguration": { "level": level(finding.severity) },
        "properties": { "tags": [&*finding.policy, finding.severity.as_str()] },
    })
}

fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "recommendation",
    }
}

/// The parts of a rule's help, each with its heading.
fn parts(rule: &ActiveRule) -> Vec<(Option<&'static str>, &str)> {
    let description = rule.description.as_deref();
    let reference = rule.reference.as_deref();
    let (fails, passes) = rule
        .examples
        .as_ref()
        .map(|(fails, passes)| (fails.as_str(), passes.as_str()))
        .unzip();
    let mut parts = Vec::new();
    parts.extend(description.map(|text| (None, text)));
    parts.extend(rule.help.iter().map(|text| (Some("Mend"), text.as_str())));
    parts.extend(reference.map(|text| (Some("Source"), text)));
    parts.extend(fails.map(|text| (Some("Fails"), text)));
    parts.extend(passes.map(|text| (Some("Passes"), text)));
    if parts.is_empty() {
        parts.push((None, &rule.id));
    }
    parts
}

fn help_text(rule: &ActiveRule) -> String {
    let parts: Vec<String> = parts(rule)
        .into_iter()
        .map(|(heading, text)| match heading {
            None => text.to_owned(),
            Some(heading) => format!("{heading}: {text}"),
        })
        .collect();
    parts.join("\n\n")
}

fn help_markdown(rule: &ActiveRule) -> String {
    let parts: Vec<String> = parts(rule)
        .into_iter()
        .map(|(heading, text)| match heading {
            None => markdown(text),
            Some(heading) => format!("**{heading}:** {}", markdown(text)),
        })
        .collect();
    parts.join("\n\n")
}

/// A policy's text as Markdown: what stands between backticks is code, and nothing else is markup.
fn markdown(text: &str) -> String {
    let balanced = text.matches('`').count().is_multiple_of(2);
    let mut code = false;
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    loop {
        if let Some(address) = address(rest.as_str()).filter(|_| !code) {
            out.push_str(&format!("<{address}>"));
            let behind = rest.as_str().get(address.len()..).unwrap_or_default();
            rest = behind.chars();
        }
        let Some(character) = rest.next() else {
            return out;
        };
        match character {
            '`' if balanced => {
                code = !code;
                out.push(character);
            }
            '\n' => out.push_str("  \n"),
            _ if code || !character.is_ascii_punctuation() => out.push(character),
            // Marks that Markdown leaves alone within a line read better bare (CommonMark, 2.4).
            '.' | ',' | ';' | ':' | '\'' | '"' | '(' | ')' | '/' | '?' | '%' | '-' => {
                out.push(character);
            }
            _ => {
                out.push('\\');
                out.push(character);
            }
        }
    }
}

/// The link in a reference, if there is one.
fn link(reference: &str) -> Option<&str> {
    reference.split_whitespace().find_map(|word| {
        let link = address(word)?;
        let behind = word.get(link.len()..)?;
        behind.chars().all(|c| CLOSING.contains(&c)).then_some(link)
    })
}

/// What closes a sentence or a bracket around an address, and is no part of it.
const CLOSING: [char; 4] = ['.', ',', ';', ')'];

/// The address that a text begins with, as far as it is of characters that need no care in a URI.
fn address(text: &str) -> Option<&str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!$&'()*+,;=%".contains(c);
    if !text.starts_with("https://") {
        return None;
    }
    let end = text.find(|c| !is_plain(c)).unwrap_or(text.len());
    text.get(..end)
        .map(|address| address.trim_end_matches(CLOSING))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_with_a_link_is_one_to_read_on() {
        assert_eq!(
            link("ACME 3.2, https://acme.example/pki."),
            Some("https://acme.example/pki")
        );
        assert_eq!(link("RFC 5280, 4.1"), None);
        assert_eq!(link("javascript:alert(1)"), None);
        assert_eq!(link("https://a.example/<b>"), None);
    }

    #[test]
    fn markdown_keeps_code_and_nothing_else() {
        assert_eq!(markdown("run `a <b> *c*` now"), "run `a <b> *c*` now");
        assert_eq!(markdown("a <b> [c](d) *e*"), "a \\<b\\> \\[c\\](d) \\*e\\*");
        assert_eq!(markdown("an ` <b>"), "an \\` \\<b\\>");
    }

    #[test]
    fn an_address_stays_what_it_is() {
        assert_eq!(
            markdown("See (https://acme.example/pki_a?a=1&b=2), *now*."),
            "See (<https://acme.example/pki_a?a=1&b=2>), \\*now\\*."
        );
        assert_eq!(
            markdown("`curl https://a.example/_b_`"),
            "`curl https://a.example/_b_`"
        );
        assert_eq!(
            markdown("https://a.example/<b>"),
            "<https://a.example/>\\<b\\>"
        );
    }
}
