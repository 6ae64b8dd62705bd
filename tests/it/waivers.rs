//! Waivers, from a config to the findings that they cover.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::cases::draft::own_chain;
use crate::support::program::{self, FORMATS, chainlint, check, findings, json, rules_of};
use crate::support::{NOW, project};

pub(crate) const RULE: &str = "leaf-validity-range";

/// A folder with two chains that live too long, each of its own, and a config with these waivers.
pub(crate) fn folder(waivers: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("certs")).unwrap();
    for (name, days) in [("a.pem", 1096), ("b.pem", 1100)] {
        let file = own_chain().leaf(|leaf| leaf.days(days)).file();
        fs::write(folder.path().join("certs").join(name), file).unwrap();
    }
    config(folder.path(), waivers);
    folder
}

pub(crate) fn config(folder: &Path, waivers: &str) {
    let text = format!("version: 1\nvars: {{ company: Acme Payments }}\n{waivers}");
    fs::write(folder.join("chainlint.yaml"), text).unwrap();
}

/// The hash of the leaf of `certs/a.pem`.
pub(crate) fn leaf_of_a(folder: &Path) -> String {
    let (report, _) = check(folder, &["certs/a.pem", "--no-waivers"]);
    findings(&report)[0]["certificate"]["sha256"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn waiver(fields: &str) -> String {
    format!("  - {{ rule: {RULE}, {fields} }}\n")
}

pub(crate) fn waivers(fields: &[&str]) -> String {
    let all: String = fields.iter().map(|fields| waiver(fields)).collect();
    format!("waivers:\n{all}")
}

/// Each finding as `path rule`, with `waived` behind those that are.
pub(crate) fn told(report: &Value) -> Vec<String> {
    findings(report)
        .iter()
        .map(|finding| {
            let word = |key: &str| finding[key].as_str().unwrap();
            let waived = if finding["waived"].is_null() {
                ""
            } else {
                " waived"
            };
            format!("{} {}{waived}", word("path"), word("rule"))
        })
        .collect()
}

pub(crate) const BECAUSE: &str = "reason: because, expires: 2027-02-01";

#[test]
fn a_waiver_for_a_path_covers_that_file_alone() {
    let folder = folder(&waivers(&[&format!("path: certs/a.pem, {BECAUSE}")]));
    let (report, status) = check(folder.path(), &[]);
    assert_eq!(
        told(&report),
        [
            "certs/a.pem leaf-validity-range waived",
            "certs/b.pem leaf-validity-range"
        ]
    );
    assert_eq!(status, 1);
    let waived = &findings(&report)[0]["waived"];
    assert_eq!(waived["reason"], "because");
    assert_eq!(waived["expires"], "2027-02-01");
    assert!(waived["id"].as_str().unwrap().starts_with("w-"));
    assert_eq!(report["summary"]["waived"], 1);
    assert_eq!(report["summary"]["errors"], 1);
    let (_, status) = check(folder.path(), &["certs/a.pem"]);
    assert_eq!(status, 0);
    let (report, status) = check(folder.path(), &["certs/a.pem", "--no-waivers"]);
    assert_eq!((status, &report["summary"]["waived"]), (1, &Value::from(0)));
}

#[test]
fn patterns_certificates_and_both_of_them_narrow_what_is_covered() {
    let folder = folder("");
    let hash = leaf_of_a(folder.path());
    let other = "0".repeat(64);
    let cases = [
        ("path: 'certs/*.pem'".to_owned(), [true, true]),
        ("path: 'other/*.pem'".to_owned(), [false, false]),
        (format!("certificate: 'sha256:{hash}'"), [true, false]),
        (format!("certificate: 'sha256:{other}'"), [false, false]),
        (
            format!("certificate: 'sha256:{hash}', path: certs/a.pem"),
            [true, false],
        ),
        (
            format!("certificate: 'sha256:{hash}', path: certs/b.pem"),
            [false, false],
        ),
    ];
    for (what, covered) in cases {
        config(folder.path(), &waivers(&[&format!("{what}, {BECAUSE}")]));
        let (report, _) = check(folder.path(), &[]);
        for (name, covered) in ["certs/a.pem", "certs/b.pem"].iter().zip(covered) {
            let of_file = told(&report)
                .into_iter()
                .filter(|line| line.starts_with(name));
            let marks: Vec<bool> = of_file.map(|line| line.ends_with(" waived")).collect();
            assert_eq!(marks, [covered], "{what}: {name}");
        }
    }
}

#[test]
fn a_waiver_holds_through_its_last_day_and_is_told_from_then_on() {
    let folder = folder(&waivers(&[
        "path: 'certs/*.pem', reason: because, expires: 2026-11-23",
    ]));
    let at = |at: &str| check(folder.path(), &["--at", at]);
    let (report, status) = at("2026-11-23T23:59:59Z");
    assert_eq!(
        (status, rules_of(&report, "error")),
        (0, vec![RULE.to_owned()])
    );
    let (report, status) = at("2026-11-24T00:00:00Z");
    assert_eq!(status, 1);
    assert_eq!(
        told(&report),
        [
            "certs/a.pem leaf-validity-range",
            "certs/b.pem leaf-validity-range",
            "chainlint.yaml waiver-expired"
        ]
    );
    let expired = &findings(&report)[2];
    assert_eq!(expired["severity"], "error");
    assert_eq!(expired["start"]["line"], 4);
    assert!(
        expired["message"].as_str().unwrap().contains("2 findings"),
        "{expired}"
    );
}

#[test]
fn a_waiver_that_covers_nothing_is_told_where_the_run_could_have_met_it() {
    let unused = |waivers: &str, arguments: &[&str]| {
        let folder = folder(waivers);
        let (report, _) = check(folder.path(), arguments);
        told(&report)
            .iter()
            .any(|line| line.ends_with("waiver-unused"))
    };
    let of = |what: &str| format!("waivers:\n  - {{ rule: chain-order, {what}, {BECAUSE} }}\n");
    let hash = format!("certificate: 'sha256:{}'", "0".repeat(64));
    // The file was checked, or would have been if it were there.
    assert!(unused(&of("path: certs/a.pem"), &[]));
    assert!(unused(&of("path: certs/a.pem"), &["certs/a.pem"]));
    assert!(unused(&of("path: certs/gone.pem"), &[]));
    assert!(unused(&of("path: certs/gone.pem"), &["certs"]));
    assert!(unused(&of("path: 'certs/*.pem'"), &["certs"]));
    assert!(unused(&of(&hash), &[]));
    // It could be about files that this run did not look at, or about a rule that it left out.
    assert!(!unused(&of("path: certs/a.pem"), &["certs/b.pem"]));
    assert!(!unused(&of("path: certs/gone.pem"), &["certs/b.pem"]));
    assert!(!unused(&of("path: 'certs/*.pem'"), &["certs/a.pem"]));
    assert!(!unused(&of("path: '**/*.pem'"), &["certs"]));
    assert!(!unused(&of(&hash), &["certs"]));
    assert!(!unused(&of("path: certs/a.pem"), &["--select", RULE]));
    assert!(!unused(
        &of("path: certs/a.pem"),
        &["--ignore", "chain-order"]
    ));
    assert!(!unused(&of("path: certs/a.pem"), &["--no-waivers"]));
    // What covers something is used.
    assert!(!unused(
        &waivers(&[&format!("path: 'certs/*.pem', {BECAUSE}")]),
        &[]
    ));
}

/// A policy that changes the rule in one way, and bounds waivers in another.
pub(crate) fn policy(rule: &str, bounds: &str) -> String {
    format!(
        "version: 1\nname: acme\nextends: connectpay-production\n{bounds}rules:\n  {RULE}: {rule}\n"
    )
}

#[test]
fn a_policy_bounds_how_far_ahead_a_waiver_ends() {
    let folder = folder("");
    let bounds = "waivers: { max_days: 30 }\n";
    fs::write(folder.path().join("acme.yaml"), policy("error", bounds)).unwrap();
    for (last_day, holds) in [("2026-12-23", true), ("2026-12-24", false)] {
        let of = format!("path: 'certs/*.pem', reason: because, expires: {last_day}");
        config(folder.path(), &waivers(&[&of]));
        let (report, status) = check(folder.path(), &["--policy", "acme.yaml"]);
        assert_eq!(status, i32::from(!holds), "{last_day}");
        let refused = told(&report).contains(&"chainlint.yaml waiver-not-allowed".to_owned());
        assert_eq!(refused, !holds, "{last_day}");
    }
}

#[test]
fn a_locked_rule_is_waived_only_where_its_policy_says_so() {
    let folder = folder(&waivers(&[&format!("path: 'certs/*.pem', {BECAUSE}")]));
    let ways = [
        ("{ locked: true }", 1),
        ("{ locked: true, waivable: true }", 0),
        ("{ waivable: false }", 1),
        ("{ waivable: true }", 0),
    ];
    for (rule, wanted) in ways {
        fs::write(folder.path().join("acme.yaml"), policy(rule, "")).unwrap();
        let (report, status) = check(folder.path(), &["--policy", "acme.yaml"]);
        assert_eq!(status, wanted, "{rule}: {:?}", told(&report));
        let refused = told(&report).contains(&"chainlint.yaml waiver-not-allowed".to_owned());
        assert_eq!(refused, wanted == 1, "{rule}");
    }
    // A child cannot make it so.
    fs::write(
        folder.path().join("acme.yaml"),
        policy("{ locked: true }", ""),
    )
    .unwrap();
    let child = format!(
        "version: 1\nname: child\nextends: acme.yaml\nrules:\n  {RULE}: {{ waivable: true }}\n"
    );
    fs::write(folder.path().join("child.yaml"), child).unwrap();
    let output = chainlint(folder.path())
        .args(["check", "--policy", "child.yaml"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said.contains("it may not be made waivable") && said.contains("acme.yaml:5"),
        "{said}"
    );
}

#[test]
fn waivers_are_told_under_a_policy_that_rests_on_nothing_unless_it_turns_that_off() {
    let folder = folder("");
    let text = waivers(&["path: 'certs/*.pem', reason: because, expires: 2026-11-22"]);
    fs::write(
        folder.path().join("chainlint.yaml"),
        format!("version: 1\n{text}"),
    )
    .unwrap();
    let own = "version: 1\nname: acme\nrules:\n  leaf-validity-range:\n    severity: warning\n    on: leaf\n    check: { validity-period: { max_days: 1095 } }\n    message: m\n";
    fs::write(folder.path().join("acme.yaml"), own).unwrap();
    let (report, status) = check(folder.path(), &["--policy", "acme.yaml"]);
    assert_eq!(status, 1);
    assert!(
        told(&report).contains(&"chainlint.yaml waiver-expired".to_owned()),
        "{:?}",
        told(&report)
    );
    let off = "version: 1\nname: acme\nextends: hygiene\nrules:\n  waiver-expired: off\n";
    fs::write(folder.path().join("acme.yaml"), off).unwrap();
    // The waiver's rule is none of this policy, but of the one that applies where none is named.
    let (report, _) = check(folder.path(), &["--policy", "acme.yaml"]);
    assert!(
        !told(&report)
            .iter()
            .any(|line| line.ends_with("waiver-expired")),
        "{:?}",
        told(&report)
    );
}

#[test]
fn a_file_that_cannot_be_read_is_waived_by_nobody() {
    let folder = folder(
        "waivers:\n  - { rule: file-unreadable, path: certs/c.pem, reason: because, expires: 2027-02-01 }\n",
    );
    // A link to nowhere is there, and cannot be read.
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", folder.path().join("certs/c.pem")).unwrap();
    let (report, status) = check(folder.path(), &["certs/c.pem"]);
    assert_eq!(status, 1);
    assert!(
        told(&report).contains(&"chainlint.yaml waiver-not-allowed".to_owned()),
        "{:?}",
        told(&report)
    );
}

#[test]
fn waivers_stand_in_files_of_their_own_too() {
    let folder = folder("waiver_files: [waivers/pki.yaml]\n");
    fs::create_dir(folder.path().join("waivers")).unwrap();
    let text = format!(
        "version: 1\n{}",
        waivers(&[&format!("path: 'certs/*.pem', {BECAUSE}")])
    );
    fs::write(folder.path().join("waivers/pki.yaml"), text).unwrap();
    assert_eq!(check(folder.path(), &[]).1, 0);
    let (report, _) = check(folder.path(), &["--at", "2027-02-02T00:00:00Z"]);
    assert!(
        told(&report).contains(&"waivers/pki.yaml waiver-expired".to_owned()),
        "{:?}",
        told(&report)
    );
}

/// What is wrong with a config of these waivers.
fn wrong(waivers: &str) -> String {
    let folder = folder(waivers);
    let output = chainlint(folder.path()).arg("check").output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{waivers}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn each_mistake_in_a_waiver_is_told_where_it_stands() {
    let of = |text: &str| format!("waivers:\n  - {text}\n");
    let table = [
        ("waivers: a\n".to_owned(), "3:10", "expected a list"),
        (
            of("{ rule: leaf-validity-rang, path: a.pem, reason: b, expires: 2027-01-01 }"),
            "4:13",
            "did you mean `leaf-validity-range`?",
        ),
        (
            of("{ path: a.pem, reason: b, expires: 2027-01-01 }"),
            "4:5",
            "rule",
        ),
        (
            of("{ rule: chain-order, reason: b, expires: 2027-01-01 }"),
            "4:13",
            "neither a certificate nor a path",
        ),
        (
            of("{ rule: chain-order, path: a.pem, expires: 2027-01-01 }"),
            "4:5",
            "reason",
        ),
        (
            of("{ rule: chain-order, path: a.pem, reason: '', expires: 2027-01-01 }"),
            "4:47",
            "why",
        ),
        (
            of("{ rule: chain-order, path: a.pem, reason: b }"),
            "4:5",
            "expires",
        ),
        (
            of("{ rule: chain-order, path: a.pem, reason: b, expires: never }"),
            "4:59",
            "is no day",
        ),
        (
            of("{ rule: chain-order, path: a.pem, reason: b, expires: 2027-02-30 }"),
            "4:59",
            "is no day",
        ),
        (
            of("{ rule: chain-order, path: ../a.pem, reason: b, expires: 2027-01-01 }"),
            "4:32",
            "leaves the folder",
        ),
        (
            of("{ rule: chain-order, certificate: abc, reason: b, expires: 2027-01-01 }"),
            "4:39",
            "is no certificate's hash",
        ),
        (
            of("{ rule: chain-order, path: a.pem, reason: b, expire: 2027-01-01 }"),
            "4:50",
            "did you mean `expires`?",
        ),
        (
            of(
                "{ rule: chain-order, path: a.pem, reason: b, expires: 2027-01-01 }\n  - { rule: chain-order, path: a.pem, reason: c, expires: 2027-01-02 }",
            ),
            "5:13",
            "already",
        ),
        (
            of(
                "{ id: a, rule: chain-order, path: a.pem, reason: b, expires: 2027-01-01 }\n  - { id: a, rule: chain-order, path: b.pem, reason: b, expires: 2027-01-01 }",
            ),
            "5:11",
            "a waiver called `a` already",
        ),
        (
            of(
                "{ rule: chain-order, path: a.pem, reason: b, expires: 2027-01-01 }\n  - { rule: chain-order, path: ./a.pem, reason: c, expires: 2027-01-02 }",
            ),
            "5:13",
            "already",
        ),
        (
            of("{ rule: chain-order, path: a.pem, reason: b, expires: }"),
            "4:50",
            "2027-02-01",
        ),
        (
            "waiver_files: [b.yaml, ./b.yaml]\n".to_owned(),
            "3:24",
            "named twice",
        ),
        (
            "waiver_files: [nowhere.yaml]\n".to_owned(),
            "3:16",
            "cannot be read",
        ),
    ];
    let mut unmet = Vec::new();
    for (waivers, place, text) in &table {
        let said = wrong(waivers);
        if !said.contains(&format!("chainlint.yaml:{place}")) || !said.contains(text) {
            unmet.push(format!("{place} {text}\n{waivers}{said}"));
        }
    }
    assert!(unmet.is_empty(), "{}", unmet.join("\n----\n"));
}

#[test]
fn a_waiver_that_stands_in_two_files_is_told_with_both_places() {
    let folder = folder(&format!(
        "{}waiver_files: [pki.yaml, more.yaml]\n",
        waivers(&[&format!("path: certs/a.pem, {BECAUSE}")])
    ));
    let write = |name: &str, waiver: &str| {
        let text = format!("version: 1\n{}", waivers(&[waiver]));
        fs::write(folder.path().join(name), text).unwrap();
    };
    write("pki.yaml", &format!("path: ./certs/a.pem, {BECAUSE}"));
    write("more.yaml", &format!("path: certs/b.pem, {BECAUSE}"));
    let said = || {
        let output = chainlint(folder.path()).arg("check").output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let twice = said();
    assert!(
        twice.contains("pki.yaml:3:13") && twice.contains("chainlint.yaml:4:13"),
        "{twice}"
    );
    write(
        "pki.yaml",
        &format!("id: PKI-1, path: certs/c.pem, {BECAUSE}"),
    );
    write(
        "more.yaml",
        &format!("id: PKI-1, path: certs/b.pem, {BECAUSE}"),
    );
    let named = said();
    assert!(
        named.contains("more.yaml:3")
            && named.contains("pki.yaml:3")
            && named.contains("`PKI-1` already"),
        "{named}"
    );
}

#[test]
fn a_misspelt_rule_is_told_by_every_command_and_beside_a_broken_waiver_file() {
    let misspelt = "waivers:\n  - { rule: leaf-validity-rang, path: certs/a.pem, reason: because, expires: 2027-02-01 }\n";
    let commands = [
        "check",
        "waivers list",
        "waivers prune",
        "waivers add --all --reason because --expires 2027-02-01 --at 2026-11-23T00:00:00Z",
        "policy check chainlint.yaml",
    ];
    let with_file = format!("{misspelt}waiver_files: [gone.yaml, broken.yaml]\n");
    for command in commands {
        let said = |config: &str| {
            let folder = folder(config);
            let broken = format!(
                "version: 1\n{}",
                waivers(&["path: a.pem, reason: because, expires: soon"])
            );
            fs::write(folder.path().join("broken.yaml"), broken).unwrap();
            let arguments: Vec<&str> = command.split(' ').collect();
            let output = chainlint(folder.path()).args(arguments).output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{command}: {said}");
            said
        };
        let alone = said(misspelt);
        let place = "chainlint.yaml:4:13";
        let near = "did you mean `leaf-validity-range`?";
        assert!(
            alone.contains(place) && alone.contains(near),
            "{command}: {alone}"
        );
        let together = said(&with_file);
        for part in [
            place,
            "`gone.yaml` cannot be read",
            "`soon` is no day",
            near,
        ] {
            assert!(together.contains(part), "{command}, {part}: {together}");
        }
    }
}

#[test]
fn a_rule_of_a_policy_that_needs_a_variable_is_known() {
    let policy = "version: 1\nname: own\nvars: { days: { type: integer } }\nrules:\n  own-days:\n    severity: error\n    on: leaf\n    check: { validity-period: { max_days: \"{vars.days}\" } }\n    message: m\n";
    let folder = folder(
        "files:\n  - { match: [certs/b.pem], policy: own.yaml, vars: { days: 9 } }\nwaivers:\n  - { rule: own-days, path: certs/b.pem, reason: r, expires: 2027-02-01 }\n",
    );
    fs::write(folder.path().join("own.yaml"), policy).unwrap();
    let (report, status) = check(folder.path(), &["certs/a.pem"]);
    assert_eq!(
        (told(&report), status),
        (vec![format!("certs/a.pem {RULE}")], 1)
    );
    let add = [
        "waivers",
        "add",
        "--all",
        "--reason",
        "r",
        "--expires",
        "2027-02-01",
        "--at",
        NOW,
    ];
    let output = chainlint(folder.path()).args(add).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_rule_that_was_not_asked_leaves_no_waiver_unused() {
    let folder = folder("");
    // Without the variable, which hygiene does not know.
    let write = |more: &str| {
        let of = waivers(&[&format!("path: 'certs/*.pem', {BECAUSE}")]);
        let text = format!("version: 1\n{more}{of}");
        fs::write(folder.path().join("chainlint.yaml"), text).unwrap();
    };
    write("");
    let unused = |arguments: &[&str]| {
        let (report, _) = check(folder.path(), arguments);
        told(&report).contains(&"chainlint.yaml waiver-unused".to_owned())
    };
    assert!(!unused(&[]));
    assert!(!unused(&["--policy", "hygiene"]));
    fs::write(folder.path().join("acme.yaml"), policy("off", "")).unwrap();
    assert!(!unused(&["--policy", "acme.yaml"]));
    // Where the config itself turns it off, it covers nothing.
    write("files: [{ match: ['**'], policy: acme.yaml }]\n");
    assert!(unused(&[]));
}

#[test]
#[cfg(unix)]
fn a_waiver_goes_by_the_name_that_a_file_has_and_not_by_how_it_is_shown() {
    let folder = folder(&waivers(&[&format!(
        "path: 'certs/\\\\u\\{{1b\\}}.pem', {BECAUSE}"
    )]));
    let file = own_chain().leaf(|leaf| leaf.days(1096)).file();
    for name in ["certs/\\u{1b}.pem", "certs/\u{1b}.pem"] {
        fs::write(folder.path().join(name), &file).unwrap();
    }
    let (report, _) = check(folder.path(), &[]);
    let shown: Vec<String> = told(&report)
        .into_iter()
        .filter(|line| line.contains("1b"))
        .collect();
    assert_eq!(
        shown,
        [
            "certs/\\u{1b}.pem leaf-validity-range waived",
            "certs/\\u{1b}.pem (2) leaf-validity-range",
        ]
    );
}

#[test]
fn an_expired_waiver_of_what_a_run_did_not_look_at_is_not_called_one_of_nothing() {
    let folder = folder(&waivers(&[
        "path: certs/a.pem, reason: past, expires: 2026-11-22",
    ]));
    let (report, _) = check(folder.path(), &["certs/b.pem"]);
    let expired = findings(&report)
        .iter()
        .find(|finding| finding["rule"] == "waiver-expired");
    let message = expired.unwrap()["message"].as_str().unwrap();
    assert!(
        message.ends_with("it is about nothing that this run looked at"),
        "{message}"
    );
}

#[test]
fn who_answers_for_a_waiver_is_told() {
    let folder = folder(&waivers(&[&format!(
        "path: 'certs/*.pem', owner: team-pki, {BECAUSE}"
    )]));
    let (report, _) = check(folder.path(), &[]);
    assert_eq!(findings(&report)[0]["waived"]["owner"], "team-pki");
    let output = chainlint(folder.path())
        .args(["check", "--at", crate::support::NOW, "--format", "junit"])
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(
        out.contains("waived until 2027-02-01 by team-pki (w-"),
        "{out}"
    );
}

/// Runs `chainlint waivers` at the usual instant: status, standard output, standard error.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let at = ["--at", crate::support::NOW];
    program::run(folder, &[&["waivers"], arguments, &at].concat())
}

#[test]
fn the_list_shows_what_ends_first_on_top() {
    let folder = folder(&waivers(&[
        &format!("path: certs/a.pem, {BECAUSE}, owner: team-pki"),
        "path: certs/b.pem, reason: past, expires: 2026-11-22",
    ]));
    let (status, listed, said) = run(folder.path(), &["list"]);
    assert_eq!(status, 0);
    let (past, to_come) = (
        listed.find("expired on 2026-11-22"),
        listed.find("70 days left"),
    );
    assert!(past.is_some() && past < to_come, "{listed}");
    assert!(
        listed.contains("because (team-pki)") && said.contains("2 waivers, 1 expired"),
        "{listed}{said}"
    );
    let output = chainlint(folder.path())
        .args([
            "waivers",
            "list",
            "--format",
            "json",
            "--at",
            crate::support::NOW,
        ])
        .output()
        .unwrap();
    let rows = json(&output);
    assert_eq!(rows[0]["days_left"], -1);
    assert_eq!(rows[1]["owner"], "team-pki");
}

#[test]
fn what_a_policy_refuses_is_listed_so_and_pruned_as_unused() {
    let refused = [
        ("{ waivable: false }", "", "lets nobody waive this rule"),
        ("{ locked: true }", "", "lets nobody waive this rule"),
        (
            "error",
            "waivers: { max_days: 30 }\n",
            "lets waivers end 30 days ahead at most",
        ),
    ];
    for (rule, bounds, why) in refused {
        let folder = folder("");
        let of = |path: &str| format!("path: '{path}', {BECAUSE}");
        let waivers = waivers(&[&of("certs/a.pem"), &of("certs/*.pem"), &of("certs/b.pem")]);
        let files = "files: [{ match: [certs/a.pem], policy: acme.yaml }]\n";
        config(folder.path(), &format!("{files}{waivers}"));
        fs::write(folder.path().join("acme.yaml"), policy(rule, bounds)).unwrap();
        // The pattern means a file too whose policy lets it.
        let (status, listed, said) = run(folder.path(), &["list"]);
        assert_eq!(status, 0, "{said}");
        let line = format!("refused: the policy `acme` {why}");
        assert_eq!(listed.matches(&line).count(), 1, "{listed}");
        assert_eq!(
            said,
            "3 waivers, 1 refused: `chainlint waivers prune --unused` removes it\n"
        );
        let (_, rows, _) = run(folder.path(), &["list", "--format", "json"]);
        let rows: Value = serde_json::from_str(&rows).unwrap();
        assert_eq!(rows[0]["refused"], format!("the policy `acme` {why}"));
        assert_eq!(rows[1]["refused"], Value::Null);
        assert_eq!(run(folder.path(), &["prune", "--diff"]).0, 0);
        let (_, _, said) = run(folder.path(), &["prune", "--unused"]);
        assert_eq!(said, "1 waiver removed\n");
        let left = fs::read_to_string(folder.path().join("chainlint.yaml")).unwrap();
        assert!(
            left.contains("certs/*.pem") && left.contains("certs/b.pem"),
            "{left}"
        );
        let (_, listed, _) = run(folder.path(), &["list"]);
        assert!(!listed.contains("refused"), "{listed}");
    }
}

#[test]
fn every_format_tells_waived_findings_in_its_way_and_ends_alike() {
    let folder = folder(&waivers(&[&format!("path: 'certs/*.pem', {BECAUSE}")]));
    for format in FORMATS {
        let output = chainlint(folder.path())
            .args(["check", "--at", crate::support::NOW, "--format", format])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{format}");
        let out = String::from_utf8(output.stdout).unwrap();
        let shows = ["json", "jsonl", "sarif", "junit", "html"].contains(&format);
        assert_eq!(out.contains("because"), shows, "{format}");
    }
}

#[test]
fn strings_of_waivers_steer_no_terminal() {
    let folder = folder(
        "waivers:\n  - { rule: leaf-validity-range, path: certs/a.pem, reason: \"a\\u001b[31mb\", owner: \"c\\u202ed\", expires: 2026-11-22 }\n",
    );
    let (_, listed, _) = run(folder.path(), &["list"]);
    assert!(!listed.contains(['\u{1b}', '\u{202e}']), "{listed:?}");
}

#[test]
fn the_schemas_know_waivers() {
    for kind in ["config", "waivers"] {
        let schema = fs::read(project(&format!("schema/{kind}.schema.json"))).unwrap();
        let schema: Value = serde_json::from_slice(&schema).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let waiver =
            serde_json::json!({ "rule": "a", "path": "b", "reason": "c", "expires": "2027-01-01" });
        assert!(
            validator.is_valid(&serde_json::json!({ "version": 1, "waivers": [waiver] })),
            "{kind}"
        );
        let without_end = serde_json::json!({ "rule": "a", "path": "b", "reason": "c" });
        assert!(
            !validator.is_valid(&serde_json::json!({ "version": 1, "waivers": [without_end] })),
            "{kind}"
        );
    }
}

#[test]
fn standard_input_that_a_name_alone_announces_is_all_that_was_looked_at() {
    let folder = folder(&waivers(&[
        "path: certs/a.pem, reason: r, expires: 2026-12-01",
    ]));
    let output = chainlint(folder.path())
        .args([
            "check",
            "--at",
            crate::support::NOW,
            "--stdin-filename",
            "new.pem",
        ])
        .write_stdin(own_chain().file())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(!said.contains("waiver-unused"), "{said}");
}
