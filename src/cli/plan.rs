//! From the arguments of `check` to the files of the run, each with its policy.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::check::Arguments;
use super::environment::Environment;
use super::waivers::{from_config, refuse_unknown_rules};
use super::{Failure, policies, staged};
use crate::engine::{PlannedFile, PlannedInput};
use crate::input;
use crate::policy::{self, Config, Override, Policy, Reference, Selection, Waivers};
use crate::source::escape;
use crate::span::Span;
use crate::trust::{Anchors, Given};

/// The longest list of names, in bytes: about a million paths.
const MAX_LIST: u64 = 64 << 20;

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
    /// What to call standard input.
    pub(super) stdin_filename: &'a str,
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
            stdin_filename: &arguments.stdin_filename,
            policy: arguments.policy.as_deref(),
            vars: &arguments.vars,
            no_ignore: arguments.no_ignore,
            force_exclude: arguments.force_exclude,
        }
    }
}

/// The files of the run, each with its policy; waivers of rules that no policy has are refused.
pub(super) fn files(
    wanted: &Wanted<'_>,
    environment: &Environment,
    config: Option<&Config>,
    waivers: Option<&Waivers>,
) -> Result<Vec<PlannedFile>, Failure> {
    let inputs = inputs(wanted, environment, config)?;
    let flags: Vec<Override> = wanted
        .vars
        .iter()
        .map(|text| Override::from_flag(text))
        .collect::<Result<_, _>>()?;
    let mut loader = Loader::new(wanted.policy, config, flags, environment)?;
    let mut files = Vec::with_capacity(inputs.len());
    for input in inputs {
        files.push(loader.plan(input)?);
    }
    loader.refuse_unknown_variables()?;
    if let Some((waivers, config)) = waivers.zip(config).filter(|_| !files.is_empty()) {
        let loaded = loader.loaded.values().map(|(policy, _)| &**policy);
        refuse_unknown_rules(waivers, &loaded.collect::<Vec<_>>(), config)?;
    }
    Ok(files)
}

/// What to look at: the named paths, or the current folder.
fn inputs(
    wanted: &Wanted<'_>,
    environment: &Environment,
    config: Option<&Config>,
) -> Result<Vec<PlannedInput>, Failure> {
    let excluded =
        |path: &Path| config.is_some_and(|config| config.excludes(&relative(path, &config.folder)));
    if wanted.staged {
        return staged::inputs(wanted.paths, &environment.current, &excluded);
    }
    let options = input::Options {
        no_ignore: wanted.no_ignore,
        force_exclude: wanted.force_exclude,
        excluded: &excluded,
        is_wanted: input::may_hold_a_chain,
        current: &environment.current,
    };
    let (streams, mut paths): (Vec<PathBuf>, Vec<PathBuf>) = wanted
        .paths
        .iter()
        .cloned()
        .partition(|path| path.as_os_str() == "-");
    if let Some(list) = wanted.files_from {
        if list.as_os_str() == "-" && !streams.is_empty() {
            let twice = "standard input is either a chain or the list of --files-from, not both";
            return Err(Failure::Said(twice.to_owned()));
        }
        paths.extend(named_by(list, wanted.null, environment)?);
    } else if wanted.paths.is_empty() {
        paths.push(PathBuf::from("."));
    }
    let found =
        input::discover(&paths, &options).map_err(|error| Failure::Said(error.to_string()))?;
    let mut inputs: Vec<PlannedInput> = found.into_iter().map(PlannedInput::File).collect();
    if !streams.is_empty() {
        let bytes = environment.input(input::Limits::default().bytes)?;
        inputs.push(PlannedInput::Bytes {
            display: wanted.stdin_filename.to_owned(),
            bytes,
            named: true,
        });
    }
    Ok(inputs)
}

/// The paths that a list names: one a line, or ended by NULs. An empty list names none.
fn named_by(list: &Path, null: bool, environment: &Environment) -> Result<Vec<PathBuf>, Failure> {
    let bytes = if list.as_os_str() == "-" {
        environment.input(MAX_LIST)?
    } else {
        let path = environment.current.join(list);
        let said = |error| Failure::Said(format!("--files-from {}: {error}", list.display()));
        fs::read(&path).map_err(said)?
    };
    let too_long = u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_LIST);
    if too_long {
        let message = format!("--files-from {}: the list is too long", list.display());
        return Err(Failure::Said(message));
    }
    let mut paths = Vec::new();
    for name in bytes.split(|byte| *byte == if null { 0 } else { b'\n' }) {
        let name = if null {
            name
        } else {
            name.strip_suffix(b"\r").unwrap_or(name)
        };
        if name.is_empty() {
            continue;
        }
        let name = std::str::from_utf8(name).map_err(|_| {
            let shown = escape(&String::from_utf8_lossy(name));
            Failure::Said(format!("--files-from: `{shown}` is no UTF-8"))
        })?;
        paths.push(PathBuf::from(name));
    }
    Ok(paths)
}

/// A path as patterns of a config see it: from the config's folder, without `.` and `..`.
pub(super) fn relative(path: &Path, folder: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => plain.push(part),
        }
    }
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
}

impl<'a> Loader<'a> {
    pub(super) fn new(
        policy: Option<&'a str>,
        config: Option<&'a Config>,
        flags: Vec<Override>,
        environment: &'a Environment,
    ) -> Result<Self, Failure> {
        let named = config.iter().flat_map(|config| &config.trust_anchors);
        Ok(Self {
            policy,
            environment,
            config,
            flags,
            given: policies::anchors(named)?,
            embedded: Anchors::embedded(),
            loaded: BTreeMap::new(),
        })
    }

    pub(super) fn plan(&mut self, input: PlannedInput) -> Result<PlannedFile, Failure> {
        let path = match &input {
            PlannedInput::File(candidate) => candidate.path.clone(),
            PlannedInput::Bytes { display, .. } | PlannedInput::Unreadable { display, .. } => {
                self.environment.current.join(display)
            }
        };
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

    fn load(&self, selection: &Selection<'_>) -> Result<(Arc<Policy>, Anchors), Failure> {
        let overrides: Vec<Override> = selection
            .vars
            .iter()
            .copied()
            .chain(&self.flags)
            .cloned()
            .collect();
        let default = Reference::from_flag(
            "--policy",
            self.policy.unwrap_or(policies::DEFAULT),
            &self.environment.current,
        );
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
        given.anchors.extend(own.anchors);
        given.lists.extend(own.lists);
        Ok((policy, self.embedded.with(given)))
    }

    /// A variable that no policy of the run knows is a mistake in the option that sets it; one of a
    /// config is, when no policy that the config names knows it either.
    fn refuse_unknown_variables(&self) -> Result<(), Failure> {
        let known: Vec<&policy::Variable> = self
            .loaded
            .values()
            .flat_map(|(policy, _)| &policy.vars)
            .collect();
        if self.loaded.is_empty() {
            return Ok(());
        }
        let mut problems = policy::undeclared(&self.flags, known.iter().copied());
        if let Some(config) = self.config {
            let given: Vec<&Override> = config
                .vars
                .iter()
                .chain(config.mappings.iter().flat_map(|m| &m.vars))
                .collect();
            if !policy::undeclared(given.iter().copied(), known.iter().copied()).is_empty() {
                let others: Vec<Policy> = config
                    .mappings
                    .iter()
                    .filter_map(|mapping| mapping.policy.as_ref())
                    .filter_map(|named| self.environment.library.load(named, &[]).ok())
                    .collect();
                let all = others
                    .iter()
                    .flat_map(|policy| &policy.vars)
                    .chain(known.iter().copied());
                problems.extend(policy::undeclared(given.iter().copied(), all));
            }
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems.into())
        }
    }
}
