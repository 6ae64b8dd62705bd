//! `check --staged`: what git is about to commit counts, not what stands in the folder.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::cases::draft::own_chain;
use crate::support::NOW;
use crate::support::program::{chainlint, json};

pub(crate) fn git(folder: &Path, arguments: &[&str]) {
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
}

#[test]
fn all_that_git_is_about_to_commit_is_checked_from_any_folder() {
    let repository = repository();
    let folder = repository.path();
    for name in ["a", "b"] {
        fs::create_dir(folder.join(name)).unwrap();
        fs::write(folder.join(name).join("app.pem"), own_chain().file()).unwrap();
    }
    git(folder, &["config", "diff.relative", "true"]);
    git(folder, &["add", "."]);
    let paths = |arguments: &[&str]| -> Vec<String> {
        let (status, files) = staged(&folder.join("a"), arguments);
        assert_eq!(status, 0);
        files.into_iter().map(|(path, _)| path).collect()
    };
    assert_eq!(paths(&[]), ["../b/app.pem", "app.pem"]);
    assert_eq!(paths(&["."]), ["app.pem"]);
    assert_eq!(paths(&["../b/app.pem"]), ["../b/app.pem"]);
}

#[test]
fn a_path_means_itself_and_has_to_be_there_or_staged() {
    let repository = repository();
    let folder = repository.path();
    for name in ["a[1].pem", "a1.pem", "kept.pem"] {
        fs::write(folder.join(name), own_chain().file()).unwrap();
    }
    git(folder, &["add", "."]);
    let one = |name: &str| (0, vec![(name.to_owned(), 0)]);
    assert_eq!(staged(folder, &["a[1].pem"]), one("a[1].pem"));
    assert_eq!(staged(folder, &["nowhere.pem"]).0, 2);
    assert_eq!(staged(folder, &[":(top)a1.pem"]).0, 2);
    // What is staged counts, whatever became of the file.
    fs::remove_file(folder.join("kept.pem")).unwrap();
    assert_eq!(staged(folder, &["kept.pem"]), one("kept.pem"));
}

#[cfg(target_os = "linux")]
#[test]
fn names_may_hold_anything_that_git_takes() {
    use std::os::unix::ffi::OsStrExt;
    let repository = repository();
    let folder = repository.path();
    for name in [
        &b"\xff.pem"[..],
        b"a b\n'c\".pem",
        b"-x.pem",
        b"\xc3\xa4.PEM",
    ] {
        let path = folder.join(std::ffi::OsStr::from_bytes(name));
        fs::write(path, own_chain().file()).unwrap();
    }
    git(folder, &["add", "."]);
    let (status, files) = staged(folder, &[]);
    let names: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        (status, names),
        (0, vec!["-x.pem", "\\xff.pem", "a b\\u{a}'c\".pem", "ä.PEM"])
    );
}

#[cfg(unix)]
#[test]
fn a_staged_link_is_judged_by_what_git_has_behind_it() {
    let repository = repository();
    let folder = repository.path();
    fs::create_dir(folder.join("sub")).unwrap();
    fs::write(folder.join("real.pem"), own_chain().file_of(&[2, 1])).unwrap();
    git(folder, &["add", "."]);
    git(folder, &["commit", "--quiet", "-m", "first"]);
    let link = |to: &str, from: &str| std::os::unix::fs::symlink(to, folder.join(from)).unwrap();
    link("../real.pem", "sub/link.pem");
    link("/etc/hosts", "outside.pem");
    link("nowhere.pem", "dangling.pem");
    git(folder, &["add", "."]);
    assert_eq!(
        staged(folder, &[]),
        (1, vec![("sub/link.pem".to_owned(), 1)])
    );
    let output = chainlint(folder)
        .args(["check", "--staged", "--at", NOW])
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    for name in ["outside.pem", "dangling.pem"] {
        let skipped = format!("skipped {name}: a symbolic link to no file that git has");
        assert!(told.contains(&skipped), "{told}");
    }
}

#[test]
fn a_submodule_is_no_file_and_a_large_file_is_a_finding() {
    let repository = repository();
    let folder = repository.path();
    let inner = folder.join("inner.pem");
    fs::create_dir(&inner).unwrap();
    git(&inner, &["init", "--quiet"]);
    git(
        &inner,
        &["commit", "--quiet", "--allow-empty", "-m", "first"],
    );
    fs::write(folder.join("large.pem"), vec![b'x'; (16 << 20) + 1]).unwrap();
    fs::write(folder.join("small.pem"), own_chain().file()).unwrap();
    git(folder, &["-c", "advice.addEmbeddedRepo=false", "add", "."]);
    let (status, files) = staged(folder, &[]);
    let large = ("large.pem".to_owned(), 1);
    assert_eq!(
        (status, files),
        (1, vec![large, ("small.pem".to_owned(), 0)])
    );
}

#[test]
fn a_report_is_not_written_over_what_is_about_to_be_committed() {
    let repository = repository();
    let folder = repository.path();
    fs::write(folder.join("a.pem"), own_chain().file()).unwrap();
    git(folder, &["add", "."]);
    assert_eq!(staged(folder, &["-o", "json=a.pem"]).0, 2);
    assert_eq!(fs::read(folder.join("a.pem")).unwrap(), own_chain().file());
    fs::remove_file(folder.join("a.pem")).unwrap();
    assert_eq!(staged(folder, &["-o", "json=a.pem"]).0, 2);
}

#[test]
fn what_others_made_is_passed_over_as_a_search_passes_it_over() {
    let repository = repository();
    let folder = repository.path();
    fs::create_dir(folder.join("vendor")).unwrap();
    for name in ["a.pem", "vendor/b.pem"] {
        fs::write(folder.join(name), own_chain().file()).unwrap();
    }
    git(folder, &["add", "."]);
    assert_eq!(staged(folder, &[]), (0, vec![("a.pem".to_owned(), 0)]));
    assert_eq!(staged(folder, &["--no-ignore"]).1.len(), 2);
}

#[test]
fn outside_of_a_repository_there_is_nothing_to_ask() {
    let folder = tempfile::tempdir().unwrap();
    let output = chainlint(folder.path())
        .args(["check", "--staged"])
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        told.starts_with("error: --staged needs a git repository: "),
        "{told}"
    );
}
