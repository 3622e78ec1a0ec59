//! The fast path: a representation that lies in one fragment. It leaves everything that is cut off or announces a
//! wrong length to `resumable`, before it changes anything. So errors are found in the same order wherever a block is
//! cut.

use super::field::{FieldRef, StringRef, name_of};
use super::representation::Representation;
use super::state::DecoderState;
use crate::dynamic_table::{Entry, copy_ahead, to_u32, to_usize};
use crate::huffman::{self, DecodeError};
use crate::static_table::{STATIC_TABLE_LEN, static_entry};
use crate::{HpackError, Known, integer};

/// The entry that an indexed field refers to.
pub(super) enum Indexed {
    Static { index: u32, fixed: (&'static [u8], &'static [u8]) },
    Dynamic { index: u32, entry: Entry },
}

/// A string literal as it was sent. §5.2
#[derive(Clone, Copy)]
struct StringLiteral<'i> {
    octets: &'i [u8],
    huffman: bool,
}

impl<'i> StringLiteral<'i> {
    /// Reads one. Returns it and the octets after it.
    #[inline(always)]
    fn parse(octets: &'i [u8], max_len: u32) -> Option<(Self, &'i [u8])> {
        let huffman = octets.first()? & 0x80 != 0;
        let (len, rest) = integer::decode(octets, 7)?;
        if len > max_len {
            return None;
        }
        let (octets, rest) = rest.split_at_checked(to_usize(len))?;
        Some((Self { octets, huffman }, rest))
    }

    /// At least the octets that it decodes to: like `max_decoded_len`, but cheaper.
    #[inline(always)]
    fn room(self) -> usize {
        self.octets.len().wrapping_shl(u32::from(self.huffman))
    }
}

/// The name of a literal field.
#[derive(Clone, Copy)]
enum Name<'i> {
    Static(&'i [u8], u32),
    Entry(Entry),
    Literal(StringLiteral<'i>),
}

impl DecoderState {
    /// Decodes the most frequent case, an indexed field of one octet. `None` means that it is something else, or that
    /// the field was discarded.
    #[inline(always)]
    pub(super) fn fast_indexed(&mut self, memory: &[u8], rest: &mut &[u8]) -> Option<Indexed> {
        let (octet, after) = rest.split_first()?;
        let index = octet.checked_sub(0x80).filter(|index| *index < 0x7f && self.is_fast())?;
        let index = u32::from(index);
        let (indexed, name, value) = if let Some(fixed) = static_entry(index) {
            (Indexed::Static { index, fixed }, fixed.0.len(), fixed.1.len())
        } else {
            let slots = memory.get(self.table.data_len..).unwrap_or_default();
            let entry = self.table.get(slots, index.wrapping_sub(STATIC_TABLE_LEN).wrapping_sub(1))?;
            (Indexed::Dynamic { index, entry }, to_usize(entry.name_len), to_usize(entry.value_len))
        };
        *rest = after;
        self.updates.closed = true;
        self.counts.count(&self.limits, name, value).then_some(indexed)
    }

    /// Decodes a field, if the next representation is one and lies in the fragment. §6.1, §6.2
    #[inline(always)]
    pub(super) fn fast<'i>(
        &mut self,
        octet: u8,
        data: &mut [u8],
        slots: &mut [u8],
        rest: &mut &'i [u8],
    ) -> Option<Result<FieldRef<'i>, HpackError>> {
        let (bits, incremental) = match octet {
            0x40..0x80 => (6, true),
            0..0x20 => (4, false),
            0x20..0x40 => return None,
            0x80.. => {
                let (index, after) = integer::decode(rest, 7)?;
                *rest = after;
                self.updates.closed = true;
                return Some(self.indexed(slots, index));
            }
        };
        let (name_index, after) = integer::decode(rest, bits)?;
        let (mut name, after) = self.name(slots, name_index, after)?;
        let (value, after) = StringLiteral::parse(after, self.limits.max_string_len)?;

        let name_room = match name {
            Name::Static(..) => 0,
            Name::Entry(entry) => to_usize(entry.name_len),
            Name::Literal(name) => name.room(),
        };
        let room = name_room.saturating_add(value.room());
        if room > self.limits.max_literal_len() {
            return None;
        }
        *rest = after;
        self.updates.closed = true;
        let moved = self.table.make_room(data, slots, 0, room);
        if let Name::Entry(entry) = &mut name {
            entry.value_start = entry.value_start.wrapping_sub(moved);
        }
        let head = self.table.head;
        let (name, static_name, own) = match name {
            Name::Static(name, index) => (StringRef::Borrowed(name), index, 0),
            Name::Entry(entry) if !incremental => (name_of(entry), 0, 0),
            Name::Entry(entry) => {
                let len = to_usize(entry.name_len);
                copy_ahead(data, entry.name_start(), len, head);
                (StringRef::Stored { start: head, len }, 0, len)
            }
            Name::Literal(name) => match put(data, head, name, incremental) {
                Ok((place, own)) => (place, 0, own),
                Err(error) => return Some(Err(error)),
            },
        };
        let value = match put(data, head.wrapping_add(own), value, incremental) {
            Ok((place, _)) => place,
            Err(error) => return Some(Err(error)),
        };
        if incremental
            && let Err(error) = self.insert(slots, to_u32(name.len()), to_u32(value.len()), static_name)
        {
            return Some(Err(error));
        }
        let representation = Representation::of_literal(octet, name_index);
        Some(Ok(FieldRef { name, value, known: Known::Both, representation }))
    }

    #[inline(always)]
    fn name<'i>(&self, slots: &[u8], index: u32, rest: &'i [u8]) -> Option<(Name<'i>, &'i [u8])> {
        if let Some((name, _)) = static_entry(index) {
            return Some((Name::Static(name, index), rest));
        }
        if index == 0 {
            let (name, rest) = StringLiteral::parse(rest, self.limits.max_string_len)?;
            return Some((Name::Literal(name), rest));
        }
        let entry = self.table.get(slots, index.wrapping_sub(STATIC_TABLE_LEN).wrapping_sub(1))?;
        match static_entry(entry.static_name) {
            Some((name, _)) => Some((Name::Static(name, entry.static_name), rest)),
            // A name that is not known is left to `resumable`.
            None => (entry.known() == Known::Both).then_some((Name::Entry(entry), rest)),
        }
    }
}

/// Decodes a string to `start`, or copies it there if `keep`. Returns where it lies, and how many octets it takes
/// there.
#[inline(always)]
fn put<'i>(
    data: &mut [u8],
    start: usize,
    string: StringLiteral<'i>,
    keep: bool,
) -> Result<(StringRef<'i>, usize), HpackError> {
    let room = data.get_mut(start..).unwrap_or_default();
    if string.huffman {
        let Some(len) = huffman::decode_fast(string.octets, room) else {
            return Err(why(string.octets, room));
        };
        return Ok((StringRef::Stored { start, len }, len));
    }
    if keep && let Some(room) = room.get_mut(..string.octets.len()) {
        room.copy_from_slice(string.octets);
    }
    Ok((StringRef::Borrowed(string.octets), if keep { string.octets.len() } else { 0 }))
}

/// What is wrong with a string that could not be decoded.
#[cold]
fn why(octets: &[u8], room: &mut [u8]) -> HpackError {
    match huffman::decode(octets, room) {
        Err(DecodeError::Huffman(error)) => error,
        // There is room for the longest string that these octets can decode to.
        _ => HpackError::StringTooLong,
    }
}
