//! What the program sees in a file: the one model that `inspect` prints, that templates of policies
//! may quote and that their expressions are asked over.
//!
//! Every text in it is safe to print. The model is versioned: fields are added, and never change
//! their meaning within a version.

mod certificate;
mod chain;
mod known;
mod place;
mod qc;
mod view;
mod words;

pub use certificate::{
    AlternativeNames, BasicConstraintsFacts, CertificateFacts, ExtensionFacts, KeyFacts,
    MalformedFacts, NameFacts, ValidityFacts,
};
pub use chain::{ChainFacts, is_by_anchors};
pub use known::Known;
pub use place::field_of;
pub use qc::{Psd2Facts, QcFacts};
pub use view::{FileLabels, View};

use std::sync::OnceLock;

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
    /// The environment that the config gives it; null where none does.
    pub environment: Option<String>,
    /// The app that the config gives it; null where none does.
    pub app: Option<String>,
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
        environment: None,
        app: None,
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

/// Takes away formats that are Rust's and no standard's.
fn strip_formats(schema: &mut schemars::Schema) {
    let standard = ["date-time", "duration"];
    let format = schema.get("format").and_then(Value::as_str);
    if format.is_some_and(|format| !standard.contains(&format)) {
        schema.remove("format");
    }
    schemars::transform::transform_subschemas(&mut strip_formats, schema);
}

/// The facts that a template may quote: `cert.…`, `chain.…` and `file.…`.
#[derive(Debug, Clone, Serialize)]
struct TemplateFacts {
    cert: CertificateFacts,
    chain: ChainFacts,
    file: FileName,
}

#[derive(Debug, Clone, Default, Serialize)]
struct FileName {
    path: String,
    environment: Option<String>,
    app: Option<String>,
}

/// Whether a template may quote this path, `cert.subject.common_name` say. Told by an example of the
/// model itself, so that the answer cannot differ from it.
#[must_use]
pub fn is_path(path: &str) -> bool {
    paths().iter().any(|known| known == path)
}

/// All paths that a template may quote.
#[must_use]
pub fn paths() -> &'static [String] {
    // The same in every run: every placeholder of a policy is looked up here.
    static PATHS: OnceLock<Vec<String>> = OnceLock::new();
    PATHS.get_or_init(all_paths)
}

fn all_paths() -> Vec<String> {
    let example = TemplateFacts {
        cert: CertificateFacts {
            basic_constraints: Some(BasicConstraintsFacts::default()),
            qc: Some(QcFacts {
                psd2: Some(Psd2Facts::default()),
                ..QcFacts::default()
            }),
            ..CertificateFacts::default()
        },
        chain: ChainFacts::default(),
        file: FileName::default(),
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
}
