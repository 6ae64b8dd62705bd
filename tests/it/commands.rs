//! Commands, flags and exit statuses as a user meets them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cases::draft::{own_chain, three_certificates};
use crate::support::program::{FORMATS, chainlint, check, findings, folder, json, rules_of, run};
use crate::support::{NOW, project};

#[test]
fn the_exit_status_is_the_same_in_every_format() {
    let folder = folder(&[
        ("good/a.pem", own_chain().file()),
        ("bad/a.pem", own_chain().file_of(&[2, 1])),
        (
            "warned/a.pem",
            own_chain().leaf(|leaf| leaf.days(400)).file(),
        ),
        ("none/readme.txt", b"x".to_vec()),
    ]);
    for format in FORMATS {
        let status = |arguments: &[&str]| {
            let all = [&["check", "--at", NOW, "--format", format], arguments].concat();
            run(folder.path(), &all).0
        };
        assert_eq!(status(&["good"]), 0);
        assert_eq!(status(&["bad"]), 1);
        assert_eq!(status(&["none"]), 3);
        assert_eq!(status(&["none", "--allow-empty"]), 0);
        assert_eq!(status(&["nowhere.pem", "good"]), 2);
        assert_eq!(status(&["good", "--policy", "nothing"]), 2);
        assert_eq!(status(&["good", "--var", "nothing=1"]), 2);
        assert_eq!(status(&["good", "--select", "nothing"]), 2);
        assert_eq!(status(&["bad", "--ignore", "chain-order"]), 0);
        assert_eq!(status(&["bad", "--select", "cert-expired"]), 0);
    }
    assert_eq!(run(folder.path(), &["check", "--at", "tomorrow"]).0, 2);
    assert_eq!(
        run(folder.path(), &["check", "--at", "2026-11-23", "good"]).0,
        0
    );
    assert_eq!(run(folder.path(), &["chekc"]).0, 2);
}

#[test]
fn rules_are_selected_by_ids_that_there_are() {
    let own = "version: 1\nname: own\nextends: hygiene\nrules:\n  own-version:\n    severity: error\n    on: leaf\n    \
               check: { version: { allowed: [3] } }\n    message: no\n";
    let config = "version: 1\nfiles: [{ match: [own/**], policy: own.yaml }]\n";
    let folder = folder(&[
        ("a.pem", own_chain().file_of(&[2, 1])),
        ("own.yaml", own.into()),
        ("chainlint.yaml", config.into()),
        ("empty/readme.txt", b"x".to_vec()),
    ]);
    let told = |arguments: &[&str]| {
        let (status, _, told) = run(
            folder.path(),
            &[&["check", "--at", NOW], arguments].concat(),
        );
        (status, told)
    };
    let empty = "error: --select and --ignore take the ids of rules, with a comma between two of them; one is empty\n";
    assert_eq!(told(&["a.pem", "--select", ""]), (2, empty.to_owned()));
    assert_eq!(
        told(&["a.pem", "--ignore", "chain-order,"]),
        (2, empty.to_owned())
    );
    let (status, said) = told(&[
        "a.pem",
        "--select",
        "chain-ordr,cert-expired",
        "--ignore",
        "nothing",
    ]);
    assert_eq!(
        (status, said.lines().collect::<Vec<_>>()),
        (
            2,
            vec![
                "error: there is no rule `chain-ordr`: did you mean `chain-order`?",
                "error: there is no rule `nothing`: `chainlint rules` lists them",
            ]
        )
    );
    let (status, said) = told(&[
        "a.pem",
        "--select",
        "chain-order",
        "--ignore",
        "chain-order",
    ]);
    assert!(
        status == 2 && said.contains("every rule of --select"),
        "{said}"
    );
    // A rule of a policy that this run has no file for is a rule.
    assert_eq!(told(&["a.pem", "--ignore", "own-version"]).0, 1);
    for wrong in [
        ["--select", "nonsense"],
        ["--policy", "nonsense"],
        ["--var", "nonsense=1"],
    ] {
        let all = [&["empty", "--allow-empty"], &wrong[..]].concat();
        assert_eq!(told(&all).0, 2, "{wrong:?}");
    }
}

#[test]
fn mistakes_in_the_arguments_say_what_was_meant() {
    let folder = folder(&[("a.pem", own_chain().file()), ("chain", own_chain().file())]);
    let told = |arguments: &[&str]| {
        let (status, _, told) = run(folder.path(), arguments);
        assert_eq!(status, 2, "{arguments:?}: {told}");
        told
    };
    for name in ["a.pem", "chain", "b.pem"] {
        let tip = format!("did you mean `chainlint check {name}`?");
        assert!(told(&[name]).contains(&tip));
    }
    assert!(told(&["chekc"]).contains("'check'"));
    assert!(told(&["check", "--fix", "all"]).contains("did you mean `--fix=all`?"));
    let told = told(&["check", "a.pem", "--policy", "nowhere.yaml"]);
    assert!(told.contains("starts from the current folder"), "{told}");
}

#[test]
fn what_goes_wrong_outside_names_its_subject() {
    let folder = folder(&[("a.pem", own_chain().file_of(&[1]))]);
    let program = assert_cmd::cargo::cargo_bin!("chainlint");
    let told = |script: &str| {
        let output = std::process::Command::new("bash")
            .args([
                "-c",
                &script.replace("chainlint", &program.display().to_string()),
            ])
            .current_dir(folder.path())
            .output()
            .unwrap();
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    if Path::new("/dev/full").exists() {
        let (status, said) = told("chainlint check a.pem > /dev/full");
        assert!(
            status == 2 && said.starts_with("error: standard output: "),
            "{said}"
        );
    }
    let (status, said) = told("chainlint check - < .");
    assert!(
        status == 2 && said.starts_with("error: standard input: "),
        "{said}"
    );
    // A reader that has gone away is no error.
    assert_eq!(told("set -o pipefail; chainlint --help | true").0, 0);
    assert_eq!(told("set -o pipefail; chainlint rules | true").0, 0);
}

#[test]
fn threads_are_as_many_as_make_sense() {
    let folder = folder(&[("a.pem", own_chain().file())]);
    let status = |threads: &str| {
        run(
            folder.path(),
            &["check", "--at", NOW, "--threads", threads, "."],
        )
        .0
    };
    assert_eq!((status("256"), status("257"), status("0")), (0, 2, 2));
}

#[test]
fn fail_on_moves_the_threshold() {
    let big = crate::support::keys::rsa(4096, "leaf");
    let folder = folder(&[("a.pem", own_chain().leaf(|leaf| leaf.keyed(big)).file())]);
    let status = |level: &str| check(folder.path(), &["--fail-on", level, "a.pem"]).1;
    assert_eq!(
        (status("error"), status("warning"), status("advice")),
        (0, 0, 1)
    );
}

#[test]
fn standard_input_is_checked_under_its_given_name() {
    let folder = tempfile::tempdir().unwrap();
    let output = chainlint(folder.path())
        .args([
            "check",
            "-",
            "--stdin-filename",
            "certs/in.pem",
            "--format",
            "json",
            "--at",
            NOW,
        ])
        .write_stdin(own_chain().file_of(&[1]))
        .output()
        .unwrap();
    let report = json(&output);
    assert_eq!(report["files"][0]["path"], "certs/in.pem");
    assert_eq!(rules_of(&report, "error"), ["chain-root-included"]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn one_bad_file_never_hides_the_findings_of_the_others() {
    let folder = folder(&[
        ("a.pem", own_chain().file_of(&[2, 1])),
        ("b.pem", vec![0xFF; 300]),
        ("c.pem", b"-----BEGIN CERTIFICATE-----\nMIIB".to_vec()),
        ("d.pem", own_chain().file_of(&[1])),
        ("large.pem", vec![b'x'; (16 << 20) + 1]),
    ]);
    let (report, status) = check(folder.path(), &["."]);
    let of = |path: &str| {
        let here = findings(&report)
            .iter()
            .filter(|finding| finding["path"] == path);
        here.map(|finding| finding["rule"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(of("a.pem"), ["chain-order"]);
    assert_eq!(of("b.pem"), ["pem-format"]);
    assert_eq!(of("c.pem"), ["pem-format"]);
    assert_eq!(of("d.pem"), ["chain-root-included"]);
    assert_eq!(of("large.pem"), ["file-unreadable"]);
    assert_eq!(status, 1);
}

#[test]
fn a_file_that_cannot_be_read_is_told_whatever_the_policy_and_the_selection() {
    let folder = folder(&[
        ("large.pem", vec![b'x'; (16 << 20) + 1]),
        ("own.yaml", b"version: 1\nname: own\nrules: {}\n".to_vec()),
    ]);
    for arguments in [&["--policy", "own.yaml"][..], &["--select", "cert-expired"]] {
        let (report, status) = check(folder.path(), &[arguments, &["large.pem"]].concat());
        assert_eq!((findings(&report).len(), status), (1, 1), "{arguments:?}");
    }
}

#[test]
fn a_file_that_cannot_be_parsed_is_told_whatever_the_policy_and_the_selection() {
    let good = own_chain().file();
    let broken = String::from_utf8(good.clone()).unwrap();
    let no_base64 = broken.replacen("MII", "M!I", 1);
    let no_certificate = crate::support::pem::OPENSSL.block("CERTIFICATE", b"0123456789");
    let folder = folder(&[
        ("good.pem", good),
        ("binary.pem", vec![0xFF; 300]),
        ("empty.pem", Vec::new()),
        (
            "unfinished.pem",
            b"-----BEGIN CERTIFICATE-----\nMIIB".to_vec(),
        ),
        ("damaged.pem", no_base64.into_bytes()),
        ("other.pem", (broken + &no_certificate).into_bytes()),
        ("own.yaml", b"version: 1\nname: own\nrules: {}\n".to_vec()),
    ]);
    let bare = ["--policy", "own.yaml"];
    let selected = ["--select", "cert-expired"];
    let one = |arguments: &[&str], file: &str| {
        let (report, status) = check(folder.path(), &[arguments, &[file]].concat());
        assert_eq!(
            (findings(&report).len(), status),
            (1, 1),
            "{file}: {report}"
        );
        findings(&report)[0].clone()
    };
    for arguments in [bare, selected] {
        for file in ["binary.pem", "empty.pem"] {
            let message = one(&arguments, file)["message"].clone();
            assert_eq!(message, "the file holds no certificate that can be read");
        }
        one(&arguments, "unfinished.pem");
        let finding = one(&arguments, "damaged.pem");
        assert_eq!(finding["start"]["line"], 1, "{finding}");
        assert_eq!(finding["certificate"]["index"], 1);
        let finding = one(&arguments, "other.pem");
        assert_eq!(finding["certificate"]["index"], 3, "{finding}");
        assert_eq!(
            check(folder.path(), &[&arguments[..], &["good.pem"]].concat()).1,
            0
        );
    }
    // A rule that is about it has the better words.
    assert_eq!(
        one(&["--policy", "hygiene"], "damaged.pem")["rule"],
        "pem-format"
    );
    assert_eq!(
        one(&["--policy", "hygiene"], "other.pem")["rule"],
        "cert-encoding"
    );
    assert_eq!(
        one(&["--select", "cert-encoding"], "other.pem")["rule"],
        "cert-encoding"
    );
}

#[test]
fn of_very_many_findings_of_a_rule_the_first_are_told_and_that_there_are_more() {
    let ends = "-----END CERTIFICATE-----\n".repeat(10_000);
    let folder = folder(&[("a.pem", ends.into_bytes())]);
    let (report, status) = check(folder.path(), &["--select", "pem-format", "a.pem"]);
    let findings = findings(&report);
    let [first, .., last] = findings else {
        panic!("{report}");
    };
    assert_eq!((findings.len(), status), (4097, 1));
    assert_eq!(last["start"]["line"], 4097);
    let message = "more like these follow; the first 4096 are told";
    assert_eq!(last["message"], message);
    assert_ne!(first["message"], message);
}

#[test]
fn what_is_skipped_is_counted_and_encrypted_files_are_said_aloud() {
    let key = crate::cases::draft::leaf_key().private_pkcs8();
    let key = crate::support::pem::OPENSSL
        .block("PRIVATE KEY", &key)
        .into_bytes();
    let folder = folder(&[
        ("a.pem", own_chain().file()),
        ("key.pem", key),
        ("vault.pem", b"$ANSIBLE_VAULT;1.1;AES256\n3132\n".to_vec()),
    ]);
    let (report, status) = check(folder.path(), &["."]);
    assert_eq!(report["summary"]["checked"], 1);
    assert_eq!(report["summary"]["skipped"], 2);
    assert_eq!(report["files"][1]["reason"], "private key, no certificate");
    assert_eq!(status, 0);
    let (_, _, said) = run(folder.path(), &["check", "--at", NOW, "."]);
    assert!(
        said.contains("skipped vault.pem: encrypted with ansible-vault"),
        "{said}"
    );
    assert!(
        said.contains("no findings; 1 file checked, 2 skipped"),
        "{said}"
    );
    let (report, status) = check(folder.path(), &["--strict", "."]);
    assert_eq!(rules_of(&report, "error"), ["file-encrypted"]);
    assert_eq!(status, 1);
    // Named, the key is checked; as if found, it is not.
    let (report, _) = check(folder.path(), &["key.pem"]);
    assert!(rules_of(&report, "error").contains(&"pem-private-key".to_owned()));
    assert_eq!(check(folder.path(), &["key.pem", "--force-exclude"]).1, 3);
}

#[test]
fn the_output_is_the_same_whatever_the_number_of_threads() {
    let cases = project("tests/cases");
    let folder = tempfile::tempdir().unwrap();
    let said = |threads: &str| {
        let target = |format: &str| format!("{format}={}", folder.path().join(format).display());
        let targets = FORMATS.map(target);
        let mut arguments = vec![
            "check",
            "--no-config",
            "--at",
            NOW,
            "--threads",
            threads,
            ".",
        ];
        arguments.extend(targets.iter().flat_map(|target| ["-o", target]));
        let (_, printed, _) = run(&cases, &arguments);
        let written = FORMATS.map(|format| fs::read(folder.path().join(format)).unwrap());
        (printed, written)
    };
    let (alone, together) = (said("1"), said("7"));
    assert!(alone.0 == together.0);
    for (at, format) in FORMATS.iter().enumerate() {
        assert!(!alone.1[at].is_empty(), "{format}");
        assert!(alone.1[at] == together.1[at], "{format}");
    }
}

#[test]
fn the_report_fits_its_schema_and_its_places_are_ordered() {
    let (report, _) = check(&project("tests/cases"), &["--no-config", "."]);
    let schema = fs::read(project("schema/report.schema.json")).unwrap();
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&report)
        .map(|error| error.to_string())
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    let key = |finding: &Value| {
        let path = finding["path"].as_str().unwrap().to_owned();
        let rule = finding["rule"].as_str().unwrap().to_owned();
        (path, finding["start"]["offset"].as_u64().unwrap(), rule)
    };
    assert!(findings(&report).is_sorted_by_key(key));
    assert!(findings(&report).len() > 200);
}

#[test]
fn every_rule_explains_itself() {
    let here = project("");
    let mut ids: BTreeSet<String> = BTreeSet::new();
    for (policy, _) in chainlint::policy::BUILTINS {
        let (status, list, _) = run(&here, &["rules", "--policy", policy, "--format", "json"]);
        assert_eq!(status, 0);
        let rules: Value = serde_json::from_str(&list).unwrap();
        let rules = rules.as_array().unwrap().iter();
        ids.extend(rules.map(|rule| rule["id"].as_str().unwrap().to_owned()));
    }
    for id in &ids {
        let (status, text, _) = run(&here, &["explain", id]);
        assert_eq!(status, 0);
        for part in [
            id,
            "Source  ",
            "Severity  ",
            "Says",
            "Mend",
            "Fails  ",
            "Passes  ",
            "The check `",
            "\nAsks\n  ",
        ] {
            assert!(text.contains(part), "{id} has no {part}:\n{text}");
        }
    }
    let other = ["explain", "qwac-role-missing", "--policy", "hygiene"];
    let (status, _, said) = run(&here, &other);
    assert_eq!(status, 2);
    assert!(said.contains("it is one of `psd2-qwac`"), "{said}");
}

#[test]
fn inspect_shows_what_is_in_a_file() {
    let folder = folder(&[("a.pem", three_certificates().file_of(&[1, 3, 2]))]);
    let (status, text, _) = run(folder.path(), &["inspect", "a.pem"]);
    assert_eq!(status, 0);
    for part in [
        "class        private",
        "1 → 3 → 2 (whole, out of order)",
        "CN=acme-payments-prod",
        "RSA, 2048 bits",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    let (_, text, _) = run(folder.path(), &["inspect", "a.pem", "--format", "json"]);
    let facts: Value = serde_json::from_str(&text).unwrap();
    let schema = fs::read(project("schema/facts.schema.json")).unwrap();
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&facts));
    assert_eq!(
        facts["certificates"][0]["subject"]["organization"],
        "Acme Payments"
    );
    assert_eq!(facts["chain"]["path"], serde_json::json!([1, 3, 2]));
    assert_eq!(run(folder.path(), &["inspect", "b.pem"]).0, 2);
}

#[test]
fn policies_are_shown_checked_and_described() {
    let here = project("");
    let (status, shown, _) = run(
        &here,
        &["policy", "show", "connectpay-non-production", "--origin"],
    );
    assert_eq!(status, 0);
    assert!(
        shown.contains("# from connectpay-non-production:"),
        "{shown}"
    );
    assert!(shown.contains("# from hygiene:"));
    for kind in ["policy", "config", "report", "report-line", "facts"] {
        let (status, schema, _) = run(&here, &["policy", "schema", kind]);
        let committed = fs::read_to_string(project(&format!("schema/{kind}.schema.json"))).unwrap();
        assert_eq!((status, schema), (0, committed));
    }
    let folder = folder(&[(
        "p.yaml",
        b"version: 1\nname: p\nextends: hygiene\nrules:\n  cert-expird: off\n  pem-format: eror\n"
            .to_vec(),
    )]);
    let (status, out, said) = run(folder.path(), &["policy", "check", "p.yaml"]);
    assert_eq!((status, out.as_str()), (2, ""));
    for part in ["p.yaml:5:3", "cert-expired", "p.yaml:6:15", "error"] {
        assert!(said.contains(part), "{part}:\n{said}");
    }
}

#[test]
fn hostile_names_steer_no_terminal() {
    let name = crate::support::name::Name::new("a\u{1b}[31m\u{202e}b\u{7}", "Acme Payments");
    let file = own_chain().leaf(|leaf| leaf.named(name).days(10)).file();
    let folder = folder(&[("a.pem", file)]);
    for arguments in [
        &["check", "--at", NOW, "a.pem"][..],
        &["check", "--at", NOW, "--format", "json", "a.pem"],
        &["check", "--at", NOW, "--format", "concise", "a.pem"],
        &["inspect", "a.pem"],
        &["inspect", "--format", "json", "a.pem"],
    ] {
        let (_, out, said) = run(folder.path(), arguments);
        let text = out + &said;
        assert!(
            !text.contains(['\u{1b}', '\u{202e}', '\u{7}']),
            "{arguments:?}: {text:?}"
        );
        assert!(
            text.contains("\\u{1b}") || text.contains("\\\\u{1b}"),
            "{arguments:?}: {text}"
        );
    }
}

#[test]
fn colours_follow_the_flag_and_the_environment() {
    let folder = folder(&[("a.pem", own_chain().file_of(&[1]))]);
    let colored = |variable: Option<&str>, flag: &str| {
        let mut command = chainlint(folder.path());
        if let Some(variable) = variable {
            command.env(variable, "1");
        }
        let output = command
            .args(["check", "--color", flag, "--at", NOW, "a.pem"])
            .output()
            .unwrap();
        output.stdout.contains(&0x1B)
    };
    assert!(colored(None, "always") && !colored(None, "never") && !colored(None, "auto"));
    assert!(colored(Some("FORCE_COLOR"), "auto") && colored(Some("NO_COLOR"), "always"));
    assert!(!colored(Some("NO_COLOR"), "auto"));
    let off = chainlint(folder.path())
        .env("FORCE_COLOR", "0")
        .args(["check", "--at", NOW, "a.pem"])
        .output()
        .unwrap();
    assert!(!off.stdout.contains(&0x1B));
    // Help and mistakes in the arguments follow them too.
    let usage = |variable: &str, arguments: &[&str]| {
        let output = chainlint(folder.path())
            .env(variable, "1")
            .args(arguments)
            .output()
            .unwrap();
        output.stdout.contains(&0x1B) || output.stderr.contains(&0x1B)
    };
    for arguments in [&["--help"][..], &["check", "--hlep"], &["chekc"]] {
        let with = |flag: &'static str| [&[flag], arguments].concat();
        assert!(usage("FORCE_COLOR", arguments) && !usage("NO_COLOR", arguments));
        assert!(usage("NO_COLOR", &with("--color=always")));
        assert!(!usage("FORCE_COLOR", &with("--color=never")));
    }
    assert!(!usage("FORCE_COLOR", &["chekc", "--color", "never"]));
}

#[test]
fn the_config_maps_files_to_policies() {
    let config = "version: 1\nvars: { company: Globex }\nfiles:\n  - match: ['certs/**']\n    policy: hygiene\n    environment: test\n  - match: ['certs/prod/**']\n    policy: connectpay-production\nexclude: ['certs/old']\nfail_on: warning\n";
    let folder = folder(&[
        ("chainlint.yaml", config.into()),
        ("certs/a.pem", own_chain().file()),
        ("certs/old/b.pem", own_chain().file()),
        ("certs/prod/c.pem", own_chain().file()),
    ]);
    let (report, status) = check(&folder.path().join("certs"), &["."]);
    let files = report["files"].as_array().unwrap();
    assert_eq!(files.len(), 2, "{files:?}");
    assert_eq!(files[0]["policy"], "hygiene");
    assert_eq!(files[1]["policy"], "connectpay-production");
    assert_eq!(files[1]["environment"], "test");
    assert_eq!(
        rules_of(&report, "error"),
        ["company-name-leaf", "company-name-root"]
    );
    assert_eq!(status, 1);
    let (report, _) = check(&folder.path().join("certs"), &["--no-config", "."]);
    assert_eq!(report["files"].as_array().unwrap().len(), 3);
    let (report, status) = check(
        folder.path(),
        &["--var", "company=Acme", "certs/prod/c.pem"],
    );
    assert_eq!((findings(&report).len(), status), (0, 0));
}

#[test]
fn a_strangers_root_is_one_mistake_and_not_three() {
    let stranger = crate::support::certificate::Recipe::ca(
        crate::support::name::Name::new("Globex Root CA", "Globex"),
        crate::cases::draft::other_key(),
    );
    let mut certificates = own_chain().certificates();
    certificates.push(stranger.self_signed());
    let folder = folder(&[(
        "a.pem",
        crate::support::pem::chain(&certificates).into_bytes(),
    )]);
    let (report, _) = check(folder.path(), &["a.pem"]);
    assert_eq!(rules_of(&report, "error"), ["chain-unrelated-certificate"]);
    assert_eq!(findings(&report).len(), 1);
}

#[test]
fn a_certificate_on_one_long_line_is_shown_through_a_window() {
    let style = crate::support::pem::Style {
        width: 0,
        line_break: "\n",
        indent: "",
    };
    let certificates = own_chain().leaf(|leaf| leaf.days(364)).certificates();
    let folder = folder(&[("a.pem", style.certificates(&certificates).into_bytes())]);
    let (status, out, _) = run(folder.path(), &["check", "--at", NOW, "a.pem"]);
    assert_eq!(status, 1);
    assert!(out.contains("valid for 364 days"), "{out}");
    let longest = out.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(longest <= 120, "{longest}\n{out}");
    // The window is where the mistake is: the characters of 2026 in UTCTime stand in it.
    let underlined = out
        .lines()
        .find(|line| line.contains('─') && line.contains('·'))
        .unwrap();
    assert!(
        underlined.chars().filter(|c| *c == '─').count() > 20,
        "{out}"
    );
}

#[test]
fn two_policies_are_told_apart_by_what_they_accept() {
    let child = "version: 1\nname: child\nextends: connectpay-production\nrules:\n  company-placeholder: off\n  \
                 leaf-client-auth: warning\n  leaf-validity-range:\n    check: { validity-period: { min_days: 300, \
                 max_days: 825 } }\n  own-rule:\n    severity: error\n    on: leaf\n    check: { version: { allowed: [3] } }\n    \
                 message: no\n";
    let folder = folder(&[("child.yaml", child.as_bytes().to_vec())]);
    let diff = ["policy", "diff", "connectpay-production", "child.yaml"];
    let (status, out, _) = run(folder.path(), &diff);
    assert_eq!(status, 1);
    assert_eq!(
        out.lines().collect::<Vec<_>>(),
        [
            "leaf-validity-range  max_days  1095 → 825: connectpay-production accepts 826 to 1095, child does not",
            "leaf-validity-range  min_days  365 → 300: child accepts 300 to 364, connectpay-production does not",
            "leaf-client-auth  severity  error → warning: child says warning where connectpay-production says error",
            "company-placeholder  rule  warning → off: child accepts what breaks it, connectpay-production does not",
            "own-rule  rule  off → error: connectpay-production accepts what breaks it, child does not",
        ]
    );
    let same = ["policy", "diff", "hygiene", "hygiene", "--format", "json"];
    assert_eq!(
        run(folder.path(), &same),
        (0, "[]\n".to_owned(), String::new())
    );
    let wrong = ["policy", "diff", "hygiene", "hygien"];
    assert_eq!(run(folder.path(), &wrong).0, 2);
}
