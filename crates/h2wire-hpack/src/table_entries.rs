//! The entries of a dynamic table, for tools.

use core::fmt;
use core::iter::FusedIterator;

use crate::Known;
use crate::dynamic_table::{DynamicTable, to_usize};

/// An entry of a dynamic table.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct TableEntry<'t> {
    /// The name.
    pub name: &'t [u8],
    /// The value.
    pub value: &'t [u8],
    /// What is known of it.
    pub known: Known,
}

/// The entries of a dynamic table, newest first, in the order of their indices: 62, 63, and so on. RFC 7541 §2.3.3.
#[derive(Clone)]
pub struct TableEntries<'t> {
    table: &'t DynamicTable,
    data: &'t [u8],
    slots: &'t [u8],
    next: u32,
    end: u32,
}

impl<'t> TableEntries<'t> {
    pub(crate) fn new(table: &'t DynamicTable, memory: &'t [u8]) -> Self {
        let (data, slots) = memory.split_at_checked(table.data_len).unwrap_or_default();
        Self { table, data, slots, next: 0, end: table.len }
    }

    fn entry(&self, index: u32) -> Option<TableEntry<'t>> {
        let entry = self.table.get(self.slots, index)?;
        Some(TableEntry { name: entry.name(self.data), value: entry.value(self.data), known: entry.known() })
    }
}

impl<'t> Iterator for TableEntries<'t> {
    type Item = TableEntry<'t>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.end {
            return None;
        }
        let entry = self.entry(self.next);
        self.next = self.next.saturating_add(1);
        entry
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = to_usize(self.end.saturating_sub(self.next));
        (len, Some(len))
    }
}

impl DoubleEndedIterator for TableEntries<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        if self.next >= self.end {
            return None;
        }
        self.end = self.end.saturating_sub(1);
        self.entry(self.end)
    }
}

impl ExactSizeIterator for TableEntries<'_> {}

impl FusedIterator for TableEntries<'_> {}

impl fmt::Debug for TableEntry<'_> {
    /// Name and value as text, `server: h2wire`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.known {
            Known::Both => write!(f, "{}: {}", self.name.escape_ascii(), self.value.escape_ascii()),
            Known::Value => write!(f, "<unknown>: {}", self.value.escape_ascii()),
            Known::Neither => f.write_str("<unknown>"),
        }
    }
}

impl fmt::Debug for TableEntries<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
