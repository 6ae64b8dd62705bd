//! Variables: who wins, what they become.

use super::{good, load, load_among, told};
use crate::policy::{Config, Override, Policy, VarValue, undeclared};

const POLICY: &str = "version: 1\nname: p\nextends: base\nvars:\n  size: { type: integer, default: 1 }\n  \
    strict: { type: boolean, default: false }\n  roles: { type: list, default: [a] }\nrules:\n  serial:\n    \
    check: { serial-number: { max_octets: \"{vars.size}\", min_bits: 8 } }\n    message: \"{vars.size} {vars.company} {vars.roles}\"\n";

fn with(text: &str, overrides: &[Override]) -> Policy {
    load_among(&[("/policy.yaml", text)], overrides)
        .unwrap_or_else(|problems| panic!("{}", told(&problems)))
}

fn flag(text: &str) -> Override {
    Override::from_flag(text).unwrap()
}

fn value(policy: &Policy, name: &str) -> Option<VarValue> {
    let variable = policy.vars.iter().find(|known| &*known.name == name);
    variable.unwrap().value.clone()
}

fn message(policy: &Policy) -> String {
    let message = policy.rule("serial").unwrap().message.of(None);
    message.render(&|name| policy.variable(name))
}

#[test]
fn a_variable_becomes_a_typed_parameter_and_a_part_of_a_message() {
    let policy = with(POLICY, &[flag("roles=x, y")]);
    let check = format!("{:?}", policy.rule("serial").unwrap().check);
    assert!(
        check.contains("max_octets: 1,") || check.contains("max_octets: Some(1)"),
        "{check}"
    );
    assert_eq!(message(&policy), "1  x, y");
}

#[test]
fn the_command_line_wins_over_mappings_over_the_config_over_policies() {
    let config = Config::parse(
        "version: 1\nvars: { size: 3, company: c }\nfiles:\n  - match: ['**']\n    vars: { size: 4, strict: true }\n",
        "chainlint.yaml",
        "/".as_ref(),
    )
    .unwrap();
    let of = |size: i64| Some(VarValue::Integer(size));

    assert_eq!(value(&with(POLICY, &[]), "size"), of(1), "the default");
    let grandchild = "version: 1\nname: q\nextends: parent.yaml\nvars: { size: 2 }\n";
    let files = [("/policy.yaml", grandchild), ("/parent.yaml", POLICY)];
    let policy = load_among(&files, &[]).unwrap();
    assert_eq!(value(&policy, "size"), of(2), "a policy's value");
    let policy = load_among(&files, &config.vars).unwrap();
    assert_eq!(value(&policy, "size"), of(3), "the config's value");
    let selection = config.select("a.pem".as_ref());
    let mut overrides: Vec<Override> = selection.vars.into_iter().cloned().collect();
    let policy = load_among(&files, &overrides).unwrap();
    assert_eq!(value(&policy, "size"), of(4), "the mapping's value");
    assert_eq!(value(&policy, "strict"), Some(VarValue::Boolean(true)));
    assert_eq!(
        value(&policy, "company"),
        Some(VarValue::String("c".to_owned()))
    );
    overrides.push(flag("size=5"));
    let policy = load_among(&files, &overrides).unwrap();
    assert_eq!(value(&policy, "size"), of(5), "the command line's value");
    assert_eq!(policy.vars[2].origin.source.name().as_ref(), "--var");
}

#[test]
fn a_value_of_the_wrong_type_is_told_where_it_was_given() {
    let problems = load_among(&[("/policy.yaml", POLICY)], &[flag("size=many")]).unwrap_err();
    assert_eq!(
        told(&problems),
        "--var:1:6 the variable `size` holds a whole number, found the text \"many\" [the text \"many\"] -"
    );
    assert_eq!(problems[0].related[0].2, "declared here");
    let problems =
        load("version: 1\nname: p\nextends: base\nvars: { days: \"30\" }\n").unwrap_err();
    assert_eq!(
        told(&problems),
        "/policy.yaml:4:15 the variable `days` holds a whole number, found the text \"30\" [the text \"30\"] -"
    );
}

#[test]
fn a_variable_without_a_value_is_named_where_a_value_is_needed() {
    let text = POLICY.replace("type: integer, default: 1", "type: integer");
    let problems = load(&text).unwrap_err();
    let told = told(&problems);
    assert!(told.contains("expected"), "{told}");
    assert!(told.contains("`--var size=…`"), "{told}");
    assert_eq!(problems[0].related[0].2, "`size` has no value");
}

#[test]
fn a_wrong_value_is_told_at_the_reference_and_at_its_source() {
    let problems = load_among(&[("/policy.yaml", POLICY)], &[flag("size=-1")]).unwrap_err();
    assert_eq!(super::underlined(&problems[0]), "\"{vars.size}\"");
    let (file, span, what) = &problems[0].related[0];
    assert_eq!(file.text().get(span.start..span.end).unwrap(), "-1");
    assert_eq!(what, "`size` has its value from here");
}

#[test]
fn an_override_that_no_policy_declares_is_a_mistake_and_one_that_some_declare_is_none() {
    let policies = [good("version: 1\nname: a\nextends: base\n"), good(POLICY)];
    let variables = policies.iter().flat_map(|policy| &policy.vars);
    let overrides = [flag("size=1"), flag("comapny=x"), flag("zzz=1")];
    assert_eq!(
        told(&undeclared(&overrides, variables)),
        "--var:1:1 no policy declares the variable `comapny` [unknown variable] did you mean `company`?\n\
         --var:1:1 no policy declares the variable `zzz` [unknown variable] \
         one of `company`, `days`, `roles`, `size`, `strict`"
    );
}

#[test]
fn a_flag_without_a_name_is_a_mistake() {
    for text in ["size", "=1"] {
        let problem = Override::from_flag(text).unwrap_err();
        assert_eq!(problem.help.as_deref(), Some("write `--var NAME=VALUE`"));
    }
    let empty = with(POLICY, &[flag("roles="), flag("company=")]);
    assert_eq!(value(&empty, "roles"), Some(VarValue::List(Vec::new())));
    assert_eq!(
        value(&empty, "company"),
        Some(VarValue::String(String::new()))
    );
}
