//! What a rule came to on a file: tests of policies tell apart what a report does not show.

use std::sync::Arc;

use crate::finding::Severity;

/// What a rule came to on a file that it was asked of. The greater one counts where a rule is asked of
/// several certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// It holds for all that it was asked of.
    Pass,
    /// It could not be told, which weighs as much.
    Undetermined(Severity),
    /// It does not hold; the gravest of its findings weighs as much.
    Fail(Severity),
}

/// The answers of a file's rules, in the order in which the rules were asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers(Vec<(Arc<str>, Answer)>);

impl Answers {
    /// What the rule came to; `None` where it did not apply.
    #[must_use]
    pub fn of(&self, rule: &str) -> Option<Answer> {
        let found = self.0.iter().find(|(id, _)| **id == *rule);
        found.map(|(_, answer)| *answer)
    }

    /// Whether no rule applied.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes one more answer of the rule that is being asked.
    pub(super) fn take(&mut self, rule: &Arc<str>, answer: Answer) {
        match self.0.last_mut().filter(|(id, _)| id == rule) {
            Some((_, known)) => *known = answer.max(*known),
            None => self.0.push((rule.clone(), answer)),
        }
    }
}
