//! Writing a chain file: blocks in a given order, with or without the text around them.

use data_encoding::BASE64;

use super::{Mend, Wish};
use crate::pem::{self, Block, Document, FaultKind, Label};
use crate::span::Span;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A certificate as a PEM block.
#[must_use]
pub fn certificate(der: &[u8], line_break: &[u8]) -> Vec<u8> {
    let base64 = BASE64.encode(der);
    let mut out = Vec::with_capacity(base64.len().saturating_mul(2));
    let mut line = |text: &[u8]| {
        out.extend_from_slice(text);
        out.extend_from_slice(line_break);
    };
    line(b"-----BEGIN CERTIFICATE-----");
    for chunk in base64.as_bytes().chunks(pem::WIDTH) {
        line(chunk);
    }
    line(b"-----END CERTIFICATE-----");
    out
}

/// The file with these of its blocks in this sequence.
pub(super) fn write(bytes: &[u8], document: &Document, kept: &[usize], wish: Wish<'_>) -> Vec<u8> {
    let writer = Writer {
        bytes,
        document,
        wish,
        line_break: pem::line_break(bytes),
        carriage_returns: wish.wants(Mend::Format)
            && document
                .faults
                .iter()
                .any(|fault| fault.kind == FaultKind::CarriageReturns),
    };
    let mut out = Vec::with_capacity(bytes.len());
    let (leads, rest) = writer.texts(kept);
    for at in kept {
        if let Some(lead) = leads.get(*at) {
            writer.lines(&mut out, lead);
        }
        if let Some(block) = document.blocks.get(*at) {
            writer.block(&mut out, block);
        }
    }
    writer.lines(&mut out, &rest);
    if wish.wants(Mend::Root) {
        for issuer in wish.issuers {
            out.extend(certificate(&issuer.der, writer.line_break));
        }
    }
    out
}

struct Writer<'a> {
    bytes: &'a [u8],
    document: &'a Document,
    wish: Wish<'a>,
    line_break: &'static [u8],
    /// Carriage returns alone are line breaks too, and are to be written as such.
    carriage_returns: bool,
}

impl<'a> Writer<'a> {
    /// The lines that stand before each block, and those behind the last. Those of a block that is dropped stay in
    /// front of the next one that is kept: nobody asked for them to go.
    fn texts(&self, kept: &[usize]) -> (Vec<Vec<&'a [u8]>>, Vec<&'a [u8]>) {
        let mut leads = Vec::with_capacity(self.document.blocks.len());
        let mut carried: Vec<&[u8]> = Vec::new();
        let mut end = 0;
        for (at, block) in self.document.blocks.iter().enumerate() {
            let mut lines = self.lines_within(Span::new(end, block.span.start), end > 0, true);
            end = block.span.end;
            let is_kept = kept.contains(&at);
            // Blank lines part blocks from one another; of one that goes, they go too.
            if !is_kept && lines.iter().all(|line| line.trim_ascii().is_empty()) {
                lines.clear();
            }
            carried.append(&mut lines);
            leads.push(if is_kept {
                std::mem::take(&mut carried)
            } else {
                Vec::new()
            });
        }
        let rest = Span::new(end, self.bytes.len());
        carried.append(&mut self.lines_within(rest, end > 0, false));
        (leads, carried)
    }

    /// The whole lines of a span between blocks, without what stands beside the blocks' boundaries.
    fn lines_within(&self, span: Span, behind_end: bool, before_begin: bool) -> Vec<&'a [u8]> {
        let text = self.bytes.get(span.start..span.end).unwrap_or_default();
        let lines = split(text, self.carriage_returns).into_iter();
        let mut lines: Vec<&[u8]> = lines.skip(usize::from(behind_end)).collect();
        let blank = |line: &&[u8]| line.trim_ascii().is_empty();
        if before_begin || lines.last().is_some_and(blank) {
            // The indentation of the BEGIN line, or what follows the last line break.
            lines.pop();
        }
        if self.wish.wants(Mend::Text) {
            lines.clear();
        }
        lines
    }

    fn lines(&self, out: &mut Vec<u8>, lines: &[&[u8]]) {
        for line in lines {
            let mut line = *line;
            if self.wish.wants(Mend::Format) {
                line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
            }
            // A blank line parts nothing at the beginning.
            if !(out.is_empty() && line.trim_ascii().is_empty()) {
                out.extend_from_slice(line);
                out.extend_from_slice(self.line_break);
            }
        }
    }

    fn block(&self, out: &mut Vec<u8>, block: &Block) {
        match &block.content {
            Some(content) if self.wish.wants(Mend::Format) || self.is_sound(block) => {
                out.extend(certificate(&content.der, self.line_break));
            }
            Some(_) | None => {
                let whole = Span::new(self.line_of(block), block.span.end);
                let text = self.bytes.get(whole.start..whole.end).unwrap_or_default();
                for line in text.split(|byte| *byte == b'\n') {
                    out.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
                    out.extend_from_slice(self.line_break);
                }
            }
        }
    }

    /// Whether a block has no fault, so that writing it anew changes its layout and nothing else. Faults that are not
    /// to be mended stay as they are.
    fn is_sound(&self, block: &Block) -> bool {
        let start = self.line_of(block);
        let faults = &self.document.faults;
        let first = faults.partition_point(|fault| fault.span.end <= start);
        let within = faults
            .get(first)
            .is_some_and(|fault| fault.span.start < block.span.end);
        block.label == Label::Certificate && !within
    }

    /// Where the line of a block's BEGIN starts, or what stands before it on that line, where it is not blank.
    fn line_of(&self, block: &Block) -> usize {
        let before = self.bytes.get(..block.span.start).unwrap_or_default();
        let blank = before
            .iter()
            .rev()
            .take_while(|byte| matches!(byte, b' ' | b'\t'));
        block.span.start.saturating_sub(blank.count())
    }
}

/// The lines of a text without their breaks: LF, CRLF and, if so, CR alone.
fn split(text: &[u8], carriage_returns: bool) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    let mut rest = text.split(|byte| *byte == b'\n').peekable();
    while let Some(line) = rest.next() {
        let whole = line.strip_suffix(b"\r").unwrap_or(line);
        if !carriage_returns {
            lines.push(whole);
        } else if rest.peek().is_some() {
            lines.extend(whole.split(|byte| *byte == b'\r'));
        } else {
            lines.extend(line.split(|byte| *byte == b'\r'));
        }
    }
    lines
}
