//! `check --fix` and `--diff`: what a program can mend without a doubt.
//!
//! Each mended file is judged again before it is written. A mend that does not cure what it should, or breaks what was
//! whole, is not made; the others are.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use similar::TextDiff;
use time::OffsetDateTime;

use super::environment::Environment;
use super::{Failure, check, replace};
use crate::chain::{self, Chain, Session};
use crate::check::kind;
use crate::engine::{Plan, PlannedFile, PlannedInput, Waiving};
use crate::finding::{Finding, Report, Severity};
use crate::input;
use crate::mend::{self, Mend, Wish};
use crate::pem;
use crate::policy::Policy;
use crate::source::escape;
use crate::trust::Anchors;

/// How often a file is mended and judged again. Each round makes a mend or gives one up; what a container holds shows
/// only once it is unpacked.
const ROUNDS: usize = 16;

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

/// What is wrong with a file.
#[derive(Debug, Clone, Default)]
struct Broken {
    /// The rules that it breaks, each with its gravest finding that nobody has answered for.
    rules: BTreeMap<Arc<str>, Severity>,
    /// Findings that somebody has answered for, by fingerprint, each with its rule.
    waived: BTreeMap<String, Arc<str>>,
}

/// A file with its mends.
struct Patient {
    file: PlannedFile,
    /// None for standard input.
    path: Option<PathBuf>,
    before: Vec<u8>,
    now: Vec<u8>,
    broken: Broken,
    done: BTreeSet<Mend>,
    /// Mends that are not made, and why.
    given_up: BTreeMap<Mend, String>,
    /// One mend at a time: together they failed.
    singly: bool,
    attempt: Option<Attempt>,
}

/// What a file may become.
struct Attempt {
    bytes: Vec<u8>,
    mends: Vec<Mend>,
    /// It was taken out of a container, so that more may show than before.
    unpacked: bool,
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
    let is_stream = |file: &PlannedFile| matches!(file.input, PlannedInput::Bytes { .. });
    if !dry && plan.files.iter().any(is_stream) {
        let why = "--fix cannot mend standard input: `--diff -` prints what it would change; or name the file";
        return Err(Failure::Said(why.to_owned()));
    }
    let mut patients = admit(plan, report, scope);
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

/// How many findings of a report `--fix` would mend; `None` where finding out would take too long.
pub(super) fn curable(
    plan: &Plan,
    report: &Report,
    arguments: &check::Arguments,
    environment: &Environment,
) -> Result<Option<usize>, Failure> {
    let mut patients = admit(plan, report, Scope::Safe);
    if patients.len() > TRIED {
        return Ok(None);
    }
    treat(plan, &mut patients, Scope::Safe, arguments, environment)?;
    let names: BTreeMap<String, &Patient> = patients
        .iter()
        .filter(|patient| patient.now != patient.before)
        .map(|patient| (escape(patient.file.display()), patient))
        .collect();
    let cured = report.findings.iter().filter(|finding| {
        let patient = names.get(&*finding.path);
        let is_cured = |patient: &&Patient| !patient.broken.rules.contains_key(&finding.rule);
        finding.waived.is_none() && patient.is_some_and(is_cured)
    });
    Ok(Some(cured.count()))
}

/// The files that have something to mend, as they are now, each once.
fn admit(plan: &Plan, report: &Report, scope: Scope) -> Vec<Patient> {
    let findings = by_path(report);
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    let mut patients = Vec::new();
    for file in &plan.files {
        let found = findings.get(&*escape(file.display()));
        let broken = found.map(|found| broken(found)).unwrap_or_default();
        if wanted(&file.policy, &broken, scope).is_empty() {
            continue;
        }
        let (path, before) = match &file.input {
            PlannedInput::File(candidate) => {
                // That it cannot be read is a finding already.
                let Ok(bytes) = fs::read(&candidate.path) else {
                    continue;
                };
                (Some(candidate.path.clone()), bytes)
            }
            PlannedInput::Bytes { bytes, .. } => (None, bytes.clone()),
            PlannedInput::Unreadable { .. } => continue,
        };
        let is_new = path.as_ref().is_none_or(|path| {
            let real = path.canonicalize();
            seen.insert(real.unwrap_or_else(|_| path.clone()))
        });
        if is_new {
            patients.push(Patient {
                file: file.clone(),
                path,
                now: before.clone(),
                before,
                broken,
                done: BTreeSet::new(),
                given_up: BTreeMap::new(),
                singly: false,
                attempt: None,
            });
        }
    }
    patients
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
        let judged = judge(plan, patients, arguments, environment)?;
        if judged.is_none() {
            break;
        }
        let judged = judged.unwrap_or_default();
        for patient in &mut *patients {
            let found = judged.get(&*escape(patient.file.display()));
            patient.settle(found.cloned().unwrap_or_default());
        }
    }
    Ok(())
}

impl Patient {
    /// What the file may become next; `None` where nothing is left to try.
    fn propose(&mut self, scope: Scope, now: OffsetDateTime) -> Option<Attempt> {
        loop {
            let mut mends = wanted(&self.file.policy, &self.broken, scope);
            mends.retain(|mend| !self.given_up.contains_key(mend));
            if self.singly {
                mends.truncate(1);
            }
            if mends.is_empty() {
                return None;
            }
            let (bytes, file) = (&self.now, &self.file);
            let tried = guarded(|| attempt(bytes, &mends, file, now));
            match tried.and_then(|tried| tried) {
                Ok(attempt) if attempt.bytes != self.now => return Some(attempt),
                Ok(_) => {
                    let why = format!("{} changes nothing", doing(&mends));
                    self.give_up(&mends, &why);
                }
                // Others may be made without what cannot be.
                Err(_) if mends.len() > 1 => self.singly = true,
                Err(why) => self.give_up(&mends, &why),
            }
        }
    }

    fn give_up(&mut self, mends: &[Mend], why: &str) {
        let mends = mends.iter().map(|mend| (*mend, why.to_owned()));
        self.given_up.extend(mends);
    }

    /// Takes what was tried, if it is better for it: what was mended is cured, nothing is broken that was whole, and
    /// what is waived is as it was.
    fn settle(&mut self, broken: Broken) {
        let Some(attempt) = self.attempt.take() else {
            return;
        };
        let Some(objection) = self.objection(&broken, &attempt) else {
            self.now = attempt.bytes;
            self.broken = broken;
            self.done.extend(attempt.mends);
            return;
        };
        if attempt.mends.len() > 1 {
            self.singly = true;
        } else {
            let why = format!("{} {objection}", doing(&attempt.mends));
            self.give_up(&attempt.mends, &why);
        }
    }

    /// Why an attempt is not to be taken.
    fn objection(&self, after: &Broken, attempt: &Attempt) -> Option<String> {
        let policy = &self.file.policy;
        let asked_again = wanted(policy, after, Scope::All);
        if attempt.mends.iter().any(|mend| asked_again.contains(mend)) {
            return Some("would not be enough".to_owned());
        }
        let gone = self.broken.waived.iter();
        let mut gone = gone.filter(|(finding, _)| !after.waived.contains_key(*finding));
        if gone.any(|(_, rule)| {
            mend_of(policy, rule).is_some_and(|mend| attempt.mends.contains(&mend))
        }) {
            return Some("would mend what is waived, too".to_owned());
        }
        let before = &self.broken.rules;
        let cured = before.iter();
        let cured = cured.filter(|(rule, _)| !after.rules.contains_key(*rule));
        let gravest = cured.map(|(_, severity)| *severity).max();
        let appended = attempt.mends.contains(&Mend::Root);
        let new = after.rules.iter();
        let mut new = new.filter(|(rule, _)| !before.contains_key(*rule));
        // What is to be said of a certificate that was missing was true before; it may be lighter than that.
        let grave = new.find(|(_, severity)| !appended || Some(**severity) >= gravest);
        let grave = grave.filter(|_| !attempt.unpacked);
        grave.map(|(rule, _)| format!("would break {rule}"))
    }

    /// Writes what was mended, or adds to the differences; what there is to say.
    fn deliver(&self, dry: bool, mended: &mut Mended, tree: &Path) -> Option<String> {
        let name = escape(self.file.display());
        let reasons: BTreeSet<&str> = self.given_up.values().map(String::as_str).collect();
        let reasons = escape(&reasons.into_iter().collect::<Vec<_>>().join("; "));
        if self.now == self.before {
            return (!reasons.is_empty()).then(|| format!("left {name}: {reasons}"));
        }
        if dry {
            let diff = guarded(|| diff(&name, &self.before, &self.now));
            match diff {
                Ok(diff) => mended.diff.push_str(&diff),
                Err(why) => return Some(format!("left {name}: {why}")),
            }
        } else if let Some(path) = &self.path
            && let Err(why) = replace::replace(path, &self.before, &self.now, tree)
        {
            return Some(format!("left {name}: {}", escape(&why)));
        }
        mended.changed = mended.changed.saturating_add(1);
        let verb = if dry { "would mend" } else { "mended" };
        let done: Vec<&str> = self.done.iter().map(|mend| mend.done()).collect();
        let left = if reasons.is_empty() {
            String::new()
        } else {
            format!("; left the rest: {reasons}")
        };
        Some(format!("{verb} {name}: {}{left}", done.join(", ")))
    }
}

fn doing(mends: &[Mend]) -> String {
    let all: Vec<&str> = mends.iter().map(|mend| mend.doing()).collect();
    all.join(" and ")
}

/// Runs parsers over what may be hostile: a panic ends the work on one file, not the run.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| "chainlint failed on it, which is a bug in chainlint".to_owned())
}

/// A file's bytes with these mends, or why they are left as they are.
fn attempt(
    bytes: &[u8],
    mends: &[Mend],
    file: &PlannedFile,
    now: OffsetDateTime,
) -> Result<Attempt, String> {
    let session = Session::default();
    let build = |bytes: &[u8]| -> Chain {
        let document = pem::scan(bytes, pem::Limits::default());
        chain::build(document, &session, &file.anchors, now)
    };
    let said = |refusal: mend::Refusal| refusal.to_string();
    if mends.contains(&Mend::Format)
        && let Some(unpacked) = mend::unpack(bytes).map_err(said)?
    {
        mend::admit(&unpacked, &build(&unpacked)).map_err(said)?;
        return Ok(Attempt {
            bytes: unpacked,
            mends: vec![Mend::Format],
            unpacked: true,
        });
    }
    let chain = build(bytes);
    let issuers = if mends.contains(&Mend::Root) {
        missing(&chain, &session, &file.anchors, now)?
    } else {
        Vec::new()
    };
    let wish = Wish {
        mends,
        issuers: &issuers,
        is_chain_file: input::may_hold_a_chain(Path::new(file.display())),
    };
    let bytes = mend::mend(bytes, &chain, wish).map_err(said)?;
    Ok(Attempt {
        bytes,
        mends: mends.to_owned(),
        unpacked: false,
    })
}

fn missing(
    chain: &Chain,
    session: &Session,
    anchors: &Anchors,
    now: OffsetDateTime,
) -> Result<Vec<Arc<crate::x509::Certificate>>, String> {
    let found = chain.missing_issuers(session, anchors, now);
    found.map_err(|why| format!("the root was not appended: {why}"))
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
    let found = by_path(&report).into_iter();
    let found = found.map(|(path, found)| (Arc::from(path), broken(&found)));
    Ok(Some(found.collect()))
}

fn by_path(report: &Report) -> BTreeMap<&str, Vec<&Finding>> {
    let mut found: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        found.entry(&finding.path).or_default().push(finding);
    }
    found
}

fn broken(findings: &[&Finding]) -> Broken {
    let mut broken = Broken::default();
    for finding in findings {
        if finding.waived.is_some() {
            let fingerprint = finding.fingerprint.clone();
            broken.waived.insert(fingerprint, finding.rule.clone());
        } else {
            let severity = broken.rules.entry(finding.rule.clone());
            let severity = severity.or_insert(finding.severity);
            *severity = finding.severity.max(*severity);
        }
    }
    broken
}

/// What would cure what is broken, as far as it is allowed.
fn wanted(policy: &Policy, broken: &Broken, scope: Scope) -> Vec<Mend> {
    let mends = broken.rules.keys();
    let mends = mends
        .filter_map(|rule| mend_of(policy, rule))
        .filter(|mend| scope == Scope::All || *mend != Mend::Root);
    let mends: BTreeSet<Mend> = mends.collect();
    mends.into_iter().collect()
}

/// What cures a failure of a rule.
fn mend_of(policy: &Policy, rule: &str) -> Option<Mend> {
    kind(policy.rule(rule)?.check_name)?.mend
}

/// The differences between two texts; what may be secret in them is masked.
fn diff(name: &str, before: &[u8], after: &[u8]) -> String {
    let text = |bytes: &[u8]| pem::mask(bytes, &pem::scan(bytes, pem::Limits::default()));
    let (before, after) = (text(before), text(after));
    TextDiff::from_lines(&before, &after)
        .unified_diff()
        .header(&format!("a/{name}"), &format!("b/{name}"))
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_over_one_file_is_told_and_ends_nothing() {
        assert_eq!(guarded(|| 1), Ok(1));
        let failed: Result<(), String> = guarded(|| panic!("a bug"));
        assert!(failed.is_err_and(|why| why.contains("bug in chainlint")));
    }
}
