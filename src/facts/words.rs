//! Facts that are words: which ones there are, for the schema, so that an expression that compares one with a word that
//! does not exist is told of it.

use schemars::Schema;
use serde_json::{Value, json};

use crate::chain::{Class, Role};
use crate::x509::{KEY_ALGORITHMS, KeyUsageBit, NAMED_CURVES, purposes};

/// The pattern of a dotted OID.
const DOTTED: &str = r"^[0-9]+(\.[0-9]+)+$";

/// One of these words; null too, where the schema allows it.
fn closed(schema: &mut Schema, words: &[&str]) {
    let mut words: Vec<Value> = words.iter().map(|word| json!(word)).collect();
    if schema.get("type").is_some_and(Value::is_array) {
        words.push(Value::Null);
    }
    schema.insert("enum".to_owned(), words.into());
}

/// One of these words, or a dotted OID.
fn open(schema: &mut Schema, words: &[&str]) {
    let mut choices = vec![json!({ "enum": words }), json!({ "pattern": DOTTED })];
    if schema.get("type").is_some_and(Value::is_array) {
        choices.push(json!({ "type": "null" }));
    }
    schema.insert("anyOf".to_owned(), choices.into());
}

/// Of each item of a list.
fn items(schema: &mut Schema, change: impl FnOnce(&mut Schema)) {
    let item = schema.get("items").cloned().unwrap_or_default();
    if let Ok(mut item) = Schema::try_from(item) {
        change(&mut item);
        schema.insert("items".to_owned(), item.to_value());
    }
}

pub(super) fn roles(schema: &mut Schema) {
    closed(
        schema,
        &[Role::Leaf, Role::Intermediate, Role::Root].map(Role::as_str),
    );
}

/// Empty where the file has no certificate.
pub(super) fn classes(schema: &mut Schema) {
    let [private, public, qwac] = [Class::Private, Class::Public, Class::Qwac].map(Class::as_str);
    closed(schema, &[private, public, qwac, ""]);
}

pub(super) fn endings(schema: &mut Schema) {
    closed(schema, &super::chain::ENDINGS);
}

pub(super) fn list_statuses(schema: &mut Schema) {
    closed(
        schema,
        &["listed", "trust_anchor", "not_listed", "not_checked"],
    );
}

pub(super) fn validations(schema: &mut Schema) {
    closed(schema, &["DV", "OV", "IV", "EV"]);
}

pub(super) fn key_usages(schema: &mut Schema) {
    let bits = KeyUsageBit::ALL.map(KeyUsageBit::as_str);
    items(schema, |item| closed(item, &bits));
}

pub(super) fn extended_key_usages(schema: &mut Schema) {
    let names: Vec<&str> = purposes().map(|(_, name)| name).collect();
    items(schema, |item| open(item, &names));
}

pub(super) fn key_algorithms(schema: &mut Schema) {
    open(schema, &KEY_ALGORITHMS);
}

pub(super) fn curves(schema: &mut Schema) {
    open(schema, &NAMED_CURVES);
}
