//! The JSON form of what tests of policies came to.

use schemars::JsonSchema;
use serde::Serialize;

use crate::policy_test::{Broken, CaseOutcome, Gap, Outcome, Survivor};
use crate::report::json::Tool;

/// A report of `chainlint test`.
#[derive(Serialize, JsonSchema)]
struct Document<'a> {
    /// Version of this form.
    version: u32,
    /// What wrote it.
    tool: Tool,
    /// The test files, by path.
    files: Vec<FileView<'a>>,
    /// Test files of which no case could be run, by path.
    broken: Vec<BrokenView<'a>>,
    /// Rules that no case shows to fail, or to hold; null where that was not asked.
    coverage: Option<Vec<GapView<'a>>>,
    /// Changes of the policies and what the cases made of them; null where that was not asked.
    mutation: Option<MutationView<'a>>,
    /// How many of what.
    summary: SummaryView,
}

/// A test file.
#[derive(Serialize, JsonSchema)]
struct FileView<'a> {
    path: &'a str,
    /// The policy that it tests.
    policy: &'a str,
    /// The cases, in written order.
    cases: Vec<CaseView<'a>>,
}

/// A test file of which no case could be run.
#[derive(Serialize, JsonSchema)]
struct BrokenView<'a> {
    path: &'a str,
    /// What is wrong, with it or with its policy.
    problems: Vec<ProblemView<'a>>,
}

/// A mistake in a file.
#[derive(Serialize, JsonSchema)]
struct ProblemView<'a> {
    path: &'a str,
    /// From 1.
    line: usize,
    /// From 1, in characters.
    column: usize,
    message: &'a str,
    /// What to write instead.
    help: Option<&'a str>,
}

/// A case.
#[derive(Serialize, JsonSchema)]
struct CaseView<'a> {
    name: &'a str,
    /// The line of its name, from 1.
    line: usize,
    /// Whether all rules came to what the case expects.
    passed: bool,
    /// Where they did not.
    misses: Vec<MissView<'a>>,
}

/// Where a rule came to something else than expected.
#[derive(Serialize, JsonSchema)]
struct MissView<'a> {
    /// From 1.
    line: usize,
    /// From 1, in characters.
    column: usize,
    message: &'a str,
    /// What the findings say.
    help: Option<&'a str>,
}

/// A rule that is not covered.
#[derive(Serialize, JsonSchema)]
struct GapView<'a> {
    policy: &'a str,
    rule: &'a str,
    /// `fail` where no case shows it to fail, `pass` where none shows it to hold.
    missing: Vec<&'static str>,
    /// Where the policy asks for it.
    path: &'a str,
    /// From 1.
    line: usize,
}

/// Mutants.
#[derive(Serialize, JsonSchema)]
struct MutationView<'a> {
    /// How many there were.
    mutants: usize,
    /// Those that no case noticed; cases that fail as it is notice nothing.
    survived: Vec<SurvivorView<'a>>,
}

/// A change that no case noticed.
#[derive(Serialize, JsonSchema)]
struct SurvivorView<'a> {
    policy: &'a str,
    rule: &'a str,
    /// What was changed.
    change: &'a str,
    /// Where that is written.
    path: &'a str,
    /// From 1.
    line: usize,
}

/// How many of what.
#[derive(Serialize, JsonSchema)]
struct SummaryView {
    cases: usize,
    passed: usize,
    failed: usize,
    /// Test files of which no case could be run.
    broken: usize,
}

/// The JSON Schema of the JSON form.
#[must_use]
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Document<'_>);
    crate::report::json::strip_formats(&mut schema);
    schema.insert("title".to_owned(), "chainlint test report".into());
    schema.to_value()
}

/// One JSON document.
///
/// # Errors
/// None in practice: every value has a form in JSON.
pub fn json(outcome: &Outcome) -> serde_json::Result<String> {
    let files = outcome.files.iter().map(|file| FileView {
        path: file.source.name(),
        policy: &file.policy,
        cases: file.cases.iter().map(case_view).collect(),
    });
    let coverage = outcome.gaps.as_ref().map(|gaps| {
        let gaps = gaps.iter().map(|gap| GapView {
            policy: &gap.policy,
            rule: &gap.rule,
            missing: missing(gap),
            path: gap.place.source.name(),
            line: gap.place.line(),
        });
        gaps.collect()
    });
    let mutation = outcome.mutation.as_ref().map(|mutation| MutationView {
        mutants: mutation.mutants,
        survived: mutation.survivors.iter().map(survivor_view).collect(),
    });
    let (cases, failed) = (outcome.cases().count(), outcome.failed());
    let document = Document {
        version: 1,
        tool: Tool::this(),
        files: files.collect(),
        broken: outcome.broken.iter().map(broken_view).collect(),
        coverage,
        mutation,
        summary: SummaryView {
            cases,
            passed: cases.saturating_sub(failed),
            failed,
            broken: outcome.broken.len(),
        },
    };
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

fn broken_view(broken: &Broken) -> BrokenView<'_> {
    let problems = broken.problems.iter().map(|problem| {
        let start = problem.file.position(problem.span.start);
        ProblemView {
            path: problem.file.name(),
            line: start.line,
            column: start.column,
            message: &problem.message,
            help: problem.help.as_deref(),
        }
    });
    BrokenView {
        path: &broken.path,
        problems: problems.collect(),
    }
}

fn case_view(case: &CaseOutcome) -> CaseView<'_> {
    let misses = case.misses.iter().map(|miss| {
        let start = miss.file.position(miss.span.start);
        MissView {
            line: start.line,
            column: start.column,
            message: &miss.message,
            help: miss.help.as_deref(),
        }
    });
    CaseView {
        name: &case.name,
        line: case.line,
        passed: case.misses.is_empty(),
        misses: misses.collect(),
    }
}

fn survivor_view(survivor: &Survivor) -> SurvivorView<'_> {
    SurvivorView {
        policy: &survivor.policy,
        rule: &survivor.rule,
        change: &survivor.change,
        path: survivor.place.source.name(),
        line: survivor.place.line(),
    }
}

fn missing(gap: &Gap) -> Vec<&'static str> {
    let parts = [(gap.never_fails, "fail"), (gap.never_passes, "pass")];
    let missing = parts.into_iter().filter(|(is_missing, _)| *is_missing);
    missing.map(|(_, word)| word).collect()
}
