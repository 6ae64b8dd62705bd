//! The roots that are known: Mozilla's store and the legacy table.

/// Known roots.
#[derive(Debug)]
pub struct Anchors {}
