//! What is wrong with a policy or a config, and where.

use std::sync::Arc;

use crate::source::{Source, escape};
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

impl Problem {
    /// A problem at a place, without help. The texts must be safe to print.
    #[must_use]
    pub fn new(file: &Arc<Source>, span: Span, message: String, label: &str) -> Self {
        Self {
            file: file.clone(),
            span,
            message,
            label: label.to_owned(),
            help: None,
            related: Vec::new(),
        }
    }

    /// Says what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a place.
    #[must_use]
    pub fn related(mut self, file: &Arc<Source>, span: Span, what: impl Into<String>) -> Self {
        self.related.push((file.clone(), span, what.into()));
        self
    }
}

/// Puts problems in the order of their places: by file name, then from top to bottom; each once.
pub fn sort(problems: &mut Problems) {
    problems.sort_by(|left, right| key(left).cmp(&key(right)));
    problems.dedup_by(|left, right| key(left) == key(right));
}

fn key(problem: &Problem) -> (&str, Span, &str) {
    (problem.file.name(), problem.span, &problem.message)
}

/// The candidate nearest to a misspelt word, if one is near enough.
#[must_use]
pub fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // In a short word, two letters that changed places are much by measure and little by hand.
    let is_slip = |candidate| word.len() > 2 && strsim::osa_distance(word, candidate) == 1;
    let lower = word.to_lowercase();
    let score = |candidate: &str| {
        let folded = strsim::jaro_winkler(&lower, &candidate.to_lowercase());
        strsim::jaro_winkler(word, candidate).max(folded)
    };
    candidates
        .into_iter()
        .map(|candidate| (score(candidate), candidate))
        .filter(|(score, candidate)| *score > 0.8 || is_slip(candidate))
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

/// A help text for a word that is none of the candidates: the nearest one, else all of them.
#[must_use]
pub fn one_of<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(near) = did_you_mean(word, candidates.clone()) {
        return format!("did you mean `{}`?", escape(near));
    }
    let all: Vec<String> = candidates
        .into_iter()
        .map(|candidate| format!("`{}`", escape(candidate)))
        .collect();
    match all.as_slice() {
        [] => "there is none to choose from".to_owned(),
        [one] => format!("the only one is {one}"),
        _ => format!("one of {}", all.join(", ")),
    }
}
