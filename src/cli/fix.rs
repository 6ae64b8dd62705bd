//! `check --fix` and `--diff`: what a program can mend without a doubt.
//!
//! Each mended file is judged again before it is written; a file whose mends do not cure what they should is
//! left as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;
use similar::TextDiff;

use super::environment::Environment;
use super::{Failure, check, replace};
use crate::chain::{self, Session};
use crate::check::kind;
use crate::engine::{Plan, PlannedFile, PlannedInput};
use crate::finding::{Finding, Report};
use crate::mend::{self, Mend};
use crate::pem;
use crate::policy::Policy;
use crate::source::escape;
use crate::trust::Anchors;

/// How often a file is mended and judged again: what a container holds shows only once it is unpacked.
const PASSES: usize = 3;

/// What may be mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Scope {
    /// What the file itself says: order, repetitions, strangers, text, PEM.
    Safe,
    /// The same, and a root that is missing is appended from those that are known.
    All,
}

/// A file with its mends.
struct Patient {
    file: PlannedFile,
    path: PathBuf,
    before: Vec<u8>,
    now: Vec<u8>,
    done: BTreeSet<Mend>,
    refused: Option<String>,
}

/// What came of mending.
pub(super) struct Mended {
    /// How many files were (or, for a diff, would be) changed.
    pub(super) changed: usize,
    /// The differences, in unified form.
    pub(super) diff: String,
}

/// Mends the files of a report that can be mended; writes them unless `dry`.
pub(super) fn run(
    plan: &Plan,
    report: &Report,
    scope: Scope,
    dry: bool,
    arguments: &check::Arguments,
    environment: &mut Environment,
) -> Result<Mended, Failure> {
    let mut patients = admit(plan, report, scope)?;
    for _ in 0..PASSES {
        let judged = judge(plan, &patients, arguments, environment)?;
        let mut open = false;
        for patient in &mut patients {
            open |= patient.treat(judged.get(&*patient.name()), scope);
        }
        if !open {
            break;
        }
    }
    let judged = judge(plan, &patients, arguments, environment)?;
    for patient in &mut patients {
        patient.discharge(judged.get(&*patient.name()), scope);
    }
    let mut mended = Mended {
        changed: 0,
        diff: String::new(),
    };
    let mut said = Vec::new();
    for patient in &patients {
        let name = patient.name();
        if patient.now == patient.before {
            if let Some(why) = &patient.refused {
                said.push(format!("left {}: {}", escape(&name), escape(why)));
            }
            continue;
        }
        let done: Vec<&str> = patient.done.iter().map(|mend| mend.done()).collect();
        let done = done.join(", ");
        mended.changed = mended.changed.saturating_add(1);
        if dry {
            mended
                .diff
                .push_str(&diff(&name, &patient.before, &patient.now));
            said.push(format!("would mend {}: {done}", escape(&name)));
        } else {
            match replace::replace(
                &patient.path,
                &patient.before,
                &patient.now,
                &environment.current,
            ) {
                Ok(()) => said.push(format!("mended {}: {done}", escape(&name))),
                Err(why) => {
                    mended.changed = mended.changed.saturating_sub(1);
                    said.push(format!("left {}: {}", escape(&name), escape(&why)));
                }
            }
        }
    }
    if !arguments.quiet {
        for line in said {
            environment.note(&line);
        }
    }
    Ok(mended)
}

impl Patient {
    /// Mends what is wanted; whether anything changed.
    fn treat(&mut self, found: Option<&Vec<Finding>>, scope: Scope) -> bool {
        let mends = wanted(&self.file.policy, found, scope);
        if self.refused.is_some() || mends.is_empty() {
            return false;
        }
        match treat(&self.now, &mends, &self.file.anchors) {
            Ok((bytes, done)) if bytes != self.now => {
                self.now = bytes;
                self.done.extend(done);
                true
            }
            Ok(_) => false,
            Err(why) => {
                self.refused = Some(why);
                false
            }
        }
    }

    /// Leaves the file as it is where a mend that was made is asked for again.
    fn discharge(&mut self, found: Option<&Vec<Finding>>, scope: Scope) {
        let mends = wanted(&self.file.policy, found, scope);
        if let Some(vain) = mends.iter().find(|mend| self.done.contains(mend)) {
            self.now.clone_from(&self.before);
            self.refused = Some(format!("{} to no avail", vain.done()));
        }
    }

    fn name(&self) -> String {
        match &self.file.input {
            PlannedInput::File(candidate) => candidate.display.clone(),
            PlannedInput::Bytes { display, .. } | PlannedInput::Unreadable { display, .. } => {
                display.clone()
            }
        }
    }
}

/// The files that have something to mend, as they are now.
fn admit(plan: &Plan, report: &Report, scope: Scope) -> Result<Vec<Patient>, Failure> {
    let findings = by_path(report);
    let mut patients = Vec::new();
    for file in &plan.files {
        let candidate = match &file.input {
            PlannedInput::File(candidate) => candidate,
            // That it cannot be read is a finding already.
            PlannedInput::Unreadable { .. } => continue,
            PlannedInput::Bytes { .. } => {
                let message = "standard input cannot be mended: name the file";
                return Err(Failure::Said(message.to_owned()));
            }
        };
        let found = findings.get(candidate.display.as_str());
        if wanted(&file.policy, found, scope).is_empty() {
            continue;
        }
        let Ok(before) = fs::read(&candidate.path) else {
            // That it cannot be read is a finding already.
            continue;
        };
        patients.push(Patient {
            file: file.clone(),
            path: candidate.path.clone(),
            now: before.clone(),
            before,
            done: BTreeSet::new(),
            refused: None,
        });
    }
    Ok(patients)
}

/// Judges the files as they would be.
fn judge(
    plan: &Plan,
    patients: &[Patient],
    arguments: &check::Arguments,
    environment: &Environment,
) -> Result<BTreeMap<Arc<str>, Vec<Finding>>, Failure> {
    let files = patients.iter().map(|patient| PlannedFile {
        input: PlannedInput::Bytes {
            display: patient.name(),
            bytes: patient.now.clone(),
            named: true,
        },
        ..patient.file.clone()
    });
    let again = Plan {
        strict: plan.strict,
        select: plan.select.clone(),
        ignore: plan.ignore.clone(),
        limits: plan.limits,
        ..Plan::new(files.collect(), plan.now)
    };
    let report = check::execute(&again, arguments, environment)?;
    let mut found: BTreeMap<Arc<str>, Vec<Finding>> = BTreeMap::new();
    for finding in report.findings {
        found.entry(finding.path.clone()).or_default().push(finding);
    }
    Ok(found)
}

fn by_path(report: &Report) -> BTreeMap<&str, Vec<Finding>> {
    let mut found: BTreeMap<&str, Vec<Finding>> = BTreeMap::new();
    for finding in &report.findings {
        found
            .entry(&finding.path)
            .or_default()
            .push(finding.clone());
    }
    found
}

/// What would cure these findings, as far as it is allowed.
fn wanted(policy: &Policy, findings: Option<&Vec<Finding>>, scope: Scope) -> Vec<Mend> {
    let unwaived = findings
        .into_iter()
        .flatten()
        .filter(|finding| finding.waived.is_none());
    let rules: BTreeSet<&str> = unwaived.map(|finding| &*finding.rule).collect();
    let mends = policy
        .rules
        .iter()
        .filter(|rule| rules.contains(&*rule.id))
        .filter_map(|rule| kind(rule.check_name)?.mend)
        .filter(|mend| scope == Scope::All || *mend != Mend::Root);
    let mends: BTreeSet<Mend> = mends.collect();
    mends.into_iter().collect()
}

/// The bytes with these mends, and which of them were made.
fn treat(bytes: &[u8], mends: &[Mend], anchors: &Anchors) -> Result<(Vec<u8>, Vec<Mend>), String> {
    if mends.contains(&Mend::Format)
        && let Some(unpacked) = mend::unpack(bytes).map_err(|why| why.to_string())?
    {
        return Ok((unpacked, vec![Mend::Format]));
    }
    let document = pem::scan(bytes, pem::Limits::default());
    let session = Session::default();
    let chain = chain::build(document, &session, anchors);
    let root = mends
        .contains(&Mend::Root)
        .then(|| chain.missing_root(&session, anchors))
        .flatten();
    let made: Vec<Mend> = mends
        .iter()
        .copied()
        .filter(|mend| *mend != Mend::Root || root.is_some())
        .collect();
    if made.is_empty() {
        return Ok((bytes.to_owned(), made));
    }
    let mended = mend::mend(bytes, &chain, &made, root.as_deref());
    mended
        .map(|bytes| (bytes, made))
        .map_err(|why| why.to_string())
}

/// The differences between two texts; what may be secret in them is masked.
fn diff(name: &str, before: &[u8], after: &[u8]) -> String {
    let text = |bytes: &[u8]| pem::mask(bytes, &pem::scan(bytes, pem::Limits::default()));
    let (before, after) = (text(before), text(after));
    let name = escape(name);
    TextDiff::from_lines(&before, &after)
        .unified_diff()
        .header(&format!("a/{name}"), &format!("b/{name}"))
        .to_string()
}
