//! The fast path: a representation that lies in the fragment as a whole. Whatever is cut off or announces something
//! that cannot be right is left to `cut`, untouched, so that every error is found in one order however a block is cut.

use super::field::{Found, Place, Representation};
use super::{State, name_of};
use crate::dynamic_table::{Entry, copy_ahead, to_u32, to_usize};
use crate::huffman::{self, DecodeError};
use crate::static_table::{STATIC_TABLE_LEN, static_entry};
use crate::{Error, integer};

/// A string literal as it came. §5.2
#[derive(Clone, Copy)]
struct StringLiteral<'i> {
    octets: &'i [u8],
    huffman: bool,
}

impl<'i> StringLiteral<'i> {
    /// Reads one, and gives the octets behind it.
    #[inline]
    fn parse(octets: &'i [u8], max_len: u32) -> Option<(Self, &'i [u8])> {
        let huffman = octets.first()? & 0x80 != 0;
        let (len, rest) = integer::decode(octets, 7)?;
        if len > max_len {
            return None;
        }
        let (octets, rest) = rest.split_at_checked(to_usize(len))?;
        Some((Self { octets, huffman }, rest))
    }

    /// The most octets it can stand for.
    #[inline]
    const fn max_len(self) -> usize {
        if self.huffman { huffman::max_decoded_len(self.octets.len()) } else { self.octets.len() }
    }
}

/// The name of a literal field.
#[derive(Clone, Copy)]
enum Name<'i> {
    Static(&'i [u8], u32),
    Entry(Entry),
    Literal(StringLiteral<'i>),
}

impl State {
    /// Decodes the next representation. `Some(Ok(None))` is a size update; `None` is not for here.
    #[inline]
    #[allow(
        clippy::type_complexity,
        reason = "read from the outside in: is it mine, is it right, is it a field"
    )]
    pub(super) fn whole<'i>(
        &mut self,
        data: &mut [u8],
        slots: &mut [u8],
        rest: &mut &'i [u8],
    ) -> Option<Result<Option<Found<'i>>, Error>> {
        let octet = *rest.first()?;
        if !self.cut.between_fields() {
            return None;
        }
        if octet & 0xe0 == 0x20 {
            let (size, behind) = integer::decode(rest, 5)?;
            *rest = behind;
            return Some(self.size_update(slots, size).map(|()| None));
        }
        if !self.updates.closed
            && let Err(error) = self.updates.close()
        {
            return Some(Err(error));
        }
        if octet & 0x80 != 0 {
            let (index, behind) = integer::decode(rest, 7)?;
            *rest = behind;
            return Some(self.indexed(slots, index).map(Some));
        }
        self.literal(octet, data, slots, rest).map(|found| found.map(Some))
    }

    /// A literal field. §6.2
    fn literal<'i>(
        &mut self,
        octet: u8,
        data: &mut [u8],
        slots: &mut [u8],
        rest: &mut &'i [u8],
    ) -> Option<Result<Found<'i>, Error>> {
        let incremental = octet & 0x40 != 0;
        let (name_index, behind) = integer::decode(rest, if incremental { 6 } else { 4 })?;
        let (name, behind) = self.name(slots, name_index, behind)?;
        let (value, behind) = StringLiteral::parse(behind, self.limits.max_string_len)?;

        let name_room = match name {
            Name::Static(..) => 0,
            Name::Entry(entry) => to_usize(entry.name_len),
            Name::Literal(name) => name.max_len(),
        };
        let room = name_room.saturating_add(value.max_len());
        if room > self.limits.max_literal_len() {
            return None;
        }
        *rest = behind;
        let base = self.table.base;
        self.table.make_room(data, slots, 0, room);
        let name = match name {
            Name::Entry(mut entry) => {
                entry.start = entry.start.wrapping_sub(to_usize(self.table.base.wrapping_sub(base)));
                Name::Entry(entry)
            }
            name => name,
        };
        let representation = representation(octet, name_index);
        Some(self.store(data, slots, name, value, representation).map_err(|error| match error {
            DecodeError::Huffman(error) => error,
            // There is room for the longest string these octets can be.
            DecodeError::BufferFull => Error::StringTooLong,
        }))
    }

    #[inline]
    fn name<'i>(&self, slots: &[u8], index: u32, rest: &'i [u8]) -> Option<(Name<'i>, &'i [u8])> {
        if index == 0 {
            let (name, rest) = StringLiteral::parse(rest, self.limits.max_string_len)?;
            return Some((Name::Literal(name), rest));
        }
        if let Some((name, _)) = static_entry(index) {
            return Some((Name::Static(name, index), rest));
        }
        let entry = self.table.get(slots, index.wrapping_sub(STATIC_TABLE_LEN).wrapping_sub(1))?;
        Some(match static_entry(entry.static_name) {
            Some((name, _)) => (Name::Static(name, entry.static_name), rest),
            None => (Name::Entry(entry), rest),
        })
    }

    /// Puts together what has to be, behind the newest entry; there is room. Makes it an entry if asked to.
    #[inline]
    fn store<'i>(
        &mut self,
        data: &mut [u8],
        slots: &mut [u8],
        name: Name<'i>,
        value: StringLiteral<'i>,
        representation: Representation,
    ) -> Result<Found<'i>, DecodeError> {
        let incremental = matches!(representation, Representation::IncrementalIndexing { .. });
        let head = self.table.head;
        let (name, static_name, own) = match name {
            Name::Static(name, index) => (Place::Octets(name), index, 0),
            Name::Entry(entry) if !incremental => (name_of(entry), 0, 0),
            Name::Entry(entry) => {
                let len = to_usize(entry.name_len);
                copy_ahead(data, entry.start, len, head);
                (Place::Data { start: head, len }, 0, len)
            }
            Name::Literal(name) => {
                let (place, own) = put(data, head, name, incremental)?;
                (place, 0, own)
            }
        };
        let (value, _) = put(data, head.wrapping_add(own), value, incremental)?;
        if incremental {
            self.table.insert(slots, to_u32(name.len()), to_u32(value.len()), static_name);
        }
        Ok(Found { name, value, representation })
    }
}

/// Decodes or, if it is to stay, copies a string to `start`; the octets used there.
#[inline]
fn put<'i>(
    data: &mut [u8],
    start: usize,
    string: StringLiteral<'i>,
    keep: bool,
) -> Result<(Place<'i>, usize), DecodeError> {
    let room = data.get_mut(start..).unwrap_or_default();
    if string.huffman {
        let len = huffman::decode(string.octets, room)?;
        return Ok((Place::Data { start, len }, len));
    }
    if keep && let Some(room) = room.get_mut(..string.octets.len()) {
        room.copy_from_slice(string.octets);
    }
    Ok((Place::Octets(string.octets), if keep { string.octets.len() } else { 0 }))
}

/// The kind of a literal, by its first octet. §6.2
#[inline]
pub(super) const fn representation(octet: u8, name_index: u32) -> Representation {
    if octet & 0x40 != 0 {
        Representation::IncrementalIndexing { name_index }
    } else if octet & 0x10 != 0 {
        Representation::NeverIndexed { name_index }
    } else {
        Representation::WithoutIndexing { name_index }
    }
}
