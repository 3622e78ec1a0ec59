//! Field sections in: requests, responses, trailers, promises. RFC 9113 §8.1.

use h2wire::frame::{ErrorCode, StreamId};
use h2wire::{SectionEnd, SectionHead};

use super::Connection;
use crate::budget::Flood;
use crate::side::Taken;
use crate::side::section::Promised;
use crate::{ConnectionRule, Event, FieldsKind};

/// A section to report.
pub(super) struct Received {
    pub(super) stream_id: StreamId,
    pub(super) kind: FieldsKind,
    pub(super) end_stream: bool,
}

impl Connection {
    /// A whole section was read. The codec has decoded all of it, so HPACK is in step whatever comes of it here. What it is, if that is to
    /// be reported; if not, there may be another event.
    pub(super) fn section(&mut self, other: &mut Option<Event>) -> Option<Received> {
        // The reader keeps the end: the processor waits for what was just written and is copied.
        let end = self.reader.section_end()?;
        if let Some(promised) = end.head.promised_stream_id {
            let end = *end;
            *other = self.promise(&end, promised);
            return None;
        }
        let SectionHead { stream_id, end_stream, .. } = end.head;
        let highest = self.side.streams.highest;
        let Taken { index, kind, is_too_large, is_over } = match self.side.take_section(end, &self.noted) {
            Ok(taken) => taken,
            Err(refusal) if stream_id > highest && !self.side.streams.is_local(stream_id) => {
                *other = self.refuse_new(refusal);
                return None;
            }
            Err(refusal) => {
                *other = self.refuse(refusal);
                return None;
            }
        };
        match kind {
            FieldsKind::Request => {
                self.prioritise(index);
                self.life.last_processed = self.life.last_processed.max(stream_id);
                if is_too_large {
                    self.life.note_message(self.now);
                    self.answer_too_large(index);
                    return None;
                }
            }
            FieldsKind::Interim => {
                self.spend(Flood::Interim);
                if self.life.is_over() {
                    return None;
                }
            }
            FieldsKind::Response => self.budgets.earn(Flood::Interim, 4, &self.config.floods),
            FieldsKind::Trailers => {}
        }
        self.end_received(index, is_over);
        Some(Received { stream_id, kind, end_stream })
    }

    /// RFC 9218 §5, §7.1: the field of the request, unless `PRIORITY_UPDATE` came before it.
    fn prioritise(&mut self, index: u32) {
        let Some(stream) = self.side.streams.get_mut(index) else { return };
        let early = &mut self.life.early_priorities;
        let before = early.iter().position(|(id, _)| *id == stream.id).and_then(|at| early.remove(at));
        if let Some(priority) = before.map(|(_, priority)| priority).or(self.noted.priority) {
            (stream.priority, stream.has_priority) = (priority, true);
        }
    }

    /// §10.5.1, RFC 6585 §5
    #[cold]
    fn answer_too_large(&mut self, index: u32) {
        // The stream was opened just now, so that this cannot be refused.
        let events = self.events.len();
        let sent = self.send_response(index, [(":status", "431"), ("content-length", "0")], true);
        // The application never heard of the request.
        self.events.truncate(events);
        debug_assert!(sent.is_ok(), "{sent:?}");
    }

    /// A promised request. §6.6, §8.4
    #[cold]
    fn promise(&mut self, end: &SectionEnd, promised: StreamId) -> Option<Event> {
        let stream_id = end.head.stream_id;
        self.spend(Flood::Interim);
        if self.life.is_over() {
            return None;
        }
        match self.side.take_promise(end, promised, &self.noted) {
            Err(refusal) => return self.refuse_new(refusal),
            Ok(Promised::Unwanted) => {
                self.reset(promised, ErrorCode::CANCEL);
                return None;
            }
            Ok(Promised::InTunnel) => {
                self.reset(promised, ErrorCode::CANCEL);
                return self.fail_stream(stream_id, ConnectionRule::FrameInTunnel.into());
            }
            Ok(Promised::Reserved) => {}
        }
        // §5.1.2: promises do not count, but each takes memory.
        let promises = self.side.streams.reserved.saturating_add(self.side.streams.remote);
        if promises > self.side.own.most_streams {
            return self.fail_stream(promised, ConnectionRule::TooManyStreams.into());
        }
        self.life.last_processed = promised;
        Some(Event::Promise { stream_id, promised_stream_id: promised })
    }
}
