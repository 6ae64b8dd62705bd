//! A page for people without a terminal: one file, no script, nothing fetched.
//!
//! `maud` escapes every text; the page's own policy forbids scripts and requests besides.

use std::collections::BTreeMap;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use time::format_description::well_known::Rfc3339;

use super::by_file::{OfFile, by_file};
use super::first_sentence;
use crate::finding::{ActiveRule, FileStatus, Finding, Report, Summary};
use crate::source::Position;

const STYLE: &str = include_str!("html.css");

/// What the page may do: apply its own style.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Writes the report.
///
/// # Errors
/// When an instant lies outside of the years that RFC 3339 can write.
pub fn write(report: &Report) -> Result<String, time::error::Format> {
    let at = report.at.format(&Rfc3339)?;
    let files = by_file(report);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "chainlint report" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "chainlint report" }
                p.soft { "Judged at " (at) " by chainlint " (env!("CARGO_PKG_VERSION")) }
                (counts(report.summary()))
                (findings(&files))
                (other_files(&files))
                (rules(report))
            }
        }
    };
    let mut text = page.into_string();
    text.push('\n');
    Ok(text)
}

fn counts(summary: Summary) -> Markup {
    let found = [
        (summary.errors, "error", "errors", "error"),
        (summary.warnings, "warning", "warnings", "warning"),
        (summary.advice, "advice", "advice", "advice"),
    ];
    let rest = [
        (summary.waived, "waived"),
        (summary.checked, "checked"),
        (summary.skipped, "skipped"),
    ];
    html! {
        ul.counts {
            @for (count, one, many, class) in found {
                li class=(class) { b { (count) } " " span.mark { (if count == 1 { one } else { many }) } }
            }
            @for (count, what) in rest {
                li { b { (count) } " " span.soft { (what) } }
            }
        }
    }
}

/// The files with findings, each with them.
fn findings(files: &[OfFile<'_>]) -> Markup {
    let concerned: Vec<&OfFile<'_>> = files
        .iter()
        .filter(|file| !file.findings.is_empty())
        .collect();
    html! {
        h2 { "Findings" }
        @if concerned.is_empty() {
            p.good { "No findings." }
        }
        @for file in concerned {
            section {
                h3 { (file.path) }
                (status(file.status))
                @for finding in &file.findings {
                    (one(finding))
                }
            }
        }
    }
}

/// What became of a file.
fn status(status: Option<&FileStatus>) -> Markup {
    let text = match status {
        Some(FileStatus::Checked {
            policy,
            class,
            trusted_list,
            environment,
            app,
        }) => {
            let class = class.map(|class| format!("a {} chain", class.as_str()));
            let environment = environment
                .as_ref()
                .map(|name| format!("environment {name}"));
            let app = app.as_ref().map(|name| format!("app {name}"));
            let list = trusted_list.as_ref().map(|status| {
                let status = status.as_str().replace('_', " ");
                format!("EU trusted list: {status}")
            });
            let policy = Some(format!("policy {policy}"));
            let parts = [policy, class, list, environment, app]
                .into_iter()
                .flatten();
            parts.collect::<Vec<String>>().join(", ")
        }
        Some(FileStatus::Skipped { reason }) => format!("skipped: {reason}"),
        None => return Markup::default(),
    };
    html! { p.soft { (text) } }
}

fn one(finding: &Finding) -> Markup {
    let class = match finding.waived {
        None => finding.severity.as_str(),
        Some(_) => "is-waived",
    };
    let mark = match finding.waived {
        None => finding.severity.as_str().to_owned(),
        Some(_) => format!("{}, waived", finding.severity.as_str()),
    };
    html! {
        article class={ "finding " (class) } {
            p { span.mark { (mark) } " " a.rule href={ "#rule-" (finding.rule) } { (finding.rule) } }
            p.message { (prose(&finding.message)) }
            @if let Some(help) = &finding.help { p.help { (prose(help)) } }
            @if let Some(waived) = &finding.waived {
                p.waived { "Waived " (waived.in_words()) }
            }
            dl {
                dt { "Place" }
                dd { (place(finding.start, finding.end)) @if !finding.label.is_empty() { ": " (finding.label) } }
                @if let Some(certificate) = &finding.certificate {
                    dt { "Certificate" }
                    dd { (certificate.index) @if !certificate.subject.is_empty() { ", " (certificate.subject) } }
                }
                @for related in &finding.related {
                    dt { "See" }
                    dd {
                        @if related.path != finding.path { (related.path) ", " }
                        (place(related.start, related.end)) ": " (related.message)
                    }
                }
                @if let Some(reference) = &finding.reference {
                    dt { "Source" }
                    dd { (reference) }
                }
            }
        }
    }
}

/// A text in which what stands between backticks is code.
fn prose(text: &str) -> Markup {
    if !text.matches('`').count().is_multiple_of(2) {
        return html! { (text) };
    }
    html! {
        @for (part, code) in text.split('`').zip([false, true].into_iter().cycle()) {
            @if code { code { (part) } } @else { (part) }
        }
    }
}

fn place(start: Position, end: Position) -> String {
    if start.line == end.line {
        format!("line {}, column {}", start.line, start.column)
    } else {
        format!(
            "line {}, column {}, to line {}, column {}",
            start.line, start.column, end.line, end.column
        )
    }
}

/// The files without findings: those that passed, and those that were skipped and why.
fn other_files(files: &[OfFile<'_>]) -> Markup {
    let others: Vec<&OfFile<'_>> = files
        .iter()
        .filter(|file| file.findings.is_empty())
        .collect();
    html! {
        @if !others.is_empty() {
            h2 { "Files without findings" }
            table {
                thead { tr { th { "File" } th { "Outcome" } } }
                tbody {
                    @for file in others {
                        tr { td.rule { (file.path) } td { (status(file.status)) } }
                    }
                }
            }
        }
    }
}

/// The rules that applied, with the number of findings that are not waived.
fn rules(report: &Report) -> Markup {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for finding in &report.findings {
        if finding.waived.is_none() {
            let count = counts.entry((&finding.rule, &finding.policy)).or_default();
            *count = count.saturating_add(1);
        }
    }
    let same_id = report.rules.chunk_by(|left, right| left.id == right.id);
    html! {
        @if !report.rules.is_empty() {
            h2 { "Rules" }
            table {
                thead {
                    tr { th { "Rule" } th { "What it wants" } th { "Severity" } th { "Policy" } th { "Findings" } }
                }
                @for rules in same_id {
                    // Findings link to a rule by its id, so that each id is there once.
                    tbody id=[rules.first().map(|rule| format!("rule-{}", rule.id))] {
                        @for rule in rules {
                            (row(rule, counts.get(&(&*rule.id, &*rule.policy)).copied()))
                        }
                    }
                }
            }
        }
    }
}

fn row(rule: &ActiveRule, count: Option<usize>) -> Markup {
    let description = rule.description.as_deref().map(first_sentence);
    html! {
        tr class=(rule.severity.as_str()) {
            td.rule { (rule.id) }
            td {
                @if let Some(description) = description { p { (prose(description)) "." } }
                @if let Some(reference) = &rule.reference { p.soft { (reference) } }
            }
            td { span.mark { (rule.severity.as_str()) } }
            td { (rule.policy) }
            td.number { (count.unwrap_or_default()) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{hostile, nothing, report};

    #[test]
    fn a_page_names_findings_files_and_rules() {
        let page = write(&report()).unwrap();
        for part in [
            "it &quot;breaks&quot;",
            "mend it",
            "line 1, column 2, to line 3, column 4: what it says",
            "1, CN=a",
            "b.pem, line 1, column 1: the other one",
            "Waived until 2027-01-01 by team-pki (w): because",
            "policy some-policy, a private chain, environment production",
            "skipped: private key, no certificate",
            "href=\"#rule-some-rule\"",
            "id=\"rule-some-rule\"",
            "id=\"rule-other-rule\"",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(write(&nothing()).unwrap().contains("No findings."));
    }

    #[test]
    fn what_stands_between_backticks_is_code() {
        let drawn = |text| prose(text).into_string();
        assert_eq!(drawn("run `a < b` now"), "run <code>a &lt; b</code> now");
        assert_eq!(drawn("an ` <b>"), "an ` &lt;b&gt;");
    }

    #[test]
    fn a_page_needs_and_fetches_nothing() {
        let page = write(&report()).unwrap();
        for part in [
            "<script", "src=", "<link", "@import", "url(", "http://", "https://",
        ] {
            assert!(!page.contains(part), "{part}");
        }
    }

    #[test]
    fn hostile_texts_stay_texts() {
        let page = write(&hostile()).unwrap();
        let (_, body) = page.split_once("</style>").unwrap();
        assert!(body.contains("a]]&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;&quot;'%0A"));
        assert!(
            !body.contains("<script") && !body.contains("<!--"),
            "{body}"
        );
    }
}
