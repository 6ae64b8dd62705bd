//! What the program sees in a file: the one model that `inspect` prints and that templates of
//! policies may quote.
//!
//! Every text in it is safe to print. The model is versioned: fields are added, and never change
//! their meaning within a version.

mod certificate;
mod chain;
mod qc;

pub use certificate::{
    AlternativeNames, BasicConstraintsFacts, CertificateFacts, ExtensionFacts, KeyFacts, NameFacts,
    ValidityFacts,
};
pub use chain::ChainFacts;
pub use qc::QcFacts;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::chain::Chain;
use crate::source::escape;

/// The version of the model.
const VERSION: u32 = 1;

/// What is seen in one file.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FileFacts {
    /// Version of this form.
    pub version: u32,
    /// The file's path as the user named it.
    pub path: String,
    /// The certificates that can be read, in file order.
    pub certificates: Vec<CertificateFacts>,
    /// How they belong together.
    pub chain: ChainFacts,
}

/// Everything about a file.
#[must_use]
pub fn of_file(chain: &Chain, path: &str) -> FileFacts {
    FileFacts {
        version: VERSION,
        path: escape(path),
        certificates: chain.members.iter().map(certificate::facts).collect(),
        chain: chain::facts(chain),
    }
}

/// The schema of [`FileFacts`].
#[must_use]
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(FileFacts);
    strip_formats(&mut schema);
    schema.insert("title".to_owned(), "chainlint facts".into());
    schema.to_value()
}

/// Formats that are Rust's and no standard's.
fn strip_formats(schema: &mut schemars::Schema) {
    schema.remove("format");
    schemars::transform::transform_subschemas(&mut strip_formats, schema);
}

/// The facts that a template may quote: `cert.…`, `chain.…` and `file.path`.
#[derive(Debug, Clone, Serialize)]
struct TemplateFacts {
    cert: Option<CertificateFacts>,
    chain: ChainFacts,
    file: FileName,
}

#[derive(Debug, Clone, Serialize)]
struct FileName {
    path: String,
}

/// The facts for a template about one certificate (a position in `chain.members`) or, without one,
/// about the chain.
#[must_use]
pub fn for_templates(chain: &Chain, member: Option<usize>, path: &str) -> Value {
    let facts = TemplateFacts {
        cert: member
            .and_then(|at| chain.members.get(at))
            .map(certificate::facts),
        chain: chain::facts(chain),
        file: FileName { path: escape(path) },
    };
    serde_json::to_value(facts).unwrap_or_default()
}

/// Whether a template may quote this path, `cert.subject.common_name` say. Told by an example of the
/// model itself, so that the answer cannot differ from it.
#[must_use]
pub fn is_path(path: &str) -> bool {
    paths().iter().any(|known| known == path)
}

/// All paths that a template may quote.
#[must_use]
pub fn paths() -> Vec<String> {
    let example = TemplateFacts {
        cert: Some(CertificateFacts {
            basic_constraints: Some(BasicConstraintsFacts::default()),
            ..CertificateFacts::default()
        }),
        chain: ChainFacts::default(),
        file: FileName {
            path: String::new(),
        },
    };
    let mut found = Vec::new();
    walk(
        &serde_json::to_value(example).unwrap_or_default(),
        "",
        &mut found,
    );
    found
}

fn walk(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                walk(field, &path, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            found.push(path.to_owned());
        }
    }
}

/// The text at a path; empty where the fact is absent, `None` where there is no such path.
#[must_use]
pub fn lookup(facts: &Value, path: &str) -> Option<String> {
    let mut value = facts;
    for part in path.split('.') {
        match value.get(part) {
            Some(next) => value = next,
            // A certificate's facts where there is no certificate.
            None if value.is_null() => return Some(String::new()),
            None => return None,
        }
    }
    Some(text(value))
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/facts.schema.json");
        let wanted = format!("{:#}\n", schema());
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &wanted).unwrap();
        }
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            found == wanted,
            "facts.schema.json is stale: run `UPDATE=1 cargo test`"
        );
    }

    #[test]
    fn paths_name_what_templates_may_quote() {
        assert!(is_path("cert.subject.common_name"));
        assert!(is_path("cert.index") && is_path("cert.role") && is_path("cert.key.bits"));
        assert!(is_path("cert.basic_constraints.ca"));
        assert!(is_path("chain.class") && is_path("file.path"));
        assert!(!is_path("cert.subject") && !is_path("cert.nothing") && !is_path("file"));
    }

    #[test]
    fn an_absent_fact_is_an_empty_text() {
        let facts = for_templates(
            &Chain::empty(crate::pem::Document::default()),
            None,
            "a\u{1b}b",
        );
        assert_eq!(
            lookup(&facts, "cert.subject.common_name").as_deref(),
            Some("")
        );
        assert_eq!(lookup(&facts, "file.path").as_deref(), Some("a\\u{1b}b"));
        assert_eq!(lookup(&facts, "chain.nothing"), None);
    }
}
