//! Moves an encoder to more memory.

use alloc::{vec, vec::Vec};

use super::Encoder;
use super::index::Key;
use super::tables::Tables;
use crate::static_table;

impl Encoder<Vec<u8>> {
    /// See `Encoder::grow`.
    pub(super) fn make_memory(&mut self, max_table_size: u32) {
        if max_table_size > self.max_table_size {
            self.move_to(max_table_size);
        }
        self.updates.own = max_table_size;
        self.updates.changed();
    }

    /// Makes an encoder with more memory of this one, entry by entry: each has another place in a larger index.
    fn move_to(&mut self, max_table_size: u32) {
        if self.updates.given_up(&self.table) {
            self.updates.forget();
        }
        let memory = vec![0; Encoder::memory_len(max_table_size)];
        let mut larger = Self::with_enough(max_table_size, memory);
        larger.huffman = self.huffman;
        larger.table.capacity = self.table.capacity;
        let (data, rest) = larger.table.split(&mut larger.memory);
        let (slots, chains) = larger.index.split(rest);
        let mut tables = Tables { table: &mut larger.table, data, slots, chains };
        for entry in self.dynamic_table().rev() {
            let key = Key::new(entry.name, entry.value);
            tables.insert(&key, static_table::find_name(key.name, key.name_hash).unwrap_or(0));
        }
        larger.updates = self.updates;
        larger.updates.moved(&larger.table);
        *self = larger;
    }
}
