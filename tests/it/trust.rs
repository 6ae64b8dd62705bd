//! `chainlint trust`: trusted lists from disk into a file, as a user meets it.

use std::fs;
use std::path::Path;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::support::certificate::Recipe;
use crate::support::name::Name;
use crate::support::program::{chainlint, folder, run};
use crate::support::trusted_list::{FOR_SIGNATURES, List, Service, TIME_STAMPS, WITHDRAWN};
use crate::support::{NOW, keys, pem};

/// A CA certificate, another for each label.
fn ca(label: &str) -> Vec<u8> {
    Recipe::ca(Name::new(label, "Trust Services AS"), keys::p256(label)).self_signed()
}

/// A list with one service of two certificates.
pub(crate) fn lithuania() -> List {
    List::of("LT", vec![Service::web("Web CA", &[ca("a"), ca("b")])])
}

/// A list with a namespace prefix and one service of one certificate.
pub(crate) fn estonia() -> List {
    List {
        prefix: "tsl:",
        sequence: 12,
        ..List::of("EE", vec![Service::web("Veebi CA", &[ca("c")])])
    }
}

/// Exit status, standard output, standard error of `trust import`, at a fixed instant.
fn import(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    run(
        folder,
        &[&["trust", "import", "--at", NOW], arguments].concat(),
    )
}

fn written(folder: &Path) -> String {
    fs::read_to_string(folder.join("trusted-lists.yaml")).unwrap()
}

#[test]
fn lists_are_taken_into_a_file_and_what_was_taken_is_said() {
    let mixed = List {
        services: vec![
            Service::web("Web CA", &[ca("a"), ca("b")]),
            Service {
                kind: TIME_STAMPS,
                ..Service::web("Time", &[ca("t")])
            },
            Service {
                status: WITHDRAWN,
                ..Service::web("Old", &[ca("o")])
            },
            Service {
                purpose: FOR_SIGNATURES,
                ..Service::web("Signatures", &[ca("s")])
            },
            Service::web("Broken", &[b"no certificate".to_vec()]),
        ],
        ..lithuania()
    };
    let folder = folder::<&str>(&[("LT.xml", &mixed.xml()), ("EE.xml", &estonia().xml())]);
    let (status, said, told) = import(folder.path(), &["LT.xml", "EE.xml"]);
    let digest = |list: &List| HEXLOWER.encode(&Sha256::digest(list.xml()));
    let wanted = format!(
        "LT: list 79 of Supervisory Body, from LT.xml\n  \
           issued 2026-07-01T00:00:00Z, next update 2027-01-01T00:00:00Z\n  \
           sha256 {}\n  \
           taken: 1 service with 2 certificates; the list names 5 providers\n  \
           passed over: 1 of another type, 1 not granted (withdrawn or the like), \
           1 not for website authentication, 1 without a readable certificate, \
           1 of their certificates unreadable\n\
         EE: list 12 of Supervisory Body, from EE.xml\n  \
           issued 2026-07-01T00:00:00Z, next update 2027-01-01T00:00:00Z\n  \
           sha256 {}\n  \
           taken: 1 service with 1 certificate; the list names 1 provider\n  \
           passed over: nothing\n\
         trusted-lists.yaml has 2 lists, 2 services\n",
        digest(&mixed),
        digest(&estonia())
    );
    assert_eq!(said, wanted);
    assert_eq!(
        told,
        "warning: the XML signature of the lists was not verified; fetch each list over https from \
         the address that https://ec.europa.eu/tools/lotl/eu-lotl.xml gives, and compare its sha256\n"
    );
    assert_eq!(status, 0);
    let text = written(folder.path());
    assert!(text.contains("# THE XML SIGNATURE OF THE LISTS WAS NOT VERIFIED."));
    for (label, taken) in [
        ("a", true),
        ("b", true),
        ("c", true),
        ("t", false),
        ("o", false),
        ("s", false),
    ] {
        let block = pem::chain(&[ca(label)]);
        let indented: String = block
            .lines()
            .map(|line| format!("            {line}\n"))
            .collect();
        assert_eq!(text.contains(&indented), taken, "{label}");
    }
}

#[test]
fn the_same_lists_in_any_order_make_the_same_file() {
    let folder = folder::<&str>(&[("LT.xml", &lithuania().xml()), ("EE.xml", &estonia().xml())]);
    import(folder.path(), &["LT.xml", "EE.xml"]);
    import(folder.path(), &["EE.xml", "LT.xml", "-o", "other.yaml"]);
    let other = fs::read_to_string(folder.path().join("other.yaml")).unwrap();
    assert_eq!(written(folder.path()), other);
}

#[test]
fn a_new_list_replaces_that_of_its_territory_and_keeps_the_others() {
    let newer = List {
        sequence: 80,
        services: vec![Service::web("New CA", &[ca("n")])],
        ..lithuania()
    };
    let folder = folder::<&str>(&[
        ("LT.xml", &lithuania().xml()),
        ("EE.xml", &estonia().xml()),
        ("newer.xml", &newer.xml()),
    ]);
    import(folder.path(), &["LT.xml", "EE.xml"]);
    let (status, said, told) = import(folder.path(), &["newer.xml"]);
    assert_eq!(status, 0);
    assert!(
        said.ends_with("trusted-lists.yaml has 2 lists, 2 services\n"),
        "{said}"
    );
    assert!(!told.contains("which is newer"), "{told}");
    let text = written(folder.path());
    assert!(text.contains("Veebi CA") && text.contains("New CA") && !text.contains("Web CA"));
    // Going back is allowed, and told.
    let (status, _, told) = import(folder.path(), &["LT.xml"]);
    assert_eq!(status, 0);
    let wanted = "warning: LT: list 79 replaces list 80, which is newer\n";
    assert!(told.starts_with(wanted), "{told}");
}

#[test]
fn an_expired_list_is_a_warning_and_so_is_one_of_another_scheme() {
    let expired = List {
        next_update: "2026-11-22T23:59:59Z",
        ..lithuania()
    };
    let closed = List {
        next_update: "",
        services: Vec::new(),
        kind: "national",
        ..estonia()
    };
    let folder = folder::<&str>(&[("LT.xml", &expired.xml()), ("EE.xml", &closed.xml())]);
    let (status, said, told) = import(folder.path(), &["LT.xml", "EE.xml"]);
    assert_eq!(status, 0);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(
        lines[..2],
        [
            "warning: LT: the list has expired, a newer one was due by 2026-11-22T23:59:59Z",
            "warning: EE: by its type, this is no national list under the EU's scheme",
        ]
    );
    assert_eq!(lines.len(), 3);
    assert!(
        said.contains("next update none, the scheme is closed"),
        "{said}"
    );
    let at = ["trust", "import", "--at", "2026-11-22T23:59:59Z", "LT.xml"];
    assert!(!run(folder.path(), &at).2.contains("expired"));
}

#[test]
fn that_nothing_is_taken_is_an_error_but_not_where_it_is_news() {
    let none = List {
        services: vec![Service {
            status: WITHDRAWN,
            ..Service::web("Old", &[ca("a")])
        }],
        sequence: 80,
        ..lithuania()
    };
    let folder = folder::<&str>(&[
        ("none.xml", &none.xml()),
        ("LT.xml", &lithuania().xml()),
        ("EE.xml", &estonia().xml()),
    ]);
    let (status, said, told) = import(folder.path(), &["none.xml"]);
    assert_eq!(status, 2);
    assert!(
        said.contains("passed over: 1 not granted (withdrawn or the like)"),
        "{said}"
    );
    assert!(
        told.starts_with(
            "error: there is no granted CA/QC service for website authentication in these lists; \
             nothing was written\n"
        ),
        "{told}"
    );
    assert!(!folder.path().join("trusted-lists.yaml").exists());
    assert_eq!(import(folder.path(), &["none.xml", "EE.xml"]).0, 0);
    // What is no longer granted must go from a file that has it.
    assert_eq!(import(folder.path(), &["LT.xml"]).0, 0);
    assert!(written(folder.path()).contains("Web CA"));
    assert_eq!(import(folder.path(), &["none.xml"]).0, 0);
    assert!(!written(folder.path()).contains("Web CA"));
}

#[test]
fn one_list_that_cannot_be_read_hides_no_other_and_nothing_is_written() {
    let lotl = List {
        kind: "EUlistofthelists",
        territory: "EU",
        ..lithuania()
    };
    let cut = estonia().xml();
    let folder = folder::<&str>(&[
        ("LT.xml", &lithuania().xml()),
        ("lotl.xml", &lotl.xml()),
        ("page.xml", "<!doctype html>\n<html></html>\n"),
        ("cut.xml", cut.split("</tsl:ServiceName>").next().unwrap()),
        ("again.xml", &lithuania().xml()),
    ]);
    fs::write(
        folder.path().join("latin.xml"),
        b"<TrustServiceStatusList>\xE9\xE9</TrustServiceStatusList>",
    )
    .unwrap();
    let files = [
        "LT.xml",
        "latin.xml",
        "lotl.xml",
        "page.xml",
        "cut.xml",
        "gone.xml",
        "again.xml",
    ];
    let (status, said, told) = import(folder.path(), &files);
    assert_eq!((status, said.as_str()), (2, ""));
    for wanted in [
        "the file is a list of trusted lists (LOTL); it names no services itself",
        "lotl.xml:6:",
        "the file is a web page (HTML), not a trusted list",
        // Of what is no list at all nothing is shown, not even where in it.
        "page.xml:1:1",
        "the file breaks off inside of",
        "the file is not UTF-8",
        "latin.xml:1:25",
        "`gone.xml` cannot be read: ",
        "command line:1:1",
        "`LT.xml` and `again.xml` are both lists of LT",
    ] {
        assert!(told.contains(wanted), "{wanted}\n{told}");
    }
    assert!(!folder.path().join("trusted-lists.yaml").exists());
}

#[test]
fn what_is_no_file_of_trusted_lists_is_left_as_it_is() {
    let folder = folder::<&str>(&[
        ("LT.xml", &lithuania().xml()),
        ("policy.yaml", "version: 1\nname: own\nrules: {}\n"),
        ("roots.pem", &pem::chain(&[ca("a")])),
    ]);
    for name in ["policy.yaml", "roots.pem", "LT.xml"] {
        let before = fs::read(folder.path().join(name)).unwrap();
        let (status, said, told) = import(folder.path(), &["LT.xml", "-o", name]);
        assert_eq!((status, said.as_str()), (2, ""), "{name}");
        let wanted =
            format!("error: {name} is there already and is no file of trusted lists (line ");
        assert!(told.starts_with(&wanted), "{told}");
        assert_eq!(fs::read(folder.path().join(name)).unwrap(), before);
    }
    let (status, _, told) = import(folder.path(), &["LT.xml", "-o", "nowhere/lists.yaml"]);
    assert_eq!(status, 2);
    assert!(
        told.contains("nowhere/lists.yaml cannot be written"),
        "{told}"
    );
    assert_eq!(import(folder.path(), &["LT.xml", "-o", "."]).0, 2);
    assert_eq!(import(folder.path(), &["LT.xml", "-o", "-"]).0, 2);
    // No file is left over from any of these.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn standard_input_is_read_where_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let output = chainlint(folder.path())
        .args(["trust", "import", "-", "--at", NOW])
        .write_stdin(lithuania().xml())
        .output()
        .unwrap();
    assert!(output.status.success());
    assert!(written(folder.path()).contains("territory: \"LT\""));
}

#[test]
fn hostile_names_reach_neither_terminal_nor_file() {
    let hostile = List {
        operator: "Body\u{202e}\u{7f}\n  next_update: null",
        services: vec![Service {
            provider: "\u{9b}31mred \"quoted\" \\ # {vars.x}",
            ..Service::web("&#27;[2J", &[ca("a")])
        }],
        ..lithuania()
    };
    let folder = folder::<&str>(&[("a.xml", &hostile.xml())]);
    let (status, said, told) = import(folder.path(), &["a.xml"]);
    assert_eq!(status, 0, "{told}");
    assert!(
        said.contains("Body\\u{202e}\\u{7f} next_update: null"),
        "{said}"
    );
    let (status, shown, told) = run(folder.path(), &["trust", "list", "--at", NOW]);
    assert_eq!(status, 0, "{told}");
    assert!(
        shown.contains("  \\u{9b}31mred \"quoted\" \\ # {vars.x}: \\u{1b}[2J, granted since"),
        "{shown}"
    );
    for text in [said, shown, told, written(folder.path())] {
        let hostile = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(!text.contains(hostile), "{text:?}");
    }
}

#[test]
fn entity_bombs_and_endless_nesting_are_refused_at_once() {
    let bomb =
        "<!DOCTYPE x [<!ENTITY a 'aaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><x>&b;</x>";
    let deep = lithuania().xml().replace(
        "<SchemeInformation>",
        &"<SchemeInformation>".repeat(100_000),
    );
    let folder = folder::<&str>(&[("bomb.xml", bomb), ("deep.xml", &deep)]);
    let (status, _, told) = import(folder.path(), &["bomb.xml", "deep.xml"]);
    assert_eq!(status, 2);
    assert!(
        told.contains("the file has a document type definition"),
        "{told}"
    );
    assert!(
        told.contains("elements are nested deeper than 64 levels"),
        "{told}"
    );
}

#[test]
fn what_a_file_holds_can_be_shown() {
    let folder = folder::<&str>(&[("LT.xml", &lithuania().xml())]);
    import(folder.path(), &["LT.xml"]);
    let at = |instant: &str| run(folder.path(), &["trust", "list", "--at", instant]);
    let (status, said, told) = at(NOW);
    assert_eq!((status, told.as_str()), (0, ""));
    assert!(
        said.starts_with("LT: list 79 of Supervisory Body, from LT.xml\n"),
        "{said}"
    );
    assert!(
        said.ends_with("  Trust Services AS: Web CA, granted since 2020-01-02T03:04:05Z\n"),
        "{said}"
    );
    assert!(
        at("2027-01-01T00:00:01Z")
            .2
            .contains("LT: the list has expired")
    );
    assert_eq!(run(folder.path(), &["trust", "list", "LT.xml"]).0, 2);
    assert_eq!(run(folder.path(), &["trust", "list", "gone.yaml"]).0, 2);
}

#[test]
fn the_file_fits_its_schema() {
    let folder = folder::<&str>(&[("LT.xml", &lithuania().xml()), ("EE.xml", &estonia().xml())]);
    import(folder.path(), &["LT.xml", "EE.xml"]);
    let schema = fs::read(crate::support::project("schema/trusted-lists.schema.json")).unwrap();
    let schema = serde_json::from_slice(&schema).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let text = written(folder.path());
    let document: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&document)
        .map(|e| e.to_string())
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    let expired = text.replace("version: 1", "version: 2");
    let document: serde_json::Value = serde_saphyr::from_str(&expired).unwrap();
    assert!(!validator.is_valid(&document));
}
