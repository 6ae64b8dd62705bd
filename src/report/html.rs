//! A page for people without a terminal: one file, no script, nothing fetched.
//!
//! `maud` escapes every text; the page's own policy forbids scripts and requests besides.

use std::collections::{BTreeMap, BTreeSet};

use maud::{DOCTYPE, Markup, PreEscaped, html};
use time::format_description::well_known::Rfc3339;

use super::by_file::{OfFile, by_file};
use super::{first_sentence, strictest};
use crate::finding::{ActiveRule, FileStatus, Finding, Report, Severity, Summary};
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
    let ids: BTreeSet<&str> = report.rules.iter().map(|rule| &*rule.id).collect();
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
                header {
                    h1 { "chainlint report" }
                    p.soft { "Judged at " (at) " by chainlint " (env!("CARGO_PKG_VERSION")) }
                    (counts(report.summary()))
                }
                main {
                    (findings(&files, &ids))
                    (other_files(&files))
                    (rules(report))
                }
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

/// The files with findings, each with them. `ids` are the rules that the page lists.
fn findings(files: &[OfFile<'_>], ids: &BTreeSet<&str>) -> Markup {
    let concerned: Vec<&OfFile<'_>> = files
        .iter()
        .filter(|file| !file.findings.is_empty())
        .collect();
    html! {
        h2 { "Findings" }
        @if concerned.is_empty() {
            p.good { "No findings." }
        } @else {
            (choice())
            @if concerned.len() > 1 { (jump_list(&concerned)) }
        }
        @for (number, file) in (1..).zip(&concerned) {
            section id=(format!("file-{number}")) {
                h3.path { (file.path) }
                (status(file.status))
                @for finding in &file.findings {
                    (one(finding, ids))
                }
            }
        }
    }
}

/// Which findings are shown; the page's style does it, without a script.
fn choice() -> Markup {
    let choices = [
        ("show-all", "all"),
        ("show-warnings", "errors and warnings"),
        ("show-errors", "errors"),
    ];
    html! {
        fieldset.choice {
            legend { "Show" }
            @for (at, (id, what)) in choices.into_iter().enumerate() {
                label for=(id) {
                    input id=(id) type="radio" name="show" checked[at == 0];
                    " " (what)
                }
            }
        }
    }
}

/// Long lists are closed at first.
const LONG_LIST: usize = 20;

fn jump_list(files: &[&OfFile<'_>]) -> Markup {
    html! {
        nav aria-label="Files with findings" {
            details open[files.len() <= LONG_LIST] {
                summary { (files.len()) " files with findings" }
                ul {
                    @for (number, file) in (1..).zip(files) {
                        li {
                            a.path href=(format!("#file-{number}")) { (file.path) }
                            " " span.soft { (weights(file)) }
                        }
                    }
                }
            }
        }
    }
}

/// How many findings of which kind a file has.
fn weights(file: &OfFile<'_>) -> String {
    let count = |wanted: Option<Severity>| {
        let kinds = file.findings.iter().map(|finding| match finding.waived {
            None => Some(finding.severity),
            Some(_) => None,
        });
        kinds.filter(|kind| *kind == wanted).count()
    };
    let kinds = [
        (Some(Severity::Error), "error", "errors"),
        (Some(Severity::Warning), "warning", "warnings"),
        (Some(Severity::Advice), "advice", "advice"),
        (None, "waived", "waived"),
    ];
    let told = kinds
        .into_iter()
        .filter_map(|(kind, one, many)| match count(kind) {
            0 => None,
            1 => Some(format!("1 {one}")),
            more => Some(format!("{more} {many}")),
        });
    told.collect::<Vec<String>>().join(", ")
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

fn one(finding: &Finding, ids: &BTreeSet<&str>) -> Markup {
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
            p {
                span.mark { (mark) } " "
                // What cannot be read is told without a rule.
                @if ids.contains(&*finding.rule) {
                    a.rule href={ "#rule-" (finding.rule) } { (finding.rule) }
                } @else {
                    span.rule { (finding.rule) }
                }
            }
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
                    @if !certificate.sha256.is_empty() {
                        dt { "SHA-256" }
                        dd.rule { (certificate.sha256) }
                    }
                }
                @for related in &finding.related {
                    dt { "See" }
                    dd {
                        @if related.path != finding.path { span.path { (related.path) } ", " }
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
                thead { tr { th scope="col" { "File" } th scope="col" { "Outcome" } } }
                tbody {
                    @for file in others {
                        tr { td.path { (file.path) } td { (status(file.status)) } }
                    }
                }
            }
        }
    }
}

/// The rules that applied, each once, with the number of findings that are not waived.
fn rules(report: &Report) -> Markup {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &report.findings {
        if finding.waived.is_none() {
            let count = counts.entry(&finding.rule).or_default();
            *count = count.saturating_add(1);
        }
    }
    let same_id = report.rules.chunk_by(|left, right| left.id == right.id);
    html! {
        @if !report.rules.is_empty() {
            h2 { "Rules" }
            table.rules {
                thead {
                    tr {
                        th scope="col" { "Rule" }
                        th scope="col" { "What it wants" }
                        th scope="col" { "Severity" }
                        th.number scope="col" { "Findings" }
                    }
                }
                tbody {
                    @for rules in same_id {
                        (row(rules, &counts))
                    }
                }
            }
        }
    }
}

/// A rule, as the policies of the run have it; where they differ, the strictest one's words count.
fn row(rules: &[ActiveRule], counts: &BTreeMap<&str, usize>) -> Markup {
    let Some(rule) = strictest(rules) else {
        return Markup::default();
    };
    let description = rule.description.as_deref().map(first_sentence);
    let count = counts.get(&*rule.id).copied().unwrap_or_default();
    html! {
        tr id={ "rule-" (rule.id) } {
            td.rule { (rule.id) }
            td {
                @if let Some(description) = description { p { (prose(description)) "." } }
                @if let Some(reference) = &rule.reference { p.soft { (reference) } }
            }
            td {
                @for severity in [Severity::Error, Severity::Warning, Severity::Advice] {
                    @let policies: Vec<&str> = rules
                        .iter()
                        .filter(|rule| rule.severity == severity)
                        .map(|rule| &*rule.policy)
                        .collect();
                    @if !policies.is_empty() {
                        p class=(severity.as_str()) {
                            span.mark { (severity.as_str()) } " "
                            span.soft { "in " (policies.join(", ")) }
                        }
                    }
                }
            }
            td.number { (count) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{finding, hostile, nothing, report, report_of};

    #[test]
    fn a_page_names_findings_files_and_rules() {
        let page = write(&report()).unwrap();
        for part in [
            "it &quot;breaks&quot;",
            "mend it",
            "line 1, column 2, to line 3, column 4: what it says",
            "1, CN=a",
            "b.pem</span>, line 1, column 1: the other one",
            "Waived until 2027-01-01 by team-pki (w): because",
            "policy some-policy, a private chain, environment production",
            "skipped: private key, no certificate",
            "href=\"#rule-some-rule\"",
            "id=\"rule-some-rule\"",
            "id=\"rule-other-rule\"",
            &"ab".repeat(32),
            "error</span> <span class=\"soft\">in some-policy</span>",
            "warning</span> <span class=\"soft\">in another-policy</span>",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(write(&nothing()).unwrap().contains("No findings."));
    }

    #[test]
    fn every_link_leads_somewhere_and_every_rule_is_listed_once() {
        let unreadable = Finding {
            rule: "readable".into(),
            path: "c.pem".into(),
            ..finding()
        };
        let page = write(&report_of(vec![finding(), unreadable])).unwrap();
        let links = page.split("href=\"#").skip(1);
        let links: Vec<&str> = links.filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(links, ["file-1", "file-2", "rule-some-rule"]);
        for link in links {
            assert_eq!(page.matches(&format!("id=\"{link}\"")).count(), 1, "{link}");
        }
        assert_eq!(page.matches("id=\"rule-some-rule\"").count(), 1);
    }

    #[test]
    fn spaces_of_a_path_are_kept() {
        let spaced = Finding {
            path: "a  b.pem".into(),
            ..finding()
        };
        let page = write(&report_of(vec![spaced])).unwrap();
        assert!(page.contains("<h3 class=\"path\">a  b.pem</h3>"), "{page}");
        let rule = STYLE
            .lines()
            .find(|line| line.starts_with(".path"))
            .unwrap();
        assert!(rule.contains("white-space: pre-wrap"));
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
