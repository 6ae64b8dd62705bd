//! Files with several mistakes at once, in every mixture.

use std::fs;

use super::{pkcs7, run, stranger};
use crate::cases::draft::own_chain;
use crate::support::pem::{OPENSSL, Style};
use crate::support::project;

/// What may be wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mistake {
    Order,
    Repetition,
    Stranger,
    Text,
    Label,
    Width,
    LineBreaks,
    LastLineBreak,
    ByteOrderMark,
    Utf16,
}

const MISTAKES: [Mistake; 10] = [
    Mistake::Order,
    Mistake::Repetition,
    Mistake::Stranger,
    Mistake::Text,
    Mistake::Label,
    Mistake::Width,
    Mistake::LineBreaks,
    Mistake::LastLineBreak,
    Mistake::ByteOrderMark,
    Mistake::Utf16,
];

/// The certificates of a chain with these mistakes.
fn certificates(mistakes: &[Mistake], foreign: &[u8]) -> Vec<Vec<u8>> {
    let has = |mistake| mistakes.contains(&mistake);
    let mut certificates = own_chain().certificates();
    if has(Mistake::Order) {
        certificates.reverse();
    }
    if has(Mistake::Repetition) {
        certificates.push(certificates[0].clone());
    }
    if has(Mistake::Stranger) {
        certificates.insert(1, foreign.to_owned());
    }
    certificates
}

/// A file with these mistakes.
fn file(mistakes: &[Mistake], foreign: &[u8]) -> Vec<u8> {
    let has = |mistake| mistakes.contains(&mistake);
    let width = if has(Mistake::Width) { 76 } else { 64 };
    let style = Style { width, ..OPENSSL };
    let mut text = style.certificates(&certificates(mistakes, foreign));
    if has(Mistake::Label) {
        text = text.replacen(" CERTIFICATE", " X509 CERTIFICATE", 2);
    }
    if has(Mistake::Text) {
        text = text.replacen("-----BEGIN", "# one of the chain\n-----BEGIN", 2);
    }
    if has(Mistake::LineBreaks) {
        text = text.replacen('\n', "\r\n", 3);
    }
    if has(Mistake::LastLineBreak) {
        text.truncate(text.trim_end().len());
    }
    if has(Mistake::ByteOrderMark) {
        text.insert(0, '\u{feff}');
    }
    if has(Mistake::Utf16) {
        return utf16(&text);
    }
    text.into_bytes()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn any_mixture_of_mistakes_becomes_the_same_file_and_stays_so() {
    let folder = tempfile::tempdir().unwrap();
    let uniform = project("examples/policies/uniform-layout.yaml");
    let arguments = ["--fix", "--policy", uniform.to_str().unwrap(), "."];
    let foreign = stranger();
    let mut count = 0;
    for mixture in 0..1_usize << MISTAKES.len() {
        let chosen = MISTAKES.iter().enumerate();
        let chosen = chosen.filter(|(at, _)| mixture & (1 << at) != 0);
        let mistakes: Vec<Mistake> = chosen.map(|(_, mistake)| *mistake).collect();
        let mut put = |form: &str, content: &[u8]| {
            let name = format!("{form}-{mixture}.pem");
            fs::write(folder.path().join(name), content).unwrap();
            count += 1;
        };
        put("pem", &file(&mistakes, &foreign));
        // A container has nothing but its certificates.
        if mixture < 8 {
            let all = certificates(&mistakes, &foreign);
            put("der", &all.concat());
            put("pkcs7", &pkcs7(&all));
            let block = OPENSSL.block("PKCS7", &pkcs7(&all));
            put("block", block.as_bytes());
            put("block-in-utf16", &utf16(&block));
        }
    }
    let right = own_chain().file();
    let (status, out, said) = run(folder.path(), &arguments);
    assert_eq!((status, out.as_str()), (0, ""), "{said}");
    let closing = format!(
        "{} files mended; no findings; {count} files checked\n",
        count - 1
    );
    assert!(said.ends_with(&closing), "{said}");
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        assert!(fs::read(&path).unwrap() == right, "{path:?}");
    }
    let (_, _, again) = run(folder.path(), &arguments);
    assert!(!again.contains("mended"), "{again}");
}
