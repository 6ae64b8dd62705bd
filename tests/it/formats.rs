//! Report formats: what each is to its reader, and where reports are written.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cases::draft::own_chain;
use crate::support::name::Name;
use crate::support::program::{FORMATS, chainlint};
use crate::support::{NOW, files_below, project};

/// A report on standard output.
fn said(folder: &Path, format: &str, arguments: &[&str]) -> String {
    let output = chainlint(folder)
        .args(["check", "--no-config", "--at", NOW, "--format", format])
        .args(arguments)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Exit status and standard error.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = chainlint(folder)
        .args(["check", "--no-config", "--at", NOW])
        .args(arguments)
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), told)
}

/// Whether a text is a whole document of its format, by readers that are not ours.
fn assert_whole(format: &str, text: &str) {
    match format {
        "json" | "gitlab" => drop(serde_json::from_str::<Value>(text).unwrap()),
        "sarif" => drop(serde_json::from_str::<serde_sarif::sarif::Sarif>(text).unwrap()),
        "junit" => drop(quick_junit::Report::deserialize_from_str(text).unwrap()),
        "jsonl" => {
            let last = text.lines().last().unwrap();
            let last: Value = serde_json::from_str(last).unwrap();
            assert_eq!(last["type"], "summary");
        }
        "html" => assert!(text.starts_with("<!DOCTYPE html>") && text.ends_with("</html>\n")),
        "github" => assert!(text.lines().all(|line| line.starts_with("::"))),
        _ => {}
    }
}

fn bad_chain() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.pem"), own_chain().file_of(&[2, 1])).unwrap();
    folder
}

#[test]
fn every_format_is_a_whole_document_also_when_there_is_nothing_to_say() {
    let nothing = tempfile::tempdir().unwrap();
    for format in FORMATS {
        assert_whole(format, &said(nothing.path(), format, &["."]));
        assert_whole(format, &said(&project(""), format, &["examples/good"]));
        assert_whole(format, &said(&project(""), format, &["examples/mistakes"]));
    }
    for format in ["full", "concise", "github"] {
        assert_eq!(said(&project(""), format, &["examples/good"]), "");
    }
}

#[test]
fn sarif_describes_every_rule_of_the_policy_and_points_into_the_file() {
    let report: Value = serde_json::from_str(&said(
        &project(""),
        "sarif",
        &["examples/mistakes", "--policy", "hygiene"],
    ))
    .unwrap();
    let run = &report["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let output = chainlint(&project(""))
        .args(["rules", "--policy", "hygiene", "--format", "json"])
        .output()
        .unwrap();
    let listed: Value = serde_json::from_slice(&output.stdout).unwrap();
    let listed = listed.as_array().unwrap().iter();
    let active = listed.filter(|rule| rule["severity"] != "off").count();
    assert_eq!(rules.len(), active);
    let placeholder = regex::Regex::new(r"\{[a-z_.]+\}").unwrap();
    for rule in rules {
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(rule[text]["text"].is_string(), "{rule}");
        }
        for part in ["**Mend:**", "**Source:**", "**Fails:**", "**Passes:**"] {
            let markdown = rule["help"]["markdown"].as_str().unwrap();
            assert!(markdown.contains(part), "{markdown}");
        }
        // What is not known before a file is judged is described.
        assert_eq!(
            placeholder.find(rule["help"]["text"].as_str().unwrap()),
            None
        );
    }
    let results = run["results"].as_array().unwrap();
    assert!(results.len() > 10);
    for result in results {
        let place = &result["locations"][0]["physicalLocation"];
        let path = place["artifactLocation"]["uri"].as_str().unwrap();
        let length = fs::metadata(project(path)).unwrap().len();
        let region = &place["region"];
        let number = |name: &str| region[name].as_u64().unwrap();
        assert!(number("byteOffset") + number("byteLength") <= length);
        assert!(number("startLine") >= 1 && number("startColumn") >= 1);
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
}

#[test]
fn sarif_knows_no_rule_that_the_run_left_out() {
    let ids = |arguments: &[&str]| {
        let report: Value = serde_json::from_str(&said(&project(""), "sarif", arguments)).unwrap();
        let rules = report["runs"][0]["tool"]["driver"]["rules"].clone();
        let rules = rules.as_array().unwrap().iter();
        rules
            .map(|rule| rule["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let good = "examples/good";
    assert_eq!(
        ids(&[good, "--select", "cert-expired,chain-order"]),
        ["cert-expired", "chain-order"]
    );
    assert!(!ids(&[good, "--ignore", "cert-expired"]).contains(&"cert-expired".to_owned()));
}

#[test]
fn gitlab_fingerprints_are_unique() {
    let report = said(&project("tests/cases"), "gitlab", &["."]);
    let report: Value = serde_json::from_str(&report).unwrap();
    let issues = report.as_array().unwrap();
    let mut fingerprints: Vec<&str> = issues
        .iter()
        .map(|issue| issue["fingerprint"].as_str().unwrap())
        .collect();
    assert!(fingerprints.len() > 200);
    fingerprints.sort_unstable();
    let all = fingerprints.len();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), all);
}

#[test]
fn hostile_names_are_inert_in_every_format() {
    let hostile = "a\u{1b}[31m\u{202e}]]><script>alert(1)</script>%0A::error::x";
    let folder = tempfile::tempdir().unwrap();
    let chain = own_chain().leaf(|leaf| leaf.named(Name::new(hostile, hostile)).days(10));
    // A path has no slash in a name, and no file system has more trouble with the rest.
    let names = [
        "\u{1b}[2J\u{202e}b.pem",
        "]]><script>alert(1)<&\"'.pem",
        "%0A::error file=x::y.pem",
        "line\nbreak:1:2: error[no-rule] no.pem",
        "::error ::z.pem",
    ];
    for name in names {
        fs::write(folder.path().join(name), chain.file()).unwrap();
        let key = crate::support::keys::rsa(2048, "secret").private_pkcs8();
        let key = crate::support::pem::OPENSSL.block("PRIVATE KEY", &key);
        fs::write(folder.path().join(format!("key {name}")), key).unwrap();
    }
    let place = regex::Regex::new(r":\d+:\d+: (error|warning|advice)\[").unwrap();
    for format in FORMATS {
        let text = said(folder.path(), format, &["-v", "."]);
        assert_whole(format, &text);
        assert!(
            !text.contains(['\u{1b}', '\u{202e}', '\u{7}', '\r']),
            "{format}: {text:?}"
        );
        assert!(
            text.contains("u{1b}") || text.contains("u%7B1b%7D"),
            "{format}: {text}"
        );
        let markup = ["junit", "html"].contains(&format);
        let body = text.rsplit("</style>").next().unwrap();
        assert!(
            !markup || !(body.contains("<script") || body.contains("]]>")),
            "{format}: {text}"
        );
        // A line that a runner takes for a command, or an editor for a place, is one of ours.
        let commands = text.lines().filter(|line| line.starts_with("::"));
        let ours = |line: &str| line.contains(" title=") && line.contains(",file=");
        assert!(commands.clone().all(ours) && (format == "github" || commands.count() == 0));
        if format == "concise" {
            let wrong = |line: &&str| place.find_iter(line).count() != 1;
            assert_eq!(text.lines().find(wrong), None);
        }
    }
}

/// A repository with a bad chain in `certs/prod`, and a config whose waiver has expired.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::create_dir_all(path.join("certs/prod")).unwrap();
    fs::create_dir(path.join("certs/stage")).unwrap();
    fs::create_dir(path.join(".git")).unwrap();
    let bad = own_chain().file_of(&[2, 1]);
    fs::write(path.join("certs/prod/a.pem"), &bad).unwrap();
    fs::write(path.join("certs/stage/b.pem"), &bad).unwrap();
    let config = "version: 1\nwaivers:\n  - rule: chain-signature\n    path: certs/**\n    reason: old\n    \
                  expires: 2026-01-01\n";
    fs::write(path.join("chainlint.yaml"), config).unwrap();
    folder
}

fn sorted(mut paths: Vec<String>) -> Vec<String> {
    paths.sort();
    paths.dedup();
    paths
}

/// The paths that a report names, each once.
fn paths(format: &str, text: &str) -> Vec<String> {
    let text_of = |value: &Value| value.as_str().unwrap().to_owned();
    let json = || serde_json::from_str::<Value>(text).unwrap();
    let paths = match format {
        "sarif" => json()["runs"][0]["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|result| {
                let place = &result["locations"][0]["physicalLocation"]["artifactLocation"];
                assert_eq!(
                    place["uri"].as_str().unwrap().starts_with("file:"),
                    place["uriBaseId"].is_null()
                );
                text_of(&place["uri"])
            })
            .collect(),
        "gitlab" => json()
            .as_array()
            .unwrap()
            .iter()
            .map(|issue| text_of(&issue["location"]["path"]))
            .collect(),
        "json" => json()["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| text_of(&finding["path"]))
            .collect(),
        _ => text
            .lines()
            .map(|line| {
                let (_, file) = line.split_once(",file=").unwrap();
                file.split(',').next().unwrap().to_owned()
            })
            .collect(),
    };
    sorted(paths)
}

#[test]
fn code_scanning_is_told_paths_from_the_root_of_the_repository() {
    let repository = repository();
    let root = repository.path();
    let report = |folder: &str, format: &str, arguments: &[&str]| {
        let output = chainlint(&root.join(folder))
            .args(["check", "--at", NOW, "--format", format])
            .args(arguments)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let all = ["certs/prod/a.pem", "certs/stage/b.pem", "chainlint.yaml"];
    for format in ["sarif", "gitlab", "github"] {
        let of = |folder, arguments: &[&str]| paths(format, &report(folder, format, arguments));
        assert_eq!(of("", &["."]), all, "{format}");
        assert_eq!(of("certs/prod", &[".", "../stage/b.pem"]), all, "{format}");
        let whole = root.join("certs/prod/a.pem");
        let whole = ["--no-config", whole.to_str().unwrap()];
        assert_eq!(of("certs/stage", &whole), all[..1], "{format}");
    }
    // Everyone else is told as the user names it.
    let of = |folder, arguments: &[&str]| paths("json", &report(folder, "json", arguments));
    let named = ["--no-config", ".", "../stage/b.pem"];
    assert_eq!(of("certs/prod", &named), ["../stage/b.pem", "a.pem"]);
}

#[test]
fn a_finding_has_one_fingerprint_whatever_folder_the_run_starts_from() {
    let repository = repository();
    let fingerprints = |folder: &str, arguments: &[&str]| {
        let folder = repository.path().join(folder);
        let output = chainlint(&folder)
            .args(["check", "--at", NOW, "--format", "json"])
            .args(arguments)
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        let all = findings.map(|finding| finding["fingerprint"].as_str().unwrap().to_owned());
        sorted(all.collect())
    };
    let from_root = fingerprints("", &["."]);
    assert_eq!(from_root.len(), 3);
    assert_eq!(
        fingerprints("certs/prod", &[".", "../stage/b.pem"]),
        from_root
    );
    // Without a repository the current folder is the root, as it was before.
    fs::remove_dir(repository.path().join(".git")).unwrap();
    assert_eq!(fingerprints("", &["."]), from_root);
    assert_ne!(fingerprints("certs/prod", &["."]), from_root);
}

#[test]
fn a_file_outside_of_the_repository_has_its_whole_path() {
    let repository = repository();
    let elsewhere = bad_chain();
    let file = elsewhere.path().join("a.pem");
    let told = |format: &str| {
        paths(
            format,
            &said(repository.path(), format, &[file.to_str().unwrap()]),
        )
    };
    assert_eq!(told("sarif"), [format!("file://{}", file.display())]);
    assert_eq!(told("gitlab"), [file.display().to_string()]);
}

#[cfg(unix)]
#[test]
fn a_uri_leads_to_the_file_whatever_its_name() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    for name in [
        &b"new\nline.pem"[..],
        b"\xff.pem",
        b"a b.pem",
        b"\xe2\x80\xae.pem",
    ] {
        let path = folder.path().join(std::ffi::OsStr::from_bytes(name));
        fs::write(path, own_chain().file_of(&[2, 1])).unwrap();
    }
    let told = paths("sarif", &said(folder.path(), "sarif", &["."]));
    assert_eq!(
        told,
        ["%E2%80%AE.pem", "%FF.pem", "a%20b.pem", "new%0Aline.pem"]
    );
}

#[test]
fn without_an_instant_of_the_users_everything_is_judged_at_a_whole_second() {
    let folder = bad_chain();
    let output = chainlint(folder.path())
        .args(["check", "--format", "json", "a.pem"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let at = report["at"].as_str().unwrap();
    assert_eq!(at.len(), "2026-11-23T00:00:00Z".len(), "{at}");
}

#[test]
fn reports_are_written_beside_the_printed_one_and_say_the_same() {
    let folder = bad_chain();
    let targets = FORMATS.map(|format| format!("{format}=out.{format}"));
    let mut arguments = vec!["a.pem", "--format", "concise"];
    arguments.extend(targets.iter().flat_map(|target| ["-o", target]));
    assert_eq!(run(folder.path(), &arguments).0, 1);
    for format in FORMATS {
        let written = fs::read_to_string(folder.path().join(format!("out.{format}"))).unwrap();
        assert_eq!(written, said(folder.path(), format, &["a.pem"]), "{format}");
    }
    // No scratch file stays behind, and an older report is replaced.
    assert_eq!(files_below(folder.path()).len(), 1 + FORMATS.len());
    fs::write(folder.path().join("out.json"), "old").unwrap();
    assert_eq!(run(folder.path(), &["a.pem", "-o", "json=out.json"]).0, 1);
    let written = fs::read_to_string(folder.path().join("out.json")).unwrap();
    assert_whole("json", &written);
}

#[test]
fn where_one_report_cannot_be_written_none_is() {
    let folder = bad_chain();
    fs::create_dir(folder.path().join("here")).unwrap();
    for (target, why) in [
        (
            "sarif=nowhere/out.sarif",
            "cannot write nowhere/out.sarif: its folder does not exist",
        ),
        ("sarif=here", "it is there and is not a file"),
        ("sarif=out.json", "it is named twice"),
        ("sarif=a.pem", "it is one of the files to check"),
        ("sarif=-", "standard output has --format"),
        ("sarif", "like sarif=chainlint.sarif"),
        ("sarif=", "there is no file"),
        (
            "srif=x",
            "there is no form `srif`; there are full, concise, json",
        ),
    ] {
        let arguments = ["a.pem", "-o", "json=out.json", "-o", target];
        let (status, told) = run(folder.path(), &arguments);
        assert_eq!(status, 2, "{target}");
        assert!(told.contains(why), "{target}: {told}");
        assert_eq!(files_below(folder.path()).len(), 1, "{target}");
    }
    assert_eq!(
        fs::read(folder.path().join("a.pem")).unwrap(),
        own_chain().file_of(&[2, 1])
    );
}

#[test]
fn a_report_spares_what_the_run_goes_by() {
    let folder = bad_chain();
    let path = folder.path();
    let files = [
        (
            "chainlint.yaml",
            "version: 1\nwaiver_files: [waivers.yaml]\ntrust_anchors: ['root*']\n",
        ),
        ("waivers.yaml", "version: 1\n"),
        (
            "parent.yaml",
            "version: 1\nname: parent\nextends: hygiene\n",
        ),
        ("own.yaml", "version: 1\nname: own\nextends: parent.yaml\n"),
        ("list", "a.pem\n"),
    ];
    for (name, text) in files {
        fs::write(path.join(name), text).unwrap();
    }
    let root = chainlint::synth::pem::chain(&[own_chain().root.self_signed()]);
    fs::write(path.join("root.pem"), &root).unwrap();
    for name in files.map(|(name, _)| name).iter().chain(&["root.pem"]) {
        let output = chainlint(path)
            .args([
                "check",
                "--at",
                NOW,
                "--policy",
                "own.yaml",
                "--files-from",
                "list",
            ])
            .args(["-o", &format!("json={name}")])
            .output()
            .unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            told,
            format!("error: cannot write {name}: it is a file that this run reads\n")
        );
    }
    for (name, text) in files {
        assert_eq!(fs::read_to_string(path.join(name)).unwrap(), text);
    }
    // What standard input stands for is one of the files to check.
    let output = chainlint(path)
        .args([
            "check",
            "-",
            "--stdin-filename",
            "b.pem",
            "-o",
            "json=./b.pem",
        ])
        .write_stdin(own_chain().file())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn a_report_keeps_the_mode_of_the_one_before() {
    use std::os::unix::fs::PermissionsExt;
    let folder = bad_chain();
    let out = folder.path().join("out.json");
    fs::write(&out, "old").unwrap();
    fs::set_permissions(&out, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(run(folder.path(), &["a.pem", "-o", "json=out.json"]).0, 1);
    assert_eq!(
        fs::metadata(&out).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_whole("json", &fs::read_to_string(&out).unwrap());
}

#[cfg(unix)]
#[test]
fn a_report_follows_a_link_and_spares_a_device() {
    let folder = bad_chain();
    let path = folder.path();
    fs::write(path.join("real.json"), "old").unwrap();
    std::os::unix::fs::symlink("real.json", path.join("link.json")).unwrap();
    assert_eq!(run(path, &["a.pem", "-o", "json=link.json"]).0, 1);
    assert!(path.join("link.json").is_symlink());
    assert_whole("json", &fs::read_to_string(path.join("real.json")).unwrap());
    // What a link will point to is written where it will be.
    std::os::unix::fs::symlink("new.json", path.join("dangling.json")).unwrap();
    assert_eq!(run(path, &["a.pem", "-o", "json=dangling.json"]).0, 1);
    assert!(path.join("dangling.json").is_symlink());
    assert_whole("json", &fs::read_to_string(path.join("new.json")).unwrap());
    for (to, from) in [("one", "other"), ("other", "one")] {
        std::os::unix::fs::symlink(to, path.join(from)).unwrap();
    }
    for target in [
        "/dev/null",
        "/dev/stdout",
        "/proc/self/fd/1",
        "/dev/fd/1",
        "one",
    ] {
        // The shell's file is no place for a report either.
        let out = fs::File::create(path.join("printed")).unwrap();
        let status = std::process::Command::new(assert_cmd::cargo::cargo_bin!("chainlint"))
            .args([
                "check",
                "--at",
                NOW,
                "a.pem",
                "-o",
                &format!("json={target}"),
            ])
            .current_dir(path)
            .stdout(out)
            .stderr(std::process::Stdio::null())
            .status();
        assert_eq!(status.unwrap().code(), Some(2), "{target}");
        assert_eq!(fs::metadata(path.join("printed")).unwrap().len(), 0);
    }
}

#[test]
fn junit_fails_what_the_exit_status_fails() {
    let folder = tempfile::tempdir().unwrap();
    let twice = own_chain().file_of(&[1, 2, 2]);
    fs::write(folder.path().join("a.pem"), twice).unwrap();
    let failures = |arguments: &[&str]| {
        let text = said(folder.path(), "junit", &[&["a.pem"], arguments].concat());
        quick_junit::Report::deserialize_from_str(&text)
            .unwrap()
            .failures
    };
    assert_eq!((failures(&[]), run(folder.path(), &["a.pem"]).0), (0, 0));
    let strict = ["--fail-on", "warning"];
    assert_eq!(failures(&strict), 1);
    assert_eq!(run(folder.path(), &["a.pem", "--fail-on", "warning"]).0, 1);
}

#[test]
fn a_report_takes_the_place_of_a_report_and_of_no_key() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.pem"), own_chain().file_of(&[2, 1])).unwrap();
    let key = crate::support::keys::rsa(2048, "secret").private_pkcs8();
    let key = crate::support::pem::OPENSSL.block("PRIVATE KEY", &key);
    fs::write(folder.path().join("server.key"), &key).unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for (target, why) in [
        ("server.key", "there is PEM in it"),
        (".git/report", "it lies in git's own folder"),
    ] {
        let (status, said) = run(folder.path(), &["-o", &format!("json={target}"), "a.pem"]);
        assert_eq!(status, 2, "{said}");
        assert!(said.contains(why), "{said}");
    }
    assert_eq!(
        fs::read_to_string(folder.path().join("server.key")).unwrap(),
        key
    );
    for format in FORMATS {
        for _ in 0..2 {
            let (status, said) = run(folder.path(), &["-o", &format!("{format}=report"), "a.pem"]);
            assert_eq!(status, 1, "{format}: {said}");
        }
    }
}
