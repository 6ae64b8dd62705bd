//! `check --fix` and `--diff`: what a program can mend without a doubt.
//!
//! Each mended file is judged again before it is written. A mend that does not cure what it should, or breaks what was
//! whole, is not made; the others are.

mod attempt;
mod broken;
mod patient;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;

use super::environment::Environment;
use super::{Failure, check};
use crate::engine::{Plan, PlannedFile, PlannedInput, Waiving};
use crate::finding::Report;
use crate::source::escape;
use broken::Broken;
use patient::Patient;

/// How often a file is mended and judged again. Each round makes a mend or gives one up, of which there are a handful;
/// what was given up is tried again once another is made.
const ROUNDS: usize = 64;

/// How many files are tried for the sake of saying how much could be mended: as many as nobody has to wait for.
const TRIED: usize = 32;

/// What may be mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Scope {
    /// What the file itself says: order, repetitions, strangers, text, PEM.
    Safe,
    /// The same, and what is missing up to the root is appended from what is known.
    All,
}

/// What came of mending.
pub(super) struct Mended {
    /// How many files were (or, for a diff, would be) changed.
    pub(super) changed: usize,
    /// The differences, in unified form.
    pub(super) diff: String,
}

/// Mends the files of a report that can be mended; writes them unless `dry`.
///
/// A file that the run goes by, one of `read`, is left: what it holds is nobody's chain.
pub(super) fn run(
    plan: &Plan,
    read: &BTreeSet<PathBuf>,
    report: &Report,
    scope: Scope,
    dry: bool,
    arguments: &check::Arguments,
    environment: &mut Environment,
) -> Result<Mended, Failure> {
    if !dry && plan.files.iter().any(is_stream) {
        let why = "--fix cannot mend standard input: `--diff -` prints what it would change; or name the file";
        return Err(Failure::Said(why.to_owned()));
    }
    let is_read = |patient: &Patient| patient.is_at(|path| read.contains(path));
    let (goes_by, mut patients): (Vec<Patient>, Vec<Patient>) =
        admit(plan, report, scope).partition(is_read);
    for patient in goes_by.iter().filter(|_| !arguments.quiet) {
        let name = escape(patient.file.display());
        environment.note(&format!("left {name}: this run goes by what it holds"));
    }
    treat(plan, &mut patients, scope, arguments, environment)?;
    let mut mended = Mended {
        changed: 0,
        diff: String::new(),
    };
    for patient in &patients {
        let said = patient.deliver(dry, &mut mended, &environment.current);
        if let Some(line) = said.filter(|_| !arguments.quiet) {
            environment.note(&line);
        }
    }
    Ok(mended)
}

/// How many findings of a report `--fix` would mend, for somebody who did not ask for it.
pub(super) fn hint(
    plan: &Plan,
    read: &BTreeSet<PathBuf>,
    report: &Report,
    arguments: &check::Arguments,
    environment: &Environment,
) -> Result<Option<String>, Failure> {
    // It is not mended in its place.
    if plan.files.iter().any(is_stream) {
        return Ok(None);
    }
    let patients = admit(plan, report, Scope::Safe);
    let patients = patients.filter(|patient| !patient.is_at(|path| read.contains(path)));
    let mut patients: Vec<Patient> = patients.take(TRIED.saturating_add(1)).collect();
    if patients.len() > TRIED {
        let hint = "`--fix` may mend some of these; `--diff` shows how";
        return Ok(Some(hint.to_owned()));
    }
    treat(plan, &mut patients, Scope::Safe, arguments, environment)?;
    let changed = patients.iter().filter(|patient| patient.is_changed());
    let names: BTreeMap<String, &Patient> = changed
        .map(|patient| (escape(patient.file.display()), patient))
        .collect();
    let cured = report.findings.iter().filter(|finding| {
        let patient = names.get(&*finding.path);
        let is_cured = |patient: &&Patient| !patient.broken.rules.contains_key(&finding.rule);
        finding.waived.is_none() && patient.is_some_and(is_cured)
    });
    Ok(match cured.count() {
        0 => None,
        count => Some(format!(
            "`--fix` would mend {count} of these; `--diff` shows how"
        )),
    })
}

fn is_stream(file: &PlannedFile) -> bool {
    matches!(file.input, PlannedInput::Bytes { .. })
}

/// The files that have something to mend, as they are now, each once.
fn admit(plan: &Plan, report: &Report, scope: Scope) -> impl Iterator<Item = Patient> {
    let mut files = Broken::of(report);
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    plan.files.iter().filter_map(move |file| {
        let broken = files.remove(&*escape(file.display()))?;
        if broken.wanted(&file.policy, scope).is_empty() {
            return None;
        }
        let (path, bytes) = match &file.input {
            // That it cannot be read is a finding already.
            PlannedInput::File(candidate) => {
                let bytes = fs::read(&candidate.path).ok()?;
                (Some(candidate.path.clone()), bytes)
            }
            PlannedInput::Bytes { bytes, .. } => (None, bytes.clone()),
            PlannedInput::Unreadable { .. } => return None,
        };
        let is_new = path.as_ref().is_none_or(|path| {
            let real = path.canonicalize();
            seen.insert(real.unwrap_or_else(|_| path.clone()))
        });
        is_new.then(|| Patient::new(file.clone(), path, bytes, broken))
    })
}

/// Mends in rounds: each file is tried with what it needs, and judged again.
fn treat(
    plan: &Plan,
    patients: &mut [Patient],
    scope: Scope,
    arguments: &check::Arguments,
    environment: &Environment,
) -> Result<(), Failure> {
    for _ in 0..ROUNDS {
        for patient in &mut *patients {
            patient.attempt = patient.propose(scope, plan.now);
        }
        let Some(mut judged) = judge(plan, patients, arguments, environment)? else {
            break;
        };
        for patient in &mut *patients {
            let found = judged.remove(&*escape(patient.file.display()));
            patient.settle(found.unwrap_or_default());
        }
    }
    Ok(())
}

/// Judges the files as they would be; `None` where nothing is to be tried.
fn judge(
    plan: &Plan,
    patients: &[Patient],
    arguments: &check::Arguments,
    environment: &Environment,
) -> Result<Option<BTreeMap<Arc<str>, Broken>>, Failure> {
    let attempts = patients.iter().filter_map(|patient| {
        let attempt = patient.attempt.as_ref()?;
        Some(PlannedFile {
            input: PlannedInput::Bytes {
                display: patient.file.display().to_owned(),
                bytes: attempt.bytes.clone(),
                named: true,
            },
            ..patient.file.clone()
        })
    });
    let files: Vec<PlannedFile> = attempts.collect();
    if files.is_empty() {
        return Ok(None);
    }
    let again = Plan {
        strict: plan.strict,
        select: plan.select.clone(),
        ignore: plan.ignore.clone(),
        repository: plan.repository.clone(),
        limits: plan.limits,
        // A run over some files tells nothing about waivers.
        waiving: plan.waiving.as_ref().map(|waiving| Waiving {
            folders: Vec::new(),
            ..waiving.clone()
        }),
        ..Plan::new(files, plan.now)
    };
    let report = check::execute(&again, arguments, environment)?;
    Ok(Some(Broken::of(&report)))
}
