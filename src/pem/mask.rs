//! The copy of a file that diagnostics may see (design promise 5).
//!
//! Starts from a copy in which every byte but the line breaks is overwritten, and puts back what
//! is known to be harmless. What nobody thought of stays overwritten.

use super::boundary::{self, bare_end, without_mark};
use super::label::is_plain;
use super::line::{BASE64, DASH, Lines, OTHER, SPACE, class, classes, pieces, slice};
use super::offsets::{characters_before, characters_through};
use super::shape::{Walk, key_start, walk};
use super::{Block, Content, Document, FaultKind, text};
use crate::source::{as_long_as, clean_same_length};
use crate::span::{DerSpan, Span};

/// What an overwritten character looks like, by its length in bytes.
const COVER: [char; 4] = ['*', '×', '∗', '\u{1F7B0}'];

/// The file's bytes with everything overwritten that might be secret: same length, same lines, and as
/// many characters. A CR that ends no line becomes a space.
///
/// Kept are boundaries with plain labels, the base64 of what is laid out like a certificate, and
/// explanatory text as far as no word of it can be key material.
#[must_use]
pub fn mask(bytes: &[u8], document: &Document) -> String {
    let mut copy = Copy::covered(bytes);
    for block in &document.blocks {
        if block.label.is_certificate() {
            copy.keep_certificate(block, document);
        }
    }
    copy.keep_boundaries();
    for lines in lines_of_text(bytes, document) {
        for kept in text::harmless(bytes, &lines) {
            copy.keep(kept);
        }
    }
    String::from_utf8(copy.out).unwrap_or_else(|error| clean_same_length(error.as_bytes()))
}

/// The lines of text outside of blocks, blank ones left out, in one list for each gap between blocks; not those
/// that may be the rest of a broken block.
pub(super) fn lines_of_text(bytes: &[u8], document: &Document) -> Vec<Vec<Span>> {
    let hidden = hidden(document);
    let mut gaps: Vec<Vec<Span>> = Vec::new();
    let mut gap = None;
    for text in &document.texts {
        let after = hidden.partition_point(|span| span.start <= text.start);
        let before = after.checked_sub(1).and_then(|at| hidden.get(at));
        if before.is_some_and(|span| text.start < span.end) {
            continue;
        }
        let blocks = document
            .blocks
            .partition_point(|block| block.span.start <= text.start);
        let lines = Lines::new(bytes, text.start)
            .take_while(|line| line.start < text.end)
            .map(|line| Span::new(line.start, line.end.min(text.end)));
        if gap.replace(blocks) == Some(blocks)
            && let Some(last) = gaps.last_mut()
        {
            last.extend(lines);
        } else {
            gaps.push(lines.collect());
        }
    }
    gaps
}

/// From each BEGIN without an END to the next BEGIN of a certificate: what stands there may be the
/// rest of the broken block.
fn hidden(document: &Document) -> Vec<Span> {
    let mut certificates = document
        .blocks
        .iter()
        .filter(|block| block.label.is_certificate())
        .map(|block| block.begin.start)
        .peekable();
    let mut hidden: Vec<Span> = Vec::new();
    for fault in &document.faults {
        if fault.kind != FaultKind::UnterminatedBlock && fault.kind != FaultKind::TooManyBlocks {
            continue;
        }
        while certificates
            .next_if(|start| *start <= fault.span.start)
            .is_some()
        {}
        let end = certificates.peek().copied().unwrap_or(document.len);
        hidden.push(Span::new(fault.span.start, end));
    }
    hidden
}

struct Copy<'a> {
    bytes: &'a [u8],
    out: Vec<u8>,
}

impl<'a> Copy<'a> {
    fn covered(bytes: &'a [u8]) -> Self {
        // Where bytes are no text, each is a character: how they would pair up tells of what they are.
        let out = match std::str::from_utf8(bytes) {
            Ok(text) if !text.is_ascii() => {
                let covers = text.chars().map(|character| as_long_as(character, COVER));
                covers.collect::<String>().into_bytes()
            }
            Ok(_) | Err(_) => vec![b'*'; bytes.len()],
        };
        let mut copy = Self { bytes, out };
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            let rest = bytes.get(at..).unwrap_or_default();
            let ends_line = rest.iter().find(|byte| **byte != b'\r') == Some(&b'\n');
            if let Some(byte) = copy.out.get_mut(at) {
                *byte = match rest.first() {
                    Some(b'\n') => b'\n',
                    Some(_) | None if ends_line => b'\r',
                    Some(_) | None => b' ',
                };
            }
        }
        for line in Lines::new(bytes, 0) {
            // An indented block stays indented.
            let indent = slice(bytes, line)
                .iter()
                .take_while(|byte| matches!(**byte, b' ' | b'\t'));
            copy.keep(Span::new(
                line.start,
                line.start.saturating_add(indent.count()),
            ));
        }
        copy
    }

    /// Puts back what stands in a span, but for CRs.
    fn keep(&mut self, span: Span) {
        let target = self.out.get_mut(span.start..span.end);
        for (kept, original) in target
            .unwrap_or_default()
            .iter_mut()
            .zip(slice(self.bytes, span))
        {
            if *original != b'\r' {
                *kept = *original;
            }
        }
    }

    fn keep_certificate(&mut self, block: &Block, document: &Document) {
        if let Some(content) = &block.content {
            self.keep_content(content, block.span.end);
            return;
        }
        let first = document
            .faults
            .partition_point(|fault| fault.span.start < block.begin.start);
        let faults = document.faults.get(first..).unwrap_or_default();
        let within = faults
            .iter()
            .take_while(|fault| fault.span.start < block.span.end);
        let mut start = block.begin.end;
        for fault in within {
            match fault.kind {
                FaultKind::UnterminatedBlock => return,
                FaultKind::Headers => start = start.max(fault.span.end),
                FaultKind::NotBase64(_) | FaultKind::BadPadding => {
                    self.keep_prefix(Span::new(start, fault.span.start));
                    return;
                }
                FaultKind::GluedBoundaries
                | FaultKind::StrayEnd
                | FaultKind::LabelMismatch
                | FaultKind::MalformedBoundary
                | FaultKind::EmptyBlock
                | FaultKind::TrustedCertificateLabel
                | FaultKind::X509CertificateLabel
                | FaultKind::Pkcs7Block
                | FaultKind::CertificateRequestBlock
                | FaultKind::CrlBlock
                | FaultKind::PublicKeyBlock
                | FaultKind::ParametersBlock
                | FaultKind::UnknownBlock
                | FaultKind::IndentedBoundary
                | FaultKind::CarriageReturns
                | FaultKind::BlankLine
                | FaultKind::ByteOrderMark
                | FaultKind::Utf16
                | FaultKind::Der
                | FaultKind::Pkcs7
                | FaultKind::Pkcs12
                | FaultKind::JavaKeyStore
                | FaultKind::EmptyFile
                | FaultKind::NoPem
                | FaultKind::TooManyBlocks => {}
            }
        }
    }

    /// Of a block that decodes: the certificate, without what is appended to it.
    fn keep_content(&mut self, content: &Content, block_end: usize) {
        let end = match walk(&content.der) {
            Walk::Complete(end) => end,
            Walk::Ended(whole) | Walk::Broken(whole) => whole,
        };
        let end = key_start(&content.der).map_or(end, |key| end.min(key));
        if end == 0 {
            return;
        }
        let mut shown = content.locate(DerSpan::new(0, end));
        let behind = slice(self.bytes, Span::new(shown.end, block_end));
        let padding = |byte: &&u8| matches!(**byte, b'=' | b' ' | b'\t' | b'\r' | b'\n');
        let padding = behind.iter().take_while(padding).count();
        shown.end = shown.end.saturating_add(padding);
        self.keep(shown);
    }

    /// Of a block that does not decode: the characters before the fault, as far as they are laid
    /// out like a certificate.
    fn keep_prefix(&mut self, span: Span) {
        let characters: Vec<(usize, u8)> = slice(self.bytes, span)
            .iter()
            .enumerate()
            .filter(|(_, byte)| class(**byte) == BASE64)
            .map(|(at, byte)| (span.start.saturating_add(at), *byte))
            .collect();
        let whole = characters.len().saturating_sub(characters.len() % 4);
        let text: Vec<u8> = characters
            .iter()
            .take(whole)
            .map(|(_, byte)| *byte)
            .collect();
        let Ok(der) = data_encoding::BASE64.decode(&text) else {
            return;
        };
        let count = match walk(&der) {
            Walk::Ended(_) => characters.len(),
            Walk::Complete(end) | Walk::Broken(end) => characters_through(end),
        };
        let count = key_start(&der).map_or(count, |key| count.min(characters_before(key)));
        let last = count.checked_sub(1).and_then(|last| characters.get(last));
        if let (Some((first, _)), Some((last, _))) = (characters.first(), last) {
            self.keep(Span::new(*first, last.saturating_add(1)));
        }
    }

    /// Boundaries with plain labels may be seen wherever they stand.
    fn keep_boundaries(&mut self) {
        let bytes = self.bytes;
        for line in Lines::new(bytes, 0).flat_map(|line| pieces(bytes, line)) {
            let seen = classes(slice(self.bytes, line));
            if seen & (DASH | OTHER | SPACE) == 0 {
                continue;
            }
            let (line, mark) = without_mark(self.bytes, line);
            self.keep(mark.unwrap_or_default());
            let bare = bare_end(self.bytes, line);
            for boundary in boundary::find(self.bytes, line).into_iter().chain(bare) {
                if boundary.label_text(self.bytes).is_some_and(is_plain) {
                    self.keep(boundary.span);
                } else {
                    self.keep(Span::new(boundary.span.start, boundary.label.start));
                    self.keep(Span::new(boundary.label.end, boundary.span.end));
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "mask_tests.rs"]
mod tests;
