//! Writes the fields of a section as a field block in its frames.

use h2wire_frame::{EncodeError, FrameHeader};
use h2wire_hpack::{BlockWriter, Encoder, Known};

use super::layout::Layout;
use super::{WriteError, Writer};
use crate::fields::FieldMarks;
#[cfg(feature = "alloc")]
use crate::{Breach, Malformed};
use crate::{FieldLine, FieldValidator, SectionHead};

/// A field section that is being written: the result of [`Writer::section`].
///
/// If it is dropped before [`finish`](Self::finish), nothing is written, and the next section starts by emptying the
/// HPACK tables of both ends.
/// After a [`flush`](Self::flush) a part was sent already: then the connection is lost, and the writer refuses
/// everything else.
#[derive(Debug)]
pub struct SectionWriter<'w, 'b, M> {
    writer: &'w mut Writer<M>,
    buf: &'b mut [u8],
    section: OpenSection,
    finished: bool,
}

/// A section that is being written. Each call gets the buffer, which holds the head of a frame and the part of the
/// block that was not flushed.
#[derive(Clone, Debug)]
pub(super) struct OpenSection {
    pub(super) layout: Layout,
    /// Bytes of the block.
    pub(super) len: usize,
    end_stream: bool,
    validator: Option<FieldValidator>,
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Writer<M> {
    /// Starts a field section at the start of `buf`: HEADERS or `PUSH_PROMISE`, and CONTINUATION frames as needed.
    ///
    /// # Errors
    /// [`WriteError`] if the section must not be sent now or at all, or there is no room for its start.
    pub fn section<'w, 'b>(
        &'w mut self,
        head: SectionHead,
        buf: &'b mut [u8],
    ) -> Result<SectionWriter<'w, 'b, M>, WriteError> {
        OpenSection::check(self, &head)?;
        let mut section = OpenSection::new(self, head);
        // The size updates that are due.
        section.encode(&mut self.encoder, buf, None)?;
        self.unfinished = true;
        Ok(SectionWriter { writer: self, buf, section, finished: false })
    }
}

impl<M> Writer<M> {
    /// What checks the fields of a section, if they are checked.
    pub(super) fn validator(&self, head: &SectionHead) -> Option<FieldValidator> {
        self.validate_fields.then(|| {
            let mut validator = FieldValidator::for_section(self.receiver.role(), head).sending();
            validator.extended_connect = self.extended_connect;
            validator.allowed = self.allowed;
            validator
        })
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> SectionWriter<'_, '_, M> {
    /// Adds a field.
    ///
    /// # Errors
    /// [`WriteError`] if the field makes the section malformed, or there is no room for it. The section is unchanged
    /// then. If the buffer is too small, [`flush`](Self::flush) makes room.
    pub fn field(&mut self, field: &FieldLine<'_>) -> Result<(), WriteError> {
        self.section.encode(&mut self.writer.encoder, self.buf, Some(field))
    }

    /// Returns frames with the fields so far. Send them; then the buffer is free for more fields. Empty if there is
    /// no field since the last flush. The section must be finished before anything else is sent.
    ///
    /// # Errors
    /// None is expected, as the room for the frames was made before.
    pub fn flush(&mut self) -> Result<&[u8], WriteError> {
        if self.section.is_empty() {
            return Ok(&[]);
        }
        let written = self.section.frames(self.writer, self.buf, false)?;
        Ok(self.buf.get(..written).unwrap_or_default())
    }

    /// Ends the section. Returns how many bytes at the start of the buffer to send: the section, or what is left of
    /// it after the last [`flush`](Self::flush).
    ///
    /// # Errors
    /// [`WriteError`] if a field is missing, or if the section is malformed as a whole. Send nothing then; if a part was sent
    /// after [`flush`](Self::flush), the connection is lost.
    pub fn finish(mut self) -> Result<usize, WriteError> {
        self.section.check_complete()?;
        let written = self.section.frames(self.writer, self.buf, true)?;
        self.finished = true;
        self.writer.unfinished = false;
        Ok(written)
    }
}

impl<M> Drop for SectionWriter<'_, '_, M> {
    fn drop(&mut self) {
        if !self.finished {
            self.section.discard(&mut self.writer.encoder);
            self.writer.unfinished = false;
        }
    }
}

impl OpenSection {
    /// Whether a section may start now. Reports what is wrong with its frame before any field is encoded.
    #[inline(always)]
    pub(super) fn check<M>(writer: &mut Writer<M>, head: &SectionHead) -> Result<(), WriteError> {
        let is_plain = head.promised_stream_id.is_none() && head.priority.is_none();
        if is_plain
            && !writer.preface_is_due()
            && !writer.unfinished
            && writer.receiver.takes_headers(head.stream_id)
        {
            return Ok(());
        }
        // A copy, so that the head itself need not be in memory.
        Self::check_all(writer, &{ *head })
    }

    #[inline(never)]
    fn check_all<M>(writer: &mut Writer<M>, head: &SectionHead) -> Result<(), WriteError> {
        writer.check_preface()?;
        if writer.unfinished {
            // An earlier section was neither finished nor dropped: take back what it encoded.
            writer.encoder.discard_block();
            writer.unfinished = false;
        }
        if head.promised_stream_id.is_some() && (head.end_stream || head.priority.is_some()) {
            return Err(WriteError::PromiseHead);
        }
        let mut frame = [0; Layout::MAX_HEAD_LEN];
        Layout::new(writer, head).first_frame(&mut frame, 0, None, true)?;
        if let Some(header) = frame.first_chunk().map(FrameHeader::parse) {
            writer.check_header(&header)?;
        }
        Ok(())
    }

    /// A section whose start was [checked](Self::check). It is large, so it is made where it stays, not in a result.
    #[inline]
    pub(super) fn new<M>(writer: &Writer<M>, head: SectionHead) -> Self {
        Self {
            layout: Layout::new(writer, &head),
            len: 0,
            end_stream: head.end_stream,
            validator: writer.validator(&head),
        }
    }

    /// Appends encoded fields.
    #[cfg(feature = "alloc")]
    pub(super) fn copy(&mut self, buf: &mut [u8], block: &[u8]) -> Result<(), WriteError> {
        let start = self.layout.head_len().saturating_add(self.len);
        let needed = self.buf_len(block.len());
        let place = buf.get_mut(start..).and_then(|rest| rest.get_mut(..block.len()));
        place.ok_or(EncodeError::BufferTooSmall { needed })?.copy_from_slice(block);
        self.len = self.len.saturating_add(block.len());
        Ok(())
    }

    /// Adds a field to the block, if it is allowed and there is room; else block and section are unchanged. The length that is
    /// needed is that of the block.
    #[inline(always)]
    pub(super) fn add<M: AsRef<[u8]> + AsMut<[u8]>>(
        &mut self,
        block: &mut BlockWriter<'_, '_, M>,
        field: &FieldLine<'_>,
    ) -> Result<(), WriteError> {
        let FieldLine { name, value, indexing, .. } = *field;
        check_known(field)?;
        if let Some(validator) = &mut self.validator
            && let Some(guessed) = block.guess(FieldMarks, name, value, indexing)
        {
            validator.try_field(guessed.mark(), name, value)?;
            guessed.write();
            return Ok(());
        }
        self.add_other(block, &{ *field })
    }

    #[inline(never)]
    fn add_other<M: AsRef<[u8]> + AsMut<[u8]>>(
        &mut self,
        block: &mut BlockWriter<'_, '_, M>,
        field: &FieldLine<'_>,
    ) -> Result<(), WriteError> {
        let FieldLine { name, value, indexing, .. } = *field;
        let Some(validator) = &mut self.validator else { return Ok(block.encode(name, value, indexing)?) };
        let mut breach = None;
        block.encode_other_if(FieldMarks, name, value, indexing, |mark| {
            breach = validator.try_field(mark, name, value).err();
            breach.is_none()
        })?;
        breach.map_or(Ok(()), |breach| Err(breach.into()))
    }

    /// A rule that the next field breaks.
    #[cfg(feature = "alloc")]
    #[cold]
    pub(super) fn breach(&self, malformed: Malformed) -> WriteError {
        Breach::new(malformed, self.validator.as_ref().map(FieldValidator::fields)).into()
    }

    /// The length of a buffer that has room for `more` bytes of the block.
    pub(super) fn buf_len(&self, more: usize) -> usize {
        self.layout.buf_len(self.len.saturating_add(more))
    }

    /// Encodes a field after the earlier ones or, without a field, the size updates that are due.
    pub(super) fn encode<M: AsRef<[u8]> + AsMut<[u8]>>(
        &mut self,
        encoder: &mut Encoder<M>,
        buf: &mut [u8],
        field: Option<&FieldLine<'_>>,
    ) -> Result<(), WriteError> {
        let start = self.layout.head_len();
        let end = start.saturating_add(self.layout.capacity(buf.len()));
        let needs = |more| EncodeError::BufferTooSmall { needed: self.buf_len(more) };
        // Leave room for padding.
        if buf.len() < self.layout.buf_len(self.len) {
            return Err(needs(0).into());
        }
        let room = buf.get_mut(start.saturating_add(self.len)..end).ok_or(needs(0))?;
        let mut block = encoder.block(room).map_err(|error| needs(error.needed))?;
        if let Some(field) = field {
            // A field that is not added leaves the block as it is.
            self.add(&mut block, field).map_err(|error| match error.needed() {
                Some(more) => EncodeError::BufferTooSmall { needed: self.buf_len(more) }.into(),
                None => error,
            })?;
        }
        self.len = self.len.saturating_add(block.finish());
        Ok(())
    }

    /// Whether a field is missing.
    pub(super) fn check_complete(&self) -> Result<(), WriteError> {
        if let Some(validator) = &self.validator
            && !validator.is_response()
        {
            validator.finish(self.end_stream)?;
        }
        Ok(())
    }

    /// Makes frames of the block so far; `last` ends it. Returns their bytes.
    pub(super) fn frames<M>(
        &mut self,
        writer: &mut Writer<M>,
        buf: &mut [u8],
        last: bool,
    ) -> Result<usize, WriteError> {
        let written = match self.layout.only_frame(buf, self.len, last) {
            Some(written) => written,
            None => self.layout.frame(buf, self.len, last)?,
        };
        writer.receiver.record_block(self.layout.stream_id, last);
        self.layout.first = None;
        self.len = 0;
        Ok(written)
    }

    /// Whether a frame was made and nothing was added since.
    const fn is_empty(&self) -> bool {
        self.layout.first.is_none() && self.len == 0
    }

    /// Takes back what was encoded and not sent.
    pub(super) fn discard<M>(&self, encoder: &mut Encoder<M>) {
        if self.layout.first.is_some() && self.len > 0 {
            encoder.discard_block();
        }
    }
}

/// Whether a field is known as a whole.
#[inline]
pub(super) fn check_known(field: &FieldLine<'_>) -> Result<(), WriteError> {
    // Without an allocator no reader misses blocks.
    if cfg!(feature = "alloc") && field.known != Known::Both { Err(WriteError::UnknownField) } else { Ok(()) }
}
