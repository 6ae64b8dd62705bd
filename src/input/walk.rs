//! What lies below a folder.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use super::git;

/// Folders that hold what others made.
const FOREIGN: [&str; 6] = [
    "node_modules",
    "target",
    "vendor",
    ".venv",
    "venv",
    "__pycache__",
];

/// What was met below a folder.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Files, and links to files.
    pub(super) files: Vec<PathBuf>,
    /// What could not be looked into, and why.
    pub(super) unreadable: Vec<(PathBuf, String)>,
    /// Git did not say which of the files that it ignores it tracks.
    pub(super) unanswered: bool,
}

/// The files of a folder that are wanted. What git ignores is passed over unless `no_ignore` says otherwise, and so
/// are folders that hold what others made; never the folder itself.
pub(super) fn walk(folder: &Path, no_ignore: bool, is_wanted: fn(&Path) -> bool) -> Walk {
    let mut walk = Walk::default();
    let mut repositories = Repositories::around(folder);
    for entry in entries(folder, no_ignore) {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_dir()) => {
                if !no_ignore {
                    repositories.look_at(entry.path());
                }
            }
            Ok(entry) => {
                let is_folder = || entry.path_is_symlink() && entry.path().is_dir();
                if is_wanted(entry.path()) && !is_folder() {
                    walk.files.push(entry.into_path());
                }
            }
            Err(error) => walk.unreadable.extend(failure(&error, folder)),
        }
    }
    if !no_ignore {
        let (tracked, unanswered) = repositories.tracked_though_ignored();
        walk.unanswered = unanswered;
        walk.files.extend(tracked.into_iter().filter(|path| {
            is_wanted(path) && !is_foreign(path, folder) && is_file_or_broken(path)
        }));
    }
    walk
}

/// The files of a folder that are wanted and that a walk passes over for git's sake, and for what others made: how
/// many each. At most so many entries are looked at.
pub(super) fn passed_over(
    folder: &Path,
    is_wanted: &dyn Fn(&Path) -> bool,
    entries_at_most: usize,
) -> (usize, usize) {
    let entries = entries(folder, true).take(entries_at_most);
    let files = entries.filter_map(Result::ok).filter(|entry| {
        is_wanted(entry.path()) && entry.file_type().is_some_and(|kind| kind.is_file())
    });
    let (foreign, ignored): (Vec<bool>, Vec<bool>) = files
        .map(|entry| is_foreign(entry.path(), folder))
        .partition(|is_foreign| *is_foreign);
    (ignored.len(), foreign.len())
}

/// Whether a file lies in a folder that holds what others made, somewhere below `folder`.
pub(super) fn is_foreign(path: &Path, folder: &Path) -> bool {
    let inner = path
        .parent()
        .and_then(|path| path.strip_prefix(folder).ok());
    let mut parts = inner.unwrap_or(Path::new("")).components();
    parts.any(
        |part| matches!(part, Component::Normal(name) if is_foreign_name(&name.to_string_lossy())),
    )
}

fn is_foreign_name(name: &str) -> bool {
    name == ".git" || FOREIGN.contains(&name)
}

fn entries(folder: &Path, no_ignore: bool) -> ignore::Walk {
    let mut builder = WalkBuilder::new(folder);
    builder.follow_links(false);
    if no_ignore {
        builder.standard_filters(false);
        builder.filter_entry(|entry| entry.depth() == 0 || entry.file_name() != ".git");
    } else {
        // Hidden files are files, and `.ignore` is another tool's.
        builder.hidden(false).ignore(false);
        // What one person ignores everywhere must not change what is found.
        builder.git_global(false);
        let is_foreign = |entry: &DirEntry| {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            is_folder && is_foreign_name(&entry.file_name().to_string_lossy())
        };
        builder.filter_entry(move |entry| entry.depth() == 0 || !is_foreign(entry));
    }
    builder.build()
}

/// Whether there is something to read, or something wrong that reading would tell.
fn is_file_or_broken(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok() && !path.is_dir()
}

/// What could not be looked into, and why; `None` where it is gone meanwhile.
fn failure(error: &ignore::Error, folder: &Path) -> Option<(PathBuf, String)> {
    let why = error.io_error()?;
    if why.kind() == io::ErrorKind::NotFound {
        return None;
    }
    Some((path_of(error).unwrap_or(folder).to_owned(), why.to_string()))
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        ignore::Error::Partial(errors) => errors.iter().find_map(path_of),
        ignore::Error::Loop { child, .. } => Some(child),
        ignore::Error::Io(_)
        | ignore::Error::Glob { .. }
        | ignore::Error::UnrecognizedFileType(_)
        | ignore::Error::InvalidDefinition => None,
    }
}

/// The repositories that a walk touches, and whether any of them ignores anything.
struct Repositories {
    /// A folder in each of them, below which it is asked.
    folders: Vec<PathBuf>,
    has_rules: bool,
}

impl Repositories {
    /// The repository that a folder lies in.
    fn around(folder: &Path) -> Self {
        let root = git::root_of(folder);
        Self {
            folders: root.iter().map(|_| folder.to_owned()).collect(),
            has_rules: root.is_some_and(|root| git::has_rules_above(folder, root)),
        }
    }

    /// Takes note of what a folder says.
    fn look_at(&mut self, folder: &Path) {
        self.has_rules = self.has_rules || folder.join(".gitignore").exists();
        if folder.join(".git").exists() && !self.folders.iter().any(|known| known == folder) {
            self.has_rules = self.has_rules || git::has_rules_above(folder, folder);
            self.folders.push(folder.to_owned());
        }
    }

    /// Git does not ignore what it tracks, whatever the rules say; and whether it gave no answer. Where nothing is
    /// ignored, nobody needs to be asked.
    fn tracked_though_ignored(self) -> (Vec<PathBuf>, bool) {
        let folders = self.folders.iter().filter(|_| self.has_rules);
        let answers: Vec<Option<Vec<PathBuf>>> = folders
            .map(|folder| git::tracked_though_ignored(folder))
            .collect();
        let unanswered = answers.contains(&None);
        (
            answers.into_iter().flatten().flatten().collect(),
            unanswered,
        )
    }
}
