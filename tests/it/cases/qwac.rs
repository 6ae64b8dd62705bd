//! QWACs: statements, roles, authorities, subjects, policies, lifetimes.

use crate::support::oid;
use ::der::asn1::ObjectIdentifier;
use time::Duration;

use super::draft::{intermediate_key, leaf_key, other_key, root_key};
use super::{Case, case, fail, not_applicable, pass};
use crate::support::certificate::Recipe;
use crate::support::extension::{CLIENT_AUTH, EXTENDED_KEY_USAGE, Extension, SERVER_AUTH};
use crate::support::name::{COMMON_NAME, COUNTRY, Name, ORGANIZATION};
use crate::support::qc::{self, PSP_AI, PSP_AS, PSP_CB, PSP_PA, PSP_PI, Psd2, VOP_RS};
use crate::support::{der, instant, keys, pem};

const POLICY: &str = "psd2-qwac";
const ORGANIZATION_IDENTIFIER: ObjectIdentifier = oid("2.5.4.97");
const CERTIFICATE_POLICIES: ObjectIdentifier = oid("2.5.29.32");
/// QEVCP-w, QNCP-w and QNCP-w-gen.
const QEVCP_W: ObjectIdentifier = oid("0.4.0.194112.1.4");
const QNCP_W: ObjectIdentifier = oid("0.4.0.194112.1.5");
const QNCP_W_GEN: ObjectIdentifier = oid("0.4.0.194112.1.6");
const URL: &str = "https://qtsp.example/pds_en.pdf";

/// The subject of a payment institution.
pub(crate) fn subject() -> Name {
    Name(Vec::new())
        .with(COUNTRY, "LT")
        .with(ORGANIZATION, "Acme Payments")
        .with(ORGANIZATION_IDENTIFIER, "PSDLT-BL-LB000458")
        .with(COMMON_NAME, "api.acme-payments.example")
}

/// Its subject without the attributes of this type.
fn subject_without(oid: ObjectIdentifier) -> Name {
    let Name(mut attributes) = subject();
    attributes.retain(|(kind, ..)| *kind != oid);
    Name(attributes)
}

fn subject_with(oid: ObjectIdentifier, text: &str) -> Name {
    subject_without(oid).with(oid, text)
}

/// The statements that a PSD2 QWAC has.
pub(crate) fn statements(psd2: &Psd2) -> Vec<Vec<u8>> {
    vec![
        qc::compliance(),
        qc::types(&[qc::WEB]),
        qc::disclosures(&[(URL, "en")]),
        psd2.statement(),
    ]
}

fn both_roles() -> Psd2 {
    Psd2::of(&[PSP_AI, PSP_PI])
}

/// A leaf that nothing is wrong with.
pub(crate) fn qwac() -> Recipe {
    let leaf = Recipe {
        not_before: instant("2026-11-01T00:00:00Z"),
        ..Recipe::leaf(subject(), leaf_key())
    };
    leaf.with(Extension::extended_key_usage(&[SERVER_AUTH, CLIENT_AUTH]))
        .with(Extension::policies(&[QEVCP_W]))
        .with(Extension::hosts(&["api.acme-payments.example"]))
        .with(qc::extension(&statements(&both_roles())))
        .days(199)
}

/// A CA of a qualified trust service provider.
fn provider_ca(common_name: &str, key: keys::Key) -> Recipe {
    let name = Name(Vec::new())
        .with(COUNTRY, "LT")
        .with(ORGANIZATION, "Trusty QTSP")
        .with(ORGANIZATION_IDENTIFIER, "VATLT-100001234")
        .with(COMMON_NAME, common_name);
    let ca = Recipe {
        not_before: instant("2025-01-01T00:00:00Z"),
        ..Recipe::ca(name, key)
    };
    ca.days(3650)
}

/// A chain of this leaf and so many CAs of a provider.
pub(crate) fn chain_of(leaf: &Recipe, authorities: usize) -> Vec<u8> {
    pem::chain(&certificates_of(leaf, authorities)).into_bytes()
}

/// The same in DER, leaf first.
pub(crate) fn certificates_of(leaf: &Recipe, authorities: usize) -> Vec<Vec<u8>> {
    let mut issuers = vec![
        provider_ca("Trusty QWAC CA", intermediate_key()).days(1825),
        provider_ca("Trusty Policy CA", other_key()).days(2500),
        provider_ca("Trusty Root CA", root_key()),
    ];
    issuers.drain(..issuers.len() - authorities);
    let mut certificates = vec![leaf.sign(&issuers[0])];
    for (below, above) in issuers.iter().zip(&issuers[1..]) {
        certificates.push(below.sign(above));
    }
    certificates.push(issuers.last().unwrap().self_signed());
    certificates
}

fn file(leaf: Recipe) -> Vec<u8> {
    chain_of(&leaf, 2)
}

fn stating(statements: &[Vec<u8>]) -> Vec<u8> {
    file(qwac().with(qc::extension(statements)))
}

fn psd2(psd2: Psd2) -> Vec<u8> {
    stating(&statements(&psd2))
}

fn named(subject: Name) -> Vec<u8> {
    file(qwac().named(subject))
}

fn authority(id: &str) -> Vec<u8> {
    // The identifier follows, so that the two do not disagree.
    let (country, name) = id.split_once(['-', '_']).unwrap_or(("", id));
    let identifier = format!("PSD{country}-{name}-1234");
    file(
        qwac()
            .named(subject_with(ORGANIZATION_IDENTIFIER, &identifier))
            .with(qc::extension(&statements(
                &both_roles().nca("Some Bank", id),
            ))),
    )
}

/// Issued at that instant for that time, under these policies.
fn lasting(issued: &str, duration: Duration, policies: &[ObjectIdentifier]) -> Vec<u8> {
    let leaf = Recipe {
        not_before: instant(issued),
        ..qwac()
    };
    file(leaf.lasting(duration).with(Extension::policies(policies)))
}

pub(super) fn cases() -> Vec<Case> {
    let all = [
        whole(),
        issuers(),
        forms(),
        roles(),
        authorities(),
        subjects(),
        others(),
        policies(),
        limits(),
    ];
    let all = all.into_iter().flatten();
    all.map(|case| case.policy(POLICY)).collect()
}

/// Correct chains, under the rule that is the most likely to speak.
fn whole() -> Vec<Case> {
    let rule = "qwac-self-signed";
    vec![
        pass(
            rule,
            "two-certificates",
            "A QWAC and its provider's root.",
            || chain_of(&qwac(), 1),
        ),
        pass(
            rule,
            "three-certificates",
            "A QWAC under a provider's CA and root.",
            || chain_of(&qwac(), 2),
        ),
        pass(
            rule,
            "four-certificates",
            "A QWAC under two CAs of a provider and its root.",
            || chain_of(&qwac(), 3),
        ),
    ]
}

fn issuers() -> Vec<Case> {
    let rule = "qwac-self-signed";
    let own_root = |organization: &str| {
        let name = Name(Vec::new())
            .with(ORGANIZATION, organization)
            .with(COMMON_NAME, "Some Root CA");
        let root = Recipe::ca(name, root_key());
        pem::chain(&[qwac().sign(&root), root.self_signed()]).into_bytes()
    };
    vec![
        fail(
            rule,
            "own-root",
            "The root is of the leaf's organization.",
            move || own_root("ACME  payments"),
        )
        .error()
        .certificate(2)
        .field("subject"),
        fail(
            rule,
            "own-identifier",
            "Root and leaf have the same organizationIdentifier.",
            || {
                let name = Name::new("A Root CA", "Another Name")
                    .with(ORGANIZATION_IDENTIFIER, "PSDLT-BL-LB000458");
                let root = Recipe::ca(name, root_key());
                pem::chain(&[qwac().sign(&root), root.self_signed()]).into_bytes()
            },
        )
        .error()
        .certificate(2),
        fail(rule, "itself", "The QWAC has issued itself.", || {
            pem::chain(&[qwac().self_signed()]).into_bytes()
        })
        .error()
        .certificate(1)
        .field("issuer"),
        not_applicable(
            rule,
            "root-missing",
            "The leaf alone: who its root is cannot be told.",
            || {
                let issuer = provider_ca("Trusty QWAC CA", intermediate_key());
                pem::chain(&[qwac().sign(&issuer)]).into_bytes()
            },
        ),
    ]
}

fn forms() -> Vec<Case> {
    let missing = "qwac-psd2-statement-missing";
    let rule = "qwac-psd2-statement-malformed";
    let with_roles = |roles: Vec<Vec<u8>>| Psd2 {
        roles,
        ..both_roles()
    };
    let malformed = move |name: &str, made: &'static str, make: fn() -> Psd2| {
        fail(rule, name, made, move || psd2(make()))
            .error()
            .certificate(1)
            .field("qc_statements")
    };
    vec![
        pass(missing, "qwac", "A PSD2 QWAC.", || file(qwac())),
        fail(
            missing,
            "plain-qwac",
            "A QWAC without the statement.",
            || stating(&statements(&both_roles())[..3]),
        )
        .error()
        .certificate(1)
        .field("qc_statements"),
        fail(
            missing,
            "no-statements",
            "A leaf without qcStatements.",
            || file(qwac().without(qc::QC_STATEMENTS)),
        )
        .error()
        .certificate(1)
        .field("extension"),
        pass(rule, "two-roles", "Each role is a pair of its own.", || {
            file(qwac())
        }),
        pass(rule, "role-twice", "The same role stands twice.", || {
            psd2(Psd2::of(&[PSP_AI, PSP_AI]))
        }),
        not_applicable(
            rule,
            "no-statement",
            "A QWAC without the statement.",
            || stating(&statements(&both_roles())[..3]),
        ),
        fail(
            rule,
            "flat-roles",
            "Two pairs stand flat inside one role.",
            move || {
                let parts = [PSP_AI, PSP_PI].map(|(oid, name)| [der::oid(&oid), qc::utf8(name)]);
                psd2(with_roles(vec![qc::role_of(&parts.concat())]))
            },
        )
        .error()
        .certificate(1)
        .field("qc_statements"),
        malformed("no-name", "A role has no name.", || Psd2 {
            roles: vec![qc::role_of(&[der::oid(&PSP_AI.0)])],
            ..both_roles()
        }),
        malformed("no-oid", "A role has no OID.", || Psd2 {
            roles: vec![qc::role_of(&[qc::utf8(PSP_AI.1)])],
            ..both_roles()
        }),
        malformed("name-null", "The name of a role is NULL.", || Psd2 {
            roles: vec![qc::role_of(&[der::oid(&PSP_AI.0), der::null()])],
            ..both_roles()
        }),
        malformed("name-empty", "The name of a role is empty.", || Psd2 {
            roles: vec![qc::role((PSP_AI.0, ""))],
            ..both_roles()
        }),
        malformed("no-nca-name", "nCAName is left out.", || Psd2 {
            nca_name: Vec::new(),
            ..both_roles()
        }),
        malformed("nca-name-empty", "nCAName is empty.", || {
            both_roles().nca("", "LT-BL")
        }),
        malformed("nca-name-ia5", "nCAName is an IA5String.", || Psd2 {
            nca_name: der::tlv(0x16, "Lietuvos bankas"),
            ..both_roles()
        }),
        malformed("nca-name-257", "nCAName has 257 characters.", || {
            both_roles().nca(&"x".repeat(257), "LT-BL")
        }),
        pass(
            rule,
            "nca-name-256",
            "nCAName has 256 characters, not all of them ASCII.",
            || psd2(both_roles().nca(&"ž".repeat(256), "LT-BL")),
        ),
        malformed("trailing", "A NULL follows nCAId.", || Psd2 {
            trailing: der::null(),
            ..both_roles()
        }),
        fail(rule, "twice", "The statement is there twice.", || {
            let mut all = statements(&both_roles());
            all.push(both_roles().statement());
            stating(&all)
        })
        .error()
        .certificate(1),
        fail(
            missing,
            "broken-list",
            "qcStatements cannot be taken apart: undetermined.",
            || {
                let extension = Extension::new(qc::QC_STATEMENTS, der::sequence([der::null()]));
                file(qwac().with(extension))
            },
        )
        .error()
        .certificate(1)
        .field("qc_statements"),
    ]
}

fn roles() -> Vec<Case> {
    let empty = "qwac-roles-empty";
    let mismatch = "qwac-role-mismatch";
    let unknown = "qwac-role-unknown";
    let unspecified = "qwac-role-unspecified";
    let missing = "qwac-role-missing";
    let of = |roles: &'static [qc::Role<'static>]| move || psd2(Psd2::of(roles));
    vec![
        pass(empty, "one", "One role.", of(&[PSP_AI])),
        fail(empty, "none", "No role.", of(&[]))
            .error()
            .certificate(1)
            .field("qc_statements"),
        pass(
            mismatch,
            "pairs",
            "Three roles with their names.",
            of(&[PSP_AI, PSP_PI, VOP_RS]),
        ),
        fail(
            mismatch,
            "other-name",
            "The OID of PSP_AI is called PSP_PI.",
            of(&[(PSP_AI.0, "PSP_PI")]),
        )
        .error()
        .certificate(1)
        .field("qc_statements"),
        fail(
            mismatch,
            "other-oid",
            "PSP_AI has an OID of its own.",
            of(&[(const { oid("0.4.0.19495.1.99") }, "PSP_AI")]),
        )
        .error()
        .certificate(1),
        fail(
            mismatch,
            "letter-case",
            "PSP_AI is written psp_ai.",
            of(&[(PSP_AI.0, "psp_ai")]),
        )
        .error()
        .certificate(1),
        pass(unknown, "known", "A role of the standard.", of(&[PSP_AS])),
        fail(
            unknown,
            "national",
            "A role of a national register.",
            of(&[PSP_AI, (const { oid("1.2.3.4.5") }, "PSP_XX")]),
        )
        .warning()
        .certificate(1)
        .field("qc_statements"),
        pass(unspecified, "specified", "PSP_AI.", of(&[PSP_AI])),
        fail(
            unspecified,
            "unspecified",
            "The role 0.4.0.19495.1.0.",
            of(&[(const { oid("0.4.0.19495.1.0") }, "Unspecified")]),
        )
        .warning()
        .certificate(1)
        .field("qc_statements"),
        pass(
            missing,
            "both",
            "Both required roles.",
            of(&[PSP_AI, PSP_PI]),
        )
        .variable("required_roles", "PSP_AI,PSP_PI"),
        fail(
            missing,
            "one-of-two",
            "One of two required roles.",
            of(&[PSP_AI]),
        )
        .variable("required_roles", "PSP_AI,PSP_PI")
        .error()
        .certificate(1)
        .field("qc_statements"),
        fail(missing, "none", "No role at all.", of(&[]))
            .variable("required_roles", "PSP_AI")
            .error()
            .certificate(1),
        not_applicable(
            missing,
            "nothing-required",
            "One role, and none is required.",
            of(&[PSP_AI]),
        ),
    ]
}

fn authorities() -> Vec<Case> {
    let syntax = "qwac-nca-id-syntax";
    let listed = "qwac-nca-not-listed";
    let mismatch = "qwac-nca-organization-mismatch";
    let wrong = |id: &'static str, name: &str, made: &'static str| {
        fail(syntax, name, made, move || authority(id))
            .error()
            .certificate(1)
            .field("qc_statements")
    };
    let without = |roles: &'static [qc::Role<'static>], name: &'static str, id: &'static str| {
        move || {
            let statements = statements(&Psd2::of(roles).nca(name, id));
            file(qwac().with(qc::extension(&statements)))
        }
    };
    vec![
        pass(syntax, "two-letters", "FI-AB: two letters.", || {
            authority("FI-AB")
        }),
        pass(
            syntax,
            "eight-letters",
            "FI-ABCDEFGH: eight letters.",
            || authority("FI-ABCDEFGH"),
        ),
        pass(
            syntax,
            "outside-of-europe",
            "US-ABC: a country of ISO 3166, wherever it is.",
            || authority("US-ABC"),
        ),
        wrong("FI-A", "one-letter", "FI-A: one letter."),
        wrong(
            "FI-ABCDEFGHI",
            "nine-letters",
            "FI-ABCDEFGHI: nine letters.",
        ),
        wrong("LT_BL", "underscore", "LT_BL: no hyphen."),
        wrong(
            "lt-BL",
            "lower-case-country",
            "lt-BL: a country in lower case.",
        ),
        wrong(
            "LT-bl",
            "lower-case-authority",
            "LT-bl: an authority in lower case.",
        ),
        wrong("XX-BL", "no-country", "XX-BL: no country of ISO 3166."),
        wrong("LT-B1", "digit", "LT-B1: a digit."),
        fail(
            syntax,
            "na",
            "PSP_AI without an authority.",
            without(&[PSP_AI], "NA", "NA"),
        )
        .error()
        .certificate(1),
        fail(
            syntax,
            "na-for-one-role",
            "PSP_CB and PSP_AI without an authority.",
            without(&[PSP_CB, PSP_AI], "NA", "NA"),
        )
        .error()
        .certificate(1),
        fail(
            syntax,
            "na-with-a-name",
            "PSP_CB with the id NA and a name.",
            without(&[PSP_CB], "Some Bank", "NA"),
        )
        .error()
        .certificate(1),
        not_applicable(
            syntax,
            "na",
            "PSP_CB and PSP_PA have no authority.",
            without(&[PSP_CB, PSP_PA], "NA", "NA"),
        ),
        pass(listed, "listed", "LT-BL.", || authority("LT-BL")),
        pass(listed, "older", "GB-FCA, of an older list.", || {
            authority("GB-FCA")
        }),
        fail(
            listed,
            "unlisted",
            "LT-XYZ is right by its form and on no list.",
            || authority("LT-XYZ"),
        )
        .warning()
        .certificate(1)
        .field("qc_statements"),
        not_applicable(listed, "no-id", "LT_BL is no id at all.", || {
            authority("LT_BL")
        }),
        pass(
            mismatch,
            "same",
            "Identifier and nCAId name one authority.",
            || file(qwac()),
        ),
        fail(
            mismatch,
            "other",
            "The identifier names DE-BAFIN, nCAId LT-BL.",
            || named(subject_with(ORGANIZATION_IDENTIFIER, "PSDDE-BAFIN-123456")),
        )
        .error()
        .certificate(1)
        .field("subject"),
        fail(
            mismatch,
            "letter-case",
            "The identifier is in lower case.",
            || named(subject_with(ORGANIZATION_IDENTIFIER, "PSDlt-bl-LB000458")),
        )
        .error()
        .certificate(1),
        not_applicable(mismatch, "vat", "The identifier is a VAT number.", || {
            named(subject_with(ORGANIZATION_IDENTIFIER, "VATLT-200005678"))
        }),
    ]
}

fn subjects() -> Vec<Case> {
    let identifier = "qwac-organization-identifier-missing";
    let scheme = "qwac-organization-identifier-not-psd";
    let once = "qwac-subject-attribute-missing";
    let with_identifier =
        |text: &'static str| move || named(subject_with(ORGANIZATION_IDENTIFIER, text));
    let at_subject = |case: Case| case.certificate(1).field("subject");
    vec![
        pass(identifier, "there", "The subject has one.", || file(qwac())),
        at_subject(
            fail(identifier, "missing", "The subject has none.", || {
                named(subject_without(ORGANIZATION_IDENTIFIER))
            })
            .error(),
        ),
        pass(scheme, "psd", "An authorisation number.", || file(qwac())),
        at_subject(
            fail(
                scheme,
                "vat",
                "A VAT number.",
                with_identifier("VATLT-200005678"),
            )
            .warning(),
        ),
        at_subject(
            fail(
                scheme,
                "ntr",
                "A number of a trade register.",
                with_identifier("NTRLT-1234"),
            )
            .warning(),
        ),
        at_subject(
            fail(
                scheme,
                "lei",
                "A legal entity identifier.",
                with_identifier("LEIXG-5493001KJTIIGC8Y1R12"),
            )
            .warning(),
        ),
        at_subject(
            fail(
                scheme,
                "national",
                "A national scheme.",
                with_identifier("EI:SE-5567971433"),
            )
            .warning(),
        ),
        at_subject(
            fail(
                scheme,
                "no-scheme",
                "No scheme.",
                with_identifier("LB000458"),
            )
            .warning(),
        ),
        at_subject(
            fail(
                scheme,
                "psd-without-a-number",
                "PSDLT-BL without a number.",
                with_identifier("PSDLT-BL"),
            )
            .warning(),
        ),
        not_applicable(scheme, "missing", "The subject has no identifier.", || {
            named(subject_without(ORGANIZATION_IDENTIFIER))
        }),
        pass(
            once,
            "each-once",
            "C, O, organizationIdentifier and CN.",
            || file(qwac()),
        ),
        at_subject(
            fail(once, "no-country", "No C.", || {
                named(subject_without(COUNTRY))
            })
            .error(),
        ),
        at_subject(
            fail(once, "no-organization", "No O.", || {
                named(subject_without(ORGANIZATION))
            })
            .error(),
        ),
        at_subject(
            fail(once, "no-common-name", "No CN.", || {
                named(subject_without(COMMON_NAME))
            })
            .error(),
        ),
        at_subject(
            fail(once, "organization-twice", "Two O.", || {
                named(subject().with(ORGANIZATION, "Beta Payments"))
            })
            .error(),
        ),
        at_subject(
            fail(
                once,
                "identifier-twice",
                "Two organizationIdentifier.",
                || named(subject().with(ORGANIZATION_IDENTIFIER, "PSDLT-BL-LB000459")),
            )
            .error(),
        ),
    ]
}

fn others() -> Vec<Case> {
    let compliance = "qwac-qc-compliance-missing";
    let web = "qwac-qc-type-not-web";
    let critical = "qwac-qc-statements-critical";
    let unexpected = "qwac-statement-not-expected";
    let pds = "qwac-pds-url";
    let with_types = |types: &'static [ObjectIdentifier]| {
        move || {
            let mut all = statements(&both_roles());
            all[1] = qc::types(types);
            stating(&all)
        }
    };
    let with_disclosures = |found: &'static [(&'static str, &'static str)]| {
        move || {
            let mut all = statements(&both_roles());
            all[2] = qc::disclosures(found);
            stating(&all)
        }
    };
    let and = |further: fn() -> Vec<u8>| {
        move || {
            let mut all = statements(&both_roles());
            all.push(further());
            stating(&all)
        }
    };
    let without = |number: usize| {
        move || {
            let mut all = statements(&both_roles());
            all.remove(number);
            stating(&all)
        }
    };
    let at = |case: Case| case.certificate(1).field("qc_statements");
    vec![
        pass(compliance, "stated", "QcCompliance is stated.", || {
            file(qwac())
        }),
        at(fail(
            compliance,
            "missing",
            "QcCompliance is not stated.",
            without(0),
        )
        .error()),
        pass(web, "web", "QcType is web.", || file(qwac())),
        at(fail(web, "seal", "QcType is seal.", with_types(&[qc::ESEAL])).error()),
        at(fail(
            web,
            "signature",
            "QcType is signature.",
            with_types(&[qc::ESIGN]),
        )
        .error()),
        at(fail(
            web,
            "web-and-seal",
            "QcType is web and seal.",
            with_types(&[qc::WEB, qc::ESEAL]),
        )
        .error()),
        at(fail(web, "empty", "QcType is empty.", with_types(&[])).error()),
        at(fail(web, "missing", "QcType is not stated.", without(1)).error()),
        pass(
            critical,
            "not-critical",
            "qcStatements is not critical.",
            || file(qwac()),
        ),
        fail(critical, "critical", "qcStatements is critical.", || {
            let extension = qc::extension(&statements(&both_roles()));
            file(qwac().with(Extension {
                critical: true,
                ..extension
            }))
        })
        .error()
        .certificate(1)
        .field("extension"),
        not_applicable(
            critical,
            "no-statements",
            "A leaf without qcStatements.",
            || file(qwac().without(qc::QC_STATEMENTS)),
        ),
        pass(unexpected, "none", "The four statements of a QWAC.", || {
            file(qwac())
        }),
        at(fail(unexpected, "sscd", "QcSSCD is stated.", and(qc::sscd)).warning()),
        at(fail(
            unexpected,
            "legislation",
            "QcCClegislation is stated.",
            and(|| qc::legislation(&["CH"])),
        )
        .warning()),
        pass(
            pds,
            "https-en",
            "One address, in English, by https.",
            || file(qwac()),
        ),
        pass(
            pds,
            "two",
            "German and English, by https.",
            with_disclosures(&[("https://qtsp.example/de", "de"), (URL, "EN")]),
        ),
        at(fail(
            pds,
            "http",
            "The address is reached by http.",
            with_disclosures(&[("http://qtsp.example/pds", "en")]),
        )
        .warning()),
        at(fail(
            pds,
            "no-english",
            "German alone.",
            with_disclosures(&[("https://qtsp.example/de", "de")]),
        )
        .warning()),
        at(fail(pds, "empty", "QcPDS is empty.", with_disclosures(&[])).warning()),
        at(fail(pds, "missing", "QcPDS is not stated.", without(2)).warning()),
    ]
}

fn policies() -> Vec<Case> {
    let missing = "qwac-policy-missing";
    let tls = "qwac-not-tls";
    let under = |policies: &'static [ObjectIdentifier]| {
        move || file(qwac().with(Extension::policies(policies)))
    };
    let used_for = |purposes: &'static [ObjectIdentifier]| {
        move || file(qwac().with(Extension::extended_key_usage(purposes)))
    };
    let binding = const { oid("0.4.0.194115.1.0") };
    vec![
        pass(missing, "qevcp-w", "QEVCP-w.", under(&[QEVCP_W])),
        pass(
            missing,
            "qncp-w",
            "QNCP-w among others.",
            under(&[const { oid("1.2.3.4") }, QNCP_W]),
        ),
        pass(missing, "qncp-w-gen", "QNCP-w-gen.", under(&[QNCP_W_GEN])),
        pass(
            missing,
            "psd2",
            "The policy of PSD2.",
            under(&[const { oid("0.4.0.19495.3.1") }]),
        ),
        fail(
            missing,
            "ev",
            "A policy of the CA/B Forum alone.",
            under(&[const { oid("2.23.140.1.1") }]),
        )
        .warning()
        .certificate(1)
        .field("certificate_policies"),
        fail(missing, "none", "No certificatePolicies.", || {
            file(qwac().without(CERTIFICATE_POLICIES))
        })
        .warning()
        .certificate(1)
        .field("extension"),
        pass(tls, "tls", "serverAuth and clientAuth.", || file(qwac())),
        pass(
            tls,
            "both",
            "TLS, and bindings too.",
            used_for(&[SERVER_AUTH, CLIENT_AUTH, const { oid("0.4.0.194115.1.0") }]),
        ),
        fail(
            tls,
            "binding",
            "Bindings to other certificates alone.",
            move || file(qwac().with(Extension::extended_key_usage(&[binding]))),
        )
        .error()
        .certificate(1)
        .field("extended_key_usage"),
        not_applicable(tls, "any-purpose", "No extendedKeyUsage.", || {
            file(qwac().without(EXTENDED_KEY_USAGE))
        }),
    ]
}

fn limits() -> Vec<Case> {
    let rule = "qwac-validity";
    let days = Duration::days;
    let last = "2026-03-14T23:59:59Z";
    let first = "2026-03-15T00:00:00Z";
    let long = |name: &str, made: &'static str, make: Box<dyn Fn() -> Vec<u8>>| {
        case(rule, format!("fail-{name}"), made, make)
            .warning()
            .certificate(1)
            .field("validity")
    };
    vec![
        pass(
            rule,
            "398-days-before",
            "QEVCP-w, the last second before 2026-03-15, for 398 days.",
            move || lasting(last, days(398), &[QEVCP_W]),
        ),
        long(
            "398-days-and-a-second",
            "The same for 398 days and a second.",
            Box::new(move || lasting(last, days(398) + Duration::SECOND, &[QEVCP_W])),
        ),
        pass(
            rule,
            "200-days",
            "QNCP-w, the first second of 2026-03-15, for 200 days.",
            move || lasting(first, days(200), &[QNCP_W]),
        )
        .at("2026-04-01T00:00:00Z"),
        long(
            "200-days-and-a-second",
            "The same for 200 days and a second.",
            Box::new(move || lasting(first, days(200) + Duration::SECOND, &[QNCP_W])),
        )
        .at("2026-04-01T00:00:00Z"),
        long(
            "ev-398-days",
            "A policy of the CA/B Forum, 2026-03-15, for 398 days.",
            Box::new(move || lasting(first, days(398), &[oid("2.23.140.1.1")])),
        ),
        long(
            "2027",
            "QEVCP-w, 2027-03-15, for 101 days.",
            Box::new(move || lasting("2027-03-15T00:00:00Z", days(101), &[QEVCP_W])),
        )
        .at("2027-04-01T00:00:00Z"),
        long(
            "2029",
            "QEVCP-w, 2029-03-15, for 48 days.",
            Box::new(move || lasting("2029-03-15T00:00:00Z", days(48), &[QEVCP_W])),
        )
        .at("2029-04-01T00:00:00Z"),
        long(
            "both-policies",
            "QEVCP-w and QNCP-w-gen, 2026-03-15, for 398 days.",
            Box::new(move || lasting(first, days(398), &[QNCP_W_GEN, QEVCP_W])),
        ),
        not_applicable(
            rule,
            "qncp-w-gen",
            "QNCP-w-gen alone, for 750 days.",
            move || lasting(first, days(750), &[QNCP_W_GEN]),
        ),
    ]
}

/// Rules whose failure comes with that of another rule, since both are asked for on their own.
const TOGETHER: [(&str, &str); 9] = [
    ("qwac-self-signed/fail-itself", "chain-single-self-signed"),
    (
        "qwac-psd2-statement-missing/fail-no-statements",
        "qwac-qc-compliance-missing",
    ),
    (
        "qwac-psd2-statement-missing/fail-no-statements",
        "qwac-qc-type-not-web",
    ),
    (
        "qwac-psd2-statement-missing/fail-no-statements",
        "qwac-pds-url",
    ),
    (
        "qwac-psd2-statement-missing/fail-broken-list",
        "cert-encoding",
    ),
    ("qwac-role-missing/fail-none", "qwac-roles-empty"),
    ("qwac-not-tls/fail-binding", "leaf-client-auth"),
    ("qwac-validity/fail-ev-398-days", "qwac-policy-missing"),
    ("qwac-validity/fail-2029", "leaf-short-lived"),
];

#[test]
fn one_mistake_is_one_finding() {
    let failing = cases().into_iter().filter(|case| !case.expect.is_empty());
    let mut wrong = Vec::new();
    for (case, findings) in super::judged(failing.collect()) {
        let mut allowed: Vec<&str> = vec![case.rule];
        let own = TOGETHER.iter().filter(|(name, _)| *name == case.folder());
        allowed.extend(own.map(|(_, rule)| rule));
        let rules = super::rules_of(&findings).into_iter();
        let more = rules.filter(|rule| !allowed.contains(&rule.as_str()));
        wrong.extend(more.map(|rule| format!("{}: {rule}", case.folder())));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn correct_chains_say_nothing_but_the_summary() {
    let folder = tempfile::tempdir().unwrap();
    for authorities in 1..=3 {
        let file = folder.path().join("a.pem");
        std::fs::write(&file, chain_of(&qwac(), authorities)).unwrap();
        let output = crate::support::program::chainlint(folder.path())
            .args(["check", "--no-config", "--policy", POLICY])
            .args(["--at", crate::support::NOW, "a.pem"])
            .output()
            .unwrap();
        assert!(output.status.success());
        assert_eq!(String::from_utf8_lossy(&output.stdout), "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
fn a_key_on_a_curve_is_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.pem");
    for key in [keys::p256("qwac"), keys::p384("qwac"), keys::p521("qwac")] {
        std::fs::write(&file, chain_of(&qwac().keyed(key), 2)).unwrap();
        let made = pass("key-algorithm", "curve", "A key on a curve.", Vec::new).policy(POLICY);
        assert_eq!(made.rules(&file), [] as [&str; 0]);
    }
}

#[test]
fn private_clauses_do_not_hold_and_the_others_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.pem");
    let case = pass("chain-order", "any", "Any.", Vec::new).policy(POLICY);
    // 100 days, and no name of the company in any CN.
    std::fs::write(&file, chain_of(&qwac().days(199), 2)).unwrap();
    assert_eq!(case.rules(&file), [] as [&str; 0]);
    let wrong = String::from_utf8(chain_of(&qwac(), 1)).unwrap();
    let (leaf, root) = wrong.split_at(wrong.find("-----\n-----BEGIN").unwrap() + 6);
    std::fs::write(&file, format!("{root}{leaf}")).unwrap();
    assert_eq!(case.rules(&file), ["chain-order"]);
    std::fs::write(&file, chain_of(&qwac().lasting(Duration::days(22)), 2)).unwrap();
    assert_eq!(
        case.rules(&file),
        ["leaf-expiring-soon", "leaf-short-lived"]
    );
}

/// The statements of the file's reading are those of its writing.
#[test]
fn inspect_shows_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.pem"), file(qwac())).unwrap();
    let output = crate::support::program::chainlint(folder.path())
        .args(["inspect", "--format", "json", "a.pem"])
        .output()
        .unwrap();
    let facts = crate::support::program::json(&output);
    let qc = &facts["certificates"][0]["qc"];
    assert_eq!(qc["psd2"]["roles"][1]["name"], "PSP_PI");
    assert_eq!(qc["psd2"]["roles"][0]["oid"], PSP_AI.0.to_string());
    assert_eq!(qc["psd2"]["nca_id"], "LT-BL");
    assert_eq!(qc["psd2"]["nca_name"], "Lietuvos bankas");
    assert_eq!(qc["types"][0], qc::WEB.to_string());
    assert_eq!(qc["disclosures"][0]["url"], URL);
    assert_eq!(qc["compliance"], true);
}

/// One octet of the leaf changed, many times over: whatever becomes of the statements, the program judges the file.
#[test]
fn damaged_qwacs_are_judged_and_never_crash_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = certificates_of(&qwac(), 1);
    let mut stream = chainlint::synth::Stream::new("damaged QWACs");
    for number in 0..400 {
        let mut leaf = certificates[0].clone();
        let octets = stream.octets(4);
        let at = usize::from(u16::from_be_bytes([octets[0], octets[1]])) % leaf.len();
        leaf[at] ^= octets[2].max(1);
        let file = pem::chain(&[leaf, certificates[1].clone()]);
        std::fs::write(folder.path().join(format!("{number}.pem")), file).unwrap();
    }
    let output = crate::support::program::chainlint(folder.path())
        .args([
            "check",
            "--no-config",
            "--policy",
            POLICY,
            "--format",
            "json",
        ])
        .args([
            "--at",
            crate::support::NOW,
            "--var",
            "required_roles=PSP_AI,PSP_PI",
            ".",
        ])
        .output()
        .unwrap();
    let report = crate::support::program::json(&output);
    assert_eq!(report["summary"]["checked"], 400);
    let crashed = crate::support::program::findings(&report)
        .iter()
        .filter(|finding| finding["rule"] == "file-unreadable");
    assert_eq!(crashed.count(), 0);
    // A changed octet is seen in every file: the signature at least no longer holds.
    let broken: std::collections::BTreeSet<&str> = crate::support::program::findings(&report)
        .iter()
        .filter(|finding| finding["severity"] == "error")
        .map(|finding| finding["path"].as_str().unwrap())
        .collect();
    assert_eq!(broken.len(), 400);
}
