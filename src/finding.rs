//! What a run has to say: findings, as the writers of `report` receive them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use time::OffsetDateTime;

use crate::chain::{Class, ListStatus};
use crate::repository::{Place, Repository};
use crate::source::{Position, Source};

/// How much a finding weighs.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Advice,
    /// Works today, but will hurt.
    Warning,
    /// Will be refused.
    Error,
}

impl Severity {
    /// The name in reports and policies.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Advice => "advice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One finding, complete and safe to print: every text in it is escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub rule: Arc<str>,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
    /// The clause or standard the rule rests on.
    pub reference: Option<Arc<str>>,
    /// The policy's name.
    pub policy: Arc<str>,
    /// The file's display path.
    pub path: Arc<str>,
    /// First character.
    pub start: Position,
    /// One past the last character.
    pub end: Position,
    /// What the underlined characters encode.
    pub label: String,
    /// The certificate concerned, if it is one.
    pub certificate: Option<CertificateRef>,
    /// The name of the field, if it is one (see `x509::Field`).
    pub field: Option<&'static str>,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// SHA-256 (hex) over rule, certificate and the file's path from the root of its repository.
    pub fingerprint: String,
    /// The waiver that covers it.
    pub waived: Option<Waived>,
    /// Where the policy asks for it.
    pub origin: Origin,
}

impl Finding {
    /// The line of the last character, from 1: what is called by lines alone does not reach into a
    /// line of which it holds nothing.
    #[must_use]
    pub fn last_line(&self) -> usize {
        let last = if self.end.column > 1 {
            self.end.line
        } else {
            self.end.line.saturating_sub(1)
        };
        last.max(self.start.line)
    }
}

/// Which certificate a finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRef {
    /// Counts the file's certificate blocks from 1.
    pub index: usize,
    /// SHA-256 of the DER encoding, hex; empty where the block does not decode.
    pub sha256: String,
    /// The subject (RFC 4514).
    pub subject: String,
}

/// Another place that belongs to a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The file's display path.
    pub path: Arc<str>,
    /// First character.
    pub start: Position,
    /// One past the last character.
    pub end: Position,
    /// What it is.
    pub message: String,
}

/// The waiver that covers a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waived {
    /// Names the waiver.
    pub id: String,
    /// Why it was granted.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it holds, `YYYY-MM-DD`.
    pub expires: String,
}

impl Waived {
    /// Up to when, by whom, and why: what follows "waived".
    #[must_use]
    pub fn in_words(&self) -> String {
        let by = self.owner.as_ref();
        let by = by.map_or_else(String::new, |owner| format!(" by {owner}"));
        format!("until {}{by} ({}): {}", self.expires, self.id, self.reason)
    }
}

/// A rule's place in its policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A policy that comes with the program.
    BuiltIn {
        /// Its name.
        policy: Arc<str>,
        /// The line of the rule, from 1.
        line: usize,
    },
    /// A file.
    File {
        /// Its display path.
        path: Arc<str>,
        /// The line of the rule, from 1.
        line: usize,
    },
    /// No rule asks for it: what cannot be read is told under every policy.
    Always,
}

/// The outcome of a run, as the writers of `report` receive it.
#[derive(Debug, Clone)]
pub struct Report {
    /// The instant at which everything was judged.
    pub at: OffsetDateTime,
    /// The rules that applied, by id and policy: those that failed and those that did not.
    pub rules: Vec<ActiveRule>,
    /// All findings, waived ones included, by path, offset and rule.
    pub findings: Vec<Finding>,
    /// Every file that was looked at, by path.
    pub files: Vec<FileOutcome>,
    /// Where each file lies that a finding is about or that was skipped, by display path.
    pub places: BTreeMap<Arc<str>, Place>,
    /// The printable text of each file that a finding points into, by display path.
    pub sources: BTreeMap<Arc<str>, Arc<Source>>,
}

/// A rule that a run applied, as its policy words it; safe to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveRule {
    /// Its id.
    pub id: Arc<str>,
    /// The policy's name.
    pub policy: Arc<str>,
    /// The heaviest severity that it reports.
    pub severity: Severity,
    /// The name of its check.
    pub check: &'static str,
    /// What is wanted and why.
    pub description: Option<Arc<str>>,
    /// How to mend what breaks it, once for each outcome that has a text of its own; what is not known before a
    /// file is judged is described in ‹›.
    pub help: Vec<String>,
    /// The clause or standard it rests on.
    pub reference: Option<Arc<str>>,
    /// What fails and what passes.
    pub examples: Option<(String, String)>,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileOutcome {
    /// The display path.
    pub path: Arc<str>,
    /// Checked or skipped.
    pub status: FileStatus,
}

/// Checked or skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileStatus {
    /// Rules were applied.
    Checked {
        /// The policy's name.
        policy: Arc<str>,
        /// The class of its chain; `None` where it has no certificate.
        class: Option<Class>,
        /// How a QWAC stands to the EU trusted lists; `None` for other chains.
        trusted_list: Option<ListStatus>,
        /// The environment label of the config.
        environment: Option<Arc<str>>,
        /// The app label of the config.
        app: Option<Arc<str>>,
    },
    /// No rule was applied, and why.
    Skipped {
        /// Why.
        reason: SkipReason,
    },
}

/// Why no rule was applied to a file; shown as a clause without a capital or full stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SkipReason {
    /// Private keys and nothing else.
    #[error("private key, no certificate")]
    PrivateKey,
    /// Certificate requests and nothing else.
    #[error("certificate request, no certificate")]
    CertificateRequest,
    /// Revocation lists and nothing else.
    #[error("revocation list, no certificate")]
    RevocationList,
    /// A secrets tool, which is named, has encrypted it.
    #[error("encrypted with {0}")]
    Encrypted(&'static str),
}

impl SkipReason {
    /// Whether nobody could look into the file, which may hold a chain.
    #[must_use]
    pub fn is_hidden(self) -> bool {
        match self {
            Self::Encrypted(_) => true,
            Self::PrivateKey | Self::CertificateRequest | Self::RevocationList => false,
        }
    }
}

/// How many of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Errors that are not waived.
    pub errors: usize,
    /// Warnings that are not waived.
    pub warnings: usize,
    /// Advice that is not waived.
    pub advice: usize,
    /// Waived findings.
    pub waived: usize,
    /// Files checked.
    pub checked: usize,
    /// Files skipped.
    pub skipped: usize,
}

impl Report {
    /// Where a file lies, by its display path.
    #[must_use]
    pub fn place(&self, path: &str) -> Place {
        let known = self.places.get(path).cloned();
        known.unwrap_or_else(|| Repository::default().place(Path::new(path)))
    }

    /// Counts findings and files.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for finding in &self.findings {
            let count = match (&finding.waived, finding.severity) {
                (Some(_), _) => &mut summary.waived,
                (None, Severity::Error) => &mut summary.errors,
                (None, Severity::Warning) => &mut summary.warnings,
                (None, Severity::Advice) => &mut summary.advice,
            };
            *count = count.saturating_add(1);
        }
        for file in &self.files {
            let count = match file.status {
                FileStatus::Checked { .. } => &mut summary.checked,
                FileStatus::Skipped { .. } => &mut summary.skipped,
            };
            *count = count.saturating_add(1);
        }
        summary
    }

    /// Whether a finding that is not waived weighs at least `threshold`.
    #[must_use]
    pub fn reaches(&self, threshold: Severity) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.waived.is_none() && finding.severity >= threshold)
    }
}
