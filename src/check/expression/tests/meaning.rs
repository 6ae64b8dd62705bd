//! What expressions mean, and what of them cannot be told.

use std::cell::Cell;

use super::{run, run_within};

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
fn the_budget_bounds_every_rule_and_nothing_passes_over_its_end() {
    let ten = "[0,1,2,3,4,5,6,7,8,9]";
    let nested = format!(
        "{ten}.all(a, {ten}.all(b, {ten}.all(c, {ten}.all(d, {ten}.all(e, {ten}.all(f, {ten}.all(g, true)))))))"
    );
    let why = "the expression takes too long on this file";
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

#[test]
fn the_deepest_expression_runs_on_a_small_stack() {
    holds(&[
        &format!("1{} == 47", "+1".repeat(46)),
        &format!("{}true{}", "!(".repeat(23), ")".repeat(23)).replace("true", "false"),
        &format!("{}true{}", "[1].all(x, ".repeat(22), ")".repeat(22)),
    ]);
}
