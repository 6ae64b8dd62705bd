//! A policy as a Markdown page, for people who have to meet it.

mod markdown;

use std::fmt::Write;
use std::sync::Arc;

use super::document::Field;
use super::rule::{Rule, Texts};
use super::{Policy, Variable, emit};
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
            rule.severity,
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
        rule.severity,
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::*;
    use crate::policy::tests::load_among;

    fn text() -> impl Strategy<Value = String> {
        let any = "[-a-c1 \n#*_~`<>&|\\\\\\[\\]()!+=.:$\"'\u{1b}\u{202e}\u{2028}]{1,20}";
        let pieces = prop::sample::select(vec![
            "</code></pre><script>",
            "\n\n<div>\n\n",
            "\n\n```\n\n",
            "\n---\n",
            "\n===\n",
            "[a]: b\n",
            "[a](javascript:1)",
            "<!--",
            "|---|---|",
            "&lt;",
        ]);
        (any, pieces, any).prop_map(|(before, piece, after)| format!("a{before}{piece}{after}"))
    }

    proptest! {
        #[test]
        fn whatever_texts_say_a_page_has_its_own_parts_alone(
            texts in prop::collection::vec(text(), 8),
        ) {
            // A text of JSON is one of YAML.
            let quoted: Vec<String> = texts.iter().map(|text| serde_json::to_string(text).unwrap()).collect();
            let [description, variable, value, label, message, help, reference, example] = quoted.as_slice() else {
                unreachable!()
            };
            let assert = serde_json::to_string(&format!("cert.subject.text != {value}")).unwrap();
            let policy = format!(
                "version: 1\nname: own\ndescription: {description}\nvars:\n  a: {{ type: string, default: {value}, description: {variable} }}\nrules:\n  own-rule:\n    severity: error\n    description: {description}\n    on: leaf\n    when: {{ environment: [{label}] }}\n    check: {{ expression: {{ assert: {assert} }} }}\n    message: {message}\n    help: {help}\n    reference: {reference}\n    examples: {{ fail: {example}, pass: {example} }}\n"
            );
            let policy = load_among(&[("/policy.yaml", &policy)], &[]);
            let policy = policy.map_err(|wrong| TestCaseError::fail(format!("{wrong:?}")))?;
            let page = page(&policy, &|name| name.to_owned());
            let of_github = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
                | Options::ENABLE_FOOTNOTES | Options::ENABLE_MATH | Options::ENABLE_GFM;
            let events: Vec<Event<'_>> = Parser::new_ext(&page, of_github).collect();
            let count = |is: &dyn Fn(&Event<'_>) -> bool| events.iter().filter(|event| is(event)).count();
            let begins = |is: &dyn Fn(&Tag<'_>) -> bool| count(&|event| matches!(event, Event::Start(tag) if is(tag)));
            prop_assert_eq!(begins(&|tag| matches!(tag, Tag::Heading { .. })), 4, "{}", page);
            prop_assert_eq!(begins(&|tag| matches!(tag, Tag::Table(_))), 2, "{}", page);
            prop_assert_eq!(begins(&|tag| matches!(tag, Tag::TableRow)), 2, "{}", page);
            prop_assert_eq!(begins(&|tag| matches!(tag, Tag::TableCell)), 16, "{}", page);
            prop_assert_eq!(begins(&|tag| matches!(tag, Tag::CodeBlock(_))), 1, "{}", page);
            // Five lines of facts, a message and a help.
            prop_assert_eq!(begins(&|tag| matches!(tag, Tag::Item)), 7, "{}", page);
            prop_assert_eq!(begins(&|tag| matches!(tag, Tag::Link { .. })), 1, "{}", page);
            let other = |tag: &Tag<'_>| matches!(tag, Tag::BlockQuote(_) | Tag::HtmlBlock | Tag::Image { .. }
                | Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::FootnoteDefinition(_));
            prop_assert_eq!(begins(&other), 0, "{}", page);
            let odd = |event: &Event<'_>| match event {
                Event::InlineHtml(html) => &**html != "<br>",
                Event::Html(_) | Event::InlineMath(_) | Event::DisplayMath(_) | Event::FootnoteReference(_)
                | Event::Rule | Event::TaskListMarker(_) => true,
                Event::Start(_) | Event::End(_) | Event::Text(_) | Event::Code(_) | Event::SoftBreak
                | Event::HardBreak => false,
            };
            prop_assert_eq!(count(&odd), 0, "{}", page);
            let steers = |character: char| character != '\n' && character.is_control() || "\u{202e}\u{2028}".contains(character);
            prop_assert!(!page.contains(steers), "{}", page);
        }
    }
}
