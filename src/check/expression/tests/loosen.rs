//! What of an expression bounds something, and how it is made looser.

use super::compiled;
use crate::check::Direction;

/// The expressions that are looser by one step.
fn loosened(text: &str) -> Vec<String> {
    let program = compiled(text, true).unwrap_or_else(|faults| panic!("{text}: {faults:?}"));
    let changed = program.loosened().into_iter().map(|change| {
        let mut text = text.to_owned();
        text.replace_range(change.range, &change.with);
        assert!(compiled(&text, true).is_ok(), "{text}");
        text
    });
    changed.collect()
}

#[test]
fn each_bound_is_loosened_by_a_step_on_the_side_that_lets_more_pass() {
    for (text, looser) in [
        ("cert.key.bits >= 3072", &["cert.key.bits >= (3071)"][..]),
        ("3072 <= cert.key.bits", &["(3071) <= cert.key.bits"]),
        ("cert.validity.days < 398", &["cert.validity.days < (399)"]),
        (
            "!(cert.validity.days > 398)",
            &["!(cert.validity.days > (399))"],
        ),
        ("!(cert.key.bits < 0)", &["!(cert.key.bits < (-1))"]),
        (
            "cert.validity.not_after < timestamp('2030-01-01T00:00:00Z')",
            &["cert.validity.not_after < timestamp(\"2030-01-01T00:00:01Z\")"],
        ),
        (
            "cert.validity.not_after - now > duration('720h')",
            &["cert.validity.not_after - now > duration(\"2591999s\")"],
        ),
        (
            "cert.validity.days <= vars.days",
            &["cert.validity.days <= (399)"],
        ),
        (
            "['a', 'b'].all(n, n in cert.san.dns)",
            &[
                "['b'].all(n, n in cert.san.dns)",
                "['a'].all(n, n in cert.san.dns)",
            ],
        ),
        (
            "!(cert.subject.common_name in vars.names)",
            &[
                "!(cert.subject.common_name in [\"b\"])",
                "!(cert.subject.common_name in [\"a\"])",
            ],
        ),
        (
            "cert.san.dns.all(d, size(d) <= 63)",
            &["cert.san.dns.all(d, size(d) <= (64))"],
        ),
        (
            "cert.basic_constraints.ca ? cert.key.bits >= 4096 : cert.key.bits >= 2048",
            &[
                "cert.basic_constraints.ca ? cert.key.bits >= (4095) : cert.key.bits >= 2048",
                "cert.basic_constraints.ca ? cert.key.bits >= 4096 : cert.key.bits >= (2047)",
            ],
        ),
    ] {
        assert_eq!(loosened(text), looser, "{text}");
    }
}

#[test]
fn each_condition_is_left_out() {
    assert_eq!(
        loosened("cert.self_issued && cert.version == 3 && cert.index == 1"),
        [
            "true && cert.version == 3 && cert.index == 1",
            "cert.self_issued && true && cert.index == 1",
            "cert.self_issued && cert.version == 3 && true",
        ]
    );
    // Of what may be one or the other, either alone is stricter; under a `!` it is the other way round.
    assert_eq!(loosened("cert.self_issued || cert.version == 3"), [""; 0]);
    assert_eq!(
        loosened("!(cert.self_issued || cert.version == 3)"),
        [
            "!(false || cert.version == 3)",
            "!(cert.self_issued || false)"
        ]
    );
    assert_eq!(
        loosened("cert.self_issued || (cert.version == 3 && cert.index == 1)"),
        [
            "cert.self_issued || (true && cert.index == 1)",
            "cert.self_issued || (cert.version == 3 && true)",
        ]
    );
}

#[test]
fn variables_move_one_way_where_every_use_agrees() {
    let directions = |text: &str| {
        let program = compiled(text, true).unwrap();
        let directions = program.variables().into_iter();
        directions
            .map(|(name, direction)| (name.to_owned(), direction))
            .collect::<Vec<_>>()
    };
    let one = |text: &str| directions(text).remove(0).1;
    assert_eq!(one("cert.key.bits > vars.days"), Direction::Rise);
    assert_eq!(one("vars.days >= cert.key.bits"), Direction::Fall);
    assert_eq!(one("!(vars.days >= cert.key.bits)"), Direction::Rise);
    assert_eq!(
        one("cert.subject.common_name in vars.names"),
        Direction::Shrink
    );
    assert_eq!(
        one("vars.names.exists(n, n == cert.key.curve)"),
        Direction::Shrink
    );
    assert_eq!(
        one("!vars.names.exists(n, n == cert.key.curve)"),
        Direction::Grow
    );
    assert_eq!(one("vars.names.all(n, n in cert.san.dns)"), Direction::Grow);
    assert_eq!(
        one("cert.key.bits > vars.days && cert.validity.days < vars.days"),
        Direction::Fixed
    );
    // No bound: a summand, one side of an equation, a switch, a pattern.
    for text in [
        "cert.key.bits > vars.days + 1",
        "cert.key.bits == vars.days",
        "vars.strict || cert.self_issued",
        "cert.subject.common_name.startsWith(vars.company)",
        "size(vars.names) > 1",
        "vars.names.exists_one(n, n == cert.key.curve)",
        "vars.company in cert.san.dns",
    ] {
        assert_eq!(one(text), Direction::Fixed, "{text}");
    }
}
