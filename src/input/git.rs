//! What git knows of files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::name;

/// Git, in a folder: paths are paths and no patterns, and the repository's own config starts no program.
#[must_use]
pub fn command(folder: &Path) -> Command {
    let mut git = Command::new("git");
    git.current_dir(folder)
        .args([
            "--literal-pathspecs",
            "--no-optional-locks",
            "-c",
            "core.fsmonitor=false",
        ])
        .stdin(Stdio::null());
    git
}

/// The root of the repository that a folder lies in.
pub(super) fn root_of(folder: &Path) -> Option<&Path> {
    folder
        .ancestors()
        .find(|folder| folder.join(".git").exists())
}

/// Whether a repository ignores anything by rules that stand above `folder`, or in none of its folders.
pub(super) fn has_rules_above(folder: &Path, root: &Path) -> bool {
    let mut above = folder
        .ancestors()
        .take_while(|folder| folder.starts_with(root));
    above.any(|folder| folder.join(".gitignore").exists()) || has_exclude_file(root)
}

/// Whether `.git/info/exclude` says anything; git writes one that is all comments.
fn has_exclude_file(root: &Path) -> bool {
    let git = root.join(".git");
    // Of a linked work tree it stands elsewhere.
    !git.is_dir()
        || fs::read_to_string(git.join("info/exclude")).is_ok_and(|text| {
            let mut lines = text.lines().map(str::trim);
            lines.any(|line| !line.is_empty() && !line.starts_with('#'))
        })
}

/// The files below a folder that git tracks although a rule ignores them; `None` where git does not answer.
pub(super) fn tracked_though_ignored(folder: &Path) -> Option<Vec<PathBuf>> {
    let mut git = command(folder);
    // A hook's repository is not the one of every folder.
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        git.env_remove(variable);
    }
    git.args([
        "ls-files",
        "-z",
        "--cached",
        "--ignored",
        "--exclude-standard",
    ]);
    let output = git.output().ok().filter(|output| output.status.success())?;
    let names = output.stdout.split(|byte| *byte == 0);
    let names = names.filter(|name| !name.is_empty());
    let paths = names.filter_map(name::path_of);
    Some(paths.map(|path| folder.join(path)).collect())
}
