//! The lines that open and close blocks, also when they are not quite right.

use memchr::memmem;

use super::Label;
use crate::span::Span;

/// How many dashes stand on either side (RFC 7468 §3).
const DASHES: usize = 5;
/// Fewer dashes than this before BEGIN or END are no boundary gone wrong, but text.
const FEWEST_DASHES: usize = 2;

/// `-----BEGIN …-----` or `-----END …-----`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Boundary {
    /// Whether it opens a block.
    pub(super) opens: bool,
    /// From its first dash to its last.
    pub(super) span: Span,
    /// The text between the keyword and the dashes behind it.
    pub(super) label: Span,
    /// It has five dashes on either side.
    pub(super) well_formed: bool,
}

/// The next boundary of a line, from `from` on.
pub(super) fn find(bytes: &[u8], from: usize, line_end: usize) -> Option<Boundary> {
    let mut at = from;
    while at < line_end {
        let line = bytes.get(at..line_end)?;
        let begin = memmem::find(line, b"BEGIN ").map(|found| (found, true, 6));
        let end = memmem::find(line, b"END ").map(|found| (found, false, 4));
        let (found, opens, length) = [begin, end].into_iter().flatten().min()?;
        let keyword = at.saturating_add(found);
        let label_start = keyword.saturating_add(length);
        let dashes = dashes_before(bytes, from, keyword);
        if dashes >= FEWEST_DASHES {
            return Some(boundary(
                bytes,
                opens,
                keyword,
                label_start,
                dashes,
                line_end,
            ));
        }
        at = label_start;
    }
    None
}

fn boundary(
    bytes: &[u8],
    opens: bool,
    keyword: usize,
    label_start: usize,
    dashes: usize,
    line_end: usize,
) -> Boundary {
    let rest = bytes.get(label_start..line_end).unwrap_or_default();
    // A label may hold single hyphens.
    let label_end = memmem::find(rest, b"--").map_or_else(
        || line_end.saturating_sub(trailing_blanks(rest)),
        |found| label_start.saturating_add(found),
    );
    let behind = bytes.get(label_end..line_end).unwrap_or_default();
    let run = behind.iter().take_while(|byte| **byte == b'-').count();
    let after = behind.get(run..).unwrap_or_default();
    let glued = after.starts_with(b"BEGIN ") || after.starts_with(b"END ");
    // Where the next boundary follows at once, the dashes between are shared out.
    let own = if glued { run.min(DASHES) } else { run };
    Boundary {
        opens,
        span: Span::new(
            keyword.saturating_sub(dashes),
            label_end.saturating_add(own),
        ),
        label: Span::new(label_start, label_end),
        well_formed: dashes == DASHES && own == DASHES,
    }
}

fn dashes_before(bytes: &[u8], from: usize, keyword: usize) -> usize {
    let head = bytes.get(from..keyword).unwrap_or_default();
    head.iter().rev().take_while(|byte| **byte == b'-').count()
}

fn trailing_blanks(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_whitespace())
        .count()
}

impl Label {
    /// What a label's text announces.
    #[must_use]
    pub fn from_text(text: &[u8]) -> Self {
        match text.trim_ascii() {
            b"CERTIFICATE" => Self::Certificate,
            b"X509 CERTIFICATE" => Self::X509Certificate,
            b"TRUSTED CERTIFICATE" => Self::TrustedCertificate,
            b"PUBLIC KEY" | b"RSA PUBLIC KEY" => Self::PublicKey,
            b"CERTIFICATE REQUEST" | b"NEW CERTIFICATE REQUEST" => Self::CertificateRequest,
            b"X509 CRL" => Self::Crl,
            b"PKCS7" | b"PKCS #7 SIGNED DATA" | b"CMS" => Self::Pkcs7,
            b"DH PARAMETERS" | b"X9.42 DH PARAMETERS" | b"EC PARAMETERS" | b"DSA PARAMETERS" => {
                Self::Parameters
            }
            text if memmem::find(text, b"PRIVATE KEY").is_some() => Self::PrivateKey,
            _ => Self::Other,
        }
    }
}
