//! Who issued a chain.

use super::draft::{Draft, other_key, own_chain, public_chain, three_certificates};
use super::{Case, fail, not_applicable, pass};
use crate::support::certificate::Recipe;
use crate::support::extension::{CLIENT_AUTH, Extension, SERVER_AUTH};
use crate::support::name::{COMMON_NAME, COUNTRY, Name, ORGANIZATION, ORGANIZATIONAL_UNIT};
use crate::support::oid;
use crate::support::program::{chainlint, json};
use crate::support::{instant, pem, qc};

/// Three certificates whose intermediate has this name.
fn issued_by(name: Name) -> Draft {
    three_certificates().intermediate(|ca| ca.named(name))
}

fn leaf_with(extension: Extension) -> Vec<u8> {
    own_chain().leaf(|leaf| leaf.with(extension)).file()
}

/// DigiCert Global Root G2 as public stores have it.
fn known_root() -> Vec<u8> {
    let name: &[u8] = b"DigiCert Global Root G2";
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
    let mut found = roots.filter(|root| root.windows(name.len()).any(|window| window == name));
    found.next().unwrap().to_vec()
}

fn known_root_name() -> Name {
    let name = Name(vec![(
        COUNTRY,
        crate::support::der::PRINTABLE_STRING,
        "US".to_owned(),
    )]);
    let parts = [
        (ORGANIZATION, "DigiCert Inc"),
        (ORGANIZATIONAL_UNIT, "www.digicert.com"),
    ];
    let name = parts
        .into_iter()
        .fold(name, |name, (oid, text)| name.with(oid, text));
    name.with(COMMON_NAME, "DigiCert Global Root G2")
}

pub(super) fn cases() -> Vec<Case> {
    [denied(), recognised()].into_iter().flatten().collect()
}

fn denied() -> Vec<Case> {
    let rule = "issuer-denied";
    vec![
        pass(rule, "own-root", "An own root.", || own_chain().file()),
        pass(
            rule,
            "digicert-name",
            "The intermediate's O is DigiCert Inc.",
            || {
                issued_by(Name::new(
                    "DigiCert TLS RSA SHA256 2020 CA1",
                    "DigiCert Inc",
                ))
                .file()
            },
        ),
        pass(
            rule,
            "leaf-subject",
            "The leaf is called Let's Encrypt client; leaves' names do not count.",
            || {
                own_chain()
                    .leaf(|leaf| leaf.named(Name::new("Let's Encrypt client", "Let's Encrypt")))
                    .file()
            },
        ),
        fail(
            rule,
            "lets-encrypt-intermediate",
            "The intermediate is CN=R11, O=Let's Encrypt.",
            || issued_by(Name::new("R11", "Let's Encrypt")).file(),
        )
        .error()
        .certificate(2)
        .field("subject"),
        fail(
            rule,
            "lets-encrypt-leaf-alone",
            "The leaf alone, issued by CN=YR2, O=Let's Encrypt.",
            || issued_by(Name::new("YR2", "Let's Encrypt")).file_of(&[1]),
        )
        .error()
        .certificate(1)
        .field("issuer"),
        fail(rule, "isrg-root", "The root is CN=Root YR, O=ISRG.", || {
            own_chain()
                .root(|root| root.named(Name::new("Root YR", "ISRG")))
                .file()
        })
        .error()
        .certificate(2),
        fail(
            rule,
            "letter-case",
            "The intermediate's O is LET'S ENCRYPT.",
            || issued_by(Name::new("X", "LET'S ENCRYPT")).file(),
        )
        .error()
        .certificate(2),
        fail(
            rule,
            "staging",
            "The intermediate is CN=(STAGING) Counterfeit Cashew R10, O=(STAGING) Let's Encrypt.",
            || {
                issued_by(Name::new(
                    "(STAGING) Counterfeit Cashew R10",
                    "(STAGING) Let's Encrypt",
                ))
                .file()
            },
        )
        .error()
        .certificate(2),
        fail(
            rule,
            "crl-host",
            "The leaf's CRL lies at r11.c.lencr.org.",
            || leaf_with(Extension::crl("http://r11.c.lencr.org/17.crl")),
        )
        .error()
        .certificate(1)
        .field("crl_distribution_points"),
        fail(
            rule,
            "aia-host",
            "The leaf's issuer is to be fetched from r11.i.lencr.org.",
            || leaf_with(Extension::ca_issuers("http://r11.i.lencr.org/")),
        )
        .error()
        .certificate(1)
        .field("authority_information_access"),
        pass(
            rule,
            "similar-host",
            "The leaf's CRL lies at lencr.org.example.com.",
            || leaf_with(Extension::crl("http://lencr.org.example.com/17.crl")),
        ),
        fail(
            rule,
            "cloudflare-origin",
            "The root has the name of Cloudflare's Origin CA.",
            || {
                let name = Name::new("", "CloudFlare, Inc.").with(
                    ORGANIZATIONAL_UNIT,
                    "CloudFlare Origin SSL Certificate Authority",
                );
                own_chain().root(|root| root.named(name)).file()
            },
        )
        .error()
        .certificate(2)
        .error()
        .certificate(2),
        fail(
            rule,
            "cloudflare-public",
            "The intermediate is CN=Cloudflare TLS Issuing ECC CA 1, O=SSL Corporation.",
            || {
                issued_by(Name::new(
                    "Cloudflare TLS Issuing ECC CA 1",
                    "SSL Corporation",
                ))
                .file()
            },
        )
        .error()
        .certificate(2),
    ]
}

fn recognised() -> Vec<Case> {
    let rule = "issuer-not-recognised";
    vec![
        pass(
            rule,
            "root-alone",
            "DigiCert Global Root G2 alone, as public stores have it.",
            || pem::chain(&[known_root()]).into_bytes(),
        ),
        pass(
            rule,
            "known-root",
            "A leaf that names DigiCert Global Root G2 as its issuer, and that root; the signature is another rule's matter.",
            || {
                let stand_in = Recipe::ca(known_root_name(), other_key());
                let leaf = public_chain().leaf.sign(&stand_in);
                pem::chain(&[leaf, known_root()]).into_bytes()
            },
        ),
        fail(
            rule,
            "unknown-root",
            "The leaf has a policy of the CA/B Forum, and no store knows its root.",
            || public_chain().file(),
        )
        .warning()
        .certificate(2),
        fail(
            rule,
            "scts",
            "The leaf has embedded SCTs, and no store knows its root.",
            || leaf_with(Extension::scts()),
        )
        .warning()
        .certificate(2),
        fail(
            rule,
            "impostor",
            "The root bears the name of DigiCert Global Root G2 over another key.",
            || {
                public_chain()
                    .root(|root| root.named(known_root_name()))
                    .file()
            },
        )
        .warning()
        .certificate(2),
        fail(
            rule,
            "impostor-private",
            "An own root bears the name of DigiCert Global Root G2; the chain claims nothing else.",
            || {
                own_chain()
                    .root(|root| Recipe {
                        subject: known_root_name(),
                        ..root
                    })
                    .file()
            },
        )
        .warning()
        .certificate(2)
        .field("issuer"),
        not_applicable(
            rule,
            "private",
            "An own root, which claims nothing.",
            || own_chain().file(),
        ),
        not_applicable(
            rule,
            "qwac",
            "The leaf has the QcType web: its root need not be in browsers' stores.",
            || leaf_with(qc::extension(&[qc::types(&[qc::WEB])])),
        ),
    ]
}

/// A chain with the looks of a public CA's: names of its issuing CA and root, a DV policy, SCTs. The keys are
/// ours.
fn looking_like(issuing: Name, root: Name, days: i64) -> Draft {
    let purposes = [SERVER_AUTH, CLIENT_AUTH];
    three_certificates()
        .leaf(|leaf| {
            Recipe {
                not_before: instant("2026-11-01T00:00:00Z"),
                ..leaf
            }
            .days(days)
            .with(Extension::extended_key_usage(&purposes))
            .with(Extension::policies(&[oid("2.23.140.1.2.1")]))
            .with(Extension::scts())
            .with(Extension::hosts(&["client.acme.example"]))
        })
        .intermediate(|ca| ca.named(issuing))
        .root(|ca| ca.named(root))
}

/// The rules that a file breaks under the production policy.
fn rules(file: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pem");
    std::fs::write(&path, file).unwrap();
    pass("issuer-denied", "any", "Any.", Vec::new).rules(&path)
}

fn ending(file: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.pem"), file).unwrap();
    let output = chainlint(folder.path())
        .args(["inspect", "--format", "json", "a.pem"])
        .output()
        .unwrap();
    let chain = &json(&output)["chain"];
    let word = |name: &str| chain[name].as_str().unwrap().to_owned();
    format!("{} {}", word("class"), word("ending_kind"))
}

#[test]
fn chains_that_look_like_those_of_public_cas_are_told_apart() {
    let digicert = Name::new("DigiCert Global G2 TLS RSA SHA256 2020 CA1", "DigiCert Inc");
    let sectigo = Name::new(
        "Sectigo Public Server Authentication CA DV R36",
        "Sectigo Limited",
    );
    let lets_encrypt = Name::new("R12", "Let's Encrypt");
    let isrg = Name::new("ISRG Root X1", "Internet Security Research Group");
    let unknown = || Name::new("Some Public Root", "Some CA Inc");

    let impostor = looking_like(digicert.clone(), known_root_name(), 199).file();
    assert_eq!(rules(&impostor), ["issuer-not-recognised"]);
    assert_eq!(ending(&impostor), "public impostor");
    for issuing in [digicert, sectigo] {
        let file = looking_like(issuing, unknown(), 199).file();
        assert_eq!(rules(&file), ["issuer-not-recognised"]);
        assert_eq!(ending(&file), "public unknown");
    }
    let file = looking_like(lets_encrypt, isrg, 90).file();
    assert_eq!(
        rules(&file),
        ["issuer-denied", "issuer-not-recognised", "leaf-short-lived"]
    );
}

#[test]
fn each_kind_of_root_is_an_ending_of_its_own() {
    let store = pem::chain(&[known_root()]).into_bytes();
    assert_eq!(ending(&store), "public known_root");
    assert_eq!(ending(&own_chain().file()), "private unknown");
    let impostor = own_chain().root(|root| root.named(known_root_name()));
    assert_eq!(ending(&impostor.file()), "private impostor");
}
