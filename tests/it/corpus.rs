//! Certificates that nobody here made, where the variable CHAINLINT_CORPUS names their folder.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::program::{chainlint, check, findings, rules_of};

pub(crate) fn corpus() -> Option<PathBuf> {
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
    let index = fs::read(folder.join("index.json")).unwrap();
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

const MALFORMED: &str = "qwac-psd2-statement-malformed";
const NCA_ID: &str = "qwac-nca-id-syntax";
const NOT_PSD: &str = "qwac-organization-identifier-not-psd";
const NOT_WEB: &str = "qwac-qc-type-not-web";
const POLICY: &str = "qwac-policy-missing";
const UNEXPECTED: &str = "qwac-statement-not-expected";
const MISMATCH: &str = "qwac-nca-organization-mismatch";
/// What each certificate says that is none of PSD2.
const NO_PSD2: [&str; 2] = [
    "qwac-organization-identifier-missing",
    "qwac-psd2-statement-missing",
];

/// What every file shares: each is a leaf alone, without a common name and without a QcPDS.
const SHARED: [&str; 3] = [
    "chain-root-included",
    "qwac-pds-url",
    "qwac-subject-attribute-missing",
];

/// PSD2 certificates, and the rules that speak of what the name tells.
const PSD2: [(&str, &[&str]); 28] = [
    ("03MissingRolesOid", &[MALFORMED]),
    ("04Psd2ExtInvNcaId", &[NCA_ID]),
    ("05Valid", &[]),
    ("06Psd2ExtWrongNcaId", &[NCA_ID]),
    // Its nCAId is DE-bafin.
    ("07MissingRoleName", &[NCA_ID, MALFORMED]),
    ("08NcaNameMissing", &[MALFORMED]),
    ("09NcaNameZeroLength", &[MALFORMED]),
    // A role of a name alone: what is missing is told as the OID.
    ("10RoleNameMissing", &[MALFORMED]),
    // Its nCAId is DE.
    ("11RoleNameZeroLenght", &[NCA_ID, MALFORMED]),
    ("12NcaIdInconsistent", &[NCA_ID]),
    ("17NcaIdInconsistent", &[NCA_ID]),
    ("19ValidTwoRoles", &[]),
    ("20ValidTwoTimesSameRole", &[]),
    ("24RoleNameIllegalChars", &[MALFORMED]),
    ("27RoleNameNull", &[MALFORMED]),
    ("28NcaNameIa5Str", &[MALFORMED]),
    ("31Valid", &[]),
    ("36MalformedOrgId", &[MISMATCH]),
    ("37Valid", &[]),
    ("38NcaIdLowerCase", &[NCA_ID]),
    // Legal since V1.5.1 of TS 119 495: a warning.
    ("40Valid", &[NOT_PSD]),
    ("42OrgIdInvalid", &[NOT_PSD]),
    ("43LeiNotXg", &[NOT_PSD]),
    ("45LegalPersonSyntaxViolated", &[NOT_PSD]),
    ("48InvalidOrgId", &[NOT_PSD]),
    ("48LegalPersonSyntaxViolated", &[NOT_PSD]),
    ("49ValidNationalScheme", &[NOT_PSD]),
    ("50CabfNtrSopSyntaxInPsd2Cert", &[NOT_PSD]),
];

/// Certificates that are none of PSD2, and what else is to be said of them.
const NOT_PSD2: [(&str, &[&str]); 12] = [
    ("101EuQcCertWoQcPolicy", &[POLICY]),
    // It has no QcType.
    ("102InconsistentPolicy", &[NOT_WEB]),
    ("103InconsistentPolicy", &[POLICY, NOT_WEB, UNEXPECTED]),
    ("105InconsistentPolicy", &[POLICY, NOT_WEB, UNEXPECTED]),
    ("82EuQcCertWoAnyPolicy", &[POLICY, NOT_WEB]),
    ("83EuQcCertWoAnyPolicy", &[POLICY]),
    ("85InconsistenPolicy", &[NOT_WEB]),
    ("86ValidWebPolicyConsistent", &[]),
    // Valid for signatures: no QWAC.
    ("89ValidQcTypeEsign", &[POLICY, NOT_WEB]),
    // QcSSCD belongs to signatures and seals; that it is missing there is no matter of QWACs.
    ("90MissingQcSscdStmt", &[POLICY, NOT_WEB]),
    ("92InconsistenPolicy", &[POLICY]),
    ("94MissingQcSscdStmt", &[POLICY, NOT_WEB]),
];

/// Rules of a file of the folder `qwac`, without those of [`SHARED`].
fn rules_of_qwac(folder: &Path, file: &str) -> Vec<String> {
    let at = "2020-01-01T00:00:00Z";
    let arguments = ["--no-config", "--policy", "psd2-qwac", "--at", at, file];
    let (report, _) = check(folder, &arguments);
    let mut rules: Vec<String> = findings(&report)
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap().to_owned())
        .filter(|rule| !SHARED.contains(&rule.as_str()))
        .collect();
    rules.sort();
    rules.dedup();
    rules
}

#[test]
fn qwacs_get_the_verdict_that_their_names_tell() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("qwac");
    // PDSDE-…, called valid because it claims no semantics: an authorisation number it is not.
    let last = ("51ValidNoQcs2QcStmt", [NOT_PSD].as_slice());
    let psd2 = PSD2
        .into_iter()
        .chain([last])
        .map(|case| (case, [].as_slice()));
    let others = NOT_PSD2.into_iter().map(|case| (case, NO_PSD2.as_slice()));
    for ((name, rules), always) in psd2.chain(others) {
        let mut expected: Vec<&str> = rules.iter().chain(always).copied().collect();
        expected.sort_unstable();
        let file = format!("QcStmtPsd2Cert{name}.pem");
        assert_eq!(rules_of_qwac(&folder, &file), expected, "{name}");
    }
}

#[test]
fn certificates_without_statements_are_no_qwacs() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("qwac");
    let mut files: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("EvAltRegNum"))
        .collect();
    files.sort();
    assert_eq!(files.len(), 14);
    // They are about an extension of the CA/Browser Forum (2.23.140.3.1) that QWACs need not have.
    for file in files {
        let rules = rules_of_qwac(&folder, &file);
        for rule in [
            "qwac-psd2-statement-missing",
            "qwac-qc-compliance-missing",
            NOT_WEB,
            POLICY,
        ] {
            assert!(rules.iter().any(|found| found == rule), "{file}: {rule}");
        }
    }
}
