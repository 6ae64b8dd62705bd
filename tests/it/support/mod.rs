//! What tests share: certificates made to order, and the program run as a user would.

pub(crate) mod program;
pub(crate) mod trusted_list;

pub(crate) use chainlint::synth::{certificate, der, extension, keys, name, pem, qc};

use std::path::{Path, PathBuf};

use ::der::asn1::ObjectIdentifier;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The instant at which tests judge, unless they say otherwise.
pub(crate) const NOW: &str = "2026-11-23T00:00:00Z";

pub(crate) fn instant(rfc3339: &str) -> OffsetDateTime {
    OffsetDateTime::parse(rfc3339, &Rfc3339).unwrap()
}

pub(crate) const fn oid(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(dotted)
}

/// A path inside the project.
pub(crate) fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Whether generated files are to be written instead of compared.
pub(crate) fn update() -> bool {
    std::env::var_os("UPDATE").is_some_and(|value| value == "1")
}

/// Every file below a folder, sorted, as paths relative to it.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.path().strip_prefix(folder).unwrap().to_owned())
        .collect()
}
