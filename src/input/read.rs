//! Reading one file into its PEM.

use std::io::{self, Read};
use std::sync::Arc;

use super::{Candidate, Text, encrypted, regular};
use crate::finding::SkipReason;
use crate::pem::{self, Document, FaultKind, Label};

/// Bounds on what one file may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes a file; the certificates of all public roots of the world take half a megabyte.
    pub bytes: u64,
    /// Bounds on its PEM.
    pub pem: pem::Limits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 16 << 20,
            pem: pem::Limits::default(),
        }
    }
}

impl Limits {
    /// Why a file is not read that is larger.
    #[must_use]
    pub fn too_large(&self) -> String {
        let mebibytes = self.bytes >> 20;
        format!("it is larger than {mebibytes} MiB, far more than any chain")
    }
}

/// A file that was read.
#[derive(Debug)]
pub struct Input {
    /// Its display path.
    pub display: String,
    /// What it holds.
    pub content: Content,
}

/// What a file holds.
#[derive(Debug)]
pub enum Content {
    /// Something to check.
    Chain {
        /// Its blocks, faults and texts.
        document: Arc<Document>,
        /// Its text with all that may be secret overwritten.
        text: Text,
    },
    /// A secrets tool has encrypted it.
    Encrypted {
        /// The tool.
        tool: &'static str,
        /// Its text, overwritten from end to end.
        text: Text,
    },
    /// Nothing to check, and why: private keys alone, a certificate request, a revocation list. Only
    /// where the user did not name the file.
    Skipped {
        /// Why.
        reason: SkipReason,
    },
    /// It cannot be read.
    Unreadable {
        /// Why, a clause without a capital or full stop.
        why: String,
    },
}

/// Reads a file.
#[must_use]
pub fn read(candidate: &Candidate, limits: &Limits) -> Input {
    match bytes_of(candidate, limits) {
        Ok(bytes) => of_bytes(&candidate.display, candidate.named, bytes, limits),
        Err(why) => Input {
            display: candidate.display.clone(),
            content: Content::Unreadable { why },
        },
    }
}

fn bytes_of(candidate: &Candidate, limits: &Limits) -> Result<Vec<u8>, String> {
    let told = |error: io::Error| {
        if error.kind() == io::ErrorKind::NotFound && candidate.path.is_symlink() {
            "it is a symbolic link to a file that is not there".to_owned()
        } else {
            error.to_string()
        }
    };
    let mut bytes = Vec::new();
    // One byte more than allowed tells a file that is too large without reading all of it.
    regular::open(&candidate.path)
        .and_then(|file| {
            let limit = limits.bytes.saturating_add(1);
            file.take(limit).read_to_end(&mut bytes)
        })
        .map_err(told)?;
    Ok(bytes)
}

/// Reads bytes that are in memory already, as those of standard input are.
#[must_use]
pub fn from_bytes(display: &str, named: bool, bytes: &[u8], limits: &Limits) -> Input {
    of_bytes(display, named, bytes.to_vec(), limits)
}

fn of_bytes(display: &str, named: bool, bytes: Vec<u8>, limits: &Limits) -> Input {
    let display = display.to_owned();
    if u64::try_from(bytes.len()).is_ok_and(|length| length > limits.bytes) {
        let why = limits.too_large();
        return Input {
            display,
            content: Content::Unreadable { why },
        };
    }
    if let Some(tool) = encrypted::tool(&bytes) {
        let nothing = Document {
            len: bytes.len(),
            ..Document::default()
        };
        let text = Text::masked(&display, bytes, Arc::new(nothing));
        return Input {
            display,
            content: Content::Encrypted { tool, text },
        };
    }
    let document = pem::scan(&bytes, limits.pem);
    if let Some(reason) = nothing_to_check(&document).filter(|_| !named) {
        return Input {
            display,
            content: Content::Skipped { reason },
        };
    }
    let document = Arc::new(document);
    let text = Text::masked(&display, bytes, document.clone());
    Input {
        display,
        content: Content::Chain { document, text },
    }
}

/// Why a file is none that holds a chain, where its blocks are all of another kind.
fn nothing_to_check(document: &Document) -> Option<SkipReason> {
    let mut labels = document.blocks.iter().map(|block| block.label);
    let all = |kinds: &[Label]| {
        !document.blocks.is_empty()
            && document
                .blocks
                .iter()
                .all(|block| kinds.contains(&block.label))
    };
    let sound = document.faults.iter().all(|fault| {
        matches!(
            fault.kind,
            FaultKind::CertificateRequestBlock | FaultKind::CrlBlock | FaultKind::ParametersBlock
        )
    });
    if !sound {
        return None;
    }
    if all(&[Label::PrivateKey, Label::Parameters])
        && labels.any(|label| label == Label::PrivateKey)
    {
        return Some(SkipReason::PrivateKey);
    }
    if all(&[Label::CertificateRequest]) {
        return Some(SkipReason::CertificateRequest);
    }
    all(&[Label::Crl]).then_some(SkipReason::RevocationList)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(named: bool, text: &str) -> Content {
        from_bytes("x.pem", named, text.as_bytes(), &Limits::default()).content
    }

    fn reason(named: bool, text: &str) -> Option<SkipReason> {
        match content(named, text) {
            Content::Skipped { reason } => Some(reason),
            Content::Chain { .. } | Content::Encrypted { .. } | Content::Unreadable { .. } => None,
        }
    }

    fn block(label: &str) -> String {
        format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n")
    }

    #[test]
    fn keys_requests_and_revocation_lists_alone_are_skipped_where_they_were_found() {
        let key = block("PRIVATE KEY");
        assert_eq!(reason(false, &key), Some(SkipReason::PrivateKey));
        assert_eq!(
            reason(false, &(block("EC PARAMETERS") + &key)),
            Some(SkipReason::PrivateKey)
        );
        assert_eq!(
            reason(false, &block("CERTIFICATE REQUEST")),
            Some(SkipReason::CertificateRequest)
        );
        assert_eq!(
            reason(false, &block("X509 CRL")),
            Some(SkipReason::RevocationList)
        );
    }

    #[test]
    fn the_same_files_are_checked_where_the_user_names_them() {
        assert_eq!(reason(true, &block("PRIVATE KEY")), None);
        assert_eq!(reason(true, &block("CERTIFICATE REQUEST")), None);
    }

    #[test]
    fn a_key_beside_a_certificate_and_a_bare_public_key_are_checked() {
        assert_eq!(
            reason(false, &(block("CERTIFICATE") + &block("PRIVATE KEY"))),
            None
        );
        assert_eq!(reason(false, &block("PUBLIC KEY")), None);
        assert_eq!(reason(false, ""), None);
    }

    #[test]
    fn a_file_larger_than_the_limit_is_not_read() {
        let limits = Limits {
            bytes: 4,
            ..Limits::default()
        };
        let input = from_bytes("x", true, b"12345", &limits);
        assert!(matches!(input.content, Content::Unreadable { .. }));
        let input = from_bytes("x", true, b"1234", &limits);
        assert!(matches!(input.content, Content::Chain { .. }));
    }

    #[test]
    fn nothing_of_an_encrypted_file_is_shown() {
        let Content::Encrypted { tool, text } = content(true, "$ANSIBLE_VAULT;1.1;AES256\n3132\n")
        else {
            panic!("not recognised");
        };
        assert_eq!(
            (tool, text.source().text()),
            ("ansible-vault", "*************************\n****\n")
        );
    }
}
