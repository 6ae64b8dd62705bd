//! The files of a policy, parents first, made one policy.
//!
//! Each file is a layer: what it gives replaces what the layers below gave, a rule's field or a
//! variable at a time. A file that is reached in two ways is one layer, so that a rule which one
//! parent changed is not changed back by another parent that only inherits it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::compile::{Draft, Known, compile};
use super::document::{Document, Field, Given, RuleEntry};
use super::location::Location;
use super::locked::{Lock, locks as locks_rule};
use super::vars::{Override, Variables};
use super::{Policy, WaiverDays};
use crate::check::expression::Model;
use crate::source::Source;
use crate::yaml::Problems;

/// How a policy is put together.
pub(super) struct Resolving<'a> {
    /// Whether a placeholder is a fact.
    pub(super) is_fact: fn(&str) -> bool,
    /// All files could be read.
    pub(super) complete: bool,
    /// Values of variables from outside, the later ones winning.
    pub(super) overrides: &'a [Override],
}

impl Resolving<'_> {
    /// The policy; without it, `problems` has grown, or a file could not be read.
    pub(super) fn policy(
        &self,
        documents: Vec<Document>,
        problems: &mut Problems,
    ) -> Option<Policy> {
        let mut variables = Variables::default();
        // The variables as each file leaves them.
        let mut stages = Vec::with_capacity(documents.len());
        for document in &documents {
            self.variables(document, &mut variables, problems);
            stages.push(variables.clone());
        }
        variables.apply(self.overrides, problems);
        let last = documents.last()?;
        let (name, description) = (last.name.clone(), last.description.clone());
        let sources: Vec<Arc<Source>> = documents
            .iter()
            .map(|document| document.source.clone())
            .collect();
        let waiver_days = waiver_days(&documents);
        let (drafts, locks) = merge(documents, stages);
        // The latest lock of a rule is the strictest; where it is broken, those before it need no word.
        let mut broken: BTreeSet<Arc<str>> = BTreeSet::new();
        for lock in locks.iter().rev().filter(|_| self.complete) {
            let draft = drafts.iter().find(|draft| draft.id == lock.id);
            let before = problems.len();
            if let Some(draft) = draft.filter(|draft| !broken.contains(&draft.id)) {
                lock.hold(draft, &variables, problems);
            }
            if problems.len() > before {
                broken.insert(lock.id.clone());
            }
        }
        let with_check = |draft: &&Draft| draft.fields.contains_key(&Field::Check);
        let ids = drafts
            .iter()
            .filter(with_check)
            .map(|draft| draft.id.clone());
        let ids: Vec<Arc<str>> = ids.collect();
        let known = Known {
            variables: &variables,
            is_fact: self.is_fact,
            rules: &ids,
            complete: self.complete,
            model: &Model::default(),
        };
        let rules = drafts
            .into_iter()
            .filter_map(|draft| compile(draft, &known, problems))
            .collect();
        Some(Policy {
            name: name?.into(),
            description: description.map(Into::into),
            vars: variables.into_all(),
            rules,
            trust_anchors: Vec::new(),
            waiver_days,
            sources,
        })
    }

    fn variables(&self, document: &Document, variables: &mut Variables, problems: &mut Problems) {
        for (key, node) in &document.vars {
            let given = Given {
                node: node.clone(),
                source: document.source.clone(),
            };
            variables.entry(key, &given, self.complete, problems);
        }
    }
}

/// The smallest number of all layers: what a parent forbids no child allows.
fn waiver_days(documents: &[Document]) -> Option<WaiverDays> {
    let given = documents.iter().filter_map(|document| {
        let days = document.waiver_days.as_ref()?;
        Some(WaiverDays {
            days: days.value,
            at: Location::new(&document.source, days.span),
        })
    });
    given.min_by_key(|given| given.days)
}

/// The rules of all layers, and those that a layer locks as they were then; rules of the first layer keep
/// their order, new ones follow. `stages` has the variables as each layer leaves them.
fn merge(documents: Vec<Document>, stages: Vec<Variables>) -> (Vec<Draft>, Vec<Lock>) {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut locks: Vec<Lock> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (document, variables) in documents.into_iter().zip(stages) {
        for entry in document.rules {
            let locks_it = locks_rule(&entry.fields);
            let id: Arc<str> = entry.id.name.as_str().into();
            let place = places.get(&entry.id.name).copied();
            if let Some(draft) = place.and_then(|at| drafts.get_mut(at)) {
                change(draft, entry, &document.source);
            } else {
                places.insert(entry.id.name.clone(), drafts.len());
                drafts.push(begin(entry, &document.source));
            }
            if locks_it && let Some(draft) = drafts.iter().find(|draft| draft.id == id) {
                locks.push(Lock {
                    id,
                    fields: draft.fields.clone(),
                    variables: variables.clone(),
                });
            }
        }
    }
    (drafts, locks)
}

fn begin(entry: RuleEntry, source: &Arc<Source>) -> Draft {
    let first = Location::new(source, entry.id.span);
    let asked = entry.fields.contains_key(&Field::Check);
    Draft {
        id: entry.id.name.into(),
        asked: asked.then(|| first.clone()),
        first,
        shorthand: entry.shorthand,
        fields: entry.fields,
    }
}

fn change(draft: &mut Draft, entry: RuleEntry, source: &Arc<Source>) {
    if entry.fields.contains_key(&Field::Check) {
        draft.asked = Some(Location::new(source, entry.id.span));
    }
    draft.shorthand &= entry.shorthand;
    draft.fields.extend(entry.fields);
}
