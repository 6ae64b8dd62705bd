//! Rules that are expressions, from a policy to the findings.

use crate::support::oid;
use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::cases::draft::{Draft, leaf_name, own_chain, three_certificates};
use crate::support::certificate::Recipe;
use crate::support::extension::{Extension, SERVER_AUTH, SUBJECT_ALTERNATIVE_NAME};
use crate::support::program::{chainlint, check, findings, rules_of};
use crate::support::{NOW, der, keys, project};

/// A policy with one rule: what stands under it but for `severity` and `message`.
fn policy(rule: &str) -> String {
    format!(
        "version: 1\nname: acme\nvars:\n  most: {{ type: integer, default: 398 }}\nrules:\n  own-rule:\n    severity: error\n{rule}"
    )
}

/// A folder with the policy and a chain.
fn folder(policy: &str, draft: &Draft) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("policy.yaml"), policy).unwrap();
    fs::write(folder.path().join("chain.pem"), draft.file()).unwrap();
    folder
}

fn findings_of(policy: &str, draft: &Draft) -> Vec<Value> {
    let folder = folder(policy, draft);
    let (report, _) = check(folder.path(), &["--policy", "policy.yaml", "chain.pem"]);
    findings(&report).to_vec()
}

/// Asks an expression of the leaf: `pass`, or the message.
fn asked_of_leaf(assert: &str, draft: &Draft) -> String {
    let rule = format!(
        "    on: leaf\n    check:\n      expression:\n        assert: |\n          {assert}\n    message: \"fail: {{found}}\"\n"
    );
    let found = findings_of(&policy(&rule), draft);
    found.first().map_or_else(
        || "pass".to_owned(),
        |finding| finding["message"].as_str().unwrap().to_owned(),
    )
}

#[track_caller]
fn asked(draft: &Draft, answers: &[(&str, &str)]) {
    for (assert, answer) in answers {
        assert_eq!(asked_of_leaf(assert, draft), *answer, "{assert}");
    }
}

fn uris(uris: &[&str]) -> Extension {
    let names = uris.iter().map(|uri| der::context_primitive(6, uri));
    Extension::new(SUBJECT_ALTERNATIVE_NAME, der::sequence(names))
}

#[test]
fn the_facts_of_a_certificate_can_be_asked() {
    let draft = own_chain().leaf(|leaf| leaf.with(Extension::hosts(&["a.example", "*.b.example"])));
    asked(
        &draft,
        &[
            (
                "cert.index == 1 && cert.role == 'leaf' && cert.version == 3",
                "pass",
            ),
            (
                "cert.subject.common_name == 'acme-payments-prod' && cert.subject.country == null",
                "pass",
            ),
            (
                "cert.issuer.organization.startsWith('Acme') && !cert.self_issued",
                "pass",
            ),
            (
                "cert.key.algorithm == 'rsa' && cert.key.bits == 2048 && cert.key.curve == null",
                "pass",
            ),
            ("cert.key.spki_sha256.matches('^[0-9a-f]{64}$')", "pass"),
            (
                "cert.validity.not_after - cert.validity.not_before == cert.validity.duration",
                "pass",
            ),
            (
                "cert.validity.days == 750 && cert.validity.duration == duration('18000h')",
                "pass",
            ),
            ("now - cert.validity.not_before > duration('4199h')", "pass"),
            (
                "cert.validity.not_after < timestamp('2029-01-01T00:00:00Z')",
                "pass",
            ),
            (
                "'digitalSignature' in cert.key_usage && !('keyCertSign' in cert.key_usage)",
                "pass",
            ),
            (
                "cert.extended_key_usage_oids == ['1.3.6.1.5.5.7.3.2']",
                "pass",
            ),
            (
                "cert.extensions.exists(e, e.oid == '2.5.29.15' && e.critical && e.value == '030205a0')",
                "pass",
            ),
            (
                "cert.qc == null && !has(cert.qc) && cert.policies.size() == 0",
                "pass",
            ),
            (
                "chain.class == 'private' && chain.ending_kind == 'unknown' && chain.path == [1, 2]",
                "pass",
            ),
            (
                "file.certificates.map(c, c.role) == ['leaf', 'root'] && file.app == null",
                "pass",
            ),
            ("file.path == 'chain.pem' && file.chain.complete", "pass"),
            (
                "cert.validity.days <= vars.most",
                "fail: cert.validity.days is 750",
            ),
            (
                "!cert.san.dns.exists(d, d.startsWith('*.'))",
                "fail: cert.san.dns is a.example, *.b.example",
            ),
            (
                "cert.subject.country == 'LT'",
                "fail: cert.subject.country is nothing",
            ),
        ],
    );
}

#[test]
fn what_cannot_be_told_is_a_failure_with_its_reason() {
    let elliptic = own_chain().leaf(|leaf| leaf.keyed(keys::p256("elliptic")));
    asked(
        &elliptic,
        &[
            (
                "cert.key.bits >= 3072",
                "cannot be determined: `cert.key.bits` is null",
            ),
            (
                "cert.key.algorithm != 'rsa' || cert.key.bits >= 3072",
                "pass",
            ),
            (
                "cert.qc.compliance",
                "cannot be determined: `cert.qc` is null",
            ),
            (
                "cert.san.dns[0] == 'a'",
                "cannot be determined: `cert.san.dns[0]` asks for item 0 of 0, counted from 0",
            ),
        ],
    );
}

#[test]
fn an_extension_that_cannot_be_read_is_pointed_at_and_never_passes() {
    let broken = Extension::new(SUBJECT_ALTERNATIVE_NAME, vec![0x30, 0x02, 0x82, 0x05]);
    let draft = own_chain().leaf(|leaf| leaf.with(broken.clone()));
    let rule = "    on: leaf\n    check: { expression: { assert: \"!cert.san.dns.exists(d, d == 'a')\", point_at: subject } }\n    message: m\n";
    let found = findings_of(&policy(rule), &draft);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["field"], "subject_alternative_name");
    let message = found[0]["message"].as_str().unwrap();
    assert!(
        message.starts_with("cannot be determined: subjectAltName"),
        "{message}"
    );
    let of_all = "    check: { expression: { assert: \"file.certificates.all(c, c.san.dns.size() == 0)\" } }\n    message: m\n";
    let found = findings_of(&policy(of_all), &draft);
    assert!(
        found[0]["message"]
            .as_str()
            .unwrap()
            .starts_with("cannot be determined: subjectAltName")
    );
    asked(
        &draft,
        &[
            ("cert.malformed.exists(m, m.fact == 'san')", "pass"),
            (
                "cert.extensions.exists(e, e.name == 'subjectAltName')",
                "pass",
            ),
        ],
    );
}

/// `QcType` whose content is a number.
#[test]
fn a_statement_that_cannot_be_read_never_passes() {
    let statement = der::sequence([der::oid(&oid("0.4.0.1862.1.6")), der::small(1)]);
    let statements = Extension::new(oid("1.3.6.1.5.5.7.1.3"), der::sequence([statement]));
    let draft = own_chain().leaf(|leaf| leaf.with(statements.clone()));
    let said = asked_of_leaf("cert.qc.types.size() == 0", &draft);
    assert!(said.starts_with("cannot be determined: "), "{said}");
    asked(
        &draft,
        &[("cert.malformed.exists(m, m.fact == 'qc')", "pass")],
    );
}

#[test]
fn two_rules_that_cannot_be_told_are_two_findings() {
    let rule =
        "    on: leaf\n    check: { expression: { assert: cert.qc.compliance } }\n    message: m\n";
    let both = policy(rule)
        + "  other-rule:\n    severity: error\n    on: leaf\n    check: { expression: { assert: cert.qc.sscd } }\n    message: m\n";
    assert_eq!(findings_of(&both, &own_chain()).len(), 2);
}

#[test]
fn a_rule_with_on_asks_each_certificate_and_one_without_the_file() {
    let draft = three_certificates();
    let each = "    on: any\n    check: { expression: { assert: cert.index == 2 } }\n    message: \"{cert.index} {cert.role}\"\n";
    let found = findings_of(&policy(each), &draft);
    let messages: Vec<&str> = found
        .iter()
        .map(|f| f["message"].as_str().unwrap())
        .collect();
    assert_eq!(messages, ["1 leaf", "3 root"]);
    let once = "    check: { expression: { assert: 'chain.length < 3 && file.certificates.all(c, c.key.bits >= 4096)' } }\n    message: \"{chain.class} {chain.length} {file.path} {cert.role} {assert}\"\n";
    let found = findings_of(&policy(once), &draft);
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0]["message"],
        "private 3 chain.pem leaf chain.length < 3 && file.certificates.all(c, c.key.bits >= 4096)"
    );
    assert_eq!(found[0]["start"]["line"], 1);
}

#[test]
fn point_at_says_where() {
    let at = |point_at: &str| {
        let rule = format!(
            "    on: leaf\n    check: {{ expression: {{ assert: 'false'{point_at} }} }}\n    message: m\n"
        );
        findings_of(&policy(&rule), &own_chain())[0]["field"].clone()
    };
    assert_eq!(at(""), Value::Null);
    assert_eq!(at(", point_at: cert.validity.not_after"), "not_after");
    assert_eq!(at(", point_at: subject"), "subject");
}

#[test]
fn labels_of_the_config_can_be_asked() {
    let rule = "    check: { expression: { assert: \"file.environment == 'production' && file.app == 'aisp'\" } }\n    message: \"{file.environment} {file.app}\"\n";
    let folder = folder(&policy(rule), &own_chain());
    let config = |app: &str| {
        let config = format!(
            "version: 1\nfiles:\n  - match: [\"**\"]\n    policy: policy.yaml\n    environment: production\n    app: {app}\n"
        );
        fs::write(folder.path().join("chainlint.yaml"), config).unwrap();
        check(folder.path(), &["chain.pem"]).0
    };
    assert_eq!(findings(&config("aisp")).len(), 0);
    assert_eq!(findings(&config("pisp"))[0]["message"], "production pisp");
}

#[test]
fn a_file_without_a_certificate_is_asked_too() {
    let rule =
        "    check: { expression: { assert: 'size(file.certificates) > 1' } }\n    message: m\n";
    let folder = folder(&policy(rule), &own_chain());
    fs::write(folder.path().join("empty.pem"), "nothing\n").unwrap();
    let (report, _) = check(folder.path(), &["--policy", "policy.yaml", "empty.pem"]);
    // That there is none is told by no rule, and so by the program.
    assert_eq!(rules_of(&report, "error"), ["own-rule", "readable"]);
}

/// Ten thousand names, asked one against the other.
#[test]
fn a_hostile_certificate_costs_no_more_than_the_budget() {
    let hosts: Vec<String> = (0..10_000)
        .map(|number| format!("h{number}.example"))
        .collect();
    let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let draft = own_chain().leaf(|leaf| leaf.with(Extension::hosts(&hosts)));
    asked(
        &draft,
        &[
            ("cert.san.dns.all(d, d.endsWith('.example'))", "pass"),
            (
                "cert.san.dns.all(a, cert.san.dns.exists_one(b, a == b))",
                "cannot be determined: the expression takes too long on this file",
            ),
            // What one rule uses up is no other's.
            ("size(cert.san.dns) == 10000", "pass"),
        ],
    );
}

#[test]
fn a_mistake_is_shown_in_its_place_and_nothing_is_checked() {
    let rule = "    on: leaf\n    check:\n      expression:\n        assert: >-\n          cert.key.bits > 1\n          && cert.san.dsn.size() > 0\n    message: m\n";
    let folder = folder(&policy(rule), &own_chain());
    let output = chainlint(folder.path())
        .args(["check", "--at", NOW, "--policy", "policy.yaml", "chain.pem"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("there is no fact `dsn` here"), "{told}");
    assert!(told.contains("policy.yaml:13:23"), "{told}");
    assert!(told.contains("did you mean `dns`?"), "{told}");
}

/// The rule that the manual shows, as it stands in the example policy.
#[test]
fn the_example_of_a_spiffe_id_passes_with_one_and_fails_without() {
    let example = fs::read_to_string(project("examples/policies/acme-internal.yaml")).unwrap();
    assert!(example.contains("acme-spiffe-san:"));
    let of = |uri: &[&str]| {
        let draft = own_chain().leaf(|leaf| match uri {
            [] => leaf,
            _ => leaf.with(uris(uri)),
        });
        let folder = folder(&example, &draft);
        let config = "version: 1\nfiles:\n  - match: [\"**\"]\n    policy: policy.yaml\n    environment: production\n";
        fs::write(folder.path().join("chainlint.yaml"), config).unwrap();
        let (report, _) = check(folder.path(), &["--select", "acme-spiffe-san", "chain.pem"]);
        let found = findings(&report).to_vec();
        found
            .first()
            .map(|f| (f["message"].clone(), f["field"].clone()))
    };
    assert_eq!(of(&["spiffe://acme.example/payments"]), None);
    let message = Value::from("acme-payments-prod has no SPIFFE id of ours");
    let field = Value::from("subject_alternative_name");
    assert_eq!(
        of(&["spiffe://other.example/x"]),
        Some((message.clone(), field.clone()))
    );
    assert_eq!(of(&[]), Some((message, field)));
}

#[test]
fn purposes_can_be_told_apart() {
    let both =
        Recipe::leaf(leaf_name(), keys::rsa(2048, "leaf")).with(Extension::extended_key_usage(&[
            SERVER_AUTH,
            crate::support::extension::CLIENT_AUTH,
        ]));
    let draft = own_chain().leaf(|_| both);
    asked(
        &draft,
        &[(
            "cert.extended_key_usage_oids.filter(o, o in ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']).size() <= 1",
            "fail: cert.extended_key_usage_oids is 1.3.6.1.5.5.7.3.1, 1.3.6.1.5.5.7.3.2",
        )],
    );
}

#[test]
fn a_message_leaves_no_gap_for_a_fact_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let policy = "version: 1\nname: own\nrules:\n  own-rule:\n    severity: error\n    on: leaf\n    check: { expression: { assert: \"cert.san.uris.size() == 1\" } }\n    message: \"{cert.subject.organizational_unit} with {cert.san.uris}\"\n";
    fs::write(folder.path().join("policy.yaml"), policy).unwrap();
    fs::write(folder.path().join("a.pem"), own_chain().file()).unwrap();
    let (report, _) = check(folder.path(), &["--policy", "policy.yaml", "a.pem"]);
    assert_eq!(report["findings"][0]["message"], "(none) with (none)");
}
