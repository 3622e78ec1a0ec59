//! Moves a decoder to more memory.

use alloc::{vec, vec::Vec};

use super::{Decoder, DecoderLimits};
use crate::TableLimitError;

impl Decoder<Vec<u8>> {
    /// Raises [`DecoderLimits::max_table_size`] and allocates the memory for it. The entries of the table stay. If
    /// the limit is that large already, nothing happens. Call it before [`set_table_limit`](Self::set_table_limit).
    ///
    /// With it a decoder can start small, and grow only if the peer uses the large table that it was offered.
    ///
    /// # Errors
    /// [`TableLimitError::FieldBlockOpen`] inside a block.
    ///
    /// # Panics
    /// Panics if that much memory cannot be allocated, as `Vec` does.
    pub fn grow(&mut self, max_table_size: u32) -> Result<(), TableLimitError> {
        let state = &mut self.state;
        if state.open {
            return Err(TableLimitError::FieldBlockOpen);
        }
        if max_table_size <= state.limits.max_table_size {
            return Ok(());
        }
        let limits = DecoderLimits { max_table_size, ..state.limits };
        let mut memory = vec![0; limits.memory_len()];
        let data_len = limits.data_len(memory.len());
        let (data, slots) = self.memory.split_at_mut_checked(state.table.data_len).unwrap_or_default();
        let (new_data, new_slots) = memory.split_at_mut_checked(data_len).unwrap_or_default();
        // The old memory may be larger than it had to be. Moved to the front, the entries fit in the new one.
        state.table.compact(data, slots, state.table.head);
        // Between two blocks there is nothing after the newest entry. Pages that are not written take no memory yet.
        let head = state.table.head;
        if let (Some(place), Some(entries)) = (new_data.get_mut(..head), data.get(..head)) {
            place.copy_from_slice(entries);
        }
        state.table.grow(slots, max_table_size, data_len, new_slots);
        state.limits = limits;
        self.memory = memory;
        Ok(())
    }
}
