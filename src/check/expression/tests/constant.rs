//! Expressions that say the same of everything.

use super::compiled;

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
        assert!(compiled(text, true).unwrap().is_always_true(), "{text}");
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
        "cert.key.bits < cert.key.bits",
        "cert.key.bits != cert.key.bits",
        "'a b' == 'ab'",
        "size(cert.san.dns) > 0",
        "0 < size(cert.san.dns)",
        "size(cert.san.dns) == 0",
        "cert.san.dns.all(name, name == 'a')",
        "cert.san.dns.exists(name, true)",
        "cert.san.dns.exists_one(name, name == name)",
        "now < timestamp('2030-01-01T00:00:00Z')",
        "1 == 2",
        // A variable is a switch, which somebody else may turn.
        "vars.strict",
        "vars.strict || cert.basic_constraints.ca",
        "vars.company == 'Acme'",
    ] {
        assert!(!compiled(text, true).unwrap().is_always_true(), "{text}");
    }
}
