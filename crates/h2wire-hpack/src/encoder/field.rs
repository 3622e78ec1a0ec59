//! Encodes one field: as an index if it is in a table, or as a literal. RFC 7541 §6.

use super::Encoder;
use super::index::Key;
use super::plan::{self, Literal, MAX_STRING_LEN, SHORT_ROOM, SHORT_STRING, StringPlan};
use super::policy::{self, HuffmanPolicy, Indexing};
use super::tables::Tables;
use crate::{BufferTooSmall, Marks, integer, static_table};

/// A field to encode, and how.
#[derive(Clone, Copy)]
pub(super) struct FieldToEncode<'a> {
    pub(super) name: &'a [u8],
    pub(super) value: &'a [u8],
    pub(super) indexing: Indexing,
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Encoder<M> {
    #[inline(always)]
    pub(super) fn tables(&mut self) -> Tables<'_> {
        let Self { memory, table, index, .. } = self;
        let (data, rest) = table.split(memory.as_mut());
        Tables { table, data, rest, index: *index }
    }

    /// Encodes one field at the start of `buf`, if `accept` takes its mark: it is asked once there is room, before anything is
    /// written. Returns the octets written, 0 if it was not accepted. If the field does not fit or is not accepted, nothing is
    /// written and the table is unchanged.
    #[inline(always)]
    pub(super) fn field<K: Marks>(
        &mut self,
        field: FieldToEncode<'_>,
        buf: &mut [u8],
        marks: K,
        accept: impl FnOnce(u8) -> bool,
    ) -> Result<usize, BufferTooSmall> {
        let key = Key::new(field.name, field.value);
        if let Some(index) = static_table::find(key.name, key.value, key.field_hash)
            && !policy::never(field.indexing, index, field.value)
        {
            return indexed(index, buf, || accept(marks.fixed(index)));
        }
        if let Some((index, mark)) = self.tables().find_field(&key, field.indexing) {
            return indexed(index, buf, || accept(mark));
        }
        self.literal(&key, field.indexing, buf, marks, accept)
    }

    /// Encodes a field that is in no table or must not be looked up.
    #[inline(never)]
    fn literal<K: Marks>(
        &mut self,
        key: &Key<'_>,
        indexing: Indexing,
        buf: &mut [u8],
        marks: K,
        accept: impl FnOnce(u8) -> bool,
    ) -> Result<usize, BufferTooSmall> {
        // Encoded lengths have 32 bits, and a code is up to four times as long as its octet.
        if key.name.len() | key.value.len() > MAX_STRING_LEN {
            return Err(BufferTooSmall { needed: usize::MAX });
        }
        let static_name = static_table::find_name(key.name, key.name_hash).unwrap_or(0);
        let indexing = policy::decide(indexing, static_name, key, self.table.capacity);
        let (pattern, bits) = match indexing {
            Indexing::Incremental | Indexing::Auto => (0x40, 6),
            Indexing::Without => (0, 4),
            Indexing::Never => (0x10, 4),
        };
        let name_index = if static_name == 0 { self.tables().find_name(key) } else { static_name };
        let mark = if K::KEPT { marks.literal(static_name, key.name, key.value) } else { 0 };
        let written = if self.is_short(key, buf) {
            if !accept(mark) {
                return Ok(0);
            }
            plan::write_short((pattern, bits), name_index, key.name, key.value, buf)
        } else {
            let literal = Literal {
                pattern,
                bits,
                name_index,
                name: (name_index == 0).then(|| StringPlan::new(key.name, self.huffman)),
                value: StringPlan::new(key.value, self.huffman),
            };
            let needed = literal.len();
            let place = buf.get_mut(..needed).ok_or(BufferTooSmall { needed })?;
            if !accept(mark) {
                return Ok(0);
            }
            literal.write(place);
            needed
        };
        if pattern == 0x40 {
            #[cfg(feature = "alloc")]
            self.make_room(key);
            self.tables().insert(key, static_name, mark);
        }
        Ok(written)
    }

    /// Whether a literal may be written without measuring it first. A small build has one way to write them.
    #[inline(always)]
    fn is_short(&self, key: &Key<'_>, buf: &[u8]) -> bool {
        !cfg!(feature = "small-huffman")
            && self.huffman == HuffmanPolicy::Auto
            && key.name.len().max(key.value.len()) < SHORT_STRING
            && buf.len() >= SHORT_ROOM
    }
}

/// Writes an indexed field, if it is accepted. §6.1
#[inline(always)]
fn indexed(index: u32, buf: &mut [u8], accept: impl FnOnce() -> bool) -> Result<usize, BufferTooSmall> {
    let needed = integer::encoded_len(index, 7);
    let place = buf.get_mut(..needed).ok_or(BufferTooSmall { needed })?;
    Ok(if accept() { integer::encode(index, 7, 0x80, place) } else { 0 })
}
