//! `readable`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::{
    Check, Details, File, FileCheck, FileState, Parameters, Place, Scope, Verdict, Violation,
};
use crate::span::Span;

/// The file can be read.
///
/// Whatever the policy and the selection of rules say, a file that cannot be read is reported: a rule with
/// this check gives the words.
///
/// Fails: no permission to read it, or to search it where it is a folder; a file larger than the limit; a pipe.
/// Passes: any file that can be opened and read.
/// Source: the operating system's answer.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Readable {}

impl Parameters for Readable {
    const NAME: &'static str = "readable";
    const DETAILS: Details = &[("reason", "why it cannot be read, a clause")];
    const SCOPE: Scope = Scope::File;

    fn build(self) -> Result<Check, String> {
        Ok(Check::File(Box::new(self)))
    }
}

impl FileCheck for Readable {
    fn check(&self, file: File<'_>) -> Verdict {
        match file.state {
            FileState::Unreadable(why) => Verdict::fail(
                Violation::at(Place::File(Span::new(0, file.len)), why).with("reason", why),
            ),
            FileState::Read | FileState::Encrypted(_) => Verdict::Pass,
        }
    }
}
