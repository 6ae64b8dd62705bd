//! What a run says, one file a form. Writers receive complete findings and drop nothing.

mod by_file;
pub mod concise;
mod excerpt;
pub mod full;
pub mod github;
pub mod gitlab;
pub mod html;
pub mod json;
pub mod jsonl;
pub mod junit;
pub mod policy_tests;
pub mod problems;
#[cfg(test)]
mod samples;
pub mod sarif;
pub mod summary;

use crate::finding::ActiveRule;

/// How texts for people are drawn.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Colours.
    pub color: bool,
    /// Width of the terminal in characters.
    pub width: usize,
    /// Say also where the policy asks for it.
    pub verbose: bool,
}

/// Of one rule as several policies have it, the one that weighs most, and of equal ones the first.
fn strictest(rules: &[ActiveRule]) -> Option<&ActiveRule> {
    rules.iter().reduce(|first, next| {
        if next.severity > first.severity {
            next
        } else {
            first
        }
    })
}

/// The first sentence of a text, without its full stop.
#[must_use]
pub fn first_sentence(text: &str) -> &str {
    text.split_once(". ")
        .map_or(text, |(first, _)| first)
        .trim_end_matches('.')
}
