//! `check --fix` and `--diff`.

use crate::support::oid;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::cases::draft::{other_key, own_chain, three_certificates};
use crate::support::certificate::Recipe;
use crate::support::name::Name;
use crate::support::pem::OPENSSL;
use crate::support::program::chainlint;
use crate::support::{NOW, der, project};

/// Exit status, standard output, standard error.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = chainlint(folder)
        .args(["check", "--no-config", "--at", NOW, "--format", "concise"])
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let status = output.status.code().unwrap();
    (status, text(output.stdout), text(output.stderr))
}

/// Mends a file of this content: exit status, what is said, what the file holds afterwards.
fn mend(content: &[u8], arguments: &[&str]) -> (i32, String, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.pem"), content).unwrap();
    let arguments = [&["a.pem"], arguments].concat();
    let (status, _, said) = run(folder.path(), &arguments);
    let after = fs::read(folder.path().join("a.pem")).unwrap();
    if after != content {
        let (_, _, again) = run(folder.path(), &arguments);
        assert!(!again.contains("mended"), "mended twice: {again}");
        assert_eq!(fs::read(folder.path().join("a.pem")).unwrap(), after);
    }
    (status, said, after)
}

/// A container of certificates and nothing else (RFC 5652 §5.1), as `openssl crl2pkcs7 -nocrl` makes it.
fn pkcs7(certificates: &[Vec<u8>]) -> Vec<u8> {
    let content = der::sequence([der::oid(&oid("1.2.840.113549.1.7.1"))]);
    let none = der::tlv(der::SET, []);
    let certificates = der::context(0, der::concat(certificates));
    let signed = der::sequence([der::small(1), none.clone(), content, certificates, none]);
    der::sequence([
        der::oid(&oid("1.2.840.113549.1.7.2")),
        der::context(0, signed),
    ])
}

fn stranger() -> Vec<u8> {
    Recipe::ca(Name::new("Other Root", "Other"), other_key()).self_signed()
}

#[test]
fn the_order_is_put_right() {
    let right = three_certificates().file();
    for wrong in [[3, 2, 1], [2, 1, 3], [1, 3, 2]] {
        let (status, said, after) = mend(&three_certificates().file_of(&wrong), &["--fix"]);
        assert_eq!(status, 0, "{said}");
        assert!(
            said.contains("mended a.pem: put the certificates in order"),
            "{said}"
        );
        assert!(after == right);
    }
}

#[test]
fn repetitions_and_strangers_go() {
    let right = own_chain().file();
    let repeated = own_chain().file_of(&[1, 2, 2]);
    assert!(mend(&repeated, &["--fix"]).2 == right);
    let with_stranger = [OPENSSL.block("CERTIFICATE", &stranger()).as_bytes(), &right].concat();
    let (status, said, after) = mend(&with_stranger, &["--fix"]);
    assert_eq!(status, 0, "{said}");
    assert!(after == right);
}

#[test]
fn text_goes_where_a_rule_asks_for_it_and_travels_along_where_none_does() {
    let text = |text: &str, number| [text.as_bytes(), &own_chain().file_of(&[number])].concat();
    let wrong = [text("the root\n", 2), text("the leaf\n", 1)].concat();
    assert!(mend(&wrong, &["--fix"]).2 == own_chain().file());
    let (_, said, after) = mend(&wrong, &["--fix", "--ignore", "pem-stray-text"]);
    let right = [text("the leaf\n", 1), text("the root\n", 2)].concat();
    assert!(after == right, "{said}");
}

#[test]
fn glued_blocks_and_odd_line_ends_are_written_anew() {
    let right = String::from_utf8(own_chain().file()).unwrap();
    let glued = right.replace("-----\n-----BEGIN", "----------BEGIN");
    assert_ne!(glued, right);
    assert!(mend(glued.as_bytes(), &["--fix"]).2 == right.as_bytes());
    let marked = format!("\u{feff}{}", right.replace('\n', "\r\n"));
    assert!(mend(marked.as_bytes(), &["--fix"]).2 == right.as_bytes());
}

#[test]
fn line_ends_stay_where_the_pem_is_not_at_fault() {
    let crlf = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace('\n', "\r\n");
    let wrong = crlf(own_chain().file_of(&[2, 1]));
    assert!(mend(wrong.as_bytes(), &["--fix"]).2 == crlf(own_chain().file()).as_bytes());
}

#[test]
fn containers_become_pem() {
    let right = own_chain().file();
    let der = own_chain().certificates().concat();
    assert!(mend(&der, &["--fix"]).2 == right);
    let text = String::from_utf8(right.clone()).unwrap();
    let utf16 = |to: fn(u16) -> [u8; 2]| {
        let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
        units.flat_map(to).collect::<Vec<u8>>()
    };
    assert!(mend(&utf16(u16::to_le_bytes), &["--fix"]).2 == right);
    assert!(mend(&utf16(u16::to_be_bytes), &["--fix"]).2 == right);
    let container = pkcs7(&own_chain().certificates());
    // The root first, as sets are sorted as they please.
    let turned: Vec<Vec<u8>> = own_chain().certificates().into_iter().rev().collect();
    assert!(mend(&container, &["--fix"]).2 == right);
    assert!(mend(&pkcs7(&turned), &["--fix"]).2 == right);
    let block = OPENSSL.block("PKCS7", &container);
    assert!(mend(block.as_bytes(), &["--fix"]).2 == right);
}

#[test]
fn what_leaves_room_for_doubt_is_left_alone() {
    let left = |content: Vec<u8>, why: &str| {
        let (_, said, after) = mend(&content, &["--fix"]);
        assert!(after == content);
        assert!(said.contains(&format!("left a.pem: {why}")), "{said}");
    };
    let key = own_chain().leaf.key.private_pkcs8();
    let wrong = own_chain().file_of(&[2, 1]);
    left(
        [
            OPENSSL.block("PRIVATE KEY", &key).into_bytes(),
            wrong.clone(),
        ]
        .concat(),
        "it holds a private key",
    );
    let other = Recipe::leaf(Name::new("other", "Acme Payments"), other_key());
    let other = other.sign(&own_chain().root);
    let two = [
        OPENSSL.block("CERTIFICATE", &other).into_bytes(),
        wrong.clone(),
    ]
    .concat();
    assert!(mend(&two, &["--fix"]).2 == two);
    let gap = three_certificates().file_of(&[3, 1]);
    assert!(mend(&gap, &["--fix"]).2 == gap);
    left(
        [
            OPENSSL
                .block("CERTIFICATE REQUEST", &[0x30, 0])
                .into_bytes(),
            wrong.clone(),
        ]
        .concat(),
        "it holds something else",
    );
    let damaged = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let damaged = [damaged.to_vec(), wrong].concat();
    assert!(mend(&damaged, &["--fix"]).2 == damaged);
    let container = pkcs7(&own_chain().certificates());
    left(
        container[..container.len() - 100].to_vec(),
        "its PKCS#7 container cannot be taken apart",
    );
}

#[test]
fn a_private_key_in_a_container_is_never_called_a_certificate() {
    let key = own_chain().leaf.key.private_pkcs8();
    let text = own_chain().file();
    let text = String::from_utf8(text).unwrap() + &OPENSSL.block("PRIVATE KEY", &key);
    let utf16: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let all = [own_chain().certificates(), vec![key]].concat();
    for (content, why) in [
        (all.concat(), "it holds something that cannot be read"),
        (pkcs7(&all), "it holds something that cannot be read"),
        (utf16, "it holds a private key"),
    ] {
        let (status, said, after) = mend(&content, &["--fix=all"]);
        assert_eq!(status, 1);
        assert!(said.contains(&format!("left a.pem: {why}")), "{said}");
        assert!(after == content);
    }
}

#[test]
fn what_cannot_be_mended_is_still_reported() {
    let expired = own_chain().leaf(|leaf| leaf.days(10)).file_of(&[2, 1]);
    let (status, said, after) = mend(&expired, &["--fix"]);
    assert_eq!(status, 1);
    assert!(said.contains("mended a.pem"), "{said}");
    assert!(after != expired);
}

#[test]
fn a_good_file_is_not_touched() {
    let right = own_chain().file();
    let (status, said, after) = mend(&right, &["--fix"]);
    assert_eq!((status, said.lines().count()), (0, 1), "{said}");
    assert!(after == right);
}

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
    fs::write(folder.path().join("a.pem"), own_chain().file()).unwrap();
    assert_eq!(
        run(folder.path(), &["--diff", "a.pem"]),
        (0, String::new(), String::new())
    );
}

#[test]
fn standard_input_is_not_mended() {
    let folder = tempfile::tempdir().unwrap();
    let output = chainlint(folder.path())
        .args(["check", "--no-config", "--fix", "-"])
        .write_stdin(own_chain().file_of(&[2, 1]))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn modes_stay_and_links_out_of_the_tree_are_not_followed() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let outside = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let wrong = own_chain().file_of(&[2, 1]);
    let out = outside.path().join("out.pem");
    fs::write(&out, &wrong).unwrap();
    symlink(&out, folder.path().join("link.pem")).unwrap();
    let inner = folder.path().join("inner.pem");
    fs::write(&inner, &wrong).unwrap();
    fs::set_permissions(&inner, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("inner.pem", folder.path().join("near.pem")).unwrap();
    let (status, _, said) = run(folder.path(), &["--fix", "link.pem", "near.pem"]);
    assert_eq!(status, 1);
    assert!(
        said.contains("left link.pem: a symbolic link leads to it, out of the current folder"),
        "{said}"
    );
    symlink(outside.path(), folder.path().join("folder")).unwrap();
    let absolute = folder.path().join("folder/out.pem");
    for path in [
        "folder/out.pem",
        "./folder/out.pem",
        absolute.to_str().unwrap(),
    ] {
        let (_, _, said) = run(folder.path(), &["--fix", path]);
        assert!(
            said.contains(": a symbolic link leads to it, out of the current folder"),
            "{said}"
        );
    }
    assert!(fs::read(&out).unwrap() == wrong);
    assert!(fs::read(&inner).unwrap() == own_chain().file());
    // Named outright, without a link, a file elsewhere is the user's to mend.
    let (_, _, said) = run(folder.path(), &["--fix", out.to_str().unwrap()]);
    assert!(said.contains("mended "), "{said}");
    assert!(fs::read(&out).unwrap() == own_chain().file());
    let near = folder.path().join("near.pem");
    assert!(near.symlink_metadata().unwrap().is_symlink());
    assert_eq!(
        inner.metadata().unwrap().permissions().mode() & 0o777,
        0o640
    );
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(names.len(), 4, "something is left over");
}

#[test]
fn every_mistake_of_the_examples_is_mended_or_left_whole() {
    let folder = tempfile::tempdir().unwrap();
    for mistake in fs::read_dir(project("examples/mistakes")).unwrap() {
        let mistake = mistake.unwrap();
        let to = folder.path().join(mistake.file_name());
        fs::create_dir(&to).unwrap();
        for file in fs::read_dir(mistake.path()).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
    let (_, before, _) = run(folder.path(), &["."]);
    let (_, after, _) = run(folder.path(), &["--fix", "."]);
    let (_, again, said) = run(folder.path(), &["--fix", "."]);
    assert_eq!(after, again);
    assert!(!said.contains("mended"), "{said}");
    assert!(after.lines().count() < before.lines().count());
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

#[test]
fn no_case_is_worse_for_being_mended() {
    let folder = tempfile::tempdir().unwrap();
    for entry in walkdir::WalkDir::new(project("tests/cases")) {
        let entry = entry.unwrap();
        let below = entry.path().strip_prefix(project("tests/cases")).unwrap();
        let to = folder.path().join(below);
        if entry.file_type().is_dir() {
            fs::create_dir_all(to).unwrap();
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
    let before = broken(folder.path(), &["."]);
    let after = broken(folder.path(), &["--fix=all", "."]);
    for (path, rules) in &after {
        // What a container holds is first judged when it is unpacked.
        if !path.contains("/fail-der/") {
            let new: Vec<&String> = rules.difference(&before[path]).collect();
            assert!(new.is_empty(), "{path}: {new:?}");
        }
    }
    let count =
        |of: &BTreeMap<String, BTreeSet<String>>| of.values().map(BTreeSet::len).sum::<usize>();
    assert!(count(&after) < count(&before));
    let (_, _, said) = run(folder.path(), &["--fix=all", "."]);
    assert!(!said.contains("mended "), "{said}");
    assert!(!said.contains("to no avail"), "{said}");
}
