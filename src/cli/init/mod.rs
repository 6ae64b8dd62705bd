//! `chainlint init`: a first config, from what a folder holds.

mod draft;
mod hook;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use clap::Args;
use time::OffsetDateTime;

use super::environment::Environment;
use super::replace::beside;
use super::{Failure, Outcome};
use crate::chain::{self, Class, Session};
use crate::input::name::{from_here, shown};
use crate::input::{self, Candidate, Content};
use crate::policy::{self, CONFIG_NAMES, Config};
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
    /// Write also a .pre-commit-config.yaml at the repository's root, so that `pre-commit install` checks every commit.
    #[arg(long, conflicts_with = "print")]
    pre_commit: bool,
}

pub(super) fn run(
    arguments: &Arguments,
    environment: &mut Environment,
) -> Result<Outcome, Failure> {
    let [first, ..] = CONFIG_NAMES;
    let mut names = CONFIG_NAMES.iter();
    let there = names.find(|name| environment.current.join(name).exists());
    if let Some(there) = there.filter(|_| !arguments.print) {
        if arguments.pre_commit {
            environment.note(&format!("{there} is there already, and stays as it is"));
            return hook::write(there, environment);
        }
        let message = format!("{there} is there already; `--print` shows what would be written");
        return Err(Failure::Said(message));
    }
    let seen = look_around(environment)?;
    let text = draft::write(&seen);
    // What is written has to be read again: a name in the folder may hold anything.
    Config::parse(&text, first, &environment.current)?;
    if arguments.print {
        environment.output(&text)?;
        return Ok(Outcome::Clean);
    }
    create(&environment.current.join(first), &text, environment)?;
    let count = match seen.len() {
        0 => "no chain file was found, so its entries are examples".to_owned(),
        1 => "for 1 chain file".to_owned(),
        count => format!("for {count} chain files"),
    };
    environment.note(&format!("wrote {first}: {count}"));
    tell_of_another(environment);
    if arguments.pre_commit {
        return hook::write(first, environment);
    }
    environment.note("next: `chainlint check`");
    Ok(Outcome::Clean)
}

/// Says that there is a config in a folder above, whose place the new one takes here.
fn tell_of_another(environment: &mut Environment) {
    let above = environment.current.parent();
    // The search for a config ends at the repository's root.
    let above = above.filter(|_| !environment.current.join(".git").exists());
    let other = above.and_then(|folder| policy::discover(folder, &|path| path.exists()));
    if let Some(other) = other {
        let other = shown(&from_here(&other, &environment.current));
        environment.note(&format!(
            "{other} counts no longer in this folder and below: the nearest config does"
        ));
    }
}

/// Writes a file that is not there yet.
fn create(path: &Path, text: &str, environment: &Environment) -> Result<(), Failure> {
    let name = || shown(&from_here(path, &environment.current));
    let said = |error: io::Error| Failure::Said(format!("{}: {error}", name()));
    let file = beside(path, text).map_err(said)?;
    file.persist_noclobber(path)
        .map_err(|error| said(error.error))?;
    Ok(())
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
        .filter_map(|candidate| {
            // A file on which a parser fails is `check`'s to tell of.
            let look = || look_at(candidate, &session, &anchors, environment.now);
            catch_unwind(AssertUnwindSafe(look)).unwrap_or_default()
        })
        .collect())
}

fn look_at(
    candidate: &Candidate,
    session: &Session,
    anchors: &Anchors,
    now: OffsetDateTime,
) -> Option<Seen> {
    let Content::Chain { document, .. } = input::read(candidate, &input::Limits::default()).content
    else {
        return None;
    };
    let chain = chain::build(document, session, anchors, now);
    let leaf = chain.leaf()?;
    let subject = &leaf.certificate.subject.value;
    Some(Seen {
        path: candidate.display.clone(),
        qwac: chain.class == Class::Qwac,
        organization: subject.organization().map(str::to_owned),
    })
}
