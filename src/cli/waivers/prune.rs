//! `chainlint waivers prune`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use time::OffsetDateTime;

use super::super::check::instant;
use super::super::environment::Environment;
use super::super::plan::{self, Wanted};
use super::super::progress::Silent;
use super::super::{Failure, Outcome};
use super::edit::{self, difference};
use super::{config, files, known, waiving};
use crate::engine::{self, Plan};
use crate::policy::waiver::{Subject, remove};
use crate::policy::{Config, Waiver};

/// Remove waivers that have expired, with the comments right above and inside of them; everything else in the files
/// stays as it is.
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
    let now = arguments.at.unwrap_or(environment.now);
    // What is wrong with the waivers is told before anything is changed.
    known(&config, environment)?;
    let unused = if arguments.unused {
        unused(&config, now, environment)?
    } else {
        BTreeSet::new()
    };
    let is_gone =
        |waiver: &Waiver| waiver.entry.is_expired(now) || unused.contains(&waiver.subject());
    let change = |text: &str| remove(text, &is_gone);
    // Nothing is written where one of the files cannot be.
    let mut edits = Vec::new();
    for (_, path) in files(&config) {
        let edited = edit::tried(&path, &change, environment)?;
        edits.push((path, edited));
    }
    edits.retain(|(_, edited)| edited.after.removed > 0);
    if arguments.diff {
        for (path, edited) in &edits {
            environment.output(&difference(path, edited, environment))?;
        }
        return Ok(if edits.is_empty() {
            Outcome::Clean
        } else {
            Outcome::Findings
        });
    }
    let mut count = 0;
    for (path, _) in &edits {
        let edited = edit::write(path, &change, environment)?;
        count += edited.after.removed;
    }
    environment.note(&match count {
        0 => "nothing to remove".to_owned(),
        1 => "1 waiver removed".to_owned(),
        count => format!("{count} waivers removed"),
    });
    Ok(Outcome::Clean)
}

/// The waivers that cover nothing in the config's folder.
fn unused(
    config: &Config,
    now: OffsetDateTime,
    environment: &Environment,
) -> Result<BTreeSet<Subject>, Failure> {
    let paths = [config.folder.clone()];
    let wanted = Wanted {
        paths: &paths,
        ..Wanted::default()
    };
    let waiving = waiving(config, &paths, None, environment)?;
    let files = plan::files(&wanted, environment, Some(config), None)?;
    let plan = Plan {
        waiving: Some(waiving.clone()),
        ..Plan::new(files, now)
    };
    let unused = engine::unused_waivers(&plan, &Silent).into_iter();
    let waivers = unused.filter_map(|at| waiving.waivers.list().get(at));
    Ok(waivers.map(Waiver::subject).collect())
}
