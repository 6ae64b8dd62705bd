//! What is wrong with a policy is told at its place, all of it, with what to do.

use std::fmt::Write;

use super::{load, load_among, told, underlined};

/// A policy with a rule of its own, whose lines a test replaces. The rule begins in line 4.
const RULE: &str = r#"version: 1
name: acme
rules:
  own-rule:
    severity: error
    on: leaf
    check: { not-expired: {} }
    message: "m {not_after}"
"#;

/// What is said when a part of [`RULE`] is replaced.
#[track_caller]
fn replacing(from: &str, to: &str, expected: &[&str]) {
    assert!(RULE.contains(from), "{from}");
    let text = RULE.replace(from, to);
    let problems = load(&text).expect_err("a mistake");
    let found = told(&problems).replace("/policy.yaml:", "");
    assert_eq!(found, expected.join("\n"), "\n{text}");
}

#[track_caller]
fn whole(text: &str, expected: &[&str]) {
    let problems = load(text).expect_err("a mistake");
    let found = told(&problems).replace("/policy.yaml:", "");
    assert_eq!(found, expected.join("\n"), "\n{text}");
}

#[test]
fn the_rule_that_is_broken_here_is_whole() {
    assert!(load(RULE).is_ok(), "{}", told(&load(RULE).unwrap_err()));
}

// ---------------------------------------------------------------- YAML

#[test]
fn a_tab_in_the_indentation() {
    replacing(
        "    on: leaf",
        "\ton: leaf",
        &["6:1 a tab cannot indent YAML [tab] indent with spaces, two a level"],
    );
}

#[test]
fn a_key_given_twice() {
    replacing(
        "    on: leaf",
        "    on: leaf\n    on: root",
        &["7:5 the key `on` is given twice [again here] keep one of them"],
    );
    let text = RULE.replace("    on: leaf", "    on: leaf\n    on: root");
    let problems = load(&text).unwrap_err();
    let (file, span, _) = &problems[0].related[0];
    assert_eq!(file.position(span.start).line, 6);
}

#[test]
fn a_rule_given_twice_hides_nothing_else() {
    whole(
        "version: 1\nname: acme\nrules:\n  a-rule: off\n  a-rule: error\n  b-rule: of\n",
        &[
            "4:3 no policy that this one extends has a rule `a-rule` [unknown rule] a rule of one's own has a `check` and a `message`",
            "5:3 the key `a-rule` is given twice [again here] keep one of them",
            "6:3 no policy that this one extends has a rule `b-rule` [unknown rule] a rule of one's own has a `check` and a `message`",
        ],
    );
}

#[test]
fn an_alias_bomb() {
    let mut text =
        String::from("version: 1\nname: acme\nrules:\n  a: &a [x, x, x, x, x, x, x, x, x]\n");
    for (this, last) in ["b", "c", "d", "e", "f", "g"]
        .iter()
        .zip(["a", "b", "c", "d", "e", "f"])
    {
        let aliases = vec![format!("*{last}"); 9].join(", ");
        writeln!(text, "  {this}: &{this} [{aliases}]").unwrap();
    }
    let problems = load(&text).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert_eq!(
        problems[0].message,
        "the file holds too much, aliases written out"
    );
}

#[test]
fn nesting_without_end() {
    for text in [
        "[".repeat(100_000),
        "{a: ".repeat(10_000),
        format!("\n{}", "- ".repeat(10_000)),
    ] {
        let problems = load(&format!("version: 1\nrules: {text}")).unwrap_err();
        let told = told(&problems);
        assert!(told.contains("nested too deeply"), "{told}");
    }
}

#[test]
fn two_documents() {
    whole(
        &format!("{RULE}---\nversion: 1\n"),
        &[
            "9:1 a second YAML document begins here [second document] one file holds one document: remove all from this `---` on",
        ],
    );
}

#[test]
fn a_tag() {
    replacing(
        "severity: error",
        "severity: !!str error",
        &["5:15 a YAML tag has no meaning here [tag] remove it; quotes make a text of anything"],
    );
    replacing(
        "severity: error",
        "severity: !mine error",
        &[
            "5:15 a YAML tag has no meaning here [read as a tag] a text that begins with `!` stands in quotes: `'!mine error'`",
        ],
    );
}

#[test]
fn a_number_that_a_tag_makes_a_text_is_not_told_to_be_written_as_it_is() {
    replacing(
        "{ not-expired: {} }\n    message: \"m {not_after}\"",
        "{ serial-number: { max_octets: !!str 20, min_bits: 1 } }\n    message: m",
        &[
            "7:43 a YAML tag has no meaning here [tag] remove it; quotes make a text of anything",
            "7:49 `max_octets`: expected a whole number, 0 or more, found the text \"20\" [the text \"20\"] -",
        ],
    );
}

/// What is said of an assertion, and under which characters.
#[track_caller]
fn assertion(check: &str, underlined_text: &str, expected: &str) {
    let text = RULE
        .replace("{ not-expired: {} }", check)
        .replace("{not_after}", "");
    let problems = load(&text).expect_err("a mistake");
    let found = told(&problems);
    assert!(found.contains(expected), "{found}\n{text}");
    assert_eq!(problems.len(), 1, "{found}");
    assert_eq!(underlined(&problems[0]), underlined_text, "{text}");
}

#[test]
fn an_assertion_that_begins_with_an_exclamation_mark_wants_quotes() {
    let block = "\n      expression:\n        assert: ";
    for written in [
        "!cert.basic_constraints.ca",
        "!(cert.role == \"leaf\")",
        "!cert.san.dns.exists(d, d == \"x\")",
        "!cert.a || !cert.b",
        "!cert.a && !cert.b",
        "! cert.basic_constraints.ca",
        "!!cert.basic_constraints.ca",
    ] {
        let help = format!(
            "a YAML tag has no meaning here [read as a tag] a text that begins with `!` stands in quotes: `'{written}'`"
        );
        assertion(&format!("{block}{written}"), written, &help);
        assertion(&format!("{block}{written} # why"), written, &help);
        let flow = format!("{{ expression: {{ assert: {written} }} }}");
        assertion(&flow, written, &help);
    }
}

#[test]
fn a_text_that_begins_with_an_exclamation_mark_wants_quotes() {
    replacing(
        "\"m {not_after}\"",
        "!important",
        &[
            "8:14 a YAML tag has no meaning here [read as a tag] a text that begins with `!` stands in quotes: `'!important'`",
        ],
    );
    replacing(
        "\"m {not_after}\"",
        "!important don't",
        &[
            "8:14 a YAML tag has no meaning here [read as a tag] a text that begins with `!` stands in quotes: `\"!important don't\"`",
        ],
    );
}

#[test]
fn what_stands_behind_a_text_in_quotes_belongs_inside_them() {
    let help = "this is not YAML: more stands behind a text in quotes [begins with a quote] put quotes around the whole: ";
    for (written, quoted) in [
        ("\"DV\" == cert.validation", "`'\"DV\" == cert.validation'`"),
        ("'DV' == cert.validation", "`\"'DV' == cert.validation\"`"),
    ] {
        let help = format!("{help}{quoted}");
        let block = format!("\n      expression:\n        assert: {written}");
        assertion(&block, written, &help);
        let flow = format!("{{ expression: {{ assert: {written} }} }}");
        assertion(
            &flow,
            written,
            &format!("{help}, or a comma where it lacks"),
        );
    }
}

#[test]
fn an_expression_without_its_map() {
    assertion(
        "{ expression: cert.version == 3 }",
        "cert.version == 3",
        "a map is written `{ assert: … }`",
    );
}

#[test]
fn a_text_that_begins_with_a_placeholder_wants_quotes() {
    replacing(
        "\"m {not_after}\"",
        "{bits} is too few",
        &[
            "8:14 this is not YAML: more stands behind a map [`{` begins a map] a text that begins with `{` stands in quotes: `'{bits} is too few'`",
        ],
    );
    replacing(
        "\"m {not_after}\"",
        "[1] is too few",
        &[
            "8:14 this is not YAML: more stands behind a list [`[` begins a list] a text that begins with `[` stands in quotes: `'[1] is too few'`",
        ],
    );
}

#[test]
fn a_key_that_is_no_text() {
    replacing(
        "    on: leaf",
        "    12: leaf\n    true: 1\n    on: leaf",
        &[
            "6:5 a key must be text, found a number [a number] put quotes around the key; a text that begins with `{` or `[` needs them too",
            "7:5 a key must be text, found a truth value [a truth value] put quotes around the key; a text that begins with `{` or `[` needs them too",
        ],
    );
}

#[test]
fn an_unclosed_quote() {
    replacing(
        "    message: \"m {not_after}\"",
        "    message: \"m",
        &[
            "8:14 this is not YAML: unclosed quote [here] close the quotes; inside '…' a quote is written twice",
        ],
    );
}

#[test]
fn a_colon_in_a_plain_text() {
    replacing(
        "    message: \"m {not_after}\"",
        "    message: this: is wrong",
        &[
            "8:18 this is not YAML: mapping values are not allowed in this context [here] a text with `: ` in it needs quotes; else the indentation is wrong",
        ],
    );
}

#[test]
fn windows_line_ends_and_letters_beyond_ascii_move_no_place() {
    let text = RULE
        .replace("name: acme", "name: acme # Žirmūnai 🔑")
        .replace("on: leaf", "on: lief")
        .replace('\n', "\r\n");
    let problems = load(&text).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert_eq!(underlined(&problems[0]), "lief");
    assert!(
        told(&problems).starts_with("/policy.yaml:6:9 "),
        "{}",
        told(&problems)
    );
    let problems = load(&format!("\u{feff}{text}")).unwrap_err();
    assert_eq!(underlined(&problems[0]), "lief");
}

// ---------------------------------------------------------------- the file

#[test]
fn an_empty_file() {
    for text in ["", "# nothing\n", "{}\n"] {
        let problems = load(text).unwrap_err();
        let messages: Vec<&str> = problems
            .iter()
            .map(|problem| problem.message.as_str())
            .collect();
        assert_eq!(
            messages,
            ["`name` is missing", "`version` is missing"],
            "{text}"
        );
    }
}

#[test]
fn a_list_instead_of_a_policy() {
    whole(
        "- a\n",
        &[
            "1:1 `/policy.yaml` is no policy [] a policy has keys such as `name`, `extends`, `rules`; nothing of this file is \
             shown",
        ],
    );
}

#[test]
fn a_wrong_version_and_a_wrong_name() {
    whole(
        "version: \"1\"\nname: Acme Internal\n",
        &[
            "1:10 `version`: expected the number 1, found the text \"1\" [unknown version] this program reads version 1: `version: 1`",
            "2:7 the name `Acme Internal` is not kebab-case [name] lower-case letters, digits and hyphens: `acme-internal`",
        ],
    );
}

#[test]
fn unknown_keys_of_the_file_and_of_a_rule() {
    let text = RULE.replace("rules:", "rulez: {}\nrules:");
    whole(
        &text.replace("    on: leaf", "    on: leaf\n    refrence: x"),
        &[
            "3:1 unknown key `rulez` [unknown key] did you mean `rules`?",
            "8:5 unknown key `refrence` in `rules.own-rule` [unknown key] did you mean `reference`?",
        ],
    );
}

// ---------------------------------------------------------------- a rule

#[test]
fn a_misspelt_severity() {
    replacing(
        "severity: error",
        "severity: eror",
        &[
            "5:15 `severity`: expected one of `error`, `warning`, `advice`, `off`, found the text \"eror\" [the text \"eror\"] did you mean `error`?",
        ],
    );
}

#[test]
fn a_severity_as_yaml_1_1_would_write_off() {
    for (word, found) in [("no", "the text \"no\""), ("false", "`false`")] {
        let message = format!(
            "5:15 `severity`: expected one of `error`, `warning`, `advice`, `off`, found {found} [{found}] to turn it off, write `off`"
        );
        replacing("severity: error", &format!("severity: {word}"), &[&message]);
    }
    whole(
        "version: 1\nname: acme\nextends: base\nrules:\n  serial: no\n",
        &[
            "5:11 `severity`: expected one of `error`, `warning`, `advice`, `off`, found the text \"no\" [the text \"no\"] to turn it off, write `off`",
        ],
    );
}

#[test]
fn a_wrong_selection_of_certificates() {
    replacing(
        "on: leaf",
        "on: [leaf]",
        &[
            "6:9 `on`: expected one of `leaf`, `intermediate`, `root`, `ca`, `any`, found a list [a list] -",
        ],
    );
}

#[test]
fn a_missing_on_and_one_too_many() {
    replacing(
        "    on: leaf\n",
        "",
        &[
            "4:3 rule `own-rule` does not say which certificates it asks [`on` is missing] `on`: one of `leaf`, `intermediate`, `root`, `ca`, `any`",
        ],
    );
    replacing(
        "{ not-expired: {} }\n    message: \"m {not_after}\"",
        "{ order: {} }\n    message: m",
        &[
            "6:9 the check `order` asks the file, not its certificates [`on` has no meaning here] remove `on`",
        ],
    );
}

#[test]
fn conditions_that_mean_nothing() {
    replacing(
        "    on: leaf",
        "    on: leaf\n    when: { class: [privat], strict: yes, envronment: [x], app: x }",
        &[
            "7:21 `class`: expected one of `qwac`, `public`, `private`, found the text \"privat\" [the text \"privat\"] did you mean `private`?",
            "7:38 `strict`: expected `true` or `false`, found the text \"yes\" [the text \"yes\"] write `true`: in YAML 1.2, `yes` is a text",
            "7:43 unknown key `envronment` in `when` [unknown key] did you mean `environment`?",
            "7:65 `app`: expected a list of texts, found the text \"x\" [the text \"x\"] a list is written [a, b], or with a `- ` before each item",
        ],
    );
}

#[test]
fn an_unknown_check_hides_nothing_that_does_not_depend_on_it() {
    whole(
        "version: 1\nname: acme\nrules:\n  own-rule:\n    severity: { some: eror }\n    on: leaf\n    check: { rsa-keysize: { min_bits: '{vars.bits}' } }\n    message: 'm {bits} {cert.subject.cn} {vars.none}'\n    help: { default: 'h {chain.nothing} {detail}' }\n",
        &[
            "5:23 `severity`: expected one of `error`, `warning`, `advice`, `off`, found the text \"eror\" [the text \"eror\"] did you mean `error`?",
            "7:14 there is no check `rsa-keysize` [unknown check] did you mean `rsa-key-size`?",
            "7:39 no policy declares the variable `bits` [unknown variable] there is none to choose from",
            "8:24 nothing is called `cert.subject.cn` here [unknown placeholder] did you mean `cert.subject.country`?",
            "8:42 no policy declares the variable `none` [unknown variable] there is none to choose from",
            "9:25 nothing is called `chain.nothing` here [unknown placeholder] did you mean `chain.ending`?",
        ],
    );
}

#[test]
fn a_variable_with_a_broken_value_is_told_where_the_value_stands_alone() {
    let text = |vars: &str, check: &str| {
        format!(
            "version: 1\nname: acme\nvars: {{ n: {vars} }}\nrules:\n  own-rule:\n    severity: error\n    on: leaf\n    check: {check}\n    message: 'm {{vars.n}}'\n"
        )
    };
    let wrong = "{ type: integer, default: abc }";
    let of_value =
        "3:38 the variable `n` holds a whole number, found the text \"abc\" [the text \"abc\"] -";
    for check in [
        "{ rsa-key-size: { min_bits: '{vars.n}' } }",
        "{ expression: { assert: 'cert.index > vars.n' } }",
    ] {
        whole(&text(wrong, check), &[of_value]);
    }
    let of_type = "{ type: integr }";
    let problems = load(&text(of_type, "{ rsa-key-size: { min_bits: '{vars.n}' } }")).unwrap_err();
    assert_eq!(problems.len(), 1, "{}", told(&problems));
    // What else is wrong with the parameters is told.
    let check = "{ validity-period: { max_days: '{vars.n}', max_dayz: 3 } }";
    let problems = load(&text(wrong, check)).unwrap_err();
    assert_eq!(problems.len(), 2, "{}", told(&problems));
}

#[test]
fn an_unknown_check() {
    replacing(
        "not-expired",
        "not-expird",
        &["7:14 there is no check `not-expird` [unknown check] did you mean `not-expired`?"],
    );
}

#[test]
fn two_checks_none_and_one_without_parameters() {
    replacing(
        "{ not-expired: {} }",
        "{ not-expired: {}, order: {} }",
        &[
            "7:12 `check` names several checks: `not-expired`, `order` [one check is wanted] one rule asks one check; write a second rule for the other",
        ],
    );
    replacing(
        "{ not-expired: {} }",
        "{}",
        &[
            "7:12 `check` names no check [one check is wanted] one rule asks one check; write a second rule for the other",
        ],
    );
    replacing(
        "{ not-expired: {} }",
        "not-expired",
        &[
            "7:12 `check`: expected a map with one key, found the text \"not-expired\" [the text \"not-expired\"] write `check: { not-expired: {} }`",
        ],
    );
}

#[test]
fn every_wrong_parameter_at_once() {
    replacing(
        "{ not-expired: {} }\n    message: \"m {not_after}\"",
        "{ serial-number: { max_octet: 1, max_octets: \"20\", min_bits: -1 } }\n    message: m",
        &[
            "7:31 unknown key `max_octet` in `serial-number` [unknown key] did you mean `max_octets`?",
            "7:57 `max_octets`: expected a whole number, 0 or more, found the text \"20\" [the text \"20\"] remove the quotes",
            "7:73 `min_bits`: expected a whole number, 0 or more, found the number -1 [the number -1] -",
        ],
    );
}

#[test]
fn every_missing_parameter_at_once() {
    replacing(
        "{ not-expired: {} }\n    message: \"m {not_after}\"",
        "{ serial-number: }\n    message: m",
        &[
            "7:14 `max_octets` is missing in `serial-number` [has no `max_octets`] -",
            "7:14 `min_bits` is missing in `serial-number` [has no `min_bits`] -",
        ],
    );
}

#[test]
fn a_parameter_for_a_check_without_any() {
    replacing(
        "{ not-expired: {} }",
        "{ not-expired: { days: 1 } }",
        &["7:29 unknown key `days` in `not-expired` [unknown key] there is none to choose from"],
    );
}

#[test]
fn outcomes_that_are_wrong_or_lacking() {
    whole(
        "version: 1\nname: acme\nextends: base\nrules:\n  serial:\n    severity: { invalid: error, shrt: warning }\n  \
         cert-expired: { severity: { a: error } }\n",
        &[
            "6:15 `severity` does not name every outcome: `short` missing [outcomes] each outcome has `error`, `warning`, `advice` or `off`",
            "6:33 the check `serial-number` has no outcome `shrt` [unknown outcome] did you mean `short`?",
            "7:29 the check `not-expired` has one outcome alone [a map] one of `error`, `warning`, `advice`, `off`",
        ],
    );
}

#[test]
fn texts_for_outcomes_that_are_wrong_or_lacking() {
    whole(
        "version: 1\nname: acme\nextends: base\nrules:\n  serial:\n    message: { invalid: a, shrt: \"{x}\" }\n    \
         help: { default: b }\n",
        &[
            "6:14 `message` has no text for `short` [texts by outcome] `default` is the text for all outcomes that are not named",
            "6:28 the check `serial-number` has no outcome `shrt` [unknown outcome] did you mean `short`?",
            "6:35 nothing is called `x` here [unknown placeholder] one of `serial`, `reason`, `bits`, `vars.company`, `vars.days`, or a fact (`chainlint inspect FILE` shows them)",
        ],
    );
}

#[test]
fn placeholders_that_mean_nothing_are_underlined_themselves() {
    let message = "    message: 'é {not_aftr} {cert.subjct} {'\n    help: \"{{fine}} }\"";
    let text = RULE.replace("    message: \"m {not_after}\"", message);
    let problems = load(&text).unwrap_err();
    let places: Vec<&str> = problems.iter().map(underlined).collect();
    assert_eq!(places, ["{not_aftr}", "{cert.subjct}", "{", "}"]);
    replacing(
        "    message: \"m {not_after}\"",
        message,
        &[
            "8:17 nothing is called `not_aftr` here [unknown placeholder] did you mean `not_after`?",
            "8:28 nothing is called `cert.subjct` here [unknown placeholder] did you mean `cert.subject.text`?",
            "8:42 `message`: this `{` is never closed [here] a brace that is meant as such is written twice: `{{`, `}}`",
            "9:21 `help`: this `}` closes nothing [here] a brace that is meant as such is written twice: `{{`, `}}`",
        ],
    );
}

#[test]
fn placeholders_are_found_in_block_scalars_too() {
    let text = RULE.replace(
        "\"m {not_after}\"",
        ">-\n      a long\n      {nothing} text",
    );
    let problems = load(&text).unwrap_err();
    assert_eq!(underlined(&problems[0]), "{nothing}");
    assert!(
        told(&problems).starts_with("/policy.yaml:10:7 "),
        "{}",
        told(&problems)
    );
}

#[test]
fn missing_fields_are_told_at_the_rule() {
    whole(
        "version: 1\nname: acme\nrules:\n  own-rule: { on: leaf }\n",
        &[
            "4:3 rule `own-rule` has no `check` [`check` is missing] `check`: what is asked: `check: { name: { … } }`",
            "4:3 rule `own-rule` has no `message` [`message` is missing] `message`: what a finding says",
            "4:3 rule `own-rule` has no `severity` [`severity` is missing] `severity`: `error`, `warning`, `advice` or `off`",
        ],
    );
}

#[test]
fn a_rule_that_no_parent_has() {
    whole(
        "version: 1\nname: acme\nextends: base\nrules:\n  cert-expird: off\n",
        &[
            "5:3 no policy that this one extends has a rule `cert-expird` [unknown rule] did you mean `cert-expired`?",
        ],
    );
}

#[test]
fn a_rule_that_is_neither_map_nor_word() {
    whole(
        "version: 1\nname: acme\nextends: base\nrules:\n  serial: [off]\n  Serial: 1\n",
        &[
            "5:11 rule `serial`: expected a map or a severity, found a list [a list] the fields of the rule, or one of `error`, `warning`, `advice`, `off`",
            "6:3 the rule id `Serial` is not kebab-case [rule id] lower-case letters, digits and hyphens: `acme-key-size`",
            "6:11 rule `Serial`: expected a map or a severity, found the number 1 [the number 1] the fields of the rule, or one of `error`, `warning`, `advice`, `off`",
        ],
    );
}

#[test]
fn a_broken_rule_hides_none_of_the_others() {
    whole(
        "version: 1\nname: acme\nextends: base\nrules:\n  cert-expired: { on: leaves }\n  serial: { check: { ordr: } }\n  chain-order: { message: 5 }\n",
        &[
            "5:23 `on`: expected one of `leaf`, `intermediate`, `root`, `ca`, `any`, found the text \"leaves\" [the text \"leaves\"] did you mean `leaf`?",
            "6:22 there is no check `ordr` [unknown check] did you mean `order`?",
            "7:27 `message`: expected a text, found the number 5 [the number 5] put quotes around it",
        ],
    );
}

// ---------------------------------------------------------------- variables

#[test]
fn variables_that_nobody_declares() {
    whole(
        "version: 1\nname: acme\nextends: base\nvars: { compny: x, other: y }\nrules:\n  serial:\n    \
         check: { serial-number: { max_octets: \"{vars.dayz}\", min_bits: 1 } }\n    message: \"{vars.dayz}\"\n",
        &[
            "4:9 no policy declares the variable `compny` [unknown variable] did you mean `company`?",
            "4:20 no policy declares the variable `other` [unknown variable] to declare it here, write `other: { type: string, default: … }`",
            "7:43 no policy declares the variable `dayz` [unknown variable] did you mean `days`?",
            "8:15 no policy declares the variable `dayz` [unknown variable] did you mean `days`?",
        ],
    );
}

#[test]
fn a_variable_without_quotes() {
    replacing(
        "{ not-expired: {} }\n    message: \"m {not_after}\"",
        "{ serial-number: { max_octets: {vars.x}, min_bits: 1 } }\n    message: m",
        &["7:43 `{vars.x}` without quotes is a map [a map] write \"{vars.x}\""],
    );
}

#[test]
fn a_variable_as_other_tools_write_it() {
    for written in [
        "\"${{ days }}\"",
        "\"{{ vars.days }}\"",
        "$days",
        "{ var: days }",
        "vars.days",
    ] {
        let text = format!(
            "version: 1\nname: acme\nextends: base\nrules:\n  serial:\n    \
             check: {{ serial-number: {{ max_octets: {written}, min_bits: 1 }} }}\n    message: m\n"
        );
        let found = told(&load(&text).expect_err("a mistake"));
        let help = "] a variable is written `\"{vars.days}\"`";
        assert!(found.ends_with(help), "{found}");
    }
    replacing(
        "{ not-expired: {} }\n    message: \"m {not_after}\"",
        "{ serial-number: { max_octets: $days, min_bits: 1 } }\n    message: m",
        &[
            "7:43 `max_octets`: expected a whole number, 0 or more, found the text \"$days\" [the text \"$days\"] -",
        ],
    );
}

#[test]
fn declarations_that_contradict() {
    whole(
        "version: 1\nname: acme\nextends: base\nvars:\n  Days: { type: string }\n  a: { type: text }\n  b: { default: 1 }\n  \
         c: { type: list, default: [1] }\n  days: { type: string }\n  d: { type: integer, defalt: 1 }\n",
        &[
            "5:3 `Days` cannot be a variable's name [variable] lower-case letters, digits and underscores",
            "6:14 `type`: expected one of `string`, `integer`, `boolean`, `list`, found the text \"text\" [the text \"text\"] -",
            "7:6 `type` is missing in `vars.b` [has no `type`] -",
            "8:29 the variable `c` holds a list of texts, found a list [a list] -",
            "9:17 the variable `days` is declared as integer elsewhere, as string here [another type] to give it a value, write `days: VALUE`",
            "10:23 unknown key `defalt` in `vars.d` [unknown key] did you mean `default`?",
        ],
    );
}

// ---------------------------------------------------------------- parents

#[test]
fn a_circle_of_parents() {
    let files = [
        ("/policy.yaml", "version: 1\nname: a\nextends: b/b.yaml\n"),
        (
            "/b/b.yaml",
            "version: 1\nname: b\nextends: [base, c.yaml]\n",
        ),
        (
            "/b/c.yaml",
            "version: 1\nname: c\nextends: ../policy.yaml\n",
        ),
    ];
    let problems = load_among(&files, &[]).unwrap_err();
    assert_eq!(
        told(&problems),
        "/b/c.yaml:3:10 the policy `/policy.yaml` extends itself [closes the circle] remove one of the `extends`"
    );
    let way: Vec<String> = problems[0]
        .related
        .iter()
        .map(|(file, span, what)| {
            format!("{}:{} {what}", file.name(), file.position(span.start).line)
        })
        .collect();
    assert_eq!(
        way,
        [
            "/policy.yaml:3 by way of `/b/b.yaml`",
            "/b/b.yaml:3 by way of `/b/c.yaml`"
        ]
    );
}

#[test]
fn a_policy_that_extends_itself() {
    whole(
        "version: 1\nname: a\nextends: ./policy.yaml\n",
        &[
            "3:10 the policy `/policy.yaml` extends itself [closes the circle] remove one of the `extends`",
        ],
    );
}

#[test]
fn parents_that_do_not_exist() {
    whole(
        "version: 1\nname: a\nextends: [bas, gone.yaml, base.yaml]\nrules: { cert-expird: off }\n",
        &[
            "3:11 there is no built-in policy `bas` [unknown policy] did you mean `base`?; a path has a `/` or ends in `.yaml`",
            "3:16 the policy `/gone.yaml` cannot be read: there is no such file [names it] a path in a policy or a config starts from the folder of that file",
            "3:27 the policy `/base.yaml` cannot be read: there is no such file [names it] the built-in policy is named `base`",
        ],
    );
}

#[test]
fn parents_that_are_no_names() {
    whole(
        "version: 1\nname: a\nextends: 5\n",
        &[
            "3:10 `extends`: expected a policy or a list of them, found the number 5 [the number 5] a built-in policy's name, or a path relative to this file",
        ],
    );
}

#[test]
fn mistakes_of_all_files_are_told_together() {
    let files = [
        (
            "/policy.yaml",
            "version: 1\nname: a\nextends: b.yaml\nrules: { x: { check: { y: {} } } }\n",
        ),
        ("/b.yaml", "version: 1\nname: b\nrules: { z: off }\n"),
    ];
    let problems = load_among(&files, &[]).unwrap_err();
    let files: Vec<&str> = problems
        .iter()
        .map(|problem| &**problem.file.name())
        .collect();
    assert_eq!(
        files,
        ["/b.yaml", "/policy.yaml", "/policy.yaml", "/policy.yaml"]
    );
}

#[test]
fn a_hostile_text_is_shown_and_not_obeyed() {
    let problems = load("version: 1\nname: \"a\\e[31m\"\n").unwrap_err();
    assert_eq!(
        problems[0].message,
        "the name `a\\u{1b}[31m` is not kebab-case"
    );
}

// ---------------------------------------------------------------- what would switch a rule off in silence

/// What is said of a check.
#[track_caller]
fn check(check: &str, expected: &str) {
    let text = RULE.replace("{ not-expired: {} }", check);
    let problems = load(&text.replace(" {not_after}", "")).expect_err("a mistake");
    assert_eq!(
        told(&problems).replace("/policy.yaml:", ""),
        expected,
        "\n{text}"
    );
}

#[test]
fn a_key_without_a_value() {
    check(
        "{ validity-period: { min_days: 3, max_days: } }",
        "7:46 `max_days`: nothing stands here [nothing] write a value, or leave the key out",
    );
    replacing(
        "    on: leaf",
        "    on: leaf\n    locked:",
        &["7:5 `locked`: nothing stands here [nothing] write a value, or leave the key out"],
    );
    replacing(
        "    on: leaf",
        "    on: leaf\n    when: { class: }",
        &["7:13 `class`: nothing stands here [nothing] write a value, or leave the key out"],
    );
    whole(
        "version: 1\nname: acme\nextends:\n",
        &["3:1 `extends`: nothing stands here [nothing] write a value, or leave the key out"],
    );
    // A section whose entries are all commented out is an empty one.
    assert!(load("version: 1\nname: acme\nvars:\nrules:\n").is_ok());
}

#[test]
fn a_variable_without_a_value_is_no_bound() {
    let text = RULE.replace("rules:", "vars: { most: { type: integer } }\nrules:");
    let text = text.replace(
        "not-expired: {}",
        "validity-period: { min_days: 3, max_days: \"{vars.most}\" }",
    );
    let problems = load(&text).unwrap_err();
    assert_eq!(
        told(&problems),
        "/policy.yaml:8:56 `max_days`: nothing stands here [nothing] give it one: `--var most=…`, or `most: …` under \
         `vars`"
    );
    assert_eq!(problems[0].related[0].2, "`most` has no value");
}

#[test]
fn a_list_of_nothing() {
    let nothing =
        "the list is empty, so nothing is asked; to ask nothing, turn the rule `off` [a list] -";
    for (parameters, place) in [
        ("name-avoids: { patterns: [] }", "7:39 `patterns`"),
        ("key-algorithm: { allowed: [] }", "7:40 `allowed`"),
        ("key-usage: { all_of: [] }", "7:35 `all_of`"),
        ("signature-digest: { refused: [] }", "7:43 `refused`"),
        ("version: { allowed: [] }", "7:34 `allowed`"),
    ] {
        check(
            &format!("{{ {parameters} }}"),
            &format!("{place}: {nothing}"),
        );
    }
    replacing(
        "    on: leaf",
        "    on: leaf\n    when: { class: [] }",
        &[&format!("7:20 `class`: {nothing}")],
    );
}

#[test]
fn what_no_certificate_could_ever_have() {
    for (parameters, expected) in [
        (
            "extension-present: { oid: subjectAltName }",
            "7:40 `oid`: expected a dotted OID, as in `2.5.29.17`, found the text \"subjectAltName\" [the text \
             \"subjectAltName\"] -",
        ),
        (
            "extension-not-critical: { oid: 2.5.29.l9 }",
            "7:45 `oid`: expected a dotted OID, as in `2.5.29.17`, found the text \"2.5.29.l9\" [the text \"2.5.29.l9\"] -",
        ),
        (
            "key-algorithm: { allowed: [rsa, RSA] }",
            "7:46 `allowed`: expected one of `rsa`, `rsa-pss`, `ec`, `ed25519`, `ed448`, `dsa`, or a dotted OID, found the \
             text \"RSA\" [the text \"RSA\"] did you mean `rsa`?",
        ),
        (
            "purpose: { extended_key_usage: clientauth }",
            "7:45 `extended_key_usage`: expected a dotted OID or one of `anyExtendedKeyUsage`, `serverAuth`, `clientAuth`, \
             `codeSigning`, `emailProtection`, `timeStamping`, `OCSPSigning`, `2-QWAC`, found the text \"clientauth\" [the \
             text \"clientauth\"] did you mean `clientAuth`?",
        ),
        (
            "subject-attribute: { type: common_nam }",
            "7:41 `type`: expected one of `common_name`, `country`, `locality`, `state_or_province`, `organization`, \
             `organizational_unit`, `serial_number`, `organization_identifier`, `email_address`, `domain_component`, or a \
             dotted OID, found the text \"common_nam\" [the text \"common_nam\"] did you mean `common_name`?",
        ),
        (
            "version: { allowed: [3, 7] }",
            "7:38 `allowed`: expected one of 1, 2, 3, found the number 7 [the number 7] -",
        ),
        (
            "name-avoids: { patterns: [\"\"] }",
            "7:40 `patterns`: an empty pattern fits nothing but an empty text [the text \"\"] -",
        ),
        (
            "validity-limit: { limits: [2026-03-15 200], policies: [abc] }",
            "7:30 `abc` fits no OID: digits, dots and `*` [parameters of validity-limit] -",
        ),
    ] {
        check(&format!("{{ {parameters} }}"), expected);
    }
    replacing(
        "    on: leaf\n    check: { not-expired: {} }\n    message: \"m {not_after}\"",
        "    check: { issuer-avoids: { issuers: [{ name: Acme }] } }\n    message: m",
        &[
            "6:29 nothing says how `Acme` is recognised: give organization, organizational_unit, common_name or url_host \
             [parameters of issuer-avoids] -",
        ],
    );
}

#[test]
fn a_message_that_says_nothing() {
    replacing(
        "\"m {not_after}\"",
        "\" \"",
        &[
            "8:14 `message`: the text is empty [says nothing] say what is wrong, as a reader of the finding needs it",
        ],
    );
}

#[test]
fn a_comment_that_swallows_the_conditions_below_it() {
    let assert = |style: &str| {
        RULE.replace(
            "{ not-expired: {} }",
            &format!(
                "\n      expression:\n        assert: {style}\n          cert.key.bits >= 1024 // at least\n          && \
                 cert.key.bits >= 8192\n"
            ),
        )
        .replace(" {not_after}", "")
    };
    assert!(load(&assert("|")).is_ok());
    for style in [">-", ">", ""] {
        let problems = load(&assert(style)).unwrap_err();
        assert_eq!(
            told(&problems),
            "/policy.yaml:10:33 this comment takes the lines below it along: the scalar makes one line of them [comment] \
             write `assert: |`, which keeps line breaks, or leave the comment out",
            "{style}"
        );
    }
}

#[test]
fn slips_of_the_pen() {
    let rule = |line: &str| format!("version: 1\nname: acme\nrules:\n  own-rule:\n    {line}\n");
    whole(
        &rule("severity:error"),
        &[
            "5:5 rule `own-rule`: expected a map or a severity [the text \"severity:error\"] a space is missing: `severity: error`",
        ],
    );
    whole(
        "version: 1\nname: acme\nextends: base\nvars: { days: 017 }\n",
        &[
            "4:15 the variable `days` holds a whole number, found the text \"017\" [the text \"017\"] -",
        ],
    );
    for (number, found, help) in [
        (
            "017",
            "the text \"017\"",
            "write it without `_` and without zeros before it: 17",
        ),
        (
            "1_000",
            "the text \"1_000\"",
            "write it without `_` and without zeros before it: 1000",
        ),
        ("\"30\"", "the text \"30\"", "remove the quotes"),
        (
            "3.0",
            "the number 3.0",
            "write it without a fraction or an exponent: 3",
        ),
    ] {
        check(
            &format!("{{ validity-period: {{ min_days: {number} }} }}"),
            &format!(
                "7:43 `min_days`: expected a whole number, 0 or more, found {found} [{found}] {help}"
            ),
        );
    }
    check(
        "{ expression: { assert: 'cert.key.bits >= {vars.least}' } }",
        "7:65 `}` cannot stand here [not CEL] a variable has no braces in an expression: `vars.NAME`",
    );
    check(
        "{ expression: { assert: 'cert.extensions[\"2.5.29.19\"].critical' } }",
        "7:53 a list is asked for an item by its number, from 0 [`string`] an item by what it holds: `list.exists(x, x.name == \
         \"…\")`",
    );
    replacing(
        "{not_after}",
        "{vars.lest}",
        &[
            "8:17 no policy declares the variable `lest` [unknown variable] there is none to choose from",
        ],
    );
}
