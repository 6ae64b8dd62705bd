//! The files of a policy, and which of them rests on which.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::document::{Document, Field};
use super::location::Location;
use crate::source::escape;
use crate::yaml::{Key, Problems};

/// One file of a policy.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) document: Arc<Document>,
    /// The positions of the files that it extends, in the order in which it names them; those that could not be read
    /// are missing.
    pub(super) parents: Vec<usize>,
}

/// All files of a policy: parents before children, the policy's own last.
#[derive(Debug)]
pub(super) struct Layers(pub(super) Vec<Layer>);

impl Layers {
    pub(super) fn documents(&self) -> impl DoubleEndedIterator<Item = &Document> {
        self.0.iter().map(|layer| &*layer.document)
    }

    /// A file with all that it rests on, itself last: the order of the policy that it would be alone.
    pub(super) fn alone(&self, at: usize) -> Vec<&Document> {
        let order = self.order(at).into_iter();
        order
            .filter_map(|at| self.0.get(at))
            .map(|layer| &*layer.document)
            .collect()
    }

    fn order(&self, at: usize) -> Vec<usize> {
        let mut order = Vec::new();
        self.visit(at, &mut order);
        order
    }

    fn visit(&self, at: usize, order: &mut Vec<usize>) {
        if order.contains(&at) {
            return;
        }
        for parent in self.0.get(at).iter().flat_map(|layer| &layer.parents) {
            self.visit(*parent, order);
        }
        order.push(at);
    }

    /// Tells of rules and variables that two files make, neither of which rests on the other: what came of them would
    /// be nobody's.
    pub(super) fn refuse_namesakes(&self, problems: &mut Problems) {
        let rules = self.makers(|document| {
            let rules = document.rules.iter();
            let made = rules.filter(|rule| rule.fields.contains_key(&Field::Check));
            made.map(|rule| &rule.id).collect()
        });
        let variables = self.makers(|document| {
            let declared = document
                .vars
                .iter()
                .filter(|(_, node)| node.entries().is_some());
            declared.map(|(key, _)| key).collect()
        });
        for (what, makers) in [("rule", rules), ("variable", variables)] {
            for (name, places) in makers {
                if let [(_, first), .., (_, last)] = places.as_slice() {
                    let message = format!(
                        "two policies, neither of which extends the other, make a {what} `{}`",
                        escape(&name)
                    );
                    let problem = last.problem(message, "made here");
                    let problem = problem.related(&first.source, first.span, "and made here");
                    problems.push(problem.help(format!("rename one {what} of the two")));
                }
            }
        }
    }

    /// Who makes what, first: those that change what they inherit do not count.
    fn makers<'a>(
        &'a self,
        made: impl Fn(&'a Document) -> Vec<&'a Key>,
    ) -> BTreeMap<String, Vec<(usize, Location)>> {
        let mut makers: BTreeMap<String, Vec<(usize, Location)>> = BTreeMap::new();
        for (at, layer) in self.0.iter().enumerate() {
            let mut ancestors: Option<BTreeSet<usize>> = None;
            for key in made(&layer.document) {
                let known = makers.entry(key.name.clone()).or_default();
                if !known.is_empty() {
                    let ancestors =
                        ancestors.get_or_insert_with(|| self.order(at).into_iter().collect());
                    if known.iter().any(|(maker, _)| ancestors.contains(maker)) {
                        continue;
                    }
                }
                known.push((at, Location::new(&layer.document.source, key.span)));
            }
        }
        makers
    }
}
