//! The fast path: a representation that lies in one fragment. What is cut off or cannot be right is left to the resumable
//! path, untouched, so that errors are found in one order however a block is split.

use super::field::{FoundField, Representation, TextPlace};
use super::state::{State, name_of};
use crate::dynamic_table::{Entry, copy_ahead, to_u32, to_usize};
use crate::huffman::{self, DecodeError};
use crate::static_table::{STATIC_TABLE_LEN, static_entry};
use crate::{HpackError, integer};

/// A string literal as it came. §5.2
#[derive(Clone, Copy)]
struct StringLiteral<'i> {
    octets: &'i [u8],
    huffman: bool,
}

impl<'i> StringLiteral<'i> {
    /// Reads one, and gives the octets behind it.
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

    /// At least the octets it can stand for: `max_decoded_len`, but cheaper.
    #[inline(always)]
    fn room(self) -> usize {
        self.octets.len().wrapping_shl(u32::from(self.huffman))
    }
}

/// The name of a literal field.
#[derive(Clone, Copy)]
enum LiteralName<'i> {
    Static(&'i [u8], u32),
    Entry(Entry),
    Literal(StringLiteral<'i>),
}

impl State {
    /// Decodes a field, if that is what comes next. §6.1, §6.2
    #[inline(always)]
    pub(super) fn fast<'i>(
        &mut self,
        octet: u8,
        data: &mut [u8],
        slots: &mut [u8],
        rest: &mut &'i [u8],
    ) -> Option<Result<FoundField<'i>, HpackError>> {
        let (bits, incremental) = match octet {
            0x40..0x80 => (6, true),
            0..0x20 => (4, false),
            0x20..0x40 => return None,
            0x80.. => {
                let (index, behind) = integer::decode(rest, 7)?;
                *rest = behind;
                self.updates.closed = true;
                return Some(self.indexed(slots, index));
            }
        };
        let (name_index, behind) = integer::decode(rest, bits)?;
        let (mut name, behind) = self.name(slots, name_index, behind)?;
        let (value, behind) = StringLiteral::parse(behind, self.limits.max_string_len)?;

        let name_room = match name {
            LiteralName::Static(..) => 0,
            LiteralName::Entry(entry) => to_usize(entry.name_len),
            LiteralName::Literal(name) => name.room(),
        };
        let room = name_room.saturating_add(value.room());
        if room > self.limits.max_literal_len() {
            return None;
        }
        *rest = behind;
        self.updates.closed = true;
        let moved = self.table.make_room(data, slots, 0, room);
        if let LiteralName::Entry(entry) = &mut name {
            entry.value_start = entry.value_start.wrapping_sub(moved);
        }
        let head = self.table.head;
        let (name, static_name, own) = match name {
            LiteralName::Static(name, index) => (TextPlace::Octets(name), index, 0),
            LiteralName::Entry(entry) if !incremental => (name_of(entry), 0, 0),
            LiteralName::Entry(entry) => {
                let len = to_usize(entry.name_len);
                copy_ahead(data, entry.name_start(), len, head);
                (TextPlace::Data { start: head, len }, 0, len)
            }
            LiteralName::Literal(name) => match put(data, head, name, incremental) {
                Ok((place, own)) => (place, 0, own),
                Err(error) => return Some(Err(error)),
            },
        };
        let value = match put(data, head.wrapping_add(own), value, incremental) {
            Ok((place, _)) => place,
            Err(error) => return Some(Err(error)),
        };
        if incremental {
            self.table.insert(slots, to_u32(name.len()), to_u32(value.len()), static_name);
        }
        Some(Ok(FoundField { name, value, representation: Representation::from_literal(octet, name_index) }))
    }

    #[inline(always)]
    fn name<'i>(&self, slots: &[u8], index: u32, rest: &'i [u8]) -> Option<(LiteralName<'i>, &'i [u8])> {
        if let Some((name, _)) = static_entry(index) {
            return Some((LiteralName::Static(name, index), rest));
        }
        if index == 0 {
            let (name, rest) = StringLiteral::parse(rest, self.limits.max_string_len)?;
            return Some((LiteralName::Literal(name), rest));
        }
        let entry = self.table.get(slots, index.wrapping_sub(STATIC_TABLE_LEN).wrapping_sub(1))?;
        Some(match static_entry(entry.static_name) {
            Some((name, _)) => (LiteralName::Static(name, entry.static_name), rest),
            None => (LiteralName::Entry(entry), rest),
        })
    }
}

/// Decodes or, if it is to stay, copies a string to `start`; the octets used there.
#[inline(always)]
fn put<'i>(
    data: &mut [u8],
    start: usize,
    string: StringLiteral<'i>,
    keep: bool,
) -> Result<(TextPlace<'i>, usize), HpackError> {
    let room = data.get_mut(start..).unwrap_or_default();
    if string.huffman {
        let len = huffman::decode(string.octets, room).map_err(|error| match error {
            DecodeError::Huffman(error) => error,
            // There is room for the longest string these octets can be.
            DecodeError::BufferFull => HpackError::StringTooLong,
        })?;
        return Ok((TextPlace::Data { start, len }, len));
    }
    if keep && let Some(room) = room.get_mut(..string.octets.len()) {
        room.copy_from_slice(string.octets);
    }
    Ok((TextPlace::Octets(string.octets), if keep { string.octets.len() } else { 0 }))
}
