//! A decoder that has missed blocks: at the start of the connection, or in a hole.
//!
//! Indices count from the newest entry, so what was inserted since is found where it should be. What is not known:
//! - The entries from before, and how many there are. They are older, so the peer evicts them first.
//! - The encoder's table size until its next update, and the length of names that stand in entries from before.
//!
//! So a late decoder takes the largest table and the shortest names that there can be. It keeps all that the peer may
//! still have; what it keeps beyond that the peer has evicted, and does not refer to.

use super::field::{FieldRef, StringRef};
use super::limits::Counts;
use super::missed::Missed;
use super::partial::Partial;
use super::representation::Representation;
use super::state::DecoderState;
use crate::Known;

impl DecoderState {
    /// Makes everything in the table unknown, and with it the sizes that the table may have.
    pub(super) fn forget_table(&mut self) {
        let max = self.limits.max_table_size;
        (self.table.size, self.table.len, self.table.capacity) = (0, 0, max);
        self.updates.forget(max);
        self.missed = Some(Missed { size: max, since: self.table.next });
        self.partial = Partial::default();
        self.counts = Counts::default();
        (self.open, self.unfinished) = (false, false);
        self.set_ready();
    }

    /// Applies a limit. A late decoder knows of no update that is missing: its table may hold what the peer evicted. But
    /// a table within the rules is not larger than the limit.
    pub(super) fn acknowledge_late(&mut self, limit: u32) {
        self.updates.limit = limit;
        self.table.capacity = self.updates.capacity.min(limit);
    }

    /// After a size update there is not more from before than fits beside what is known.
    pub(super) fn size_update_late(&mut self) {
        if let Some(missed) = &mut self.missed {
            missed.size = missed.size.min(self.table.capacity.saturating_sub(self.table.size));
        }
    }

    /// Whether an index past the end of the table, counted from 0, may be of an entry from before.
    #[cold]
    pub(super) fn is_missed(&self, index: u32) -> bool {
        let past = index.saturating_sub(self.table.len);
        self.missed.is_some_and(|missed| past < missed.entries(&self.table))
    }
}

impl FieldRef<'_> {
    /// A field of which neither name nor value is known.
    pub(super) const fn unknown(representation: Representation) -> Self {
        let nothing = StringRef::Borrowed(&[]);
        Self { name: nothing, value: nothing, known: Known::Neither, representation }
    }
}
