//! The encoder: writes fields, each as a whole or not at all. RFC 7541 §6.

#[cfg(feature = "alloc")]
mod grow;
mod index;
mod plan;
mod policy;
mod size_update;
mod tables;

pub use policy::{HuffmanPolicy, Indexing};

#[cfg(feature = "alloc")]
use alloc::{vec, vec::Vec};

use core::fmt;
use core::marker::PhantomData;

use crate::dynamic_table::{DynamicTable, INITIAL_TABLE_LIMIT, MAX_DATA_LEN, SLACK, slot_count, slots_len};
use crate::{BufferTooSmall, MemoryTooSmall, TableEntries, TableLimitError};
use index::Index;
use size_update::PendingUpdates;
use tables::{FieldToEncode, Tables};

/// Encodes the field blocks that one side of a connection sends. RFC 7541.
///
/// `new` allocates its memory (feature `alloc`), [`new_in`](Self::new_in) uses the caller's. The same fields give the
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
    /// The largest table that there is memory for.
    max_table_size: u32,
}

/// A field block that is being written to a buffer: the result of [`Encoder::block`]. [`finish`](Self::finish) ends it.
///
/// If it is dropped or forgotten instead, do not send what was written: the next block makes up for it. If fields became
/// entries of the table, it starts with size updates that empty both tables; size updates that were due still are.
pub struct BlockWriter<'e, 'b, M> {
    tables: Tables<'e>,
    huffman: HuffmanPolicy,
    buf: &'b mut [u8],
    written: usize,
    updates: &'e mut PendingUpdates,
    encoder: PhantomData<&'e mut Encoder<M>>,
}

#[cfg(feature = "alloc")]
impl Encoder<Vec<u8>> {
    /// Creates an encoder that allocates its memory: [`Encoder::memory_len`] bytes, once. It uses a table of at most
    /// `max_table_size`, even if the peer offers more; 4,096 is usual.
    ///
    /// ```
    /// use h2wire_hpack::{Encoder, Indexing};
    ///
    /// let mut encoder = Encoder::new(4096);
    /// let mut block = Vec::new();
    /// let fields = [(&b":method"[..], &b"GET"[..], Indexing::Auto)];
    /// encoder.encode_block(fields, &mut block);
    /// assert_eq!(block, [0x82]);
    /// ```
    ///
    /// # Panics
    /// Panics if that much memory cannot be allocated, as `Vec` does.
    #[must_use]
    pub fn new(max_table_size: u32) -> Self {
        Self::with_enough(max_table_size, vec![0; Encoder::memory_len(max_table_size)])
    }
}

#[cfg(feature = "alloc")]
impl Encoder<Vec<u8>> {
    /// Allocates the memory for a table of `max_table_size`, and uses that much if the peer offers it. The entries stay.
    /// If there is memory for that much already, only [`set_max_table_size`](Self::set_max_table_size) is done.
    ///
    /// # Panics
    /// Panics if that much memory cannot be allocated, as `Vec` does.
    pub fn grow(&mut self, max_table_size: u32) {
        self.make_memory(max_table_size);
    }
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
        Ok(Self::with_enough(max_table_size, memory))
    }

    fn with_enough(max_table_size: u32, memory: M) -> Self {
        let slots = slot_count(max_table_size);
        let others = slots_len(max_table_size).saturating_add(index::index_len(slots));
        let data_len = memory.as_ref().len().saturating_sub(others).min(MAX_DATA_LEN);
        let capacity = INITIAL_TABLE_LIMIT.min(max_table_size);
        let table = DynamicTable::new(max_table_size, capacity, data_len);
        let updates = PendingUpdates::new(INITIAL_TABLE_LIMIT, max_table_size, (table.next, table.len));
        Self {
            huffman: HuffmanPolicy::default(),
            memory,
            table,
            index: Index::new(slots),
            updates,
            max_table_size,
        }
    }

    /// Lowers or raises this side's own bound of the table, which `new` was given: the encoder uses at most
    /// `max_table_size`, even if the peer offers more. If the table has to change, the next block starts with the size
    /// update that tells it.
    ///
    /// # Errors
    /// [`TableLimitError::TooLarge`] if there is no memory for that much. Memory from the allocator can
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

    /// Starts a field block at the start of `buf`; [`BlockWriter::finish`] ends it. First it writes the size updates that are due, if any.
    ///
    /// # Errors
    /// [`BufferTooSmall`] if the size updates do not fit. They take at most
    /// [`MAX_SIZE_UPDATES_LEN`](Encoder::MAX_SIZE_UPDATES_LEN) bytes, and usually none.
    #[inline]
    pub fn block<'e, 'b>(&'e mut self, buf: &'b mut [u8]) -> Result<BlockWriter<'e, 'b, M>, BufferTooSmall> {
        if self.updates.given_up(&self.table) {
            self.updates.forget();
        }
        let written = if self.updates.due() == [None; 2] { 0 } else { self.update_size(buf)? };
        // A block that was given up may have declared another.
        self.table.capacity = self.updates.capacity();
        let Self { huffman, memory, table, index, updates, .. } = self;
        let (data, rest) = table.split(memory.as_mut());
        let (slots, chains) = index.split(rest);
        let (tables, huffman, encoder) = (Tables { table, data, slots, chains }, *huffman, PhantomData);
        Ok(BlockWriter { tables, huffman, buf, written, updates, encoder })
    }

    #[cold]
    fn update_size(&mut self, buf: &mut [u8]) -> Result<usize, BufferTooSmall> {
        let mut octets = [0; size_update::MAX_LEN];
        let needed = self.updates.write(&mut octets);
        let (Some(place), Some(octets)) = (buf.get_mut(..needed), octets.get(..needed)) else {
            return Err(BufferTooSmall { needed });
        };
        place.copy_from_slice(octets);
        let (_, slots) = self.table.split(self.memory.as_mut());
        for size in self.updates.due().into_iter().flatten() {
            self.table.set_capacity(slots, size);
        }
        Ok(needed)
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
        let data = 2_usize.saturating_mul(to_usize_const(max_table_size)).saturating_add(SLACK);
        if data > MAX_DATA_LEN {
            return usize::MAX;
        }
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

#[cfg(feature = "alloc")]
impl<M: AsRef<[u8]> + AsMut<[u8]>> Encoder<M> {
    /// Encodes a whole block and appends it to `out`. If `fields` panics, that block is given up, as [`BlockWriter`] says.
    ///
    /// # Panics
    /// Panics if `out` cannot grow as far as needed, as `Vec` does; always with a name or value of 1 GiB or more.
    pub fn encode_block<'f>(
        &mut self,
        fields: impl IntoIterator<Item = (&'f [u8], &'f [u8], Indexing)>,
        out: &mut Vec<u8>,
    ) {
        let mut len = out.len();
        out.resize(len.saturating_add(size_update::MAX_LEN), 0);
        // There is room for the largest updates.
        let Ok(block) = self.block(out.get_mut(len..).unwrap_or_default()) else { return };
        let BlockWriter { mut tables, huffman, written, updates, .. } = block;
        len = len.saturating_add(written);
        for (name, value, indexing) in fields {
            let room = plan::max_field_len(name.len(), value.len(), huffman);
            if out.len().saturating_sub(len) < room {
                out.resize(len.saturating_add(room).saturating_add(out.len() >> 1), 0);
            }
            let field = FieldToEncode { name, value, indexing, huffman };
            // There is room for any field of these lengths.
            let written = tables.field(field, out.get_mut(len..).unwrap_or_default()).unwrap_or_default();
            len = len.saturating_add(written);
        }
        updates.finish(tables.table);
        out.truncate(len);
    }
}

impl<M> BlockWriter<'_, '_, M> {
    /// Encodes a field and appends it to the block.
    ///
    /// # Errors
    /// [`BufferTooSmall`] if the field does not fit. Then nothing is written and the table is unchanged: send what is
    /// [`written`](Self::written) and try again after [`continue_in`](Self::continue_in). With
    /// [`max_field_len`](Encoder::max_field_len) bytes of room a field always fits.
    #[inline]
    pub fn encode(&mut self, name: &[u8], value: &[u8], indexing: Indexing) -> Result<(), BufferTooSmall> {
        let rest = self.buf.get_mut(self.written..).unwrap_or_default();
        let field = FieldToEncode { name, value, indexing, huffman: self.huffman };
        let written = self.tables.field(field, rest)?;
        self.written = self.written.wrapping_add(written);
        Ok(())
    }
}

impl<'e, M> BlockWriter<'e, '_, M> {
    /// The number of bytes of the buffer that are used.
    #[must_use]
    pub const fn written(&self) -> usize {
        self.written
    }

    /// Continues the block at the start of another buffer, for example in the next CONTINUATION frame.
    #[must_use]
    pub fn continue_in<'c>(self, buf: &'c mut [u8]) -> BlockWriter<'e, 'c, M> {
        let Self { tables, huffman, updates, encoder, .. } = self;
        BlockWriter { tables, huffman, buf, written: 0, updates, encoder }
    }

    /// Ends the block. Returns how many bytes at the start of the buffer to send: the block, or what is left of it after
    /// the last [`continue_in`](Self::continue_in).
    #[inline]
    #[allow(clippy::must_use_candidate, reason = "a block without fields may have nothing to send")]
    pub fn finish(self) -> usize {
        self.updates.finish(self.tables.table);
        self.written
    }
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

impl<M> fmt::Debug for BlockWriter<'_, '_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockWriter")
            .field("huffman", &self.huffman)
            .field("buf_len", &self.buf.len())
            .field("written", &self.written)
            .finish_non_exhaustive()
    }
}
