//! What comes next in a fragment.

use super::fast::Indexed;
use super::field::Field;
use super::limits::BlockEnd;
use super::marks::{Marks, NoMarks};
use super::representation::Representation;
use super::{Decoded, Decoder, Fragment};
use crate::dynamic_table::DynamicTable;
use crate::static_table::STATIC_TABLE_LEN;
use crate::{HpackError, Known};

impl<M: AsRef<[u8]> + AsMut<[u8]>> Fragment<'_, '_, M> {
    /// Returns the next field, or the end of the fragment or block. After an end every call returns it again.
    ///
    /// # Errors
    /// An [`HpackError`] ends the connection: every later call returns it again.
    #[inline]
    #[allow(clippy::should_implement_trait, reason = "an iterator cannot lend")]
    pub fn next(&mut self) -> Result<Decoded<'_>, HpackError> {
        self.next_with(
            NoMarks,
            (),
            |(), field, _| Ok(Decoded::Field(field)),
            |(), ended| match ended {
                Ok(Some(end)) => Ok(Decoded::BlockEnd(end)),
                Ok(None) => Ok(Decoded::FragmentEnd),
                Err(error) => Err(error),
            },
        )
    }

    /// As [`next`](Self::next), but makes something of the field where it is found: a [`Decoded`] that is handed on goes through
    /// memory, and the processor waits for it.
    ///
    /// Calls `field`, or `ended` with what [`next`](Self::next) returns for an end: the totals at the end of the block, `None` at
    /// the end of the fragment, or the error. Either one gets the `context`; `field` also gets the mark of the field, by `marks`.
    ///
    /// ```
    /// use h2wire_hpack::{Decoder, DecoderLimits, NoMarks};
    ///
    /// const LIMITS: DecoderLimits = DecoderLimits::DEFAULT.with_max_list_size(4096);
    /// let mut decoder = Decoder::new_in(&LIMITS, [0; LIMITS.memory_len()])?;
    /// let mut fragment = decoder.feed(b"\x82\x84", true);
    /// let mut octets = 0;
    /// while fragment.next_with(
    ///     NoMarks,
    ///     &mut octets,
    ///     |octets, field, _mark| {
    ///         *octets += field.value.len();
    ///         true
    ///     },
    ///     |_, _end| false,
    /// ) {}
    /// assert_eq!(octets, 4); // `GET` and `/`
    /// # Ok::<(), h2wire_hpack::MemoryTooSmall>(())
    /// ```
    #[inline(always)]
    pub fn next_with<'f, C, T>(
        &'f mut self,
        marks: impl Marks,
        context: C,
        field: impl FnOnce(C, Field<'f>, u8) -> T,
        ended: impl FnOnce(C, Result<Option<BlockEnd>, HpackError>) -> T,
    ) -> T {
        // One call of `field` for all that is found: a closure that is called in several places is not in line, and what it
        // takes goes through memory.
        let Decoder { memory, state, .. } = &mut *self.decoder;
        let (found, mark) = match state.fast_indexed(memory.as_mut(), &mut self.rest) {
            Some(Indexed::Static { index, fixed: (name, value) }) => {
                (Field::indexed(index, name, value, Known::Both), marks.fixed(index))
            }
            Some(Indexed::Dynamic { index, entry }) => {
                let data = &*self.decoder.memory.as_mut();
                (Field::indexed(index, entry.name(data), entry.value(data), entry.known()), entry.mark)
            }
            None => match self.decoder.next_field(&mut self.rest) {
                Ok(Some(found)) => {
                    let Decoder { memory, state, .. } = &mut *self.decoder;
                    let (data, slots) = state.table.split(memory.as_mut());
                    let found = found.lend(data);
                    let mark = mark(marks, &found, &state.table, slots);
                    (found, mark)
                }
                Ok(None) => {
                    let end = match self.end() {
                        Ok(true) => Ok(Some(self.decoder.state.counts.end())),
                        Ok(false) => Ok(None),
                        Err(error) => Err(error),
                    };
                    return ended(context, end);
                }
                Err(error) => return ended(context, Err(self.decoder.state.fail(error))),
            },
        };
        field(context, found, mark)
    }

    /// The fragment is used up. Returns whether the block is.
    #[inline(never)]
    fn end(&mut self) -> Result<bool, HpackError> {
        let state = &mut self.decoder.state;
        if !self.last {
            state.unfinished = false;
            return Ok(false);
        }
        if state.open
            && let Err(error) = state.end()
        {
            return Err(state.fail(error));
        }
        Ok(true)
    }
}

/// The mark of a field that is not found the fastest way, which its entry gets if it became one.
#[inline(always)]
fn mark<K: Marks>(marks: K, field: &Field<'_>, table: &DynamicTable, slots: &mut [u8]) -> u8 {
    if !K::KEPT || field.known != Known::Both {
        return 0;
    }
    match field.representation {
        Representation::Indexed { index } => {
            match index.checked_sub(const { STATIC_TABLE_LEN.saturating_add(1) }) {
                Some(index) => table.get(slots, index).map_or(0, |entry| entry.mark),
                None => marks.fixed(index),
            }
        }
        Representation::IncrementalIndexing { name_index } => {
            let mark = marks.literal(static_name(name_index), field.name, field.value);
            table.mark_newest(slots, mark);
            mark
        }
        Representation::WithoutIndexing { name_index } | Representation::NeverIndexed { name_index } => {
            marks.literal(static_name(name_index), field.name, field.value)
        }
    }
}

/// A name of the dynamic table may be anything.
#[inline(always)]
const fn static_name(name_index: u32) -> u32 {
    if name_index <= STATIC_TABLE_LEN { name_index } else { 0 }
}

impl<M> Fragment<'_, '_, M> {
    /// Whether [`next`](Self::next) has returned an end, and returns it again.
    #[must_use]
    #[inline]
    pub const fn has_ended(&self) -> bool {
        !self.decoder.state.unfinished
    }

    /// How many entries were ever added to the dynamic table, modulo 2^32, and how many of them are in it. The entry with
    /// index 62 is the one that was added last.
    #[must_use]
    #[inline]
    pub const fn entries(&self) -> EntryCount {
        let table = &self.decoder.state.table;
        EntryCount { added: table.next, present: table.len }
    }
}

/// The entries of a dynamic table in numbers: who keeps something for each of them knows by these which one an index means, and
/// which are gone. RFC 7541 §2.3.2, §4.4.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct EntryCount {
    /// Entries that were ever added, modulo 2^32.
    pub added: u32,
    /// Entries that are in the table.
    pub present: u32,
}

impl EntryCount {
    /// The number of the entry with this index: how many were added before it, modulo 2^32. `None` if there is no such entry in
    /// the dynamic table.
    #[must_use]
    #[inline]
    pub const fn number_of(self, index: u32) -> Option<u32> {
        match index.checked_sub(STATIC_TABLE_LEN) {
            Some(back) if back > 0 && back <= self.present => Some(self.added.wrapping_sub(back)),
            _ => None,
        }
    }
}
