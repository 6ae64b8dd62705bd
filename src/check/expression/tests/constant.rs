//! Expressions that say the same of everything.

use super::compiled;
use crate::chain::{Class, Role};
use crate::check::expression::Known;

/// What an expression says of everything, asked of every certificate.
fn certain(text: &str) -> Option<bool> {
    within(text, &[Role::Leaf, Role::Intermediate, Role::Root], None)
}

fn within(text: &str, roles: &[Role], classes: Option<&[Class]>) -> Option<bool> {
    let program = compiled(text, true).unwrap_or_else(|faults| panic!("{text}: {faults:?}"));
    program.certain(&Known { roles, classes })
}

#[test]
fn what_nothing_can_make_false_is_known() {
    for text in [
        "true",
        "!false",
        "(true)",
        "cert.key.bits >= 3072 || true",
        "true && (false || true)",
        "cert.basic_constraints.ca ? true : !false",
        "cert.key.bits == cert.key.bits",
        "cert.key.bits <= cert.key.bits",
        "size(cert.san.dns) >= 0",
        "0 <= size(cert.san.dns)",
        "!(size(cert.san.dns) < 0)",
        "cert.san.dns.all(name, name == name)",
        "!cert.san.dns.exists(name, name != name)",
        "!file.certificates.exists(c, size(c.san.dns) < 0)",
    ] {
        assert_eq!(certain(text), Some(true), "{text}");
    }
}

#[test]
fn what_nothing_can_make_true_is_known() {
    for text in [
        "!true",
        "1 == 2",
        "1 > 2",
        "'a b' == 'ab'",
        "cert.key.bits < cert.key.bits",
        "cert.key.bits != cert.key.bits",
        "cert.basic_constraints.ca && 2 < 1",
        "timestamp('2030-01-01T00:00:00Z') < timestamp('2029-01-01T00:00:00Z')",
    ] {
        assert_eq!(certain(text), Some(false), "{text}");
    }
    for text in ["1 < 2", "'a' != 'b'", "duration('1h') < duration('2h')"] {
        assert_eq!(certain(text), Some(true), "{text}");
    }
}

#[test]
fn what_on_and_when_leave_of_roles_and_classes_decides_too() {
    let root = &[Role::Root][..];
    let own = Some(&[Class::Private][..]);
    let others = Some(&[Class::Public, Class::Qwac][..]);
    for (text, roles, classes, told) in [
        ("cert.role == 'leaf'", root, None, Some(false)),
        ("cert.role == 'root'", root, None, Some(true)),
        ("cert.role != 'leaf'", root, None, Some(true)),
        (
            "cert.role in ['leaf', 'intermediate']",
            root,
            None,
            Some(false),
        ),
        ("cert.role in ['leaf', 'root']", root, None, Some(true)),
        (
            "cert.role == 'root'",
            &[Role::Intermediate, Role::Root],
            None,
            None,
        ),
        ("chain.class == 'public'", root, own, Some(false)),
        (
            "chain.class == 'private' || cert.self_issued",
            root,
            own,
            Some(true),
        ),
        ("chain.class == 'private'", root, others, Some(false)),
        ("chain.class == 'public'", root, others, None),
        ("chain.class == 'public'", root, None, None),
    ] {
        assert_eq!(within(text, roles, classes), told, "{text}");
    }
}

#[test]
fn what_something_can_make_false_is_not() {
    for text in [
        // A ban: nothing passes.
        "false",
        "cert.key.bits >= 3072",
        "cert.key.bits >= 3072 || false",
        "true && cert.basic_constraints.ca",
        "cert.basic_constraints.ca ? true : false",
        "cert.basic_constraints.ca ? true : cert.key.bits == 2048",
        "cert.key.bits == cert.validity.days",
        "size(cert.san.dns) > 0",
        "0 < size(cert.san.dns)",
        "size(cert.san.dns) == 0",
        "cert.san.dns.all(name, name == 'a')",
        "cert.san.dns.exists(name, true)",
        "cert.san.dns.exists_one(name, name == name)",
        "now < timestamp('2030-01-01T00:00:00Z')",
        // A variable is a switch, which somebody else may turn.
        "vars.strict",
        "vars.strict || cert.basic_constraints.ca",
        "vars.company == 'Acme'",
    ] {
        assert_eq!(certain(text), None, "{text}");
    }
}
