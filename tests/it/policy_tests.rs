//! `chainlint test`, from outside.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::program::{chainlint, json};
use crate::support::{files_below, project, update};

const POLICY: &str = "\
version: 1
name: acme
vars:
  most: { type: integer, default: 398 }
rules:
  acme-lifetime:
    severity: error
    on: leaf
    when: { class: [private] }
    check: { validity-period: { max_days: '{vars.most}' } }
    message: \"lives for {days} days\"
  acme-size:
    severity: warning
    on: any
    check: { rsa-key-size: { min_bits: 2048 } }
    message: \"has {bits} bits\"
";

/// A folder with the policy and a test file of these cases.
pub(crate) fn folder(cases: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("acme.yaml"), POLICY).unwrap();
    let test = format!("version: 1\npolicy: acme.yaml\nat: 2026-11-23\ncases:\n{cases}");
    fs::write(folder.path().join("acme.test.yaml"), test).unwrap();
    folder
}

/// The exit status and the JSON report.
pub(crate) fn tested(cases: &str, arguments: &[&str]) -> (i32, Value) {
    let folder = folder(cases);
    let output = chainlint(folder.path())
        .args(["test", "--format", "json"])
        .args(arguments)
        .output()
        .unwrap();
    (output.status.code().unwrap(), json(&output))
}

/// The messages of all misses.
pub(crate) fn misses(report: &Value) -> Vec<String> {
    let files = report["files"].as_array().unwrap().iter();
    let cases = files.flat_map(|file| file["cases"].as_array().unwrap());
    let misses = cases.flat_map(|case| case["misses"].as_array().unwrap());
    misses
        .map(|miss| miss["message"].as_str().unwrap().to_owned())
        .collect()
}

/// One case on a chain of a leaf with these fields and its root.
pub(crate) fn case(leaf: &str, expect: &str) -> String {
    format!(
        "  - name: a case\n    chain: {{ leaf: {{ {leaf} }}, root: {{}} }}\n    expect: {{ {expect} }}\n"
    )
}

#[test]
fn the_tests_of_the_built_in_policies_cover_every_rule_and_notice_every_mutant() {
    let output = chainlint(&project("."))
        .args(["test", "policies", "--require-coverage", "--mutate"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{}{told}",
        String::from_utf8_lossy(&output.stdout)
    );
    assert!(output.stdout.is_empty());
    assert!(
        told.contains("every rule is shown to fail and to pass"),
        "{told}"
    );
    assert!(told.contains("all noticed"), "{told}");
    // Each built-in policy has a file of its own.
    for (name, _) in chainlint::policy::BUILTINS {
        let test = format!("policies/{name}.test.yaml");
        assert!(project(&test).exists(), "{test}");
    }
}

#[test]
fn no_answer_satisfies_another() {
    let chains = [
        ("fails", "days: 399", "acme-lifetime"),
        ("passes", "days: 398", "acme-lifetime"),
        (
            "is of another class",
            "days: 399, certificate_policies: [2.23.140.1.2.2]",
            "acme-lifetime",
        ),
    ];
    let answers = [
        ("error", [true, false, false]),
        ("fail", [true, false, false]),
        ("warning", [false, false, false]),
        ("advice", [false, false, false]),
        ("pass", [false, true, false]),
        ("not_applicable", [false, false, true]),
        ("undetermined", [false, false, false]),
        ("off", [false, false, false]),
    ];
    for (answer, met) in answers {
        for ((what, leaf, rule), met) in chains.iter().zip(met) {
            let (status, report) = tested(&case(leaf, &format!("{answer}: {rule}")), &[]);
            assert_eq!(
                status,
                i32::from(!met),
                "{answer}: {what}: {:?}",
                misses(&report)
            );
        }
    }
}

#[test]
fn what_cannot_be_told_is_neither_a_failure_nor_a_pass() {
    let folder = TempDir::new().unwrap();
    let policy = "version: 1\nname: acme\nrules:\n  acme-purpose:\n    severity: error\n    on: leaf\n    check: { purpose: { extended_key_usage: 1.3.6.1.5.5.7.3.2 } }\n    message: m\n";
    fs::write(folder.path().join("acme.yaml"), policy).unwrap();
    for (answer, status) in [("undetermined", 0), ("fail", 1), ("error", 1), ("pass", 1)] {
        let test = format!(
            "version: 1\npolicy: acme.yaml\nat: 2026-11-23\ncases:\n  - name: a\n    chain: {{ leaf: {{ extensions: {{ \"2.5.29.37\": \"3003020101\" }} }}, root: {{}} }}\n    expect: {{ {answer}: acme-purpose }}\n"
        );
        fs::write(folder.path().join("a.test.yaml"), test).unwrap();
        let output = chainlint(folder.path()).arg("test").output().unwrap();
        assert_eq!(output.status.code(), Some(status), "{answer}");
    }
}

#[test]
fn a_rule_that_is_off_is_off_and_nothing_else() {
    let folder = TempDir::new().unwrap();
    fs::write(
        folder.path().join("acme.yaml"),
        "version: 1\nname: acme\nextends: hygiene\nrules:\n  chain-order: off\n",
    )
    .unwrap();
    for (answer, status) in [("off", 0), ("not_applicable", 1), ("pass", 1), ("fail", 1)] {
        let test = format!(
            "version: 1\npolicy: acme.yaml\nat: 2026-11-23\ncases:\n  - name: a\n    chain: {{ leaf: {{}}, root: {{}}, order: [root, leaf] }}\n    expect: {{ {answer}: chain-order }}\n"
        );
        fs::write(folder.path().join("a.test.yaml"), test).unwrap();
        let output = chainlint(folder.path()).arg("test").output().unwrap();
        assert_eq!(output.status.code(), Some(status), "{answer}");
    }
}

#[test]
fn a_finding_that_no_case_speaks_of_fails_it() {
    let leaf = "days: 399, key: rsa-1024";
    let (status, report) = tested(&case(leaf, "error: acme-lifetime"), &[]);
    assert_eq!(status, 1);
    assert_eq!(
        misses(&report),
        ["a case: `acme-size` is not expected to fail"]
    );
    let both = case(leaf, "error: acme-lifetime, warning: acme-size");
    assert_eq!(tested(&both, &[]).0, 0);
    let open = case(leaf, "error: acme-lifetime") + "    other_findings: true\n";
    assert_eq!(tested(&open, &[]).0, 0);
}

/// A policy of one rule, which public certificates alone are asked.
const PUBLIC_ONLY: &str = "\
version: 1
name: acme
rules:
  only-public:
    severity: error
    on: leaf
    when: { class: [public] }
    check: { rsa-key-size: { min_bits: 4096 } }
    message: m
";

#[test]
fn a_case_that_names_no_rule_and_that_no_rule_applies_to_fails() {
    for expect in ["", ", expect: {}", ", expect: { pass: [] }"] {
        let one =
            format!("  - {{ name: a, chain: {{ leaf: {{ days: 300 }}, root: {{}} }}{expect} }}\n");
        let folder = folder(&one);
        // Where a rule holds, that is shown.
        let run = |format: &str| {
            let output = chainlint(folder.path())
                .args(["test", "--format", format])
                .output()
                .unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            (output.status.code().unwrap(), text)
        };
        let (status, told) = run("full");
        assert_eq!(status, 0, "{expect}: {told}");
        fs::write(folder.path().join("acme.yaml"), PUBLIC_ONLY).unwrap();
        for format in ["full", "json", "junit"] {
            let (status, told) = run(format);
            assert_eq!(status, 1, "{format} {expect}");
            let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(
                told.contains("the case shows nothing"),
                "{format} {expect}: {told}"
            );
            // JUnit has no place for what to do.
            let help = told.contains("`not_applicable: RULE`");
            assert!(help || format == "junit", "{format} {expect}: {told}");
        }
    }
    let named = case("", "not_applicable: only-public");
    let folder = folder(&named);
    fs::write(folder.path().join("acme.yaml"), PUBLIC_ONLY).unwrap();
    chainlint(folder.path()).arg("test").assert().success();
}

#[test]
fn a_file_that_cannot_be_read_may_be_expected_under_a_policy_that_has_no_rule_for_it() {
    let of = |content: &str, expect: &str| {
        tested(
            &format!("  - {{ name: a, {content}, expect: {{ {expect} }} }}\n"),
            &[],
        )
    };
    let empty = "text: ''";
    assert_eq!(
        misses(&of(empty, "").1),
        ["a: `readable` is not expected to fail"]
    );
    for met in ["error: readable", "fail: { rule: readable, count: 1 }"] {
        for content in [empty, "unreadable: no permission"] {
            let (status, report) = of(content, met);
            assert_eq!(
                (status, misses(&report)),
                (0, Vec::new()),
                "{content} {met}"
            );
        }
    }
    let chain = "chain: { leaf: { days: 300 }, root: {} }";
    assert_eq!(of(chain, "pass: readable").0, 0);
    for (content, unmet) in [(empty, "pass: readable"), (chain, "error: readable")] {
        assert_eq!(of(content, unmet).0, 1, "{content} {unmet}");
    }
}

#[test]
fn a_finding_may_be_expected_with_its_message_field_certificate_and_count() {
    let ways = [
        ("message: lives for 399", 0),
        ("message: lives for 400", 1),
        ("field: validity", 0),
        ("field: subject", 1),
        ("certificate: 1", 0),
        ("certificate: 2", 1),
        ("count: 1", 0),
        ("count: 2", 1),
    ];
    for (detail, wanted) in ways {
        let expect = format!("error: {{ rule: acme-lifetime, {detail} }}");
        let (status, report) = tested(&case("days: 399", &expect), &[]);
        assert_eq!(status, wanted, "{detail}: {:?}", misses(&report));
    }
}

#[test]
fn a_recipe_makes_what_it_says() {
    let facts = |leaf: &str, root: &str| -> Value {
        let folder = TempDir::new().unwrap();
        let policy = "version: 1\nname: acme\nrules:\n  acme-never: { severity: error, on: any, check: { rsa-key-size: { min_bits: 1 } }, message: m }\n";
        fs::write(folder.path().join("acme.yaml"), policy).unwrap();
        let test = format!(
            "version: 1\npolicy: acme.yaml\nat: 2026-11-23\ncases:\n  - name: a case\n    chain: {{ leaf: {{ {leaf} }}, root: {{ {root} }} }}\n    other_findings: true\n    expect: {{ not_applicable: acme-never }}\n"
        );
        fs::write(folder.path().join("a.test.yaml"), test).unwrap();
        let written = folder.path().join("written");
        let output = chainlint(folder.path())
            .args(["test", "--write", "written"])
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let file = files_below(&written)
            .pop()
            .unwrap_or_else(|| panic!("{told}"));
        let output = chainlint(&written)
            .args(["inspect", "--format", "json"])
            .arg(file)
            .output()
            .unwrap();
        json(&output)
    };
    for (signature, root, algorithm) in [
        ("sha224", "", "sha224WithRSAEncryption"),
        ("sha224", "key: p-384", "ecdsa-with-SHA224"),
        ("sha1", "key: p-521", "ecdsa-with-SHA1"),
        ("sha256", "key: p-521", "ecdsa-with-SHA256"),
        (
            "pss",
            "key: rsa-pss-2048",
            "RSASSA-PSS with sha256 and a salt of 32",
        ),
    ] {
        let report = facts(&format!("signature: {signature}"), root);
        let text = report.to_string();
        assert!(text.contains(algorithm), "{text}");
        assert_eq!(
            report["chain"]["complete"], true,
            "{signature} {root} {text}"
        );
    }
    let leaf = |fields: &str| facts(fields, "")["certificates"][0].clone();
    assert_eq!(leaf("key: rsa-pss-3072")["key"]["algorithm"], "rsa-pss");
    assert_eq!(leaf("key: rsa-17")["key"]["bits"], 17);
    let constraints = leaf("basic_constraints: { ca: false, path_length: 1 }");
    assert_eq!(constraints["extensions"][0]["value"], "3003020101");
    let flags = leaf(
        "crl_distribution_point: \"http://a.example\", authority_information_access: \"http://b.example\", critical: [crl_distribution_point], without: [authority_information_access]",
    );
    let named = |name: &str| {
        let mut all = flags["extensions"].as_array().unwrap().iter();
        all.find(|one| one["name"] == name).cloned()
    };
    assert_eq!(named("cRLDistributionPoints").unwrap()["critical"], true);
    assert!(named("authorityInfoAccess").is_none());
    let roles = leaf("qc_statements: { psd2: { roles: [PSP_IC, VOP_VS, Unspecified] } }");
    let roles = roles["qc"].to_string();
    assert!(
        roles.contains("PSP_IC") && roles.contains("0.4.0.19495.1.52"),
        "{roles}"
    );
}

#[test]
fn a_label_of_all_cases_may_be_none_for_one() {
    let folder = TempDir::new().unwrap();
    let policy = "version: 1\nname: acme\nrules:\n  acme-size: { severity: error, on: leaf, when: { environment: [staging], app: [a] }, check: { rsa-key-size: { min_bits: 1 } }, message: m }\n";
    fs::write(folder.path().join("acme.yaml"), policy).unwrap();
    let case = |label: &str, answer: &str| {
        format!(
            "  - {{ name: '{label}', {label}, chain: {{ leaf: {{}}, root: {{}} }}, expect: {{ {answer}: acme-size }} }}\n"
        )
    };
    let cases = [
        case("strict: false", "pass"),
        case("environment: null", "not_applicable"),
        case("app: null", "not_applicable"),
        case("app: b", "not_applicable"),
    ];
    let test = format!(
        "version: 1\npolicy: acme.yaml\nat: 2026-11-23\nenvironment: staging\napp: a\ncases:\n{}",
        cases.concat()
    );
    fs::write(folder.path().join("a.test.yaml"), test).unwrap();
    let output = chainlint(folder.path()).arg("test").output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

#[test]
fn the_chains_of_cases_are_written_where_that_is_asked() {
    let folder = folder(&case("days: 399", "error: acme-lifetime"));
    let run = |to: &str| {
        let output = chainlint(folder.path())
            .args(["test", "--write", to])
            .output();
        output.unwrap().status.code()
    };
    assert_eq!(run("out"), Some(0));
    let file = folder.path().join("out/acme/01-a-case.pem");
    let text = fs::read_to_string(file).unwrap();
    assert_eq!(text.matches("BEGIN CERTIFICATE").count(), 2);
    // What is there already is nobody's to replace.
    assert_eq!(run("out"), Some(2));
}

#[test]
fn a_case_may_set_variables_labels_and_the_instant() {
    let of = |more: &str| case("days: 399", "error: acme-lifetime") + more;
    assert_eq!(tested(&of(""), &[]).0, 0);
    assert_eq!(tested(&of("    vars: { most: 399 }\n"), &[]).0, 1);
    assert_eq!(tested(&of("    at: 2027-01-01\n"), &[]).0, 0);
    assert_eq!(
        tested(&of("    environment: staging\n    app: aisp\n"), &[]).0,
        0
    );
}

#[test]
fn a_broken_test_file_hides_no_other() {
    let folder = folder(&case("days: 399", "pass: acme-lifetime"));
    fs::write(
        folder.path().join("broken.test.yaml"),
        "version: 1\npolicy: hygiene\nat: soon\ncases: []\n",
    )
    .unwrap();
    let output = chainlint(folder.path()).arg("test").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let (out, told) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    assert!(out.contains("expected pass, but it fails (error)"), "{out}");
    assert!(
        told.contains("`soon` is no instant") && told.contains("there is no case"),
        "{told}"
    );
    // One that is no text is broken like any other.
    fs::write(folder.path().join("a.test.yaml"), b"version: 1\xff\n").unwrap();
    let output = chainlint(folder.path())
        .args(["test", "--format", "json"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let report = json(&output);
    assert_eq!(report["summary"]["failed"], 1);
    assert_eq!(report["summary"]["broken"], 2);
    assert_eq!(report["broken"][0]["path"], "a.test.yaml");
    let soon = &report["broken"][1]["problems"][1];
    assert_eq!(soon["message"], "`soon` is no instant");
    assert_eq!((&soon["line"], &soon["column"]), (&3.into(), &5.into()));
    fits_the_schema(&report);
    let output = chainlint(folder.path())
        .args(["test", "--format", "junit"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let suites = quick_junit::Report::deserialize_from_str(&text).unwrap();
    assert_eq!((suites.tests, suites.failures, suites.errors), (3, 1, 2));
    assert!(
        text.contains("broken.test.yaml:3: `soon` is no instant"),
        "{text}"
    );
}

pub(crate) fn fits_the_schema(report: &Value) {
    let schema = fs::read(project("schema/test-report.schema.json")).unwrap();
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let errors: Vec<String> = jsonschema::validator_for(&schema)
        .unwrap()
        .iter_errors(report)
        .map(|error| error.to_string())
        .collect();
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn no_test_file_is_nothing_and_a_missing_one_an_error() {
    let folder = TempDir::new().unwrap();
    let status = |arguments: &[&str]| {
        let output = chainlint(folder.path())
            .arg("test")
            .args(arguments)
            .output();
        output.unwrap().status.code()
    };
    assert_eq!(status(&[]), Some(3));
    assert_eq!(status(&["--allow-empty"]), Some(0));
    assert_eq!(status(&["nowhere.test.yaml"]), Some(2));
    fs::write(folder.path().join("empty.test.yaml"), "").unwrap();
    assert_eq!(status(&[]), Some(2));
}

/// What is wrong with a test file of these cases: line, column and message of each.
fn wrong(cases: &str) -> String {
    let folder = folder(cases);
    let output = chainlint(folder.path()).arg("test").output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{cases}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn each_mistake_in_a_test_file_is_told_where_it_stands() {
    let chain = |chain: &str| {
        format!("  - name: a\n    chain: {chain}\n    expect: {{ pass: acme-size }}\n")
    };
    let leaf = |leaf: &str| chain(&format!("{{ leaf: {{ {leaf} }}, root: {{}} }}"));
    let table = [
        (leaf("dayz: 3"), ":6:22", "did you mean `days`?"),
        (leaf("days: long"), ":6:28", "expected"),
        (leaf("key: rsa-9"), ":6:27", "from 16 to"),
        (leaf("key: p-265"), ":6:27", "did you mean `p-256`?"),
        (
            leaf("key_of: stem"),
            ":6:30",
            "the chain has no certificate `stem`",
        ),
        (
            leaf("issued_by: stem"),
            ":6:33",
            "the chain has no certificate `stem`",
        ),
        (
            leaf("key_of: root, key: p-256"),
            ":6:41",
            "`key_of` says already",
        ),
        (
            leaf("key_of: root, rsa_exponent: 3"),
            ":6:50",
            "`key_of` says already",
        ),
        (leaf("not_before: soon"), ":6:34", "is no instant"),
        (
            leaf("seconds: 3, not_after: 2027-01-01"),
            ":6:31",
            "both say when it ends",
        ),
        (
            leaf("days: 4000000"),
            ":6:28",
            "outside of the years 0 to 9999",
        ),
        (
            leaf("days: -4000000"),
            ":6:28",
            "outside of the years 0 to 9999",
        ),
        (
            leaf("days: 9223372036854775807"),
            ":6:28",
            "outside of the years 0 to 9999",
        ),
        (
            leaf("days: 3, not_after: 2027-01-01"),
            ":6:28",
            "both say when it ends",
        ),
        (leaf("serial_number: xyz"), ":6:37", "is no hexadecimal"),
        (leaf("version: 4"), ":6:31", "X.509 has no version 4"),
        (leaf("key_usage: [sign]"), ":6:34", "expected one of"),
        (
            leaf("extended_key_usage: [client]"),
            ":6:43",
            "did you mean `client_auth`?",
        ),
        (
            leaf("certificate_policies: [any]"),
            ":6:45",
            "no object identifier",
        ),
        (
            leaf("subject: { comon_name: a }"),
            ":6:33",
            "did you mean `common_name`?",
        ),
        (leaf("subject: { common_name: 3 }"), ":6:46", "in"),
        (
            leaf("subject_alternative_name: { ips: [host] }"),
            ":6:56",
            "no IP address",
        ),
        (
            leaf("qc_statements: { psd2: { roles: [PSP_A] } }"),
            ":6:55",
            "did you mean `PSP_PA`?",
        ),
        (
            leaf("critical: [name_constraints]"),
            ":6:33",
            "has no extension",
        ),
        (
            leaf("critical: [key_usage], not_critical: [key_usage]"),
            ":6:60",
            "is critical or it is not",
        ),
        (
            leaf("key_usage: [digital_signature], extensions: { 2.5.29.15: \"0303\" }"),
            ":6:79",
            "`key_usage: null` leaves out what `like` brings",
        ),
        (
            leaf("version: 1, key_usage: [digital_signature]"),
            ":6:45",
            "no extensions before version 3",
        ),
        (
            leaf("version: 2, extensions: { 1.2.3: \"0500\" }"),
            ":6:46",
            "no extensions before version 3",
        ),
        (leaf("signature: sha3"), ":6:33", "did you mean `sha"),
        (
            chain("{ leaf: { signature: md5 }, root: { key: p-256 } }"),
            ":6:33",
            "the key of `root` makes no such signature",
        ),
        (
            chain("{ leaf: { signature: sha1 }, root: { key: ed25519 } }"),
            ":6:33",
            "the key of `root` makes no such signature",
        ),
        (
            chain("{ leaf: { signature: sha256 }, root: { key: rsa-pss-2048 } }"),
            ":6:33",
            "the key of `root` makes no such signature",
        ),
        (
            chain("{ leaf: {}, write: { form: der, before: a } }"),
            ":6:52",
            "a file in DER has no text",
        ),
        (chain("good"), ":6:12", "no chain `good`"),
        (chain("{ like: good }"), ":6:20", "no chain `good`"),
        (
            chain("{ leaf: {}, order: [leaf, root] }"),
            ":6:38",
            "no certificate `root`",
        ),
        (
            chain("{ leaf: {}, write: { replace: [{ text: xyz, with: a }] } }"),
            ":6:51",
            "not in the file",
        ),
        (chain("{}"), ":6:12", "no certificate"),
        (
            "  - name: a\n    expect: { pass: acme-size }\n".to_owned(),
            ":5:11",
            "needs one of",
        ),
        (
            "  - name: a\n    file: nowhere.pem\n".to_owned(),
            ":6:11",
            "cannot be read",
        ),
        (
            case("", "passes: acme-size"),
            ":7:15",
            "did you mean `pass`?",
        ),
        (
            case("", "pass: acme-sise"),
            ":7:21",
            "did you mean `acme-size`?",
        ),
        (
            case("", "pass: [acme-size], fail: acme-size"),
            ":7:40",
            "named twice",
        ),
        (
            case("", "pass: { rule: acme-size, count: 1 }"),
            ":7:21",
            "has no findings",
        ),
        (
            case("", "fail: { rule: acme-size, count: 0 }"),
            ":7:47",
            "expected",
        ),
        (
            case("", "fail: { rule: acme-size, certificate: 0 }"),
            ":7:53",
            "expected",
        ),
        (
            case("", "fail: { message: a }"),
            ":7:21",
            "`rule` is missing",
        ),
        (
            case("", "pass: acme-size") + &case("", "pass: acme-size"),
            ":8:11",
            "already",
        ),
        (
            case("", "") + "    other_findings: true\n",
            ":5:11",
            "cannot fail",
        ),
        (
            case("", "pass: acme-size") + "    vars: { mos: 3 }\n",
            ":8:13",
            "did you mean `most`?",
        ),
    ];
    let mut unmet = Vec::new();
    for (cases, place, text) in &table {
        let told = wrong(cases);
        if !told.contains(&format!("acme.test.yaml{place}")) || !told.contains(text) {
            unmet.push(format!("{place} {text}\n{cases}{told}"));
        }
    }
    assert!(unmet.is_empty(), "{}", unmet.join("\n----\n"));
}

#[test]
fn one_mistake_is_told_once() {
    let count = |cases: &str| {
        let told = wrong(cases);
        (told.matches("× error").count(), told)
    };
    for chain in [
        "{ leaf: {}, root: { version: 4 } }",
        "{ leaf: {}, root: { dayz: 4 } }",
        "{ leaf: { serial_number: xyz }, root: {} }",
        "{ leaf: {}, root: { key: p-265 }, order: [leaf, root], trusted: [root] }",
    ] {
        let case = format!("  - name: a\n    chain: {chain}\n    expect: {{ pass: acme-size }}\n");
        let (count, told) = count(&case);
        assert_eq!(count, 1, "{told}");
    }
}

#[test]
fn several_mistakes_are_told_at_once() {
    let cases =
        case("dayz: 3", "pass: acme-size") + "  - name: b\n    chain: { leaf: { key: p-265 } }\n";
    let told = wrong(&cases);
    assert!(
        told.contains("`days`") && told.contains("`p-256`"),
        "{told}"
    );
}

#[test]
fn what_a_broken_test_file_says_of_its_policy_is_told_too() {
    let folder = folder(
        "  - { name: a, chain: { leaf: { key: rsa-9 }, root: {} }, expect: { pass: acme-sizes } }\n  - { name: a, file: gone.pem, vars: { mst: 9 }, expect: { fail: acme-lifetimes } }\n",
    );
    let said = || {
        let output = chainlint(folder.path()).arg("test").output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let told = said();
    for part in [
        "no RSA key of 9 bits",
        "`acme-sizes`",
        "there is a case \"a\" already",
        "gone.pem` cannot be read",
        "`mst`",
        "`acme-lifetimes`",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert_eq!(told.matches("× error").count(), 6, "{told}");
    let path = folder.path().join("acme.test.yaml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        text.replace("policy: acme.yaml", "policy: acne.yaml"),
    )
    .unwrap();
    let told = said();
    assert!(
        told.contains("acne.yaml") && told.contains("no RSA key"),
        "{told}"
    );
    fs::write(&path, text.replace("at: 2026-11-23\n", "")).unwrap();
    let told = said();
    assert!(
        told.contains("`at` is missing") && told.contains("`acme-lifetimes`"),
        "{told}"
    );
    fs::write(&path, text.replace("policy: acme.yaml\n", "")).unwrap();
    let told = said();
    assert!(
        told.contains("`policy` is missing") && told.contains("no RSA key"),
        "{told}"
    );
    let lists = text
        .replace("policy: acme.yaml", "policy: [acme.yaml]\napp: [a]")
        .replace("at: 2026-11-23", "at: [2026-11-23]");
    fs::write(&path, lists).unwrap();
    let told = said();
    for part in [
        "`policy`: expected a text",
        "`at`: expected a text",
        "`app`: expected a text",
        "no RSA key",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    // Variables that cannot be read are not missed in the policy.
    fs::write(&path, text.replace("vars: { mst: 9 }", "vars: 9")).unwrap();
    let told = said();
    assert_eq!(told.matches("`vars`").count(), 1, "{told}");
}

#[test]
fn a_chain_that_no_case_starts_from_is_looked_at() {
    let case = "  - { name: a, text: x, expect: { off: acme-size } }\n";
    let wrong = |chains: &str| wrong(&format!("{case}chains:\n{chains}"));
    let told = wrong("  base: { leaf: { dayz: 3 } }\n");
    assert!(told.contains("did you mean `days`?"), "{told}");
    let told = wrong("  base: { leaf: { dayz: 3 } }\n  other: { like: base, root: {} }\n");
    assert_eq!(told.matches("did you mean `days`?").count(), 1, "{told}");
}

#[test]
fn the_smallest_rsa_keys_can_be_made_and_sign_what_they_can() {
    let case = |bits: usize, who: &str| {
        format!(
            "  - {{ name: {who} {bits}, chain: {{ leaf: {{}}, root: {{}}, {who}: {{ key: rsa-{bits} }} }}, other_findings: true, expect: {{ fail: acme-size }} }}\n"
        )
    };
    let cases: String = (16..=26)
        .flat_map(|bits| ["leaf", "root"].map(|who| case(bits, who)))
        .collect();
    let cases = cases.replace("leaf: {}, root: {}, leaf:", "root: {}, leaf:");
    let cases = cases.replace("leaf: {}, root: {}, root:", "leaf: {}, root:");
    let (status, report) = tested(&cases, &[]);
    assert_eq!((status, &report["summary"]["passed"]), (0, &22.into()));
}

#[test]
fn the_forms_say_the_same() {
    let folder = folder(
        &(case("days: 399", "pass: acme-lifetime")
            + "  - { name: b, chain: { leaf: {}, root: {} }, other_findings: true, expect: { pass: acme-size } }\n"),
    );
    let out = |form: &str| {
        let output = chainlint(folder.path())
            .args(["test", "--format", form])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{form}");
        String::from_utf8(output.stdout).unwrap()
    };
    let report: Value = serde_json::from_str(&out("json")).unwrap();
    fits_the_schema(&report);
    assert_eq!(
        report["summary"],
        serde_json::json!({ "cases": 2, "passed": 1, "failed": 1, "broken": 0 })
    );
    let suites = quick_junit::Report::deserialize_from_str(&out("junit")).unwrap();
    assert_eq!((suites.tests, suites.failures), (2, 1));
    let full = out("full");
    assert!(
        full.contains("expected pass, but it fails (error)") && full.contains("acme.test.yaml:7"),
        "{full}"
    );
}

#[test]
fn the_schemas_are_fresh() {
    for kind in ["test", "test-report"] {
        let output = chainlint(&project("."))
            .args(["policy", "schema", kind])
            .output()
            .unwrap();
        let path = project(&format!("schema/{kind}.schema.json"));
        if update() {
            fs::write(&path, &output.stdout).unwrap();
        }
        assert_eq!(
            fs::read(&path).unwrap_or_default(),
            output.stdout,
            "{kind}.schema.json is stale: run `UPDATE=1 cargo test`"
        );
    }
}

#[test]
fn every_test_file_of_the_repository_fits_the_schema() {
    let schema = fs::read(project("schema/test.schema.json")).unwrap();
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut count = 0;
    for folder in ["policies", "examples"] {
        for path in files_below(&project(folder)) {
            if !path.to_string_lossy().ends_with(".test.yaml") {
                continue;
            }
            let text = fs::read_to_string(project(folder).join(&path)).unwrap();
            let value: Value = serde_saphyr::from_str(&text).unwrap();
            let errors: Vec<String> = validator
                .iter_errors(&value)
                .map(|error| error.to_string())
                .collect();
            assert!(errors.is_empty(), "{}: {errors:?}", path.display());
            count += 1;
        }
    }
    assert!(count > 3);
    let misspelt = serde_json::json!({ "version": 1, "policy": "hygiene", "at": "2026-11-23", "cases": [{ "name": "a", "chan": {} }] });
    assert!(!validator.is_valid(&misspelt));
}
