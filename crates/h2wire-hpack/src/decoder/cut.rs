//! The other path: a representation that ends in a later fragment, or that an error ends. Every octet is looked at
//! once; what was understood of it is kept, its octets are not.

use super::field::{FieldRef, StringRef};
use super::whole::representation;
use super::{DecoderState, name_of};
use crate::HpackError;
use crate::dynamic_table::{Entry, copy_ahead, to_u32, to_usize};
use crate::huffman::{Pieces, max_decoded_len};
use crate::integer::Integer;
use crate::static_table::{STATIC_TABLE_LEN, static_entry};

/// A representation of which some octets were seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Cut {
    part: Part,
    /// The integer being read, from its second octet on.
    integer: Option<Integer>,
    /// The first octet of the representation.
    octet: u8,
    name_index: u32,
    /// The name's index in the static table, its own or that of the entry it is from; 0 if it is not from there.
    static_name: u32,
    /// The string being read: coded how, how many octets are missing, the bits of a code that is cut.
    huffman: bool,
    missing: u32,
    pieces: Pieces,
    /// Octets of name and value.
    name_len: u32,
    value_len: u32,
    /// How many of them are stored behind the newest entry of the table.
    stored: usize,
    /// Not all of them are: the field is too large for the table and for the caller.
    dropped: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Part {
    #[default]
    Index,
    NameLength,
    Name,
    ValueLength,
    Value,
}

impl Cut {
    /// No octet of the next representation was seen.
    #[inline]
    pub(super) fn between_fields(&self) -> bool {
        self.part == Part::Index && self.integer.is_none()
    }
}

impl DecoderState {
    /// Reads on until a field is complete or the fragment is used up.
    #[cold]
    pub(super) fn cut<'i>(
        &mut self,
        data: &mut [u8],
        slots: &mut [u8],
        rest: &mut &'i [u8],
    ) -> Result<Option<FieldRef<'i>>, HpackError> {
        loop {
            if matches!(self.cut.part, Part::Name | Part::Value) {
                if self.cut.missing > 0 {
                    let len = to_usize(self.cut.missing).min(rest.len());
                    let Some((piece, behind)) = rest.split_at_checked(len).filter(|_| len > 0) else {
                        return Ok(None);
                    };
                    *rest = behind;
                    self.piece(data, piece)?;
                } else if self.string_end()? {
                    return Ok(Some(self.complete(slots)));
                }
                continue;
            }
            let Some((octet, behind)) = rest.split_first() else { return Ok(None) };
            *rest = behind;
            let Some(number) = self.octet(*octet)? else { continue };
            match self.cut.part {
                Part::Index if self.cut.octet & 0x80 != 0 => {
                    self.cut = Cut::default();
                    return self.indexed(slots, number).map(Some);
                }
                Part::Index if self.cut.octet & 0xe0 == 0x20 => {
                    self.cut = Cut::default();
                    return self.size_update(slots, number).map(|()| None);
                }
                Part::Index => self.name_index(data, slots, number)?,
                _ => self.string_start(data, slots, number)?,
            }
        }
    }

    /// One octet of an integer; the integer if it is complete.
    fn octet(&mut self, octet: u8) -> Result<Option<u32>, HpackError> {
        let cut = &mut self.cut;
        if let Some(integer) = &mut cut.integer {
            let number = integer.push(octet)?;
            if number.is_some() {
                cut.integer = None;
            }
            return Ok(number);
        }
        let prefix = if cut.part == Part::Index {
            cut.octet = octet;
            match octet {
                0x80.. => 7,
                0x40.. => 6,
                0x20.. => 5,
                _ => 4,
            }
        } else {
            cut.huffman = octet & 0x80 != 0;
            7
        };
        match Integer::start(octet, prefix) {
            Ok(number) => Ok(Some(number)),
            Err(integer) => {
                cut.integer = Some(integer);
                Ok(None)
            }
        }
    }

    /// The index of a literal's name. A name that will be copied into a new entry is copied now.
    fn name_index(&mut self, data: &mut [u8], slots: &[u8], index: u32) -> Result<(), HpackError> {
        self.cut.name_index = index;
        self.cut.part = if index == 0 { Part::NameLength } else { Part::ValueLength };
        if index <= STATIC_TABLE_LEN {
            self.cut.static_name = index;
            return Ok(());
        }
        let index = index.wrapping_sub(STATIC_TABLE_LEN).wrapping_sub(1);
        // §2.3.3
        let entry = self.table.get(slots, index).ok_or(HpackError::NameIndexOutOfRange)?;
        self.cut.name_len = entry.name_len;
        if entry.static_name != 0 {
            self.cut.static_name = entry.static_name;
        } else if self.cut.octet & 0x40 != 0 {
            let len = to_usize(entry.name_len);
            self.table.make_room(data, slots, 0, len);
            // It may have been moved.
            let start = self.table.get(slots, index).map_or(0, Entry::name_start);
            copy_ahead(data, start, len, self.table.head);
            self.cut.stored = len;
        }
        Ok(())
    }

    /// The length of a string.
    fn string_start(&mut self, data: &mut [u8], slots: &[u8], len: u32) -> Result<(), HpackError> {
        // §5.2, §7.4
        if len > self.limits.max_string_len {
            return Err(HpackError::StringTooLong);
        }
        let cut = &mut self.cut;
        cut.part = if cut.part == Part::NameLength { Part::Name } else { Part::Value };
        cut.missing = len;
        cut.pieces = Pieces::default();
        let decoded = if cut.huffman { max_decoded_len(to_usize(len)) } else { to_usize(len) };
        let room = self.limits.max_literal_len().saturating_sub(cut.stored);
        self.table.make_room(data, slots, cut.stored, decoded.min(room));
        Ok(())
    }

    /// Octets of a string.
    fn piece(&mut self, data: &mut [u8], piece: &[u8]) -> Result<(), HpackError> {
        let max = self.limits.max_literal_len();
        let cut = &mut self.cut;
        cut.missing = cut.missing.saturating_sub(to_u32(piece.len()));
        // At least what `string_start` asked for.
        let room = data.get_mut(self.table.head..).unwrap_or_default();
        let max = max.min(room.len());
        let room = room.get_mut(..max).unwrap_or_default();
        let (mut stored, mut len) = (cut.stored, 0_u32);
        if cut.huffman {
            cut.pieces.decode(piece, |octet| {
                len = len.saturating_add(1);
                if let Some(place) = room.get_mut(stored) {
                    *place = octet;
                    stored = stored.wrapping_add(1);
                } else {
                    cut.dropped = true;
                }
            })?;
        } else {
            len = to_u32(piece.len());
            let place = room.get_mut(stored..).and_then(|room| room.get_mut(..piece.len()));
            if let Some(place) = place {
                place.copy_from_slice(piece);
                stored = stored.wrapping_add(piece.len());
            } else {
                cut.dropped = true;
            }
        }
        cut.stored = stored;
        let total = if cut.part == Part::Name { &mut cut.name_len } else { &mut cut.value_len };
        *total = total.saturating_add(len);
        Ok(())
    }

    /// The end of a string; true if the field is complete.
    fn string_end(&mut self) -> Result<bool, HpackError> {
        if self.cut.huffman {
            self.cut.pieces.finish()?;
        }
        if self.cut.part == Part::Value {
            return Ok(true);
        }
        self.cut.part = Part::ValueLength;
        Ok(false)
    }

    /// All of a literal is there.
    fn complete<'i>(&mut self, slots: &mut [u8]) -> FieldRef<'i> {
        let cut = core::mem::take(&mut self.cut);
        let incremental = cut.octet & 0x40 != 0;
        let head = self.table.head;
        let name_len = to_usize(cut.name_len);
        let entry = self.table.get(slots, cut.name_index.wrapping_sub(STATIC_TABLE_LEN).wrapping_sub(1));
        let (name, own) = match (static_entry(cut.static_name), entry) {
            (Some((name, _)), _) => (StringRef::Borrowed(name), 0),
            (None, Some(entry)) if cut.name_index != 0 && !incremental => (name_of(entry), 0),
            _ => (StringRef::Stored { start: head, len: name_len }, name_len),
        };
        let value = StringRef::Stored { start: head.saturating_add(own), len: to_usize(cut.value_len) };
        if incremental && cut.dropped {
            // §4.4: larger than the table.
            self.table.evict_to(slots, 0);
        } else if incremental {
            self.table.insert(slots, to_u32(name.len()), cut.value_len, cut.static_name);
        }
        FieldRef { name, value, representation: representation(cut.octet, cut.name_index) }
    }
}
