//! Policies: which rules apply to which files, read from YAML.
//!
//! Makes typed rules of policy files (`extends`, variables, shorthands resolved) and says for a path
//! which policy it falls under. Runs nothing, and reads files through the caller's function alone.

mod anchors;
mod builtin;
mod compile;
mod config;
mod config_dead_ends;
mod dead_ends;
mod described;
mod diff;
mod document;
mod emit;
pub(crate) mod forms;
mod layers;
mod library;
mod location;
mod locked;
mod mutants;
mod page;
mod patterns;
mod resolve;
mod rule;
mod schema;
mod select;
mod show;
mod strictness;
mod substitute;
mod template;
mod texts;
mod variable;
mod vars;
pub mod waiver;

pub use anchors::{AnchorFile, AnchorFiles, read_anchors};
pub use builtin::BUILTINS;
pub use config::{CONFIG_NAMES, Config, Mapping, discover};
pub use dead_ends::{dead_ends, public_limits};
pub use diff::{Difference, Names, diff};
pub use document::{Field, Given};
pub use library::{Known, Library, Reference};
pub use location::Location;
pub use locked::refuse_anchors;
pub use mutants::{Mutant, mutants};
pub use page::page;
pub use rule::{Examples, Labels, On, Rule, Severities, Texts, When};
pub use schema::{config_schema, document as schema_of, policy_schema, waivers_schema};
pub use select::Selection;
pub use show::show;
pub use template::Template;
pub use variable::{VarType, VarValue, Variable};
pub use vars::{Override, OverrideValue, undeclared};
pub use waiver::{Entry, Question, Standing, Waiver, Waivers, idle as idle_waivers, unknown_rules};

use std::num::NonZeroU16;
use std::sync::Arc;

use crate::source::Source;

/// A policy with all that it extends.
#[derive(Debug)]
pub struct Policy {
    /// Its name in reports.
    pub name: Arc<str>,
    /// Where that is said; nowhere for one that was made while running.
    pub named_at: Option<Location>,
    /// What it is for.
    pub description: Option<Arc<str>>,
    /// Where that is said.
    pub described_at: Option<Location>,
    /// The variables, in the order of their declarations.
    pub vars: Vec<Variable>,
    /// The rules, those of the parents first; rules that are off are among them.
    pub rules: Vec<Rule>,
    /// Files with trust anchors, those that parents name first.
    pub trust_anchors: Vec<Reference>,
    /// How many days ahead the last day of a waiver may lie, and where that is said.
    pub waiver_days: Option<WaiverDays>,
    /// The files, parents first, the policy's own last.
    pub sources: Vec<Arc<Source>>,
}

/// How many days ahead the last day of a waiver may lie.
#[derive(Debug, Clone)]
pub struct WaiverDays {
    /// Counted from the day of the run (UTC), which is 0.
    pub days: NonZeroU16,
    /// Where that is said.
    pub at: Location,
}

impl Policy {
    /// The text of a variable by its placeholder, `vars.NAME`; empty where it has no value.
    #[must_use]
    pub fn variable(&self, placeholder: &str) -> Option<String> {
        let name = placeholder.strip_prefix("vars.")?;
        let variable = self.vars.iter().find(|variable| &*variable.name == name)?;
        let value = variable.value.as_ref();
        Some(value.map(ToString::to_string).unwrap_or_default())
    }

    /// The rule of that id.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| &*rule.id == id)
    }
}

#[cfg(test)]
mod tests;
