//! The path of a waiver: one file, or a pattern.

use globset::GlobMatcher;

use crate::policy::config;

/// Characters with a meaning in patterns.
const SPECIAL: [char; 7] = ['*', '?', '[', ']', '{', '}', '\\'];

/// The files that a waiver is for; paths start from the config's folder.
#[derive(Debug, Clone)]
pub struct CoveredPath {
    /// The file, or the folders before the first part with a pattern in it.
    plain: String,
    pattern: Option<GlobMatcher>,
}

impl CoveredPath {
    /// Reads a path or pattern.
    ///
    /// # Errors
    /// Why it is none, and what to do.
    pub(super) fn parse(text: &str) -> Result<Self, (String, &'static str)> {
        let glob = config::glob(text)?;
        if text.ends_with('/') {
            let help = "all files below it are `FOLDER/**`, those right in it `FOLDER/*`";
            return Err(("it names a folder".to_owned(), help));
        }
        let text = text.strip_prefix("./").unwrap_or(text);
        if let Some(plain) = unescaped(text) {
            let pattern = None;
            return Ok(Self { plain, pattern });
        }
        let parts: Vec<&str> = text.split('/').collect();
        let folders = parts.split_last().map_or(&[][..], |(_, folders)| folders);
        let folders: Vec<String> = folders.iter().map_while(|part| unescaped(part)).collect();
        Ok(Self {
            plain: folders.join("/"),
            pattern: Some(glob.compile_matcher()),
        })
    }

    /// Whether a file is meant.
    #[must_use]
    pub fn covers(&self, path: &str) -> bool {
        match &self.pattern {
            Some(pattern) => pattern.is_match(path),
            None => self.plain == path,
        }
    }

    /// Whether it is a pattern, which may mean many files.
    #[must_use]
    pub fn is_pattern(&self) -> bool {
        self.pattern.is_some()
    }

    /// The file, or the folder in which all files lie that the pattern can mean.
    #[must_use]
    pub fn plain(&self) -> &str {
        &self.plain
    }
}

/// A path or pattern as it would be written without what means nothing: a `./` before it, and `\` where nothing
/// needs it.
pub(super) fn normal(text: &str) -> String {
    let text = text.strip_prefix("./").unwrap_or(text);
    unescaped(text).map_or_else(|| text.to_owned(), |plain| escaped(&plain))
}

/// A path as a pattern that means this file alone.
#[must_use]
pub(super) fn escaped(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for character in path.chars() {
        if SPECIAL.contains(&character) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

/// The path that a text without patterns means; `None` where it has one.
fn unescaped(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => out.push(characters.next()?),
            _ if SPECIAL.contains(&character) => return None,
            _ => out.push(character),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> CoveredPath {
        CoveredPath::parse(text).unwrap()
    }

    #[test]
    fn a_path_means_one_file_and_a_star_stays_in_its_folder() {
        assert!(parse("./certs/a.pem").covers("certs/a.pem"));
        assert!(!parse("certs/a.pem").covers("certs/a.pem.old"));
        assert!(!parse("certs").covers("certs/a.pem"));
        assert!(parse("certs/*.pem").covers("certs/a.pem"));
        assert!(!parse("certs/*.pem").covers("certs/old/a.pem"));
        assert!(parse("certs/**").covers("certs/old/a.pem"));
    }

    #[test]
    fn the_plain_part_of_a_pattern_is_the_folder_that_holds_all_it_means() {
        let plain = |text: &str| parse(text).plain().to_owned();
        assert_eq!(plain("certs/prod/*.pem"), "certs/prod");
        assert_eq!(plain("certs/{a,b}/x/*.pem"), "certs");
        assert_eq!(plain("**/*.pem"), "");
        assert_eq!(plain("certs/a.pem"), "certs/a.pem");
    }

    #[test]
    fn what_leaves_the_folder_or_is_one_is_refused() {
        for text in ["/etc/a.pem", "../a.pem", "a/../b.pem", "", "a[", "certs/"] {
            assert!(CoveredPath::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_escaped_path_means_that_file_and_no_other(path in "[a-c*?{}\\[\\]!,\\\\]{1,8}", other in "[a-c*]{1,8}") {
            let covered = parse(&escaped(&path));
            prop_assert!(!covered.is_pattern());
            prop_assert!(covered.covers(&path));
            prop_assert_eq!(covered.covers(&other), other == path);
        }
    }
}
