//! Files that nobody here made. Runs only where `CHAINLINT_CORPUS` names the folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::program::{check, rules_of};
use crate::support::{NOW, files_below};

/// The whole corpus takes seconds, also without optimisation and on a busy machine.
const LONGEST: Duration = Duration::from_secs(60);

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("CHAINLINT_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: CHAINLINT_CORPUS is not set");
    }
    folder
}

#[test]
fn every_file_of_the_corpus_is_read() {
    let Some(corpus) = corpus() else { return };
    let chains = files_below(&corpus).into_iter().filter(|file| {
        file.extension()
            .is_some_and(|extension| extension == "pem" || extension == "crt")
    });
    let chains: Vec<String> = chains
        .map(|file| file.to_str().unwrap().to_owned())
        .collect();
    for policy in ["hygiene", "connectpay-production"] {
        let mut arguments = vec!["--no-config", "--no-ignore", "--policy", policy];
        arguments.extend(chains.iter().map(String::as_str));
        let begun = Instant::now();
        let (report, status) = check(&corpus, &arguments);
        let took = begun.elapsed();
        println!("{policy}: {} files in {took:?}", chains.len());
        assert!(status == 0 || status == 1, "exit {status}");
        assert_eq!(report["files"].as_array().unwrap().len(), chains.len());
        assert!(
            !report.to_string().contains("a bug in chainlint"),
            "a file ended in a panic"
        );
        assert!(took < LONGEST, "{took:?}");
    }
}

/// Limbo's verdicts rest on more than a chain file shows (peer names, server purposes, revocation), so
/// agreement is measured and printed, and held to be no less than it was.
#[test]
fn limbo_is_agreed_with_as_often_as_before() {
    let Some(corpus) = corpus() else { return };
    let limbo = corpus.join("limbo");
    let index: Value =
        serde_json::from_slice(&fs::read(limbo.join("index.json")).unwrap()).unwrap();
    let mut counts: BTreeMap<(&str, bool), usize> = BTreeMap::new();
    for case in index.as_array().unwrap() {
        let file = case["file"].as_str().unwrap();
        let at = case["time"].as_str().unwrap_or(NOW);
        let (report, _) = check(
            &limbo,
            &["--no-config", "--policy", "hygiene", "--at", at, file],
        );
        let errors = rules_of(&report, "error");
        let expected = case["expected"].as_str().unwrap();
        let agrees = (expected == "FAILURE") != errors.is_empty();
        *counts
            .entry((
                if expected == "FAILURE" {
                    "FAILURE"
                } else {
                    "SUCCESS"
                },
                agrees,
            ))
            .or_default() += 1;
        if !agrees {
            println!(
                "{expected} {file}: {}",
                if errors.is_empty() {
                    "no error".to_owned()
                } else {
                    errors.join(", ")
                }
            );
        }
    }
    println!("(expected, agrees): {counts:?}");
    let agreed: usize = counts
        .iter()
        .filter(|((_, agrees), _)| *agrees)
        .map(|(_, count)| count)
        .sum();
    let all: usize = counts.values().sum();
    println!("agreement: {agreed} of {all}");
    assert!(
        agreed * 100 >= all * AGREEMENT,
        "agreement fell: {agreed} of {all}"
    );
}

/// Per cent; rounded down from what was measured.
const AGREEMENT: usize = 55;
