//! The JSON Schema of test files, for editors.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use super::chain::ChainDocument;
use super::document::TestDocument;
use super::expect::{ANSWERS, Details};
use crate::policy::schema_of;
use crate::x509::AttributeType;

/// The JSON Schema of a test file.
#[must_use]
pub fn schema() -> Value {
    schema_of::<TestDocument>("urn:chainlint:schema:test:1", "chainlint policy test")
}

pub(super) fn version(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "const": 1 })
}

/// What is required may stand in the chain that this one is like.
pub(super) fn partial(schema: &mut Schema) {
    schema.remove("required");
}

/// Values of variables.
pub(super) fn values(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "additionalProperties": { "type": ["string", "number", "boolean", "array"] }
    })
}

/// `chains`: a name each.
pub(super) fn chains(generator: &mut SchemaGenerator) -> Schema {
    let chain = generator.subschema_for::<ChainDocument>();
    json_schema!({ "type": "object", "additionalProperties": chain })
}

/// A chain, or the name of one.
pub(super) fn chain_or_name(generator: &mut SchemaGenerator) -> Schema {
    let chain = generator.subschema_for::<ChainDocument>();
    json_schema!({ "anyOf": [{ "type": "string" }, chain] })
}

/// The attributes of a name.
pub(super) fn name(_: &mut SchemaGenerator) -> Schema {
    let text = json!({ "type": "string" });
    let one = json!({ "anyOf": [text, { "type": "array", "items": text }] });
    let known: Map<String, Value> = AttributeType::names()
        .map(|name| (name.to_owned(), one.clone()))
        .collect();
    json_schema!({
        "type": "object",
        "properties": known,
        "patternProperties": { r"^[0-9]+(\.[0-9]+)+$": one },
        "additionalProperties": false
    })
}

/// `expect`: answers with the rules that come to them.
pub(super) fn expectations(generator: &mut SchemaGenerator) -> Schema {
    let finding = generator.subschema_for::<Details>();
    let rule = json!({ "anyOf": [{ "type": "string" }, finding] });
    let answers: Map<String, Value> = ANSWERS
        .iter()
        .map(|(_, key, meaning)| {
            let rules = json!({
                "description": meaning,
                "anyOf": [rule, { "type": "array", "items": rule }]
            });
            ((*key).to_owned(), rules)
        })
        .collect();
    json_schema!({ "type": "object", "properties": answers, "additionalProperties": false })
}
