//! `examples/acme` shows every key that a policy, a config, a file of waivers and a file of tests may have.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Map, Value};

use crate::support::{files_below, project};

/// A key, and the part of a schema that has it.
type Key = (String, String);

/// The keys that there are in what a document uses of a schema, and those that it has.
#[derive(Default)]
struct Keys {
    known: BTreeSet<Key>,
    used: BTreeSet<Key>,
}

/// The checks, and the rules that there are, have pages of their own; attributes of a name are shown for the subject.
const APART: [&str; 3] = ["Rule.check", "policy.rules", "Certificate.issuer"];

impl Keys {
    /// Looks at values that stand in one place; `part` is the place, or the definition that it refers to.
    fn look(
        &mut self,
        definitions: &Map<String, Value>,
        schema: &Value,
        part: &str,
        found: &[&Value],
    ) {
        let Some(schema) = schema.as_object().filter(|_| !found.is_empty()) else {
            return;
        };
        if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
            let name = name.rsplit('/').next().unwrap();
            self.look(definitions, &definitions[name], name, found);
        }
        for key in ["anyOf", "oneOf", "allOf"] {
            for schema in schema
                .get(key)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                self.look(definitions, schema, part, found);
            }
        }
        let is_apart = APART.contains(&part);
        let properties = schema.get("properties").filter(|_| !is_apart);
        let properties = properties.and_then(Value::as_object);
        for (name, schema) in properties.into_iter().flatten() {
            let key = (part.to_owned(), name.clone());
            let values: Vec<&Value> = found.iter().filter_map(|value| value.get(name)).collect();
            self.known.insert(key.clone());
            if !values.is_empty() {
                self.used.insert(key);
            }
            self.look(definitions, schema, &format!("{part}.{name}"), &values);
        }
        self.members(definitions, schema, part, found);
    }

    /// Values by names of their own, and those of lists.
    fn members(
        &mut self,
        definitions: &Map<String, Value>,
        schema: &Map<String, Value>,
        part: &str,
        found: &[&Value],
    ) {
        if let Some(schema) = schema.get("additionalProperties") {
            let values = found.iter().filter_map(|value| value.as_object());
            let values: Vec<&Value> = values.flat_map(Map::values).collect();
            self.look(definitions, schema, &format!("{part}.*"), &values);
        }
        if let Some(schema) = schema.get("items") {
            let values = found.iter().filter_map(|value| value.as_array());
            let values: Vec<&Value> = values.flatten().collect();
            self.look(definitions, schema, &format!("{part}[]"), &values);
        }
    }
}

/// The schema that a document of the folder names.
fn schema_of(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("$schema=")?;
    rest.lines().next()?.rsplit('/').next()
}

#[test]
fn the_folder_shows_every_key_of_every_language() {
    let folder = project("examples/acme");
    let mut documents: Vec<(String, Value)> = Vec::new();
    for path in files_below(&folder) {
        let text = fs::read_to_string(folder.join(&path)).unwrap();
        if let Some(schema) = schema_of(&text) {
            documents.push((schema.to_owned(), serde_saphyr::from_str(&text).unwrap()));
        }
    }
    let mut keys = Keys::default();
    for kind in ["policy", "config", "waivers", "test"] {
        let name = format!("{kind}.schema.json");
        let schema = fs::read_to_string(project("schema").join(&name)).unwrap();
        let schema: Value = serde_json::from_str(&schema).unwrap();
        let of_kind = documents.iter().filter(|(schema, _)| *schema == name);
        let found: Vec<&Value> = of_kind.map(|(_, document)| document).collect();
        assert!(!found.is_empty(), "{kind}");
        let definitions = schema["$defs"].as_object().unwrap();
        keys.look(definitions, &schema, kind, &found);
    }
    assert!(keys.known.len() > 100, "{}", keys.known.len());
    // A locked rule goes by whom the policy trusts: the config may not trust more.
    let missing: Vec<&Key> = keys.known.difference(&keys.used).collect();
    assert_eq!(
        missing,
        [&("config".to_owned(), "trust_anchors".to_owned())]
    );
}
