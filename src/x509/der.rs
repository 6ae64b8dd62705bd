//! A small reader of DER tags and lengths.
