//! Reading a test file; what is wrong is told at its place, and the rest is read all the same.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, Time};

use super::chain::{self, Chains};
use super::document::{Case, CaseDocument, Content, TestDocument, TestFile};
use super::expect::expectations;
use crate::check::day::day;
use crate::pem;
use crate::policy::forms::{FORMS, TEST};
use crate::policy::{Given, Location, Override, Reference};
use crate::source::{Source, escape};
use crate::span::Span;
use crate::yaml::{self, Located, Node, Problem, Problems};

impl TestFile {
    /// Reads the text of a test file that stands in `folder`; `name` is how it is shown, `read` reads the files
    /// that cases name. What is wrong goes into `problems`; the rest is read all the same, so that what it says of its
    /// policy can be looked at too.
    pub fn read(
        text: &str,
        name: &str,
        folder: &Path,
        read: &dyn Fn(&Path) -> io::Result<Vec<u8>>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let source = Arc::new(Source::new(name, &pem::conceal(text)));
        let mut reader = Reader {
            source: &source,
            folder,
            read,
            problems,
        };
        reader.file(text)
    }
}

struct Reader<'a> {
    source: &'a Arc<Source>,
    folder: &'a Path,
    read: &'a dyn Fn(&Path) -> io::Result<Vec<u8>>,
    problems: &'a mut Problems,
}

/// What the file says of all its cases.
struct Common {
    now: OffsetDateTime,
    vars: Vec<Override>,
    environment: Option<Arc<str>>,
    app: Option<Arc<str>>,
    chains: Chains,
}

impl Reader<'_> {
    fn file(&mut self, text: &str) -> Option<TestFile> {
        let (source, problems) = (self.source, &mut *self.problems);
        let node = yaml::read_form(&TEST, &FORMS, yaml::MAX_BYTES, text, source, problems)?;
        let file: TestDocument = yaml::read_known(None, &node, self.source, self.problems)?;
        if file.version.value != 1 {
            let message = "this version of chainlint reads version 1 of this language".to_owned();
            self.say(
                file.version.span,
                message,
                "another version",
                "write `version: 1`",
            );
        }
        let now = match &file.at {
            Some(at) => {
                let at: Option<Located<String>> = self.read("at", at);
                at.and_then(|at| self.instant(&at))
            }
            None => self.misses(
                &node,
                "at",
                "write the day of the tests, as in `at: 2026-11-23`",
            ),
        };
        let common = Common {
            now: now.unwrap_or(OffsetDateTime::UNIX_EPOCH),
            vars: self.vars(file.vars.as_ref()),
            environment: self.label("environment", file.environment.as_ref(), None),
            app: self.label("app", file.app.as_ref(), None),
            chains: Chains::read(file.chains.as_ref(), self.source, self.problems),
        };
        let cases = file.cases.iter();
        let cases: Vec<Case> = cases.filter_map(|node| self.case(node, &common)).collect();
        self.refuse_twice(&cases);
        self.look_at_unused(&file, &common);
        if file.cases.is_empty() {
            let message = "there is no case".to_owned();
            self.say(
                node.span,
                message,
                "tests nothing",
                "write at least one under `cases`",
            );
        }
        let named: Located<String> = match &file.policy {
            Some(policy) => self.read("policy", policy)?,
            None => self.misses(
                &node,
                "policy",
                "write `policy: NAME`, or a path relative to this file",
            )?,
        };
        let policy = Reference {
            text: named.value,
            folder: self.folder.to_owned(),
            at: Location::new(self.source, named.span),
        };
        // What cannot be read of the variables would be missed in the policy.
        let vars = file.cases.iter().map(|case| case.get("vars"));
        let mut vars = vars.chain([file.vars.as_ref()]).flatten();
        if vars.any(|vars| vars.entries().is_none()) {
            return None;
        }
        let source = self.source.clone();
        Some(TestFile {
            source,
            policy,
            cases,
        })
    }

    /// What stands under a key of the file; where it is of another type, the rest is looked at all the same.
    fn read<T: DeserializeOwned>(&mut self, key: &str, node: &Node) -> Option<T> {
        yaml::from_field(key, node, self.source, self.problems)
    }

    /// Tells of a key that the file lacks; the rest is looked at all the same.
    fn misses<T>(&mut self, file: &Node, key: &str, help: &str) -> Option<T> {
        let first = file.entries().and_then(<[_]>::first);
        let span = first.map_or(file.span, |(key, _)| key.span);
        self.say(
            span,
            format!("`{key}` is missing"),
            "the file begins here",
            help,
        );
        None
    }

    /// A name means one case.
    fn refuse_twice(&mut self, cases: &[Case]) {
        let mut known: BTreeMap<&str, &Location> = BTreeMap::new();
        for case in cases {
            if let Some(first) = known.get(case.name.as_str()) {
                let message = format!("there is a case \"{}\" already", escape(&case.name));
                let problem = case.place.problem(message, "the same name");
                self.problems
                    .push(problem.related(&first.source, first.span, "the first one"));
            } else {
                known.insert(&case.name, &case.place);
            }
        }
    }

    /// A chain that no case starts from is looked at like any other.
    fn look_at_unused(&mut self, file: &TestDocument, common: &Common) {
        let chains = file.chains.as_ref().and_then(Node::entries);
        let chains = chains.unwrap_or_default();
        let of_cases = file.cases.iter().filter_map(|case| case.get("chain"));
        let all = chains.iter().map(|(_, chain)| chain).chain(of_cases);
        let used: BTreeSet<&str> = all.filter_map(chain::like).filter_map(Node::text).collect();
        for (key, node) in chains {
            if !used.contains(key.name.as_str()) && common.chains.has(&key.name) {
                chain::make(node, &common.chains, common.now, self.source, self.problems);
            }
        }
    }

    fn case(&mut self, node: &Node, common: &Common) -> Option<Case> {
        let case: CaseDocument = yaml::read_known(Some("cases"), node, self.source, self.problems)?;
        let now = match &case.at {
            Some(at) => self.instant(at),
            None => Some(common.now),
        };
        let mut vars = common.vars.clone();
        vars.extend(self.vars(case.vars.as_ref()));
        let made = self.content(&case, common, now.unwrap_or(common.now));
        let expect = match &case.expect {
            Some(expect) => expectations(expect, self.source, self.problems),
            None => Vec::new(),
        };
        let closed = !case.other_findings.unwrap_or(false);
        let place = Location::new(self.source, case.name.span);
        if expect.is_empty() && !closed {
            let message = "the case expects nothing, so that it cannot fail".to_owned();
            self.say(
                case.name.span,
                message,
                "cannot fail",
                "say under `expect` what rules come to",
            );
        }
        let environment = case.environment.as_ref();
        let environment = self.label("environment", environment, common.environment.as_ref());
        let app = self.label("app", case.app.as_ref(), common.app.as_ref());
        // Where there is none, that was told, and no case is run.
        let nothing = || (Content::Bytes(Vec::new()), Vec::new());
        let (content, trusted) = made.unwrap_or_else(nothing);
        Some(Case {
            name: case.name.value,
            place,
            path: case.path.unwrap_or_else(|| "chain.pem".to_owned()),
            content,
            trusted,
            now: now.unwrap_or(common.now),
            environment,
            app,
            strict: case.strict.unwrap_or_default(),
            vars,
            expect,
            closed,
        })
    }

    /// What the case's file holds, and whom it trusts.
    fn content(
        &mut self,
        case: &CaseDocument,
        common: &Common,
        now: OffsetDateTime,
    ) -> Option<(Content, Vec<Vec<u8>>)> {
        match (&case.chain, &case.file, &case.text, &case.unreadable) {
            (Some(chain), None, None, None) => {
                let made = chain::make(chain, &common.chains, now, self.source, self.problems)?;
                Some((Content::Bytes(made.bytes), made.trusted))
            }
            (None, Some(file), None, None) => {
                let path: PathBuf = self.folder.join(&file.value);
                match (self.read)(&path) {
                    Ok(bytes) => Some((Content::Bytes(bytes), Vec::new())),
                    Err(error) => {
                        let shown = escape(&path.display().to_string());
                        let message = format!("`{shown}` cannot be read: {error}");
                        let help = "paths are relative to this file; what cannot be read is written `unreadable: why`";
                        self.say(file.span, message, "file", help);
                        None
                    }
                }
            }
            (None, None, Some(text), None) => {
                Some((Content::Bytes(text.value.clone().into_bytes()), Vec::new()))
            }
            (None, None, None, Some(why)) => {
                Some((Content::Unreadable(why.value.clone()), Vec::new()))
            }
            _ => {
                let message = format!(
                    "the case \"{}\" needs one of `chain`, `file`, `text` and `unreadable`",
                    escape(&case.name.value)
                );
                let help = "`chain: { leaf: {}, root: {} }` makes one to order";
                self.say(case.name.span, message, "what is checked", help);
                None
            }
        }
    }

    /// A label: its own, none where that is said, else that of all cases.
    fn label(
        &mut self,
        key: &str,
        own: Option<&Node>,
        common: Option<&Arc<str>>,
    ) -> Option<Arc<str>> {
        match own {
            Some(own) if own.is_null() => None,
            Some(own) => {
                let own: Option<String> = self.read(key, own);
                own.map(Into::into)
            }
            None => common.cloned(),
        }
    }

    fn vars(&mut self, node: Option<&Node>) -> Vec<Override> {
        let Some(node) = node else {
            return Vec::new();
        };
        let Some(entries) = node.entries() else {
            let found = node.describe();
            let message = format!("`vars`: expected a map, found {found}");
            self.say(
                node.span,
                message,
                &found,
                "write `vars: { company: Acme }`",
            );
            return Vec::new();
        };
        let given = entries.iter().map(|(key, node)| {
            let source = self.source.clone();
            let node = node.clone();
            Override::from_entry(key, &Given { node, source })
        });
        given.collect()
    }

    fn instant(&mut self, at: &Located<String>) -> Option<OffsetDateTime> {
        read_instant(at, self.source, self.problems)
    }

    fn say(&mut self, span: Span, message: String, label: &str, help: &str) {
        let problem = Problem::new(self.source, span, message, label);
        self.problems.push(problem.help(help));
    }
}

/// An instant as test files write it: a day, which is its first instant in UTC, or RFC 3339.
pub(super) fn read_instant(
    text: &Located<String>,
    source: &Arc<Source>,
    problems: &mut Problems,
) -> Option<OffsetDateTime> {
    let day = day(&text.value);
    let midnight = |day| OffsetDateTime::new_utc(day, Time::MIDNIGHT);
    let instant = day
        .map(midnight)
        .or_else(|| OffsetDateTime::parse(&text.value, &Rfc3339).ok());
    if instant.is_none() {
        let message = format!("`{}` is no instant", escape(&text.value));
        let problem = Problem::new(source, text.span, message, "instant");
        let help = "a day, as in 2026-11-23, or RFC 3339, as in 2026-11-23T12:00:00Z";
        problems.push(problem.help(help));
    }
    instant
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "version: 1\npolicy: hygiene\nat: 2026-11-23\nvars: { a: 1 }\nchains:\n  a: { leaf: { key: p-256, days: 5, subject: { common_name: x } }, root: { key: p-384 } }\ncases:\n  - name: b\n    chain: { like: a, order: [leaf, root], write: { width: 70 } }\n    expect: { pass: [c], error: { rule: d, count: 1 } }\n  - { name: e, text: f, expect: { fail: g } }\n";

    fn parse(text: &str) -> Result<TestFile, Problems> {
        let none = |_: &Path| Err(io::Error::from(io::ErrorKind::NotFound));
        let mut problems = Vec::new();
        let file = TestFile::read(text, "a.test.yaml", Path::new(""), &none, &mut problems);
        file.filter(|_| problems.is_empty()).ok_or(problems)
    }

    #[test]
    fn the_text_that_is_damaged_below_is_whole() {
        assert_eq!(parse(TEXT).unwrap().cases.len(), 2);
    }

    #[test]
    fn instants_are_days_or_rfc_3339() {
        let read = |text: &str| {
            let text = TEXT.replace("2026-11-23", text);
            parse(&text)
                .map(|file| file.cases[0].now.unix_timestamp())
                .ok()
        };
        assert_eq!(read("2026-11-23"), read("2026-11-23T00:00:00Z"));
        assert_eq!(read("2026-11-23T02:00:00+02:00"), read("2026-11-23"));
        assert_eq!(read("tomorrow"), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn a_damaged_test_file_is_an_error_and_no_panic(at in 0..TEXT.len(), to in "[ -~\\n]{0,3}", length in 0..12_usize) {
            let end = at.saturating_add(length).min(TEXT.len());
            let (before, after) = (TEXT.get(..at).unwrap(), TEXT.get(end..).unwrap());
            let damaged = format!("{before}{to}{after}");
            if let Err(problems) = parse(&damaged) {
                prop_assert!(!problems.is_empty());
            }
        }
    }
}
