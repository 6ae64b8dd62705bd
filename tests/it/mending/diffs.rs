//! `--diff`: what `--fix` would change.

use std::fs;

use super::run;
use crate::cases::draft::own_chain;
use crate::support::NOW;
use crate::support::program::{FORMATS, chainlint};

#[test]
fn a_diff_shows_what_would_change_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = own_chain().file_of(&[1, 2, 2]);
    fs::write(folder.path().join("a.pem"), &wrong).unwrap();
    let (status, diff, said) = run(folder.path(), &["--diff", "a.pem"]);
    assert_eq!(status, 1);
    assert!(diff.starts_with("--- a/a.pem\n+++ b/a.pem\n@@ "), "{diff}");
    assert!(diff.contains("\n------BEGIN CERTIFICATE-----\n"), "{diff}");
    assert!(!diff.contains("\n+-----BEGIN"), "{diff}");
    assert!(
        said.contains("would mend a.pem: dropped repeated certificates"),
        "{said}"
    );
    assert!(fs::read(folder.path().join("a.pem")).unwrap() == wrong);
    assert!(
        said.contains("1 file would be mended; 1 warning in 1 file; 1 file checked"),
        "{said}"
    );
    fs::write(folder.path().join("a.pem"), own_chain().file()).unwrap();
    let nothing = "nothing to mend; no findings; 1 file checked\n".to_owned();
    assert_eq!(
        run(folder.path(), &["--diff", "a.pem"]),
        (0, String::new(), nothing)
    );
}

#[test]
fn findings_without_a_mend_are_no_clean_diff() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = own_chain().leaf(|leaf| leaf.days(1096)).file();
    fs::write(folder.path().join("a.pem"), wrong).unwrap();
    let (status, diff, said) = run(folder.path(), &["--diff", "a.pem"]);
    assert_eq!((status, diff.as_str()), (1, ""), "{said}");
    assert!(
        said.contains("nothing to mend; 1 error in 1 file"),
        "{said}"
    );
}

#[test]
fn a_diff_of_nothing_says_so_as_a_check_does() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, status) in [(vec!["--diff"], 3), (vec!["--diff", "--allow-empty"], 0)] {
        let (found, out, said) = run(folder.path(), &arguments);
        assert_eq!((found, out.as_str()), (status, ""));
        assert!(said.contains("nothing to check"), "{said}");
    }
}

#[test]
fn a_diff_is_no_document_for_programs() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.pem"), own_chain().file_of(&[2, 1])).unwrap();
    for format in FORMATS {
        let output = chainlint(folder.path())
            .args([
                "check",
                "--no-config",
                "--diff",
                "--format",
                format,
                "a.pem",
            ])
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let is_refused = output.status.code() == Some(2);
        assert_eq!(
            is_refused,
            format != "full" && format != "concise",
            "{format}: {said}"
        );
        assert_eq!(is_refused, output.stdout.is_empty());
        assert_eq!(
            is_refused,
            said.contains("--diff prints differences"),
            "{said}"
        );
    }
}

#[test]
fn standard_input_is_not_mended_and_its_differences_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str], input: Vec<u8>| {
        let output = chainlint(folder.path())
            .args(["check", "--no-config", "--at", NOW])
            .args(arguments)
            .write_stdin(input)
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code().unwrap(),
            text(output.stdout),
            text(output.stderr),
        )
    };
    let wrong = own_chain().file_of(&[2, 1]);
    for input in [wrong.clone(), own_chain().file()] {
        let (status, out, said) = run(&["--fix", "-"], input);
        assert_eq!((status, out.as_str()), (2, ""));
        assert!(
            said.contains("`--diff -` prints what it would change"),
            "{said}"
        );
    }
    let (status, out, said) = run(&["--diff", "--stdin-filename", "b.pem", "-"], wrong);
    assert_eq!(status, 1, "{said}");
    assert!(out.starts_with("--- a/b.pem\n+++ b/b.pem\n"), "{out}");
}
