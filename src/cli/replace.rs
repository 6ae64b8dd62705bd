//! Replacing a file whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Replaces a file's content, if it is still `before`; its mode and owner stay. Symbolic links, of the file and of
/// the folders on the way to it, are followed to a file below `tree` and no other.
///
/// # Errors
/// Why the file was left as it is, a clause.
pub(super) fn replace(path: &Path, before: &[u8], after: &[u8], tree: &Path) -> Result<(), String> {
    let said = |error: std::io::Error| error.to_string();
    let by_link = is_by_link(path, tree).map_err(said)?;
    let path = path.canonicalize().map_err(said)?;
    if by_link && !path.starts_with(tree.canonicalize().map_err(said)?) {
        return Err("a symbolic link leads to it, out of the current folder".to_owned());
    }
    if fs::read(&path).map_err(said)? != before {
        return Err("it has changed meanwhile".to_owned());
    }
    let old = path.metadata().map_err(said)?;
    let folder = path.parent().ok_or("it has no folder")?;
    let mut new = tempfile::NamedTempFile::new_in(folder).map_err(said)?;
    new.write_all(after).map_err(said)?;
    keep_owner(new.path(), &old)?;
    fs::set_permissions(new.path(), old.permissions()).map_err(said)?;
    new.as_file().sync_all().map_err(said)?;
    new.persist(&path)
        .map_err(|error| error.error.to_string())?;
    Ok(())
}

/// Whether the file, or a folder below `tree` on the way to it, is a symbolic link. Links on the way to `tree` are the
/// system's or the user's own.
fn is_by_link(path: &Path, tree: &Path) -> io::Result<bool> {
    let below = path.strip_prefix(tree).unwrap_or(path);
    let asked = if below.is_absolute() { 1 } else { usize::MAX };
    for at in below.ancestors().take(asked) {
        if !at.as_os_str().is_empty() && tree.join(at).symlink_metadata()?.is_symlink() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Puts a text in the place of a file, or where none is yet, whole or not at all.
pub(super) fn put(path: &Path, text: &[u8]) -> io::Result<()> {
    let file = beside(path, text)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A file with this text in the folder of `path`, on the disk and not yet in its place. It has the mode of the one
/// that it is to replace.
pub(super) fn beside(path: &Path, text: impl AsRef<[u8]>) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".chainlint-");
    // It is for others to read: as for any new file, the caller's umask decides.
    #[cfg(unix)]
    let builder = {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666))
    };
    let written = builder.tempfile_in(folder).and_then(|mut file| {
        if let Ok(old) = fs::metadata(path) {
            file.as_file().set_permissions(old.permissions())?;
        }
        file.write_all(text.as_ref())?;
        file.as_file().sync_all()?;
        Ok(file)
    });
    // The whole error tells the name of the scratch file, which nobody knows.
    written.map_err(|error| {
        if error.kind() == io::ErrorKind::NotFound {
            io::Error::new(error.kind(), "its folder does not exist")
        } else {
            error.kind().into()
        }
    })
}

#[cfg(unix)]
fn keep_owner(new: &Path, old: &fs::Metadata) -> Result<(), String> {
    use std::os::unix::fs::{MetadataExt, chown};
    let own = new.metadata().map_err(|error| error.to_string())?;
    if (own.uid(), own.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    chown(new, Some(old.uid()), Some(old.gid()))
        .map_err(|_| "it belongs to another user, which could not be kept".to_owned())
}

#[cfg(not(unix))]
fn keep_owner(_: &Path, _: &fs::Metadata) -> Result<(), String> {
    Ok(())
}
