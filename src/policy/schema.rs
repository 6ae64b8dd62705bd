//! JSON Schemas of policies and configs, for editors.
//!
//! The structs that read the files say what each key is for; here stands what serde does not know:
//! values of several shapes, and the checks with their parameters.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use super::config::ConfigFile;
use super::document::{PolicyFile, RuleFile};
use super::rule::Level;
use super::vars::Declaration;
use super::waiver::WaiversFile;
use super::{BUILTINS, Known, Library, Reference};
use crate::check::KINDS;
use crate::facts;

/// The JSON Schema of a policy file.
#[must_use]
pub fn policy_schema() -> Value {
    document::<PolicyFile>("policy.schema.json", "chainlint policy")
}

/// The JSON Schema of `chainlint.yaml`.
#[must_use]
pub fn config_schema() -> Value {
    document::<ConfigFile>("urn:chainlint:schema:config:1", "chainlint config")
}

/// The JSON Schema of a file of waivers.
#[must_use]
pub fn waivers_schema() -> Value {
    document::<WaiversFile>("urn:chainlint:schema:waivers:1", "chainlint waivers")
}

/// The JSON Schema of a file that this type reads.
#[must_use]
pub fn document<T: JsonSchema>(id: &str, title: &str) -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut root = Value::from(generator.into_root_schema_for::<T>());
    clean(&mut root);
    let mut out = Map::new();
    out.insert(
        "$schema".to_owned(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    out.insert("$id".to_owned(), json!(id));
    out.insert("title".to_owned(), json!(title));
    if let Value::Object(mut root) = root {
        prune(&mut root);
        for (key, value) in root {
            out.entry(key).or_insert(value);
        }
    }
    Value::Object(out)
}

/// Takes away what helps no editor: number formats of Rust, and the line breaks of doc comments.
fn clean(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.get("format").is_some_and(Value::is_string) {
                map.shift_remove("format");
            }
            if let Some(Value::String(text)) = map.get_mut("description") {
                *text = paragraphs(text);
            }
            map.values_mut().for_each(clean);
        }
        Value::Array(items) => items.iter_mut().for_each(clean),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A text whose lines were broken for the source file, a line for each paragraph and for each of
/// the labelled lines of a check's docs.
fn paragraphs(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let labels = ["Fails: ", "Passes: ", "Source: "];
        let begins = line.is_empty() || labels.iter().any(|label| line.starts_with(label));
        match (begins, out.chars().last()) {
            (_, None | Some('\n')) if !line.is_empty() => {}
            (true, _) => out.push('\n'),
            (false, _) => out.push(' '),
        }
        out.push_str(line);
    }
    out
}

/// Drops the definitions that nothing refers to: those of checks were written out.
fn prune(root: &mut Map<String, Value>) {
    loop {
        let text = Value::Object(root.clone()).to_string();
        let Some(Value::Object(definitions)) = root.get_mut("$defs") else {
            return;
        };
        let before = definitions.len();
        definitions.retain(|name, _| text.contains(&format!("\"#/$defs/{name}\"")));
        if definitions.len() == before {
            return;
        }
    }
}

// The readers look at every key on its own, so to serde and schemars each one is optional alike.

pub(super) fn require_nothing(schema: &mut Schema) {
    schema.remove("required");
}

pub(super) fn require_version(schema: &mut Schema) {
    schema.insert("required".to_owned(), json!(["version"]));
}

pub(super) fn require_version_and_name(schema: &mut Schema) {
    schema.insert("required".to_owned(), json!(["version", "name"]));
}

pub(super) fn require_match(schema: &mut Schema) {
    schema.insert("required".to_owned(), json!(["match"]));
}

pub(super) fn require_type(schema: &mut Schema) {
    schema.insert("required".to_owned(), json!(["type"]));
}

pub(super) fn version(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "const": 1 })
}

pub(super) fn kebab(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$" })
}

/// A built-in policy's name, which editors offer, or a path.
pub(crate) fn policy_name(_: &mut SchemaGenerator) -> Schema {
    let names: Vec<&str> = BUILTINS.iter().map(|(name, _)| *name).collect();
    json_schema!({ "anyOf": [{ "enum": names }, { "type": "string" }] })
}

pub(super) fn extends(generator: &mut SchemaGenerator) -> Schema {
    let name = policy_name(generator);
    json_schema!({ "anyOf": [name, { "type": "array", "items": name }] })
}

/// A rule's id: those of built-in policies are offered, others are somebody's own.
pub(super) fn rule_id(_: &mut SchemaGenerator) -> Schema {
    let ids: Vec<String> = builtin_rules().into_keys().collect();
    json_schema!({ "anyOf": [{ "enum": ids }, { "type": "string" }] })
}

/// The rules of the built-in policies, each with what it wants.
fn builtin_rules() -> BTreeMap<String, String> {
    let read = |_: &Path| Err(io::Error::from(io::ErrorKind::NotFound));
    let library = Library {
        builtins: BUILTINS,
        read: &read,
        shown: &|path| path.display().to_string(),
        is_fact: facts::is_path,
        known: Known::default(),
    };
    let policies = BUILTINS.iter().filter_map(|(name, _)| {
        let reference = Reference::from_flag("built-in", name, Path::new(""));
        library.load(&reference, &[]).ok()
    });
    let rules = policies.flat_map(|policy| policy.rules);
    rules
        .map(|rule| {
            (
                rule.id.to_string(),
                rule.description.unwrap_or_default().to_string(),
            )
        })
        .collect()
}

/// A value that a variable can hold.
pub(super) fn var_value(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "anyOf": [
            { "type": ["string", "integer", "boolean"] },
            { "type": "array", "items": { "type": "string" } }
        ]
    })
}

pub(super) fn values(generator: &mut SchemaGenerator) -> Schema {
    let value = var_value(generator);
    json_schema!({ "type": ["object", "null"], "additionalProperties": value })
}

pub(super) fn vars(generator: &mut SchemaGenerator) -> Schema {
    let value = var_value(generator);
    let declaration = generator.subschema_for::<Declaration>();
    json_schema!({
        "type": ["object", "null"],
        "propertyNames": { "pattern": "^[a-z_][a-z0-9_]*$" },
        "additionalProperties": { "anyOf": [value, declaration] }
    })
}

pub(super) fn severity(generator: &mut SchemaGenerator) -> Schema {
    let level = generator.subschema_for::<Level>();
    json_schema!({
        "anyOf": [
            level,
            { "type": "object", "minProperties": 1, "additionalProperties": level }
        ]
    })
}

pub(super) fn texts(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "anyOf": [
            { "type": "string" },
            {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": { "type": "string" }
            }
        ]
    })
}

pub(super) fn rules(generator: &mut SchemaGenerator) -> Schema {
    let level = generator.subschema_for::<Level>();
    let rule = generator.subschema_for::<RuleFile>();
    let known = builtin_rules().into_iter().map(|(id, description)| {
        let of_rule = json!({ "description": description, "anyOf": [level, rule] });
        (id, of_rule)
    });
    let known: Map<String, Value> = known.collect();
    json_schema!({
        "type": ["object", "null"],
        "propertyNames": { "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$" },
        "properties": known,
        "additionalProperties": { "anyOf": [level, rule] }
    })
}

/// One property, whose name is a check's and whose value its parameters. Properties rather than
/// `oneOf`: so editors complete the names, show their texts, and name the one that is wrong.
pub(super) fn check(generator: &mut SchemaGenerator) -> Schema {
    let mut properties = Map::new();
    for kind in KINDS {
        let schema = Value::from((kind.schema)(generator));
        let mut parameters = resolved(&schema, generator);
        admit_variables(&mut parameters);
        // A check whose parameters may all be left out can stand without any.
        if parameters.get("required").is_none()
            && let Some(kind) = parameters.get_mut("type")
        {
            *kind = json!(["object", "null"]);
        }
        properties.insert(kind.name.to_owned(), parameters);
    }
    json_schema!({
        "type": "object",
        "properties": properties,
        "minProperties": 1,
        // Not `maxProperties: 1`: editors count the word that is being written, and would offer nothing.
        "not": { "minProperties": 2 },
        "additionalProperties": false
    })
}

/// The definition behind a `$ref`, which is written out: variables are admitted in it.
fn resolved(schema: &Value, generator: &SchemaGenerator) -> Value {
    let name = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|path| path.strip_prefix("#/$defs/"));
    let definition = name.and_then(|name| generator.definitions().get(name));
    definition.unwrap_or(schema).clone()
}

/// Lets `"{vars.NAME}"` stand for the value of each parameter and each item of a list.
fn admit_variables(parameters: &mut Value) {
    let Some(Value::Object(properties)) = parameters.get_mut("properties") else {
        return;
    };
    for property in properties.values_mut() {
        admit_variable(property);
    }
}

fn admit_variable(schema: &mut Value) {
    if let Some(items) = schema.get_mut("items")
        && !takes_any_text(items)
    {
        admit_variable(items);
    }
    if takes_any_text(schema) {
        return;
    }
    let reference = json!({ "type": "string", "pattern": "^\\{vars\\.[a-z_][a-z0-9_]*\\}$" });
    let mut schema_out = Map::new();
    if let Value::Object(map) = schema {
        for key in ["description", "default"] {
            if let Some(value) = map.shift_remove(key) {
                schema_out.insert(key.to_owned(), value);
            }
        }
    }
    schema_out.insert("anyOf".to_owned(), json!([schema.take(), reference]));
    *schema = Value::Object(schema_out);
}

/// A schema that lets every text pass lets a variable pass too.
fn takes_any_text(schema: &Value) -> bool {
    let is_text = match schema.get("type") {
        Some(Value::String(kind)) => kind == "string",
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "string"),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => false,
    };
    is_text
        && ["pattern", "enum", "const", "minLength", "maxLength"]
            .iter()
            .all(|limit| schema.get(limit).is_none())
}
