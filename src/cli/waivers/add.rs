//! `chainlint waivers add`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;
use time::{Date, OffsetDateTime};

use super::super::check::{Threshold, instant, unknown_rule};
use super::super::environment::Environment;
use super::super::plan::{self, Wanted};
use super::super::progress::Silent;
use super::super::{Failure, Outcome, policies};
use super::edit::{self, Edited, difference, shown};
use super::{configured, files, from_config, plain};
use crate::check::day::day;
use crate::engine::{self, Plan, PlannedFile, PlannedInput, Waiving};
use crate::finding::{Finding, Severity};
use crate::policy::waiver::{named, put, refusal};
use crate::policy::{CONFIG_NAMES, Config, Entry, Policy, Waiver};
use crate::yaml;

/// Waive the findings that a check has now: one waiver for each rule, certificate and file. A waiver for the same
/// that has expired is renewed where it stands.
///
/// With --all, a baseline: what is wrong today is waived up to a day, and what comes new is told. The exit status is
/// 1 where something is left that cannot be waived.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Files and folders; the current folder where none is named.
    paths: Vec<PathBuf>,
    #[command(flatten)]
    which: Which,
    /// Why.
    #[arg(long, value_name = "TEXT", value_parser = reason, allow_hyphen_values = true)]
    reason: String,
    /// The last day on which the waivers hold, in UTC, as in 2027-02-01.
    #[arg(long, value_name = "DAY", value_parser = last_day)]
    expires: Date,
    /// Who answers for it.
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    owner: Option<String>,
    /// The file that gets them; without it the config. What is renewed stays in its file.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// The lightest finding that --all waives; without it the config's `fail_on`, else error.
    #[arg(long, value_enum, value_name = "SEVERITY", requires = "all")]
    fail_on: Option<Threshold>,
    /// Print what would be written, and change nothing; the exit status is 1 if there is anything.
    #[arg(long)]
    diff: bool,
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

/// Which findings are waived.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// The rules whose findings are waived.
    #[arg(long, value_name = "RULE,…", value_delimiter = ',')]
    rule: Vec<String>,
    /// Waive the findings of every rule, from --fail-on on.
    #[arg(long)]
    all: bool,
}

fn last_day(text: &str) -> Result<Date, String> {
    day(text).ok_or_else(|| "write a day like 2027-02-01".to_owned())
}

fn reason(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("a waiver says why it was granted: write a sentence".to_owned());
    }
    Ok(text.to_owned())
}

pub(super) fn run(
    arguments: &Arguments,
    environment: &mut Environment,
) -> Result<Outcome, Failure> {
    if arguments.paths.iter().any(|path| path.as_os_str() == "-") {
        let message = "standard input has no name that a waiver could give: name the file itself";
        return Err(Failure::Said(message.to_owned()));
    }
    let config = policies::config(arguments.config.as_deref(), false, environment)?;
    let target = target(arguments, config.as_ref(), environment);
    let plan = plan(arguments, config.as_ref(), &target, environment)?;
    let mut add = Add {
        arguments,
        environment,
        config: config.as_ref(),
        plan: &plan,
        known: configured(config.as_ref(), environment),
        target: target.clone(),
        new: BTreeMap::new(),
        left: Vec::new(),
    };
    if entry_of(arguments, String::new(), None, None).is_expired(plan.now) {
        let message = format!("--expires {}: that day is over", arguments.expires);
        return Err(Failure::Said(message));
    }
    for (file, judged) in engine::judge_all(&plan, &Silent) {
        for finding in &judged.findings {
            add.finding(file, finding);
        }
    }
    let Add { new, left, .. } = add;
    let mut changed: Vec<(PathBuf, Edited)> = Vec::new();
    for (path, entries) in &new {
        let change = |text: &str| put(text, entries);
        let edited = if arguments.diff {
            edit::tried(path, &change, environment)?
        } else {
            edit::write(path, &change, environment)?
        };
        if edited.after.added > 0 || edited.after.renewed > 0 {
            changed.push((path.clone(), edited));
        }
    }
    if arguments.diff {
        for (path, edited) in &changed {
            environment.output(&difference(path, edited, environment))?;
        }
    } else {
        tell(&changed, &target, config.as_ref(), arguments, environment);
        tell_expired(&plan, &new, environment);
    }
    for line in &left {
        environment.note(line);
    }
    let is_red = !left.is_empty() || arguments.diff && !changed.is_empty();
    Ok(if is_red {
        Outcome::Findings
    } else if plan.files.is_empty() {
        Outcome::Nothing
    } else {
        Outcome::Clean
    })
}

/// The file that gets the waivers.
fn target(arguments: &Arguments, config: Option<&Config>, environment: &Environment) -> PathBuf {
    let [first, ..] = CONFIG_NAMES;
    match (&arguments.to, config) {
        (Some(path), _) => plain(&environment.current.join(path)),
        (None, Some(config)) => config.path.clone(),
        (None, None) => environment.current.join(first),
    }
}

fn plan(
    arguments: &Arguments,
    config: Option<&Config>,
    target: &Path,
    environment: &Environment,
) -> Result<Plan, Failure> {
    let wanted = Wanted {
        paths: &arguments.paths,
        policy: arguments.policy.as_deref(),
        vars: &arguments.vars,
        ..Wanted::default()
    };
    let files = plan::files(&wanted, environment, config, None)?;
    let rules = files.iter().flat_map(|file| &file.policy.rules);
    let rules: BTreeSet<&str> = rules.map(|rule| &*rule.id).collect();
    let asked = arguments.which.rule.iter();
    for rule in asked.filter(|_| !files.is_empty()) {
        if !rules.contains(rule.as_str()) {
            return Err(unknown_rule(rule, rules));
        }
    }
    let waiving = match config {
        Some(config) => {
            // The file that gets the waivers may be listed before it is there.
            let read = |path: &Path| match policies::read(path) {
                Err(error)
                    if error.kind() == std::io::ErrorKind::NotFound && plain(path) == *target =>
                {
                    Ok("version: 1\n".to_owned())
                }
                read => read,
            };
            let (waivers, mut wrong) = config.waivers(&read);
            let mut loaded: Vec<&Policy> = files.iter().map(|file| &*file.policy).collect();
            loaded.dedup_by(|one, other| std::ptr::eq(*one, *other));
            wrong.extend(policies::unknown_rules(
                &waivers,
                &loaded,
                config,
                environment,
            ));
            if !wrong.is_empty() {
                yaml::sort(&mut wrong);
                return Err(wrong.into());
            }
            Some(Waiving {
                waivers,
                ..Waiving::default()
            })
        }
        None => None,
    };
    Ok(Plan {
        select: arguments.which.rule.iter().cloned().collect(),
        waiving,
        ..Plan::new(files, arguments.at.unwrap_or(environment.now))
    })
}

/// Waivers in the making.
struct Add<'a> {
    arguments: &'a Arguments,
    environment: &'a Environment,
    config: Option<&'a Config>,
    plan: &'a Plan,
    /// The rules of the policies that apply where no option names one.
    known: BTreeSet<String>,
    target: PathBuf,
    /// By the file that gets them.
    new: BTreeMap<PathBuf, Vec<Entry>>,
    /// What nothing can waive, a line each.
    left: Vec<String>,
}

impl Add<'_> {
    fn finding(&mut self, file: &PlannedFile, finding: &Finding) {
        let threshold = self.arguments.fail_on.map(Severity::from);
        let threshold = threshold.or(self.config.and_then(|config| config.fail_on));
        if self.arguments.which.all && finding.severity < threshold.unwrap_or(Severity::Error) {
            return;
        }
        let waivers = self.plan.waiving.as_ref().map(|waiving| &waiving.waivers);
        let question = engine::question(self.plan, file, finding);
        let answer = waivers.map(|waivers| waivers.decide(&question));
        let answer = answer.unwrap_or_default();
        if answer.covered_by().is_some() {
            return;
        }
        match self.entry(file, finding) {
            Ok(entry) => {
                // One that is about this file or certificate alone, and does not cover it any more, goes on. A
                // pattern is about more than what was found.
                let about = answer
                    .about
                    .iter()
                    .filter_map(|(at, _)| waivers?.list().get(*at));
                let mut about =
                    about.filter(|waiver| waiver.path().is_none_or(|path| !path.is_pattern()));
                let same = |waiver: &&Waiver| waiver.subject() == entry.subject();
                let old = about.clone().find(same).or_else(|| about.next());
                let (path, entry) = match old.and_then(|old| Some((self.file_of(old)?, old))) {
                    Some((path, old)) => {
                        let (certificate, path_named) =
                            (old.entry.certificate.clone(), old.entry.path.clone());
                        (
                            path,
                            Entry {
                                certificate,
                                path: path_named,
                                ..entry
                            },
                        )
                    }
                    None => (self.target.clone(), entry),
                };
                self.new.entry(path).or_default().push(entry);
            }
            Err(why) => {
                let (path, start) = (&finding.path, finding.start);
                let (line, column, rule) = (start.line, start.column, &finding.rule);
                self.left.push(format!(
                    "{path}:{line}:{column}: {rule} cannot be waived: {why}"
                ));
            }
        }
    }

    /// The waiver of a finding, or why there can be none.
    fn entry(&self, file: &PlannedFile, finding: &Finding) -> Result<Entry, String> {
        let certificate = finding.certificate.as_ref();
        let certificate = certificate
            .map(|certificate| certificate.sha256.clone())
            .filter(|hash| !hash.is_empty());
        let path = match (&file.input, self.config) {
            (PlannedInput::File(candidate), Some(config)) => from_config(&candidate.path, config),
            (PlannedInput::File(candidate), None) => {
                let inside = candidate.path.strip_prefix(&self.environment.current).ok();
                inside.map(|path| path.to_string_lossy().replace('\\', "/"))
            }
            (PlannedInput::Bytes { .. } | PlannedInput::Unreadable { .. }, _) => None,
        };
        if path.is_none() && certificate.is_none() {
            let why = "it lies outside of the config's folder and in no certificate, so there is nothing to name";
            return Err(why.to_owned());
        }
        if !self.known.contains(&*finding.rule) {
            let why =
                "no policy that the config names has this rule; name that policy under `files`";
            return Err(why.to_owned());
        }
        let rule = finding.rule.to_string();
        let entry = entry_of(self.arguments, rule, certificate, path.as_deref());
        match refusal(&entry, &file.policy, self.plan.now) {
            Some(refusal) => Err(refusal.to_string()),
            None => Ok(entry),
        }
    }

    /// The file that a waiver stands in.
    fn file_of(&self, waiver: &Waiver) -> Option<PathBuf> {
        let files = files(self.config?);
        let name = waiver.source.name();
        let mut found = files.into_iter().filter(|(shown, _)| **shown == **name);
        found.next().map(|(_, path)| path)
    }
}

fn entry_of(
    arguments: &Arguments,
    rule: String,
    certificate: Option<String>,
    path: Option<&str>,
) -> Entry {
    Entry {
        id: None,
        rule,
        certificate,
        path: path.map(named),
        reason: arguments.reason.clone(),
        owner: arguments.owner.clone(),
        expires: arguments.expires,
    }
}

/// Says what was written, and what is still to do for it to count.
fn tell(
    changed: &[(PathBuf, Edited)],
    target: &Path,
    config: Option<&Config>,
    arguments: &Arguments,
    environment: &mut Environment,
) {
    if changed.is_empty() {
        environment.note("nothing to waive");
    }
    for (path, edited) in changed {
        let plural = |count: usize| if count == 1 { "1 waiver" } else { "waivers" };
        let part = |count: usize, done: &str| match count {
            0 => None,
            1 => Some(format!("{} {done}", plural(count))),
            _ => Some(format!("{count} {} {done}", plural(count))),
        };
        let parts = [
            part(edited.after.added, "added"),
            part(edited.after.renewed, "renewed"),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let name = shown(path, environment);
        let expires = arguments.expires;
        environment.note(&format!("{name}: {}, until {expires}", parts.join(", ")));
        let is_read = match config {
            Some(config) => files(config)
                .iter()
                .any(|(_, read)| plain(read) == plain(path)),
            None => arguments.to.is_none(),
        };
        if path == target && !is_read {
            let [first, ..] = CONFIG_NAMES;
            let config = config.map(|config| config.path.clone());
            let config = config.unwrap_or_else(|| environment.current.join(first));
            let from = config.parent().unwrap_or(Path::new(""));
            let named = path
                .strip_prefix(from)
                .unwrap_or(path)
                .display()
                .to_string();
            environment.note(&format!(
                "nothing reads {name} yet: write `waiver_files: [{}]` into {}",
                crate::source::escape(&named),
                shown(&config, environment),
            ));
        }
    }
}

/// Says how many waivers are over and were not renewed: each is an error of its own.
fn tell_expired(plan: &Plan, new: &BTreeMap<PathBuf, Vec<Entry>>, environment: &mut Environment) {
    let renewed: BTreeSet<_> = new.values().flatten().map(Entry::subject).collect();
    let waivers = plan
        .waiving
        .iter()
        .flat_map(|waiving| waiving.waivers.list());
    let over = waivers
        .filter(|waiver| waiver.entry.is_expired(plan.now) && !renewed.contains(&waiver.subject()));
    let (count, them) = match over.count() {
        0 => return,
        1 => ("1 waiver has".to_owned(), "it"),
        count => (format!("{count} waivers have"), "them"),
    };
    environment.note(&format!(
        "{count} expired: `chainlint waivers prune` removes {them}"
    ));
}
