//! Files with private keys; made when the test runs, so that no key is ever committed.

use super::draft::{leaf_key, own_chain};
use super::{Case, fail, pass};
use crate::support::pem::OPENSSL;

/// A block of this label with the leaf's key in it, and then the chain.
fn before_chain(label: &'static str) -> impl Fn() -> Vec<u8> {
    move || {
        let key = match label {
            "RSA PRIVATE KEY" => leaf_key().private_pkcs1(),
            _ => leaf_key().private_pkcs8(),
        };
        [OPENSSL.block(label, &key).into_bytes(), own_chain().file()].concat()
    }
}

pub(super) fn cases() -> Vec<Case> {
    let rule = "pem-private-key";
    let labelled = |name: &'static str, made: &'static str, label: &'static str| {
        fail(rule, name, made, before_chain(label))
            .error()
            .line(1)
            .ephemeral()
    };
    vec![
        pass(rule, "certificates-alone", "Certificates alone.", || {
            own_chain().file()
        }),
        pass(
            rule,
            "public-key",
            "A public key stands before the chain.",
            || {
                let block = OPENSSL.block("PUBLIC KEY", &leaf_key().spki());
                [block.into_bytes(), own_chain().file()].concat()
            },
        ),
        labelled(
            "pkcs8",
            "A PKCS#8 key stands before the chain.",
            "PRIVATE KEY",
        ),
        labelled(
            "pkcs1",
            "A PKCS#1 key stands before the chain.",
            "RSA PRIVATE KEY",
        ),
        labelled(
            "ec",
            "A block labelled EC PRIVATE KEY stands before the chain.",
            "EC PRIVATE KEY",
        ),
        labelled(
            "encrypted",
            "A block labelled ENCRYPTED PRIVATE KEY stands before the chain.",
            "ENCRYPTED PRIVATE KEY",
        ),
        labelled(
            "openssh",
            "A block labelled OPENSSH PRIVATE KEY stands before the chain.",
            "OPENSSH PRIVATE KEY",
        ),
        labelled(
            "dsa",
            "A block labelled DSA PRIVATE KEY stands before the chain.",
            "DSA PRIVATE KEY",
        ),
        fail(
            rule,
            "at-the-end",
            "The key stands behind the chain.",
            || {
                let block = OPENSSL.block("PRIVATE KEY", &leaf_key().private_pkcs8());
                [own_chain().file(), block.into_bytes()].concat()
            },
        )
        .error()
        .ephemeral(),
        fail(
            rule,
            "unterminated",
            "The key's END line is missing.",
            || {
                let block = OPENSSL.block("PRIVATE KEY", &leaf_key().private_pkcs8());
                let cut = block.len() - "-----END PRIVATE KEY-----\n".len();
                [own_chain().file(), block.as_bytes()[..cut].to_vec()].concat()
            },
        )
        .error()
        .ephemeral(),
        fail(rule, "alone", "The key alone.", || {
            OPENSSL
                .block("PRIVATE KEY", &leaf_key().private_pkcs8())
                .into_bytes()
        })
        .error()
        .line(1)
        .ephemeral(),
        fail(rule, "der", "The key alone, in DER.", || {
            leaf_key().private_pkcs8()
        })
        .error()
        .ephemeral(),
    ]
}
