//! Reading an ETSI TS 119 612 trusted list: which certificates it names for website authentication.
//!
//! Takes the certificates of granted CA/QC services for website authentication, as they stand now,
//! and counts what it passes over. Knows no file system and no network, and **verifies no
//! signature**: the list is taken as it is.

mod error;
#[cfg(test)]
mod tests;
mod xml;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use data_encoding::BASE64;
use sha2::{Digest, Sha256};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

use super::lists::{Service, TrustedList};
use crate::span::Span;
use crate::x509::Certificate;
use xml::{Element, shown};

pub use error::{Error, Refusal};

/// Most bytes of a list; the longest ones, Germany's and Italy's, have two million.
pub const MAX_BYTES: usize = 16 << 20;

/// Services that issue qualified certificates (TS 119 612 §5.5.1.1).
const CA_QC: &str = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC";
/// The only status of an active qualified service (§5.5.4).
const GRANTED: &str = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted";
/// What the service's certificates are for (§5.5.9.4).
const FOR_WEBSITES: &str =
    "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/ForWebSiteAuthentication";
/// How the type of a list of lists ends (§5.3.3): `EUlistofthelists`, `CClistofthelists`.
const LIST_OF_LISTS: &str = "listofthelists";
/// The type of a national list under the EU's scheme (§5.3.3).
const NATIONAL: &str = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric";
/// Versions of the format that are read (§5.3.1).
const VERSIONS: [&str; 2] = ["5", "6"];
/// Characters of a name that are kept; a file of many services repeats it often.
const NAME_LENGTH: usize = 200;

/// What was taken from a list, and what was not.
#[derive(Debug, Clone)]
pub struct Import {
    /// What was taken.
    pub list: TrustedList,
    /// Whether its type is that of a national list under the EU's scheme.
    pub is_national: bool,
    /// How many providers it names.
    pub providers: usize,
    /// What was passed over.
    pub passed_over: PassedOver,
}

/// How many services were passed over, and why. Each is counted once, for the first reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PassedOver {
    /// Services of another type than CA/QC.
    pub other_type: usize,
    /// CA/QC services whose status is another than granted.
    pub not_granted: usize,
    /// Granted CA/QC services for other things than website authentication.
    pub not_for_websites: usize,
    /// Services that would be taken, but name no certificate that can be read.
    pub without_certificate: usize,
    /// Certificates of such services that cannot be read.
    pub unreadable_certificates: usize,
}

/// `3 services of other types, 1 withdrawn or otherwise not granted`; `nothing`.
impl fmt::Display for PassedOver {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reasons = [
            (self.other_type, "of another type"),
            (self.not_granted, "not granted (withdrawn or the like)"),
            (self.not_for_websites, "not for website authentication"),
            (self.without_certificate, "without a readable certificate"),
            (
                self.unreadable_certificates,
                "of their certificates unreadable",
            ),
        ];
        let told: Vec<String> = reasons
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, reason)| format!("{count} {reason}"))
            .collect();
        if told.is_empty() {
            return out.write_str("nothing");
        }
        out.write_str(&told.join(", "))
    }
}

/// Reads a list; `file` is the name under which it is remembered.
///
/// # Errors
/// Why it is no trusted list that can be read.
pub fn read(bytes: &[u8], file: &str) -> Result<Import, Error> {
    let start = Span::default();
    if bytes.len() > MAX_BYTES {
        return Err(Refusal::TooLarge { bytes: MAX_BYTES }.at(start));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        Refusal::NotUtf8.at(Span::new(at, at.saturating_add(1)))
    })?;
    if text.trim_start_matches('\u{FEFF}').trim().is_empty() {
        return Err(Refusal::Empty.at(start));
    }
    let root = xml::read(text)?;
    if root.name != "TrustServiceStatusList" {
        return Err(Refusal::OtherXml(shown(&root.name)).at(root.tag));
    }
    let list_type = accept(&root)?;
    let mut list = scheme(&root)?;
    file.clone_into(&mut list.file);
    list.sha256 = Sha256::digest(bytes).into();
    let mut passed_over = PassedOver::default();
    let mut providers = 0_usize;
    let all = root.at(&["TrustServiceProviderList"]);
    for provider in all.iter().flat_map(|all| all.all("TrustServiceProvider")) {
        providers = providers.saturating_add(1);
        let name = name(provider.at(&["TSPInformation", "TSPName"]));
        let services = provider.at(&["TSPServices"]);
        for service in services.iter().flat_map(|all| all.all("TSPService")) {
            let taken = take(service, &name, &mut passed_over)?;
            list.services.extend(taken);
        }
    }
    Ok(Import {
        list,
        is_national: list_type == NATIONAL,
        providers,
        passed_over,
    })
}

/// The list's type, where its version is known and it is a list of services.
fn accept(root: &Element) -> Result<&str, Error> {
    let version = scheme_field(root, "TSLVersionIdentifier")?;
    if !VERSIONS.contains(&version.value()) {
        let version_found = shown(version.value());
        return Err(Refusal::UnknownVersion(version_found).at(version.content));
    }
    let list_type = scheme_field(root, "TSLType")?;
    // Refused by what it is, not by lacking providers: a country may have none.
    if list_type
        .value()
        .to_ascii_lowercase()
        .ends_with(LIST_OF_LISTS)
    {
        return Err(Refusal::ListOfLists.at(list_type.content));
    }
    Ok(list_type.value())
}

/// What the scheme says of the list itself (§5.3), without services.
fn scheme(root: &Element) -> Result<TrustedList, Error> {
    let territory = scheme_field(root, "SchemeTerritory")?;
    let code = territory.value();
    if code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        let wanted = "the two capital letters of a country";
        return Err(bad(territory, "SchemeTerritory", wanted));
    }
    let number = scheme_field(root, "TSLSequenceNumber")?;
    let sequence = number
        .value()
        .parse()
        .map_err(|_| bad(number, "TSLSequenceNumber", "a whole number"))?;
    let next = root.at(&["SchemeInformation", "NextUpdate", "dateTime"]);
    let next_update = match next.filter(|next| !next.value().is_empty()) {
        Some(next) => Some(instant(next, "NextUpdate")?),
        // Empty where the scheme was closed; the element itself has to be there (§5.3.15).
        None => scheme_field(root, "NextUpdate").map(|_| None)?,
    };
    Ok(TrustedList {
        territory: code.to_owned(),
        operator: name(Some(scheme_field(root, "SchemeOperatorName")?)),
        sequence,
        issued: instant(
            scheme_field(root, "ListIssueDateTime")?,
            "ListIssueDateTime",
        )?,
        next_update,
        file: String::new(),
        sha256: [0; 32],
        services: Vec::new(),
    })
}

fn scheme_field<'a>(root: &'a Element, field: &'static str) -> Result<&'a Element, Error> {
    let scheme = root
        .at(&["SchemeInformation"])
        .ok_or_else(|| Refusal::Missing("SchemeInformation").at(root.tag))?;
    scheme
        .at(&[field])
        .ok_or_else(|| Refusal::Missing(field).at(scheme.tag))
}

/// The service, unless it is passed over. What it was before (`ServiceHistory`) does not count.
fn take(
    service: &Element,
    provider: &str,
    passed_over: &mut PassedOver,
) -> Result<Option<Service>, Error> {
    let Some(information) = service.at(&["ServiceInformation"]) else {
        return Err(Refusal::Missing("ServiceInformation").at(service.tag));
    };
    let is = |field: &'static str, uri: &str| {
        information
            .at(&[field])
            .is_some_and(|field| field.value() == uri)
    };
    if !is("ServiceTypeIdentifier", CA_QC) {
        count(&mut passed_over.other_type);
        return Ok(None);
    }
    if !is("ServiceStatus", GRANTED) {
        count(&mut passed_over.not_granted);
        return Ok(None);
    }
    if !is_for_websites(information) {
        count(&mut passed_over.not_for_websites);
        return Ok(None);
    }
    let certificates = certificates(information, &mut passed_over.unreadable_certificates);
    if certificates.is_empty() {
        count(&mut passed_over.without_certificate);
        return Ok(None);
    }
    let since = information
        .at(&["StatusStartingTime"])
        .ok_or_else(|| Refusal::Missing("StatusStartingTime").at(information.tag))?;
    Ok(Some(Service {
        provider: provider.to_owned(),
        name: name(information.at(&["ServiceName"])),
        status_since: instant(since, "StatusStartingTime")?,
        certificates,
    }))
}

fn is_for_websites(information: &Element) -> bool {
    let extensions = information.at(&["ServiceInformationExtensions"]);
    extensions
        .iter()
        .flat_map(|all| all.all("Extension"))
        .flat_map(|extension| extension.all("AdditionalServiceInformation"))
        .flat_map(|additional| additional.all("URI"))
        .any(|uri| uri.value() == FOR_WEBSITES)
}

/// The certificates of a service's digital identity (§5.5.3), each once.
fn certificates(information: &Element, unreadable: &mut usize) -> Vec<Arc<Certificate>> {
    let identity = information.at(&["ServiceDigitalIdentity"]);
    let texts = identity
        .iter()
        .flat_map(|identity| identity.all("DigitalId"))
        .flat_map(|id| id.all("X509Certificate"));
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for text in texts {
        match certificate(&text.text) {
            Some(one) if seen.insert(one.sha256) => found.push(Arc::new(one)),
            Some(_) => {}
            None => count(unreadable),
        }
    }
    found
}

/// A certificate of its base64, in which white space may stand anywhere (XML Schema 2, §3.2.16).
fn certificate(base64: &str) -> Option<Certificate> {
    let solid: Vec<u8> = base64
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let der = BASE64.decode(&solid).ok()?;
    Certificate::parse(&der).ok()
}

/// A name in English, or in the first language that it is given in; runs of white space become one
/// space.
fn name(names: Option<&Element>) -> String {
    let all = || names.into_iter().flat_map(|names| names.all("Name"));
    let is_english = |name: &&Element| {
        let language = name.language.as_deref().unwrap_or_default();
        let primary = language.split('-').next().unwrap_or_default();
        primary.eq_ignore_ascii_case("en") && !name.value().is_empty()
    };
    let chosen = all()
        .find(is_english)
        .or_else(|| all().find(|name| !name.value().is_empty()));
    let Some(chosen) = chosen else {
        return "(no name)".to_owned();
    };
    let words: Vec<&str> = chosen.value().split_whitespace().collect();
    words.join(" ").chars().take(NAME_LENGTH).collect()
}

/// An instant in UTC. Lists write `Z`; one that writes nothing means the same.
fn instant(element: &Element, name: &'static str) -> Result<OffsetDateTime, Error> {
    let text = element.value();
    OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339))
        .ok()
        .and_then(|instant| instant.checked_to_offset(UtcOffset::UTC))
        .ok_or_else(|| bad(element, name, "an instant like 2026-11-23T00:00:00Z"))
}

fn bad(element: &Element, name: &'static str, wanted: &'static str) -> Error {
    Refusal::BadValue {
        element: name,
        found: shown(element.value()),
        wanted,
    }
    .at(element.content)
}

fn count(counter: &mut usize) {
    *counter = counter.saturating_add(1);
}
