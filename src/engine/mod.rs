//! A run: every planned file is read, parsed and judged, in parallel, and what checks found becomes
//! findings.
//!
//! Reads no clock, environment or terminal: a plan says everything (design promise 7). Same plan,
//! same findings, in the same order, whatever the number of threads.

mod active;
mod answer;
mod implicit;
mod plan;
mod stamp;
mod waive;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use crate::chain::{self, Chain, Class, Member};
use crate::check::{self, Check, Context, File, FileState, Subject};
use crate::facts::{self, View};
use crate::finding::{FileOutcome, FileStatus, Finding, Report, SkipReason};
use crate::input::{self, Content, Text};
use crate::pem::Document;
use crate::policy::On;
use crate::repository::Place;
use crate::source::{Source, escape};
pub use answer::{Answer, Answers};
pub use implicit::READABLE;
pub use plan::{Plan, PlannedFile, PlannedInput};
use stamp::Stamp;
pub use waive::{Waiving, question, unused_waivers};

/// Told how far a run has come; called from many threads.
pub trait Progress: Sync {
    /// One more file is done.
    fn done(&self);
}

/// What the files of a run share: what was found out about the certificates that they have in common.
#[derive(Debug, Default)]
pub struct Session {
    chain: chain::Session,
    facts: facts::Known,
}

/// What one file came to.
#[derive(Debug)]
pub struct Judged {
    /// What became of the file.
    pub outcome: FileOutcome,
    /// Where it lies.
    pub place: Place,
    /// What was found; [`judge_all`] puts it in the order of its places.
    pub findings: Vec<Finding>,
    /// What each rule of the policy came to, where the plan keeps that; a rule that is not here did not apply.
    pub answers: Answers,
    /// The text that the findings point into; none where there was nothing to point at.
    pub source: Option<Arc<Source>>,
}

/// Does what the plan says.
#[must_use]
pub fn run(plan: &Plan, progress: &dyn Progress) -> Report {
    let mut judged = judge_all(plan, progress);
    judged.sort_by(|(_, left), (_, right)| left.outcome.path.cmp(&right.outcome.path));
    let waiving = plan.waiving.as_ref();
    let waiving = waiving.map(|waiving| waive::waive(plan, waiving, &mut judged));
    let mut report = Report {
        at: plan.now,
        rules: active::rules(plan),
        findings: Vec::new(),
        files: Vec::with_capacity(judged.len()),
        places: BTreeMap::new(),
        sources: BTreeMap::new(),
    };
    for (_, mut file) in judged {
        let is_skipped = matches!(file.outcome.status, FileStatus::Skipped { .. });
        if is_skipped || !file.findings.is_empty() {
            report.places.insert(file.outcome.path.clone(), file.place);
        }
        if let Some(source) = file.source {
            report.sources.insert(file.outcome.path.clone(), source);
        }
        report.findings.append(&mut file.findings);
        report.files.push(file.outcome);
    }
    if let Some((mut findings, sources)) = waiving {
        report.findings.append(&mut findings);
        for source in sources {
            let name = source.name().clone();
            let place = plan.repository.place(Path::new(&*name));
            report.places.insert(name.clone(), place);
            report.sources.insert(name, source);
        }
    }
    sort(&mut report.findings);
    report
}

/// Every file of the plan with what it came to, in the plan's order. Waivers are not looked at.
#[must_use]
pub fn judge_all<'a>(plan: &'a Plan, progress: &dyn Progress) -> Vec<(&'a PlannedFile, Judged)> {
    let session = Session::default();
    let judge = |file| {
        let mut judged = judge(plan, file, &session);
        sort(&mut judged.findings);
        progress.done();
        (file, judged)
    };
    // Starting threads costs more than one file does.
    match plan.files.as_slice() {
        [] => Vec::new(),
        [file] => vec![judge(file)],
        files => files.par_iter().map(judge).collect(),
    }
}

/// By path, offset and rule; what is equal in all of these, by what else it says.
fn sort(findings: &mut [Finding]) {
    fn key(finding: &Finding) -> impl Ord {
        let (path, start, end) = (&finding.path, finding.start.offset, finding.end.offset);
        (path, start, &finding.rule, end, &finding.message)
    }
    findings.sort_by(|left, right| key(left).cmp(&key(right)));
}

/// Judges one file. A panic in a parser, ours or a library's, ends that file and no other. Files that share
/// a session share what was found out about the certificates that they share.
#[must_use]
pub fn judge(plan: &Plan, file: &PlannedFile, session: &Session) -> Judged {
    let attempt = AssertUnwindSafe(|| {
        let input = file.read(&plan.limits);
        judge_input(plan, file, input, session)
    });
    catch_unwind(attempt).unwrap_or_else(|_| {
        let why = "chainlint failed on this file, which is a bug in chainlint";
        unreadable(plan, file, escape(file.display()).into(), why)
    })
}

fn judge_input(plan: &Plan, file: &PlannedFile, input: input::Input, session: &Session) -> Judged {
    let path: Arc<str> = escape(&input.display).into();
    let place = plan.repository.place(file.path());
    match input.content {
        Content::Chain { document, text } => {
            let chain = chain::build(document, &session.chain, &file.anchors, plan.now);
            let (findings, answers) = apply(plan, file, &place, &chain, &text, &session.facts);
            let status = FileStatus::Checked {
                policy: file.policy.name.clone(),
                class: chain.leaf().map(|_| chain.class),
                trusted_list: chain.list_status.clone(),
                environment: file.environment.clone(),
                app: file.app.clone(),
            };
            judged(
                FileOutcome { path, status },
                place,
                findings,
                answers,
                &text,
            )
        }
        Content::Encrypted { tool, text } => {
            let state = FileState::Encrypted(tool);
            let (findings, answers) = apply_to_file(plan, file, &place, state, &text);
            let status = FileStatus::Skipped {
                reason: SkipReason::Encrypted(tool),
            };
            judged(
                FileOutcome { path, status },
                place,
                findings,
                answers,
                &text,
            )
        }
        Content::Skipped { reason } => {
            let status = FileStatus::Skipped { reason };
            Judged {
                outcome: FileOutcome { path, status },
                place,
                findings: Vec::new(),
                answers: Answers::default(),
                source: None,
            }
        }
        Content::Unreadable { why } => unreadable(plan, file, path, &why),
    }
}

/// A file that could not be read is a finding whatever the policy and the selection of rules say.
fn unreadable(plan: &Plan, file: &PlannedFile, path: Arc<str>, why: &str) -> Judged {
    let text = Text::nothing(&path);
    let place = plan.repository.place(file.path());
    let state = FileState::Unreadable(why);
    let (mut findings, answers) = apply_to_file(plan, file, &place, state, &text);
    if findings.is_empty() {
        findings.push(implicit::unreadable(file, &place, &text, why));
    }
    let status = FileStatus::Checked {
        policy: file.policy.name.clone(),
        class: None,
        trusted_list: None,
        environment: file.environment.clone(),
        app: file.app.clone(),
    };
    judged(
        FileOutcome { path, status },
        place,
        findings,
        answers,
        &text,
    )
}

/// With the text where there is something to point at.
fn judged(
    outcome: FileOutcome,
    place: Place,
    findings: Vec<Finding>,
    answers: Answers,
    text: &Text,
) -> Judged {
    let source = (!findings.is_empty()).then(|| text.source().clone());
    Judged {
        outcome,
        place,
        findings,
        answers,
        source,
    }
}

/// Applies the rules that need nothing but the file itself.
fn apply_to_file(
    plan: &Plan,
    file: &PlannedFile,
    place: &Place,
    state: FileState<'_>,
    text: &Text,
) -> (Vec<Finding>, Answers) {
    let labels = file.labels(plan, Class::Private);
    let chain = Chain::empty(Document::default());
    let facts = View::new(&chain, file.file_labels(text));
    let mut stamp = Stamp::new(file, place, &facts, text, plan.keeps_answers);
    for rule in plan.rules(file, &labels) {
        match &rule.check {
            Check::File(check) => {
                stamp.verdict(
                    rule,
                    check.check(File {
                        state,
                        len: text.len(),
                    }),
                );
            }
            Check::Chain(_) | Check::Certificate(_) | Check::Waiver(_) => {}
        }
    }
    stamp.finish()
}

/// Applies the policy's rules to one chain.
fn apply(
    plan: &Plan,
    file: &PlannedFile,
    place: &Place,
    chain: &Chain,
    text: &Text,
    known: &facts::Known,
) -> (Vec<Finding>, Answers) {
    let facts = View::new(chain, file.file_labels(text)).sharing(known);
    let context = Context {
        now: plan.now,
        anchors: &file.anchors,
        facts: &facts,
        steps: &Cell::new(check::STEPS_A_RULE),
    };
    let labels = file.labels(plan, chain.class);
    let members: Vec<(&Member, bool)> = chain.distinct_members().collect();
    let mut stamp = Stamp::new(file, place, &facts, text, plan.keeps_answers);
    for rule in plan.rules(file, &labels) {
        context.steps.set(check::STEPS_A_RULE);
        match &rule.check {
            Check::File(check) => {
                let state = FileState::Read;
                stamp.verdict(
                    rule,
                    check.check(File {
                        state,
                        len: chain.document.len,
                    }),
                );
            }
            // Asked once all files were judged.
            Check::Waiver(_) => {}
            Check::Chain(check) => stamp.verdict(rule, check.check(chain, &context)),
            Check::Certificate(check) => {
                for (member, belongs) in &members {
                    // What is asked of the root or the leaf is not asked of a stranger that looks
                    // like one: to take it out of the file mends everything about it.
                    let asked = match rule.on {
                        None | Some(On::Any) => true,
                        Some(on) => *belongs && on.selects(member.role),
                    };
                    if asked {
                        let verdict = check.check(Subject { member, chain }, &context);
                        stamp.verdict(rule, verdict);
                    }
                }
            }
        }
    }
    let (mut findings, answers) = stamp.finish();
    findings.extend(stamp.untold(&findings));
    (findings, answers)
}
