//! The dynamic table of an encoder and its index, in their memory.

use super::index::{Index, Key};
use super::policy::{self, Indexing};
use crate::dynamic_table::{DynamicTable, ENTRY_OVERHEAD, to_u32};
use crate::static_table::STATIC_TABLE_LEN;

/// The dynamic table and its memory, split.
pub(super) struct Tables<'m> {
    pub(super) table: &'m mut DynamicTable,
    pub(super) data: &'m mut [u8],
    /// The slots of the table and the index.
    pub(super) rest: &'m mut [u8],
    pub(super) index: Index,
}

impl Tables<'_> {
    /// The index, counted from 0, and the mark of a field that is an entry and may be looked up.
    #[inline(always)]
    pub(super) fn find_field(&self, key: &Key<'_>, indexing: Indexing) -> Option<(u32, u8)> {
        let (index, entry) = self.index.find_field(self.table, self.data, self.rest, key)?;
        (!policy::never(indexing, entry.static_name, key.value)).then_some((index, entry.mark))
    }

    /// The index of a name that is not in the static table; 0 if it is not in the dynamic table either.
    #[inline(always)]
    pub(super) fn find_name(&self, key: &Key<'_>) -> u32 {
        self.index.find_name(self.table, self.data, self.rest, key).map_or(0, dynamic)
    }

    /// Makes a field the newest entry, as the decoder will. §4.4
    #[inline(always)]
    pub(super) fn insert(&mut self, key: &Key<'_>, static_name: u32, mark: u8) {
        let Self { table, data, rest, index } = self;
        let (name_len, value_len) = (to_u32(key.name.len()), to_u32(key.value.len()));
        let size = name_len.saturating_add(value_len).saturating_add(ENTRY_OVERHEAD);
        let Some(max) = table.capacity.checked_sub(size) else { return table.evict_to(rest, 0) };
        // Evict first: what remains and the new entry fit in half of the data.
        table.evict_to(rest, max);
        let name = if static_name == 0 { key.name } else { &[] };
        let len = name.len().wrapping_add(key.value.len());
        table.make_room(data, rest, 0, len);
        let place = data.get_mut(table.head..).and_then(|data| data.get_mut(..len)).unwrap_or_default();
        if let Some((name_place, value_place)) = place.split_at_mut_checked(name.len())
            && value_place.len() == key.value.len()
        {
            name_place.copy_from_slice(name);
            value_place.copy_from_slice(key.value);
        }
        index.insert(rest, table.next, key);
        table.insert(rest, name_len, value_len, static_name);
        if mark != 0 {
            table.mark_newest(rest, mark);
        }
    }
}

/// The first entry of the dynamic table follows the last one of the static table. §2.3.3
#[inline(always)]
pub(super) const fn dynamic(index: u32) -> u32 {
    index.saturating_add(STATIC_TABLE_LEN).saturating_add(1)
}
