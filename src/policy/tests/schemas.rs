//! The JSON Schemas: fresh on disk, and of one mind with the reader.

use std::path::PathBuf;

use serde_json::Value;

use crate::policy::{BUILTINS, config_schema, policy_schema, waivers_schema};

fn fresh(name: &str, schema: &Value) {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "schema", name]
        .iter()
        .collect();
    let wanted = format!("{}\n", serde_json::to_string_pretty(schema).unwrap());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, wanted).unwrap();
        return;
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "{name} is stale: run `UPDATE=1 cargo test`"
    );
}

#[test]
fn the_schema_of_policies_is_fresh() {
    fresh("policy.schema.json", &policy_schema());
}

#[test]
fn the_schema_of_configs_is_fresh() {
    fresh("config.schema.json", &config_schema());
    fresh("waivers.schema.json", &waivers_schema());
}

/// What a YAML text says, as JSON.
fn json(text: &str) -> Value {
    use crate::yaml::{Node, Value as Yaml};
    fn of(node: &Node) -> Value {
        match &node.value {
            Yaml::Null => Value::Null,
            Yaml::Bool(value) => Value::from(*value),
            Yaml::Integer(value) => Value::from(*value),
            Yaml::Float(value) => Value::from(*value),
            Yaml::String(value) => Value::from(value.as_str()),
            Yaml::Sequence(items) => items.iter().map(of).collect(),
            Yaml::Map(entries) => entries
                .iter()
                .map(|(key, node)| (key.name.clone(), of(node)))
                .collect(),
        }
    }
    let source = std::sync::Arc::new(crate::source::Source::new("text", text));
    of(&crate::yaml::parse(text, &source).unwrap())
}

fn mistakes(schema: &Value, text: &str) -> Vec<String> {
    let validator = jsonschema::draft202012::new(schema).unwrap();
    let document = json(text);
    let errors = validator.iter_errors(&document);
    errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn the_built_in_policies_fit_the_schema() {
    let schema = policy_schema();
    for (name, text) in BUILTINS {
        assert_eq!(mistakes(&schema, text), Vec::<String>::new(), "{name}");
    }
    assert_eq!(mistakes(&schema, super::BASE), Vec::<String>::new());
}

#[test]
fn a_variable_may_stand_for_a_parameter() {
    let rule = "version: 1\nname: p\nrules:\n  serial:\n    check: { serial-number: { max_octets: VALUE, min_bits: 8 } }\n";
    let schema = policy_schema();
    for (value, fits) in [
        ("8", true),
        ("'{vars.size}'", true),
        ("'{vars.Size}'", false),
        ("'8'", false),
        ("-1", false),
    ] {
        let found = mistakes(&schema, &rule.replace("VALUE", value));
        assert_eq!(found.is_empty(), fits, "{value}: {found:?}");
    }
}

#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let schema = policy_schema();
    for text in [
        "name: p\n",
        "version: 2\nname: p\n",
        "version: 1\nname: Not Kebab\n",
        "version: 1\nname: p\nrule: {}\n",
        "version: 1\nname: p\nrules: { a: of }\n",
        "version: 1\nname: p\nrules: { a: { severty: off } }\n",
        "version: 1\nname: p\nrules: { a: { on: leaves } }\n",
        "version: 1\nname: p\nrules: { a: { check: { nothing: {} } } }\n",
        "version: 1\nname: p\nrules: { a: { check: { order: {}, not-expired: {} } } }\n",
        "version: 1\nname: p\nrules: { a: { check: { order: { x: 1 } } } }\n",
        "version: 1\nname: p\nrules: { a: { when: { class: [secret] } } }\n",
        "version: 1\nname: p\nvars: { a: { type: text } }\n",
    ] {
        assert_ne!(mistakes(&schema, text), Vec::<String>::new(), "{text}");
    }
    let schema = config_schema();
    assert_eq!(
        mistakes(
            &schema,
            "version: 1\nvars: { a: [b] }\nfiles: [{ match: ['*'], policy: x }]\nfail_on: advice\n"
        ),
        Vec::<String>::new()
    );
    for text in [
        "version: 1\nfile: []\n",
        "version: 1\nfiles: [{ policy: x }]\n",
    ] {
        assert_ne!(mistakes(&schema, text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn every_key_and_every_check_has_a_hover_text() {
    let schema = policy_schema();
    for (key, property) in schema["properties"].as_object().unwrap() {
        assert!(property.get("description").is_some(), "{key}");
    }
    let text = schema.to_string();
    assert!(
        !text.contains("\"format\""),
        "formats of Rust help no editor"
    );
    let checks = &schema["$defs"]["Rule"]["properties"]["check"]["properties"];
    for kind in crate::check::KINDS {
        let docs = checks[kind.name]["description"].as_str();
        assert!(docs.is_some_and(|docs| !docs.is_empty()), "{}", kind.name);
    }
}
