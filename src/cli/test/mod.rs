//! `chainlint test`: tests of policies.

mod written;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::environment::Environment;
use super::{Failure, Outcome, policies};
use crate::engine::Session;
use crate::facts;
use crate::input::{self, regular};
use crate::policy::Override;
use crate::policy::forms::{TEST, encoding};
use crate::policy_test::{self, Broken, Loaded, Mutation, TestFile};
use crate::report::policy_tests;
use crate::source::{Source, escape};
use crate::span::Span;
use crate::trust::Anchors;
use crate::yaml::{self, Problem, Problems};

/// Run tests of policies: what each rule comes to on chains, made to order or from files.
///
/// A test file is called `*.test.yaml`. It names a policy, an instant, and cases: a chain and the rules that fail,
/// pass or do not apply to it. Keys and certificates are made while it runs.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(super) struct Arguments {
    /// Test files, and folders that hold some; the current folder where none is named.
    paths: Vec<PathBuf>,
    /// The form of the report on standard output.
    #[arg(long, value_enum, default_value_t = Form::Full)]
    format: Form,
    /// Name each rule that no case shows to fail, or to pass.
    #[arg(long)]
    coverage: bool,
    /// Fail where there is such a rule.
    #[arg(long)]
    require_coverage: bool,
    /// Loosen each bound and leave out each rule in turn, and fail where no case notices.
    #[arg(long)]
    mutate: bool,
    /// Count also the rules of policies that the tested one extends.
    #[arg(long)]
    inherited: bool,
    /// Write the chain of each case into this folder, to look at it: `DIR/TEST-FILE/NUMBER-CASE.pem`. The folder has
    /// to be new or empty.
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
    /// Look also where git and convention say not to.
    #[arg(long)]
    no_ignore: bool,
    /// No test file is no failure.
    #[arg(long)]
    allow_empty: bool,
    /// Say nothing on standard error.
    #[arg(short, long)]
    quiet: bool,
}

/// The form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// What is not as expected, drawn where it stands.
    Full,
    /// One JSON document.
    Json,
    /// JUnit XML: a suite a file, a test case a case.
    Junit,
}

pub(super) fn run(
    arguments: &Arguments,
    environment: &mut Environment,
) -> Result<Outcome, Failure> {
    let found = find(arguments, environment)?;
    let session = Session::default();
    let mut files = Vec::with_capacity(found.len());
    let mut broken: Vec<Broken> = Vec::new();
    for candidate in &found {
        let outcome = read(&candidate.path, &candidate.display)
            .and_then(|file| policy_test::run(file, &load, &session));
        // The others are run all the same.
        let problems = match outcome {
            Ok(outcome) => {
                files.push(outcome);
                continue;
            }
            Err(Failure::Problems(problems)) => problems,
            Err(Failure::Said(message)) => {
                let source = Arc::new(Source::new(&candidate.display, ""));
                let span = Span::default();
                vec![Problem::new(&source, span, message, "test file")]
            }
        };
        let path = escape(&candidate.display);
        broken.push(Broken { path, problems });
    }
    if let Some(folder) = &arguments.write {
        let folder = environment.current.join(folder);
        written::write(&folder, &files).map_err(|error| {
            let shown = escape(&folder.display().to_string());
            Failure::Said(format!("--write {shown}: {error}"))
        })?;
    }
    let covers = arguments.coverage || arguments.require_coverage;
    let gaps = covers.then(|| policy_test::coverage(&files, arguments.inherited));
    let mutation = arguments.mutate.then(|| {
        let is_fact = facts::is_path;
        let (mutants, survivors) =
            policy_test::mutate(&files, is_fact, arguments.inherited, &session);
        Mutation { mutants, survivors }
    });
    let outcome = policy_test::Outcome {
        files,
        broken,
        gaps,
        mutation,
    };
    deliver(&outcome, arguments, environment)?;
    if found.is_empty() && !arguments.quiet {
        environment.note("nothing to test: there is no file called *.test.yaml");
    }
    if !outcome.broken.is_empty() {
        let broken = outcome.broken.into_iter();
        let problems: Problems = broken.flat_map(|broken| broken.problems).collect();
        return Err(problems.into());
    }
    Ok(if !outcome.is_clean(arguments.require_coverage) {
        Outcome::Findings
    } else if found.is_empty() && !arguments.allow_empty {
        Outcome::Nothing
    } else {
        Outcome::Clean
    })
}

fn deliver(
    outcome: &policy_test::Outcome,
    arguments: &Arguments,
    environment: &mut Environment,
) -> Result<(), Failure> {
    let require = arguments.require_coverage;
    let said = |error: &dyn std::fmt::Display| Failure::Said(error.to_string());
    let text = match arguments.format {
        Form::Full => policy_tests::full(outcome, require, environment.style_for_output(false)),
        Form::Json => policy_tests::json(outcome).map_err(|error| said(&error))?,
        Form::Junit => policy_tests::junit(outcome, require).map_err(|error| said(&error))?,
    };
    environment.output(&text)?;
    if arguments.quiet || outcome.files.is_empty() {
        return Ok(());
    }
    for line in policy_tests::summary(outcome) {
        environment.note(&line);
    }
    Ok(())
}

/// The test files behind the paths.
fn find(
    arguments: &Arguments,
    environment: &Environment,
) -> Result<Vec<input::Candidate>, Failure> {
    let options = input::Options {
        no_ignore: arguments.no_ignore,
        force_exclude: false,
        excluded: &|_| false,
        is_wanted: is_test_file,
        current: &environment.current,
    };
    let here = [PathBuf::from(".")];
    let paths = match arguments.paths.as_slice() {
        [] => here.as_slice(),
        paths => paths,
    };
    let found = input::discover(paths, &options);
    let found = found.map_err(|error| Failure::Said(error.to_string()))?;
    // A test that is not found is a test that does not fail.
    match found.unreadable.first() {
        Some(it) => Err(Failure::Said(format!("{}: {}", it.display, it.why))),
        None => Ok(found.files),
    }
}

pub(super) fn is_test_file(path: &Path) -> bool {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().to_lowercase());
    name.is_some_and(|name| name.ends_with(".test.yaml") || name.ends_with(".test.yml"))
}

/// The test file at a path, which is shown by a name; or all that is wrong with it and with what it names.
pub(super) fn read(path: &Path, name: &str) -> Result<TestFile, Failure> {
    let text = policies::read(path).map_err(|error| {
        encoding(&TEST, name, &error).map_or_else(
            || Failure::Said(format!("{} cannot be read: {error}", escape(name))),
            |problem| Failure::Problems(vec![problem]),
        )
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let read = |path: &Path| regular::bytes(path, input::Limits::default().bytes);
    let mut problems = Problems::new();
    let file = match TestFile::read(&text, name, folder, &read, &mut problems) {
        Some(file) if problems.is_empty() => return Ok(file),
        file => file,
    };
    match file.map(|file| misnamed(&file)) {
        Some(Ok(mut misnamed) | Err(Failure::Problems(mut misnamed))) => {
            problems.append(&mut misnamed);
        }
        Some(Err(Failure::Said(_))) | None => {}
    }
    yaml::sort(&mut problems);
    Err(problems.into())
}

/// What is wrong with what a test file says of its policy.
pub(super) fn misnamed(file: &TestFile) -> Result<Problems, Failure> {
    policy_test::misnamed(file, &load)
}

/// The policy of a test file under these variables, and whom it trusts.
fn load(file: &TestFile, vars: &[Override]) -> Result<Loaded, Failure> {
    let policy = policies::library().load(&file.policy, vars)?;
    let given = policies::anchors(&policy.trust_anchors)?;
    Ok(Loaded {
        policy: Arc::new(policy),
        anchors: Anchors::embedded().with(given),
    })
}
