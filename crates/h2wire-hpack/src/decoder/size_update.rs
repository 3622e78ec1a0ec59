//! The rules for dynamic table size updates. RFC 7541 §4.2, §6.3; RFC 9113 §4.3.1.

use crate::HpackError;
use crate::dynamic_table::INITIAL_TABLE_LIMIT;

/// The size updates that blocks must start with. Any number may come before the first field: a block's length bounds
/// them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct SizeUpdates {
    /// The limit that the peer acknowledged last.
    pub(super) limit: u32,
    /// The size that the encoder may use: its last update, or the initial limit.
    pub(super) capacity: u32,
    /// The lowest limit since the last block, if it was below the size of the table: the next block must go down to it.
    required: Option<u32>,
    /// The block has had a field: no size update may follow.
    pub(super) closed: bool,
}

impl SizeUpdates {
    pub(super) const fn new(limit: u32) -> Self {
        Self { limit, capacity: INITIAL_TABLE_LIMIT, required: None, closed: false }
    }

    /// The peer acknowledged a limit when its table had this size.
    pub(super) fn acknowledge(&mut self, limit: u32, table_size: u32) {
        self.limit = limit;
        // RFC 9113 §4.3.1
        if limit < table_size {
            self.required = Some(self.required.map_or(limit, |lowest| lowest.min(limit)));
        }
    }

    /// Checks and applies an update.
    pub(super) fn update(&mut self, size: u32) -> Result<(), HpackError> {
        // §4.2
        if self.closed {
            return Err(HpackError::SizeUpdateAfterField);
        }
        // §6.3
        if size > self.limit {
            return Err(HpackError::SizeUpdateAboveLimit);
        }
        self.required = self.required.filter(|lowest| size > *lowest);
        self.capacity = size;
        Ok(())
    }

    /// Called at the first field, or at the end of a block without fields.
    #[inline]
    pub(super) const fn close(&mut self) -> Result<(), HpackError> {
        self.closed = true;
        // RFC 9113 §4.3.1
        if self.required.is_some() { Err(HpackError::MissingSizeUpdate) } else { Ok(()) }
    }

    #[inline]
    pub(super) const fn missing(&self) -> bool {
        self.required.is_some()
    }

    /// Starts again with the largest size and limit that there can be.
    #[cfg(feature = "alloc")]
    pub(super) const fn forget(&mut self, max: u32) {
        *self = Self { limit: max, capacity: max, required: None, closed: false };
    }

    pub(super) const fn next_block(&mut self) {
        self.closed = false;
    }
}
