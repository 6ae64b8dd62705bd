//! From the paths of a command line to the files to look at.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

/// What a file that may hold a chain is called.
const EXTENSIONS: [&str; 12] = [
    "pem",
    "crt",
    "cer",
    "cert",
    "chain",
    "bundle",
    "ca-bundle",
    "der",
    "p7b",
    "p7c",
    "p12",
    "pfx",
];
/// Folders that hold what others made.
const FOREIGN: [&str; 6] = [
    "node_modules",
    "target",
    "vendor",
    ".venv",
    "venv",
    "__pycache__",
];

/// How to look for files.
pub struct Options<'a> {
    /// Look also where git and convention say not to.
    pub no_ignore: bool,
    /// Treat files that the user named as if they had been found.
    pub force_exclude: bool,
    /// Whether a file (a whole path) is to be left out.
    pub excluded: &'a dyn Fn(&Path) -> bool,
    /// Whether a file that was found, and not named, is one of those looked for, by its name.
    pub is_wanted: fn(&Path) -> bool,
    /// The folder that relative paths are relative to.
    pub current: &'a Path,
}

/// A file to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Where it is.
    pub path: PathBuf,
    /// What to call it: as the user named it, with `/`, without a leading `./`.
    pub display: String,
    /// The user named it, so it is checked whatever it holds.
    pub named: bool,
}

/// Paths that do not exist, all of them: the caller's mistake.
#[derive(Debug, thiserror::Error)]
#[error("no such file or folder: {}", .0.join(", "))]
pub struct Missing(pub Vec<String>);

/// The files behind these paths, each once, by display path.
///
/// # Errors
/// When a path does not exist; all such paths are named.
pub fn discover(paths: &[PathBuf], options: &Options<'_>) -> Result<Vec<Candidate>, Missing> {
    let missing: Vec<String> = paths
        .iter()
        .filter(|path| options.current.join(path).symlink_metadata().is_err())
        .map(|path| display(path))
        .collect();
    if !missing.is_empty() {
        return Err(Missing(missing));
    }
    let mut found: BTreeMap<String, Candidate> = BTreeMap::new();
    for path in paths {
        let whole = options.current.join(path);
        if whole.is_dir() {
            for file in walk(&whole, options) {
                let below = file
                    .strip_prefix(&whole)
                    .map(|rest| display(&path.join(rest)));
                let display = below.unwrap_or_else(|_| display(&file));
                if !(options.excluded)(&file) {
                    let candidate = Candidate {
                        path: file,
                        display: display.clone(),
                        named: false,
                    };
                    found.entry(display).or_insert(candidate);
                }
            }
        } else if !(options.force_exclude && (options.excluded)(&whole)) {
            let display = display(path);
            let named = !options.force_exclude;
            found.insert(
                display.clone(),
                Candidate {
                    path: whole,
                    display,
                    named,
                },
            );
        }
    }
    Ok(found.into_values().collect())
}

/// All files of a folder that are looked for. What cannot be walked is passed over here and shows
/// when it is read.
fn walk(folder: &Path, options: &Options<'_>) -> Box<dyn Iterator<Item = PathBuf>> {
    let found: Box<dyn Iterator<Item = PathBuf>> = if options.no_ignore {
        // The folder that the user named is never passed over.
        let kept = |entry: &walkdir::DirEntry| entry.depth() == 0 || entry.file_name() != ".git";
        let entries = walkdir::WalkDir::new(folder).into_iter().filter_entry(kept);
        Box::new(
            entries
                .filter_map(Result::ok)
                .map(walkdir::DirEntry::into_path),
        )
    } else {
        let entries = WalkBuilder::new(folder)
            .hidden(false)
            .follow_links(false)
            // What one person ignores everywhere must not change what is found.
            .git_global(false)
            .filter_entry(|entry| entry.depth() == 0 || !is_foreign(entry))
            .build();
        Box::new(entries.filter_map(Result::ok).map(DirEntry::into_path))
    };
    let is_wanted = options.is_wanted;
    Box::new(found.filter(move |path| is_wanted(path) && !path.is_dir()))
}

/// Whether a folder holds what others made.
fn is_foreign(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    is_folder && (name == ".git" || FOREIGN.contains(&&*name))
}

/// Whether a file's name says that it may hold a chain; its content is not looked at.
#[must_use]
pub fn may_hold_a_chain(path: &Path) -> bool {
    let extension = path
        .extension()
        .map(|extension| extension.to_string_lossy().to_lowercase());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()))
}

/// A path with `/` between its parts and without `.` parts.
fn display(path: &Path) -> String {
    let parts = path.components().filter(|part| *part != Component::CurDir);
    let mut shown = String::new();
    for part in parts {
        if !shown.is_empty() && !shown.ends_with('/') {
            shown.push('/');
        }
        shown.push_str(&part.as_os_str().to_string_lossy());
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        folder
    }

    struct Wish {
        no_ignore: bool,
        force_exclude: bool,
        exclude: &'static str,
    }

    const PLAIN: Wish = Wish {
        no_ignore: false,
        force_exclude: false,
        exclude: "nothing",
    };

    fn try_found(
        folder: &tempfile::TempDir,
        paths: &[&str],
        wish: &Wish,
    ) -> Result<Vec<String>, Missing> {
        let excluded = |path: &Path| {
            path.components()
                .any(|part| part.as_os_str() == wish.exclude)
        };
        let options = Options {
            no_ignore: wish.no_ignore,
            force_exclude: wish.force_exclude,
            excluded: &excluded,
            is_wanted: may_hold_a_chain,
            current: folder.path(),
        };
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let found = discover(&paths, &options)?;
        Ok(found
            .into_iter()
            .map(|candidate| candidate.display)
            .collect())
    }

    fn found(folder: &tempfile::TempDir, paths: &[&str], wish: &Wish) -> Vec<String> {
        try_found(folder, paths, wish).unwrap()
    }

    #[test]
    fn a_folder_is_searched_for_files_that_may_hold_a_chain() {
        let folder = folder(&[
            "b/x.PEM",
            "a.crt",
            "readme.md",
            "c.ca-bundle",
            ".hidden/d.pem",
        ]);
        let all = [".hidden/d.pem", "a.crt", "b/x.PEM", "c.ca-bundle"];
        assert_eq!(found(&folder, &["."], &PLAIN), all);
        assert_eq!(found(&folder, &["./b/"], &PLAIN), ["b/x.PEM"]);
    }

    #[test]
    fn a_named_file_is_taken_whatever_it_is_called_and_however_often_it_is_named() {
        let folder = folder(&["chain.txt"]);
        assert_eq!(
            found(&folder, &["chain.txt", "./chain.txt"], &PLAIN),
            ["chain.txt"]
        );
    }

    #[test]
    fn what_git_ignores_and_what_others_made_is_passed_over_unless_asked_for() {
        let folder = folder(&["a.pem", "secret/b.pem", "node_modules/c.pem", ".git/d.pem"]);
        fs::write(folder.path().join(".gitignore"), "secret/\n").unwrap();
        assert_eq!(found(&folder, &["."], &PLAIN), ["a.pem"]);
        let all = found(
            &folder,
            &["."],
            &Wish {
                no_ignore: true,
                ..PLAIN
            },
        );
        assert_eq!(all, ["a.pem", "node_modules/c.pem", "secret/b.pem"]);
    }

    #[test]
    fn excluded_files_are_left_out_but_not_where_they_are_named() {
        let folder = folder(&["a.pem", "test/b.pem"]);
        let wish = Wish {
            exclude: "test",
            ..PLAIN
        };
        assert_eq!(found(&folder, &["."], &wish), ["a.pem"]);
        assert_eq!(found(&folder, &["test/b.pem"], &wish), ["test/b.pem"]);
        let forced = Wish {
            force_exclude: true,
            ..wish
        };
        assert_eq!(
            found(&folder, &["test/b.pem"], &forced),
            Vec::<String>::new()
        );
    }

    #[test]
    fn all_missing_paths_are_named_at_once() {
        let folder = folder(&["a.pem"]);
        let error = try_found(&folder, &["x.pem", "a.pem", "y"], &PLAIN).unwrap_err();
        assert_eq!(error.to_string(), "no such file or folder: x.pem, y");
    }

    #[cfg(unix)]
    #[test]
    fn links_to_folders_are_not_followed_and_links_to_files_are() {
        let folder = folder(&["real/a.pem"]);
        let link = |to: &str, from: &str| {
            std::os::unix::fs::symlink(folder.path().join(to), folder.path().join(from)).unwrap();
        };
        link("real", "again");
        link("real/a.pem", "b.pem");
        assert_eq!(found(&folder, &["."], &PLAIN), ["b.pem", "real/a.pem"]);
    }
}
