//! Checks: typed questions about a certificate or a chain.
//!
//! A check knows neither rule ids nor severities nor the words of a message; those are a policy's.
//! It says what it found and where. One file of `kinds` holds one check: its parameters, its docs
//! (which become `explain`, the schema's hover texts and the docs page), its code and its tests.

pub mod kinds;
mod table;

pub use table::{KINDS, Kind, Parameters, Scope, kind};

use std::fmt::Display;

use time::OffsetDateTime;

use crate::chain::{Anchors, Chain, Member};
use crate::span::{DerSpan, Span};
use crate::x509::Field;

/// What a check may know beside its subject.
#[derive(Debug)]
pub struct Context<'a> {
    /// The instant at which everything is judged.
    pub now: OffsetDateTime,
    /// The known roots.
    pub anchors: &'a Anchors,
    /// Whether what cannot be checked is an error.
    pub strict: bool,
    /// What the file is, where it holds no chain (see `input`): a reason for skipping it.
    pub encrypted: Option<&'static str>,
}

/// A certificate in its chain.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The certificate with its place and role.
    pub member: &'a Member,
    /// The chain that it stands in.
    pub chain: &'a Chain,
}

/// A question about one certificate.
pub trait CertificateCheck: Send + Sync + std::fmt::Debug {
    /// Asks it.
    fn check(&self, subject: Subject<'_>, context: &Context<'_>) -> Verdict;
}

/// A question about a chain, or about the text of the file that holds it.
pub trait ChainCheck: Send + Sync + std::fmt::Debug {
    /// Asks it.
    fn check(&self, chain: &Chain, context: &Context<'_>) -> Verdict;
}

/// A check with its parameters, ready to be asked.
#[derive(Debug)]
pub enum Check {
    /// Asked of each certificate that the rule's `on` selects.
    Certificate(Box<dyn CertificateCheck>),
    /// Asked once a file.
    Chain(Box<dyn ChainCheck>),
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// All is as it should be.
    Pass,
    /// The question does not arise, and why.
    NotApplicable(&'static str),
    /// It is not as it should be; at least one violation.
    Fail(Vec<Violation>),
    /// It cannot be told (counts as a failure); at least one violation that says why.
    Undetermined(Vec<Violation>),
}

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where.
    pub place: Place,
    /// What the place says, decoded: the label under the underlined characters.
    pub label: String,
    /// Which of the check's outcomes; `None` where the check has one alone.
    pub outcome: Option<&'static str>,
    /// Values for the placeholders of the rule's message and help.
    pub details: Vec<(&'static str, String)>,
    /// Other places that belong to it, each with what it is.
    pub related: Vec<(Place, String)>,
}

/// Where something stands; the engine turns it into a range of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// DER bytes of a certificate (`block` counts `Document::blocks` from 0).
    Der {
        /// The certificate's block.
        block: usize,
        /// The field that these bytes belong to.
        field: Field,
        /// The bytes.
        span: DerSpan,
    },
    /// A certificate as a whole: its BEGIN line.
    Block(usize),
    /// A range of the file.
    File(Span),
}

impl Violation {
    /// At a field of a certificate.
    #[must_use]
    pub fn at_field(member: &Member, field: Field, label: impl Display) -> Self {
        Self::at_der(member, field, member.certificate.span_of(field), label)
    }

    /// At a part of a field of a certificate.
    #[must_use]
    pub fn at_der(member: &Member, field: Field, span: DerSpan, label: impl Display) -> Self {
        Self::at(
            Place::Der {
                block: member.block,
                field,
                span,
            },
            label,
        )
    }

    /// At a certificate as a whole.
    #[must_use]
    pub fn at_certificate(member: &Member, label: impl Display) -> Self {
        Self::at(Place::Block(member.block), label)
    }

    /// Anywhere.
    #[must_use]
    pub fn at(place: Place, label: impl Display) -> Self {
        Self {
            place,
            label: label.to_string(),
            outcome: None,
            details: Vec::new(),
            related: Vec::new(),
        }
    }

    /// Names the outcome.
    #[must_use]
    pub fn outcome(mut self, outcome: &'static str) -> Self {
        self.outcome = Some(outcome);
        self
    }

    /// Adds a value for a placeholder.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.details.push((name, value.to_string()));
        self
    }

    /// Adds a place.
    #[must_use]
    pub fn related(mut self, place: Place, what: impl Display) -> Self {
        self.related.push((place, what.to_string()));
        self
    }
}

impl Verdict {
    /// Fails with these violations; passes where there are none.
    #[must_use]
    pub fn from_violations(violations: Vec<Violation>) -> Self {
        if violations.is_empty() {
            Self::Pass
        } else {
            Self::Fail(violations)
        }
    }

    /// Fails with one violation.
    #[must_use]
    pub fn fail(violation: Violation) -> Self {
        Self::Fail(vec![violation])
    }

    /// Cannot be told; `why` is a clause without a capital or full stop.
    #[must_use]
    pub fn undetermined(violation: Violation, why: impl Display) -> Self {
        Self::Undetermined(vec![violation.with("undetermined", why)])
    }
}
