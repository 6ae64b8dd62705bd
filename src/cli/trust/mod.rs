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
use crate::pem;
use crate::policy::Location;
use crate::source::{Source, clean_same_length, escape};
use crate::trust::etsi::{self, Import};
use crate::trust::lists::TrustedLists;
use crate::yaml::{Problem, Problems};

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
    let said = imports
        .iter()
        .map(|one| text::describe(&one.list) + &text::counts(one));
    environment.output(&said.collect::<String>())?;

    // An empty list is news where it takes the place of one that was not.
    let replaces = |import: &Import| kept.of(&import.list.territory).is_some();
    if imports.iter().all(|one| one.list.services.is_empty()) && !imports.iter().any(replaces) {
        let message = "there is no granted CA/QC service for website authentication in these lists; \
                       nothing was written";
        return Err(Failure::Said(message.to_owned()));
    }
    let new = imports.iter().map(|one| &one.list);
    let merged = TrustedLists::new(kept.lists().iter().chain(new).cloned());
    file::write(&target, &shown, &merged)?;

    environment.output(&text::total(&merged, &shown))?;
    for one in &imports {
        for warning in text::warnings(one, kept.of(&one.list.territory), now) {
            environment.note(&warning);
        }
    }
    environment.note(text::NOT_VERIFIED);
    Ok(())
}

/// Every list, or what is wrong with each that cannot be taken.
fn read_all(files: &[PathBuf], environment: &Environment) -> Result<Vec<Import>, Failure> {
    let mut imports: Vec<Import> = Vec::new();
    let mut problems: Problems = Vec::new();
    let mut territories: BTreeMap<String, String> = BTreeMap::new();
    for path in files {
        let shown = escape(&path.display().to_string());
        match read(path, environment) {
            Ok(import) => {
                let territory = import.list.territory.clone();
                if let Some(first) = territories.insert(territory, shown.clone()) {
                    let territory = &import.list.territory;
                    let message = format!("`{first}` and `{shown}` are both lists of {territory}");
                    let problem = of_argument(path, message, "the second one");
                    problems.push(problem.help("give the newer one alone"));
                }
                imports.push(import);
            }
            Err(problem) => problems.push(*problem),
        }
    }
    if problems.is_empty() {
        Ok(imports)
    } else {
        Err(problems.into())
    }
}

/// One list, or why it cannot be taken.
fn read(path: &Path, environment: &Environment) -> Result<Import, Box<Problem>> {
    let shown = path.display().to_string();
    let bytes = bytes_of(path, environment).map_err(|error| {
        let message = format!("`{}` cannot be read: {error}", escape(&shown));
        Box::new(of_argument(path, message, "this file"))
    })?;
    let name = path.file_name().map(|name| name.display().to_string());
    etsi::read(&bytes, name.as_deref().unwrap_or(&shown)).map_err(|error| {
        // Of a file that is no trusted list nothing is shown: it may be anything.
        let is_list = memchr::memmem::find(&bytes, b"TrustServiceStatusList").is_some();
        let text = clean_same_length(if is_list { &bytes } else { &[] });
        let source = Arc::new(Source::new(&shown, &pem::conceal(&text)));
        let problem = Problem::new(&source, error.span, error.to_string(), "here");
        Box::new(problem.help(error.refusal.help()))
    })
}

fn bytes_of(path: &Path, environment: &Environment) -> io::Result<Vec<u8>> {
    let limit = u64::try_from(etsi::MAX_BYTES).unwrap_or(u64::MAX);
    if path.as_os_str() == "-" {
        return environment.input(limit);
    }
    file::read_up_to(limit, &environment.current.join(path))
}

/// A problem with a file as such, shown where it was named.
fn of_argument(path: &Path, message: String, label: &str) -> Problem {
    let named = Location::of_text("command line", &path.display().to_string());
    Problem::new(&named.source, named.span, message, label)
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
