//! Loading policies for the commands.

use std::collections::BTreeSet;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use globset::GlobBuilder;
use time::OffsetDateTime;
use walkdir::WalkDir;

use super::Failure;
use super::environment::Environment;
use crate::facts;
use crate::input::name::{self, from_here, plain, shown_as};
use crate::input::regular;
use crate::policy::{
    self, AnchorFile, BUILTINS, Config, Known, Library, Location, Override, Policy, Reference,
    Waivers,
};
use crate::source::escape;
use crate::span::Span;
use crate::trust::{Anchors, Given};
use crate::yaml::{self, Problems};

/// The policy that applies where nothing else is said.
pub(super) const DEFAULT: &str = "connectpay-production";

/// The policy on which the other built-in ones rest.
pub(super) const BASE: &str = "hygiene";

/// The longest file of YAML, in bytes: a baseline of waivers. Readers of other kinds take less.
const MAX_YAML: u64 = 16 << 20;

/// Reads a file of YAML.
pub(super) fn read(path: &Path) -> io::Result<String> {
    regular::text(path, MAX_YAML)
}

/// The longest file with trust anchors; all public roots of the world take half a megabyte.
const MAX_ANCHORS: u64 = 16 << 20;

/// Whom policies and configs trust.
pub(super) fn anchors<'a>(
    named: impl IntoIterator<Item = &'a Reference>,
) -> Result<Given, Failure> {
    Ok(policy::read_anchors(named, &anchor_files)?)
}

/// A line for each trusted list that should have been replaced by now, once.
pub(super) fn expired_lists<'a>(
    anchors: impl IntoIterator<Item = &'a Anchors>,
    now: OffsetDateTime,
) -> BTreeSet<String> {
    let lists = anchors.into_iter().flat_map(Anchors::lists);
    let expired = lists.filter(|(_, list)| list.is_expired(now));
    expired
        .map(|(file, list)| {
            let territory = escape(&list.territory);
            let until = list.next_update.map_or_else(String::new, |next| {
                format!(" a newer one was due by {}:", next.date())
            });
            format!(
                "warning: the trusted list of {territory} in {file} has expired;{until} \
                 import it again with `chainlint trust import`"
            )
        })
        .collect()
}

/// The files that a path or a pattern names, from a folder on, by name.
fn anchor_files(folder: &Path, pattern: &str) -> io::Result<Vec<AnchorFile>> {
    let is_plain = |part: &Component<'_>| {
        !part
            .as_os_str()
            .to_string_lossy()
            .contains(['*', '?', '[', '{'])
    };
    let parts = || Path::new(pattern).components();
    let named: PathBuf = parts().take_while(is_plain).collect();
    let rest: PathBuf = parts().skip_while(is_plain).collect();
    let base = folder.join(named);
    let paths = if rest.as_os_str().is_empty() {
        vec![base]
    } else {
        matching(&base, &rest)?
    };
    let read = |path: PathBuf| {
        let name = shown(&path);
        let bytes = regular::bytes(&path, MAX_ANCHORS)
            .map_err(|error| io::Error::new(error.kind(), format!("{name}: {error}")))?;
        Ok(AnchorFile { name, bytes })
    };
    paths.into_iter().map(read).collect()
}

/// The files below a folder that a pattern matches, by name. Links are followed as far as the pattern says how deep it
/// goes; what it does not match is no matter, readable or not.
fn matching(base: &Path, pattern: &Path) -> io::Result<Vec<PathBuf>> {
    let is_bounded = !pattern.components().any(|part| part.as_os_str() == "**");
    let depth = if is_bounded {
        pattern.components().count()
    } else {
        usize::MAX
    };
    let glob = GlobBuilder::new(&pattern.to_string_lossy())
        .literal_separator(true)
        .build()
        .map_err(io::Error::other)?
        .compile_matcher();
    let is_match = |path: &Path| glob.is_match(path.strip_prefix(base).unwrap_or(path));
    let entries = WalkDir::new(base)
        .sort_by_file_name()
        .follow_links(is_bounded)
        .max_depth(depth);
    let mut paths = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) if is_match(entry.path()) && entry.path().is_file() => {
                paths.push(entry.into_path());
            }
            Err(error) if error.path().is_some_and(is_match) => {
                return Err(error.into());
            }
            Ok(_) | Err(_) => {}
        }
    }
    Ok(paths)
}

/// What to call a file: its path from the current folder, unless the whole one is shorter.
pub(super) fn shown(path: &Path) -> String {
    let current = std::env::current_dir().unwrap_or_default();
    let whole = plain(&current.join(path));
    let (from_here, whole) = (
        name::shown(&from_here(&whole, &current)),
        name::shown(&whole),
    );
    if from_here.len() < whole.len() {
        from_here
    } else {
        whole
    }
}

/// Where policies come from: the built-in ones, and files.
pub(super) fn library() -> Library<'static> {
    Library {
        builtins: BUILTINS,
        read: &read,
        shown: &shown,
        is_fact: facts::is_path,
        known: Known::default(),
    }
}

/// The policy of that name or path, as an option names it.
pub(super) fn named(
    name: &str,
    overrides: &[Override],
    environment: &Environment,
) -> Result<Policy, Failure> {
    let reference = Reference::from_flag("--policy", name, &environment.current);
    Ok(environment.library.load(&reference, overrides)?)
}

/// The policy that an argument names, under variables that options set.
pub(super) fn argument(
    name: &str,
    vars: &[Override],
    environment: &Environment,
) -> Result<Policy, Failure> {
    let reference = Reference::from_flag("command line", name, &environment.current);
    Ok(library().load(&reference, vars)?)
}

/// What options say of variables, `NAME=VALUE` each.
pub(super) fn flags(vars: &[String]) -> Result<Vec<Override>, Failure> {
    let flags = vars.iter().map(|text| Override::from_flag(text));
    Ok(flags.collect::<Result<_, _>>()?)
}

/// Refuses variables that none of these policies declares.
pub(super) fn refuse_undeclared(vars: &[Override], policies: &[&Policy]) -> Result<(), Failure> {
    let declared = policies.iter().flat_map(|policy| &policy.vars);
    let unknown = policy::undeclared(vars, declared);
    if unknown.is_empty() {
        Ok(())
    } else {
        Err(unknown.into())
    }
}

/// The config that an option names, or the nearest one.
pub(super) fn config(
    named: Option<&Path>,
    none: bool,
    environment: &Environment,
) -> Result<Option<Config>, Failure> {
    let current = &environment.current;
    let (path, shown) = match named {
        Some(named) => {
            let path = plain(&current.join(named));
            let shown = shown_as(named, &path, current);
            (path, shown)
        }
        None if none => return Ok(None),
        None => match policy::discover(current, &|path| path.exists()) {
            Some(path) => {
                let shown = name::shown(&from_here(&path, current));
                (path, shown)
            }
            None => return Ok(None),
        },
    };
    let named_at = Location::of_text("--config", &shown);
    let mut problems = Vec::new();
    let config = Config::load(&path, &shown, &named_at, &read, &mut problems);
    if problems.is_empty() {
        return Ok(config);
    }
    // All that is wrong with it at once, what it names included.
    if let Some(config) = &config {
        problems.append(&mut named_by(config, environment).1);
    }
    yaml::sort(&mut problems);
    Err(problems.into())
}

/// The waivers of a config. Where something is wrong with their files, all that is wrong with what the config names is
/// told.
pub(super) fn waivers(config: &Config, environment: &Environment) -> Result<Waivers, Failure> {
    let (waivers, wrong) = config.waivers(&read);
    if wrong.is_empty() {
        return Ok(waivers);
    }
    let mut problems = named_by(config, environment).1;
    yaml::sort(&mut problems);
    Err(problems.into())
}

/// A policy as a config uses it.
pub(super) struct Named {
    /// The entry that names it; none for the one that applies where no entry names any.
    pub(super) entry: Option<usize>,
    pub(super) policy: Arc<Policy>,
}

/// What a config names.
#[derive(Default)]
pub(super) struct NamedBy {
    /// The policies of its entries, each under the entry's variables, and the one that applies where none is named.
    pub(super) policies: Vec<Named>,
    /// Whom it trusts.
    pub(super) given: Given,
    pub(super) waivers: Waivers,
}

/// Everything that a config names, and what is wrong with that, each problem once.
pub(super) fn named_by(config: &Config, environment: &Environment) -> (NamedBy, Problems) {
    let mut problems = Vec::new();
    let mut named = NamedBy::default();
    match policy::read_anchors(&config.trust_anchors, &anchor_files) {
        Ok(given) => named.given = given,
        Err(mut wrong) => problems.append(&mut wrong),
    }
    let (waivers, mut wrong) = config.waivers(&read);
    named.waivers = waivers;
    problems.append(&mut wrong);
    let default = Reference::from_flag("--policy", DEFAULT, &environment.current);
    let entries = config.mappings.iter().enumerate();
    let of_entries = entries.filter_map(|(at, mapping)| Some((Some(at), mapping.policy.as_ref()?)));
    let library = library();
    for (entry, reference) in of_entries.chain([(None, &default)]) {
        let mapping = entry.and_then(|at| config.mappings.get(at));
        let own = mapping.iter().flat_map(|mapping| &mapping.vars);
        let overrides: Vec<Override> = config.vars.iter().chain(own).cloned().collect();
        match library.load(reference, &overrides) {
            Ok(policy) => {
                problems.extend(policy::refuse_anchors(&policy, &config.trust_anchors));
                let policy = Arc::new(policy);
                named.policies.push(Named { entry, policy });
            }
            // Of the default nobody asked to be told.
            Err(mut wrong) if entry.is_some() => problems.append(&mut wrong),
            Err(_) => {}
        }
    }
    problems.extend(unknown_names(config, &named));
    let mut told: BTreeSet<(Arc<str>, Span, String)> = BTreeSet::new();
    problems.retain(|problem| {
        let name = problem.file.name().clone();
        told.insert((name, problem.span, problem.message.clone()))
    });
    (named, problems)
}

/// Variables and rules that a config names and none of its policies has.
fn unknown_names(config: &Config, named: &NamedBy) -> Problems {
    let policies = || named.policies().map(|policy| &**policy);
    let own = config.mappings.iter().flat_map(|mapping| &mapping.vars);
    let vars = policies().flat_map(|policy| &policy.vars);
    let mut problems = policy::undeclared(config.vars.iter().chain(own), vars);
    problems.extend(policy::unknown_rules(&named.waivers, policies()));
    named.as_far_as_known(config, &mut problems);
    problems
}

impl NamedBy {
    /// All policies that the config could mean.
    pub(super) fn policies(&self) -> impl Iterator<Item = &Arc<Policy>> {
        self.policies.iter().map(|named| &named.policy)
    }

    /// Where one of the policies could not be read, it may have what the others lack, and only what looks misspelt is
    /// told.
    fn as_far_as_known(&self, config: &Config, unknown: &mut Problems) {
        let wanted = config
            .mappings
            .iter()
            .filter(|mapping| mapping.policy.is_some());
        let read = self.policies.iter().filter(|named| named.entry.is_some());
        let is_complete = read.count() == wanted.count();
        let is_misspelt = |help: &String| help.starts_with("did you mean");
        unknown.retain(|problem| is_complete || problem.help.as_ref().is_some_and(is_misspelt));
    }
}

/// The waivers of rules that no policy has which the config could mean; `loaded` are those that a run has read.
pub(super) fn unknown_rules(
    waivers: &Waivers,
    loaded: &[&Policy],
    config: &Config,
    environment: &Environment,
) -> Problems {
    if policy::unknown_rules(waivers, loaded.iter().copied()).is_empty() {
        return Problems::new();
    }
    let (named, _) = named_by(config, environment);
    let policies = named.policies().map(|policy| &**policy);
    let mut problems = policy::unknown_rules(waivers, loaded.iter().copied().chain(policies));
    named.as_far_as_known(config, &mut problems);
    problems
}
