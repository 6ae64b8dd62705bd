//! `check --staged`: what git is about to commit, as it would be committed.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::Failure;
use super::inputs::{Inputs, Item};
use crate::engine::PlannedInput;
use crate::input::name::{from_here, path_of, plain, shown};
use crate::input::{self, Limits, Missing, git};
use crate::source::escape;

/// The longest target of a symbolic link, in bytes; systems allow 4096.
const MAX_TARGET: u64 = 4096;

/// The staged files that may hold a chain: of the whole repository, or below `paths`. What stands in the index counts,
/// not what stands in the folder.
pub(super) fn inputs(paths: &[PathBuf], options: &input::Options<'_>) -> Result<Inputs, Failure> {
    let root = root(options.current)?;
    let changes = changes(paths, options.current)?;
    refuse_missing(paths, &changes, &root, options.current)?;
    let mut inputs = Inputs::default();
    let (mut files, mut links) = (Vec::new(), Vec::new());
    for change in changes {
        let path = root.join(&change.name);
        let list = match change.kind {
            Kind::File => &mut files,
            Kind::Link => &mut links,
            Kind::Gone | Kind::Repository => continue,
        };
        if !input::may_hold_a_chain(&path) {
            continue;
        }
        if options.passes_over(&path) {
            inputs.passed_over.excluded = inputs.passed_over.excluded.saturating_add(1);
            continue;
        }
        list.push((path, change.object));
    }
    let shown = |path: &Path| shown(&from_here(path, options.current));
    let behind = behind(&links, &root)?;
    for ((path, _), object) in links.into_iter().zip(behind) {
        match object {
            Some(object) => files.push((path, object)),
            None => inputs.notes.push(format!(
                "skipped {}: a symbolic link to no file that git has",
                shown(&path)
            )),
        }
    }
    let limits = Limits::default();
    let objects: Vec<&str> = files.iter().map(|(_, object)| &**object).collect();
    let contents = contents(&objects, limits.bytes, options.current)?;
    inputs.items = files
        .into_iter()
        .zip(contents)
        .map(|((path, _), content)| {
            let display = shown(&path);
            let input = match content {
                Some(bytes) => PlannedInput::Bytes {
                    display,
                    bytes,
                    named: false,
                },
                None => PlannedInput::Unreadable {
                    display,
                    why: limits.too_large(),
                },
            };
            Item { path, input }
        })
        .collect();
    Ok(inputs)
}

/// The root of the work tree.
fn root(current: &Path) -> Result<PathBuf, Failure> {
    let mut git = git::command(current);
    let said = match run(git.args(["rev-parse", "--show-toplevel"]))? {
        Ok(said) => said,
        Err(why) => {
            return Err(Failure::Said(format!(
                "--staged needs a git repository: {why}"
            )));
        }
    };
    let line = said.strip_suffix(b"\n").unwrap_or(&said);
    path_of(line).ok_or_else(|| unreadable("the repository's root"))
}

/// A change that is staged.
struct Change {
    /// From the root of the repository.
    name: PathBuf,
    kind: Kind,
    object: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    /// A symbolic link; its content is where it points to.
    Link,
    /// A submodule, which has an index of its own.
    Repository,
    /// It is deleted, or in conflict, which git does not commit.
    Gone,
}

impl Kind {
    fn of(mode: &str) -> Self {
        match mode {
            "100644" | "100755" => Self::File,
            "120000" => Self::Link,
            "160000" => Self::Repository,
            _ => Self::Gone,
        }
    }
}

/// What is staged below these paths, or at all.
fn changes(paths: &[PathBuf], current: &Path) -> Result<Vec<Change>, Failure> {
    let mut git = git::command(current);
    git.args([
        "-c",
        "diff.relative=false",
        "diff",
        "--cached",
        "--raw",
        "-z",
    ])
    .args([
        "--no-abbrev",
        "--no-renames",
        "--no-ext-diff",
        "--no-color",
        "--",
    ]);
    let list = expect(git.args(paths), "list what is staged")?;
    let mut changes = Vec::new();
    let mut fields = list.split(|byte| *byte == 0);
    // `:mode mode object object status`, then the name.
    while let (Some(what), Some(name)) = (fields.next(), fields.next()) {
        let what = String::from_utf8_lossy(what);
        let mut what = what.split(' ').skip(1);
        let (mode, _, object) = (what.next(), what.next(), what.next());
        let (Some(mode), Some(object), Some(name)) = (mode, object, path_of(name)) else {
            return Err(unreadable("what is staged"));
        };
        // An object of zeros is in no store: a file of which only the name is staged.
        let is_there = object.bytes().any(|digit| digit != b'0');
        changes.push(Change {
            name,
            kind: if is_there { Kind::of(mode) } else { Kind::Gone },
            object: object.to_owned(),
        });
    }
    Ok(changes)
}

/// Refuses paths that are neither there nor staged.
fn refuse_missing(
    paths: &[PathBuf],
    changes: &[Change],
    root: &Path,
    current: &Path,
) -> Result<(), Failure> {
    let is_missing = |path: &&PathBuf| {
        let whole = plain(&current.join(path));
        let is_staged = |change: &Change| root.join(&change.name).starts_with(&whole);
        whole.symlink_metadata().is_err() && !changes.iter().any(is_staged)
    };
    let missing: Vec<String> = paths
        .iter()
        .filter(is_missing)
        .map(|path| shown(path))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::Said(Missing(missing).to_string()))
}

/// What the index has where each of these links points to, if that is a file.
fn behind(links: &[(PathBuf, String)], root: &Path) -> Result<Vec<Option<String>>, Failure> {
    if links.is_empty() {
        return Ok(Vec::new());
    }
    let index = index(root)?;
    let objects: Vec<&str> = links.iter().map(|(_, object)| &**object).collect();
    let targets = contents(&objects, MAX_TARGET, root)?;
    let object = |((link, _), target): (&(PathBuf, String), Option<Vec<u8>>)| {
        let target = path_of(&target?)?;
        index.get(&plain(&link.parent()?.join(target))).cloned()
    };
    Ok(links.iter().zip(targets).map(object).collect())
}

/// The files of the index: whole path, object.
fn index(root: &Path) -> Result<BTreeMap<PathBuf, String>, Failure> {
    let mut git = git::command(root);
    let list = expect(git.args(["ls-files", "--stage", "-z"]), "list its index")?;
    let entries = list.split(|byte| *byte == 0).filter_map(|entry| {
        // `mode object stage`, a tab, the name.
        let tab = memchr::memchr(b'\t', entry)?;
        let (what, name) = entry.split_at_checked(tab)?;
        let what = String::from_utf8_lossy(what);
        let mut what = what.split(' ');
        let (mode, object) = (what.next()?, what.next()?);
        let name = path_of(name.strip_prefix(b"\t")?)?;
        (Kind::of(mode) == Kind::File).then(|| (root.join(name), object.to_owned()))
    });
    Ok(entries.collect())
}

/// What these objects hold; `None` for one that is longer than so many bytes, which is not read.
fn contents(objects: &[&str], limit: u64, current: &Path) -> Result<Vec<Option<Vec<u8>>>, Failure> {
    let mut contents = Vec::with_capacity(objects.len());
    if objects.is_empty() {
        return Ok(contents);
    }
    let mut lengths = Store::open("--batch-check", current)?;
    let mut store = Store::open("--batch", current)?;
    for object in objects {
        let content = if lengths.ask(object)? > limit {
            None
        } else {
            let length = store.ask(object)?;
            Some(store.take(length)?)
        };
        contents.push(content);
    }
    lengths.close();
    store.close();
    Ok(contents)
}

/// One git that answers for many objects, one after the other.
struct Store {
    git: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Store {
    fn open(how: &str, current: &Path) -> Result<Self, Failure> {
        let mut git = git::command(current);
        git.args(["cat-file", how])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut git = git.spawn().map_err(|error| no_git(&error))?;
        match (git.stdin.take(), git.stdout.take()) {
            (Some(questions), Some(answers)) => Ok(Self {
                git,
                questions,
                answers: BufReader::new(answers),
            }),
            _ => Err(unreadable("what is staged")),
        }
    }

    /// The length of an object, in bytes.
    fn ask(&mut self, object: &str) -> Result<u64, Failure> {
        let mut line = String::new();
        writeln!(self.questions, "{object}")
            .and_then(|()| self.answers.read_line(&mut line))
            .map_err(|_| unreadable("what is staged"))?;
        // `object type length`, or `object missing`.
        let length = line.trim_end().rsplit(' ').next();
        length
            .and_then(|length| length.parse().ok())
            .ok_or_else(|| unreadable("what is staged"))
    }

    /// The object itself, once its length is known.
    fn take(&mut self, length: u64) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        let mut end = [0];
        let read = (&mut self.answers)
            .take(length)
            .read_to_end(&mut bytes)
            .and_then(|_| self.answers.read_exact(&mut end));
        let is_whole = u64::try_from(bytes.len()).is_ok_and(|read| read == length);
        match read {
            Ok(()) if is_whole && end == *b"\n" => Ok(bytes),
            Ok(()) | Err(_) => Err(unreadable("what is staged")),
        }
    }

    fn close(self) {
        let Self {
            mut git, questions, ..
        } = self;
        drop(questions);
        let _ = git.wait();
    }
}

/// Runs git: what it says, or why it fails, in its own words.
fn run(git: &mut Command) -> Result<Result<Vec<u8>, String>, Failure> {
    let output = git.output().map_err(|error| no_git(&error))?;
    if output.status.success() {
        return Ok(Ok(output.stdout));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or("it did not say why");
    Ok(Err(escape(said.strip_prefix("fatal: ").unwrap_or(said))))
}

fn expect(git: &mut Command, what: &str) -> Result<Vec<u8>, Failure> {
    run(git)?.map_err(|why| Failure::Said(format!("git could not {what}: {why}")))
}

fn no_git(error: &std::io::Error) -> Failure {
    Failure::Said(format!("--staged needs git, which cannot be run: {error}"))
}

fn unreadable(what: &str) -> Failure {
    Failure::Said(format!("git's answer about {what} cannot be read"))
}
