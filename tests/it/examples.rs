//! The files under `examples/`: generated, fresh, and what they are said to be.

use std::fs;

use crate::cases;
use crate::cases::draft::{
    Draft, leaf_key, other_key, own_chain, root_key, root_name, three_certificates,
};
use crate::cases::qwac::{chain_of, qwac};
use crate::support::certificate::Recipe;
use crate::support::extension::{Extension, GeneralName, SERVER_AUTH};
use crate::support::name::Name;
use crate::support::program::{chainlint, check, findings, rules_of};
use crate::support::{NOW, instant, keys, pem, project, qc, update};

/// Folder under `examples/`, the rule that speaks, and the file.
fn mistakes() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let joined = |certificates: &[Vec<u8>]| pem::chain(certificates).into_bytes();
    let glued = || {
        let text = String::from_utf8(own_chain().file()).unwrap();
        text.replacen(
            "-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----",
            "-----END CERTIFICATE----------BEGIN CERTIFICATE-----",
            1,
        )
        .into_bytes()
    };
    let stranger = || {
        let mut certificates = own_chain().certificates();
        let other = Name::new("Globex Issuing CA", "Globex");
        certificates.push(Recipe::ca(other, other_key()).sign(&own_chain().root));
        joined(&certificates)
    };
    let twice = || {
        let mut certificates = own_chain().certificates();
        certificates.push(certificates[1].clone());
        joined(&certificates)
    };
    let made_anew = || {
        let draft = own_chain();
        let root = Recipe::ca(root_name(), other_key()).self_signed();
        joined(&[draft.certificates()[0].clone(), root])
    };
    let placeholder = || {
        let name = |common_name| Name::new(common_name, "MyCompany");
        own_chain()
            .leaf(|leaf| leaf.named(name("MyCompany client")))
            .root(|root| root.named(name("MyCompany Root CA")))
            .file()
    };
    let encrypt = || Draft {
        intermediate: Some(Recipe::ca(Name::new("R11", "Let's Encrypt"), other_key())),
        ..own_chain()
    };
    let alone = || {
        let name = Name::new("acme-payments-prod", "Acme Payments");
        joined(&[Recipe::leaf(name, leaf_key()).self_signed()])
    };
    vec![
        (
            "leaf-alone",
            "chain-root-included",
            own_chain().file_of(&[1]),
        ),
        (
            "root-missing",
            "chain-root-included",
            three_certificates().file_of(&[1, 2]),
        ),
        (
            "intermediate-missing",
            "chain-incomplete",
            three_certificates().file_of(&[1, 3]),
        ),
        (
            "root-first",
            "chain-order",
            three_certificates().file_of(&[3, 2, 1]),
        ),
        ("glued", "pem-format", glued()),
        ("self-signed", "chain-single-self-signed", alone()),
        ("root-made-anew", "chain-signature", made_anew()),
        ("stranger", "chain-unrelated-certificate", stranger()),
        ("root-twice", "chain-duplicate-certificate", twice()),
        (
            "small-key",
            "key-rsa-min-bits",
            own_chain()
                .leaf(|leaf| leaf.keyed(keys::rsa(1024, "small")))
                .file(),
        ),
        (
            "too-long",
            "leaf-validity-range",
            own_chain().leaf(|leaf| leaf.days(1096)).file(),
        ),
        ("placeholder", "company-placeholder", placeholder()),
        ("lets-encrypt", "issuer-denied", encrypt().file()),
        (
            "expired",
            "cert-expired",
            own_chain()
                .leaf(|leaf| {
                    Recipe {
                        not_before: instant("2024-07-01T00:00:00Z"),
                        ..leaf
                    }
                    .days(750)
                })
                .file(),
        ),
        (
            "server-certificate",
            "leaf-client-auth",
            own_chain()
                .leaf(|leaf| leaf.with(Extension::extended_key_usage(&[SERVER_AUTH])))
                .file(),
        ),
        (
            "root-key-reused",
            "leaf-ca-key-reuse",
            own_chain().leaf(|leaf| leaf.keyed(root_key())).file(),
        ),
        (
            "no-common-name",
            "leaf-common-name",
            own_chain()
                .leaf(|leaf| leaf.named(Name::new("", "Acme Payments")))
                .file(),
        ),
        (
            "serial-number-one",
            "serial-number",
            own_chain()
                .leaf(|leaf| Recipe {
                    serial: vec![1],
                    ..leaf
                })
                .file(),
        ),
        (
            "dump-above",
            "pem-stray-text",
            [
                &b"subject=CN = acme-payments-prod\nissuer=CN = Acme Payments Root CA\n"[..],
                &own_chain().file(),
            ]
            .concat(),
        ),
    ]
}

fn hold(path: &str, content: &[u8]) {
    let path = project(path);
    if update() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
    }
    let found = fs::read(&path).unwrap_or_default();
    assert!(
        found == content,
        "{} is stale: run `UPDATE=1 cargo test`",
        path.display()
    );
}

#[test]
fn the_example_files_are_fresh() {
    hold("examples/good/acme-payments.pem", &own_chain().file());
    hold(
        "examples/good/acme-payments-three.pem",
        &three_certificates().file(),
    );
    hold("examples/qwac/good/acme-tpp.pem", &chain_of(&qwac(), 2));
    hold("examples/qwac/flat-roles/chain.pem", &flat_roles());
    for (path, content) in acme() {
        hold(&format!("examples/acme/{path}"), &content);
    }
    for (folder, _, content) in mistakes() {
        hold(&format!("examples/mistakes/{folder}/chain.pem"), &content);
    }
    let folders = fs::read_dir(project("examples/mistakes")).unwrap().count();
    assert_eq!(
        folders,
        mistakes().len(),
        "a folder of mistakes is in no table"
    );
}

#[test]
fn the_good_examples_have_no_finding() {
    let (report, status) = check(&project("examples"), &["good"]);
    assert_eq!(findings(&report), &[] as &[serde_json::Value]);
    assert_eq!(status, 0);
}

/// A QWAC whose roles are encoded flat, a mistake that issuing software has made.
fn flat_roles() -> Vec<u8> {
    let psd2 = qc::Psd2::of(&[]).flat(&[qc::PSP_AI, qc::PSP_PI]);
    let statements = qc::extension(&cases::qwac::statements(&psd2));
    chain_of(&qwac().with(statements), 2)
}

#[test]
fn the_qwac_examples_are_what_they_are_called() {
    let (report, status) = check(&project("examples"), &["qwac/good"]);
    assert_eq!(findings(&report), &[] as &[serde_json::Value]);
    assert_eq!(report["files"][0]["policy"], "psd2-qwac");
    assert_eq!(status, 0);
    let (report, status) = check(&project("examples"), &["qwac/flat-roles"]);
    // The role that the config requires cannot be told: the same mistake.
    assert_eq!(
        rules_of(&report, "error"),
        ["qwac-psd2-statement-malformed"]
    );
    assert_eq!(status, 1);
}

#[test]
fn each_mistake_is_told_by_its_rule() {
    for (folder, rule, _) in mistakes() {
        let path = format!("mistakes/{folder}/chain.pem");
        let (report, _) = check(&project("examples"), &["--no-config", &path]);
        let told: Vec<String> = ["error", "warning", "advice"]
            .iter()
            .flat_map(|severity| rules_of(&report, severity))
            .collect();
        assert!(told.iter().any(|id| id == rule), "{folder}: {told:?}");
        assert!(told.len() <= 3, "{folder} says too much: {told:?}");
    }
}

#[test]
fn the_in_house_policy_is_valid_and_applies_through_the_config() {
    let folder = project("examples");
    let checked = chainlint(&folder)
        .args(["policy", "check", "policies/acme-internal.yaml"])
        .output()
        .unwrap();
    assert!(
        checked.status.success(),
        "{}",
        String::from_utf8_lossy(&checked.stderr)
    );
    let (report, status) = check(&folder, &["mistakes/too-long"]);
    assert_eq!(report["findings"][0]["policy"], "acme-internal");
    assert_eq!(
        report["findings"][0]["reference"],
        "ConnectPay C22; ACME-PKI 3.1"
    );
    assert_eq!(report["files"][0]["environment"], "staging");
    assert_eq!(status, 1);
}

#[test]
fn no_policy_that_examples_show_is_suspicious() {
    let folder = project("examples");
    let is_policy = |path: &std::path::PathBuf| {
        let name = path.to_string_lossy();
        let text = fs::read_to_string(folder.join(path)).unwrap_or_default();
        name.ends_with(".yaml") && !name.ends_with(".test.yaml") && text.contains("\nrules:")
    };
    let policies: Vec<String> = crate::support::files_below(&folder)
        .into_iter()
        .filter(is_policy)
        .map(|path| path.to_string_lossy().into_owned())
        .collect();
    assert!(policies.len() >= 13, "{policies:?}");
    // And the one that the page about standards begins with.
    let page = fs::read_to_string(folder.join("standards/README.md")).unwrap();
    let first = crate::readme::blocks_of(&page, "yaml").remove(0);
    let scratch = tempfile::tempdir().unwrap();
    let sample = scratch.path().join("sample.yaml");
    fs::write(&sample, first).unwrap();
    let output = chainlint(&folder)
        .args(["policy", "check", "--strict"])
        .args(policies)
        .arg(sample)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let output = chainlint(&folder)
        .args(["test", "--require-coverage", "--mutate", "policies"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}");
}

#[test]
fn what_is_said_of_the_mistakes_is_what_was_read_and_approved() {
    let said = |format: &str| {
        let arguments = ["check", "--no-config", "--at", NOW, "--color", "never"];
        let mut command = chainlint(&project("examples"));
        let output = command
            .args(arguments)
            .args(["--format", format, "mistakes"])
            .output();
        output.unwrap().stdout
    };
    hold("tests/snapshots/mistakes-full.txt", &said("full"));
    hold("tests/snapshots/mistakes-concise.txt", &said("concise"));
}

/// The files of the repository that has a standard of its own.
fn acme() -> Vec<(&'static str, Vec<u8>)> {
    let id = Extension::names(&[GeneralName::Uri(
        "spiffe://acme.example/payments".to_owned(),
    )]);
    let with_id = own_chain().leaf(|leaf| leaf.with(id).days(365));
    let root = own_chain().certificates().remove(1);
    vec![
        ("anchors/acme-root.pem", pem::chain(&[root]).into_bytes()),
        ("certs/prod/payments.pem", with_id.file()),
        ("certs/prod/legacy.pem", own_chain().file()),
        ("certs/stage/payments.pem", own_chain().file()),
    ]
}

/// Runs the program in the folder of that standard: the exit status, and both outputs.
fn in_acme(arguments: &[&str]) -> (i32, String) {
    let output = chainlint(&project("examples/acme"))
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let said = text(output.stdout) + &text(output.stderr);
    (output.status.code().unwrap(), said)
}

#[test]
fn a_standard_of_ones_own_is_checked_tested_documented_and_applied() {
    let policies = ["policies/acme-base.yaml", "policies/acme-payments.yaml"];
    let (status, said) = in_acme(&["policy", "check", "--strict", policies[0], policies[1]]);
    assert_eq!(status, 0, "{said}");
    let (status, said) = in_acme(&["test", "--require-coverage", "--mutate"]);
    assert_eq!(status, 0, "{said}");
    for policy in policies {
        let page = policy.replace(".yaml", ".md");
        if update() {
            in_acme(&["policy", "docs", policy, "-o", &page]);
        }
        let (status, said) = in_acme(&["policy", "docs", policy, "-o", &page, "--check"]);
        assert_eq!(status, 0, "{said}");
    }
    let (status, said) = in_acme(&["check", "--at", NOW]);
    assert_eq!(
        (status, said.contains("3 files checked, 2 waived")),
        (0, true),
        "{said}"
    );
    let (status, said) = in_acme(&["check", "--at", NOW, "--no-waivers", "--format", "concise"]);
    assert_eq!(status, 1);
    for rule in ["acme-lifetime", "acme-spiffe-id"] {
        assert!(said.contains(&format!("error[{rule}]")), "{said}");
    }
    // The day after their last one the waivers cover nothing, and are told.
    let (status, said) = in_acme(&[
        "check",
        "--at",
        "2027-04-01T00:00:00Z",
        "--format",
        "concise",
    ]);
    assert_eq!(status, 1);
    assert!(
        said.contains("chainlint.yaml:29:14: error[waiver-expired]"),
        "{said}"
    );
    assert!(
        said.contains("waivers.yaml:13:14: error[waiver-expired]"),
        "{said}"
    );
    // What the parent locks, nobody waives.
    let (status, said) = in_acme(&["waivers", "list", "--at", NOW]);
    assert_eq!(
        (status, said.contains("PKI-118  acme-lifetime")),
        (0, true),
        "{said}"
    );
    let (_, said) = in_acme(&["policy", "diff", policies[0], policies[1]]);
    assert!(
        said.contains("acme-lifetime") && said.contains("curves"),
        "{said}"
    );
    let (_, said) = in_acme(&["policy", "show", policies[1], "--origin"]);
    assert!(said.contains("acme-base.yaml:"), "{said}");
    // The config says where to look.
    let (status, said) = in_acme(&["explain", "acme-lifetime"]);
    assert_eq!(status, 0, "{said}");
    for part in [
        "Asked of  leaf, private chains",
        "Asks\n  validity-period:\n    min_days: 30\n    max_days: \"{vars.max_days}\"\n  # vars.max_days is ",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let (_, said) = in_acme(&["explain", "acme-own-ca", "--policy", policies[1]]);
    assert!(
        said.contains("Locked") && said.contains("Waivers   none covers it"),
        "{said}"
    );
}

#[test]
fn the_page_about_policies_shows_the_standards_as_they_are() {
    let folder = project("examples/standards");
    let (status, said) = {
        let output = chainlint(&folder)
            .args(["test", "--require-coverage", "--mutate"])
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    assert_eq!(status, Some(0), "{said}");
    let page = fs::read_to_string(folder.join("README.md")).unwrap();
    let intro = page.split("\n## ").next().unwrap().trim_end();
    let mut wanted = format!("{intro}\n");
    let names = crate::support::files_below(&folder).into_iter();
    let names = names.map(|path| path.to_string_lossy().into_owned());
    let names: Vec<String> = names
        .filter_map(|name| name.strip_suffix(".test.yaml").map(str::to_owned))
        .collect();
    assert_eq!(names.len(), 10);
    for name in names {
        let text = fs::read_to_string(folder.join(format!("{name}.yaml"))).unwrap();
        let description = text
            .lines()
            .find_map(|line| line.strip_prefix("description: "));
        let body = text.split_once("\n\n").unwrap().1.trim_end();
        wanted.push_str(&format!(
            "\n## {}\n\n[{name}.yaml]({name}.yaml), [its tests]({name}.test.yaml)\n\n```yaml\n{body}\n```\n",
            description.unwrap().trim_end_matches('.')
        ));
    }
    hold("examples/standards/README.md", wanted.as_bytes());
}

#[test]
fn the_policy_that_wants_one_layout_keeps_to_its_tests() {
    let output = chainlint(&project("examples/policies"))
        .args(["test", "--require-coverage", "--mutate", "."])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
}
