//! Imports point down only.

use std::fs;

use crate::support::{files_below, project};

/// From the bottom to the top.
const LAYERS: &[&[&str]] = &[
    &["span", "source", "finding"],
    &["yaml", "pem", "x509"],
    &["chain"],
    &["facts"],
    &["check"],
    &["input"],
    &["policy"],
    &["engine"],
    &["report"],
    &["cli"],
];

fn height(layer: &str) -> usize {
    let found = LAYERS.iter().position(|layers| layers.contains(&layer));
    found.unwrap_or_else(|| {
        panic!("`{layer}` is in no layer: add it to the list in tests/it/layers.rs")
    })
}

/// The layers that a file imports, by the `crate::…` paths of its code.
fn imports(text: &str) -> Vec<&str> {
    let code = text.lines().map(|line| line.split("//").next().unwrap());
    code.flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| {
            rest.split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
                .unwrap()
        })
        .filter(|name| name.chars().next().is_some_and(char::is_lowercase))
        .collect()
}

#[test]
fn imports_point_down_only() {
    let sources = project("src");
    let mut wrong = Vec::new();
    for file in files_below(&sources) {
        let first = file.iter().next().unwrap().to_str().unwrap();
        let layer = first.trim_end_matches(".rs");
        if layer == "lib" || layer == "main" {
            continue;
        }
        let text = fs::read_to_string(sources.join(&file)).unwrap();
        for other in imports(&text) {
            // Neighbours of one height may not import each other, but for the lowest three.
            let allowed = other == layer || height(other) < height(layer) || height(layer) == 0;
            if !allowed {
                wrong.push(format!("{}: imports {other}", file.display()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "imports that do not point down:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_import_of_a_line_is_seen() {
    let text = "use crate::{span::Span};\nuse crate::x509::{a, b}; // crate::cli\nlet x = crate::pem::scan();";
    assert_eq!(imports(text), ["x509", "pem"]);
    assert!(
        !fs::read_to_string(project("src/lib.rs"))
            .unwrap()
            .contains("crate::{")
    );
}
