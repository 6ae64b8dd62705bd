//! A test file as it stands, every part with its place.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, Time};

use super::chain::{self, Chains};
use super::expect::{Expectation, expectations};
use super::schema;
use crate::pem;
use crate::policy::forms::{FORMS, TEST};
use crate::policy::{Given, Location, Override, Reference};
use crate::source::{Source, escape};
use crate::yaml::{self, Located, Node, Problem, Problems};

/// Tests of a policy: chains, and what each rule comes to on them.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TestDocument {
    /// The version of this language, 1.
    #[schemars(schema_with = "schema::version")]
    version: Located<i64>,
    /// The policy: a built-in's name, or a path relative to this file.
    #[schemars(required)]
    policy: Option<Located<String>>,
    /// The instant at which the cases are judged: a day (its first instant, UTC) or RFC 3339.
    #[schemars(required)]
    at: Option<Located<String>>,
    /// Values for variables of the policy.
    #[serde(default)]
    #[schemars(schema_with = "schema::values")]
    vars: Option<Node>,
    /// The environment label of the files.
    environment: Option<String>,
    /// The app label of the files.
    app: Option<String>,
    /// Chains to start from, by name.
    #[serde(default)]
    #[schemars(schema_with = "schema::chains")]
    chains: Option<Node>,
    /// The cases.
    #[schemars(with = "Vec<CaseDocument>")]
    cases: Vec<Node>,
}

/// A file, and what rules come to on it. It is a `chain`, a `file` or a `text`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Case")]
struct CaseDocument {
    /// What the case shows, in a few words; each name once a file.
    name: Located<String>,
    /// A chain made to order: the name of one of `chains`, or a map.
    #[serde(default)]
    #[schemars(schema_with = "schema::chain_or_name")]
    chain: Option<Node>,
    /// A file to read, relative to this one.
    file: Option<Located<String>>,
    /// The text of the file.
    text: Option<Located<String>>,
    /// The file cannot be read, for this reason.
    unreadable: Option<Located<String>>,
    /// What the file is called; without it, `chain.pem`.
    path: Option<String>,
    /// The environment label of the file; `null` for none where the test file gives one.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<String>")]
    environment: Option<Node>,
    /// The app label of the file; `null` for none where the test file gives one.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<String>")]
    app: Option<Node>,
    /// Judge as `check --strict` does.
    strict: Option<bool>,
    /// Another instant than the file's.
    at: Option<Located<String>>,
    /// Values for variables, over those of the file.
    #[serde(default)]
    #[schemars(schema_with = "schema::values")]
    vars: Option<Node>,
    /// What rules come to. A finding of a rule that is not named here fails the case.
    #[serde(default)]
    #[schemars(schema_with = "schema::expectations")]
    expect: Option<Node>,
    /// Findings of rules that are not named are no matter.
    other_findings: Option<bool>,
}

/// A test file that was read.
#[derive(Debug)]
pub struct TestFile {
    /// The file.
    pub source: Arc<Source>,
    /// The policy that it tests.
    pub policy: Reference,
    /// The cases, in written order.
    pub cases: Vec<Case>,
}

/// One case of a test file.
#[derive(Debug)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// Where the name stands.
    pub place: Location,
    /// What the file is called.
    pub path: String,
    /// What the file holds.
    pub content: Content,
    /// CA certificates in DER that the case trusts beside the policy's.
    pub trusted: Vec<Vec<u8>>,
    /// When it is judged.
    pub now: OffsetDateTime,
    /// The environment label.
    pub environment: Option<Arc<str>>,
    /// The app label.
    pub app: Option<Arc<str>>,
    /// Whether what cannot be checked is an error.
    pub strict: bool,
    /// Values for variables, the later ones winning.
    pub vars: Vec<Override>,
    /// What rules come to.
    pub(super) expect: Vec<Expectation>,
    /// Whether findings of rules that are not named fail the case.
    pub(super) closed: bool,
}

/// What the file of a case holds.
#[derive(Debug, Clone)]
pub enum Content {
    /// These bytes.
    Bytes(Vec<u8>),
    /// It cannot be read, and why.
    Unreadable(String),
}

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
            Some(at) => self.instant(at),
            None => self.misses(
                &node,
                "at",
                "write the day of the tests, as in `at: 2026-11-23`",
            ),
        };
        let common = Common {
            now: now.unwrap_or(OffsetDateTime::UNIX_EPOCH),
            vars: self.vars(file.vars.as_ref()),
            environment: file.environment.as_deref().map(Into::into),
            app: file.app.as_deref().map(Into::into),
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
        let named = match file.policy {
            Some(policy) => policy,
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

    /// A label of a case: its own, none where that is said, else that of all cases.
    fn label(
        &mut self,
        key: &str,
        own: Option<&Node>,
        common: Option<&Arc<str>>,
    ) -> Option<Arc<str>> {
        match own {
            Some(own) if own.is_null() => None,
            Some(own) => {
                let own: Option<String> = yaml::from_field(key, own, self.source, self.problems);
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

    fn say(&mut self, span: crate::span::Span, message: String, label: &str, help: &str) {
        let problem = Problem::new(self.source, span, message, label);
        self.problems.push(problem.help(help));
    }
}

/// A value that may be nothing on purpose.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Node>, D::Error> {
    Node::deserialize(deserializer).map(Some)
}

/// An instant as test files write it: a day, which is its first instant in UTC, or RFC 3339.
pub(super) fn read_instant(
    text: &Located<String>,
    source: &Arc<Source>,
    problems: &mut Problems,
) -> Option<OffsetDateTime> {
    let day = Date::parse(&text.value, format_description!("[year]-[month]-[day]"));
    let midnight = |day| OffsetDateTime::new_utc(day, Time::MIDNIGHT);
    let instant = day
        .map(midnight)
        .or_else(|_| OffsetDateTime::parse(&text.value, &Rfc3339))
        .ok();
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
