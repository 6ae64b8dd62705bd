//! `chainlint policy`: working on policy files.

mod check;

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use time::OffsetDateTime;

use super::check::instant;
use super::difference::unified;
use super::environment::Environment;
use super::inspect::Format;
use super::replace::put;
use super::{Failure, Outcome, policies};
use crate::input::name::{from_here, plain};
use crate::input::regular;
use crate::policy::{Difference, Override, Policy};
use crate::source::escape;
use crate::{facts, policy, policy_test, report, trust};

/// Validate, show and describe policy files.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say everything that is wrong with policy files, with a config and the policies that it names, and with files of
    /// tests.
    Check {
        /// Policy files, names of built-in policies, a chainlint.yaml, or files of tests.
        #[arg(required = true)]
        files: Vec<String>,
        /// What is suspicious is an error too.
        #[arg(long)]
        strict: bool,
        /// Judge what public CAs may issue at this instant (RFC 3339) instead of now.
        #[arg(long, value_name = "INSTANT", value_parser = instant)]
        at: Option<OffsetDateTime>,
        /// Set a variable of the policies; lists by commas. May be given more than once.
        #[arg(long = "var", value_name = "NAME=VALUE")]
        vars: Vec<String>,
    },
    /// Print a policy with all that it extends.
    Show {
        /// A built-in's name, or a path to a YAML file.
        policy: String,
        /// Say which file and line each value came from.
        #[arg(long)]
        origin: bool,
        /// Set a variable of the policy; lists by commas. May be given more than once.
        #[arg(long = "var", value_name = "NAME=VALUE")]
        vars: Vec<String>,
    },
    /// Say what one policy accepts that another does not, rule by rule; the exit status is 1 where they differ.
    Diff {
        /// A built-in's name, or a path to a YAML file.
        first: String,
        /// The other one.
        second: String,
        /// The form of the output.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        /// Set a variable of the policies; lists by commas. May be given more than once.
        #[arg(long = "var", value_name = "NAME=VALUE")]
        vars: Vec<String>,
    },
    /// Write the Markdown page of a policy: its variables, its rules, their clauses and examples.
    Docs {
        /// A built-in's name, or a path to a YAML file.
        policy: String,
        /// The file to write; standard output without it.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Write nothing; show the difference, and end with 1, where the file is not what would be written.
        #[arg(long, requires = "output")]
        check: bool,
        /// Set a variable of the policy; lists by commas. May be given more than once.
        #[arg(long = "var", value_name = "NAME=VALUE")]
        vars: Vec<String>,
    },
    /// Print the JSON Schema of a kind of file.
    Schema {
        /// Which one.
        #[arg(value_enum, default_value_t = Kind::Policy)]
        kind: Kind,
    },
}

/// The longest page, in bytes, that a fresh one is held against.
const MAX_PAGE: u64 = 16 << 20;

/// A kind of file with a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Policy files.
    Policy,
    /// chainlint.yaml.
    Config,
    /// What `check --format json` writes.
    Report,
    /// A line of what `check --format jsonl` writes.
    ReportLine,
    /// What `inspect --format json` writes.
    Facts,
    /// What `trust import` writes.
    TrustedLists,
    /// Files of waivers.
    Waivers,
    /// Tests of policies.
    Test,
    /// What `test --format json` writes.
    TestReport,
}

pub(super) fn run(
    arguments: &Arguments,
    environment: &mut Environment,
) -> Result<Outcome, Failure> {
    match &arguments.command {
        Command::Check {
            files,
            strict,
            at,
            vars,
        } => {
            let now = at.unwrap_or(environment.now);
            check::run(files, *strict, now, &policies::flags(vars)?, environment)
        }
        Command::Show {
            policy: name,
            origin,
            vars,
        } => {
            let policy = one(name, vars, environment)?;
            environment.output(&policy::show(&policy, *origin, &policies::shown))?;
            Ok(Outcome::Clean)
        }
        Command::Diff {
            first,
            second,
            format,
            vars,
        } => diff(first, second, *format, &policies::flags(vars)?, environment),
        Command::Docs {
            policy,
            output,
            check,
            vars,
        } => {
            let loaded = one(policy, vars, environment)?;
            docs(policy, &loaded, output.as_deref(), *check, environment)
        }
        Command::Schema { kind } => {
            let schema = match kind {
                Kind::Policy => policy::policy_schema(),
                Kind::Config => policy::config_schema(),
                Kind::Report => report::json::schema(),
                Kind::ReportLine => report::jsonl::schema(),
                Kind::Facts => facts::schema(),
                Kind::TrustedLists => trust::lists::schema(),
                Kind::Waivers => policy::waivers_schema(),
                Kind::Test => policy_test::schema(),
                Kind::TestReport => report::policy_tests::schema(),
            };
            environment.output(&format!("{schema:#}\n"))?;
            Ok(Outcome::Clean)
        }
    }
}

/// Compares two policies.
fn diff(
    first: &str,
    second: &str,
    format: Format,
    vars: &[Override],
    environment: &mut Environment,
) -> Result<Outcome, Failure> {
    let one = policies::argument(first, vars, environment)?;
    let other = policies::argument(second, vars, environment)?;
    policies::refuse_undeclared(vars, &[&one, &other])?;
    // Two states of one policy bear one name; what tells them apart is how the user named them.
    let names = if one.name == other.name {
        policy::Names { first, second }
    } else {
        policy::Names {
            first: &one.name,
            second: &other.name,
        }
    };
    let differences = policy::diff(&one, &other, names);
    let text = match format {
        Format::Json => {
            let mut text = serde_json::to_string_pretty(&differences)
                .map_err(|error| Failure::Said(error.to_string()))?;
            text.push('\n');
            text
        }
        Format::Text => differences.iter().map(line).collect(),
    };
    environment.output(&text)?;
    Ok(if differences.is_empty() {
        Outcome::Clean
    } else {
        Outcome::Findings
    })
}

fn line(difference: &Difference) -> String {
    let Difference {
        of,
        what,
        first,
        second,
        consequence,
    } = difference;
    let side = |text: &str| {
        if text.is_empty() {
            "nothing".to_owned()
        } else {
            escape(text)
        }
    };
    let consequence = if consequence.is_empty() {
        String::new()
    } else {
        format!(": {consequence}")
    };
    format!(
        "{of}  {what}  {} → {}{consequence}\n",
        side(first),
        side(second)
    )
}

/// Names files by their paths from the policy's own one, wherever the command is run; built-in policies by their
/// names.
fn beside(policy: &Policy, environment: &Environment) -> impl Fn(&str) -> String {
    let current = environment.current.clone();
    let whole = move |shown: &str| plain(&current.join(shown));
    let own = policy.sources.last().map(|own| whole(own.name()));
    move |shown| {
        let is_built_in = policy::BUILTINS.iter().any(|(name, _)| *name == shown);
        let folder = own.as_deref().and_then(Path::parent);
        match folder.filter(|_| !is_built_in) {
            Some(folder) => from_here(&whole(shown), folder).display().to_string(),
            None => shown.to_owned(),
        }
    }
}

/// The policy that an argument names, under the variables that options set: all of them are its own.
fn one(name: &str, vars: &[String], environment: &Environment) -> Result<Policy, Failure> {
    let vars = policies::flags(vars)?;
    let policy = policies::argument(name, &vars, environment)?;
    policies::refuse_undeclared(&vars, &[&policy])?;
    Ok(policy)
}

/// Writes a policy's page, or says whether the one that is there is stale.
fn docs(
    name: &str,
    policy: &Policy,
    output: Option<&Path>,
    check: bool,
    environment: &mut Environment,
) -> Result<Outcome, Failure> {
    let page = policy::page(policy, &beside(policy, environment));
    let Some(output) = output else {
        environment.output(&page)?;
        return Ok(Outcome::Clean);
    };
    let path = environment.current.join(output);
    let shown = escape(&output.display().to_string());
    let said = |error: io::Error| Failure::Said(format!("{shown}: {error}"));
    if check {
        let there = match regular::bytes(&path, MAX_PAGE) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            read => read.map_err(said)?,
        };
        if there == page.as_bytes() {
            return Ok(Outcome::Clean);
        }
        let there = String::from_utf8_lossy(&there);
        environment.output(&unified(&shown, &there, &page))?;
        let again = format!("chainlint policy docs {name} -o {shown}");
        environment.note(&format!(
            "{shown} is not the page of {name}: `{again}` writes it"
        ));
        return Ok(Outcome::Findings);
    }
    put(&path, page.as_bytes()).map_err(said)?;
    Ok(Outcome::Clean)
}
