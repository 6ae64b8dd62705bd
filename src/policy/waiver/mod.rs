//! Waivers: findings that somebody has answered for, each for one rule and up to one day.
//!
//! Whether a waiver covers a finding is decided here, in one function, for every command alike. Reads
//! no file and no clock.

mod edit;
mod idle;
mod index;
mod path;
mod read;
mod refuse;

use std::sync::Arc;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime, UtcOffset};

use super::Policy;
use crate::check::waiver::Refusal;
use crate::source::{Source, escape};
use crate::span::Span;
use index::Index;

pub use edit::{Rewritten, Unedited, named, put, remove};
pub use idle::{idle, refused_by_all};
pub use path::CoveredPath;
pub(super) use read::{WaiverFile, WaiversFile, read, refuse_twice};
pub use refuse::unknown_rules;

/// Largest file with waivers, in bytes: a baseline of a large repository has tens of thousands.
pub(super) const MAX_BYTES: usize = 16 << 20;

/// A waiver as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// A name of its own.
    pub id: Option<String>,
    /// The rule's id.
    pub rule: String,
    /// SHA-256 of the certificate: 64 lower-case hex digits.
    pub certificate: Option<String>,
    /// A path or pattern, from the config's folder.
    pub path: Option<String>,
    /// Why it was granted.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it holds, in UTC.
    pub expires: Date,
}

impl Entry {
    /// What it is about.
    #[must_use]
    pub fn subject(&self) -> Subject {
        let path = self.path.as_deref();
        Subject {
            rule: self.rule.clone(),
            certificate: self.certificate.clone(),
            path: path.map(path::normal),
        }
    }

    /// The last day, `YYYY-MM-DD`.
    #[must_use]
    pub fn last_day(&self) -> String {
        let form = format_description!("[year]-[month]-[day]");
        // Every date has a year, a month and a day.
        self.expires.format(form).unwrap_or_default()
    }

    /// Why it was granted, on one line and safe to print.
    #[must_use]
    pub fn reason_on_a_line(&self) -> String {
        let words: Vec<&str> = self.reason.split_whitespace().collect();
        escape(&words.join(" "))
    }

    /// Whether its last day is over.
    #[must_use]
    pub fn is_expired(&self, now: OffsetDateTime) -> bool {
        self.expires < today(now)
    }
}

/// What a waiver is about, apart from all that is said about it: two waivers with the same one are the same waiver,
/// however their paths are written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    rule: String,
    certificate: Option<String>,
    path: Option<String>,
}

/// A waiver of a config.
#[derive(Debug, Clone)]
pub struct Waiver {
    /// Its name: the given one, else one that follows from rule, certificate and path, so that it
    /// stays when reason or end change.
    pub id: Arc<str>,
    /// What it says.
    pub entry: Entry,
    /// The file that it stands in.
    pub source: Arc<Source>,
    /// The whole of it.
    pub whole: Span,
    /// Its name, or the rule's id where it has none of its own.
    pub id_at: Span,
    /// The rule's id.
    pub rule_at: Span,
    /// The last day.
    pub expires_at: Span,
    path: Option<CoveredPath>,
}

/// A finding, as far as waivers look at it.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The rule's id.
    pub rule: &'a str,
    /// SHA-256 of the certificate that it stands in, 64 lower-case hex digits; empty where it stands
    /// in none.
    pub certificate: &'a str,
    /// The file, from the config's folder, with `/` between its parts; `None` where it lies outside.
    pub path: Option<&'a str>,
    /// The policy that the finding is of.
    pub policy: &'a Policy,
    /// The instant of the run.
    pub now: OffsetDateTime,
}

/// What a waiver that is about a finding does for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It covers the finding.
    InForce,
    /// Its last day is over.
    Expired,
    /// The policy does not let it.
    Refused(Refusal),
}

/// What the waivers of a config say of one finding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The waivers that are about it, by position.
    pub about: Vec<(usize, Standing)>,
}

impl Answer {
    /// The position of the waiver that covers the finding: the first that is in force.
    #[must_use]
    pub fn covered_by(&self) -> Option<usize> {
        let in_force = |(_, standing): &&(usize, Standing)| *standing == Standing::InForce;
        self.about.iter().find(in_force).map(|(at, _)| *at)
    }
}

/// The waivers of a config, in written order.
#[derive(Debug, Clone, Default)]
pub struct Waivers {
    list: Vec<Waiver>,
    index: Index,
}

impl Waivers {
    pub(super) fn new(list: Vec<Waiver>) -> Self {
        let index = Index::of(&list);
        Self { list, index }
    }

    /// In written order, those of the config before those of its waiver files.
    #[must_use]
    pub fn list(&self) -> &[Waiver] {
        &self.list
    }

    /// Decides which waivers are about a finding, and what each does for it.
    #[must_use]
    pub fn decide(&self, question: &Question<'_>) -> Answer {
        let candidates = self.index.candidates(question).into_iter();
        let about = candidates.filter_map(|at| {
            let waiver = self.list.get(at)?;
            waiver
                .is_about(question)
                .then(|| (at, waiver.standing(question)))
        });
        Answer {
            about: about.collect(),
        }
    }
}

impl Waiver {
    fn new(entry: Entry, path: Option<CoveredPath>, source: &Arc<Source>, at: Places) -> Self {
        let id = entry.id.clone().unwrap_or_else(|| derived_id(&entry));
        Self {
            id: id.into(),
            entry,
            source: source.clone(),
            whole: at.whole,
            id_at: at.id,
            rule_at: at.rule,
            expires_at: at.expires,
            path,
        }
    }

    /// What it is about.
    #[must_use]
    pub fn subject(&self) -> Subject {
        self.entry.subject()
    }

    /// The path that it is for, if it names one.
    #[must_use]
    pub fn path(&self) -> Option<&CoveredPath> {
        self.path.as_ref()
    }

    /// Whether a finding is what it is for: the rule, and all of certificate and path that it names.
    fn is_about(&self, question: &Question<'_>) -> bool {
        let certificate = self.entry.certificate.as_deref();
        let path = self.path.as_ref();
        (certificate.is_some() || path.is_some())
            && self.entry.rule == question.rule
            && certificate.is_none_or(|certificate| certificate == question.certificate)
            && path.is_none_or(|path| question.path.is_some_and(|asked| path.covers(asked)))
    }

    /// What it does for a finding that it is about.
    fn standing(&self, question: &Question<'_>) -> Standing {
        if self.entry.is_expired(question.now) {
            return Standing::Expired;
        }
        match refusal(&self.entry, question.policy, question.now) {
            Some(refusal) => Standing::Refused(refusal),
            None => Standing::InForce,
        }
    }
}

/// Why a policy does not let a waiver cover findings of its rule.
#[must_use]
pub fn refusal(entry: &Entry, policy: &Policy, now: OffsetDateTime) -> Option<Refusal> {
    let name = || policy.name.to_string();
    let rule = policy.rule(&entry.rule);
    if rule.is_some_and(|rule| !rule.is_waivable) {
        return Some(Refusal::NotWaivable { policy: name() });
    }
    let bound = policy.waiver_days.as_ref()?;
    let ahead = entry.expires - today(now);
    (ahead > Duration::days(i64::from(bound.days.get()))).then(|| Refusal::TooLong {
        policy: name(),
        max_days: u32::from(bound.days.get()),
    })
}

/// Where the parts of a waiver stand.
struct Places {
    whole: Span,
    id: Span,
    rule: Span,
    expires: Span,
}

/// The day of an instant in UTC.
fn today(now: OffsetDateTime) -> Date {
    now.to_offset(UtcOffset::UTC).date()
}

/// Twelve hex digits are enough to name a waiver among its like, and short enough to say aloud.
fn derived_id(entry: &Entry) -> String {
    let mut hash = Sha256::new();
    let (certificate, path) = (entry.certificate.as_deref(), entry.path.as_deref());
    for part in [&entry.rule, certificate.unwrap_or(""), path.unwrap_or("")] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let digits: String = HEXLOWER.encode(&hash.finalize()).chars().take(12).collect();
    format!("w-{digits}")
}
