//! `not-encrypted`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::{
    Check, Details, File, FileCheck, FileState, Parameters, Place, Scope, Verdict, Violation,
};
use crate::span::Span;

/// The file is not encrypted by a secrets tool, so it can be looked at.
///
/// Recognises SOPS, git-crypt, ansible-vault and age. Such a file is counted as skipped; a rule with this
/// check makes it a finding as well.
///
/// Fails: a file that begins with `$ANSIBLE_VAULT;`.
/// Passes: any file that is not encrypted.
/// Source: the formats of the four tools.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotEncrypted {}

impl Parameters for NotEncrypted {
    const NAME: &'static str = "not-encrypted";
    const DETAILS: Details = &[("tool", "the tool that encrypted it")];
    const SCOPE: Scope = Scope::File;

    fn build(self) -> Result<Check, String> {
        Ok(Check::File(Box::new(self)))
    }
}

impl FileCheck for NotEncrypted {
    fn check(&self, file: File<'_>) -> Verdict {
        match file.state {
            FileState::Encrypted(tool) => Verdict::fail(
                Violation::at(
                    Place::File(Span::new(0, file.len)),
                    format_args!("encrypted with {tool}"),
                )
                .with("tool", tool),
            ),
            FileState::Read | FileState::Unreadable(_) => Verdict::Pass,
        }
    }
}
