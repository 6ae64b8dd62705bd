//! Mending and judging again: what is waived, what helps nobody, roots, and that nothing is worse for it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use chainlint::pem;

use super::run;
use crate::cases::draft::{Draft, own_chain, three_certificates};
use crate::support::certificate::Recipe;
use crate::support::name::Name;
use crate::support::pem::OPENSSL;
use crate::support::program::chainlint;
use crate::support::{NOW, keys, project};

/// A folder with a chain and a config.
fn folder(chain: &[u8], config: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.pem"), chain).unwrap();
    fs::write(
        folder.path().join("chainlint.yaml"),
        format!("version: 1\n{config}"),
    )
    .unwrap();
    folder
}

/// Mends `a.pem` under the folder's config: what is said, and what it holds then.
fn mend(folder: &Path, arguments: &[&str]) -> (String, Vec<u8>) {
    let output = chainlint(folder)
        .args(["check", "--at", NOW, "--format", "concise", "a.pem"])
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    (said, fs::read(folder.join("a.pem")).unwrap())
}

fn waiver(rule: &str, more: &str) -> String {
    format!(
        "  - {{ rule: {rule}, {more} path: a.pem, reason: Known, owner: team, expires: 2027-02-01 }}\n"
    )
}

#[test]
fn what_is_waived_is_not_mended() {
    let wrong = own_chain().file_of(&[2, 1, 1]);
    let order = format!("waivers:\n{}", waiver("chain-order", ""));
    let folder_of_order = folder(&wrong, &order);
    let (said, after) = mend(folder_of_order.path(), &["--fix"]);
    assert!(after == own_chain().file_of(&[2, 1]), "{said}");
    assert!(
        said.contains("mended a.pem: dropped repeated certificates\n"),
        "{said}"
    );
    // Nor where it shows only behind another mend.
    let der = own_chain()
        .certificates()
        .into_iter()
        .rev()
        .collect::<Vec<_>>()
        .concat();
    let (said, after) = mend(folder(&der, &order).path(), &["--fix"]);
    assert!(after == own_chain().file_of(&[2, 1]), "{said}");
    // With --no-waivers it is.
    let (_, after) = mend(folder(&wrong, &order).path(), &["--fix", "--no-waivers"]);
    assert!(after == own_chain().file());
    let both = format!("{order}{}", waiver("chain-duplicate-certificate", ""));
    let (said, after) = mend(folder(&wrong, &both).path(), &["--fix"]);
    assert!(after == wrong, "{said}");
    // One of two strangers.
    let stranger =
        |name: &str| Recipe::ca(Name::new(name, "Other"), keys::rsa(2048, name)).self_signed();
    let two = [stranger("one"), stranger("two")];
    let file = [own_chain().file(), OPENSSL.certificates(&two).into_bytes()].concat();
    let folder = folder(&file, "");
    let certificate = {
        let report = crate::support::program::check(folder.path(), &["a.pem"]).0;
        let found = crate::support::program::findings(&report);
        let found = found
            .iter()
            .find(|found| found["rule"] == "chain-unrelated-certificate");
        found.unwrap()["certificate"]["sha256"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let one = waiver(
        "chain-unrelated-certificate",
        &format!("certificate: \"sha256:{certificate}\","),
    );
    fs::write(
        folder.path().join("chainlint.yaml"),
        format!("version: 1\nwaivers:\n{one}"),
    )
    .unwrap();
    let (said, after) = mend(folder.path(), &["--fix"]);
    assert!(after == file, "{said}");
    assert!(said.contains("would mend what is waived, too"), "{said}");
}

/// Leaf, two intermediates and a root.
pub(super) fn four() -> (Vec<Vec<u8>>, [Recipe; 3]) {
    let ca = |name: &str, days| {
        Recipe::ca(Name::new(name, "Acme Payments"), keys::rsa(2048, name)).days(days)
    };
    let Draft { leaf, root, .. } = own_chain();
    let (low, high) = (
        ca("Acme Payments Low CA", 1500),
        ca("Acme Payments High CA", 2000),
    );
    let certificates = vec![
        leaf.sign(&low),
        low.sign(&high),
        high.sign(&root),
        root.self_signed(),
    ];
    (certificates, [low, high, root])
}

/// Mends `a.pem` with `--fix=all`, where these are trust anchors.
fn with_anchors(chain: &[u8], anchors: &[&Vec<u8>]) -> (String, Vec<u8>) {
    let folder = folder(
        chain,
        "trust_anchors: [anchors.pem]\nvars: { company: Acme Payments }\n",
    );
    fs::write(
        folder.path().join("anchors.pem"),
        OPENSSL.certificates(anchors),
    )
    .unwrap();
    let out = mend(folder.path(), &["--fix=all"]);
    let (again, after) = mend(folder.path(), &["--fix=all"]);
    assert!(!again.contains("mended"), "{again}");
    assert!(after == out.1);
    out
}

#[test]
fn what_is_missing_up_to_the_root_is_appended_from_what_is_known() {
    let (all, _) = four();
    let right = OPENSSL.certificates(&all).into_bytes();
    let anchors = [&all[1], &all[2], &all[3]];
    let (said, after) = with_anchors(&all[0], &anchors);
    assert!(after == right, "{said}");
    let leaf = OPENSSL.certificates(&all[..1]);
    assert!(with_anchors(leaf.as_bytes(), &anchors).1 == right);
    let three = OPENSSL.certificates(&all[..3]);
    assert!(with_anchors(three.as_bytes(), &anchors).1 == right);
}

#[test]
fn one_mend_in_vain_does_not_undo_the_others() {
    let (all, _) = four();
    let wrong = OPENSSL.certificates(&[&all[0], &all[0], &all[1], &all[2]]);
    let right = OPENSSL.certificates(&all[..3]);
    for anchors in [vec![&all[1]], vec![&all[2]]] {
        let (said, after) = with_anchors(wrong.as_bytes(), &anchors);
        assert!(after == right.as_bytes(), "{said}");
        assert!(said.contains("mended a.pem: dropped repeated certificates; left the rest: the root was not appended: "), "{said}");
    }
}

#[test]
fn no_root_is_appended_that_is_not_valid_and_why_is_said() {
    let (all, [_, _, root]) = four();
    let wrong = OPENSSL.certificates(&all[..3]);
    let expired = root.clone().days(100).self_signed();
    let right = OPENSSL.certificates(&all).into_bytes();
    let (_, after) = with_anchors(wrong.as_bytes(), &[&expired, &all[3]]);
    assert!(after == right);
    let (said, after) = with_anchors(wrong.as_bytes(), &[&expired]);
    assert!(after == wrong.as_bytes());
    assert!(said.contains("left a.pem: the root was not appended: the known certificate of CN=Acme Payments Root CA"), "{said}");
    assert!(said.contains("is not valid at this time"), "{said}");
    let (said, after) = with_anchors(wrong.as_bytes(), &[&all[1]]);
    assert!(after == wrong.as_bytes());
    assert!(
        said.contains(
            "left a.pem: the root was not appended: no known certificate is the one that issued it"
        ),
        "{said}"
    );
}

#[test]
fn a_mend_that_breaks_what_was_whole_is_not_made() {
    // The root that is known has a weak digest and a weak key, which weighs as much as that it is missing.
    let draft = three_certificates().root(|root| Recipe {
        key: keys::rsa(1024, "weak root"),
        ..root
    });
    let wrong = draft.file_of(&[1, 2]);
    let root = draft.root.self_signed();
    let (said, after) = with_anchors(&wrong, &[&root]);
    assert!(after == wrong, "{said}");
    assert!(
        said.contains("left a.pem: appending the root would break key-rsa-min-bits"),
        "{said}"
    );
    // One of 4096 bits is remarked on, which is no reason to be without a root.
    let draft = three_certificates().root(|root| Recipe {
        key: keys::rsa(4096, "large root"),
        ..root
    });
    let (said, after) = with_anchors(&draft.file_of(&[1, 2]), &[&draft.root.self_signed()]);
    assert!(after == draft.file(), "{said}");
}

/// The rules that each file breaks.
fn broken(folder: &Path, arguments: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let (_, out, _) = run(folder, arguments);
    let mut rules: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in out.lines() {
        let (path, rest) = line.split_once(':').unwrap();
        let (_, rest) = rest.split_once('[').unwrap();
        let (rule, _) = rest.split_once(']').unwrap();
        rules
            .entry(path.to_owned())
            .or_default()
            .insert(rule.to_owned());
    }
    rules
}

/// Copies a folder.
fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        let to = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(to).unwrap();
        } else {
            fs::write(to, fs::read(entry.path()).unwrap()).unwrap();
        }
    }
}

/// The certificates of each file of a folder, as far as its blocks can be read.
fn certificates(folder: &Path) -> BTreeMap<String, BTreeSet<Vec<u8>>> {
    let mut found: BTreeMap<String, BTreeSet<Vec<u8>>> = BTreeMap::new();
    for path in crate::support::files_below(folder) {
        let bytes = fs::read(folder.join(&path)).unwrap();
        let blocks = pem::scan(&bytes, pem::Limits::default()).blocks;
        let contents = blocks.into_iter().filter_map(|block| block.content);
        let path = path.to_string_lossy().into_owned();
        found.insert(path, contents.map(|content| content.der).collect());
    }
    found
}

/// Mends everything in a copy of a folder, twice, and holds what must hold: no rule is broken that was not, but where a
/// container was unpacked; no certificate has come or gone but strangers; the second time changes nothing.
fn hold(from: &Path, arguments: &[&str]) -> usize {
    let folder = tempfile::tempdir().unwrap();
    copy(from, folder.path());
    let with = |more: &[&'static str]| [arguments, more].concat();
    let before = broken(folder.path(), &with(&["."]));
    let had = certificates(folder.path());
    let (_, _, said) = run(folder.path(), &with(&["--fix=all", "."]));
    let after = broken(folder.path(), &with(&["."]));
    let has = certificates(folder.path());
    let none = BTreeSet::new();
    for (path, rules) in &after {
        let broken = before.get(path).unwrap_or(&none);
        // What a container holds is first judged when it is unpacked.
        if !had[path].is_empty() || has[path].is_empty() {
            let new: Vec<&String> = rules.difference(broken).collect();
            // What is to be said of a root that was appended was true before.
            let appended =
                broken.contains("chain-root-included") && !rules.contains("chain-root-included");
            assert!(new.is_empty() || appended, "{path}: {new:?}");
        }
    }
    for (path, certificates) in &had {
        let stranger = |path: &str| {
            before
                .get(path)
                .is_some_and(|rules| rules.contains("chain-unrelated-certificate"))
        };
        if !stranger(path) {
            assert!(
                certificates.is_subset(&has[path]),
                "{path} lost a certificate"
            );
        }
    }
    let count =
        |of: &BTreeMap<String, BTreeSet<String>>| of.values().map(BTreeSet::len).sum::<usize>();
    assert!(count(&after) < count(&before));
    let (_, _, again) = run(folder.path(), &with(&["--fix=all", "."]));
    assert!(!again.contains("mended "), "{again}");
    assert!(certificates(folder.path()) == has);
    said.matches("\nmended ").count()
}

#[test]
fn no_case_is_worse_for_being_mended() {
    let cases = project("tests/cases");
    let mended = hold(&cases, &[]);
    assert!(mended > 20, "{mended}");
    let uniform = project("examples/policies/uniform-layout.yaml");
    let all = hold(&cases, &["--policy", uniform.to_str().unwrap()]);
    assert!(all > mended, "{all}");
}

#[test]
fn nothing_of_the_corpus_is_worse_for_being_mended() {
    let Some(corpus) = crate::corpus::corpus() else {
        return;
    };
    let mended = hold(&corpus, &["--policy", "hygiene"]);
    println!("{mended} files mended");
}
