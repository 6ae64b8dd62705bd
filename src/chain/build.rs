//! From the certificates of a file to a [`Chain`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use time::OffsetDateTime;

use super::class;
use super::path::{Finder, Path};
use super::{Chain, Class, Member, Role, Session, Unreadable};
use crate::pem::Document;
use crate::trust::Anchors;
use crate::x509::Certificate;

/// Certificates a file from which a path is looked for; further leaves are leaves all the same.
const STARTS_TRIED: usize = 16;

/// Reads a document's certificates and finds how they belong together.
///
/// The file's own order is tried first; only when it is no path that is good at the instant `now` is a
/// better one looked for, within a budget of steps and signatures (see `path`).
#[must_use]
pub fn build(
    document: impl Into<Arc<Document>>,
    session: &Session,
    anchors: &Anchors,
    now: OffsetDateTime,
) -> Chain {
    let mut chain = Chain::empty(document);
    read(&mut chain, session);
    chain.duplicates = duplicates(&chain.members);

    // Positions among the distinct members, and what they are in `members`.
    let repeated: BTreeSet<usize> = chain.duplicates.iter().map(|(again, _)| *again).collect();
    let distinct: Vec<usize> = (0..chain.members.len())
        .filter(|at| !repeated.contains(at))
        .collect();
    if distinct.is_empty() {
        return chain;
    }
    let certificates = distinct
        .iter()
        .filter_map(|at| chain.members.get(*at))
        .map(|member| &member.certificate);
    let mut finder = Finder::new(certificates.collect(), session, now);
    let count = distinct.len();
    let own = finder
        .in_file_order()
        .filter(|path| starts_with_leaf(&chain, &distinct, path));
    let (path, leaves) = match own {
        Some(path) if path.is_sound() => (path, vec![0]),
        own => {
            let found = search(&mut finder, &chain, &distinct);
            let own = own.filter(|own| own.rank >= found.0.rank);
            own.map_or(found, |own| (own, vec![0]))
        }
    };
    chain.exhausted = finder.exhausted;

    let original = |at: &usize| distinct.get(*at).copied();
    chain.path = path.certificates.iter().filter_map(original).collect();
    chain.leaves = leaves.iter().filter_map(original).collect();
    let placed: BTreeSet<usize> = path.certificates.iter().chain(&leaves).copied().collect();
    let strangers: Vec<usize> = (0..count).filter(|at| !placed.contains(at)).collect();
    chain.strangers = strangers.iter().filter_map(original).collect();
    let spares = strangers.iter().filter(|at| finder.is_spare(**at, &path));
    chain.spares = spares.filter_map(original).collect();
    chain.links = path.links;
    chain.top = path.top;
    assign_roles(&mut chain);
    let path: Vec<&Member> = chain.path_members().collect();
    let ending = class::ending(&path, &chain.top, session, anchors);
    let class = class::classify(chain.leaf(), &ending);
    let lists = || class::list_status(&path, &ending, session, anchors);
    chain.list_status = (class == Class::Qwac).then(lists);
    chain.class = class;
    chain.ending = ending;
    chain
}

/// Fills `members` and `unreadable`.
fn read(chain: &mut Chain, session: &Session) {
    let blocks = chain.document.blocks.iter().enumerate();
    let certificates = blocks.filter(|(_, block)| block.label.is_certificate());
    for (index, (block, content)) in (1..).zip(certificates) {
        let parsed = content
            .content
            .as_ref()
            .map(|content| session.certificate(&content.der));
        match parsed {
            Some(Ok(certificate)) => {
                let role = Role::Intermediate;
                chain.members.push(Member {
                    index,
                    block,
                    certificate,
                    role,
                });
            }
            Some(Err(error)) => {
                chain.unreadable.push(Unreadable {
                    index,
                    block,
                    error: Some(error),
                });
            }
            None => chain.unreadable.push(Unreadable {
                index,
                block,
                error: None,
            }),
        }
    }
}

fn duplicates(members: &[Member]) -> Vec<(usize, usize)> {
    let mut first: BTreeMap<[u8; 32], usize> = BTreeMap::new();
    let mut duplicates = Vec::new();
    for (at, member) in members.iter().enumerate() {
        let earlier = *first.entry(member.certificate.sha256).or_insert(at);
        if earlier != at {
            duplicates.push((at, earlier));
        }
    }
    duplicates
}

/// Whether a path in file order begins with an end-entity certificate: only then is there nothing to
/// search for.
fn starts_with_leaf(chain: &Chain, distinct: &[usize], path: &Path) -> bool {
    let is_ca = |at: &usize| {
        distinct
            .get(*at)
            .and_then(|at| chain.members.get(*at))
            .is_some_and(|member| member.certificate.is_ca())
    };
    path.certificates.first().is_some_and(|first| !is_ca(first))
        && path.certificates.iter().skip(1).all(is_ca)
}

/// The path and the leaves, the path's own first; no leaves where there are CA certificates alone.
fn search(finder: &mut Finder<'_>, chain: &Chain, distinct: &[usize]) -> (Path, Vec<usize>) {
    let certificate = |at: usize| {
        distinct
            .get(at)
            .and_then(|at| chain.members.get(*at))
            .map(|m| &m.certificate)
    };
    let is_ca = |at: usize| {
        certificate(at).is_some_and(|found: &std::sync::Arc<Certificate>| found.is_ca())
    };
    let issuers = finder.issuers_among(|at| !is_ca(at));
    let leaves: Vec<usize> = (0..distinct.len())
        .filter(|at| !is_ca(*at) && !issuers.contains(at))
        .collect();
    if leaves.is_empty() {
        return (from_lowest(finder, distinct.len()), Vec::new());
    }
    let mut paths: Vec<Path> = leaves
        .iter()
        .take(STARTS_TRIED)
        .map(|leaf| finder.from(*leaf))
        .collect();
    // The first leaf leads, unless a later one alone has a whole chain above it.
    let chosen = paths
        .iter()
        .position(|path| path.is_whole() && path.certificates.len() > 1)
        .unwrap_or(0);
    let path = paths.swap_remove(chosen);
    let first = path.certificates.first().copied();
    let others = leaves.into_iter().filter(|leaf| Some(*leaf) != first);
    (path.clone(), first.into_iter().chain(others).collect())
}

/// Where there is no leaf: the best of the paths that begin at a certificate which issued no other.
fn from_lowest(finder: &mut Finder<'_>, count: usize) -> Path {
    let issuers = finder.issuers_among(|_| true);
    let lowest: Vec<usize> = (0..count).filter(|at| !issuers.contains(at)).collect();
    let mut best = finder.from(lowest.first().copied().unwrap_or(0));
    // A root that stands alone in the file is whole, and yet less of a chain than two certificates.
    let weight = |path: &Path| (path.certificates.len() > 1, path.rank);
    for start in lowest.into_iter().skip(1).take(STARTS_TRIED) {
        let path = finder.from(start);
        if weight(&path) > weight(&best) {
            best = path;
        }
    }
    best
}

fn assign_roles(chain: &mut Chain) {
    let above: BTreeSet<usize> = chain.path.iter().skip(1).copied().collect();
    let leaves: BTreeSet<usize> = chain.leaves.iter().copied().collect();
    let firsts: BTreeMap<usize, usize> = chain.duplicates.iter().copied().collect();
    for (at, member) in chain.members.iter_mut().enumerate() {
        let first = firsts.get(&at).copied().unwrap_or(at);
        member.role = if leaves.contains(&first) && !above.contains(&first) {
            Role::Leaf
        } else if member.certificate.is_self_issued() {
            Role::Root
        } else {
            Role::Intermediate
        };
    }
}

#[cfg(test)]
#[path = "build_tests.rs"]
mod tests;
