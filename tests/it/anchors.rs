//! Trust anchors of configs and policies, and what they change.

use std::fs;
use std::path::Path;

use crate::cases::draft::{own_chain, three_certificates};
use crate::cases::qwac::{certificates_of, chain_of, qwac};
use crate::support::NOW;
use crate::support::pem::OPENSSL;
use crate::support::program::{chainlint, json, run};
use crate::support::trusted_list::{List, Service};

fn ending(folder: &Path, arguments: &[&str]) -> String {
    let arguments = [&["inspect", "--format", "json", "a.pem"], arguments].concat();
    let output = chainlint(folder).args(arguments).output().unwrap();
    json(&output)["chain"]["ending"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// A folder with a chain of three certificates and its root beside it, in PEM and in DER.
fn folder(config: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("anchors")).unwrap();
    let root = own_chain().root.self_signed();
    fs::write(at("anchors/root.pem"), OPENSSL.block("CERTIFICATE", &root)).unwrap();
    fs::write(at("anchors/root.der"), &root).unwrap();
    fs::write(at("a.pem"), three_certificates().file()).unwrap();
    fs::write(
        at("without-root.pem"),
        three_certificates().file_of(&[1, 2]),
    )
    .unwrap();
    if !config.is_empty() {
        fs::write(at("chainlint.yaml"), config).unwrap();
    }
    folder
}

#[test]
fn a_config_names_anchors_by_path_and_by_pattern() {
    for named in [
        "anchors/root.pem",
        "./anchors/root.pem",
        "anchors/root.der",
        "anchors/*.pem",
        "**/*.der",
    ] {
        let folder = folder(&format!("version: 1\ntrust_anchors: [\"{named}\"]\n"));
        let found = ending(folder.path(), &[]);
        assert!(
            found.starts_with("ends in a trust anchor of "),
            "{named}: {found}"
        );
        assert!(found.contains("CN=Acme Payments Root CA"), "{found}");
        let found = ending(folder.path(), &["--no-config"]);
        assert_eq!(
            found,
            "no root that public stores know or trust_anchors name"
        );
    }
}

#[test]
fn a_missing_root_is_named_with_who_holds_it_and_appended_on_request() {
    let folder = folder("version: 1\ntrust_anchors: [anchors/root.pem]\n");
    let check = ["check", "--at", NOW, "without-root.pem"];
    let (status, said, _) = run(folder.path(), &check);
    assert_eq!(status, 1);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("Append the root CN=Acme Payments Root CA"),
        "{said}"
    );
    assert!(said.contains("the trust anchors in"), "{said}");
    let (status, _, _) = run(folder.path(), &[&check[..], &["--fix"]].concat());
    assert_eq!(status, 1);
    let (status, _, said) = run(folder.path(), &[&check[..], &["--fix=all"]].concat());
    assert_eq!(status, 0);
    assert!(
        said.contains("mended without-root.pem: appended the root"),
        "{said}"
    );
    let mended = fs::read(folder.path().join("without-root.pem")).unwrap();
    assert!(mended == three_certificates().file());
}

#[test]
fn a_policy_names_anchors_from_its_own_folder_and_those_of_parents_count() {
    let folder = folder("");
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("policies")).unwrap();
    let parent =
        "version: 1\nname: parent\nextends: hygiene\ntrust_anchors: [../anchors/root.pem]\n";
    fs::write(at("policies/parent.yaml"), parent).unwrap();
    let child = "version: 1\nname: child\nextends: policies/parent.yaml\n";
    fs::write(at("child.yaml"), child).unwrap();
    for policy in ["policies/parent.yaml", "child.yaml"] {
        let found = ending(folder.path(), &["--policy", policy]);
        assert!(
            found.starts_with("ends in a trust anchor"),
            "{policy}: {found}"
        );
    }
}

#[test]
fn each_policy_of_a_run_has_anchors_of_its_own() {
    let folder = folder(
        "version: 1\nfiles:\n  - match: [trusting.pem]\n    policy: trusting.yaml\n  - match: [other.pem]\n    \
         policy: hygiene\n",
    );
    let at = |name: &str| folder.path().join(name);
    let policy =
        "version: 1\nname: trusting\nextends: hygiene\ntrust_anchors: [anchors/root.pem]\n";
    fs::write(at("trusting.yaml"), policy).unwrap();
    let chain = three_certificates().file_of(&[1, 2]);
    fs::write(at("trusting.pem"), &chain).unwrap();
    fs::write(at("other.pem"), &chain).unwrap();
    let output = chainlint(folder.path())
        .args([
            "check",
            "--at",
            NOW,
            "--format",
            "json",
            "trusting.pem",
            "other.pem",
        ])
        .output()
        .unwrap();
    let report = json(&output);
    let helps: Vec<(&str, bool)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            let help = finding["help"].as_str().unwrap();
            (
                finding["path"].as_str().unwrap(),
                help.contains("trust anchors"),
            )
        })
        .collect();
    assert_eq!(helps, [("other.pem", false), ("trusting.pem", true)]);
}

#[test]
fn what_is_no_anchor_is_refused_in_its_place() {
    let folder = folder(
        "version: 1\ntrust_anchors:\n  - nowhere.pem\n  - \"nothing/*.pem\"\n  - leaf.pem\n  - key.pem\n  \
         - text.pem\n  - damaged.der\n",
    );
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("nothing")).unwrap();
    fs::write(at("leaf.pem"), own_chain().file_of(&[1])).unwrap();
    let key = OPENSSL.block("PRIVATE KEY", &own_chain().root.key.private_pkcs8());
    fs::write(
        at("key.pem"),
        [key.as_bytes(), &own_chain().file_of(&[2])].concat(),
    )
    .unwrap();
    fs::write(at("text.pem"), "no certificate\n").unwrap();
    fs::write(at("damaged.der"), &own_chain().root.self_signed()[..100]).unwrap();
    let (status, out, said) = run(folder.path(), &["check", "a.pem"]);
    assert_eq!((status, out.as_str()), (2, ""));
    for (line, why) in [
        (3, "cannot be read"),
        (4, "matches no file"),
        (5, "is no CA's"),
        (6, "private key"),
        (7, "no certificate in it"),
        (8, "holds no trust anchors"),
    ] {
        assert!(
            said.contains(&format!("chainlint.yaml:{line}:5]")),
            "{line}: {said}"
        );
        let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(why), "{why}: {said}");
    }
    assert!(!said.contains("MII"), "{said}");
}

#[test]
fn a_provider_of_its_own_qwacs_is_trusted_when_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let root = crate::support::certificate::Recipe {
        subject: crate::support::name::Name::new("Own Root", "Acme Payments"),
        ..own_chain().root
    };
    let own = [qwac().sign(&root), root.self_signed()];
    fs::write(
        folder.path().join("a.pem"),
        crate::support::pem::chain(&own),
    )
    .unwrap();
    let anchor = OPENSSL.block("CERTIFICATE", &root.self_signed());
    fs::write(folder.path().join("root.pem"), anchor).unwrap();
    let check = ["check", "--at", NOW, "--policy", "psd2-qwac", "a.pem"];
    assert_eq!(run(folder.path(), &check).0, 1);
    fs::write(
        folder.path().join("chainlint.yaml"),
        "version: 1\ntrust_anchors: [root.pem]\n",
    )
    .unwrap();
    assert_eq!(run(folder.path(), &check).0, 0);
    fs::write(folder.path().join("a.pem"), chain_of(&qwac(), 2)).unwrap();
    assert_eq!(run(folder.path(), &check).0, 0);
}

/// A folder with a QWAC chain, the same without its root, and what was imported from a list with these certificates.
fn listing(certificates: &[Vec<u8>], next_update: &'static str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let list = List {
        next_update,
        ..List::of("LT", vec![Service::web("Trusty QWAC CA", certificates)])
    };
    fs::write(at("LT.xml"), list.xml()).unwrap();
    let import = ["trust", "import", "--at", NOW, "LT.xml"];
    assert_eq!(run(folder.path(), &import).0, 0);
    fs::write(at("a.pem"), chain_of(&qwac(), 3)).unwrap();
    fs::write(
        at("leaf.pem"),
        OPENSSL.block("CERTIFICATE", &certificates_of(&qwac(), 3)[0]),
    )
    .unwrap();
    let config = "version: 1\ntrust_anchors: [trusted-lists.yaml]\n";
    fs::write(at("chainlint.yaml"), config).unwrap();
    folder
}

const CHECK: [&str; 7] = [
    "check",
    "--at",
    NOW,
    "--policy",
    "psd2-qwac",
    "--format",
    "json",
];

/// The status of a file in the report, and the summary.
fn list_status(folder: &Path, file: &str, arguments: &[&str]) -> (String, String) {
    let output = chainlint(folder)
        .args(CHECK)
        .arg(file)
        .args(arguments)
        .output()
        .unwrap();
    let status = json(&output)["files"][0]["trusted_list"]
        .as_str()
        .unwrap()
        .to_owned();
    (status, String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_qwac_under_a_listed_issuer_is_listed_whether_the_issuer_is_in_the_file_or_not() {
    let certificates = certificates_of(&qwac(), 3);
    for listed in [1, 2, 3] {
        let folder = listing(&certificates[listed..=listed], "2027-01-01T00:00:00Z");
        let (status, said) = list_status(folder.path(), "a.pem", &[]);
        assert_eq!(status, "listed", "{listed}");
        assert!(!said.contains("list"), "{said}");
        let text = run(folder.path(), &["inspect", "a.pem"]).1;
        let shown = text
            .lines()
            .find(|line| line.starts_with("  trusted list"))
            .unwrap();
        assert!(
            shown.contains("listed: Trusty QWAC CA, Trust Services AS; list"),
            "{shown}"
        );
        assert!(shown.contains("its signature was not verified"), "{shown}");
    }
    let folder = listing(&certificates[1..2], "2027-01-01T00:00:00Z");
    assert_eq!(list_status(folder.path(), "leaf.pem", &[]).0, "listed");
    let folder = listing(&certificates[2..3], "2027-01-01T00:00:00Z");
    assert_eq!(list_status(folder.path(), "leaf.pem", &[]).0, "not_listed");
}

#[test]
fn that_no_list_was_looked_at_is_said_once_a_run() {
    let folder = listing(&certificates_of(&qwac(), 3)[1..2], "2027-01-01T00:00:00Z");
    fs::copy(folder.path().join("a.pem"), folder.path().join("b.pem")).unwrap();
    let (status, said) = list_status(folder.path(), "a.pem", &["b.pem", "--no-config"]);
    assert_eq!(status, "not_checked");
    assert_eq!(
        said.matches("EU trusted list not checked").count(),
        1,
        "{said}"
    );
    let text = run(folder.path(), &["inspect", "--no-config", "a.pem"]).1;
    assert!(text.contains("EU trusted list not checked"), "{text}");
}

#[test]
fn a_chain_that_is_no_qwac_has_nothing_to_do_with_trusted_lists() {
    let folder = folder("");
    let (_, _, said) = run(folder.path(), &["check", "--at", NOW, "a.pem"]);
    assert!(!said.contains("trusted list"), "{said}");
}

#[test]
fn an_issuer_of_the_same_name_and_another_key_is_not_listed() {
    let stranger = crate::support::certificate::Recipe {
        subject: crate::support::name::Name(Vec::new()),
        ..own_chain().root
    };
    let folder = listing(&[stranger.self_signed()], "2027-01-01T00:00:00Z");
    let (status, said) = list_status(folder.path(), "a.pem", &[]);
    assert_eq!(status, "not_listed");
    assert!(
        said.contains("a QWAC is on none of the trusted lists"),
        "{said}"
    );
}

#[test]
fn an_expired_list_is_warned_of_wherever_it_is_used() {
    let folder = listing(&certificates_of(&qwac(), 3)[1..2], "2026-11-22T23:59:59Z");
    let (status, said) = list_status(folder.path(), "a.pem", &[]);
    assert_eq!(status, "listed");
    assert!(
        said.contains("warning: the trusted list of LT in"),
        "{said}"
    );
    let folder = listing(&certificates_of(&qwac(), 3)[1..2], NOW);
    let (_, said) = list_status(folder.path(), "a.pem", &[]);
    assert!(!said.contains("warning"), "{said}");
}

#[test]
fn a_broken_list_is_refused_in_its_own_place() {
    let folder = folder("version: 1\ntrust_anchors: [lists.yaml]\n");
    fs::write(
        folder.path().join("lists.yaml"),
        "version: 1\ntrusted_lists: []\nlist: []\n",
    )
    .unwrap();
    let (status, _, said) = run(folder.path(), &["check", "a.pem"]);
    assert_eq!(status, 2);
    assert!(said.contains("lists.yaml:3:1]"), "{said}");
}

#[test]
fn the_anchors_of_a_run_are_not_mended_by_it() {
    let folder = folder("version: 1\ntrust_anchors: [anchors/*.pem]\n");
    let path = folder.path().join("anchors/root.pem");
    let twice = fs::read_to_string(&path).unwrap().repeat(2);
    fs::write(&path, &twice).unwrap();
    let (_, _, said) = run(
        folder.path(),
        &["check", "--at", NOW, "--fix=all", "anchors/root.pem"],
    );
    assert!(
        said.contains("left anchors/root.pem: this run goes by what it holds"),
        "{said}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), twice);
    let (_, _, said) = run(folder.path(), &["check", "--at", NOW, "anchors/root.pem"]);
    assert!(!said.contains("would mend"), "{said}");
}
