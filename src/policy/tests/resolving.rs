//! What files make together.

use std::path::Path;
use std::sync::Mutex;

use super::{BASE, good, load_among, plain, told};
use crate::finding::Severity;
use crate::policy::{Field, Known, Library, On, Policy, Reference, show};

fn ids(policy: &Policy) -> Vec<&str> {
    policy.rules.iter().map(|rule| &*rule.id).collect()
}

fn among(files: &[(&str, &str)]) -> Policy {
    load_among(files, &[]).unwrap_or_else(|problems| panic!("{}", told(&problems)))
}

#[test]
fn a_child_has_the_rules_of_its_parent_in_order_and_its_own_after_them() {
    let policy = good(
        "version: 1\nname: child\nextends: base\nrules:\n  own:\n    severity: advice\n    on: leaf\n    \
         check: { not-expired: }\n    message: m\n  chain-order: error\n",
    );
    assert_eq!(
        ids(&policy),
        ["cert-expired", "chain-order", "serial", "own"]
    );
    assert_eq!(policy.rule("own").unwrap().on, Some(On::Leaf));
    let order = policy.rule("chain-order").unwrap();
    assert_eq!(order.severity.of(None), Some(Severity::Error));
}

#[test]
fn a_field_of_a_child_replaces_the_field_of_its_parent_whole() {
    let policy = good(
        "version: 1\nname: child\nextends: base\nrules:\n  cert-expired:\n    on: leaf\n    help: Ask.\n  \
         serial:\n    check: { serial-number: { max_octets: 8, min_bits: 8 } }\n",
    );
    let rule = policy.rule("cert-expired").unwrap();
    assert_eq!(rule.on, Some(On::Leaf));
    assert_eq!(
        rule.help.as_ref().unwrap().of(None).render(&|_| None),
        "Ask."
    );
    assert_eq!(rule.severity.of(None), Some(Severity::Error));
    assert_eq!(
        rule.origin_of(Field::On).unwrap().to_string(),
        "/policy.yaml:6"
    );
    assert_eq!(rule.origin_of(Field::Check).unwrap().to_string(), "base:11");
    assert_eq!(rule.location.line(), 8, "the parent asks");
    let serial = policy.rule("serial").unwrap();
    assert_eq!(
        &**serial.location.source.name(),
        "/policy.yaml",
        "the child asks"
    );
    assert_eq!(serial.severity.of(Some("short")), Some(Severity::Warning));
}

#[test]
fn a_rule_that_is_off_stays_in_the_list() {
    let policy = good(
        "version: 1\nname: child\nextends: base\nrules:\n  serial: off\n  chain-order: { severity: off }\n",
    );
    assert!(policy.rule("serial").unwrap().is_off());
    assert!(policy.rule("chain-order").unwrap().is_off());
    assert!(!policy.rule("cert-expired").unwrap().is_off());
}

#[test]
fn a_shorthand_counts_for_all_outcomes() {
    let policy = good("version: 1\nname: child\nextends: base\nrules:\n  serial: advice\n");
    let severity = &policy.rule("serial").unwrap().severity;
    assert_eq!(severity.of(Some("invalid")), Some(Severity::Advice));
    assert_eq!(severity.of(Some("short")), Some(Severity::Advice));
}

#[test]
fn of_several_parents_the_last_one_wins() {
    let policy = among(&[
        (
            "/policy.yaml",
            "version: 1\nname: p\nextends: [./a.yaml, sub/b.yaml]\n",
        ),
        (
            "/a.yaml",
            "version: 1\nname: a\nextends: base\nrules: { serial: off }\n",
        ),
        (
            "/sub/b.yaml",
            "version: 1\nname: b\nextends: base\nrules: { serial: advice }\n",
        ),
    ]);
    let severity = &policy.rule("serial").unwrap().severity;
    assert_eq!(severity.worst(), Some(Severity::Advice));
}

#[test]
fn what_one_parent_changed_is_not_changed_back_by_one_that_inherits_it() {
    let policy = among(&[
        (
            "/policy.yaml",
            "version: 1\nname: p\nextends: [a.yaml, b.yaml]\n",
        ),
        (
            "/a.yaml",
            "version: 1\nname: a\nextends: base\nrules: { serial: off }\n",
        ),
        (
            "/b.yaml",
            "version: 1\nname: b\nextends: ../x/../base.yaml\nrules: { chain-order: off }\n",
        ),
        ("/base.yaml", "version: 1\nname: other\nextends: base\n"),
    ]);
    assert!(policy.rule("serial").unwrap().is_off());
    assert!(policy.rule("chain-order").unwrap().is_off());
    let names: Vec<&str> = policy
        .sources
        .iter()
        .map(|source| &**source.name())
        .collect();
    assert_eq!(
        names,
        ["base", "/a.yaml", "/base.yaml", "/b.yaml", "/policy.yaml"]
    );
}

#[test]
fn what_is_shown_loads_to_the_same_policy() {
    let policy = good(
        "version: 1\nname: child\ndescription: |\n  Two\n  lines.\nextends: base\n\
         vars: { company: \"A: \\\"B\\\" #1\" }\nrules:\n  serial:\n    when: { class: [private], strict: false }\n    \
         message: { invalid: \"{{x}} {vars.company}\", default: d }\n    examples:\n      \
         fail: |\n        a\n          b\n      pass: \"\"\n  chain-order: off\n",
    );
    for origins in [false, true] {
        let text = show(&policy, origins, &plain);
        let again = good(&text);
        assert_eq!(
            show(&again, false, &plain),
            show(&policy, false, &plain),
            "{text}"
        );
        assert_eq!(ids(&again), ids(&policy));
        for (left, right) in policy.rules.iter().zip(&again.rules) {
            assert_eq!(left.severity, right.severity);
            assert_eq!(left.on, right.on);
            assert_eq!(left.when, right.when);
            assert_eq!(left.message, right.message);
            assert_eq!(left.examples, right.examples);
            assert_eq!(format!("{:?}", left.check), format!("{:?}", right.check));
        }
    }
}

#[test]
fn origins_are_shown_over_each_part() {
    let policy = good(
        "version: 1\nname: child\ndescription: Ours.\nextends: base\ntrust_anchors: [\"anchors/*.pem\"]\n\
         vars: { days: 31 }\nwaivers: { max_days: 9 }\nrules:\n  chain-order: off\n",
    );
    insta::assert_snapshot!(show(&policy, true, &plain), @r#"
    version: 1
    # from /policy.yaml:2
    name: child
    # from /policy.yaml:3
    description: Ours.
    trust_anchors:
      # from /policy.yaml:5
      - "/anchors/*.pem"
    vars:
      # from base:5
      company:
        type: string
        description: Whose it is.
      # from base:6
      days:
        type: integer
        # from /policy.yaml:6
        default: 31
    waivers:
      # from /policy.yaml:7
      max_days: 9
    rules:
      # from base:8
      cert-expired:
        # from base:9
        severity: error
        # from base:10
        on: any
        # from base:11
        check:
          not-expired: {}
        # from base:12
        message: "expired on {not_after}"
        # from base:13
        help: Renew.
      # from base:14
      chain-order:
        # from /policy.yaml:9
        severity: off
        # from base:16
        check:
          order: {}
        # from base:17
        message: wrong order
      # from base:18
      serial:
        # from base:19
        severity:
          invalid: error
          short: warning
        # from base:20
        on: any
        # from base:21
        check:
          serial-number:
            max_octets: 20
            min_bits: 64
        # from base:22
        message: bad serial
    "#);
}

/// What came of a name that two policies give to two things would be nobody's.
#[test]
fn two_policies_that_know_nothing_of_each_other_make_no_rule_or_variable_of_one_name() {
    let own = |name: &str, extends: &str| {
        format!(
            "version: 1\nname: {name}\n{extends}vars: {{ days: {{ type: integer, default: 3 }} }}\nrules:\n  own:\n    \
             severity: error\n    on: leaf\n    check: {{ validity-period: {{ max_days: 3 }} }}\n    message: m\n"
        )
    };
    let (a, b) = (own("a", ""), own("b", ""));
    let child = "version: 1\nname: child\nextends: [/a.yaml, /b.yaml]\nrules: { own: off }\n";
    let files = [("/policy.yaml", child), ("/a.yaml", &a), ("/b.yaml", &b)];
    let problems = load_among(&files, &[]).unwrap_err();
    assert_eq!(
        told(&problems),
        "/b.yaml:3:9 two policies, neither of which extends the other, make a variable `days` [made here] rename one \
         variable of the two\n\
         /b.yaml:5:3 two policies, neither of which extends the other, make a rule `own` [made here] rename one rule of \
         the two"
    );
    assert_eq!(&**problems[1].related[0].0.name(), "/a.yaml");
    // One that changes what it inherits makes nothing, and neither do two that inherit one.
    let changes = own("b", "extends: /a.yaml\n");
    let files = [
        ("/policy.yaml", child),
        ("/a.yaml", &a),
        ("/b.yaml", &changes),
    ];
    assert!(load_among(&files, &[]).is_ok());
    let other = changes.replace("name: b", "name: c");
    let child = "version: 1\nname: child\nextends: [/b.yaml, /c.yaml]\n";
    let files = [
        ("/policy.yaml", child),
        ("/a.yaml", &a),
        ("/b.yaml", &changes),
        ("/c.yaml", &other),
    ];
    assert!(load_among(&files, &[]).is_ok());
}

#[test]
fn a_file_that_several_policies_rest_on_is_read_once_and_a_broken_one_is_told_each_time() {
    let child = "version: 1\nname: child\nextends: base.yaml\nrules: {}\n";
    let broken = "version: 1\nname: broken\nextends: base.yaml\nrules: 1\n";
    let read = Mutex::new(Vec::new());
    let file = |path: &Path| {
        let path = path.display().to_string();
        read.lock().unwrap().push(path.clone());
        let text = match path.as_str() {
            "/base.yaml" => BASE,
            "/broken.yaml" => broken,
            _ => child,
        };
        Ok(text.to_owned())
    };
    let library = Library {
        builtins: &[],
        read: &file,
        shown: &|path| path.display().to_string(),
        is_fact: crate::facts::is_path,
        known: Known::default(),
    };
    let load = |path: &str| {
        let wanted = Reference::from_flag("--policy", path, Path::new("/"));
        library.load(&wanted, &[])
    };
    let rules = |path: &str| load(path).unwrap().rules.len();
    assert_eq!(rules("/a.yaml"), rules("/b.yaml"));
    assert_eq!(rules("/a.yaml"), rules("/base.yaml"));
    let told = || load("/broken.yaml").unwrap_err().len();
    assert_eq!((told(), told()), (1, 1));
    let read = read.lock().unwrap();
    let wanted = [
        "/a.yaml",
        "/base.yaml",
        "/b.yaml",
        "/broken.yaml",
        "/broken.yaml",
    ];
    assert_eq!(*read, wanted);
}
