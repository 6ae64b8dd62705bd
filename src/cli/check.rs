//! `chainlint check`: the main job.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::environment::Environment;
use super::output::{OutputArguments, Outputs};
use super::plan::{Planned, Wanted};
use super::progress::Bar;
use super::waivers::waiving;
use super::{Failure, Outcome, fix, plan, policies};
use crate::check::day::day;
use crate::engine::{self, Plan};
use crate::finding::{Report, Severity};
use crate::input::PassedOver;
use crate::report::summary;
use crate::source::escape;
use crate::yaml::did_you_mean;

/// Check chain files against policies.
///
/// A folder is searched for files that may hold a chain; a file that is named is always checked.
/// Findings go to standard output, everything else to standard error.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line"
)]
pub(super) struct Arguments {
    /// Files and folders; `-` for standard input. The current folder where none is named.
    pub(super) paths: Vec<PathBuf>,
    /// Check what git is about to commit, as it stands in the index, in the whole repository; with paths, what is
    /// staged below them. A hook says --allow-empty too: not every commit has a chain.
    #[arg(long, conflicts_with_all = ["files_from", "fix", "diff"])]
    pub(super) staged: bool,
    /// Check also the files that this file names, one a line; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    pub(super) files_from: Option<PathBuf>,
    /// The names of --files-from end with a NUL, as `git ls-files -z` writes them.
    #[arg(short = '0', long, requires = "files_from")]
    pub(super) null: bool,
    /// The policy for all files: a built-in's name, or a path to a YAML file.
    #[arg(long, value_name = "NAME|FILE")]
    pub(super) policy: Option<String>,
    /// The config to use instead of the nearest chainlint.yaml.
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(super) config: Option<PathBuf>,
    /// Use no config.
    #[arg(long)]
    pub(super) no_config: bool,
    /// Set a variable of the policy; lists by commas. May be given more than once.
    #[arg(long = "var", value_name = "NAME=VALUE")]
    pub(super) vars: Vec<String>,
    /// Judge everything at this instant (RFC 3339, or a day, which is its first moment in UTC) instead of now.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub(super) at: Option<OffsetDateTime>,
    #[command(flatten)]
    output: OutputArguments,
    /// The lightest finding that makes the exit status 1.
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<Threshold>,
    /// Apply these rules alone.
    #[arg(long, value_name = "RULE,…", value_delimiter = ',')]
    pub(super) select: Vec<String>,
    /// Leave these rules out.
    #[arg(long, value_name = "RULE,…", value_delimiter = ',')]
    pub(super) ignore: Vec<String>,
    /// Report findings that are waived as if they were not.
    #[arg(long)]
    no_waivers: bool,
    /// What cannot be checked is an error.
    #[arg(long)]
    pub(super) strict: bool,
    /// Let the config's `exclude` count for named files too, pass over those in folders like `node_modules`, and skip a
    /// private key alone.
    #[arg(long)]
    pub(super) force_exclude: bool,
    /// Look also at what git ignores, and into `node_modules`, target and the like.
    #[arg(long)]
    pub(super) no_ignore: bool,
    /// That there is nothing to check is no failure.
    #[arg(long)]
    pub(super) allow_empty: bool,
    /// What to call standard input; without a path, standard input is what is checked.
    #[arg(long, value_name = "PATH", conflicts_with = "staged")]
    pub(super) stdin_filename: Option<PathBuf>,
    /// How many threads to use; as many as there are processors where this is not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MAX_THREADS))]
    pub(super) threads: Option<u16>,
    /// Show no progress bar.
    #[arg(long)]
    pub(super) no_progress: bool,
    /// Count the findings of each rule on standard error.
    #[arg(long)]
    pub(super) statistics: bool,
    /// Mend what can be mended without a doubt: order, repetitions, strangers, text, PEM; `all` also appends what is
    /// missing up to the root, where it is known. What is left is reported.
    #[arg(long, value_enum, value_name = "SCOPE", num_args = 0..=1, require_equals = true, default_missing_value = "safe")]
    fix: Option<fix::Scope>,
    /// Print what --fix would change, and change nothing; the exit status is 1 if there is anything, and where
    /// findings make it so.
    #[arg(long)]
    diff: bool,
    /// Say nothing on standard error but errors.
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Say also where the policy asks for it, and which files were skipped.
    #[arg(short, long)]
    pub(super) verbose: bool,
}

/// The most threads that --threads takes: more than any machine that runs a linter has processors.
const MAX_THREADS: i64 = 256;

/// A severity on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Threshold {
    Error,
    Warning,
    Advice,
}

impl From<Threshold> for Severity {
    fn from(threshold: Threshold) -> Self {
        match threshold {
            Threshold::Error => Self::Error,
            Threshold::Warning => Self::Warning,
            Threshold::Advice => Self::Advice,
        }
    }
}

/// An instant on the command line: RFC 3339, or a day.
pub(super) fn instant(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339)
        .ok()
        .or_else(|| Some(day(text)?.midnight().assume_utc()))
        .ok_or_else(|| "write an instant like 2026-11-23T00:00:00Z, or a day".to_owned())
}

pub(super) fn run(
    arguments: &Arguments,
    environment: &mut Environment,
) -> Result<Outcome, Failure> {
    let outputs = Outputs::prepare(&arguments.output, environment)?;
    if arguments.diff {
        outputs.refuse_diff()?;
    }
    let config = policies::config(
        arguments.config.as_deref(),
        arguments.no_config,
        environment,
    )?;
    let waiving = match &config {
        Some(config) if !arguments.no_waivers => Some(waiving(
            config,
            &searched(arguments),
            arguments.policy.as_deref(),
            environment,
        )?),
        Some(_) | None => None,
    };
    let waivers = waiving.as_ref().map(|waiving| &waiving.waivers);
    let wanted = Wanted::from(arguments);
    refuse_scope_as_path(arguments, environment)?;
    let mut planned = plan::plan(&wanted, environment, config.as_ref(), waivers)?;
    outputs.spare(&planned.spared)?;
    let ids = || plan::rule_ids(&planned.files, &wanted, config.as_ref(), environment);
    let (select, ignore) = selection(arguments, &ids)?;
    let plan = Plan {
        strict: arguments.strict,
        repository: environment.repository.clone(),
        select,
        ignore,
        waiving,
        ..Plan::new(
            std::mem::take(&mut planned.files),
            arguments.at.unwrap_or(environment.now),
        )
    };
    let mut report = execute(&plan, arguments, environment)?;
    let fail_on = arguments.fail_on.map(Severity::from);
    let fail_on = fail_on
        .or(config.and_then(|config| config.fail_on))
        .unwrap_or(Severity::Error);
    if arguments.diff {
        let differs = preview(&plan, &report, &planned, arguments, environment)?;
        return Ok(outcome(
            &report,
            differs || report.reaches(fail_on),
            arguments,
        ));
    }
    let mut mended = 0;
    if let Some(scope) = arguments.fix {
        mended = fix::run(
            &plan,
            &planned.read,
            &report,
            scope,
            false,
            arguments,
            environment,
        )?
        .changed;
        if mended > 0 {
            report = execute(&plan, arguments, environment)?;
        }
    }
    outputs.deliver(&report, fail_on, arguments.verbose, environment)?;
    if !arguments.quiet {
        tell(&plan, &report, &planned, mended, arguments, environment);
        let may_hint = arguments.fix.is_none() && !arguments.staged && outputs.are_for_people();
        if may_hint
            && let Some(hint) = fix::hint(&plan, &planned.read, &report, arguments, environment)?
        {
            environment.note(&hint);
        }
    }

    Ok(outcome(&report, report.reaches(fail_on), arguments))
}

fn outcome(report: &Report, fails: bool, arguments: &Arguments) -> Outcome {
    if fails {
        Outcome::Findings
    } else if report.summary().checked == 0 && !arguments.allow_empty {
        Outcome::Nothing
    } else {
        Outcome::Clean
    }
}

/// Prints what `--fix` would change; whether that is anything.
fn preview(
    plan: &Plan,
    report: &Report,
    planned: &Planned,
    arguments: &Arguments,
    environment: &mut Environment,
) -> Result<bool, Failure> {
    let scope = arguments.fix.unwrap_or(fix::Scope::Safe);
    let mended = fix::run(
        plan,
        &planned.read,
        report,
        scope,
        true,
        arguments,
        environment,
    )?;
    environment.output(&mended.diff)?;
    if !arguments.quiet {
        let line = if report.files.is_empty() {
            nothing(arguments.staged, planned.passed_over)
        } else {
            summary::would_mend(report, mended.changed)
        };
        environment.note(&line);
    }
    Ok(mended.changed > 0)
}

pub(super) fn execute(
    plan: &Plan,
    arguments: &Arguments,
    environment: &Environment,
) -> Result<Report, Failure> {
    let shown = environment.watched && !arguments.no_progress && !arguments.quiet;
    let bar = Bar::new(plan.files.len(), shown);
    let work = || engine::run(plan, &bar);
    let report = match arguments.threads {
        None => work(),
        Some(threads) => {
            // Starting a thread costs more than a file does.
            let threads = usize::from(threads).min(plan.files.len()).max(1);
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.map_err(|error| Failure::Said(format!("cannot start {threads} threads: {error}")))?
                .install(work)
        }
    };
    bar.finish();
    Ok(report)
}

/// What goes to standard error after the findings.
fn tell(
    plan: &Plan,
    report: &Report,
    planned: &Planned,
    mended: usize,
    arguments: &Arguments,
    environment: &mut Environment,
) {
    let anchors = plan.files.iter().map(|file| &file.anchors);
    let expired = policies::expired_lists(anchors, plan.now);
    for line in planned.notes.iter().chain(&expired) {
        environment.note(line);
    }
    for line in summary::skipped(report, arguments.verbose) {
        environment.note(&line);
    }
    if arguments.statistics {
        for line in summary::statistics(report) {
            environment.note(&line);
        }
    }
    if report.files.is_empty() {
        environment.note(&nothing(arguments.staged, planned.passed_over));
    } else {
        environment.note(&summary::after(report, mended));
    }
}

/// That there is nothing to check, and why.
fn nothing(staged: bool, passed_over: PassedOver) -> String {
    let PassedOver {
        ignored,
        foreign,
        excluded,
    } = passed_over;
    let nothing = if staged {
        "nothing to check: no file that may hold a chain is staged"
    } else {
        "nothing to check: no file that may hold a chain was found"
    };
    let counts = [
        (ignored, "ignored by git"),
        (foreign, "in folders like `node_modules`"),
        (excluded, "excluded by the config"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts
        .map(|(count, why)| format!("{count} {why}"))
        .collect();
    let hint = match ignored.saturating_add(foreign) {
        0 => "",
        _ => "; --no-ignore looks there too",
    };
    match counts.join(", ").as_str() {
        "" => nothing.to_owned(),
        counts => format!("{nothing} ({counts}{hint})"),
    }
}

/// Refuses `--fix all`, which names a file.
fn refuse_scope_as_path(arguments: &Arguments, environment: &Environment) -> Result<(), Failure> {
    let scopes = fix::Scope::value_variants().iter();
    let mut names =
        scopes.filter_map(|scope| Some(scope.to_possible_value()?.get_name().to_owned()));
    let is_path = |name: &String| {
        arguments
            .paths
            .iter()
            .any(|path| path.as_os_str() == name.as_str())
    };
    match names.find(is_path) {
        Some(name) if arguments.fix.is_some() && !environment.current.join(&name).exists() => {
            let message = format!("no such file or folder: {name}; did you mean `--fix={name}`?");
            Err(Failure::Said(message))
        }
        Some(_) | None => Ok(()),
    }
}

/// The folders that the run searches.
fn searched(arguments: &Arguments) -> Vec<PathBuf> {
    if arguments.staged {
        return Vec::new();
    }
    let names_nothing = arguments.paths.is_empty() && arguments.files_from.is_none();
    if names_nothing && arguments.stdin_filename.is_none() {
        return vec![PathBuf::from(".")];
    }
    arguments.paths.clone()
}

/// The rules to apply and to leave out; each must be one of the run's.
fn selection(
    arguments: &Arguments,
    ids: &dyn Fn() -> BTreeSet<String>,
) -> Result<(BTreeSet<String>, BTreeSet<String>), Failure> {
    let wanted = || arguments.select.iter().chain(&arguments.ignore);
    if wanted().any(String::is_empty) {
        let message = "--select and --ignore take the ids of rules, with a comma between two of them; one is empty";
        return Err(Failure::Said(message.to_owned()));
    }
    let set = |ids: &[String]| ids.iter().cloned().collect::<BTreeSet<String>>();
    let (select, ignore) = (set(&arguments.select), set(&arguments.ignore));
    let ids = match wanted().next() {
        None => BTreeSet::new(),
        Some(_) => ids(),
    };
    let unknown: BTreeSet<&String> = wanted().filter(|id| !ids.contains(id.as_str())).collect();
    if !unknown.is_empty() {
        let names = || ids.iter().map(String::as_str);
        let told: Vec<String> = unknown.iter().map(|id| no_rule(id, names())).collect();
        return Err(Failure::Said(told.join("\nerror: ")));
    }
    if !select.is_empty() && select.is_subset(&ignore) {
        let message = "--ignore leaves out every rule of --select, so nothing would be asked";
        return Err(Failure::Said(message.to_owned()));
    }
    Ok((select, ignore))
}

/// That there is no such rule, with the nearest one there is.
pub(super) fn unknown_rule<'a>(wanted: &str, ids: impl IntoIterator<Item = &'a str>) -> Failure {
    Failure::Said(no_rule(wanted, ids))
}

fn no_rule<'a>(wanted: &str, ids: impl IntoIterator<Item = &'a str>) -> String {
    let near = did_you_mean(wanted, ids);
    let hint = near.map_or_else(
        || "`chainlint rules` lists them".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    format!("there is no rule `{}`: {hint}", escape(wanted))
}
