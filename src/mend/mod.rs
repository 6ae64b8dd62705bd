//! Mending a chain file: the same certificates, written as they should stand.
//!
//! Makes no certificate and loses none that belongs to the chain. A file that holds anything but
//! certificates and text, or one whose chain leaves room for doubt, is refused. Files are read and written
//! elsewhere.

mod container;

use data_encoding::BASE64;

use crate::chain::{Chain, Gap};
use crate::pem::{Block, Document, FaultKind, Label};
use crate::span::Span;
use crate::x509::Certificate;

pub use container::unpack;

/// Characters of base64 a line (RFC 7468 §2).
const LINE: usize = 64;

/// Something that can be mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mend {
    /// Put the path's certificates in order, leaf first.
    Order,
    /// Drop certificates that stand in the file already.
    Duplicates,
    /// Drop certificates that do not belong to the chain.
    Strangers,
    /// Drop text outside of blocks.
    Text,
    /// Write every block anew: boundaries, line ends, line widths.
    Format,
    /// Write every block in one layout: line widths, line breaks.
    Layout,
    /// Append the root.
    Root,
}

/// Why a file is left as it is, a clause without a capital or full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(String);

impl Mend {
    /// What was done, a clause without a capital or full stop.
    #[must_use]
    pub fn done(self) -> &'static str {
        match self {
            Self::Order => "put the certificates in order",
            Self::Duplicates => "dropped repeated certificates",
            Self::Strangers => "dropped certificates of other chains",
            Self::Text => "dropped text outside of the certificates",
            Self::Format => "wrote the PEM anew",
            Self::Layout => "laid the PEM out anew",
            Self::Root => "appended the root",
        }
    }
}

/// The file's text with these things mended; `bytes` are those that `chain.document` was read from.
/// `root` is appended where [`Mend::Root`] is wanted and the path lacks it.
///
/// # Errors
/// When the file is better left to a person.
pub fn mend(
    bytes: &[u8],
    chain: &Chain,
    wanted: &[Mend],
    root: Option<&Certificate>,
) -> Result<Vec<u8>, Refusal> {
    refuse(chain, wanted)?;
    let wants = |mend| wanted.contains(&mend);
    let mut kept: Vec<usize> = (0..chain.members.len()).collect();
    if wants(Mend::Duplicates) {
        let repeated: Vec<usize> = chain.duplicates.iter().map(|(again, _)| *again).collect();
        kept.retain(|at| !repeated.contains(at));
    }
    if wants(Mend::Strangers) {
        let strangers = chain.unrelated();
        kept.retain(|at| !strangers.contains(at));
    }
    if wants(Mend::Order) {
        kept = in_order(chain, kept);
    }
    let writer = Writer {
        bytes,
        document: &chain.document,
        anew: wants(Mend::Format),
        with_text: !wants(Mend::Text),
        line_end: if !wants(Mend::Format) && bytes.windows(2).any(|pair| pair == b"\r\n") {
            b"\r\n"
        } else {
            b"\n"
        },
    };
    let mut out = Vec::with_capacity(bytes.len());
    for at in kept {
        let block = chain
            .members
            .get(at)
            .and_then(|member| chain.document.blocks.get(member.block));
        if let Some(block) = block {
            writer.block(&mut out, block);
        }
    }
    writer.rest(&mut out);
    if let Some(root) = root.filter(|_| wants(Mend::Root)) {
        out.extend(certificate(&root.der, writer.line_end));
    }
    Ok(out)
}

/// A certificate as a PEM block.
#[must_use]
pub fn certificate(der: &[u8], line_end: &[u8]) -> Vec<u8> {
    let base64 = BASE64.encode(der);
    let mut out = Vec::with_capacity(base64.len().saturating_mul(2));
    let mut line = |text: &[u8]| {
        out.extend_from_slice(text);
        out.extend_from_slice(line_end);
    };
    line(b"-----BEGIN CERTIFICATE-----");
    for chunk in base64.as_bytes().chunks(LINE) {
        line(chunk);
    }
    line(b"-----END CERTIFICATE-----");
    out
}

/// What is better left to a person.
fn refuse(chain: &Chain, wanted: &[Mend]) -> Result<(), Refusal> {
    let no = |why: &str| Err(Refusal(why.to_owned()));
    let blocks = &chain.document.blocks;
    if blocks.iter().any(|block| block.label == Label::PrivateKey) {
        return no("it holds a private key");
    }
    if blocks.iter().any(|block| !block.label.is_certificate()) {
        return no("it holds something else than certificates");
    }
    let damaged = |block: &&Block| block.content.is_none();
    if !chain.unreadable.is_empty() || blocks.iter().any(|block| damaged(&block)) {
        return no("a certificate in it cannot be read");
    }
    if chain.members.is_empty() {
        return no("it holds no certificate");
    }
    if let Some(fault) = chain
        .document
        .faults
        .iter()
        .find(|fault| !mendable(fault.kind))
    {
        return Err(Refusal(fault.kind.describe()));
    }
    let moves = wanted.contains(&Mend::Order) || wanted.contains(&Mend::Strangers);
    if moves && chain.exhausted {
        return no("its path could not be found for certain");
    }
    if moves && chain.leaves.len() > 1 {
        return no(
            "it holds several leaves, and which of them is meant is not for a program to say",
        );
    }
    if moves && matches!(chain.gap(), Some(Gap::Intermediate { .. })) {
        return no("a certificate is missing between the leaf and the root");
    }
    Ok(())
}

/// Faults that writing a block anew cures without a doubt about what was meant.
fn mendable(fault: FaultKind) -> bool {
    match fault {
        FaultKind::GluedBoundaries
        | FaultKind::X509CertificateLabel
        | FaultKind::Headers
        | FaultKind::IndentedBoundary
        | FaultKind::CarriageReturns
        | FaultKind::BlankLine
        | FaultKind::ByteOrderMark => true,
        FaultKind::UnterminatedBlock
        | FaultKind::StrayEnd
        | FaultKind::LabelMismatch
        | FaultKind::MalformedBoundary
        | FaultKind::NotBase64(_)
        | FaultKind::BadPadding
        | FaultKind::EmptyBlock
        | FaultKind::TrustedCertificateLabel
        | FaultKind::Pkcs7Block
        | FaultKind::CertificateRequestBlock
        | FaultKind::CrlBlock
        | FaultKind::PublicKeyBlock
        | FaultKind::ParametersBlock
        | FaultKind::UnknownBlock
        | FaultKind::Utf16
        | FaultKind::Der
        | FaultKind::Pkcs7
        | FaultKind::Pkcs12
        | FaultKind::JavaKeyStore
        | FaultKind::EmptyFile
        | FaultKind::NoPem
        | FaultKind::TooManyBlocks => false,
    }
}

/// The path first, then whatever else is kept, as it stands.
fn in_order(chain: &Chain, kept: Vec<usize>) -> Vec<usize> {
    let (path, others): (Vec<usize>, Vec<usize>) =
        kept.into_iter().partition(|at| chain.path.contains(at));
    let path = chain.path.iter().copied().filter(|at| path.contains(at));
    path.chain(others).collect()
}

struct Writer<'a> {
    bytes: &'a [u8],
    document: &'a Document,
    /// Blocks are encoded again instead of being copied.
    anew: bool,
    with_text: bool,
    line_end: &'static [u8],
}

impl Writer<'_> {
    /// A block with the text that stands before it.
    fn block(&self, out: &mut Vec<u8>, block: &Block) {
        let before = self.end_of_block_before(block.span.start);
        self.texts(out, Span::new(before, block.span.start));
        match &block.content {
            Some(content) if self.anew => out.extend(certificate(&content.der, self.line_end)),
            Some(_) | None => self.copy(out, block.span),
        }
    }

    /// The text behind the last block.
    fn rest(&self, out: &mut Vec<u8>) {
        let end = self.end_of_block_before(self.bytes.len());
        self.texts(out, Span::new(end, self.bytes.len()));
    }

    fn texts(&self, out: &mut Vec<u8>, within: Span) {
        if !self.with_text {
            return;
        }
        for text in &self.document.texts {
            if text.start >= within.start && text.end <= within.end {
                self.copy(out, *text);
            }
        }
    }

    fn copy(&self, out: &mut Vec<u8>, span: Span) {
        let bytes = self.bytes.get(span.start..span.end).unwrap_or_default();
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        out.extend_from_slice(bytes);
        out.extend_from_slice(self.line_end);
    }

    fn end_of_block_before(&self, at: usize) -> usize {
        let ends = self.document.blocks.iter().map(|block| block.span.end);
        ends.filter(|end| *end <= at).max().unwrap_or_default()
    }
}
