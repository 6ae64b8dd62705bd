use proptest::prelude::*;

use super::*;
use crate::pem::samples::{block, certificate, keys, noise, wrap};
use crate::pem::{Limits, scan};

fn masked(bytes: &[u8]) -> String {
    let out = mask(bytes, &scan(bytes, Limits::default()));
    assert_eq!(out.len(), bytes.len());
    out
}

/// Asserts that no 16 characters in a row of the key's base64 are left, however lines are cut.
fn assert_hidden(text: &str, key: &[u8]) {
    let out = masked(text.as_bytes());
    let solid: String = out.split_whitespace().collect();
    let characters = data_encoding::BASE64.encode(key);
    // The identifier of an algorithm may stand in both.
    let public = data_encoding::BASE64.encode(&certificate());
    for window in characters.as_bytes().windows(16) {
        let window = std::str::from_utf8(window).expect("base64");
        if public.contains(window) {
            continue;
        }
        assert!(!solid.contains(window), "{window} is left in\n{out}");
    }
}

fn good() -> String {
    block("CERTIFICATE", &certificate())
}

#[test]
fn a_clean_file_is_shown_as_it_is() {
    let text = format!("Certificate:\r\n    Data:\n{}\n# root\n{}", good(), good());
    assert_eq!(masked(text.as_bytes()), text);
}

#[test]
fn line_breaks_stay_and_a_carriage_return_alone_is_none() {
    assert_eq!(masked(b"\x01\n\x01\r\r\n\x01\r\x01\r"), "*\n*\r\r\n* * ");
}

#[test]
fn as_many_characters_are_covered_as_there_are() {
    let text = "-----BEGIN FOO-----\né\u{85}\u{2014}\u{1F511}a\n-----END FOO-----\n";
    let out = masked(text.as_bytes());
    assert_eq!(out.chars().count(), text.chars().count());
    assert!(out.contains("\n××∗\u{1F7B0}*\n"), "{out}");
    // In what is no text, a byte is a character.
    assert_eq!(masked(b"\xC3\xA9\xFF"), "***");
}

#[test]
fn keys_are_hidden_in_blocks_of_any_label() {
    for (_, key) in keys() {
        for label in [
            "PRIVATE KEY",
            "CERTIFICATE",
            "X509 CERTIFICATE",
            "TRUSTED CERTIFICATE",
            "PUBLIC KEY",
            "FOO",
            "",
        ] {
            assert_hidden(&format!("{}{}{}", good(), block(label, &key), good()), &key);
        }
    }
}

#[test]
fn keys_are_hidden_wherever_they_stand() {
    for (_, key) in keys() {
        let lines = wrap(&key, 64, "", "\n");
        let short = wrap(&key, 8, "", "\n");
        let indented = wrap(&key, 48, "    ", "\r\n");
        let long = wrap(&key, usize::MAX, "", "");
        let url = data_encoding::BASE64URL_NOPAD.encode(&key);
        let groups = wrap(&key, 4, "", " ");
        let texts = [
            format!("{lines}{}", good()),
            format!("{}{lines}", good()),
            format!("{0}{short}{0}", good()),
            format!("{0}{indented}{0}", good()),
            format!("{0}note {long} note\n{0}", good()),
            format!("{0}{groups}\n{0}", good()),
            format!("{{\"kty\":\"RSA\",\"d\":\"{url}\"}}\n{}", good()),
            format!("-----BEGIN PRIVATE KEY-----\n{lines}"),
            format!("-----BEGIN PRIVATE KEY-----\n{lines}\n{}", good()),
            format!(
                "-----BEGIN PRIVATE KEY-----{long}-----END PRIVATE KEY-----\n{}",
                good()
            ),
            format!("-----BEGIN PRIVATE KEY {long}\n{}", good()),
            format!("----BEGIN RSA PRIVATE KEY----\n{lines}----END RSA PRIVATE KEY----\n"),
            format!("*****BEGIN RSA PRIVATE KEY*****\n{lines}{}", good()),
            format!("-----begin private key-----\n{lines}-----end private key-----\n"),
            format!("{lines}-----END PRIVATE KEY-----\n{}", good()),
            format!("-----BEGIN CERTIFICATE-----\n{lines}"),
            format!("-----BEGIN {long}-----\n{lines}-----END {long}-----\n"),
            format!("-----BEGIN CERTIFICATE {long}-----\n-----END {long}-----\n"),
            format!("-----BEGIN CERTIFICATE-----\nX-Key: {long}\n\n{}", good()),
            good().replacen('\n', &format!("\nX-Key: {long}\n\n"), 1),
            good().replace("-----END", &format!("{lines}-----END")),
            good().replacen("-----\n", &format!("-----\n{lines}"), 1),
            good().replace("-----END", &format!("#\n{lines}-----END")),
            format!("-----BEGIN FOO-----\n-----END FOO-----\n{lines}"),
            format!("\u{feff}{lines}"),
            lines.replace('\n', "\r"),
        ];
        for text in texts {
            assert_hidden(&text, &key);
        }
    }
}

#[test]
fn a_key_behind_a_whole_certificate_in_its_block_is_hidden() {
    for (_, key) in keys() {
        let both = [certificate(), key.clone()].concat();
        let text = block("CERTIFICATE", &both);
        assert_hidden(&text, &key);
        let shown = masked(text.as_bytes());
        let first = good();
        let start: String = first.lines().take(2).collect::<Vec<_>>().join("\n");
        assert!(shown.starts_with(&start), "{shown}");
    }
}

#[test]
fn a_key_in_the_middle_of_a_certificate_is_hidden() {
    for (_, key) in keys().into_iter().filter(|(name, _)| *name != "encrypted") {
        let mut der = certificate();
        der.splice(192..192, key.clone());
        assert_hidden(&block("CERTIFICATE", &der), &key);
        let text = block("CERTIFICATE", &der).replace("-----END", "#\n-----END");
        assert_hidden(&text, &key);
    }
}

#[test]
fn hex_dumps_and_binary_keys_are_hidden() {
    let key = noise(9, 64);
    let pairs: Vec<String> = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let lines: Vec<String> = pairs.chunks(15).map(|line| line.join(":")).collect();
    let dump = format!(
        "    {}
",
        lines.join(
            ":
    "
        )
    );
    let text = format!("RSA Private-Key: (2048 bit)\nprime1:\n{dump}{}", good());
    let out = masked(text.as_bytes());
    assert!(
        pairs.windows(2).all(|two| !out.contains(&two.join(":"))),
        "{out}"
    );
    assert!(out.starts_with("RSA Private-Key: (2048 bit)"));
    for (_, key) in keys() {
        assert!(
            masked(&key)
                .chars()
                .all(|each| matches!(each, '*' | '\n' | '\r' | ' ' | '\t'))
        );
    }
}

#[test]
fn a_certificate_with_a_foreign_character_is_shown_up_to_it() {
    let mut text = good();
    text.replace_range(300..301, "#");
    let out = masked(text.as_bytes());
    assert_eq!(out.get(..300), text.get(..300));
    let rest = out
        .get(300..)
        .expect("rest")
        .replace("-----END CERTIFICATE-----", "");
    assert!(
        rest.chars().all(|each| each == '*' || each == '\n'),
        "{rest}"
    );
}

#[test]
fn what_follows_an_unterminated_begin_is_hidden_up_to_the_next_certificate() {
    let text = format!(
        "-----BEGIN PRIVATE KEY-----\nhunter two\n-----BEGIN FOO-----\nAAAA\n-----END FOO-----\nhunter three\n{}four\n",
        good()
    );
    let out = masked(text.as_bytes());
    assert!(!out.contains("hunter"), "{out}");
    assert!(out.ends_with(&format!("{}four\n", good())));
}

#[test]
fn a_label_that_is_no_text_is_hidden() {
    let out = masked(b"-----BEGIN \xFFabc-----\n");
    assert_eq!(out, "-----BEGIN ****-----\n");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_bytes_keep_their_length_and_lines(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
        let out = masked(&bytes);
        let feeds = |bytes: &[u8]| memchr::memchr_iter(b'\n', bytes).collect::<Vec<_>>();
        prop_assert_eq!(feeds(out.as_bytes()), feeds(&bytes));
    }

    #[test]
    fn a_planted_key_is_hidden_whatever_is_damaged_around_it(
        which in 0_usize..4,
        width in 16_usize..80,
        place in any::<prop::sample::Index>(),
        label in prop::sample::select(vec!["PRIVATE KEY", "CERTIFICATE", "FOO", "EC PRIVATE KEY"]),
        boundaries in (any::<bool>(), any::<bool>()),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
    ) {
        let (_, key) = keys().remove(which);
        let (begin, end) = boundaries;
        let body = wrap(&key, width, "", "\n");
        let begin = if begin { format!("-----BEGIN {label}-----\n") } else { String::new() };
        let end = if end { format!("-----END {label}-----\n") } else { String::new() };
        let planted = format!("{begin}{body}{end}");
        let mut around: Vec<String> = format!("note\n{0}\n{0}", good()).lines().map(String::from).collect();
        for cut in cuts {
            around.remove(cut.index(around.len()));
        }
        // Between blocks or outside of them: inside of a certificate the layout decides.
        let free: Vec<usize> = (0..=around.len())
            .filter(|at| around.get(at.wrapping_sub(1)).is_none_or(|line| line.is_empty() || line.starts_with("-----END")))
            .collect();
        let at = free[place.index(free.len())];
        around.insert(at, planted);
        assert_hidden(&around.join("\n"), &key);
    }
}
