//! Certificates made to order, mistakes included, for tests of policies and for this program's own.
//!
//! Writes DER and PEM and shares no line with the readers, so that each holds the other to its word. Keys come
//! from a label: the same label gives the same key on every machine, nothing is stored, and since anybody
//! can make such a key again it guards nothing.

pub mod certificate;
pub mod der;
pub mod extension;
pub mod keys;
pub mod name;
pub mod pem;
pub mod qc;
mod rsa;
mod stream;

pub use stream::Stream;
