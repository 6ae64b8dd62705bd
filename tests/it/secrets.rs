//! No output shows a private key, wherever in a file it stands.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use data_encoding::{BASE64, HEXLOWER};

use crate::cases::draft::{Draft, own_chain};
use crate::support::keys;
use crate::support::pem::{OPENSSL, Style};
use crate::support::program::{FORMATS, chainlint, check, rules_of};

/// So many characters of a key in a row are a leak.
const WINDOW: usize = 16;

/// The key that is planted; no certificate has it.
fn secret() -> Vec<u8> {
    keys::rsa(2048, "secret").private_pkcs8()
}

/// What of the key nobody may see: its base64 at all three alignments and its hexadecimal digits, from
/// behind the algorithm on, which every key and certificate has in common.
fn windows(key: &[u8]) -> BTreeSet<Vec<u8>> {
    let forms = [
        BASE64.encode(key),
        BASE64.encode(&key[1..]),
        BASE64.encode(&key[2..]),
        HEXLOWER.encode(key),
    ];
    forms
        .iter()
        .flat_map(|form| form.as_bytes()[80..].windows(WINDOW).map(<[u8]>::to_vec))
        .collect()
}

/// The first leak in an output, as it stands and with separators left out.
fn leak(output: &[u8], secret: &BTreeSet<Vec<u8>>) -> Option<String> {
    let text = String::from_utf8_lossy(output);
    let joined: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let lower = joined.to_lowercase();
    // Without what stands before it on each line.
    let column: String = text
        .lines()
        .filter_map(|line| line.split([' ', ':', '>']).next_back())
        .collect();
    let found = [text.as_ref(), &joined, &lower, &column]
        .into_iter()
        .find_map(|text| {
            let mut windows = text.as_bytes().windows(WINDOW);
            windows
                .find(|window| secret.contains(*window))
                .map(<[u8]>::to_vec)
        });
    found.map(|window| String::from_utf8_lossy(&window).into_owned())
}

/// Files with the key in every position that came to mind.
fn files(key: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let draft: Draft = own_chain();
    let certificates = draft.certificates();
    let leaf = OPENSSL.block("CERTIFICATE", &certificates[0]);
    let root = OPENSSL.block("CERTIFICATE", &certificates[1]);
    let block = OPENSSL.block("PRIVATE KEY", key);
    let base64 = BASE64.encode(key);
    let hex = HEXLOWER.encode(key);
    let encrypted = OPENSSL.block("ENCRYPTED PRIVATE KEY", key);
    let dump: String = key
        .chunks(15)
        .map(|row| {
            let pairs: Vec<String> = row.iter().map(|octet| format!("{octet:02x}")).collect();
            format!("    {}:\n", pairs.join(":"))
        })
        .collect();
    let body: String = block
        .lines()
        .filter(|line| !line.starts_with('-'))
        .map(|line| format!("{line}\n"))
        .collect();
    let unterminated = format!("-----BEGIN PRIVATE KEY-----\n{body}");
    let one_line = Style {
        width: 0,
        ..OPENSSL
    }
    .block("PRIVATE KEY", key);
    let crlf = Style {
        line_break: "\r\n",
        ..OPENSSL
    }
    .block("PRIVATE KEY", key);
    let indented = Style {
        indent: "    ",
        ..OPENSSL
    }
    .block("PRIVATE KEY", key);
    let carriage_returns = block.replace('\n', "\r");
    let middle = leaf.len() / 2;
    let (head, tail) = leaf.split_at(middle);
    let text = [
        ("before", format!("{block}{leaf}{root}")),
        ("between", format!("{leaf}{block}{root}")),
        ("after", format!("{leaf}{root}{block}")),
        ("alone", block.clone()),
        ("encrypted", format!("{encrypted}{leaf}{root}")),
        (
            "dump",
            format!("{leaf}{root}Private-Key: (2048 bit)\nmodulus:\n{dump}"),
        ),
        ("unterminated", format!("{leaf}{root}{unterminated}")),
        ("unterminated first", format!("{unterminated}{leaf}{root}")),
        (
            "begin missing",
            format!("{body}-----END PRIVATE KEY-----\n{leaf}{root}"),
        ),
        (
            "labelled certificate",
            format!("{}{leaf}{root}", OPENSSL.block("CERTIFICATE", key)),
        ),
        (
            "labelled certificate, alone",
            OPENSSL.block("CERTIFICATE", key),
        ),
        (
            "labelled certificate, damaged",
            format!(
                "{}{leaf}{root}",
                OPENSSL.block("CERTIFICATE", key).replacen('M', "!", 1)
            ),
        ),
        (
            "labelled certificate, unterminated",
            format!("{leaf}-----BEGIN CERTIFICATE-----\n{body}"),
        ),
        (
            "labelled public key",
            format!("{}{leaf}{root}", OPENSSL.block("PUBLIC KEY", key)),
        ),
        (
            "labelled request",
            format!("{}{leaf}{root}", OPENSSL.block("CERTIFICATE REQUEST", key)),
        ),
        (
            "labelled unknown",
            format!("{}{leaf}{root}", OPENSSL.block("ACME TICKET", key)),
        ),
        (
            "trusted certificate",
            format!("{}{leaf}{root}", OPENSSL.block("TRUSTED CERTIFICATE", key)),
        ),
        (
            "in a label",
            format!("-----BEGIN {base64}-----\n{leaf}{root}"),
        ),
        (
            "in a certificate's label",
            format!("-----BEGIN CERTIFICATE {base64}-----\n{leaf}{root}"),
        ),
        (
            "in an end label",
            format!("{leaf}-----END {base64}-----\n{root}"),
        ),
        (
            "inside a certificate block",
            format!("{head}\n{body}{tail}{root}"),
        ),
        (
            "block inside a certificate block",
            format!("{head}\n{block}{tail}{root}"),
        ),
        (
            "behind a certificate's base64",
            leaf.replace("-----END", &format!("{body}-----END")),
        ),
        (
            "in a header",
            leaf.replacen('\n', &format!("\nX-Key: {base64}\n\n"), 1) + &root,
        ),
        ("one long line", format!("{one_line}{leaf}{root}")),
        ("crlf", format!("{crlf}{leaf}{root}")),
        (
            "carriage returns alone",
            format!("{carriage_returns}{leaf}{root}"),
        ),
        ("indented", format!("{indented}{leaf}{root}")),
        ("no header", format!("{body}{leaf}{root}")),
        ("no header, alone", body.clone()),
        ("no header, one line", format!("{base64}\n{leaf}{root}")),
        (
            "in a line of text",
            format!("the key is {base64} and here is the chain\n{leaf}{root}"),
        ),
        ("hexadecimal", format!("{hex}\n{leaf}{root}")),
        ("hexadecimal in text", format!("key: {hex}\n{leaf}{root}")),
        (
            "in json",
            format!(
                "{{\"key\": \"{}\"}}\n{leaf}{root}",
                block.replace('\n', "\\n")
            ),
        ),
        (
            "four dashes",
            format!(
                "{}{leaf}{root}",
                block.replacen("-----BEGIN", "----BEGIN", 1)
            ),
        ),
        ("glued", format!("{}{block}{root}", leaf.trim_end())),
        (
            "glued behind the key",
            format!("{}{leaf}{root}", block.trim_end()),
        ),
        (
            "lower case",
            format!(
                "{}{leaf}{root}",
                block.replace("PRIVATE KEY", "private key")
            ),
        ),
        (
            "before a byte that is no text",
            format!("{block}\u{0}{leaf}{root}"),
        ),
    ];
    let utf_16 = format!("\u{FEFF}{block}{leaf}{root}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    // Octets behind a certificate in its own block.
    let behind = OPENSSL.block(
        "CERTIFICATE",
        &[certificates[0].clone(), key.to_vec()].concat(),
    );
    text.into_iter()
        .map(|(name, text)| (name, text.into_bytes()))
        .chain([
            ("utf-16", utf_16),
            ("der", key.to_vec()),
            ("der, pkcs#1", keys::rsa(2048, "secret").private_pkcs1()),
            (
                "behind a certificate in its der",
                [behind.as_bytes(), root.as_bytes()].concat(),
            ),
        ])
        .collect()
}

/// Files with the key cut into short lines, with something before each.
fn cut(key: &[u8]) -> Vec<(String, Vec<u8>)> {
    let chain = String::from_utf8(own_chain().file()).unwrap();
    let (base64, hex) = (BASE64.encode(key), HEXLOWER.encode(key));
    let mut files = Vec::new();
    for width in [1, 2, 4, 8, 10, 11, 12, 16, 32] {
        for (at, before) in ["", "# ", "L: ", "line ", "the key, next part: "]
            .iter()
            .enumerate()
        {
            for (form, text) in [("base64", &base64), ("hex", &hex)] {
                for end in ["\n", "\n\n"] {
                    let lines = text.as_bytes().chunks(width);
                    let lines: String = lines
                        .map(|line| format!("{before}{}{end}", String::from_utf8_lossy(line)))
                        .collect();
                    let name = format!("{form} {width} {at} {}", end.len());
                    files.push((name, format!("{lines}{chain}").into_bytes()));
                }
            }
        }
    }
    files
}

/// Everything that a run shows.
fn shown(folder: &Path, arguments: &[&str], input: Option<&[u8]>) -> Vec<u8> {
    let mut command = chainlint(folder);
    command.args(arguments);
    if let Some(input) = input {
        command.write_stdin(input);
    }
    let output = command.output().unwrap();
    let status = output.status.code();
    assert!(
        matches!(status, Some(0..=3)),
        "{arguments:?} ended with {status:?}"
    );
    [output.stdout, output.stderr].concat()
}

#[test]
fn no_output_shows_a_private_key_wherever_it_stands() {
    let key = secret();
    let secret = windows(&key);
    let folder = tempfile::tempdir().unwrap();
    let mut leaks = Vec::new();
    let mut look = |what: String, output: Vec<u8>| {
        leaks.extend(leak(&output, &secret).map(|found| format!("{what}: {found}")));
    };
    let files = files(&key);
    let name = |place: &str| format!("{place}.pem");
    for (place, content) in &files {
        fs::write(folder.path().join(name(place)), content).unwrap();
        let stdin = ["check", "--no-config", "-"];
        look(
            format!("{place}, check -"),
            shown(folder.path(), &stdin, Some(content)),
        );
        for format in ["text", "json"] {
            let inspect = ["inspect", "--format", format, &name(place)];
            look(
                format!("{place}, inspect {format}"),
                shown(folder.path(), &inspect, None),
            );
        }
    }
    // All files are named, so that none is passed over, and told in every form at once.
    let names: Vec<String> = files.iter().map(|(place, _)| name(place)).collect();
    let targets = FORMATS.map(|format| format!("{format}=report.{format}"));
    let mut check = vec!["check", "--no-config", "-v"];
    check.extend(names.iter().map(String::as_str));
    check.extend(targets.iter().flat_map(|target| ["-o", target]));
    look("check".to_owned(), shown(folder.path(), &check, None));
    for format in FORMATS {
        let written = fs::read(folder.path().join(format!("report.{format}"))).unwrap();
        let text = String::from_utf8_lossy(&written);
        assert!(text.contains("dump"), "{format} tells of no file");
        look(format!("check {format}"), written);
    }
    assert!(leaks.is_empty(), "leaks:\n{}", leaks.join("\n"));
}

#[test]
fn no_difference_shows_a_key_and_no_mend_drops_one() {
    let key = secret();
    let secret = windows(&key);
    let folder = tempfile::tempdir().unwrap();
    let root = own_chain().file_of(&[2]);
    let mut files: Vec<(String, Vec<u8>)> = files(&key)
        .into_iter()
        .map(|(name, content)| (name.to_owned(), content))
        .collect();
    files.extend(cut(&key));
    let path = |name: &str| folder.path().join(format!("{name}.pem"));
    for (name, content) in &mut files {
        // So that there is something to mend.
        if std::str::from_utf8(content).is_ok() {
            content.extend_from_slice(&root);
        }
        fs::write(path(name), content).unwrap();
    }
    let check = ["check", "--no-config", "--policy", "hygiene"];
    let plain = shown(folder.path(), &[&check[..], &["-v", "."]].concat(), None);
    assert_eq!(leak(&plain, &secret), None);
    for more in [
        &["--diff"][..],
        &[
            "--diff",
            "--fix=all",
            "--ignore",
            "pem-stray-text,chain-order",
        ],
        &["--fix=all"],
    ] {
        let output = shown(folder.path(), &[&check[..], more, &["."]].concat(), None);
        assert_eq!(leak(&output, &secret), None, "{more:?}");
        let text = String::from_utf8_lossy(&output);
        assert!(text.contains("left "), "{text}");
    }
    for (name, content) in &files {
        let after = fs::read(path(name)).unwrap();
        // Text that may be secret stays, whatever is mended beside it.
        let kept = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            text.matches(char::is_alphanumeric).count()
        };
        let dropped = kept(content) - kept(&after);
        let repetition = kept(&root);
        assert!(
            dropped == 0 || dropped == repetition,
            "{name}: {dropped} characters are gone"
        );
    }
}

#[test]
fn a_key_taken_for_a_policy_or_a_config_is_not_shown() {
    let key = secret();
    let secret = windows(&key);
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::write(folder.path().join("chain.pem"), own_chain().file()).unwrap();
    write(
        "child.yaml",
        "version: 1\nname: child\nextends: ./key.yaml\n",
    );
    write(
        "config.yaml",
        "version: 1\nwaiver_files: [key.yaml]\ntrust_anchors: [key.yaml]\n",
    );
    let base64 = BASE64.encode(&key);
    let block = OPENSSL.block("PRIVATE KEY", &key);
    let lines = block.lines().filter(|line| !line.starts_with('-'));
    let bare: Vec<&str> = lines.collect();
    let texts = [
        block.clone(),
        bare.join("\n"),
        format!("{{\"kty\":\"RSA\",\"d\":\"{base64}\"}}"),
        OPENSSL.block("EC PRIVATE KEY", &key),
        block.replace(
            "KEY-----\n",
            "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: A,0: [\n\n",
        ),
        format!("kind: Secret\ndata: {{ tls.key: {base64} }}\n"),
        format!(
            "version: 1\nname: [\nkey: |\n  {}",
            block.replace('\n', "\n  ")
        ),
        format!("<Key>{base64}</Key>"),
    ];
    let check = |arguments: &[&str]| {
        let output = shown(folder.path(), arguments, None);
        assert_eq!(leak(&output, &secret), None, "{arguments:?}");
    };
    let mut names: Vec<String> = Vec::new();
    for text in &texts {
        names.push(format!("{}.yaml", names.len()));
        write(names.last().unwrap(), text);
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    check(&[&["policy", "check"], names.as_slice()].concat());
    check(&[&["test"], names.as_slice()].concat());
    check(&[&["trust", "import"], names.as_slice()].concat());
    for text in &texts[..3] {
        write("key.yaml", text);
        for arguments in [
            ["check", "--no-config", "--policy", "key.yaml", "chain.pem"],
            [
                "check",
                "--no-config",
                "--policy",
                "child.yaml",
                "chain.pem",
            ],
            [
                "check",
                "--no-progress",
                "--config",
                "key.yaml",
                "chain.pem",
            ],
            [
                "check",
                "--no-progress",
                "--config",
                "config.yaml",
                "chain.pem",
            ],
            ["policy", "diff", "key.yaml", "hygiene", "--color=never"],
            ["trust", "list", "--color", "never", "key.yaml"],
        ] {
            check(&arguments);
        }
    }
}

#[test]
fn a_leak_would_be_seen() {
    let key = secret();
    let secret = windows(&key);
    let block = OPENSSL.block("PRIVATE KEY", &key);
    assert!(leak(block.as_bytes(), &secret).is_some());
    let digits: Vec<String> = key.iter().map(|octet| format!("{octet:02X}")).collect();
    assert!(leak(digits.join(":").as_bytes(), &secret).is_some());
    assert_eq!(leak(&own_chain().file(), &secret), None);
}

#[test]
fn a_private_key_beside_a_chain_is_an_error_wherever_a_block_says_so() {
    let key = secret();
    let folder = tempfile::tempdir().unwrap();
    let told = [
        "before",
        "between",
        "after",
        "unterminated",
        "unterminated first",
        "one long line",
        "alone",
        "glued",
        "crlf",
        "indented",
        "encrypted",
        "der",
        "der, pkcs#1",
    ];
    for (place, content) in files(&key).iter().filter(|(place, _)| told.contains(place)) {
        fs::write(folder.path().join("chain.pem"), content).unwrap();
        let (report, status) = check(folder.path(), &["chain.pem"]);
        let errors = rules_of(&report, "error");
        assert!(
            errors.iter().any(|rule| rule == "pem-private-key"),
            "{place}: {errors:?}"
        );
        assert_eq!(status, 1);
    }
}

#[test]
fn a_key_in_a_config_a_policy_or_in_the_place_of_a_list_is_not_quoted() {
    let key = crate::support::keys::rsa(2048, "secret").private_pkcs8();
    let key = crate::support::pem::OPENSSL.block("PRIVATE KEY", &key);
    let lines: Vec<&str> = key.lines().filter(|line| !line.starts_with('-')).collect();
    let block = |indent: &str| -> String {
        key.lines()
            .map(|line| format!("{indent}{line}\n"))
            .collect()
    };
    let policy = format!(
        "version: 1\nname: own\nextends: hygiene\nvars:\n  v:\n    type: string\n    default: |\n{}rules:\n  chain-order:\n    help: |\n{}",
        block("      "),
        block("      "),
    );
    let folder = crate::support::program::folder(&[
        ("a.pem", crate::cases::draft::own_chain().file_of(&[2, 1])),
        ("key.pem", key.clone().into_bytes()),
        ("own.yaml", policy.into_bytes()),
        (
            "anchors.yaml",
            format!("version: 1\ntrust_anchors:\n  - |\n{}", block("    ")).into_bytes(),
        ),
        (
            "extends.yaml",
            format!("version: 1\nname: b\nextends: |\n{}", block("  ")).into_bytes(),
        ),
        (
            "vars.yaml",
            format!("version: 1\nvars:\n  company: |\n{}", block("    ")).into_bytes(),
        ),
    ]);
    for arguments in [
        &["check", "--files-from", "key.pem"][..],
        &["check", "--config", "anchors.yaml", "a.pem"],
        &[
            "check",
            "--config",
            "vars.yaml",
            "--format",
            "json",
            "a.pem",
        ],
        &[
            "check", "--policy", "own.yaml", "--format", "sarif", "a.pem",
        ],
        &["check", "--policy", "extends.yaml", "a.pem"],
        &["policy", "check", "extends.yaml"],
        &["policy", "show", "own.yaml"],
        &["policy", "docs", "own.yaml"],
        &["explain", "chain-order", "--policy", "own.yaml"],
    ] {
        let (_, out, said) = crate::support::program::run(folder.path(), arguments);
        for line in &lines {
            assert!(
                !out.contains(line) && !said.contains(line),
                "{arguments:?}: {out}{said}"
            );
        }
    }
}

#[test]
fn a_key_that_lost_its_boundaries_is_not_shown_beside_a_mistake() {
    let key = crate::support::keys::rsa(2048, "secret").private_pkcs8();
    let block = crate::support::pem::OPENSSL.block("PRIVATE KEY", &key);
    let lines = || block.lines().filter(|line| !line.starts_with('-'));
    let indented: String = lines().map(|line| format!("  {line}\n")).collect();
    let folder = crate::support::program::folder(&[
        (
            "a.yaml",
            format!("version: 1\ntls_key: >-\n{indented}fail_on: eror\n"),
        ),
        (
            "b.yaml",
            format!("version: 1\nname: b\nrules:\n\t- x\nkey: |\n{indented}"),
        ),
    ]);
    for arguments in [
        &["check", "--config", "a.yaml"][..],
        &["policy", "check", "b.yaml"],
    ] {
        let (status, out, said) = crate::support::program::run(folder.path(), arguments);
        assert_eq!(status, 2, "{said}");
        for line in lines() {
            assert!(!out.contains(line) && !said.contains(line), "{said}");
        }
    }
}
