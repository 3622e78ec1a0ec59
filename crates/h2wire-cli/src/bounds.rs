//! Bounds of the command itself.

/// The largest field section that the command keeps, in bytes. Its memory is touched only as far as it is used.
pub(crate) const MOST_SECTION: u32 = 16 * 1024 * 1024;

/// The largest HPACK table that the command makes, in bytes.
pub(crate) const MOST_TABLE: u32 = 16 * 1024 * 1024;
