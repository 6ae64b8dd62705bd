//! `chainlint waivers list`.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use time::{OffsetDateTime, UtcOffset};

use super::super::check::instant;
use super::super::environment::Environment;
use super::super::inspect::Format;
use super::super::{Failure, Outcome};
use super::{config, known};
use crate::policy::Waiver;
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
    let mut rows: Vec<Row<'_>> = waivers
        .list()
        .iter()
        .map(|waiver| row(waiver, now))
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
            let expired = rows.iter().filter(|row| row.expired).count();
            let count = match rows.len() {
                0 => "no waiver".to_owned(),
                1 => "1 waiver".to_owned(),
                count => format!("{count} waivers"),
            };
            let them = if expired == 1 { "it" } else { "them" };
            environment.note(&match expired {
                0 => count,
                _ => {
                    format!("{count}, {expired} expired: `chainlint waivers prune` removes {them}")
                }
            });
        }
    }
    Ok(Outcome::Clean)
}

fn row(waiver: &Waiver, now: OffsetDateTime) -> Row<'_> {
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
        "{}  {}\n  {state}\n  for {}\n  {}{owner}\n  {}:{}\n",
        escape(row.id),
        escape(row.rule),
        about.join(", "),
        row.said,
        row.file,
        row.line,
    )
}
