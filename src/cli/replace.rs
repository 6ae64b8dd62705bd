//! Replacing a file whole or not at all.

use std::fs::{self, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What our files beside others are called while they are written.
const PREFIX: &str = ".chainlint-";

/// Replaces a file's content, if it is still `before`; its mode, owner and attributes stay. Symbolic links, of the file
/// and of the folders on the way to it, are followed to a file below `tree` and no other.
///
/// # Errors
/// Why the file was left as it is, a clause.
pub(super) fn replace(path: &Path, before: &[u8], after: &[u8], tree: &Path) -> Result<(), String> {
    let said = |error: io::Error| words(&error);
    let tree = tree.canonicalize().map_err(said)?;
    let by_link = is_by_link(path, &tree).map_err(said)?;
    let path = path.canonicalize().map_err(said)?;
    if by_link && !path.starts_with(&tree) {
        return Err("a symbolic link leads to it, out of the current folder".to_owned());
    }
    if fs::read(&path).map_err(said)? != before {
        return Err("it has changed meanwhile".to_owned());
    }
    let old = path.metadata().map_err(said)?;
    refuse(&old)?;
    let folder = path.parent().ok_or("it has no folder")?;
    let mut new = tempfile::Builder::new()
        .prefix(PREFIX)
        .tempfile_in(folder)
        .map_err(|error| format!("nothing can be written beside it: {}", words(&error)))?;
    new.write_all(after).map_err(said)?;
    keep_owner(new.path(), &old)?;
    keep_attributes(new.path(), &path)?;
    fs::set_permissions(new.path(), old.permissions()).map_err(said)?;
    new.as_file().sync_all().map_err(said)?;
    new.persist(&path)
        .map_err(|error| format!("it cannot be replaced: {}", words(&error.error)))?;
    Ok(())
}

/// What went wrong, without the name of a file that nobody knows.
fn words(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(_) => error.to_string(),
        None => error.kind().to_string(),
    }
}

/// Whether the file, or a folder below `tree` on the way to it, is a symbolic link, whatever the path is that leads
/// there. Links on the way to `tree` are the system's or the user's own. `tree` has none in it.
fn is_by_link(path: &Path, tree: &Path) -> io::Result<bool> {
    for (height, at) in path.ancestors().enumerate() {
        let Some(name) = at.file_name() else {
            continue;
        };
        let folder = match at.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            Some(_) | None => PathBuf::from("."),
        };
        let real = folder.canonicalize()?;
        let counts = height == 0 || real.starts_with(tree);
        if counts && real.join(name).symlink_metadata()?.is_symlink() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What its owner would not expect to be replaced.
fn refuse(file: &Metadata) -> Result<(), String> {
    if file.permissions().readonly() {
        return Err("it is read-only".to_owned());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if file.nlink() > 1 {
            let why = "it has a further hard link, which would keep the old content";
            return Err(why.to_owned());
        }
    }
    Ok(())
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
    builder.prefix(PREFIX);
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
fn keep_owner(new: &Path, old: &Metadata) -> Result<(), String> {
    use std::os::unix::fs::{MetadataExt, chown};
    let own = new.metadata().map_err(|error| words(&error))?;
    if (own.uid(), own.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    chown(new, Some(old.uid()), Some(old.gid()))
        .map_err(|_| "its owner and group could not be kept".to_owned())
}

#[cfg(not(unix))]
fn keep_owner(_: &Path, _: &Metadata) -> Result<(), String> {
    Ok(())
}

/// Gives a new file the attributes of an old one; access lists are among them, and with one the group's bits of the
/// mode mean something else.
#[cfg(target_os = "linux")]
fn keep_attributes(new: &Path, old: &Path) -> Result<(), String> {
    let lost = |name: &std::ffi::OsStr| {
        let name = name.to_string_lossy();
        format!("its attribute {name} could not be kept")
    };
    // Where a file system has none, there are none to keep.
    let names = xattr::list(old).into_iter().flatten();
    for name in names {
        let value = xattr::get(old, &name).map_err(|_| lost(&name))?;
        let there = xattr::get(new, &name).unwrap_or_default();
        if let Some(value) = value.filter(|value| there.as_ref() != Some(value)) {
            xattr::set(new, &name, &value).map_err(|_| lost(&name))?;
        }
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn keep_attributes(_: &Path, _: &Path) -> Result<(), String> {
    Ok(())
}
