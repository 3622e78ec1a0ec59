//! Memory from the allocator: it follows what the table needs.

use alloc::{vec, vec::Vec};

use super::index::Key;
use super::{Encoder, MAX_TABLE_SIZE};
use crate::dynamic_table::{ENTRY_OVERHEAD, to_u32};

/// The table that the first entry makes memory for: as much as the entries of a small service take.
const FIRST_TABLE: u32 = 512;

impl Encoder<Vec<u8>> {
    /// Creates an encoder that allocates its memory as it is needed: none before the first entry, then for a table of
    /// 512 bytes, and four times as much each time that it is full. It uses a table of at most `max_table_size`, even if
    /// the peer offers more; 4,096 is usual. [`Encoder::memory_len`] tells what it takes at most.
    ///
    /// ```
    /// use h2wire_hpack::{Encoder, Indexing};
    ///
    /// let mut encoder = Encoder::new(4096);
    /// let mut block = Vec::new();
    /// let fields = [(&b":method"[..], &b"GET"[..], Indexing::Auto)];
    /// encoder.encode_block(fields, &mut block);
    /// assert_eq!(block, [0x82]);
    /// ```
    ///
    /// No table has 1 GiB or more, even if `max_table_size` allows it. Encoding panics if memory cannot be allocated, as
    /// `Vec` does.
    #[must_use]
    pub fn new(max_table_size: u32) -> Self {
        Self::growing(max_table_size, 0)
    }

    /// Uses a table of up to `max_table_size` if the peer offers that much. The entries stay, and memory comes as it is
    /// needed, as for [`new`](Self::new). With less than before only
    /// [`set_max_table_size`](Self::set_max_table_size) is done.
    pub fn grow(&mut self, max_table_size: u32) {
        let max_table_size = max_table_size.min(MAX_TABLE_SIZE);
        self.max_table_size = self.max_table_size.max(max_table_size);
        self.make_memory = Some(Self::move_to);
        self.updates.own = max_table_size;
        self.updates.changed();
    }

    /// An encoder that has memory for a table of `room`.
    fn growing(max_table_size: u32, room: u32) -> Self {
        // A table of 0 has a slot, which nothing would use.
        let len = if room == 0 { 0 } else { Encoder::memory_len(room) };
        let mut encoder = Self::with_room(max_table_size.min(MAX_TABLE_SIZE), room, vec![0; len]);
        encoder.make_memory = Some(Self::move_to);
        encoder
    }

    /// Makes an encoder with memory for a table of `room` of this one, entry by entry: each has another place in a larger
    /// index.
    #[cold]
    fn move_to(&mut self, room: u32) {
        if self.updates.given_up(&self.table) {
            // If the block goes on, its end takes that back.
            self.updates.forget();
        }
        let mut larger = Self::growing(self.max_table_size, room);
        larger.huffman = self.huffman;
        larger.table.capacity = self.table.capacity;
        let mut tables = larger.tables();
        let (data, slots) = self.memory.split_at_checked(self.table.data_len).unwrap_or_default();
        for index in (0..self.table.len).rev() {
            let Some(entry) = self.table.get(slots, index) else { continue };
            tables.insert(&Key::new(entry.name(data), entry.value(data)), entry.static_name, entry.mark);
        }
        larger.updates = self.updates;
        larger.updates.moved(&larger.table);
        larger.guess = self.guess.moved(larger.table.next.wrapping_sub(self.table.next));
        *self = larger;
    }
}

impl<M> Encoder<M> {
    /// Makes room for an entry, if there is too little and the memory may grow.
    #[inline(always)]
    pub(super) fn make_room(&mut self, key: &Key<'_>) {
        let size = to_u32(key.name.len().saturating_add(key.value.len())).saturating_add(ENTRY_OVERHEAD);
        let capacity = self.table.capacity;
        let needed = self.table.size.saturating_add(size).min(capacity);
        // §4.4: a larger one empties the table.
        if needed > self.room
            && size <= capacity
            && let Some(make_memory) = self.make_memory
        {
            let room = self.room.saturating_mul(4).max(needed).max(FIRST_TABLE);
            // The capacity is not larger either.
            make_memory(self, room.min(self.max_table_size));
        }
    }
}
