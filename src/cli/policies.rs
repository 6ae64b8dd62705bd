//! Loading policies for the commands.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use globset::GlobBuilder;
use time::OffsetDateTime;
use walkdir::WalkDir;

use super::Failure;
use super::environment::Environment;
use super::plan::relative;
use crate::facts;
use crate::policy::{
    self, AnchorFile, BUILTINS, Config, Known, Library, Location, Override, Policy, Reference,
};
use crate::source::escape;
use crate::trust::{Anchors, Given};

/// The policy that applies where nothing else is said.
pub(super) const DEFAULT: &str = "connectpay-production";

/// The policy on which the other built-in ones rest.
pub(super) const BASE: &str = "hygiene";

/// Reads a file of YAML.
pub(super) fn read(path: &Path) -> io::Result<String> {
    std::fs::read_to_string(path)
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
    let parts = || Path::new(pattern).components();
    let is_plain = |part: &Component<'_>| {
        !part
            .as_os_str()
            .to_string_lossy()
            .contains(['*', '?', '[', '{'])
    };
    let plain: PathBuf = parts().take_while(is_plain).collect();
    let rest: PathBuf = parts().skip_while(is_plain).collect();
    let base = folder.join(&plain);
    let mut paths = Vec::new();
    if rest.as_os_str().is_empty() {
        paths.push(base);
    } else if base.is_dir() {
        let glob = GlobBuilder::new(&rest.to_string_lossy())
            .literal_separator(true)
            .build()
            .map_err(io::Error::other)?
            .compile_matcher();
        for entry in WalkDir::new(&base).sort_by_file_name().follow_links(true) {
            let entry = entry.map_err(io::Error::other)?;
            let inner = entry.path().strip_prefix(&base).unwrap_or(entry.path());
            if entry.file_type().is_file() && glob.is_match(inner) {
                paths.push(entry.into_path());
            }
        }
    }
    let read = |path: PathBuf| {
        let mut bytes = Vec::new();
        let file = std::fs::File::open(&path)?;
        file.take(MAX_ANCHORS).read_to_end(&mut bytes)?;
        let name = shown(&path);
        Ok(AnchorFile { name, bytes })
    };
    paths.into_iter().map(read).collect()
}

/// What to call a file: its path from the current folder, where it lies below that.
pub(super) fn shown(path: &Path) -> String {
    let plain = relative(path, Path::new(""));
    let current = std::env::current_dir().unwrap_or_default();
    relative(&plain, &current).display().to_string()
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

/// The policy that an argument names.
pub(super) fn argument(name: &str, environment: &Environment) -> Result<Policy, Failure> {
    let reference = Reference::from_flag("command line", name, &environment.current);
    Ok(library().load(&reference, &[])?)
}

/// The config that an option names, or the nearest one.
pub(super) fn config(
    named: Option<&Path>,
    none: bool,
    environment: &Environment,
) -> Result<Option<Config>, Failure> {
    let path = match named {
        Some(path) => Some(environment.current.join(path)),
        None if none => None,
        None => policy::discover(&environment.current, &|path| path.exists()),
    };
    let Some(path) = path else { return Ok(None) };
    let shown = path
        .strip_prefix(&environment.current)
        .unwrap_or(&path)
        .display()
        .to_string();
    let named_at = Location::of_text("--config", &shown);
    Ok(Some(Config::load(&path, &shown, &named_at, &read)?))
}
