//! The size updates that the next block has to start with. RFC 7541 §4.2.

use crate::integer;

/// What the decoder has to be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct PendingUpdates {
    /// The peer's limit, and ours.
    pub(super) peer: u32,
    pub(super) own: u32,
    /// What the decoder believes the capacity to be.
    declared: u32,
    /// The lowest capacity since the last block.
    lowest: u32,
}

/// No capacity: no memory is enough for it.
const UNKNOWN: u32 = u32::MAX;

/// The most octets that size updates take: two integers.
pub(super) const MAX_LEN: usize = 12;

impl PendingUpdates {
    pub(super) const fn new(peer: u32, own: u32) -> Self {
        let mut updates = Self { peer, own, declared: peer, lowest: peer };
        updates.changed();
        updates
    }

    /// The capacity to use from the next block on.
    pub(super) const fn capacity(&self) -> u32 {
        if self.peer < self.own { self.peer } else { self.own }
    }

    /// Takes note of a changed limit.
    pub(super) const fn changed(&mut self) {
        if self.capacity() < self.lowest {
            self.lowest = self.capacity();
        }
    }

    /// The capacities to declare: the lowest, if the table has to go through it, and the final one. §4.2
    pub(super) fn due(&self) -> [Option<u32>; 2] {
        let last = self.capacity();
        let through = (self.lowest < last && self.lowest < self.declared).then_some(self.lowest);
        [through, (through.is_some() || last != self.declared).then_some(last)]
    }

    /// Writes what is due; the number of octets.
    pub(super) fn write(&self, buf: &mut [u8; MAX_LEN]) -> usize {
        let mut written = 0_usize;
        for size in self.due().into_iter().flatten() {
            let rest = buf.get_mut(written..).unwrap_or_default();
            // §6.3
            written = written.wrapping_add(integer::encode(size, 5, 0x20, rest));
        }
        written
    }

    /// Nothing is known of the decoder's table any more: it is to go through 0, whatever it was told.
    pub(super) const fn forget(&mut self) {
        self.declared = UNKNOWN;
        self.lowest = 0;
    }

    /// The decoder was told.
    pub(super) const fn done(&mut self) {
        self.declared = self.capacity();
        self.lowest = self.declared;
    }
}
