//! From the arguments of `check` to what is looked at: named files, found ones, standard input, a list, git's index.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::environment::Environment;
use super::plan::{Wanted, relative};
use super::{Failure, staged};
use crate::engine::PlannedInput;
use crate::input::name::{path_of, plain, shown, shown_as};
use crate::input::{self, PassedOver};
use crate::policy::Config;
use crate::source::escape;

/// The longest list of names, in bytes: about a million paths.
const MAX_LIST: u64 = 64 << 20;
/// What standard input is called where nobody says.
const STDIN: &str = "<stdin>";

/// What a run looks at.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    pub(super) items: Vec<Item>,
    /// Lines for standard error: what was left out and has to be known.
    pub(super) notes: Vec<String>,
    /// Where there is no item: what was passed over.
    pub(super) passed_over: PassedOver,
}

/// Something to look at, under a name that no other has.
#[derive(Debug)]
pub(super) struct Item {
    /// The whole path that it is, or stands for.
    pub(super) path: PathBuf,
    pub(super) input: PlannedInput,
}

/// What to look at: the named paths, or the current folder.
pub(super) fn inputs(
    wanted: &Wanted<'_>,
    environment: &Environment,
    config: Option<&Config>,
) -> Result<Inputs, Failure> {
    let excluded =
        |path: &Path| config.is_some_and(|config| config.excludes(&relative(path, &config.folder)));
    let options = input::Options {
        no_ignore: wanted.no_ignore,
        force_exclude: wanted.force_exclude || wanted.staged,
        excluded: &excluded,
        is_wanted: input::may_hold_a_chain,
        current: &environment.current,
    };
    let mut inputs = if wanted.staged {
        staged::inputs(wanted.paths, &options)?
    } else {
        named(wanted, &options, environment)?
    };
    tell_apart(&mut inputs.items);
    Ok(inputs)
}

fn named(
    wanted: &Wanted<'_>,
    options: &input::Options<'_>,
    environment: &Environment,
) -> Result<Inputs, Failure> {
    let is_stream = |path: &&PathBuf| path.as_os_str() == "-";
    let mut paths: Vec<PathBuf> = wanted
        .paths
        .iter()
        .filter(|path| !is_stream(path))
        .cloned()
        .collect();
    let names_nothing = paths.is_empty() && wanted.files_from.is_none();
    // A name for standard input alone says that it is meant.
    let reads_stream = wanted.paths.iter().any(|path| is_stream(&path))
        || wanted.stdin_filename.is_some() && names_nothing;
    if wanted.stdin_filename.is_some() && !reads_stream {
        let message = "--stdin-filename names standard input, which is not read: `-` among the paths reads it";
        return Err(Failure::Said(message.to_owned()));
    }
    if let Some(list) = wanted.files_from {
        if list.as_os_str() == "-" && reads_stream {
            let twice = "standard input is either a chain or the list of --files-from, not both";
            return Err(Failure::Said(twice.to_owned()));
        }
        paths.extend(named_by(list, wanted.null, environment)?);
    } else if names_nothing && !reads_stream {
        paths.push(PathBuf::from("."));
    }
    let found =
        input::discover(&paths, options).map_err(|error| Failure::Said(error.to_string()))?;
    let mut inputs = Inputs {
        passed_over: found.passed_over,
        ..Inputs::default()
    };
    if found.unanswered {
        let note = "git did not answer: files that it ignores are passed over, even where it tracks them (--no-ignore looks there too)";
        inputs.notes.push(note.to_owned());
    }
    inputs
        .items
        .extend(found.files.into_iter().map(|file| Item {
            path: file.path.clone(),
            input: PlannedInput::File(file),
        }));
    inputs
        .items
        .extend(found.unreadable.into_iter().map(|it| Item {
            path: it.path,
            input: PlannedInput::Unreadable {
                display: it.display,
                why: it.why,
            },
        }));
    if reads_stream {
        let name = wanted.stdin_filename.unwrap_or(Path::new(STDIN));
        let path = plain(&environment.current.join(name));
        let bytes = environment.input(input::Limits::default().bytes)?;
        if options.passes_over(&path) {
            inputs.passed_over.excluded = inputs.passed_over.excluded.saturating_add(1);
        } else {
            inputs.items.push(Item {
                input: PlannedInput::Bytes {
                    display: shown_as(name, &path, &environment.current),
                    bytes,
                    named: !options.force_exclude,
                },
                path,
            });
        }
    }
    Ok(inputs)
}

/// The paths that a list names: one a line, or ended by NULs. An empty list names none.
fn named_by(list: &Path, null: bool, environment: &Environment) -> Result<Vec<PathBuf>, Failure> {
    let said = |why: &str| Failure::Said(format!("--files-from {}: {why}", shown(list)));
    let bytes = if list.as_os_str() == "-" {
        environment.input(MAX_LIST)?
    } else {
        let mut bytes = Vec::new();
        // A pipe will do: `--files-from <(git ls-files)`.
        File::open(environment.current.join(list))
            .and_then(|file| {
                file.take(MAX_LIST.saturating_add(1))
                    .read_to_end(&mut bytes)
            })
            .map_err(|error| said(&error.to_string()))?;
        bytes
    };
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_LIST) {
        let mebibytes = MAX_LIST >> 20;
        return Err(said(&format!("the list is longer than {mebibytes} MiB")));
    }
    if !null && bytes.contains(&0) {
        return Err(said("its names end with NULs: add -0"));
    }
    // Names that do not exist are told; a key is not to be.
    if memchr::memmem::find(&bytes, b"-----BEGIN ").is_some() {
        return Err(said("it is PEM, and no list of names"));
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
        let path = path_of(name).ok_or_else(|| {
            let name = escape(&String::from_utf8_lossy(name));
            said(&format!("`{name}` is no UTF-8"))
        })?;
        paths.push(path);
    }
    Ok(paths)
}

/// Gives each item a name of its own: findings are told by the name of their file, and one file's must not be drawn
/// over another's text. The one whose name is written as it is shown keeps it.
fn tell_apart(items: &mut [Item]) {
    let mut taken: BTreeSet<String> = items
        .iter()
        .map(|item| display(&item.input).to_owned())
        .collect();
    if taken.len() == items.len() {
        return;
    }
    let mut order: Vec<&mut Item> = items.iter_mut().collect();
    order.sort_by_key(|item| {
        let name = display(&item.input).trim_start_matches("../");
        let is_literal = item.path.to_str().is_some_and(|path| path.ends_with(name));
        (
            !is_literal,
            matches!(item.input, PlannedInput::Bytes { .. }),
        )
    });
    let mut given: BTreeSet<String> = BTreeSet::new();
    for item in order {
        let name = display(&item.input).to_owned();
        if given.insert(name.clone()) {
            continue;
        }
        let other = (2..usize::MAX)
            .map(|number| format!("{name} ({number})"))
            .find(|name| !taken.contains(name));
        if let Some(other) = other {
            taken.insert(other.clone());
            rename(&mut item.input, other);
        }
    }
}

fn display(input: &PlannedInput) -> &str {
    match input {
        PlannedInput::File(candidate) => &candidate.display,
        PlannedInput::Bytes { display, .. } | PlannedInput::Unreadable { display, .. } => display,
    }
}

fn rename(input: &mut PlannedInput, name: String) {
    match input {
        PlannedInput::File(candidate) => candidate.display = name,
        PlannedInput::Bytes { display, .. } | PlannedInput::Unreadable { display, .. } => {
            *display = name;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(path: &str, shown: &str, is_file: bool) -> Item {
        let display = shown.to_owned();
        let path = PathBuf::from(path);
        let input = if is_file {
            PlannedInput::File(input::Candidate {
                path: path.clone(),
                display,
                named: false,
            })
        } else {
            PlannedInput::Bytes {
                display,
                bytes: Vec::new(),
                named: true,
            }
        };
        Item { path, input }
    }

    fn names(mut items: Vec<Item>) -> Vec<String> {
        tell_apart(&mut items);
        items
            .iter()
            .map(|item| display(&item.input).to_owned())
            .collect()
    }

    #[test]
    fn no_two_files_share_a_name_and_the_one_that_is_called_so_keeps_it() {
        let escaped = "a\\u{1b}.pem";
        assert_eq!(
            names(vec![
                item("/x/a\u{1b}.pem", escaped, true),
                item("/x/a\\u{1b}.pem", escaped, true),
                item("/x/a\\u{1b}.pem (2)", "a\\u{1b}.pem (2)", true),
            ]),
            ["a\\u{1b}.pem (3)", "a\\u{1b}.pem", "a\\u{1b}.pem (2)"]
        );
        assert_eq!(
            names(vec![
                item("/x/a.pem", "a.pem", false),
                item("/x/a.pem", "a.pem", true)
            ]),
            ["a.pem (2)", "a.pem"]
        );
    }
}
