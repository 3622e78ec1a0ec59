//! The readers over `BytesMut`: payloads share its memory.

use core::ops::Range;

use bytes::{Buf, Bytes, BytesMut};
use h2wire_frame::{Frame, Progress};

use crate::reader::{Block, Step};
use crate::{ConnectionError, FrameEvent, FrameReader, Message, Reader, SectionEnd};

impl FrameReader {
    /// Takes the next item out of `buf`. The capacity of `buf` is yours to choose: [`Progress::Needed`] says how many bytes are
    /// missing at least.
    ///
    /// Payloads are slices of the memory of `buf`, not copies. As long as one lives, that memory stays, and what `buf` holds of a
    /// frame that is not complete is moved when its capacity grows. To relay without any move use
    /// [`ChunkedReader`](crate::ChunkedReader): its payloads are parts of the input.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    #[inline(always)]
    pub fn read_bytes(
        &mut self,
        buf: &mut BytesMut,
    ) -> Result<Progress<FrameEvent<Bytes>, ()>, ConnectionError> {
        let start = buf.as_ptr().addr();
        // Each answer is a case of its own. After `?` the processor waits for what was just stored: a third of the time.
        match self.read(buf) {
            Ok(Progress::Item { item: FrameEvent::Frame { header, frame }, consumed }) => {
                let frame = take_out(frame.map(|payload| range_of(payload, start)), consumed, buf);
                Ok(Progress::Item { item: FrameEvent::Frame { header, frame }, consumed: () })
            }
            Ok(Progress::Item { item: FrameEvent::StreamError { header, error }, consumed }) => {
                buf.advance(consumed);
                Ok(Progress::Item { item: FrameEvent::StreamError { header, error }, consumed: () })
            }
            Ok(Progress::Item { item: FrameEvent::Preface, consumed }) => {
                buf.advance(consumed);
                Ok(Progress::Item { item: FrameEvent::Preface, consumed: () })
            }
            Ok(Progress::Needed(missing)) => Ok(Progress::Needed(missing)),
            Err(error) => Err(error),
        }
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Reader<M> {
    /// As [`read_message`](Self::read_message), out of a `BytesMut`: payloads are slices of its memory, not copies. The capacity of
    /// `buf` is yours to choose: [`Progress::Needed`] says how many bytes are missing at least.
    ///
    /// ```
    /// use bytes::BytesMut;
    /// use h2wire::{Limits, Message, Progress, Reader, Role};
    ///
    /// let mut reader = Reader::new(Role::Client, &Limits::DEFAULT)?;
    /// let mut buf = BytesMut::from(b"\0\0\0\x04\0\0\0\0\0\0\0".as_slice());
    /// while let Progress::Item { item, .. } = reader.read_bytes(&mut buf)? {
    ///     println!("{item:?}");
    /// }
    /// assert_eq!(reader.read_bytes(&mut buf)?, Progress::Needed(7));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`read`](Self::read). `buf` starts at the frame that has the error then.
    pub fn read_bytes(
        &mut self,
        buf: &mut BytesMut,
    ) -> Result<Progress<Message<Bytes>, ()>, ConnectionError> {
        if let Some(Block { consumed, part, .. }) = self.plain_block(buf) {
            match self.section_of(part) {
                Ok(Some((end @ SectionEnd { kind: Ok(kind), .. }, fields))) => {
                    buf.advance(consumed);
                    return Ok(Progress::Item { item: Message::Section { kind, end, fields }, consumed: () });
                }
                Ok(Some((end @ SectionEnd { kind: Err(error), .. }, fields))) => {
                    buf.advance(consumed);
                    let item = Message::RefusedSection { error, end, fields };
                    return Ok(Progress::Item { item, consumed: () });
                }
                // Never: the block ends with the frame.
                Ok(None) => buf.advance(consumed),
                Err(error) => return Err(error),
            }
        }
        let start = buf.as_ptr().addr();
        if let Some((header, frame, consumed)) = self.plain_data(buf) {
            let frame = take_out(frame.map(|payload| range_of(payload, start)), consumed, buf);
            return Ok(Progress::Item { item: Message::Frame { header, frame }, consumed: () });
        }
        loop {
            let start = buf.as_ptr().addr();
            match self.step(buf, |payload| range_of(payload, start)) {
                Ok(Progress::Item { item: Step::Frame { header, frame }, consumed }) => {
                    let frame = take_out(frame, consumed, buf);
                    return Ok(Progress::Item { item: Message::Frame { header, frame }, consumed: () });
                }
                Ok(Progress::Item { item, consumed }) => {
                    buf.advance(consumed);
                    if let Some(message) = self.message(item.map(|_| Bytes::new())) {
                        return Ok(Progress::Item { item: message, consumed: () });
                    }
                }
                Ok(Progress::Needed(missing)) => return Ok(Progress::Needed(missing)),
                Err(error) => return Err(error),
            }
        }
    }
}

/// Where a payload is in a buffer, and how long, while the buffer is taken apart.
#[inline(always)]
fn range_of(payload: &[u8], start: usize) -> Range<usize> {
    let at = payload.as_ptr().addr().saturating_sub(start);
    at..at.saturating_add(payload.len())
}

/// Takes the `consumed` bytes of a frame off `buf`, and keeps those of the payload. Only they are counted by reference,
/// which is what most of the time goes to.
#[inline(always)]
fn take_out(frame: Frame<Range<usize>>, consumed: usize, buf: &mut BytesMut) -> Frame<Bytes> {
    if let Some(range) = frame.payload_ref()
        && !range.is_empty()
    {
        let after = consumed.saturating_sub(range.end);
        buf.advance(range.start);
        let payload = buf.split_to(range.len()).freeze();
        buf.advance(after);
        return frame.map(|_| payload);
    }
    buf.advance(consumed);
    frame.map(|_| Bytes::new())
}
