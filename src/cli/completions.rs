//! `chainlint completions`: what a shell needs to complete the command line.

use clap::{Arg, ArgAction, Args, Command, CommandFactory};
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
    let mut command = super::Arguments::command().mut_subcommand("check", without_values);
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "chainlint", &mut script);
    environment.output(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Clean)
}

/// The scripts complete a value behind a space too, where `check --fix all` names a file: options that take it behind
/// `=` alone are completed as if they took none.
fn without_values(command: Command) -> Command {
    command.mut_args(|argument| {
        let name = argument.get_id().clone();
        if !argument.is_require_equals_set() || argument.get_long() != Some(name.as_str()) {
            return argument;
        }
        let plain = Arg::new(name.clone()).long(name).action(ArgAction::SetTrue);
        match argument.get_help() {
            Some(help) => plain.help(help.clone()),
            None => plain,
        }
    })
}
