//! `chainlint waivers add` and `prune`, from outside.

use std::fs;
use std::path::Path;

use crate::cases::draft::own_chain;
use crate::support::program::check;
use crate::waivers::{BECAUSE, RULE, config, folder, policy, run, told, waivers};

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
    // Where all is waived there is nothing to do, which is no failure; where there is no file, something is odd.
    let (status, said) = added(folder.path(), &["--all"]);
    assert_eq!((status, said.trim()), (0, "nothing to waive"));
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(added(empty.path(), &["--all"]).0, 3);
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
        (1, true),
        "{said}"
    );
    fs::write(
        folder.path().join("acme.yaml"),
        policy("error", "waivers: { max_days: 30 }\n"),
    )
    .unwrap();
    let (code, said) = status(&["--all", "--policy", "acme.yaml"]);
    assert_eq!((code, said.contains("30 days ahead")), (1, true), "{said}");
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
fn pruning_takes_out_what_has_ended_with_its_comments_and_keeps_every_other_byte() {
    let text = "# top\r\nwaivers:\r\n  # the first\r\n  - rule: leaf-validity-range\r\n    path: certs/a.pem # here\r\n    reason: |\r\n      Two\r\n      lines.\r\n    expires: 2026-11-22\r\n  # the second\r\n  - rule: leaf-validity-range\r\n    path: certs/b.pem\r\n    reason: b\r\n    expires: 2027-02-01\r\n# end\r\n";
    let folder = folder(text);
    let (status, diff, _) = run(folder.path(), &["prune", "--diff"]);
    assert_eq!(status, 1);
    assert!(
        diff.contains("-  - rule: leaf-validity-range")
            && diff.contains("-  # the first")
            && !diff.contains("-  # the second"),
        "{diff}"
    );
    let (status, _, said) = run(folder.path(), &["prune"]);
    assert_eq!((status, said.as_str()), (0, "1 waiver removed\n"));
    let left = fs::read_to_string(folder.path().join("chainlint.yaml")).unwrap();
    let expected = "# top\r\nwaivers:\r\n  # the second\r\n  - rule: leaf-validity-range\r\n    path: certs/b.pem\r\n    reason: b\r\n    expires: 2027-02-01\r\n# end\r\n";
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

fn text_of(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn pruning_never_takes_out_anything_else() {
    let item = |last_day: &str| {
        format!("{{ rule: {RULE}, path: certs/a.pem, reason: b, expires: {last_day} }}")
    };
    let (over, holds) = (
        item("2026-11-22"),
        item("2027-02-01").replace("a.pem", "b.pem"),
    );
    let texts = [
        format!(
            "{{ version: 1, fail_on: warning, vars: {{ company: Acme }}, waivers: [{over}] }}\n"
        ),
        format!(
            "{{\n  version: 1, fail_on: warning,\n  waivers: [{over}], vars: {{\n    company: Acme }}\n}}\n"
        ),
        format!("version: 1\nwaivers: [{over}] # see PKI-7\nfail_on: warning\n"),
        format!("version: 1\nwaivers: [{over},\n  {holds}]\nfail_on: warning\n"),
    ];
    for text in texts {
        let folder = folder("");
        fs::write(folder.path().join("chainlint.yaml"), &text).unwrap();
        let (status, out, said) = run(folder.path(), &["prune"]);
        assert_eq!(status, 2, "{text}{out}{said}");
        assert!(
            said.contains("chainlint.yaml: its waivers stand in brackets")
                || said.contains("chainlint.yaml: it stands in braces"),
            "{said}"
        );
        assert_eq!(text_of(folder.path(), "chainlint.yaml"), text);
        // What has nothing to lose is no matter.
        let (status, _, _) = run(
            folder.path(),
            &["prune", "--config", "chainlint.yaml", "--diff"],
        );
        assert_eq!(status, 2);
    }
    // Nothing is written where one of the files cannot be.
    let folder = folder(&format!("waiver_files: [pki.yaml]\nwaivers:\n  - {over}\n"));
    let before = text_of(folder.path(), "chainlint.yaml");
    let other = format!(
        "version: 1\nwaivers: [{}]\n",
        over.replace("a.pem", "b.pem")
    );
    fs::write(folder.path().join("pki.yaml"), &other).unwrap();
    assert_eq!(run(folder.path(), &["prune"]).0, 2);
    assert_eq!(text_of(folder.path(), "chainlint.yaml"), before);
}

#[test]
fn an_expired_waiver_is_renewed_where_it_stands() {
    let over = "path: certs/a.pem, reason: past, owner: team-pki, expires: 2026-11-22";
    let folder = folder(&format!("{}waiver_files: [pki.yaml]\n", waivers(&[over])));
    let other = format!(
        "version: 1\n{}",
        waivers(&["path: './certs/b.pem', reason: past, expires: 2026-11-22"])
    );
    fs::write(folder.path().join("pki.yaml"), other).unwrap();
    assert_eq!(check(folder.path(), &[]).1, 1);
    let (status, said) = added(folder.path(), &["--rule", RULE, "certs/a.pem"]);
    assert_eq!(status, 0);
    assert_eq!(
        said,
        "chainlint.yaml: 1 waiver renewed, until 2027-02-01\n\
         1 waiver has expired: `chainlint waivers prune` removes it\n"
    );
    let text = text_of(folder.path(), "chainlint.yaml");
    assert!(
        text.contains("path: certs/a.pem, reason: as it was, owner: team-pki, expires: 2027-02-01"),
        "{text}"
    );
    // A baseline does the same, whatever file it goes to.
    let (status, said) = added(folder.path(), &["--all", "--to", "chainlint.yaml"]);
    assert_eq!(
        (status, said.as_str()),
        (0, "pki.yaml: 1 waiver renewed, until 2027-02-01\n")
    );
    let (report, status) = check(folder.path(), &[]);
    assert_eq!(status, 0, "{:?}", told(&report));
    assert_eq!(added(folder.path(), &["--all"]).1, "nothing to waive\n");
}

#[test]
fn an_expired_pattern_is_left_and_what_it_covered_is_waived_one_by_one() {
    let folder = folder(&waivers(&[
        "path: 'certs/*.pem', reason: past, expires: 2026-11-22",
    ]));
    let (status, said) = added(folder.path(), &["--all"]);
    assert_eq!(
        (status, said.as_str()),
        (
            0,
            "chainlint.yaml: 2 waivers added, until 2027-02-01\n\
             1 waiver has expired: `chainlint waivers prune` removes it\n"
        )
    );
    assert_eq!(run(folder.path(), &["prune"]).0, 0);
    assert_eq!(check(folder.path(), &[]).1, 0);
}

#[test]
fn a_baseline_goes_as_far_down_as_the_exit_status_does() {
    let warned = |config: &str| {
        let folder = folder(config);
        let chain = own_chain().leaf(|leaf| leaf.days(1096)).file();
        let text = [&chain[..], &chain[..]].concat();
        fs::write(folder.path().join("certs/a.pem"), text).unwrap();
        folder
    };
    let rules = |folder: &Path| {
        let text = text_of(folder, "chainlint.yaml");
        text.contains("rule: chain-duplicate-certificate")
    };
    let strict = warned("fail_on: warning\n");
    assert_eq!(added(strict.path(), &["--all"]).0, 0);
    assert!(rules(strict.path()));
    assert_eq!(check(strict.path(), &[]).1, 0);
    let usual = warned("");
    assert_eq!(added(usual.path(), &["--all"]).0, 0);
    assert!(!rules(usual.path()));
    let asked = warned("fail_on: warning\n");
    assert_eq!(added(asked.path(), &["--all", "--fail-on", "error"]).0, 0);
    assert!(!rules(asked.path()));
}

#[test]
#[cfg(unix)]
fn what_cannot_be_waived_is_named_and_the_rest_is_waived() {
    let folder = folder("");
    std::os::unix::fs::symlink("nowhere", folder.path().join("certs/c.pem")).unwrap();
    let (status, said) = added(folder.path(), &["--all"]);
    assert_eq!(status, 1);
    assert!(said.contains("chainlint.yaml: 2 waivers added"), "{said}");
    assert!(
        said.contains("certs/c.pem:1:1: file-unreadable cannot be waived: the policy `connectpay-production` lets nobody waive this rule"),
        "{said}"
    );
    let (report, _) = check(folder.path(), &[]);
    let left: Vec<String> = told(&report)
        .into_iter()
        .filter(|line| !line.ends_with(" waived"))
        .collect();
    assert_eq!(left, ["certs/c.pem file-unreadable"]);
}

#[test]
fn a_rule_that_no_policy_of_the_config_has_is_not_waived() {
    let folder = folder("");
    let own = "version: 1\nname: acme\nextends: hygiene\nrules:\n  acme-lifetime:\n    severity: error\n    on: leaf\n    check: { validity-period: { max_days: 1095 } }\n    message: m\n";
    fs::write(folder.path().join("acme.yaml"), own).unwrap();
    let write = |more: &str| {
        fs::write(
            folder.path().join("chainlint.yaml"),
            format!("version: 1\n{more}"),
        )
        .unwrap();
    };
    write("");
    let before = text_of(folder.path(), "chainlint.yaml");
    let (status, said) = added(folder.path(), &["--all", "--policy", "acme.yaml"]);
    assert_eq!(status, 1);
    assert!(
        said.contains("acme-lifetime cannot be waived: no policy that the config names"),
        "{said}"
    );
    assert_eq!(text_of(folder.path(), "chainlint.yaml"), before);
    // Under the policy of an option its rules are known, as in a check.
    write("waivers:\n  - { rule: acme-lifetime, path: b.pem, reason: r, expires: 2027-02-01 }\n");
    let known = ["--all", "--policy", "acme.yaml", "--diff"];
    assert_eq!(added(folder.path(), &known).0, 1);
    // Where the config names the policy, it can.
    write("files: [{ match: ['**'], policy: acme.yaml }]\n");
    assert_eq!(added(folder.path(), &["--all"]).0, 0);
    assert_eq!(check(folder.path(), &[]).1, 0);
}

#[test]
fn a_file_that_nothing_reads_yet_is_told_of_and_one_that_is_listed_need_not_be_there() {
    let folder = folder("");
    let (status, said) = added(folder.path(), &["--all", "--to", "pki.yaml"]);
    assert_eq!(status, 0);
    assert_eq!(
        said,
        "pki.yaml: 2 waivers added, until 2027-02-01\n\
         nothing reads pki.yaml yet: write `waiver_files: [pki.yaml]` into chainlint.yaml\n"
    );
    config(folder.path(), "waiver_files: [waivers/pki.yaml]\n");
    fs::create_dir(folder.path().join("waivers")).unwrap();
    let (status, said) = added(folder.path(), &["--all", "--to", "./waivers/pki.yaml"]);
    assert_eq!(
        (status, said.as_str()),
        (0, "waivers/pki.yaml: 2 waivers added, until 2027-02-01\n")
    );
    assert_eq!(check(folder.path(), &[]).1, 0);
}

#[test]
fn a_difference_is_shown_and_nothing_is_written() {
    let folder = folder("");
    let before = text_of(folder.path(), "chainlint.yaml");
    let more = ["--all", "--diff"];
    let arguments: Vec<&str> = ADD.iter().chain(&more).copied().collect();
    let (status, diff, said) = run(folder.path(), &arguments);
    assert_eq!((status, said.as_str()), (1, ""));
    assert!(
        diff.contains("--- chainlint.yaml") && diff.contains("+    expires: 2027-02-01"),
        "{diff}"
    );
    assert_eq!(text_of(folder.path(), "chainlint.yaml"), before);
    assert_eq!(added(folder.path(), &["--all"]).0, 0);
    assert_eq!(
        run(folder.path(), &arguments),
        (0, String::new(), String::new())
    );
}

#[test]
fn many_at_once_lose_nothing() {
    let folder = folder("waivers: []\n");
    let names: Vec<String> = (0..6).map(|number| format!("certs/{number}.pem")).collect();
    for (days, name) in (1096..).zip(&names) {
        let file = own_chain().leaf(|leaf| leaf.days(days)).file();
        fs::write(folder.path().join(name), file).unwrap();
    }
    let told = std::thread::scope(|scope| {
        let all: Vec<_> = names
            .iter()
            .map(|name| scope.spawn(|| added(folder.path(), &["--rule", RULE, name])))
            .collect();
        all.into_iter()
            .map(|one| one.join().unwrap())
            .collect::<Vec<_>>()
    });
    assert!(told.iter().all(|(status, _)| *status == 0), "{told:?}");
    let text = text_of(folder.path(), "chainlint.yaml");
    for name in &names {
        assert!(text.contains(&format!("path: {name}\n")), "{name}: {text}");
    }
}

#[test]
fn what_add_cannot_do_is_told_in_words_that_help() {
    let folder =
        folder("waivers: [{ rule: chain-order, path: a.pem, reason: b, expires: 2027-01-01 }]\n");
    let said = |arguments: &[&str]| {
        let (status, _, said) = run(folder.path(), arguments);
        assert_eq!(status, 2, "{arguments:?}: {said}");
        said
    };
    let neither = said(&ADD);
    assert!(
        neither.contains("--rule") && neither.contains("--all"),
        "{neither}"
    );
    let empty = said(&["add", "--all", "--reason", " ", "--expires", "2027-02-01"]);
    assert!(
        empty.contains("a waiver says why it was granted"),
        "{empty}"
    );
    let stdin: Vec<&str> = ADD.iter().chain(&["--all", "-"]).copied().collect();
    assert!(said(&stdin).contains("name the file itself"));
    let flow: Vec<&str> = ADD.iter().chain(&["--all"]).copied().collect();
    let flow = said(&flow);
    assert!(
        flow.starts_with("error: chainlint.yaml: its waivers stand in brackets")
            && flow.contains("--to FILE"),
        "{flow}"
    );
    // A reason may begin as an option does.
    config(folder.path(), "");
    let (status, _, said) = run(
        folder.path(),
        &[
            "add",
            "--all",
            "--reason",
            "- old",
            "--expires",
            "2027-02-01",
        ],
    );
    assert_eq!(status, 0, "{said}");
}
