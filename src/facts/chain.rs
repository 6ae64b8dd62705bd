//! The facts of a chain.

use schemars::JsonSchema;
use serde::Serialize;

use crate::chain::{Chain, Ending, Signature, Top};
use crate::source::escape;

/// How the certificates of a file belong together.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct ChainFacts {
    /// Who stands behind it: private, public or qwac.
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
    /// The same as a word: `known_root`, `issued_by_known_root`, `impostor` (the name of a known root
    /// over another key), unknown or nothing (no certificate).
    pub ending_kind: String,
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
    }
}

fn ending_kind(chain: &Chain) -> &'static str {
    match &chain.ending {
        _ if chain.members.is_empty() => "nothing",
        Ending::KnownRoot { .. } => "known_root",
        Ending::IssuedByKnownRoot { .. } => "issued_by_known_root",
        Ending::Impostor { .. } => "impostor",
        Ending::Unknown => "unknown",
    }
}

fn ending(chain: &Chain) -> String {
    if chain.members.is_empty() {
        return "no certificate".to_owned();
    }
    match &chain.ending {
        Ending::KnownRoot { name } => {
            format!("ends in a root that public stores know: {}", escape(name))
        }
        Ending::IssuedByKnownRoot { name } => {
            format!("issued by a root that public stores know: {}", escape(name))
        }
        Ending::Impostor { name } => {
            format!(
                "bears the name of a known root over another key: {}",
                escape(name)
            )
        }
        Ending::Unknown => "no root that public stores know".to_owned(),
    }
}
