//! The block scanner.
//!
//! Goes through a file line by line and never gives up: after a fault the next BEGIN starts anew.

use super::body::Body;
use super::boundary::{self, Boundary, Side, bare_end, without_mark};
use super::label::normal;
use super::layout::layout;
use super::line::{DASH, Lines, OTHER, RETURN, SPACE, classes, pieces, slice, trim};
use super::shape::{Walk, walk};
use super::{Block, Document, Fault, FaultKind, Label, loose, whole};
use crate::span::Span;

/// Bounds on what one file may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Blocks a file.
    pub blocks: usize,
}

/// Blocks a file. The largest bundles in use, all intermediate certificates that Mozilla preloads,
/// have some 2,000.
const BLOCKS: usize = 4096;

impl Default for Limits {
    fn default() -> Self {
        Self { blocks: BLOCKS }
    }
}

/// Finds every block, fault and text of a file.
#[must_use]
pub fn scan(bytes: &[u8], limits: Limits) -> Document {
    let document = Document {
        len: bytes.len(),
        ..Document::default()
    };
    if let Some(key) = whole::private_key(bytes) {
        return Document {
            blocks: vec![key],
            ..document
        };
    }
    if let Some(fault) = whole::fault(bytes) {
        return Document {
            loose_keys: whole::keys(bytes, fault.kind, limits),
            faults: vec![fault],
            ..document
        };
    }
    let mut scanner = Scanner {
        bytes,
        limits,
        document,
        open: None,
        text: None,
        boundaries: 0,
        line: Span::default(),
        returns: false,
    };
    let mut lines = Lines::new(bytes, 0);
    while let Some(line) = lines.next() {
        if scanner.line(line, lines.at()).is_break() {
            break;
        }
    }
    scanner.finish()
}

struct Scanner<'a> {
    bytes: &'a [u8],
    limits: Limits,
    document: Document,
    open: Option<Open>,
    text: Option<Span>,
    /// How many boundaries were met.
    boundaries: usize,
    /// The line that is being read.
    line: Span,
    /// Whether carriage returns were told; one finding a file is enough.
    returns: bool,
}

/// A block whose END has not come yet.
struct Open {
    begin: Boundary,
    /// Only for labels that announce a certificate.
    body: Option<Body>,
    /// End of the last line that is not blank.
    end: usize,
    /// White space stood before the BEGIN.
    indented: bool,
}

type Flow = std::ops::ControlFlow<()>;

impl Scanner<'_> {
    /// Reads a line whose break ends at `end`.
    fn line(&mut self, line: Span, end: usize) -> Flow {
        let seen = classes(slice(self.bytes, line));
        let before = self.boundaries;
        self.line = line;
        let mut flow = Flow::Continue(());
        if seen & RETURN == 0 {
            flow = self.part(line, seen);
        } else {
            for piece in pieces(self.bytes, line) {
                let seen = classes(slice(self.bytes, piece));
                flow = self.part(piece, seen);
                if flow.is_break() {
                    break;
                }
            }
        }
        if self.boundaries == before
            && let Some(body) = self.open.as_mut().and_then(|open| open.body.as_mut())
        {
            body.line(self.bytes, line, end);
        }
        flow
    }

    /// Reads a line, or a part of one between carriage returns.
    fn part(&mut self, line: Span, seen: u8) -> Flow {
        if seen & (DASH | OTHER) != 0 {
            return self.unusual_line(line);
        }
        if seen & !SPACE == 0 {
            self.end_text();
        }
        if self.open.is_some()
            && seen & SPACE != 0
            && let Some(end) = bare_end(self.bytes, line)
        {
            return self.boundary(end);
        }
        self.piece(line);
        Flow::Continue(())
    }

    /// A line that may hold boundaries.
    fn unusual_line(&mut self, line: Span) -> Flow {
        let (line, mark) = match self.open {
            Some(_) => (line, None),
            None => without_mark(self.bytes, line),
        };
        if let Some(mark) = mark {
            self.fault(FaultKind::ByteOrderMark, mark);
        }
        let found = boundary::find(self.bytes, line);
        if found.is_empty() {
            self.piece(line);
            return Flow::Continue(());
        }
        let mut at = line.start;
        let mut before: Option<Boundary> = None;
        for boundary in found {
            let gap = trim(self.bytes, Span::new(at, boundary.span.start));
            self.gap(gap, before.as_ref(), Some(&boundary));
            at = boundary.span.end;
            before = Some(boundary.clone());
            self.boundary(boundary)?;
        }
        let rest = trim(self.bytes, Span::new(at, line.end));
        self.gap(rest, before.as_ref(), None);
        Flow::Continue(())
    }

    /// What stands beside a boundary on its line.
    fn gap(&mut self, gap: Span, before: Option<&Boundary>, after: Option<&Boundary>) {
        if gap.is_empty() {
            if let (Some(before), Some(after)) = (before, after) {
                let kind = match (before.side, after.side) {
                    (Side::End, Side::Begin) => FaultKind::GluedBoundaries,
                    (Side::Begin | Side::End, Side::Begin | Side::End) => {
                        FaultKind::MalformedBoundary
                    }
                };
                self.fault(kind, before.trail.to(after.lead));
            }
            return;
        }
        self.piece(gap);
        // Inside a block the text may be all of its base64, so the boundary is pointed at.
        let inside = if self.open.is_some() {
            before.or(after)
        } else {
            None
        };
        self.fault(
            FaultKind::MalformedBoundary,
            inside.map_or(gap, |boundary| boundary.span),
        );
    }

    /// Takes a whole line or a piece of one, outside or inside of a block.
    fn piece(&mut self, piece: Span) {
        let Some(open) = &mut self.open else {
            let solid = trim(self.bytes, piece);
            if !solid.is_empty() {
                self.text = Some(self.text.map_or(solid, |text| text.to(solid)));
            }
            return;
        };
        if let Some(body) = &mut open.body {
            body.push(self.bytes, piece);
        }
        let solid = trim(self.bytes, piece);
        if !solid.is_empty() {
            open.end = solid.end;
        }
    }

    fn boundary(&mut self, boundary: Boundary) -> Flow {
        self.end_text();
        self.boundaries = self.boundaries.saturating_add(1);
        if let Some(wrong) = boundary.malformed {
            self.fault(FaultKind::MalformedBoundary, wrong);
        }
        let indented = self.judge_place(&boundary);
        match (boundary.side, self.open.take()) {
            (Side::End, Some(open)) => self.close(open, Some(&boundary)),
            (Side::End, None) => self.fault(FaultKind::StrayEnd, boundary.span),
            (Side::Begin, open) => {
                if let Some(open) = open {
                    self.close(open, None);
                }
                if self.document.blocks.len() >= self.limits.blocks {
                    self.fault(FaultKind::TooManyBlocks, boundary.span);
                    return Flow::Break(());
                }
                self.open = Some(Open {
                    end: boundary.span.end,
                    indented,
                    body: boundary.kind.is_certificate().then(Body::default),
                    begin: boundary,
                });
            }
        }
        Flow::Continue(())
    }

    /// Tells a boundary that does not begin its line; says whether white space stands before it, or before
    /// the BEGIN of its block, for which one finding is enough. Of key blocks nothing is told.
    fn judge_place(&mut self, boundary: &Boundary) -> bool {
        let open = self.open.as_ref();
        let of_certificate = match boundary.side {
            Side::Begin => boundary.kind.is_certificate(),
            Side::End => open.is_some_and(|open| open.begin.kind.is_certificate()),
        };
        if !of_certificate || boundary.malformed.is_some() {
            return false;
        }
        let line = slice(self.bytes, self.line);
        if let Some(at) = memchr::memchr(b'\r', line) {
            if !self.returns {
                self.returns = true;
                let at = self.line.start.saturating_add(at);
                self.fault(
                    FaultKind::CarriageReturns,
                    Span::new(at, at.saturating_add(1)),
                );
            }
            return false;
        }
        let before = Span::new(self.line.start, boundary.span.start);
        let indented = !before.is_empty() && classes(slice(self.bytes, before)) == SPACE;
        if indented && !open.is_some_and(|open| boundary.side == Side::End && open.indented) {
            self.fault(FaultKind::IndentedBoundary, before);
        }
        indented
    }

    fn close(&mut self, open: Open, end: Option<&Boundary>) {
        let begin = open.begin;
        let span = Span::new(begin.span.start, end.map_or(open.end, |end| end.span.end));
        self.judge_label(&begin);
        match end {
            None => self.fault(FaultKind::UnterminatedBlock, begin.span),
            Some(end) if self.differ(&begin, end) => {
                let label = if end.label.is_empty() {
                    end.span
                } else {
                    end.label
                };
                self.fault(FaultKind::LabelMismatch, label);
            }
            Some(_) => {}
        }
        let mut content = None;
        if let Some(body) = open.body {
            let body = body.finish();
            if let Some(headers) = body.headers {
                self.fault(FaultKind::Headers, headers);
            }
            if end.is_some() {
                if body.empty {
                    self.fault(FaultKind::EmptyBlock, span);
                }
                if let Some((kind, place)) = body.fault {
                    self.fault(kind, place);
                }
                if let Some(blank) = body.blank {
                    self.fault(FaultKind::BlankLine, blank);
                }
                content = body.content;
            } else {
                // Without an END nobody knows where the base64 should end, unless it ends with
                // the very last byte of a certificate.
                content = body
                    .content
                    .filter(|content| walk(&content.der) == Walk::Complete(content.der.len()));
            }
        }
        self.document.blocks.push(Block {
            label: begin.kind,
            begin: begin.span,
            span,
            content,
        });
    }

    fn differ(&self, begin: &Boundary, end: &Boundary) -> bool {
        match (begin.label_text(self.bytes), end.label_text(self.bytes)) {
            (Some(begin), Some(end)) => normal(begin) != normal(end),
            (None, _) | (_, None) => slice(self.bytes, begin.label) != slice(self.bytes, end.label),
        }
    }

    /// The faults of blocks that do not belong in a chain file. That private keys do not either is
    /// a matter of its own, which a check of its own looks after.
    fn judge_label(&mut self, begin: &Boundary) {
        let (kind, span) = match begin.kind {
            Label::Certificate | Label::PrivateKey => return,
            Label::X509Certificate => (FaultKind::X509CertificateLabel, begin.label),
            Label::TrustedCertificate => (FaultKind::TrustedCertificateLabel, begin.label),
            Label::PublicKey => (FaultKind::PublicKeyBlock, begin.span),
            Label::CertificateRequest => (FaultKind::CertificateRequestBlock, begin.span),
            Label::Crl => (FaultKind::CrlBlock, begin.span),
            Label::Pkcs7 => (FaultKind::Pkcs7Block, begin.span),
            Label::Parameters => (FaultKind::ParametersBlock, begin.span),
            Label::Other => (FaultKind::UnknownBlock, begin.span),
        };
        self.fault(kind, span);
    }

    fn fault(&mut self, kind: FaultKind, span: Span) {
        self.document.faults.push(Fault { kind, span });
    }

    fn end_text(&mut self) {
        self.document.texts.extend(self.text.take());
    }

    fn finish(mut self) -> Document {
        self.end_text();
        if let Some(open) = self.open.take() {
            self.close(open, None);
        }
        if self.boundaries == 0 {
            let first = self.document.texts.first().copied().unwrap_or_default();
            let line = Lines::new(self.bytes, first.start).next().unwrap_or(first);
            self.fault(FaultKind::NoPem, trim(self.bytes, line));
        }
        self.document
            .faults
            .sort_by_key(|fault| (fault.span, fault.kind));
        self.document.layout = layout(self.bytes, &self.document.blocks);
        self.document.loose_keys = loose::keys(self.bytes, &self.document);
        self.document
    }
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
