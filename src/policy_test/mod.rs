//! Tests of policies: `*.test.yaml`, whose cases say what each rule comes to on a chain.
//!
//! A case's chain is a file, a text, or made to order by [`crate::synth`]: roles, days, keys, names, usages and
//! statements, but no key and no certificate that would expire. Judging is the engine's; nothing here knows
//! what a rule asks.

mod certificate;
mod chain;
mod coverage;
mod document;
mod expect;
mod mutation;
mod read;
mod run;
mod schema;

pub use coverage::{Gap, coverage};
pub use document::{Case, Content, TestFile};
pub use mutation::{Survivor, mutate};
pub use run::{CaseOutcome, FileOutcome, Load, Loaded, misnamed, run};
pub use schema::schema;

use crate::yaml::Problems;

/// What test files came to.
#[derive(Debug)]
pub struct Outcome {
    /// The files, by path.
    pub files: Vec<FileOutcome>,
    /// Test files of which no case could be run, by path.
    pub broken: Vec<Broken>,
    /// Rules that are not covered, where that was asked.
    pub gaps: Option<Vec<Gap>>,
    /// What the cases made of mutants, where that was asked.
    pub mutation: Option<Mutation>,
}

/// A test file of which no case could be run.
#[derive(Debug)]
pub struct Broken {
    /// How it is shown.
    pub path: String,
    /// What is wrong, with it or with its policy.
    pub problems: Problems,
}

/// What the cases made of mutants.
#[derive(Debug)]
pub struct Mutation {
    /// How many there were.
    pub mutants: usize,
    /// Those that no case noticed.
    pub survivors: Vec<Survivor>,
}

impl Outcome {
    /// All cases.
    pub fn cases(&self) -> impl Iterator<Item = &CaseOutcome> {
        self.files.iter().flat_map(|file| &file.cases)
    }

    /// How many cases failed.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.cases().filter(|case| !case.misses.is_empty()).count()
    }

    /// Whether all that could be run is as it should be.
    #[must_use]
    pub fn is_clean(&self, require_coverage: bool) -> bool {
        let covered = !require_coverage || self.gaps.as_ref().is_none_or(Vec::is_empty);
        let mutation = self.mutation.as_ref();
        let noticed = mutation.is_none_or(|mutation| mutation.survivors.is_empty());
        self.failed() == 0 && covered && noticed
    }
}
