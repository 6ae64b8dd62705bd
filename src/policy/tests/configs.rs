//! `chainlint.yaml`.

use std::path::{Path, PathBuf};

use super::told;
use crate::finding::Severity;
use crate::policy::{Config, discover};
use crate::yaml::Problems;

const FULL: &str = r#"
version: 1
vars: { company: "Acme Payments" }
files:
  - match: ["certs/**/*.pem"]
    policy: base
    environment: production
    vars: { days: 10, company: Other }
  - match: ["./certs/stage/**"]
    environment: staging
    app: aisp
  - match: ["tpp/*.pem"]
    policy: policies/acme.yaml
exclude: ["**/testdata/**", "*.bak"]
fail_on: warning
"#;

fn parse(text: &str) -> Result<Config, Problems> {
    Config::parse(text, "chainlint.yaml", Path::new("/repo"))
}

fn problems(text: &str) -> String {
    told(&parse(text).unwrap_err())
}

#[test]
fn all_entries_that_match_apply_and_later_ones_win_key_by_key() {
    let config = parse(FULL).unwrap();
    let selection = config.select(Path::new("certs/stage/a/b.pem"));
    assert_eq!(selection.matched, [0, 1]);
    assert_eq!(selection.policy.unwrap().text, "base");
    assert_eq!(selection.environment.as_deref(), Some("staging"));
    assert_eq!(selection.app.as_deref(), Some("aisp"));
    let names: Vec<&str> = selection
        .vars
        .iter()
        .map(|given| given.name.as_str())
        .collect();
    assert_eq!(names, ["company", "days", "company"]);
}

#[test]
fn a_star_stays_within_a_folder() {
    let config = parse(FULL).unwrap();
    assert_eq!(config.select(Path::new("tpp/a.pem")).matched, [2]);
    assert!(
        config
            .select(Path::new("tpp/deep/a.pem"))
            .matched
            .is_empty()
    );
    assert!(config.excludes(Path::new("a/testdata/b.pem")));
    assert!(config.excludes(Path::new("b.bak")));
    assert!(!config.excludes(Path::new("a/b.bak")));
}

#[test]
fn a_file_that_nothing_matches_has_the_config_s_variables_alone() {
    let config = parse(FULL).unwrap();
    let selection = config.select(Path::new("other.pem"));
    assert!(selection.policy.is_none());
    assert_eq!(selection.vars.len(), 1);
    assert_eq!(config.fail_on, Some(Severity::Warning));
}

#[test]
fn paths_of_policies_start_from_the_config() {
    let config = parse(FULL).unwrap();
    let selection = config.select(Path::new("tpp/a.pem"));
    let policy = selection.policy.unwrap();
    assert_eq!(policy.folder, Path::new("/repo"));
    assert_eq!(policy.at.to_string(), "chainlint.yaml:13");
}

#[test]
fn every_mistake_of_a_config_is_told() {
    assert_eq!(
        problems(
            "version: 2\nfail_on: off\nfile: []\nvars: { a: { type: string } }\nfiles:\n  - policy: base\n  \
             - match: ['a[', /abs, ../up, '']\n    enviroment: x\nexclude: '*.pem'\nwaivers: [{}]\ntrust_anchors: a\n"
        ),
        "chainlint.yaml:1:10 `version`: expected the number 1, found the number 2 [unknown version] \
         this program reads version 1: `version: 1`\n\
         chainlint.yaml:2:10 `fail_on`: expected one of `advice`, `warning`, `error`, found the text \"off\" \
         [the text \"off\"] -\n\
         chainlint.yaml:3:1 unknown key `file` [unknown key] did you mean `files`?\n\
         chainlint.yaml:4:12 the variable `a` needs a value, found a map [no value] a text, a number, `true`, \
         `false` or a list; policies declare variables\n\
         chainlint.yaml:6:5 `match` is missing [matches no file] write `match: [\"certs/**/*.pem\"]`\n\
         chainlint.yaml:7:13 `a[` is no pattern: unclosed character class; missing ']' [pattern] `*`, `**`, `?`, \
         `[…]` and `{a,b}` have a meaning; `\\` before them takes it\n\
         chainlint.yaml:7:19 `/abs` is no pattern: it leaves the folder of the config [pattern] patterns are \
         relative to the folder of the config, and stay in it\n\
         chainlint.yaml:7:25 `../up` is no pattern: it leaves the folder of the config [pattern] patterns are \
         relative to the folder of the config, and stay in it\n\
         chainlint.yaml:7:32 `` is no pattern: it is empty [pattern] `**` matches every file\n\
         chainlint.yaml:8:5 unknown key `enviroment` in `files` [unknown key] did you mean `environment`?\n\
         chainlint.yaml:9:10 `exclude`: expected a list of values, found the text \"*.pem\" [the text \"*.pem\"] \
         a list is written [a, b], or with a `- ` before each item\n\
         chainlint.yaml:10:11 `expires` is missing in `waivers` [has no `expires`] -\n\
         chainlint.yaml:10:11 `reason` is missing in `waivers` [has no `reason`] -\n\
         chainlint.yaml:10:11 `rule` is missing in `waivers` [has no `rule`] -\n\
         chainlint.yaml:11:16 `trust_anchors`: expected a list of values, found the text \"a\" [the text \"a\"] \
         a list is written [a, b], or with a `- ` before each item"
    );
}

#[test]
fn an_empty_config_lacks_its_version() {
    assert_eq!(
        problems(""),
        "chainlint.yaml:1:1 `version` is missing [the file begins here] begin the file with `version: 1`"
    );
}

#[test]
fn the_nearest_config_up_to_the_repository_s_root_counts() {
    let found = |files: &[&str]| {
        let exists = |path: &Path| files.iter().any(|file| Path::new(file) == path);
        discover(Path::new("/home/repo/a/b"), &exists)
    };
    assert_eq!(
        found(&["/home/repo/a/.chainlint.yaml", "/home/repo/chainlint.yaml"]),
        Some(PathBuf::from("/home/repo/a/.chainlint.yaml"))
    );
    assert_eq!(
        found(&["/home/repo/.git", "/home/repo/chainlint.yml"]),
        Some(PathBuf::from("/home/repo/chainlint.yml"))
    );
    assert_eq!(found(&["/home/repo/.git", "/home/chainlint.yaml"]), None);
    assert_eq!(
        found(&["/chainlint.yaml"]),
        Some(PathBuf::from("/chainlint.yaml"))
    );
}
