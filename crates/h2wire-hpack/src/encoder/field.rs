//! Encodes one field: as an index if it is in a table, or as a literal. RFC 7541 §6.

use super::Encoder;
use super::guess::Likely;
use super::index::{Key, live};
use super::plan::{self, Literal, MAX_STRING_LEN, SHORT_ROOM, SHORT_STRING, StringPlan};
use super::policy::{self, HuffmanPolicy, Indexing};
use super::tables::{Tables, dynamic};
use crate::{BufferTooSmall, Marks, NoMarks, hash, integer, static_table};

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
        // In one place, so that `accept` is made a part of it: what it holds would be handed on through memory.
        if let Some(Likely { index, mark, sequence }) = self.likely(&field, marks) {
            let written = indexed(index, buf, || accept(mark))?;
            if written > 0
                && let Some(sequence) = sequence
            {
                self.guess.used(sequence);
            }
            return Ok(written);
        }
        self.other_field(&field, buf, marks, accept)
    }

    /// Encodes a field that is not guessed.
    #[inline(always)]
    pub(super) fn other_field<K: Marks>(
        &mut self,
        field: &FieldToEncode<'_>,
        buf: &mut [u8],
        marks: K,
        accept: impl FnOnce(u8) -> bool,
    ) -> Result<usize, BufferTooSmall> {
        if !cfg!(feature = "small-huffman") {
            // What is never an entry is not looked for.
            if field.indexing == Indexing::Auto
                && !field.value.is_empty()
                && let Some(name_index) = static_table::find_volatile(field.name)
            {
                return self.volatile(name_index, field, buf, marks, accept);
            }
        }
        self.field_by_hash(field, buf, marks, accept)
    }

    /// The index and the mark of a field, if it is the entry that is expected.
    #[inline(always)]
    fn guess(&self, field: &FieldToEncode<'_>) -> Option<(u32, u8)> {
        let sequence = self.guess.next;
        let place = live(&self.table, sequence)?;
        let (data, rest) = self.memory.as_ref().split_at_checked(self.table.data_len)?;
        let entry = self.table.entry(rest, sequence)?;
        let is_same = hash::same(entry.value(data), field.value) && hash::same(entry.name(data), field.name);
        if !is_same || policy::never(field.indexing, entry.static_name, field.value) {
            return None;
        }
        Some((dynamic(place), entry.mark))
    }

    /// The entry that a field is, if most sections begin with it, or if it is the one that is expected.
    #[inline(always)]
    pub(super) fn likely(&self, field: &FieldToEncode<'_>, marks: impl Marks) -> Option<Likely> {
        if cfg!(feature = "small-huffman") {
            return None;
        }
        let sequence = self.guess.next;
        match static_table::find_frequent(field.name, field.value) {
            Some(index) if field.indexing != Indexing::Never => {
                Some(Likely { index, mark: marks.fixed(index), sequence: None })
            }
            _ => {
                let (index, mark) = self.guess(field)?;
                Some(Likely { index, mark, sequence: Some(sequence) })
            }
        }
    }

    /// Whether a field is one octet where there is room for it.
    #[cold]
    #[inline(never)]
    pub(super) fn is_octet(&self, field: &FieldToEncode<'_>) -> bool {
        self.likely(field, NoMarks).is_some_and(|likely| likely.octet().is_some())
    }

    /// Encodes a field that is looked up by its hashes.
    #[inline(never)]
    fn field_by_hash<K: Marks>(
        &mut self,
        field: &FieldToEncode<'_>,
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
            let written = indexed(dynamic(index), buf, || accept(mark))?;
            if written > 0 {
                self.guess.used(self.table.next.wrapping_sub(1).wrapping_sub(index));
            }
            return Ok(written);
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
        let field = FieldToEncode { name: key.name, value: key.value, indexing };
        let written = self.write_literal((pattern, bits), name_index, &field, buf, || accept(mark))?;
        if written == 0 {
            return Ok(0);
        }
        if pattern == 0x40 {
            #[cfg(feature = "alloc")]
            self.make_room(key);
            self.guess.used(self.table.next);
            self.tables().insert(key, static_name, mark);
        }
        Ok(written)
    }

    /// Encodes a field whose name is static and which does not become an entry.
    #[inline(never)]
    fn volatile<K: Marks>(
        &mut self,
        name_index: u32,
        field: &FieldToEncode<'_>,
        buf: &mut [u8],
        marks: K,
        accept: impl FnOnce(u8) -> bool,
    ) -> Result<usize, BufferTooSmall> {
        if field.value.len() > MAX_STRING_LEN {
            return Err(BufferTooSmall { needed: usize::MAX });
        }
        let mark = if K::KEPT { marks.literal(name_index, field.name, field.value) } else { 0 };
        self.write_literal((0, 4), name_index, field, buf, || accept(mark))
    }

    /// Writes a literal, if there is room for it and it is accepted.
    #[inline(always)]
    fn write_literal(
        &self,
        (pattern, bits): (u8, u32),
        name_index: u32,
        field: &FieldToEncode<'_>,
        buf: &mut [u8],
        accept: impl FnOnce() -> bool,
    ) -> Result<usize, BufferTooSmall> {
        let FieldToEncode { name, value, .. } = *field;
        if self.is_short(field, buf) {
            return Ok(if accept() {
                plan::write_short((pattern, bits), name_index, name, value, buf)
            } else {
                0
            });
        }
        let literal = Literal {
            pattern,
            bits,
            name_index,
            name: (name_index == 0).then(|| StringPlan::new(name, self.huffman)),
            value: StringPlan::new(value, self.huffman),
        };
        let needed = literal.len();
        let place = buf.get_mut(..needed).ok_or(BufferTooSmall { needed })?;
        if !accept() {
            return Ok(0);
        }
        literal.write(place);
        Ok(needed)
    }

    /// Whether a literal may be written without measuring it first. A small build has one way to write them.
    #[inline(always)]
    fn is_short(&self, field: &FieldToEncode<'_>, buf: &[u8]) -> bool {
        !cfg!(feature = "small-huffman")
            && self.huffman == HuffmanPolicy::Auto
            && field.name.len().max(field.value.len()) < SHORT_STRING
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

#[cfg(all(test, feature = "alloc", not(feature = "small-huffman")))]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    type Line<'a> = (&'a [u8], &'a [u8]);

    fn encode(encoder: &mut Encoder<Vec<u8>>, fields: &[Line<'_>]) -> Vec<u8> {
        let mut out = Vec::new();
        encoder.encode_block(fields.iter().map(|(name, value)| (*name, *value, Indexing::Auto)), &mut out);
        out
    }

    fn guesses(encoder: &mut Encoder<Vec<u8>>, (name, value): Line<'_>, indexing: Indexing) -> Option<u32> {
        let sequence = encoder.guess.next;
        let found = encoder.guess(&FieldToEncode { name, value, indexing }).map(|(index, _)| index);
        if found.is_some() {
            encoder.guess.used(sequence);
        }
        found
    }

    #[test]
    fn a_section_that_repeats_is_guessed_from_its_first_entry() {
        let fields: [Line<'_>; 4] = [(b":status", b"200"), (b"a", b"1"), (b"server", b"x"), (b"c", b"3")];
        let mut encoder = Encoder::new(4096);
        encode(&mut encoder, &fields);
        for _ in 0..3 {
            encoder.guess.begin();
            let found = fields[1..].iter().map(|field| guesses(&mut encoder, *field, Indexing::Auto));
            assert!(found.eq([Some(64), Some(63), Some(62)]));
            assert_eq!(encode(&mut encoder, &fields), [0x88, 0xc0, 0xbf, 0xbe]);
        }
    }

    #[test]
    fn what_is_not_written_is_not_used() {
        let mut encoder = Encoder::new(4096);
        encoder.encode_block([(&b":path"[..], &b"/a"[..], Indexing::Incremental)], &mut Vec::new());
        let mut buf = [0; 1];
        let mut block = encoder.block(&mut []).unwrap();
        assert_eq!(block.encode(b":path", b"/a", Indexing::Auto), Err(BufferTooSmall { needed: 1 }));
        let mut block = block.continue_in(&mut buf);
        let refused = block.encode_if(NoMarks, b":path", b"/a", Indexing::Auto, |_| false);
        assert_eq!(refused, Ok(false));
        block.encode(b":path", b"/a", Indexing::Auto).unwrap();
        assert_eq!(block.finish(), 1);
        assert_eq!(buf, [0xbe]);
    }

    #[test]
    fn what_differs_is_found_all_the_same() {
        let mut encoder = Encoder::new(4096);
        let all: [Line<'_>; 4] = [(b"a", b"1"), (b"b", b"2"), (b"c", b"3"), (b"d", b"4")];
        encode(&mut encoder, &all);
        for first in 0..4 {
            for second in 0..4 {
                let octets = encode(&mut encoder, &[all[first], all[second]]);
                let index = |at: usize| 0xc1 - u8::try_from(at).unwrap();
                assert_eq!(octets, [index(first), index(second)]);
            }
        }
    }

    /// Their names are not looked for with values, but the static table has these.
    #[test]
    fn empty_values_of_names_that_vary_are_found() {
        let mut encoder = Encoder::new(4096);
        let empty: [Line<'_>; 2] = [(b"content-length", b""), (b"etag", b"")];
        assert_eq!(encode(&mut encoder, &empty), [0x9c, 0xa2]);
    }

    #[test]
    fn an_entry_that_is_gone_or_must_not_be_used_is_no_guess() {
        let mut encoder = Encoder::new(64);
        let line: Line<'_> = (b"cookie", b"short");
        encoder.encode_block([(line.0, line.1, Indexing::Incremental)], &mut Vec::new());
        encoder.guess.begin();
        // RFC 7541 §7.1.3
        assert_eq!(guesses(&mut encoder, line, Indexing::Auto), None);
        assert_eq!(guesses(&mut encoder, line, Indexing::Never), None);
        assert_eq!(guesses(&mut encoder, (b"cookie", b"other"), Indexing::Incremental), None);
        assert_eq!(guesses(&mut encoder, line, Indexing::Incremental), Some(62));
        encoder.encode_block([(&b"a"[..], &b"takes its place"[..], Indexing::Incremental)], &mut Vec::new());
        encoder.guess.begin();
        assert_eq!(guesses(&mut encoder, line, Indexing::Incremental), None);
    }

    /// Guessing before, and encoding what is not guessed, gives the octets of `encode_if`, and keeps both ends in step.
    #[test]
    fn guessing_first_is_the_same() {
        let fields: [Line<'_>; 6] = [
            (b":status", b"200"),
            (b"server", b"x"),
            (b"content-length", b"100"),
            (b":path", b"/"),
            (b"authorization", b"secret"),
            (b"date", b"today"),
        ];
        let mut encoders = [Encoder::new(4096), Encoder::new(4096)];
        let mut guessed = 0;
        for round in 0..200_usize {
            let [plain, guessing] = &mut encoders;
            let (mut expected, mut octets) = ([0; 200], [0; 200]);
            let mut block = plain.block(&mut expected).unwrap();
            let mut other = guessing.block(&mut octets).unwrap();
            for at in 0..fields.len() {
                let (name, value) = fields[(at * (round % 5 + 1)) % fields.len()];
                let indexing = [Indexing::Auto, Indexing::Incremental, Indexing::Never][round % 7 % 3];
                block.encode(name, value, indexing).unwrap();
                // What is found and not written has changed nothing.
                let before = other.guess(NoMarks, name, value, indexing).is_some();
                if let Some(found) = other.guess(NoMarks, name, value, indexing) {
                    found.write();
                    guessed += usize::from(before);
                } else {
                    other.encode_other_if(NoMarks, name, value, indexing, |_| true).unwrap();
                }
            }
            let (written, guessing_written) = (block.finish(), other.finish());
            assert_eq!(expected[..written], octets[..guessing_written], "round {round}");
        }
        assert!(guessed > 300, "{guessed}");
        let [_, mut guessing] = encoders;
        let mut full = guessing.block(&mut []).unwrap();
        assert!(full.guess(NoMarks, b":status", b"200", Indexing::Auto).is_none(), "there is no room");
    }

    /// Without room a field that would be guessed needs one octet, not those of the literal that another field of its name is.
    #[test]
    fn a_field_that_is_not_guessed_for_lack_of_room_needs_an_octet() {
        let mut encoder = Encoder::new(4096);
        encoder.encode_block([(&b":path"[..], &b"/a"[..], Indexing::Incremental)], &mut Vec::new());
        let mut block = encoder.block(&mut []).unwrap();
        for value in [&b"/"[..], b"/index.html", b"/a"] {
            assert!(block.guess(NoMarks, b":path", value, Indexing::Auto).is_none());
            let refused = block.encode_other_if(NoMarks, b":path", value, Indexing::Auto, |_| true);
            assert_eq!(refused, Err(BufferTooSmall { needed: 1 }), "{value:?}");
        }
        let refused = block.encode_other_if(NoMarks, b":path", b"/b", Indexing::Auto, |_| true);
        assert_eq!(refused, Err(BufferTooSmall { needed: 4 }));
    }
}
