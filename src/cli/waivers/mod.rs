//! `chainlint waivers`, and what `check` needs to know of waivers.

mod add;
mod list;
mod prune;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};

use super::environment::Environment;
use super::plan::relative;
use super::replace::{beside, replace};
use super::{Failure, Outcome, policies};
use crate::engine::Waiving;
use crate::input::name::plain;
use crate::policy::{Config, Policy, Reference, Waivers, unknown_rules};
use crate::source::escape;

/// Findings that somebody has answered for, each for one rule and up to one day.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::Arguments),
    Add(add::Arguments),
    Prune(prune::Arguments),
}

pub(super) fn run(
    arguments: &Arguments,
    environment: &mut Environment,
) -> Result<Outcome, Failure> {
    match &arguments.command {
        Command::List(arguments) => list::run(arguments, environment),
        Command::Add(arguments) => add::run(arguments, environment),
        Command::Prune(arguments) => prune::run(arguments, environment),
    }
}

/// The waivers of a config, for a run over these paths: none where it searched no folder.
pub(super) fn waiving(
    config: &Config,
    paths: &[PathBuf],
    environment: &Environment,
) -> Result<Waiving, Failure> {
    let folders = paths
        .iter()
        .map(|path| environment.current.join(path))
        .filter(|path| path.is_dir())
        .filter_map(|path| {
            // A run over a folder around the config's searches that one whole.
            if config.folder.starts_with(plain(&path)) {
                return Some(String::new());
            }
            from_config(&path, config)
        });
    let waivers = config.waivers(&policies::read)?;
    let base = match waivers.list() {
        [] => None,
        _ => Some(Arc::new(policies::named(policies::BASE, &[], environment)?)),
    };
    Ok(Waiving {
        waivers,
        folders: folders.collect(),
        base,
    })
}

/// A path from the config's folder, with `/`; `None` outside of it.
pub(super) fn from_config(path: &Path, config: &Config) -> Option<String> {
    let inside = relative(path, &config.folder);
    let parts: Vec<String> = inside
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    (!inside.is_absolute()).then(|| parts.join("/"))
}

/// Refuses waivers of rules that no policy has which the config could mean.
pub(super) fn refuse_unknown_rules(
    waivers: &Waivers,
    loaded: &[&Policy],
    config: &Config,
) -> Result<(), Failure> {
    let named = config
        .mappings
        .iter()
        .filter_map(|mapping| mapping.policy.as_ref());
    if unknown_rules(waivers, loaded.iter().copied()).is_empty() {
        return Ok(());
    }
    // The policies of files that this run does not look at, and the one that applies where none is named.
    let default = Reference::from_flag("--policy", policies::DEFAULT, &config.folder);
    let others: Vec<Policy> = named
        .chain([&default])
        .filter_map(|named| policies::library().load(named, &[]).ok())
        .collect();
    let problems = unknown_rules(waivers, loaded.iter().copied().chain(&others));
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.into())
    }
}

/// The config that an option names, or the nearest one; there has to be one.
fn config(named: Option<&Path>, environment: &Environment) -> Result<Config, Failure> {
    policies::config(named, false, environment)?.ok_or_else(|| {
        let message = "there is no config: `chainlint init` writes a first one";
        Failure::Said(message.to_owned())
    })
}

/// The files that may hold waivers: the config, and its waiver files.
fn files(config: &Config, path: &Path) -> Vec<PathBuf> {
    let others = config.waiver_files.iter();
    let others = others.map(|reference| reference.folder.join(&reference.text));
    std::iter::once(path.to_owned()).chain(others).collect()
}

/// A file's text; empty where the file is not there.
fn text_of(path: &Path) -> Result<String, Failure> {
    match policies::read(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(cannot(path, &error.to_string())),
    }
}

/// Writes a file whole or not at all.
fn write(path: &Path, before: &str, after: &str, environment: &Environment) -> Result<(), Failure> {
    let written = if path.exists() {
        replace(
            path,
            before.as_bytes(),
            after.as_bytes(),
            &environment.current,
        )
    } else {
        beside(path, after)
            .and_then(|file| file.persist_noclobber(path).map_err(|error| error.error))
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    written.map_err(|why| cannot(path, &why))
}

fn cannot(path: &Path, why: &str) -> Failure {
    let shown = escape(&path.display().to_string());
    Failure::Said(format!("{shown}: {why}"))
}
