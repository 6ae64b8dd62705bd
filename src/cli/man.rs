//! `chainlint man`: manual pages.

use std::path::PathBuf;

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;

use super::environment::Environment;
use super::replace::put;
use super::{Failure, Outcome};
use crate::input::name::shown;

/// Write the manual page to standard output, or a page for each command into a folder.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The folder for all pages; it has to be there.
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

pub(super) fn run(
    arguments: &Arguments,
    environment: &mut Environment,
) -> Result<Outcome, Failure> {
    let mut command = super::Arguments::command();
    // Gives each command its full name and the options that all of them share.
    command.build();
    let Some(folder) = &arguments.folder else {
        let page = page(&command)?;
        environment.output(&String::from_utf8_lossy(&page))?;
        return Ok(Outcome::Clean);
    };
    let mut pages = Vec::new();
    all_pages(&command, "chainlint", &mut pages)?;
    for (name, page) in pages {
        let path = environment.current.join(folder).join(format!("{name}.1"));
        let said = |error| Failure::Said(format!("{}: {error}", shown(&path)));
        put(&path, &page).map_err(said)?;
    }
    Ok(Outcome::Clean)
}

/// The pages of a command and of all below it: name, text.
fn all_pages(
    command: &Command,
    name: &str,
    pages: &mut Vec<(String, Vec<u8>)>,
) -> Result<(), Failure> {
    pages.push((name.to_owned(), page(command)?));
    for below in command.get_subcommands() {
        if below.get_name() != "help" {
            all_pages(below, &format!("{name}-{}", below.get_name()), pages)?;
        }
    }
    Ok(())
}

fn page(command: &Command) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    Man::new(command.clone()).render(&mut text)?;
    Ok(text)
}
