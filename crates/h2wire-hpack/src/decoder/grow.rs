//! Memory from the allocator: it follows what the connection needs, up to what the limits allow.

use alloc::{vec, vec::Vec};

use super::limits::DecoderLimits;
use super::state::DecoderState;
use crate::dynamic_table::{MAX_DATA_LEN, SLACK, SLOT_LEN, slot_count, to_usize};

/// The slots that the first entry makes room for.
const FIRST_SLOTS: usize = 16;

impl DecoderState {
    /// A decoder without memory.
    pub(super) fn growing(limits: DecoderLimits) -> Self {
        let mut state = Self::new(limits, 0);
        state.table.data_len = 0;
        state
    }

    /// Whether the memory may be too small for the next representation, which lies in `rest` octets at most.
    #[inline]
    pub(super) fn is_cramped(&self, rest: usize) -> bool {
        let used = self.table.head.saturating_add(self.partial.stored);
        let slots = to_usize(self.table.len) >= self.table.slots();
        slots || self.table.data_len.saturating_sub(used) < self.needed(rest)
    }

    /// The most octets that a representation in `rest` octets is stored in: no Huffman code has less than 5 bits, and its
    /// name may be that of an entry. The length that a string announces does not count before it arrives.
    fn needed(&self, rest: usize) -> usize {
        let literal = rest.saturating_mul(2).saturating_add(to_usize(self.table.size));
        let most = self.limits.max_literal_len().saturating_sub(self.partial.stored);
        literal.min(most).saturating_add(SLACK)
    }

    /// Makes room for a representation that lies in `rest` octets at most, and for as many again as are used, so that
    /// moving them costs less than writing them did. Returns whether there is as much now as the limits need.
    #[cold]
    pub(super) fn make_memory(&mut self, memory: &mut Vec<u8>, rest: usize) -> bool {
        let full_slots = slot_count(self.limits.max_table_size);
        // Lower limits of this block are not what the next ones need.
        let full_data = self.usual_limits().full_data_len().min(MAX_DATA_LEN);
        let pending = self.partial.stored;
        let (data, slots) = self.table.split(memory);
        let mut slot_len = slots.len() / SLOT_LEN;
        if slot_len < full_slots && to_usize(self.table.len) >= slot_len {
            slot_len = slot_len.saturating_mul(2).max(FIRST_SLOTS).min(full_slots);
        }
        let mut data_len = data.len();
        if data_len < full_data {
            self.table.compact(data, slots, self.table.head.saturating_add(pending));
            let used = self.table.head.saturating_add(pending);
            let wanted = used.saturating_mul(2).saturating_add(self.needed(rest));
            if wanted > data_len {
                data_len = wanted.max(data_len.saturating_add(data_len >> 1)).min(full_data);
            }
        }
        if data_len != data.len() || slot_len.saturating_mul(SLOT_LEN) != slots.len() {
            self.move_to(memory, data_len, slot_len);
        }
        data_len >= full_data && slot_len >= full_slots
    }

    /// Moves the entries, and what was read of the next one, to more memory.
    fn move_to(&mut self, memory: &mut Vec<u8>, data_len: usize, slot_len: usize) {
        let mut larger = vec![0; data_len.saturating_add(slot_len.saturating_mul(SLOT_LEN))];
        let (data, slots) = memory.split_at_mut_checked(self.table.data_len).unwrap_or_default();
        let (new_data, new_slots) = larger.split_at_mut_checked(data_len).unwrap_or_default();
        let used = self.table.head.saturating_add(self.partial.stored);
        if let (Some(place), Some(octets)) = (new_data.get_mut(..used), data.get(..used)) {
            place.copy_from_slice(octets);
        }
        self.table.grow(slots, data_len, new_slots);
        *memory = larger;
    }
}
