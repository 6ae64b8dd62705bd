//! The files that `--fix` writes: links, names, modes and attributes.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use super::run;
use crate::cases::draft::own_chain;

#[test]
fn modes_stay_and_links_out_of_the_tree_are_not_followed() {
    let outside = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let wrong = own_chain().file_of(&[2, 1]);
    let out = outside.path().join("out.pem");
    fs::write(&out, &wrong).unwrap();
    symlink(&out, folder.path().join("link.pem")).unwrap();
    let inner = folder.path().join("inner.pem");
    fs::write(&inner, &wrong).unwrap();
    fs::set_permissions(&inner, Permissions::from_mode(0o640)).unwrap();
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
fn links_out_of_the_tree_are_not_followed_whatever_path_leads_to_them() {
    let outside = tempfile::tempdir().unwrap();
    let real = tempfile::tempdir().unwrap();
    let aliases = tempfile::tempdir().unwrap();
    let wrong = own_chain().file_of(&[2, 1]);
    let out = outside.path().join("o.pem");
    fs::write(&out, &wrong).unwrap();
    fs::create_dir(real.path().join("sub")).unwrap();
    symlink(outside.path(), real.path().join("sub/outdir")).unwrap();
    let alias = aliases.path().join("alias");
    symlink(real.path(), &alias).unwrap();
    for path in [
        alias.join("sub/outdir/o.pem"),
        alias.join("sub/../sub/outdir/o.pem"),
        real.path().join("sub/outdir/o.pem"),
        "sub/../sub/./outdir/o.pem".into(),
    ] {
        let (_, _, said) = run(real.path(), &["--fix", path.to_str().unwrap()]);
        assert!(said.contains(": a symbolic link leads to it"), "{said}");
        assert!(fs::read(&out).unwrap() == wrong);
    }
    // The way to the tree may be by a link.
    let inner = real.path().join("sub/i.pem");
    fs::write(&inner, &wrong).unwrap();
    let path = alias.join("sub/i.pem");
    let (_, _, said) = run(real.path(), &["--fix", path.to_str().unwrap()]);
    assert!(said.contains("mended "), "{said}");
    assert!(fs::read(&inner).unwrap() == own_chain().file());
}

#[test]
fn a_file_of_several_names_is_mended_once() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("in")).unwrap();
    fs::write(at("d.pem"), own_chain().file_of(&[2, 1])).unwrap();
    symlink("d.pem", at("near.pem")).unwrap();
    let whole = at("d.pem");
    let names = ["d.pem", whole.to_str().unwrap(), "in/../d.pem", "near.pem"];
    let (status, out, said) = run(folder.path(), &[&["--fix"], &names[..]].concat());
    assert_eq!((status, out.as_str()), (0, ""), "{said}");
    assert_eq!(said.matches("mended ").count(), 1, "{said}");
    assert!(!said.contains("meanwhile"), "{said}");
    assert!(fs::read(at("d.pem")).unwrap() == own_chain().file());
}

#[test]
fn read_only_files_and_those_of_several_hard_links_are_left() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let wrong = own_chain().file_of(&[2, 1]);
    fs::write(at("read-only.pem"), &wrong).unwrap();
    fs::set_permissions(at("read-only.pem"), Permissions::from_mode(0o444)).unwrap();
    fs::write(at("linked.pem"), &wrong).unwrap();
    fs::hard_link(at("linked.pem"), at("other.txt")).unwrap();
    let (_, _, said) = run(folder.path(), &["--fix", "."]);
    assert!(
        said.contains("left read-only.pem: it is read-only"),
        "{said}"
    );
    assert!(
        said.contains("left linked.pem: it has a further hard link"),
        "{said}"
    );
    for name in ["read-only.pem", "linked.pem"] {
        assert!(fs::read(at(name)).unwrap() == wrong);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

/// Whether a command is there and succeeds.
fn succeeds(command: &str, arguments: &[&str], file: &Path) -> Option<String> {
    let output = Command::new(command)
        .args(arguments)
        .arg(file)
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(text)
}

#[test]
fn access_lists_and_attributes_stay() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.pem");
    fs::write(&file, own_chain().file_of(&[2, 1])).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
    let attribute = ["-n", "user.owner", "-v", "team-payments"];
    let tried = succeeds("setfacl", &["-m", "u:65534:rw,g::-"], &file)
        .zip(succeeds("setfattr", &attribute, &file));
    if tried.is_none() {
        eprintln!("skipped: no access lists or attributes here");
        return;
    }
    let state = || {
        let list = succeeds("getfacl", &["-c", "-n", "-p"], &file).unwrap();
        let attributes = succeeds("getfattr", &["-d", "--absolute-names"], &file).unwrap();
        (list, attributes, file.metadata().unwrap().mode())
    };
    let before = state();
    assert!(before.0.contains("user:65534:rw-") && before.1.contains("team-payments"));
    let (_, _, said) = run(folder.path(), &["--fix", "a.pem"]);
    assert!(said.contains("mended a.pem"), "{said}");
    assert!(fs::read(&file).unwrap() == own_chain().file());
    assert_eq!(state(), before);
}

#[test]
fn what_cannot_be_written_is_told_by_the_name_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("in");
    fs::create_dir(&inner).unwrap();
    fs::write(inner.join("a.pem"), own_chain().file_of(&[2, 1])).unwrap();
    fs::set_permissions(&inner, Permissions::from_mode(0o555)).unwrap();
    let may_write = fs::write(inner.join("probe"), "").is_ok();
    let (_, _, said) = run(folder.path(), &["--fix", "in/a.pem"]);
    fs::set_permissions(&inner, Permissions::from_mode(0o755)).unwrap();
    if may_write {
        eprintln!("skipped: whoever runs this may write everywhere");
        return;
    }
    assert!(
        said.contains("left in/a.pem: nothing can be written beside it: permission denied"),
        "{said}"
    );
    assert!(!said.contains("chainlint-"), "{said}");
}
