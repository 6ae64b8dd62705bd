//! What expressions mean, and what is said of those that mean nothing.

use std::cell::Cell;

use proptest::prelude::*;
use time::OffsetDateTime;
use time::macros::datetime;

use super::{Constant, Fault, Names, Outcome, Program, compile};
use crate::chain::Chain;
use crate::check::STEPS_A_FILE;
use crate::facts::{FileLabels, View};
use crate::pem::Document;

const NOW: OffsetDateTime = datetime!(2026-11-23 0:00 UTC);

fn variables() -> Vec<(&'static str, Constant)> {
    let list = vec!["a".to_owned(), "b".to_owned()];
    vec![
        ("company", Constant::Text(Some("Acme".to_owned()))),
        ("days", Constant::Int(Some(398))),
        ("strict", Constant::Bool(Some(true))),
        ("names", Constant::List(Some(list))),
        ("unset", Constant::Text(None)),
        ("broken", Constant::Broken),
    ]
}

fn compiled(text: &str, has_certificate: bool) -> Result<Program, Vec<Fault>> {
    let names = Names {
        has_certificate,
        variables: &variables(),
        is_complete: true,
    };
    compile(text, names)
}

/// What an expression says of a file without certificates.
fn run(text: &str) -> Outcome {
    run_within(text, &Cell::new(STEPS_A_FILE))
}

fn run_within(text: &str, steps: &Cell<u32>) -> Outcome {
    let program = compiled(text, false).unwrap_or_else(|faults| panic!("{text}: {faults:?}"));
    let chain = Chain::empty(Document::default());
    let labels = FileLabels {
        path: "a.pem",
        environment: Some("production"),
        app: None,
    };
    program.run(&View::new(&chain, labels), None, NOW, steps)
}

#[track_caller]
fn holds(texts: &[&str]) {
    for text in texts {
        assert_eq!(run(text), Ok(true), "{text}");
    }
}

#[track_caller]
fn undetermined(text: &str, why: &str) {
    assert_eq!(
        run(text).map_err(|said| said.why),
        Err(why.to_owned()),
        "{text}"
    );
}

/// The faults of an expression, each with what it underlines.
#[track_caller]
fn faults(text: &str, expected: &[(&str, &str, Option<&str>)]) {
    let found = compiled(text, true).expect_err(text);
    let found: Vec<(&str, &str, Option<&str>)> = found
        .iter()
        .map(|fault| {
            let under = text.get(fault.range.clone()).unwrap();
            (under, fault.message.as_str(), fault.help.as_deref())
        })
        .collect();
    assert_eq!(found, expected, "{text}");
}

// ---------------------------------------------------------------- meaning

#[test]
fn operators_mean_what_cel_says() {
    holds(&[
        "1 + 2 * 3 == 7 && 7 % 4 == 3 && -7 / 2 == -3 && 2 - 3 == -1",
        "'a' + \"b\" == 'ab' && 'a' < 'b' && !('b' <= 'a') && true > false",
        "[1] + [2] == [1, 2] && [1, 2][1] == 2 && 2 in [1, 2] && !(3 in [])",
        "{'a': 1}['a'] == 1 && {'a': 1}.a == 1 && 'a' in {'a': 1} && {1: 2} == {1: 2}",
        "(1 < 2 ? 'yes' : 'no') == 'yes'",
        "null == null && 'x' in ['x'] && [null, 'x'][0] != 'x'",
        "r'\\d' == '\\\\d' && '\\u00e9' == 'é' && '''a'b''' == \"a'b\"",
    ]);
}

#[test]
fn functions_mean_what_cel_says() {
    holds(&[
        "size('žirgas') == 6 && 'ab'.size() == 2 && size([1, 2]) == 2 && size({'a': 1}) == 1",
        "'abc'.startsWith('ab') && 'abc'.endsWith('bc') && 'abc'.contains('b')",
        "'abc'.matches('b') && !'abc'.matches('^b$') && matches('a1', r'^[a-z]\\d$')",
        "'AbC'.lowerAscii() == 'abc' && 'AbC'.upperAscii() == 'ABC'",
        "int('42') == 42 && string(42) == '42' && string(true) == 'true'",
        "int(timestamp('1970-01-02T00:00:00Z')) == 86400",
        "string(duration('1h30m')) == '5400s'",
    ]);
}

#[test]
fn times_are_typed() {
    holds(&[
        "now == timestamp('2026-11-23T00:00:00Z')",
        "now < timestamp('2027-01-01T00:00:00+01:00')",
        "now + duration('24h') == timestamp('2026-11-24T00:00:00Z')",
        "now - timestamp('2026-11-22T00:00:00Z') == duration('1440m')",
        "duration('2h') - duration('30m') > duration('1h') && -duration('1s') < duration('0s')",
        "now.getFullYear() == 2026 && now.getMonth() == 10 && now.getDate() == 23",
        "now.getDayOfMonth() == 22 && now.getDayOfWeek() == 1 && now.getDayOfYear() == 326",
        "duration('90m').getHours() == 1 && duration('90m').getMinutes() == 90",
    ]);
}

#[test]
fn macros_ask_items_and_keys() {
    holds(&[
        "[1, 2].all(x, x > 0) && [].all(x, x == 1) && ![].exists(x, x == 1)",
        "[1, 2].exists(x, x == 2) && [1, 2, 2].exists_one(x, x == 1)",
        "![1, 2, 2].exists_one(x, x == 2) && [1, 2].existsOne(x, x == 1)",
        "[1, 2, 3].filter(x, x > 1).map(x, x * 2) == [4, 6]",
        "[1, 2, 3].map(x, x > 1, x * 2) == [4, 6]",
        "{'a': 1, 'b': 2}.all(key, key in ['a', 'b'])",
        "[[1], [2]].all(inner, inner.all(x, [1, 2].exists(y, y == x)))",
        "[1].exists(x, [2].exists(x, x == 2) && x == 1)",
    ]);
}

#[test]
fn variables_and_labels_are_there() {
    holds(&[
        "vars.company == 'Acme' && vars.days + 1 == 399 && vars.strict && 'b' in vars.names",
        "vars.unset == null && vars.names.size() == 2",
        "file.environment == 'production' && file.app == null && !has(file.app)",
        "file.path.endsWith('.pem') && file.version == 1 && file.certificates.size() == 0",
        "chain.length == 0 && file.chain.length == 0 && chain.path == []",
    ]);
}

// ---------------------------------------------------------------- what cannot be told

#[test]
fn what_fails_when_it_runs_says_why() {
    undetermined("file.app.startsWith('x')", "`file.app` is null");
    undetermined("vars.unset < 'x'", "`vars.unset` is null");
    undetermined("'x' < file.app", "`file.app` is null");
    undetermined(
        "1 / chain.length == 1",
        "`1 / chain.length` divides by zero",
    );
    undetermined(
        "9223372036854775807 + vars.days > 0",
        "`9223372036854775807 + vars.days` is out of bounds",
    );
    undetermined(
        "-(-9223372036854775807 - 1) > 0",
        "`-(-9223372036854775807 - 1)` is out of bounds",
    );
    undetermined(
        "chain.path[2] == 1",
        "`chain.path[2]` asks for item 2 of 0, counted from 0",
    );
    undetermined(
        "[1][-1] == 1",
        "`[1][-1]` asks for item -1 of 1, counted from 0",
    );
    undetermined(
        "{'a': 1}['b'] == 1",
        "`{'a': 1}['b']` asks for a key that the map has not",
    );
    undetermined(
        "{'a': 1, 'a': 2} == {'a': 1}",
        "`{'a': 1, 'a': 2}` has a key twice",
    );
    undetermined(
        "now + duration('99999999h') > now",
        "`now + duration('99999999h')` is out of bounds",
    );
    undetermined(
        "int(vars.company) == 1",
        "`int(vars.company)` cannot be made of this",
    );
    undetermined(
        "(file.app == null ? null : true) || false",
        "`file.app == null ? null : true` is null",
    );
}

#[test]
fn an_error_does_not_count_where_the_other_side_decides() {
    holds(&[
        "file.app.startsWith('x') || true",
        "true || file.app.startsWith('x')",
        "!(file.app.startsWith('x') && false)",
        "['a', null].exists(x, x.startsWith('a'))",
        "[null, 'a'].exists(x, x.startsWith('a'))",
        "![null, 'b'].all(x, x.startsWith('a'))",
    ]);
    undetermined("file.app.startsWith('x') || false", "`file.app` is null");
    undetermined("[null, 'b'].exists(x, x.startsWith('a'))", "`x` is null");
    undetermined("[null, 'a'].all(x, x.startsWith('a'))", "`x` is null");
    undetermined(
        "[null, 'a'].exists_one(x, x.startsWith('a'))",
        "`x` is null",
    );
}

#[test]
fn a_long_piece_of_an_expression_is_shortened() {
    let long = "x".repeat(80);
    let why = run(&format!("int('{long}')\n  == 1")).unwrap_err().why;
    assert_eq!(
        why,
        format!("`int('{}…` cannot be made of this", "x".repeat(55))
    );
}

#[test]
fn the_budget_bounds_every_file_and_nothing_passes_over_its_end() {
    let ten = "[0,1,2,3,4,5,6,7,8,9]";
    let nested = format!(
        "{ten}.all(a, {ten}.all(b, {ten}.all(c, {ten}.all(d, {ten}.all(e, {ten}.all(f, {ten}.all(g, true)))))))"
    );
    let why = "the expressions of the policy take too long on this file";
    undetermined(&nested, why);
    undetermined(&format!("{nested} || true"), why);
    undetermined(&format!("[1, 2].exists(x, x == 2 || {nested})"), why);
    let steps = Cell::new(10);
    assert_eq!(run_within("1 == 1", &steps), Ok(true));
    assert_eq!(steps.get(), 7);
    assert_eq!(run_within("1 == 1", &steps), Ok(true));
    assert_eq!(run_within("1 == 1", &steps), Ok(true));
    assert!(run_within("1 == 1", &steps).is_err());
}

// ---------------------------------------------------------------- what means nothing

#[test]
fn names_are_known_or_told() {
    faults(
        "cert.san.url.size() > 0",
        &[(
            "url",
            "there is no fact `url` here",
            Some("one of `dns`, `emails`, `ips`, `others`, `uris`"),
        )],
    );
    faults(
        "crt.index == 1 || cert.sbject.text == ''",
        &[
            (
                "crt",
                "there is no variable `crt`",
                Some("did you mean `cert`?"),
            ),
            (
                "sbject",
                "there is no fact `sbject` here",
                Some("did you mean `subject`?"),
            ),
        ],
    );
    faults(
        "cert.extensions.exists(e, e.critcal && f.oid == '')",
        &[
            (
                "critcal",
                "there is no fact `critcal` here",
                Some("did you mean `critical`?"),
            ),
            (
                "f",
                "there is no variable `f`",
                Some("one of `e`, `cert`, `chain`, `file`, `now`, `vars`"),
            ),
        ],
    );
    faults(
        "vars.compny == '' && file.pth == ''",
        &[
            (
                "compny",
                "no policy declares the variable `compny`",
                Some("did you mean `company`?"),
            ),
            (
                "pth",
                "there is no fact `pth` here",
                Some("did you mean `path`?"),
            ),
        ],
    );
    faults(
        "cert.subject.text.startWith('a')",
        &[(
            "startWith",
            "there is no function `startWith`",
            Some("did you mean `startsWith`?"),
        )],
    );
    faults(
        "file == null && vars != null",
        &[
            (
                "file",
                "`file` alone is no value",
                Some("name a part of it: `file.…`"),
            ),
            (
                "vars",
                "`vars` alone is no value",
                Some("name a part of it: `vars.…`"),
            ),
        ],
    );
}

#[test]
fn a_rule_that_asks_the_file_has_no_certificate() {
    let found = compiled("chain.length > 0 && cert.index == 1", false).unwrap_err();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].range, 20..24);
    assert_eq!(found[0].message, "a rule without `on` has no `cert`");
}

#[test]
fn a_variable_whose_declaration_is_broken_is_not_told_again() {
    assert_eq!(compiled("vars.broken == 1", true).unwrap_err(), []);
    let names = Names {
        has_certificate: true,
        variables: &[],
        is_complete: false,
    };
    assert_eq!(
        compile("vars.from_the_lost_parent == 1", names).unwrap_err(),
        []
    );
}

#[test]
fn types_are_right_or_told() {
    for (text, under, message) in [
        (
            "cert.index",
            "cert.index",
            "`assert` wants `bool`, found `int`",
        ),
        (
            "cert.san.dns",
            "cert.san.dns",
            "`assert` wants `bool`, found `list(string)`",
        ),
        (
            "cert.index == 'a'",
            "==",
            "`==` cannot compare `int` with `string`",
        ),
        (
            "cert.subject == null",
            "cert.subject",
            "`cert.subject` is never null",
        ),
        (
            "cert.san.dns != null",
            "cert.san.dns",
            "`cert.san.dns` is never null",
        ),
        (
            "now > '2030-01-01T00:00:00Z'",
            ">",
            "`>` cannot compare `timestamp` with `string`",
        ),
        (
            "cert.validity.duration > 398",
            ">",
            "`>` cannot compare `duration` with `int`",
        ),
        (
            "cert.san.dns < ['a']",
            "<",
            "`<` cannot compare `list(string)` with `list(string)`",
        ),
        (
            "cert.key.bits > null",
            ">",
            "`>` cannot compare `int` with `null`",
        ),
        (
            "now + 1 > now",
            "+",
            "`+` has no meaning between `timestamp` and `int`",
        ),
        (
            "'a' + 1 == 'a1'",
            "+",
            "`+` has no meaning between `string` and `int`",
        ),
        (
            "1 in cert.san.dns",
            "in",
            "`list(string)` never holds `int`",
        ),
        (
            "'a' in 'abc'",
            "'abc'",
            "`in` wants a list or a map, found `string`",
        ),
        ("!cert.index", "cert.index", "`!` wants `bool`, found `int`"),
        ("-'a' == 1", "'a'", "`-` wants `int`, found `string`"),
        (
            "cert.index && true",
            "cert.index",
            "`&&` wants `bool`, found `int`",
        ),
        ("(1 ? true : false)", "1", "`?:` wants `bool`, found `int`"),
        (
            "(true ? 1 : 'a') == 1",
            "'a'",
            "both sides of `:` are of one type: `int` and `string`",
        ),
        (
            "[1, 'a'].size() == 2",
            "'a'",
            "the items of a list are of one type: `int` and `string`",
        ),
        (
            "{'a': 1, 2: 1}.size() == 2",
            "2",
            "the keys of a map are of one type: `string` and `int`",
        ),
        (
            "{now: 1}.size() == 1",
            "{now: 1}",
            "`timestamp` cannot be a key",
        ),
        (
            "cert.san.dns['a'] == ''",
            "'a'",
            "this index wants `int`, found `string`",
        ),
        ("cert.index[0] == 1", "cert.index", "`int` has no items"),
        (
            "cert.san.dns.text == ''",
            "text",
            "`list(string)` has no fields",
        ),
        (
            "cert.index.all(x, true)",
            "cert.index",
            "`int` has no items",
        ),
        (
            "cert.san.dns.all(x, x)",
            "x",
            "the test of a macro wants `bool`, found `string`",
        ),
        (
            "cert.san.dns.all(x.y, true)",
            ".",
            "a macro begins with a name for the item",
        ),
        (
            "cert.san.dns.all(true)",
            "all",
            "`all` is written otherwise",
        ),
        ("cert.san.dns.map(x)", "map", "`map` is written otherwise"),
        ("has(cert)", "cert", "`has` asks for a fact"),
        ("has({'a': 1}.a)", "a", "`has` asks for a fact"),
        (
            "startsWith('a', 'b')",
            "startsWith",
            "`startsWith` is called otherwise",
        ),
        ("'a'.int() == 1", "int", "`int` is called otherwise"),
        (
            "'a'.startsWith() == true",
            "startsWith",
            "`startsWith` takes 1 in its brackets, found 0",
        ),
        ("'a'.startsWith(1)", "1", "`startsWith` does not take `int`"),
        ("size(1) == 1", "1", "`size` does not take `int`"),
        (
            "now.getHours('UTC') == 1",
            "getHours",
            "`getHours` takes 0 in its brackets, found 1",
        ),
        (
            "duration('1h').getFullYear() == 1",
            "duration('1h')",
            "`getFullYear` does not take `duration`",
        ),
        (
            "timestamp('2030-02-30T00:00:00Z') > now",
            "'2030-02-30T00:00:00Z'",
            "\"2030-02-30T00:00:00Z\" is no timestamp",
        ),
        (
            "duration('30d') > duration('1h')",
            "'30d'",
            "\"30d\" is no duration",
        ),
        (
            "'a'.matches('(')",
            "'('",
            "this pattern is wrong: unclosed group",
        ),
        (
            "'a'.matches(cert.subject.text)",
            "cert.subject.text",
            "the pattern of `matches` is not known when the policy loads",
        ),
        (
            "'a'.matches('a{1000}{1000}{1000}')",
            "'a{1000}{1000}{1000}'",
            "this pattern is wrong: Compiled regex exceeds size limit of 1048576 bytes.",
        ),
        (
            "1.5 > 1",
            "1.5",
            "numbers are whole numbers without a suffix",
        ),
        (
            "1u == 1",
            "1u",
            "numbers are whole numbers without a suffix",
        ),
        ("b'a' == 'a'", "b'a'", "there are no bytes here"),
        ("Acme{a: 1} == 1", "Acme", "there are no message types here"),
        (
            "cert.?subject == 1",
            ".",
            "this operator has no meaning here",
        ),
        (
            "cert.san.dns[?0] == 1",
            "[",
            "this operator has no meaning here",
        ),
    ] {
        let found = compiled(text, true).expect_err(text);
        let first = &found[0];
        assert_eq!(
            (&text[first.range.clone()], first.message.as_str()),
            (under, message),
            "{text}"
        );
        assert_eq!(found.len(), 1, "{text}: {found:?}");
    }
}

#[test]
fn places_are_right_behind_characters_of_several_bytes() {
    for text in [
        "'é' == nothing",
        "'😀é' == cert.subject.text && nothing.a",
        "cert.san.dns.exists(x, x == 'ž😀' && nothing == 1)",
        "size('ž') + nothing > 1 // ž",
    ] {
        let found = compiled(text, true).unwrap_err();
        assert_eq!(&text[found[0].range.clone()], "nothing", "{text}");
    }
}

#[test]
fn grammar_is_right_or_told() {
    for (text, at, under, message) in [
        ("", 0, "", "the expression breaks off"),
        ("   ", 3, "", "the expression breaks off"),
        ("cert.index ==", 13, "", "the expression breaks off"),
        ("size(cert.san.dns", 17, "", "the expression breaks off"),
        ("cert.index = 1", 11, "=", "`=` cannot stand here"),
        (
            "cert.index == 1 and true",
            16,
            "and",
            "`and` cannot stand here",
        ),
        ("'é' == 'é' && ?", 16, "?", "`?` cannot stand here"),
        ("cert..index == 1", 5, ".", "`.` cannot stand here"),
        ("cert.index == 1)", 15, ")", "`)` cannot stand here"),
        ("cert.index == #", 14, "#", "`#` cannot stand here"),
        ("'abc == 1", 0, "'abc == 1", "this text is not well written"),
        (
            r"'\d' == ''",
            0,
            r"'\d' == ''",
            "this text is not well written",
        ),
        ("for == 1", 0, "for", "`for` is a word of CEL's own"),
        (
            "99999999999999999999 > 1",
            0,
            "99999999999999999999",
            "the number is too large",
        ),
        ("true &&\n  && true", 10, "&", "`&` cannot stand here"),
    ] {
        let found = compiled(text, true).expect_err(text);
        let first = &found[0];
        assert_eq!(
            (
                first.range.start,
                text.get(first.range.clone()).unwrap(),
                first.message.as_str()
            ),
            (at, under, message),
            "{text}"
        );
        assert_eq!(found.len(), 1, "{text}");
    }
}

#[test]
fn what_is_too_large_or_too_deep_is_refused_without_being_read() {
    let message = |text: &str| compiled(text, true).unwrap_err()[0].message.clone();
    let deep = |depth: usize| format!("{}true{}", "(".repeat(depth), ")".repeat(depth));
    assert!(compiled(&deep(24), true).is_ok());
    assert_eq!(message(&deep(25)), "the expression is nested too deeply");
    assert_eq!(
        message(&"(".repeat(8000)),
        "the expression is nested too deeply"
    );
    assert_eq!(
        message(&"[{(".repeat(2000)),
        "the expression is nested too deeply"
    );
    assert_eq!(
        message(&"!".repeat(8000)),
        "the expression has too many operators"
    );
    assert_eq!(message(&" ".repeat(9000)), "the expression has 9000 bytes");
    let sum = |terms: usize| format!("1{} > 0", "+1".repeat(terms));
    assert!(compiled(&sum(40), true).is_ok());
    assert_eq!(message(&sum(100)), "the expression is nested too deeply");
    let any = |terms: usize| format!("true{}", " || true".repeat(terms));
    assert!(compiled(&any(250), true).is_ok());
}

#[test]
fn the_facts_that_are_read_are_known() {
    let program = compiled(
        "cert.san.uris.exists(u, u == cert.subject.text) || cert.subject.text == '' \
         || cert.basic_constraints.ca || cert.extensions.exists(e, e.critical) || file.app == ''",
        true,
    );
    assert_eq!(
        program.unwrap().reads(),
        [
            "cert.san.uris",
            "cert.subject.text",
            "cert.basic_constraints.ca",
            "file.app"
        ]
    );
}

// ---------------------------------------------------------------- properties

/// Expressions of a type, over literals alone: 0 bool, 1 int, 2 text, 3 list of ints.
fn typed(kind: usize) -> BoxedStrategy<String> {
    let leaf = match kind {
        0 => prop_oneof![Just("true".to_owned()), Just("false".to_owned())].boxed(),
        1 => (-3..4_i64).prop_map(|number| format!("({number})")).boxed(),
        2 => "[abé]{0,2}".prop_map(|text| format!("'{text}'")).boxed(),
        _ => prop::collection::vec(-3..4_i64, 0..3)
            .prop_map(|items| format!("{items:?}"))
            .boxed(),
    };
    leaf.boxed()
}

fn deeper(kind: usize, depth: usize) -> BoxedStrategy<String> {
    if depth == 0 {
        return typed(kind);
    }
    let of = |kind| deeper(kind, depth - 1);
    let choice = (of(0), of(kind), of(kind)).prop_map(|(c, a, b)| format!("({c} ? {a} : {b})"));
    let more = match kind {
        0 => {
            let logic = (of(0), prop_oneof!["&&", "\\|\\|", "==", "!=", "<"], of(0));
            let numbers = (of(1), prop_oneof!["<", "<=", ">", ">=", "==", "!="], of(1));
            let macros = (
                of(3),
                prop_oneof!["all", "exists", "exists_one"],
                of(1),
                prop_oneof!["<", "==", "/"],
            );
            let texts = (
                of(2),
                prop_oneof!["startsWith", "endsWith", "contains"],
                of(2),
            );
            prop_oneof![
                logic.prop_map(|(a, op, b)| format!("({a} {op} {b})")),
                numbers.prop_map(|(a, op, b)| format!("({a} {op} {b})")),
                macros.prop_map(|(list, name, than, op)| match op.as_str() {
                    "/" => format!("{list}.{name}(x, {than} / x > 0)"),
                    _ => format!("{list}.{name}(x, x {op} {than})"),
                }),
                texts.prop_map(|(a, name, b)| format!("{a}.{name}({b})")),
                (of(1), of(3)).prop_map(|(item, list)| format!("({item} in {list})")),
                (of(3), of(3)).prop_map(|(a, b)| format!("({a} == {b})")),
                of(0).prop_map(|a| format!("!({a})")),
            ]
            .boxed()
        }
        1 => {
            let sums = (of(1), prop_oneof!["\\+", "-", "\\*", "/", "%"], of(1));
            prop_oneof![
                sums.prop_map(|(a, op, b)| format!("({a} {op} {b})")),
                (of(3), of(1)).prop_map(|(list, at)| format!("{list}[{at}]")),
                of(2).prop_map(|text| format!("size({text})")),
                of(3).prop_map(|list| format!("{list}.size()")),
            ]
            .boxed()
        }
        2 => (of(2), of(2))
            .prop_map(|(a, b)| format!("({a} + {b})"))
            .boxed(),
        _ => prop_oneof![
            (of(3), of(3)).prop_map(|(a, b)| format!("({a} + {b})")),
            (of(3), of(1)).prop_map(|(list, by)| format!("{list}.map(x, x * {by})")),
            (of(3), of(1)).prop_map(|(list, than)| format!("{list}.filter(x, x < {than})")),
        ]
        .boxed(),
    };
    prop_oneof![1 => typed(kind), 1 => choice, 4 => more].boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// Our running and that of the `cel` crate agree, errors included.
    #[test]
    fn the_crate_says_the_same(text in deeper(0, 4)) {
        let ours = compiled(&text, false);
        prop_assume!(ours.is_ok());
        let ours = run(&text).ok();
        let theirs = cel::Program::compile(&text).unwrap().execute(&cel::Context::default());
        let theirs = match theirs {
            Ok(cel::Value::Bool(flag)) => Some(flag),
            Ok(other) => panic!("{text} is {other:?}"),
            Err(_) => None,
        };
        prop_assert_eq!(ours, theirs, "{}", text);
    }

    /// Whatever stands there: faults within the text, or a program that runs to an end.
    #[test]
    fn no_text_makes_it_panic(
        words in prop::collection::vec(
            prop_oneof![
                "\\PC{0,3}",
                prop::sample::select(vec![
                    "cert", ".", "san", ".dns", "file.", "vars.", "(", ")", "[", "]", "{", "}", "'", "\"",
                    "\\", "==", "&&", "||", "!", "-", "?", ":", ",", " ", "\n", "\r", "1", "x", "'a'", "in",
                    "null", "true", ".all(x,", ".map(", "has(", "size(", "matches(", "timestamp('",
                    "duration(\"", "r'", "'''", "1.5", "1u", "b'", "`", "//", "for", "0x", "é", "😀", "\u{202e}",
                ]).prop_map(str::to_owned),
            ],
            0..24,
        ),
    ) {
        let text = words.concat();
        match compiled(&text, false) {
            Ok(_) => { let _ = run(&text); }
            Err(faults) => for fault in faults {
                prop_assert!(text.get(fault.range.clone()).is_some(), "{:?} {:?}", text, fault);
                prop_assert_eq!(crate::source::escape(&fault.message), fault.message);
            },
        }
    }
}
