//! Every finding points: the characters underlined are those that encode the field (design promise 4).

use std::fs;

use chainlint::chain::{self, Chain, Session};
use chainlint::pem::{self, Limits};
use chainlint::trust::Anchors;
use chainlint::x509::{Certificate, Field};
use data_encoding::BASE64;
use proptest::prelude::*;

use crate::cases::draft::{own_chain, three_certificates};
use crate::support::pem::Style;
use crate::support::program::{check, findings};
use crate::support::{NOW, files_below, instant, project};

fn read(bytes: &[u8], session: &Session) -> Chain {
    chain::build(
        pem::scan(bytes, Limits::default()),
        session,
        &Anchors::embedded(),
        instant(NOW),
    )
}

/// The bytes that a range of the file encodes, if it holds base64 characters `first..` of a block.
fn decoded(text: &[u8], first: usize) -> Vec<u8> {
    let kept = text
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace());
    // Zero bits stand for what precedes the range and for what follows it.
    let mut characters: Vec<u8> = vec![b'A'; first % 4];
    characters.extend(kept.map(|byte| if byte == b'=' { b'A' } else { byte }));
    while !characters.len().is_multiple_of(4) {
        characters.push(b'A');
    }
    BASE64.decode(&characters).unwrap()
}

/// Holds every field of every certificate of a file against the characters that its place underlines.
fn hold(bytes: &[u8], chain: &Chain) -> usize {
    let mut held = 0;
    for member in &chain.members {
        for field in Field::ALL {
            let span = member.certificate.span_of(field);
            let place = chain.locate(member.block, span);
            let first = span.start * 4 / 3;
            let seen = decoded(&bytes[place.start..place.end], first);
            let wanted = span.of(&member.certificate.der);
            assert!(!wanted.is_empty(), "{field:?}");
            let found = seen.windows(wanted.len()).any(|window| window == wanted);
            assert!(found, "certificate {}: {}", member.index, field.as_str());
            held += 1;
        }
    }
    held
}

#[test]
fn the_characters_of_every_field_of_every_case_decode_to_its_bytes() {
    let session = Session::default();
    let mut held = 0;
    for path in files_below(&project("tests/cases")) {
        if path.extension().is_some_and(|end| end == "pem") {
            let bytes = fs::read(project("tests/cases").join(path)).unwrap();
            held += hold(&bytes, &read(&bytes, &session));
        }
    }
    assert!(held > 10_000, "{held}");
}

#[test]
fn so_they_do_whatever_the_line_width_the_line_breaks_and_the_indentation() {
    let session = Session::default();
    let certificates = three_certificates().certificates();
    for width in [0, 1, 3, 4, 13, 64, 65, 76, 1000] {
        for line_break in ["\n", "\r\n", "\r\r\n"] {
            for indent in ["", " ", "\t  "] {
                let style = Style {
                    width,
                    line_break,
                    indent,
                };
                let text = style.certificates(&certificates);
                let chain = read(text.as_bytes(), &session);
                let faults = if indent.is_empty() { 0 } else { 3 };
                assert_eq!(chain.document.faults.len(), faults);
                assert_eq!(hold(text.as_bytes(), &chain), 3 * Field::ALL.len());
            }
        }
    }
}

/// Where the first finding of a rule starts and ends in a file: lines and columns.
fn place(content: &[u8], rule: &str) -> [u64; 4] {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("chain.pem"), content).unwrap();
    let (report, _) = check(
        folder.path(),
        &["--no-config", "--select", rule, "chain.pem"],
    );
    let found = &findings(&report)[0];
    [
        ("start", "line"),
        ("start", "column"),
        ("end", "line"),
        ("end", "column"),
    ]
    .map(|(end, what)| found[end][what].as_u64().unwrap())
}

#[test]
fn lines_are_counted_as_editors_and_git_count_them() {
    let chain = String::from_utf8(own_chain().file()).unwrap();
    // A carriage return ends no line, whatever stands around it.
    let returns = chain.replace('\n', "\r");
    assert_eq!(place(returns.as_bytes(), "pem-format"), [1, 28, 1, 29]);
    let expired = own_chain().leaf(|leaf| leaf.days(10)).file();
    let expired = String::from_utf8(expired).unwrap();
    let [line, column, ..] = place(expired.as_bytes(), "cert-expired");
    for before in ["a\rb\r\rc\r", "a\r\r\n"] {
        let text = format!("{before}\n{expired}");
        let feeds = before.matches('\n').count() as u64 + 1;
        let found = place(text.as_bytes(), "cert-expired");
        assert_eq!(found[..2], [line + feeds, column], "{before:?}");
    }
}

#[test]
fn columns_count_the_characters_of_the_file() {
    let chain = String::from_utf8(own_chain().file()).unwrap();
    let third = chain.match_indices('\n').nth(1).unwrap().0 + 1;
    for character in ["é", "\u{85}", "€", "\u{202e}", "🔑", "\u{e0041}"] {
        let mut text = chain.clone();
        text.insert_str(third, character);
        assert_eq!(
            place(text.as_bytes(), "pem-format"),
            [3, 1, 3, 2],
            "{character:?}"
        );
        let mut text = chain.clone();
        text.insert_str(third, &format!("#{character}"));
        // What follows a foreign character is masked, and what stands before a boundary is text.
        let text = format!("{character}{character}-----BEGIN CERTIFICATE-----\n{text}");
        assert_eq!(
            place(text.as_bytes(), "pem-format")[..2],
            [1, 1],
            "{character:?}"
        );
        let begin = format!("X{character}{character}{character}-----END CERTIFICATE-----\n{chain}");
        assert_eq!(
            place(begin.as_bytes(), "pem-format"),
            [1, 1, 1, 5],
            "{character:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is changed in a certificate, reading it ends in a certificate or an error, whose places
    /// lie inside.
    #[test]
    fn a_damaged_certificate_never_stops_the_program(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let mut der = three_certificates().certificates().swap_remove(1);
        for (at, value) in changes {
            let at = at.index(der.len());
            der[at] = value;
        }
        if let Some(cut) = cut {
            der.truncate(cut.index(der.len()));
        }
        match Certificate::parse(&der) {
            Ok(certificate) => {
                for field in Field::ALL {
                    prop_assert!(certificate.span_of(field).end <= der.len());
                }
                for problem in &certificate.problems {
                    prop_assert!(problem.span.end <= der.len());
                }
                let _ = certificate.weaknesses();
            }
            Err(error) => prop_assert!(error.span.end <= der.len()),
        }
    }
}
