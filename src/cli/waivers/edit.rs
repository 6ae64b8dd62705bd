//! Rewriting files of waivers: each whole or not at all, and one after the other.

use std::fs;
use std::path::Path;

use super::super::difference::unified;
use super::super::environment::Environment;
use super::super::replace::{beside, replace};
use super::super::{Failure, policies};
use super::cannot;
use crate::policy::waiver::{Rewritten, Unedited};
use crate::source::escape;

/// What to make of a text.
pub(super) type Change<'a> = &'a dyn Fn(&str) -> Result<Rewritten, Unedited>;

/// A file with other waivers in it, as it was and as it is to be.
#[derive(Debug)]
pub(super) struct Edited {
    pub(super) before: String,
    pub(super) after: Rewritten,
}

/// What a change would make of a file; one that is not there is empty.
pub(super) fn tried(
    path: &Path,
    change: Change<'_>,
    environment: &Environment,
) -> Result<Edited, Failure> {
    let before = match policies::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(cannot(path, &error.to_string(), environment)),
    };
    let after = change(&before).map_err(|why| cannot(path, &why.to_string(), environment))?;
    Ok(Edited { before, after })
}

/// Changes a file. Others who do the same wait, and then see what was done here.
pub(super) fn write(
    path: &Path,
    change: Change<'_>,
    environment: &Environment,
) -> Result<Edited, Failure> {
    let _lock = lock(path);
    let edited = tried(path, change, environment)?;
    let (before, after) = (&edited.before, &edited.after.text);
    if before == after {
        return Ok(edited);
    }
    let written = if path.exists() {
        let (before, after) = (before.as_bytes(), after.as_bytes());
        replace(path, before, after, &environment.current)
    } else {
        beside(path, after)
            .and_then(|file| file.persist_noclobber(path).map_err(|error| error.error))
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    written.map_err(|why| cannot(path, &why, environment))?;
    Ok(edited)
}

/// Holds the folder of a file until it is dropped: the file itself is replaced, and may not be there yet. Where
/// folders cannot be held (some network file systems), nobody waits.
#[cfg(unix)]
fn lock(path: &Path) -> Option<fs::File> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = fs::File::open(path.parent()?).ok()?;
    folder.lock().ok()?;
    Some(folder)
}

/// Where a lock keeps others from reading, the comparison before the replacement has to do.
#[cfg(not(unix))]
fn lock(_: &Path) -> Option<fs::File> {
    None
}

/// What was changed, line by line.
pub(super) fn difference(path: &Path, edited: &Edited, environment: &Environment) -> String {
    let name = shown(path, environment);
    unified(&name, &edited.before, &edited.after.text)
}

/// A path as messages say it: from the current folder.
pub(super) fn shown(path: &Path, environment: &Environment) -> String {
    let path = path.strip_prefix(&environment.current).unwrap_or(path);
    escape(&path.display().to_string())
}
