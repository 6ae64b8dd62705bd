//! The block scanner.

use super::Document;

/// Bounds on what one file may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Blocks a file.
    pub blocks: usize,
}

/// Finds every block, fault and text of a file.
#[must_use]
pub fn scan(bytes: &[u8], limits: Limits) -> Document {
    let _ = limits;
    Document {
        len: bytes.len(),
        ..Document::default()
    }
}
