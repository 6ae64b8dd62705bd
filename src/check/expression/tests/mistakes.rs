//! What means nothing is told at its characters, before anything runs.

use super::{Model, Names, compile, compiled};

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
        model: &Model::default(),
    };
    assert_eq!(
        compile("vars.from_the_lost_parent == 1", names).unwrap_err(),
        []
    );
}

/// The one fault of each expression: what it underlines, and what it says.
#[track_caller]
fn one_fault(rows: &[(&str, &str, &str)]) {
    for (text, under, message) in rows {
        let found = compiled(text, true).expect_err(text);
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|fault| {
                let under = text.get(fault.range.clone()).unwrap();
                (under, fault.message.as_str())
            })
            .collect();
        assert_eq!(found, [(*under, *message)], "{text}");
    }
}

#[test]
fn what_is_not_supported_is_told() {
    one_fault(&[
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
    ]);
}

#[test]
fn constants_are_right_or_told() {
    one_fault(&[
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
    ]);
}

#[test]
fn calls_are_right_or_told() {
    one_fault(&[
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
    ]);
}

/// A misspelt word would make a rule that nothing, or everything, breaks.
#[test]
fn words_that_a_fact_can_never_be_are_told() {
    let never = |expression, word, fact: &str| {
        let faults = compiled(expression, true).unwrap_err();
        assert_eq!(faults.len(), 1, "{expression}");
        assert_eq!(
            expression.get(faults[0].range.clone()),
            Some(word),
            "{expression}"
        );
        assert!(
            faults[0]
                .message
                .starts_with(&format!("`{fact}` is never "))
        );
        faults[0].help.clone().unwrap()
    };
    assert_eq!(
        never("chain.class != 'privat'", "'privat'", "chain.class"),
        "did you mean `private`?"
    );
    for (expression, word, fact) in [
        ("'Leaf' == cert.role", "'Leaf'", "cert.role"),
        (
            "cert.key_usage != ['digitalsignature', 'keyEncipherment']",
            "'digitalsignature'",
            "cert.key_usage",
        ),
        (
            "chain.class in ['private', 'publik']",
            "'publik'",
            "chain.class",
        ),
        (
            "chain.ending_kind == 'trust-anchor'",
            "'trust-anchor'",
            "chain.ending_kind",
        ),
        (
            "chain.trusted_list == 'unlisted'",
            "'unlisted'",
            "chain.trusted_list",
        ),
        ("cert.key.algorithm == 'RSA'", "'RSA'", "cert.key.algorithm"),
        (
            "cert.key.curve in ['P-256', 'secp256r1']",
            "'secp256r1'",
            "cert.key.curve",
        ),
        (
            "'digital_signature' in cert.key_usage",
            "'digital_signature'",
            "cert.key_usage",
        ),
        (
            "'client_auth' in cert.extended_key_usage",
            "'client_auth'",
            "cert.extended_key_usage",
        ),
        (
            "cert.extended_key_usage.exists(u, u == 'clientauth')",
            "'clientauth'",
            "u",
        ),
        ("cert.validation == 'QV'", "'QV'", "cert.validation"),
        ("file.certificates.all(c, c.role != 'ca')", "'ca'", "c.role"),
    ] {
        never(expression, word, fact);
    }
    for right in [
        "chain.class in ['private', 'public', 'qwac', '']",
        "cert.key.algorithm == '1.2.840.10045.2.1' || cert.key.algorithm == 'rsa-pss'",
        "cert.extended_key_usage.all(u, u in ['clientAuth', '1.3.6.1.5.5.7.3.17'])",
        "'digitalSignature' in cert.key_usage && cert.key.curve == 'explicit'",
        // A variable may hold another word tomorrow.
        "chain.class != vars.company",
        "cert.subject.common_name == 'anything'",
    ] {
        assert!(compiled(right, true).is_ok(), "{right}");
    }
}

#[test]
fn lists_and_maps_are_of_one_type_or_told() {
    one_fault(&[
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
            "a list is asked for an item by its number, from 0",
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
    ]);
}

#[test]
fn operands_are_right_or_told() {
    one_fault(&[
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
    ]);
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
        assert_eq!(text.get(found[0].range.clone()), Some("nothing"), "{text}");
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
    // The parser's own recursion, on a test's small stack.
    for part in [".a", "[0]", "<1", ".size()"] {
        let terms = 599 / part.chars().filter(char::is_ascii_punctuation).count();
        let long = format!("1{} > 0", part.repeat(terms - 1));
        assert_eq!(
            message(&long),
            "the expression is nested too deeply",
            "{part}"
        );
    }
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
