//! Keys, signature algorithms and serial numbers.

use dashu_int::UBig;

use super::draft::{Draft, leaf_key, own_chain, public_chain, root_key, three_certificates};
use super::{Case, fail, not_applicable, pass};
use crate::support::certificate::Recipe;
use crate::support::keys::{self, Key, Scheme};

fn leaf_with(key: Key) -> Vec<u8> {
    own_chain().leaf(|leaf| leaf.keyed(key)).file()
}

fn leaf_of(bits: usize) -> Vec<u8> {
    leaf_with(keys::rsa(bits, "leaf"))
}

fn leaf_with_exponent(exponent: u32) -> Vec<u8> {
    leaf_with(keys::rsa_with_exponent(
        "leaf",
        &UBig::from(exponent).to_be_bytes(),
    ))
}

/// Root and leaf with keys of this kind.
fn both(root: &Key, leaf: Key) -> Draft {
    own_chain()
        .root(|ca| ca.keyed(root.clone()))
        .leaf(|cert| cert.keyed(leaf))
}

fn signed(scheme: Scheme) -> Vec<u8> {
    own_chain()
        .leaf(|leaf| Recipe {
            scheme: Some(scheme),
            ..leaf
        })
        .file()
}

fn serial(octets: &'static [u8]) -> Vec<u8> {
    own_chain()
        .leaf(|leaf| Recipe {
            serial: octets.to_vec(),
            ..leaf
        })
        .file()
}

pub(super) fn cases() -> Vec<Case> {
    [sizes(), exponents(), weaknesses(), algorithms(), serials()]
        .into_iter()
        .flatten()
        .collect()
}

fn sizes() -> Vec<Case> {
    let kind = "key-algorithm";
    let least = "key-rsa-min-bits";
    let exact = "key-rsa-exact-bits";
    vec![
        pass(kind, "rsa", "Root and leaf have RSA keys.", || {
            own_chain().file()
        }),
        fail(
            kind,
            "p256-leaf",
            "The leaf has a P-256 key, the root an RSA key.",
            || leaf_with(keys::p256("leaf")),
        )
        .error()
        .certificate(1)
        .field("public_key"),
        fail(kind, "p384-both", "Root and leaf have P-384 keys.", || {
            both(&keys::p384("root"), keys::p384("leaf")).file()
        })
        .error()
        .certificate(1)
        .error()
        .certificate(2),
        fail(kind, "p521-both", "Root and leaf have P-521 keys.", || {
            both(&keys::p521("root"), keys::p521("leaf")).file()
        })
        .error()
        .certificate(1)
        .error()
        .certificate(2),
        fail(
            kind,
            "ed25519-both",
            "Root and leaf have Ed25519 keys.",
            || both(&keys::ed25519("root"), keys::ed25519("leaf")).file(),
        )
        .error()
        .certificate(1)
        .error()
        .certificate(2),
        not_applicable(
            kind,
            "public",
            "A public leaf with a P-256 key; the rule is for own roots.",
            || {
                public_chain()
                    .leaf(|leaf| leaf.keyed(keys::p256("leaf")))
                    .file()
            },
        ),
        pass(least, "2048", "The leaf's key has 2048 bits.", || {
            leaf_of(2048)
        }),
        pass(least, "2049", "The leaf's key has 2049 bits.", || {
            leaf_of(2049)
        }),
        fail(least, "2047", "The leaf's key has 2047 bits.", || {
            leaf_of(2047)
        })
        .error()
        .certificate(1)
        .field("public_key"),
        fail(least, "1024", "The leaf's key has 1024 bits.", || {
            leaf_of(1024)
        })
        .error()
        .certificate(1),
        fail(least, "root-1024", "The root's key has 1024 bits.", || {
            own_chain()
                .root(|root| root.keyed(keys::rsa(1024, "root")))
                .file()
        })
        .error()
        .certificate(2),
        not_applicable(least, "p256", "The leaf has a P-256 key.", || {
            leaf_with(keys::p256("leaf"))
        }),
        pass(exact, "2048", "The leaf's key has 2048 bits.", || {
            leaf_of(2048)
        }),
        fail(exact, "2049", "The leaf's key has 2049 bits.", || {
            leaf_of(2049)
        })
        .advice()
        .certificate(1)
        .field("public_key"),
        fail(exact, "3072", "The leaf's key has 3072 bits.", || {
            leaf_of(3072)
        })
        .advice()
        .certificate(1),
        fail(exact, "4096", "The leaf's key has 4096 bits.", || {
            leaf_of(4096)
        })
        .advice()
        .certificate(1),
        not_applicable(exact, "p256", "The leaf has a P-256 key.", || {
            leaf_with(keys::p256("leaf"))
        }),
    ]
}

fn exponents() -> Vec<Case> {
    let rule = "key-rsa-exponent";
    vec![
        pass(rule, "65537", "The leaf's exponent is 65537.", || {
            own_chain().file()
        }),
        pass(rule, "65539", "The leaf's exponent is 65539.", || {
            leaf_with_exponent(65_539)
        }),
        pass(
            rule,
            "longer-than-64-bits",
            "The leaf's exponent is 2^64 + 13.",
            || {
                let exponent = (UBig::ONE << 64) + 13_u32;
                leaf_with(keys::rsa_with_exponent("leaf", &exponent.to_be_bytes()))
            },
        ),
        fail(rule, "65535", "The leaf's exponent is 65535.", || {
            leaf_with_exponent(65_535)
        })
        .warning()
        .certificate(1)
        .field("public_key"),
        fail(rule, "3", "The leaf's exponent is 3.", || {
            leaf_with_exponent(3)
        })
        .warning()
        .certificate(1),
        fail(rule, "2", "The leaf's exponent is 2.", || {
            leaf_with_exponent(2)
        })
        .error()
        .certificate(1),
        fail(rule, "1", "The leaf's exponent is 1.", || {
            leaf_with_exponent(1)
        })
        .error()
        .certificate(1),
        fail(rule, "65538", "The leaf's exponent is 65538.", || {
            leaf_with_exponent(65_538)
        })
        .error()
        .certificate(1),
        not_applicable(rule, "p256", "The leaf has a P-256 key.", || {
            leaf_with(keys::p256("leaf"))
        }),
    ]
}

fn weaknesses() -> Vec<Case> {
    let rule = "key-weak";
    let reuse = "leaf-ca-key-reuse";
    vec![
        pass(rule, "sound", "The primes are random.", || {
            own_chain().file()
        }),
        pass(
            rule,
            "101-fermat-rounds",
            "Fermat's method takes 101 rounds to factor the leaf's key.",
            || leaf_with(keys::rsa_with_close_primes(101)),
        ),
        pass(
            rule,
            "factor-757",
            "The leaf's modulus is divisible by 757.",
            || leaf_with(keys::rsa_with_factor(757)),
        ),
        fail(
            rule,
            "100-fermat-rounds",
            "Fermat's method takes 100 rounds to factor the leaf's key.",
            || leaf_with(keys::rsa_with_close_primes(100)),
        )
        .error()
        .certificate(1)
        .field("public_key"),
        fail(
            rule,
            "1-fermat-round",
            "Fermat's method factors the leaf's key at once.",
            || leaf_with(keys::rsa_with_close_primes(1)),
        )
        .error()
        .certificate(1),
        fail(
            rule,
            "factor-751",
            "The leaf's modulus is divisible by 751.",
            || leaf_with(keys::rsa_with_factor(751)),
        )
        .error()
        .certificate(1),
        fail(rule, "factor-2", "The leaf's modulus is even.", || {
            leaf_with(keys::rsa_with_factor(2))
        })
        .error()
        .certificate(1),
        fail(
            rule,
            "roca",
            "The leaf's primes have the shape of ROCA (CVE-2017-15361).",
            || leaf_with(keys::rsa_in_the_shape_of_roca()),
        )
        .error()
        .certificate(1),
        not_applicable(rule, "p256", "The leaf has a P-256 key.", || {
            leaf_with(keys::p256("leaf"))
        }),
        pass(
            reuse,
            "a-key-for-each",
            "Root and leaf have a key each.",
            || own_chain().file(),
        ),
        fail(
            reuse,
            "root-and-leaf",
            "Root and leaf have the same key.",
            || leaf_with(root_key()),
        )
        .error()
        .certificate(1)
        .field("public_key"),
        fail(
            reuse,
            "intermediate-and-leaf",
            "Intermediate and leaf have the same key.",
            || {
                three_certificates()
                    .leaf(|leaf| leaf.keyed(super::draft::intermediate_key()))
                    .file()
            },
        )
        .error()
        .certificate(1),
    ]
}

fn algorithms() -> Vec<Case> {
    let rule = "signature-algorithm";
    let root_signs = |scheme| {
        own_chain()
            .root(move |root| Recipe {
                scheme: Some(scheme),
                ..root
            })
            .file()
    };
    let ec = |root: fn() -> Key| move || both(&root(), leaf_key()).file();
    vec![
        pass(
            rule,
            "rsa-sha256",
            "The leaf is signed with sha256WithRSAEncryption.",
            || signed(Scheme::Sha256),
        ),
        pass(
            rule,
            "rsa-sha384",
            "The leaf is signed with sha384WithRSAEncryption.",
            || signed(Scheme::Sha384),
        ),
        pass(
            rule,
            "rsa-sha512",
            "The leaf is signed with sha512WithRSAEncryption.",
            || signed(Scheme::Sha512),
        ),
        pass(
            rule,
            "pss",
            "The leaf is signed with RSASSA-PSS, SHA-256 and a salt of 32 octets.",
            || signed(Scheme::Pss(32)),
        ),
        pass(
            rule,
            "pss-odd-salt",
            "The leaf is signed with RSASSA-PSS, SHA-256 and a salt of 20 octets.",
            || signed(Scheme::Pss(20)),
        ),
        pass(
            rule,
            "ecdsa-p256",
            "A P-256 root signed the leaf with ecdsa-with-SHA256.",
            ec(|| keys::p256("root")),
        ),
        pass(
            rule,
            "ecdsa-p384",
            "A P-384 root signed the leaf with ecdsa-with-SHA384.",
            ec(|| keys::p384("root")),
        ),
        pass(
            rule,
            "ecdsa-p521",
            "A P-521 root signed the leaf with ecdsa-with-SHA512.",
            ec(|| keys::p521("root")),
        ),
        pass(
            rule,
            "ed25519",
            "An Ed25519 root signed the leaf.",
            ec(|| keys::ed25519("root")),
        ),
        fail(
            rule,
            "sha1-leaf",
            "The leaf is signed with sha1WithRSAEncryption.",
            || signed(Scheme::Sha1),
        )
        .error()
        .certificate(1)
        .field("signature_algorithm"),
        fail(
            rule,
            "md5-leaf",
            "The leaf is signed with md5WithRSAEncryption.",
            || signed(Scheme::Md5),
        )
        .error()
        .certificate(1),
        fail(
            rule,
            "sha1-intermediate",
            "The intermediate is signed with sha1WithRSAEncryption.",
            || {
                three_certificates()
                    .intermediate(|ca| Recipe {
                        scheme: Some(Scheme::Sha1),
                        ..ca
                    })
                    .file()
            },
        )
        .error()
        .certificate(2),
        fail(
            rule,
            "sha1-root",
            "The root's own signature is sha1WithRSAEncryption.",
            move || root_signs(Scheme::Sha1),
        )
        .warning()
        .certificate(2)
        .field("signature_algorithm"),
        fail(
            rule,
            "md5-root",
            "The root's own signature is md5WithRSAEncryption.",
            move || root_signs(Scheme::Md5),
        )
        .warning()
        .certificate(2),
    ]
}

fn serials() -> Vec<Case> {
    let rule = "serial-number";
    vec![
        pass(rule, "20-octets", "The leaf's serial number takes 20 octets.", || serial(&[0x5A; 20])),
        pass(rule, "17-octets", "The leaf's serial number has 128 bits, the highest set, and takes 17 octets.", || {
            serial(b"\x00\xC3\xC3\xC3\xC3\xC3\xC3\xC3\xC3\xC3\xC3\xC3\xC3\xC3\xC3\xC3\xC3")
        }),
        pass(rule, "64-bits", "The leaf's serial number has 64 bits.", || serial(b"\x00\x80\x01\x02\x03\x04\x05\x06\x07")),
        fail(rule, "21-octets", "The leaf's serial number takes 21 octets, the first a zero for the sign.", || {
            serial(b"\x00\xA5\xA5\xA5\xA5\xA5\xA5\xA5\xA5\xA5\xA5\xA5\xA5\xA5\xA5\xA5\xA5\xA5\xA5\xA5\xA5")
        })
        .error()
        .certificate(1)
        .field("serial_number"),
        fail(rule, "63-bits", "The leaf's serial number has 63 bits.", || serial(b"\x7F\x01\x02\x03\x04\x05\x06\x07"))
            .warning()
            .certificate(1)
            .field("serial_number"),
        fail(rule, "one", "The leaf's serial number is 1.", || serial(&[1])).warning().certificate(1),
        fail(rule, "zero", "The leaf's serial number is 0.", || serial(&[0])).error().certificate(1),
        fail(rule, "negative", "The leaf's serial number of 16 octets is negative.", || serial(&[0xA5; 16]))
            .error()
            .certificate(1),
        fail(rule, "root-zero", "The root's serial number is 0.", || {
            own_chain().root(|root| Recipe { serial: vec![0], ..root }).file()
        })
        .error()
        .certificate(2),
    ]
}
