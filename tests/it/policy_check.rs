//! `policy check`: what is suspicious about policies and configs.

use std::fs;
use std::path::Path;

use crate::cases::draft::own_chain;
use crate::support::NOW;
use crate::support::program::chainlint;

/// Exit status, and what is said, on one line.
fn policy_check(folder: &Path, file: &str, arguments: &[&str]) -> (i32, String) {
    let output = chainlint(folder)
        .args(["policy", "check", file])
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let words: Vec<&str> = said
        .split_whitespace()
        .filter(|word| *word != "│")
        .collect();
    (output.status.code().unwrap(), words.join(" "))
}

/// A rule on one line of YAML: id, what stands beside the check, the check.
fn rule(id: &str, beside: &str, check: &str) -> String {
    format!("  {id}: {{ severity: error, {beside}, check: {{ {check} }}, message: m }}\n")
}

/// What is suspicious about these rules.
fn suspicious(rules: &[String]) -> Option<String> {
    suspicious_at(rules, NOW)
}

fn suspicious_at(rules: &[String], at: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let policy = format!("version: 1\nname: own\nrules:\n{}", rules.concat());
    fs::write(folder.path().join("own.yaml"), policy).unwrap();
    let (status, said) = policy_check(folder.path(), "own.yaml", &["--at", at]);
    assert_eq!(status, 0, "{said}");
    let (strict, _) = policy_check(folder.path(), "own.yaml", &["--at", at, "--strict"]);
    let is_clean = said.ends_with("nothing wrong");
    assert_eq!(strict, if is_clean { 0 } else { 2 }, "{said}");
    (!is_clean).then_some(said)
}

#[track_caller]
fn told(rules: &[String], why: &str) {
    let said = suspicious(rules).unwrap_or_else(|| panic!("not told: {why}"));
    assert!(said.contains(why), "{said}");
}

#[track_caller]
fn nothing(rules: &[String]) {
    assert_eq!(suspicious(rules), None, "{rules:?}");
}

const LEAF: &str = "on: leaf";
const ROOT: &str = "on: root";
const PRIVATE: &str = "on: leaf, when: { class: [private] }";

#[test]
fn bounds_that_no_certificate_satisfies() {
    let period = |id: &str, beside: &str, bounds: &str| {
        rule(id, beside, &format!("validity-period: {{ {bounds} }}"))
    };
    let any = "on: any, when: { class: [private, qwac] }";
    told(
        &[
            period("a", PRIVATE, "min_days: 400"),
            period("b", any, "max_days: 399"),
        ],
        "no certificate satisfies both `a` and `b`: at least 400 and at most 399 days",
    );
    told(
        &[
            period("a", PRIVATE, "longer_than_days: 300"),
            period("b", PRIVATE, "max_days: 300"),
        ],
        "no certificate satisfies both `a` and `b`: more than 300 and at most 300 days",
    );
    nothing(&[
        period("a", PRIVATE, "longer_than_days: 299"),
        period("b", PRIVATE, "max_days: 300"),
    ]);
    nothing(&[
        period("a", PRIVATE, "min_days: 400"),
        period("b", PRIVATE, "max_days: 400"),
        period("c", ROOT, "max_days: 300"),
        period("d", "on: leaf, when: { class: [public] }", "max_days: 300"),
    ]);
}

#[test]
fn what_can_be_one_thing_alone_and_is_asked_to_be_two() {
    let keys = |id: &str, on: &str, allowed: &str| {
        rule(
            id,
            on,
            &format!("key-algorithm: {{ allowed: [{allowed}] }}"),
        )
    };
    told(
        &[keys("a", LEAF, "rsa, rsa-pss"), keys("b", "on: any", "ec")],
        "no certificate satisfies both `a` and `b`: they allow different things",
    );
    nothing(&[
        keys("a", LEAF, "rsa, ec"),
        keys("b", "on: any", "ec, ed25519"),
    ]);
    let ca = |id: &str, ca: &str| rule(id, ROOT, &format!("basic-constraints: {{ ca: {ca} }}"));
    told(
        &[ca("a", "true"), ca("b", "false")],
        "`ca` is `true` for one and `false` for the other",
    );
}

#[test]
fn an_issuer_that_is_required_and_denied() {
    let file = "when: { class: [public, private] }";
    let among = |organization: &str| {
        let issuer = format!("{{ name: x, organization: [{organization}] }}");
        rule(
            "a",
            file,
            &format!("issuer-among: {{ allowed: [{issuer}] }}"),
        )
    };
    let avoids = |organization: &str| {
        let issuer = format!("{{ name: y, organization: [{organization}] }}");
        rule(
            "b",
            file,
            &format!("issuer-avoids: {{ issuers: [{issuer}] }}"),
        )
    };
    let why = "`a` requires issuers all of which `b` denies";
    told(&[among("DigiCert Inc"), avoids("'DigiCert*'")], why);
    told(&[avoids("'*cert*'"), among("'DigiCert*'")], why);
    nothing(&[among("'DigiCert*'"), avoids("DigiCert Inc")]);
    nothing(&[among("DigiCert Inc, Acme"), avoids("'DigiCert*'")]);
}

#[test]
fn rules_that_ask_the_same_and_rules_that_others_make_idle() {
    let period = |id: &str, beside: &str, days: u32| {
        rule(
            id,
            beside,
            &format!("validity-period: {{ max_days: {days} }}"),
        )
    };
    let twice = "the rules `a` and `b` ask the same of the same certificates";
    told(&[period("a", LEAF, 400), period("b", LEAF, 400)], twice);
    let two = "on: leaf, when: { class: [public, private] }";
    let turned = "on: leaf, when: { class: [private, public] }";
    told(&[period("a", two, 400), period("b", turned, 400)], twice);
    let bits = |id: &str, beside: &str, bits: u32| {
        rule(id, beside, &format!("rsa-key-size: {{ min_bits: {bits} }}"))
    };
    let idle = "whatever breaks `a` breaks `b` too, which asks for more and weighs as much";
    told(&[bits("a", LEAF, 2048), bits("b", "on: any", 3072)], idle);
    told(&[bits("b", "on: any", 3072), bits("a", LEAF, 2048)], idle);
    // Asked of fewer chains, or weighing less, the stricter one leaves the other something to say.
    nothing(&[bits("a", LEAF, 2048), bits("b", PRIVATE, 3072)]);
    nothing(&[bits("a", "on: any", 2048), bits("b", LEAF, 3072)]);
    let light = bits("b", "on: any", 3072).replace("severity: error", "severity: warning");
    nothing(&[bits("a", LEAF, 2048), light]);
}

#[test]
fn a_lifetime_that_no_public_ca_may_issue_on_the_day() {
    let why = "it asks for 201 days, and public CAs issue for 200 at most since 2026-03-15";
    for (check, is_told) in [
        ("validity-period: { min_days: 201 }", true),
        ("validity-period: { longer_than_days: 200 }", true),
        ("remaining-validity: { min_days: 201 }", true),
        ("validity-period: { min_days: 200 }", false),
        ("validity-period: { longer_than_days: 199 }", false),
    ] {
        if is_told {
            told(&[rule("a", LEAF, check)], why);
        } else {
            nothing(&[rule("a", LEAF, check)]);
        }
        nothing(&[rule("a", PRIVATE, check)]);
        nothing(&[rule("a", ROOT, check)]);
    }
    // The limit of the day: 100 since 2027-03-15.
    let later = [rule("a", LEAF, "validity-period: { min_days: 200 }")];
    assert!(suspicious_at(&later, "2027-03-15T00:00:00Z").is_some());
    assert!(suspicious_at(&later, "2027-03-14T23:59:59Z").is_none());
}

#[test]
fn a_rule_that_nothing_can_fail_or_pass() {
    let asks = |beside: &str, assert: &str| {
        [rule(
            "a",
            beside,
            &format!("expression: {{ assert: \"{assert}\" }}"),
        )]
    };
    let (always, never) = ("nothing can fail `a`", "nothing can pass `a`");
    told(&asks(LEAF, "cert.basic_constraints.ca || true"), always);
    told(&asks(LEAF, "1 < 2"), always);
    told(&asks(LEAF, "1 > 2"), never);
    told(&asks(ROOT, "cert.role == 'leaf'"), never);
    told(&asks(PRIVATE, "chain.class == 'public'"), never);
    nothing(&asks(LEAF, "chain.class == 'public'"));
    // A ban.
    nothing(&asks("on: leaf, when: { class: [public] }", "false"));
}

#[test]
fn the_built_in_policies_have_nothing_suspicious() {
    let folder = tempfile::tempdir().unwrap();
    for policy in [
        "hygiene",
        "connectpay-production",
        "connectpay-non-production",
        "psd2-qwac",
    ] {
        let (status, said) = policy_check(folder.path(), policy, &["--at", NOW, "--strict"]);
        assert_eq!(status, 0, "{policy}: {said}");
    }
}

/// A folder with a chain, this config, and a policy that locks a rule and bounds waivers.
fn config(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir(folder.path().join("certs")).unwrap();
    write("certs/a.pem", &own_chain().file());
    write("chainlint.yaml", format!("version: 1\n{text}").as_bytes());
    write(
        "own.yaml",
        b"version: 1\nname: own\nextends: hygiene\nvars: { most: { type: integer, default: 398 } }\nwaivers: { max_days: 30 \
          }\nrules:\n  own-period: { severity: error, on: leaf, check: { validity-period: { max_days: \"{vars.most}\" } }, \
          message: m, locked: true }\n  cert-expired: off\n",
    );
    folder
}

#[track_caller]
fn of_config(text: &str, status: i32, why: &str) {
    let folder = config(text);
    let arguments = ["--at", NOW];
    let (ended, said) = policy_check(folder.path(), "chainlint.yaml", &arguments);
    assert_eq!(ended, status, "{said}");
    assert!(said.contains(why), "{said}");
}

const OWN: &str = "files: [{ match: [\"certs/**\"], policy: own.yaml }]\n";

#[test]
fn a_config_is_read_as_a_run_reads_it() {
    of_config(OWN, 0, "1 entry, 1 file, 0 waivers, nothing wrong");
    // Its variables count: a wrong one, and one that breaks a lock.
    of_config(
        &format!("{OWN}vars: {{ most: x }}\n"),
        2,
        "holds a whole number",
    );
    of_config(
        &format!("{OWN}vars: {{ most: 400 }}\n"),
        2,
        "`own-period` is locked",
    );
    let in_entry = OWN.replace("own.yaml", "own.yaml, vars: { most: 400 }");
    of_config(&in_entry, 2, "`own-period` is locked");
    of_config(
        &OWN.replace("certs/**", "cert/**"),
        0,
        "the pattern matches no chain file",
    );
}

#[test]
fn all_that_is_wrong_with_a_config_is_told_at_once() {
    let folder = config(
        "files:\n  - { match: [\"a[\"], policy: own.yaml }\n  - { match: [\"**\"], policy: owm.yaml, enviroment: x }\n\
         vars: { mots: 1 }\ntrust_anchors: [none.pem]\nwaiver_files: [none.yaml]\nwaivers:\n  - { rule: chain-ordr, path: \
         certs/a.pem, reason: r, expires: 2027-01-01 }\n",
    );
    let (status, said) = policy_check(folder.path(), "chainlint.yaml", &["--at", NOW]);
    assert_eq!(status, 2);
    for why in [
        "`a[` is no pattern",
        "the policy `owm.yaml` cannot be read",
        "unknown key `enviroment`",
        "no policy declares the variable `mots`",
        "`none.pem`",
        "the waiver file `none.yaml` cannot be read",
    ] {
        assert!(said.contains(why), "{why}: {said}");
    }
}

#[test]
fn waivers_that_cover_nothing_whatever_a_run_finds() {
    let waiver = |rule: &str, path: &str, expires: &str| {
        format!(
            "{OWN}waivers: [{{ rule: {rule}, path: \"{path}\", reason: r, expires: {expires} }}]\n"
        )
    };
    let soon = "2026-12-01";
    of_config(
        &waiver("chain-order", "certs/a.pem", soon),
        0,
        "1 waiver, nothing wrong",
    );
    for (waiver, why) in [
        (
            waiver("chain-order", "certs/a.pem", "2026-11-22"),
            "ended on 2026-11-22",
        ),
        (
            waiver("cert-expired", "certs/a.pem", soon),
            "`cert-expired` is off",
        ),
        (
            waiver("own-period", "certs/a.pem", soon),
            "lets nobody waive this rule",
        ),
        (
            waiver("chain-order", "certs/a.pem", "2027-06-01"),
            "lets waivers end 30 days ahead at most",
        ),
        (
            waiver("chain-order", "certs/b.pem", soon),
            "no chain file of the config's folder is `certs/b.pem`",
        ),
    ] {
        of_config(&waiver, 0, why);
    }
}

#[test]
fn tests_beside_a_policy_are_checked_as_they_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let test = "version: 1\npolicy: hygiene\nat: 2026-11-23\ncases:\n  - { name: a, chain: { leaf: {}, root: {} }, expect: { pass: chain-order } }\n";
    let path = folder.path().join("a.test.yaml");
    fs::write(&path, test).unwrap();
    let (status, said) = policy_check(folder.path(), "a.test.yaml", &["hygiene"]);
    assert_eq!(status, 0, "{said}");
    assert!(
        said.contains("a.test.yaml: 1 case, nothing wrong"),
        "{said}"
    );
    fs::write(&path, test.replace("expect", "expcet")).unwrap();
    let (status, said) = policy_check(folder.path(), "a.test.yaml", &["hygiene"]);
    assert_eq!(status, 2, "{said}");
    assert!(said.contains("did you mean `expect`?"), "{said}");
    fs::write(&path, test.replace("chain-order", "chain-oder")).unwrap();
    let (status, said) = policy_check(folder.path(), "a.test.yaml", &["hygiene"]);
    assert_eq!(status, 2, "{said}");
    assert!(said.contains("no rule `chain-oder`"), "{said}");
}

#[test]
fn a_folder_is_no_policy_and_its_files_are_to_be_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("policies")).unwrap();
    let (status, said) = policy_check(folder.path(), "policies", &[]);
    assert_eq!(status, 2);
    assert!(said.contains("`policies/*.yaml`"), "{said}");
}

#[test]
fn a_policy_that_waits_for_a_variable_is_checked_shown_and_documented_with_one() {
    let folder = tempfile::tempdir().unwrap();
    let policy = "version: 1\nname: own\nvars: { most: { type: integer } }\nrules:\n  life: { severity: error, on: leaf, check: { validity-period: { max_days: \"{vars.most}\" } }, message: m }\n";
    fs::write(folder.path().join("own.yaml"), policy).unwrap();
    fs::write(folder.path().join("chainlint.yaml"), "version: 1\n").unwrap();
    let run = |arguments: &[&str]| {
        let output = chainlint(folder.path()).args(arguments).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.code().unwrap(),
            String::from_utf8(text).unwrap(),
        )
    };
    for command in [
        &["policy", "check", "own.yaml"][..],
        &["policy", "show", "own.yaml"],
        &["policy", "docs", "own.yaml"],
        &["policy", "diff", "own.yaml", "own.yaml"],
    ] {
        let (status, said) = run(command);
        assert_eq!(status, 2, "{said}");
        assert!(said.contains("--var most=…"), "{said}");
        let (status, said) = run(&[command, &["--var", "most=90"]].concat());
        assert_eq!(status, 0, "{said}");
        let (status, said) = run(&[command, &["--var", "most=90", "--var", "mots=1"]].concat());
        assert_eq!(status, 2, "{said}");
        assert!(said.contains("did you mean `most`?"), "{said}");
    }
    let (status, said) = run(&["policy", "check", "chainlint.yaml", "--var", "most=90"]);
    assert_eq!(status, 2, "{said}");
    assert!(said.contains("--var is for policies"), "{said}");
}

#[test]
fn a_file_that_is_not_utf_8_is_told_at_its_first_wrong_byte() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    let latin = |text: &str| [text.as_bytes(), b" # \xC5\xBD caf\xE9 \xE8\n"].concat();
    write("p.yaml", &latin("version: 1\nname: acme"));
    write("child.yaml", b"version: 1\nname: child\nextends: p.yaml\n");
    write("a.test.yaml", &latin("version: 1\npolicy: child.yaml"));
    write("chainlint.yaml", &latin("version: 1\nfail_on: error"));
    write("w.yaml", &latin("version: 1\nwaivers: []"));
    write("c.yaml", b"version: 1\nwaiver_files: [w.yaml]\n");
    for (arguments, place) in [
        (["policy", "check", "p.yaml"].as_slice(), "p.yaml:2:19]"),
        (&["policy", "check", "child.yaml"], "p.yaml:2:19]"),
        (&["policy", "check", "a.test.yaml"], "a.test.yaml:2:27]"),
        (&["test", "a.test.yaml"], "a.test.yaml:2:27]"),
        (
            &["policy", "check", "chainlint.yaml"],
            "chainlint.yaml:2:23]",
        ),
        (&["check", "."], "chainlint.yaml:2:23]"),
        (&["check", "--config", "c.yaml", "."], "w.yaml:2:20]"),
        (
            &["check", "--no-config", "--policy", "p.yaml", "."],
            "p.yaml:2:19]",
        ),
    ] {
        let output = chainlint(folder.path()).args(arguments).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?} {told}");
        let is_there = told.contains(place);
        assert!(
            is_there && told.contains("this is not UTF-8"),
            "{arguments:?} {told}"
        );
        assert!(told.contains("save the file as UTF-8"), "{told}");
    }
}

#[test]
fn nothing_is_shown_of_a_file_that_is_neither_utf_8_nor_a_policy() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("key.yaml"), b"hidden\xFF\n").unwrap();
    let (status, told) = policy_check(folder.path(), "key.yaml", &[]);
    assert_eq!(status, 2);
    assert!(
        told.contains("this is not UTF-8") && !told.contains("hidden"),
        "{told}"
    );
}
