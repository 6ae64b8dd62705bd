//! Waivers: which findings of a run they cover, and what becomes of those that cover none.
//!
//! `policy` decides whether a waiver covers a finding; here the answers are gathered over a whole run.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::stamp::Stamp;
use super::{Judged, Plan, PlannedFile, PlannedInput, Progress};
use crate::chain::Chain;
use crate::check::waiver::{Refusal, Waiver as Asked};
use crate::check::{Check, Verdict};
use crate::facts::{FileLabels, View};
use crate::finding::{FileStatus, Finding, Waived};
use crate::input::Text;
use crate::pem::Document;
use crate::policy::{Policy, Question, Rule, Standing, Waiver, Waivers};
use crate::repository::Place;
use crate::source::{Source, escape};
use crate::trust::Anchors;

/// The waivers of a run, and what the run looked at.
#[derive(Debug, Clone, Default)]
pub struct Waiving {
    /// The waivers.
    pub waivers: Waivers,
    /// The folders that the run searched whole, from the config's folder, with `/`; the config's own is empty.
    pub folders: Vec<String>,
    /// Where the rules about waivers come from that no policy of the run has.
    pub base: Option<Arc<Policy>>,
    /// An option names the policy, and not the config: a rule that it does not have was not asked.
    pub by_option: bool,
}

/// A file of a run, and what it came to.
pub(super) type JudgedFile<'a> = (&'a PlannedFile, Judged);

/// What became of a waiver.
#[derive(Debug, Default)]
struct Use {
    /// The findings that it is about: `path:line:column`.
    findings: Vec<String>,
    /// It is in force for one of them.
    is_in_force: bool,
    refusals: BTreeSet<Refusal>,
}

/// The positions of a plan's waivers that are in force for no finding, where a finding could have been what they are
/// about.
#[must_use]
pub fn unused_waivers(plan: &Plan, progress: &dyn Progress) -> BTreeSet<usize> {
    let Some(waiving) = &plan.waiving else {
        return BTreeSet::new();
    };
    let mut judged = super::judge_all(plan, progress);
    let uses = uses(plan, waiving, &mut judged);
    let searched = Searched::of(plan, waiving, &judged);
    let waivers = waiving.waivers.list().iter().zip(&uses).enumerate();
    let unused = waivers
        .filter(|(_, (waiver, used))| !used.is_in_force && searched.is_everything_about(waiver));
    unused.map(|(at, _)| at).collect()
}

/// Marks the findings that waivers cover, and gives what is wrong with the waivers, with their files.
pub(super) fn waive(
    plan: &Plan,
    waiving: &Waiving,
    judged: &mut [JudgedFile<'_>],
) -> (Vec<Finding>, Vec<Arc<Source>>) {
    let uses = uses(plan, waiving, judged);
    let searched = Searched::of(plan, waiving, judged);
    let rules = rules(plan, waiving);
    let (mut findings, mut sources) = (Vec::new(), Vec::new());
    for (waiver, used) in waiving.waivers.list().iter().zip(&uses) {
        let mut wrong = judge(plan, &rules, &searched, waiver, used);
        if !wrong.is_empty() {
            findings.append(&mut wrong);
            sources.push(waiver.source.clone());
        }
    }
    (findings, sources)
}

/// What each waiver is used for; findings that one covers are marked.
fn uses(plan: &Plan, waiving: &Waiving, judged: &mut [JudgedFile<'_>]) -> Vec<Use> {
    let mut uses: Vec<Use> = Vec::new();
    uses.resize_with(waiving.waivers.list().len(), Use::default);
    for (file, judged) in judged {
        for finding in &mut judged.findings {
            let answer = waiving.waivers.decide(&question(plan, file, finding));
            let covering = answer.covered_by();
            for (at, standing) in answer.about {
                let Some(used) = uses.get_mut(at) else {
                    continue;
                };
                let (path, start) = (&finding.path, finding.start);
                used.findings
                    .push(format!("{path}:{}:{}", start.line, start.column));
                match standing {
                    Standing::InForce => used.is_in_force = true,
                    Standing::Refused(refusal) => {
                        used.refusals.insert(refusal);
                    }
                    Standing::Expired => {}
                }
            }
            let covering = covering.and_then(|at| waiving.waivers.list().get(at));
            finding.waived = covering.map(|waiver| Waived {
                id: escape(&waiver.id),
                reason: waiver.entry.reason_on_a_line(),
                owner: waiver.entry.owner.as_deref().map(escape),
                expires: waiver.entry.last_day(),
            });
        }
    }
    uses
}

/// A finding of a file, as far as waivers look at it.
#[must_use]
pub fn question<'a>(plan: &Plan, file: &'a PlannedFile, finding: &'a Finding) -> Question<'a> {
    let certificate = finding.certificate.as_ref();
    Question {
        rule: &finding.rule,
        certificate: certificate.map_or("", |certificate| &certificate.sha256),
        path: file.from_config.as_deref(),
        policy: &file.policy,
        now: plan.now,
    }
}

/// What is wrong with one waiver.
fn judge(
    plan: &Plan,
    rules: &[(&Arc<Policy>, &Rule)],
    searched: &Searched<'_>,
    waiver: &Waiver,
    used: &Use,
) -> Vec<Finding> {
    let last_day = waiver.entry.last_day();
    let refusals: Vec<Refusal> = used.refusals.iter().cloned().collect();
    let asked = Asked {
        id: &waiver.id,
        rule: &waiver.entry.rule,
        expires: &last_day,
        is_expired: waiver.entry.is_expired(plan.now),
        findings: &used.findings,
        is_searched: searched.is_everything_about(waiver),
        refusals: &refusals,
        rule_at: waiver.rule_at,
        expires_at: waiver.expires_at,
    };
    let findings = rules.iter().flat_map(|(policy, rule)| match &rule.check {
        Check::Waiver(check) => match check.check(&asked) {
            Verdict::Pass | Verdict::NotApplicable(_) => Vec::new(),
            verdict @ Verdict::Fail(_) => {
                let lies = plan.repository.place(Path::new(&**waiver.source.name()));
                stamped(policy, rule, &lies, &waiver.source, verdict)
            }
        },
        Check::Certificate(_) | Check::Chain(_) | Check::File(_) => Vec::new(),
    });
    findings.collect()
}

/// The rules about waivers of all policies of a run, each once: the one that weighs most. A policy that rests on
/// nothing has none of its own, and says nothing against those of the base.
fn rules<'a>(plan: &'a Plan, waiving: &'a Waiving) -> Vec<(&'a Arc<Policy>, &'a Rule)> {
    let policies = plan.policies();
    let speaks = |id: &str| policies.iter().any(|policy| policy.rule(id).is_some());
    let base = waiving.base.iter().flat_map(|base| {
        let of_base = base.rules.iter().map(move |rule| (base, rule));
        of_base.filter(|(_, rule)| matches!(rule.check, Check::Waiver(_)) && plan.wants(rule))
    });
    let mut rules: BTreeMap<&str, (&Arc<Policy>, &Rule)> = BTreeMap::new();
    for policy in &policies {
        let about = policy.rules.iter();
        let about = about.filter(|rule| matches!(rule.check, Check::Waiver(_)));
        for rule in about.filter(|rule| plan.wants(rule)) {
            let weight = |rule: &Rule, policy: &Policy| {
                (rule.severity.worst(), Reverse(policy.name.clone()))
            };
            let new = (*policy, rule);
            let known = rules.entry(&rule.id).or_insert(new);
            if weight(rule, policy) > weight(known.1, known.0) {
                *known = new;
            }
        }
    }
    for (policy, rule) in base.filter(|(_, rule)| !speaks(&rule.id)) {
        rules.entry(&rule.id).or_insert((policy, rule));
    }
    rules.into_values().collect()
}

/// What a run looked at.
struct Searched<'a> {
    plan: &'a Plan,
    waiving: &'a Waiving,
    /// The files of the config's folder by their paths from there, and whether rules were asked of them.
    files: BTreeMap<&'a str, bool>,
    /// The rules that a policy of the run asks.
    asked: BTreeSet<&'a str>,
}

impl<'a> Searched<'a> {
    fn of(plan: &'a Plan, waiving: &'a Waiving, judged: &[JudgedFile<'a>]) -> Self {
        let files = judged.iter().filter_map(|(file, judged)| {
            let is_checked = match judged.outcome.status {
                FileStatus::Checked { .. } => true,
                FileStatus::Skipped { .. } => false,
            };
            Some((file.from_config.as_deref()?, is_checked))
        });
        let rules = plan.policies().into_iter().flat_map(|policy| &policy.rules);
        let asked = rules.filter(|rule| plan.wants(rule)).map(|rule| &*rule.id);
        Self {
            plan,
            waiving,
            files: files.collect(),
            asked: asked.collect(),
        }
    }

    /// Whether the run looked at everything that a waiver could be about.
    fn is_everything_about(&self, waiver: &Waiver) -> bool {
        let rule: &str = &waiver.entry.rule;
        let is_selected = self.plan.select.is_empty() || self.plan.select.contains(rule);
        if !is_selected || self.plan.ignore.contains(rule) {
            return false;
        }
        if self.waiving.by_option && !self.asked.contains(rule) {
            return false;
        }
        let Some(path) = waiver.path() else {
            return self.covers("");
        };
        let file = self.files.get(path.plain()).filter(|_| !path.is_pattern());
        // Nothing was asked of a file that was skipped.
        file.copied().unwrap_or_else(|| self.covers(path.plain()))
    }

    /// Whether the run searched the whole of a folder.
    fn covers(&self, path: &str) -> bool {
        let below = |folder: &String| {
            path.strip_prefix(folder.as_str())
                .is_some_and(|rest| folder.is_empty() || rest.is_empty() || rest.starts_with('/'))
        };
        self.waiving.folders.iter().any(below)
    }
}

fn stamped(
    policy: &Arc<Policy>,
    rule: &Rule,
    lies: &Place,
    source: &Arc<Source>,
    verdict: Verdict,
) -> Vec<Finding> {
    let file = PlannedFile {
        input: PlannedInput::Bytes {
            display: source.name().to_string(),
            bytes: Vec::new(),
            named: true,
        },
        from_config: None,
        policy: policy.clone(),
        anchors: Anchors::embedded(),
        environment: None,
        app: None,
    };
    let chain = Chain::empty(Document::default());
    let labels = FileLabels {
        path: source.name(),
        environment: None,
        app: None,
    };
    let facts = View::new(&chain, labels);
    let text = Text::from(source.clone());
    let mut stamp = Stamp::new(&file, lies, &facts, &text, false);
    stamp.verdict(rule, verdict);
    stamp.finish().0
}
