//! What a config says that changes nothing: patterns without files, entries that later ones replace, labels that
//! rules wait for and no entry gives.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::Policy;
use super::config::{Config, Mapping};
use super::document::Field;
use super::location::Location;
use super::rule::{Rule, When};
use crate::source::escape;
use crate::yaml::{Problem, Problems, did_you_mean};

impl Config {
    /// What is suspicious about it: `files` are those of its folder that may hold a chain, from the folder, those
    /// that it excludes left out; `policies` are those that its entries name, each with the entry's position.
    #[must_use]
    pub fn dead_ends(&self, files: &[PathBuf], policies: &[(usize, &Policy)]) -> Problems {
        let mut problems = Vec::new();
        for (at, mapping) in self.mappings.iter().enumerate() {
            problems.extend(self.empty_patterns(mapping, files));
            problems.extend(self.replaced(at, mapping, files));
        }
        problems.extend(self.labels_of_nobody(policies));
        problems
    }

    /// Patterns that no file matches.
    fn empty_patterns(&self, mapping: &Mapping, files: &[PathBuf]) -> Problems {
        let matched: BTreeSet<usize> = files
            .iter()
            .flat_map(|file| mapping.patterns.matches(file))
            .collect();
        let empty = mapping.pattern_spans.iter().enumerate();
        let empty = empty.filter(|(index, _)| !matched.contains(index));
        empty
            .map(|(_, span)| {
                let place = Location::new(&self.source, *span);
                let problem = place.problem("the pattern matches no chain file", "matches nothing");
                problem.help("`*` stays within a folder, `**` does not; patterns start from the folder of the config")
            })
            .collect()
    }

    /// An entry all of whose files get everything that it gives from later entries.
    fn replaced(&self, at: usize, mapping: &Mapping, files: &[PathBuf]) -> Option<Problem> {
        let later = self.mappings.get(at.saturating_add(1)..)?;
        let mut of_mapping = files
            .iter()
            .filter(|file| mapping.patterns.is_match(file))
            .peekable();
        of_mapping.peek()?;
        let gives = |mapping: &Mapping| {
            let vars = mapping.vars.iter().map(|given| given.name.clone());
            let keys = [
                ("policy", mapping.policy.is_some()),
                ("environment", mapping.environment.is_some()),
                ("app", mapping.app.is_some()),
            ];
            let keys = keys.into_iter().filter(|(_, given)| *given);
            keys.map(|(key, _)| key.to_owned())
                .chain(vars.map(|name| format!("vars.{name}")))
                .collect::<BTreeSet<String>>()
        };
        let mine = gives(mapping);
        let is_replaced = |file: &PathBuf| {
            let others = later.iter().filter(|other| other.patterns.is_match(file));
            let theirs: BTreeSet<String> = others.flat_map(gives).collect();
            mine.is_subset(&theirs)
        };
        if mine.is_empty() || !of_mapping.all(is_replaced) {
            return None;
        }
        let span = mapping.pattern_spans.first()?;
        let place = Location::new(&self.source, *span);
        let message = "later entries give other values to every file of this one";
        let problem = place.problem(message, "never counts");
        Some(problem.help("later entries win, key by key: put the narrower one last"))
    }

    /// Rules that wait for an environment or an app that no entry gives.
    fn labels_of_nobody(&self, policies: &[(usize, &Policy)]) -> Problems {
        type Labels = fn(&When) -> Option<&[String]>;
        let kinds: [(&str, Labels, Vec<&str>); 2] = [
            (
                "environment",
                |when| when.environment.as_deref(),
                self.mappings
                    .iter()
                    .filter_map(|mapping| mapping.environment.as_deref())
                    .collect(),
            ),
            (
                "app",
                |when| when.app.as_deref(),
                self.mappings
                    .iter()
                    .filter_map(|mapping| mapping.app.as_deref())
                    .collect(),
            ),
        ];
        let mut problems = Vec::new();
        for (_, policy) in policies {
            for (kind, labels, given) in &kinds {
                let rules = policy.rules.iter().filter(|rule| !rule.is_off());
                let waits = |rule: &&Rule| {
                    let wanted = labels(&rule.when);
                    wanted.is_some_and(|wanted| {
                        wanted.iter().all(|label| !given.contains(&label.as_str()))
                    })
                };
                for rule in rules.filter(waits) {
                    let place = rule
                        .origin_of(Field::When)
                        .unwrap_or_else(|| rule.location.clone());
                    let wanted = labels(&rule.when).and_then(|wanted| wanted.first());
                    let wanted = wanted.map_or("", String::as_str);
                    let message = format!(
                        "the rule `{}` is never asked: no entry of {} gives the {kind} `{}`",
                        escape(&rule.id),
                        self.source.name(),
                        escape(wanted)
                    );
                    let problem = place.problem(message, "never asked");
                    problems.push(match did_you_mean(wanted, given.iter().copied()) {
                        Some(near) => problem.help(format!("did you mean `{}`?", escape(near))),
                        None => problem.help(format!(
                            "give it under `files`: `{kind}: {}`",
                            escape(wanted)
                        )),
                    });
                }
            }
        }
        problems
    }
}
