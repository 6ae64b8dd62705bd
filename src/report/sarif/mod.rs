//! SARIF 2.1.0, as code scanning reads it (OASIS Standard, 27 March 2020).
//!
//! One run. Never a snippet or the contents of a file: chain files stand beside private keys, and
//! whoever may see the report need not be allowed to see the file.

mod rules;

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use crate::finding::{FileStatus, Finding, Report, Severity, SkipReason};
use crate::report::summary;
use crate::repository::Place;
use crate::source::Position;
use rules::Rules;

/// The schema that the standard names for itself.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What relative paths are relative to; the name that GitHub and the standard's examples use.
const BASE: &str = "%SRCROOT%";

/// Writes the report.
///
/// # Errors
/// When an instant lies outside of the years that RFC 3339 can write.
pub fn write(report: &Report) -> Result<String, Box<dyn std::error::Error>> {
    let rules = Rules::of(report);
    let results: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| result(report, finding, &rules))
        .collect();
    let notifications: Vec<Value> = report
        .files
        .iter()
        .filter_map(|file| match &file.status {
            FileStatus::Skipped { reason } => Some(skipped(report, &file.path, *reason)),
            FileStatus::Checked { .. } => None,
        })
        .chain(
            summary::trusted_list(report)
                .map(|text| json!({ "level": "note", "message": { "text": text } })),
        )
        .collect();
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "chainlint",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.descriptors(),
            }},
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notifications,
            }],
            "originalUriBaseIds": {
                BASE: { "description": { "text": "The root of the repository, or, where there is none, the folder that chainlint ran in." } },
            },
            "columnKind": "unicodeCodePoints",
            "results": results,
            "properties": { "at": report.at.format(&Rfc3339)? },
        }],
    });
    let mut text = serde_json::to_string_pretty(&without_nulls(document))?;
    text.push('\n');
    Ok(text)
}

fn result(report: &Report, finding: &Finding, rules: &Rules<'_>) -> Value {
    let mut message = plain(&finding.message);
    if let Some(help) = &finding.help {
        message.push('\n');
        message.push_str(&plain(help));
    }
    let label = Some(plain(&finding.label)).filter(|label| !label.is_empty());
    let related: Vec<Value> = (1_u64..)
        .zip(&finding.related)
        .map(|(id, related)| {
            json!({
                "id": id,
                "message": { "text": plain(&related.message) },
                "physicalLocation": {
                    "artifactLocation": artifact(&report.place(&related.path)),
                    "region": region(related.start, related.end, None),
                },
            })
        })
        .collect();
    // All results of a run have suppressions or none has (3.27.23).
    let suppressions: Vec<Value> = finding
        .waived
        .iter()
        .map(|waived| {
            json!({
                "kind": "external",
                "status": "accepted",
                "justification": waived.reason,
                "properties": {
                    "waiver": waived.id,
                    "owner": waived.owner,
                    "expires": waived.expires,
                },
            })
        })
        .collect();
    json!({
        "ruleId": &*finding.rule,
        "ruleIndex": rules.index(&finding.rule),
        "level": level(finding.severity),
        "message": { "text": message },
        "locations": [{ "physicalLocation": {
            "artifactLocation": artifact(&report.place(&finding.path)),
            "region": region(finding.start, finding.end, label),
        }}],
        "relatedLocations": (!related.is_empty()).then_some(related),
        "suppressions": suppressions,
        "partialFingerprints": { "chainlintFingerprint/v1": finding.fingerprint },
        "properties": {
            "policy": &*finding.policy,
            "reference": finding.reference.as_deref(),
            "field": finding.field,
            "certificate": finding.certificate.as_ref().map(|certificate| json!({
                "index": certificate.index,
                "sha256": certificate.sha256,
                "subject": certificate.subject,
            })),
        },
    })
}

/// A file to which no rule was applied.
fn skipped(report: &Report, path: &str, reason: SkipReason) -> Value {
    json!({
        "level": "note",
        "message": { "text": plain(&format!("skipped {path}: {reason}")) },
        "locations": [{ "physicalLocation": { "artifactLocation": artifact(&report.place(path)) } }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "note",
    }
}

/// Lines and columns count from 1, and `endColumn` is exclusive (3.30.5 to 3.30.8).
fn region(start: Position, end: Position, label: Option<String>) -> Value {
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
        "byteOffset": start.offset,
        "byteLength": end.offset.saturating_sub(start.offset),
        "message": label.map(|text| json!({ "text": text })),
    })
}

fn artifact(place: &Place) -> Value {
    json!({ "uri": place.uri(), "uriBaseId": place.is_inside().then_some(BASE) })
}

/// A text in which nothing is a link: plain messages know `[text](target)` (3.11.6).
fn plain(text: &str) -> String {
    text.replace("](", "]\\(")
}

/// SARIF has absent members where other forms have null.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, member)| !member.is_null())
            .map(|(name, member)| (name, without_nulls(member)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

#[cfg(test)]
mod tests;
