//! What runs elsewhere: the GitHub Action's script, and a clone on a system with other line ends.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::cases::draft::own_chain;
use crate::staged::git;
use crate::support::{NOW, project};

/// The script of the step `Check` of action.yml.
#[cfg(unix)]
fn script() -> String {
    let action = fs::read_to_string(project("action.yml")).unwrap();
    let step = action.split("- name: Check\n").nth(1).unwrap();
    let lines = step.split("run: |\n").nth(1).unwrap().lines();
    lines
        .map(|line| line.strip_prefix("        ").unwrap_or(line).to_owned() + "\n")
        .collect()
}

/// What the action comes to in a folder: exit status, standard output, its outputs.
#[cfg(unix)]
fn act(folder: &Path, inputs: &[(&str, &str)]) -> (i32, String, String) {
    use std::os::unix::fs::PermissionsExt;
    let runner = tempfile::tempdir().unwrap();
    let bin = runner.path().join("chainlint/bin");
    fs::create_dir_all(&bin).unwrap();
    // The installed program, at an instant at which the chains are good.
    let program = assert_cmd::cargo::cargo_bin!("chainlint")
        .display()
        .to_string();
    let stub = format!("#!/bin/bash\nshift\nexec '{program}' check --at {NOW} \"$@\"\n");
    fs::write(bin.join("chainlint"), stub).unwrap();
    fs::set_permissions(bin.join("chainlint"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(runner.path().join("script"), script()).unwrap();
    let outputs = runner.path().join("outputs");
    let mut bash = Command::new("bash");
    bash.args(["--noprofile", "--norc", "-eo", "pipefail"])
        .arg(runner.path().join("script"))
        .current_dir(folder)
        .env("RUNNER_TEMP", runner.path())
        .env("GITHUB_OUTPUT", &outputs)
        .env("INPUT_PATHS", ".")
        .env("INPUT_POLICY", "")
        .env("INPUT_SARIF", "chainlint.sarif")
        .env("INPUT_STRICT", "true");
    for (name, value) in inputs {
        bash.env(format!("INPUT_{name}"), value);
    }
    let output = bash.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let outputs = fs::read_to_string(outputs).unwrap();
    (output.status.code().unwrap(), said, outputs)
}

#[cfg(unix)]
#[test]
fn the_action_checks_every_path_and_takes_nothing_else_for_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let bad = own_chain().file_of(&[2, 1]);
    for (name, content) in [
        ("good", own_chain().file()),
        ("b c", bad.clone()),
        ("-d", bad),
    ] {
        fs::create_dir(path.join(name)).unwrap();
        fs::write(path.join(name).join("a.pem"), content).unwrap();
    }
    fs::write(path.join("vault.pem"), "$ANSIBLE_VAULT;1.1;AES256\n3132\n").unwrap();
    let (status, said, outputs) = act(path, &[("PATHS", "good\nb c\n-d\n")]);
    assert_eq!(status, 1);
    assert!(
        said.contains("file=b c/a.pem") && said.contains("file=-d/a.pem"),
        "{said}"
    );
    assert_eq!(outputs, "sarif=chainlint.sarif\n");
    let sarif = fs::read_to_string(path.join("chainlint.sarif")).unwrap();
    assert!(
        sarif.contains("b%20c/a.pem") && sarif.contains("chain-order"),
        "{sarif}"
    );

    assert_eq!(act(path, &[("PATHS", "good")]).0, 0);
    assert_eq!(act(path, &[("PATHS", "good\nnowhere")]).0, 2);
    assert_eq!(act(path, &[("PATHS", "good b")]).0, 2);
    assert_eq!(act(path, &[("PATHS", "good"), ("POLICY", "hygiene")]).0, 0);
    assert_eq!(act(path, &[("PATHS", "good"), ("POLICY", "nothing")]).0, 2);
}

#[cfg(unix)]
#[test]
fn the_action_is_strict_or_not_and_guesses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("a.pem"), own_chain().file()).unwrap();
    fs::write(path.join("vault.pem"), "$ANSIBLE_VAULT;1.1;AES256\n3132\n").unwrap();
    let strict = |value: &str| act(path, &[("STRICT", value)]).0;
    assert_eq!((strict("true"), strict("True")), (1, 1));
    assert_eq!((strict("false"), strict("False")), (0, 0));
    for value in ["yes", "", "1", "tru"] {
        assert_eq!(strict(value), 2, "{value}");
    }
}

/// Cloned where git turns line ends into those of Windows, everything is as it is here: scripts run, and what is
/// compared byte for byte compares.
#[test]
fn a_clone_is_the_same_whatever_the_line_ends_of_the_system() {
    let root = project("");
    let listed = Command::new("git")
        .current_dir(&root)
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .output();
    // What is no repository was no clone.
    let Some(listed) = listed.ok().filter(|listed| listed.status.success()) else {
        return;
    };
    let listed = String::from_utf8(listed.stdout).unwrap();
    let files: Vec<&str> = listed
        .split('\0')
        .filter(|name| !name.is_empty() && root.join(name).is_file())
        .collect();
    assert!(files.len() > 300 && files.contains(&"examples/generate-self-signed.sh"));
    let scratch = tempfile::tempdir().unwrap();
    let (from, to) = (scratch.path().join("from"), scratch.path().join("to"));
    for name in &files {
        let path = from.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(root.join(name), path).unwrap();
    }
    git(&from, &["init", "--quiet"]);
    git(&from, &["add", "--force", "."]);
    git(&from, &["commit", "--quiet", "--no-verify", "-m", "all"]);
    let cloned = Command::new("git")
        .args([
            "clone",
            "--quiet",
            "-c",
            "core.autocrlf=true",
            "-c",
            "core.eol=crlf",
        ])
        .args([&from, &to])
        .status();
    assert!(cloned.unwrap().success());
    for name in files {
        let same = fs::read(root.join(name)).unwrap() == fs::read(to.join(name)).unwrap();
        assert!(same, "{name} has other line ends in the clone");
    }
}
