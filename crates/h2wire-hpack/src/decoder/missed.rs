//! How much a decoder has missed.

use crate::dynamic_table::{DynamicTable, ENTRY_OVERHEAD};

/// What a decoder has missed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Missed {
    /// The most that all entries from before can be counted with. §4.1
    pub(super) size: u32,
    /// The sequence number of the first entry since.
    pub(super) since: u32,
}

impl Missed {
    /// The most entries from before that the peer can still have.
    pub(super) fn entries(&self, table: &DynamicTable) -> u32 {
        // Whatever was evicted since, older entries went first.
        let evicted = table.next.wrapping_sub(self.since) > table.len;
        let size = self.size.min(table.capacity.saturating_sub(table.size));
        if evicted { 0 } else { size / ENTRY_OVERHEAD }
    }
}
