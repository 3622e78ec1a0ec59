//! The readers over `BytesMut`: payloads share its memory.

use core::ops::Range;

use bytes::{Buf, Bytes, BytesMut};
use h2wire_frame::{Frame, FrameHeader, Progress};

use crate::{
    ConnectionError, Event, FieldList, FieldStep, FrameEvent, FrameReader, Reader, SectionEnd, StreamError,
};

impl FrameReader {
    /// Takes the next item out of `buf`. `None` if more bytes are needed; capacity for them has been reserved in
    /// `buf`.
    ///
    /// Payloads are slices of the memory of `buf`, not copies, and live as long as the frame.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    #[inline(always)]
    pub fn read_bytes(&mut self, buf: &mut BytesMut) -> Result<Option<FrameEvent<Bytes>>, ConnectionError> {
        let start = buf.as_ptr().addr();
        // Each answer is a case of its own. After `?` the processor waits for what was just stored: a third of the time.
        match self.read(buf) {
            Ok(Progress::Item { item: FrameEvent::Frame { header, frame }, consumed }) => {
                let frame = take_out(frame.map(|payload| range_of(payload, start)), consumed, buf);
                Ok(Some(FrameEvent::Frame { header, frame }))
            }
            Ok(Progress::Item { item: FrameEvent::StreamError { header, error }, consumed }) => {
                buf.advance(consumed);
                Ok(Some(FrameEvent::StreamError { header, error }))
            }
            Ok(Progress::Item { item: FrameEvent::Preface, consumed }) => {
                buf.advance(consumed);
                Ok(Some(FrameEvent::Preface))
            }
            Ok(Progress::Needed(missing)) => {
                // Not more than a frame: its length was checked against the limit.
                buf.reserve(missing);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// A frame or a whole field section that owns its bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Message {
    /// The client connection preface. RFC 9113 §3.4.
    Preface,
    /// A frame without a field block.
    Frame {
        /// The frame header as received, reserved bit and unknown flags included.
        header: FrameHeader,
        /// The frame; its payload shares the bytes of the buffer it came in.
        frame: Frame<Bytes>,
    },
    /// A field section.
    Section {
        /// Its stream and kind, or why it must not be used.
        end: SectionEnd,
        /// Its fields; empty if it must not be used.
        fields: FieldList,
    },
    /// A frame that ends its stream, not the connection. It was skipped.
    StreamError {
        /// The frame header as received, reserved bit and unknown flags included.
        header: FrameHeader,
        /// The error: send its `RST_STREAM`, unless the stream is idle.
        error: StreamError,
    },
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Reader<M> {
    /// Takes the next message out of `buf`. `None` if more bytes are needed; capacity for them has been reserved in
    /// `buf`.
    ///
    /// `fields` holds the fields of an incomplete section between calls. Pass the same list each time.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_bytes(
        &mut self,
        buf: &mut BytesMut,
        fields: &mut FieldList,
    ) -> Result<Option<Message>, ConnectionError> {
        loop {
            let (found, consumed) = match self.find(buf, fields)? {
                Progress::Item { item, consumed } => (item, consumed),
                Progress::Needed(missing) => {
                    // Not more than a frame: its length was checked against the limit.
                    buf.reserve(missing);
                    return Ok(None);
                }
            };
            let message = match found {
                Found::Frame { header, frame } => {
                    return Ok(Some(Message::Frame { header, frame: take_out(frame, consumed, buf) }));
                }
                Found::Preface => Some(Message::Preface),
                Found::StreamError { header, error } => Some(Message::StreamError { header, error }),
                Found::Fragment => None,
                Found::Section(end) => {
                    let mut fields = core::mem::take(fields);
                    if end.kind.is_err() {
                        fields.clear();
                    }
                    Some(Message::Section { end, fields })
                }
            };
            buf.advance(consumed);
            if message.is_some() {
                return Ok(message);
            }
        }
    }

    /// The next message, with positions in place of bytes.
    fn find(&mut self, octets: &[u8], list: &mut FieldList) -> Result<Progress<Found>, ConnectionError> {
        let (item, consumed) = match self.read(octets)? {
            Progress::Item { item, consumed } => (item, consumed),
            Progress::Needed(missing) => return Ok(Progress::Needed(missing)),
        };
        let item = match item {
            Event::Preface => Found::Preface,
            Event::StreamError { header, error } => Found::StreamError { header, error },
            Event::Frame { header, frame } => {
                let start = octets.as_ptr().addr();
                Found::Frame { header, frame: frame.map(|payload| range_of(payload, start)) }
            }
            Event::Fields { mut fields, .. } => match fields.read_into(list)? {
                FieldStep::SectionEnd(end) => Found::Section(end),
                _ => Found::Fragment,
            },
        };
        Ok(Progress::Item { item, consumed })
    }
}

/// A message of which the payload is still in the buffer.
enum Found {
    Preface,
    Frame {
        header: FrameHeader,
        frame: Frame<Range<usize>>,
    },
    StreamError {
        header: FrameHeader,
        error: StreamError,
    },
    /// The fields are in the list; a CONTINUATION frame comes next.
    Fragment,
    Section(SectionEnd),
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
