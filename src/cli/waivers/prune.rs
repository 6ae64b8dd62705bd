//! `chainlint waivers prune`.

use std::path::{Path, PathBuf};

use clap::Args;
use time::OffsetDateTime;

use super::super::check::instant;
use super::super::environment::Environment;
use super::super::plan::{self, Wanted};
use super::super::progress::Silent;
use super::super::{Failure, Outcome, policies};
use super::{cannot, config, files, text_of, waiving, write};
use crate::engine::{self, Plan};
use crate::policy::waiver::remove;
use crate::policy::{Config, Waiver};
use crate::source::escape;

/// Remove waivers that have expired; everything else in the files stays as it is.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Remove also those that cover no finding now; checks the config's folder.
    #[arg(long)]
    unused: bool,
    /// Print what would be removed, and change nothing; the exit status is 1 if there is anything.
    #[arg(long)]
    diff: bool,
    /// The config; without it the nearest one.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Judge at this instant (RFC 3339) instead of now.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    at: Option<OffsetDateTime>,
}

pub(super) fn run(
    arguments: &Arguments,
    environment: &mut Environment,
) -> Result<Outcome, Failure> {
    let config = config(arguments.config.as_deref(), environment)?;
    let waivers = config.waivers(&policies::read)?;
    let now = arguments.at.unwrap_or(environment.now);
    let unused = if arguments.unused {
        unused(&config, now, environment)?
    } else {
        Vec::new()
    };
    let is_gone = |at: usize, waiver: &Waiver| waiver.entry.is_expired(now) || unused.contains(&at);
    let mut count = 0;
    let mut rewritten: Vec<(PathBuf, String, String)> = Vec::new();
    for path in files(&config, &config.path) {
        // Positions count within a file.
        let of_file = waivers.list().iter().enumerate();
        let of_file = of_file.filter(|(_, waiver)| is_in(waiver, &path, &config));
        let gone: Vec<usize> = of_file
            .enumerate()
            .filter(|(_, (at, waiver))| is_gone(*at, waiver))
            .map(|(position, _)| position)
            .collect();
        if gone.is_empty() {
            continue;
        }
        let text = text_of(&path)?;
        let changed = remove(&text, &gone).map_err(|why| cannot(&path, &why))?;
        count += changed.count;
        rewritten.push((path, text, changed.text));
    }
    if arguments.diff {
        for (path, before, after) in &rewritten {
            let name = path.strip_prefix(&environment.current).unwrap_or(path);
            let name = escape(&name.display().to_string());
            let diff = similar::TextDiff::from_lines(before, after);
            let diff = diff.unified_diff().header(&name, &name).to_string();
            environment.output(&diff)?;
        }
        return Ok(if count > 0 {
            Outcome::Findings
        } else {
            Outcome::Clean
        });
    }
    for (path, before, after) in &rewritten {
        write(path, before, after, environment)?;
    }
    environment.note(&match count {
        0 => "nothing to remove".to_owned(),
        1 => "1 waiver removed".to_owned(),
        count => format!("{count} waivers removed"),
    });
    Ok(Outcome::Clean)
}

/// Whether a waiver is written in this file.
fn is_in(waiver: &Waiver, path: &Path, config: &Config) -> bool {
    let of_config = waiver.source.name() == config.source.name();
    if *path == config.path {
        return of_config;
    }
    let mut others = config.waiver_files.iter();
    let named = others.find(|reference| reference.folder.join(&reference.text) == *path);
    !of_config && named.is_some_and(|reference| **waiver.source.name() == *config.shown(reference))
}

/// The positions of the waivers that cover nothing in the config's folder.
fn unused(
    config: &Config,
    now: OffsetDateTime,
    environment: &Environment,
) -> Result<Vec<usize>, Failure> {
    let paths = [config.folder.clone()];
    let wanted = Wanted {
        paths: &paths,
        ..Wanted::default()
    };
    let files = plan::files(&wanted, environment, Some(config), None)?;
    let plan = Plan {
        waiving: Some(waiving(config, &paths, environment)?),
        ..Plan::new(files, now)
    };
    Ok(engine::unused_waivers(&plan, &Silent))
}
