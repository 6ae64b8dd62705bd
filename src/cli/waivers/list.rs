//! `chainlint waivers list`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use time::{OffsetDateTime, UtcOffset};

use super::super::check::instant;
use super::super::environment::Environment;
use super::super::inspect::Format;
use super::super::policies::{self, NamedBy};
use super::super::{Failure, Outcome};
use super::{chain_files, config, known};
use crate::check::waiver::Refusal;
use crate::policy::waiver::refused_by_all;
use crate::policy::{Config, Policy, Waiver};
use crate::source::escape;

/// Show all waivers, those that end first on top.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The config; without it the nearest one.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Judge at this instant (RFC 3339) instead of now.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    at: Option<OffsetDateTime>,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// A waiver as it is shown.
#[derive(Debug, Serialize)]
struct Row<'a> {
    id: &'a str,
    rule: &'a str,
    certificate: Option<&'a str>,
    path: Option<&'a str>,
    reason: &'a str,
    #[serde(skip)]
    said: String,
    owner: Option<&'a str>,
    /// The last day.
    expires: String,
    /// Days until it has expired; 0 on its last day, negative once it has.
    days_left: i64,
    expired: bool,
    /// Why no policy lets it cover anything.
    refused: Option<String>,
    /// Where it is written.
    file: &'a str,
    line: usize,
}

pub(super) fn run(
    arguments: &Arguments,
    environment: &mut Environment,
) -> Result<Outcome, Failure> {
    let config = config(arguments.config.as_deref(), environment)?;
    let waivers = known(&config, environment)?;
    let now = arguments.at.unwrap_or(environment.now);
    let governing = Governing::of(&config, environment)?;
    let mut rows: Vec<Row<'_>> = waivers
        .list()
        .iter()
        .map(|waiver| row(waiver, governing.refusal(waiver, now), now))
        .collect();
    rows.sort_by(|left, right| {
        let key = |row: &Row<'_>| (row.days_left, row.file.to_owned(), row.line);
        key(left).cmp(&key(right))
    });
    match arguments.format {
        Format::Json => {
            let mut text = serde_json::to_string_pretty(&rows)
                .map_err(|error| Failure::Said(error.to_string()))?;
            text.push('\n');
            environment.output(&text)?;
        }
        Format::Text => {
            let text: String = rows.iter().map(written).collect();
            environment.output(&text)?;
            environment.note(&summary(&rows));
        }
    }
    Ok(Outcome::Clean)
}

/// How many there are, and what takes out those that cover nothing.
fn summary(rows: &[Row<'_>]) -> String {
    let expired = rows.iter().filter(|row| row.expired).count();
    let refused = rows.iter().filter(|row| row.refused.is_some()).count();
    let count = match rows.len() {
        0 => "no waiver".to_owned(),
        1 => "1 waiver".to_owned(),
        count => format!("{count} waivers"),
    };
    let idle = [(expired, "expired"), (refused, "refused")].into_iter();
    let idle = idle.filter(|(count, _)| *count > 0);
    let idle = idle.map(|(count, what)| format!("{count} {what}"));
    let parts: Vec<String> = std::iter::once(count).chain(idle).collect();
    let text = parts.join(", ");
    let them = if expired.saturating_add(refused) == 1 {
        "it"
    } else {
        "them"
    };
    match (expired, refused) {
        (0, 0) => text,
        (_, 0) => format!("{text}: `chainlint waivers prune` removes {them}"),
        _ => format!("{text}: `chainlint waivers prune --unused` removes {them}"),
    }
}

/// The policies of a config, and which of them its chain files are under.
struct Governing<'a> {
    config: &'a Config,
    named: NamedBy,
    files: Vec<PathBuf>,
}

impl<'a> Governing<'a> {
    fn of(config: &'a Config, environment: &Environment) -> Result<Self, Failure> {
        Ok(Self {
            config,
            named: policies::named_by(config, environment).0,
            files: chain_files(config, environment)?,
        })
    }

    /// Why no policy of what a waiver is for lets it cover anything.
    fn refusal(&self, waiver: &Waiver, now: OffsetDateTime) -> Option<Refusal> {
        if waiver.entry.is_expired(now) {
            return None;
        }
        let is_meant = |file: &&PathBuf| {
            let file = file.to_string_lossy();
            waiver
                .path()
                .is_none_or(|path| path.covers(&file.replace('\\', "/")))
        };
        let files = self.files.iter().filter(is_meant);
        let mut policies: Vec<&Policy> = Vec::new();
        for policy in files.filter_map(|file| self.policy(file)) {
            if !policies.iter().any(|known| std::ptr::eq(*known, policy)) {
                policies.push(policy);
            }
        }
        refused_by_all(waiver, &policies, now).map(|(why, _)| why)
    }

    /// The policy that a file is under.
    fn policy(&self, file: &Path) -> Option<&Policy> {
        let matched = self.config.select(file).matched;
        let names_one = |at: &usize| {
            let mapping = self.config.mappings.get(*at);
            mapping.is_some_and(|mapping| mapping.policy.is_some())
        };
        let entry = matched.into_iter().rev().find(names_one);
        let mut policies = self.named.policies.iter();
        let named = policies.find(|named| named.entry == entry)?;
        Some(&named.policy)
    }
}

fn row(waiver: &Waiver, refused: Option<Refusal>, now: OffsetDateTime) -> Row<'_> {
    let entry = &waiver.entry;
    let today = now.to_offset(UtcOffset::UTC).date();
    Row {
        id: &waiver.id,
        rule: &entry.rule,
        certificate: entry.certificate.as_deref(),
        path: entry.path.as_deref(),
        reason: &entry.reason,
        said: entry.reason_on_a_line(),
        owner: entry.owner.as_deref(),
        expires: entry.last_day(),
        days_left: (entry.expires - today).whole_days(),
        expired: entry.is_expired(now),
        refused: refused.map(|why| why.to_string()),
        file: waiver.source.name(),
        line: waiver.source.position(waiver.whole.start).line,
    }
}

fn written(row: &Row<'_>) -> String {
    let state = match row.days_left {
        _ if row.expired => format!("expired on {}", row.expires),
        0 => format!("until {}, today", row.expires),
        1 => format!("until {}, 1 day left", row.expires),
        days => format!("until {}, {days} days left", row.expires),
    };
    let refused = row.refused.as_ref();
    let refused = refused.map_or_else(String::new, |why| format!("\n  refused: {why}"));
    let mut about = Vec::new();
    if let Some(path) = row.path {
        about.push(escape(path));
    }
    if let Some(certificate) = row.certificate {
        let digits: String = certificate.chars().take(16).collect();
        about.push(format!("certificate {digits}…"));
    }
    let owner = row
        .owner
        .map_or_else(String::new, |owner| format!(" ({})", escape(owner)));
    format!(
        "{}  {}\n  {state}{refused}\n  for {}\n  {}{owner}\n  {}:{}\n",
        escape(row.id),
        escape(row.rule),
        about.join(", "),
        row.said,
        row.file,
        row.line,
    )
}
