//! The resumable path: representations that end in a later fragment, size updates, and all errors. Each octet is read
//! once; its meaning is kept in `Partial`, the octet is not.

use super::field::{FieldRef, StringRef, name_of};
use super::partial::{Part, Partial};
use super::representation::Representation;
use super::state::DecoderState;
use crate::HpackError;
#[cfg(feature = "alloc")]
use crate::dynamic_table::UNKNOWN_NAME;
use crate::dynamic_table::{Entry, copy_ahead, known_of, to_u32, to_usize};
use crate::huffman::{Pieces, max_decoded_len};
use crate::integer::Integer;
use crate::static_table::{STATIC_TABLE_LEN, static_entry};

impl DecoderState {
    /// Decodes what the fast paths leave. `None` means that it was no field, or that it is not complete.
    #[cold]
    pub(super) fn resumable<'i>(
        &mut self,
        data: &mut [u8],
        slots: &mut [u8],
        rest: &mut &'i [u8],
    ) -> Result<Option<FieldRef<'i>>, HpackError> {
        let field = rest.first().is_some_and(|octet| octet & 0xe0 != 0x20);
        if field && !self.updates.closed && self.partial.between_fields() {
            self.updates.close()?;
        }
        let found = self.resume(data, slots, rest)?;
        self.set_ready();
        Ok(found)
    }

    /// Reads until a field is complete or the fragment is used up.
    #[cold]
    fn resume<'i>(
        &mut self,
        data: &mut [u8],
        slots: &mut [u8],
        rest: &mut &'i [u8],
    ) -> Result<Option<FieldRef<'i>>, HpackError> {
        loop {
            if matches!(self.partial.part, Part::Name | Part::Value) {
                if self.partial.missing > 0 {
                    let len = to_usize(self.partial.missing).min(rest.len());
                    let Some((piece, after)) = rest.split_at_checked(len).filter(|_| len > 0) else {
                        return Ok(None);
                    };
                    *rest = after;
                    self.piece(data, piece)?;
                } else if self.string_end()? {
                    return self.complete(slots).map(Some);
                }
                continue;
            }
            let Some((octet, after)) = rest.split_first() else { return Ok(None) };
            *rest = after;
            let Some(number) = self.octet(*octet)? else { continue };
            match self.partial.part {
                Part::Index if self.partial.octet & 0x80 != 0 => {
                    self.partial = Partial::default();
                    return self.indexed(slots, number).map(Some);
                }
                Part::Index if self.partial.octet & 0xe0 == 0x20 => {
                    self.partial = Partial::default();
                    return self.size_update(slots, number).map(|()| None);
                }
                Part::Index => self.name_index(data, slots, number)?,
                _ => self.string_start(data, slots, number)?,
            }
        }
    }

    /// Reads one octet of an integer. Returns the integer if it is complete.
    fn octet(&mut self, octet: u8) -> Result<Option<u32>, HpackError> {
        let partial = &mut self.partial;
        if let Some(integer) = &mut partial.integer {
            let number = integer.push(octet)?;
            if number.is_some() {
                partial.integer = None;
            }
            return Ok(number);
        }
        let prefix = if partial.part == Part::Index {
            partial.octet = octet;
            match octet {
                0x80.. => 7,
                0x40.. => 6,
                0x20.. => 5,
                _ => 4,
            }
        } else {
            partial.huffman = octet & 0x80 != 0;
            7
        };
        match Integer::start(octet, prefix) {
            Ok(number) => Ok(Some(number)),
            Err(integer) => {
                partial.integer = Some(integer);
                Ok(None)
            }
        }
    }

    /// Handles the index of a literal's name. A name that will be part of a new entry is copied now.
    fn name_index(&mut self, data: &mut [u8], slots: &[u8], index: u32) -> Result<(), HpackError> {
        self.partial.name_index = index;
        self.partial.part = if index == 0 { Part::NameLength } else { Part::ValueLength };
        if index <= STATIC_TABLE_LEN {
            self.partial.static_name = index;
            return Ok(());
        }
        let index = index.wrapping_sub(STATIC_TABLE_LEN).wrapping_sub(1);
        let Some(entry) = self.table.get(slots, index) else {
            #[cfg(feature = "alloc")]
            if self.is_missed(index) {
                self.partial.static_name = UNKNOWN_NAME;
                return Ok(());
            }
            // §2.3.3
            return Err(HpackError::NameIndexOutOfRange);
        };
        self.partial.name_len = entry.name_len;
        if entry.static_name != 0 {
            self.partial.static_name = entry.static_name;
        } else if self.partial.octet & 0x40 != 0 {
            let len = to_usize(entry.name_len);
            self.table.make_room(data, slots, 0, len);
            // The entry may have moved.
            let start = self.table.get(slots, index).map_or(0, Entry::name_start);
            copy_ahead(data, start, len, self.table.head);
            self.partial.stored = len;
        }
        Ok(())
    }

    /// Starts a string of `len` octets.
    fn string_start(&mut self, data: &mut [u8], slots: &[u8], len: u32) -> Result<(), HpackError> {
        // §5.2, §7.4
        if len > self.limits.max_string_len {
            return Err(HpackError::StringTooLong);
        }
        let partial = &mut self.partial;
        partial.part = if partial.part == Part::NameLength { Part::Name } else { Part::Value };
        partial.missing = len;
        partial.pieces = Pieces::default();
        let decoded = if partial.huffman { max_decoded_len(to_usize(len)) } else { to_usize(len) };
        let room = self.limits.max_literal_len().saturating_sub(partial.stored);
        self.table.make_room(data, slots, partial.stored, decoded.min(room));
        Ok(())
    }

    /// Decodes and stores some octets of a string.
    fn piece(&mut self, data: &mut [u8], piece: &[u8]) -> Result<(), HpackError> {
        let max = self.limits.max_literal_len();
        let partial = &mut self.partial;
        partial.missing = partial.missing.saturating_sub(to_u32(piece.len()));
        // At least the room that `string_start` made.
        let room = data.get_mut(self.table.head..).unwrap_or_default();
        let max = max.min(room.len());
        let room = room.get_mut(..max).unwrap_or_default();
        let (mut stored, mut len) = (partial.stored, 0_u32);
        if partial.huffman {
            partial.pieces.decode(piece, |octet| {
                len = len.saturating_add(1);
                if let Some(place) = room.get_mut(stored) {
                    *place = octet;
                    stored = stored.wrapping_add(1);
                }
            })?;
        } else {
            len = to_u32(piece.len());
            let place = room.get_mut(stored..).and_then(|room| room.get_mut(..piece.len()));
            if let Some(place) = place {
                place.copy_from_slice(piece);
                stored = stored.wrapping_add(piece.len());
            }
        }
        partial.stored = stored;
        let total = if partial.part == Part::Name { &mut partial.name_len } else { &mut partial.value_len };
        *total = total.saturating_add(len);
        Ok(())
    }

    /// Ends a string. Returns whether the field is complete.
    fn string_end(&mut self) -> Result<bool, HpackError> {
        if self.partial.huffman {
            self.partial.pieces.finish()?;
        }
        if self.partial.part == Part::Value {
            return Ok(true);
        }
        self.partial.part = Part::ValueLength;
        Ok(false)
    }

    /// Makes a field of a literal that is complete. If octets of it were dropped it is larger than the table, and its
    /// entry is not kept (§4.4).
    fn complete<'i>(&mut self, slots: &mut [u8]) -> Result<FieldRef<'i>, HpackError> {
        let partial = core::mem::take(&mut self.partial);
        let incremental = partial.octet & 0x40 != 0;
        let head = self.table.head;
        let name_len = to_usize(partial.name_len);
        let entry = self.table.get(slots, partial.name_index.wrapping_sub(STATIC_TABLE_LEN).wrapping_sub(1));
        let (name, own) = match (static_entry(partial.static_name), entry) {
            (Some((name, _)), _) => (StringRef::Borrowed(name), 0),
            (None, Some(entry)) if partial.name_index != 0 && !incremental => (name_of(entry), 0),
            _ => (StringRef::Stored { start: head, len: name_len }, name_len),
        };
        let value = StringRef::Stored { start: head.saturating_add(own), len: to_usize(partial.value_len) };
        if incremental {
            self.insert(slots, to_u32(name.len()), partial.value_len, partial.static_name)?;
        }
        Ok(FieldRef {
            name,
            value,
            known: known_of(partial.static_name),
            representation: Representation::of_literal(partial.octet, partial.name_index),
        })
    }
}
