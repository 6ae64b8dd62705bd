//! The hook that `init --pre-commit` writes.

use std::path::{Component, Path, PathBuf};

use super::create;
use crate::cli::environment::Environment;
use crate::cli::{Failure, Outcome};
use crate::input::name::{from_here, shown};

/// What pre-commit reads, at the root of a repository and nowhere else.
const PRE_COMMIT: &str = ".pre-commit-config.yaml";
/// The hook of the chainlint that is on the PATH.
const HOOK: &str = include_str!("pre-commit-config.yaml");

/// Writes the hook where there is no file of hooks yet. `config` is the config in the current folder.
pub(super) fn write(config: &str, environment: &mut Environment) -> Result<Outcome, Failure> {
    let current = &environment.current;
    let mut folders = current.ancestors();
    let root = folders.find(|folder| folder.join(".git").exists());
    let path = root.unwrap_or(current).join(PRE_COMMIT);
    let below = root.and_then(|root| current.strip_prefix(root).ok());
    let text = match below.filter(|below| !below.as_os_str().is_empty()) {
        None => HOOK.to_owned(),
        Some(below) => for_folder(below, config)?,
    };
    let name = shown(&from_here(&path, current));
    if path.exists() {
        let hooks = text
            .split_once("repos:\n")
            .map_or(&*text, |(_, hooks)| hooks);
        let message = format!("{name} is there already; add to its `repos`:\n{hooks}");
        return Err(Failure::Said(message));
    }
    create(&path, &text, environment)?;
    environment.note(&match below {
        Some(below) if !below.as_os_str().is_empty() => {
            format!(
                "wrote {name}, at the repository's root, where pre-commit reads it: for this folder"
            )
        }
        Some(_) | None => format!("wrote {name}"),
    });
    environment.note("next: `pre-commit install`");
    Ok(Outcome::Clean)
}

/// The hook for the files of a folder below the root. It runs at the root, from where the folder's config is not found.
fn for_folder(below: &Path, config: &str) -> Result<String, Failure> {
    let folder = plain_name(below).ok_or_else(|| {
        let up: PathBuf = below.components().map(|_| Component::ParentDir).collect();
        let message = format!(
            "the name of this folder cannot stand in a hook: run `chainlint init --pre-commit` at the repository's root, {}",
            shown(&up)
        );
        Failure::Said(message)
    })?;
    let pattern = folder.replace('.', "\\.");
    let hook = HOOK.replace(
        "entry: chainlint check ",
        &format!("entry: chainlint check --config {folder}/{config} "),
    );
    Ok(hook.replace("(?i)", &format!("(?i)^{pattern}/.*")))
}

/// A path of letters, digits, `.`, `-` and `_` alone, which means itself to a shell, to YAML and, but for `.`, in a
/// regular expression.
fn plain_name(path: &Path) -> Option<String> {
    let name = path.to_str()?.replace('\\', "/");
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    name.chars().all(is_plain).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hook_of_a_folder_reads_its_config_and_looks_at_its_files() {
        let hook = for_folder(Path::new("pki/prod.eu"), "chainlint.yaml").unwrap();
        let entry = "entry: chainlint check --config pki/prod.eu/chainlint.yaml --force-exclude";
        assert!(hook.contains(entry), "{hook}");
        assert!(
            hook.contains("files: '(?i)^pki/prod\\.eu/.*\\.(pem|"),
            "{hook}"
        );
        for name in ["a b", "a'b", "a(b)"] {
            assert!(for_folder(Path::new(name), "chainlint.yaml").is_err());
        }
    }
}
