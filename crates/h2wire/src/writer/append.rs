//! Writing to buffers that grow.

use alloc::vec::Vec;

use h2wire_frame::{EncodeError, Frame, PREFACE, PayloadTooLong};
use h2wire_hpack::Encoder;

use super::section::OpenSection;
use super::{WriteError, Writer};
use crate::{FieldLine, Malformed, SectionHead};

/// A buffer that grows: `Vec<u8>`, and with the feature `bytes` `BytesMut`. It cannot be implemented elsewhere.
pub trait Output: AsMut<[u8]> + sealed::Sealed {
    /// Sets the length to `len` bytes; new bytes are zero.
    fn resize_zeroed(&mut self, len: usize);
}

impl Output for Vec<u8> {
    fn resize_zeroed(&mut self, len: usize) {
        self.resize(len, 0);
    }
}

#[cfg(feature = "bytes")]
impl Output for bytes::BytesMut {
    fn resize_zeroed(&mut self, len: usize) {
        self.resize(len, 0);
    }
}

mod sealed {
    pub trait Sealed {}
}

impl sealed::Sealed for Vec<u8> {}
#[cfg(feature = "bytes")]
impl sealed::Sealed for bytes::BytesMut {}

/// Appends a single frame to `out`. The caller is responsible for the order of frames and the peer's frame size; a
/// [`Writer`] checks them.
///
/// # Errors
/// As [`Frame::encode`]; `out` is unchanged then.
pub fn append_frame_unchecked<B: AsRef<[u8]>>(
    frame: &Frame<B>,
    out: &mut impl Output,
) -> Result<(), EncodeError> {
    let start = out.as_mut().len();
    out.resize_zeroed(start.saturating_add(frame.encoded_len()));
    let encoded = frame.encode(from(out, start));
    if encoded.is_err() {
        out.resize_zeroed(start);
    }
    encoded.map(|_| ())
}

/// The bytes of `out` from `start` on.
fn from<O: Output>(out: &mut O, start: usize) -> &mut [u8] {
    out.as_mut().get_mut(start..).unwrap_or_default()
}

/// `len` bytes of `out` from `start` on.
fn part<O: Output>(out: &mut O, start: usize, len: usize) -> &mut [u8] {
    from(out, start).get_mut(..len).unwrap_or_default()
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Writer<M> {
    /// Appends the client connection preface to `out`.
    ///
    /// # Errors
    /// As [`preface`](Self::preface); `out` is unchanged then.
    pub fn append_preface(&mut self, out: &mut impl Output) -> Result<(), WriteError> {
        self.append(out, PREFACE.len(), Self::preface)
    }

    /// Appends a frame without a field block to `out`.
    ///
    /// # Errors
    /// As [`frame`](Self::frame); `out` is unchanged then.
    pub fn append_frame<B: AsRef<[u8]>>(
        &mut self,
        frame: &Frame<B>,
        out: &mut impl Output,
    ) -> Result<(), WriteError> {
        self.append(out, frame.encoded_len(), |writer, buf| writer.frame(frame, buf))
    }

    pub(super) fn append(
        &mut self,
        out: &mut impl Output,
        len: usize,
        write: impl FnOnce(&mut Self, &mut [u8]) -> Result<usize, WriteError>,
    ) -> Result<(), WriteError> {
        let start = out.as_mut().len();
        out.resize_zeroed(start.saturating_add(len));
        let written = write(self, from(out, start));
        if written.is_err() {
            out.resize_zeroed(start);
        }
        written.map(|_| ())
    }

    /// Appends a whole field section to `out`: HEADERS or `PUSH_PROMISE`, and CONTINUATION frames as needed.
    ///
    /// # Errors
    /// As [`section`](Self::section) and its methods; `out` is unchanged then. A name or value of 1 GiB is
    /// [`EncodeError::PayloadTooLong`].
    ///
    /// # Panics
    /// If `fields` panics. Then `out` holds an unfinished section after its old content: truncate it. HPACK stays in step.
    pub fn append_section<'f, F: Into<FieldLine<'f>>>(
        &mut self,
        head: SectionHead,
        fields: impl IntoIterator<Item = F>,
        out: &mut impl Output,
    ) -> Result<(), WriteError> {
        self.append_section_with(head, fields, out, |_| Ok(()))
    }

    /// As [`append_section`](Self::append_section), but `check` sees each field before it is written. It may note what it needs, and
    /// refuse a field by a rule that depends on more than the section.
    ///
    /// # Errors
    /// As [`append_section`](Self::append_section), and [`WriteError::Malformed`] with the rule that `check` returns.
    ///
    /// # Panics
    /// If `fields` or `check` panics, as [`append_section`](Self::append_section).
    pub fn append_section_with<'f, F: Into<FieldLine<'f>>>(
        &mut self,
        head: SectionHead,
        fields: impl IntoIterator<Item = F>,
        out: &mut impl Output,
        check: impl FnMut(&FieldLine<'f>) -> Result<(), Malformed>,
    ) -> Result<(), WriteError> {
        let start = out.as_mut().len();
        OpenSection::check(self, &head)?;
        let mut section = OpenSection::new(self, head);
        let written = self.fill(&mut section, fields, out, start, check);
        out.resize_zeroed(start.saturating_add(*written.as_ref().unwrap_or(&0)));
        written.map(|_| ())
    }

    #[inline]
    fn fill<'f, F: Into<FieldLine<'f>>>(
        &mut self,
        section: &mut OpenSection,
        fields: impl IntoIterator<Item = F>,
        out: &mut impl Output,
        start: usize,
        mut check: impl FnMut(&FieldLine<'f>) -> Result<(), Malformed>,
    ) -> Result<usize, WriteError> {
        let huffman = self.encoder.huffman;
        let room = section.make_first_room(out, start)?;
        let block_start = start.wrapping_add(section.layout.head_len());
        // If this is left before its end, as by a panic of `fields`, the block is given up.
        let updates = self.encoder.block(part(out, block_start, room))?;
        // Where the next field goes, and where the room ends.
        let (mut at, mut end) = (block_start.wrapping_add(updates.written()), block_start.wrapping_add(room));
        let mut block = updates.continue_in(&mut []);
        for field in fields {
            let field = field.into();
            check(&field).map_err(|malformed| section.breach(malformed))?;
            // No code is longer than 4 times its byte; indices and lengths are numbers of 6 bytes at most.
            let lens = field.name.len().saturating_add(field.value.len());
            if end.wrapping_sub(at) / 4 < lens.saturating_add(5) {
                let most = Encoder::max_field_len(field.name.len(), field.value.len(), huffman);
                section.len = at.wrapping_sub(block_start);
                end = at.saturating_add(section.make_room(most, out, start)?);
            }
            // There is room for all of it before `end`.
            let mut place = block.continue_in(from(out, at));
            section.add(&mut place, &field)?;
            at = at.wrapping_add(place.written());
            block = place.continue_in(&mut []);
        }
        section.len = at.wrapping_sub(block_start);
        section.check_complete()?;
        block.finish();
        let framed = section.frames(self, from(out, start), true);
        if framed.is_err() {
            self.encoder.discard_block();
        }
        framed
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Writer<M> {
    /// Writes a block without references to the dynamic table, after the size updates that are due.
    pub(super) fn fill_block(
        &mut self,
        section: &mut OpenSection,
        block: &[u8],
        out: &mut impl Output,
        start: usize,
    ) -> Result<usize, WriteError> {
        section.make_room(Encoder::MAX_SIZE_UPDATES_LEN.saturating_add(block.len()), out, start)?;
        section.encode(&mut self.encoder, from(out, start), None)?;
        section.copy(from(out, start), block)?;
        section.frames(self, from(out, start), true)
    }
}

/// Most sections are shorter, padding included.
const FIRST: usize = 384;

impl OpenSection {
    /// Makes room for the start of a block. Returns for how many bytes there is room then.
    #[inline]
    fn make_first_room(&self, out: &mut impl Output, start: usize) -> Result<usize, WriteError> {
        if self.layout.max_frame_size < FIRST {
            return self.make_room(Encoder::MAX_SIZE_UPDATES_LEN, out, start);
        }
        out.resize_zeroed(start.saturating_add(FIRST));
        Ok(FIRST.wrapping_sub(self.layout.head_len()).wrapping_sub(self.layout.most_padding()))
    }

    /// Makes room for `more` bytes of the block in `out`, where the section starts at `start`. Returns for how many bytes there is
    /// room then.
    fn make_room(&self, more: usize, out: &mut impl Output, start: usize) -> Result<usize, WriteError> {
        let needed = self.buf_len(more);
        if isize::try_from(needed).is_err() {
            // No buffer is that long.
            return Err(EncodeError::from(PayloadTooLong).into());
        }
        let mut len = from(out, start).len();
        if len < needed {
            len = needed.saturating_add(needed >> 1).max(FIRST);
            out.resize_zeroed(start.saturating_add(len));
        }
        Ok(self.layout.capacity(len).saturating_sub(self.len))
    }
}
