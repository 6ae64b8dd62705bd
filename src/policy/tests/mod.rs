//! Policies and configs as their writers meet them.

mod broken;
mod builtins;
mod configs;
mod differences;
mod expressions;
mod locked;
mod resolving;
mod schemas;
mod variables;

use std::io;
use std::path::Path;

use super::{Known, Library, Override, Policy, Reference};
use crate::yaml::{Problem, Problems};

/// A parent with a rule of each kind.
pub(super) const BASE: &str = r#"
version: 1
name: base
vars:
  company: { type: string, description: Whose it is. }
  days: { type: integer, default: 30 }
rules:
  cert-expired:
    severity: error
    on: any
    check: { not-expired: {} }
    message: "expired on {not_after}"
    help: "Renew."
  chain-order:
    severity: warning
    check: { order: {} }
    message: "wrong order"
  serial:
    severity: { invalid: error, short: warning }
    on: any
    check: { serial-number: { max_octets: 20, min_bits: 64 } }
    message: "bad serial"
"#;

/// Reads `/policy.yaml` among these files; the built-in policy `base` is there too.
pub(super) fn load_among(
    files: &[(&str, &str)],
    overrides: &[Override],
) -> Result<Policy, Problems> {
    let read = |path: &Path| {
        let path = path.to_string_lossy();
        files
            .iter()
            .find(|(name, _)| *name == path)
            .map(|(_, text)| (*text).to_owned())
            .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    };
    let library = Library {
        builtins: &[("base", BASE)],
        read: &read,
        shown: &|path| path.display().to_string(),
        is_fact: crate::facts::is_path,
        known: Known::default(),
    };
    let wanted = Reference::from_flag("--policy", "/policy.yaml", Path::new("/"));
    library.load(&wanted, overrides)
}

pub(super) fn load(text: &str) -> Result<Policy, Problems> {
    load_among(&[("/policy.yaml", text)], &[])
}

/// Reads a policy that must be right.
pub(super) fn good(text: &str) -> Policy {
    load(text).unwrap_or_else(|problems| panic!("{}", told(&problems)))
}

/// How a path is shown where it stands.
pub(super) fn plain(path: &Path) -> String {
    path.display().to_string()
}

/// `file:line:column message [label] help`, one problem a line.
pub(super) fn told(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(tell).collect();
    lines.join("\n")
}

fn tell(problem: &Problem) -> String {
    let at = problem.file.position(problem.span.start);
    let file = problem.file.name();
    let help = problem.help.as_deref().unwrap_or("-");
    format!(
        "{file}:{}:{} {} [{}] {help}",
        at.line, at.column, problem.message, problem.label
    )
}

/// The characters that a problem underlines.
pub(super) fn underlined(problem: &Problem) -> &str {
    let (start, end) = (problem.span.start, problem.span.end);
    problem.file.text().get(start..end).unwrap()
}
