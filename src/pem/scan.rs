//! The block scanner.

use data_encoding::{BASE64, DecodeKind};
use memchr::{memchr, memchr2};

use super::boundary::{self, Boundary};
use super::container::{self, Container};
use super::{Block, Content, Document, Fault, FaultKind, Label, OffsetMap};
use crate::span::Span;

/// Bounds on what one file may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Blocks a file; a chain has fewer than ten, a store of all public roots about 150.
    pub blocks: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { blocks: 1_000 }
    }
}

/// Finds every block, fault and text of a file.
#[must_use]
pub fn scan(bytes: &[u8], limits: Limits) -> Document {
    let mut scanner = Scanner {
        bytes,
        limits,
        document: Document {
            len: bytes.len(),
            ..Document::default()
        },
        open: None,
        text: None,
    };
    match container::recognise(bytes) {
        Some(Container::Fault(kind)) => scanner.fault(kind, Span::new(0, bytes.len())),
        Some(Container::PrivateKey) => {
            scanner
                .document
                .blocks
                .push(container::private_key(bytes.len()));
        }
        None => scanner.lines(),
    }
    scanner
        .document
        .faults
        .sort_by_key(|fault| (fault.span, fault.kind));
    scanner.document
}

struct Scanner<'a> {
    bytes: &'a [u8],
    limits: Limits,
    document: Document,
    open: Option<Open>,
    /// The run of text lines that is being read.
    text: Option<Span>,
}

/// A block whose END has not been met.
struct Open {
    label: Label,
    label_text: Span,
    begin: Span,
    /// The lines of its body, without line breaks.
    body: Vec<Span>,
}

impl Scanner<'_> {
    fn fault(&mut self, kind: FaultKind, span: Span) {
        self.document.faults.push(Fault { kind, span });
    }

    fn lines(&mut self) {
        let mut at = 0_usize;
        if self.bytes.starts_with(b"\xEF\xBB\xBF") {
            self.fault(FaultKind::ByteOrderMark, Span::new(0, 3));
            at = 3;
        }
        while at < self.bytes.len() {
            let rest = self.bytes.get(at..).unwrap_or_default();
            let length = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            let end = at.saturating_add(length);
            if self.document.blocks.len() >= self.limits.blocks {
                self.fault(FaultKind::TooManyBlocks, Span::new(at, end));
                self.open = None;
                break;
            }
            self.line(at, end);
            at = end.saturating_add(1);
        }
        if let Some(open) = self.open.take() {
            self.unterminated(open, self.bytes.len());
        }
        self.end_text();
        if self.document.blocks.is_empty() && self.document.faults.is_empty() {
            let first = self.document.texts.first().copied().unwrap_or_default();
            self.fault(FaultKind::NoPem, first);
        }
    }

    /// A line: boundaries, with text before, between and behind them.
    fn line(&mut self, start: usize, end: usize) {
        let line = self.bytes.get(start..end).unwrap_or_default();
        if memchr(b'-', line).is_none() {
            self.piece(Span::new(start, end));
            return;
        }
        let mut at = start;
        let mut before: Option<Boundary> = None;
        while let Some(found) = boundary::find(self.bytes, at, end) {
            let between = self.trimmed(Span::new(at, found.span.start));
            let glued = before.filter(|before| !before.opens && found.opens && between.is_empty());
            match glued {
                Some(before) => {
                    // The line break is missing between the dashes of the one and of the other.
                    let joint = Span::new(before.label.end, found.span.end.min(found.label.start));
                    self.fault(FaultKind::GluedBoundaries, joint);
                }
                None if !found.well_formed || !between.is_empty() => {
                    let next_glued = self.is_glued(found, end);
                    if !next_glued || !between.is_empty() {
                        self.fault(FaultKind::MalformedBoundary, found.span);
                    }
                }
                None => {}
            }
            self.piece(between);
            self.boundary(found);
            at = found.span.end;
            before = Some(found);
        }
        let rest = self.trimmed(Span::new(at, end));
        if let Some(before) = before
            && !rest.is_empty()
        {
            self.fault(FaultKind::MalformedBoundary, before.span);
        }
        self.piece(rest);
    }

    /// Whether another boundary follows at once: then what is odd about the dashes is the glue.
    fn is_glued(&self, found: Boundary, end: usize) -> bool {
        !found.opens
            && boundary::find(self.bytes, found.span.end, end)
                .is_some_and(|next| next.span.start == found.span.end)
    }

    /// A range without white space at its ends.
    fn trimmed(&self, span: Span) -> Span {
        let text = self.bytes.get(span.start..span.end).unwrap_or_default();
        let head = text
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        let tail = text
            .iter()
            .rev()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        Span::new(
            span.start.saturating_add(head),
            span.end.saturating_sub(tail),
        )
    }

    /// A stretch of a line without a boundary.
    fn piece(&mut self, span: Span) {
        let span = self.trimmed(span);
        match &mut self.open {
            Some(open) if !span.is_empty() => open.body.push(span),
            Some(open) => {
                // A blank line ends the headers of RFC 1421; keep it when headers went before.
                if !open.body.is_empty() {
                    open.body.push(span);
                }
            }
            None if span.is_empty() => self.end_text(),
            None => self.text = Some(self.text.map_or(span, |text| text.to(span))),
        }
    }

    fn end_text(&mut self) {
        self.document.texts.extend(self.text.take());
    }

    fn boundary(&mut self, found: Boundary) {
        self.end_text();
        let text = self
            .bytes
            .get(found.label.start..found.label.end)
            .unwrap_or_default();
        if found.opens {
            if let Some(open) = self.open.take() {
                self.unterminated(open, found.span.start);
            }
            self.open = Some(Open {
                label: Label::from_text(text),
                label_text: found.label,
                begin: found.span,
                body: Vec::new(),
            });
            return;
        }
        let Some(open) = self.open.take() else {
            self.fault(FaultKind::StrayEnd, found.span);
            return;
        };
        let opened = self
            .bytes
            .get(open.label_text.start..open.label_text.end)
            .unwrap_or_default();
        if opened.trim_ascii() != text.trim_ascii() {
            self.fault(FaultKind::LabelMismatch, found.label);
        }
        self.close(&open, found.span);
    }

    fn unterminated(&mut self, open: Open, end: usize) {
        if open.label != Label::PrivateKey {
            self.fault(FaultKind::UnterminatedBlock, open.begin);
        }
        let span = Span::new(open.begin.start, end);
        let Open { label, begin, .. } = open;
        self.document.blocks.push(Block {
            label,
            begin,
            end: None,
            span,
            content: None,
        });
    }

    fn close(&mut self, open: &Open, end: Span) {
        let odd = match open.label {
            Label::Certificate | Label::PrivateKey => None,
            Label::X509Certificate => Some(FaultKind::X509CertificateLabel),
            Label::TrustedCertificate => Some(FaultKind::TrustedCertificateLabel),
            Label::PublicKey => Some(FaultKind::PublicKeyBlock),
            Label::CertificateRequest => Some(FaultKind::CertificateRequestBlock),
            Label::Crl => Some(FaultKind::CrlBlock),
            Label::Pkcs7 => Some(FaultKind::Pkcs7Block),
            Label::Parameters => Some(FaultKind::ParametersBlock),
            Label::Other => Some(FaultKind::UnknownBlock),
        };
        if let Some(kind) = odd {
            self.fault(kind, open.begin);
        }
        let content = if open.label.is_certificate() {
            self.decode(open)
        } else {
            None
        };
        self.document.blocks.push(Block {
            label: open.label,
            begin: open.begin,
            end: Some(end),
            span: open.begin.to(end),
            content,
        });
    }

    /// Decodes a body whose every character is base64; otherwise says which is not.
    fn decode(&mut self, open: &Open) -> Option<Content> {
        let body = self.without_headers(open);
        let mut characters = Vec::new();
        let mut offsets = OffsetMap::default();
        for span in body {
            let line = self.bytes.get(span.start..span.end).unwrap_or_default();
            let mut at = span.start;
            for run in line.split(|byte| matches!(byte, b' ' | b'\t')) {
                if let Some(wrong) = run.iter().position(|byte| !is_base64(*byte)) {
                    self.not_base64(at.saturating_add(wrong));
                    return None;
                }
                offsets.push(at, run.len());
                characters.extend_from_slice(run);
                at = at.saturating_add(run.len()).saturating_add(1);
            }
        }
        if characters.is_empty() {
            self.fault(FaultKind::EmptyBlock, open.begin);
            return None;
        }
        match BASE64.decode(&characters) {
            Ok(mut der) => {
                if open.label == Label::TrustedCertificate
                    && let Some(length) = container::first_value(&der)
                {
                    // OpenSSL's trust settings follow the certificate.
                    der.truncate(length);
                }
                Some(Content { der, offsets })
            }
            Err(error) => {
                let first = match error.kind {
                    DecodeKind::Length | DecodeKind::Padding | DecodeKind::Trailing => {
                        error.position
                    }
                    // All characters are base64, so a wrong one is padding where none belongs.
                    DecodeKind::Symbol => error.position,
                };
                let end = match error.kind {
                    DecodeKind::Length | DecodeKind::Padding => characters.len(),
                    DecodeKind::Trailing | DecodeKind::Symbol => first.saturating_add(1),
                };
                let last = offsets.offset(end.saturating_sub(1)).saturating_add(1);
                self.fault(
                    FaultKind::BadPadding,
                    Span::new(offsets.offset(first), last),
                );
                None
            }
        }
    }

    /// The body behind headers (RFC 1421 §4.6: `Name: value` lines up to a blank one).
    fn without_headers<'o>(&mut self, open: &'o Open) -> &'o [Span] {
        let has_colon = |span: &Span| {
            memchr(
                b':',
                self.bytes.get(span.start..span.end).unwrap_or_default(),
            )
            .is_some()
        };
        let Some(first) = open.body.first().filter(|span| has_colon(span)) else {
            return &open.body;
        };
        let blank = open.body.iter().position(|span| span.is_empty());
        let headers =
            blank.unwrap_or_else(|| open.body.iter().take_while(|span| has_colon(span)).count());
        self.fault(FaultKind::Headers, *first);
        open.body.get(headers..).unwrap_or_default()
    }

    fn not_base64(&mut self, at: usize) {
        let rest = self
            .bytes
            .get(at..at.saturating_add(4).min(self.bytes.len()));
        let character = rest
            .unwrap_or_default()
            .utf8_chunks()
            .next()
            .and_then(|chunk| chunk.valid().chars().next());
        let length = character.map_or(1, char::len_utf8);
        let kind = FaultKind::NotBase64(character.unwrap_or(char::REPLACEMENT_CHARACTER));
        self.fault(kind, Span::new(at, at.saturating_add(length)));
    }
}

/// Whether a byte belongs to base64 (RFC 4648 §4), padding included.
fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}
