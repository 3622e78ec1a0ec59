//! Bytes in, events out.

use core::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use h2wire::frame::{Data, Frame, FrameHeader, Progress as Read};
use h2wire::{Event as Item, FieldLine, FieldList, FieldStep, SectionEnd};

use super::Connection;
use crate::{Event, Failure};

/// What a look at the input has brought.
#[allow(clippy::large_enum_variant, reason = "it is taken apart at once")]
enum Step {
    Event(Event),
    /// Something was read that there is nothing to report of.
    Read,
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
        self.poll(input, now, FieldList::push)
    }

    /// As [`poll_event`](Self::poll_event), but lends each field to `visit` as it is decoded, and keeps no list of them:
    /// [`fields`](Self::fields) is empty. The event that follows says what the fields were of. If none follows, the section was not valid
    /// or of no use, so do not act on a field before its event.
    ///
    /// # Errors
    /// As [`poll_event`](Self::poll_event).
    pub fn poll_event_with(
        &mut self,
        input: &mut BytesMut,
        now: Duration,
        mut visit: impl FnMut(&FieldLine<'_>),
    ) -> Result<Option<Event>, Failure> {
        self.poll(input, now, |_, field| visit(field))
    }

    fn poll(
        &mut self,
        input: &mut BytesMut,
        now: Duration,
        mut keep: impl FnMut(&mut FieldList, &FieldLine<'_>),
    ) -> Result<Option<Event>, Failure> {
        self.now = self.now.max(now);
        loop {
            if let Some(event) = self.next_event() {
                return Ok(Some(event));
            }
            if !self.wants_read() {
                self.life.held_up = true;
                break;
            }
            match self.read(input, &mut keep) {
                Step::Event(event) => return Ok(Some(event)),
                Step::Read => {}
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

    /// The next event that waits. Nobody is asked to send on a stream that was reset since, or was given more.
    fn next_event(&mut self) -> Option<Event> {
        let is_stale = |event: &Event| {
            let Event::Drained { stream_id } = event else { return false };
            let stream = self.side.streams.active(*stream_id).and_then(|index| self.side.streams.get(index));
            stream.is_none_or(|stream| stream.queued > 0)
        };
        loop {
            match self.events.pop_front() {
                Some(event) if is_stale(&event) => {}
                event => return event,
            }
        }
    }

    /// Reads the next frame.
    fn read(&mut self, input: &mut BytesMut, keep: &mut impl FnMut(&mut FieldList, &FieldLine<'_>)) -> Step {
        let mut end: Option<SectionEnd> = None;
        let (list, noted) = (&mut self.fields, &mut self.noted);
        let goes_on = self.life.block_since.is_some();
        let found = self.reader.read_with(input, |fields| {
            if !goes_on {
                list.clear();
                noted.clear();
            }
            let ended = fields.each(|field| {
                noted.field(field.name, field.value);
                keep(list, &field.into());
            });
            if let Ok(FieldStep::SectionEnd(ended)) = ended {
                end = Some(*ended);
            }
        });
        let (item, consumed) = match found {
            Ok(Read::Item { item, consumed }) => (item, consumed),
            Ok(Read::Needed(_)) => return Step::Needed,
            Err(error) => {
                self.fail(error.into());
                return Step::Read;
            }
        };
        self.life.note_input(self.now);
        let event = match item {
            Item::Fields { .. } => {
                input.advance(consumed);
                if let Some(end) = end {
                    self.life.block_since = None;
                    self.section(&end)
                } else {
                    self.life.block_since.get_or_insert(self.now);
                    None
                }
            }
            Item::Frame { header, frame: Frame::Data(Data { end_stream, stream_id, pad_length, data }) } => {
                let before = FrameHeader::LEN.saturating_add(usize::from(pad_length.is_some()));
                let len = data.len();
                let after = consumed.saturating_sub(before).saturating_sub(len);
                input.advance(before);
                // The content stays where it is; only what is not empty has to be counted by reference.
                let data = if len > 0 { input.split_to(len).freeze() } else { Bytes::new() };
                input.advance(after);
                self.data(stream_id, header.length.get(), data, end_stream)
            }
            Item::Frame { frame, .. } => {
                let event = self.frame(&frame);
                input.advance(consumed);
                event
            }
            Item::StreamError { error, .. } => {
                input.advance(consumed);
                let refusal = self.side.judge_skipped(error);
                self.refuse(refusal)
            }
            Item::Preface => {
                input.advance(consumed);
                self.life.preface_seen = true;
                None
            }
            _ => {
                input.advance(consumed);
                None
            }
        };
        event.map_or(Step::Read, Step::Event)
    }
}
