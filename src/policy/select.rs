//! What a config gives to a file.

use std::path::Path;
use std::sync::Arc;

use super::config::Config;
use super::library::Reference;
use super::vars::Override;

/// What the entries of `files` that match a file give it together.
#[derive(Debug, Clone, Default)]
pub struct Selection<'a> {
    /// The policy; `None` where no entry names one.
    pub policy: Option<&'a Reference>,
    /// The environment.
    pub environment: Option<Arc<str>>,
    /// The app.
    pub app: Option<Arc<str>>,
    /// The positions in `Config::mappings` of the entries that matched. Files with equal ones are
    /// under the same policy with the same variables.
    pub matched: Vec<usize>,
    /// Values for variables, the config's own first; later ones win.
    pub vars: Vec<&'a Override>,
}

impl Config {
    /// What a file gets. `path` is relative to the config's folder.
    #[must_use]
    pub fn select(&self, path: &Path) -> Selection<'_> {
        let mut selection = Selection {
            vars: self.vars.iter().collect(),
            ..Selection::default()
        };
        for (at, mapping) in self.mappings.iter().enumerate() {
            if !mapping.patterns.is_match(path) {
                continue;
            }
            selection.matched.push(at);
            selection.policy = mapping.policy.as_ref().or(selection.policy);
            selection.environment = mapping.environment.clone().or(selection.environment);
            selection.app = mapping.app.clone().or(selection.app);
            selection.vars.extend(&mapping.vars);
        }
        selection
    }

    /// Whether a file is passed over. `path` is relative to the config's folder.
    #[must_use]
    pub fn excludes(&self, path: &Path) -> bool {
        self.exclude.is_match(path)
    }
}
