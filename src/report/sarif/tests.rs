use std::path::Path;

use super::*;
use crate::report::samples::{HOSTILE, finding, hostile, nothing, report, report_of};
use crate::repository::Repository;

fn run(report: &Report) -> Value {
    let written: Value = serde_json::from_str(&write(report).unwrap()).unwrap();
    assert_eq!(written["runs"].as_array().unwrap().len(), 1);
    written["runs"][0].clone()
}

#[test]
fn a_reader_that_is_not_ours_reads_every_report() {
    for report in [report(), nothing(), hostile()] {
        let written = write(&report).unwrap();
        let read: serde_sarif::sarif::Sarif = serde_json::from_str(&written).unwrap();
        let run = &read.runs[0];
        let results = run.results.as_ref().unwrap();
        assert_eq!(results.len(), report.findings.len());
        for result in results {
            let index = usize::try_from(result.rule_index.unwrap()).unwrap();
            let rule = &run.tool.driver.rules.as_ref().unwrap()[index];
            assert_eq!(Some(&rule.id), result.rule_id.as_ref());
        }
    }
}

#[test]
fn every_rule_of_the_run_is_described_once_whether_it_failed_or_not() {
    let run = run(&report());
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: Vec<&str> = rules
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["other-rule", "some-rule"]);
    let rule = &rules[1];
    assert_eq!(rule["shortDescription"]["text"], "It is whole.");
    assert_eq!(rule["defaultConfiguration"]["level"], "error");
    assert_eq!(rules[0]["defaultConfiguration"]["level"], "note");
    assert_eq!(rule["properties"]["policies"]["another-policy"], "warning");
    let tags = [
        "another-policy",
        "some-policy",
        "some-check",
        "error",
        "RFC 1, 2",
    ];
    assert_eq!(rule["properties"]["tags"], json!(tags));
    let help = rule["help"]["markdown"].as_str().unwrap();
    for part in [
        "It is whole",
        "**Mend:** Mend `{this}`",
        "RFC 1, 2",
        "`half`",
        "`whole`",
    ] {
        assert!(help.contains(part), "{part}: {help}");
    }
}

#[test]
fn what_is_no_rule_of_a_policy_is_described_all_the_same() {
    let stray = Finding {
        rule: "nameless".into(),
        help: None,
        ..finding()
    };
    let run = run(&report_of(vec![stray]));
    let index = usize::try_from(run["results"][0]["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(run["tool"]["driver"]["rules"][index]["id"], "nameless");
}

#[test]
fn a_place_counts_from_one_and_its_bytes_from_nought() {
    let run = run(&report());
    let result = &run["results"][0];
    let region = json!({
        "startLine": 1, "startColumn": 2, "endLine": 3, "endColumn": 4,
        "byteOffset": 1, "byteLength": 69, "message": { "text": "what it says" },
    });
    assert_eq!(result["locations"][0]["physicalLocation"]["region"], region);
    let related = &result["relatedLocations"][0];
    assert_eq!(
        related["physicalLocation"]["artifactLocation"]["uri"],
        "b.pem"
    );
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert_eq!(
        result["partialFingerprints"],
        json!({ "chainlintFingerprint/v1": "cd".repeat(32) })
    );
}

#[test]
fn a_waived_finding_is_suppressed_and_every_other_says_that_it_is_not() {
    let run = run(&report());
    assert_eq!(run["results"][0]["suppressions"], json!([]));
    let suppression = &run["results"][1]["suppressions"][0];
    assert_eq!(suppression["kind"], "external");
    assert_eq!(suppression["justification"], "because");
}

#[test]
fn skipped_files_are_told() {
    let run = run(&report());
    let told = &run["invocations"][0]["toolExecutionNotifications"][0];
    let text = "skipped k.pem: private key, no certificate";
    assert_eq!(told["message"]["text"], text);
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn what_lies_outside_of_the_repository_is_relative_to_nothing() {
    let mut report = report();
    let repository = Repository::new(Path::new("/srv/repo"), Path::new("/srv/repo/certs"));
    let place = |path: &str| repository.place(Path::new(path));
    report.places.insert("a.pem".into(), place("a.pem"));
    report.places.insert("b.pem".into(), place("/etc/b.pem"));
    let result = run(&report)["results"][0].clone();
    let of = |location: &Value| location["physicalLocation"]["artifactLocation"].clone();
    assert_eq!(
        of(&result["locations"][0]),
        json!({ "uri": "certs/a.pem", "uriBaseId": "%SRCROOT%" })
    );
    assert_eq!(
        of(&result["relatedLocations"][0]),
        json!({ "uri": "file:///etc/b.pem" })
    );
}

#[test]
fn hostile_texts_are_no_links_and_hostile_paths_no_schemes() {
    let run = run(&hostile());
    let message = run["results"][0]["message"]["text"].as_str().unwrap();
    assert!(
        message.contains("<script>") && !message.contains("]("),
        "{message}"
    );
    let location = &run["results"][0]["locations"][0]["physicalLocation"];
    let uri = location["artifactLocation"]["uri"].as_str().unwrap();
    assert!(!uri.contains([':', '<', ' ', '"']), "{uri}");
    let decoded = percent_encoding::percent_decode_str(uri)
        .decode_utf8()
        .unwrap();
    // A path has no empty part.
    assert_eq!(decoded, HOSTILE.replace("//", "/"));
}

#[test]
fn no_file_is_quoted() {
    let written = write(&report()).unwrap();
    assert!(!written.contains("\"snippet\"") && !written.contains("\"contents\""));
}
