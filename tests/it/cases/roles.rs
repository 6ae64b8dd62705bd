//! What leaf and CA certificates say that they may do.

use super::draft::{Draft, own_chain, three_certificates};
use super::{Case, fail, not_applicable, pass};
use crate::support::certificate::Recipe;
use crate::support::der;
use crate::support::extension::{
    BASIC_CONSTRAINTS, CLIENT_AUTH, CRL_SIGN, DIGITAL_SIGNATURE, EXTENDED_KEY_USAGE, Extension,
    KEY_CERT_SIGN, KEY_ENCIPHERMENT, KEY_USAGE, NON_REPUDIATION, SERVER_AUTH,
};
use crate::support::oid;

fn leaf(change: impl FnOnce(Recipe) -> Recipe) -> Vec<u8> {
    own_chain().leaf(change).file()
}

fn root(change: impl FnOnce(Recipe) -> Recipe) -> Vec<u8> {
    own_chain().root(change).file()
}

fn leaf_with(extension: Extension) -> Vec<u8> {
    leaf(|leaf| leaf.with(extension))
}

/// An own chain whose leaf is a CA.
fn ca_below() -> Draft {
    own_chain().leaf(|leaf| {
        leaf.with(Extension::ca(None))
            .with(Extension::key_usage(&[DIGITAL_SIGNATURE, KEY_CERT_SIGN]))
    })
}

pub(super) fn cases() -> Vec<Case> {
    [leaves(), authorities(), purposes()]
        .into_iter()
        .flatten()
        .collect()
}

fn leaves() -> Vec<Case> {
    let rule = "leaf-not-ca";
    vec![
        pass(rule, "ca-false", "The leaf says CA:FALSE.", || {
            own_chain().file()
        }),
        pass(
            rule,
            "no-basic-constraints",
            "The leaf has no basicConstraints.",
            || leaf(|leaf| leaf.without(BASIC_CONSTRAINTS)),
        ),
        fail(rule, "ca-true", "The leaf says CA:TRUE.", || {
            ca_below().file()
        })
        .error()
        .certificate(1),
        fail(
            rule,
            "key-cert-sign",
            "The leaf says CA:FALSE, but its keyUsage has keyCertSign.",
            || leaf_with(Extension::key_usage(&[DIGITAL_SIGNATURE, KEY_CERT_SIGN])),
        )
        .error()
        .certificate(1)
        .field("key_usage"),
        fail(
            rule,
            "ca-certificates-alone",
            "Intermediate and root without a leaf.",
            || three_certificates().file_of(&[2, 3]),
        )
        .error()
        .certificate(1),
    ]
}

fn authorities() -> Vec<Case> {
    let constraints = "ca-basic-constraints";
    let usage = "ca-key-usage";
    vec![
        pass(constraints, "ca-true", "The root says CA:TRUE.", || {
            own_chain().file()
        }),
        fail(
            constraints,
            "root-without",
            "The root has no basicConstraints.",
            || root(|root| root.without(BASIC_CONSTRAINTS)),
        )
        .error()
        .certificate(2),
        fail(
            constraints,
            "root-ca-false",
            "The root says CA:FALSE.",
            || root(|root| root.with(Extension::not_ca())),
        )
        .error()
        .certificate(2)
        .field("basic_constraints"),
        fail(
            constraints,
            "intermediate-ca-false",
            "The intermediate says CA:FALSE.",
            || {
                three_certificates()
                    .intermediate(|ca| ca.with(Extension::not_ca()))
                    .file()
            },
        )
        .error()
        .certificate(2)
        .field("basic_constraints"),
        fail(
            constraints,
            "malformed",
            "The root's basicConstraints holds an OCTET STRING.",
            || {
                let broken = der::tlv(der::OCTET_STRING, [1]);
                root(|root| root.with(Extension::critical(BASIC_CONSTRAINTS, broken)))
            },
        )
        .error()
        .certificate(2),
        not_applicable(
            constraints,
            "leaf-alone",
            "The leaf alone: there is no CA certificate.",
            || own_chain().file_of(&[1]),
        ),
        pass(
            usage,
            "key-cert-sign",
            "The root's keyUsage is keyCertSign and cRLSign.",
            || own_chain().file(),
        ),
        fail(
            usage,
            "crl-sign-alone",
            "The root's keyUsage is cRLSign alone.",
            || root(|root| root.with(Extension::key_usage(&[CRL_SIGN]))),
        )
        .error()
        .certificate(2)
        .field("key_usage"),
        fail(usage, "absent", "The root has no keyUsage.", || {
            root(|root| root.without(KEY_USAGE))
        })
        .advice()
        .certificate(2),
        fail(
            usage,
            "intermediate",
            "The intermediate's keyUsage is digitalSignature alone.",
            || {
                three_certificates()
                    .intermediate(|ca| ca.with(Extension::key_usage(&[DIGITAL_SIGNATURE])))
                    .file()
            },
        )
        .error()
        .certificate(2),
        not_applicable(
            usage,
            "leaf-alone",
            "The leaf alone: there is no CA certificate.",
            || own_chain().file_of(&[1]),
        ),
    ]
}

fn purposes() -> Vec<Case> {
    let rule = "leaf-client-auth";
    let missing = "leaf-eku-missing";
    let eku = Extension::extended_key_usage;
    vec![
        pass(
            rule,
            "client-auth",
            "extendedKeyUsage is clientAuth.",
            || own_chain().file(),
        ),
        pass(
            rule,
            "client-and-server",
            "extendedKeyUsage is serverAuth and clientAuth.",
            move || leaf_with(eku(&[SERVER_AUTH, CLIENT_AUTH])),
        ),
        pass(
            rule,
            "any",
            "extendedKeyUsage is anyExtendedKeyUsage.",
            move || leaf_with(eku(&[const { oid("2.5.29.37.0") }])),
        ),
        pass(
            rule,
            "no-restriction",
            "The leaf has neither extendedKeyUsage nor keyUsage.",
            || leaf(|leaf| leaf.without(EXTENDED_KEY_USAGE).without(KEY_USAGE)),
        ),
        fail(
            rule,
            "server-alone",
            "extendedKeyUsage is serverAuth alone.",
            move || leaf_with(eku(&[SERVER_AUTH])),
        )
        .error()
        .certificate(1)
        .field("extended_key_usage"),
        fail(
            rule,
            "no-digital-signature",
            "keyUsage is nonRepudiation and keyEncipherment.",
            || leaf_with(Extension::key_usage(&[NON_REPUDIATION, KEY_ENCIPHERMENT])),
        )
        .error()
        .certificate(1)
        .field("key_usage"),
        fail(
            rule,
            "malformed",
            "extendedKeyUsage is an empty list, which RFC 5280 does not allow.",
            move || leaf_with(eku(&[])),
        )
        .error()
        .certificate(1),
        pass(
            missing,
            "present",
            "The leaf has an extendedKeyUsage.",
            || own_chain().file(),
        ),
        fail(
            missing,
            "absent",
            "The leaf has no extendedKeyUsage.",
            || leaf(|leaf| leaf.without(EXTENDED_KEY_USAGE)),
        )
        .advice()
        .certificate(1),
    ]
}
