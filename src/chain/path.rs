//! The path from a leaf to its root among the certificates of a file, whatever their order.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use time::OffsetDateTime;

use super::{Session, Signature, Top, constraints};
use crate::x509::{Certificate, Curve, KeyKind};

/// Certificates a path; real ones have at most five.
const LONGEST_PATH: usize = 32;
/// Candidates looked at a file: generous for anything real, milliseconds for anything hostile.
const STEPS: usize = 20_000;
/// What the signatures of a file may cost while searching, in checks of a 2048-bit RSA key (up to
/// 100 µs each).
const SIGNATURES: usize = 1_000;

/// A path with what is known of it.
#[derive(Debug, Clone)]
pub(super) struct Path {
    /// Positions, from the bottom upwards.
    pub(super) certificates: Vec<usize>,
    /// One for each two neighbours.
    pub(super) links: Vec<Signature>,
    pub(super) top: Top,
    pub(super) rank: Rank,
}

/// How good a path is; better ones are greater. The end comes first: a root that was made anew under its
/// old name is told by its wrong signature, where a way around it would only say that a root is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    /// How sound its end is.
    end: u8,
    /// How many signatures are wrong.
    wrong: Reverse<usize>,
    /// How many certificates are not valid at the instant of the run.
    invalid: Reverse<usize>,
    /// Whether it keeps to its name constraints and path lengths.
    allowed: bool,
    /// How many certificates it has.
    length: usize,
}

/// Looks for paths among certificates (each of them once).
pub(super) struct Finder<'a> {
    certificates: Vec<&'a Arc<Certificate>>,
    session: &'a Session,
    /// The instant of the run.
    now: OffsetDateTime,
    /// For each certificate those whose subject is its issuer's name, itself perhaps among them;
    /// shared by all that name the same issuer.
    candidates: Vec<Arc<[usize]>>,
    /// Links that have been paid for: (issuer, child).
    links: BTreeMap<(usize, usize), Signature>,
    steps: usize,
    signatures: usize,
    /// What comparing names with constraints may still cost; see `constraints`.
    names: usize,
    /// Whether a search was cut short.
    pub(super) exhausted: bool,
}

impl<'a> Finder<'a> {
    pub(super) fn new(
        certificates: Vec<&'a Arc<Certificate>>,
        session: &'a Session,
        now: OffsetDateTime,
    ) -> Self {
        let mut by_subject: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, certificate) in certificates.iter().enumerate() {
            by_subject
                .entry(certificate.subject.value.folded())
                .or_default()
                .push(at);
        }
        let by_subject: BTreeMap<String, Arc<[usize]>> = by_subject
            .into_iter()
            .map(|(name, bearers)| (name, bearers.into()))
            .collect();
        let candidates = certificates
            .iter()
            .map(|certificate| by_subject.get(&certificate.issuer.value.folded()).cloned())
            .map(Option::unwrap_or_default)
            .collect();
        Self {
            certificates,
            session,
            now,
            candidates,
            links: BTreeMap::new(),
            steps: 0,
            signatures: 0,
            names: constraints::STEPS,
            exhausted: false,
        }
    }

    /// The path that the file's own order makes, if it is one from the first to the last
    /// certificate, each signed by the next, the last by itself.
    pub(super) fn in_file_order(&mut self) -> Option<Path> {
        let last = self.certificates.last()?;
        if self.certificates.len() > LONGEST_PATH {
            return None;
        }
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
        let certificates = (0..self.certificates.len()).collect();
        let links = vec![Signature::Valid; self.certificates.len().saturating_sub(1)];
        Some(self.path(certificates, links, Top::SelfIssued(own)))
    }

    /// Those among the `asked` that issued another certificate of the file, as far as signatures tell.
    pub(super) fn issuers_among(&mut self, asked: impl Fn(usize) -> bool) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        for child in 0..self.certificates.len() {
            for issuer in self.candidates_for(child).iter().copied() {
                if issuer == child || found.contains(&issuer) || !asked(issuer) {
                    continue;
                }
                // A self-signed certificate has no issuer but itself.
                if self.exhausted || self.own_signature(child) == Some(Signature::Valid) {
                    break;
                }
                if self.link(issuer, child) != Signature::Invalid {
                    found.insert(issuer);
                }
            }
        }
        found
    }

    /// Whether a certificate could stand in a path in another one's place: it has that one's name and key, or
    /// it issued one of the path. What the budget does not tell counts as such.
    pub(super) fn is_spare(&mut self, at: usize, path: &Path) -> bool {
        path.certificates.iter().any(|other| {
            let pair = self.certificates.get(at).zip(self.certificates.get(*other));
            let same = pair.is_some_and(|(one, other)| {
                one.public_key.value.spki_sha256 == other.public_key.value.spki_sha256
                    && one.subject.value.matches(&other.subject.value)
            });
            same || (self.candidates_for(*other).contains(&at)
                && self.link(at, *other) != Signature::Invalid)
        })
    }

    /// The best path upwards from a certificate.
    pub(super) fn from(&mut self, start: usize) -> Path {
        let begun = self.path(vec![start], Vec::new(), Top::IssuerMissing);
        let mut best: Option<Path> = None;
        self.extend(&begun, &mut best);
        best.unwrap_or(begun)
    }

    /// Follows a path upwards in every way, and keeps the best whole one.
    fn extend(&mut self, path: &Path, best: &mut Option<Path>) {
        let Some(top) = path.certificates.last().copied() else {
            return;
        };
        let own = self.own_signature(top);
        let next = if own == Some(Signature::Valid) {
            Vec::new()
        } else {
            self.issuers(path, top)
        };
        if next.is_empty() {
            let top = own.map_or(Top::IssuerMissing, Top::SelfIssued);
            let ended = self.path(path.certificates.clone(), path.links.clone(), top);
            if best.as_ref().is_none_or(|best| ended.rank > best.rank) {
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
        let candidates = self.candidates_for(top);
        self.steps = self.steps.saturating_add(candidates.len().max(1));
        let mut likely: Vec<usize> = candidates
            .iter()
            .copied()
            .filter(|candidate| !path.certificates.contains(candidate))
            .collect();
        // Signatures are dear, so those whom the key identifiers name come first.
        likely.sort_by_key(|issuer| {
            (
                !self.bears_key_identifier(*issuer, top),
                !self.is_ca(*issuer),
                *issuer,
            )
        });
        let mut issuers: Vec<(usize, Signature)> = likely
            .into_iter()
            .map(|issuer| (issuer, self.link(issuer, top)))
            .collect();
        issuers.sort_by_key(|(_, link)| match link {
            Signature::Valid => 0,
            Signature::Undetermined(_) => 1,
            Signature::Invalid => 2,
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

    fn path(&mut self, certificates: Vec<usize>, links: Vec<Signature>, top: Top) -> Path {
        let on_path: Vec<&Arc<Certificate>> = certificates
            .iter()
            .filter_map(|at| self.certificates.get(*at).copied())
            .collect();
        let wrong = links.iter().filter(|link| **link == Signature::Invalid);
        let now = self.now;
        let invalid = on_path.iter().filter(|one| !one.is_valid_at(now));
        let rank = Rank {
            end: match top {
                Top::SelfIssued(Signature::Valid) => 3,
                Top::SelfIssued(Signature::Undetermined(_)) => 2,
                Top::SelfIssued(Signature::Invalid) => 1,
                Top::IssuerMissing | Top::Nothing => 0,
            },
            wrong: Reverse(wrong.count()),
            invalid: Reverse(invalid.count()),
            allowed: constraints::allow(&on_path, &mut self.names),
            length: certificates.len(),
        };
        Path {
            certificates,
            links,
            top,
            rank,
        }
    }

    fn link(&mut self, issuer: usize, child: usize) -> Signature {
        if let Some(known) = self.links.get(&(issuer, child)) {
            return *known;
        }
        let pair = self
            .certificates
            .get(issuer)
            .zip(self.certificates.get(child));
        let Some((by, of)) = pair else {
            return Signature::Invalid;
        };
        let cost = cost(by);
        if self.signatures.saturating_add(cost) > SIGNATURES {
            self.exhausted = true;
            return Signature::Undetermined("too many signatures would have to be checked");
        }
        self.signatures = self.signatures.saturating_add(cost);
        let link = self.session.signature(by, of);
        self.links.insert((issuer, child), link);
        link
    }

    /// A self-issued certificate's signature under its own key.
    fn own_signature(&mut self, at: usize) -> Option<Signature> {
        let self_issued = self
            .certificates
            .get(at)
            .is_some_and(|certificate| certificate.is_self_issued());
        self_issued.then(|| self.link(at, at))
    }

    fn candidates_for(&self, child: usize) -> Arc<[usize]> {
        self.candidates.get(child).cloned().unwrap_or_default()
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

    /// Whether nothing could be better about it: it is whole, its certificates are valid, and it keeps to
    /// its constraints.
    pub(super) fn is_sound(&self) -> bool {
        self.is_whole() && self.rank.invalid == Reverse(0) && self.rank.allowed
    }
}

/// What a check with this certificate's key costs, in checks of a 2048-bit RSA key.
fn cost(issuer: &Certificate) -> usize {
    match &issuer.public_key.value.kind {
        // Twice the bits, four times the work.
        KeyKind::Rsa(key) | KeyKind::RsaPss(key) => (key.bits() / 2_048).pow(2).max(1),
        // Without ring.
        KeyKind::Ec(Curve::P521) => 8,
        KeyKind::Ec(Curve::P256 | Curve::P384 | Curve::Other(_))
        | KeyKind::Ed25519
        | KeyKind::Ed448
        | KeyKind::Dsa
        | KeyKind::Unknown { .. } => 1,
    }
}
