//! The decoder: fragments of field blocks in, fields out, one at a time. RFC 7541 §3.

mod cut;
mod field;
#[cfg(feature = "alloc")]
mod grow;
mod limits;
mod size_update;
mod whole;

pub use field::{Field, Representation};
pub use limits::{BlockEnd, Exceeded, Limits};

#[cfg(feature = "alloc")]
use alloc::{vec, vec::Vec};

use crate::dynamic_table::{DynamicTable, Entry, to_usize};
use crate::static_table::{STATIC_TABLE_LEN, static_entry};
use crate::{HpackError, INITIAL_TABLE_LIMIT, MemoryTooSmall, TableLimitError};
use cut::Cut;
use field::{FieldRef, StringRef};
use limits::Counts;
use size_update::SizeUpdates;

/// Decodes the field blocks of one direction of a connection. RFC 7541.
///
/// The memory is the caller's: an array, a slice, or with the feature `alloc` a `Vec` (see `Decoder::with_limits`).
/// It holds the dynamic table and the literals that have to be put together.
///
/// ```
/// use h2wire_hpack::{Decoded, Decoder, Limits};
///
/// const LIMITS: Limits = Limits { max_list_size: 4096, ..Limits::DEFAULT };
/// let mut decoder = Decoder::new([0; LIMITS.memory_len()], LIMITS)?;
///
/// let mut block = decoder.feed(b"\x82\x41\x8a\xa0\xe4\x1d\x13\x9d\x09\xb8\xf0\x1e\x07", true);
/// loop {
///     match block.next()? {
///         Decoded::Field(field) => println!("{}: {}", field.name.escape_ascii(), field.value.escape_ascii()),
///         Decoded::FragmentEnd => unreachable!("that was the last fragment"),
///         Decoded::BlockEnd(end) => break assert_eq!((end.fields, end.exceeded), (2, None)),
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Decoder<M> {
    memory: M,
    state: DecoderState,
}

/// Everything but the memory.
#[derive(Clone, Debug)]
struct DecoderState {
    limits: Limits,
    table: DynamicTable,
    updates: SizeUpdates,
    counts: Counts,
    cut: Cut,
    /// A block was started and not ended yet.
    open: bool,
    /// A fragment was not read to its end yet.
    unfinished: bool,
    failed: Option<HpackError>,
    /// A field may come next, and nothing speaks against it: not failed, not inside a field, no size update missing.
    ready: bool,
}

/// What a fragment yields.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Decoded<'a> {
    /// A field.
    Field(Field<'a>),
    /// All octets of the fragment are used; the block goes on in the next one.
    FragmentEnd,
    /// The block is complete.
    BlockEnd(BlockEnd),
}

/// A fragment of a field block that is being decoded: the result of [`Decoder::feed`].
///
/// Call [`next`](Self::next) until it says that the fragment or the block ends. If it is dropped earlier the tables are
/// out of step, and the decoder answers [`HpackError::AbandonedBlock`] from then on.
#[derive(Debug)]
pub struct Fragment<'d, 'i, M> {
    decoder: &'d mut Decoder<M>,
    rest: &'i [u8],
    last: bool,
    ended: Option<BlockEnd>,
}

#[cfg(feature = "alloc")]
impl Decoder<Vec<u8>> {
    /// A decoder with memory from the allocator: [`Limits::memory_len`] octets, once.
    ///
    /// # Panics
    /// As a `Vec` does that cannot have so much memory.
    #[must_use]
    pub fn with_limits(limits: Limits) -> Self {
        let memory = vec![0; limits.memory_len()];
        Self { state: DecoderState::new(limits, memory.len()), memory }
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Decoder<M> {
    /// A decoder in the caller's memory, whatever it contains.
    ///
    /// # Errors
    /// [`MemoryTooSmall`] with less than [`Limits::memory_len`] octets.
    pub fn new(memory: M, limits: Limits) -> Result<Self, MemoryTooSmall> {
        let needed = limits.memory_len();
        let len = memory.as_ref().len();
        if len < needed {
            return Err(MemoryTooSmall { needed });
        }
        Ok(Self { state: DecoderState::new(limits, len), memory })
    }

    /// Starts on the next fragment of a field block; `last` says that the block ends with it (`END_HEADERS`).
    ///
    /// A block may be cut anywhere, also into empty fragments. The fields are the same.
    #[inline]
    pub fn feed<'d, 'i>(&'d mut self, fragment: &'i [u8], last: bool) -> Fragment<'d, 'i, M> {
        if self.state.unfinished {
            // RFC 9113 §4.3
            self.state.fail(self.state.failed.unwrap_or(HpackError::AbandonedBlock));
        }
        self.state.open = true;
        self.state.unfinished = true;
        Fragment { decoder: self, rest: fragment, last, ended: None }
    }

    /// Decodes a block that is there as a whole, and shows each field to `each`.
    ///
    /// # Errors
    /// Any [`HpackError`]; the connection is lost then, and every later call has the same answer.
    #[inline]
    pub fn decode_block(
        &mut self,
        block: &[u8],
        mut each: impl FnMut(Field<'_>),
    ) -> Result<BlockEnd, HpackError> {
        let mut fragment = self.feed(block, true);
        loop {
            match fragment.next()? {
                Decoded::Field(field) => each(field),
                Decoded::BlockEnd(end) => return Ok(end),
                Decoded::FragmentEnd => {}
            }
        }
    }

    /// Sets the table limit, at the moment the peer acknowledges the SETTINGS frame with that
    /// `SETTINGS_HEADER_TABLE_SIZE`, between two blocks.
    ///
    /// If its encoder uses more, the next block must start with a size update. RFC 7541 §4.2, RFC 9113 §4.3.1.
    ///
    /// # Errors
    /// [`TableLimitError::TooLarge`] above [`Limits::max_table_size`], [`TableLimitError::FieldBlockOpen`] inside a
    /// block.
    pub fn set_table_limit(&mut self, limit: u32) -> Result<(), TableLimitError> {
        let max = self.state.limits.max_table_size;
        if limit > max {
            return Err(TableLimitError::TooLarge { max });
        }
        if self.state.open {
            return Err(TableLimitError::FieldBlockOpen);
        }
        self.state.updates.acknowledge(limit);
        if !self.state.updates.missing() {
            // What the encoder uses without an update: more than at the start, if that was with less than 4,096 octets.
            self.state.table.capacity = self.state.updates.capacity;
        }
        self.state.set_ready();
        Ok(())
    }
}

impl<M> Decoder<M> {
    /// What the entries of the dynamic table are counted as, in octets. RFC 7541 §4.1.
    #[must_use]
    pub const fn table_size(&self) -> u32 {
        self.state.table.size
    }

    /// What they may be counted as: the last size update of the encoder. RFC 7541 §4.2.
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

impl<M: AsRef<[u8]> + AsMut<[u8]>> Fragment<'_, '_, M> {
    /// The next field, or what ended. After an end every call says so again.
    ///
    /// # Errors
    /// Any [`HpackError`]; the connection is lost then, and every later call has the same answer.
    #[inline]
    #[allow(clippy::should_implement_trait, reason = "an iterator cannot lend")]
    pub fn next(&mut self) -> Result<Decoded<'_>, HpackError> {
        let Decoder { memory, state } = &mut *self.decoder;
        let memory = memory.as_mut();
        match state.next_indexed(memory, &mut self.rest) {
            Some(Indexed::Static { index, fixed: (name, value) }) => {
                return Ok(Decoded::Field(Field::indexed(index, name, value)));
            }
            Some(Indexed::Dynamic { index, entry }) => {
                return Ok(Decoded::Field(Field::indexed(index, entry.name(memory), entry.value(memory))));
            }
            None => {}
        }
        match state.next(memory, &mut self.rest) {
            Ok(Some(field)) => Ok(Decoded::Field(field)),
            Ok(None) if !self.last => {
                state.unfinished = false;
                Ok(Decoded::FragmentEnd)
            }
            Ok(None) => match self.ended {
                Some(end) => Ok(Decoded::BlockEnd(end)),
                None => state.end().map(|end| Decoded::BlockEnd(*self.ended.insert(end))),
            },
            Err(error) => Err(error),
        }
        .inspect_err(|error| state.fail(*error))
    }
}

impl DecoderState {
    fn new(limits: Limits, memory_len: usize) -> Self {
        let limit = INITIAL_TABLE_LIMIT.min(limits.max_table_size);
        Self {
            limits,
            table: DynamicTable::new(limits.max_table_size, limit, limits.data_len(memory_len)),
            updates: SizeUpdates::new(limit),
            counts: Counts::default(),
            cut: Cut::default(),
            open: false,
            unfinished: false,
            failed: None,
            ready: true,
        }
    }

    #[cold]
    const fn fail(&mut self, error: HpackError) {
        self.failed = Some(error);
        self.ready = false;
    }

    #[inline]
    fn set_ready(&mut self) {
        self.ready = self.failed.is_none() && self.cut.between_fields() && !self.updates.missing();
    }

    /// The most frequent case: an indexed field of one octet. `None` is anything else, or a field to discard.
    #[inline(always)]
    fn next_indexed(&mut self, memory: &[u8], rest: &mut &[u8]) -> Option<Indexed> {
        let (octet, behind) = rest.split_first()?;
        let index = octet.checked_sub(0x80).filter(|index| *index < 0x7f && self.ready)?;
        let index = u32::from(index);
        let (indexed, name, value) = if let Some(fixed) = static_entry(index) {
            (Indexed::Static { index, fixed }, fixed.0.len(), fixed.1.len())
        } else {
            let slots = memory.get(self.table.data_len..).unwrap_or_default();
            let entry = self.table.get(slots, index.wrapping_sub(STATIC_TABLE_LEN).wrapping_sub(1))?;
            (Indexed::Dynamic { index, entry }, to_usize(entry.name_len), to_usize(entry.value_len))
        };
        *rest = behind;
        self.updates.closed = true;
        self.counts.count(&self.limits, name, value).then_some(indexed)
    }

    /// Decodes until there is a field to lend, or the fragment is used up.
    fn next<'a, 'i: 'a>(
        &mut self,
        memory: &'a mut [u8],
        rest: &mut &'i [u8],
    ) -> Result<Option<Field<'a>>, HpackError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let (data, slots) = self.table.split(memory);
        let found = loop {
            let Some(octet) = rest.first() else { return Ok(None) };
            let whole = if self.ready { self.whole(*octet, data, slots, rest) } else { None };
            let found = match whole {
                Some(found) => Some(found?),
                None => self.other(data, slots, rest)?,
            };
            if let Some(found) = found
                && self.counts.count(&self.limits, found.name.len(), found.value.len())
            {
                break found;
            }
        };
        Ok(Some(found.lend(memory)))
    }

    /// Whatever the fast paths leave; `None` if it is no field, or not complete.
    #[cold]
    fn other<'i>(
        &mut self,
        data: &mut [u8],
        slots: &mut [u8],
        rest: &mut &'i [u8],
    ) -> Result<Option<FieldRef<'i>>, HpackError> {
        let field = rest.first().is_some_and(|octet| octet & 0xe0 != 0x20);
        if field && !self.updates.closed && self.cut.between_fields() {
            self.updates.close()?;
        }
        let found = self.cut(data, slots, rest)?;
        self.set_ready();
        Ok(found)
    }

    /// Ends the block.
    fn end(&mut self) -> Result<BlockEnd, HpackError> {
        // §6
        if !self.cut.between_fields() {
            return Err(HpackError::TruncatedBlock);
        }
        self.updates.close()?;
        self.updates.next_block();
        self.open = false;
        self.unfinished = false;
        self.set_ready();
        Ok(core::mem::take(&mut self.counts).end())
    }

    /// An indexed field. §6.1
    #[inline]
    fn indexed<'i>(&self, slots: &[u8], index: u32) -> Result<FieldRef<'i>, HpackError> {
        let representation = Representation::Indexed { index };
        if let Some((name, value)) = static_entry(index) {
            return Ok(FieldRef {
                name: StringRef::Borrowed(name),
                value: StringRef::Borrowed(value),
                representation,
            });
        }
        // §6.1
        let Some(index) = index.checked_sub(STATIC_TABLE_LEN) else { return Err(HpackError::IndexZero) };
        // §2.3.3
        let entry = self.table.get(slots, index.wrapping_sub(1)).ok_or(HpackError::IndexOutOfRange)?;
        Ok(FieldRef { name: name_of(entry), value: value_of(entry), representation })
    }

    /// A size update. §6.3
    fn size_update(&mut self, slots: &[u8], size: u32) -> Result<(), HpackError> {
        self.updates.update(size)?;
        self.table.set_capacity(slots, size);
        Ok(())
    }
}

/// What an indexed field stands for.
enum Indexed {
    Static { index: u32, fixed: (&'static [u8], &'static [u8]) },
    Dynamic { index: u32, entry: Entry },
}

/// The name of an entry, in the table or lent from the static one.
#[inline]
fn name_of<'i>(entry: Entry) -> StringRef<'i> {
    match static_entry(entry.static_name) {
        Some((name, _)) => StringRef::Borrowed(name),
        None => StringRef::Stored { start: entry.name_start(), len: to_usize(entry.name_len) },
    }
}

#[inline]
fn value_of<'i>(entry: Entry) -> StringRef<'i> {
    StringRef::Stored { start: entry.value_start, len: to_usize(entry.value_len) }
}
