//! From DER offsets to file offsets.

use crate::span::{DerSpan, Span};

/// Where each base64 character of a block stands.
#[derive(Debug, Clone, Default)]
pub struct OffsetMap {}

impl OffsetMap {
    /// See [`super::Content::locate`].
    #[must_use]
    pub fn locate(&self, der: DerSpan) -> Span {
        Span::new(der.start, der.end)
    }
}
