//! The JSON report, version 1. Its form is a contract: fields are added, never changed.

use schemars::JsonSchema;
use serde::Serialize;
use time::format_description::well_known::Rfc3339;

use crate::chain::{Class, ListStatus};
use crate::finding::{FileStatus, Finding, Report};
use crate::source::Position;

/// A chainlint report.
#[derive(Debug, Serialize, JsonSchema)]
struct Document<'a> {
    /// Version of this form.
    version: u32,
    /// What wrote it.
    tool: Tool,
    /// The instant at which everything was judged, RFC 3339.
    at: String,
    /// All findings, by path, offset and rule.
    findings: Vec<FindingView<'a>>,
    /// Every file that was looked at, by path.
    files: Vec<FileView<'a>>,
    /// How many of what.
    summary: SummaryView,
}

/// The program that wrote the report.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Tool {
    /// Its name.
    name: &'static str,
    /// Its version.
    version: &'static str,
}

/// A finding.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct FindingView<'a> {
    /// The rule's id.
    rule: &'a str,
    /// error, warning or advice.
    severity: &'static str,
    /// What is wrong.
    message: &'a str,
    /// How to mend it.
    help: Option<&'a str>,
    /// The clause or standard that the rule rests on.
    reference: Option<&'a str>,
    /// The policy's name.
    policy: &'a str,
    /// The file.
    path: &'a str,
    /// The first character concerned.
    start: PositionView,
    /// One past the last character.
    end: PositionView,
    /// What these characters encode.
    label: &'a str,
    /// The certificate concerned, if it is one.
    certificate: Option<CertificateView<'a>>,
    /// The certificate's field concerned, if it is one.
    field: Option<&'static str>,
    /// Other places that belong to it.
    related: Vec<RelatedView<'a>>,
    /// SHA-256 over rule, certificate and path: survives edits elsewhere in the file.
    fingerprint: &'a str,
    /// The waiver that covers it; such a finding does not count.
    waived: Option<WaivedView<'a>>,
}

/// A place in a file.
#[derive(Debug, Serialize, JsonSchema)]
struct PositionView {
    /// Line, from 1.
    line: usize,
    /// Column in characters, from 1.
    column: usize,
    /// Offset in bytes, from 0.
    offset: usize,
}

/// A certificate of the file.
#[derive(Debug, Serialize, JsonSchema)]
struct CertificateView<'a> {
    /// Counts the file's certificate blocks from 1.
    index: usize,
    /// SHA-256 of its DER encoding; empty where it does not decode.
    sha256: &'a str,
    /// Its subject.
    subject: &'a str,
}

/// Another place that belongs to a finding.
#[derive(Debug, Serialize, JsonSchema)]
struct RelatedView<'a> {
    /// The file.
    path: &'a str,
    /// The first character.
    start: PositionView,
    /// One past the last character.
    end: PositionView,
    /// What it is.
    message: &'a str,
}

/// A waiver.
#[derive(Debug, Serialize, JsonSchema)]
struct WaivedView<'a> {
    /// Names the waiver.
    id: &'a str,
    /// Why it was granted.
    reason: &'a str,
    /// Who answers for it.
    owner: Option<&'a str>,
    /// The last day on which it holds.
    expires: &'a str,
}

/// A file that was looked at.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct FileView<'a> {
    /// The file.
    path: &'a str,
    /// checked or skipped.
    status: &'static str,
    /// Why it was skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The policy that was applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'a str>,
    /// The class of its chain: private, public or qwac.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'static str>,
    /// How a QWAC stands to the EU trusted lists: listed, `trust_anchor`, `not_listed` or `not_checked`.
    #[serde(skip_serializing_if = "Option::is_none")]
    trusted_list: Option<&'static str>,
    /// The environment label of the config.
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<&'a str>,
    /// The app label of the config.
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<&'a str>,
}

/// How many of what; waived findings count as waived alone.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SummaryView {
    /// Errors.
    errors: usize,
    /// Warnings.
    warnings: usize,
    /// Advice.
    advice: usize,
    /// Waived findings.
    waived: usize,
    /// Files checked.
    checked: usize,
    /// Files skipped.
    skipped: usize,
}

/// Writes the report.
///
/// # Errors
/// When an instant lies outside of the years that RFC 3339 can write.
pub fn write(report: &Report) -> Result<String, Box<dyn std::error::Error>> {
    let document = Document {
        version: 1,
        tool: Tool::this(),
        at: report.at.format(&Rfc3339)?,
        findings: report.findings.iter().map(finding).collect(),
        files: report
            .files
            .iter()
            .map(|file| file_view(&file.path, &file.status))
            .collect(),
        summary: summary(report),
    };
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

/// The schema of the report.
#[must_use]
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Document<'_>);
    schemars::transform::transform_subschemas(&mut strip_formats, &mut schema);
    schema.insert("title".to_owned(), "chainlint report".into());
    schema.to_value()
}

impl Tool {
    /// This program.
    pub(super) fn this() -> Self {
        Self {
            name: "chainlint",
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// The counts of a report.
pub(super) fn summary(report: &Report) -> SummaryView {
    let summary = report.summary();
    SummaryView {
        errors: summary.errors,
        warnings: summary.warnings,
        advice: summary.advice,
        waived: summary.waived,
        checked: summary.checked,
        skipped: summary.skipped,
    }
}

/// Formats that are Rust's and no standard's.
pub(super) fn strip_formats(schema: &mut schemars::Schema) {
    schema.remove("format");
    schemars::transform::transform_subschemas(&mut strip_formats, schema);
}

fn position(position: Position) -> PositionView {
    PositionView {
        line: position.line,
        column: position.column,
        offset: position.offset,
    }
}

pub(super) fn finding(finding: &Finding) -> FindingView<'_> {
    FindingView {
        rule: &finding.rule,
        severity: finding.severity.as_str(),
        message: &finding.message,
        help: finding.help.as_deref(),
        reference: finding.reference.as_deref(),
        policy: &finding.policy,
        path: &finding.path,
        start: position(finding.start),
        end: position(finding.end),
        label: &finding.label,
        certificate: finding
            .certificate
            .as_ref()
            .map(|certificate| CertificateView {
                index: certificate.index,
                sha256: &certificate.sha256,
                subject: &certificate.subject,
            }),
        field: finding.field,
        related: finding
            .related
            .iter()
            .map(|related| RelatedView {
                path: &related.path,
                start: position(related.start),
                end: position(related.end),
                message: &related.message,
            })
            .collect(),
        fingerprint: &finding.fingerprint,
        waived: finding.waived.as_ref().map(|waived| WaivedView {
            id: &waived.id,
            reason: &waived.reason,
            owner: waived.owner.as_deref(),
            expires: &waived.expires,
        }),
    }
}

pub(super) fn file_view<'a>(path: &'a str, status: &'a FileStatus) -> FileView<'a> {
    match status {
        FileStatus::Checked {
            policy,
            class,
            trusted_list,
            environment,
            app,
        } => FileView {
            path,
            status: "checked",
            reason: None,
            policy: Some(policy),
            class: class.map(Class::as_str),
            trusted_list: trusted_list.as_ref().map(ListStatus::as_str),
            environment: environment.as_deref(),
            app: app.as_deref(),
        },
        FileStatus::Skipped { reason } => FileView {
            path,
            status: "skipped",
            reason: Some(reason.to_string()),
            policy: None,
            class: None,
            trusted_list: None,
            environment: None,
            app: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::report;

    #[test]
    fn the_schema_of_reports_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/report.schema.json");
        let wanted = format!("{:#}\n", schema());
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &wanted).unwrap();
        }
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            found == wanted,
            "report.schema.json is stale: run `UPDATE=1 cargo test`"
        );
    }

    #[test]
    fn reports_fit_their_schema() {
        let validator = jsonschema::validator_for(&schema()).unwrap();
        let written: serde_json::Value = serde_json::from_str(&write(&report()).unwrap()).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&written)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, Vec::<String>::new());
    }

    #[test]
    fn waived_findings_are_written_and_do_not_count() {
        let written: serde_json::Value = serde_json::from_str(&write(&report()).unwrap()).unwrap();
        assert_eq!(written["findings"].as_array().unwrap().len(), 2);
        assert_eq!(written["findings"][1]["waived"]["reason"], "because");
        assert_eq!(written["summary"]["errors"], 1);
        assert_eq!(written["summary"]["waived"], 1);
        assert_eq!(written["findings"][0]["start"]["column"], 2);
        assert_eq!(written["files"][1]["reason"], "private key, no certificate");
    }
}
