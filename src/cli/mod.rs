//! The command line: one file a command. The only layer that reads the clock, the environment, the
//! terminal and standard input, and the only one that writes to standard output and error.

mod check;
mod completions;
mod difference;
mod environment;
mod explain;
mod fix;
mod init;
mod inputs;
mod inspect;
mod man;
mod output;
mod plan;
mod policies;
mod policy;
mod progress;
mod replace;
mod rules;
mod staged;
mod test;
mod trust;
mod usage;
mod waivers;

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use crate::report::problems;
use crate::yaml::Problem;
use environment::{ColorChoice, Environment};

/// How a run ended (the exit status is the same in every format).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Nothing at or above the threshold.
    Clean = 0,
    /// Findings at or above it.
    Findings = 1,
    /// There was nothing to check.
    Nothing = 3,
}

/// Why a run could not be done; exit status 2.
#[derive(Debug)]
enum Failure {
    /// What was asked for makes no sense, or something could not be read or written: a sentence.
    Said(String),
    /// A policy, a config or an option is wrong, at these places.
    Problems(Vec<Problem>),
}

impl From<Vec<Problem>> for Failure {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Problems(problems)
    }
}

impl From<Box<Problem>> for Failure {
    fn from(problem: Box<Problem>) -> Self {
        Self::Problems(vec![*problem])
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Said(error.to_string())
    }
}

/// Lints X.509 certificate chain files against policies written in YAML.
///
/// Checks PEM files that hold a chain, leaf first and root last, and shows each mistake where it
/// stands. Nothing is asked of the network.
#[derive(Debug, Parser)]
#[command(name = "chainlint", version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Colours: where the terminal has them, always, or never (`NO_COLOR` and `FORCE_COLOR` count).
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    color: ColorChoice,
}

const EXAMPLES: &str = "\
Examples:
  chainlint check certs/                           every chain file of a folder
  chainlint check chain.pem --var company=\"Acme\"   one file, with the company's name
  chainlint check --policy hygiene chain.pem       what any chain file should satisfy
  chainlint explain leaf-validity-range            what a rule wants, and why
  chainlint inspect chain.pem                      what is in a file
  chainlint test policies/                         what policies' tests say
  chainlint trust import LT.xml                    who may issue QWACs, from a trusted list

Exit status: 0 nothing found, 1 findings, 2 the run could not be done, 3 nothing to check.";

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Arguments),
    Explain(explain::Arguments),
    Rules(rules::Arguments),
    Inspect(inspect::Arguments),
    Policy(policy::Arguments),
    Test(test::Arguments),
    Waivers(waivers::Arguments),
    Init(init::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
    Trust(trust::Arguments),
}

/// Runs the program with these arguments, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    // What a parser says as it fails may quote the file, and a file may hold a private key.
    std::panic::set_hook(Box::new(|_| {}));
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let mut environment = Environment::read(color_of(&arguments));
    let parsed = match Arguments::try_parse_from(arguments) {
        Ok(parsed) => parsed,
        Err(error) => return usage::tell(error, &mut environment),
    };
    match caught(|| command(&parsed.command, &mut environment)) {
        Ok(Outcome::Clean) => return ExitCode::SUCCESS,
        Ok(Outcome::Findings) => return ExitCode::from(1),
        Ok(Outcome::Nothing) => return ExitCode::from(3),
        Err(Failure::Said(message)) => environment.note(&format!("error: {message}")),
        Err(Failure::Problems(found)) => {
            let style = environment.style_for_notes();
            environment.draw(&problems::write(&found, style));
        }
    }
    ExitCode::from(2)
}

fn command(command: &Command, environment: &mut Environment) -> Result<Outcome, Failure> {
    match command {
        Command::Check(arguments) => check::run(arguments, environment),
        Command::Explain(arguments) => explain::run(arguments, environment),
        Command::Rules(arguments) => rules::run(arguments, environment),
        Command::Inspect(arguments) => inspect::run(arguments, environment),
        Command::Policy(arguments) => policy::run(arguments, environment),
        Command::Test(arguments) => test::run(arguments, environment),
        Command::Waivers(arguments) => waivers::run(arguments, environment),
        Command::Init(arguments) => init::run(arguments, environment),
        Command::Completions(arguments) => completions::run(arguments, environment),
        Command::Man(arguments) => man::run(arguments, environment),
        Command::Trust(arguments) => trust::run(arguments, environment),
    }
}

/// A panic as a failure that quotes nothing.
fn caught<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let message = "chainlint failed, which is a bug in chainlint";
        Err(Failure::Said(message.to_owned()))
    })
}

/// What `--color` says, known before the arguments are: help and mistakes in them have colours too.
fn color_of(arguments: &[OsString]) -> ColorChoice {
    let mut words = arguments.iter().skip(1).map(|word| word.to_string_lossy());
    while let Some(word) = words.next() {
        let said = match word.strip_prefix("--color") {
            _ if word == "--" => break,
            Some("") => words.next().map(std::borrow::Cow::into_owned),
            Some(said) => said.strip_prefix('=').map(str::to_owned),
            None => None,
        };
        if let Some(said) = said {
            return ColorChoice::from_str(&said, false).unwrap_or(ColorChoice::Auto);
        }
    }
    ColorChoice::Auto
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_failure_that_quotes_nothing() {
        let failed = caught(|| -> Result<(), Failure> { panic!("a secret") });
        match failed.unwrap_err() {
            Failure::Said(message) => {
                assert_eq!(message, "chainlint failed, which is a bug in chainlint");
            }
            Failure::Problems(found) => panic!("{found:?}"),
        }
    }

    #[test]
    fn the_colour_is_known_before_the_arguments_are() {
        let color = |line: &str| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            color_of(&words)
        };
        assert_eq!(color("chainlint check --color never"), ColorChoice::Never);
        assert_eq!(
            color("chainlint --color=always --nonsense"),
            ColorChoice::Always
        );
        assert_eq!(
            color("chainlint check -- --color=always"),
            ColorChoice::Auto
        );
        assert_eq!(color("chainlint check --color"), ColorChoice::Auto);
        assert_eq!(color("chainlint check --colour never"), ColorChoice::Auto);
    }
}
