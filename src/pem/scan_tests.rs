use data_encoding::BASE64;
use proptest::prelude::*;

use super::*;
use crate::pem::line::slice;
use crate::pem::samples::{block, certificate, wrap};
use crate::span::DerSpan;

fn read(text: &str) -> Document {
    scan(text.as_bytes(), Limits::default())
}

/// The faults with the text they point at.
fn faults(text: &str) -> Vec<(FaultKind, &str)> {
    let place = |span: Span| text.get(span.start..span.end).expect("on characters");
    read(text)
        .faults
        .iter()
        .map(|fault| (fault.kind, place(fault.span)))
        .collect()
}

fn labels(text: &str) -> Vec<(Label, bool)> {
    let blocks = read(text).blocks;
    blocks
        .iter()
        .map(|block| (block.label, block.content.is_some()))
        .collect()
}

const WHOLE: (Label, bool) = (Label::Certificate, true);
const BROKEN: (Label, bool) = (Label::Certificate, false);

fn good() -> String {
    block("CERTIFICATE", &certificate())
}

#[test]
fn a_clean_chain_has_blocks_and_no_fault() {
    let text = format!("{0}{0}", good());
    let document = read(&text);
    assert!(document.faults.is_empty() && document.texts.is_empty());
    assert_eq!(labels(&text), [WHOLE, WHOLE]);
    let second = document.blocks.get(1).expect("second block");
    assert_eq!(second.span, Span::new(good().len(), text.len() - 1));
    assert_eq!(second.begin.len(), "-----BEGIN CERTIFICATE-----".len());
    assert_eq!(
        second.content.as_ref().map(|content| &content.der),
        Some(&certificate())
    );
}

#[test]
fn width_indent_line_breaks_and_a_missing_last_one_do_not_matter() {
    for (width, indent, line_break) in [
        (64, "  ", "\n"),
        (1, "", "\r\n"),
        (76, "\t", "\r\r\n"),
        (99_999, "", " \n"),
        (99_999, " ", "\x0C\n"),
    ] {
        let body = wrap(&certificate(), width, indent, line_break);
        let text =
            format!("-----BEGIN CERTIFICATE-----  {line_break}{body}-----END CERTIFICATE-----");
        assert_eq!(faults(&text), [], "{width} {indent:?} {line_break:?}");
        assert_eq!(labels(&text), [WHOLE]);
    }
}

#[test]
fn a_boundary_that_does_not_begin_its_line_is_told_once_a_block() {
    let indented = good().replace("-----BEGIN", " \t-----BEGIN");
    assert_eq!(faults(&indented), [(FaultKind::IndentedBoundary, " \t")]);
    let both = indented.replace("-----END", "  -----END");
    assert_eq!(faults(&both), [(FaultKind::IndentedBoundary, " \t")]);
    let end = good().replace("-----END", "  -----END") + &good();
    assert_eq!(faults(&end), [(FaultKind::IndentedBoundary, "  ")]);
    assert_eq!(labels(&end), [WHOLE, WHOLE]);
    let key = format!(
        "  {}",
        block("PRIVATE KEY", &[0; 40]).replace("-----END", " -----END")
    );
    assert_eq!(faults(&key), []);
}

#[test]
fn carriage_returns_alone_are_told_once_a_file() {
    let all = good().replace('\n', "\r");
    for text in [
        all.clone(),
        format!("{all}{all}"),
        good().replacen('\n', "\r", 1),
        good().replace("-----END", "\r-----END"),
        format!("{}\r{}", good().trim_end(), good()),
    ] {
        assert_eq!(
            faults(&text),
            [(FaultKind::CarriageReturns, "\r")],
            "{text:?}"
        );
        assert!(labels(&text).iter().all(|label| *label == WHOLE));
    }
    // Among base64 they are white space.
    let second = good().match_indices('\n').nth(1).expect("a line").0;
    let mut inside = good();
    inside.replace_range(second..=second, "\r");
    assert_eq!(faults(&inside), []);
    let key = block("PRIVATE KEY", &[0; 40]).replace('\n', "\r");
    assert_eq!(faults(&key), []);
}

#[test]
fn a_blank_line_inside_a_block_is_told_and_pointed_at_with_its_break() {
    let mut text = good().replace('\n', "\r\n");
    let third = text.match_indices('\n').nth(2).expect("a line").0;
    text.insert_str(third + 1, " \r\n");
    assert_eq!(faults(&text), [(FaultKind::BlankLine, " \r\n")]);
    assert_eq!(labels(&text), [WHOLE]);
    let first = good().replacen('\n', "\n\n", 1);
    assert_eq!(faults(&first), []);
    let headers = good().replacen('\n', "\nProc-Type: 4\n\n", 1);
    assert_eq!(faults(&headers), [(FaultKind::Headers, "Proc-Type: 4")]);
    let key = block("PRIVATE KEY", &[0; 80]).replace('\n', "\n\n");
    assert_eq!(faults(&key), []);
}

#[test]
fn text_around_blocks_is_kept_by_runs_of_lines() {
    let text = format!("one\n two \n\nthree\n{}\nfour\n", good());
    let document = read(&text);
    let texts: Vec<&str> = document
        .texts
        .iter()
        .map(|span| text.get(span.start..span.end).expect("text"))
        .collect();
    assert_eq!(texts, ["one\n two", "three", "four"]);
    assert!(document.faults.is_empty());
}

#[test]
fn glued_boundaries_yield_both_blocks() {
    let text = format!("{}{}", good().trim_end(), good());
    assert_eq!(faults(&text), [(FaultKind::GluedBoundaries, "----------")]);
    assert_eq!(labels(&text), [WHOLE, WHOLE]);
    let spaced = format!("{} {}", good().trim_end(), good());
    assert_eq!(
        faults(&spaced),
        [(FaultKind::GluedBoundaries, "----- -----")]
    );
    let short = text.replace("----------", "-----");
    assert_eq!(faults(&short), [(FaultKind::GluedBoundaries, "-----")]);
    assert_eq!(labels(&short), [WHOLE, WHOLE]);
}

#[test]
fn an_unterminated_block_does_not_hide_the_next() {
    let cut = good().replace("-----END CERTIFICATE-----\n", "");
    let begin = "-----BEGIN CERTIFICATE-----";
    assert_eq!(
        faults(&format!("{cut}{}", good())),
        [(FaultKind::UnterminatedBlock, begin)]
    );
    assert_eq!(labels(&format!("{cut}{}", good())), [WHOLE, WHOLE]);
    let half = cut.get(..200).expect("half").to_owned() + "\n";
    let text = format!("{half}subject=CN=next\n\n{}", good());
    assert_eq!(faults(&text), [(FaultKind::UnterminatedBlock, begin)]);
    assert_eq!(labels(&text), [BROKEN, WHOLE]);
    let document = read(&text);
    let first = document.blocks.first().expect("first block");
    assert!(slice(text.as_bytes(), first.span).ends_with(b"CN=next"));
}

#[test]
fn an_unterminated_private_key_is_a_block() {
    let text = format!("{}-----BEGIN RSA PRIVATE KEY-----\nMIIE", good());
    assert_eq!(labels(&text), [WHOLE, (Label::PrivateKey, false)]);
    let begin = "-----BEGIN RSA PRIVATE KEY-----";
    assert_eq!(faults(&text), [(FaultKind::UnterminatedBlock, begin)]);
}

#[test]
fn a_private_key_is_a_block_and_no_fault() {
    let headers = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAA AA\n";
    let text = format!("-----BEGIN RSA PRIVATE KEY-----\n{headers}-----END RSA PRIVATE KEY-----\n");
    assert_eq!(faults(&text), []);
    assert_eq!(labels(&text), [(Label::PrivateKey, false)]);
}

#[test]
fn an_end_without_begin_is_stray() {
    let text = format!("-----END CERTIFICATE-----\n{}", good());
    assert_eq!(
        faults(&text),
        [(FaultKind::StrayEnd, "-----END CERTIFICATE-----")]
    );
    assert_eq!(labels(&text), [WHOLE]);
}

#[test]
fn an_end_with_another_label_ends_the_block() {
    let text = good().replace("END CERTIFICATE", "END RSA PRIVATE KEY") + &good();
    assert_eq!(
        faults(&text),
        [(FaultKind::LabelMismatch, "RSA PRIVATE KEY")]
    );
    assert_eq!(labels(&text), [WHOLE, WHOLE]);
}

#[test]
fn a_boundary_written_wrongly_is_still_the_boundary_it_meant() {
    let table = [
        (
            "-----BEGIN CERTIFICATE-----",
            "----BEGIN CERTIFICATE-----",
            "----",
        ),
        (
            "-----BEGIN CERTIFICATE-----",
            "-----BEGIN CERTIFICATE----",
            "----",
        ),
        (
            "-----BEGIN CERTIFICATE-----",
            "------BEGIN CERTIFICATE-----",
            "------",
        ),
        (
            "-----BEGIN CERTIFICATE-----",
            "-----BEGIN CERTIFICATE",
            "-----BEGIN CERTIFICATE",
        ),
        (
            "-----BEGIN CERTIFICATE-----",
            "-----begin certificate-----",
            "-----begin certificate-----",
        ),
        (
            "-----END CERTIFICATE-----",
            "-----END CERTIFICATE----",
            "----",
        ),
        (
            "-----END CERTIFICATE-----",
            "END CERTIFICATE",
            "END CERTIFICATE",
        ),
        (
            "-----BEGIN CERTIFICATE-----",
            "note -----BEGIN CERTIFICATE-----",
            "note",
        ),
        (
            "-----END CERTIFICATE-----",
            "-----END CERTIFICATE----- # leaf",
            "# leaf",
        ),
        (
            "-----BEGIN CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----",
        ),
        (
            "\n-----END CERTIFICATE-----",
            "-----END CERTIFICATE-----",
            "-----END CERTIFICATE-----",
        ),
    ];
    for (right, wrong, pointed) in table {
        let text = good().replacen(right, wrong, 1) + &good();
        assert_eq!(
            faults(&text),
            [(FaultKind::MalformedBoundary, pointed)],
            "{wrong}"
        );
        assert_eq!(labels(&text), [WHOLE, WHOLE], "{wrong}");
    }
}

#[test]
fn a_certificate_on_one_line_is_read() {
    let text = good().replace('\n', "");
    assert_eq!(
        faults(&text),
        [(FaultKind::MalformedBoundary, "-----BEGIN CERTIFICATE-----"),]
    );
    assert_eq!(labels(&text), [WHOLE]);
}

#[test]
fn the_first_foreign_character_of_each_block_is_a_fault() {
    let mut bad = good();
    bad.replace_range(100..101, "#");
    bad.replace_range(200..201, "!");
    let text = bad.clone() + &good() + &bad;
    assert_eq!(faults(&text), [(FaultKind::NotBase64('#'), "#"); 2]);
    assert_eq!(labels(&text), [BROKEN, WHOLE, BROKEN]);
    assert_eq!(
        read(&text).faults.first().map(|fault| fault.span.start),
        Some(100)
    );
}

#[test]
fn a_block_without_content_is_empty() {
    let text = "-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n";
    assert_eq!(faults(text), [(FaultKind::EmptyBlock, text.trim_end())]);
    assert_eq!(labels(text), [BROKEN]);
}

#[test]
fn headers_in_a_certificate_block_are_a_fault_and_skipped() {
    let text = good().replacen("-----\n", "-----\nProc-Type: 4,CLEAR\nX-Note: a\n\n", 1);
    assert_eq!(
        faults(&text),
        [(FaultKind::Headers, "Proc-Type: 4,CLEAR\nX-Note: a")]
    );
    assert_eq!(labels(&text), [WHOLE]);
}

#[test]
fn blocks_that_do_not_belong_are_told_apart() {
    let table = [
        ("PKCS7", FaultKind::Pkcs7Block),
        ("CMS", FaultKind::Pkcs7Block),
        (
            "NEW CERTIFICATE REQUEST",
            FaultKind::CertificateRequestBlock,
        ),
        ("X509 CRL", FaultKind::CrlBlock),
        ("RSA PUBLIC KEY", FaultKind::PublicKeyBlock),
        ("DH PARAMETERS", FaultKind::ParametersBlock),
        ("SOMETHING", FaultKind::UnknownBlock),
    ];
    for (label, kind) in table {
        let begin = format!("-----BEGIN {label}-----");
        assert_eq!(faults(&block(label, &[1, 2])), [(kind, begin.as_str())]);
    }
    let table = [
        ("TRUSTED CERTIFICATE", FaultKind::TrustedCertificateLabel),
        ("X509 CERTIFICATE", FaultKind::X509CertificateLabel),
    ];
    for (label, kind) in table {
        let text = block(label, &certificate());
        assert_eq!(faults(&text), [(kind, label)]);
        assert!(
            read(&text)
                .blocks
                .iter()
                .all(|block| block.content.is_some())
        );
    }
}

#[test]
fn a_byte_order_mark_is_a_fault_wherever_files_were_joined() {
    let text = format!("\u{feff}{0}\u{feff}{0}", good());
    assert_eq!(faults(&text), [(FaultKind::ByteOrderMark, "\u{feff}"); 2]);
    assert_eq!(labels(&text), [WHOLE, WHOLE]);
}

#[test]
fn text_alone_is_no_pem() {
    assert_eq!(faults("\n  <html>\nfoo\n"), [(FaultKind::NoPem, "<html>")]);
    assert_eq!(faults("\u{feff}x").last(), Some(&(FaultKind::NoPem, "x")));
    assert_eq!(faults(" \n"), [(FaultKind::EmptyFile, " \n")]);
}

#[test]
fn reading_stops_at_the_limit_of_blocks() {
    let text = good().repeat(3);
    let at = |blocks| scan(text.as_bytes(), Limits { blocks });
    assert!(at(3).faults.is_empty());
    let cut = at(2);
    assert_eq!(cut.blocks.len(), 2);
    let begin = Span::new(2 * good().len(), 2 * good().len() + 27);
    let kind = FaultKind::TooManyBlocks;
    assert_eq!(cut.faults, [Fault { kind, span: begin }]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Design promise 4: the located characters, filled up to whole groups, decode to the bytes.
    #[test]
    fn located_characters_carry_the_bytes(
        der in prop::collection::vec(any::<u8>(), 1..300),
        width in 1_usize..100,
        indent in "[ \t]{0,5}",
        ending in "[ \t]{0,2}",
        line_break in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        outer in "[ \t]{0,2}",
        range in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
    ) {
        let line_break = format!("{ending}{line_break}");
        let body = wrap(&der, width, &indent, &line_break);
        let text = format!(
            "text{line_break}{outer}-----BEGIN CERTIFICATE-----{line_break}{body}{outer}-----END CERTIFICATE-----{line_break}"
        );
        let document = read(&text);
        let expected = match (line_break.ends_with('\n'), outer.is_empty()) {
            (true, true) => None,
            (true, false) => Some(FaultKind::IndentedBoundary),
            (false, _) => Some(FaultKind::CarriageReturns),
        };
        let kinds = document.faults.iter().map(|fault| fault.kind);
        prop_assert_eq!(kinds.collect::<Vec<_>>(), expected.into_iter().collect::<Vec<_>>());
        let content = document.blocks[0].content.as_ref().expect("content");
        prop_assert_eq!(&content.der, &der);

        let (one, two) = (range.0.index(der.len()), range.1.index(der.len() + 1));
        let (start, end) = (one.min(two), one.max(two));
        let place = content.locate(DerSpan::new(start, end));
        let underlined = text.get(place.start..place.end).expect("on characters");
        prop_assert_eq!(underlined.trim(), underlined);
        let located: String = underlined.split_whitespace().collect();
        if start == end {
            prop_assert_eq!(located.len(), 1);
        } else {
            // Characters before the first of their group, and after the last, count as zero bits.
            let missing = (start * 4 / 3) % 4;
            let mut group = "A".repeat(missing) + &located;
            while !group.len().is_multiple_of(4) {
                group.push('A');
            }
            let bytes = BASE64.decode(group.as_bytes()).expect("whole groups");
            let skipped = start - (start * 4 / 3 - missing) / 4 * 3;
            prop_assert_eq!(&bytes[skipped..skipped + end - start], &der[start..end]);
        }
    }

    #[test]
    fn no_bytes_make_the_scanner_fail(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        check_document(&bytes);
    }

    #[test]
    fn no_damage_makes_the_scanner_fail(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..4), 1..20),
    ) {
        let text = format!("note\n{0}{1}{0}", good(), block("EC PRIVATE KEY", &[1; 40]));
        let mut bytes = text.into_bytes();
        for (place, byte, action) in changes {
            let at = place.index(bytes.len());
            match action {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => { bytes.remove(at); }
                _ => bytes.insert(at, b"-\n\r=: "[usize::from(byte) % 6]),
            }
        }
        check_document(&bytes);
    }
}

/// What holds for any document.
fn check_document(bytes: &[u8]) {
    let document = scan(bytes, Limits::default());
    assert_eq!(document.len, bytes.len());
    assert!(document.faults.is_sorted_by_key(|fault| fault.span));
    assert!(document.blocks.is_sorted_by_key(|block| block.span));
    let spans = document.faults.iter().map(|fault| fault.span);
    let spans = spans.chain(document.blocks.iter().map(|block| block.span));
    for span in spans.chain(document.texts.iter().copied()) {
        assert!(
            span.start <= span.end && span.end <= bytes.len(),
            "{span:?}"
        );
    }
    let masked = crate::pem::mask(bytes, &document);
    assert_eq!(masked.len(), bytes.len());
}
