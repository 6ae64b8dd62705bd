//! The roots that are known: Mozilla's store, older roots that chains still end in, and what a user names.
//!
//! A root is known by its key; a name alone is worth nothing. Built when first asked, and of a store's root
//! no more is read than is asked for: most runs meet none of them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use data_encoding::HEXLOWER_PERMISSIVE;
use time::OffsetDateTime;

use super::lists::{Listed, TrustedList, TrustedLists};
use crate::x509::{AttributeType, Certificate, Name};

/// Roots that Mozilla's store lacks and chains still end in: subject, notAfter, SHA-256 of the
/// certificate, SHA-256 of the `SubjectPublicKeyInfo`.
const LEGACY: &str = include_str!("legacy-roots.tsv");

/// Trust anchors: known roots, and certificates that the user names.
#[derive(Debug, Clone, Default)]
pub struct Anchors {
    /// Shared by all that stand on the same store.
    store: Arc<OnceLock<Store>>,
    given: Given,
}

/// Whom the user trusts to issue.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Single certificates.
    pub anchors: Vec<Anchor>,
    /// EU trusted lists, each with the file that holds them, for display.
    pub lists: Vec<(Arc<str>, Arc<TrustedLists>)>,
}

/// A certificate that the user trusts to issue.
#[derive(Debug, Clone)]
pub struct Anchor {
    /// The certificate.
    pub certificate: Arc<Certificate>,
    /// The file that holds it, for display.
    pub file: Arc<str>,
}

/// Where a root is known from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Mozilla's store.
    Mozilla,
    /// The table of older roots.
    Legacy,
    /// A file that the user names.
    Given(Arc<str>),
    /// An EU trusted list that the user names.
    Listed(Arc<Listing>),
}

/// What an EU trusted list says of an issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The local file with the list, for display.
    pub file: Arc<str>,
    /// The list's territory.
    pub territory: String,
    /// The list's sequence number.
    pub sequence: u64,
    /// When the list was issued.
    pub issued: OffsetDateTime,
    /// When a newer one is there at the latest.
    pub next_update: Option<OffsetDateTime>,
    /// Who provides the service.
    pub provider: String,
    /// The service's name.
    pub service: String,
}

/// A root whose key is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRoot {
    /// Its subject, for display.
    pub subject: String,
    /// Where it is known from.
    pub origin: Origin,
}

/// The public roots.
#[derive(Debug, Default)]
struct Store {
    /// By the key's SHA-256.
    by_key: BTreeMap<[u8; 32], Known>,
    roots: Vec<Root>,
    /// Common names (or organizational units, where there is none) and organizations, in lower case,
    /// of roots of which only the key's hash is known.
    legacy_names: OnceLock<BTreeSet<(String, String)>>,
}

/// Whose key it is.
#[derive(Debug, Clone)]
enum Known {
    /// A root's of Mozilla's store, by its position in `roots`.
    Mozilla(usize),
    /// An older root's, by its subject.
    Legacy(Cow<'static, str>),
}

/// A root of Mozilla's store.
#[derive(Debug)]
struct Root {
    subject: Name,
    der: &'static [u8],
    /// Parsed when first asked for.
    certificate: OnceLock<Option<Arc<Certificate>>>,
}

impl Anchors {
    /// Mozilla's roots and the older ones.
    #[must_use]
    pub fn embedded() -> Self {
        Self::default()
    }

    /// The same and these.
    #[must_use]
    pub fn with(&self, given: Given) -> Self {
        Self {
            store: self.store.clone(),
            given,
        }
    }

    /// The same and this certificate.
    #[must_use]
    pub fn and(&self, anchor: Anchor) -> Self {
        let mut given = self.given.clone();
        given.anchors.push(anchor);
        self.with(given)
    }

    /// The root with this certificate's key: a public store's, or one that the user names. Other
    /// certificates of a public root's key (renewals, cross-signatures) are the same root.
    #[must_use]
    pub fn known(&self, certificate: &Certificate) -> Option<KnownRoot> {
        let key = &certificate.public_key.value.spki_sha256;
        self.known_key(key).or_else(|| self.given(certificate))
    }

    /// What the user names with this certificate's subject and key.
    #[must_use]
    pub fn given(&self, certificate: &Certificate) -> Option<KnownRoot> {
        let key = &certificate.public_key.value.spki_sha256;
        let named = self.given.anchors.iter().find(|anchor| {
            let theirs = &anchor.certificate;
            theirs.public_key.value.spki_sha256 == *key
                && theirs.subject.value.matches(&certificate.subject.value)
        });
        let origin = match named {
            Some(anchor) => Origin::Given(anchor.file.clone()),
            None => Origin::Listed(Arc::new(self.listed(certificate)?)),
        };
        Some(KnownRoot {
            subject: certificate.subject.value.to_string(),
            origin,
        })
    }

    /// What the trusted lists say of a certificate.
    #[must_use]
    pub fn listed(&self, certificate: &Certificate) -> Option<Listing> {
        let mut lists = self.given.lists.iter();
        lists.find_map(|(file, lists)| Some(listing(file, &lists.find(certificate)?)))
    }

    /// The trusted lists that the user names, each with the file that holds it.
    pub fn lists(&self) -> impl Iterator<Item = (&Arc<str>, &TrustedList)> {
        let files = self.given.lists.iter();
        files.flat_map(|(file, lists)| lists.lists().iter().map(move |list| (file, list)))
    }

    /// The root of a public store with this key (SHA-256 of its `SubjectPublicKeyInfo`).
    #[must_use]
    pub fn known_key(&self, spki_sha256: &[u8; 32]) -> Option<KnownRoot> {
        let store = self.store();
        Some(match store.by_key.get(spki_sha256)? {
            Known::Mozilla(at) => KnownRoot {
                subject: store.root(*at)?.subject.value.to_string(),
                origin: Origin::Mozilla,
            },
            Known::Legacy(subject) => KnownRoot {
                subject: subject.to_string(),
                origin: Origin::Legacy,
            },
        })
    }

    /// The certificates of this name, those that the user names first.
    pub fn named<'a>(
        &'a self,
        name: &'a Name,
    ) -> impl Iterator<Item = (&'a Arc<Certificate>, Origin)> {
        let is_named = move |root: &&Arc<Certificate>| root.subject.value.matches(name);
        let anchors = self.given.anchors.iter();
        let anchors = anchors.filter(move |anchor| is_named(&&anchor.certificate));
        let given = anchors.map(|anchor| (&anchor.certificate, Origin::Given(anchor.file.clone())));
        let lists = self.given.lists.iter().flat_map(|(file, lists)| {
            lists.named(name).map(|found| {
                let listing = Arc::new(listing(file, &found));
                (found.certificate, Origin::Listed(listing))
            })
        });
        // Not looked at before those have been.
        let embedded = std::iter::once(()).flat_map(move |()| self.store().named(name));
        let lists = lists.filter(move |(root, _)| is_named(root));
        given
            .chain(lists)
            .chain(embedded.map(|root| (root, Origin::Mozilla)))
    }

    /// Whether a known root bears this name, whatever its key.
    #[must_use]
    pub fn bears_known_name(&self, name: &Name) -> bool {
        let distinguishing = || {
            let common = name
                .common_name()
                .or_else(|| name.first(&AttributeType::OrganizationalUnit));
            Some((common?.to_lowercase(), name.organization()?.to_lowercase()))
        };
        self.named(name).next().is_some()
            || distinguishing().is_some_and(|pair| self.store().legacy_names().contains(&pair))
    }

    /// Whether a certificate is a root of a public store, told by its key.
    #[must_use]
    pub fn knows(&self, certificate: &Certificate) -> bool {
        self.known_key(&certificate.public_key.value.spki_sha256)
            .is_some()
    }

    fn store(&self) -> &Store {
        self.store.get_or_init(Store::read)
    }
}

#[cfg(test)]
impl Anchors {
    /// The root with this key and no other, known by the table of older roots.
    pub(crate) fn of_older(spki_sha256: [u8; 32], subject: &str) -> Self {
        let known = Known::Legacy(subject.to_owned().into());
        let store = Store {
            by_key: BTreeMap::from([(spki_sha256, known)]),
            legacy_names: OnceLock::from(BTreeSet::new()),
            ..Store::default()
        };
        Self {
            store: Arc::new(OnceLock::from(store)),
            given: Given::default(),
        }
    }

    /// These roots and no others.
    pub(crate) fn of(roots: Vec<Certificate>) -> Self {
        let mut store = Store {
            legacy_names: OnceLock::from(BTreeSet::new()),
            ..Store::default()
        };
        for root in roots {
            store.roots.push(Root {
                subject: root.subject.value.clone(),
                der: &[],
                certificate: OnceLock::from(Some(Arc::new(root))),
            });
        }
        Self {
            store: Arc::new(OnceLock::from(store)),
            given: Given::default(),
        }
    }
}

impl Store {
    fn read() -> Self {
        let mut store = Self::default();
        for (subject, key) in LEGACY.lines().filter_map(legacy) {
            store.by_key.insert(key, Known::Legacy(subject.into()));
        }
        // Mozilla's word weighs more where both know a key.
        for der in webpki_root_certs::TLS_SERVER_ROOT_CERTS {
            let Ok(outline) = Certificate::outline(der) else {
                continue;
            };
            let at = store.roots.len();
            store.by_key.insert(outline.spki_sha256, Known::Mozilla(at));
            store.roots.push(Root {
                subject: outline.subject,
                der,
                certificate: OnceLock::new(),
            });
        }
        store
    }

    fn root(&self, at: usize) -> Option<&Arc<Certificate>> {
        let root = self.roots.get(at)?;
        let parsed = || Certificate::parse(root.der).ok().map(Arc::new);
        root.certificate.get_or_init(parsed).as_ref()
    }

    fn named<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = &'a Arc<Certificate>> {
        let named = self.roots.iter().enumerate();
        let named = named.filter(|(_, root)| root.subject.matches(name));
        named.filter_map(|(at, _)| self.root(at))
    }

    fn legacy_names(&self) -> &BTreeSet<(String, String)> {
        self.legacy_names.get_or_init(|| {
            let subjects = LEGACY.lines().filter_map(legacy);
            let names = subjects.filter_map(|(subject, _)| distinguishing(subject));
            names.collect()
        })
    }
}

fn listing(file: &Arc<str>, found: &Listed<'_>) -> Listing {
    Listing {
        file: file.clone(),
        territory: found.list.territory.clone(),
        sequence: found.list.sequence,
        issued: found.list.issued,
        next_update: found.list.next_update,
        provider: found.service.provider.clone(),
        service: found.service.name.clone(),
    }
}

/// Subject and key hash of a line of the table.
fn legacy(line: &'static str) -> Option<(&'static str, [u8; 32])> {
    let mut columns = line.split('\t');
    let subject = columns.next()?;
    let key = HEXLOWER_PERMISSIVE
        .decode(columns.nth(2)?.trim().as_bytes())
        .ok()?;
    Some((subject, key.try_into().ok()?))
}

/// Common name (or organizational unit) and organization of a subject as OpenSSL prints it, in lower
/// case.
fn distinguishing(subject: &str) -> Option<(String, String)> {
    let value = |kind: &str| {
        let marker = format!("{kind} = ");
        let start = if subject.starts_with(&marker) {
            0
        } else {
            subject.find(&format!(", {marker}"))?.checked_add(2)?
        };
        let rest = subject.get(start.checked_add(marker.len())?..)?;
        // A value with a comma stands in quotes.
        match rest.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next(),
            None => rest.split(", ").next(),
        }
        .map(str::to_owned)
    };
    let common = value("CN").or_else(|| value("OU"))?;
    Some((common.to_lowercase(), value("O")?.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_of_older_roots_is_read() {
        assert_eq!(
            LEGACY.lines().filter_map(legacy).count(),
            LEGACY.lines().count()
        );
    }

    #[test]
    fn every_older_root_has_a_name_to_be_told_by() {
        let named = |line| legacy(line).and_then(|(subject, _)| distinguishing(subject));
        assert_eq!(LEGACY.lines().find(|line| named(line).is_none()), None);
    }

    #[test]
    fn every_root_of_mozillas_store_is_read_and_known_by_its_key() {
        let anchors = Anchors::embedded();
        let store = anchors.store();
        assert_eq!(
            store.roots.len(),
            webpki_root_certs::TLS_SERVER_ROOT_CERTS.len()
        );
        for at in 0..store.roots.len() {
            let root = store.root(at).unwrap();
            let known = anchors
                .known_key(&root.public_key.value.spki_sha256)
                .unwrap();
            assert_eq!(known.origin, Origin::Mozilla);
            assert_eq!(root.problems, [], "{}", root.subject.value);
            let mut named = anchors.named(&root.subject.value);
            assert!(named.any(|(named, _)| named.sha256 == root.sha256));
            assert!(anchors.bears_known_name(&root.issuer.value));
        }
        assert!(anchors.known_key(&[0; 32]).is_none());
    }

    #[test]
    fn names_of_older_roots_are_told_by_common_name_and_organization() {
        let subject = "C = US, O = \"VeriSign, Inc.\", OU = Class 3, CN = Old Root";
        assert_eq!(
            distinguishing(subject),
            Some(("old root".into(), "verisign, inc.".into()))
        );
        assert_eq!(
            distinguishing("O = A, OU = B"),
            Some(("b".into(), "a".into()))
        );
        assert_eq!(distinguishing("CN = A"), None);
    }
}
