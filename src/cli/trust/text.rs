//! What is said of a trusted list.

use data_encoding::HEXLOWER;
use time::OffsetDateTime;

use crate::source::escape;
use crate::trust::etsi::Import;
use crate::trust::lists::{TrustedList, TrustedLists};
use crate::x509::Instant;

/// Said once after every import.
pub(super) const NOT_VERIFIED: &str = "\
warning: the XML signature of the lists was not verified; fetch each list over https from the address \
that https://ec.europa.eu/tools/lotl/eu-lotl.xml gives, and compare its sha256";

/// What a list says of itself, in lines.
pub(super) fn describe(list: &TrustedList) -> String {
    let next = list.next_update.map_or_else(
        || "none, the scheme is closed".to_owned(),
        |next| instant(next).to_string(),
    );
    format!(
        "{}: list {} of {}, from {}\n  issued {}, next update {next}\n  sha256 {}\n",
        escape(&list.territory),
        list.sequence,
        escape(&list.operator),
        escape(&list.file),
        instant(list.issued),
        HEXLOWER.encode(&list.sha256)
    )
}

/// What was taken from a list and what was not, in lines.
pub(super) fn counts(import: &Import) -> String {
    format!(
        "  taken: {} with {}; the list names {}\n  passed over: {}\n",
        plural(import.list.services.len(), "service"),
        plural(import.list.certificates(), "certificate"),
        plural(import.providers, "provider"),
        import.passed_over
    )
}

/// What a file holds by now, in a line.
pub(super) fn total(lists: &TrustedLists, file: &str) -> String {
    let services = lists.lists().iter().map(|list| list.services.len()).sum();
    format!(
        "{file} has {}, {}\n",
        plural(lists.lists().len(), "list"),
        plural(services, "service")
    )
}

pub(super) fn warnings(
    import: &Import,
    before: Option<&TrustedList>,
    now: OffsetDateTime,
) -> Vec<String> {
    let list = &import.list;
    let mut warnings = Vec::new();
    if list.is_expired(now) {
        warnings.push(expired(list));
    }
    if let Some(before) = before.filter(|before| before.sequence > list.sequence) {
        warnings.push(format!(
            "warning: {}: list {} replaces list {}, which is newer",
            list.territory, list.sequence, before.sequence
        ));
    }
    if !import.is_national {
        warnings.push(format!(
            "warning: {}: by its type, this is no national list under the EU's scheme",
            list.territory
        ));
    }
    warnings
}

pub(super) fn expired(list: &TrustedList) -> String {
    let due = list.next_update.map(|next| instant(next).to_string());
    format!(
        "warning: {}: the list has expired, a newer one was due by {}",
        escape(&list.territory),
        due.unwrap_or_default()
    )
}

fn plural(count: usize, what: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {what}{ending}")
}

/// RFC 3339, to the second.
pub(super) fn instant(at: OffsetDateTime) -> Instant {
    Instant::from_unix(at.unix_timestamp())
}
