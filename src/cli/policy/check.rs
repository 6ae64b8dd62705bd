//! `chainlint policy check`: what is wrong with policies, configs and files of tests, and what is suspicious.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use data_encoding::BASE64;
use time::OffsetDateTime;

use super::super::environment::Environment;
use super::super::policies::Named;
use super::super::waivers::chain_files;
use super::super::{Failure, Outcome, policies, test};
use crate::check::Parameters;
use crate::check::kinds::issuer_avoids::IssuerAvoids;
use crate::engine::Session;
use crate::engine::{self, Plan, PlannedFile, PlannedInput};
use crate::input::name::shown;
use crate::policy::{self, Location, Override, Policy};
use crate::report::problems::write_warnings;
use crate::source::escape;
use crate::trust::{Anchors, Given};
use crate::yaml::{self, Problem, Problems};

/// What a look at one file found.
#[derive(Default)]
struct Found {
    /// What is wrong.
    wrong: Problems,
    /// What is suspicious.
    suspicious: Problems,
    /// What it is, where nothing is wrong with it.
    summary: String,
    /// The variables that it declares.
    variables: Vec<policy::Variable>,
}

pub(super) fn run(
    files: &[String],
    strict: bool,
    now: OffsetDateTime,
    vars: &[Override],
    environment: &mut Environment,
) -> Result<Outcome, Failure> {
    let mut problems = Vec::new();
    let mut declared = Vec::new();
    let mut sets_variables = false;
    for name in files {
        let path = environment.current.join(name);
        let found = if path.is_dir() {
            Err(vec![folder(name)].into())
        } else if test::is_test_file(&path) {
            tests(name, &path)
        } else if is_config(&path) {
            config(name, now, environment)
        } else {
            sets_variables = true;
            policy_file(name, now, vars, environment)
        };
        let mut found = match found {
            Ok(found) => found,
            Err(Failure::Problems(wrong)) => Found {
                wrong,
                ..Found::default()
            },
            Err(failure @ Failure::Said(_)) => return Err(failure),
        };
        yaml::sort(&mut found.suspicious);
        if strict {
            found.wrong.append(&mut found.suspicious);
        }
        if !found.suspicious.is_empty() {
            let told = write_warnings(&found.suspicious, environment.style_for_notes());
            environment.draw(&told);
            let name = shown(Path::new(name));
            environment.note(&format!("{name}: suspicious; --strict makes it an error"));
        } else if found.wrong.is_empty() {
            let name = shown(Path::new(name));
            environment.note(&format!("{name}: {}, nothing wrong", found.summary));
        }
        problems.append(&mut found.wrong);
        declared.append(&mut found.variables);
    }
    if !vars.is_empty() && !sets_variables {
        let message = "--var is for policies; configs and tests set variables themselves";
        return Err(Failure::Said(message.to_owned()));
    }
    // What a policy declares that cannot be read, nobody knows.
    if problems.is_empty() {
        problems = policy::undeclared(vars, &declared);
    }
    if problems.is_empty() {
        Ok(Outcome::Clean)
    } else {
        yaml::sort(&mut problems);
        Err(problems.into())
    }
}

/// Whether a file is a config: by its name, or by keys that no policy has.
fn is_config(path: &Path) -> bool {
    let file = path.file_name().map(|name| name.to_string_lossy());
    let is_named = file.is_some_and(|file| policy::CONFIG_NAMES.contains(&&*file));
    let has_keys = || {
        let text = policies::read(path).unwrap_or_default();
        let begins = |key: &str| text.lines().any(|line| line.starts_with(key));
        !begins("rules:") && (begins("files:") || begins("fail_on:") || begins("exclude:"))
    };
    is_named || has_keys()
}

/// A file of tests, as it is written, and what it names: `chainlint test` says what comes of it.
fn tests(name: &str, path: &Path) -> Result<Found, Failure> {
    let file = test::read(path, &shown(Path::new(name)))?;
    Ok(Found {
        wrong: test::misnamed(&file)?,
        summary: count(file.cases.len(), "case", "cases"),
        ..Found::default()
    })
}

/// An argument that is a folder.
fn folder(name: &str) -> Problem {
    let place = Location::of_text("command line", name);
    let problem = place.problem(format!("{} is a folder", escape(name)), "no file");
    problem.help(format!("name its files: `{}/*.yaml`", escape(name)))
}

fn policy_file(
    name: &str,
    now: OffsetDateTime,
    vars: &[Override],
    environment: &Environment,
) -> Result<Found, Failure> {
    let policy = policies::argument(name, vars, environment)?;
    let given = policies::anchors(&policy.trust_anchors)?;
    let summary = count(policy.rules.len(), "rule", "rules");
    let mut suspicious = policy::dead_ends(&policy, &public_limits(environment)?, now);
    let policy = Arc::new(policy);
    suspicious.extend(denied_anchors(&policy, &given, now));
    Ok(Found {
        suspicious,
        summary,
        variables: policy.vars.clone(),
        ..Found::default()
    })
}

/// What public CAs may issue, by the policy on which the other built-in ones rest.
fn public_limits(environment: &Environment) -> Result<Vec<String>, Failure> {
    let base = policies::named(policies::BASE, &[], environment)?;
    Ok(policy::public_limits(&base).unwrap_or_default())
}

fn count(number: usize, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    }
}

/// The config, its waivers, and all policies that it names.
fn config(name: &str, now: OffsetDateTime, environment: &Environment) -> Result<Found, Failure> {
    let config = policies::config(Some(Path::new(name)), false, environment)?;
    let Some(config) = config else {
        return Ok(Found::default());
    };
    let (named, wrong) = policies::named_by(&config, environment);
    let mut found = Found {
        wrong,
        ..Found::default()
    };
    let files = chain_files(&config, environment)?;
    let of_entry = |named: &Named| Some((named.entry?, named.policy.clone()));
    let of_entries: Vec<(usize, Arc<Policy>)> =
        named.policies.iter().filter_map(of_entry).collect();
    let by_entry = of_entries.iter().map(|(at, policy)| (*at, &**policy));
    let by_entry: Vec<(usize, &Policy)> = by_entry.collect();
    found.suspicious.extend(config.dead_ends(&files, &by_entry));
    // The default has a say where some file falls under it.
    let is_default = |file: &PathBuf| config.select(file).policy.is_none();
    let with_default = files.iter().any(is_default);
    let in_force = named.policies.iter();
    let in_force = in_force.filter(|named| with_default || named.entry.is_some());
    let in_force: Vec<&Policy> = in_force.map(|named| &*named.policy).collect();
    let idle = policy::idle_waivers(&named.waivers, &in_force, &files, now);
    found.suspicious.extend(idle);
    policies_of(&of_entries, &named.given, now, environment, &mut found)?;
    found.summary = [
        count(config.mappings.len(), "entry", "entries"),
        count(files.len(), "file", "files"),
        count(named.waivers.list().len(), "waiver", "waivers"),
    ]
    .join(", ");
    Ok(found)
}

/// What is suspicious about the policies themselves, each file once.
fn policies_of(
    named: &[(usize, Arc<Policy>)],
    given: &Given,
    now: OffsetDateTime,
    environment: &Environment,
    found: &mut Found,
) -> Result<(), Failure> {
    let limits = public_limits(environment)?;
    let mut seen = BTreeSet::new();
    for (_, policy) in named {
        let file = policy.sources.last().map(|source| source.name().clone());
        if !seen.insert(file) {
            continue;
        }
        found
            .suspicious
            .extend(policy::dead_ends(policy, &limits, now));
        let mut given = given.clone();
        match policies::anchors(&policy.trust_anchors) {
            Ok(own) => given.anchors.extend(own.anchors),
            Err(Failure::Problems(wrong)) => found.wrong.extend(wrong),
            Err(failure @ Failure::Said(_)) => return Err(failure),
        }
        found.suspicious.extend(denied_anchors(policy, &given, now));
    }
    Ok(())
}

/// Trust anchors that a rule of the same policy denies: no chain could satisfy both. What makes a rule deny
/// them is its check, so that is asked of each anchor as if it were a chain.
fn denied_anchors(policy: &Arc<Policy>, given: &Given, now: OffsetDateTime) -> Problems {
    let plan = Plan {
        keeps_answers: true,
        ..Plan::new(Vec::new(), now)
    };
    let session = Session::default();
    let deniers = policy
        .rules
        .iter()
        .filter(|rule| rule.check_name == IssuerAvoids::NAME && !rule.is_off());
    let deniers: Vec<&policy::Rule> = deniers.collect();
    let mut denied: BTreeMap<(usize, String), String> = BTreeMap::new();
    for anchor in given.anchors.iter().filter(|_| !deniers.is_empty()) {
        let base64 = BASE64.encode(&anchor.certificate.der);
        let file = PlannedFile {
            input: PlannedInput::Bytes {
                display: "anchor.pem".to_owned(),
                bytes: format!(
                    "-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n"
                )
                .into_bytes(),
                named: true,
            },
            from_config: None,
            policy: policy.clone(),
            anchors: Anchors::embedded(),
            environment: None,
            app: None,
        };
        let judged = engine::judge(&plan, &file, &session);
        for (at, rule) in deniers.iter().enumerate() {
            if matches!(judged.answers.of(&rule.id), Some(engine::Answer::Fail(_))) {
                let subject = escape(&anchor.certificate.subject.value.to_string());
                denied.insert((at, subject), anchor.file.to_string());
            }
        }
    }
    denied
        .into_iter()
        .filter_map(|((at, subject), file)| {
            let rule = deniers.get(at)?;
            let place = rule.origin_of(policy::Field::Check);
            let place: Location = place.unwrap_or_else(|| rule.location.clone());
            let message = format!(
                "the rule `{}` denies {subject}, which `trust_anchors` names",
                escape(&rule.id)
            );
            let problem = place.problem(message, "denies it");
            Some(problem.help(format!(
                "take one of them back: the anchor stands in {file}"
            )))
        })
        .collect()
}
