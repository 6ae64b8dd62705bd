//! No byte of a private key leaves the program, wherever in a file it stands.

use std::fs;

use data_encoding::{BASE64, HEXLOWER};

use crate::cases::draft::{leaf_key, own_chain};
use crate::support::pem;
use crate::support::program::chainlint;

/// No run of so many characters of the key may be seen.
const WINDOW: usize = 16;

fn places(key: &[u8]) -> Vec<(&'static str, String)> {
    let chain = String::from_utf8(own_chain().file()).unwrap();
    let (first, second) = chain.split_at(chain.find("-----END CERTIFICATE-----\n").unwrap() + 26);
    let line = BASE64.encode(key);
    let block = |label: &str| pem::OPENSSL.block(label, key);
    let unterminated = block("PRIVATE KEY").replace("-----END PRIVATE KEY-----\n", "");
    let wrapped: String = block("X")
        .lines()
        .filter(|line| !line.starts_with('-'))
        .map(|line| format!("{line}\n"))
        .collect();
    let hex = HEXLOWER.encode(key);
    let dump: String = hex
        .as_bytes()
        .chunks(30)
        .map(|row| {
            let pairs: Vec<&str> = row
                .chunks(2)
                .map(|pair| std::str::from_utf8(pair).unwrap())
                .collect();
            format!("    {}:\n", pairs.join(":"))
        })
        .collect();
    vec![
        ("before", block("PRIVATE KEY") + &chain),
        (
            "between",
            format!("{first}{}{second}", block("RSA PRIVATE KEY")),
        ),
        ("after", chain.clone() + &block("ENCRYPTED PRIVATE KEY")),
        ("unterminated before", unterminated.clone() + &chain),
        ("unterminated after", chain.clone() + &unterminated),
        (
            "labelled as a certificate",
            chain.clone() + &block("CERTIFICATE"),
        ),
        (
            "in a label",
            format!(
                "-----BEGIN CERTIFICATE {line}-----\nAAAA\n-----END CERTIFICATE {line}-----\n{chain}"
            ),
        ),
        (
            "in the label's END",
            first.replace(
                "-----END CERTIFICATE",
                &format!("-----END {line} CERTIFICATE"),
            ) + second,
        ),
        (
            "inside a certificate block",
            first.replacen(
                "-----BEGIN CERTIFICATE-----\n",
                &format!("-----BEGIN CERTIFICATE-----\n{wrapped}"),
                1,
            ) + second,
        ),
        (
            "behind a certificate in its block",
            first.replace("-----END", &format!("{wrapped}-----END")) + second,
        ),
        (
            "one long line",
            format!("{chain}-----BEGIN PRIVATE KEY-----{line}-----END PRIVATE KEY-----\n"),
        ),
        ("without header lines", format!("{wrapped}{chain}")),
        ("without header lines, one line", format!("{chain}{line}\n")),
        (
            "as JSON",
            format!("{chain}{{\"kty\":\"RSA\",\"d\":\"{line}\"}}\n"),
        ),
        (
            "as a dump",
            format!("{chain}Private-Key: (2048 bit)\nmodulus:\n{dump}"),
        ),
        ("as hexadecimal", format!("{chain}{hex}\n")),
        ("alone", block("PRIVATE KEY")),
        ("glued", chain.trim_end().to_owned() + &block("PRIVATE KEY")),
    ]
}

#[test]
fn no_byte_of_a_private_key_is_printed_in_any_form() {
    let key = leaf_key().private_pkcs8();
    // The public half stands in the certificate, and may be seen there; what follows it may not.
    let (base64, hex) = (BASE64.encode(&key), HEXLOWER.encode(&key));
    let public = HEXLOWER.encode(&leaf_key().spki());
    let folder = tempfile::tempdir().unwrap();
    for (place, content) in places(&key) {
        fs::write(folder.path().join("chain.pem"), &content).unwrap();
        let public_part = {
            let chain = String::from_utf8(own_chain().file()).unwrap();
            chain.replace('\n', "")
        };
        for arguments in [
            &["check", "--format", "full", "-v"][..],
            &["check", "--format", "concise"],
            &["check", "--format", "json"],
            &[
                "check", "--policy", "hygiene", "--strict", "--color", "always",
            ],
            &["inspect"],
            &["inspect", "--format", "json"],
        ] {
            let mut command = chainlint(folder.path());
            let output = command.args(arguments).arg("chain.pem").output().unwrap();
            let said = [output.stdout, output.stderr].concat();
            let said: String = String::from_utf8_lossy(&said)
                .chars()
                .filter(|c| !c.is_whitespace())
                .collect();
            for window in base64.as_bytes().windows(WINDOW) {
                let window = std::str::from_utf8(window).unwrap();
                let seen = said.contains(window) && !public_part.contains(window);
                assert!(!seen, "{place}, {arguments:?}: {window}");
            }
            for window in hex.as_bytes().windows(WINDOW * 2) {
                let window = std::str::from_utf8(window).unwrap();
                let seen = said.contains(window) && !public.contains(window);
                assert!(!seen, "{place}, {arguments:?}: {window}");
            }
        }
    }
}

#[test]
fn a_private_key_beside_a_chain_is_an_error_wherever_a_block_says_so() {
    let key = leaf_key().private_pkcs8();
    let folder = tempfile::tempdir().unwrap();
    let told = [
        "before",
        "between",
        "after",
        "unterminated before",
        "unterminated after",
        "one long line",
        "alone",
        "glued",
    ];
    for (place, content) in places(&key)
        .iter()
        .filter(|(place, _)| told.contains(place))
    {
        fs::write(folder.path().join("chain.pem"), content).unwrap();
        let (report, status) = crate::support::program::check(folder.path(), &["chain.pem"]);
        let errors = crate::support::program::rules_of(&report, "error");
        assert!(
            errors.iter().any(|rule| rule == "pem-private-key"),
            "{place}: {errors:?}"
        );
        assert_eq!(status, 1);
    }
}
