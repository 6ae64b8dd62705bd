//! `chainlint.yaml`: which files fall under which policy.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::document::{self, Given};
use super::forms::{CONFIG, FORMS, WAIVERS, encoding};
use super::library::Reference;
use super::location::Location;
pub(super) use super::patterns::glob;
use super::patterns::{Gathering, Patterns, Purpose};
use super::schema;
use super::vars::Override;
use super::waiver::{self, Waiver, WaiverFile, Waivers, WaiversFile};
use crate::finding::Severity;
use crate::input::name::plain;
use crate::pem;
use crate::source::{Source, escape};
use crate::span::Span;
use crate::yaml::{self, Key, Located, Node, Problem, Problems};

/// The names under which a config is looked for in a folder, the first one that is there counting.
pub const CONFIG_NAMES: [&str; 3] = ["chainlint.yaml", "chainlint.yml", ".chainlint.yaml"];

/// A config of chainlint: which files fall under which policy.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = schema::require_version)]
pub(super) struct ConfigFile {
    /// The version of this language, 1.
    #[schemars(schema_with = "schema::version")]
    version: Option<Node>,
    /// Values for variables of the policies.
    #[serde(default, deserialize_with = "yaml::or_nothing")]
    #[schemars(schema_with = "schema::values")]
    vars: Option<Node>,
    /// Which files get what. All entries that match a file apply; later ones win, key by key.
    #[schemars(with = "Vec<MappingFile>")]
    files: Option<Node>,
    /// Files that are passed over: patterns, relative to the folder of this file. A pattern that means a folder
    /// covers what is below it, and a plain name (`testdata`) counts in every folder; `./testdata` is the one beside this file.
    #[schemars(with = "Vec<String>")]
    exclude: Option<Node>,
    /// Whom to trust beside public CAs: files with CA certificates, PEM or DER, and EU trusted lists
    /// that `chainlint trust import` wrote, by path or pattern
    /// (`anchors/*.pem`), relative to this file. They count for every file.
    #[schemars(with = "Vec<String>")]
    trust_anchors: Option<Node>,
    /// The lightest finding that makes a run fail; without it, `error`.
    #[schemars(with = "Severity")]
    fail_on: Option<Node>,
    /// Findings that somebody has answered for, each for one rule and up to one day.
    #[serde(default, deserialize_with = "yaml::or_nothing")]
    #[schemars(with = "Vec<WaiverFile>")]
    waivers: Option<Node>,
    /// Files with more waivers, by paths relative to this file.
    #[schemars(with = "Vec<String>")]
    waiver_files: Option<Node>,
}

/// What files get.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Mapping", transform = schema::require_match)]
pub(super) struct MappingFile {
    /// The files: patterns, relative to the folder of this file. `*` stays within a folder, `**` does
    /// not; `certs/prod` and `certs/prod/` cover what is below that folder.
    #[serde(rename = "match")]
    #[schemars(with = "Vec<String>")]
    patterns: Option<Node>,
    /// A built-in policy's name, or a path relative to this file.
    #[schemars(schema_with = "schema::policy_name")]
    policy: Option<Node>,
    /// The environment: a label that rules and comparisons between files use.
    #[schemars(with = "String")]
    environment: Option<Node>,
    /// The app: a label like `environment`.
    #[schemars(with = "String")]
    app: Option<Node>,
    /// Values for variables of the policy.
    #[schemars(schema_with = "schema::values")]
    vars: Option<Node>,
}

/// A config that was read.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file.
    pub source: Arc<Source>,
    /// Where it is.
    pub path: PathBuf,
    /// Its folder, from which patterns and paths start.
    pub folder: PathBuf,
    /// Values for variables, for every file.
    pub vars: Vec<Override>,
    /// What files get, in written order.
    pub mappings: Vec<Mapping>,
    /// The lightest finding that makes a run fail.
    pub fail_on: Option<Severity>,
    /// Files with trust anchors.
    pub trust_anchors: Vec<Reference>,
    /// Its own waivers, in written order; see [`Config::waivers`].
    pub(super) waivers: Vec<Waiver>,
    /// Files with more of them.
    pub waiver_files: Vec<Reference>,
    pub(super) exclude: Patterns,
}

/// An entry of `files`.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// The policy.
    pub policy: Option<Reference>,
    /// The environment.
    pub environment: Option<Arc<str>>,
    /// The app.
    pub app: Option<Arc<str>>,
    /// Values for variables.
    pub vars: Vec<Override>,
    pub(super) patterns: Patterns,
    /// Where each pattern stands.
    pub(super) pattern_spans: Vec<Span>,
}

/// The nearest config from a folder upwards. The search ends at the repository's root (the folder
/// with `.git`), or at the root of the file system.
pub fn discover(folder: &Path, exists: &dyn Fn(&Path) -> bool) -> Option<PathBuf> {
    for folder in folder.ancestors() {
        let mut paths = CONFIG_NAMES.iter().map(|name| folder.join(name));
        if let Some(path) = paths.find(|path| exists(path)) {
            return Some(path);
        }
        if exists(&folder.join(".git")) {
            return None;
        }
    }
    None
}

impl Config {
    /// Reads a config file, shown as `name`; `named_at` is where it was asked for. What is wrong goes into `problems`,
    /// and the rest is read all the same, so that what it names can be looked at too.
    pub fn load(
        path: &Path,
        name: &str,
        named_at: &Location,
        read: &dyn Fn(&Path) -> io::Result<String>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let text = match read(path) {
            Ok(text) => text,
            Err(error) => {
                if let Some(problem) = encoding(&CONFIG, name, &error) {
                    problems.push(problem);
                    return None;
                }
                let (name, why) = (escape(name), escape(&error.to_string()));
                let message = format!("the config `{name}` cannot be read: {why}");
                problems.push(named_at.problem(message, "names it"));
                return None;
            }
        };
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let config = Self::read(&text, name, &folder, problems)?;
        Some(Self {
            path: path.to_owned(),
            ..config
        })
    }

    /// Reads the text of a config that stands in `folder`; `name` is how it is shown.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(text: &str, name: &str, folder: &Path) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        match Self::read(text, name, folder, &mut problems) {
            Some(config) if problems.is_empty() => Ok(config),
            Some(_) | None => {
                yaml::sort(&mut problems);
                Err(problems)
            }
        }
    }

    fn read(text: &str, name: &str, folder: &Path, problems: &mut Problems) -> Option<Self> {
        let source = Arc::new(Source::new(name, &pem::conceal(text)));
        let mut reader = Reader {
            source: &source,
            folder,
            problems,
        };
        reader.config(&pem::without_keys(text))
    }
}

impl Config {
    /// How a file that it names is shown: beside itself.
    #[must_use]
    pub fn shown(&self, reference: &Reference) -> String {
        let folder = Path::new(&**self.source.name()).parent();
        let path = folder.unwrap_or(Path::new("")).join(&reference.text);
        path.display().to_string()
    }

    /// All waivers that can be read, its own before those of its waiver files, and everything that is wrong with those
    /// files.
    pub fn waivers(&self, read: &dyn Fn(&Path) -> io::Result<String>) -> (Waivers, Problems) {
        let mut problems = Vec::new();
        let mut all = self.waivers.clone();
        for reference in &self.waiver_files {
            match read(&reference.folder.join(&reference.text)) {
                Ok(text) => {
                    let shown = pem::conceal(&text);
                    let source = Arc::new(Source::new(&self.shown(reference), &shown));
                    let text = pem::without_keys(&text);
                    all.extend(waivers_of(&text, &source, &mut problems));
                }
                Err(error) => {
                    let shown = self.shown(reference);
                    if let Some(problem) = encoding(&WAIVERS, &shown, &error) {
                        problems.push(problem);
                        continue;
                    }
                    let name = escape(&reference.text);
                    let why = escape(&error.to_string());
                    let message = format!("the waiver file `{name}` cannot be read: {why}");
                    problems.push(reference.at.problem(message, "names it"));
                }
            }
        }
        waiver::refuse_twice(&all, &mut problems);
        yaml::sort(&mut problems);
        (Waivers::new(all), problems)
    }
}

/// The waivers of a file of their own.
fn waivers_of(text: &str, source: &Arc<Source>, problems: &mut Problems) -> Vec<Waiver> {
    let node = yaml::read_form(&WAIVERS, &FORMS, waiver::MAX_BYTES, text, source, problems);
    let Some(node) = node else {
        return Vec::new();
    };
    let file: Option<WaiversFile> = yaml::read_known(None, &node, source, problems);
    let Some(file) = file else {
        return Vec::new();
    };
    document::version(&node, file.version.as_ref(), source, problems);
    file.waivers
        .map_or_else(Vec::new, |node| waiver::read(&node, source, problems))
}

struct Reader<'a> {
    source: &'a Arc<Source>,
    folder: &'a Path,
    problems: &'a mut Problems,
}

impl Reader<'_> {
    fn config(&mut self, text: &str) -> Option<Config> {
        let (source, problems) = (self.source, &mut *self.problems);
        let node = yaml::read_form(&CONFIG, &FORMS, waiver::MAX_BYTES, text, source, problems)?;
        let file: ConfigFile = yaml::read_known(None, &node, self.source, self.problems)?;
        document::version(&node, file.version.as_ref(), self.source, self.problems);
        let vars = self.vars(file.vars);
        let mappings = self.mappings(file.files);
        let exclude = match file.exclude {
            Some(node) => self.patterns(&node, "exclude", Purpose::Exclude),
            None => Patterns::default(),
        };
        let anchors: Option<Vec<Located<String>>> = file
            .trust_anchors
            .and_then(|node| self.typed(&node, "trust_anchors"));
        let anchors = anchors.unwrap_or_default();
        let waivers = match &file.waivers {
            Some(node) => waiver::read(node, self.source, self.problems),
            None => Vec::new(),
        };
        waiver::refuse_twice(&waivers, self.problems);
        let waiver_files: Option<Vec<Located<String>>> = file
            .waiver_files
            .and_then(|node| self.typed(&node, "waiver_files"));
        let waiver_files = waiver_files.unwrap_or_default();
        self.refuse_twice(&waiver_files);
        let fail_on = file.fail_on.and_then(|node| self.typed(&node, "fail_on"));
        Some(Config {
            source: self.source.clone(),
            path: PathBuf::new(),
            folder: self.folder.to_owned(),
            vars,
            mappings,
            fail_on,
            trust_anchors: anchors.iter().map(|named| self.reference(named)).collect(),
            waivers,
            waiver_files: waiver_files
                .iter()
                .map(|named| self.reference(named))
                .collect(),
            exclude,
        })
    }

    /// A file that is named twice: all its waivers would be there twice.
    fn refuse_twice(&mut self, files: &[Located<String>]) {
        let mut known: BTreeMap<PathBuf, Span> = BTreeMap::new();
        for file in files {
            if let Some(first) = known.insert(plain(&self.folder.join(&file.value)), file.span) {
                let name = escape(&file.value);
                let message = format!("the waiver file `{name}` is named twice");
                let problem = Problem::new(self.source, file.span, message, "named again");
                let problem = problem.related(self.source, first, "named here");
                self.problems.push(problem.help("keep one of them"));
            }
        }
    }

    fn typed<T: DeserializeOwned>(&mut self, node: &Node, key: &str) -> Option<T> {
        yaml::from_field(key, node, self.source, self.problems)
    }

    fn not_a(&mut self, node: &Node, key: &str, wanted: &str) {
        let found = node.describe();
        let message = format!("`{key}`: expected {wanted}, found {found}");
        self.problems
            .push(Problem::new(self.source, node.span, message, &found));
    }

    fn vars(&mut self, node: Option<Node>) -> Vec<Override> {
        let Some(node) = node else {
            return Vec::new();
        };
        let Some(entries) = node.entries() else {
            self.not_a(&node, "vars", "a map");
            return Vec::new();
        };
        let mut vars = Vec::new();
        for (key, node) in entries {
            if self.is_value(key, node) {
                let given = Given {
                    node: node.clone(),
                    source: self.source.clone(),
                };
                vars.push(Override::from_entry(key, &given));
            }
        }
        vars
    }

    fn is_value(&mut self, key: &Key, node: &Node) -> bool {
        if node.entries().is_none() && !node.is_null() {
            return true;
        }
        let message = format!(
            "the variable `{}` needs a value, found {}",
            escape(&key.name),
            node.describe()
        );
        let problem = Problem::new(self.source, node.span, message, "no value");
        let help = "a text, a number, `true`, `false` or a list; policies declare variables";
        self.problems.push(problem.help(help));
        false
    }

    fn mappings(&mut self, node: Option<Node>) -> Vec<Mapping> {
        let Some(node) = node else {
            return Vec::new();
        };
        let Some(items) = node.items() else {
            self.not_a(&node, "files", "a list of maps with `match`");
            return Vec::new();
        };
        items.iter().filter_map(|item| self.mapping(item)).collect()
    }

    fn mapping(&mut self, node: &Node) -> Option<Mapping> {
        let file: MappingFile = yaml::read_known(Some("files"), node, self.source, self.problems)?;
        let mut pattern_spans = Vec::new();
        let patterns = if let Some(patterns) = file.patterns {
            let items = patterns.items().unwrap_or_default().iter();
            pattern_spans.extend(items.map(|item| item.span));
            self.patterns(&patterns, "match", Purpose::Match)
        } else {
            let first = node.entries().and_then(<[_]>::first);
            let span = first.map_or(node.span, |(key, _)| key.span);
            let message = "`match` is missing".to_owned();
            let problem = Problem::new(self.source, span, message, "matches no file");
            let help = "write `match: [\"certs/**/*.pem\"]`";
            self.problems.push(problem.help(help));
            Patterns::default()
        };
        let policy: Option<Located<String>> =
            file.policy.and_then(|node| self.typed(&node, "policy"));
        let environment: Option<String> = file
            .environment
            .and_then(|node| self.typed(&node, "environment"));
        let app: Option<String> = file.app.and_then(|node| self.typed(&node, "app"));
        Some(Mapping {
            policy: policy.map(|policy| self.reference(&policy)),
            environment: environment.map(Into::into),
            app: app.map(Into::into),
            vars: self.vars(file.vars),
            patterns,
            pattern_spans,
        })
    }

    /// A policy or a file that the config names.
    fn reference(&self, named: &Located<String>) -> Reference {
        Reference {
            text: named.value.clone(),
            folder: self.folder.to_owned(),
            at: Location::new(self.source, named.span),
        }
    }

    fn patterns(&mut self, node: &Node, key: &str, purpose: Purpose) -> Patterns {
        let mut gathering = Gathering::default();
        let patterns: Option<Vec<Located<String>>> = self.typed(node, key);
        if key == "match" && patterns.as_ref().is_some_and(Vec::is_empty) {
            let message = "`match`: the list is empty, so the entry is for no file".to_owned();
            let problem = Problem::new(self.source, node.span, message, "no pattern");
            self.problems.push(problem.help("`**` matches every file"));
        }
        for pattern in patterns.unwrap_or_default() {
            if let Err((why, help)) = gathering.add(&pattern.value, purpose) {
                let text = escape(&pattern.value);
                let message = format!("`{text}` is no pattern: {why}");
                let problem = Problem::new(self.source, pattern.span, message, "pattern");
                self.problems.push(problem.help(help));
            }
        }
        gathering.build().unwrap_or_else(|error| {
            let message = format!(
                "these patterns are too much together: {}",
                escape(&error.to_string())
            );
            self.problems
                .push(Problem::new(self.source, node.span, message, "patterns"));
            Patterns::default()
        })
    }
}
