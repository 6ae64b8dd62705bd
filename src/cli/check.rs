//! `chainlint check`: the main job.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::environment::Environment;
use super::output::{OutputArguments, Outputs};
use super::plan::Wanted;
use super::progress::Bar;
use super::waivers::waiving;
use super::{Failure, Outcome, fix, plan, policies};
use crate::engine::{self, Plan};
use crate::finding::{Report, Severity};
use crate::policy::Policy;
use crate::report::summary;
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
    /// Check what git is about to commit, as it stands in the index; with paths, what is staged below them.
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
    /// Judge everything at this instant (RFC 3339) instead of now.
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
    /// Treat named files as if they had been found: the config's `exclude` counts for them too.
    #[arg(long)]
    pub(super) force_exclude: bool,
    /// Look also at what git ignores, and into `node_modules`, target and the like.
    #[arg(long)]
    pub(super) no_ignore: bool,
    /// That there is nothing to check is no failure.
    #[arg(long)]
    pub(super) allow_empty: bool,
    /// What to call standard input.
    #[arg(long, value_name = "PATH", default_value = "<stdin>")]
    pub(super) stdin_filename: String,
    /// How many threads to use; as many as there are processors where this is not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
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
    /// Print what --fix would change, and change nothing; the exit status is 1 if there is anything.
    #[arg(long)]
    diff: bool,
    /// Say nothing on standard error but errors.
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Say also where the policy asks for it, and which files were skipped.
    #[arg(short, long)]
    pub(super) verbose: bool,
}

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

/// An instant on the command line.
pub(super) fn instant(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|_| "write an instant like 2026-11-23T00:00:00Z".to_owned())
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
        Some(config) if !arguments.no_waivers => {
            Some(waiving(config, &searched(arguments), environment)?)
        }
        Some(_) | None => None,
    };
    let waivers = waiving.as_ref().map(|waiving| &waiving.waivers);
    let wanted = Wanted::from(arguments);
    let files = plan::files(&wanted, environment, config.as_ref(), waivers)?;
    outputs.spare(&files)?;
    let known: Vec<&Policy> = files.iter().map(|file| &*file.policy).collect();
    let (select, ignore) = selection(arguments, &known)?;
    let plan = Plan {
        strict: arguments.strict,
        repository: environment.repository.clone(),
        select,
        ignore,
        waiving,
        ..Plan::new(files, arguments.at.unwrap_or(environment.now))
    };
    let mut report = execute(&plan, arguments, environment)?;
    if arguments.diff {
        return preview(&plan, &report, arguments, environment);
    }
    let mut mended = 0;
    if let Some(scope) = arguments.fix {
        mended = fix::run(&plan, &report, scope, false, arguments, environment)?.changed;
        if mended > 0 {
            report = execute(&plan, arguments, environment)?;
        }
    }

    let fail_on = arguments.fail_on.map(Severity::from);
    let fail_on = fail_on
        .or(config.and_then(|config| config.fail_on))
        .unwrap_or(Severity::Error);
    outputs.deliver(&report, fail_on, arguments.verbose, environment)?;
    let anchors = plan.files.iter().map(|file| &file.anchors);
    let expired = policies::expired_lists(anchors, plan.now);
    tell(&report, mended, &expired, arguments, environment);
    if outputs.are_for_people()
        && let Some(hint) = hint(&plan, &report, arguments, environment)?
    {
        environment.note(&hint);
    }

    if report.reaches(fail_on) {
        Ok(Outcome::Findings)
    } else {
        Ok(nothing_found(&report, arguments))
    }
}

fn nothing_found(report: &Report, arguments: &Arguments) -> Outcome {
    if report.summary().checked == 0 && !arguments.allow_empty {
        Outcome::Nothing
    } else {
        Outcome::Clean
    }
}

/// What `--fix` would change.
fn preview(
    plan: &Plan,
    report: &Report,
    arguments: &Arguments,
    environment: &mut Environment,
) -> Result<Outcome, Failure> {
    let scope = arguments.fix.unwrap_or(fix::Scope::Safe);
    let mended = fix::run(plan, report, scope, true, arguments, environment)?;
    environment.output(&mended.diff)?;
    if !arguments.quiet {
        environment.note(&summary::would_mend(report, mended.changed));
    }
    Ok(if mended.changed > 0 {
        Outcome::Findings
    } else {
        nothing_found(report, arguments)
    })
}

/// How much of what was found `--fix` would mend, where it was not asked to.
fn hint(
    plan: &Plan,
    report: &Report,
    arguments: &Arguments,
    environment: &Environment,
) -> Result<Option<String>, Failure> {
    let found = report
        .findings
        .iter()
        .any(|finding| finding.waived.is_none());
    if !found || arguments.quiet || arguments.fix.is_some() || arguments.staged {
        return Ok(None);
    }
    Ok(match fix::curable(plan, report, arguments, environment)? {
        Some(0) => None,
        Some(count) => Some(format!(
            "`--fix` would mend {count} of these; `--diff` shows how"
        )),
        None => Some("`--fix` may mend some of these; `--diff` shows how".to_owned()),
    })
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
        Some(threads) => rayon::ThreadPoolBuilder::new()
            .num_threads(usize::from(threads))
            .build()
            .map_err(|error| Failure::Said(error.to_string()))?
            .install(work),
    };
    bar.finish();
    Ok(report)
}

/// What goes to standard error after the findings.
fn tell(
    report: &Report,
    mended: usize,
    expired: &BTreeSet<String>,
    arguments: &Arguments,
    environment: &mut Environment,
) {
    if arguments.quiet {
        return;
    }
    for line in expired {
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
    environment.note(&summary::after(report, mended));
}

/// The folders that the run searches.
fn searched(arguments: &Arguments) -> Vec<PathBuf> {
    if arguments.staged {
        return Vec::new();
    }
    if arguments.paths.is_empty() && arguments.files_from.is_none() {
        return vec![PathBuf::from(".")];
    }
    arguments.paths.clone()
}

/// The rules to apply and to leave out; each must be one of the run's.
fn selection(
    arguments: &Arguments,
    known: &[&Policy],
) -> Result<(BTreeSet<String>, BTreeSet<String>), Failure> {
    let ids: BTreeSet<&str> = known
        .iter()
        .flat_map(|policy| &policy.rules)
        .map(|rule| &*rule.id)
        .collect();
    if !ids.is_empty() {
        for wanted in arguments.select.iter().chain(&arguments.ignore) {
            if !ids.contains(wanted.as_str()) {
                return Err(unknown_rule(wanted, ids));
            }
        }
    }
    let set = |ids: &[String]| ids.iter().cloned().collect();
    Ok((set(&arguments.select), set(&arguments.ignore)))
}

/// That there is no such rule, with the nearest one there is.
pub(super) fn unknown_rule<'a>(wanted: &str, ids: impl IntoIterator<Item = &'a str>) -> Failure {
    let near = did_you_mean(wanted, ids);
    let hint = near.map_or_else(
        || "`chainlint rules` lists them".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    Failure::Said(format!(
        "there is no rule `{}`: {hint}",
        crate::source::escape(wanted)
    ))
}
