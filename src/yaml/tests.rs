//! YAML as policies write it: values, places, types.

use std::collections::BTreeMap;
use std::num::NonZeroU8;
use std::sync::Arc;

use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::source::Source;

fn source(text: &str) -> Arc<Source> {
    Arc::new(Source::new("test.yaml", text))
}

fn tree(text: &str) -> Node {
    parse(text, &source(text)).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// Every value with the text that it stands for, in order.
fn pieces<'t>(text: &'t str, node: &Node, out: &mut Vec<&'t str>) {
    out.push(text.get(node.span.start..node.span.end).unwrap());
    for item in node.items().unwrap_or_default() {
        pieces(text, item, out);
    }
    for (key, value) in node.entries().unwrap_or_default() {
        out.push(text.get(key.span.start..key.span.end).unwrap());
        pieces(text, value, out);
    }
}

fn all_pieces(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    pieces(text, &tree(text), &mut out);
    out
}

// ---------------------------------------------------------------- places

#[test]
fn scalars_stand_where_they_are_written() {
    let text = "é: ü # c\r\nb: 'x y'\r\nc: \"a\\nb\"\r\n";
    let body = "é: ü # c\r\nb: 'x y'\r\nc: \"a\\nb\"";
    assert_eq!(
        all_pieces(text),
        [body, "é", "ü", "b", "'x y'", "c", "\"a\\nb\""]
    );
}

#[test]
fn a_byte_order_mark_moves_nothing() {
    assert_eq!(all_pieces("\u{feff}a: 1\n"), ["a: 1", "a", "1"]);
}

#[test]
fn a_block_scalar_ends_with_its_last_line() {
    let text = "a: |\n  one\n\n  two\n\nb: 1\n";
    assert_eq!(all_pieces(text).get(2), Some(&"one\n\n  two"));
}

#[test]
fn containers_reach_from_their_first_to_their_last_character() {
    let text = "a: [1, [2, ] # ]\n , 3\n ]\nb:\n  - x\n  - y: {z: {}, w: }\nc: 1\n";
    let pieces = all_pieces(text);
    assert!(pieces.contains(&"[1, [2, ] # ]\n , 3\n ]"), "{pieces:?}");
    assert!(pieces.contains(&"[2, ]"), "{pieces:?}");
    assert!(pieces.contains(&"- x\n  - y: {z: {}, w: }"), "{pieces:?}");
    assert!(pieces.contains(&"{z: {}, w: }"), "{pieces:?}");
    assert!(pieces.contains(&"{}"), "{pieces:?}");
}

#[test]
fn a_value_that_is_not_there_stands_at_its_key() {
    assert_eq!(
        all_pieces("a:\nb: {c: }\n"),
        ["a:\nb: {c: }", "a", "a", "b", "{c: }", "c", "c"]
    );
}

#[test]
fn an_alias_stands_where_its_anchor_does() {
    let text = "a: &x {k: 1}\nb: [0, *x , *x ]\nc: *x\n";
    let node = tree(text);
    assert_eq!(node.get("c").unwrap(), node.get("a").unwrap());
    let list = node.get("b").unwrap().span;
    assert_eq!(text.get(list.start..list.end), Some("[0, *x , *x ]"));
}

// ---------------------------------------------------------------- values

#[test]
fn scalars_are_those_of_yaml_1_2() {
    let text = |text: &str| Value::String(text.to_owned());
    for (written, value) in [
        ("yes", text("yes")),
        ("No", text("No")),
        ("on", text("on")),
        ("off", text("off")),
        ("y", text("y")),
        ("true", Value::Bool(true)),
        ("False", Value::Bool(false)),
        ("~", Value::Null),
        ("null", Value::Null),
        ("'null'", text("null")),
        ("12", Value::Integer(12)),
        ("+12", Value::Integer(12)),
        ("-12", Value::Integer(-12)),
        ("0x1F", Value::Integer(31)),
        ("0o17", Value::Integer(15)),
        ("\"12\"", text("12")),
        ("012", text("012")),
        ("1_000", text("1_000")),
        ("1.5", Value::Float(1.5)),
        ("1e3", Value::Float(1000.0)),
        (".inf", text(".inf")),
        ("2027-02-01", text("2027-02-01")),
        ("60:30", text("60:30")),
        ("9223372036854775807", Value::Integer(i64::MAX)),
    ] {
        let node = tree(&format!("a: {written}\n"));
        assert_eq!(node.get("a").unwrap().value, value, "{written}");
    }
}

#[test]
fn words_of_yaml_1_1_are_keys_like_any_other() {
    let node = tree("on: leaf\noff: 1\nyes: 2\n<<: 3\n");
    let names = ["on", "off", "yes", "<<"];
    assert!(names.iter().all(|name| node.get(name).is_some()));
}

#[test]
fn a_tag_is_refused_wherever_it_stands() {
    for text in [
        "a: !!str 12\n",
        "a: !!int '12'\n",
        "a: ! x\n",
        "a: !!str &b 12\n",
        "a: &b !!str 12\n",
        "a: [x, !!str 12]\n",
        "!!str a: 1\n",
        "- !!map {a: 1}\n",
        "a: !mine 1\n",
    ] {
        let problems = parse(text, &source(text)).unwrap_err();
        assert_eq!(
            problems[0].message, "a YAML tag has no meaning here",
            "{text}"
        );
    }
}

#[test]
fn an_exclamation_mark_in_a_key_or_a_text_is_no_tag() {
    for text in [
        "\"[!\": true\n",
        "\"say !b\": 1\n",
        "say !b: 1\n",
        "\"say !b &c\": 1\n",
        "{\"say !b\":1}\n",
        "a: say !b\n",
        "a: [say !b, c]\n",
        "a: \"!b\"\n",
        "a: |\n  !b c\n",
    ] {
        assert!(parse(text, &source(text)).is_ok(), "{text}");
    }
}

#[test]
fn a_number_too_large_is_a_problem() {
    let text = "a: 9223372036854775808\n";
    let problems = parse(text, &source(text)).unwrap_err();
    assert_eq!(
        problems[0].message,
        "the number 9223372036854775808 is too large"
    );
}

#[test]
fn a_file_too_large_is_a_problem() {
    let text = "#".repeat(1024 * 1024 + 1);
    let problems = parse(&text, &source(&text)).unwrap_err();
    assert_eq!(problems[0].message, "the file is too large: 1048577 bytes");
    assert!(parse(&text.replacen('#', "", 1), &source(&text)).is_ok());
}

#[test]
fn keys_given_twice_are_all_told_and_the_first_one_counts() {
    let text = "a: 1\nb: {c: 1, c: 2}\na: 3\n";
    let mut problems = Vec::new();
    let node = read_up_to(MAX_BYTES, text, &source(text), &mut problems).unwrap();
    assert_eq!(problems.len(), 2);
    assert_eq!(node.get("a").unwrap().value, Value::Integer(1));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_with_places_inside_it(
        text in "([a-c:{}\\[\\],#&*!|>'\"\\-?é \t\r\n%@`~0-9]|\\PC){0,60}"
    ) {
        let source = source(&text);
        let mut problems = Vec::new();
        if let Some(node) = read_up_to(MAX_BYTES, &text, &source, &mut problems) {
            let mut out = Vec::new();
            pieces(&text, &node, &mut out);
        }
        for problem in problems {
            let (start, end) = (problem.span.start, problem.span.end);
            prop_assert!(text.get(start..end).is_some(), "{problem:?}");
        }
    }
}

// ---------------------------------------------------------------- types

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    name: String,
    size: Option<u8>,
    #[serde(default)]
    sides: Vec<Side>,
    kind: Option<Kind>,
    nested: Option<BTreeMap<String, Inner>>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Side {
    length: f64,
    label: Located<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Inner {
    one: NonZeroU8,
    two: bool,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Plain,
    Sized(u8),
    Named { name: String },
}

fn shape(text: &str) -> Result<Shape, Vec<String>> {
    let node = tree(text);
    let mut problems = Vec::new();
    if let Some(shape) = from_node(&node, &source(text), &mut problems) {
        return Ok(shape);
    }
    sort(&mut problems);
    let told = problems.iter().map(|problem| {
        let at = problem.file.position(problem.span.start);
        let help = problem.help.as_deref().unwrap_or("-");
        format!("{}:{} {} / {help}", at.line, at.column, problem.message)
    });
    Err(told.collect())
}

fn mistakes(text: &str) -> Vec<String> {
    shape(text).unwrap_err()
}

#[test]
fn a_whole_value_is_read() {
    let text = "name: a\nsize: 3\nsides: [{length: 1, label: x}]\nkind: {sized: 2}\nnested: {k: {one: 1, two: true}}\n";
    let shape = shape(text).unwrap();
    assert_eq!(shape.size, Some(3));
    assert_eq!(shape.kind, Some(Kind::Sized(2)));
    let label = &shape.sides[0].label;
    assert_eq!(
        (label.value.as_str(), label.span.start),
        ("x", text.find("x}").unwrap())
    );
}

#[test]
fn variants_are_words_or_maps_of_one_key() {
    let kind = |text: &str| shape(&format!("name: a\nkind: {text}\n")).map(|shape| shape.kind);
    assert_eq!(kind("plain"), Ok(Some(Kind::Plain)));
    assert_eq!(kind("{plain: }"), Ok(Some(Kind::Plain)));
    let named = Kind::Named {
        name: "b".to_owned(),
    };
    assert_eq!(kind("{named: {name: b}}"), Ok(Some(named)));
    let refused = |text: &str, message: &str| {
        assert_eq!(kind(text).unwrap_err(), [message], "{text}");
    };
    refused(
        "sizd",
        "2:7 `kind`: expected one of `plain`, `sized`, `named`, found the text \"sizd\" / did you mean `sized`?",
    );
    refused(
        "sized",
        "2:7 `kind`: `sized` needs a value: write `sized: …` / -",
    );
    refused("{plain: 1}", "2:7 `kind`: `plain` has no content / -");
    refused(
        "{plain: , sized: 1}",
        "2:7 `kind`: expected a map with one key of `plain`, `sized`, `named`, found a map / -",
    );
    refused("{named: {}}", "2:15 `name` is missing in `named` / -");
    refused(
        "5",
        "2:7 `kind`: expected one of `plain`, `sized`, `named`, found the number 5 / -",
    );
}

#[test]
fn every_mistake_of_a_value_is_found() {
    assert_eq!(
        mistakes(
            "nam: a\nsize: 300\nsides:\n  - {length: '1', label: 5}\n  - {length: 2}\n  - x\nkind: no\n\
             nested:\n  k: {one: 0, two: yes}\n  l: {one: 1.5}\n"
        ),
        [
            "1:1 unknown key `nam` / did you mean `name`?",
            "1:1 `name` is missing / -",
            "2:7 `size`: expected a whole number from 0 to 255, found the number 300 / -",
            "4:14 `length`: expected a number, found the text \"1\" / remove the quotes",
            "4:26 `label`: expected a text, found the number 5 / put quotes around it",
            "5:5 `label` is missing in `sides` / -",
            "6:5 `sides`: expected a map with the keys `length`, `label`, found the text \"x\" / a map is written `{ length: … }`",
            "7:7 `kind`: expected one of `plain`, `sized`, `named`, found the text \"no\" / -",
            "9:12 `one`: expected a whole number other than 0, found the number 0 / -",
            "9:20 `two`: expected `true` or `false`, found the text \"yes\" / write `true`: in YAML 1.2, `yes` is a text",
            "10:6 `two` is missing in `l` / -",
            "10:12 `one`: expected a whole number from 0 to 255, found the number 1.5 / -",
        ]
    );
}

#[test]
fn a_list_says_what_it_holds() {
    let sides = mistakes("name: a\nsides: 12\n");
    assert_eq!(
        sides,
        [
            "2:8 `sides`: expected a list of maps with the keys `length`, `label`, found the number 12 / \
          a list is written [a, b], or with a `- ` before each item"
        ]
    );
    let node = tree("a: 12\n");
    let mut problems = Vec::new();
    let read: Option<Vec<String>> = from_node(&node, &source("a: 12\n"), &mut problems);
    assert_eq!(read, None);
    assert_eq!(problems[0].message, "expected a list of texts, found a map");
}

#[test]
fn texts_and_numbers_are_not_taken_for_each_other() {
    assert_eq!(
        mistakes("name: 12\nsize: \"3\"\n"),
        [
            "1:7 `name`: expected a text, found the number 12 / put quotes around it",
            "2:7 `size`: expected a whole number from 0 to 255, found the text \"3\" / remove the quotes",
        ]
    );
}

#[test]
fn a_long_or_hostile_text_is_shown_short_and_escaped() {
    let text = format!("name: a\nsize: \"\\e{}\"\n", "x".repeat(100));
    let told = mistakes(&text);
    let shown = format!("found the text \"\\u{{1b}}{}…\" / -", "x".repeat(39));
    assert!(told[0].ends_with(&shown), "{told:?}");
}

#[test]
fn what_stands_under_known_keys_is_read_although_others_are_unknown() {
    let text = "name: a\nsiez: 3\n";
    let (node, mut problems) = (tree(text), Vec::new());
    let shape: Option<Shape> = read_known(None, &node, &source(text), &mut problems);
    assert_eq!(shape.unwrap().name, "a");
    assert_eq!(problems.len(), 1);
}

#[test]
fn many_mistakes_cost_no_more_than_a_few_rounds() {
    let sides = vec!["{length: x, label: 1}"; 5_000].join(", ");
    let told = mistakes(&format!("name: a\nsides: [{sides}]\n"));
    assert!((10..100).contains(&told.len()), "{}", told.len());
}

// ---------------------------------------------------------------- words

#[test]
fn a_near_word_is_offered_and_a_far_one_is_not() {
    assert_eq!(did_you_mean("leave", ["leaf", "root"]), Some("leaf"));
    assert_eq!(did_you_mean("banana", ["leaf", "root"]), None);
    assert_eq!(one_of("banana", ["leaf", "root"]), "one of `leaf`, `root`");
    assert_eq!(one_of("banana", ["leaf"]), "the only one is `leaf`");
}
