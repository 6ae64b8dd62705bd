//! The certificates of one file as a chain: roles, the path from leaf to root, what is left over,
//! and the class.
//!
//! States what is so; whether it should be is a matter of checks and policies.

mod build;
mod class;
pub mod constraints;
mod missing;
mod order;
mod path;
mod pss;
mod session;
pub mod signature;
mod subtree;
#[cfg(test)]
mod testing;

pub use build::build;
pub use class::{Class, Ending, ListStatus};
pub use missing::Missing;
pub use order::{Move, Order, Target};
pub use session::Session;
pub use signature::Signature;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::pem::{self, Document};
use crate::span::{DerSpan, Span};
use crate::x509::{self, Certificate};

/// One file's certificates and how they belong together.
#[derive(Debug, Clone)]
pub struct Chain {
    /// The PEM they came from.
    pub document: Arc<Document>,
    /// Those that could be read, in file order.
    pub members: Vec<Member>,
    /// Certificate blocks that could not be read, in file order.
    pub unreadable: Vec<Unreadable>,
    /// Positions in `members`, from the leaf upwards. Empty only where `members` is.
    pub path: Vec<usize>,
    /// One for each two neighbours of `path`: `links[i]` joins `path[i]` to `path[i + 1]`.
    pub links: Vec<Signature>,
    /// How the path ends at its top.
    pub top: Top,
    /// Members that are end-entity certificates, the path's own first.
    pub leaves: Vec<usize>,
    /// Repeated certificates: (the later one, the first one), positions in `members`.
    pub duplicates: Vec<(usize, usize)>,
    /// Members outside the path that are neither duplicates nor further leaves.
    pub strangers: Vec<usize>,
    /// Strangers that could stand in the path in another one's place: renewals and cross-certificates of its
    /// CAs.
    pub spares: Vec<usize>,
    /// Who issued it.
    pub class: Class,
    /// How the path's top stands to the known roots.
    pub ending: Ending,
    /// How its path stands to the EU trusted lists; `None` where it is no QWAC.
    pub list_status: Option<ListStatus>,
    /// The search for a path was cut short by its budget (see `build`).
    pub exhausted: bool,
}

/// A certificate in its file.
#[derive(Debug, Clone)]
pub struct Member {
    /// Counts the file's certificate blocks from 1, unreadable ones included.
    pub index: usize,
    /// Position in `document.blocks`.
    pub block: usize,
    /// What it says; shared by all files of a run that hold it.
    pub certificate: Arc<Certificate>,
    /// What it is in this chain.
    pub role: Role,
}

/// A certificate block that holds no readable certificate.
#[derive(Debug, Clone)]
pub struct Unreadable {
    /// Counts the file's certificate blocks from 1.
    pub index: usize,
    /// Position in `document.blocks`.
    pub block: usize,
    /// Why: `None` where the PEM itself is at fault, and says so.
    pub error: Option<x509::Error>,
}

/// What a certificate is in its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// An end-entity certificate, or the only certificate of a file.
    Leaf,
    /// A CA that is not self-issued.
    Intermediate,
    /// A self-issued CA, or what stands at the top of the path.
    Root,
}

impl Role {
    /// The name in reports and policies.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Leaf => "leaf",
            Self::Intermediate => "intermediate",
            Self::Root => "root",
        }
    }
}

/// How a path ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Top {
    /// There is no certificate.
    Nothing,
    /// The top is self-issued; this is its signature under its own key.
    SelfIssued(Signature),
    /// The top was issued by someone who is not in the file.
    IssuerMissing,
}

/// What is missing above a path whose top was issued by someone who is not in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gap {
    /// A root is in the file, and the path does not reach it; or CA certificates are, and none of
    /// them issued the leaf: something between is missing.
    Intermediate {
        /// Position in `members` of the certificate whose issuer is missing.
        below: usize,
        /// Positions in `members` of the CA certificates that the path does not reach.
        unreached: Vec<usize>,
    },
    /// No root is in the file, and nothing is that hints at a certificate between.
    Root {
        /// Position in `members` of the certificate whose issuer is missing.
        below: usize,
    },
}

impl Chain {
    /// A chain of no certificates.
    #[must_use]
    pub fn empty(document: impl Into<Arc<Document>>) -> Self {
        Self {
            document: document.into(),
            members: Vec::new(),
            unreadable: Vec::new(),
            path: Vec::new(),
            links: Vec::new(),
            top: Top::Nothing,
            leaves: Vec::new(),
            duplicates: Vec::new(),
            strangers: Vec::new(),
            spares: Vec::new(),
            class: Class::Private,
            ending: Ending::Unknown,
            list_status: None,
            exhausted: false,
        }
    }

    /// The members without repetitions, each with whether it belongs to the chain.
    pub fn distinct_members(&self) -> impl Iterator<Item = (&Member, bool)> {
        let repeats: BTreeSet<usize> = self.duplicates.iter().map(|(again, _)| *again).collect();
        let unrelated: BTreeSet<usize> = self.unrelated().into_iter().collect();
        self.members
            .iter()
            .enumerate()
            .filter(move |(at, _)| !repeats.contains(at))
            .map(move |(at, member)| (member, !unrelated.contains(&at)))
    }

    /// Positions in `members` of certificates that belong to nothing: strangers, but for the CA
    /// certificates above a gap.
    #[must_use]
    pub fn unrelated(&self) -> Vec<usize> {
        let unreached = match self.gap() {
            Some(Gap::Intermediate { unreached, .. }) => unreached,
            Some(Gap::Root { .. }) | None => Vec::new(),
        };
        self.strangers
            .iter()
            .copied()
            .filter(|at| !unreached.contains(at))
            .collect()
    }

    /// What is missing, where the path does not end in a self-issued certificate.
    #[must_use]
    pub fn gap(&self) -> Option<Gap> {
        let below = *self
            .path
            .last()
            .filter(|_| self.top == Top::IssuerMissing)?;
        let is = |at: &usize, what: fn(&Certificate) -> bool| {
            self.members
                .get(*at)
                .is_some_and(|member| what(&member.certificate))
        };
        let is_ca = |certificate: &Certificate| certificate.is_ca() || certificate.is_self_issued();
        let unreached: Vec<usize> = self
            .strangers
            .iter()
            .copied()
            .filter(|at| is(at, is_ca))
            .collect();
        // A CA that is no root may as well be left over from another chain, once the path has a CA of
        // its own.
        let misses_intermediate = if self.path.len() == 1 {
            !unreached.is_empty()
        } else {
            unreached
                .iter()
                .any(|at| is(at, Certificate::is_self_issued))
        };
        Some(if misses_intermediate {
            Gap::Intermediate { below, unreached }
        } else {
            Gap::Root { below }
        })
    }

    /// How the path's certificates have to move to stand in order.
    #[must_use]
    pub fn order(&self) -> Order {
        let numbers: Vec<usize> = self.path_members().map(|member| member.index).collect();
        order::mend(&numbers)
    }

    /// The leaf, where the file has any certificate that can be read.
    #[must_use]
    pub fn leaf(&self) -> Option<&Member> {
        self.path.first().and_then(|at| self.members.get(*at))
    }

    /// The top of the path.
    #[must_use]
    pub fn top_member(&self) -> Option<&Member> {
        self.path.last().and_then(|at| self.members.get(*at))
    }

    /// The members of the path, from the leaf upwards.
    #[must_use]
    pub fn path_members(&self) -> impl DoubleEndedIterator<Item = &Member> + Clone {
        self.path.iter().filter_map(|at| self.members.get(*at))
    }

    /// The file bytes that encode a part of a certificate; the block's BEGIN line where the block
    /// has no content.
    #[must_use]
    pub fn locate(&self, block: usize, der: DerSpan) -> Span {
        let Some(block) = self.document.blocks.get(block) else {
            return Span::default();
        };
        block
            .content
            .as_ref()
            .map_or(block.begin, |content: &pem::Content| content.locate(der))
    }
}
