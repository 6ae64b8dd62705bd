//! Which files are looked at, and reading them.
//!
//! The raw bytes of a file never leave this layer: what goes up is its PEM and its masked text.

mod discover;
mod encrypted;
pub mod git;
pub mod name;
mod read;
pub mod regular;
mod text;
mod walk;

pub use discover::{
    Candidate, Found, Missing, Options, PassedOver, Unreadable, discover, may_hold_a_chain,
};
pub use read::{Content, Input, Limits, from_bytes, read};
pub use text::Text;
