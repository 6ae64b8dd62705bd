//! In which forms a run is told, and where: one form on standard output, any number of files beside.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::Failure;
use super::environment::Environment;
use super::replace::beside;
use crate::engine::{PlannedFile, PlannedInput};
use crate::finding::{Report, Severity};
use crate::report::{Style, concise, full, github, gitlab, html, json, jsonl, junit, sarif};
use crate::source::escape;

/// The form of the findings.
#[derive(Debug, Args)]
pub(super) struct OutputArguments {
    /// The form of the findings on standard output.
    #[arg(long, value_enum, default_value_t = Format::Full)]
    format: Format,
    /// Write the findings to a file as well, in a form of its own. May be given more than once.
    #[arg(short, long, value_name = "FORMAT=FILE", value_parser = target, conflicts_with = "diff")]
    output: Vec<Target>,
}

/// The form of the findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Each finding drawn in its place.
    Full,
    /// One line a finding: path:line:column: severity[rule] message.
    Concise,
    /// One JSON document.
    Json,
    /// A JSON object a line: findings, files, then the summary.
    Jsonl,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands of GitHub Actions, which become annotations.
    Github,
    /// A Code Quality report of GitLab.
    Gitlab,
    /// JUnit XML: a test case a file.
    Junit,
    /// A page that needs nothing beside itself.
    Html,
}

/// A file to write, and its form.
#[derive(Debug, Clone)]
struct Target {
    format: Format,
    path: PathBuf,
}

fn target(text: &str) -> Result<Target, String> {
    let (format, path) = text
        .split_once('=')
        .ok_or("write the form and the file, like sarif=chainlint.sarif")?;
    let format = Format::from_str(format, false).map_err(|_| {
        let names = Format::value_variants().iter().filter_map(|format| {
            let name = format.to_possible_value()?;
            Some(name.get_name().to_owned())
        });
        let names: Vec<String> = names.collect();
        format!(
            "there is no form `{}`; there are {}",
            escape(format),
            names.join(", ")
        )
    })?;
    match path {
        "" => Err("there is no file behind the `=`".to_owned()),
        "-" => Err("standard output has --format".to_owned()),
        _ => Ok(Target {
            format,
            path: path.into(),
        }),
    }
}

/// Where a run is told, looked at before it begins: nobody wants to learn after a long run that there
/// is no folder for its report.
#[derive(Debug)]
pub(super) struct Outputs {
    printed: Format,
    files: Vec<Target>,
}

impl Outputs {
    /// Takes the options; a file that cannot be written for a reason that can be known beforehand is
    /// a failure.
    pub(super) fn prepare(
        arguments: &OutputArguments,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        let mut files: Vec<Target> = Vec::new();
        for target in &arguments.output {
            let path = destination(&environment.current.join(&target.path))
                .map_err(|why| refusal(&target.path, &why))?;
            if files.iter().any(|other| other.path == path) {
                return Err(refusal(&target.path, "it is named twice"));
            }
            files.push(Target {
                format: target.format,
                path,
            });
        }
        Ok(Self {
            printed: arguments.format,
            files,
        })
    }

    /// Whether standard output is for somebody who reads it.
    pub(super) fn are_for_people(&self) -> bool {
        match self.printed {
            Format::Full | Format::Concise => true,
            Format::Json
            | Format::Jsonl
            | Format::Sarif
            | Format::Github
            | Format::Gitlab
            | Format::Junit
            | Format::Html => false,
        }
    }

    /// Refuses to print differences where a document is asked for.
    pub(super) fn refuse_diff(&self) -> Result<(), Failure> {
        if self.are_for_people() {
            return Ok(());
        }
        let name = self.printed.to_possible_value();
        let name = name
            .map(|name| name.get_name().to_owned())
            .unwrap_or_default();
        let why = format!("--diff prints differences, which are no `{name}`: leave --format out");
        Err(Failure::Said(why))
    }

    /// Refuses to put a report in the place of a file that is to be checked.
    pub(super) fn spare(&self, files: &[PlannedFile]) -> Result<(), Failure> {
        if self.files.is_empty() {
            return Ok(());
        }
        for file in files {
            let PlannedInput::File(candidate) = &file.input else {
                continue;
            };
            let path = fs::canonicalize(&candidate.path).unwrap_or_default();
            if self.files.iter().any(|target| target.path == path) {
                return Err(refusal(&candidate.path, "it is one of the files to check"));
            }
        }
        Ok(())
    }

    /// Tells the run everywhere. Nothing is written before all is rendered, and no file is replaced
    /// before all are written beside their places.
    pub(super) fn deliver(
        &self,
        report: &Report,
        threshold: Severity,
        verbose: bool,
        environment: &mut Environment,
    ) -> Result<(), Failure> {
        let style = environment.style_for_output(verbose);
        let printed = render(self.printed, report, threshold, style)?;
        let style = Environment::style_for_files(verbose);
        let mut written = Vec::with_capacity(self.files.len());
        for target in &self.files {
            let text = render(target.format, report, threshold, style)?;
            written.push((target, text));
        }
        let mut complete = Vec::with_capacity(written.len());
        for (target, text) in written {
            let file = beside(&target.path, &text)
                .map_err(|error| refusal(&target.path, &error.to_string()))?;
            complete.push((target, file));
        }
        for (target, file) in complete {
            file.persist(&target.path)
                .map_err(|error| refusal(&target.path, &error.error.to_string()))?;
        }
        environment.output(&printed)?;
        Ok(())
    }
}

fn refusal(path: &Path, why: &str) -> Failure {
    let path = escape(&path.display().to_string());
    Failure::Said(format!("cannot write {path}: {}", escape(why)))
}

/// Where a file really goes: links are followed, so that what they point to is replaced and not they
/// themselves.
fn destination(path: &Path) -> Result<PathBuf, String> {
    let folder = path
        .parent()
        .filter(|folder| folder.is_dir())
        .ok_or("its folder does not exist")?;
    match fs::metadata(path) {
        Ok(there) if there.is_file() => fs::canonicalize(path).map_err(|error| error.to_string()),
        // To put a file in the place of a device, a pipe or a folder would be no kindness.
        Ok(_) => Err("it is there and is not a file".to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder = fs::canonicalize(folder).map_err(|error| error.to_string())?;
            let name = path.file_name().ok_or("it has no name")?;
            Ok(folder.join(name))
        }
        Err(error) => Err(error.to_string()),
    }
}

fn render(
    format: Format,
    report: &Report,
    threshold: Severity,
    style: Style,
) -> Result<String, Failure> {
    let failed = |error: Box<dyn std::error::Error>| Failure::Said(error.to_string());
    Ok(match format {
        Format::Full => full::write(report, style),
        Format::Concise => concise::write(report),
        Format::Json => json::write(report).map_err(failed)?,
        Format::Jsonl => jsonl::write(report).map_err(failed)?,
        Format::Sarif => sarif::write(report).map_err(failed)?,
        Format::Github => github::write(report),
        Format::Gitlab => gitlab::write(report).map_err(|error| failed(error.into()))?,
        Format::Junit => junit::write(report, threshold).map_err(|error| failed(error.into()))?,
        Format::Html => html::write(report).map_err(|error| failed(error.into()))?,
    })
}
