//! What was taken from EU trusted lists: who may issue qualified website certificates, and who
//! said so when.
//!
//! Knows the lists as they are kept in a local file, not the XML that they came from
//! ([`super::etsi`] reads that). Whether the lists are genuine is not known here: no signature is
//! verified.

mod file;
mod write;

use std::collections::BTreeMap;
use std::sync::Arc;

use time::OffsetDateTime;

use crate::x509::{Certificate, Name};

pub use file::{MAX_BYTES, schema};

/// Trusted lists, sorted by territory, and their certificates by key and by name.
#[derive(Debug, Clone, Default)]
pub struct TrustedLists {
    lists: Vec<TrustedList>,
    by_key: BTreeMap<[u8; 32], Vec<Place>>,
    /// By [`Name::folded`] of the subject.
    by_name: BTreeMap<String, Vec<Place>>,
}

/// What was taken from one trusted list.
#[derive(Debug, Clone)]
pub struct TrustedList {
    /// The territory: the country's code as lists write it (`EL` for Greece).
    pub territory: String,
    /// Who runs the scheme; English where the list has it.
    pub operator: String,
    /// Its sequence number; each new list of a territory has a higher one.
    pub sequence: u64,
    /// When it was issued, in UTC.
    pub issued: OffsetDateTime,
    /// When a newer list is there at the latest, in UTC; none where the scheme was closed
    /// (TS 119 612 §5.3.15).
    pub next_update: Option<OffsetDateTime>,
    /// The name of the XML file, without its folder.
    pub file: String,
    /// SHA-256 of the XML file.
    pub sha256: [u8; 32],
    /// The services that were taken, in the list's order.
    pub services: Vec<Service>,
}

/// A granted CA/QC service for website authentication.
#[derive(Debug, Clone)]
pub struct Service {
    /// Who provides it; English where the list has it.
    pub provider: String,
    /// Its name; English where the list has it.
    pub name: String,
    /// Since when it is granted, in UTC.
    pub status_since: OffsetDateTime,
    /// Its digital identity: at least one certificate.
    pub certificates: Vec<Arc<Certificate>>,
}

/// A certificate of a listed service.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'a> {
    /// The list.
    pub list: &'a TrustedList,
    /// The service.
    pub service: &'a Service,
    /// The certificate as the list gives it.
    pub certificate: &'a Arc<Certificate>,
}

/// Where a certificate stands: list, service, certificate.
type Place = (usize, usize, usize);

impl TrustedList {
    /// Whether a newer list should have been there before this instant.
    #[must_use]
    pub fn is_expired(&self, now: OffsetDateTime) -> bool {
        self.next_update.is_some_and(|next| next < now)
    }

    /// How many certificates were taken.
    #[must_use]
    pub fn certificates(&self) -> usize {
        let counts = self
            .services
            .iter()
            .map(|service| service.certificates.len());
        counts.sum()
    }
}

impl TrustedLists {
    /// Takes lists. Where several are of one territory, the last one counts.
    #[must_use]
    pub fn new(lists: impl IntoIterator<Item = TrustedList>) -> Self {
        let by_territory: BTreeMap<String, TrustedList> = lists
            .into_iter()
            .map(|list| (list.territory.clone(), list))
            .collect();
        let lists: Vec<TrustedList> = by_territory.into_values().collect();
        let mut by_key: BTreeMap<_, Vec<Place>> = BTreeMap::new();
        let mut by_name: BTreeMap<_, Vec<Place>> = BTreeMap::new();
        for (in_lists, list) in lists.iter().enumerate() {
            for (in_list, service) in list.services.iter().enumerate() {
                for (in_service, certificate) in service.certificates.iter().enumerate() {
                    let place = (in_lists, in_list, in_service);
                    let key = certificate.public_key.value.spki_sha256;
                    by_key.entry(key).or_default().push(place);
                    let name = certificate.subject.value.folded();
                    by_name.entry(name).or_default().push(place);
                }
            }
        }
        Self {
            lists,
            by_key,
            by_name,
        }
    }

    /// The lists, sorted by territory.
    #[must_use]
    pub fn lists(&self) -> &[TrustedList] {
        &self.lists
    }

    /// The list of a territory.
    #[must_use]
    pub fn of(&self, territory: &str) -> Option<&TrustedList> {
        self.lists.iter().find(|list| list.territory == territory)
    }

    /// The listed service whose digital identity a certificate is: key and subject are those of a
    /// listed certificate (TS 119 612 §5.5.3; issuer, serial number and dates may differ). Where
    /// there are several services, the first one.
    #[must_use]
    pub fn find(&self, certificate: &Certificate) -> Option<Listed<'_>> {
        let key = certificate.public_key.value.spki_sha256;
        self.at(self.by_key.get(&key)).find(|listed| {
            let subject = &listed.certificate.subject.value;
            subject.matches(&certificate.subject.value)
        })
    }

    /// The listed certificates of a subject: candidates for the issuer of a certificate whose chain
    /// lacks it. That a name is listed proves nothing; the signature has to be verified.
    pub fn named(&self, subject: &Name) -> impl Iterator<Item = Listed<'_>> {
        self.at(self.by_name.get(&subject.folded()))
    }

    fn at<'a>(&'a self, places: Option<&'a Vec<Place>>) -> impl Iterator<Item = Listed<'a>> {
        places.into_iter().flatten().filter_map(|place| {
            let (in_lists, in_list, in_service) = *place;
            let list = self.lists.get(in_lists)?;
            let service = list.services.get(in_list)?;
            let certificate = service.certificates.get(in_service)?;
            Some(Listed {
                list,
                service,
                certificate,
            })
        })
    }
}

#[cfg(test)]
mod tests;
