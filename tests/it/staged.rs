//! `check --staged`: what git is about to commit counts, not what stands in the folder.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::cases::draft::own_chain;
use crate::support::NOW;
use crate::support::program::{chainlint, json};

fn git(folder: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=t", "-c", "user.email=t@t.invalid"])
        .args(["-c", "core.autocrlf=false"])
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {output:?}");
}

fn repository() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "--quiet"]);
    folder
}

/// The exit status, and the paths that were checked with how many findings each has.
fn staged(folder: &Path, arguments: &[&str]) -> (i32, Vec<(String, usize)>) {
    let output = chainlint(folder)
        .args(["check", "--staged", "--at", NOW, "--format", "json"])
        .args(arguments)
        .output()
        .unwrap();
    let status = output.status.code().unwrap();
    if status == 2 {
        return (status, Vec::new());
    }
    let report = json(&output);
    let findings = report["findings"].as_array().unwrap();
    let count = |path: &str| findings.iter().filter(|f| f["path"] == path).count();
    let files = report["files"].as_array().unwrap().iter();
    let files = files
        .map(|file| file["path"].as_str().unwrap())
        .map(|path| (path.to_owned(), count(path)));
    (status, files.collect())
}

#[test]
fn what_is_staged_counts_and_not_what_stands_in_the_folder() {
    let repository = repository();
    let folder = repository.path();
    fs::write(folder.join("app.pem"), own_chain().file()).unwrap();
    git(folder, &["add", "app.pem"]);
    fs::write(folder.join("app.pem"), "no longer a chain").unwrap();
    assert_eq!(staged(folder, &[]), (0, vec![("app.pem".to_owned(), 0)]));

    git(folder, &["add", "app.pem"]);
    fs::write(folder.join("app.pem"), own_chain().file()).unwrap();
    let (_, files) = staged(folder, &[]);
    assert_ne!(files, [("app.pem".to_owned(), 0)].to_vec());
}

#[test]
fn what_is_not_staged_or_goes_away_is_left_alone() {
    let repository = repository();
    let folder = repository.path();
    for name in ["kept.pem", "gone.pem"] {
        fs::write(folder.join(name), "-----BEGIN CERTIFICATE-----\n").unwrap();
    }
    git(folder, &["add", "."]);
    git(folder, &["commit", "--quiet", "-m", "first"]);
    git(folder, &["rm", "--quiet", "gone.pem"]);
    fs::write(folder.join("new.pem"), own_chain().file()).unwrap();
    fs::write(folder.join("notes.txt"), "no chain").unwrap();
    git(folder, &["add", "notes.txt"]);
    assert_eq!(staged(folder, &[]), (3, Vec::new()));
    assert_eq!(staged(folder, &["--allow-empty"]), (0, Vec::new()));

    git(folder, &["add", "new.pem"]);
    assert_eq!(staged(folder, &[]), (0, vec![("new.pem".to_owned(), 0)]));
}

#[test]
fn what_the_config_excludes_and_what_lies_elsewhere_is_passed_over() {
    let repository = repository();
    let folder = repository.path();
    fs::write(
        folder.join("chainlint.yaml"),
        "version: 1\nexclude: ['testdata/**']\n",
    )
    .unwrap();
    for name in ["testdata", "a", "b"] {
        fs::create_dir(folder.join(name)).unwrap();
        fs::write(folder.join(name).join("app.pem"), own_chain().file()).unwrap();
    }
    git(folder, &["add", "."]);
    let paths = |arguments: &[&str]| -> Vec<String> {
        let (status, files) = staged(folder, arguments);
        assert_eq!(status, 0);
        files.into_iter().map(|(path, _)| path).collect()
    };
    assert_eq!(paths(&[]), ["a/app.pem", "b/app.pem"]);
    assert_eq!(paths(&["b"]), ["b/app.pem"]);
    let below = staged(&folder.join("a"), &[]);
    assert_eq!(below, (0, vec![("app.pem".to_owned(), 0)]));
}

#[test]
fn outside_of_a_repository_there_is_nothing_to_ask() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(staged(folder.path(), &[]), (2, Vec::new()));
}
