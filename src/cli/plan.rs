//! From the arguments of `check` to the files of the run, each with its policy.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::check::Arguments;
use super::environment::Environment;
use super::inputs::{Item, inputs};
use super::waivers::from_config;
use super::{Failure, policies};
use crate::engine::PlannedFile;
use crate::input::PassedOver;
use crate::input::name::plain;
use crate::policy::{self, Config, Override, Policy, Reference, Selection, Waivers};
use crate::span::Span;
use crate::trust::{Anchors, Given};

/// What a run is over.
#[derive(Debug, Default, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(super) struct Wanted<'a> {
    /// Files and folders.
    pub(super) paths: &'a [PathBuf],
    /// What is staged, instead.
    pub(super) staged: bool,
    /// A list of more files.
    pub(super) files_from: Option<&'a Path>,
    /// The list's names are ended by NULs.
    pub(super) null: bool,
    /// What to call standard input, where an option says.
    pub(super) stdin_filename: Option<&'a Path>,
    /// The policy for all files, where an option names it.
    pub(super) policy: Option<&'a str>,
    /// `NAME=VALUE` each.
    pub(super) vars: &'a [String],
    /// Look also where git and convention say not to.
    pub(super) no_ignore: bool,
    /// Treat files that the user named as if they had been found.
    pub(super) force_exclude: bool,
}

impl<'a> From<&'a Arguments> for Wanted<'a> {
    fn from(arguments: &'a Arguments) -> Self {
        Self {
            paths: &arguments.paths,
            staged: arguments.staged,
            files_from: arguments.files_from.as_deref(),
            null: arguments.null,
            stdin_filename: arguments.stdin_filename.as_deref(),
            policy: arguments.policy.as_deref(),
            vars: &arguments.vars,
            no_ignore: arguments.no_ignore,
            force_exclude: arguments.force_exclude,
        }
    }
}

/// What a run does.
#[derive(Debug)]
pub(super) struct Planned {
    /// The files, each with its policy.
    pub(super) files: Vec<PlannedFile>,
    /// What no report may be written over: the files to check, and what says how. Each with what it is.
    pub(super) spared: BTreeMap<PathBuf, &'static str>,
    /// Of these, what says how: configs, policies, trust anchors and the like.
    pub(super) read: BTreeSet<PathBuf>,
    /// Lines for standard error.
    pub(super) notes: Vec<String>,
    /// Where there is no file: what was passed over.
    pub(super) passed_over: PassedOver,
}

/// The files of the run, each with its policy.
pub(super) fn files(
    wanted: &Wanted<'_>,
    environment: &Environment,
    config: Option<&Config>,
    waivers: Option<&Waivers>,
) -> Result<Vec<PlannedFile>, Failure> {
    Ok(plan(wanted, environment, config, waivers)?.files)
}

/// The files of the run, each with its policy; waivers of rules that no policy has are refused.
pub(super) fn plan(
    wanted: &Wanted<'_>,
    environment: &Environment,
    config: Option<&Config>,
    waivers: Option<&Waivers>,
) -> Result<Planned, Failure> {
    let inputs = inputs(wanted, environment, config)?;
    let flags = policies::flags(wanted.vars)?;
    let mut loader = Loader::new(wanted.policy, config, flags, environment)?;
    let mut files = Vec::with_capacity(inputs.items.len());
    let mut spared = BTreeMap::new();
    for item in inputs.items {
        spared.insert(item.path.clone(), "one of the files to check");
        files.push(loader.plan(item)?);
    }
    if files.is_empty() {
        // A policy that is misspelt is told, whether there is a file for it or not.
        loader.look_at_default()?;
    }
    loader.refuse_unknown_variables()?;
    if let Some((waivers, config)) = waivers.zip(config).filter(|_| !files.is_empty()) {
        let loaded = loader.loaded.values().map(|(policy, _)| &**policy);
        let loaded: Vec<&Policy> = loaded.collect();
        let unknown = policies::unknown_rules(waivers, &loaded, config, environment);
        if !unknown.is_empty() {
            return Err(unknown.into());
        }
    }
    let list = wanted.files_from.map(|list| environment.current.join(list));
    let read: BTreeSet<PathBuf> = loader.read_files().into_iter().chain(list).collect();
    spared.extend(
        read.iter()
            .map(|path| (path.clone(), "a file that this run reads")),
    );
    Ok(Planned {
        files,
        spared,
        read,
        notes: inputs.notes,
        passed_over: inputs.passed_over,
    })
}

/// The ids of all rules that an option can mean: those of the run, and of what the config names for other files.
pub(super) fn rule_ids(
    files: &[PlannedFile],
    wanted: &Wanted<'_>,
    config: Option<&Config>,
    environment: &Environment,
) -> BTreeSet<String> {
    let mut policies: Vec<&Arc<Policy>> = Vec::new();
    for file in files {
        if !policies
            .iter()
            .any(|known| Arc::ptr_eq(known, &file.policy))
        {
            policies.push(&file.policy);
        }
    }
    let default = default_policy(wanted.policy, environment);
    let named = config.filter(|_| wanted.policy.is_none());
    let others = policies_of(named, Some(&default), environment);
    let all = policies.into_iter().map(|policy| &**policy).chain(&others);
    all.flat_map(|policy| &policy.rules)
        .map(|rule| rule.id.to_string())
        .collect()
}

/// The policy of files for which no config names one.
fn default_policy(named: Option<&str>, environment: &Environment) -> Reference {
    let name = named.unwrap_or(policies::DEFAULT);
    Reference::from_flag("--policy", name, &environment.current)
}

/// The policies that a config names, each under the variables that it gives, and another, as far as they can be read.
fn policies_of(
    config: Option<&Config>,
    other: Option<&Reference>,
    environment: &Environment,
) -> Vec<Policy> {
    let of_config = config.iter().flat_map(|config| {
        let named = config.mappings.iter();
        let named = named.filter_map(|mapping| Some((mapping.policy.as_ref()?, &mapping.vars)));
        named.map(|(policy, own)| {
            let vars: Vec<Override> = config.vars.iter().chain(own).cloned().collect();
            (policy, vars)
        })
    });
    let others = other.map(|other| (other, Vec::new()));
    of_config
        .chain(others)
        .filter_map(|(named, vars)| environment.library.load(named, &vars).ok())
        .collect()
}

/// A path as patterns of a config see it: from the config's folder, without `.` and `..`.
pub(super) fn relative(path: &Path, folder: &Path) -> PathBuf {
    let plain = plain(path);
    plain
        .strip_prefix(folder)
        .map(Path::to_owned)
        .unwrap_or(plain)
}

/// What makes two files share a policy: which one the config names for them, and the values that it gives, each
/// told by where it stands.
type Key = (Option<(String, PathBuf)>, Vec<(String, Span)>);

fn key(selection: &Selection<'_>) -> Key {
    let policy = selection.policy;
    let policy = policy.map(|named| (named.text.clone(), named.folder.clone()));
    let vars = selection.vars.iter();
    let vars = vars.map(|given| (given.name.clone(), given.value_at.span));
    (policy, vars.collect())
}

/// Loads each policy once for each set of variables, with whom it trusts.
pub(super) struct Loader<'a> {
    /// The policy for all files, where an option names it.
    policy: Option<&'a str>,
    environment: &'a Environment,
    config: Option<&'a Config>,
    flags: Vec<Override>,
    /// Whom the config trusts.
    given: Given,
    embedded: Anchors,
    loaded: BTreeMap<Key, (Arc<Policy>, Anchors)>,
    /// The files that the config and the policies trust.
    read: BTreeSet<PathBuf>,
}

impl<'a> Loader<'a> {
    pub(super) fn new(
        policy: Option<&'a str>,
        config: Option<&'a Config>,
        flags: Vec<Override>,
        environment: &'a Environment,
    ) -> Result<Self, Failure> {
        let named = config.iter().flat_map(|config| &config.trust_anchors);
        let given = policies::anchors(named)?;
        let read = files_of(&given, environment).collect();
        Ok(Self {
            policy,
            environment,
            config,
            flags,
            given,
            embedded: Anchors::embedded(),
            loaded: BTreeMap::new(),
            read,
        })
    }

    pub(super) fn plan(&mut self, item: Item) -> Result<PlannedFile, Failure> {
        let Item { path, input } = item;
        let selection = self
            .config
            .map(|config| config.select(&relative(&path, &config.folder)));
        let selection = selection.unwrap_or_default();
        let key = key(&selection);
        let (policy, anchors) = if let Some(loaded) = self.loaded.get(&key) {
            loaded.clone()
        } else {
            let loaded = self.load(&selection)?;
            self.loaded.insert(key, loaded.clone());
            loaded
        };
        let config = self.config;
        let from_config = config.and_then(|config| from_config(&path, config));
        Ok(PlannedFile {
            input,
            from_config: from_config.map(Into::into),
            policy,
            anchors,
            environment: selection.environment,
            app: selection.app,
        })
    }

    fn load(&mut self, selection: &Selection<'_>) -> Result<(Arc<Policy>, Anchors), Failure> {
        let overrides: Vec<Override> = selection
            .vars
            .iter()
            .copied()
            .chain(&self.flags)
            .cloned()
            .collect();
        let default = default_policy(self.policy, self.environment);
        let wanted = match (self.policy, selection.policy) {
            (None, Some(named)) => named,
            (Some(_), _) | (None, None) => &default,
        };
        let policy = Arc::new(self.environment.library.load(wanted, &overrides)?);
        let more = self.config.iter().flat_map(|config| &config.trust_anchors);
        let refused = policy::refuse_anchors(&policy, more);
        if !refused.is_empty() {
            return Err(refused.into());
        }
        let mut given = self.given.clone();
        let own = policies::anchors(&policy.trust_anchors)?;
        self.read.extend(files_of(&own, self.environment));
        given.anchors.extend(own.anchors);
        given.lists.extend(own.lists);
        Ok((policy, self.embedded.with(given)))
    }

    /// The files that say how the run judges: config, waivers, policies, anchors.
    fn read_files(&self) -> BTreeSet<PathBuf> {
        let mut files = self.read.clone();
        let sources = self.loaded.values().flat_map(|(policy, _)| &policy.sources);
        files.extend(sources.map(|source| self.environment.current.join(&**source.name())));
        if let Some(config) = self.config {
            files.insert(config.path.clone());
            let waivers = config.waiver_files.iter();
            files.extend(waivers.map(|file| file.folder.join(&file.text)));
        }
        files
    }

    fn look_at_default(&mut self) -> Result<(), Failure> {
        let none = Selection::default();
        let loaded = self.load(&none)?;
        self.loaded.insert(key(&none), loaded);
        Ok(())
    }

    /// A variable that no policy knows is a mistake in the option or the config that sets it: none of the run, and
    /// none that the config names for other files.
    fn refuse_unknown_variables(&self) -> Result<(), Failure> {
        let of_config = self.config.iter().flat_map(|config| {
            let mappings = config.mappings.iter().flat_map(|mapping| &mapping.vars);
            config.vars.iter().chain(mappings)
        });
        let given: Vec<&Override> = self.flags.iter().chain(of_config).collect();
        let undeclared = |others: &[Policy]| {
            let loaded = self.loaded.values().flat_map(|(policy, _)| &policy.vars);
            let all = others.iter().flat_map(|policy| &policy.vars).chain(loaded);
            policy::undeclared(given.iter().copied(), all)
        };
        if undeclared(&[]).is_empty() {
            return Ok(());
        }
        let problems = undeclared(&policies_of(self.config, None, self.environment));
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems.into())
        }
    }
}

/// The files that hold what is trusted.
fn files_of<'a>(
    given: &'a Given,
    environment: &'a Environment,
) -> impl Iterator<Item = PathBuf> + 'a {
    let anchors = given.anchors.iter().map(|anchor| &anchor.file);
    let all = anchors.chain(given.lists.iter().map(|(file, _)| file));
    all.map(|file| environment.current.join(&**file))
}
