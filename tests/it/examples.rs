//! The chains under `examples/`: generated like the cases, and each makes just the errors that it is for.

use std::fs;

use crate::cases::draft::{Draft, other_key, own_chain, three_certificates};
use crate::support::certificate::{
    Authority, COMMON_NAME, Extension, Name, ORGANIZATIONAL_UNIT, Recipe, SERVER_AUTH,
};
use crate::support::program::{check, findings, rules_of};
use crate::support::{files_below, keys, pem, project, update};

/// A chain that makes one mistake.
struct Mistake {
    folder: &'static str,
    /// What went wrong, a clause.
    what: &'static str,
    /// The rules that report it, errors and warnings, sorted.
    rules: &'static [&'static str],
    file: Vec<u8>,
}

/// The good chain: leaf and root of 825 and 3650 days.
fn good() -> Draft {
    own_chain().leaf(|leaf| {
        let subject = Name::new("acme-payments-prod", "Acme Payments");
        leaf.named(subject.with(ORGANIZATIONAL_UNIT, "Payments Team"))
            .days(825)
    })
}

fn text(draft: &Draft) -> String {
    String::from_utf8(draft.file()).unwrap()
}

fn mistakes() -> Vec<Mistake> {
    let stranger = Recipe::ca(
        Name::new("Acme Payments Old Root CA", "Acme Payments"),
        other_key(),
    );
    let certificates = good().certificates();
    let made_anew = {
        let leaf = good().leaf(|leaf| Recipe {
            authority: Authority::Absent,
            ..leaf
        });
        let root = good().root.keyed(other_key());
        pem::chain(&[leaf.certificates().remove(0), root.self_signed()])
    };
    vec![
        Mistake {
            folder: "reversed",
            what: "the root stands first",
            rules: &["chain-order"],
            file: good().file_of(&[2, 1]),
        },
        Mistake {
            folder: "leaf-alone",
            what: "`client-cert.pem` was handed over, not `client-chain.pem`",
            rules: &["chain-root-included"],
            file: good().file_of(&[1]),
        },
        Mistake {
            folder: "root-missing",
            what: "the file ends with the intermediate",
            rules: &["chain-root-included"],
            file: three_certificates().file_of(&[1, 2]),
        },
        Mistake {
            folder: "intermediate-missing",
            what: "the intermediate between leaf and root is not there",
            rules: &["chain-incomplete"],
            file: three_certificates().file_of(&[1, 3]),
        },
        Mistake {
            folder: "glued",
            what: "`cat` joined files without a final line break",
            rules: &["pem-format"],
            file: text(&good())
                .replace(
                    "-----END CERTIFICATE-----\n-----BEGIN",
                    "-----END CERTIFICATE----------BEGIN",
                )
                .into_bytes(),
        },
        Mistake {
            folder: "single-self-signed",
            what: "one self-signed certificate plays both roles, as `openssl req -x509` makes it",
            rules: &["chain-single-self-signed", "leaf-not-ca"],
            file: good().file_of(&[2]),
        },
        Mistake {
            folder: "expired",
            what: "the leaf expired in the summer",
            rules: &["cert-expired"],
            file: good()
                .leaf(|leaf| {
                    Recipe {
                        not_before: crate::support::instant("2024-07-01T00:00:00Z"),
                        ..leaf
                    }
                    .days(750)
                })
                .file(),
        },
        Mistake {
            folder: "root-made-anew",
            what: "the root was made anew under the same name after it had signed the leaf",
            rules: &["chain-signature"],
            file: made_anew.into_bytes(),
        },
        Mistake {
            folder: "short-key",
            what: "the leaf's RSA key has 1024 bits",
            rules: &["key-rsa-min-bits"],
            file: good()
                .leaf(|leaf| leaf.keyed(keys::rsa(1024, "leaf")))
                .file(),
        },
        Mistake {
            folder: "duplicate",
            what: "the root stands there twice",
            rules: &["chain-duplicate-certificate"],
            file: good().file_of(&[1, 2, 2]),
        },
        Mistake {
            folder: "stranger",
            what: "a former root that has nothing to do with the chain stands at the end",
            rules: &["chain-unrelated-certificate"],
            file: pem::chain(&[certificates.clone(), vec![stranger.self_signed()]].concat())
                .into_bytes(),
        },
        Mistake {
            folder: "placeholder",
            what: "MyCompany of ConnectPay's script was not replaced in the root",
            rules: &["company-name-root", "company-placeholder"],
            file: good()
                .root(|root| root.named(Name::new("MyCompany Root CA", "MyCompany")))
                .file(),
        },
        Mistake {
            folder: "lets-encrypt",
            what: "an intermediate with the name of one of Let's Encrypt's; the chain is made up",
            rules: &["issuer-denied"],
            file: three_certificates()
                .intermediate(|ca| ca.named(Name::new("R11", "Let's Encrypt")))
                .file(),
        },
        Mistake {
            folder: "ten-years",
            what: "the leaf is valid for 3650 days, as the root may be",
            rules: &["leaf-validity-range"],
            file: good().leaf(|leaf| leaf.days(3650)).file(),
        },
        Mistake {
            folder: "server-certificate",
            what: "the leaf is for servers alone",
            rules: &["leaf-client-auth"],
            file: good()
                .leaf(|leaf| leaf.with(Extension::extended_key_usage(&[SERVER_AUTH])))
                .file(),
        },
        Mistake {
            folder: "root-key-reused",
            what: "root and leaf were made from the same key file",
            rules: &["leaf-ca-key-reuse"],
            file: good()
                .leaf(|leaf| {
                    let key = good().root.key;
                    leaf.keyed(key)
                })
                .file(),
        },
        Mistake {
            folder: "no-common-name",
            what: "the leaf has no common name",
            rules: &["company-name-leaf", "leaf-common-name"],
            file: good()
                .leaf(|mut leaf| {
                    leaf.subject.0.retain(|part| part.0 != COMMON_NAME);
                    leaf
                })
                .file(),
        },
        Mistake {
            folder: "serial-number-one",
            what: "the leaf's serial number is 1",
            rules: &["serial-number"],
            file: good()
                .leaf(|leaf| Recipe {
                    serial: vec![1],
                    ..leaf
                })
                .file(),
        },
    ]
}

/// The table that `examples/mistakes/README.md` shows.
fn overview() -> String {
    let mut out = String::from(
        "# Common mistakes\n\nGenerated by tests/it/examples.rs. Each folder holds a chain that makes one mistake; try\n`chainlint check --at 2026-11-23T00:00:00Z examples/mistakes/reversed`. A chain file with a private key in it is\nthe worst of them, and not here: no key is committed to this repository.\n\n| folder | what went wrong | reported by |\n|---|---|---|\n",
    );
    for mistake in mistakes() {
        let rules: Vec<String> = mistake
            .rules
            .iter()
            .map(|rule| format!("`{rule}`"))
            .collect();
        out += &format!(
            "| {} | {} | {} |\n",
            mistake.folder,
            mistake.what,
            rules.join(", ")
        );
    }
    out
}

#[test]
fn the_committed_examples_are_those_that_are_generated() {
    let mut wanted = vec![
        ("examples/good/client-chain.pem".to_owned(), good().file()),
        (
            "examples/mistakes/README.md".to_owned(),
            overview().into_bytes(),
        ),
    ];
    for mistake in mistakes() {
        wanted.push((
            format!("examples/mistakes/{}/chain.pem", mistake.folder),
            mistake.file,
        ));
    }
    for (path, content) in &wanted {
        let path = project(path);
        if update() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, content).unwrap();
        }
        let committed = fs::read(&path).unwrap_or_default();
        assert!(
            committed == *content,
            "{} is stale: `UPDATE=1 cargo test` rewrites it",
            path.display()
        );
    }
    for file in files_below(&project("examples")) {
        let generated = file.extension().is_some_and(|extension| extension == "pem");
        let path = format!("examples/{}", file.display());
        assert!(
            !generated || wanted.iter().any(|(wanted, _)| *wanted == path),
            "{path} is in no table"
        );
    }
}

#[test]
fn the_good_example_has_no_finding() {
    // By the built-in policy, and by the config that lies beside it.
    for (folder, arguments) in [
        ("", &["--no-config", "examples/good"][..]),
        ("examples", &["good"]),
    ] {
        let (report, status) = check(&project(folder), arguments);
        assert!(findings(&report).is_empty(), "{report:#}");
        assert_eq!(status, 0);
    }
}

#[test]
fn each_mistake_is_reported_by_its_rules_and_no_others() {
    for mistake in mistakes() {
        let file = format!("examples/mistakes/{}/chain.pem", mistake.folder);
        let (report, _) = check(&project(""), &["--no-config", &file]);
        let mut rules = [rules_of(&report, "error"), rules_of(&report, "warning")].concat();
        rules.sort();
        assert_eq!(rules, mistake.rules, "{}", mistake.folder);
    }
}

#[test]
fn the_in_house_policy_adds_its_own_rules() {
    let file = "mistakes/leaf-alone/chain.pem";
    let arguments = [
        "--no-config",
        "--policy",
        "policies/acme-internal.yaml",
        file,
    ];
    let (report, _) = check(&project("examples"), &arguments);
    assert_eq!(rules_of(&report, "error"), ["chain-root-included"]);
    let scratch = tempfile::tempdir().unwrap();
    fs::write(
        scratch.path().join("chain.pem"),
        own_chain().leaf(|leaf| leaf.days(826)).file(),
    )
    .unwrap();
    let policy = project("examples/policies/acme-internal.yaml");
    let arguments = [
        "--no-config",
        "--policy",
        policy.to_str().unwrap(),
        "chain.pem",
    ];
    let (report, status) = check(scratch.path(), &arguments);
    assert_eq!(
        rules_of(&report, "error"),
        ["acme-team", "leaf-validity-range"]
    );
    assert_eq!(status, 1);
}
