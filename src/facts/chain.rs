//! The facts of a chain.

use schemars::JsonSchema;
use serde::Serialize;
use time::OffsetDateTime;

use super::words;
use crate::chain::{Chain, Ending, ListStatus, Signature, Top};
use crate::source::escape;
use crate::trust::{KnownRoot, Listing, Origin};

/// How the certificates of a file belong together.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct ChainFacts {
    /// Who stands behind it: private, public or qwac; empty where there is no certificate.
    #[schemars(transform = words::classes)]
    pub class: String,
    /// How many certificates the file holds, repetitions included.
    pub length: usize,
    /// The path from the leaf to its top, by the certificates' numbers.
    pub path: Vec<usize>,
    /// Whether the path ends in a self-issued certificate and every signature on it is right.
    pub complete: bool,
    /// Whether the path's certificates stand in order.
    pub in_order: bool,
    /// Numbers of further end-entity certificates.
    pub other_leaves: Vec<usize>,
    /// Numbers of certificates that repeat an earlier one.
    pub duplicates: Vec<usize>,
    /// Numbers of certificates that belong to nothing.
    pub strangers: Vec<usize>,
    /// Numbers of certificate blocks that cannot be read.
    pub unreadable: Vec<usize>,
    /// How its top stands to the roots of public stores, in words.
    pub ending: String,
    /// The same as a word: `known_root` and `issued_by_known_root` (of public stores), `trust_anchor` and
    /// `issued_by_trust_anchor` (of those that a policy or config names), `impostor` (the name of a known
    /// root over another key), unknown or nothing (no certificate).
    #[schemars(transform = words::endings)]
    pub ending_kind: String,
    /// How the path of a QWAC stands to the EU trusted lists: listed, `trust_anchor` (a policy or config
    /// names a CA of it), `not_listed`, or `not_checked` (no list is named); null for other chains.
    #[schemars(transform = words::list_statuses)]
    pub trusted_list: Option<String>,
    /// The same in words.
    pub trusted_list_text: Option<String>,
}

/// Whether a fact is another one where other trust anchors are named.
#[must_use]
pub fn is_by_anchors(path: &str) -> bool {
    let fact = path.strip_prefix("chain.").unwrap_or_default();
    fact.starts_with("ending") || fact.starts_with("trusted_list")
}

/// How the certificates of a chain belong together.
pub(super) fn facts(chain: &Chain) -> ChainFacts {
    let numbers = |positions: &[usize]| -> Vec<usize> {
        positions
            .iter()
            .filter_map(|at| chain.members.get(*at))
            .map(|member| member.index)
            .collect()
    };
    let again: Vec<usize> = chain.duplicates.iter().map(|(again, _)| *again).collect();
    let own = chain.path.first();
    let others: Vec<usize> = chain
        .leaves
        .iter()
        .copied()
        .filter(|leaf| Some(leaf) != own)
        .collect();
    ChainFacts {
        class: if chain.members.is_empty() {
            String::new()
        } else {
            chain.class.as_str().to_owned()
        },
        length: chain.members.len().saturating_add(chain.unreadable.len()),
        path: numbers(&chain.path),
        complete: chain.top == Top::SelfIssued(Signature::Valid)
            && chain.links.iter().all(|link| *link == Signature::Valid),
        in_order: chain.order().moves.is_empty(),
        other_leaves: numbers(&others),
        duplicates: numbers(&again),
        strangers: numbers(&chain.strangers),
        unreadable: chain
            .unreadable
            .iter()
            .map(|unreadable| unreadable.index)
            .collect(),
        ending: ending(chain),
        ending_kind: ending_kind(chain).to_owned(),
        trusted_list: chain
            .list_status
            .as_ref()
            .map(|status| status.as_str().to_owned()),
        trusted_list_text: chain.list_status.as_ref().map(list_status),
    }
}

/// What `ending_kind` can be.
pub(super) const ENDINGS: [&str; 7] = [
    "known_root",
    "issued_by_known_root",
    "trust_anchor",
    "issued_by_trust_anchor",
    "impostor",
    "unknown",
    "nothing",
];

fn ending_kind(chain: &Chain) -> &'static str {
    match &chain.ending {
        _ if chain.members.is_empty() => "nothing",
        Ending::KnownRoot(root) => match root.origin {
            Origin::Mozilla | Origin::Legacy => "known_root",
            Origin::Given(_) | Origin::Listed(_) => "trust_anchor",
        },
        Ending::IssuedByKnownRoot(root) => match root.origin {
            Origin::Mozilla | Origin::Legacy => "issued_by_known_root",
            Origin::Given(_) | Origin::Listed(_) => "issued_by_trust_anchor",
        },
        Ending::Impostor { .. } => "impostor",
        Ending::Unknown => "unknown",
    }
}

fn ending(chain: &Chain) -> String {
    if chain.members.is_empty() {
        return "no certificate".to_owned();
    }
    match &chain.ending {
        Ending::KnownRoot(root) => format!("ends in {}", whose(root)),
        Ending::IssuedByKnownRoot(root) => {
            format!("issued by {}, which is not in the file", whose(root))
        }
        Ending::Impostor { name } => {
            format!(
                "bears the name of a known root over another key: {}",
                escape(name)
            )
        }
        Ending::Unknown => "no root that public stores know or trust_anchors name".to_owned(),
    }
}

/// A root with where it is known from.
fn whose(root: &KnownRoot) -> String {
    let subject = escape(&root.subject);
    match &root.origin {
        Origin::Mozilla => format!("a root of Mozilla's store: {subject}"),
        Origin::Legacy => format!("an older root of public stores: {subject}"),
        Origin::Given(file) => format!("a trust anchor of {file}: {subject}"),
        Origin::Listed(listing) => {
            let territory = escape(&listing.territory);
            format!("an issuer of the trusted list of {territory}: {subject}")
        }
    }
}

fn list_status(status: &ListStatus) -> String {
    match status {
        ListStatus::Listed(listing) => {
            let Listing {
                file,
                territory,
                sequence,
                provider,
                service,
                ..
            } = &**listing;
            let day = |at: OffsetDateTime| at.date().to_string();
            let until = listing.next_update.map_or_else(String::new, |next| {
                format!(", next update by {}", day(next))
            });
            format!(
                "listed: {}, {}; list {sequence} of {}, issued {}{until} ({file}, its signature was not verified)",
                escape(service),
                escape(provider),
                escape(territory),
                day(listing.issued),
            )
        }
        ListStatus::Anchored => "not checked: trust_anchors names a CA of the path".to_owned(),
        ListStatus::NotListed => "not listed: no list of trust_anchors has its issuers".to_owned(),
        ListStatus::NotChecked => {
            "EU trusted list not checked: trust_anchors names none".to_owned()
        }
    }
}
