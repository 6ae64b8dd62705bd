//! A file's text as diagnostics may see it, made when somebody looks.

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::pem::{self, Document};
use crate::source::{Source, escape};

/// A text under its name. Most files are good, and nobody looks at their text: it is masked when it is first
/// asked for. What it is masked from can be had in no other way.
pub struct Text {
    name: Arc<str>,
    len: usize,
    /// The file as it is, and what was found in it.
    raw: Option<(Vec<u8>, Arc<Document>)>,
    source: OnceLock<Arc<Source>>,
}

impl Text {
    /// A file's text, of which everything that may be secret will be overwritten.
    pub(super) fn masked(name: &str, bytes: Vec<u8>, document: Arc<Document>) -> Self {
        Self {
            name: escape(name).into(),
            len: bytes.len(),
            raw: Some((bytes, document)),
            source: OnceLock::new(),
        }
    }

    /// What can be seen of a file that cannot be read.
    #[must_use]
    pub fn nothing(name: &str) -> Self {
        Self::from(Arc::new(Source::new(name, "")))
    }

    /// The display name, safe to print.
    #[must_use]
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The file's length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the file has no byte.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// What may be seen of it, as long as the file.
    #[must_use]
    pub fn source(&self) -> &Arc<Source> {
        self.source.get_or_init(|| {
            let masked = self
                .raw
                .as_ref()
                .map(|(bytes, document)| pem::mask(bytes, document));
            Arc::new(Source::new(&self.name, &masked.unwrap_or_default()))
        })
    }
}

impl From<Arc<Source>> for Text {
    /// A text that holds no secret.
    fn from(source: Arc<Source>) -> Self {
        Self {
            name: source.name().clone(),
            len: source.text().len(),
            raw: None,
            source: OnceLock::from(source),
        }
    }
}

impl fmt::Debug for Text {
    /// Without the bytes, which nobody may see.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Text")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_masked_is_not_shown_in_any_other_way() {
        let key = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        let document = Arc::new(pem::scan(key, pem::Limits::default()));
        let text = Text::masked("a\u{1b}.pem", key.to_vec(), document);
        assert_eq!(format!("{text:?}"), "Text { name: \"a\\\\u{1b}.pem\", .. }");
        assert_eq!(text.len(), text.source().text().len());
        assert!(!text.source().text().contains("AAAA"));
        assert_eq!(text.name(), text.source().name());
    }
}
