//! Which files are looked at, and reading them.
//!
//! The raw bytes of a file never leave this layer: what goes up is its PEM and its masked text.

mod discover;
mod encrypted;
mod read;
mod text;

pub use discover::{Candidate, Missing, Options, discover, may_hold_a_chain};
pub use read::{Content, Input, Limits, from_bytes, read};
pub use text::Text;
