//! `chainlint trust`: who may issue qualified website certificates, from EU trusted lists on disk.

mod file;
mod text;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use time::OffsetDateTime;

use super::environment::Environment;
use super::{Failure, Outcome, check};
use crate::source::{Source, escape};
use crate::span::Span;
use crate::trust::etsi::{self, Import};
use crate::trust::lists::TrustedLists;
use crate::yaml::{Problem, Problems};

/// Where the EU keeps its list of lists.
const LIST_OF_LISTS: &str = "https://ec.europa.eu/tools/lotl/eu-lotl.xml";

/// Take certificates from EU trusted lists, and show what was taken.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take the CA certificates of qualified website authentication from trusted lists.
    ///
    /// Reads lists of countries (ETSI TS 119 612, XML) from disk and writes the certificates of
    /// granted CA/QC services for website authentication into a file. A list of the same territory
    /// that the file already has is replaced, others are kept. The XML signature of the lists is not
    /// verified.
    Import {
        /// The XML files; `-` for standard input.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The file to write.
        #[arg(short, long, value_name = "FILE", default_value = DEFAULT)]
        output: PathBuf,
        /// Judge at this instant (RFC 3339), instead of now, whether a list has expired.
        #[arg(long, value_name = "INSTANT", value_parser = check::instant)]
        at: Option<OffsetDateTime>,
    },
    /// Show what a file of trusted lists holds.
    List {
        /// The file that `trust import` wrote.
        #[arg(default_value = DEFAULT)]
        file: PathBuf,
        /// Judge at this instant (RFC 3339), instead of now, whether a list has expired.
        #[arg(long, value_name = "INSTANT", value_parser = check::instant)]
        at: Option<OffsetDateTime>,
    },
}

/// The file where none is named.
const DEFAULT: &str = "trusted-lists.yaml";

pub(super) fn run(
    arguments: &Arguments,
    environment: &mut Environment,
) -> Result<Outcome, Failure> {
    match &arguments.command {
        Command::Import { files, output, at } => {
            let now = at.unwrap_or(environment.now);
            import(files, output, now, environment)?;
        }
        Command::List { file, at } => {
            let now = at.unwrap_or(environment.now);
            list(file, now, environment)?;
        }
    }
    Ok(Outcome::Clean)
}

/// Reads every list, and writes nothing unless all of them can be read.
fn import(
    files: &[PathBuf],
    output: &Path,
    now: OffsetDateTime,
    environment: &mut Environment,
) -> Result<(), Failure> {
    if output.as_os_str() == "-" {
        let message = "lists are kept in a file: name one with `--output`".to_owned();
        return Err(Failure::Said(message));
    }
    let imports = read_all(files, environment)?;
    let target = environment.current.join(output);
    let shown = escape(&output.display().to_string());
    let kept = file::existing(&target, &shown)?;

    let all = kept
        .lists()
        .iter()
        .chain(imports.iter().map(|one| &one.list));
    let merged = TrustedLists::new(all.cloned());
    let text = merged.to_string();
    // What is written can be read again, or is not written.
    if let Some(problem) = TrustedLists::parse(&text, &shown)
        .err()
        .and_then(|problems| problems.into_iter().next())
    {
        let message = format!("{shown} cannot hold all of these lists: {problem}");
        return Err(Failure::Said(message));
    }
    file::replace(&target, &text)
        .map_err(|error| Failure::Said(format!("{shown} cannot be written: {error}")))?;

    let mut said = String::new();
    for one in &imports {
        said.push_str(&text::describe(&one.list));
        said.push_str(&text::counts(one));
    }
    let total: usize = merged.lists().iter().map(|list| list.services.len()).sum();
    said.push_str(&format!(
        "{shown} has {}, {}\n",
        text::plural(merged.lists().len(), "list"),
        text::plural(total, "service")
    ));
    environment.output(&said)?;
    for one in &imports {
        let before = kept
            .lists()
            .iter()
            .find(|list| list.territory == one.list.territory);
        for warning in text::warnings(one, before, now) {
            environment.note(&warning);
        }
    }
    environment.note(&format!(
        "warning: the XML signature of the lists was not verified; fetch each list over https from \
         the address that {LIST_OF_LISTS} gives, and compare its sha256"
    ));
    Ok(())
}

/// Every list, or what is wrong with each that cannot be taken.
fn read_all(files: &[PathBuf], environment: &Environment) -> Result<Vec<Import>, Failure> {
    let mut imports: Vec<Import> = Vec::new();
    let mut problems: Problems = Vec::new();
    let mut territories: BTreeMap<String, String> = BTreeMap::new();
    for path in files {
        let shown = path.display().to_string();
        let refuse = |message: String| {
            let source = Arc::new(Source::new(&shown, ""));
            Problem::new(&source, Span::default(), message, "")
        };
        let bytes = match read(path, environment) {
            Ok(bytes) => bytes,
            Err(error) => {
                let message = format!("`{}` cannot be read: {error}", escape(&shown));
                problems.push(refuse(message));
                continue;
            }
        };
        let name = path
            .file_name()
            .map_or_else(|| shown.clone(), |name| name.display().to_string());
        match etsi::read(&bytes, &name) {
            Ok(import) => {
                let territory = import.list.territory.clone();
                if let Some(first) = territories.insert(territory, shown.clone()) {
                    let message = format!(
                        "`{}` and `{}` are both lists of {}",
                        escape(&first),
                        escape(&shown),
                        import.list.territory
                    );
                    problems.push(refuse(message).help("give the newer one alone"));
                }
                imports.push(import);
            }
            Err(error) => {
                let text = String::from_utf8_lossy(&bytes);
                let source = Arc::new(Source::new(&shown, &text));
                let problem = Problem::new(&source, error.span, error.to_string(), "here");
                problems.push(problem.help(error.refusal.help()));
            }
        }
    }
    if problems.is_empty() {
        Ok(imports)
    } else {
        Err(problems.into())
    }
}

fn read(path: &Path, environment: &Environment) -> io::Result<Vec<u8>> {
    let limit = u64::try_from(etsi::MAX_BYTES).unwrap_or(u64::MAX);
    if path.as_os_str() == "-" {
        return environment.input(limit);
    }
    file::read_up_to(limit, &environment.current.join(path))
}

fn list(file: &Path, now: OffsetDateTime, environment: &mut Environment) -> Result<(), Failure> {
    let shown = file.display().to_string();
    let bytes = file::read(&environment.current.join(file))
        .map_err(|error| Failure::Said(format!("{} cannot be read: {error}", escape(&shown))))?;
    let lists = TrustedLists::parse(&String::from_utf8_lossy(&bytes), &shown)?;
    let mut said = String::new();
    for list in lists.lists() {
        said.push_str(&text::describe(list));
        for service in &list.services {
            said.push_str(&format!(
                "  {}: {}, granted since {}\n",
                escape(&service.provider),
                escape(&service.name),
                text::instant(service.status_since)
            ));
        }
    }
    environment.output(&said)?;
    for list in lists.lists().iter().filter(|list| list.is_expired(now)) {
        environment.note(&text::expired(list));
    }
    Ok(())
}
