//! A decoder that has missed blocks: at the start of the connection, or in a hole.
//!
//! Indices count from the newest entry, so what was inserted since is found where it should be. What is not known:
//! - The entries from before, and how many there are. They are older, so the peer evicts them first.
//! - The encoder's table size until its next update, and the length of names that stand in entries from before.
//!
//! So a late decoder takes the largest table and the shortest names that there can be. It keeps all that the peer may
//! still have; what it keeps beyond that the peer has evicted, and does not refer to.

use alloc::vec::Vec;

use super::Decoder;
use super::field::{FieldRef, StringRef};
use super::limits::{Counts, DecoderLimits};
use super::missed::Missed;
use super::partial::Partial;
use super::representation::Representation;
use super::state::DecoderState;
use crate::{Known, MemoryTooSmall};

impl Decoder<Vec<u8>> {
    /// Creates a decoder that joins a connection between two blocks. See [`forget_table`](Self::forget_table) for what
    /// it knows.
    ///
    /// [`DecoderLimits::max_table_size`] must be no less than any table size that the connection may be using: choose it
    /// generously if its SETTINGS were not seen.
    ///
    /// ```
    /// use h2wire_hpack::{Decoder, DecoderLimits, Known};
    ///
    /// let limits = DecoderLimits::DEFAULT.with_max_table_size(65_536);
    /// let mut decoder = Decoder::joined(&limits);
    /// let mut seen = Vec::new();
    /// // `:method: GET`, an entry that was not seen, and a value whose name was not seen.
    /// decoder.decode_block(b"\x82\xc0\x7f\x01\x01v", |field| seen.push(field.known))?;
    /// assert_eq!(seen, [Known::Both, Known::Neither, Known::Value]);
    /// # Ok::<(), h2wire_hpack::HpackError>(())
    /// ```
    ///
    /// Decoding panics if memory cannot be allocated, as `Vec` does.
    #[must_use]
    pub fn joined(limits: &DecoderLimits) -> Self {
        let mut decoder = Self::new(limits);
        decoder.forget_table();
        decoder
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Decoder<M> {
    /// As [`joined`](Decoder::joined), in the caller's memory.
    ///
    /// # Errors
    /// As [`new_in`](Self::new_in).
    pub fn joined_in(limits: &DecoderLimits, memory: M) -> Result<Self, MemoryTooSmall> {
        let mut decoder = Self::new_in(limits, memory)?;
        decoder.forget_table();
        Ok(decoder)
    }
}

impl<M> Decoder<M> {
    /// Makes the whole dynamic table unknown. Call it after blocks were lost, before the next one that is complete; a
    /// block that has started is given up.
    ///
    /// From then on a field may be [`Known`] in part or not at all, and such fields count with the length of what is
    /// known. No field is wrong as long as the caller reports each lost block, and entries that are inserted later are known. An index of an entry that cannot
    /// be there is still an error. The limit is [`DecoderLimits::max_table_size`] until the next
    /// [`set_table_limit`](Self::set_table_limit), and a size update that is missing is not found.
    ///
    /// A decoder that has failed stays failed.
    pub fn forget_table(&mut self) {
        self.state.forget_table();
    }

    /// As [`forget_table`](Self::forget_table), and a decoder that has failed can be used again. Only for observers, which
    /// may have lost octets without knowing: an endpoint must end the connection. RFC 9113 §4.3.
    ///
    /// The rest of the block with the error must not be passed.
    ///
    /// ```
    /// use h2wire_hpack::{Decoder, DecoderLimits, HpackError, Known};
    ///
    /// let mut decoder = Decoder::new(&DecoderLimits::DEFAULT);
    /// assert_eq!(decoder.decode_block(b"\x80", |_| {}), Err(HpackError::IndexZero));
    /// decoder.rejoin();
    /// decoder.decode_block(b"\x82\xbe", |field| {
    ///     println!("{field:?}"); // `:method: GET`, `<unknown>`
    /// })?;
    /// # Ok::<(), HpackError>(())
    /// ```
    pub fn rejoin(&mut self) {
        self.state.failed = None;
        self.state.forget_table();
    }
}

impl DecoderState {
    /// Makes everything in the table unknown, and with it the sizes that the table may have.
    pub(super) fn forget_table(&mut self) {
        let max = self.limits.max_table_size;
        (self.table.size, self.table.len, self.table.capacity) = (0, 0, max);
        // The entry of an error may have been longer than what was kept of it: past the end of the memory.
        self.table.head = 0;
        self.updates.forget(max);
        self.missed = Some(Missed { size: max, since: self.table.next });
        self.partial = Partial::default();
        self.counts = Counts::default();
        self.restore_limits();
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
