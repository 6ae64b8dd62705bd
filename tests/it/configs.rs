//! `policy check` of a config: what is wrong with it, and what changes nothing.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::cases::draft::own_chain;
use crate::support::pem;
use crate::support::program::chainlint;

/// A folder with this config and one chain file.
fn folder(config: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir_all(folder.path().join("certs/prod")).unwrap();
    let chain = own_chain();
    fs::write(folder.path().join("certs/prod/a.pem"), chain.file()).unwrap();
    fs::write(
        folder.path().join("chainlint.yaml"),
        format!("version: 1\n{config}"),
    )
    .unwrap();
    folder
}

fn checked(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = chainlint(folder)
        .args(["policy", "check", "chainlint.yaml"])
        .args(arguments)
        .args(["--at", crate::support::NOW])
        .output()
        .unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

/// What `policy check` says, and that `--strict` refuses what is suspicious.
fn suspicious(config: &str) -> String {
    let folder = folder(config);
    let (status, said) = checked(folder.path(), &[]);
    assert_eq!(status, 0, "{said}");
    let (strict, _) = checked(folder.path(), &["--strict"]);
    assert_eq!(
        strict,
        if said.contains("suspicious") { 2 } else { 0 },
        "{said}"
    );
    said
}

#[test]
fn a_config_whose_entries_all_count_is_fine() {
    let config = "files:\n  - match: ['certs/**']\n    policy: connectpay-production\n  - match: ['certs/prod/*.pem']\n    environment: production\nexclude: ['**/testdata/**']\n";
    let said = suspicious(config);
    assert!(
        said.contains("2 entries, 1 file, 0 waivers, nothing wrong"),
        "{said}"
    );
}

#[test]
fn a_pattern_without_files_is_suspicious_each_by_itself() {
    let said = suspicious("files:\n  - match: ['certs/**', 'cert/**']\n    policy: hygiene\n");
    assert!(
        said.contains("chainlint.yaml:3:25") && said.contains("matches no chain file"),
        "{said}"
    );
    assert!(!said.contains("chainlint.yaml:3:13"), "{said}");
    // What is excluded is not there.
    let said =
        suspicious("files:\n  - match: ['certs/**']\n    policy: hygiene\nexclude: ['certs/**']\n");
    assert!(said.contains("chainlint.yaml:3:13"), "{said}");
}

#[test]
fn an_entry_that_later_ones_replace_is_suspicious() {
    let narrow_first = "files:\n  - match: ['certs/prod/**']\n    policy: connectpay-production\n  - match: ['certs/**']\n    policy: connectpay-non-production\n";
    let said = suspicious(narrow_first);
    assert!(
        said.contains("chainlint.yaml:3:13") && said.contains("never counts"),
        "{said}"
    );
    // It gives something that the later one does not.
    let own_key = narrow_first.replacen(
        "policy: connectpay-production",
        "policy: connectpay-production\n    environment: production",
        1,
    );
    assert!(!suspicious(&own_key).contains("never counts"));
    let wide_first = "files:\n  - match: ['certs/**']\n    policy: connectpay-non-production\n    app: a\n  - match: ['certs/prod/**']\n    policy: connectpay-production\n";
    assert!(!suspicious(wide_first).contains("never counts"));
}

const POLICY: &str = "version: 1\nname: acme\nrules:\n  acme-rule:\n    severity: error\n    on: leaf\n    when: { environment: [prodution] }\n    check: { rsa-key-size: { min_bits: 2048 } }\n    message: m\n";

#[test]
fn a_rule_that_waits_for_a_label_of_nobody_is_suspicious() {
    let folder = folder(
        "files:\n  - match: ['certs/**']\n    policy: acme.yaml\n    environment: production\n",
    );
    fs::write(folder.path().join("acme.yaml"), POLICY).unwrap();
    let (status, said) = checked(folder.path(), &[]);
    assert_eq!(status, 0);
    for part in [
        "acme.yaml:7:11",
        "`acme-rule` is never asked",
        "did you mean `production`?",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    fs::write(
        folder.path().join("acme.yaml"),
        POLICY.replace("prodution", "production"),
    )
    .unwrap();
    assert!(
        checked(folder.path(), &["--strict"])
            .1
            .contains("nothing wrong")
    );
}

#[test]
fn all_mistakes_of_a_config_and_its_policies_are_told() {
    let folder = folder(
        "vars: { compny: Acme }\nfiles:\n  - match: ['certs/**']\n    policy: acme.yaml\n  - match: ['certs/prod/**']\n    policy: nowhere.yaml\nwaivers:\n  - { rule: chain-ordr, path: certs/prod/a.pem, reason: r, expires: 2027-01-01 }\n",
    );
    fs::write(
        folder.path().join("acme.yaml"),
        POLICY.replace("min_bits", "min_bit"),
    )
    .unwrap();
    let (status, said) = checked(folder.path(), &[]);
    assert_eq!(status, 2);
    for part in [
        "acme.yaml:8:30",
        "did you mean `min_bits`?",
        "chainlint.yaml:7:13",
        "nowhere.yaml",
        "chainlint.yaml:9:13",
        "did you mean `chain-order`?",
        "chainlint.yaml:2:9",
        "did you mean `company`?",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn an_anchor_that_the_policy_denies_is_suspicious() {
    let folder = folder("files:\n  - match: ['certs/**']\n    policy: acme.yaml\n");
    let root = own_chain().certificates().remove(1);
    fs::write(folder.path().join("root.pem"), pem::chain(&[root])).unwrap();
    let policy = |organization: &str| {
        format!(
            "version: 1\nname: acme\ntrust_anchors: [root.pem]\nrules:\n  acme-denied:\n    severity: error\n    check: {{ issuer-avoids: {{ issuers: [{{ name: Acme, organization: ['{organization}'] }}] }} }}\n    message: m\n"
        )
    };
    for (organization, denies) in [("Acme Payments", true), ("Globex", false)] {
        fs::write(folder.path().join("acme.yaml"), policy(organization)).unwrap();
        let (status, said) = checked(folder.path(), &[]);
        assert_eq!(
            (status, said.contains("`trust_anchors` names")),
            (0, denies),
            "{said}"
        );
    }
}

#[test]
fn a_config_of_another_name_is_known_by_its_keys() {
    let folder = folder("");
    fs::write(
        folder.path().join("other.yaml"),
        "version: 1\nfail_on: never\n",
    )
    .unwrap();
    let output = chainlint(folder.path())
        .args(["policy", "check", "other.yaml"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said.contains("other.yaml:2:10") && said.contains("`fail_on`"),
        "{said}"
    );
}
