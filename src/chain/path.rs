//! The path from a leaf to its root among the certificates of a file, whatever their order.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Session, Signature, Top};
use crate::x509::Certificate;

/// Certificates a path; real ones have at most five.
const LONGEST_PATH: usize = 32;
/// Steps of the search a file: generous for anything real, milliseconds for anything hostile.
const STEPS: usize = 2_000;
/// Signatures checked a file while searching; one check of an RSA key costs up to 100 µs.
const SIGNATURES: usize = 500;

/// A path with what is known of it.
#[derive(Debug, Clone)]
pub(super) struct Path {
    /// Positions, from the bottom upwards.
    pub(super) certificates: Vec<usize>,
    /// One for each two neighbours.
    pub(super) links: Vec<Signature>,
    pub(super) top: Top,
}

/// Looks for paths among certificates (each of them once).
pub(super) struct Finder<'a> {
    certificates: Vec<&'a Arc<Certificate>>,
    session: &'a Session,
    /// For each certificate those whose subject is its issuer's name, without itself.
    candidates: Vec<Vec<usize>>,
    steps: usize,
    signatures: usize,
    /// Whether a search was cut short.
    pub(super) exhausted: bool,
}

impl<'a> Finder<'a> {
    pub(super) fn new(certificates: Vec<&'a Arc<Certificate>>, session: &'a Session) -> Self {
        let mut by_subject: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, certificate) in certificates.iter().enumerate() {
            by_subject
                .entry(certificate.subject.value.folded())
                .or_default()
                .push(at);
        }
        let candidates = certificates
            .iter()
            .enumerate()
            .map(|(child, certificate)| {
                let named = by_subject.get(&certificate.issuer.value.folded());
                named
                    .into_iter()
                    .flatten()
                    .copied()
                    .filter(|at| *at != child)
                    .collect()
            })
            .collect();
        Self {
            certificates,
            session,
            candidates,
            steps: 0,
            signatures: 0,
            exhausted: false,
        }
    }

    /// The path that the file's own order makes, if it is one from the first to the last
    /// certificate, each signed by the next, the last by itself.
    pub(super) fn in_file_order(&self) -> Option<Path> {
        let last = self.certificates.last()?;
        let own = self.session.signature(last, last);
        if !last.is_self_issued() || own != Signature::Valid {
            return None;
        }
        let pairs = self
            .certificates
            .iter()
            .zip(self.certificates.iter().skip(1));
        for (at, (child, issuer)) in pairs.enumerate() {
            let named = self.candidates.get(at)?.contains(&at.saturating_add(1));
            // A self-signed certificate has no issuer but itself.
            let apart =
                !child.is_self_issued() || self.session.signature(child, child) != Signature::Valid;
            if !named || !apart || self.session.signature(issuer, child) != Signature::Valid {
                return None;
            }
        }
        Some(Path {
            certificates: (0..self.certificates.len()).collect(),
            links: vec![Signature::Valid; self.certificates.len().saturating_sub(1)],
            top: Top::SelfIssued(own),
        })
    }

    /// Whether a certificate issued another one of the file, as far as signatures tell.
    pub(super) fn issued_another(&mut self, issuer: usize) -> bool {
        let children: Vec<usize> = (0..self.certificates.len())
            .filter(|child| {
                self.candidates
                    .get(*child)
                    .is_some_and(|candidates| candidates.contains(&issuer))
            })
            .collect();
        children
            .into_iter()
            .any(|child| self.link(issuer, child) != Signature::Invalid)
    }

    /// The best path upwards from a certificate.
    pub(super) fn from(&mut self, start: usize) -> Path {
        let begun = Path {
            certificates: vec![start],
            links: Vec::new(),
            top: Top::IssuerMissing,
        };
        let mut best: Option<Path> = None;
        self.extend(&begun, &mut best);
        best.unwrap_or(begun)
    }

    /// Follows a path upwards in every way, and keeps the best whole one.
    fn extend(&mut self, path: &Path, best: &mut Option<Path>) {
        self.steps = self.steps.saturating_add(1);
        let Some(top) = path.certificates.last().copied() else {
            return;
        };
        let Some(certificate) = self.certificates.get(top).copied() else {
            return;
        };
        let own = certificate.is_self_issued().then(|| self.link(top, top));
        let next = if own == Some(Signature::Valid) {
            Vec::new()
        } else {
            self.issuers(path, top)
        };
        if next.is_empty() {
            let ended = Path {
                top: own.map_or(Top::IssuerMissing, Top::SelfIssued),
                ..path.clone()
            };
            if best.as_ref().is_none_or(|best| ended.rank() > best.rank()) {
                *best = Some(ended);
            }
            return;
        }
        for (issuer, link) in next {
            if self.steps >= STEPS || path.certificates.len() >= LONGEST_PATH {
                self.exhausted = true;
                break;
            }
            let mut longer = path.clone();
            longer.certificates.push(issuer);
            longer.links.push(link);
            self.extend(&longer, best);
        }
        // A search that was cut short still has what it walked.
        if best.is_none() {
            *best = Some(path.clone());
        }
    }

    /// Who may have issued the top of a path, the likeliest first. Those whose key did not make the
    /// signature are named only where there is nobody else: most often a CA was made anew under its
    /// old name.
    fn issuers(&mut self, path: &Path, top: usize) -> Vec<(usize, Signature)> {
        let candidates = self.candidates.get(top).cloned().unwrap_or_default();
        let mut issuers: Vec<(usize, Signature)> = Vec::new();
        for candidate in candidates {
            if !path.certificates.contains(&candidate) {
                issuers.push((candidate, self.link(candidate, top)));
            }
        }
        let likely = |link: Signature| match link {
            Signature::Valid => 0,
            Signature::Undetermined(_) => 1,
            Signature::Invalid => 2,
        };
        issuers.sort_by_key(|(issuer, link)| {
            (
                likely(*link),
                !self.is_ca(*issuer),
                !self.bears_key_identifier(*issuer, top),
                *issuer,
            )
        });
        if issuers
            .first()
            .is_some_and(|(_, link)| *link == Signature::Invalid)
        {
            issuers.truncate(1);
        } else {
            issuers.retain(|(_, link)| *link != Signature::Invalid);
        }
        issuers
    }

    fn link(&mut self, issuer: usize, child: usize) -> Signature {
        let pair = self
            .certificates
            .get(issuer)
            .zip(self.certificates.get(child));
        let Some((issuer, child)) = pair else {
            return Signature::Invalid;
        };
        if self.signatures >= SIGNATURES {
            self.exhausted = true;
            return Signature::Undetermined("too many signatures would have to be checked");
        }
        self.signatures = self.signatures.saturating_add(1);
        self.session.signature(issuer, child)
    }

    fn is_ca(&self, at: usize) -> bool {
        self.certificates
            .get(at)
            .is_some_and(|certificate| certificate.is_ca())
    }

    fn bears_key_identifier(&self, issuer: usize, child: usize) -> bool {
        let extensions = |at: usize| self.certificates.get(at).map(|found| &found.extensions);
        let borne = extensions(issuer).and_then(|found| found.subject_key_identifier.value());
        let named = extensions(child)
            .and_then(|found| found.authority_key_identifier.value())
            .and_then(|identifier| identifier.key_identifier.as_ref());
        borne.is_some() && borne == named
    }
}

impl Path {
    /// Whether it goes from an issued certificate to a root, with every signature right.
    pub(super) fn is_whole(&self) -> bool {
        self.top == Top::SelfIssued(Signature::Valid)
            && self.links.iter().all(|link| *link == Signature::Valid)
    }

    /// Better paths rank higher: fewer wrong signatures, a sound end, more certificates; of equals
    /// the first one found stays.
    fn rank(&self) -> (std::cmp::Reverse<usize>, u8, usize) {
        let wrong = self
            .links
            .iter()
            .filter(|link| **link == Signature::Invalid)
            .count();
        let end = match self.top {
            Top::SelfIssued(Signature::Valid) => 3,
            Top::SelfIssued(Signature::Undetermined(_)) => 2,
            Top::SelfIssued(Signature::Invalid) => 1,
            Top::IssuerMissing | Top::Nothing => 0,
        };
        (std::cmp::Reverse(wrong), end, self.certificates.len())
    }
}
