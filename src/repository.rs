//! Where files lie in their repository: what code scanning goes by, and what fingerprints are made of, whatever
//! folder a run starts from.
//!
//! Paths are compared as they are written: nothing here looks at the disk.

use std::path::{Component, Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::source::escape;

/// What stays as it is in a URI: the unreserved characters of RFC 3986, 2.3, and the slash. A colon
/// does not, for in the first part of a relative reference it would end a scheme (4.2).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The repository that a run works in, and the folder in which it was started.
#[derive(Debug, Clone, Default)]
pub struct Repository {
    root: PathBuf,
    current: PathBuf,
}

/// A file's place: its path from the root of the repository, or a whole path where it lies outside. The name is the
/// file's own, not made safe to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    path: Vec<u8>,
    is_inside: bool,
}

impl Repository {
    /// `root` is `current` or a folder above it; both are whole paths.
    #[must_use]
    pub fn new(root: &Path, current: &Path) -> Self {
        Self {
            root: root.to_owned(),
            current: current.to_owned(),
        }
    }

    /// Where a file lies, of which this is a whole path or one that starts from the current folder.
    #[must_use]
    pub fn place(&self, path: &Path) -> Place {
        let whole = normal(&self.current.join(path));
        match whole.strip_prefix(&self.root) {
            Ok(inside) => Place {
                path: joined(inside),
                is_inside: true,
            },
            Err(_) => Place {
                path: joined(&whole),
                is_inside: false,
            },
        }
    }
}

impl Place {
    /// The path's bytes, with `/` between its parts.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.path
    }

    /// The path made safe to print.
    #[must_use]
    pub fn shown(&self) -> String {
        escape(&String::from_utf8_lossy(&self.path))
    }

    /// A URI, relative to the root of the repository where the file lies inside.
    #[must_use]
    pub fn uri(&self) -> String {
        let path = percent_encode(&self.path, ENCODED);
        match (self.is_inside, self.path.starts_with(b"/")) {
            (true, _) => path.to_string(),
            (false, true) => format!("file://{path}"),
            (false, false) => format!("file:///{path}"),
        }
    }

    /// Whether the file lies in the repository.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        self.is_inside
    }
}

/// A path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => plain.push(part),
        }
    }
    plain
}

fn joined(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in path.components() {
        if part == Component::RootDir {
            bytes.push(b'/');
            continue;
        }
        if !bytes.is_empty() && !bytes.ends_with(b"/") {
            bytes.push(b'/');
        }
        bytes.extend_from_slice(part.as_os_str().as_encoded_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(path: &str) -> Place {
        Repository::new(Path::new("/srv/repo"), Path::new("/srv/repo/certs/prod"))
            .place(Path::new(path))
    }

    #[test]
    fn what_lies_inside_has_a_path_from_the_root() {
        for (path, wanted) in [
            ("a.pem", "certs/prod/a.pem"),
            ("./x/../a.pem", "certs/prod/a.pem"),
            ("../stage/b.pem", "certs/stage/b.pem"),
            ("/srv/repo/chainlint.yaml", "chainlint.yaml"),
        ] {
            let place = place(path);
            assert_eq!((place.shown().as_str(), place.is_inside()), (wanted, true));
            assert_eq!(place.uri(), wanted);
        }
        let nowhere = Repository::default().place(Path::new("./a/b.pem"));
        assert_eq!(
            (nowhere.uri().as_str(), nowhere.is_inside()),
            ("a/b.pem", true)
        );
    }

    #[test]
    fn what_lies_outside_has_a_whole_path() {
        for (path, wanted) in [
            ("/etc/ssl/c.pem", "/etc/ssl/c.pem"),
            ("../../../other/c.pem", "/srv/other/c.pem"),
            ("/srv/repository/c.pem", "/srv/repository/c.pem"),
        ] {
            let place = place(path);
            assert_eq!((place.shown().as_str(), place.is_inside()), (wanted, false));
            assert_eq!(place.uri(), format!("file://{wanted}"));
        }
    }

    #[test]
    fn a_uri_is_that_of_the_file_whatever_its_name() {
        let uri = |path: &str| Repository::default().place(Path::new(path)).uri();
        assert_eq!(uri("certs/a-b_c.pem"), "certs/a-b_c.pem");
        assert_eq!(uri("a b%20:ž.pem"), "a%20b%2520%3A%C5%BE.pem");
        assert_eq!(uri("new\nline.pem"), "new%0Aline.pem");
        assert_eq!(uri("\u{202e}.pem"), "%E2%80%AE.pem");
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_text_is_kept_and_shown_as_far_as_it_is() {
        use std::os::unix::ffi::OsStrExt;
        let name = std::ffi::OsStr::from_bytes(b"a\xff\x1b.pem");
        let place = Repository::default().place(Path::new(name));
        assert_eq!(place.as_bytes(), b"a\xff\x1b.pem");
        assert_eq!(place.uri(), "a%FF%1B.pem");
        assert_eq!(place.shown(), "a\u{fffd}\\u{1b}.pem");
    }
}
