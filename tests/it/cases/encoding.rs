//! The DER inside of the blocks.

use super::draft::{Draft, own_chain, root_key};
use super::{Case, fail, pass};
use crate::support::certificate::Recipe;
use crate::support::extension::{Extension, KEY_USAGE};
use crate::support::keys::Scheme;
use crate::support::oid;
use crate::support::{der, pem};

fn leaf(change: impl FnOnce(Recipe) -> Recipe) -> Draft {
    own_chain().leaf(change)
}

/// The chain with the leaf's DER changed after it was signed.
fn damaged(damage: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut certificates = own_chain().certificates();
    damage(&mut certificates[0]);
    pem::chain(&certificates).into_bytes()
}

pub(super) fn cases() -> Vec<Case> {
    [encodings(), versions()].into_iter().flatten().collect()
}

fn encodings() -> Vec<Case> {
    let rule = "cert-encoding";
    vec![
        pass(rule, "plain", "Nothing is wrong.", || own_chain().file()),
        pass(
            rule,
            "unknown-extension",
            "The leaf has an extension that nobody knows.",
            || {
                leaf(|leaf| leaf.with(Extension::new(oid("1.3.6.1.4.1.55555.1"), der::null())))
                    .file()
            },
        ),
        pass(
            rule,
            "generalized-time",
            "The root is valid until 2060, which takes a GeneralizedTime.",
            || own_chain().root(|root| root.days(12_400)).file(),
        ),
        fail(
            rule,
            "trailing-octets",
            "Two octets follow the leaf inside its block.",
            || {
                leaf(|leaf| Recipe {
                    trailing: vec![0, 0],
                    ..leaf
                })
                .file()
            },
        )
        .error(),
        fail(
            rule,
            "truncated",
            "The leaf's last 16 octets are missing.",
            || damaged(|der| der.truncate(der.len() - 16)),
        )
        .error(),
        fail(
            rule,
            "not-a-certificate",
            "The first block holds a sequence of two integers.",
            || damaged(|der| *der = der::sequence([der::small(1), der::small(2)])),
        )
        .error(),
        fail(
            rule,
            "random-octets",
            "The first block holds 300 octets that are no DER.",
            || damaged(|der| *der = vec![0xFF; 300]),
        )
        .error(),
        fail(
            rule,
            "malformed-extension",
            "The leaf's keyUsage holds an INTEGER.",
            || leaf(|leaf| leaf.with(Extension::critical(KEY_USAGE, der::small(5)))).file(),
        )
        .error()
        .certificate(1),
        fail(
            rule,
            "two-algorithms",
            "The signature algorithm outside of the signed part is another one.",
            || {
                leaf(|leaf| Recipe {
                    outer_algorithm: Some(root_key().algorithm(Scheme::Sha512)),
                    ..leaf
                })
                .file()
            },
        )
        .error()
        .certificate(1),
        fail(
            rule,
            "extension-twice",
            "The leaf has its extendedKeyUsage twice.",
            || {
                leaf(|mut leaf| {
                    let again = leaf.extensions[2].clone();
                    leaf.extensions.push(again);
                    leaf
                })
                .file()
            },
        )
        .error()
        .certificate(1),
    ]
}

fn versions() -> Vec<Case> {
    let rule = "cert-version";
    let version = |version| leaf(|leaf| Recipe { version, ..leaf }).file();
    vec![
        pass(rule, "3", "All certificates are of version 3.", || {
            own_chain().file()
        }),
        fail(
            rule,
            "1",
            "The leaf has no version field, which is version 1, and no extensions.",
            move || version(None),
        )
        .error()
        .certificate(1),
        fail(rule, "2", "The leaf is of version 2.", move || {
            version(Some(1))
        })
        .error()
        .certificate(1)
        .field("version"),
        fail(
            rule,
            "4",
            "The leaf is of version 4, which there is not.",
            move || version(Some(3)),
        )
        .error()
        .certificate(1),
        fail(rule, "root-1", "The root is of version 1.", || {
            own_chain()
                .root(|root| Recipe {
                    version: None,
                    ..root
                })
                .file()
        })
        .error()
        .certificate(2),
    ]
}
