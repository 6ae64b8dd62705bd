//! How the certificates of a file belong together.

use super::draft::{
    Draft, intermediate_key, leaf_key, other_key, own_chain, root_key, three_certificates,
};
use super::{Case, fail, not_applicable, pass};
use crate::support::certificate::{Authority, Recipe};
use crate::support::extension::Extension;
use crate::support::name::Name;
use crate::support::{keys, pem};

fn file(certificates: &[Vec<u8>]) -> Vec<u8> {
    pem::chain(certificates).into_bytes()
}

/// Leaf, intermediate, root and then another certificate.
fn followed_by(other: Vec<u8>) -> Vec<u8> {
    let mut certificates = three_certificates().certificates();
    certificates.push(other);
    file(&certificates)
}

fn globex() -> Draft {
    Draft {
        leaf: Recipe::leaf(Name::new("globex-prod", "Globex"), other_key()),
        intermediate: None,
        root: Recipe::ca(
            Name::new("Globex Root CA", "Globex"),
            keys::rsa(2048, "globex root"),
        ),
    }
}

/// The leaf with the root of the same name that was made anew.
fn root_made_anew(draft: &Draft) -> Vec<u8> {
    let mut certificates = draft.certificates();
    let last = certificates.len() - 1;
    certificates[last] = draft.root.clone().keyed(other_key()).self_signed();
    file(&certificates)
}

pub(super) fn cases() -> Vec<Case> {
    [
        orders(),
        gaps(),
        signatures(),
        extras(),
        lengths(),
        constraints(),
        identifiers(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn orders() -> Vec<Case> {
    let rule = "chain-order";
    let of = |numbers: &'static [usize]| move || three_certificates().file_of(numbers);
    vec![
        pass(rule, "two", "Leaf, root.", || own_chain().file()),
        pass(rule, "three", "Leaf, intermediate, root.", || {
            three_certificates().file()
        }),
        fail(rule, "two-reversed", "Root, leaf.", || {
            own_chain().file_of(&[2, 1])
        })
        .error(),
        fail(
            rule,
            "three-reversed",
            "Root, intermediate, leaf.",
            of(&[3, 2, 1]),
        )
        .error(),
        fail(
            rule,
            "root-in-the-middle",
            "Leaf, root, intermediate.",
            of(&[1, 3, 2]),
        )
        .error(),
        fail(
            rule,
            "root-first",
            "Root, leaf, intermediate.",
            of(&[3, 1, 2]),
        )
        .error(),
        fail(
            rule,
            "intermediate-first",
            "Intermediate, leaf, root.",
            of(&[2, 1, 3]),
        )
        .error(),
        fail(
            rule,
            "leaf-last",
            "Intermediate, root, leaf.",
            of(&[2, 3, 1]),
        )
        .error(),
        not_applicable(rule, "one", "The leaf alone.", || own_chain().file_of(&[1])),
    ]
}

fn gaps() -> Vec<Case> {
    let included = "chain-root-included";
    let complete = "chain-incomplete";
    let single = "chain-single-self-signed";
    vec![
        pass(included, "two", "Leaf, root.", || own_chain().file()),
        pass(
            included,
            "reversed",
            "Root, leaf: the root is there, if not at the end.",
            || own_chain().file_of(&[2, 1]),
        ),
        fail(included, "leaf-alone", "The leaf alone.", || {
            own_chain().file_of(&[1])
        })
        .error()
        .certificate(1)
        .field("issuer"),
        fail(included, "no-root", "Leaf, intermediate.", || {
            three_certificates().file_of(&[1, 2])
        })
        .error()
        .certificate(2)
        .field("issuer"),
        fail(
            included,
            "bad-signature",
            "The root's own signature is damaged.",
            || {
                own_chain()
                    .root(|root| Recipe {
                        break_signature: true,
                        ..root
                    })
                    .file()
            },
        )
        .error()
        .certificate(2)
        .field("signature"),
        pass(complete, "three", "Leaf, intermediate, root.", || {
            three_certificates().file()
        }),
        pass(
            complete,
            "no-root",
            "Leaf, intermediate: the root is missing, which is another rule's matter.",
            || three_certificates().file_of(&[1, 2]),
        ),
        fail(
            complete,
            "no-intermediate",
            "Leaf, root; the intermediate between them is missing.",
            || three_certificates().file_of(&[1, 3]),
        )
        .error()
        .certificate(1)
        .field("issuer"),
        fail(
            complete,
            "foreign-root",
            "The leaf with the root of another company.",
            || {
                file(&[
                    own_chain().certificates().remove(0),
                    globex().certificates().remove(1),
                ])
            },
        )
        .error()
        .certificate(1),
        pass(single, "two", "Leaf, root.", || own_chain().file()),
        pass(
            single,
            "leaf-alone",
            "The leaf alone: not self-signed.",
            || own_chain().file_of(&[1]),
        ),
        fail(
            single,
            "ca-true",
            "One self-signed certificate, as `openssl req -x509` makes it.",
            || own_chain().file_of(&[2]),
        )
        .error()
        .certificate(1),
        fail(
            single,
            "ca-false",
            "One self-signed certificate that says CA:FALSE.",
            || file(&[own_chain().leaf.self_signed()]),
        )
        .error()
        .certificate(1),
    ]
}

fn signatures() -> Vec<Case> {
    let rule = "chain-signature";
    let by = |root: fn() -> keys::Key| move || own_chain().root(|ca| ca.keyed(root())).file();
    vec![
        pass(rule, "rsa", "An RSA root signed the leaf.", || {
            own_chain().file()
        }),
        pass(
            rule,
            "rsa-1024",
            "A root with an RSA key of 1024 bits signed the leaf with SHA-256.",
            by(|| keys::rsa(1024, "root")),
        ),
        pass(
            rule,
            "p256",
            "A P-256 root signed the leaf.",
            by(|| keys::p256("root")),
        ),
        pass(
            rule,
            "p384",
            "A P-384 root signed the leaf.",
            by(|| keys::p384("root")),
        ),
        pass(
            rule,
            "p521",
            "A P-521 root signed the leaf.",
            by(|| keys::p521("root")),
        ),
        pass(
            rule,
            "ed25519",
            "An Ed25519 root signed the leaf.",
            by(|| keys::ed25519("root")),
        ),
        pass(
            rule,
            "sha1",
            "The leaf is signed with SHA-1, which another rule refuses.",
            || {
                own_chain()
                    .leaf(|leaf| Recipe {
                        scheme: Some(keys::Scheme::Sha1),
                        ..leaf
                    })
                    .file()
            },
        ),
        pass(
            rule,
            "md5",
            "The leaf is signed with MD5, which another rule refuses.",
            || {
                own_chain()
                    .leaf(|leaf| Recipe {
                        scheme: Some(keys::Scheme::Md5),
                        ..leaf
                    })
                    .file()
            },
        ),
        pass(
            rule,
            "pss-odd-salt",
            "The leaf is signed with RSASSA-PSS and a salt of 20 octets.",
            || {
                own_chain()
                    .leaf(|leaf| Recipe {
                        scheme: Some(keys::Scheme::Pss(20)),
                        ..leaf
                    })
                    .file()
            },
        ),
        fail(
            rule,
            "damaged",
            "The last bit of the leaf's signature is inverted.",
            || {
                own_chain()
                    .leaf(|leaf| Recipe {
                        break_signature: true,
                        ..leaf
                    })
                    .file()
            },
        )
        .error()
        .certificate(1)
        .field("signature"),
        fail(
            rule,
            "root-made-anew",
            "The root was made anew under its name after it had signed the leaf.",
            || {
                let plain = |recipe: Recipe| Recipe {
                    authority: Authority::Absent,
                    ..recipe
                };
                root_made_anew(&own_chain().leaf(plain))
            },
        )
        .error()
        .certificate(1),
        fail(
            rule,
            "intermediate",
            "The last bit of the intermediate's signature is inverted.",
            || {
                three_certificates()
                    .intermediate(|ca| Recipe {
                        break_signature: true,
                        ..ca
                    })
                    .file()
            },
        )
        .error()
        .certificate(2),
        not_applicable(rule, "one", "The leaf alone.", || own_chain().file_of(&[1])),
    ]
}

fn extras() -> Vec<Case> {
    let unrelated = "chain-unrelated-certificate";
    let leaves = "chain-multiple-leaves";
    let twice = "chain-duplicate-certificate";
    vec![
        pass(unrelated, "three", "Leaf, intermediate, root.", || {
            three_certificates().file()
        }),
        fail(
            unrelated,
            "root-of-another",
            "The root of another company stands at the end.",
            || followed_by(globex().certificates().remove(1)),
        )
        .error()
        .certificate(4),
        fail(
            unrelated,
            "cross-signed",
            "The intermediate stands there again, signed by another root.",
            || {
                let draft = three_certificates();
                followed_by(draft.intermediate.unwrap().sign(&globex().root))
            },
        )
        .error()
        .certificate(4),
        fail(
            unrelated,
            "renewed-root",
            "The root's expired certificate stands before its renewal.",
            || {
                let draft = three_certificates();
                let mut certificates = draft.certificates();
                certificates.insert(2, draft.root.clone().days(100).self_signed());
                file(&certificates)
            },
        )
        .error()
        .certificate(3),
        pass(leaves, "one", "Leaf, intermediate, root.", || {
            three_certificates().file()
        }),
        fail(leaves, "same-ca", "Two leaves of one root.", || {
            let draft = own_chain();
            let second = Recipe::leaf(
                Name::new("acme-payments-batch", "Acme Payments"),
                other_key(),
            );
            let [leaf, root] = draft.certificates().try_into().unwrap();
            file(&[leaf, second.sign(&draft.root), root])
        })
        .error()
        .certificate(2),
        fail(
            leaves,
            "two-chains",
            "The chains of two companies one after the other.",
            || file(&[own_chain().certificates(), globex().certificates()].concat()),
        )
        .error()
        .certificate(3),
        pass(twice, "once", "Leaf, intermediate, root.", || {
            three_certificates().file()
        }),
        fail(twice, "root", "The root stands at the end twice.", || {
            own_chain().file_of(&[1, 2, 2])
        })
        .warning()
        .certificate(3),
        fail(twice, "leaf", "The leaf stands there twice.", || {
            own_chain().file_of(&[1, 1, 2])
        })
        .warning()
        .certificate(2),
        fail(twice, "all", "The whole chain stands there twice.", || {
            own_chain().file_of(&[1, 2, 1, 2])
        })
        .warning()
        .certificate(3)
        .warning()
        .certificate(4),
    ]
}

fn lengths() -> Vec<Case> {
    let rule = "chain-path-length";
    let root_allows =
        |below| three_certificates().root(|root| root.with(Extension::ca(Some(below))));
    vec![
        pass(rule, "unbounded", "No CA has a pathLenConstraint.", || {
            three_certificates().file()
        }),
        pass(
            rule,
            "root-1-below-it-1",
            "The root allows one intermediate, and there is one.",
            move || root_allows(1).file(),
        ),
        pass(
            rule,
            "issuing-ca-0",
            "The CA that issued the leaf allows no intermediate below it.",
            || {
                three_certificates()
                    .intermediate(|ca| ca.with(Extension::ca(Some(0))))
                    .file()
            },
        ),
        fail(
            rule,
            "root-0-below-it-1",
            "The root allows no intermediate, and there is one.",
            move || root_allows(0).file(),
        )
        .error()
        .certificate(3)
        .field("basic_constraints"),
        not_applicable(rule, "leaf-alone", "The leaf alone.", || {
            own_chain().file_of(&[1])
        }),
    ]
}

fn constraints() -> Vec<Case> {
    let rule = "chain-name-constraints";
    let made = |permitted: &'static [&'static str],
                excluded: &'static [&'static str],
                host: &'static str| {
        move || {
            own_chain()
                .root(|root| root.with(Extension::name_constraints(permitted, excluded)))
                .leaf(|leaf| leaf.with(Extension::hosts(&[host])))
                .file()
        }
    };
    let permits: &[&str] = &["example.com"];
    vec![
        pass(rule, "none", "No CA constrains names.", || {
            own_chain().file()
        }),
        pass(
            rule,
            "permitted",
            "The root permits example.com, and the leaf is for a.example.com.",
            made(permits, &[], "a.example.com"),
        ),
        pass(
            rule,
            "permitted-itself",
            "The root permits example.com, and the leaf is for it.",
            made(permits, &[], "example.com"),
        ),
        pass(
            rule,
            "not-excluded",
            "The root excludes example.com, and the leaf is for example.org.",
            made(&[], permits, "example.org"),
        ),
        fail(
            rule,
            "not-permitted",
            "The root permits example.com, and the leaf is for example.org.",
            made(permits, &[], "example.org"),
        )
        .error()
        .certificate(1)
        .field("subject_alternative_name"),
        fail(
            rule,
            "similar-host",
            "The root permits example.com, and the leaf is for badexample.com.",
            made(permits, &[], "badexample.com"),
        )
        .error()
        .certificate(1),
        fail(
            rule,
            "excluded",
            "The root excludes example.com, and the leaf is for a.example.com.",
            made(&[], permits, "a.example.com"),
        )
        .error()
        .certificate(1),
    ]
}

fn identifiers() -> Vec<Case> {
    let rule = "chain-key-identifiers";
    let authority =
        |authority: Authority| own_chain().leaf(|leaf| Recipe { authority, ..leaf }).file();
    vec![
        pass(
            rule,
            "equal",
            "The leaf names the root's key as the root does.",
            || own_chain().file(),
        ),
        pass(
            rule,
            "leaf-without",
            "The leaf does not name its issuer's key.",
            move || authority(Authority::Absent),
        ),
        pass(
            rule,
            "root-without",
            "The root does not name its key.",
            || {
                let identifier = root_key().identifier();
                own_chain()
                    .root(|root| root.without(crate::support::extension::SUBJECT_KEY_IDENTIFIER))
                    .leaf(|leaf| Recipe {
                        authority: Authority::Named(identifier),
                        ..leaf
                    })
                    .file()
            },
        ),
        fail(
            rule,
            "leaf",
            "The leaf names its own key as its issuer's.",
            move || authority(Authority::Named(leaf_key().identifier())),
        )
        .warning()
        .certificate(1)
        .field("authority_key_identifier"),
        fail(
            rule,
            "intermediate",
            "The intermediate names its own key as its issuer's.",
            || {
                let named = Authority::Named(intermediate_key().identifier());
                three_certificates()
                    .intermediate(|ca| Recipe {
                        authority: named,
                        ..ca
                    })
                    .file()
            },
        )
        .warning()
        .certificate(2),
        not_applicable(rule, "one", "The leaf alone.", || own_chain().file_of(&[1])),
    ]
}
