//! Certificates that nobody here made, where the variable CHAINLINT_CORPUS names their folder.

use std::path::PathBuf;

use serde_json::Value;

use crate::support::program::{chainlint, check, findings, rules_of};

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("CHAINLINT_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: CHAINLINT_CORPUS is not set");
    }
    folder
}

#[test]
fn every_file_is_read_without_a_crash() {
    let Some(corpus) = corpus() else { return };
    let (report, _) = check(&corpus, &["--no-config", "--policy", "hygiene", "."]);
    let crashed: Vec<&Value> = findings(&report)
        .iter()
        .filter(|finding| finding["rule"] == "file-unreadable")
        .collect();
    assert_eq!(crashed, [] as [&Value; 0]);
    assert!(report["files"].as_array().unwrap().len() > 500);
    let output = chainlint(&corpus)
        .args(["check", "--no-config", "."])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn path_validation_cases_mostly_agree() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("limbo");
    let index = std::fs::read(folder.join("index.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_slice(&index).unwrap();
    let (mut agree, mut strict, mut missed) = (0, Vec::new(), Vec::new());
    for case in &cases {
        let at = case["time"]
            .as_str()
            .unwrap_or(crate::support::NOW)
            .replace("+00:00", "Z");
        let file = case["file"].as_str().unwrap();
        let (report, _) = check(
            &folder,
            &["--no-config", "--policy", "hygiene", "--at", &at, file],
        );
        let errors = rules_of(&report, "error");
        match (errors.is_empty(), case["expected"] == "SUCCESS") {
            (true, true) | (false, false) => agree += 1,
            (false, true) => strict.push(format!("{file}: {}", errors.join(", "))),
            (true, false) => missed.push(file.to_owned()),
        }
    }
    println!(
        "{agree} of {} agree\nstricter:\n{}\nnot told by a chain file:\n{}",
        cases.len(),
        strict.join("\n"),
        missed.join("\n")
    );
    // Measured when this was written; each case lost has to be looked at.
    assert!(agree >= 54, "{agree} agree");
}
