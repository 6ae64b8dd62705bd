//! What a run has to say: findings, as the writers of `report` receive them.

use std::sync::Arc;

use crate::source::Position;

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
    /// SHA-256 (hex) over rule, certificate and path.
    pub fingerprint: String,
    /// The waiver that covers it.
    pub waived: Option<Waived>,
    /// Where the policy asks for it.
    pub origin: Origin,
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
    /// The last day on which it holds, `YYYY-MM-DD`.
    pub expires: String,
}

/// A rule's place in its policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The policy file, or a built-in's name.
    pub path: Arc<str>,
    /// The line of the rule, from 1.
    pub line: usize,
}
