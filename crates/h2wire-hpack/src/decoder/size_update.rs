//! The rules for dynamic table size updates. RFC 7541 §4.2, §6.3.

use crate::HpackError;
use crate::dynamic_table::INITIAL_TABLE_LIMIT;

/// The size updates that blocks must start with, and those that this block has started with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct SizeUpdates {
    /// The limit that the peer acknowledged last.
    limit: u32,
    /// The size that the encoder may use: its last update, or the initial limit.
    pub(super) capacity: u32,
    /// The lowest limit since the last block, if it was below `capacity`: the next block must go down to it.
    required: Option<u32>,
    /// Updates in this block.
    count: u8,
    /// The block has had a field: no size update may follow.
    pub(super) closed: bool,
}

impl SizeUpdates {
    pub(super) const fn new(limit: u32) -> Self {
        Self { limit, capacity: INITIAL_TABLE_LIMIT, required: None, count: 0, closed: false }
    }

    /// The peer acknowledged a limit.
    pub(super) fn acknowledge(&mut self, limit: u32) {
        self.limit = limit;
        if limit < self.capacity {
            self.required = Some(self.required.map_or(limit, |lowest| lowest.min(limit)));
        }
    }

    /// Checks and applies an update.
    pub(super) fn update(&mut self, size: u32) -> Result<(), HpackError> {
        // §4.2
        if self.closed {
            return Err(HpackError::SizeUpdateAfterField);
        }
        // §4.2
        if self.count == 2 {
            return Err(HpackError::TooManySizeUpdates);
        }
        // §6.3
        if size > self.limit {
            return Err(HpackError::SizeUpdateAboveLimit);
        }
        // §4.2: the lowest size comes first.
        if self.required.take().is_some_and(|lowest| size > lowest) {
            return Err(HpackError::MissingSizeUpdate);
        }
        self.capacity = size;
        self.count = self.count.wrapping_add(1);
        Ok(())
    }

    /// Called at the first field, or at the end of a block without fields.
    #[inline]
    pub(super) const fn close(&mut self) -> Result<(), HpackError> {
        self.closed = true;
        // §4.2
        if self.required.is_some() { Err(HpackError::MissingSizeUpdate) } else { Ok(()) }
    }

    #[inline]
    pub(super) const fn missing(&self) -> bool {
        self.required.is_some()
    }

    pub(super) const fn next_block(&mut self) {
        self.count = 0;
        self.closed = false;
    }
}
