//! The facts of one file, each part made when it is first asked for and then kept.

use std::cell::OnceCell;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::{ChainFacts, FileFacts, Known, VERSION, certificate, chain};
use crate::chain::Chain;
use crate::source::escape;

/// What is said of a file beside what it holds.
#[derive(Debug, Clone, Copy, Default)]
pub struct FileLabels<'a> {
    /// The file's path as the user named it.
    pub path: &'a str,
    /// The environment that the config gives it.
    pub environment: Option<&'a str>,
    /// The app that the config gives it.
    pub app: Option<&'a str>,
}

/// The facts of one file as templates and expressions read them.
#[derive(Debug)]
pub struct View<'a> {
    source: &'a Chain,
    labels: FileLabels<'a>,
    /// What other files hold too.
    known: Option<&'a Known>,
    certificates: Vec<OnceCell<OfCertificate>>,
    chain: OnceCell<Value>,
    file: OnceCell<Value>,
}

/// The facts of one certificate.
#[derive(Debug)]
struct OfCertificate {
    /// Those that it has from its file.
    index: Value,
    role: Value,
    /// All others, and what these two are elsewhere.
    rest: Arc<Value>,
}

impl OfCertificate {
    fn get(&self, fact: &str) -> Option<&Value> {
        match fact {
            "index" => Some(&self.index),
            "role" => Some(&self.role),
            _ => self.rest.get(fact),
        }
    }
}

impl<'a> View<'a> {
    /// The facts of a chain; nothing is worked out yet.
    #[must_use]
    pub fn new(source: &'a Chain, labels: FileLabels<'a>) -> Self {
        Self {
            source,
            labels,
            known: None,
            certificates: source.members.iter().map(|_| OnceCell::new()).collect(),
            chain: OnceCell::new(),
            file: OnceCell::new(),
        }
    }

    /// The same; what is worked out of its certificates is shared with other files.
    #[must_use]
    pub fn sharing(self, known: &'a Known) -> Self {
        Self {
            known: Some(known),
            ..self
        }
    }

    /// The chain itself.
    #[must_use]
    pub fn source(&self) -> &'a Chain {
        self.source
    }

    /// A fact of a certificate, by its position in `chain.members`: one that stands under its own name in the
    /// certificate's facts.
    #[must_use]
    pub fn certificate(&self, at: usize, fact: &str) -> Option<&Value> {
        let member = self.source.members.get(at)?;
        let kept = self.certificates.get(at)?;
        let facts = kept.get_or_init(|| OfCertificate {
            index: member.index.into(),
            role: member.role.as_str().into(),
            rest: match self.known {
                Some(known) => known.of(member),
                None => Arc::new(value(&certificate::facts(member))),
            },
        });
        facts.get(fact)
    }

    /// The facts of the chain.
    #[must_use]
    pub fn chain(&self) -> &Value {
        self.chain.get_or_init(|| value(&chain::facts(self.source)))
    }

    /// A fact of the file that is neither its certificates nor its chain.
    #[must_use]
    pub fn file(&self, fact: &str) -> Option<&Value> {
        let all = self.file.get_or_init(|| {
            value(&FileFacts {
                version: VERSION,
                path: escape(self.labels.path),
                environment: self.labels.environment.map(escape),
                app: self.labels.app.map(escape),
                certificates: Vec::new(),
                chain: ChainFacts::default(),
            })
        });
        all.get(fact)
    }

    /// The text at a path, `cert.subject.common_name` say, where `cert` is the certificate at that
    /// position; empty where the fact is absent, `None` where there is no such path.
    #[must_use]
    pub fn text(&self, member: Option<usize>, path: &str) -> Option<String> {
        let (root, rest) = path.split_once('.')?;
        let mut parts = rest.split('.');
        let mut value = match root {
            "cert" => match member {
                Some(at) => self.certificate(at, parts.next()?)?,
                None => return Some(String::new()),
            },
            "chain" => self.chain(),
            "file" => self.file(parts.next()?)?,
            _ => return None,
        };
        for part in parts {
            match value.get(part) {
                Some(next) => value = next,
                None if value.is_null() => return Some(String::new()),
                None => return None,
            }
        }
        Some(text(value))
    }
}

pub(super) fn value(facts: &impl Serialize) -> Value {
    serde_json::to_value(facts).unwrap_or_default()
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
    use crate::pem::Document;

    #[test]
    fn an_absent_fact_is_an_empty_text() {
        let chain = Chain::empty(Document::default());
        let labels = FileLabels {
            path: "a\u{1b}b",
            ..FileLabels::default()
        };
        let view = View::new(&chain, labels);
        let text = |path| view.text(None, path);
        assert_eq!(text("cert.subject.common_name").as_deref(), Some(""));
        assert_eq!(text("file.path").as_deref(), Some("a\\u{1b}b"));
        assert_eq!(text("file.environment").as_deref(), Some(""));
        assert_eq!(text("chain.length").as_deref(), Some("0"));
        assert_eq!(text("chain.nothing"), None);
        assert_eq!(text("nothing"), None);
    }
}
