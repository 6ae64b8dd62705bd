//! From the paths of a command line to the files to look at.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::name::{plain, shown, shown_as};
use super::walk::{self, walk};

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
/// How many entries of folders are looked at to say why nothing was found.
const MAX_LOOK: usize = 100_000;

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
    /// Where it is: a whole path, without `.` and `..`.
    pub path: PathBuf,
    /// What to call it ([`shown_as`]).
    pub display: String,
    /// The user named it, so it is checked whatever it holds.
    pub named: bool,
}

/// What cannot be looked at, though it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Where it is.
    pub path: PathBuf,
    /// What to call it.
    pub display: String,
    /// Why, a clause without a capital or full stop.
    pub why: String,
}

/// What the paths of a command line lead to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The files, each once, by path.
    pub files: Vec<Candidate>,
    /// Folders that cannot be searched, and named paths in such folders.
    pub unreadable: Vec<Unreadable>,
    /// Where there are none of either: what was passed over.
    pub passed_over: PassedOver,
    /// Git did not answer which of the files that it ignores it tracks all the same: those were passed over.
    pub unanswered: bool,
}

/// Files that were passed over: how many.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct PassedOver {
    /// Git ignores them.
    pub ignored: usize,
    /// They lie in folders that hold what others made.
    pub foreign: usize,
    /// They are excluded.
    pub excluded: usize,
}

/// Paths that do not exist, all of them: the caller's mistake.
#[derive(Debug, thiserror::Error)]
#[error("no such file or folder: {}", .0.join(", "))]
pub struct Missing(pub Vec<String>);

/// What lies behind these paths.
///
/// # Errors
/// When a path does not exist; all such paths are named.
pub fn discover(paths: &[PathBuf], options: &Options<'_>) -> Result<Found, Missing> {
    let mut search = Search {
        options,
        files: BTreeMap::new(),
        unreadable: BTreeMap::new(),
        missing: Vec::new(),
        passed_over: PassedOver::default(),
        unanswered: false,
    };
    for path in paths {
        search.named(path);
    }
    if !search.missing.is_empty() {
        return Err(Missing(search.missing));
    }
    let mut found = Found {
        files: search.files.into_values().collect(),
        unreadable: search.unreadable.into_values().collect(),
        passed_over: PassedOver::default(),
        unanswered: search.unanswered,
    };
    if found.files.is_empty() && found.unreadable.is_empty() {
        found.passed_over = passed_over(paths, options, search.passed_over);
    }
    Ok(found)
}

struct Search<'a> {
    options: &'a Options<'a>,
    files: BTreeMap<PathBuf, Candidate>,
    unreadable: BTreeMap<PathBuf, Unreadable>,
    missing: Vec<String>,
    passed_over: PassedOver,
    unanswered: bool,
}

impl Search<'_> {
    /// Takes a path of the command line.
    fn named(&mut self, named: &Path) {
        let path = plain(&self.options.current.join(named));
        let is_missing = |error: &io::Error| {
            let kind = error.kind();
            kind == io::ErrorKind::NotFound || kind == io::ErrorKind::NotADirectory
        };
        match path.symlink_metadata() {
            // As in `check "$FILES"` without files, which means no folder.
            _ if named.as_os_str().is_empty() => self.missing.push("\"\"".to_owned()),
            Err(error) if is_missing(&error) => self.missing.push(shown(named)),
            Err(error) => self.unreadable(named, path, error.to_string()),
            Ok(_) if path.is_dir() => self.folder(named, &path),
            Ok(_) => {
                let forced = self.options.force_exclude;
                if forced && (self.options.excluded)(&path) {
                    count(&mut self.passed_over.excluded);
                } else if forced && self.options.is_foreign(&path) {
                    count(&mut self.passed_over.foreign);
                } else {
                    self.file(named, path, !forced);
                }
            }
        }
    }

    fn folder(&mut self, named: &Path, folder: &Path) {
        let walked = walk(folder, self.options.no_ignore, self.options.is_wanted);
        self.unanswered |= walked.unanswered;
        for path in walked.files {
            if (self.options.excluded)(&path) {
                count(&mut self.passed_over.excluded);
            } else {
                self.file(named, path, false);
            }
        }
        for (path, why) in walked.unreadable {
            if !(self.options.excluded)(&path) {
                self.unreadable(named, path, why);
            }
        }
    }

    /// Takes a file that was named, or found below what was named. A file that is named and found is named.
    fn file(&mut self, named: &Path, path: PathBuf, is_named: bool) {
        let candidate = Candidate {
            display: shown_as(named, &path, self.options.current),
            path: path.clone(),
            named: is_named,
        };
        let known = self.files.entry(path).or_insert(candidate);
        known.named |= is_named;
    }

    fn unreadable(&mut self, named: &Path, path: PathBuf, why: String) {
        let display = shown_as(named, &path, self.options.current);
        let unreadable = Unreadable {
            path: path.clone(),
            display,
            why,
        };
        self.unreadable.entry(path).or_insert(unreadable);
    }
}

impl Options<'_> {
    /// Whether a file of this path that is named is left out all the same.
    #[must_use]
    pub fn passes_over(&self, path: &Path) -> bool {
        self.force_exclude && ((self.excluded)(path) || self.is_foreign(path))
    }

    /// Whether a file lies where what others made is passed over.
    fn is_foreign(&self, path: &Path) -> bool {
        !self.no_ignore && walk::is_foreign(path, self.current)
    }
}

fn count(number: &mut usize) {
    *number = number.saturating_add(1);
}

/// Why nothing was found below these paths, given what was passed over by name.
fn passed_over(paths: &[PathBuf], options: &Options<'_>, by_name: PassedOver) -> PassedOver {
    let mut all = by_name;
    if options.no_ignore {
        return all;
    }
    let is_wanted = |path: &Path| (options.is_wanted)(path) && !(options.excluded)(path);
    let folders = paths.iter().map(|path| plain(&options.current.join(path)));
    for folder in folders.filter(|path| path.is_dir()) {
        let (ignored, foreign) = walk::passed_over(&folder, &is_wanted, MAX_LOOK);
        all.ignored = all.ignored.saturating_add(ignored);
        all.foreign = all.foreign.saturating_add(foreign);
    }
    all
}

/// Whether a file's name says that it may hold a chain; its content is not looked at.
#[must_use]
pub fn may_hold_a_chain(path: &Path) -> bool {
    let extension = path
        .extension()
        .map(|extension| extension.to_string_lossy().to_lowercase());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()))
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

    fn look(folder: &tempfile::TempDir, paths: &[&str], wish: &Wish) -> Result<Found, Missing> {
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
        discover(&paths, &options)
    }

    fn found(folder: &tempfile::TempDir, paths: &[&str], wish: &Wish) -> Vec<String> {
        let found = look(folder, paths, wish).unwrap();
        assert_eq!(found.unreadable, []);
        let files = found.files.into_iter();
        files.map(|candidate| candidate.display).collect()
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
        let error = look(&folder, &["x.pem", "a.pem", "y"], &PLAIN).unwrap_err();
        assert_eq!(error.to_string(), "no such file or folder: x.pem, y");
    }

    #[test]
    fn one_file_is_found_once_however_it_is_named() {
        let folder = folder(&["in/d.pem"]);
        let whole = folder.path().join("in/d.pem").display().to_string();
        let names = ["in/d.pem", "./in/d.pem", "in/../in/d.pem", &whole, "in"];
        assert_eq!(found(&folder, &names, &PLAIN), ["in/d.pem"]);
        for name in names {
            assert_eq!(found(&folder, &[name], &PLAIN), ["in/d.pem"]);
        }
    }

    #[test]
    fn another_tools_ignore_files_say_nothing() {
        let folder = folder(&["a.pem", "b/c.pem"]);
        fs::create_dir(folder.path().join(".git")).unwrap();
        fs::write(folder.path().join(".ignore"), "*.pem\n").unwrap();
        assert_eq!(found(&folder, &["."], &PLAIN), ["a.pem", "b/c.pem"]);
    }

    #[test]
    fn what_was_passed_over_is_counted_where_nothing_was_found() {
        let files = [
            "secret/a.pem",
            "secret/b.pem",
            "vendor/c.pem",
            "test/d.pem",
            ".git/e.pem",
        ];
        let folder = folder(&files);
        fs::write(folder.path().join(".gitignore"), "secret/\n").unwrap();
        let wish = Wish {
            exclude: "test",
            ..PLAIN
        };
        let passed_over = look(&folder, &["."], &wish).unwrap().passed_over;
        let counts = (
            passed_over.ignored,
            passed_over.foreign,
            passed_over.excluded,
        );
        assert_eq!(counts, (2, 1, 1));
        let something = look(&folder, &["."], &PLAIN).unwrap().passed_over;
        assert_eq!(something, PassedOver::default());
    }

    #[test]
    fn a_named_file_of_others_is_passed_over_as_if_it_had_been_found_where_that_is_asked_for() {
        let folder = folder(&["vendor/a.pem", "b.pem"]);
        let named = ["vendor/a.pem", "b.pem"];
        let forced = Wish {
            force_exclude: true,
            ..PLAIN
        };
        assert_eq!(found(&folder, &named, &PLAIN), ["b.pem", "vendor/a.pem"]);
        assert_eq!(found(&folder, &named, &forced), ["b.pem"]);
        let all = Wish {
            no_ignore: true,
            ..forced
        };
        assert_eq!(found(&folder, &named, &all), ["b.pem", "vendor/a.pem"]);
    }

    #[test]
    fn a_path_without_a_name_is_no_folder() {
        let folder = folder(&["a.pem"]);
        let error = look(&folder, &[""], &PLAIN).unwrap_err();
        assert_eq!(error.to_string(), "no such file or folder: \"\"");
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_cannot_be_reached_is_unreadable_and_not_missing() {
        let folder = folder(&["a.pem"]);
        for (to, from) in [("one", "other"), ("other", "one")] {
            std::os::unix::fs::symlink(to, folder.path().join(from)).unwrap();
        }
        let found = look(&folder, &["one/x.pem", "a.pem"], &PLAIN).unwrap();
        assert_eq!(found.files.len(), 1);
        assert_eq!(found.unreadable.len(), 1);
        assert_eq!(found.unreadable[0].display, "one/x.pem");
        let error = look(&folder, &["a.pem/x.pem"], &PLAIN).unwrap_err();
        assert_eq!(error.to_string(), "no such file or folder: a.pem/x.pem");
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
