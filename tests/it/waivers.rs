//! Waivers, from a config to the findings that they cover.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::cases::draft::own_chain;
use crate::support::program::{FORMATS, chainlint, check, findings, json, rules_of};
use crate::support::project;

const RULE: &str = "leaf-validity-range";

/// A folder with two chains that live too long, each of its own, and a config with these waivers.
fn folder(waivers: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("certs")).unwrap();
    for (name, days) in [("a.pem", 1096), ("b.pem", 1100)] {
        let file = own_chain().leaf(|leaf| leaf.days(days)).file();
        fs::write(folder.path().join("certs").join(name), file).unwrap();
    }
    config(folder.path(), waivers);
    folder
}

fn config(folder: &Path, waivers: &str) {
    let text = format!("version: 1\nvars: {{ company: Acme Payments }}\n{waivers}");
    fs::write(folder.join("chainlint.yaml"), text).unwrap();
}

/// The hash of the leaf of `certs/a.pem`.
fn leaf_of_a(folder: &Path) -> String {
    let (report, _) = check(folder, &["certs/a.pem", "--no-waivers"]);
    findings(&report)[0]["certificate"]["sha256"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn waiver(fields: &str) -> String {
    format!("  - {{ rule: {RULE}, {fields} }}\n")
}

fn waivers(fields: &[&str]) -> String {
    let all: String = fields.iter().map(|fields| waiver(fields)).collect();
    format!("waivers:\n{all}")
}

/// Each finding as `path rule`, with `waived` behind those that are.
fn told(report: &Value) -> Vec<String> {
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

const BECAUSE: &str = "reason: because, expires: 2027-02-01";

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
fn policy(rule: &str, bounds: &str) -> String {
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

/// Runs `chainlint waivers` at the usual instant: status, standard output, standard error.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = chainlint(folder)
        .arg("waivers")
        .args(arguments)
        .args(["--at", crate::support::NOW])
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

const ADD: [&str; 5] = ["add", "--reason", "as it was", "--expires", "2027-02-01"];

fn added(folder: &Path, more: &[&str]) -> (i32, String) {
    let arguments: Vec<&str> = ADD.iter().chain(more).copied().collect();
    let (status, _, said) = run(folder, &arguments);
    (status, said)
}

#[test]
fn a_baseline_waives_what_is_there_and_nothing_that_comes_later() {
    let folder = folder("# ours, and it stays\n");
    let before = fs::read_to_string(folder.path().join("chainlint.yaml")).unwrap();
    let (status, said) = added(folder.path(), &["--all", "--owner", "team-pki"]);
    assert_eq!(
        (status, said.contains("2 waivers added, until 2027-02-01")),
        (0, true),
        "{said}"
    );
    let after = fs::read_to_string(folder.path().join("chainlint.yaml")).unwrap();
    assert!(after.starts_with(&before), "{after}");
    assert_eq!(check(folder.path(), &[]).1, 0);
    // Again, there is nothing to add.
    assert_eq!(added(folder.path(), &["--all"]).0, 3);
    assert_eq!(
        fs::read_to_string(folder.path().join("chainlint.yaml")).unwrap(),
        after
    );
    // Another certificate in the same file is another finding.
    let next = own_chain().leaf(|leaf| leaf.days(1097)).file();
    fs::write(folder.path().join("certs/a.pem"), next).unwrap();
    let (report, status) = check(folder.path(), &[]);
    assert_eq!(status, 1);
    assert!(told(&report).contains(&"certs/a.pem leaf-validity-range".to_owned()));
    let (_, status) = check(folder.path(), &["certs/b.pem"]);
    assert_eq!(status, 0);
}

#[test]
fn one_rule_of_one_file_is_waived_into_a_file_of_its_own() {
    let folder = folder("waiver_files: [pki.yaml]\n");
    fs::write(
        folder.path().join("pki.yaml"),
        "version: 1\n# by hand\nwaivers: []\n",
    )
    .unwrap();
    let (status, said) = added(
        folder.path(),
        &["--rule", RULE, "--to", "pki.yaml", "certs/a.pem"],
    );
    assert_eq!(status, 0, "{said}");
    let text = fs::read_to_string(folder.path().join("pki.yaml")).unwrap();
    assert!(
        text.starts_with("version: 1\n# by hand\nwaivers:\n  - rule: leaf-validity-range\n"),
        "{text}"
    );
    assert_eq!(check(folder.path(), &["certs/a.pem"]).1, 0);
    assert_eq!(check(folder.path(), &["certs/b.pem"]).1, 1);
}

#[test]
fn what_cannot_be_waived_is_not_added() {
    let folder = folder("");
    let status = |more: &[&str]| added(folder.path(), more);
    let (code, said) = status(&["--rule", "leaf-validity-rang"]);
    assert_eq!(
        (code, said.contains("did you mean `leaf-validity-range`?")),
        (2, true),
        "{said}"
    );
    let (code, _, said) = run(
        folder.path(),
        &["add", "--all", "--reason", "r", "--expires", "2026-11-22"],
    );
    assert_eq!(
        (code, said.contains("that day is over")),
        (2, true),
        "{said}"
    );
    fs::write(
        folder.path().join("acme.yaml"),
        policy("{ locked: true }", "waivers: { max_days: 30 }\n"),
    )
    .unwrap();
    let (code, said) = status(&["--all", "--policy", "acme.yaml"]);
    assert_eq!(
        (code, said.contains("lets nobody waive")),
        (2, true),
        "{said}"
    );
    fs::write(
        folder.path().join("acme.yaml"),
        policy("error", "waivers: { max_days: 30 }\n"),
    )
    .unwrap();
    let (code, said) = status(&["--all", "--policy", "acme.yaml"]);
    assert_eq!((code, said.contains("30 days ahead")), (2, true), "{said}");
    let text = fs::read_to_string(folder.path().join("chainlint.yaml")).unwrap();
    assert!(!text.contains("waivers"), "{text}");
}

#[test]
fn without_a_config_one_is_written() {
    let folder = folder("");
    fs::remove_file(folder.path().join("chainlint.yaml")).unwrap();
    let (status, said) = added(folder.path(), &["--all"]);
    assert_eq!(status, 0, "{said}");
    assert_eq!(check(folder.path(), &[]).1, 0);
}

#[test]
fn pruning_takes_out_what_has_ended_and_keeps_every_other_byte() {
    let text = "# top\r\nwaivers:\r\n  # the first\r\n  - rule: leaf-validity-range\r\n    path: certs/a.pem # here\r\n    reason: |\r\n      Two\r\n      lines.\r\n    expires: 2026-11-22\r\n  # the second\r\n  - rule: leaf-validity-range\r\n    path: certs/b.pem\r\n    reason: b\r\n    expires: 2027-02-01\r\n# end\r\n";
    let folder = folder(text);
    let (status, diff, _) = run(folder.path(), &["prune", "--diff"]);
    assert_eq!(status, 1);
    assert!(
        diff.contains("-  - rule: leaf-validity-range") && !diff.contains("-  # the"),
        "{diff}"
    );
    let (status, _, said) = run(folder.path(), &["prune"]);
    assert_eq!((status, said.as_str()), (0, "1 waiver removed\n"));
    let left = fs::read_to_string(folder.path().join("chainlint.yaml")).unwrap();
    let expected = "# top\r\nwaivers:\r\n  # the first\r\n  # the second\r\n  - rule: leaf-validity-range\r\n    path: certs/b.pem\r\n    reason: b\r\n    expires: 2027-02-01\r\n# end\r\n";
    assert!(left.ends_with(expected), "{left}");
    assert_eq!(run(folder.path(), &["prune", "--diff"]).0, 0);
}

#[test]
fn pruning_takes_out_what_covers_nothing_where_that_is_asked() {
    let folder = folder(&waivers(&[
        &format!("path: certs/a.pem, {BECAUSE}"),
        &format!("path: certs/gone.pem, {BECAUSE}"),
    ]));
    assert_eq!(run(folder.path(), &["prune", "--diff"]).0, 0);
    let (_, _, said) = run(folder.path(), &["prune", "--unused"]);
    assert_eq!(said, "1 waiver removed\n");
    let left = fs::read_to_string(folder.path().join("chainlint.yaml")).unwrap();
    assert!(
        left.contains("certs/a.pem") && !left.contains("certs/gone.pem"),
        "{left}"
    );
    // The last one leaves an empty list behind.
    let good = own_chain().file();
    fs::write(folder.path().join("certs/a.pem"), good).unwrap();
    run(folder.path(), &["prune", "--unused"]);
    let left = fs::read_to_string(folder.path().join("chainlint.yaml")).unwrap();
    assert!(left.ends_with("waivers: []\n"), "{left}");
    assert_eq!(check(folder.path(), &["certs/a.pem"]).1, 0);
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
