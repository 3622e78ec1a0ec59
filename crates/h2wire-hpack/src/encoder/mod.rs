//! The encoder: writes fields, each as a whole or not at all. RFC 7541 §6.

mod block; // fields one after the other
mod field; // one field: an index or a literal
#[cfg(feature = "alloc")]
mod grow; // memory from the allocator
mod guess; // which entry comes next
mod index; // finds entries by hash
mod plan; // what a literal will look like
mod policy; // which fields become entries
mod size_update; // what the next block has to start with
mod tables; // the dynamic table and its index, in their memory

pub use block::{BlockWriter, Guessed};
pub use policy::{HuffmanPolicy, Indexing};

use core::fmt;

use crate::dynamic_table::{DynamicTable, INITIAL_TABLE_LIMIT, MAX_DATA_LEN, SLACK, slot_count, slots_len};
use crate::{MemoryTooSmall, TableEntries, TableLimitError};
use guess::Guess;
use index::Index;
use size_update::PendingUpdates;

/// Encodes the field blocks that one side of a connection sends. RFC 7541.
///
/// `new` allocates its memory as it is needed (feature `alloc`), [`new_in`](Self::new_in) uses the caller's. The same fields give the
/// same bytes on every machine.
///
/// ```
/// use h2wire_hpack::{Encoder, Indexing};
///
/// let memory = [0; Encoder::memory_len(4096)];
/// let mut encoder = Encoder::new_in(4096, memory)?;
/// let mut buf = [0; 128];
///
/// let mut block = encoder.block(&mut buf)?;
/// block.encode(b":method", b"GET", Indexing::Auto)?;
/// block.encode(b":authority", b"a.com", Indexing::Auto)?;
/// block.encode(b"x-token", b"secret", Indexing::Never)?;
/// let len = block.finish();
///
/// // An index; then a literal that becomes an entry of the table.
/// assert_eq!(&buf[..2], b"\x82\x41");
///
/// // In the next block the same field is one byte.
/// let mut block = encoder.block(&mut buf)?;
/// block.encode(b":authority", b"a.com", Indexing::Auto)?;
/// assert_eq!(block.finish(), 1);
/// # assert!(len < 30);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Encoder<M> {
    /// When strings are Huffman-coded. It may be changed between any two blocks.
    pub huffman: HuffmanPolicy,
    memory: M,
    table: DynamicTable,
    index: Index,
    updates: PendingUpdates,
    guess: Guess,
    /// The largest table that there is memory for, or that there may be.
    max_table_size: u32,
    /// Makes memory for a table of that size. The memory of the caller does not grow.
    #[cfg(feature = "alloc")]
    make_memory: Option<fn(&mut Self, u32)>,
    /// The size of the table that the memory is enough for.
    #[cfg(feature = "alloc")]
    room: u32,
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Encoder<M> {
    /// Creates an encoder that uses the caller's memory. What the memory contains does not matter. The encoder uses a
    /// table of at most `max_table_size` (as counted by RFC 7541 §4.1), even if the peer offers more; 4,096 is usual.
    ///
    /// # Errors
    /// [`MemoryTooSmall`] if `memory` has less than [`Encoder::memory_len`] bytes.
    pub fn new_in(max_table_size: u32, memory: M) -> Result<Self, MemoryTooSmall> {
        let needed = Encoder::memory_len(max_table_size);
        if memory.as_ref().len() < needed {
            return Err(MemoryTooSmall { needed });
        }
        Ok(Self::with_room(max_table_size, max_table_size, memory))
    }

    /// With memory for a table of `room`.
    fn with_room(max_table_size: u32, room: u32, memory: M) -> Self {
        let slots = slot_count(room);
        let others = slots_len(room).saturating_add(index::index_len(slots));
        let data_len = memory.as_ref().len().saturating_sub(others).min(MAX_DATA_LEN);
        let table = DynamicTable::new(room, INITIAL_TABLE_LIMIT.min(max_table_size), data_len);
        let updates = PendingUpdates::new(INITIAL_TABLE_LIMIT, max_table_size, (table.next, table.len));
        Self {
            huffman: HuffmanPolicy::default(),
            memory,
            table,
            index: Index::new(slots),
            updates,
            guess: Guess::default(),
            max_table_size,
            #[cfg(feature = "alloc")]
            make_memory: None,
            #[cfg(feature = "alloc")]
            room,
        }
    }

    /// Lowers or raises this side's own bound of the table, which `new` was given: the encoder uses at most
    /// `max_table_size`, even if the peer offers more. If the table has to change, the next block starts with the size
    /// update that says so.
    ///
    /// # Errors
    /// [`TableLimitError::TooLarge`] if it is more than `new` was given. Memory from the allocator can
    #[cfg_attr(feature = "alloc", doc = "[`grow`](Self::grow).")]
    #[cfg_attr(not(feature = "alloc"), doc = "grow.")]
    pub const fn set_max_table_size(&mut self, max_table_size: u32) -> Result<(), TableLimitError> {
        if max_table_size > self.max_table_size {
            return Err(TableLimitError::TooLarge { max: self.max_table_size });
        }
        self.updates.own = max_table_size;
        self.updates.changed();
        Ok(())
    }

    /// Sets the peer's table limit. Call it when you acknowledge a SETTINGS frame with a
    /// `SETTINGS_HEADER_TABLE_SIZE`.
    ///
    /// If the table has to change, the next block starts with size updates: the lowest size since the last block,
    /// then the final one. RFC 7541 §4.2, RFC 9113 §4.3.1.
    pub const fn set_table_limit(&mut self, limit: u32) {
        self.updates.peer = limit;
        self.updates.changed();
    }
}

impl<M> Encoder<M> {
    /// Call this if a block that was finished will not be sent. The next block then starts with size updates
    /// that empty both tables, so that they match again.
    pub const fn discard_block(&mut self) {
        self.updates.forget();
    }

    /// The size of the dynamic table: for each entry the length of name and value, plus 32. RFC 7541 §4.1.
    #[must_use]
    pub const fn table_size(&self) -> u32 {
        self.table.size
    }

    /// The size that the table may have, as the last size update declared it. RFC 7541 §4.2.
    #[must_use]
    pub const fn table_capacity(&self) -> u32 {
        self.table.capacity
    }

    /// The number of entries in the dynamic table.
    #[must_use]
    pub const fn table_entries(&self) -> u32 {
        self.table.len
    }
}

impl<M: AsRef<[u8]>> Encoder<M> {
    /// The entries of the dynamic table, newest first: the first one has the index 62.
    #[must_use]
    pub fn dynamic_table(&self) -> TableEntries<'_> {
        TableEntries::new(&self.table, self.memory.as_ref())
    }
}

impl Encoder<()> {
    /// The number of bytes of memory that [`new_in`](Encoder::new_in) needs: about 4 times `max_table_size`. It is
    /// `usize::MAX` for a table of 1 GiB or more, which is too large for any memory.
    #[must_use]
    pub const fn memory_len(max_table_size: u32) -> usize {
        if max_table_size > MAX_TABLE_SIZE {
            return usize::MAX;
        }
        let data = 2_usize.saturating_mul(to_usize_const(max_table_size)).saturating_add(SLACK);
        let index = index::index_len(slot_count(max_table_size));
        data.saturating_add(slots_len(max_table_size)).saturating_add(index)
    }

    /// The most bytes that [`block`](Encoder::block) writes before the first field: two size updates.
    pub const MAX_SIZE_UPDATES_LEN: usize = size_update::MAX_LEN;

    /// The most bytes that [`BlockWriter::encode`] writes for a field whose name and value have these lengths, in
    /// every state of the table and with every [`Indexing`]. With that much room it never fails.
    ///
    /// The bound is a few bytes more than the lengths. With [`HuffmanPolicy::Always`] it is about 4 times the
    /// lengths, as the longest code has 30 bits. A name or value of 1 GiB or more is never encoded: the bound is
    /// `usize::MAX`.
    ///
    /// ```
    /// use h2wire_hpack::{Encoder, HuffmanPolicy, Indexing};
    ///
    /// let (name, value) = (b"x-request-id", b"c0ffee");
    /// let room = Encoder::max_field_len(
    ///     name.len(),
    ///     value.len(),
    ///     HuffmanPolicy::Auto,
    /// );
    /// let mut buf = vec![0; Encoder::MAX_SIZE_UPDATES_LEN + room];
    ///
    /// let memory = [0; Encoder::memory_len(4096)];
    /// let mut encoder = Encoder::new_in(4096, memory)?;
    /// let mut block = encoder.block(&mut buf)?;
    /// block.encode(name, value, Indexing::Auto)?;
    /// block.finish();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn max_field_len(name_len: usize, value_len: usize, huffman: HuffmanPolicy) -> usize {
        plan::max_field_len(name_len, value_len, huffman)
    }
}

/// The largest table: its data takes twice that.
const MAX_TABLE_SIZE: u32 = to_u32_const(MAX_DATA_LEN.saturating_sub(SLACK) / 2);

#[allow(clippy::as_conversions, clippy::cast_possible_truncation, reason = "usize to u32, of less than 2^31")]
const fn to_u32_const(value: usize) -> u32 {
    value as u32
}

#[allow(clippy::as_conversions, reason = "u32 to usize in a const fn; h2wire does not run on 16 bits")]
const fn to_usize_const(value: u32) -> usize {
    value as usize
}

impl<M> fmt::Debug for Encoder<M> {
    /// The table's sizes; neither entries nor memory, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder")
            .field("huffman", &self.huffman)
            .field("table_size", &self.table_size())
            .field("table_capacity", &self.table_capacity())
            .field("table_entries", &self.table_entries())
            .finish_non_exhaustive()
    }
}
