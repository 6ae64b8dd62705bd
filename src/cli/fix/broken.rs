//! What is wrong with a file, as far as mending it goes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Scope;
use crate::check::kind;
use crate::finding::{Report, Severity};
use crate::mend::Mend;
use crate::policy::Policy;

/// What is wrong with a file.
#[derive(Debug, Clone, Default)]
pub(super) struct Broken {
    /// The rules that it breaks, each with its gravest finding that nobody has answered for.
    pub(super) rules: BTreeMap<Arc<str>, Severity>,
    /// Findings that somebody has answered for, by fingerprint, each with its rule.
    pub(super) waived: BTreeMap<String, Arc<str>>,
}

impl Broken {
    /// What is wrong with each file of a report, by its path there.
    pub(super) fn of(report: &Report) -> BTreeMap<Arc<str>, Self> {
        let mut files: BTreeMap<Arc<str>, Self> = BTreeMap::new();
        for finding in &report.findings {
            let broken = files.entry(finding.path.clone()).or_default();
            let rule = finding.rule.clone();
            if finding.waived.is_some() {
                broken.waived.insert(finding.fingerprint.clone(), rule);
            } else {
                let severity = broken.rules.entry(rule).or_insert(finding.severity);
                *severity = finding.severity.max(*severity);
            }
        }
        files
    }

    /// What would cure it, as far as it is allowed.
    pub(super) fn wanted(&self, policy: &Policy, scope: Scope) -> Vec<Mend> {
        let mends = self.rules.keys();
        let mends = mends
            .filter_map(|rule| mend_of(policy, rule))
            .filter(|mend| scope == Scope::All || *mend != Mend::Root);
        let mends: BTreeSet<Mend> = mends.collect();
        mends.into_iter().collect()
    }
}

/// What cures a failure of a rule.
pub(super) fn mend_of(policy: &Policy, rule: &str) -> Option<Mend> {
    kind(policy.rule(rule)?.check_name)?.mend
}
