//! The copy of a file that diagnostics may see (design promise 5).
//!
//! Everything is overwritten, and then given back piece by piece: what is certainly a certificate, the
//! lines that open and close blocks, and short text. What is not known to be harmless stays hidden.

use data_encoding::BASE64;

use super::{Block, Document, FaultKind, container};
use crate::span::{DerSpan, Span};

/// What stands for a hidden byte.
const HIDDEN: u8 = b'*';
/// A longer line of text is not text, in bytes.
const LONGEST_LINE: usize = 200;
/// A longer run of base64 or hexadecimal characters may be a key, in characters.
const LONGEST_RUN: usize = 15;
/// The longest label given back, in bytes (RFC 7468 names none over 25).
const LONGEST_LABEL: usize = 40;

/// The file's bytes with everything overwritten that might be secret, same length, same lines.
#[must_use]
pub fn mask(bytes: &[u8], document: &Document) -> String {
    let mut copy: Vec<u8> = bytes
        .iter()
        .map(|byte| {
            if matches!(byte, b'\n' | b'\r') {
                *byte
            } else {
                HIDDEN
            }
        })
        .collect();
    for block in &document.blocks {
        show_boundary(bytes, &mut copy, block.begin);
        if let Some(end) = block.end {
            show_boundary(bytes, &mut copy, end);
        }
        if block.label.is_certificate() {
            show_certificate(bytes, &mut copy, document, block);
        }
    }
    // What follows a block that breaks off may be the rest of a key.
    let safe_from = |text: &Span| {
        let before = document
            .blocks
            .iter()
            .rfind(|block| block.span.start < text.start);
        before.is_none_or(|block| block.end.is_some())
    };
    for text in document.texts.iter().filter(|text| safe_from(text)) {
        show_text(bytes, &mut copy, *text);
    }
    let mut clean = String::with_capacity(copy.len());
    for chunk in copy.utf8_chunks() {
        clean.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|_| clean.push('?'));
    }
    clean
}

fn show(bytes: &[u8], copy: &mut [u8], span: Span) {
    let range = span.start..span.end;
    if let (Some(from), Some(to)) = (bytes.get(range.clone()), copy.get_mut(range)) {
        to.copy_from_slice(from);
    }
}

/// A boundary with a plain label; of any other, nothing.
fn show_boundary(bytes: &[u8], copy: &mut [u8], span: Span) {
    let line = bytes.get(span.start..span.end).unwrap_or_default();
    let plain = line.iter().all(|byte| {
        byte.is_ascii_uppercase()
            || byte.is_ascii_digit()
            || matches!(byte, b'-' | b' ' | b'#' | b'.')
    });
    let short = line.len() <= LONGEST_LABEL.saturating_add(20);
    let runs = line
        .split(|byte| matches!(byte, b' ' | b'-'))
        .all(|word| word.len() <= LONGEST_RUN);
    if plain && short && runs {
        show(bytes, copy, span);
    }
}

fn show_certificate(bytes: &[u8], copy: &mut [u8], document: &Document, block: &Block) {
    let Some(content) = &block.content else {
        return show_damaged(bytes, copy, document, block);
    };
    if !container::is_certificate(&content.der) {
        return;
    }
    // What follows the certificate inside its block is no part of it.
    let length = container::first_value(&content.der)
        .unwrap_or(0)
        .min(content.der.len());
    let characters = content.locate(DerSpan::new(0, length));
    show(bytes, copy, characters);
    // The characters stand in runs; what lies between two of them is white space, but for headers.
    let body = Span::new(block.begin.end, characters.start);
    let padding = content.locate(DerSpan::new(content.der.len(), content.der.len()));
    if length == content.der.len() {
        let end = block.end.map_or(padding.end, |end| end.start);
        let rest = bytes.get(characters.end..end).unwrap_or_default();
        let equals = rest.iter().take_while(|byte| **byte == b'=').count();
        show(
            bytes,
            copy,
            Span::new(characters.end, characters.end.saturating_add(equals)),
        );
    }
    let blank = bytes.get(body.start..body.end).unwrap_or_default();
    if blank.iter().all(u8::is_ascii_whitespace) {
        show(bytes, copy, body);
    }
}

/// Of a certificate whose base64 is at fault, what stands before the fault, and the fault itself.
fn show_damaged(bytes: &[u8], copy: &mut [u8], document: &Document, block: &Block) {
    let fault = document.faults.iter().find(|fault| {
        matches!(fault.kind, FaultKind::NotBase64(_) | FaultKind::BadPadding)
            && block.span.start <= fault.span.start
            && fault.span.end <= block.span.end
    });
    let Some(fault) = fault.filter(|_| block.end.is_some()) else {
        return;
    };
    let body = Span::new(block.begin.end, fault.span.start);
    let characters: Vec<u8> = bytes
        .get(body.start..body.end)
        .unwrap_or_default()
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let whole = characters.len().saturating_sub(characters.len() % 4);
    let decoded = BASE64
        .decode(characters.get(..whole).unwrap_or_default())
        .unwrap_or_default();
    if container::is_certificate(&decoded) {
        show(bytes, copy, body);
        show(
            bytes,
            copy,
            Span::new(
                fault.span.start,
                fault.span.end.min(fault.span.start.saturating_add(4)),
            ),
        );
    }
}

/// Text line by line, without anything that could be key material.
fn show_text(bytes: &[u8], copy: &mut [u8], text: Span) {
    let mut start = text.start;
    while start < text.end {
        let rest = bytes.get(start..text.end).unwrap_or_default();
        let length = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line = rest.get(..length).unwrap_or_default();
        if is_prose(line) {
            show(bytes, copy, Span::new(start, start.saturating_add(length)));
            hide_runs(line, start, copy);
        }
        start = start.saturating_add(length).saturating_add(1);
    }
}

/// Whether a line has words: not one run of key characters, nor a dump of octets.
fn is_prose(line: &[u8]) -> bool {
    let words: Vec<&[u8]> = line
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .collect();
    let one_run = words.len() == 1 && words.iter().all(|word| word.iter().all(|b| is_key(*b)));
    let is_octets = |word: &&[u8]| {
        word.len() <= 8
            && word
                .iter()
                .all(|byte| byte.is_ascii_hexdigit() || *byte == b':')
    };
    let dump = words.len() >= 4 && words.iter().filter(|word| is_octets(word)).count() >= 4;
    line.len() <= LONGEST_LINE && !one_run && !dump
}

fn hide_runs(line: &[u8], start: usize, copy: &mut [u8]) {
    let mut at = start;
    for run in line.chunk_by(|left, right| is_key(*left) == is_key(*right)) {
        let end = at.saturating_add(run.len());
        if run.len() > LONGEST_RUN
            && run.first().is_some_and(|byte| is_key(*byte))
            && let Some(hidden) = copy.get_mut(at..end)
        {
            hidden.fill(HIDDEN);
        }
        at = end;
    }
}

/// Whether a byte can belong to base64, base64url or hexadecimal octets.
fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b':' | b'-')
}
