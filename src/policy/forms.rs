//! The kinds of files that people write, and how they are told apart.

use std::io;
use std::sync::Arc;

use crate::input::regular::NotUtf8;
use crate::source::Source;
use crate::yaml::{Form, Problem, not_utf8};

/// A policy.
pub(crate) const POLICY: Form = Form {
    what: "a policy",
    own: &["name", "extends", "rules"],
    shared: &[],
    read_by: "`chainlint policy check FILE` reads policies, `extends` and `--policy` name them",
};

/// A config.
pub(crate) const CONFIG: Form = Form {
    what: "a config",
    own: &["files", "exclude", "fail_on", "waiver_files"],
    shared: &["vars", "trust_anchors", "waivers"],
    read_by: "`chainlint check --config FILE` and `chainlint policy check FILE` read configs",
};

/// Waivers in a file of their own.
pub(crate) const WAIVERS: Form = Form {
    what: "a file of waivers",
    own: &[],
    shared: &["waivers"],
    read_by: "a config names such files: `waiver_files: [FILE]`",
};

/// Tests of a policy.
pub(crate) const TEST: Form = Form {
    what: "a file of tests",
    own: &["cases", "policy", "at", "chains"],
    shared: &[],
    read_by: "`chainlint test FILE` runs it",
};

/// All of them; of two that a file could be, the narrower first.
pub(crate) const FORMS: [&Form; 4] = [&TEST, &POLICY, &WAIVERS, &CONFIG];

/// The problem in a file that could not be read because it is not UTF-8; `name` is how it is shown.
pub(crate) fn encoding(form: &Form, name: &str, error: &io::Error) -> Option<Problem> {
    let found: &NotUtf8 = error.get_ref()?.downcast_ref()?;
    let source = Arc::new(Source::new(name, &found.shown));
    Some(not_utf8(form, &source, found.at))
}
