//! Moves a decoder to more memory.

use alloc::{vec, vec::Vec};

use super::limits::DecoderLimits;
use super::state::DecoderState;
use crate::TableLimitError;

impl DecoderState {
    /// See `Decoder::grow`.
    pub(super) fn grow(&mut self, memory: &mut Vec<u8>, max_table_size: u32) -> Result<(), TableLimitError> {
        if max_table_size <= self.limits.max_table_size && !self.open {
            return Ok(());
        }
        self.grow_to(memory, DecoderLimits { max_table_size, ..self.limits })
    }

    /// Moves to memory for these limits, and a table that is not smaller than before.
    pub(super) fn grow_to(
        &mut self,
        memory: &mut Vec<u8>,
        limits: DecoderLimits,
    ) -> Result<(), TableLimitError> {
        if self.open {
            return Err(TableLimitError::FieldBlockOpen);
        }
        let max_table_size = limits.max_table_size.max(self.limits.max_table_size);
        let limits = DecoderLimits { max_table_size, ..limits };
        let mut larger = vec![0; limits.memory_len()];
        let data_len = limits.data_len(larger.len());
        let (data, slots) = memory.split_at_mut_checked(self.table.data_len).unwrap_or_default();
        let (new_data, new_slots) = larger.split_at_mut_checked(data_len).unwrap_or_default();
        // The old memory may be larger than it had to be. Moved to the front, the entries fit in the new one.
        self.table.compact(data, slots, self.table.head);
        // Between two blocks there is nothing after the newest entry. Pages that are not written take no memory yet.
        let head = self.table.head;
        if let (Some(place), Some(entries)) = (new_data.get_mut(..head), data.get(..head)) {
            place.copy_from_slice(entries);
        }
        self.table.grow(slots, max_table_size, data_len, new_slots);
        self.limits = limits;
        *memory = larger;
        Ok(())
    }
}
