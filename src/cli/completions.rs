//! `chainlint completions`: what a shell needs to complete the command line.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::environment::Environment;
use super::{Failure, Outcome};

/// Write completions for a shell to standard output.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The shell.
    shell: Shell,
}

pub(super) fn run(
    arguments: &Arguments,
    environment: &mut Environment,
) -> Result<Outcome, Failure> {
    let mut command = super::Arguments::command();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "chainlint", &mut script);
    environment.output(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Clean)
}
