//! The patterns of a config: which files they mean.

use std::path::Path;

use globset::{Glob, GlobBuilder, GlobSet};

use crate::source::escape;

/// Characters with which a pattern means more than one name.
const SPECIAL: [char; 5] = ['*', '?', '[', '{', '\\'];

/// What a list of patterns is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To give files something: a pattern whose last part is a plain name is also that of a folder.
    Match,
    /// To leave files out: any pattern is also that of a folder, and a plain name without `/` counts in every folder, as
    /// in `.gitignore`.
    Exclude,
}

/// Patterns, in written order. One that means a folder covers what is below it.
#[derive(Debug, Clone, Default)]
pub(super) struct Patterns {
    files: Part,
    folders: Part,
}

/// Some of the patterns, each with its position among all.
#[derive(Debug, Clone, Default)]
struct Part {
    globs: GlobSet,
    positions: Vec<usize>,
}

impl Part {
    fn matches(&self, path: &Path) -> impl Iterator<Item = usize> {
        let matches = self.globs.matches(path).into_iter();
        matches.filter_map(|at| self.positions.get(at).copied())
    }
}

impl Patterns {
    /// Whether any of them means a file.
    pub(super) fn is_match(&self, path: &Path) -> bool {
        self.files.globs.is_match(path)
            || folders_of(path).any(|folder| self.folders.globs.is_match(folder))
    }

    /// The positions of those that mean a file; one may come more than once.
    pub(super) fn matches(&self, path: &Path) -> Vec<usize> {
        let by_folder = folders_of(path).flat_map(|folder| self.folders.matches(folder));
        self.files.matches(path).chain(by_folder).collect()
    }
}

/// The folders that a path lies in, without the one that it starts from.
fn folders_of(path: &Path) -> impl Iterator<Item = &Path> {
    let folders = path.ancestors().skip(1);
    folders.filter(|folder| !folder.as_os_str().is_empty())
}

/// Gathers patterns.
#[derive(Default)]
pub(super) struct Gathering {
    /// Each with its position.
    files: Vec<(usize, Glob)>,
    folders: Vec<(usize, Glob)>,
    count: usize,
}

impl Gathering {
    /// Takes the next pattern.
    ///
    /// # Errors
    /// Why it is none, and what to do.
    pub(super) fn add(
        &mut self,
        text: &str,
        purpose: Purpose,
    ) -> Result<(), (String, &'static str)> {
        let at = self.count;
        self.count = self.count.saturating_add(1);
        let name = text.strip_suffix('/').unwrap_or(text);
        let is_folder_only = name.len() < text.len();
        let is_name = !name.contains('/') && !name.contains(SPECIAL) && !["", "."].contains(&name);
        let glob = if purpose == Purpose::Exclude && is_name {
            glob(&format!("**/{name}"))?
        } else {
            glob(name)?
        };
        let is_plain = !name.rsplit('/').next().unwrap_or(name).contains(SPECIAL);
        if is_folder_only || purpose == Purpose::Exclude || is_plain {
            self.folders.push((at, glob.clone()));
        }
        if !is_folder_only {
            self.files.push((at, glob));
        }
        Ok(())
    }

    /// All of them.
    ///
    /// # Errors
    /// When they are too much together.
    pub(super) fn build(self) -> Result<Patterns, globset::Error> {
        let part = |patterns: Vec<(usize, Glob)>| {
            let (positions, globs): (Vec<usize>, Vec<Glob>) = patterns.into_iter().unzip();
            let globs = GlobSet::new(globs)?;
            Ok(Part { globs, positions })
        };
        Ok(Patterns {
            files: part(self.files)?,
            folders: part(self.folders)?,
        })
    }
}

/// A pattern, or why it is none and what to do.
pub(super) fn glob(text: &str) -> Result<Glob, (String, &'static str)> {
    let text = text.strip_prefix("./").unwrap_or(text);
    if text.is_empty() || text == "." {
        return Err(("it is empty".to_owned(), "`**` matches every file"));
    }
    if text.starts_with('/') || text.split('/').any(|part| part == "..") {
        return Err((
            "it leaves the folder of the config".to_owned(),
            "patterns are relative to the folder of the config, and stay in it",
        ));
    }
    GlobBuilder::new(text)
        .literal_separator(true)
        .backslash_escape(true)
        .build()
        .map_err(|error| {
            let help =
                "`*`, `**`, `?`, `[…]` and `{a,b}` have a meaning; `\\` before them takes it";
            (escape(&error.kind().to_string()), help)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn means(purpose: Purpose, pattern: &str, path: &str) -> bool {
        let mut gathering = Gathering::default();
        gathering.add(pattern, purpose).unwrap();
        let patterns = gathering.build().unwrap();
        let is_match = patterns.is_match(Path::new(path));
        assert_eq!(!patterns.matches(Path::new(path)).is_empty(), is_match);
        is_match
    }

    #[test]
    fn a_folder_that_is_named_covers_what_is_below_it() {
        for purpose in [Purpose::Match, Purpose::Exclude] {
            for pattern in ["a/b", "a/b/", "./a/b", "a/*/", "**/b", "a/b/**", "{a,c}/b"] {
                assert!(means(purpose, pattern, "a/b/c/x.pem"), "{pattern}");
                assert!(!means(purpose, pattern, "d/x.pem"), "{pattern}");
            }
            assert!(means(purpose, "a/b", "a/b"));
            assert!(!means(purpose, "a/b/", "a/b"));
        }
    }

    #[test]
    fn a_star_of_match_stays_in_its_folder() {
        assert!(means(Purpose::Match, "*", "x.pem"));
        assert!(!means(Purpose::Match, "*", "a/x.pem"));
        assert!(!means(Purpose::Match, "a/*", "a/b/x.pem"));
        assert!(!means(Purpose::Match, "*.pem", "a/x.pem"));
        assert!(!means(Purpose::Match, "b", "a/b/x.pem"));
    }

    #[test]
    fn a_plain_name_is_excluded_in_every_folder() {
        for pattern in ["testdata", "testdata/"] {
            for path in ["testdata/x.pem", "a/testdata/x.pem", "a/testdata/b/x.pem"] {
                assert!(means(Purpose::Exclude, pattern, path), "{pattern} {path}");
            }
        }
        assert!(!means(Purpose::Exclude, "./testdata", "a/testdata/x.pem"));
        assert!(!means(Purpose::Exclude, "a/testdata", "b/a/testdata/x.pem"));
        assert!(!means(Purpose::Exclude, "testdata", "a/mytestdata/x.pem"));
        assert!(means(Purpose::Exclude, "test*", "testdata/x.pem"));
        assert!(!means(Purpose::Exclude, "*.pem", "a/x.pem"));
    }

    #[test]
    fn positions_are_those_of_the_list() {
        let mut gathering = Gathering::default();
        for pattern in ["a/", "*.pem", "a/b", "c"] {
            gathering.add(pattern, Purpose::Match).unwrap();
        }
        let patterns = gathering.build().unwrap();
        let matches = |path: &str| {
            let mut matches = patterns.matches(Path::new(path));
            matches.sort_unstable();
            matches
        };
        assert_eq!(matches("a/b/x.pem"), [0, 2]);
        assert_eq!(matches("x.pem"), [1]);
        assert_eq!(matches("c"), [3]);
    }

    #[test]
    fn what_is_no_pattern_says_why() {
        for text in ["", "/", "./", "/etc", "../a", "a/../b", "a["] {
            for purpose in [Purpose::Match, Purpose::Exclude] {
                assert!(Gathering::default().add(text, purpose).is_err(), "{text}");
            }
        }
    }
}
