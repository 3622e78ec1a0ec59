//! Bounds of the command itself.

/// The largest HPACK table that the command makes, in bytes.
pub(crate) const MOST_TABLE: u32 = 16 * 1024 * 1024;
