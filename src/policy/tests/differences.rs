//! What one policy accepts that another does not.

use super::good;
use crate::policy::{Names, Policy, diff};

const FIRST: &str = r#"
version: 1
name: one
trust_anchors: [both.pem, one.pem]
waivers: { max_days: 30 }
vars:
  days: { type: integer, default: 10 }
  least: { type: integer, default: 2048 }
rules:
  period:
    severity: error
    on: leaf
    when: { class: [private, public], environment: [production] }
    check: { validity-period: { min_days: 3, max_days: "{vars.days}" } }
    message: m
  keys:
    severity: error
    on: ca
    check: { key-algorithm: { allowed: [rsa, ec] } }
    message: m
    locked: true
  serial:
    severity: { invalid: error, short: warning }
    on: any
    check: { serial-number: { max_octets: 20, min_bits: 64 } }
    message: m
  issuers:
    severity: error
    check: { issuer-avoids: { issuers: [{ name: Acme, organization: [Acme] }] } }
    message: m
  limits:
    severity: error
    on: leaf
    check: { validity-limit: { limits: [2020-09-01 398] } }
    message: m
  asked:
    severity: error
    on: leaf
    check: { expression: { assert: "cert.key.bits >= vars.least", point_at: public_key } }
    message: m
"#;

/// The lines that tell the second policy, which is the first one with these changes, from it.
fn changed(changes: &[(&str, &str)]) -> Vec<String> {
    let mut text = FIRST.replace("name: one", "name: two");
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    compared(&good(FIRST), &good(&text))
}

fn compared(one: &Policy, two: &Policy) -> Vec<String> {
    let names = Names {
        first: "one",
        second: "two",
    };
    let lines = diff(one, two, names).into_iter().map(|difference| {
        format!(
            "{} {}: {} → {}: {}",
            difference.of,
            difference.what,
            difference.first,
            difference.second,
            difference.consequence
        )
    });
    lines.collect()
}

#[test]
fn what_is_the_same_is_no_difference() {
    assert_eq!(changed(&[]), [""; 0]);
    for same in [
        ("[private, public]", "[public, private]"),
        ("\"{vars.days}\"", "10"),
        (
            "cert.key.bits >= vars.least",
            "cert.key.bits\n  >= vars.least",
        ),
        ("message: m", "message: other"),
    ] {
        let text = FIRST.replace(same.0, same.1);
        let lines = compared(&good(FIRST), &good(&text));
        // Line breaks are no part of what an expression says; they are of its text.
        let told = lines.iter().filter(|line| !line.contains("assert"));
        assert_eq!(told.count(), 0, "{lines:?}");
    }
}

#[test]
fn a_variable_is_told_at_each_rule_that_goes_by_it() {
    assert_eq!(
        changed(&[
            ("default: 10", "default: 20"),
            ("default: 2048", "default: 3072")
        ]),
        [
            "period max_days: 10 → 20: two accepts 11 to 20, one does not",
            "asked vars.least: 2048 → 3072: one accepts more, two does not",
            "days variable: 10 → 20: ",
            "least variable: 2048 → 3072: ",
        ]
    );
}

#[test]
fn each_kind_of_difference_has_its_consequence() {
    for (change, told) in [
        (
            ("min_days: 3", "min_days: 4"),
            "period min_days: 3 → 4: one accepts 3, two does not",
        ),
        (
            ("min_days: 3, ", ""),
            "period min_days: 3 → : two accepts less than 3, one does not",
        ),
        (
            (
                "environment: [production]",
                "environment: [production, staging]",
            ),
            "period when.environment: production → production, staging: two asks staging too, one does not",
        ),
        (
            (
                "[private, public], environment: [production]",
                "[private, public]",
            ),
            "period when.environment: production → any: one asks production alone",
        ),
        (
            ("class: [private, public]", "class: [private, qwac]"),
            "period when.class: private, public → private, qwac: one alone asks public, two alone qwac",
        ),
        (
            ("on: ca", "on: root"),
            "keys on: ca → root: one asks intermediate too, two does not",
        ),
        (
            ("    locked: true\n", "    waivable: false\n"),
            "keys locked: true → false: policies that extend two may loosen it",
        ),
        (
            (
                "    locked: true\n",
                "    locked: true\n    waivable: true\n",
            ),
            "keys waivable: false → true: two lets waivers cover it",
        ),
        (
            ("[rsa, ec]", "[rsa, ed25519]"),
            "keys allowed: [rsa, ec] → [rsa, ed25519]: one alone accepts ec, two alone ed25519",
        ),
        (
            ("[rsa, ec]", "[rsa]"),
            "keys allowed: [rsa, ec] → [rsa]: one accepts ec, two does not",
        ),
        (
            ("short: warning", "short: error"),
            "serial severity: error (invalid), warning (short) → error (invalid), error (short): of short, one says warning where \
             two says error",
        ),
        (
            ("organization: [Acme]", "organization: [Acme, Bad]"),
            "issuers issuers: [{ name: Acme, organization: [Acme] }] → [{ name: Acme, organization: [Acme, Bad] }]: one alone goes by { name: \
             Acme, organization: [Acme] }, two alone by { name: Acme, organization: [Acme, Bad] }",
        ),
        (
            ("2020-09-01 398", "2020-09-01 397"),
            "limits limits: [\"2020-09-01 398\"] → [\"2020-09-01 397\"]: one accepts more from some day on, two does not",
        ),
        (
            ("both.pem, one.pem", "both.pem"),
            "trust_anchors file: one.pem → : one trusts it, two does not",
        ),
        (
            ("waivers: { max_days: 30 }", ""),
            "waivers max_days: 30 → : waivers may hold for longer under two",
        ),
        (
            (", point_at: public_key", ", point_at: serial_number"),
            "asked point_at: public_key → serial_number: ",
        ),
    ] {
        assert_eq!(changed(&[change]), [told]);
    }
}
