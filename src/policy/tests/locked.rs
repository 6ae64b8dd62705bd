//! Locked rules, and what a child may do with them.

use super::{load_among, told};
use crate::policy::Override;

/// A parent that locks each of its rules.
const PARENT: &str = r#"
version: 1
name: parent
vars:
  days: { type: integer, default: 365 }
  allowed: { type: list, default: [rsa, ec] }
  company: { type: string, default: "" }
rules:
  period:
    severity: warning
    on: leaf
    when: { class: [private] }
    check: { validity-period: { min_days: "{vars.days}", max_days: 825 } }
    message: m
    locked: true
  keys:
    severity: error
    on: ca
    check: { key-algorithm: { allowed: "{vars.allowed}" } }
    message: m
    locked: true
  serial:
    severity: { invalid: error, short: warning }
    on: any
    check: { serial-number: { max_octets: 20, min_bits: 64 } }
    message: m
    locked: true
  names:
    severity: { missing: error, organization-only: warning, unknown: advice }
    on: root
    check: { name-includes: { name: "{vars.company}" } }
    message: m
    locked: true
"#;

/// What is wrong with a child of these lines: place and message, without the help.
fn child_with(lines: &str, overrides: &[Override]) -> String {
    let child = format!("version: 1\nname: child\nextends: /parent.yaml\n{lines}");
    let files = [("/policy.yaml", child.as_str()), ("/parent.yaml", PARENT)];
    match load_among(&files, overrides) {
        Ok(_) => String::new(),
        Err(problems) => {
            for problem in &problems {
                let (source, span, what) = problem.related.first().expect("the other place");
                assert_eq!(
                    (&**source.name(), what.as_str()),
                    ("/parent.yaml", "locked here")
                );
                let underlined = source.text().get(span.start..span.end);
                assert_eq!(underlined, Some("true"));
            }
            let told = told(&problems);
            let lines = told.lines().map(|line| line.split(" [").next().unwrap());
            lines.collect::<Vec<_>>().join("\n")
        }
    }
}

fn child(lines: &str) -> String {
    child_with(lines, &[])
}

#[test]
fn a_child_may_tighten_a_locked_rule() {
    for lines in [
        "",
        "rules:\n  period: error\n",
        "rules:\n  period: { on: any }\n",
        "rules:\n  period: { when: { class: [private, public] } }\n",
        "rules:\n  period: { when: {} }\n",
        "rules:\n  period: { check: { validity-period: { min_days: 366, max_days: 700 } } }\n",
        "rules:\n  period: { check: { validity-period: { min_days: 365, max_days: 825, longer_than_days: 100 } } }\n",
        "rules:\n  keys: { check: { key-algorithm: { allowed: [rsa] } } }\n",
        "rules:\n  serial: { severity: { invalid: error, short: error } }\n",
        "rules:\n  serial: error\n",
        "rules:\n  keys: { help: Ask., message: n, locked: true }\n",
        "vars: { days: 400, allowed: [ec], company: Acme }\n",
    ] {
        assert_eq!(child(lines), "", "{lines}");
    }
}

#[test]
fn a_child_may_not_loosen_it_and_both_places_are_shown() {
    let cases = [
        (
            "period: off",
            "5:11 the rule `period` is locked: its severity may rise, not fall",
        ),
        (
            "period: advice",
            "5:11 the rule `period` is locked: its severity may rise, not fall",
        ),
        (
            "serial: { severity: { invalid: error, short: advice } }",
            "5:23 the rule `serial` is locked: its severity may rise, not fall",
        ),
        (
            "serial: warning",
            "5:11 the rule `serial` is locked: its severity may rise, not fall",
        ),
        (
            "keys: { on: root }",
            "5:15 the rule `keys` is locked: it may be asked of more certificates, not of fewer",
        ),
        (
            "period: { on: root }",
            "5:17 the rule `period` is locked: it may be asked of more certificates, not of fewer",
        ),
        (
            "period: { when: { class: [public] } }",
            "5:19 the rule `period` is locked: it may be asked of more chains, not of fewer",
        ),
        (
            "keys: { when: { class: [private] } }",
            "5:17 the rule `keys` is locked: it may be asked of more chains, not of fewer",
        ),
        (
            "period: { check: { validity-period: { min_days: 364, max_days: 825 } } }",
            "5:20 the rule `period` is locked: `min_days` may rise, not fall",
        ),
        (
            "period: { check: { validity-period: { min_days: 365, max_days: 826 } } }",
            "5:20 the rule `period` is locked: `max_days` may fall, not rise",
        ),
        (
            "period: { check: { validity-period: { min_days: 365 } } }",
            "5:20 the rule `period` is locked: `max_days` may fall, not rise",
        ),
        (
            "keys: { check: { key-algorithm: { allowed: [rsa, ec, ed25519] } } }",
            "5:18 the rule `keys` is locked: `allowed` may shrink, not grow",
        ),
        (
            "period: { check: { not-expired: } }",
            "5:20 the rule `period` is locked: its check stays the same",
        ),
        (
            "keys: { locked: false }",
            "5:19 the rule `keys` is locked: a lock is not taken off",
        ),
    ];
    for (line, told) in cases {
        let expected = format!("/policy.yaml:{told}");
        assert_eq!(child(&format!("rules:\n  {line}\n")), expected, "{line}");
    }
}

#[test]
fn variables_of_locked_rules_are_held_to_the_same() {
    let told = child("vars: { days: 364, allowed: [rsa, ec, dsa] }\n");
    assert_eq!(
        told,
        "/parent.yaml:13:12 the rule `period` is locked: `min_days` may rise, not fall\n\
         /parent.yaml:19:12 the rule `keys` is locked: `allowed` may shrink, not grow"
    );
    let flag = |text: &str| vec![Override::from_flag(text).unwrap()];
    assert_eq!(child_with("", &flag("days=366")), "");
    let told = child_with("", &flag("days=364"));
    assert_eq!(
        told,
        "/parent.yaml:13:12 the rule `period` is locked: `min_days` may rise, not fall"
    );
}

#[test]
fn a_grandchild_is_held_to_the_strictest_lock() {
    let child = "version: 1\nname: child\nextends: /parent.yaml\nrules:\n  period:\n    check: { validity-period: { \
                 min_days: 365, max_days: 500 } }\n    locked: true\n";
    let grandchild = |days: u32| {
        let text = format!(
            "version: 1\nname: grandchild\nextends: [/child.yaml, /parent.yaml]\nrules:\n  period:\n    check: {{ \
             validity-period: {{ min_days: 365, max_days: {days} }} }}\n"
        );
        let files = [
            ("/policy.yaml", text.as_str()),
            ("/child.yaml", child),
            ("/parent.yaml", PARENT),
        ];
        load_among(&files, &[])
            .map(|_| ())
            .map_err(|problems| problems.len())
    };
    assert_eq!(grandchild(500), Ok(()));
    // Looser than the child's, tighter than the parent's; looser than both: one mistake.
    assert_eq!(grandchild(501), Err(1));
    assert_eq!(grandchild(900), Err(1));
}

#[test]
fn a_rule_that_nobody_locks_is_free() {
    let parent = PARENT.replace("    locked: true\n", "");
    let child = "version: 1\nname: child\nextends: /parent.yaml\nrules:\n  period: off\n  keys: { on: root }\n";
    let files = [("/policy.yaml", child), ("/parent.yaml", parent.as_str())];
    assert!(load_among(&files, &[]).is_ok());
}
