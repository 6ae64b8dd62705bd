//! Who is trusted to issue: roots that public stores know, and those that a user names.
//!
//! Knows certificates and their keys, not chains.

mod anchors;
pub mod etsi;
pub mod lists;

pub use anchors::{Anchor, Anchors, Given, KnownRoot, Listing, Origin};
