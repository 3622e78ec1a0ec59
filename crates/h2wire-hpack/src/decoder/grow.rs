//! A decoder that moves to more memory.

use alloc::{vec, vec::Vec};

use super::{Decoder, DecoderLimits};
use crate::TableLimitError;

impl Decoder<Vec<u8>> {
    /// Makes memory for a table of `max_table_size` octets, if that is more than there is: the new
    /// [`DecoderLimits::max_table_size`]. The table stays as it is. To be called before
    /// [`set_table_limit`](Self::set_table_limit).
    ///
    /// So a decoder can start small, and grow only for a peer that uses the large table it was offered.
    ///
    /// # Errors
    /// [`TableLimitError::FieldBlockOpen`] inside a block.
    ///
    /// # Panics
    /// As a `Vec` does that cannot have so much memory.
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
        // The memory of before may have been larger than it had to be. At the front the entries fit in any.
        state.table.compact(data, slots, state.table.head);
        // Behind the newest entry there is nothing between two blocks; what is not written takes no memory yet.
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
