//! One file a check.

pub mod not_expired;
