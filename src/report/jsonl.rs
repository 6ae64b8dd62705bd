//! JSON Lines: each finding, then each file, then the summary, an object a line.
//!
//! `type` says what a line is; the rest is as in the JSON report. The last line is always there, so
//! that a cut-off report can be told from a whole one.

use schemars::JsonSchema;
use serde::Serialize;
use time::format_description::well_known::Rfc3339;

use super::json::{self, FileView, FindingView, SummaryView, Tool};
use crate::finding::Report;

/// A line of a chainlint report.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    /// A finding; they come first, by path, offset and rule.
    Finding(Box<FindingView<'a>>),
    /// A file that was looked at, by path.
    File(FileView<'a>),
    /// What it comes to; the last line.
    Summary(Closing),
}

/// The last line.
#[derive(Debug, Serialize, JsonSchema)]
struct Closing {
    /// Version of this form.
    version: u32,
    /// What wrote it.
    tool: Tool,
    /// The instant at which everything was judged, RFC 3339.
    at: String,
    /// How many of what.
    #[serde(flatten)]
    counts: SummaryView,
}

/// Writes the report.
///
/// # Errors
/// When an instant lies outside of the years that RFC 3339 can write.
pub fn write(report: &Report) -> Result<String, Box<dyn std::error::Error>> {
    let findings = report
        .findings
        .iter()
        .map(|finding| Line::Finding(Box::new(json::finding(finding))));
    let files = report
        .files
        .iter()
        .map(|file| Line::File(json::file_view(&file.path, &file.status)));
    let closing = Line::Summary(Closing {
        version: 1,
        tool: Tool::this(),
        at: report.at.format(&Rfc3339)?,
        counts: json::summary(report),
    });
    let mut text = String::new();
    for line in findings.chain(files).chain([closing]) {
        text.push_str(&serde_json::to_string(&line)?);
        text.push('\n');
    }
    Ok(text)
}

/// The schema of a line.
#[must_use]
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Line<'_>);
    schemars::transform::transform_subschemas(&mut json::strip_formats, &mut schema);
    schema.insert("title".to_owned(), "chainlint report line".into());
    schema.to_value()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{nothing, report};
    use serde_json::Value;

    fn lines(text: &str) -> Vec<Value> {
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn the_schema_of_lines_is_fresh() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/schema/report-line.schema.json"
        );
        let wanted = format!("{:#}\n", schema());
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &wanted).unwrap();
        }
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            found == wanted,
            "report-line.schema.json is stale: run `UPDATE=1 cargo test`"
        );
    }

    #[test]
    fn every_line_fits_the_schema_and_says_what_it_is() {
        let validator = jsonschema::validator_for(&schema()).unwrap();
        let lines = lines(&write(&report()).unwrap());
        let types: Vec<&Value> = lines.iter().map(|line| &line["type"]).collect();
        assert_eq!(types, ["finding", "finding", "file", "file", "summary"]);
        for line in &lines {
            assert!(validator.is_valid(line), "{line}");
        }
        let nameless = serde_json::json!({ "rule": "some-rule" });
        assert!(!validator.is_valid(&nameless));
    }

    #[test]
    fn lines_say_what_the_json_report_says() {
        let lines = lines(&write(&report()).unwrap());
        let whole: Value =
            serde_json::from_str(&crate::report::json::write(&report()).unwrap()).unwrap();
        let without_type = |line: &Value| {
            let mut line = line.clone();
            line.as_object_mut().unwrap().shift_remove("type");
            line
        };
        assert_eq!(without_type(&lines[1]), whole["findings"][1]);
        assert_eq!(without_type(&lines[3]), whole["files"][1]);
        assert_eq!(lines[4]["waived"], whole["summary"]["waived"]);
        assert_eq!(lines[4]["at"], whole["at"]);
    }

    #[test]
    fn where_there_is_nothing_to_say_the_summary_says_so() {
        let lines = lines(&write(&nothing()).unwrap());
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0]["errors"], 0);
    }
}
