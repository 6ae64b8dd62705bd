//! A place in a policy or a config.

use std::sync::Arc;

use crate::source::Source;
use crate::span::Span;
use crate::yaml::Problem;

/// Characters of a file: where a rule, a field or a variable was written.
#[derive(Debug, Clone)]
pub struct Location {
    /// The file.
    pub source: Arc<Source>,
    /// The characters.
    pub span: Span,
}

impl Location {
    /// That range of that file.
    #[must_use]
    pub fn new(source: &Arc<Source>, span: Span) -> Self {
        let source = source.clone();
        Self { source, span }
    }

    /// The whole of a text that stands in no file, such as an option of the command line, under a
    /// name for it.
    #[must_use]
    pub fn of_text(name: &str, text: &str) -> Self {
        let source = Source::new(name, text);
        let span = Span::new(0, source.text().len());
        Self {
            source: Arc::new(source),
            span,
        }
    }

    /// Whether it is the same place of the same file.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.source, &other.source) && self.span == other.span
    }

    /// Whether it is an option of the command line.
    #[must_use]
    pub fn is_option(&self) -> bool {
        self.source.name().starts_with("--")
    }

    /// The line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.source.position(self.span.start).line
    }

    #[must_use]
    /// A problem at this place, without help.
    pub fn problem(&self, message: impl Into<String>, label: &str) -> Problem {
        Problem::new(&self.source, self.span, message.into(), label)
    }
}

/// `file:line`.
impl std::fmt::Display for Location {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.source.name(), self.line())
    }
}
