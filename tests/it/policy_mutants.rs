//! `chainlint test --coverage` and `--mutate`, from outside.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::policy_tests::{case, fits_the_schema, folder, tested};
use crate::support::program::{chainlint, json};

#[test]
fn rules_without_a_failing_or_a_passing_case_are_named() {
    let cases = case("days: 399", "error: acme-lifetime");
    let (status, report) = tested(&cases, &["--coverage"]);
    let expected = serde_json::json!([
        { "policy": "acme", "rule": "acme-lifetime", "missing": ["pass"], "path": "acme.yaml", "line": 6 },
        { "policy": "acme", "rule": "acme-size", "missing": ["fail", "pass"], "path": "acme.yaml", "line": 12 },
    ]);
    assert_eq!((status, &report["coverage"]), (0, &expected));
    assert_eq!(tested(&cases, &["--require-coverage"]).0, 1);
    // An answer that nothing was asked for is no cover.
    let other = case(
        "days: 399, certificate_policies: [2.23.140.1.2.2]",
        "not_applicable: acme-lifetime",
    );
    assert_eq!(tested(&other, &["--require-coverage"]).0, 1);
}

/// The exit status, and the changes that no case noticed.
fn survivors(folder: &Path, arguments: &[&str]) -> (i32, Vec<String>) {
    let output = chainlint(folder)
        .args(["test", "--mutate", "--format", "json"])
        .args(arguments)
        .output()
        .unwrap();
    let report = json(&output);
    fits_the_schema(&report);
    let survived = report["mutation"]["survived"].as_array().unwrap().iter();
    let change = |of: &Value| {
        let word = |key: &str| of[key].as_str().unwrap().to_owned();
        format!("{}: {}", word("rule"), word("change"))
    };
    (
        output.status.code().unwrap(),
        survived.map(change).collect(),
    )
}

#[test]
fn mutants_that_no_case_notices_are_named() {
    let far = case(
        "days: 500, key: rsa-1024",
        "fail: [acme-lifetime, acme-size]",
    );
    assert_eq!(
        survivors(folder(&far).path(), &[]),
        (
            1,
            vec![
                "acme-lifetime: severity: error → warning".to_owned(),
                "acme-lifetime: max_days: 398 → 399".to_owned(),
                "acme-size: severity: warning → advice".to_owned(),
                "acme-size: on: any → leaf".to_owned(),
                "acme-size: min_bits: 2048 → 2047".to_owned(),
            ]
        )
    );
    assert_eq!(survivors(folder(&near()).path(), &[]), (0, Vec::new()));
}

/// Cases that notice everything.
fn near() -> String {
    let leaf = case(
        "days: 399, key: rsa-2047",
        "error: acme-lifetime, warning: acme-size",
    );
    format!(
        "{leaf}  - {{ name: root, chain: {{ leaf: {{ days: 9 }}, root: {{ key: rsa-2047 }} }}, expect: {{ pass: acme-lifetime, warning: acme-size }} }}\n"
    )
}

/// A folder with a policy of one rule, and these cases.
fn one_rule(rule: &str, cases: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let policy = format!(
        "version: 1\nname: acme\nrules:\n  acme-rule: {{ severity: error, message: m, {rule} }}\n"
    );
    fs::write(folder.path().join("acme.yaml"), policy).unwrap();
    let test = format!("version: 1\npolicy: acme.yaml\nat: 2026-11-23\ncases:\n{cases}");
    fs::write(folder.path().join("a.test.yaml"), test).unwrap();
    folder
}

#[test]
fn whom_a_rule_asks_is_narrowed_too() {
    let three = |wrong: &str| {
        let member = |name: &str| {
            let key = if name == wrong {
                "rsa-1024"
            } else {
                "rsa-2048"
            };
            format!("{name}: {{ key: {key} }}")
        };
        let members = ["leaf", "intermediate", "root"].map(member).join(", ");
        format!("  - {{ name: {wrong}, chain: {{ {members} }}, expect: {{ error: acme-rule }} }}\n")
    };
    let of = |on: &str, wrong: &[&str]| {
        let cases: String = wrong.iter().map(|wrong| three(wrong)).collect();
        let rule = format!("on: {on}, check: {{ rsa-key-size: {{ min_bits: 1025 }} }}");
        let folder = one_rule(&rule, &cases);
        survivors(folder.path(), &[]).1
    };
    assert_eq!(of("any", &["leaf"]), ["acme-rule: on: any → leaf"]);
    assert_eq!(of("any", &["root"]), ["acme-rule: on: any → ca"]);
    assert_eq!(of("any", &["leaf", "root"]), [] as [&str; 0]);
    assert_eq!(of("ca", &["root"]), ["acme-rule: on: ca → root"]);
    assert_eq!(of("ca", &["root", "intermediate"]), [] as [&str; 0]);
    assert_eq!(of("leaf", &["leaf"]), [] as [&str; 0]);
}

#[test]
fn a_list_of_numbers_is_loosened_by_the_next_ones() {
    let rule = "on: leaf, check: { version: { allowed: [3] } }";
    let one = "  - { name: a, chain: { leaf: { version: 1 }, root: {} }, expect: { error: acme-rule } }\n";
    let two = one
        .replace("version: 1", "version: 2")
        .replace("name: a", "name: b");
    let survived = |cases: &str| survivors(one_rule(rule, cases).path(), &[]).1;
    assert_eq!(survived(one), ["acme-rule: allowed: 2 added"]);
    assert_eq!(survived(&two), [] as [&str; 0]);
}

#[test]
fn the_bound_that_holds_without_variables_counts_whatever_cases_set() {
    let set = "  - { name: set, vars: { most: 500 }, chain: { leaf: { days: 501 }, root: {} }, expect: { error: acme-lifetime } }\n";
    let of = |cases: &str| survivors(folder(cases).path(), &[]).1;
    let survivor = ["acme-lifetime: max_days: 398 → 399"];
    let size = near().replace("days: 399", "days: 500");
    for cases in [format!("{set}{size}"), format!("{size}{set}")] {
        assert_eq!(of(&cases), survivor, "{cases}");
    }
    for cases in [format!("{set}{}", near()), format!("{}{set}", near())] {
        assert_eq!(of(&cases), [] as [&str; 0], "{cases}");
    }
    // Nor does it matter in which file a case stands.
    for name in ["0.test.yaml", "z.test.yaml"] {
        let folder = folder(&size);
        let test = format!("version: 1\npolicy: acme.yaml\nat: 2026-11-23\ncases:\n{set}");
        fs::write(folder.path().join(name), test).unwrap();
        assert_eq!(survivors(folder.path(), &[]).1, survivor, "{name}");
    }
}

#[test]
fn two_policies_of_one_name_are_two() {
    let folder = folder(&near());
    let policy = fs::read_to_string(folder.path().join("acme.yaml")).unwrap();
    fs::write(folder.path().join("other.yaml"), policy).unwrap();
    let passing = case("days: 9", "pass: [acme-lifetime, acme-size]");
    let test = format!("version: 1\npolicy: other.yaml\nat: 2026-11-23\ncases:\n{passing}");
    fs::write(folder.path().join("other.test.yaml"), test).unwrap();
    let (status, survived) = survivors(folder.path(), &[]);
    assert_eq!(status, 1);
    assert!(
        !survived.contains(&"acme-lifetime: the rule is left out".to_owned())
            && survived.contains(&"acme-lifetime: max_days: 398 → 399".to_owned()),
        "{survived:?}"
    );
    let output = chainlint(folder.path())
        .args(["test", "--coverage", "--format", "json"])
        .output()
        .unwrap();
    let gaps = json(&output)["coverage"].clone();
    let places: Vec<&str> = gaps
        .as_array()
        .unwrap()
        .iter()
        .map(|gap| gap["path"].as_str().unwrap())
        .collect();
    assert_eq!(
        places,
        ["acme.yaml", "acme.yaml", "other.yaml", "other.yaml"][1..]
    );
}

#[test]
fn a_case_that_fails_as_it_is_notices_nothing() {
    let wrong = near().replace("days: 399", "days: 397");
    let (status, survived) = survivors(folder(&wrong).path(), &[]);
    assert_eq!(status, 1);
    assert!(
        survived.contains(&"acme-lifetime: max_days: 398 → 399".to_owned()),
        "{survived:?}"
    );
    let output = chainlint(folder(&wrong).path())
        .args(["test", "--mutate"])
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("noticed by no case that passes as it is"),
        "{told}"
    );
}

#[test]
fn what_would_notice_a_change_is_told_for_each_kind_of_it() {
    let far = case(
        "days: 500, key: rsa-1024",
        "fail: [acme-lifetime, acme-size]",
    );
    let output = chainlint(folder(&far).path())
        .args(["test", "--mutate"])
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    for part in [
        "expect the severity that it has",
        "just on the other side",
        "a certificate of another role",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let passing = case("days: 9", "pass: [acme-size]");
    let output = chainlint(folder(&passing).path())
        .args(["test", "--mutate"])
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("add a case in which it fails"), "{told}");
}

#[test]
fn rules_of_parents_count_where_that_is_asked() {
    let folder = TempDir::new().unwrap();
    fs::write(
        folder.path().join("acme.yaml"),
        "version: 1\nname: acme\nextends: hygiene\nrules:\n  chain-order: warning\n",
    )
    .unwrap();
    fs::write(
        folder.path().join("a.test.yaml"),
        "version: 1\npolicy: acme.yaml\nat: 2026-11-23\nchains: { good: { leaf: {}, root: {} } }\ncases:\n  - { name: a, chain: good, expect: { pass: chain-order } }\n  - { name: b, chain: { like: good, order: [root, leaf] }, expect: { warning: chain-order } }\n",
    )
    .unwrap();
    let status = |arguments: &[&str]| {
        let output = chainlint(folder.path())
            .arg("test")
            .args(arguments)
            .output();
        output.unwrap().status.code()
    };
    assert_eq!(status(&["--require-coverage", "--mutate"]), Some(0));
    assert_eq!(status(&["--require-coverage", "--inherited"]), Some(1));
    assert_eq!(status(&["--mutate", "--inherited"]), Some(1));
}
