//! Loading policies for the commands.

use std::io;
use std::path::Path;

use super::Failure;
use super::environment::Environment;
use crate::facts;
use crate::policy::{BUILTINS, Library, Override, Policy, Reference};

/// The policy that applies where nothing else is said.
pub(super) const DEFAULT: &str = "connectpay-production";

/// Reads a file of YAML.
pub(super) fn read(path: &Path) -> io::Result<String> {
    std::fs::read_to_string(path)
}

/// Where policies come from: the built-in ones, and files.
pub(super) fn library() -> Library<'static> {
    Library {
        builtins: BUILTINS,
        read: &read,
        is_fact: facts::is_path,
    }
}

/// The policy of that name or path, as an option names it.
pub(super) fn named(
    name: &str,
    overrides: &[Override],
    environment: &Environment,
) -> Result<Policy, Failure> {
    let reference = Reference::from_flag("--policy", name, &environment.current);
    Ok(library().load(&reference, overrides)?)
}
