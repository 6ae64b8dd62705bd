//! In which forms a run is told, and where: one form on standard output, any number of files beside.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::Failure;
use super::environment::Environment;
use super::replace::beside;
use crate::finding::{Report, Severity};
use crate::input::name::shown;
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
    files: Vec<Place>,
}

/// A file to write, found.
#[derive(Debug)]
struct Place {
    target: Target,
    /// Where it really goes.
    path: PathBuf,
}

/// The most links that are followed from one path, as on Linux.
const MAX_LINKS: usize = 40;

/// Why a file is none to write over, whatever the run reads: no report looks like this.
fn precious(path: &Path) -> Option<&'static str> {
    if path.components().any(|part| part.as_os_str() == ".git") {
        return Some("it lies in git's own folder");
    }
    let mut head = Vec::new();
    let file = path
        .is_file()
        .then(|| fs::File::open(path).ok())
        .flatten()?;
    file.take(MAX_HEAD).read_to_end(&mut head).ok()?;
    let mut lines = head.split(|byte| *byte == b'\n');
    lines
        .any(|line| line.starts_with(b"-----BEGIN "))
        .then_some("there is PEM in it")
}

/// Bytes of a file that is there in which a BEGIN is looked for.
const MAX_HEAD: u64 = 1 << 16;

impl Outputs {
    /// Takes the options; a file that cannot be written for a reason that can be known beforehand is
    /// a failure.
    pub(super) fn prepare(
        arguments: &OutputArguments,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        let mut files: Vec<Place> = Vec::new();
        for target in &arguments.output {
            let path = destination(&environment.current.join(&target.path))
                .map_err(|why| refusal(&target.path, &why))?;
            if files.iter().any(|other| other.path == path) {
                return Err(refusal(&target.path, "it is named twice"));
            }
            let target = target.clone();
            files.push(Place { target, path });
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

    /// Refuses to put a report in the place of a file that is to be checked, that says how, or that is no report.
    pub(super) fn spare(&self, spared: &BTreeMap<PathBuf, &'static str>) -> Result<(), Failure> {
        if self.files.is_empty() {
            return Ok(());
        }
        for (path, what) in spared {
            let path = settled(path);
            if let Some(place) = self.files.iter().find(|place| place.path == path) {
                return Err(refusal(&place.target.path, &format!("it is {what}")));
            }
        }
        for place in &self.files {
            if let Some(why) = precious(&place.path) {
                return Err(refusal(&place.target.path, why));
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
        for place in &self.files {
            let text = render(place.target.format, report, threshold, style)?;
            written.push((place, text));
        }
        let failed =
            |place: &Place, error: io::Error| refusal(&place.target.path, &error.to_string());
        let mut complete = Vec::with_capacity(written.len());
        for (place, text) in written {
            let file = beside(&place.path, &text).map_err(|error| failed(place, error))?;
            complete.push((place, file));
        }
        for (place, file) in complete {
            file.persist(&place.path)
                .map_err(|error| failed(place, error.error))?;
        }
        environment.output(&printed)?;
        Ok(())
    }
}

fn refusal(path: &Path, why: &str) -> Failure {
    Failure::Said(format!("cannot write {}: {}", shown(path), escape(why)))
}

/// Where a file really goes: links are followed, also to where nothing is yet, so that what they point to is replaced
/// and not they themselves.
fn destination(path: &Path) -> Result<PathBuf, String> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
        let folder = folder.ok_or("its folder does not exist")?;
        let name = path.file_name().ok_or("it has no name")?;
        let here = folder.join(name);
        let there = match fs::symlink_metadata(&here) {
            Ok(there) => there,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(here),
            Err(error) => return Err(error.to_string()),
        };
        // What a stream is sent to is the caller's, and in use.
        if folder.starts_with("/proc") || folder == Path::new("/dev/fd") {
            return Err("it is a stream; standard output has --format".to_owned());
        }
        if there.is_symlink() {
            let target = fs::read_link(&here).map_err(|error| error.to_string())?;
            path = folder.join(target);
        } else if there.is_file() {
            return Ok(here);
        } else {
            // To put a file in the place of a device, a pipe or a folder would be no kindness.
            return Err("it is there and is not a file".to_owned());
        }
    }
    Err("its symbolic links lead nowhere".to_owned())
}

/// The one path of a file, also where it is none yet.
fn settled(path: &Path) -> PathBuf {
    let by_folder = || {
        let folder = path.parent()?.canonicalize().ok()?;
        Some(folder.join(path.file_name()?))
    };
    let real = path.canonicalize().ok().or_else(by_folder);
    real.unwrap_or_else(|| path.to_owned())
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
