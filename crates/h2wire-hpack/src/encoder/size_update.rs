//! The size updates that the next block has to start with. RFC 7541 §4.2.

use crate::dynamic_table::DynamicTable;
use crate::integer;

/// The limits of both sides, and what the decoder knows of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct PendingUpdates {
    /// The limit of the peer.
    pub(super) peer: u32,
    /// Our limit.
    pub(super) own: u32,
    /// The capacity that was declared to the decoder last.
    declared: u32,
    /// The lowest capacity since the last block.
    lowest: u32,
    /// The next sequence number and the number of entries when the last block was finished. A table that differs was
    /// changed by a block that was given up.
    finished: (u32, u32),
}

/// Not a capacity: no memory is enough for it.
const UNKNOWN: u32 = u32::MAX;

/// The most octets that size updates take: two integers.
pub(super) const MAX_LEN: usize = 12;

impl PendingUpdates {
    pub(super) const fn new(peer: u32, own: u32, finished: (u32, u32)) -> Self {
        let mut updates = Self { peer, own, declared: peer, lowest: peer, finished };
        updates.changed();
        updates
    }

    /// The capacity to use from the next block on.
    pub(super) const fn capacity(&self) -> u32 {
        if self.peer < self.own { self.peer } else { self.own }
    }

    /// Records that a limit has changed.
    pub(super) const fn changed(&mut self) {
        if self.capacity() < self.lowest {
            self.lowest = self.capacity();
        }
    }

    /// The capacities to declare: the lowest one, if the table must shrink to it first, and the final one. §4.2
    pub(super) fn due(&self) -> [Option<u32>; 2] {
        let last = self.capacity();
        let through = (self.lowest < last && self.lowest < self.declared).then_some(self.lowest);
        [through, (through.is_some() || last != self.declared).then_some(last)]
    }

    /// Writes the updates that are due. Returns the number of octets.
    pub(super) fn write(&self, buf: &mut [u8; MAX_LEN]) -> usize {
        let mut written = 0_usize;
        for size in self.due().into_iter().flatten() {
            let rest = buf.get_mut(written..).unwrap_or_default();
            // §6.3
            written = written.wrapping_add(integer::encode(size, 5, 0x20, rest));
        }
        written
    }

    /// Assumes nothing about the decoder's table any more: the next updates empty it.
    pub(super) const fn forget(&mut self) {
        self.declared = UNKNOWN;
        self.lowest = 0;
    }

    /// Whether entries were added or evicted by a block that was not finished.
    #[inline(always)]
    pub(super) const fn given_up(&self, table: &DynamicTable) -> bool {
        self.finished.0 != table.next || self.finished.1 != table.len
    }

    /// Records that the entries have moved to another table.
    #[cfg(feature = "alloc")]
    pub(super) const fn moved(&mut self, table: &DynamicTable) {
        self.finished = (table.next, table.len);
    }

    /// Records that a block is finished: the decoder will know of its updates and entries.
    #[inline(always)]
    pub(super) const fn finish(&mut self, table: &DynamicTable) {
        self.declared = self.capacity();
        self.lowest = self.declared;
        self.finished = (table.next, table.len);
    }
}
