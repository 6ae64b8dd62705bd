//! What README and the examples show is what the program does.

use std::fs;

use crate::support::program::chainlint;
use crate::support::project;

fn readme() -> String {
    fs::read_to_string(project("README.md")).unwrap()
}

/// The code blocks of a language.
fn blocks(language: &str) -> Vec<String> {
    blocks_of(&readme(), language)
}

/// The code blocks of a language in a page.
pub(crate) fn blocks_of(text: &str, language: &str) -> Vec<String> {
    let opening = format!("```{language}\n");
    text.split(&opening)
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect()
}

/// The words of a command line; quotes keep words together, a comment ends it.
fn words(line: &str) -> Vec<String> {
    let line = line.split(" #").next().unwrap();
    let mut words = vec![String::new()];
    let mut quoted = false;
    for character in line.trim().chars() {
        match character {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().unwrap().push(character),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn every_command_that_readme_shows_runs() {
    let folder = tempfile::tempdir().unwrap();
    let copy = |from: &str, to: &str| fs::copy(project(from), folder.path().join(to)).unwrap();
    copy("examples/good/acme-payments.pem", "chain.pem");
    for (name, list) in [
        ("LT.xml", crate::trust::lithuania()),
        ("EE.xml", crate::trust::estonia()),
    ] {
        fs::write(folder.path().join(name), list.xml()).unwrap();
    }
    // Waivers are of something.
    let waived = tempfile::tempdir().unwrap();
    let bad = project("examples/mistakes/root-first/chain.pem");
    fs::copy(bad, waived.path().join("chain.pem")).unwrap();
    fs::write(waived.path().join("chainlint.yaml"), "version: 1\n").unwrap();
    fs::create_dir(folder.path().join("policies")).unwrap();
    copy("policies/hygiene.test.yaml", "policies/hygiene.test.yaml");
    let mut run = 0;
    for line in blocks("sh").iter().flat_map(|block| block.lines()) {
        let words = words(line);
        let (program, arguments) = words.split_first().unwrap();
        let arguments: Vec<&str> = arguments
            .iter()
            .map(String::as_str)
            .take_while(|word| *word != ">")
            .collect();
        // Cargo's own commands are the caller's, but for the main one.
        let (arguments, place) = match (program.as_str(), arguments.as_slice()) {
            ("chainlint", rest @ ["waivers", ..]) => (rest.to_vec(), waived.path().to_owned()),
            ("chainlint", rest) => (rest.to_vec(), folder.path().to_owned()),
            ("cargo", ["run", "--release", "--", rest @ ..]) => (rest.to_vec(), project("")),
            _ => continue,
        };
        run += 1;
        let mut command = chainlint(&place);
        command.args(&arguments);
        if ["check", "waivers"].contains(&arguments[0]) && !arguments.contains(&"--at") {
            command.args(["--at", crate::support::NOW]);
        }
        let output = command.output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        let status = output.status.code().unwrap();
        // What the line before has waived already is nothing to waive.
        let is_done = arguments.starts_with(&["waivers", "add"]) && status == 3;
        assert!(status == 0 || is_done, "{line}: {status} {told}");
    }
    assert!(run >= 7, "{run}");
}

#[test]
fn the_policies_and_configs_that_readme_shows_are_valid() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::create_dir(path.join("certs")).unwrap();
    fs::copy(
        project("examples/good/acme-payments.pem"),
        path.join("certs/a.pem"),
    )
    .unwrap();
    fs::create_dir(path.join("anchors")).unwrap();
    let root = crate::support::pem::chain(&[crate::cases::draft::own_chain().root.self_signed()]);
    fs::write(path.join("anchors/root.pem"), root).unwrap();
    fs::create_dir(path.join("waivers")).unwrap();
    fs::write(path.join("waivers/pki.yaml"), "version: 1\n").unwrap();
    fs::create_dir_all(path.join("examples/policies")).unwrap();
    fs::create_dir_all(path.join("examples/good")).unwrap();
    for file in ["policies/acme-internal.yaml", "good/acme-payments.pem"] {
        let from = project("examples").join(file);
        fs::copy(from, path.join("examples").join(file)).unwrap();
    }
    let (mut policies, mut configs, mut tests) = (0, 0, 0);
    for block in blocks("yaml") {
        if block.contains("\nrules:") {
            fs::write(path.join("policy.yaml"), &block).unwrap();
            let output = chainlint(path)
                .args(["policy", "check", "--strict", "policy.yaml"])
                .output()
                .unwrap();
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{told}");
            policies += 1;
        } else if block.contains("\ncases:") {
            fs::write(path.join("examples/policies/readme.test.yaml"), &block).unwrap();
            let output = chainlint(path).args(["test", "examples"]).output().unwrap();
            let told = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{told}");
            tests += 1;
        } else if block.contains("\nfiles:") || block.contains("\nwaivers:") {
            fs::write(path.join("chainlint.yaml"), &block).unwrap();
            let output = chainlint(path)
                .args(["check", "--at", crate::support::NOW, "certs"])
                .output()
                .unwrap();
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{told}");
            configs += 1;
        }
    }
    assert_eq!((policies, configs, tests), (1, 2, 1));
}

#[test]
fn the_diagnostic_that_readme_shows_is_the_programs() {
    let output = chainlint(&project(""))
        .args([
            "check",
            "--no-config",
            "--at",
            crate::support::NOW,
            "--color",
            "never",
        ])
        .args([
            "--select",
            "leaf-validity-range",
            "examples/mistakes/too-long/chain.pem",
        ])
        .output()
        .unwrap();
    let said: String = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| line.trim_end().to_owned() + "\n")
        .collect();
    let shown = blocks("text").remove(0);
    assert_eq!(said.trim_end(), shown.trim_end(), "\n{said}");
}

#[test]
fn help_and_readme_name_the_same_exit_statuses() {
    let help = chainlint(&project("")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for status in [
        "0 nothing found",
        "1 findings",
        "2 the run could not be done",
        "3 nothing to check",
    ] {
        assert!(help.contains(status), "{help}");
    }
    for row in [
        "| 0 | nothing",
        "| 1 | findings",
        "| 2 | the run could not be done",
        "| 3 | nothing to check",
    ] {
        assert!(readme().contains(row), "{row}");
    }
}
