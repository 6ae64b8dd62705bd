//! The files of a policy, parents first, made one policy.
//!
//! Each file is a layer: what it gives replaces what the layers below gave, a rule's field or a
//! variable at a time. A file that is reached in two ways is one layer, so that a rule which one
//! parent changed is not changed back by another parent that only inherits it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::compile::{Draft, Known, compile};
use super::document::{Document, Field, Given, RuleEntry};
use super::layers::Layers;
use super::location::Location;
use super::locked::{Lock, locks as locks_rule};
use super::vars::{Override, Variables};
use super::{Policy, Reference, Rule, WaiverDays};
use crate::check::expression::Model;
use crate::source::Source;
use crate::yaml::{Located, Problems};

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
        layers: &Layers,
        trust_anchors: Vec<Reference>,
        problems: &mut Problems,
    ) -> Option<Policy> {
        let mut variables = Variables::default();
        for document in layers.documents() {
            self.variables(document, &mut variables, problems);
        }
        variables.apply(self.overrides, problems);
        let last = layers.documents().next_back()?;
        let (name, description) = (last.name.clone(), last.description.clone());
        let origin = |text: &Located<String>| Location::new(&last.source, text.span);
        let named_at = name.as_ref().map(origin);
        let described_at = description.as_ref().map(origin);
        let drafts = merge(layers.documents());
        let model = Model::default();
        let mut locks = Vec::new();
        if self.complete {
            layers.refuse_namesakes(problems);
            locks = self.locks(layers);
            hold(&locks, &drafts, &variables, &model, problems);
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
            model: &model,
        };
        let rules: Vec<Rule> = drafts
            .into_iter()
            .filter_map(|draft| compile(draft, &known, problems))
            .collect();
        for lock in &locks {
            let rule = rules.iter().find(|rule| rule.id == lock.id);
            if let Some(rule) = rule {
                lock.hold_anchors(rule, &trust_anchors, problems);
            }
        }
        let sources = layers.documents().map(|document| document.source.clone());
        Some(Policy {
            name: name?.value.into(),
            named_at,
            description: description.map(|text| text.value.into()),
            described_at,
            vars: variables.into_all(),
            rules,
            trust_anchors,
            waiver_days: waiver_days(layers.documents()),
            sources: sources.collect(),
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

    /// The rules that files lock, each as that file alone makes it: what stands beside it among the parents of a
    /// policy has no say.
    fn locks(&self, layers: &Layers) -> Vec<Lock> {
        let mut locks = Vec::new();
        for (at, layer) in layers.0.iter().enumerate() {
            let rules = layer.document.rules.iter();
            let locked = rules.filter(|rule| locks_rule(&rule.fields));
            let ids: BTreeSet<&str> = locked.map(|rule| rule.id.name.as_str()).collect();
            if ids.is_empty() {
                continue;
            }
            let alone = layers.alone(at);
            let mut variables = Variables::default();
            for document in &alone {
                // What is wrong with them was told already.
                self.variables(document, &mut variables, &mut Vec::new());
            }
            let sources: Vec<Arc<Source>> = alone.iter().map(|own| own.source.clone()).collect();
            let drafts = merge(alone.into_iter()).into_iter();
            locks.extend(
                drafts
                    .filter(|draft| ids.contains(&*draft.id))
                    .map(|draft| Lock {
                        id: draft.id,
                        fields: draft.fields,
                        variables: variables.clone(),
                        sources: sources.clone(),
                    }),
            );
        }
        locks
    }
}

/// Tells of rules that ask for less than when they were locked. The latest lock of a rule is the strictest; where it
/// is broken, those before it need no word.
fn hold(
    locks: &[Lock],
    drafts: &[Draft],
    variables: &Variables,
    model: &Model,
    problems: &mut Problems,
) {
    let mut broken: BTreeSet<&str> = BTreeSet::new();
    for lock in locks.iter().rev() {
        let draft = drafts.iter().find(|draft| draft.id == lock.id);
        let before = problems.len();
        if let Some(draft) = draft.filter(|draft| !broken.contains(&*draft.id)) {
            lock.hold(draft, variables, model, problems);
        }
        if problems.len() > before {
            broken.insert(&lock.id);
        }
    }
}

/// The smallest number of all layers: what a parent forbids no child allows.
fn waiver_days<'a>(documents: impl Iterator<Item = &'a Document>) -> Option<WaiverDays> {
    let given = documents.filter_map(|document| {
        let days = document.waiver_days.as_ref()?;
        Some(WaiverDays {
            days: days.value,
            at: Location::new(&document.source, days.span),
        })
    });
    given.min_by_key(|given| given.days)
}

/// The rules of all layers; rules of the first layer keep their order, new ones follow.
fn merge<'a>(documents: impl Iterator<Item = &'a Document>) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for document in documents {
        for entry in &document.rules {
            let place = places.get(entry.id.name.as_str()).copied();
            if let Some(draft) = place.and_then(|at| drafts.get_mut(at)) {
                change(draft, entry, &document.source);
            } else {
                places.insert(&entry.id.name, drafts.len());
                drafts.push(begin(entry, &document.source));
            }
        }
    }
    drafts
}

fn begin(entry: &RuleEntry, source: &Arc<Source>) -> Draft {
    let first = Location::new(source, entry.id.span);
    let asked = entry.fields.contains_key(&Field::Check);
    Draft {
        id: entry.id.name.as_str().into(),
        asked: asked.then(|| first.clone()),
        first,
        shorthand: entry.shorthand,
        fields: entry.fields.clone(),
    }
}

fn change(draft: &mut Draft, entry: &RuleEntry, source: &Arc<Source>) {
    if entry.fields.contains_key(&Field::Check) {
        draft.asked = Some(Location::new(source, entry.id.span));
    }
    draft.shorthand &= entry.shorthand;
    draft.fields.extend(entry.fields.clone());
}
