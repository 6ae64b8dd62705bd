//! PEM with positions: blocks, faults, and the copy of a file that diagnostics may see.
//!
//! Reads bytes and says where everything stands; it does not know what a certificate means.
//! Syntax: RFC 7468, read leniently where the intent is clear, each leniency reported as a fault.

#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

mod body;
mod boundary;
mod conceal;
mod doubt;
mod fault;
mod label;
mod layout;
mod line;
mod loose;
mod mask;
mod offsets;
mod prints;
#[cfg(test)]
pub(crate) mod samples;
mod scan;
mod shape;
mod text;
mod whole;
mod words;

pub use conceal::{conceal, without_keys};
pub use doubt::{doubtful_header, doubtful_text};
pub use layout::{WIDTH, line_break};
pub use mask::mask;
pub use offsets::OffsetMap;
pub use prints::foreign_text;
pub use scan::{Limits, scan};
pub use shape::{Shape, shape};
pub use whole::from_utf16;

use crate::span::{DerSpan, Span};

/// What stands in a file, in file order.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// Blocks that have a BEGIN line, whatever their label, damaged ones included.
    pub blocks: Vec<Block>,
    /// What is wrong with the PEM, sorted by place.
    pub faults: Vec<Fault>,
    /// Text outside of blocks, one span a run of lines, blank lines left out.
    pub texts: Vec<Span>,
    /// Where private keys begin that no label announces.
    pub loose_keys: Vec<Span>,
    /// What every reader takes, and is not laid out as it could be.
    pub layout: Layout,
    /// Length of the file in bytes.
    pub len: usize,
}

/// How a file with certificates departs from one layout: lines of 64 characters, one kind of line break, and
/// one at the end. Each place is the first of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layout {
    /// A line of a certificate's base64 that has not [`WIDTH`] characters, or blanks as well.
    pub line: Option<Span>,
    /// A line break of the kind that fewer lines have.
    pub line_break: Option<Span>,
    /// The last character, where no line break follows.
    pub end: Option<Span>,
}

/// One `-----BEGIN …-----` with what follows it.
#[derive(Debug, Clone)]
pub struct Block {
    /// What the label announces.
    pub label: Label,
    /// The BEGIN line without its line break.
    pub begin: Span,
    /// From the first dash of BEGIN to the last of END (or to where the block breaks off).
    pub span: Span,
    /// The decoded bytes with their positions; only for labels that announce a certificate
    /// ([`Label::is_certificate`]) whose base64 is whole. Key blocks are never decoded.
    pub content: Option<Content>,
}

/// The decoded bytes of a block.
#[derive(Debug, Clone)]
pub struct Content {
    /// What the base64 encodes.
    pub der: Vec<u8>,
    /// Where each character of the base64 stands.
    pub offsets: OffsetMap,
}

impl Content {
    /// The file bytes that encode `der`: from the first character that carries a bit of it to one
    /// past the last (characters ⌊4·start/3⌋ to ⌈4·end/3⌉ of the block, design promise 4).
    #[must_use]
    pub fn locate(&self, der: DerSpan) -> Span {
        self.offsets.locate(der)
    }
}

/// What a PEM label announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// `CERTIFICATE`.
    Certificate,
    /// `X509 CERTIFICATE`, an old name of the same.
    X509Certificate,
    /// `TRUSTED CERTIFICATE`: OpenSSL's own form, with trust settings behind the DER.
    TrustedCertificate,
    /// `PRIVATE KEY`, `RSA PRIVATE KEY`, `EC PRIVATE KEY`, `ENCRYPTED PRIVATE KEY`, `OPENSSH PRIVATE KEY`,
    /// `DSA PRIVATE KEY`, PGP, and whatever else says that a private key follows.
    PrivateKey,
    /// `PUBLIC KEY`, `RSA PUBLIC KEY`.
    PublicKey,
    /// `CERTIFICATE REQUEST`, `NEW CERTIFICATE REQUEST`.
    CertificateRequest,
    /// `X509 CRL`.
    Crl,
    /// `PKCS7`, `CMS`, `PKCS #7 SIGNED DATA`.
    Pkcs7,
    /// `DH PARAMETERS`, `EC PARAMETERS` and the like.
    Parameters,
    /// Anything else.
    Other,
}

impl Label {
    /// Whether the block is meant to hold one certificate.
    #[must_use]
    pub fn is_certificate(self) -> bool {
        matches!(
            self,
            Self::Certificate | Self::X509Certificate | Self::TrustedCertificate
        )
    }
}

/// One thing that is wrong with a file's PEM, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// The characters that are wrong.
    pub span: Span,
}

/// What can be wrong with PEM. Each variant's [`FaultKind::name`] is what policies and tests call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// `-----END X----------BEGIN X-----` on one line: the line break between them is missing.
    GluedBoundaries,
    /// A BEGIN without its END.
    UnterminatedBlock,
    /// An END without its BEGIN.
    StrayEnd,
    /// An END whose label is not the BEGIN's.
    LabelMismatch,
    /// A boundary with too few or too many dashes, or with other text on its line.
    MalformedBoundary,
    /// A character that is not base64; the span is the first one of the block.
    NotBase64(char),
    /// Padding (`=`) missing, too much, or before the end, or stray bits in the last character.
    BadPadding,
    /// A block without content.
    EmptyBlock,
    /// RFC 1421 headers (`Proc-Type: …`) inside a certificate block.
    Headers,
    /// `TRUSTED CERTIFICATE`, OpenSSL's own form.
    TrustedCertificateLabel,
    /// `X509 CERTIFICATE`, an old label.
    X509CertificateLabel,
    /// `PKCS7`/`CMS` block where certificates should stand one by one.
    Pkcs7Block,
    /// A certificate request where a certificate should stand.
    CertificateRequestBlock,
    /// A revocation list among the certificates.
    CrlBlock,
    /// A public key where a certificate should stand.
    PublicKeyBlock,
    /// DH or EC parameters among the certificates.
    ParametersBlock,
    /// A block whose label is none of the known ones.
    UnknownBlock,
    /// White space before a boundary, which OpenSSL does not know as one then.
    IndentedBoundary,
    /// A carriage return alone where a line should end.
    CarriageReturns,
    /// A blank line between the lines of a block's base64.
    BlankLine,
    /// A byte order mark at the start of the file, or of a line where files were joined.
    ByteOrderMark,
    /// The whole file is UTF-16.
    Utf16,
    /// The whole file is one or more DER certificates.
    Der,
    /// The whole file is a DER PKCS#7 container.
    Pkcs7,
    /// The whole file is a PKCS#12 container.
    Pkcs12,
    /// The whole file is a Java key store.
    JavaKeyStore,
    /// The file has no byte but white space.
    EmptyFile,
    /// The file has content, but nothing that looks like PEM.
    NoPem,
    /// More blocks than [`Limits::blocks`]; what follows was not read.
    TooManyBlocks,
}
