//! Reading the file of trusted lists, every mistake in its place.

use std::sync::Arc;

use data_encoding::HEXLOWER_PERMISSIVE;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Service, TrustedList, TrustedLists};
use crate::pem::{self, Label};
use crate::source::{Source, escape};
use crate::span::Span;
use crate::x509::Certificate;
use crate::yaml::{self, Form, Located, Problem, Problems};

/// Largest file, in bytes: all lists of the Union together make a quarter of a megabyte (2019).
pub const MAX_BYTES: usize = 4 << 20;

/// How the file is told from others.
const FORM: Form = Form {
    what: "a file of trusted lists",
    own: &["trusted_lists"],
    shared: &[],
    read_by: "`chainlint trust import` writes it",
};

/// Certificates of website authentication services from EU trusted lists, as `chainlint trust
/// import` writes them. The XML signatures of the lists were not verified.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TrustedLists")]
struct FileForm {
    /// The version of this form, 1.
    #[schemars(schema_with = "version")]
    version: Located<i64>,
    /// What was taken from each list, one a territory.
    trusted_lists: Vec<ListForm>,
}

/// What was taken from a list.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TrustedList")]
struct ListForm {
    /// The territory's code, as the list writes it.
    #[schemars(schema_with = "territory")]
    territory: Located<String>,
    /// Who runs the scheme.
    operator: String,
    /// The list's sequence number.
    sequence: u64,
    /// When the list was issued (RFC 3339).
    #[schemars(schema_with = "instant_text")]
    issued: Located<String>,
    /// When a newer list is there at the latest (RFC 3339); null where the scheme was closed.
    #[schemars(schema_with = "instant_or_null")]
    next_update: Option<Located<String>>,
    /// The name of the XML file.
    file: String,
    /// SHA-256 of the XML file, as hexadecimal digits.
    #[schemars(schema_with = "digest")]
    sha256: Located<String>,
    /// The granted CA/QC services for website authentication.
    services: Vec<ServiceForm>,
}

/// A service.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Service")]
struct ServiceForm {
    /// Who provides it.
    provider: String,
    /// Its name.
    name: String,
    /// Since when it is granted (RFC 3339).
    #[schemars(schema_with = "instant_text")]
    status_since: Located<String>,
    /// Its certificates, each a PEM block.
    certificates: Vec<Located<String>>,
}

/// The JSON Schema of the file.
#[must_use]
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(FileForm);
    strip_formats(&mut schema);
    schema.insert("title".to_owned(), "chainlint trusted lists".into());
    schema.to_value()
}

/// Formats that are Rust's and no standard's.
fn strip_formats(schema: &mut Schema) {
    schema.remove("format");
    schemars::transform::transform_subschemas(&mut strip_formats, schema);
}

fn version(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "const": 1 })
}

fn territory(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "^[A-Z]{2}$" })
}

fn instant_text(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string" })
}

fn instant_or_null(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["string", "null"] })
}

fn digest(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "^[0-9a-fA-F]{64}$" })
}

impl TrustedLists {
    /// Reads the text of such a file; `name` is how it is shown.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(text: &str, name: &str) -> Result<Self, Problems> {
        let source = Arc::new(Source::new(name, &pem::conceal(text)));
        let mut problems = Vec::new();
        let mut reader = Reader {
            source: &source,
            problems: &mut problems,
        };
        let lists = reader.lists(text);
        match lists {
            Some(lists) if problems.is_empty() => Ok(Self::new(lists)),
            Some(_) | None => {
                yaml::sort(&mut problems);
                Err(problems)
            }
        }
    }
}

struct Reader<'a> {
    source: &'a Arc<Source>,
    problems: &'a mut Problems,
}

impl Reader<'_> {
    fn lists(&mut self, text: &str) -> Option<Vec<TrustedList>> {
        let (source, problems) = (self.source, &mut *self.problems);
        let node = yaml::read_form(&FORM, &[], MAX_BYTES, text, source, problems)?;
        let form: FileForm = yaml::from_node(&node, self.source, self.problems)?;
        if form.version.value != 1 {
            let message = format!(
                "`version`: expected the number 1, found the number {}",
                form.version.value
            );
            self.problem(form.version.span, message, "this program reads version 1");
        }
        let mut territories: Vec<Located<String>> = Vec::new();
        for list in &form.trusted_lists {
            let this = &list.territory;
            if territories.iter().any(|known| known.value == this.value) {
                let message = format!("the territory `{}` has two lists", escape(&this.value));
                self.problem(this.span, message, "keep one of them");
            }
            territories.push(this.clone());
        }
        let lists = form.trusted_lists.into_iter();
        Some(lists.filter_map(|list| self.list(list)).collect())
    }

    /// The list, unless something is wrong that was noted.
    fn list(&mut self, form: ListForm) -> Option<TrustedList> {
        let sha256 = self.sha256(&form.sha256);
        let issued = self.instant(&form.issued);
        let next_update = match &form.next_update {
            Some(text) => Some(self.instant(text)?),
            None => None,
        };
        let services: Vec<Service> = form
            .services
            .into_iter()
            .filter_map(|service| self.service(service))
            .collect();
        Some(TrustedList {
            territory: form.territory.value,
            operator: form.operator,
            sequence: form.sequence,
            issued: issued?,
            next_update,
            file: form.file,
            sha256: sha256?,
            services,
        })
    }

    fn service(&mut self, form: ServiceForm) -> Option<Service> {
        let status_since = self.instant(&form.status_since);
        let certificates: Vec<Arc<Certificate>> = form
            .certificates
            .iter()
            .filter_map(|text| self.certificate(text))
            .collect();
        Some(Service {
            provider: form.provider,
            name: form.name,
            status_since: status_since?,
            certificates,
        })
    }

    fn certificate(&mut self, text: &Located<String>) -> Option<Arc<Certificate>> {
        let mut document = pem::scan(text.value.as_bytes(), pem::Limits::default());
        let content = match (document.blocks.pop(), document.blocks.is_empty()) {
            (Some(block), true)
                if document.faults.is_empty()
                    && document.texts.is_empty()
                    && block.label == Label::Certificate =>
            {
                block.content
            }
            (Some(_) | None, _) => None,
        };
        let Some(content) = content else {
            let message = "this is not one certificate as a PEM block".to_owned();
            self.problem(text.span, message, "import the lists again");
            return None;
        };
        match Certificate::parse(&content.der) {
            Ok(certificate) => Some(Arc::new(certificate)),
            Err(error) => {
                let message = format!("the certificate cannot be read: {}", escape(&error.what));
                self.problem(text.span, message, "import the lists again");
                None
            }
        }
    }

    fn instant(&mut self, text: &Located<String>) -> Option<OffsetDateTime> {
        let read = OffsetDateTime::parse(&text.value, &Rfc3339);
        if read.is_err() {
            let message = format!("`{}` is not an instant", escape(&text.value));
            self.problem(text.span, message, "write it like \"2026-11-23T00:00:00Z\"");
        }
        read.ok()
    }

    fn sha256(&mut self, text: &Located<String>) -> Option<[u8; 32]> {
        let octets = HEXLOWER_PERMISSIVE.decode(text.value.as_bytes()).ok();
        let digest = octets.and_then(|octets| octets.try_into().ok());
        if digest.is_none() {
            let message = format!("`{}` is not a SHA-256", escape(&text.value));
            self.problem(text.span, message, "write 64 hexadecimal digits");
        }
        digest
    }

    fn problem(&mut self, span: Span, message: String, help: &str) {
        let problem = Problem::new(self.source, span, message, "here");
        self.problems.push(problem.help(help));
    }
}
