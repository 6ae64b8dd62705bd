//! `chainlint policy docs`, from outside.

use std::fs;
use std::path::Path;

use crate::support::program::{folder, run};
use crate::support::project;

#[test]
fn the_pages_of_the_built_in_policies_are_fresh() {
    let pages = project("policies/pages");
    for policy in [
        "hygiene",
        "connectpay-production",
        "connectpay-non-production",
        "psd2-qwac",
    ] {
        let file = format!("{policy}.md");
        if crate::support::update() {
            fs::create_dir_all(&pages).unwrap();
            assert_eq!(run(&pages, &["policy", "docs", policy, "-o", &file]).0, 0);
        }
        let (status, out, said) = run(&pages, &["policy", "docs", policy, "--check", "-o", &file]);
        assert_eq!((status, out.as_str(), said.as_str()), (0, "", ""));
        let (_, page, _) = run(&pages, &["policy", "docs", policy]);
        let (_, rules, _) = run(&pages, &["rules", "--policy", policy]);
        for rule in rules.lines() {
            let mut words = rule.split_whitespace();
            let (id, severity) = (words.next().unwrap(), words.next().unwrap());
            let told = page.contains(&format!("\n### {id}\n"));
            assert_eq!(told, severity != "off", "{policy}: {id}");
        }
    }
}

#[test]
fn a_stale_page_is_told_and_not_written() {
    let folder = folder(&[("page.md", b"old".to_vec())]);
    let check = ["policy", "docs", "hygiene", "--check", "-o", "page.md"];
    let (status, diff, said) = run(folder.path(), &check);
    assert_eq!(status, 1);
    assert!(
        diff.contains("-old") && diff.contains("+# hygiene"),
        "{diff}"
    );
    assert!(
        said.contains("page.md is not the page of hygiene"),
        "{said}"
    );
    assert_eq!(fs::read(folder.path().join("page.md")).unwrap(), b"old");
    let missing = ["policy", "docs", "hygiene", "--check", "-o", "none.md"];
    assert_eq!(run(folder.path(), &missing).0, 1);
    let nowhere = ["policy", "docs", "hygiene", "-o", "no/page.md"];
    assert_eq!(run(folder.path(), &nowhere).0, 2);
    assert_eq!(run(folder.path(), &["policy", "docs", "nothing"]).0, 2);
}

/// A policy with texts that mean something in Markdown, below one of a folder beside it.
const HOSTILE: &str = r#"version: 1
name: acme
extends: ../base/base.yaml
description: |
  For <service>, and *not* for `a | b`:
  - no item
  # no heading

  ```
  no block
vars:
  name: { type: string, default: "a`|<b>", description: "a | b\n<script>" }
rules:
  acme-rule:
    severity: error
    on: leaf
    when: { environment: ["a|b"] }
    check: { expression: { assert: 'cert.subject.text != "```" && cert.subject.text != "~~~"' } }
    message: "<script>alert(1)</script> | *x* \e[31m \u202E"
    help: |
      one
      ```
      two
    reference: "[x](javascript:1) | y"
    examples: { fail: "`", pass: "1. a" }
"#;

/// The policies in folders of their own, with an anchor.
fn hostile() -> tempfile::TempDir {
    let root = crate::cases::draft::own_chain().root.self_signed();
    let anchor = crate::support::pem::chain(&[root]).into_bytes();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("base/anchors/root.pem", &anchor);
    write(
        "base/base.yaml",
        b"version: 1\nname: base\nextends: hygiene\ntrust_anchors: [anchors/*.pem]\nwaivers: { max_days: 90 }\n",
    );
    write("own/acme.yaml", HOSTILE.as_bytes());
    folder
}

#[test]
fn a_page_is_the_same_from_every_folder() {
    let folder = hostile();
    let root = folder.path().to_owned();
    let from = |at: &Path, name: &str| {
        let (status, page, said) = run(at, &["policy", "docs", name]);
        assert_eq!(status, 0, "{said}");
        page
    };
    let page = from(&root, "own/acme.yaml");
    assert_eq!(page, from(&root.join("own"), "./acme.yaml"));
    assert_eq!(page, from(&root.join("base"), "../own/acme.yaml"));
    let whole = root.join("own/acme.yaml");
    assert_eq!(page, from(Path::new("/"), whole.to_str().unwrap()));
    for line in [
        "Rests on: hygiene, ../base/base.yaml.",
        "Trust anchors: `anchors/*.pem` (named by ../base/base.yaml).",
        "Waivers: their last day lies 90 days ahead at most.",
    ] {
        assert!(page.contains(&format!("\n{line}\n")), "{line}: {page}");
    }
}

#[test]
fn a_page_shows_texts_as_they_are_written() {
    let folder = hostile();
    let (_, page, _) = run(folder.path(), &["policy", "docs", "own/acme.yaml"]);
    let own = page.split("\n### acme-rule\n").nth(1).unwrap();
    let rule = own.split("\n### ").next().unwrap();
    insta::assert_snapshot!(
        "page_of_hostile_texts",
        format!("{}\n…\n{rule}", page.split("\n## Rules").next().unwrap())
    );
    let mut headings = page.lines().filter(|line| line.starts_with('#'));
    assert!(headings.all(|line| !line.contains("no heading")));
}
