//! A field block, field by field.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use core::fmt;

use super::Encoder;
use super::field::FieldToEncode;
use super::guess::Likely;
#[cfg(feature = "alloc")]
use super::plan;
use super::policy::Indexing;
use super::size_update;
use crate::{BufferTooSmall, Marks, NoMarks};

/// A field block that is being written to a buffer: the result of [`Encoder::block`]. [`finish`](Self::finish) ends it.
///
/// Of the buffer only what is [`written`](Self::written) counts: what comes after it may be overwritten.
///
/// If it is dropped or forgotten instead, do not send what was written: the next block makes up for it. If fields became
/// entries of the table, it starts with size updates that empty both tables; size updates that were due still are.
pub struct BlockWriter<'e, 'b, M> {
    encoder: &'e mut Encoder<M>,
    buf: &'b mut [u8],
    written: usize,
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Encoder<M> {
    /// Starts a field block at the start of `buf`; [`BlockWriter::finish`] ends it. First it writes the size updates that are due, if any.
    ///
    /// # Errors
    /// [`BufferTooSmall`] if the size updates do not fit. They take at most
    /// [`MAX_SIZE_UPDATES_LEN`](Encoder::MAX_SIZE_UPDATES_LEN) bytes, and usually none.
    #[inline]
    pub fn block<'e, 'b>(&'e mut self, buf: &'b mut [u8]) -> Result<BlockWriter<'e, 'b, M>, BufferTooSmall> {
        if self.updates.given_up(&self.table) {
            self.updates.forget();
        }
        let written = if self.updates.due() == [None; 2] { 0 } else { self.update_size(buf)? };
        // A block that was given up may have declared another.
        self.table.capacity = self.updates.capacity();
        self.guess.begin();
        Ok(BlockWriter { encoder: self, buf, written })
    }

    #[cold]
    fn update_size(&mut self, buf: &mut [u8]) -> Result<usize, BufferTooSmall> {
        let mut octets = [0; size_update::MAX_LEN];
        let needed = self.updates.write(&mut octets);
        let (Some(place), Some(octets)) = (buf.get_mut(..needed), octets.get(..needed)) else {
            return Err(BufferTooSmall { needed });
        };
        place.copy_from_slice(octets);
        let (_, slots) = self.table.split(self.memory.as_mut());
        for size in self.updates.due().into_iter().flatten() {
            self.table.set_capacity(slots, size);
        }
        Ok(needed)
    }
}

#[cfg(feature = "alloc")]
impl<M: AsRef<[u8]> + AsMut<[u8]>> Encoder<M> {
    /// Encodes a whole block and appends it to `out`. If `fields` panics, that block is given up, as [`BlockWriter`] says.
    ///
    /// # Panics
    /// Panics if `out` cannot grow as far as needed, as `Vec` does; always with a name or value of 1 GiB or more.
    pub fn encode_block<'f>(
        &mut self,
        fields: impl IntoIterator<Item = (&'f [u8], &'f [u8], Indexing)>,
        out: &mut Vec<u8>,
    ) {
        let mut len = out.len();
        out.resize(len.saturating_add(size_update::MAX_LEN), 0);
        // There is room for the largest updates.
        let Ok(block) = self.block(out.get_mut(len..).unwrap_or_default()) else { return };
        let BlockWriter { encoder, written, .. } = block;
        len = len.saturating_add(written);
        for (name, value, indexing) in fields {
            let room = plan::max_field_len(name.len(), value.len(), encoder.huffman);
            if out.len().saturating_sub(len) < room {
                out.resize(len.saturating_add(room).saturating_add(out.len() >> 1), 0);
            }
            let field = FieldToEncode { name, value, indexing };
            // There is room for any field of these lengths.
            let place = out.get_mut(len..).unwrap_or_default();
            let written = encoder.field(field, place, NoMarks, |_| true).unwrap_or_default();
            len = len.saturating_add(written);
        }
        encoder.updates.finish(&encoder.table);
        out.truncate(len);
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> BlockWriter<'_, '_, M> {
    /// Encodes a field and appends it to the block.
    ///
    /// # Errors
    /// [`BufferTooSmall`] if the field does not fit. Then nothing is written and the table is unchanged: send what is
    /// [`written`](Self::written) and try again after [`continue_in`](Self::continue_in). With
    /// [`max_field_len`](Encoder::max_field_len) bytes of room a field always fits.
    #[inline]
    pub fn encode(&mut self, name: &[u8], value: &[u8], indexing: Indexing) -> Result<(), BufferTooSmall> {
        self.encode_if(NoMarks, name, value, indexing, |_| true)?;
        Ok(())
    }

    /// As [`encode`](Self::encode), if `accept` takes the mark of the field: what `marks` finds for a field once, and what its
    /// entry keeps. It is asked when there is room for the field. Returns whether the field was taken; if not, nothing is
    /// written and the table is unchanged.
    ///
    /// An encoder keeps one kind of marks: pass the same type each time. Fields that [`encode`](Self::encode) makes entries of
    /// have none.
    ///
    /// # Errors
    /// As [`encode`](Self::encode); `accept` is not asked then.
    #[inline(always)]
    pub fn encode_if(
        &mut self,
        marks: impl Marks,
        name: &[u8],
        value: &[u8],
        indexing: Indexing,
        accept: impl FnOnce(u8) -> bool,
    ) -> Result<bool, BufferTooSmall> {
        let rest = self.buf.get_mut(self.written..).unwrap_or_default();
        let written = self.encoder.field(FieldToEncode { name, value, indexing }, rest, marks, accept)?;
        self.written = self.written.wrapping_add(written);
        // No field takes less.
        Ok(written > 0)
    }
}

impl<'e, 'b, M: AsRef<[u8]> + AsMut<[u8]>> BlockWriter<'e, 'b, M> {
    /// The field as one byte, if it is the entry that is expected: sections repeat. Nothing is written before
    /// [`Guessed::write`] is called. `None` says only that: the field is for [`encode_other_if`](Self::encode_other_if) then.
    ///
    /// The two together do what [`encode_if`](Self::encode_if) does, with one difference: a field whose index takes two bytes is not guessed. If
    /// its name is one whose values seldom repeat, it becomes a literal. They are faster: the caller gets the mark before the field is written, and
    /// passes no closure.
    #[inline(always)]
    pub fn guess<'w>(
        &'w mut self,
        marks: impl Marks,
        name: &[u8],
        value: &[u8],
        indexing: Indexing,
    ) -> Option<Guessed<'w, 'e, 'b, M>> {
        if self.written >= self.buf.len() {
            return None;
        }
        let likely = self.encoder.likely(&FieldToEncode { name, value, indexing }, marks)?;
        let octet = likely.octet()?;
        Some(Guessed { block: self, likely, octet })
    }

    /// As [`encode_if`](Self::encode_if), for a field that [`guess`](Self::guess) returns `None` for.
    ///
    /// # Errors
    /// As [`encode_if`](Self::encode_if).
    #[inline(always)]
    pub fn encode_other_if(
        &mut self,
        marks: impl Marks,
        name: &[u8],
        value: &[u8],
        indexing: Indexing,
        accept: impl FnOnce(u8) -> bool,
    ) -> Result<bool, BufferTooSmall> {
        let rest = self.buf.get_mut(self.written..).unwrap_or_default();
        let field = FieldToEncode { name, value, indexing };
        if rest.is_empty() && self.encoder.is_octet(&field) {
            // It was not guessed only because there is no room.
            return Err(BufferTooSmall { needed: 1 });
        }
        let written = self.encoder.other_field(&field, rest, marks, accept)?;
        self.written = self.written.wrapping_add(written);
        Ok(written > 0)
    }
}

/// A field that is one byte of the block: what [`BlockWriter::guess`] returns.
pub struct Guessed<'w, 'e, 'b, M> {
    block: &'w mut BlockWriter<'e, 'b, M>,
    likely: Likely,
    octet: u8,
}

impl<M> Guessed<'_, '_, '_, M> {
    /// The mark of the field, as [`encode_if`](BlockWriter::encode_if) has it.
    #[must_use]
    #[inline(always)]
    pub const fn mark(&self) -> u8 {
        self.likely.mark
    }

    /// Appends the field to the block.
    #[inline(always)]
    pub fn write(self) {
        let Self { block, likely, octet } = self;
        // There is room for it.
        let Some(place) = block.buf.get_mut(block.written) else { return };
        *place = octet;
        block.written = block.written.wrapping_add(1);
        if let Some(sequence) = likely.sequence {
            block.encoder.guess.used(sequence);
        }
    }
}

impl<M> fmt::Debug for Guessed<'_, '_, '_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guessed").field("mark", &self.likely.mark).finish_non_exhaustive()
    }
}

impl<'e, M> BlockWriter<'e, '_, M> {
    /// The number of bytes of the buffer that are used.
    #[must_use]
    pub const fn written(&self) -> usize {
        self.written
    }

    /// Continues the block at the start of another buffer, for example in the next CONTINUATION frame.
    #[must_use]
    #[inline]
    pub fn continue_in<'c>(self, buf: &'c mut [u8]) -> BlockWriter<'e, 'c, M> {
        BlockWriter { encoder: self.encoder, buf, written: 0 }
    }

    /// Ends the block. Returns how many bytes at the start of the buffer to send: the block, or what is left of it after
    /// the last [`continue_in`](Self::continue_in).
    #[inline]
    #[allow(clippy::must_use_candidate, reason = "a block without fields may have nothing to send")]
    pub fn finish(self) -> usize {
        self.encoder.updates.finish(&self.encoder.table);
        self.written
    }
}

impl<M> fmt::Debug for BlockWriter<'_, '_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockWriter")
            .field("huffman", &self.encoder.huffman)
            .field("buf_len", &self.buf.len())
            .field("written", &self.written)
            .finish_non_exhaustive()
    }
}
