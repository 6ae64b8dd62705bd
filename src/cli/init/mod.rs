//! `chainlint init`: a first config, from what a folder holds.

mod draft;

use std::fs::OpenOptions;
use std::io::Write;

use clap::Args;

use super::environment::Environment;
use super::{Failure, Outcome};
use crate::chain::{self, Class, Session};
use crate::input::{self, Candidate, Content};
use crate::policy::{CONFIG_NAMES, Config};
use crate::trust::Anchors;
use draft::Seen;

/// Write a commented chainlint.yaml for the current folder, from the chain files it finds there.
///
/// Names of folders tell environments (`prod`, `staging` and the like), certificates tell the company and which
/// chains are QWACs. A config that is there already is never touched.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Print the config instead of writing it.
    #[arg(long)]
    print: bool,
    /// Write also a .pre-commit-config.yaml, so that `pre-commit install` checks every commit.
    #[arg(long, conflicts_with = "print")]
    pre_commit: bool,
}

/// What pre-commit reads.
const PRE_COMMIT: &str = ".pre-commit-config.yaml";
/// The hook of the chainlint that is on the PATH.
const HOOK: &str = include_str!("pre-commit-config.yaml");

pub(super) fn run(
    arguments: &Arguments,
    environment: &mut Environment,
) -> Result<Outcome, Failure> {
    let [name, ..] = CONFIG_NAMES;
    let there = CONFIG_NAMES
        .iter()
        .find(|name| environment.current.join(name).exists());
    if let Some(there) = there.filter(|_| !arguments.print) {
        if arguments.pre_commit {
            environment.note(&format!("{there} is there already, and stays as it is"));
            return pre_commit(environment);
        }
        let message = format!("{there} is there already; `--print` shows what would be written");
        return Err(Failure::Said(message));
    }
    let seen = look_around(environment)?;
    let text = draft::write(&seen);
    // What is written has to be read again: a name in the folder may hold anything.
    Config::parse(&text, name, &environment.current)?;
    if arguments.print {
        environment.output(&text)?;
        return Ok(Outcome::Clean);
    }
    create(name, &text, environment)?;
    let count = match seen.len() {
        0 => "no chain file was found, so its entries are examples".to_owned(),
        1 => "for 1 chain file".to_owned(),
        count => format!("for {count} chain files"),
    };
    environment.note(&format!("wrote {name}: {count}"));
    if arguments.pre_commit {
        return pre_commit(environment);
    }
    environment.note("next: `chainlint check`");
    Ok(Outcome::Clean)
}

/// Writes the hook where there is no file of hooks yet.
fn pre_commit(environment: &mut Environment) -> Result<Outcome, Failure> {
    if environment.current.join(PRE_COMMIT).exists() {
        let hooks = HOOK.split_once("repos:\n").map_or(HOOK, |(_, hooks)| hooks);
        let message = format!("{PRE_COMMIT} is there already; add to its `repos`:\n{hooks}");
        return Err(Failure::Said(message));
    }
    create(PRE_COMMIT, HOOK, environment)?;
    environment.note(&format!("wrote {PRE_COMMIT}"));
    environment.note("next: `pre-commit install`");
    Ok(Outcome::Clean)
}

/// Writes a file that is not there yet.
fn create(name: &str, text: &str, environment: &Environment) -> Result<(), Failure> {
    let said = |error| Failure::Said(format!("{name}: {error}"));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(environment.current.join(name))
        .map_err(said)?;
    file.write_all(text.as_bytes()).map_err(said)
}

/// The chain files below the current folder.
fn look_around(environment: &Environment) -> Result<Vec<Seen>, Failure> {
    let options = input::Options {
        no_ignore: false,
        force_exclude: false,
        excluded: &|_| false,
        is_wanted: input::may_hold_a_chain,
        current: &environment.current,
    };
    let found = input::discover(&[".".into()], &options)
        .map_err(|error| Failure::Said(error.to_string()))?;
    let (session, anchors) = (Session::default(), Anchors::embedded());
    Ok(found
        .files
        .iter()
        .filter_map(|candidate| look_at(candidate, &session, &anchors))
        .collect())
}

fn look_at(candidate: &Candidate, session: &Session, anchors: &Anchors) -> Option<Seen> {
    let Content::Chain { document, .. } = input::read(candidate, &input::Limits::default()).content
    else {
        return None;
    };
    let chain = chain::build(document, session, anchors);
    let leaf = chain.leaf()?;
    let subject = &leaf.certificate.subject.value;
    Some(Seen {
        path: candidate.display.clone(),
        qwac: chain.class == Class::Qwac,
        organization: subject.organization().map(str::to_owned),
    })
}
