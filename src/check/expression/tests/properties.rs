//! Any expression, and any text.

use proptest::prelude::*;

use super::{compiled, run};

/// Expressions of a type, over literals alone: 0 bool, 1 int, 2 text, 3 list of ints.
fn typed(kind: usize) -> BoxedStrategy<String> {
    match kind {
        0 => prop_oneof![Just("true".to_owned()), Just("false".to_owned())].boxed(),
        1 => (-3..4_i64).prop_map(|number| format!("({number})")).boxed(),
        2 => "[abé]{0,2}".prop_map(|text| format!("'{text}'")).boxed(),
        _ => prop::collection::vec(-3..4_i64, 0..3)
            .prop_map(|items| format!("{items:?}"))
            .boxed(),
    }
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
