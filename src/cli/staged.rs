//! `check --staged`: what git is about to commit, as it would be committed.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::Failure;
use crate::engine::PlannedInput;
use crate::input;
use crate::source::escape;

/// The staged files that may hold a chain, below `paths` where there are any; what stands in the index
/// counts, not what stands in the folder.
pub(super) fn inputs(
    paths: &[PathBuf],
    current: &Path,
    excluded: &dyn Fn(&Path) -> bool,
) -> Result<Vec<PlannedInput>, Failure> {
    let mut list = git(current);
    // Added, copied, modified, renamed or of another type: not deleted.
    list.args([
        "diff",
        "--cached",
        "--name-only",
        "--diff-filter=ACMRT",
        "--relative",
        "-z",
        "--",
    ]);
    let names = run(list.args(paths), "list what is staged")?;
    let names = String::from_utf8_lossy(&names.stdout).into_owned();
    let mut inputs = Vec::new();
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        let path = Path::new(name);
        if !input::may_hold_a_chain(path) || excluded(&current.join(path)) {
            continue;
        }
        let mut show = git(current);
        show.args(["show", &format!(":./{name}")]);
        let shown = run(
            &mut show,
            &format!("read what is staged of {}", escape(name)),
        )?;
        inputs.push(PlannedInput::Bytes {
            display: name.to_owned(),
            bytes: shown.stdout,
            named: false,
        });
    }
    Ok(inputs)
}

fn git(current: &Path) -> Command {
    let mut git = Command::new("git");
    git.current_dir(current);
    git
}

/// Runs git; what it says on failure is a part of the error.
fn run(git: &mut Command, what: &str) -> Result<Output, Failure> {
    let output = git
        .output()
        .map_err(|error| Failure::Said(format!("--staged needs git, to {what}: {error}")))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = escape(said.lines().next().unwrap_or("it did not say why"));
    Err(Failure::Said(format!("git could not {what}: {said}")))
}
