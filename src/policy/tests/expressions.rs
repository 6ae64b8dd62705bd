//! Expressions in policies: every mistake stands at its character, whatever the YAML around it.

use super::{good, load, load_among, told, underlined};
use crate::check::Check;
use crate::policy::Override;

/// A policy whose rule is asked of leaves; `check` begins in line 9, column 12.
fn policy(check: &str) -> String {
    format!(
        "version: 1\nname: acme\nvars:\n  days: {{ type: integer, default: 398 }}\nrules:\n  own-rule:\n    severity: error\n    on: leaf\n    check: {check}\n    message: m\n"
    )
}

/// What is said of a policy, and the characters that the first problem underlines.
#[track_caller]
fn mistake(check: &str, said: &str, under: &str) {
    let text = policy(check);
    let problems = load(&text).expect_err(&text);
    let found = told(&problems).replace("/policy.yaml:", "");
    assert_eq!(
        (found.as_str(), underlined(&problems[0])),
        (said, under),
        "\n{text}"
    );
}

#[test]
fn in_a_plain_scalar() {
    mistake(
        "{ expression: { assert: cert.key.bts > 1 } }",
        "9:45 there is no fact `bts` here [unknown fact] did you mean `bits`?",
        "bts",
    );
    mistake(
        "\n      expression:\n        assert: cert.index > 0\n          && cert.key.bts > 1",
        "12:23 there is no fact `bts` here [unknown fact] did you mean `bits`?",
        "bts",
    );
}

#[test]
fn in_a_scalar_in_single_quotes() {
    mistake(
        "{ expression: { assert: '''é'' == cert.subject.txt' } }",
        "9:59 there is no fact `txt` here [unknown fact] did you mean `text`?",
        "txt",
    );
    mistake(
        "{ expression: { assert: 'cert.subject.text == ''a' } }",
        "9:58 this text is not well written [text] close its quotes on the same line; a backslash that is meant is written twice, or the text begins with r: r'\\d'",
        "''a",
    );
}

#[test]
fn in_a_scalar_in_double_quotes() {
    mistake(
        r#"{ expression: { assert: "\"\u00e9\" == cert.subject.txt" } }"#,
        "9:64 there is no fact `txt` here [unknown fact] did you mean `text`?",
        "txt",
    );
    mistake(
        "{ expression: { assert: \"cert.index > 0 && \\\n        cert.key.bts > 1\" } }",
        "10:18 there is no fact `bts` here [unknown fact] did you mean `bits`?",
        "bts",
    );
}

#[test]
fn in_a_literal_block() {
    mistake(
        "\n      expression:\n        assert: |\n          cert.index > 0\n            && cert.key.bts > 1\n",
        "13:25 there is no fact `bts` here [unknown fact] did you mean `bits`?",
        "bts",
    );
}

#[test]
fn in_a_folded_block() {
    mistake(
        "\n      expression:\n        assert: >-\n          cert.index > 0\n          && cert.key.bts > 1\n\n          || true",
        "13:23 there is no fact `bts` here [unknown fact] did you mean `bits`?",
        "bts",
    );
}

#[test]
fn what_breaks_off_points_behind_the_last_character() {
    let said = "9:48 the expression breaks off [something is missing] write what the last operator or bracket wants";
    mistake(
        "{ expression: { assert: 'cert.index ==' } }",
        &said.replace("9:48", "9:50"),
        "'",
    );
    mistake(
        "{ expression: { assert: size(cert.san.dns } }",
        "9:52 the expression breaks off [something is missing] add `)`",
        "s",
    );
}

#[test]
fn all_mistakes_of_a_rule_are_told_at_once() {
    let text = policy(
        "{ expression: { assert: 'cert.san.urls.size() > 0 && cert.indx == 1', point_at: subjct, at: 1 } }",
    )
    .replace("message: m", "message: \"{cert.nothing}\"");
    let problems = load(&text).unwrap_err();
    let found: Vec<String> = told(&problems)
        .lines()
        .map(|line| {
            line.split(" [")
                .next()
                .unwrap()
                .replace("/policy.yaml:", "")
        })
        .collect();
    assert_eq!(
        found,
        [
            "9:100 unknown key `at` in `expression`",
            "10:15 nothing is called `cert.nothing` here",
        ],
        "the parameters come first"
    );
    let text = text.replace(", at: 1", "");
    let found: Vec<String> = told(&load(&text).unwrap_err())
        .lines()
        .map(|line| {
            line.split(" [")
                .next()
                .unwrap()
                .replace("/policy.yaml:", "")
        })
        .collect();
    assert_eq!(
        found,
        [
            "9:46 there is no fact `urls` here",
            "9:70 there is no fact `indx` here",
            "9:92 `point_at`: a certificate has no field `subjct`",
            "10:15 nothing is called `cert.nothing` here",
        ]
    );
}

#[test]
fn point_at_is_a_field_or_a_fact() {
    for (point_at, fits) in [
        ("subject_alternative_name", true),
        ("certificate", true),
        ("san", true),
        ("cert.san.uris", true),
        ("validity.not_after", true),
        ("san.url", false),
        ("chain.class", false),
    ] {
        let text = policy(&format!(
            "{{ expression: {{ assert: 'true', point_at: {point_at} }} }}"
        ));
        assert_eq!(load(&text).is_ok(), fits, "{point_at}");
    }
    mistake(
        "{ expression: { assert: 'true', point_at: cert.san.url } }",
        "9:54 `point_at`: a certificate has no field `cert.san.url` [unknown field] did you mean `cert.san.uris`?",
        "cert.san.url",
    );
}

#[test]
fn whether_a_rule_has_on_says_what_is_asked() {
    let leaf = policy("{ expression: { assert: 'cert.index == 1' } }");
    assert!(matches!(good(&leaf).rules[0].check, Check::Certificate(_)));
    let file = leaf
        .replace("    on: leaf\n", "")
        .replace("cert.index", "chain.length");
    assert!(matches!(good(&file).rules[0].check, Check::Chain(_)));
    let without = leaf.replace("    on: leaf\n", "");
    assert_eq!(
        told(&load(&without).unwrap_err()),
        "/policy.yaml:8:37 a rule without `on` has no `cert` [no certificate] add `on: leaf` to the rule, or ask `file.certificates`"
    );
}

#[test]
fn a_variable_has_the_value_that_it_is_given() {
    let text = policy("{ expression: { assert: 'cert.validity.days <= vars.days' } }");
    assert!(load(&text).is_ok());
    mistake(
        "{ expression: { assert: 'cert.validity.days <= vars.dys' } }",
        "9:64 no policy declares the variable `dys` [unknown variable] did you mean `days`?",
        "dys",
    );
    let pattern = text
        .replace("type: integer, default: 398", "type: string, default: x")
        .replace(
            "cert.validity.days <= vars.days",
            "cert.subject.text.matches(vars.days)",
        );
    assert!(load(&pattern).is_ok());
    let broken = Override::from_flag("days=(").unwrap();
    let problems = load_among(&[("/policy.yaml", &pattern)], &[broken]).unwrap_err();
    assert_eq!(
        told(&problems),
        "/policy.yaml:9:63 this pattern is wrong: unclosed group [pattern] regular expressions as RE2 has them, without look-around"
    );
}

#[test]
fn an_expression_that_is_a_variable_is_underlined_whole() {
    let text = policy("{ expression: { assert: \"{vars.days}\" } }").replace(
        "type: integer, default: 398",
        "type: string, default: cert.indx == 1",
    );
    let problems = load(&text).unwrap_err();
    assert_eq!(underlined(&problems[0]), "\"{vars.days}\"");
    assert_eq!(problems[0].message, "there is no fact `indx` here");
}

#[test]
fn a_text_is_wanted() {
    mistake(
        "{ expression: { assert: true } }",
        "9:36 `assert`: expected a text, found `true` [`true`] put quotes around it",
        "true",
    );
    mistake(
        "{ expression: {} }",
        "9:26 `assert` is missing in `expression` [has no `assert`] -",
        "{}",
    );
}
