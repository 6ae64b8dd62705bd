//! What a check found becomes a finding: rule, severity, words, and a place in the file.

use std::cmp::Reverse;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{Answer, Answers, PlannedFile};
use crate::chain::{Chain, Member};
use crate::check::{Place, Verdict, Violation};
use crate::facts::View;
use crate::finding::{CertificateRef, Finding, Related, Severity};
use crate::input::Text;
use crate::policy::{Policy, Rule};
use crate::repository;
use crate::source::{Position, escape};
use crate::span::Span;

/// Findings that one rule may have in one file. No bundle in use has as many certificates that break one
/// rule; a file made to exhaust its reader has room for a million.
const MOST_FINDINGS: usize = 4096;

/// Stamps the verdicts on one file.
pub(super) struct Stamp<'a> {
    pub(super) file: &'a PlannedFile,
    pub(super) lies: &'a repository::Place,
    pub(super) chain: &'a Chain,
    pub(super) text: &'a Text,
    facts: &'a View<'a>,
    findings: Vec<Finding>,
    /// What could not be told, apart: see `finish`.
    undetermined: Vec<Finding>,
    /// The rule that is being asked, and how many findings it has.
    count: (Arc<str>, usize),
    /// `None` where nobody asks for them.
    answers: Option<Answers>,
}

impl<'a> Stamp<'a> {
    pub(super) fn new(
        file: &'a PlannedFile,
        lies: &'a repository::Place,
        facts: &'a View<'a>,
        text: &'a Text,
        keeps_answers: bool,
    ) -> Self {
        Self {
            file,
            lies,
            chain: facts.source(),
            text,
            facts,
            findings: Vec::new(),
            undetermined: Vec::new(),
            count: (Arc::from(""), 0),
            answers: keeps_answers.then(Answers::default),
        }
    }

    /// Takes what a check found into the findings, as far as the rule cares.
    pub(super) fn verdict(&mut self, rule: &Rule, verdict: Verdict) {
        let violations = match verdict {
            Verdict::NotApplicable(_) => return,
            Verdict::Pass => {
                self.answer(rule, Answer::Pass);
                return;
            }
            Verdict::Fail(violations) => violations,
        };
        for violation in violations {
            let undetermined = violation.undetermined.is_some();
            // What cannot be told weighs as much as the worst that it may hide.
            let severity = if undetermined {
                rule.severity.worst()
            } else {
                rule.severity.of(violation.outcome)
            };
            let answer = match (severity, undetermined) {
                // An outcome that is off is none.
                (None, _) => Answer::Pass,
                (Some(severity), false) => Answer::Fail(severity),
                (Some(severity), true) => Answer::Undetermined(severity),
            };
            self.answer(rule, answer);
            if let Some(severity) = severity.filter(|_| self.has_room(rule)) {
                let mut finding = self.finding(rule, severity, &violation);
                if self.count.1 > MOST_FINDINGS {
                    finding.message =
                        format!("more like these follow; the first {MOST_FINDINGS} are told");
                    finding.help = None;
                }
                if undetermined {
                    self.undetermined.push(finding);
                } else {
                    self.findings.push(finding);
                }
            }
        }
    }

    /// Counts one more finding of a rule; whether it is to be told, if only to say that more follow.
    fn has_room(&mut self, rule: &Rule) -> bool {
        if self.count.0 != rule.id {
            self.count = (rule.id.clone(), 0);
        }
        self.count.1 = self.count.1.saturating_add(1);
        self.count.1 <= MOST_FINDINGS.saturating_add(1)
    }

    fn answer(&mut self, rule: &Rule, answer: Answer) {
        if let Some(answers) = &mut self.answers {
            answers.take(&rule.id, answer);
        }
    }

    /// All findings, and what each rule came to. Where several rules could not judge for one and the same reason, the gravest says
    /// so, once; none does where a rule that is about the reason itself has failed as gravely.
    pub(super) fn finish(&mut self) -> (Vec<Finding>, Answers) {
        let mut findings = std::mem::take(&mut self.findings);
        let mut undetermined = std::mem::take(&mut self.undetermined);
        undetermined.sort_by_key(|finding| Reverse(finding.severity));
        for finding in undetermined {
            let told = findings.iter().any(|other| {
                other.start.offset == finding.start.offset
                    && other.end.offset == finding.end.offset
                    && other.label == finding.label
                    && other.severity >= finding.severity
            });
            if !told {
                findings.push(finding);
            }
        }
        (findings, self.answers.take().unwrap_or_default())
    }

    fn finding(&self, rule: &Rule, severity: Severity, violation: &Violation) -> Finding {
        let span = self.locate(violation.place);
        let member = self.member(violation.place);
        let certificate = self.certificate(violation.place);
        let sha256 = certificate
            .as_ref()
            .map_or("", |certificate| certificate.sha256.as_str());
        let field = match violation.place {
            Place::Der { field, .. } => Some(field.as_str()),
            Place::Block(_) | Place::File(_) => None,
        };
        let fingerprint = fingerprint(&rule.id, sha256, self.lies);
        let message = match &violation.undetermined {
            Some(why) => format!("cannot be determined: {}", escape(why)),
            None => self.render(rule.message.of(violation.outcome), violation, member),
        };
        let help = rule.help.as_ref().map(|help| {
            let template = help.of(violation.outcome);
            self.render(template, violation, member)
        });
        Finding {
            rule: rule.id.clone(),
            severity,
            message,
            help: help.filter(|help| !help.is_empty() && violation.undetermined.is_none()),
            reference: rule.reference.clone(),
            policy: self.file.policy.name.clone(),
            path: self.text.name().clone(),
            start: self.position(span.start),
            end: self.position(span.end),
            label: escape(&violation.label),
            certificate,
            field,
            related: self.related(violation),
            fingerprint,
            waived: None,
            origin: rule.origin(),
        }
    }

    fn related(&self, violation: &Violation) -> Vec<Related> {
        violation
            .related
            .iter()
            .map(|(place, message)| {
                let span = self.locate(*place);
                Related {
                    path: self.text.name().clone(),
                    start: self.position(span.start),
                    end: self.position(span.end),
                    message: escape(message),
                }
            })
            .collect()
    }

    pub(super) fn position(&self, offset: usize) -> Position {
        self.text.source().position(offset)
    }

    pub(super) fn locate(&self, place: Place) -> Span {
        match place {
            Place::Der { block, span, .. } => self.chain.locate(block, span),
            Place::Block(block) => self
                .chain
                .document
                .blocks
                .get(block)
                .map_or_else(Span::default, |b| b.begin),
            Place::File(span) => span,
        }
    }

    /// Position in `chain.members` of the certificate that a place lies in.
    fn member(&self, place: Place) -> Option<usize> {
        let block = block_of(place)?;
        self.chain
            .members
            .iter()
            .position(|member| member.block == block)
    }

    fn certificate(&self, place: Place) -> Option<CertificateRef> {
        let block = block_of(place)?;
        let of = |member: &Member| CertificateRef {
            index: member.index,
            sha256: HEXLOWER.encode(&member.certificate.sha256),
            subject: escape(&member.certificate.subject.value.to_string()),
        };
        let member = self
            .chain
            .members
            .iter()
            .find(|member| member.block == block)
            .map(of);
        member.or_else(|| {
            self.chain
                .unreadable
                .iter()
                .find(|unreadable| unreadable.block == block)
                .map(|unreadable| CertificateRef {
                    index: unreadable.index,
                    sha256: String::new(),
                    subject: String::new(),
                })
        })
    }

    /// Fills a template from the violation's details, the facts and the policy's variables.
    fn render(
        &self,
        template: &crate::policy::Template,
        violation: &Violation,
        member: Option<usize>,
    ) -> String {
        let policy: &Policy = &self.file.policy;
        template.render(&|name| {
            let detail = violation.details.iter().find(|(detail, _)| *detail == name);
            detail
                .map(|(_, value)| escape(value))
                .or_else(|| policy.variable(name).map(|value| escape(&value)))
                .or_else(|| self.facts.text(member, name).map(said))
        })
    }
}

/// A fact in a text; one that is not there leaves no gap, which would read like a mistake.
fn said(fact: String) -> String {
    if fact.is_empty() {
        "(none)".to_owned()
    } else {
        fact
    }
}

fn block_of(place: Place) -> Option<usize> {
    match place {
        Place::Der { block, .. } | Place::Block(block) => Some(block),
        Place::File(_) => None,
    }
}

/// SHA-256 over rule, certificate and the file's path from the root of its repository, each ended by a zero octet so
/// that none runs into the next.
pub(super) fn fingerprint(rule: &str, certificate: &str, file: &repository::Place) -> String {
    let mut hash = Sha256::new();
    for part in [rule.as_bytes(), certificate.as_bytes(), file.as_bytes()] {
        hash.update(part);
        hash.update([0]);
    }
    HEXLOWER.encode(&hash.finalize())
}
