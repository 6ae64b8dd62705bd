//! What tests of policies came to: drawn, as JSON, as JUnit.

use quick_junit::{NonSuccessKind, SerializeError, TestCase, TestCaseStatus, TestSuite};
use schemars::JsonSchema;
use serde::Serialize;

use super::json::Tool;
use super::junit::{clean, finished};
use super::{Style, problems};
use crate::policy_test::{CaseOutcome, Gap, Outcome, Survivor};
use crate::yaml::{Problem, Problems};

/// A report of `chainlint test`.
#[derive(Serialize, JsonSchema)]
struct Document<'a> {
    /// Version of this form.
    version: u32,
    /// What wrote it.
    tool: Tool,
    /// The test files, by path.
    files: Vec<FileView<'a>>,
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
}

/// Mutants.
#[derive(Serialize, JsonSchema)]
struct MutationView<'a> {
    /// How many there were.
    mutants: usize,
    /// Those that no case noticed.
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
}

/// The JSON Schema of the JSON form.
#[must_use]
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Document<'_>);
    super::json::strip_formats(&mut schema);
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
        coverage,
        mutation,
        summary: SummaryView {
            cases,
            passed: cases.saturating_sub(failed),
            failed,
        },
    };
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
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

/// Each miss, gap and survivor drawn where it stands in the YAML.
#[must_use]
pub fn full(outcome: &Outcome, require_coverage: bool, style: Style) -> String {
    let misses: Problems = outcome
        .cases()
        .flat_map(|case| case.misses.iter().cloned())
        .collect();
    let mut out = problems::write(&misses, style);
    let gaps: Problems = outcome.gaps.iter().flatten().map(gap).collect();
    out.push_str(&if require_coverage {
        problems::write(&gaps, style)
    } else {
        problems::write_warnings(&gaps, style)
    });
    let survivors = outcome
        .mutation
        .iter()
        .flat_map(|mutation| &mutation.survivors);
    let survivors: Problems = survivors.map(survivor).collect();
    out.push_str(&problems::write(&survivors, style));
    out
}

fn gap(gap: &Gap) -> Problem {
    let what = match (gap.never_fails, gap.never_passes) {
        (true, true) => "fail, and none that it can pass",
        (true, false) => "fail",
        (false, _) => "pass",
    };
    let message = format!(
        "no case of `{}` shows that `{}` can {what}",
        gap.policy, gap.rule
    );
    let problem = gap.place.problem(message, "not covered");
    problem.help("add a case that expects it")
}

fn survivor(survivor: &Survivor) -> Problem {
    let message = format!(
        "no case of `{}` notices a change of `{}`: {}",
        survivor.policy, survivor.rule, survivor.change
    );
    let problem = survivor
        .place
        .problem(message, "could be this without any test failing");
    problem.help("add a case that stands just on the other side")
}

/// A suite a file, a case a case; gaps and mutants are in suites of their own.
///
/// # Errors
/// None in practice: what XML cannot hold is left out by the library.
pub fn junit(outcome: &Outcome, require_coverage: bool) -> Result<String, SerializeError> {
    let mut whole = quick_junit::Report::new("chainlint test");
    for file in &outcome.files {
        let mut suite = TestSuite::new(clean(file.source.name()));
        for case in &file.cases {
            let misses: Vec<&str> = case
                .misses
                .iter()
                .map(|miss| miss.message.as_str())
                .collect();
            let class = format!("chainlint.{}", file.policy);
            suite.add_test_case(test_case(&case.name, &class, &misses));
        }
        whole.add_test_suite(suite);
    }
    let gaps = outcome.gaps.as_ref().filter(|_| require_coverage);
    let gaps = gaps.map(|gaps| gaps.iter().map(gap).collect::<Problems>());
    let survivors = outcome
        .mutation
        .as_ref()
        .map(|mutation| &mutation.survivors);
    let survivors = survivors.map(|all| all.iter().map(survivor).collect::<Problems>());
    for (name, found) in [("coverage", gaps), ("mutation", survivors)] {
        let Some(found) = found else { continue };
        let messages: Vec<&str> = found
            .iter()
            .map(|problem| problem.message.as_str())
            .collect();
        let mut suite = TestSuite::new(name);
        suite.add_test_case(test_case(name, "chainlint", &messages));
        whole.add_test_suite(suite);
    }
    finished(&whole)
}

fn test_case(name: &str, class: &str, failures: &[&str]) -> TestCase {
    let status = if failures.is_empty() {
        TestCaseStatus::success()
    } else {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status
            .set_type("chainlint")
            .set_message(clean(&failures.join("; ")));
        status
    };
    let mut case = TestCase::new(clean(name), status);
    case.set_classname(clean(class));
    case
}

/// A line for each thing that was asked.
#[must_use]
pub fn summary(outcome: &Outcome) -> Vec<String> {
    let (cases, failed) = (outcome.cases().count(), outcome.failed());
    let files = outcome.files.len();
    let plural = |count: usize, one: &str| match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    };
    let (cases, files) = (plural(cases, "case"), plural(files, "file"));
    let mut lines = vec![match failed {
        0 => format!("{cases} in {files}: all passed"),
        _ => format!("{cases} in {files}: {failed} failed"),
    }];
    lines.extend(outcome.gaps.as_ref().map(|gaps| match gaps.len() {
        0 => "coverage: every rule is shown to fail and to pass".to_owned(),
        1 => "coverage: 1 rule is not covered".to_owned(),
        count => format!("coverage: {count} rules are not covered"),
    }));
    lines.extend(outcome.mutation.as_ref().map(|mutation| {
        let mutants = plural(mutation.mutants, "mutant");
        match mutation.survivors.len() {
            0 => format!("mutation: {mutants}, all noticed"),
            count => format!("mutation: {mutants}, {count} noticed by no case"),
        }
    }));
    lines
}
