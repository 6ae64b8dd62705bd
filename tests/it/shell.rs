//! What goes between the program and a shell: completions, manual pages, lists of files, a first config.

use std::fs;

use crate::cases::draft::own_chain;
use crate::support::NOW;
use crate::support::program::{chainlint, json};

#[test]
fn each_shell_gets_completions_for_every_command() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = chainlint(folder.path())
            .args(["completions", shell])
            .output()
            .unwrap();
        assert!(output.status.success(), "{shell}");
        let script = String::from_utf8(output.stdout).unwrap();
        for word in ["check", "explain", "inspect", "fail-on"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn a_value_that_stands_behind_an_equals_sign_is_not_completed_behind_a_space() {
    let folder = tempfile::tempdir().unwrap();
    let script = |shell: &str| {
        let output = chainlint(folder.path())
            .args(["completions", shell])
            .output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let bash = script("bash");
    assert!(bash.contains(" --fix ") && !bash.contains("safe all"));
    let fish = script("fish");
    let fix: Vec<&str> = fish
        .lines()
        .filter(|line| line.contains("-l fix "))
        .collect();
    assert!(
        fix.len() == 1 && !fix[0].contains("safe") && !fix[0].contains(" -r "),
        "{fix:?}"
    );
    let zsh = script("zsh");
    assert!(zsh.contains("'--fix[") && !zsh.contains("((safe"));
}

#[test]
fn each_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let output = chainlint(folder.path())
        .args(["man", "--folder", "."])
        .output();
    assert!(output.unwrap().status.success());
    for page in ["chainlint", "chainlint-check", "chainlint-policy-show"] {
        let text = fs::read_to_string(folder.path().join(format!("{page}.1"))).unwrap();
        assert!(text.contains(".SH NAME"), "{page}");
    }
    // A page is replaced, and nothing else is left behind.
    let pages = fs::read_dir(folder.path()).unwrap();
    let mut names = pages.map(|page| page.unwrap().file_name().into_string().unwrap());
    assert!(names.all(|name| name.ends_with(".1")));
    let one = chainlint(folder.path()).arg("man").output().unwrap();
    assert!(String::from_utf8(one.stdout).unwrap().contains("chain"));
    let nowhere = chainlint(folder.path())
        .args(["man", "--folder", "nowhere"])
        .output();
    assert_eq!(nowhere.unwrap().status.code(), Some(2));
}

/// Checks what a list names; the list comes from a file or from standard input.
fn listed(list: &str, arguments: &[&str], stdin: bool) -> (i32, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.pem", "b c.pem", "unlisted.pem"] {
        fs::write(folder.path().join(name), own_chain().file()).unwrap();
    }
    fs::write(folder.path().join("list"), list).unwrap();
    let from = if stdin { "-" } else { "list" };
    let fixed = [
        "check",
        "--at",
        NOW,
        "--format",
        "json",
        "--files-from",
        from,
    ];
    let output = chainlint(folder.path())
        .args(fixed)
        .args(arguments)
        .write_stdin(list)
        .output()
        .unwrap();
    let status = output.status.code().unwrap();
    if status == 2 {
        return (status, Vec::new());
    }
    let files = json(&output)["files"].clone();
    let paths = files.as_array().unwrap().iter();
    let paths = paths.map(|file| file["path"].as_str().unwrap().to_owned());
    (status, paths.collect())
}

#[test]
fn a_list_names_the_files_to_check() {
    let both = (0, vec!["a.pem".to_owned(), "b c.pem".to_owned()]);
    assert_eq!(listed("a.pem\nb c.pem\n", &[], false), both);
    assert_eq!(listed("a.pem\r\nb c.pem", &[], true), both);
    assert_eq!(listed("a.pem\0b c.pem\0", &["-0"], true), both);
    assert_eq!(listed("a.pem", &["b c.pem"], false), both);
}

#[test]
fn an_empty_list_names_nothing() {
    assert_eq!(listed("", &[], true), (3, Vec::new()));
    assert_eq!(listed("", &["--allow-empty"], true), (0, Vec::new()));
}

#[test]
fn a_list_that_names_what_is_not_there_stops_the_run() {
    assert_eq!(listed("nowhere.pem\n", &[], false).0, 2);
    assert_eq!(listed("a.pem\n", &["-"], true).0, 2);
    let folder = tempfile::tempdir().unwrap();
    let output = chainlint(folder.path())
        .args(["check", "--files-from", "nowhere"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_first_config_comes_from_what_the_folder_holds() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["prod", "stage"] {
        fs::create_dir(folder.path().join(name)).unwrap();
        fs::write(folder.path().join(name).join("a.pem"), own_chain().file()).unwrap();
    }
    let run = |arguments: &[&str]| {
        let output = chainlint(folder.path()).args(arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        (output.status.code().unwrap(), said)
    };
    assert_eq!(run(&["init", "--print"]).0, 0);
    assert!(!folder.path().join("chainlint.yaml").exists());
    let (status, said) = run(&["init"]);
    assert_eq!(
        (status, said.lines().next()),
        (0, Some("wrote chainlint.yaml: for 2 chain files"))
    );
    let config = fs::read_to_string(folder.path().join("chainlint.yaml")).unwrap();
    assert!(config.contains("company: \"Acme Payments\""), "{config}");
    assert!(config.contains("environment: staging"), "{config}");
    assert_eq!(run(&["check", "--at", NOW]).0, 0);

    fs::write(folder.path().join("chainlint.yaml"), "version: 1\n").unwrap();
    let (status, said) = run(&["init"]);
    assert_eq!(status, 2);
    assert!(said.contains("is there already"), "{said}");
    let config = fs::read_to_string(folder.path().join("chainlint.yaml")).unwrap();
    assert_eq!(config, "version: 1\n");
}

#[test]
fn a_first_config_of_an_empty_folder_is_all_examples() {
    let folder = tempfile::tempdir().unwrap();
    let output = chainlint(folder.path()).arg("init").output().unwrap();
    assert!(output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("no chain file was found"), "{said}");
    let output = chainlint(folder.path()).arg("check").output().unwrap();
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn the_hook_is_written_beside_the_config_and_over_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let init = || {
        let output = chainlint(folder.path())
            .args(["init", "--pre-commit"])
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), said)
    };
    let path = folder.path().join(".pre-commit-config.yaml");
    assert_eq!(init().0, Some(0));
    let written = fs::read_to_string(&path).unwrap();
    // README shows the hook that is written.
    let readme = fs::read_to_string(crate::support::project("README.md")).unwrap();
    let hook = written.split_once('\n').unwrap().1;
    assert!(readme.contains(hook), "{hook}");
    // A config that is there stays; hooks that are there stay too, and the one to add is told.
    fs::remove_file(&path).unwrap();
    let (status, said) = init();
    assert_eq!(
        (status, said.contains("chainlint.yaml is there already")),
        (Some(0), true),
        "{said}"
    );
    fs::write(&path, "repos: []\n").unwrap();
    let (status, said) = init();
    assert_eq!(
        (status, said.contains("entry: chainlint check")),
        (Some(2), true),
        "{said}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "repos: []\n");
}

#[test]
fn the_hook_is_written_where_pre_commit_reads_it_and_reads_the_folders_config() {
    let folder = tempfile::tempdir().unwrap();
    let certs = folder.path().join("pki/certs");
    fs::create_dir_all(&certs).unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    fs::write(folder.path().join("chainlint.yaml"), "version: 1\n").unwrap();
    fs::write(certs.join("a.pem"), own_chain().file()).unwrap();
    let output = chainlint(&certs)
        .args(["init", "--pre-commit"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    for part in [
        "wrote chainlint.yaml: for 1 chain file",
        "../../chainlint.yaml counts no longer in this folder and below",
        "wrote ../../.pre-commit-config.yaml, at the repository's root",
    ] {
        assert!(said.contains(part), "{said}");
    }
    let hook = fs::read_to_string(folder.path().join(".pre-commit-config.yaml")).unwrap();
    assert!(
        hook.contains("entry: chainlint check --config pki/certs/chainlint.yaml "),
        "{hook}"
    );
    assert!(hook.contains("(?i)^pki/certs/.*"), "{hook}");
    assert!(!certs.join(".pre-commit-config.yaml").exists());
    // What the hook runs is what applies in the folder.
    let output = chainlint(folder.path())
        .args(["check", "--config", "pki/certs/chainlint.yaml", "--at", NOW])
        .args(["--force-exclude", "--allow-empty", "--", "pki/certs/a.pem"])
        .output();
    assert_eq!(output.unwrap().status.code(), Some(0));
}
