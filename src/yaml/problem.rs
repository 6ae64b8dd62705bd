//! What is wrong with a policy or a config, and where.

use std::sync::Arc;

use crate::source::Source;
use crate::span::Span;

/// One mistake in a YAML file.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// The file.
    pub file: Arc<Source>,
    /// The characters concerned.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What stands at the place, in a few words.
    pub label: String,
    /// What to write instead.
    pub help: Option<String>,
    /// Other places that belong to it, in any file.
    pub related: Vec<(Arc<Source>, Span, String)>,
}

/// All mistakes found so far, in order of discovery; sorted by place when shown.
pub type Problems = Vec<Problem>;

/// The candidate nearest to a misspelt word, if one is near enough.
#[must_use]
pub fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}
