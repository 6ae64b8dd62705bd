//! Whether one key made one certificate's signature.

/// The outcome of checking a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Signature {
    /// The key made it.
    Valid,
    /// Another key made it, or the certificate was altered.
    Invalid,
    /// It cannot be verified here, and this is why.
    Undetermined(&'static str),
}
