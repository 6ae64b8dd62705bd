//! Which of many waivers could be about a finding: those for its rule, and for its certificate, its file or a folder
//! above that. Ten thousand waivers cost a finding no more than a few do.

use std::collections::BTreeMap;

use super::{Question, Subject, Waiver};

/// The positions of waivers by what they are about.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    /// Those without a pattern.
    plain: BTreeMap<Subject, Vec<usize>>,
    /// Those with one, by the folder in which all lies that it can mean.
    patterns: BTreeMap<Subject, Vec<usize>>,
}

impl Index {
    pub(super) fn of(list: &[Waiver]) -> Self {
        let mut index = Self::default();
        for (at, waiver) in list.iter().enumerate() {
            let path = waiver.path();
            let subject = Subject {
                rule: waiver.entry.rule.clone(),
                certificate: waiver.entry.certificate.clone(),
                path: path.map(|path| path.plain().to_owned()),
            };
            let is_pattern = path.is_some_and(super::CoveredPath::is_pattern);
            let positions = if is_pattern {
                &mut index.patterns
            } else {
                &mut index.plain
            };
            positions.entry(subject).or_default().push(at);
        }
        index
    }

    /// Those that could be about a finding, by position; whether one is, `Waiver::is_about` says.
    pub(super) fn candidates(&self, question: &Question<'_>) -> Vec<usize> {
        let mut found = Vec::new();
        let mut look = |among: &BTreeMap<Subject, Vec<usize>>, path: Option<&str>| {
            for certificate in [None, Some(question.certificate)] {
                let subject = Subject {
                    rule: question.rule.to_owned(),
                    certificate: certificate.map(str::to_owned),
                    path: path.map(str::to_owned),
                };
                found.extend(among.get(&subject).into_iter().flatten());
            }
        };
        look(&self.plain, None);
        if let Some(path) = question.path {
            look(&self.plain, Some(path));
            if !self.patterns.is_empty() {
                folders(path).for_each(|folder| look(&self.patterns, Some(folder)));
            }
        }
        found.sort_unstable();
        found
    }
}

/// The folders above a file, up to the one where all paths start.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(folder(path), |path| folder(path))
}

fn folder(path: &str) -> Option<&str> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    (!path.is_empty()).then_some(folder)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;
    use crate::policy::Config;
    use crate::policy::tests::{BASE, load_among};
    use crate::policy::waiver::Waivers;

    const HASHES: [char; 2] = ['a', 'b'];

    /// A waiver as it is written.
    fn written() -> impl Strategy<Value = String> {
        let path = "(a|b|\\*|\\*\\*|\\{a,b\\}|\\?|\\\\a)(/(a|b|\\*|\\*\\*|[ab]\\*)){0,3}";
        let rule = prop::sample::select(vec!["r", "s"]);
        let hash = prop::option::of(prop::sample::select(&HASHES[..]));
        (rule, prop::option::of(path), hash)
            .prop_filter("one of both", |(_, path, hash)| {
                path.is_some() || hash.is_some()
            })
            .prop_map(|(rule, path, hash)| {
                let path = path.map_or_else(String::new, |path| format!(", path: '{path}'"));
                let hash = hash.map(|hash| hash.to_string().repeat(64));
                let hash = hash.map_or_else(String::new, |hash| {
                    format!(", certificate: 'sha256:{hash}'")
                });
                format!("  - {{ rule: {rule}, reason: x, expires: 2027-02-01{path}{hash} }}\n")
            })
    }

    fn waivers(written: &[String]) -> Option<Waivers> {
        let text = format!("version: 1\nwaivers:\n{}", written.concat());
        let config = Config::parse(&text, "chainlint.yaml", Path::new("")).ok()?;
        Some(Waivers::new(config.waivers))
    }

    proptest! {
        #[test]
        fn no_waiver_that_is_about_a_finding_is_passed_over(
            written in prop::collection::vec(written(), 1..8),
            path in prop::option::of("[ab*](/[ab]){0,3}"),
            hash in prop::option::of(prop::sample::select(&HASHES[..])),
        ) {
            let Some(waivers) = waivers(&written) else {
                return Ok(());
            };
            let hash = hash.map_or_else(String::new, |hash| hash.to_string().repeat(64));
            let policy = load_among(&[("/policy.yaml", BASE)], &[]).unwrap();
            let question = Question {
                rule: "r",
                certificate: &hash,
                path: path.as_deref(),
                policy: &policy,
                now: datetime!(2026-11-23 0:00 UTC),
            };
            let decided: Vec<usize> = waivers.decide(&question).about.iter().map(|(at, _)| *at).collect();
            let each = waivers.list().iter().enumerate();
            let about: Vec<usize> = each.filter(|(_, waiver)| waiver.is_about(&question)).map(|(at, _)| at).collect();
            prop_assert_eq!(decided, about);
        }
    }

    #[test]
    fn the_folders_above_a_file_end_where_paths_start() {
        assert_eq!(folders("a/b/c.pem").collect::<Vec<_>>(), ["a/b", "a", ""]);
        assert_eq!(folders("c.pem").collect::<Vec<_>>(), [""]);
    }
}
