//! Checks: typed questions about a certificate or a chain.
//!
//! A check knows neither rule ids nor severities nor the words of a message; those are a policy's.
//! It says what it found and where. One file of `kinds` holds one check: its parameters, its docs
//! (which become `explain`, the schema's hover texts and the docs page), its code and its tests.

pub(crate) mod day;
mod direction;
pub mod expression;
pub mod issuer;
pub mod kinds;
pub mod parameter;
mod qualified;
mod table;
pub mod text;
pub mod waiver;

pub use direction::{Direction, direction, step};
pub use kinds::validity_limit::public_limit;
pub use table::{Details, KINDS, Kind, Parameters, Scope, Within, documentation, kind, words};

use std::cell::Cell;
use std::fmt::Display;

use time::OffsetDateTime;

use crate::chain::{Chain, Member};
use crate::facts::View;
use crate::span::{DerSpan, Span};
use crate::trust::Anchors;
use crate::x509::Field;
use expression::Known;

/// Why a question about certificates does not arise in a file without any.
pub(crate) const NO_CERTIFICATE: &str = "the file holds no certificate that can be read";
/// Why a question about the whole chain does not arise in a file whose chain is not whole.
pub(crate) const UNREADABLE: &str = "a certificate of the file cannot be read";
/// Why the path is not known for certain.
pub(crate) const EXHAUSTED: &str = "the search for a path was cut short by its budget";

/// What a check may know beside its subject.
#[derive(Debug)]
pub struct Context<'a> {
    /// The instant at which everything is judged.
    pub now: OffsetDateTime,
    /// The known roots.
    pub anchors: &'a Anchors,
    /// The facts of the file.
    pub facts: &'a View<'a>,
    /// How many steps the expression of the rule that is being asked may still take on this file.
    pub steps: &'a Cell<u32>,
}

/// Steps that the expression of one rule may take on one file, all its certificates together. A rule on a certificate
/// takes some hundreds; this many take a quarter of a second, and hold 40 MB at most. Each rule has its own, so that one
/// that is expensive fails no other.
pub const STEPS_A_RULE: u32 = 4_000_000;

/// A file as it was met, before anything was read out of it.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// What could be done with it.
    pub state: FileState<'a>,
    /// Its length in bytes; 0 where it could not be read.
    pub len: usize,
}

/// What could be done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState<'a> {
    /// Its text was searched for certificates.
    Read,
    /// A secrets tool has encrypted it.
    Encrypted(&'static str),
    /// It could not be read, and why.
    Unreadable(&'a str),
}

/// A question about a file as such, asked even where it holds nothing that can be read.
pub trait FileCheck: Send + Sync + std::fmt::Debug {
    /// Asks it.
    fn check(&self, file: File<'_>) -> Verdict;
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

    /// What it says of everything that it can be asked of, where its parameters leave no choice.
    fn certain(&self, _: &Known<'_>) -> Option<bool> {
        None
    }

    /// Whether more may pass where more trust anchors are named.
    fn goes_by_anchors(&self) -> bool {
        false
    }
}

/// A question about a chain, or about the text of the file that holds it.
pub trait ChainCheck: Send + Sync + std::fmt::Debug {
    /// Asks it.
    fn check(&self, chain: &Chain, context: &Context<'_>) -> Verdict;

    /// What it says of everything that it can be asked of, where its parameters leave no choice.
    fn certain(&self, _: &Known<'_>) -> Option<bool> {
        None
    }

    /// Whether more may pass where more trust anchors are named.
    fn goes_by_anchors(&self) -> bool {
        false
    }
}

/// A check with its parameters, ready to be asked.
#[derive(Debug)]
pub enum Check {
    /// Asked of each certificate that the rule's `on` selects.
    Certificate(Box<dyn CertificateCheck>),
    /// Asked once of each file that could be read.
    Chain(Box<dyn ChainCheck>),
    /// Asked once of each file, whatever became of it.
    File(Box<dyn FileCheck>),
    /// Asked once of each waiver of the config, when all files were judged.
    Waiver(Box<dyn waiver::WaiverCheck>),
}

impl Check {
    /// What it says of everything that it can be asked of, where its parameters leave no choice.
    #[must_use]
    pub fn certain(&self, known: &Known<'_>) -> Option<bool> {
        match self {
            Self::Certificate(check) => check.certain(known),
            Self::Chain(check) => check.certain(known),
            Self::File(_) | Self::Waiver(_) => None,
        }
    }

    /// Whether more may pass where more trust anchors are named.
    #[must_use]
    pub fn goes_by_anchors(&self) -> bool {
        match self {
            Self::Certificate(check) => check.goes_by_anchors(),
            Self::Chain(check) => check.goes_by_anchors(),
            Self::File(_) | Self::Waiver(_) => false,
        }
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// All is as it should be.
    Pass,
    /// The question does not arise, and why.
    NotApplicable(&'static str),
    /// It is not as it should be, or it cannot be told, which counts as a failure; at least one
    /// violation, each of which says whether it is certain.
    Fail(Vec<Violation>),
}

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where.
    pub place: Place,
    /// What the place says, decoded: the label under the underlined characters.
    pub label: String,
    /// Why it cannot be told, a clause without a capital or full stop; `None` where it is certain.
    pub undetermined: Option<String>,
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

impl Place {
    /// A field of a certificate.
    #[must_use]
    pub fn field(member: &Member, field: Field) -> Self {
        Self::Der {
            block: member.block,
            field,
            span: member.certificate.span_of(field),
        }
    }
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
            undetermined: None,
            outcome: None,
            details: Vec::new(),
            related: Vec::new(),
        }
    }

    /// Cannot be told; `why` is a clause without a capital or full stop.
    #[must_use]
    pub fn undetermined(mut self, why: impl Display) -> Self {
        self.undetermined = Some(why.to_string());
        self
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
        Self::fail(violation.undetermined(why))
    }
}
