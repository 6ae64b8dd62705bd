//! Everything a run takes from outside of its arguments, read once, and the two streams it writes to.

use std::io::{self, IsTerminal, Read, Write};
use std::path::PathBuf;

use time::OffsetDateTime;

use super::policies;
use crate::policy::Library;
use crate::report::Style;
use crate::repository::Repository;
use crate::source::escape;

/// Width of diagnostics where there is no terminal to ask, in characters.
const DEFAULT_WIDTH: usize = 100;

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ColorChoice {
    /// Where the stream is a terminal.
    Auto,
    Always,
    Never,
}

/// The world as a run sees it.
#[derive(Debug)]
pub(super) struct Environment {
    /// The clock, read once.
    pub(super) now: OffsetDateTime,
    /// The current folder.
    pub(super) current: PathBuf,
    /// The repository: the nearest folder with `.git` from the current one upwards, or that itself.
    pub(super) repository: Repository,
    /// Where policies come from; what one command loads twice is read once.
    pub(super) library: Library<'static>,
    /// Standard error is a terminal that somebody looks at.
    pub(super) watched: bool,
    color_out: bool,
    color_notes: bool,
    width: usize,
}

/// An instant as certificates and reports know it: nobody needs the rest.
fn whole_seconds(now: OffsetDateTime) -> OffsetDateTime {
    now.replace_nanosecond(0).unwrap_or(now)
}

impl Environment {
    pub(super) fn read(choice: ColorChoice) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let color = |is_terminal: bool| match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto if set("NO_COLOR") => false,
            // As the programs say that brought the variable up, 0 is none.
            ColorChoice::Auto if set("FORCE_COLOR") => {
                std::env::var_os("FORCE_COLOR").is_some_and(|value| value != "0")
            }
            ColorChoice::Auto => {
                is_terminal && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        };
        let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let current = std::env::current_dir().unwrap_or_default();
        let mut above = current.ancestors();
        let root = above.find(|folder| folder.join(".git").exists());
        Self {
            repository: Repository::new(root.unwrap_or(&current), &current),
            now: whole_seconds(OffsetDateTime::now_utc()),
            current,
            library: policies::library(),
            watched: io::stderr().is_terminal(),
            color_out: color(io::stdout().is_terminal()),
            color_notes: color(io::stderr().is_terminal()),
            // Narrower than this, boxes are of no use.
            width: width.unwrap_or(DEFAULT_WIDTH).max(40),
        }
    }

    /// How to draw on standard output.
    pub(super) fn style_for_output(&self, verbose: bool) -> Style {
        Style {
            color: self.color_out,
            width: self.width,
            verbose,
        }
    }

    /// How to draw in files: the same whoever writes them.
    pub(super) fn style_for_files(verbose: bool) -> Style {
        Style {
            color: false,
            width: DEFAULT_WIDTH,
            verbose,
        }
    }

    /// How to draw on standard error.
    pub(super) fn style_for_notes(&self) -> Style {
        Style {
            color: self.color_notes,
            width: self.width,
            verbose: false,
        }
    }

    /// Writes to standard output, all at once. A reader that has gone away is no error.
    #[expect(
        clippy::unused_self,
        reason = "only who holds the environment may write"
    )]
    pub(super) fn output(&mut self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written.map_err(|error| about("standard output", &error)),
        }
    }

    /// Writes lines to standard error; where that is closed, there is nobody to tell. What would steer a terminal is
    /// escaped.
    pub(super) fn note(&mut self, lines: &str) {
        let lines: Vec<String> = lines.lines().map(escape).collect();
        self.draw(&lines.join("\n"));
    }

    /// Writes to standard error what was drawn for a terminal, colours and all.
    #[expect(
        clippy::unused_self,
        reason = "only who holds the environment may write"
    )]
    pub(super) fn draw(&mut self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{}", text.trim_end());
    }

    /// All of standard input.
    #[expect(
        clippy::unused_self,
        reason = "only who holds the environment may read"
    )]
    pub(super) fn input(&self, limit: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        io::stdin()
            .lock()
            .take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| about("standard input", &error))?;
        Ok(bytes)
    }
}

/// An error with what it is about.
fn about(what: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{what}: {error}"))
}
