//! YAML in which every value knows its place.
//!
//! Parses once into [`Node`]s (with strict scalars, no tags, no duplicate keys, a budget against
//! alias bombs), then reads typed values out of a node, each error at its own place.

mod access;
mod de;
mod describe;
mod error;
mod extent;
mod form;
mod located;
mod node;
mod parse;
mod placeholder;
mod problem;
mod reader;
mod scalar;
mod syntax;
mod unquoted;

pub use de::{from_field, from_node, read_known};
pub use form::{Form, not_utf8, read_form};
pub use located::Located;
pub use node::{Key, Node, Value, or_nothing};
pub use parse::{MAX_BYTES, parse, read_up_to};
pub use problem::{Problem, Problems, did_you_mean, one_of, sort};
pub use scalar::locate;

#[cfg(test)]
mod tests;
