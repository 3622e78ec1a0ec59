//! Bytes in, events out.

use core::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use h2wire::frame::{Data, Frame, FrameHeader, Progress, StreamId};
use h2wire::{Event as Item, FieldList, FieldStep, Role};

use super::Connection;
use super::section::Received;
use crate::{Event, Failure, FieldsKind, Lent};

/// What a look at the input has brought. These are words: the processor waits for an event that is handed on through memory.
#[derive(Clone, Copy)]
enum Step {
    /// A field section is complete.
    Fields { stream_id: StreamId, kind: FieldsKind, end_stream: bool },
    /// Content, after `before` bytes and in front of `after` bytes of the frame.
    Data { stream_id: StreamId, before: usize, len: usize, after: usize, end_stream: bool },
    /// Anything else, which may have an event.
    Other,
    /// More input is needed.
    Needed,
}

impl Connection {
    /// Reads from `input`, everything received and not yet taken, until there is something to report. `now` is the time since the
    /// connection was made. `None` says that more input is needed, or that output has to be written first
    /// ([`wants_read`](Self::wants_read)).
    ///
    /// The bytes of what was read are taken out of `input`; content comes as slices of its memory, not copies. The capacity of `input`
    /// is yours to choose.
    ///
    /// # Errors
    /// [`Failure`]: the connection is over. What was reported before stays true, GOAWAY is in the output, and all open streams are gone
    /// with it. Write the output and close. Every later call returns the same.
    pub fn poll_event(&mut self, input: &mut BytesMut, now: Duration) -> Result<Option<Event>, Failure> {
        self.poll(input, now, |list, lent| {
            if let Lent::Field(field) = lent {
                list.push(&field);
            }
        })
    }

    /// As [`poll_event`](Self::poll_event), but lends each field to `visit` as it is decoded, and keeps no list of them:
    /// [`fields`](Self::fields) is empty. The [`Event::Fields`] or [`Event::Reset`] of the section says what the fields were of. A section
    /// that is of no use has no event, and another one may follow in the same call: at [`Lent::Start`] forget what you have, and do not
    /// act on a field before its event.
    ///
    /// # Errors
    /// As [`poll_event`](Self::poll_event).
    pub fn poll_event_with(
        &mut self,
        input: &mut BytesMut,
        now: Duration,
        mut visit: impl FnMut(Lent<'_>),
    ) -> Result<Option<Event>, Failure> {
        self.poll(input, now, |_, lent| visit(lent))
    }

    fn poll(
        &mut self,
        input: &mut BytesMut,
        now: Duration,
        mut keep: impl FnMut(&mut FieldList, Lent<'_>),
    ) -> Result<Option<Event>, Failure> {
        self.now = self.now.max(now);
        let mut other = None;
        loop {
            if !self.events.is_empty()
                && let Some(event) = self.next_event()
            {
                return Ok(Some(event));
            }
            if !self.wants_read() {
                self.life.held_up = true;
                break;
            }
            let (offset, head) = (self.reader.offset(), input.first_chunk().copied());
            let step = self.read(input, &mut keep, &mut other);
            if self.life.is_over() {
                self.place_failure(offset, head);
            }
            match step {
                Step::Fields { stream_id, kind, end_stream } => {
                    return Ok(Some(Event::Fields { stream_id, kind, end_stream }));
                }
                Step::Data { stream_id, before, len, after, end_stream } => {
                    input.advance(before);
                    // The content stays where it is; only what is not empty has to be counted by reference.
                    let data = if len > 0 { input.split_to(len).freeze() } else { Bytes::new() };
                    input.advance(after);
                    return Ok(Some(Event::Data { stream_id, data, end_stream }));
                }
                Step::Other if other.is_some() => return Ok(other),
                Step::Other => {}
                Step::Needed => {
                    self.note_all_read();
                    break;
                }
            }
        }
        if self.life.input_ended {
            self.give_up_blocked();
        }
        self.settle();
        match self.life.failure {
            Some(failure) => Err(failure),
            None => Ok(self.next_event()),
        }
    }

    /// The connection has failed by what was read there.
    #[cold]
    fn place_failure(&mut self, offset: u64, head: Option<[u8; FrameHeader::LEN]>) {
        let Some(failure) = &mut self.life.failure else { return };
        failure.offset = Some(offset);
        // Nothing before the preface is a frame, nor is anything of another protocol.
        let is_frame =
            (self.side.role == Role::Client || self.life.preface_seen) && !failure.cause.is_other_protocol();
        failure.frame = head.filter(|_| is_frame).map(|head| FrameHeader::parse(&head));
    }

    /// The next event that waits. Nobody is asked to send on a stream that was reset since, or was given more.
    fn next_event(&mut self) -> Option<Event> {
        loop {
            let event = self.events.pop_front()?;
            let Event::Drained { stream_id } = event else { return Some(event) };
            let index = self.side.streams.active(stream_id);
            let Some(stream) = index.and_then(|index| self.side.streams.get_mut(index)) else { continue };
            stream.drained_waits = false;
            if stream.queued == 0 {
                return Some(event);
            }
        }
    }

    /// Reads the next frame. An event that is not a part of the step is `other`. Not in line, as the loop around it would keep many
    /// addresses ready for a second turn that seldom comes.
    #[inline(never)]
    fn read(
        &mut self,
        input: &mut BytesMut,
        keep: &mut impl FnMut(&mut FieldList, Lent<'_>),
        other: &mut Option<Event>,
    ) -> Step {
        let mut is_complete = false;
        let (list, noted) = (&mut self.fields, &mut self.noted);
        let goes_on = self.life.block_since.is_some();
        let found = self.reader.read_with(input, |fields| {
            if !goes_on {
                list.clear();
                noted.clear();
                keep(list, Lent::Start);
            }
            let ended = fields.each(|field| {
                noted.field(field.name, field.value);
                keep(list, Lent::Field(field.into()));
            });
            is_complete = matches!(ended, Ok(FieldStep::SectionEnd(_)));
        });
        let (item, consumed) = match found {
            Ok(Progress::Item { item, consumed }) => (item, consumed),
            Ok(Progress::Needed(_)) => return Step::Needed,
            Err(error) => {
                self.fail(error.into());
                return Step::Other;
            }
        };
        self.life.note_input(self.now);
        match item {
            Item::Fields { .. } => {
                input.advance(consumed);
                if !is_complete {
                    self.life.block_since.get_or_insert(self.now);
                    return Step::Other;
                }
                self.life.block_since = None;
                if let Some(Received { stream_id, kind, end_stream }) = self.section(other) {
                    return Step::Fields { stream_id, kind, end_stream };
                }
            }
            Item::Frame { header, frame: Frame::Data(Data { end_stream, stream_id, pad_length, data }) } => {
                let before = FrameHeader::LEN.saturating_add(usize::from(pad_length.is_some()));
                let len = data.len();
                if self.data(stream_id, header.length.get(), len, end_stream, other) {
                    let after = consumed.saturating_sub(before).saturating_sub(len);
                    return Step::Data { stream_id, before, len, after, end_stream };
                }
                input.advance(consumed);
            }
            Item::Frame { frame, .. } => {
                *other = self.frame(&frame);
                input.advance(consumed);
            }
            Item::StreamError { error, .. } => {
                input.advance(consumed);
                let refusal = self.side.judge_skipped(error);
                *other = self.refuse(refusal);
            }
            Item::Preface => {
                input.advance(consumed);
                self.life.preface_seen = true;
            }
            _ => input.advance(consumed),
        }
        Step::Other
    }
}
