//! What is looked at: every file once, under a name of its own, and nothing passed over in silence.

use std::fs;

use serde_json::Value;

use crate::cases::draft::own_chain;
use crate::staged::git;
use crate::support::NOW;
use crate::support::program::{chainlint, check, findings, folder, json, rules_of, run};

fn good() -> Vec<u8> {
    own_chain().file()
}

/// A chain with one error.
fn bad() -> Vec<u8> {
    own_chain().file_of(&[2, 1])
}

/// The paths of a report's files.
fn paths(report: &Value) -> Vec<&str> {
    let files = report["files"].as_array().unwrap();
    let paths = files.iter().map(|file| file["path"].as_str().unwrap());
    paths.collect()
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_text_are_told_apart() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [(b"\xff.pem", bad()), (b"\xfe.pem", good())] {
        let path = folder.path().join(std::ffi::OsStr::from_bytes(name));
        fs::write(path, content).unwrap();
    }
    let (report, status) = check(folder.path(), &["."]);
    assert_eq!(paths(&report), ["\\xfe.pem", "\\xff.pem"]);
    assert_eq!(findings(&report)[0]["path"], "\\xff.pem");
    assert_eq!(status, 1);
}

#[cfg(unix)]
#[test]
fn two_files_that_would_be_shown_alike_are_told_apart() {
    let folder = folder::<&[u8]>(&[("a\u{1b}.pem", &bad()), ("a\\u{1b}.pem", &good())]);
    let (report, _) = check(folder.path(), &["."]);
    assert_eq!(paths(&report), ["a\\u{1b}.pem", "a\\u{1b}.pem (2)"]);
    assert_eq!(findings(&report)[0]["path"], "a\\u{1b}.pem (2)");
}

#[test]
fn standard_input_under_a_files_name_is_told_apart_from_the_file() {
    let folder = folder::<&[u8]>(&[("a.pem", &bad())]);
    let output = chainlint(folder.path())
        .args(["check", "--at", NOW, "--format", "json", "a.pem", "-"])
        .args(["--stdin-filename", "./a.pem"])
        .write_stdin(good())
        .output()
        .unwrap();
    let report = json(&output);
    assert_eq!(paths(&report), ["a.pem", "a.pem (2)"]);
    assert_eq!(findings(&report)[0]["path"], "a.pem");
}

#[test]
fn a_file_is_checked_once_and_alike_however_it_is_named() {
    let folder = folder::<&[u8]>(&[("in/d.pem", &bad())]);
    let root = folder.path().canonicalize().unwrap();
    let whole = root.join("in/d.pem").display().to_string();
    let names = ["in/d.pem", "./in/d.pem", &whole, "in/../in/d.pem"];
    let (all, _) = check(&root, &names);
    assert_eq!(paths(&all), ["in/d.pem"]);
    for name in names {
        let (report, _) = check(&root, &[name]);
        assert_eq!(
            findings(&report)[0]["fingerprint"],
            findings(&all)[0]["fingerprint"]
        );
        let output = chainlint(&root)
            .args([
                "check",
                "--at",
                NOW,
                "--format",
                "json",
                "--stdin-filename",
                name,
            ])
            .write_stdin(bad())
            .output()
            .unwrap();
        assert_eq!(findings(&json(&output)), findings(&report));
    }
    let (report, _) = check(&root.join("in"), &["../in/d.pem"]);
    assert_eq!(paths(&report), ["d.pem"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_searched_is_a_finding() {
    let folder = folder::<&[u8]>(&[("a.pem", &good())]);
    // Too deep for a path to name it: neither permissions nor who runs the test matter.
    let deep = "n=$(printf %0200d 0); for i in $(seq 24); do mkdir $n; cd -P $n; done";
    let made = std::process::Command::new("bash")
        .args(["-euc", deep])
        .current_dir(folder.path())
        .status();
    assert!(made.unwrap().success());
    let (report, status) = check(folder.path(), &["."]);
    assert_eq!(rules_of(&report, "error"), ["file-unreadable"]);
    let path = findings(&report)[0]["path"].as_str().unwrap();
    assert!(path.starts_with("000") && path.len() > 3000, "{path}");
    assert_eq!(
        (status, report["summary"]["checked"].as_u64()),
        (1, Some(2))
    );
}

#[cfg(unix)]
#[test]
fn a_named_path_that_cannot_be_reached_is_a_finding_and_not_missing() {
    let folder = folder::<&[u8]>(&[("a.pem", &good())]);
    for (to, from) in [("one", "other"), ("other", "one")] {
        std::os::unix::fs::symlink(to, folder.path().join(from)).unwrap();
    }
    let (report, status) = check(folder.path(), &["a.pem", "one/x.pem"]);
    assert_eq!(rules_of(&report, "error"), ["file-unreadable"]);
    assert_eq!(findings(&report)[0]["path"], "one/x.pem");
    assert_eq!(status, 1);
    assert_eq!(run(folder.path(), &["check", "nowhere/x.pem"]).0, 2);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_a_finding_and_nothing_waits_for_it() {
    let folder = folder::<&[u8]>(&[("a.pem", &good())]);
    let made = std::process::Command::new("mkfifo")
        .args(["b.pem", "p.yaml"])
        .current_dir(folder.path())
        .status();
    assert!(made.unwrap().success());
    for path in [".", "b.pem"] {
        let (status, out, _) = run(folder.path(), &["check", "--at", NOW, path]);
        assert_eq!(status, 1);
        let said = out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            said.contains("it is a pipe or a device, and no file"),
            "{out}"
        );
        assert!(said.contains("`-`"), "{out}");
    }
    for arguments in [
        &["check", "a.pem", "--policy", "p.yaml"][..],
        &["check", "a.pem", "--config", "p.yaml"],
        &["policy", "check", "p.yaml"],
        &["policy", "docs", "hygiene", "--check", "-o", "p.yaml"],
    ] {
        let (status, _, told) = run(folder.path(), arguments);
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(status == 2 && told.contains("a pipe or a device"), "{told}");
    }
    for line in [
        "trust_anchors: [p.yaml]",
        "waiver_files: [p.yaml]",
        "trust_anchors: [b.pem]",
    ] {
        fs::write(
            folder.path().join("c.yaml"),
            format!("version: 1\n{line}\n"),
        )
        .unwrap();
        let (status, _, told) = run(folder.path(), &["check", "a.pem", "--config", "c.yaml"]);
        assert!(status == 2 && told.contains("cannot be read"), "{told}");
    }
}

#[cfg(unix)]
#[test]
fn a_policy_without_an_end_is_refused_before_it_is_read() {
    let folder = folder::<&[u8]>(&[
        ("a.pem", &good()),
        ("p.yaml", b"version: 1\nname: p\nextends: /dev/zero\n"),
    ]);
    let (status, _, told) = run(folder.path(), &["check", "a.pem", "--policy", "p.yaml"]);
    assert_eq!(status, 2);
    assert!(told.contains("p.yaml:3:10"), "{told}");
}

#[test]
fn a_file_of_trust_anchors_is_read_whole_or_not_at_all() {
    let root = crate::support::pem::chain(&[own_chain().root.self_signed()]);
    let mut large = vec![b' '; 16 << 20];
    large.extend(root.as_bytes());
    let config = b"version: 1\ntrust_anchors: [roots.pem]\n";
    let folder = folder::<&[u8]>(&[
        ("a.pem", &good()),
        ("roots.pem", &large),
        ("chainlint.yaml", config),
    ]);
    let (status, _, told) = run(folder.path(), &["check", "--at", NOW, "a.pem"]);
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        status == 2 && told.contains("it is larger than 16 MiB"),
        "{told}"
    );
}

#[cfg(unix)]
#[test]
fn a_pattern_of_trust_anchors_minds_nothing_but_what_it_matches() {
    let root = crate::support::pem::chain(&[own_chain().root.self_signed()]);
    let folder = folder::<&[u8]>(&[
        ("a.pem", &good()),
        ("own-root.pem", root.as_bytes()),
        ("deep/other-root.pem", b"no certificate"),
        ("real/root.pem", root.as_bytes()),
    ]);
    std::os::unix::fs::symlink("real", folder.path().join("linked")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("dangling")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("deep/dangling")).unwrap();
    std::os::unix::fs::symlink("..", folder.path().join("deep/around")).unwrap();
    let status = |pattern: &str| {
        let config = format!("version: 1\ntrust_anchors: ['{pattern}']\n");
        fs::write(folder.path().join("chainlint.yaml"), config).unwrap();
        run(folder.path(), &["check", "--at", NOW, "a.pem"]).0
    };
    assert_eq!(status("*oot.pem"), 0);
    assert_eq!(status("**/own-root.pem"), 0);
    assert_eq!(status("link*/root.pem"), 0);
    assert_eq!(status("*/*oot.pem"), 2);
    assert_eq!(status("dang*"), 2);
}

#[test]
fn a_config_counts_however_its_path_is_written() {
    let config =
        b"version: 1\nfiles: [{ match: ['certs/**'], policy: hygiene }]\nexclude: [certs/old]\n";
    let folder = folder::<&[u8]>(&[
        ("chainlint.yaml", config),
        ("certs/a.pem", &good()),
        ("certs/old/b.pem", &good()),
    ]);
    let certs = folder.path().join("certs");
    for config in [
        "../chainlint.yaml",
        "./../chainlint.yaml",
        "../certs/../chainlint.yaml",
    ] {
        let (report, _) = check(&certs, &["--config", config, "."]);
        assert_eq!(paths(&report), ["a.pem"], "{config}");
        assert_eq!(report["files"][0]["policy"], "hygiene", "{config}");
    }
}

#[test]
fn a_config_of_a_folder_above_is_shown_from_here() {
    let config = b"version: 1\nwaivers: [{ rule: cert-expired, path: a.pem, reason: r, expires: 2020-01-01 }]\n";
    let folder = folder::<&[u8]>(&[("chainlint.yaml", config), ("certs/a.pem", &good())]);
    let (report, _) = check(&folder.path().join("certs"), &["."]);
    assert_eq!(findings(&report)[0]["path"], "../chainlint.yaml");
    fs::write(folder.path().join("chainlint.yaml"), "version: 2\n").unwrap();
    let (_, _, told) = run(&folder.path().join("certs"), &["check", "."]);
    assert!(told.contains("[../chainlint.yaml:1:10]"), "{told}");
}

#[test]
fn what_git_tracks_is_found_though_a_rule_ignores_it() {
    let folder = folder::<&[u8]>(&[
        (".gitignore", b"*.pem\n!keep.pem\n"),
        ("keep.pem", &good()),
        ("tracked.pem", &bad()),
        ("sub/deep/tracked.pem", &bad()),
        ("vendor/tracked.pem", &bad()),
        ("untracked.pem", &bad()),
        ("gone.pem", &bad()),
        (".ignore", b"*\n"),
    ]);
    git(folder.path(), &["init", "--quiet"]);
    let tracked = [
        "tracked.pem",
        "sub/deep/tracked.pem",
        "vendor/tracked.pem",
        "gone.pem",
    ];
    git(folder.path(), &[&["add", "-f"], &tracked[..]].concat());
    fs::remove_file(folder.path().join("gone.pem")).unwrap();
    let (report, _) = check(folder.path(), &["."]);
    let found = ["keep.pem", "sub/deep/tracked.pem", "tracked.pem"];
    assert_eq!(paths(&report), found);
    let (report, _) = check(&folder.path().join("sub"), &["."]);
    assert_eq!(paths(&report), ["deep/tracked.pem"]);
    // A repository inside of another folder, as a submodule is.
    let (report, _) = check(
        folder.path().parent().unwrap(),
        &[folder.path().to_str().unwrap()],
    );
    assert_eq!(paths(&report).len(), 3);
}

#[test]
fn where_nothing_is_found_the_note_says_what_was_passed_over() {
    let folder = folder::<&[u8]>(&[
        (".gitignore", b"secret/\n"),
        ("secret/a.pem", &bad()),
        ("secret/b.pem", &bad()),
        ("vendor/c.pem", &bad()),
        ("old/d.pem", &bad()),
        ("chainlint.yaml", b"version: 1\nexclude: [old]\n"),
    ]);
    git(folder.path(), &["init", "--quiet"]);
    let (status, _, told) = run(folder.path(), &["check", "."]);
    assert_eq!(status, 3);
    let counts = "(2 ignored by git, 1 in folders like `node_modules`, 1 excluded by the config; --no-ignore looks there too)";
    assert!(told.contains(counts), "{told}");
    let (_, _, told) = run(folder.path(), &["check", "old"]);
    assert!(
        told.ends_with("was found (1 excluded by the config)\n"),
        "{told}"
    );
}

#[test]
fn a_name_for_standard_input_says_that_it_is_read() {
    let folder = folder::<&[u8]>(&[("a.pem", &good())]);
    let named = |arguments: &[&str]| {
        let output = chainlint(folder.path())
            .args(["check", "--at", NOW, "--format", "json", "--stdin-filename"])
            .args(arguments)
            .write_stdin(bad())
            .output()
            .unwrap();
        let report = match output.status.code() {
            Some(2) => Value::Null,
            _ => json(&output),
        };
        (output.status.code().unwrap(), report)
    };
    let (status, report) = named(&["in.pem"]);
    assert_eq!((status, paths(&report)), (1, vec!["in.pem"]));
    assert_eq!(named(&["in.pem", "a.pem"]).0, 2);
    assert_eq!(named(&["in.pem", "--staged"]).0, 2);
    assert_eq!(named(&["in.pem", "a.pem", "-"]).0, 1);
    fs::write(
        folder.path().join("chainlint.yaml"),
        "version: 1\nexclude: [in.pem]\n",
    )
    .unwrap();
    assert_eq!(named(&["in.pem"]).0, 1);
    assert_eq!(named(&["in.pem", "--force-exclude"]).0, 3);
}

#[test]
fn hostile_names_are_escaped_in_what_is_said_of_them() {
    let folder = folder::<&[u8]>(&[("a.pem", &good())]);
    let (status, _, told) = run(folder.path(), &["check", "a\n\u{1b}[31m.pem"]);
    assert_eq!(status, 2);
    assert_eq!(
        told,
        "error: no such file or folder: a\\u{a}\\u{1b}[31m.pem\n"
    );
    fs::write(folder.path().join("list"), "a.pem\0").unwrap();
    let (_, _, told) = run(folder.path(), &["check", "--files-from", "list"]);
    assert_eq!(
        told,
        "error: --files-from list: its names end with NULs: add -0\n"
    );
    let (_, _, told) = run(folder.path(), &["inspect", "\u{1b}.pem"]);
    assert!(told.contains("\\u{1b}.pem: "), "{told:?}");
    let (_, _, told) = run(folder.path(), &["policy", "check", "\u{1b}.yaml"]);
    assert!(
        told.contains("\\u{1b}.yaml") && !told.contains('\u{1b}'),
        "{told:?}"
    );
}

#[cfg(unix)]
#[test]
fn a_list_may_come_through_a_pipe() {
    let folder = folder::<&[u8]>(&[("a.pem", &good()), ("b.pem", &bad())]);
    let program = assert_cmd::cargo::cargo_bin!("chainlint")
        .display()
        .to_string();
    let script = format!("'{program}' check --at {NOW} --format json --files-from <(echo a.pem)");
    let output = std::process::Command::new("bash")
        .args(["-c", &script])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(paths(&json(&output)), ["a.pem"]);
}

#[test]
fn that_git_does_not_answer_is_said() {
    let folder = folder::<&[u8]>(&[
        ("a.pem", &good()),
        (".gitignore", b"b.pem\n"),
        (".git/HEAD", b"no repository"),
    ]);
    let output = chainlint(folder.path())
        .env("PATH", "/nonexistent")
        .args(["check", "--no-config", "--policy", "hygiene", "--at", NOW])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("git did not answer"), "{said}");
    fs::remove_file(folder.path().join(".gitignore")).unwrap();
    let (_, _, said) = run(
        folder.path(),
        &["check", "--no-config", "--policy", "hygiene", "--at", NOW],
    );
    assert!(!said.contains("git did not answer"), "{said}");
}
