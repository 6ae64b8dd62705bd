//! `chainlint waivers add`.

use std::path::PathBuf;

use clap::Args;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

use super::super::check::{Threshold, instant, unknown_rule};
use super::super::environment::Environment;
use super::super::plan::{self, Wanted};
use super::super::progress::Silent;
use super::super::{Failure, Outcome, policies};
use super::{cannot, from_config, text_of, waiving, write};
use crate::engine::{self, Plan, PlannedFile, PlannedInput};
use crate::finding::{Finding, Severity};
use crate::policy::waiver::{append, named, refusal};
use crate::policy::{CONFIG_NAMES, Config, Entry};
use crate::source::escape;

/// Waive the findings that a check has now: one waiver for each rule, certificate and file.
///
/// With --all, a baseline: what is wrong today is waived up to a day, and what comes new is told.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Files and folders; the current folder where none is named.
    paths: Vec<PathBuf>,
    /// The rules whose findings are waived.
    #[arg(
        long,
        value_name = "RULE,…",
        value_delimiter = ',',
        required_unless_present = "all"
    )]
    rule: Vec<String>,
    /// Waive the findings of every rule, from --fail-on on.
    #[arg(long, conflicts_with = "rule")]
    all: bool,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The last day on which the waivers hold, in UTC, as in 2027-02-01.
    #[arg(long, value_name = "DAY", value_parser = day)]
    expires: Date,
    /// Who answers for it.
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// The file that gets them; without it the config.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// The lightest finding that --all waives.
    #[arg(long, value_enum, value_name = "SEVERITY", requires = "all")]
    fail_on: Option<Threshold>,
    /// The policy for every file, over what the config says.
    #[arg(long, value_name = "NAME|FILE")]
    policy: Option<String>,
    /// A value for a variable of the policy.
    #[arg(long = "var", value_name = "NAME=VALUE")]
    vars: Vec<String>,
    /// The config; without it the nearest one.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Judge at this instant (RFC 3339) instead of now.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    at: Option<OffsetDateTime>,
}

fn day(text: &str) -> Result<Date, String> {
    Date::parse(text, format_description!("[year]-[month]-[day]"))
        .map_err(|_| "write a day like 2027-02-01".to_owned())
}

pub(super) fn run(
    arguments: &Arguments,
    environment: &mut Environment,
) -> Result<Outcome, Failure> {
    let config = policies::config(arguments.config.as_deref(), false, environment)?;
    let wanted = Wanted {
        paths: &arguments.paths,
        policy: arguments.policy.as_deref(),
        vars: &arguments.vars,
        ..Wanted::default()
    };
    let files = plan::files(&wanted, environment, config.as_ref(), None)?;
    let rules = || {
        files
            .iter()
            .flat_map(|file| &file.policy.rules)
            .map(|rule| &*rule.id)
    };
    for rule in arguments.rule.iter().filter(|_| !files.is_empty()) {
        if !rules().any(|known| known == rule) {
            return Err(unknown_rule(rule, rules()));
        }
    }
    let waiving = match &config {
        Some(config) => Some(waiving(config, &arguments.paths, environment)?),
        None => None,
    };
    let plan = Plan {
        select: arguments.rule.iter().cloned().collect(),
        waiving,
        ..Plan::new(files, arguments.at.unwrap_or(environment.now))
    };
    let report = engine::run(&plan, &Silent);
    let threshold = arguments.fail_on.map_or(Severity::Error, Severity::from);
    let is_meant = |finding: &&Finding| {
        finding.waived.is_none() && (!arguments.all || finding.severity >= threshold)
    };
    let mut entries = Vec::new();
    for finding in report.findings.iter().filter(is_meant) {
        let mut of_plan = plan.files.iter();
        let file = of_plan.find(|file| shown(file) == *finding.path);
        let Some(file) = file else { continue };
        entries.push(entry(
            finding,
            file,
            &plan,
            config.as_ref(),
            arguments,
            environment,
        )?);
    }
    let target = target(arguments, config.as_ref(), environment);
    let text = text_of(&target)?;
    let written = append(&text, &entries).map_err(|why| cannot(&target, &why))?;
    if written.count > 0 {
        write(&target, &text, &written.text, environment)?;
    }
    let name = target.strip_prefix(&environment.current).unwrap_or(&target);
    let name = escape(&name.display().to_string());
    environment.note(&match written.count {
        0 => "nothing to waive".to_owned(),
        1 => format!("{name}: 1 waiver added, until {}", arguments.expires),
        count => format!("{name}: {count} waivers added, until {}", arguments.expires),
    });
    Ok(if written.count == 0 {
        Outcome::Nothing
    } else {
        Outcome::Clean
    })
}

fn shown(file: &PlannedFile) -> String {
    match &file.input {
        PlannedInput::File(candidate) => escape(&candidate.display),
        PlannedInput::Bytes { display, .. } | PlannedInput::Unreadable { display, .. } => {
            escape(display)
        }
    }
}

/// The file that gets the waivers.
fn target(arguments: &Arguments, config: Option<&Config>, environment: &Environment) -> PathBuf {
    let [first, ..] = CONFIG_NAMES;
    match (&arguments.to, config) {
        (Some(path), _) => environment.current.join(path),
        (None, Some(config)) => config.path.clone(),
        (None, None) => environment.current.join(first),
    }
}

/// The waiver of a finding.
fn entry(
    finding: &Finding,
    file: &PlannedFile,
    plan: &Plan,
    config: Option<&Config>,
    arguments: &Arguments,
    environment: &Environment,
) -> Result<Entry, Failure> {
    let certificate = finding.certificate.as_ref();
    let certificate = certificate
        .map(|certificate| certificate.sha256.clone())
        .filter(|hash| !hash.is_empty());
    let path = match (&file.input, config) {
        (PlannedInput::File(candidate), Some(config)) => from_config(&candidate.path, config),
        (PlannedInput::File(candidate), None) => {
            let inside = candidate.path.strip_prefix(&environment.current).ok();
            inside.map(|path| path.to_string_lossy().replace('\\', "/"))
        }
        (PlannedInput::Bytes { .. } | PlannedInput::Unreadable { .. }, _) => None,
    };
    let entry = Entry {
        id: None,
        rule: finding.rule.to_string(),
        certificate,
        path: path.map(|path| named(&path)),
        reason: arguments.reason.clone(),
        owner: arguments.owner.clone(),
        expires: arguments.expires,
    };
    if entry.is_expired(plan.now) {
        let message = format!("--expires {}: that day is over", arguments.expires);
        return Err(Failure::Said(message));
    }
    if entry.path.is_none() && entry.certificate.is_none() {
        let message = format!(
            "{}: it lies outside of the config's folder, and the finding is in no certificate: nothing that a waiver could name",
            finding.path
        );
        return Err(Failure::Said(message));
    }
    match refusal(&entry, &file.policy, plan.now) {
        Some(refusal) => Err(Failure::Said(format!("{}: {refusal}", finding.rule))),
        None => Ok(entry),
    }
}
