//! What a decoder knows, without its memory, and the steps that both ways of decoding share.

use super::field::{FieldRef, StringRef, name_of, value_of};
use super::limits::{Counts, DecoderLimits};
#[cfg(feature = "alloc")]
use super::missed::Missed;
use super::partial::Partial;
use super::representation::Representation;
use super::size_update::SizeUpdates;
use crate::dynamic_table::{DynamicTable, INITIAL_TABLE_LIMIT};
use crate::static_table::{STATIC_TABLE_LEN, static_entry};
use crate::{HpackError, Known};

/// Everything but the memory.
#[derive(Clone, Debug)]
pub(super) struct DecoderState {
    pub(super) limits: DecoderLimits,
    pub(super) table: DynamicTable,
    pub(super) updates: SizeUpdates,
    /// Of the block, until the next one starts.
    pub(super) counts: Counts,
    /// The section size and number of fields to go back to after a block that had its own.
    pub(super) restore: Option<[u32; 2]>,
    pub(super) partial: Partial,
    /// A block has started and not ended.
    pub(super) open: bool,
    /// A fragment has not been read to its end.
    pub(super) unfinished: bool,
    pub(super) failed: Option<HpackError>,
    /// The fast path may be tried: not failed, not inside a field, no size update missing.
    pub(super) ready: bool,
    /// What was missed, if anything. Without an allocator no decoder joins late.
    #[cfg(feature = "alloc")]
    pub(super) missed: Option<Missed>,
}

impl DecoderState {
    pub(super) fn new(limits: DecoderLimits, memory_len: usize) -> Self {
        let limit = INITIAL_TABLE_LIMIT.min(limits.max_table_size);
        Self {
            limits,
            table: DynamicTable::new(limits.max_table_size, limit, limits.data_len(memory_len)),
            updates: SizeUpdates::new(limit),
            counts: Counts::default(),
            restore: None,
            partial: Partial::default(),
            open: false,
            unfinished: false,
            failed: None,
            ready: true,
            #[cfg(feature = "alloc")]
            missed: None,
        }
    }

    #[cold]
    pub(super) const fn fail(&mut self, error: HpackError) -> HpackError {
        self.failed = Some(error);
        self.ready = false;
        error
    }

    /// Whether the fast path may be tried. A small build has none: `resumable` finds the same.
    #[inline(always)]
    pub(super) const fn is_fast(&self) -> bool {
        self.ready && !cfg!(feature = "small-huffman")
    }

    #[inline]
    pub(super) fn set_ready(&mut self) {
        self.ready = self.failed.is_none() && self.partial.between_fields() && !self.updates.missing();
    }

    /// Ends the block.
    pub(super) fn end(&mut self) -> Result<(), HpackError> {
        // §6
        if !self.partial.between_fields() {
            return Err(HpackError::TruncatedBlock);
        }
        self.updates.close()?;
        self.updates.next_block();
        self.open = false;
        self.unfinished = false;
        self.set_ready();
        self.restore_limits();
        Ok(())
    }

    /// Goes back from the limits of one block.
    #[inline]
    pub(super) const fn restore_limits(&mut self) {
        if let Some([max_list_size, max_fields]) = self.restore.take() {
            (self.limits.max_list_size, self.limits.max_fields) = (max_list_size, max_fields);
        }
    }

    /// The limits of all blocks that have none of their own.
    #[cfg(feature = "alloc")]
    pub(super) fn usual_limits(&self) -> DecoderLimits {
        let list_size = self.restore.map_or(self.limits.max_list_size, |[max_list_size, _]| max_list_size);
        self.limits.with_max_list_size(list_size)
    }

    /// Looks up an indexed field. §6.1
    #[inline]
    pub(super) fn indexed<'i>(&self, slots: &[u8], index: u32) -> Result<FieldRef<'i>, HpackError> {
        let representation = Representation::Indexed { index };
        if let Some((name, value)) = static_entry(index) {
            return Ok(FieldRef {
                name: StringRef::Borrowed(name),
                value: StringRef::Borrowed(value),
                known: Known::Both,
                representation,
            });
        }
        // §6.1
        let Some(index) = index.checked_sub(STATIC_TABLE_LEN) else { return Err(HpackError::IndexZero) };
        // §2.3.3
        let Some(entry) = self.table.get(slots, index.wrapping_sub(1)) else {
            #[cfg(feature = "alloc")]
            if self.is_missed(index.wrapping_sub(1)) {
                return Ok(FieldRef::unknown(representation));
            }
            return Err(HpackError::IndexOutOfRange);
        };
        Ok(FieldRef { name: name_of(entry), value: value_of(entry), known: entry.known(), representation })
    }

    /// Makes the literal after the newest entry an entry.
    #[inline(always)]
    pub(super) fn insert(
        &mut self,
        slots: &mut [u8],
        name_len: u32,
        value_len: u32,
        static_name: u32,
    ) -> Result<(), HpackError> {
        self.table.insert(slots, name_len, value_len, static_name);
        // RFC 9113 §4.3.1. The encoder may have a larger table than the limit until it exceeds it.
        if self.table.size > self.updates.limit { Err(HpackError::MissingSizeUpdate) } else { Ok(()) }
    }

    /// Applies a limit that the peer acknowledged.
    pub(super) fn acknowledge(&mut self, limit: u32) {
        #[cfg(feature = "alloc")]
        if self.missed.is_some() {
            return self.acknowledge_late(limit);
        }
        self.updates.acknowledge(limit, self.table.size);
        // Entries are evicted as the encoder does it, whatever the limit: `insert` finds what exceeds it. An encoder
        // starts with 4,096 octets and need not say so, even if this decoder started with less.
        self.table.capacity = self.updates.capacity;
        self.set_ready();
    }

    /// Applies a size update. §6.3
    pub(super) fn size_update(&mut self, slots: &[u8], size: u32) -> Result<(), HpackError> {
        self.updates.update(size)?;
        self.table.set_capacity(slots, size);
        #[cfg(feature = "alloc")]
        self.size_update_late();
        Ok(())
    }
}
