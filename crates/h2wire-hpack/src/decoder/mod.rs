//! The decoder: takes fragments of field blocks and returns one field at a time. RFC 7541 §3.

mod fast; // fields that lie in the fragment as a whole
mod field; // a field as it is lent
mod fragment; // what comes next in a fragment
#[cfg(feature = "alloc")]
mod grow; // memory from the allocator
#[cfg(feature = "alloc")]
mod joined; // blocks that a decoder has missed
mod limits; // what a decoder accepts
mod marks; // what the caller keeps of entries
#[cfg(feature = "alloc")]
mod missed; // how much that can be
mod partial; // what is kept of a field that ends in a later fragment
mod relimit; // other limits under way
mod representation; // the kinds of fields in a block
mod resumable; // fields cut by the end of a fragment, size updates, and all errors
mod size_update; // the rules for them
mod state; // what a decoder knows, without its memory

pub use field::Field;
pub use fragment::EntryCount;
pub use limits::{BlockEnd, DecoderLimits, Exceeded};
pub use marks::{Marks, NoMarks};
pub use representation::Representation;

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use core::fmt;

use crate::{HpackError, MemoryTooSmall, TableEntries, TableLimitError};
use field::FieldRef;
use limits::Counts;
use state::DecoderState;

/// Decodes the field blocks that one side of a connection receives. RFC 7541.
///
/// `new` allocates its memory (feature `alloc`), [`new_in`](Self::new_in) uses the caller's: an array, a slice, or a
/// `Vec`. The memory holds the dynamic table and the strings that have to be put together from several pieces.
///
/// [`decode_block`](Self::decode_block) decodes a block that has arrived completely. [`feed`](Self::feed) takes a
/// block in fragments and gives more control.
///
/// ```
/// use h2wire_hpack::{Decoded, Decoder, DecoderLimits};
///
/// const LIMITS: DecoderLimits =
///     DecoderLimits::DEFAULT.with_max_list_size(4096);
/// let mut decoder = Decoder::new_in(&LIMITS, [0; LIMITS.memory_len()])?;
///
/// let mut block = decoder.feed(b"\x82\x84\x41\x05a.com", true);
/// let mut lines = Vec::new();
/// let end = loop {
///     match block.next()? {
///         Decoded::Field(field) => lines.push(format!("{field:?}")),
///         Decoded::BlockEnd(end) => break end,
///         other => panic!("the only fragment ends the block: {other:?}"),
///     }
/// };
/// assert_eq!(lines, [":method: GET", ":path: /", ":authority: a.com"]);
/// assert_eq!((end.fields, end.exceeded), (3, None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Decoder<M> {
    memory: M,
    state: DecoderState,
    /// Makes room for a representation. The memory of the caller does not grow.
    #[cfg(feature = "alloc")]
    make_memory: Option<fn(&mut DecoderState, &mut M, usize) -> bool>,
    /// Whether the memory may grow: it is less than what the limits need.
    #[cfg(feature = "alloc")]
    growing: bool,
}

/// The next thing in a fragment: the result of [`Fragment::next`].
///
/// This enum is closed: a block yields a field, pauses, or ends.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Decoded<'a> {
    /// A field, lent until the next call.
    Field(Field<'a>),
    /// The fragment is used up. The block continues in the next fragment.
    FragmentEnd,
    /// The block is complete.
    BlockEnd(BlockEnd),
}

/// A fragment of a field block that is being decoded: the result of [`Decoder::feed`].
///
/// Call [`next`](Self::next) until it returns [`Decoded::FragmentEnd`] or [`Decoded::BlockEnd`], even if you do not
/// need the rest of the fields. If a `Fragment` is dropped earlier, this decoder's table no longer matches the
/// peer's, and the decoder returns [`HpackError::AbandonedBlock`] from then on.
pub struct Fragment<'d, 'i, M> {
    decoder: &'d mut Decoder<M>,
    rest: &'i [u8],
    last: bool,
}

#[cfg(feature = "alloc")]
impl Decoder<Vec<u8>> {
    /// Creates a decoder that allocates its memory as it is needed, up to [`DecoderLimits::memory_len`] bytes: none
    /// before the first literal, then what the entries and the longest literal so far take, and as much again.
    ///
    /// ```
    /// use h2wire_hpack::{Decoder, DecoderLimits};
    ///
    /// let mut decoder = Decoder::new(&DecoderLimits::DEFAULT);
    /// let end = decoder.decode_block(b"\x82\x84", |field| {
    ///     println!("{field:?}");
    /// })?;
    /// assert_eq!(end.fields, 2);
    /// # Ok::<(), h2wire_hpack::HpackError>(())
    /// ```
    ///
    /// Decoding panics if memory cannot be allocated, as `Vec` does.
    #[must_use]
    pub fn new(limits: &DecoderLimits) -> Self {
        Self {
            memory: Vec::new(),
            state: DecoderState::growing(*limits),
            make_memory: Some(DecoderState::make_memory),
            growing: true,
        }
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Decoder<M> {
    /// Creates a decoder that uses the caller's memory. What the memory contains does not matter.
    ///
    /// # Errors
    /// [`MemoryTooSmall`] if `memory` has less than [`DecoderLimits::memory_len`] bytes.
    pub fn new_in(limits: &DecoderLimits, memory: M) -> Result<Self, MemoryTooSmall> {
        let needed = limits.memory_len();
        let len = memory.as_ref().len();
        if len < needed {
            return Err(MemoryTooSmall { needed });
        }
        Ok(Self {
            state: DecoderState::new(*limits, len),
            memory,
            #[cfg(feature = "alloc")]
            make_memory: None,
            #[cfg(feature = "alloc")]
            growing: false,
        })
    }

    /// Starts to decode the next fragment of a field block. `last` is true if the block ends with it (`END_HEADERS`).
    ///
    /// A block may be cut anywhere, also into empty fragments. The fields are the same.
    #[inline]
    pub fn feed<'d, 'i>(&'d mut self, fragment: &'i [u8], last: bool) -> Fragment<'d, 'i, M> {
        if self.state.unfinished {
            // RFC 9113 §4.3
            self.state.fail(self.state.failed.unwrap_or(HpackError::AbandonedBlock));
        }
        if !self.state.open {
            self.state.counts = Counts::default();
        }
        self.state.open = true;
        self.state.unfinished = true;
        Fragment { decoder: self, rest: fragment, last }
    }

    /// Decodes a block that has arrived completely, and calls `each` with every field.
    ///
    /// # Errors
    /// An [`HpackError`] ends the connection: every later call returns it again.
    #[inline]
    pub fn decode_block(
        &mut self,
        block: &[u8],
        mut each: impl FnMut(Field<'_>),
    ) -> Result<BlockEnd, HpackError> {
        let mut fragment = self.feed(block, true);
        loop {
            // Lent where it is found: see `next_with`.
            let ended = fragment.next_with(
                NoMarks,
                &mut each,
                |each, field, _| {
                    each(field);
                    None
                },
                |_, ended| Some(ended),
            );
            match ended {
                None | Some(Ok(None)) => {}
                Some(Ok(Some(end))) => return Ok(end),
                Some(Err(error)) => return Err(error),
            }
        }
    }

    /// Sets the table limit. Call it between two blocks, when the peer acknowledges the SETTINGS frame with that
    /// `SETTINGS_HEADER_TABLE_SIZE`.
    ///
    /// If the table is larger than that, the peer's next block must start with a size update. Else the peer owes one
    /// no later than at the entry that would make the table larger: [`HpackError::MissingSizeUpdate`]. RFC 9113 §4.3.1.
    ///
    /// # Errors
    /// [`TableLimitError::TooLarge`] if `limit` is above [`DecoderLimits::max_table_size`],
    /// [`TableLimitError::FieldBlockOpen`] inside a block.
    pub fn set_table_limit(&mut self, limit: u32) -> Result<(), TableLimitError> {
        let max = self.state.limits.max_table_size;
        if limit > max {
            return Err(TableLimitError::TooLarge { max });
        }
        if self.state.open {
            return Err(TableLimitError::FieldBlockOpen);
        }
        self.state.acknowledge(limit);
        Ok(())
    }
}

impl<M> Decoder<M> {
    /// The size of the dynamic table: for each entry the length of name and value, plus 32. RFC 7541 §4.1.
    #[must_use]
    pub const fn table_size(&self) -> u32 {
        self.state.table.size
    }

    /// The size that the table may have: the last size update of the peer's encoder. RFC 7541 §4.2.
    #[must_use]
    pub const fn table_capacity(&self) -> u32 {
        self.state.table.capacity
    }

    /// The number of entries in the dynamic table.
    #[must_use]
    pub const fn table_entries(&self) -> u32 {
        self.state.table.len
    }
}

impl<M: AsRef<[u8]>> Decoder<M> {
    /// The entries of the dynamic table, newest first: the first one has the index 62.
    ///
    /// ```
    /// use h2wire_hpack::{Decoder, DecoderLimits};
    ///
    /// const LIMITS: DecoderLimits = DecoderLimits::DEFAULT.with_max_list_size(4096);
    /// let mut decoder = Decoder::new_in(&LIMITS, [0; LIMITS.memory_len()])?;
    /// decoder.decode_block(b"\x40\x01a\x011\x40\x01b\x012", |_| {})?;
    /// let entries: Vec<_> = decoder.dynamic_table().map(|entry| format!("{entry:?}")).collect();
    /// assert_eq!(entries, ["b: 2", "a: 1"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn dynamic_table(&self) -> TableEntries<'_> {
        TableEntries::new(&self.state.table, self.memory.as_ref())
    }
}

impl<M> fmt::Debug for Decoder<M> {
    /// The table's sizes and the limits; neither entries nor memory, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("table_size", &self.table_size())
            .field("table_capacity", &self.table_capacity())
            .field("table_entries", &self.table_entries())
            .field("limits", &self.state.limits)
            .field("failed", &self.state.failed)
            .finish_non_exhaustive()
    }
}

impl<M> fmt::Debug for Fragment<'_, '_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fragment")
            .field("decoder", &self.decoder)
            .field("rest_len", &self.rest.len())
            .field("last", &self.last)
            .finish()
    }
}

impl<M: AsMut<[u8]>> Decoder<M> {
    /// Decodes until there is a field to lend or the fragment is used up.
    #[inline]
    fn next_field<'i>(&mut self, rest: &mut &'i [u8]) -> Result<Option<FieldRef<'i>>, HpackError> {
        let state = &mut self.state;
        if let Some(error) = state.failed {
            return Err(error);
        }
        loop {
            let Some(octet) = rest.first() else { return Ok(None) };
            #[cfg(feature = "alloc")]
            if self.growing
                && state.is_cramped(rest.len())
                && let Some(make_memory) = self.make_memory
            {
                self.growing = !make_memory(state, &mut self.memory, rest.len());
            }
            let (data, slots) = state.table.split(self.memory.as_mut());
            let fast = if state.is_fast() { state.fast(*octet, data, slots, rest) } else { None };
            let found = match fast {
                Some(found) => Some(found?),
                None => state.resumable(data, slots, rest)?,
            };
            if let Some(found) = found
                && state.counts.count(&state.limits, found.name.len(), found.value.len())
            {
                return Ok(Some(found));
            }
        }
    }
}
