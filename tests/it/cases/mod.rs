//! The table of cases: for each rule, files that pass it, fail it, and do not concern it.
//!
//! The table generates `tests/cases/<rule>/<case>/`; `UPDATE=1 cargo test` rewrites the folder. Cases
//! whose file must not be committed, those with a private key above all, are made when the test runs.

mod chains;
pub(crate) mod draft;
mod encoding;
mod files;
mod issuers;
mod keys;
mod names;
mod private_keys;
pub(crate) mod qwac;
mod roles;
mod times;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::program::{self, chainlint};
use crate::support::{NOW, files_below, project, update};

const PRODUCTION: &str = "connectpay-production";
const NON_PRODUCTION: &str = "connectpay-non-production";
const BUILT_IN: [&str; 4] = ["hygiene", PRODUCTION, NON_PRODUCTION, "psd2-qwac"];

/// One file and what one rule says of it.
pub(crate) struct Case {
    rule: &'static str,
    /// Begins with `pass-`, `fail-` or `not-applicable-`.
    name: String,
    /// How the file was made, a sentence.
    made: &'static str,
    policy: &'static str,
    variables: Vec<(&'static str, &'static str)>,
    arguments: Vec<&'static str>,
    at: &'static str,
    expect: Vec<Expect>,
    make: Box<dyn Fn() -> Vec<u8>>,
    /// Why the file is not committed.
    ephemeral: bool,
}

/// A finding of the rule; what is `None` is not compared.
#[derive(Default)]
struct Expect {
    severity: &'static str,
    certificate: Option<usize>,
    field: Option<&'static str>,
    line: Option<usize>,
}

fn case(
    rule: &'static str,
    name: String,
    made: &'static str,
    make: impl Fn() -> Vec<u8> + 'static,
) -> Case {
    Case {
        rule,
        name,
        made,
        policy: PRODUCTION,
        variables: Vec::new(),
        arguments: Vec::new(),
        at: NOW,
        expect: Vec::new(),
        make: Box::new(make),
        ephemeral: false,
    }
}

fn pass(
    rule: &'static str,
    name: &str,
    made: &'static str,
    make: impl Fn() -> Vec<u8> + 'static,
) -> Case {
    case(rule, format!("pass-{name}"), made, make)
}

fn not_applicable(
    rule: &'static str,
    name: &str,
    made: &'static str,
    make: impl Fn() -> Vec<u8> + 'static,
) -> Case {
    case(rule, format!("not-applicable-{name}"), made, make)
}

/// Has to be followed by what is expected: [`Case::error`] and its like.
fn fail(
    rule: &'static str,
    name: &str,
    made: &'static str,
    make: impl Fn() -> Vec<u8> + 'static,
) -> Case {
    case(rule, format!("fail-{name}"), made, make)
}

impl Case {
    fn error(self) -> Self {
        self.finding("error")
    }

    fn warning(self) -> Self {
        self.finding("warning")
    }

    fn advice(self) -> Self {
        self.finding("advice")
    }

    fn finding(mut self, severity: &'static str) -> Self {
        self.expect.push(Expect {
            severity,
            ..Expect::default()
        });
        self
    }

    /// The last finding stands in this certificate, counted from 1.
    fn certificate(mut self, index: usize) -> Self {
        self.last().certificate = Some(index);
        self
    }

    fn field(mut self, field: &'static str) -> Self {
        self.last().field = Some(field);
        self
    }

    fn line(mut self, line: usize) -> Self {
        self.last().line = Some(line);
        self
    }

    fn last(&mut self) -> &mut Expect {
        self.expect.last_mut().expect("say the severity first")
    }

    fn policy(self, policy: &'static str) -> Self {
        Self { policy, ..self }
    }

    /// The instant of the check, RFC 3339.
    fn at(self, at: &'static str) -> Self {
        Self { at, ..self }
    }

    fn variable(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    fn argument(mut self, argument: &'static str) -> Self {
        self.arguments.push(argument);
        self
    }

    fn ephemeral(self) -> Self {
        Self {
            ephemeral: true,
            ..self
        }
    }

    fn folder(&self) -> String {
        format!("{}/{}", self.rule, self.name)
    }

    /// What `case.yaml` says.
    fn describe(&self) -> String {
        let quoted = |text: &str| serde_json::to_string(text).unwrap();
        let mut out = String::from(
            "# Generated from the table in tests/it/cases; `UPDATE=1 cargo test` rewrites it.\n",
        );
        writeln!(out, "made: {}", quoted(self.made)).unwrap();
        writeln!(out, "policy: {}", self.policy).unwrap();
        if !self.variables.is_empty() {
            writeln!(out, "vars:").unwrap();
            for (name, value) in &self.variables {
                writeln!(out, "  {name}: {}", quoted(value)).unwrap();
            }
        }
        if !self.arguments.is_empty() {
            writeln!(out, "arguments: [{}]", self.arguments.join(", ")).unwrap();
        }
        writeln!(out, "at: {}", quoted(self.at)).unwrap();
        if self.expect.is_empty() {
            writeln!(out, "expect: []").unwrap();
        } else {
            writeln!(out, "expect:").unwrap();
        }
        for finding in &self.expect {
            write!(out, "  - {{ severity: {}", finding.severity).unwrap();
            if let Some(certificate) = finding.certificate {
                write!(out, ", certificate: {certificate}").unwrap();
            }
            if let Some(field) = finding.field {
                write!(out, ", field: {field}").unwrap();
            }
            if let Some(line) = finding.line {
                write!(out, ", line: {line}").unwrap();
            }
            writeln!(out, " }}").unwrap();
        }
        out
    }

    /// Runs the program on files, in the way that this case wants; what it finds, by path.
    fn findings(&self, files: &[&Path]) -> BTreeMap<PathBuf, Vec<Value>> {
        let mut command = chainlint(&project("tests/cases"));
        command.args([
            "check",
            "--format",
            "json",
            "--no-config",
            "--policy",
            self.policy,
        ]);
        command
            .args(["--at", self.at])
            .args(&self.arguments)
            .args(files);
        for (name, value) in &self.variables {
            command.arg("--var").arg(format!("{name}={value}"));
        }
        let report = program::json(&command.output().unwrap());
        let checked = &report["summary"]["checked"];
        let skipped = &report["summary"]["skipped"];
        assert_eq!(
            checked.as_u64().unwrap() + skipped.as_u64().unwrap(),
            files.len() as u64
        );
        let mut found: BTreeMap<PathBuf, Vec<Value>> = BTreeMap::new();
        for finding in program::findings(&report) {
            let path = finding["path"].as_str().unwrap().into();
            found.entry(path).or_default().push(finding.clone());
        }
        found
    }

    /// The rules that the program finds broken in the file, each once.
    fn rules(&self, file: &Path) -> Vec<String> {
        let found = self.findings(&[file]);
        rules_of(found.values().flatten())
    }

    /// What is wrong with the program's answer on the case's file, if anything.
    fn judge(&self, findings: &[Value]) -> Result<(), String> {
        let found: Vec<&Value> = findings
            .iter()
            .filter(|finding| finding["rule"] == self.rule)
            .collect();
        let agrees = found.len() == self.expect.len()
            && self
                .expect
                .iter()
                .zip(&found)
                .all(|(expect, found)| expect.agrees(found));
        if agrees {
            return Ok(());
        }
        let shown: Vec<String> = found.iter().map(|finding| show(finding)).collect();
        Err(format!(
            "{}: expected\n{}found {shown:#?}",
            self.folder(),
            self.describe()
        ))
    }
}

impl Expect {
    fn agrees(&self, found: &Value) -> bool {
        found["severity"] == self.severity
            && self
                .certificate
                .is_none_or(|index| found["certificate"]["index"] == index)
            && self.field.is_none_or(|field| found["field"] == field)
            && self.line.is_none_or(|line| found["start"]["line"] == line)
    }
}

/// The rules of findings, each once.
fn rules_of<'a>(findings: impl IntoIterator<Item = &'a Value>) -> Vec<String> {
    let findings = findings.into_iter();
    let rules: BTreeSet<&str> = findings
        .filter_map(|finding| finding["rule"].as_str())
        .collect();
    rules.into_iter().map(str::to_owned).collect()
}

fn show(finding: &Value) -> String {
    let certificate = &finding["certificate"]["index"];
    let line = &finding["start"]["line"];
    let field = &finding["field"];
    let (severity, message) = (&finding["severity"], &finding["message"]);
    format!("{severity} certificate {certificate} field {field} line {line}: {message}")
}

pub(crate) fn table() -> Vec<Case> {
    let parts = [
        files::cases(),
        private_keys::cases(),
        encoding::cases(),
        times::cases(),
        keys::cases(),
        roles::cases(),
        chains::cases(),
        issuers::cases(),
        names::cases(),
        qwac::cases(),
    ];
    parts.into_iter().flatten().collect()
}

/// Each case with what the program finds in its file. What wants to be run in one and the same way is run
/// at once.
fn judged(cases: Vec<Case>) -> Vec<(Case, Vec<Value>)> {
    let scratch = tempfile::tempdir().unwrap();
    let mut runs: BTreeMap<_, Vec<(Case, PathBuf)>> = BTreeMap::new();
    for case in cases {
        let file = if case.ephemeral {
            let name = case.folder().replace('/', "-");
            let file = scratch.path().join(format!("{name}.pem"));
            fs::write(&file, (case.make)()).unwrap();
            file
        } else {
            Path::new(&case.folder()).join("chain.pem")
        };
        let (variables, arguments) = (case.variables.clone(), case.arguments.clone());
        let way = (case.policy, case.at, variables, arguments);
        runs.entry(way).or_default().push((case, file));
    }
    let mut judged = Vec::new();
    for cases in runs.into_values() {
        let files: Vec<&Path> = cases.iter().map(|(_, file)| file.as_path()).collect();
        let mut found = cases[0].0.findings(&files);
        let with_findings = cases.into_iter().map(|(case, file)| {
            let findings = found.remove(&file).unwrap_or_default();
            (case, findings)
        });
        judged.extend(with_findings);
    }
    judged
}

#[test]
fn the_committed_cases_are_those_of_the_table() {
    let folder = project("tests/cases");
    let mut wanted = Vec::new();
    for case in table().iter().filter(|case| !case.ephemeral) {
        wanted.push((
            format!("{}/case.yaml", case.folder()),
            case.describe().into_bytes(),
        ));
        wanted.push((format!("{}/chain.pem", case.folder()), (case.make)()));
    }
    wanted.sort();
    if update() {
        // Other tests read the folder at this very time, so nothing is taken away that stays.
        let kept: BTreeSet<&Path> = wanted.iter().map(|(path, _)| Path::new(path)).collect();
        for path in files_below(&folder) {
            if !kept.contains(path.as_path()) {
                fs::remove_file(folder.join(path)).unwrap();
            }
        }
        for (path, content) in &wanted {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            if fs::read(&path).is_ok_and(|found| found == *content) {
                continue;
            }
            fs::write(path, content).unwrap();
        }
    }
    for (path, content) in &wanted {
        let committed = fs::read(folder.join(path)).unwrap_or_default();
        assert!(
            committed == *content,
            "{path} is stale: `UPDATE=1 cargo test` rewrites it"
        );
    }
    let wanted: BTreeSet<&Path> = wanted.iter().map(|(path, _)| Path::new(path)).collect();
    for path in files_below(&folder) {
        assert!(
            wanted.contains(path.as_path()),
            "{} is in no table",
            path.display()
        );
    }
}

#[test]
fn no_committed_case_holds_a_private_key() {
    for path in files_below(&project("tests/cases")) {
        let content = fs::read(project("tests/cases").join(&path)).unwrap();
        let text = String::from_utf8_lossy(&content);
        assert!(
            !text.contains("PRIVATE KEY-----\nM"),
            "{} holds a key",
            path.display()
        );
    }
}

#[test]
fn names_say_what_is_expected_and_are_unique() {
    let mut folders = BTreeSet::new();
    for case in table() {
        let fails = case.name.starts_with("fail-");
        assert_eq!(fails, !case.expect.is_empty(), "{}", case.folder());
        assert!(folders.insert(case.folder()), "{} twice", case.folder());
    }
}

#[test]
fn each_case_has_the_findings_that_it_expects() {
    let judged = judged(table());
    let wrong = judged
        .iter()
        .filter_map(|(case, findings)| case.judge(findings).err());
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_rule_of_the_built_in_policies_has_a_pass_and_a_fail_case() {
    let table = table();
    for policy in BUILT_IN {
        let mut command = chainlint(&project("tests"));
        let output = command
            .args(["rules", "--format", "json", "--policy", policy])
            .output()
            .unwrap();
        for rule in program::json(&output).as_array().unwrap() {
            let id = rule["id"].as_str().unwrap();
            if id.starts_with("waiver-") {
                // Asked of waivers, not of files: tests/it/waivers.rs.
                continue;
            }
            for kind in ["pass-", "fail-"] {
                let has = |case: &Case| case.rule == id && case.name.starts_with(kind);
                assert!(table.iter().any(has), "{policy}: {id} has no {kind} case");
            }
        }
    }
}
