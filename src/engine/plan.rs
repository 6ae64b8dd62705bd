//! What a run is told to do: the files, and what applies to each.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use time::OffsetDateTime;

use super::Waiving;
use crate::chain::Class;
use crate::facts::FileLabels;
use crate::input::{self, Candidate, Content, Text};
use crate::policy::{Labels, Policy, Rule};
use crate::repository::Repository;
use crate::trust::Anchors;

/// What to do.
#[derive(Debug)]
pub struct Plan {
    /// The files, each with what applies to it.
    pub files: Vec<PlannedFile>,
    /// The instant at which everything is judged.
    pub now: OffsetDateTime,
    /// Whether what cannot be checked is an error.
    pub strict: bool,
    /// Rules to apply; all where it is empty.
    pub select: BTreeSet<String>,
    /// Rules to leave out, whatever `select` says.
    pub ignore: BTreeSet<String>,
    /// The repository that the files lie in.
    pub repository: Repository,
    /// Bounds on what one file may cost.
    pub limits: input::Limits,
    /// Findings that somebody has answered for; `None` reports every finding as it is.
    pub waiving: Option<Waiving>,
    /// Keep what each rule came to ([`super::Judged::answers`]), which tests of policies ask for and reports do not.
    pub keeps_answers: bool,
}

/// A file and what applies to it.
#[derive(Debug, Clone)]
pub struct PlannedFile {
    /// Where it is, or what it says.
    pub input: PlannedInput,
    /// Its path from the config's folder, with `/`; none where it lies outside, or there is no config.
    pub from_config: Option<Arc<str>>,
    /// The rules.
    pub policy: Arc<Policy>,
    /// Whom to trust.
    pub anchors: Anchors,
    /// The environment label of the config.
    pub environment: Option<Arc<str>>,
    /// The app label of the config.
    pub app: Option<Arc<str>>,
}

/// Where a file's bytes come from.
#[derive(Debug, Clone)]
pub enum PlannedInput {
    /// From disk.
    File(Candidate),
    /// Handed over, as standard input is.
    Bytes {
        /// What to call it.
        display: String,
        /// Its content.
        bytes: Vec<u8>,
        /// The user named it, so it is checked whatever it holds.
        named: bool,
    },
    /// What cannot be read.
    Unreadable {
        /// What to call it.
        display: String,
        /// Why, a clause without a capital or full stop.
        why: String,
    },
}

impl PlannedFile {
    pub(super) fn labels(&self, plan: &Plan, class: Class) -> Labels<'_> {
        Labels {
            class,
            environment: self.environment.as_deref(),
            app: self.app.as_deref(),
            strict: plan.strict,
        }
    }

    pub(super) fn file_labels<'a>(&'a self, text: &'a Text) -> FileLabels<'a> {
        FileLabels {
            path: text.name(),
            environment: self.environment.as_deref(),
            app: self.app.as_deref(),
        }
    }

    pub(super) fn read(&self, limits: &input::Limits) -> input::Input {
        match &self.input {
            PlannedInput::File(candidate) => input::read(candidate, limits),
            PlannedInput::Bytes {
                display,
                bytes,
                named,
            } => input::from_bytes(display, *named, bytes, limits),
            PlannedInput::Unreadable { display, why } => input::Input {
                display: display.clone(),
                content: Content::Unreadable { why: why.clone() },
            },
        }
    }

    /// Where it is, as far as it is on disk.
    pub(super) fn path(&self) -> &Path {
        match &self.input {
            PlannedInput::File(candidate) => &candidate.path,
            PlannedInput::Bytes { display, .. } | PlannedInput::Unreadable { display, .. } => {
                Path::new(display)
            }
        }
    }

    /// What to call it, as the user does; not yet safe to print.
    #[must_use]
    pub fn display(&self) -> &str {
        match &self.input {
            PlannedInput::File(candidate) => &candidate.display,
            PlannedInput::Bytes { display, .. } | PlannedInput::Unreadable { display, .. } => {
                display
            }
        }
    }
}

impl Plan {
    /// Everything that applies to these files, and nothing else.
    #[must_use]
    pub fn new(files: Vec<PlannedFile>, now: OffsetDateTime) -> Self {
        Self {
            files,
            now,
            strict: false,
            select: BTreeSet::new(),
            ignore: BTreeSet::new(),
            repository: Repository::default(),
            limits: input::Limits::default(),
            waiving: None,
            keeps_answers: false,
        }
    }

    /// The rules of a file's policy that are on, wanted, and apply under these labels.
    pub(super) fn rules<'a>(
        &'a self,
        file: &'a PlannedFile,
        labels: &'a Labels<'a>,
    ) -> impl Iterator<Item = &'a Rule> {
        let rules = file.policy.rules.iter();
        rules.filter(move |rule| self.wants(rule) && rule.when.matches(labels))
    }

    /// The policies of its files, each once, in the order of the files.
    pub(super) fn policies(&self) -> Vec<&Arc<Policy>> {
        let mut known = BTreeSet::new();
        let policies = self.files.iter().map(|file| &file.policy);
        policies
            .filter(|policy| known.insert(Arc::as_ptr(policy)))
            .collect()
    }

    pub(super) fn wants(&self, rule: &Rule) -> bool {
        let id: &str = &rule.id;
        let selected = self.select.is_empty() || self.select.contains(id);
        selected && !self.ignore.contains(id) && !rule.is_off()
    }
}
