//! The text of a first config.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::cli::policies;

/// What folders are called: environment, policy, and the words that tell them, one line each.
const FOLDERS: &str = include_str!("folders.tsv");
/// The policy for QWACs.
const QWAC_POLICY: &str = "psd2-qwac";

const HEAD: &str = "\
# Which policy applies to which certificate chain file; `chainlint check` reads it.
# `chainlint explain RULE` tells what a rule wants, `chainlint rules` lists them.
version: 1

";

const TAIL: &str = "
# Files that are passed over, beside what git ignores.
# exclude: [\"**/testdata/**\"]

# The lightest finding that makes a run fail: error, warning or advice.
fail_on: error
";

/// A chain file that was found.
pub(super) struct Seen {
    /// From the folder of the config.
    pub(super) path: String,
    /// Its leaf is a QWAC.
    pub(super) qwac: bool,
    /// The leaf's organization.
    pub(super) organization: Option<String>,
}

/// What the files of a folder get.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    pattern: String,
    policy: &'static str,
    environment: Option<&'static str>,
    count: usize,
}

/// The config's text.
pub(super) fn write(seen: &[Seen]) -> String {
    let mut out = HEAD.to_owned();
    out.push_str("# The company's name, as the common names of root and leaf should include it.\n");
    // Writing to a String cannot fail.
    let _ = match company(seen) {
        Some(company) => writeln!(out, "vars: {{ company: {} }}\n", quoted(company)),
        None => writeln!(out, "# vars: {{ company: \"Acme Payments\" }}\n"),
    };
    out.push_str("# All entries that match a file apply; later ones win, key by key.\n");
    let entries = entries(seen);
    if entries.is_empty() {
        out.push_str("# files:\n#   - match: [\"certs/prod/**\"]\n");
        let _ = writeln!(out, "#     policy: {}", policies::DEFAULT);
        out.push_str("#     environment: production\n");
    } else {
        out.push_str("files:\n");
    }
    for entry in entries {
        let files = if entry.count == 1 { "file" } else { "files" };
        let pattern = quoted(&entry.pattern);
        let _ = writeln!(out, "  - match: [{pattern}] # {} {files}", entry.count);
        let _ = writeln!(out, "    policy: {}", entry.policy);
        if let Some(environment) = entry.environment {
            let _ = writeln!(out, "    environment: {environment}");
        }
    }
    out.push_str(TAIL);
    out
}

/// The commonest organization, the first by name of several.
fn company(seen: &[Seen]) -> Option<&str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in seen.iter().filter_map(|seen| seen.organization.as_deref()) {
        let count = counts.entry(name).or_default();
        *count = count.saturating_add(1);
    }
    let most = counts.values().max().copied()?;
    let mut names = counts.into_iter().filter(|(_, count)| *count == most);
    names.next().map(|(name, _)| name)
}

/// An entry for each folder with chain files of its own, those around it first: a new folder gets what is around it.
fn entries(seen: &[Seen]) -> Vec<Entry> {
    let mut folders: BTreeMap<(&str, bool), usize> = BTreeMap::new();
    for seen in seen {
        let folder = seen.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let count = folders.entry((folder, seen.qwac)).or_default();
        *count = count.saturating_add(1);
    }
    let mixed = |folder| folders.contains_key(&(folder, false));
    let mut entries: Vec<Entry> = Vec::new();
    for ((folder, qwac), count) in &folders {
        let (environment, policy) = told_by(folder);
        let policy = if *qwac { QWAC_POLICY } else { policy };
        let patterns: Vec<String> = if *qwac && mixed(folder) {
            // Beside other chains, each QWAC is named.
            let own = seen
                .iter()
                .filter(|seen| seen.qwac && is_in(&seen.path, folder));
            own.map(|seen| literal(&seen.path)).collect()
        } else if folder.is_empty() {
            vec!["**".to_owned()]
        } else {
            vec![format!("{}/**", literal(folder))]
        };
        let count = if patterns.len() > 1 { 1 } else { *count };
        entries.extend(patterns.into_iter().map(|pattern| Entry {
            pattern,
            policy,
            environment,
            count,
        }));
    }
    entries
}

fn is_in(path: &str, folder: &str) -> bool {
    path.rsplit_once('/').map_or("", |(folder, _)| folder) == folder
}

/// Environment and policy of a folder; the name nearest to the files counts.
fn told_by(folder: &str) -> (Option<&'static str>, &'static str) {
    let words = folder
        .rsplit(|character: char| !character.is_alphanumeric())
        .map(str::to_lowercase);
    for word in words {
        for line in FOLDERS.lines() {
            let mut columns = line.split('\t');
            let (Some(environment), Some(policy), Some(known)) =
                (columns.next(), columns.next(), columns.next())
            else {
                continue;
            };
            if known.split(' ').any(|known| known == word) {
                return (Some(environment), policy);
            }
        }
    }
    (None, policies::DEFAULT)
}

/// A pattern that matches this path alone.
fn literal(path: &str) -> String {
    let mut out = String::new();
    for character in path.chars() {
        if "*?[]{}\\!".contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

/// A double-quoted YAML scalar; JSON's strings are such.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{BUILTINS, Config};

    fn seen(path: &str, qwac: bool, organization: &str) -> Seen {
        let organization = (!organization.is_empty()).then(|| organization.to_owned());
        Seen {
            path: path.to_owned(),
            qwac,
            organization,
        }
    }

    #[test]
    fn every_line_of_the_table_names_a_built_in_policy() {
        for line in FOLDERS.lines() {
            let columns: Vec<&str> = line.split('\t').collect();
            let [_, policy, words] = columns.as_slice() else {
                panic!("{line}")
            };
            assert!(BUILTINS.iter().any(|(name, _)| name == policy), "{line}");
            assert!(!words.is_empty());
        }
        assert!(BUILTINS.iter().any(|(name, _)| *name == QWAC_POLICY));
    }

    #[test]
    fn folders_tell_environments_by_the_name_nearest_to_the_files() {
        assert_eq!(told_by("certs/prod").0, Some("production"));
        assert_eq!(told_by("prod/staging-eu").0, Some("staging"));
        assert_eq!(told_by("certs").0, None);
        assert_eq!(told_by("products").0, None);
    }

    #[test]
    fn each_folder_gets_an_entry() {
        let found = entries(&[
            seen("certs/prod/a.pem", false, "Acme"),
            seen("certs/prod/b.pem", false, "Acme"),
            seen("tpp/q.pem", true, "Acme"),
            seen("top.pem", false, ""),
        ]);
        let shown: Vec<_> = found
            .iter()
            .map(|entry| (entry.pattern.as_str(), entry.policy, entry.count))
            .collect();
        assert_eq!(
            shown,
            [
                ("**", "connectpay-production", 1),
                ("certs/prod/**", "connectpay-production", 2),
                ("tpp/**", "psd2-qwac", 1)
            ]
        );
    }

    #[test]
    fn a_qwac_beside_other_chains_is_named_after_them() {
        let found = entries(&[seen("c/a.pem", false, ""), seen("c/q[1].pem", true, "")]);
        let patterns: Vec<&str> = found.iter().map(|entry| entry.pattern.as_str()).collect();
        assert_eq!(patterns, ["c/**", "c/q\\[1\\].pem"]);
    }

    #[test]
    fn what_is_written_can_be_read_whatever_names_there_are() {
        for names in [
            vec![],
            vec![seen(
                "a \"b\"/{x}/*.pem",
                false,
                "Acme \"A\": # x\n\u{1b}[31m",
            )],
            vec![
                seen("ä/#/q.pem", true, "Ünïcode"),
                seen("ä/#/b.pem", false, ""),
            ],
        ] {
            let text = write(&names);
            let read = Config::parse(&text, "chainlint.yaml", std::path::Path::new(""));
            assert!(read.is_ok(), "{text}");
        }
    }

    #[test]
    fn the_commonest_organization_is_the_company() {
        let of = |names: &[&str]| {
            let all: Vec<Seen> = names.iter().map(|name| seen("a", false, name)).collect();
            company(&all).map(str::to_owned)
        };
        assert_eq!(of(&["A", "B", "B"]).as_deref(), Some("B"));
        assert_eq!(of(&["B", "A"]).as_deref(), Some("A"));
        assert_eq!(of(&[""]), None);
    }
}
