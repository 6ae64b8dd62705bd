//! What a case expects of rules, held against what they came to.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::document::Case;
use crate::engine::{Answer, Judged, READABLE};
use crate::finding::{Finding, Severity};
use crate::policy::{Location, Policy};
use crate::source::{Source, escape};
use crate::yaml::{self, Key, Located, Node, Problem, Problems, one_of};

/// What a rule may come to; none satisfies another, but that `fail` leaves the severity open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// It fails, and its gravest finding weighs as much.
    Severity(Severity),
    /// It fails.
    Fail,
    /// It holds.
    Pass,
    /// It is not asked of this file.
    NotApplicable,
    /// It cannot be told.
    Undetermined,
    /// The policy turns it off.
    Off,
}

/// Every answer with its key in `expect` and what it means.
pub(super) const ANSWERS: [(Wanted, &str, &str); 8] = [
    (
        Wanted::Severity(Severity::Error),
        "error",
        "Rules that fail, with an error as their gravest finding.",
    ),
    (
        Wanted::Severity(Severity::Warning),
        "warning",
        "Rules that fail, with a warning as their gravest finding.",
    ),
    (
        Wanted::Severity(Severity::Advice),
        "advice",
        "Rules that fail, with an advice as their gravest finding.",
    ),
    (
        Wanted::Fail,
        "fail",
        "Rules that fail, whatever the severity.",
    ),
    (Wanted::Pass, "pass", "Rules that are asked, and hold."),
    (
        Wanted::NotApplicable,
        "not_applicable",
        "Rules that are not asked of this file.",
    ),
    (
        Wanted::Undetermined,
        "undetermined",
        "Rules that cannot tell, because what they ask about cannot be read.",
    ),
    (Wanted::Off, "off", "Rules that the policy turns off."),
];

/// What a case expects of one rule.
#[derive(Debug)]
pub(super) struct Expectation {
    pub(super) rule: String,
    pub(super) wanted: Wanted,
    /// Where the rule's id stands.
    pub(super) place: Location,
    details: Details,
}

/// What the findings of a rule are like, beside their severity.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ExpectedFinding")]
pub(super) struct Details {
    /// The rule.
    rule: Option<Located<String>>,
    /// A part of the message of one of its findings.
    message: Option<String>,
    /// The field that one of them points at, as in reports.
    field: Option<String>,
    /// The certificate of one of them, counted from 1.
    certificate: Option<NonZeroUsize>,
    /// How many there are.
    count: Option<NonZeroUsize>,
}

impl Wanted {
    fn key(self) -> &'static str {
        let found = ANSWERS.iter().find(|(wanted, ..)| *wanted == self);
        found.map_or("fail", |(_, key, _)| key)
    }

    /// Whether it shows that the rule can fail.
    pub(super) fn is_failure(self) -> bool {
        match self {
            Self::Severity(_) | Self::Fail => true,
            Self::Pass | Self::NotApplicable | Self::Undetermined | Self::Off => false,
        }
    }

    fn is_met(self, got: Got) -> bool {
        match (self, got) {
            (Self::Severity(wanted), Got::Answer(Answer::Fail(severity))) => wanted == severity,
            (Self::Fail, Got::Answer(Answer::Fail(_)))
            | (Self::Pass, Got::Answer(Answer::Pass))
            | (Self::Undetermined, Got::Answer(Answer::Undetermined(_)))
            | (Self::NotApplicable, Got::NotApplicable)
            | (Self::Off, Got::Off) => true,
            (
                Self::Severity(_)
                | Self::Fail
                | Self::Pass
                | Self::Undetermined
                | Self::NotApplicable
                | Self::Off,
                _,
            ) => false,
        }
    }
}

/// What a rule came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Got {
    Answer(Answer),
    NotApplicable,
    Off,
}

impl fmt::Display for Got {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(Answer::Pass) => formatter.write_str("it passes"),
            Self::Answer(Answer::Fail(severity)) => {
                write!(formatter, "it fails ({})", severity.as_str())
            }
            Self::Answer(Answer::Undetermined(severity)) => {
                write!(formatter, "it is undetermined ({})", severity.as_str())
            }
            Self::NotApplicable => formatter.write_str("it does not apply"),
            Self::Off => formatter.write_str("it is off"),
        }
    }
}

/// Reads `expect`.
pub(super) fn expectations(
    node: &Node,
    source: &Arc<Source>,
    problems: &mut Problems,
) -> Vec<Expectation> {
    let Some(entries) = node.entries() else {
        let found = node.describe();
        let message = format!("`expect`: expected a map from answers to rules, found {found}");
        let problem = Problem::new(source, node.span, message, &found);
        problems.push(problem.help("write `expect: { error: [RULE], pass: [RULE] }`"));
        return Vec::new();
    };
    let mut all: Vec<Expectation> = Vec::new();
    for (key, node) in entries {
        for expectation in of_answer(key, node, source, problems) {
            if let Some(first) = all.iter().find(|other| other.rule == expectation.rule) {
                let id = escape(&expectation.rule);
                let message =
                    format!("the rule `{id}` is named twice: it comes to one answer alone");
                let problem = expectation.place.problem(message, "named again");
                let first = &first.place;
                problems.push(problem.related(&first.source, first.span, "named here"));
                continue;
            }
            all.push(expectation);
        }
    }
    all
}

fn of_answer(
    key: &Key,
    node: &Node,
    source: &Arc<Source>,
    problems: &mut Problems,
) -> Vec<Expectation> {
    let known = ANSWERS.iter().find(|(_, known, _)| *known == key.name);
    let Some((wanted, ..)) = known else {
        let message = format!("no rule comes to `{}`", escape(&key.name));
        let problem = Problem::new(source, key.span, message, "unknown answer");
        let answers = ANSWERS.iter().map(|(_, key, _)| *key);
        problems.push(problem.help(one_of(&key.name, answers)));
        return Vec::new();
    };
    let one = [node.clone()];
    let items = node.items().unwrap_or(&one);
    let mut all = Vec::new();
    for item in items {
        let Some(mut details) = details(&key.name, item, source, problems) else {
            continue;
        };
        let Some(rule) = details.rule.take() else {
            let message = "`rule` is missing".to_owned();
            let problem = Problem::new(source, item.span, message, "names no rule");
            problems.push(problem.help("write `{ rule: RULE, message: … }`"));
            continue;
        };
        if !details.is_empty() && !wanted.is_failure() && *wanted != Wanted::Undetermined {
            let message = format!("what is expected under `{}` has no findings", key.name);
            let problem = Problem::new(source, item.span, message, "no finding");
            problems.push(problem.help("write the rule's id alone"));
            continue;
        }
        all.push(Expectation {
            place: Location::new(source, rule.span),
            rule: rule.value,
            wanted: *wanted,
            details,
        });
    }
    all
}

fn details(
    key: &str,
    item: &Node,
    source: &Arc<Source>,
    problems: &mut Problems,
) -> Option<Details> {
    if item.entries().is_some() {
        return yaml::from_field(key, item, source, problems);
    }
    let rule: Option<Located<String>> = yaml::from_field(key, item, source, problems);
    rule.map(|rule| Details {
        rule: Some(rule),
        ..Details::default()
    })
}

impl Details {
    fn is_empty(&self) -> bool {
        self.message.is_none()
            && self.field.is_none()
            && self.certificate.is_none()
            && self.count.is_none()
    }

    /// What the findings of the rule lack; `None` where they are as expected.
    fn missing(&self, findings: &[&Finding]) -> Option<String> {
        if let Some(count) = self.count
            && findings.len() != count.get()
        {
            return Some(format!("{count} findings, found {}", findings.len()));
        }
        let is_like = |finding: &&&Finding| {
            let certificate = finding.certificate.as_ref().map(|found| found.index);
            self.message
                .as_ref()
                .is_none_or(|part| finding.message.contains(part))
                && self
                    .field
                    .as_ref()
                    .is_none_or(|field| finding.field == Some(field))
                && (self.certificate.is_none()
                    || self.certificate.map(NonZeroUsize::get) == certificate)
        };
        if self.is_empty() || findings.iter().any(|finding| is_like(&finding)) {
            return None;
        }
        let parts = [
            self.message
                .as_ref()
                .map(|part| format!("the message \"{}\"", escape(part))),
            self.field
                .as_ref()
                .map(|field| format!("the field {}", escape(field))),
            self.certificate.map(|index| format!("certificate {index}")),
        ];
        let wanted: Vec<String> = parts.into_iter().flatten().collect();
        let found: Vec<String> = findings.iter().map(|finding| described(finding)).collect();
        Some(format!(
            "a finding with {}, found {}",
            wanted.join(", "),
            found.join("; ")
        ))
    }
}

fn described(finding: &Finding) -> String {
    let certificate = finding.certificate.as_ref();
    let at = certificate.map_or_else(String::new, |found| {
        format!(" at certificate {}", found.index)
    });
    let field = finding
        .field
        .map_or_else(String::new, |field| format!(" ({field})"));
    format!("\"{}\"{at}{field}", finding.message)
}

/// Where a case's expectations and what its rules came to differ. With `only`, of that rule alone.
pub(super) fn judge(case: &Case, judged: &Judged, policy: &Policy, only: Option<&str>) -> Problems {
    let mut problems = Vec::new();
    let mine = |rule: &str| only.is_none_or(|only| only == rule);
    for expectation in case.expect.iter().filter(|expected| mine(&expected.rule)) {
        let rule = policy.rule(&expectation.rule);
        let findings = judged
            .findings
            .iter()
            .filter(|found| *found.rule == *expectation.rule);
        let findings: Vec<&Finding> = findings.collect();
        let got = match (judged.answers.of(&expectation.rule), rule) {
            (Some(answer), _) => Got::Answer(answer),
            (None, Some(rule)) if rule.is_off() => Got::Off,
            // That it can be read is asked of every file, whether a rule does it or not.
            (None, None) if expectation.rule == READABLE => {
                let gravest = findings.iter().map(|finding| finding.severity).max();
                Got::Answer(gravest.map_or(Answer::Pass, Answer::Fail))
            }
            (None, _) => Got::NotApplicable,
        };
        if !expectation.wanted.is_met(got) {
            let id = escape(&expectation.rule);
            let wanted = expectation.wanted.key().replace('_', " ");
            let message = format!(
                "{}: `{id}`: expected {wanted}, but {got}",
                escape(&case.name)
            );
            let problem = expectation.place.problem(message, &got.to_string());
            let found: Vec<&str> = findings
                .iter()
                .map(|found| found.message.as_str())
                .collect();
            problems.push(if found.is_empty() {
                problem
            } else {
                problem.help(format!("it says: {}", found.join("; ")))
            });
        } else if let Some(missing) = expectation.details.missing(&findings) {
            let id = escape(&expectation.rule);
            let message = format!("{}: `{id}`: expected {missing}", escape(&case.name));
            problems.push(expectation.place.problem(message, "another finding"));
        }
    }
    if case.closed && only.is_none() {
        problems.extend(unexpected(case, judged));
    }
    if only.is_none() {
        problems.extend(empty(case, judged));
    }
    problems
}

/// A case that names no rule shows that the rules asked of its chain hold; where none is, it shows nothing.
fn empty(case: &Case, judged: &Judged) -> Option<Problem> {
    let is_told =
        !case.expect.is_empty() || !judged.answers.is_empty() || !judged.findings.is_empty();
    if is_told {
        return None;
    }
    let message = format!(
        "{}: the case shows nothing: it names no rule, and none applies to its chain",
        escape(&case.name)
    );
    let problem = case.place.problem(message, "this case");
    let help = "write a chain that a rule applies to, or `not_applicable: RULE` under `expect`";
    Some(problem.help(help))
}

/// Findings of rules of which the case says nothing.
fn unexpected(case: &Case, judged: &Judged) -> Problems {
    let is_named = |finding: &&Finding| {
        let mut named = case.expect.iter();
        named.any(|expectation| expectation.rule == *finding.rule)
    };
    let others = judged.findings.iter().filter(|finding| !is_named(finding));
    others
        .map(|finding| {
            let (id, severity) = (&finding.rule, finding.severity.as_str());
            let message = format!("{}: `{id}` is not expected to fail", escape(&case.name));
            let problem = case.place.problem(message, "this case");
            problem.help(format!(
                "{severity}: {}; name the rule under `expect`, or write `other_findings: true`",
                finding.message
            ))
        })
        .collect()
}

/// Rules that a case names and its policy does not have; that a file can be read is told without a rule too.
pub(super) fn unknown(case: &Case, policy: &Policy) -> Problems {
    let unknown = case
        .expect
        .iter()
        .filter(|expected| policy.rule(&expected.rule).is_none() && expected.rule != READABLE);
    unknown
        .map(|expected| {
            let id = escape(&expected.rule);
            let message = format!("the policy `{}` has no rule `{id}`", policy.name);
            let ids = policy.rules.iter().map(|rule| &*rule.id);
            let near = yaml::did_you_mean(&expected.rule, ids);
            let problem = expected.place.problem(message, "unknown rule");
            match near {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem.help(match policy.sources.last() {
                    // A built-in policy's file is called as it is itself.
                    Some(file) => format!("`chainlint rules --policy {}` lists them", file.name()),
                    None => "the policy has no file of its own".to_owned(),
                }),
            }
        })
        .collect()
}
