//! The built binary, run as a user runs it.

use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use assert_cmd::Command;
use serde_json::Value;

use super::NOW;

/// Every form that `check --format` and `-o` take.
pub(crate) const FORMATS: [&str; 9] = [
    "full", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "html",
];

/// `chainlint` in a folder, without the caller's environment showing through.
pub(crate) fn chainlint(folder: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("chainlint"));
    command
        .current_dir(folder)
        .env_remove("NO_COLOR")
        .env_remove("FORCE_COLOR");
    command
}

/// A run that hangs fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// Exit status, standard output, standard error of a run in a folder.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = chainlint(folder)
        .args(arguments)
        .timeout(PATIENCE)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let status = output.status.code().expect("it came to an end");
    (status, text(output.stdout), text(output.stderr))
}

/// Files in a folder that ends with the test: path and content.
pub(crate) fn folder<C: AsRef<[u8]>>(files: &[(&str, C)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

/// What `chainlint check --format json` said, and how it ended.
pub(crate) fn check(folder: &Path, arguments: &[&str]) -> (Value, i32) {
    let mut command = chainlint(folder);
    command.args(["check", "--format", "json"]);
    if !arguments.contains(&"--at") {
        command.args(["--at", NOW]);
    }
    let output = command.args(arguments).output().unwrap();
    (json(&output), output.status.code().unwrap())
}

pub(crate) fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        let told = String::from_utf8_lossy(&output.stderr);
        panic!("standard output is no JSON: {error}\n{told}")
    })
}

/// The findings of a report.
pub(crate) fn findings(report: &Value) -> &[Value] {
    report["findings"].as_array().map_or(&[], Vec::as_slice)
}

/// The rules of findings with this severity, sorted, each once.
pub(crate) fn rules_of(report: &Value, severity: &str) -> Vec<String> {
    let mut rules: Vec<String> = findings(report)
        .iter()
        .filter(|finding| finding["severity"] == severity)
        .map(|finding| finding["rule"].as_str().unwrap().to_owned())
        .collect();
    rules.sort();
    rules.dedup();
    rules
}
