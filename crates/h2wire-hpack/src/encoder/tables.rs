//! Encodes one field: as an index if it is in a table, or as a literal. RFC 7541 §6.

use super::index::{Chains, Key};
use super::plan::{Literal, MAX_STRING_LEN, StringPlan};
use super::policy::{self, HuffmanPolicy, Indexing};
use crate::dynamic_table::{DynamicTable, ENTRY_OVERHEAD, to_u32};
use crate::static_table::{self, STATIC_TABLE_LEN};
use crate::{BufferTooSmall, integer};

/// The dynamic table and its memory, split once for each block.
pub(super) struct Tables<'m> {
    pub(super) table: &'m mut DynamicTable,
    pub(super) data: &'m mut [u8],
    pub(super) slots: &'m mut [u8],
    pub(super) chains: Chains<'m>,
}

/// A field to encode, and how.
#[derive(Clone, Copy)]
pub(super) struct FieldToEncode<'a> {
    pub(super) name: &'a [u8],
    pub(super) value: &'a [u8],
    pub(super) indexing: Indexing,
    pub(super) huffman: HuffmanPolicy,
}

impl Tables<'_> {
    /// Encodes one field at the start of `buf`. If it does not fit, nothing is written and the table is unchanged.
    #[inline(always)]
    pub(super) fn field(
        &mut self,
        field: FieldToEncode<'_>,
        buf: &mut [u8],
    ) -> Result<usize, BufferTooSmall> {
        let key = Key::new(field.name, field.value);
        if let Some(index) = static_table::find(key.name, key.value, key.field_hash)
            && !policy::never(field.indexing, index, field.value)
        {
            return indexed(index, buf);
        }
        if let Some((index, entry)) = self.chains.find_field(self.table, self.data, self.slots, &key)
            && !policy::never(field.indexing, entry.static_name, field.value)
        {
            return indexed(dynamic(index), buf);
        }
        self.literal(&key, field.indexing, field.huffman, buf)
    }

    /// Encodes a field that is in no table or must not be looked up.
    #[inline(never)]
    fn literal(
        &mut self,
        key: &Key<'_>,
        indexing: Indexing,
        huffman: HuffmanPolicy,
        buf: &mut [u8],
    ) -> Result<usize, BufferTooSmall> {
        // Encoded lengths have 32 bits, and a code is up to four times as long as its octet.
        if key.name.len() | key.value.len() > MAX_STRING_LEN {
            return Err(BufferTooSmall { needed: usize::MAX });
        }
        let static_name = static_table::find_name(key.name, key.name_hash).unwrap_or(0);
        let indexing = policy::decide(indexing, static_name, key, self.table.capacity);
        let (pattern, bits) = match indexing {
            Indexing::Incremental | Indexing::Auto => (0x40, 6),
            Indexing::Without => (0, 4),
            Indexing::Never => (0x10, 4),
        };
        let name_index = if static_name == 0 { self.find_name(key) } else { static_name };
        let literal = Literal {
            pattern,
            bits,
            name_index,
            name: (name_index == 0).then(|| StringPlan::new(key.name, huffman)),
            value: StringPlan::new(key.value, huffman),
        };
        let needed = literal.len();
        literal.write(buf.get_mut(..needed).ok_or(BufferTooSmall { needed })?);
        if pattern == 0x40 {
            self.insert(key, static_name);
        }
        Ok(needed)
    }

    /// The index of a name that is not in the static table; 0 if it is not in the dynamic table either.
    #[inline(always)]
    fn find_name(&self, key: &Key<'_>) -> u32 {
        self.chains.find_name(self.table, self.data, self.slots, key).map_or(0, dynamic)
    }

    /// Makes a field the newest entry, as the decoder will. §4.4
    #[inline(always)]
    pub(super) fn insert(&mut self, key: &Key<'_>, static_name: u32) {
        let Self { table, data, slots, chains } = self;
        let (name_len, value_len) = (to_u32(key.name.len()), to_u32(key.value.len()));
        let size = name_len.saturating_add(value_len).saturating_add(ENTRY_OVERHEAD);
        let Some(max) = table.capacity.checked_sub(size) else { return table.evict_to(slots, 0) };
        // Evict first: what remains and the new entry fit in half of the data.
        table.evict_to(slots, max);
        let name = if static_name == 0 { key.name } else { &[] };
        let len = name.len().wrapping_add(key.value.len());
        table.make_room(data, slots, 0, len);
        let place = data.get_mut(table.head..).and_then(|data| data.get_mut(..len)).unwrap_or_default();
        if let Some((name_place, value_place)) = place.split_at_mut_checked(name.len())
            && value_place.len() == key.value.len()
        {
            name_place.copy_from_slice(name);
            value_place.copy_from_slice(key.value);
        }
        chains.insert(table.next, key);
        table.insert(slots, name_len, value_len, static_name);
    }
}

/// The first entry of the dynamic table follows the last one of the static table. §2.3.3
#[inline(always)]
const fn dynamic(index: u32) -> u32 {
    index.saturating_add(STATIC_TABLE_LEN).saturating_add(1)
}

/// Writes an indexed field. §6.1
#[inline(always)]
fn indexed(index: u32, buf: &mut [u8]) -> Result<usize, BufferTooSmall> {
    let needed = integer::encoded_len(index, 7);
    let place = buf.get_mut(..needed).ok_or(BufferTooSmall { needed })?;
    Ok(integer::encode(index, 7, 0x80, place))
}
