//! Path length and name constraints along a path (RFC 5280 §6.1).
