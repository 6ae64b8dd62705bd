//! Policies by name or path: reading a policy's file and all that it extends.
//!
//! Files are read through the one function that the caller gives; nothing else here touches the
//! file system.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::Policy;
use super::document::{self, Document};
use super::forms::{POLICY, encoding};
use super::layers::{Layer, Layers};
use super::location::Location;
use super::resolve::Resolving;
use super::vars::Override;
use crate::pem;
use crate::source::{Source, escape};
use crate::yaml::{self, Located, Problem, Problems, one_of};

/// Most files that one policy may rest on, itself included; a limit against runaway links.
const MAX_FILES: usize = 64;

/// Where policies come from.
pub struct Library<'a> {
    /// The built-in policies: name and text.
    pub builtins: &'a [(&'a str, &'a str)],
    /// Reads a file as UTF-8; one that is not is an error with `NotUtf8` in it.
    pub read: &'a (dyn Fn(&Path) -> io::Result<String> + Sync),
    /// What to call a file, for people.
    pub shown: &'a (dyn Fn(&Path) -> String + Sync),
    /// Whether a placeholder such as `cert.role` is a fact.
    pub is_fact: fn(&str) -> bool,
    /// What was read already, for whoever loads more than one policy.
    pub known: Known,
}

/// Files of policies in which nothing is wrong, each read once.
#[derive(Debug, Default)]
pub struct Known(Mutex<BTreeMap<Target, Arc<Document>>>);

impl Known {
    fn get(&self, target: &Target) -> Option<Arc<Document>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(target).cloned()
    }

    fn put(&self, target: Target, document: &Arc<Document>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(target, document.clone());
    }
}

impl fmt::Debug for Library<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.builtins.iter().map(|(name, _)| *name).collect();
        formatter
            .debug_struct("Library")
            .field("builtins", &names)
            .finish_non_exhaustive()
    }
}

/// A policy as somebody names it.
#[derive(Debug, Clone)]
pub struct Reference {
    /// A built-in policy's name, or a path: what has a `/` or ends in `.yaml` or `.yml`.
    pub text: String,
    /// The folder that a path starts from.
    pub folder: PathBuf,
    /// Where it is named.
    pub at: Location,
}

impl Reference {
    /// Named by an option of the command line.
    #[must_use]
    pub fn from_flag(option: &str, text: &str, folder: &Path) -> Self {
        Self {
            text: text.to_owned(),
            folder: folder.to_owned(),
            at: Location::of_text(option, text),
        }
    }

    fn is_path(&self) -> bool {
        let extension = Path::new(&self.text).extension();
        self.text.contains(['/', '\\'])
            || extension.is_some_and(|end| {
                end.eq_ignore_ascii_case("yaml") || end.eq_ignore_ascii_case("yml")
            })
    }
}

impl Library<'_> {
    /// Reads a policy with all that it extends. Of `overrides`, later ones win; those for variables
    /// that this policy does not declare are passed over (see [`super::undeclared`]).
    ///
    /// # Errors
    /// Everything that is wrong with the policy and its parents, by file and place.
    pub fn load(&self, wanted: &Reference, overrides: &[Override]) -> Result<Policy, Problems> {
        let mut gathering = Gathering {
            library: self,
            done: Vec::new(),
            open: Vec::new(),
            problems: Vec::new(),
            trust_anchors: Vec::new(),
            complete: true,
        };
        gathering.visit(wanted);
        let Gathering {
            done,
            mut problems,
            trust_anchors,
            complete,
            ..
        } = gathering;
        let layers: Vec<Layer> = done.into_iter().filter_map(|(_, layer)| layer).collect();
        let resolving = Resolving {
            is_fact: self.is_fact,
            complete,
            overrides,
        };
        let policy = resolving.policy(&Layers(layers), trust_anchors, &mut problems);
        if problems.is_empty()
            && let Some(policy) = policy
        {
            return Ok(policy);
        }
        yaml::sort(&mut problems);
        Err(problems)
    }
}

/// What a reference means.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    BuiltIn(usize),
    File(PathBuf),
}

struct Gathering<'a> {
    library: &'a Library<'a>,
    /// Every file once, parents before children, those named first before those named later;
    /// `None` where it could not be read.
    done: Vec<(Target, Option<Layer>)>,
    /// The files from the wanted one to the one that is being read, each with what named it.
    open: Vec<(Target, Location)>,
    problems: Problems,
    /// In the order of `done`.
    trust_anchors: Vec<Reference>,
    /// All could be read.
    complete: bool,
}

impl Gathering<'_> {
    /// Reads a file and all that it extends; gives its position in `done`.
    fn visit(&mut self, reference: &Reference) -> Option<usize> {
        match self.found(reference) {
            Ok(at) => Some(at),
            Err(problem) => {
                self.complete = false;
                self.problems.push(*problem);
                None
            }
        }
    }

    fn found(&mut self, reference: &Reference) -> Result<usize, Box<Problem>> {
        let target = self.target(reference)?;
        if let Some(at) = self.done.iter().position(|(done, _)| *done == target) {
            return Ok(at);
        }
        self.refuse_cycle(&target, reference)?;
        let document = match self.library.known.get(&target) {
            Some(known) => Some(known),
            None => self.read(&target, reference)?,
        };
        self.complete &= document.is_some();
        self.add(target, reference, document);
        Ok(self.done.len().saturating_sub(1))
    }

    /// Reads a file; what is wrong with it is told each time that it is read.
    fn read(
        &mut self,
        target: &Target,
        reference: &Reference,
    ) -> Result<Option<Arc<Document>>, Box<Problem>> {
        let (source, text) = self.text(target, reference)?;
        let before = self.problems.len();
        let document = document::read(&text, &source, &mut self.problems).map(Arc::new);
        if let Some(document) = document.as_ref().filter(|_| self.problems.len() == before) {
            self.library.known.put(target.clone(), document);
        }
        Ok(document)
    }

    /// Takes a file, and all that it extends before it.
    fn add(&mut self, target: Target, reference: &Reference, document: Option<Arc<Document>>) {
        let folder = match &target {
            Target::BuiltIn(_) => PathBuf::new(),
            Target::File(path) => path.parent().map(Path::to_owned).unwrap_or_default(),
        };
        self.open.push((target.clone(), reference.at.clone()));
        let reference_to = |named: &Located<String>, document: &Document| Reference {
            text: named.value.clone(),
            folder: folder.clone(),
            at: Location::new(&document.source, named.span),
        };
        let extends = document.iter().flat_map(|document| {
            let named = document.extends.iter();
            named.map(|named| reference_to(named, document))
        });
        let mut parents = Vec::new();
        for parent in extends {
            parents.extend(self.visit(&parent));
        }
        self.open.pop();
        let anchors = document.iter().flat_map(|document| {
            let named = document.trust_anchors.iter();
            named.map(|named| reference_to(named, document))
        });
        self.trust_anchors.extend(anchors);
        let layer = document.map(|document| Layer { document, parents });
        self.done.push((target, layer));
    }

    fn target(&self, reference: &Reference) -> Result<Target, Box<Problem>> {
        if reference.is_path() {
            return Ok(Target::File(normal(
                &reference.folder.join(&reference.text),
            )));
        }
        let names = self.library.builtins.iter().map(|(name, _)| *name);
        if let Some(at) = names.clone().position(|name| name == reference.text) {
            return Ok(Target::BuiltIn(at));
        }
        let text = escape(&reference.text);
        let message = format!("there is no built-in policy `{text}`");
        let problem = reference.at.problem(message, "unknown policy");
        let help = one_of(&reference.text, names);
        let help = format!("{help}; a path has a `/` or ends in `.yaml`");
        Err(Box::new(problem.help(help)))
    }

    fn refuse_cycle(&self, target: &Target, reference: &Reference) -> Result<(), Box<Problem>> {
        let Some(start) = self.open.iter().position(|(open, _)| open == target) else {
            if self.open.len().saturating_add(self.done.len()) < MAX_FILES {
                return Ok(());
            }
            let message = format!("the policy rests on more than {MAX_FILES} files");
            return Err(Box::new(reference.at.problem(message, "one too many")));
        };
        let name = self.name(target);
        let problem = reference.at.problem(
            format!("the policy `{name}` extends itself"),
            "closes the circle",
        );
        // What the files on the circle name, but for the last of them, which is this reference.
        let steps = self.open.iter().skip(start.saturating_add(1));
        let problem = steps.fold(problem, |problem, (open, at)| {
            let what = format!("by way of `{}`", self.name(open));
            problem.related(&at.source, at.span, what)
        });
        Err(Box::new(problem.help("remove one of the `extends`")))
    }

    /// The name under which a file is shown, safe to print.
    fn name(&self, target: &Target) -> String {
        match target {
            Target::BuiltIn(at) => self
                .library
                .builtins
                .get(*at)
                .map_or(String::new(), |(name, _)| (*name).to_owned()),
            Target::File(path) => escape(&(self.library.shown)(path)),
        }
    }

    fn text(
        &self,
        target: &Target,
        reference: &Reference,
    ) -> Result<(Arc<Source>, String), Box<Problem>> {
        let name = self.name(target);
        let text = match target {
            // In ours there is nothing to conceal.
            Target::BuiltIn(at) => {
                let builtin = self.library.builtins.get(*at);
                let text = builtin.map_or("", |(_, text)| *text);
                return Ok((Arc::new(Source::new(&name, text)), text.to_owned()));
            }
            Target::File(path) => (self.library.read)(path)
                .map_err(|error| Box::new(self.unreadable(&name, &error, reference)))?,
        };
        let source = Source::new(&name, &pem::conceal(&text));
        Ok((Arc::new(source), pem::without_keys(&text).into_owned()))
    }

    fn unreadable(&self, name: &str, error: &io::Error, reference: &Reference) -> Problem {
        if let Some(problem) = encoding(&POLICY, name, error) {
            return problem;
        }
        let is_missing = error.kind() == io::ErrorKind::NotFound;
        let why = if is_missing {
            "there is no such file".to_owned()
        } else {
            escape(&error.to_string())
        };
        let message = format!("the policy `{name}` cannot be read: {why}");
        let mut problem = reference.at.problem(message, "names it");
        problem.help = is_missing.then(|| self.missing_help(reference));
        problem
    }

    fn missing_help(&self, reference: &Reference) -> String {
        let stem = Path::new(&reference.text).file_stem();
        let stem = stem.map(|stem| stem.to_string_lossy()).unwrap_or_default();
        let builtins = &self.library.builtins;
        if builtins.iter().any(|(name, _)| *name == stem) {
            return format!("the built-in policy is named `{}`", escape(&stem));
        }
        let from = if reference.at.is_option() {
            "a path on the command line starts from the current folder"
        } else {
            "a path in a policy or a config starts from the folder of that file"
        };
        from.to_owned()
    }
}

/// A path without `.` and with `..` taken back where that needs no look at the disk: the same file
/// reached in two ways is one file.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        let last = out.components().next_back();
        match (component, last) {
            (Component::CurDir, _) | (Component::ParentDir, Some(Component::RootDir)) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                out.pop();
            }
            _ => out.push(component),
        }
    }
    out
}
