//! `chainlint waivers`, and what `check` needs to know of waivers.

mod add;
mod edit;
mod list;
mod prune;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};

use super::environment::Environment;
use super::plan::relative;
use super::{Failure, Outcome, policies};
use crate::engine::Waiving;
use crate::input::{self, name::plain};
use crate::policy::{Config, Policy, Waivers};
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

/// The waivers of a config, for a run over these paths under the policy of an option, if one is given.
pub(super) fn waiving(
    config: &Config,
    paths: &[PathBuf],
    policy: Option<&str>,
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
    let waivers = policies::waivers(config, environment)?;
    let base = match waivers.list() {
        [] => None,
        _ => Some(Arc::new(policies::named(policies::BASE, &[], environment)?)),
    };
    Ok(Waiving {
        waivers,
        folders: folders.collect(),
        base,
        by_option: policy.is_some(),
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

/// The files of a config's folder that may hold a chain, from there.
pub(super) fn chain_files(
    config: &Config,
    environment: &Environment,
) -> Result<Vec<PathBuf>, Failure> {
    let relative = |path: &Path| from_config(path, config).map(PathBuf::from);
    let options = input::Options {
        no_ignore: false,
        force_exclude: false,
        excluded: &|path| relative(path).is_some_and(|path| config.excludes(&path)),
        is_wanted: input::may_hold_a_chain,
        current: &environment.current,
    };
    let found = input::discover(std::slice::from_ref(&config.folder), &options);
    let found = found.map_err(|error| Failure::Said(error.to_string()))?;
    Ok(found
        .files
        .iter()
        .filter_map(|file| relative(&file.path))
        .collect())
}

/// The waivers of a config, for a command that runs no check: of a rule that no policy has is told here too.
fn known(config: &Config, environment: &Environment) -> Result<Waivers, Failure> {
    let waivers = policies::waivers(config, environment)?;
    let unknown = policies::unknown_rules(&waivers, &[], config, environment);
    if unknown.is_empty() {
        Ok(waivers)
    } else {
        Err(unknown.into())
    }
}

/// The rules of the policies that may apply where no option names one: those of the config, and the one that applies
/// where none is named.
fn configured(config: Option<&Config>, environment: &Environment) -> BTreeSet<String> {
    let policies: Vec<Arc<Policy>> = match config {
        Some(config) => policies::named_by(config, environment)
            .0
            .policies()
            .cloned()
            .collect(),
        None => policies::named(policies::DEFAULT, &[], environment)
            .ok()
            .map(Arc::new)
            .into_iter()
            .collect(),
    };
    let rules = policies.iter().flat_map(|policy| &policy.rules);
    rules.map(|rule| rule.id.to_string()).collect()
}

/// The config that an option names, or the nearest one; there has to be one.
fn config(named: Option<&Path>, environment: &Environment) -> Result<Config, Failure> {
    policies::config(named, false, environment)?.ok_or_else(|| {
        let message = "there is no config: `chainlint init` writes a first one";
        Failure::Said(message.to_owned())
    })
}

/// The files that may hold waivers, each with how it is shown: the config, and its waiver files.
fn files(config: &Config) -> Vec<(String, PathBuf)> {
    let others = config.waiver_files.iter().map(|reference| {
        let path = reference.folder.join(&reference.text);
        (escape(&config.shown(reference)), path)
    });
    let own = (config.source.name().to_string(), config.path.clone());
    std::iter::once(own).chain(others).collect()
}

/// Why a file was not written.
fn cannot(path: &Path, why: &str, environment: &Environment) -> Failure {
    let shown = edit::shown(path, environment);
    Failure::Said(format!("{shown}: {why}"))
}
