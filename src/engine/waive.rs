//! Waivers: which findings of a run they cover, and what becomes of those that cover none.
//!
//! `policy` decides whether a waiver covers a finding; here the answers are gathered over a whole run.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::stamp::Stamp;
use super::{Plan, PlannedFile, PlannedInput, Progress};
use crate::chain::Chain;
use crate::check::Check;
use crate::check::waiver::{Refusal, Waiver as Asked};
use crate::facts::{FileLabels, View};
use crate::finding::{FileStatus, Finding, Report, Waived};
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
}

/// What became of a waiver.
#[derive(Debug, Default)]
struct Use {
    /// The findings that it is about: `path:line:column`.
    findings: Vec<String>,
    refusals: BTreeSet<Refusal>,
}

/// The positions of a plan's waivers that are about no finding, and that a finding could have been about.
#[must_use]
pub fn unused_waivers(plan: &Plan, progress: &dyn Progress) -> Vec<usize> {
    let mut report = super::run(plan, progress);
    let Some(waiving) = &plan.waiving else {
        return Vec::new();
    };
    let uses = uses(plan, waiving, &mut report);
    let waivers = waiving.waivers.list().iter().zip(&uses).enumerate();
    let unused = waivers.filter(|(_, (waiver, used))| {
        used.findings.is_empty() && is_searched(plan, waiving, &report, waiver)
    });
    unused.map(|(at, _)| at).collect()
}

/// Marks the findings that waivers cover, and adds what is wrong with the waivers.
pub(super) fn waive(plan: &Plan, waiving: &Waiving, report: &mut Report) {
    let uses = uses(plan, waiving, report);
    for (waiver, used) in waiving.waivers.list().iter().zip(&uses) {
        let findings = judge(plan, waiving, report, waiver, used);
        if !findings.is_empty() {
            let name = waiver.source.name();
            let place = plan.repository.place(Path::new(&**name));
            report.places.insert(name.clone(), place);
            report.sources.insert(name.clone(), waiver.source.clone());
        }
        report.findings.extend(findings);
    }
}

/// What each waiver is used for; findings that one covers are marked.
fn uses(plan: &Plan, waiving: &Waiving, report: &mut Report) -> Vec<Use> {
    let files: BTreeMap<String, &PlannedFile> = plan
        .files
        .iter()
        .map(|file| (escape(file.display()), file))
        .collect();
    let mut uses: Vec<Use> = Vec::new();
    uses.resize_with(waiving.waivers.list().len(), Use::default);
    for finding in &mut report.findings {
        let Some(file) = files.get(&*finding.path) else {
            continue;
        };
        let certificate = finding.certificate.as_ref();
        let question = Question {
            rule: &finding.rule,
            certificate: certificate.map_or("", |certificate| &certificate.sha256),
            path: file.from_config.as_deref(),
            policy: &file.policy,
            now: plan.now,
        };
        let answer = waiving.waivers.decide(&question);
        let place = format!(
            "{}:{}:{}",
            finding.path, finding.start.line, finding.start.column
        );
        let covering = answer.covered_by();
        for (at, standing) in answer.about {
            let Some(used) = uses.get_mut(at) else {
                continue;
            };
            used.findings.push(place.clone());
            if let Standing::Refused(refusal) = standing {
                used.refusals.insert(refusal);
            }
        }
        let covering = covering.and_then(|at| waiving.waivers.list().get(at));
        finding.waived = covering.map(|waiver| Waived {
            id: escape(&waiver.id),
            reason: waiver.entry.reason_on_a_line(),
            expires: waiver.entry.last_day(),
        });
    }
    uses
}

/// What is wrong with one waiver.
fn judge(
    plan: &Plan,
    waiving: &Waiving,
    report: &Report,
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
        is_searched: is_searched(plan, waiving, report, waiver),
        refusals: &refusals,
        rule_at: waiver.rule_at,
        expires_at: waiver.expires_at,
    };
    let rules = rules(plan, waiving);
    let findings = rules.iter().flat_map(|(policy, rule)| match &rule.check {
        Check::Waiver(check) => {
            let lies = plan.repository.place(Path::new(&**waiver.source.name()));
            stamped(policy, rule, &lies, &waiver.source, check.check(&asked))
        }
        Check::Certificate(_) | Check::Chain(_) | Check::File(_) => Vec::new(),
    });
    findings.collect()
}

/// The rules about waivers of all policies of a run, each once: the one that weighs most. A policy that rests on
/// nothing has none of its own, and says nothing against those of the base.
fn rules<'a>(plan: &'a Plan, waiving: &'a Waiving) -> Vec<(&'a Arc<Policy>, &'a Rule)> {
    let speaks = |id: &str| plan.files.iter().any(|file| file.policy.rule(id).is_some());
    let base = waiving.base.iter().flat_map(|base| {
        let of_base = base.rules.iter().map(move |rule| (base, rule));
        of_base.filter(|(_, rule)| matches!(rule.check, Check::Waiver(_)) && plan.wants(rule))
    });
    let mut rules: BTreeMap<&str, (&Arc<Policy>, &Rule)> = BTreeMap::new();
    for file in &plan.files {
        let of_file = file.policy.rules.iter();
        let about = of_file.filter(|rule| matches!(rule.check, Check::Waiver(_)));
        for rule in about.filter(|rule| plan.wants(rule)) {
            let weight = |rule: &Rule, policy: &Policy| {
                (rule.severity.worst(), Reverse(policy.name.clone()))
            };
            let new = (&file.policy, rule);
            let known = rules.entry(&rule.id).or_insert(new);
            if weight(rule, &file.policy) > weight(known.1, known.0) {
                *known = new;
            }
        }
    }
    for (policy, rule) in base.filter(|(_, rule)| !speaks(&rule.id)) {
        rules.entry(&rule.id).or_insert((policy, rule));
    }
    rules.into_values().collect()
}

/// Whether the run looked at everything that a waiver could be about.
fn is_searched(plan: &Plan, waiving: &Waiving, report: &Report, waiver: &Waiver) -> bool {
    let rule: &str = &waiver.entry.rule;
    let is_selected = plan.select.is_empty() || plan.select.contains(rule);
    if !is_selected || plan.ignore.contains(rule) {
        return false;
    }
    let covers = |path: &str| {
        let below = |folder: &String| {
            path.strip_prefix(folder.as_str())
                .is_some_and(|rest| folder.is_empty() || rest.is_empty() || rest.starts_with('/'))
        };
        waiving.folders.iter().any(below)
    };
    let Some(path) = waiver.path() else {
        return covers("");
    };
    if path.is_pattern() {
        return covers(path.plain());
    }
    let mut files = plan.files.iter();
    match files.find(|file| file.from_config.as_deref() == Some(path.plain())) {
        None => covers(path.plain()),
        // Nothing was asked of a file that was skipped.
        Some(file) => {
            let name = escape(file.display());
            let outcome = report.files.iter().find(|outcome| *outcome.path == name);
            outcome.is_some_and(|outcome| matches!(outcome.status, FileStatus::Checked { .. }))
        }
    }
}

fn stamped(
    policy: &Arc<Policy>,
    rule: &Rule,
    lies: &Place,
    source: &Arc<Source>,
    verdict: crate::check::Verdict,
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
