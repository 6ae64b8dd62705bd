//! Subjects.

use super::draft::{own_chain, public_chain};
use super::{Case, NON_PRODUCTION, fail, not_applicable, pass};
use crate::support::name::{Name, ORGANIZATIONAL_UNIT};

/// A chain with these names (CN and O; an empty one is left out).
fn names(leaf: (&str, &str), root: (&str, &str)) -> Vec<u8> {
    let (leaf, root) = (Name::new(leaf.0, leaf.1), Name::new(root.0, root.1));
    own_chain()
        .leaf(|recipe| recipe.named(leaf))
        .root(|recipe| recipe.named(root))
        .file()
}

const LEAF: (&str, &str) = ("acme-payments-prod", "Acme Payments");
const ROOT: (&str, &str) = ("Acme Payments Root CA", "Acme Payments");

pub(super) fn cases() -> Vec<Case> {
    [common_names(), leaves(), roots(), placeholders()]
        .into_iter()
        .flatten()
        .collect()
}

fn common_names() -> Vec<Case> {
    let rule = "leaf-common-name";
    vec![
        pass(rule, "present", "The leaf has a CN.", || own_chain().file()),
        fail(rule, "absent", "The leaf has O and OU alone.", || {
            let name = Name::new("", "Acme Payments").with(ORGANIZATIONAL_UNIT, "Payments");
            own_chain().leaf(|leaf| leaf.named(name)).file()
        })
        .error()
        .certificate(1)
        .field("subject"),
        fail(
            rule,
            "empty-subject",
            "The leaf's subject is empty.",
            || names(("", ""), ROOT),
        )
        .error()
        .certificate(1),
    ]
}

fn leaves() -> Vec<Case> {
    let rule = "company-name-leaf";
    vec![
        pass(
            rule,
            "own-organization",
            "The CN includes the leaf's O, with hyphens for spaces.",
            || own_chain().file(),
        ),
        pass(
            rule,
            "variable",
            "The CN includes the company that the variable names; the O is another one.",
            || names(("Acme Payments client", "Acme Holding"), ROOT),
        )
        .variable("company", "ACME Payments"),
        pass(
            rule,
            "legal-form",
            "The variable names the company with its legal form, the CN without it.",
            || own_chain().file(),
        )
        .variable("company", "Acme Payments, UAB"),
        pass(
            rule,
            "not-ascii",
            "The company has letters that are not ASCII, in another letter case in the CN.",
            || {
                names(
                    ("ŽALIA ÉNERGIE api", "Žalia énergie"),
                    ("Žalia énergie Root", "Žalia énergie"),
                )
            },
        ),
        fail(
            rule,
            "organization-alone",
            "The leaf's O is the company, its CN is client-1.",
            || names(("client-1", "Acme Payments"), ROOT),
        )
        .error()
        .certificate(1)
        .field("subject"),
        fail(
            rule,
            "another-company",
            "The variable names a company that stands nowhere.",
            || own_chain().file(),
        )
        .variable("company", "Globex")
        .error()
        .certificate(1),
        fail(
            rule,
            "unknown",
            "The leaf has no O, and no company is named.",
            || names(("client-1", ""), ROOT),
        )
        .advice()
        .certificate(1),
        not_applicable(
            rule,
            "public",
            "A public leaf without the company in its CN.",
            || {
                public_chain()
                    .leaf(|leaf| leaf.named(Name::new("api.example.com", "Acme Payments")))
                    .file()
            },
        ),
    ]
}

fn roots() -> Vec<Case> {
    let rule = "company-name-root";
    vec![
        pass(
            rule,
            "common-name",
            "The root's CN includes the leaf's O.",
            || own_chain().file(),
        ),
        fail(
            rule,
            "organization-alone",
            "The root is CN=Local Root CA, O=Acme Payments.",
            || names(LEAF, ("Local Root CA", "Acme Payments")),
        )
        .warning()
        .certificate(2)
        .field("subject"),
        fail(
            rule,
            "neither",
            "The root is CN=Local Root CA alone.",
            || names(LEAF, ("Local Root CA", "")),
        )
        .error()
        .certificate(2)
        .field("subject"),
        fail(
            rule,
            "variable",
            "The variable names a company that the root does not bear.",
            || own_chain().file(),
        )
        .variable("company", "Globex")
        .error()
        .certificate(2),
        not_applicable(rule, "public", "A public root of another name.", || {
            public_chain().file()
        }),
        not_applicable(
            rule,
            "unknown",
            "The leaf has no O, and no company is named.",
            || names(("client-1", ""), ("Local Root CA", "")),
        ),
    ]
}

fn placeholders() -> Vec<Case> {
    let rule = "company-placeholder";
    vec![
        pass(rule, "replaced", "MyCompany was replaced.", || {
            own_chain().file()
        }),
        fail(rule, "root", "The root's O is MyCompany.", || {
            names(LEAF, ("Local Root CA", "MyCompany"))
        })
        .warning()
        .certificate(2)
        .field("subject"),
        fail(rule, "leaf", "The leaf's CN is my-company-client.", || {
            names(("my-company-client", "Acme"), ROOT)
        })
        .warning()
        .certificate(1),
        fail(rule, "non-production", "The root's O is MyCompany.", || {
            names(LEAF, ("Local Root CA", "MyCompany"))
        })
        .policy(NON_PRODUCTION)
        .advice()
        .certificate(2),
    ]
}
