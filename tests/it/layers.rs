//! Imports point down only.

use std::fs;

use crate::support::{files_below, project};

/// From the bottom to the top; each may use those before it.
const LAYERS: [&str; 19] = [
    "span",
    "source",
    "repository",
    "synth",
    "yaml",
    "pem",
    "x509",
    "trust",
    "chain",
    "finding",
    "facts",
    "mend",
    "check",
    "input",
    "policy",
    "engine",
    "policy_test",
    "report",
    "cli",
];

fn height(layer: &str) -> usize {
    LAYERS
        .iter()
        .position(|known| *known == layer)
        .unwrap_or_else(|| panic!("no layer {layer}"))
}

/// The layers that a line of code names as `crate::layer`.
fn named(line: &str) -> Vec<&str> {
    let code = line.split("//").next().unwrap_or_default();
    code.split("crate::")
        .skip(1)
        .filter_map(|rest| {
            rest.split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
        })
        .filter(|layer| !layer.is_empty())
        .collect()
}

#[test]
fn imports_point_down_only() {
    let mut wrong = Vec::new();
    for path in files_below(&project("src")) {
        let first = path
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_string_lossy()
            .to_string();
        let layer = first.trim_end_matches(".rs").to_owned();
        if layer == "lib" || layer == "main" {
            continue;
        }
        let text = fs::read_to_string(project("src").join(&path)).unwrap_or_default();
        for (number, line) in (1..).zip(text.lines()) {
            for used in named(line) {
                if height(used) > height(&layer) {
                    wrong.push(format!("{}:{number}: {layer} uses {used}", path.display()));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn no_rule_id_stands_in_rust() {
    let mut ids: Vec<String> = Vec::new();
    for (_, text) in chainlint::policy::BUILTINS {
        let rules = text.split("\nrules:\n").nth(1).unwrap().lines();
        let keys = rules.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        ids.extend(keys.filter_map(|line| {
            let id = line.trim().split(':').next()?;
            (!id.starts_with('#')).then(|| id.to_owned())
        }));
    }
    let checks: Vec<String> = fs::read_dir(project("src/check/kinds"))
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .file_name()
                .to_string_lossy()
                .replace(".rs", "")
                .replace('_', "-")
        })
        .collect();
    // A check and a rule may have one name.
    ids.retain(|id| !checks.contains(id));
    assert!(ids.len() > 30);
    let any: Vec<String> = ids.iter().map(|id| regex::escape(id)).collect();
    let any = regex::Regex::new(&any.join("|")).unwrap();
    for path in files_below(&project("src"))
        .iter()
        .filter(|path| path.ends_with("rs") || path.extension().is_some_and(|end| end == "rs"))
    {
        if path.components().any(|part| part.as_os_str() == "tests") {
            continue;
        }
        let text = fs::read_to_string(project("src").join(path)).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for line in code.lines().map(str::trim_start) {
            // Examples in `--help` name rules as users do.
            if line.starts_with("//") || line.starts_with("chainlint ") {
                continue;
            }
            let found = any.find(line).map(|found| found.as_str());
            assert_eq!(found, None, "{}", path.display());
        }
    }
}

#[test]
fn every_check_is_documented_in_full() {
    for kind in chainlint::check::KINDS {
        let text = chainlint::check::documentation(kind);
        for part in ["Fails:", "Passes:", "Source:"] {
            assert!(text.contains(part), "{} says no {part}\n{text}", kind.name);
        }
    }
    let names: Vec<&str> = chainlint::check::KINDS
        .iter()
        .map(|kind| kind.name)
        .collect();
    assert!(names.is_sorted());
}
