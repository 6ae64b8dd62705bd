//! Paths as files are kept apart by them, and as people read them.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use crate::source::escape;

/// A path without `.` and `..`: a file that is named in two ways is one file. `..` behind a symbolic link leads out
/// of the folder that the link points to, and there that folder stands.
#[must_use]
pub fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match (part, out.components().next_back()) {
            (Component::CurDir, _) | (Component::ParentDir, Some(Component::RootDir)) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                if out.is_symlink()
                    && let Ok(real) = out.canonicalize()
                {
                    out = real;
                }
                out.pop();
            }
            _ => out.push(part),
        }
    }
    out
}

/// A whole path as it is reached from a folder: with `..` where it does not lie below.
#[must_use]
pub fn from_here(path: &Path, current: &Path) -> PathBuf {
    let common = path
        .components()
        .zip(current.components())
        .take_while(|(left, right)| left == right)
        .count();
    let up = current
        .components()
        .skip(common)
        .map(|_| Component::ParentDir);
    up.chain(path.components().skip(common)).collect()
}

/// What to call a file that was named as `named` and is, whole and plain, `path`: from the current folder on, unless
/// it lies elsewhere and was named by a whole path. Safe to print.
#[must_use]
pub fn shown_as(named: &Path, path: &Path, current: &Path) -> String {
    if named.is_absolute() {
        shown(path.strip_prefix(current).unwrap_or(path))
    } else {
        shown(&from_here(path, current))
    }
}

/// A path with `/` between its parts, safe to print. A byte that is no part of a character appears as `\xff`.
#[must_use]
pub fn shown(path: &Path) -> String {
    let mut out = String::new();
    for part in path.components() {
        if part == Component::RootDir {
            out.push('/');
            continue;
        }
        if !out.is_empty() && !out.ends_with('/') {
            out.push('/');
        }
        part_into(&mut out, part.as_os_str());
    }
    if out.is_empty() {
        out.push('.');
    }
    escape(&out)
}

fn part_into(out: &mut String, part: &OsStr) {
    for chunk in part.as_encoded_bytes().utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
}

/// The path that these bytes name; `None` where the system has no such paths.
#[must_use]
pub fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        Some(PathBuf::from(OsStr::from_bytes(bytes)))
    }
    #[cfg(not(unix))]
    {
        std::str::from_utf8(bytes).ok().map(PathBuf::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_has_one_plain_path() {
        let plain = |path: &str| plain(Path::new(path)).display().to_string();
        for path in [
            "/a/b.pem",
            "/a/./b.pem",
            "/a/c/../b.pem",
            "/../a//b.pem",
            "/c/.././a/b.pem",
        ] {
            assert_eq!(plain(path), "/a/b.pem");
        }
        assert_eq!(plain("../../a/../b"), "../../b");
    }

    #[test]
    fn a_path_is_shown_from_the_current_folder() {
        let shown = |named: &str| {
            let current = Path::new("/home/a/certs");
            let named = Path::new(named);
            shown_as(named, &plain(&current.join(named)), current)
        };
        assert_eq!(shown("./x/a.pem"), "x/a.pem");
        assert_eq!(shown("/home/a/certs/x/a.pem"), "x/a.pem");
        assert_eq!(shown("../certs/a.pem"), "a.pem");
        assert_eq!(shown("../a.pem"), "../a.pem");
        assert_eq!(shown("../../b/a.pem"), "../../b/a.pem");
        assert_eq!(shown("/home/a/a.pem"), "/home/a/a.pem");
        assert_eq!(shown("."), ".");
        assert_eq!(shown(".."), "..");
    }

    #[cfg(unix)]
    #[test]
    fn a_parent_of_a_linked_folder_is_that_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("real/deep")).unwrap();
        std::os::unix::fs::symlink("real/deep", root.join("link")).unwrap();
        assert_eq!(plain(&root.join("link/../a.pem")), root.join("real/a.pem"));
        assert_eq!(plain(&root.join("link/a.pem")), root.join("link/a.pem"));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_character_is_shown_as_its_bytes() {
        let shown = |bytes: &[u8]| shown(&path_of(bytes).unwrap());
        assert_eq!(shown(b"a/\xff.pem"), "a/\\xff.pem");
        assert_eq!(shown(b"\xfe\xc3\xa4\x1b"), "\\xfeä\\u{1b}");
    }
}
