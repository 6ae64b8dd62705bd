//! A run: every planned file is read, parsed and judged, in parallel, and what checks found becomes
//! findings.
//!
//! Reads no clock, environment or terminal: a plan says everything (design promise 7). Same plan,
//! same findings, in the same order, whatever the number of threads.

mod active;
mod answer;
mod implicit;
mod stamp;
mod waive;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use time::OffsetDateTime;

use crate::chain::{self, Chain, Class, Member, Session};
use crate::check::{self, Check, Context, File, FileState, Subject};
use crate::facts::{FileLabels, View};
use crate::finding::{FileOutcome, FileStatus, Finding, Report, SkipReason};
use crate::input::{self, Candidate, Content, Text};
use crate::pem::Document;
use crate::policy::{Labels, On, Policy, Rule};
use crate::repository::{Place, Repository};
use crate::source::{Source, escape};
use crate::trust::Anchors;
pub use answer::{Answer, Answers};
use stamp::Stamp;
pub use waive::{Waiving, unused_waivers};

/// What to do.
#[derive(Debug)]
pub struct Plan {
    /// The files, each with what applies to it.
    pub files: Vec<PlannedFile>,
    /// The instant at which everything is judged.
    pub now: OffsetDateTime,
    /// Whether what cannot be checked is an error.
    pub strict: bool,
    /// Rules to apply; all where it is empty.
    pub select: BTreeSet<String>,
    /// Rules to leave out, whatever `select` says.
    pub ignore: BTreeSet<String>,
    /// The repository that the files lie in.
    pub repository: Repository,
    /// Bounds on what one file may cost.
    pub limits: input::Limits,
    /// Findings that somebody has answered for; `None` reports every finding as it is.
    pub waiving: Option<Waiving>,
    /// Keep what each rule came to ([`Judged::answers`]), which tests of policies ask for and reports do not.
    pub keeps_answers: bool,
}

/// A file and what applies to it.
#[derive(Debug, Clone)]
pub struct PlannedFile {
    /// Where it is, or what it says.
    pub input: PlannedInput,
    /// Its path from the config's folder, with `/`; none where it lies outside, or there is no config.
    pub from_config: Option<Arc<str>>,
    /// The rules.
    pub policy: Arc<Policy>,
    /// Whom to trust.
    pub anchors: Anchors,
    /// The environment label of the config.
    pub environment: Option<Arc<str>>,
    /// The app label of the config.
    pub app: Option<Arc<str>>,
}

/// Where a file's bytes come from.
#[derive(Debug, Clone)]
pub enum PlannedInput {
    /// From disk.
    File(Candidate),
    /// Handed over, as standard input is.
    Bytes {
        /// What to call it.
        display: String,
        /// Its content.
        bytes: Vec<u8>,
        /// The user named it, so it is checked whatever it holds.
        named: bool,
    },
    /// What cannot be read.
    Unreadable {
        /// What to call it.
        display: String,
        /// Why, a clause without a capital or full stop.
        why: String,
    },
}

/// Told how far a run has come; called from many threads.
pub trait Progress: Sync {
    /// One more file is done.
    fn done(&self);
}

/// What one file came to.
#[derive(Debug)]
pub struct Judged {
    /// What became of the file.
    pub outcome: FileOutcome,
    /// Where it lies.
    pub place: Place,
    /// What was found, in no order.
    pub findings: Vec<Finding>,
    /// What each rule of the policy came to, where the plan keeps that; a rule that is not here did not apply.
    pub answers: Answers,
    /// The text that the findings point into; none where there was nothing to point at.
    pub source: Option<Arc<Source>>,
}

/// Does what the plan says.
#[must_use]
pub fn run(plan: &Plan, progress: &dyn Progress) -> Report {
    let session = Session::default();
    let judge = |file| {
        let judged = judge(plan, file, &session);
        progress.done();
        judged
    };
    // Starting threads costs more than one file does.
    let mut judged: Vec<Judged> = match plan.files.as_slice() {
        [] => Vec::new(),
        [file] => vec![judge(file)],
        files => files.par_iter().map(judge).collect(),
    };
    judged.sort_by(|left, right| left.outcome.path.cmp(&right.outcome.path));

    let mut report = Report {
        at: plan.now,
        rules: active::rules(plan),
        findings: Vec::new(),
        files: Vec::with_capacity(judged.len()),
        places: BTreeMap::new(),
        sources: BTreeMap::new(),
    };
    for mut file in judged {
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
    sort(&mut report.findings);
    if let Some(waiving) = &plan.waiving {
        waive::waive(plan, waiving, &mut report);
        // Findings about waivers stand among the others by the name of their file.
        sort(&mut report.findings);
    }
    report
}

/// By path, offset and rule; what is equal in all of these, by what else it says.
fn sort(findings: &mut [Finding]) {
    fn key(finding: &Finding) -> impl Ord {
        let (path, start, end) = (&finding.path, finding.start.offset, finding.end.offset);
        (path, start, &finding.rule, end, &finding.message)
    }
    findings.sort_by(|left, right| key(left).cmp(&key(right)));
}

impl PlannedFile {
    fn labels(&self, plan: &Plan, class: Class) -> Labels<'_> {
        Labels {
            class,
            environment: self.environment.as_deref(),
            app: self.app.as_deref(),
            strict: plan.strict,
        }
    }

    fn file_labels<'a>(&'a self, text: &'a Text) -> FileLabels<'a> {
        FileLabels {
            path: text.name(),
            environment: self.environment.as_deref(),
            app: self.app.as_deref(),
        }
    }

    fn read(&self, limits: &input::Limits) -> input::Input {
        match &self.input {
            PlannedInput::File(candidate) => input::read(candidate, limits),
            PlannedInput::Bytes {
                display,
                bytes,
                named,
            } => input::from_bytes(display, *named, bytes, limits),
            PlannedInput::Unreadable { display, why } => input::Input {
                display: display.clone(),
                content: Content::Unreadable { why: why.clone() },
            },
        }
    }

    /// Where it is, as far as it is on disk.
    fn path(&self) -> &Path {
        match &self.input {
            PlannedInput::File(candidate) => &candidate.path,
            PlannedInput::Bytes { display, .. } | PlannedInput::Unreadable { display, .. } => {
                Path::new(display)
            }
        }
    }

    /// What to call it, as the user does; not yet safe to print.
    #[must_use]
    pub fn display(&self) -> &str {
        match &self.input {
            PlannedInput::File(candidate) => &candidate.display,
            PlannedInput::Bytes { display, .. } | PlannedInput::Unreadable { display, .. } => {
                display
            }
        }
    }
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
            let chain = chain::build(document, session, &file.anchors);
            let (findings, answers) = apply(plan, file, &place, &chain, &text);
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
) -> (Vec<Finding>, Answers) {
    let facts = View::new(chain, file.file_labels(text));
    let context = Context {
        now: plan.now,
        anchors: &file.anchors,
        facts: &facts,
        steps: &Cell::new(check::STEPS_A_FILE),
    };
    let labels = file.labels(plan, chain.class);
    let members: Vec<(&Member, bool)> = chain.distinct_members().collect();
    let mut stamp = Stamp::new(file, place, &facts, text, plan.keeps_answers);
    for rule in plan.rules(file, &labels) {
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

impl Plan {
    /// Everything that applies to these files, and nothing else.
    #[must_use]
    pub fn new(files: Vec<PlannedFile>, now: OffsetDateTime) -> Self {
        Self {
            files,
            now,
            strict: false,
            select: BTreeSet::new(),
            ignore: BTreeSet::new(),
            repository: Repository::default(),
            limits: input::Limits::default(),
            waiving: None,
            keeps_answers: false,
        }
    }

    /// The rules of a file's policy that are on, wanted, and apply under these labels.
    fn rules<'a>(
        &'a self,
        file: &'a PlannedFile,
        labels: &'a Labels<'a>,
    ) -> impl Iterator<Item = &'a Rule> {
        let rules = file.policy.rules.iter();
        rules.filter(move |rule| self.wants(rule) && rule.when.matches(labels))
    }

    fn wants(&self, rule: &Rule) -> bool {
        let id: &str = &rule.id;
        let selected = self.select.is_empty() || self.select.contains(id);
        selected && !self.ignore.contains(id) && !rule.is_off()
    }
}
