//! What tests of policies came to: drawn, as JSON, as JUnit.

mod json;

use quick_junit::{NonSuccessKind, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::junit::{clean, finished};
use super::{Style, problems};
use crate::policy::Field;
use crate::policy_test::{Gap, Outcome, Survivor};
use crate::yaml::{Problem, Problems};
pub use json::{json, schema};

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
    problem.help(match survivor.field {
        None => "add a case in which it fails",
        Some(Field::Severity) => {
            "in a case that fails it, expect the severity that it has: `error`, `warning` or `advice` instead of `fail`"
        }
        Some(Field::When) => "add a case in which it fails for what could be left out",
        Some(Field::On) => "add a case in which a certificate of another role fails it",
        Some(
            Field::Description
            | Field::Check
            | Field::Message
            | Field::Help
            | Field::Reference
            | Field::Examples
            | Field::Locked
            | Field::Waivable,
        ) => "add a case that stands just on the other side",
    })
}

/// A suite a file, a case a case; a file that could not be run is an error, and gaps and mutants are in suites of
/// their own.
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
    for broken in &outcome.broken {
        let name = clean(&broken.path);
        let told = broken.problems.iter().map(|problem| {
            let line = problem.file.position(problem.span.start).line;
            format!("{}:{line}: {}", problem.file.name(), problem.message)
        });
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        let told = told.collect::<Vec<_>>().join("; ");
        status.set_type("chainlint").set_message(clean(&told));
        let mut case = TestCase::new("the file can be run", status);
        case.set_classname("chainlint");
        let mut suite = TestSuite::new(name);
        suite.add_test_case(case);
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
    let broken = match outcome.broken.len() {
        0 => String::new(),
        count => format!("; {} could not be run", plural(count, "more file")),
    };
    let mut lines = vec![match failed {
        0 => format!("{cases} in {files}: all passed{broken}"),
        _ => format!("{cases} in {files}: {failed} failed{broken}"),
    }];
    lines.extend(outcome.gaps.as_ref().map(|gaps| match gaps.len() {
        0 => "coverage: every rule is shown to fail and to pass".to_owned(),
        1 => "coverage: 1 rule is not covered".to_owned(),
        count => format!("coverage: {count} rules are not covered"),
    }));
    lines.extend(outcome.mutation.as_ref().map(|mutation| {
        let mutants = plural(mutation.mutants, "mutant");
        match (mutation.mutants, mutation.survivors.len(), failed) {
            (0, ..) => "mutation: there is nothing to change".to_owned(),
            (_, 0, _) => format!("mutation: {mutants}, all noticed"),
            (_, count, 0) => format!("mutation: {mutants}, {count} noticed by no case"),
            (_, count, _) => {
                format!("mutation: {mutants}, {count} noticed by no case that passes as it is")
            }
        }
    }));
    lines
}
