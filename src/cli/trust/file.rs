//! The file of trusted lists on disk: what it has, and putting another in its place.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use crate::cli::Failure;
use crate::cli::replace::put;
use crate::input::regular;
use crate::trust::lists::{self, TrustedLists};

/// The bytes of a file, and one more than the limit where it is larger.
pub(super) fn read_up_to(limit: u64, path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    regular::open(path)?
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The bytes of a file of trusted lists.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let limit = u64::try_from(lists::MAX_BYTES).unwrap_or(u64::MAX);
    read_up_to(limit, path)
}

/// What the file to be written holds already. One that holds something else is left alone.
pub(super) fn existing(path: &Path, shown: &str) -> Result<TrustedLists, Failure> {
    let bytes = match read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(TrustedLists::default());
        }
        Err(error) => {
            let message = format!("{shown} is there, but cannot be read: {error}");
            return Err(Failure::Said(message));
        }
    };
    let text = String::from_utf8_lossy(&bytes);
    TrustedLists::parse(&text, shown).map_err(|problems| {
        let first = problems.first().map_or_else(String::new, |problem| {
            let at = problem.file.position(problem.span.start);
            format!(" (line {}, column {}: {problem})", at.line, at.column)
        });
        Failure::Said(format!(
            "{shown} is there already and is no file of trusted lists{first}; it is left as it is, \
             name another one with `--output`"
        ))
    })
}

/// Puts lists in the place of a file, whole or not at all.
pub(super) fn write(path: &Path, shown: &str, lists: &TrustedLists) -> Result<(), Failure> {
    let text = lists.to_string();
    // What is written can be read again, or is not written: there are bounds.
    let refused = TrustedLists::parse(&text, shown).err().unwrap_or_default();
    if let Some(problem) = refused.first() {
        let message = format!("{shown} cannot hold all of these lists: {problem}");
        return Err(Failure::Said(message));
    }
    replace(path, &text)
        .map_err(|error| Failure::Said(format!("{shown} cannot be written: {error}")))
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A link stays a link.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    put(&path, text.as_bytes())
}
