//! Locked rules, and what a child may do with them.

use std::path::Path;

use super::{load_among, told};
use crate::policy::{Override, Reference, refuse_anchors};

/// A parent that locks each of its rules.
const PARENT: &str = r#"
version: 1
name: parent
vars:
  days: { type: integer, default: 365 }
  allowed: { type: list, default: [rsa, ec] }
  company: { type: string, default: "" }
  least: { type: integer, default: 10 }
  twice: { type: integer, default: 10 }
  mode: { type: string, default: strict }
  needed: { type: list, default: [a] }
  refused: { type: list, default: [a] }
  owners: { type: list, default: [a, b] }
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
  limits:
    severity: error
    on: leaf
    check: { validity-limit: { limits: [2020-09-01 398, 2026-03-15 200] } }
    message: m
    locked: true
  asked:
    severity: error
    on: leaf
    check:
      expression:
        assert: >-
          cert.key.bits >= vars.days && !(cert.key.bits <= vars.least)
          && cert.key.algorithm in vars.allowed && vars.needed.all(n, n in cert.san.dns)
          && !(cert.key.curve in vars.refused) && vars.owners.exists(o, o == cert.subject.common_name)
          && (vars.mode == "strict" || size(cert.san.dns) < vars.twice && size(cert.san.dns) > vars.twice)
        point_at: public_key
    message: m
    locked: true
  file:
    severity: error
    check: { expression: { assert: "chain.ending_kind == 'trust_anchor'" } }
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
        "vars: { least: 11, needed: [a, b], refused: [b, a], owners: [b], mode: strict }\n",
        "rules:\n  limits: { check: { validity-limit: { limits: [2020-09-01 397, 2026-03-15 200] } } }\n",
        "rules:\n  limits: { check: { validity-limit: { limits: [2019-01-01 398, 2026-03-14 200] } } }\n",
        "rules:\n  limits: { check: { validity-limit: { limits: [2020-09-01 100] } } }\n",
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
            "limits: { check: { validity-limit: { limits: [2020-09-01 398, 2026-03-16 200] } } }",
            "5:20 the rule `limits` is locked: `limits` may fall from any day on, not rise",
        ),
        (
            "limits: { check: { validity-limit: { limits: [2020-09-01 399, 2026-03-15 200] } } }",
            "5:20 the rule `limits` is locked: `limits` may fall from any day on, not rise",
        ),
        (
            "limits: { check: { validity-limit: { limits: [2020-09-02 398, 2026-03-15 200] } } }",
            "5:20 the rule `limits` is locked: `limits` may fall from any day on, not rise",
        ),
        (
            "file: { on: any }",
            "5:15 the rule `file` is locked: it may be asked of more certificates, not of fewer",
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
        "/policy.yaml:4:15 the rule `asked` is locked: the variable `days` may rise, not fall\n\
         /policy.yaml:4:15 the rule `period` is locked: `min_days` may rise, not fall\n\
         /policy.yaml:4:29 the rule `asked` is locked: the variable `allowed` may shrink, not grow\n\
         /policy.yaml:4:29 the rule `keys` is locked: `allowed` may shrink, not grow"
    );
    let flag = |text: &str| vec![Override::from_flag(text).unwrap()];
    assert_eq!(child_with("", &flag("days=366")), "");
    let told = child_with("", &flag("days=364"));
    assert_eq!(
        told,
        "--var:1:6 the rule `asked` is locked: the variable `days` may rise, not fall\n\
         --var:1:6 the rule `period` is locked: `min_days` may rise, not fall"
    );
}

/// What a rule asks by a variable, it asks where the variable is given another value.
#[test]
fn variables_that_a_locked_expression_reads_move_to_its_stricter_side_alone() {
    for (value, how) in [
        ("least: 9", "may rise, not fall"),
        ("needed: [b]", "may grow, not shrink"),
        ("refused: [b]", "may grow, not shrink"),
        ("owners: [a, b, c]", "may shrink, not grow"),
        ("mode: lax", "stays the same"),
        ("twice: 9", "stays the same"),
        ("twice: 11", "stays the same"),
    ] {
        let (name, _) = value.split_once(':').unwrap();
        let column = 11 + name.len();
        let told = child(&format!("vars: {{ {value} }}\n"));
        let wanted = format!(
            "/policy.yaml:4:{column} the rule `asked` is locked: the variable `{name}` {how}"
        );
        assert_eq!(told, wanted);
    }
}

#[test]
fn nobody_is_trusted_beside_those_that_a_locked_rule_goes_by() {
    let told = child("trust_anchors: [more/*.pem]\n");
    assert_eq!(
        told,
        "/policy.yaml:4:17 the rule `file` is locked: it goes by whom the policy trusts, and more may not be trusted"
    );
    // Where no locked rule asks who is trusted, anybody may be.
    let free = PARENT.replace("chain.ending_kind == 'trust_anchor'", "chain.complete");
    let child = "version: 1\nname: child\nextends: /parent.yaml\ntrust_anchors: [more/*.pem]\n";
    let files = [("/policy.yaml", child), ("/parent.yaml", free.as_str())];
    let policy = load_among(&files, &[]).unwrap();
    let more = Reference::from_flag("x", "a.pem", Path::new("/"));
    assert!(refuse_anchors(&policy, [&more]).is_empty());
    let parent = load_among(&[("/policy.yaml", PARENT)], &[]).unwrap();
    assert_eq!(refuse_anchors(&parent, [&more]).len(), 1);
}

/// A lock holds what its own file asks, whatever stands beside that file and in which order.
#[test]
fn a_sibling_loosens_no_locked_rule() {
    let base = "version: 1\nname: base\nvars: { days: { type: integer, default: 365 } }\nrules:\n  period:\n    severity: \
                error\n    on: leaf\n    check: { validity-period: { max_days: \"{vars.days}\" } }\n    message: m\n";
    let lock = "version: 1\nname: lock\nextends: /base.yaml\nrules: { period: { locked: true } }\n";
    for loose in [
        "rules: { period: off }",
        "vars: { days: 9000 }",
        "rules: { period: { on: root } }",
    ] {
        let loose = format!("version: 1\nname: loose\nextends: /base.yaml\n{loose}\n");
        for parents in ["/lock.yaml, /loose.yaml", "/loose.yaml, /lock.yaml"] {
            let child = format!("version: 1\nname: child\nextends: [{parents}]\n");
            let files = [
                ("/policy.yaml", child.as_str()),
                ("/base.yaml", base),
                ("/lock.yaml", lock),
                ("/loose.yaml", loose.as_str()),
            ];
            let problems = load_among(&files, &[]).unwrap_err();
            assert_eq!(problems.len(), 1, "{parents}: {}", told(&problems));
            assert!(problems[0].message.contains("`period` is locked"));
            assert_eq!(&**problems[0].file.name(), "/loose.yaml");
        }
    }
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
