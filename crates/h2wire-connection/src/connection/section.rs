//! Field sections in: requests, responses, trailers, promises. RFC 9113 §8.1.

use h2wire::frame::{ErrorCode, StreamId};
use h2wire::{Role, Rule, SectionEnd, SectionHead, SectionKind, StreamError};

use super::Connection;
use super::noted::Method;
use crate::budget::Flood;
use crate::streams::{Closed, Place, Progress, Stream};
use crate::{Cause, ConnectionRule, Event, FieldsKind};

impl Connection {
    /// A whole section. The codec has decoded all of it, so HPACK is in step whatever comes of it here.
    pub(super) fn section(&mut self, end: &SectionEnd) -> Option<Event> {
        if let Some(promised) = end.head.promised_stream_id {
            return self.promise(end, promised);
        }
        let stream_id = end.head.stream_id;
        match self.streams.place(stream_id) {
            Place::Idle if self.role == Role::Server => self.request(end),
            Place::Active(index) => self.section_on(index, end),
            place => self.section_without_stream(stream_id, place),
        }
    }

    #[cold]
    fn section_without_stream(&mut self, stream_id: StreamId, place: Place) -> Option<Event> {
        let rule = match place {
            // §5.1, idle
            Place::Idle => ConnectionRule::HeadersOnIdle,
            // §5.1: of what was sent before it has seen RST_STREAM, or GOAWAY.
            Place::Active(_) | Place::Closed(Closed::ResetHere) => return None,
            Place::Closed(Closed::ResetByPeer) => {
                return self.fail_stream(stream_id, ConnectionRule::HeadersOnClosed.into());
            }
            // §5.1.1
            Place::Closed(Closed::Unknown) if self.role == Role::Server => ConnectionRule::StreamIdNotGrowing,
            // §5.1, closed
            Place::Closed(Closed::Ended | Closed::Unknown) => ConnectionRule::HeadersOnClosed,
        };
        self.fail(rule.into());
        None
    }

    fn request(&mut self, end: &SectionEnd) -> Option<Event> {
        let SectionHead { stream_id, end_stream, .. } = end.head;
        self.streams.leave_idle(stream_id);
        // §5.1.2
        if self.streams.remote >= self.own.most_streams {
            return self.refuse(stream_id, ConnectionRule::TooManyStreams.into());
        }
        let too_large = match end.kind {
            Ok(SectionKind::Request) => false,
            // §8.1
            Ok(_) => return self.refuse(stream_id, ConnectionRule::SectionOrder.into()),
            Err(StreamError { rule: Rule::Limit(_), .. }) => true,
            Err(error) => return self.refuse(stream_id, error.into()),
        };
        // RFC 7540 §5.3.1
        if self.checks_dependencies() && depends_on_itself(&end.head) {
            return self.refuse(stream_id, ConnectionRule::SelfDependency.into());
        }
        let mut stream = self.new_stream(stream_id);
        stream.receiving = if end_stream { Progress::Ended } else { Progress::Content };
        stream.is_head = self.noted.method == Method::Head;
        stream.is_connect = self.noted.method == Method::Connect;
        // RFC 9110 §9.3.6: a request to open a tunnel has no content; what follows is of the tunnel.
        stream.content_left = end.content_length.filter(|_| !stream.is_connect);
        self.prioritise(&mut stream);
        let index = self.streams.open(stream)?;
        self.life.last_processed = self.life.last_processed.max(stream_id);
        self.life.note_message(self.now);
        if too_large {
            self.answer_too_large(index);
            return None;
        }
        Some(Event::Fields { stream_id, kind: FieldsKind::Request, end_stream })
    }

    /// RFC 9218 §5, §7.1: the field of the request, unless `PRIORITY_UPDATE` came before it.
    fn prioritise(&mut self, stream: &mut Stream) {
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
        let sent = self.send_response(index, [(":status", "431"), ("content-length", "0")], true);
        debug_assert!(sent.is_ok(), "{sent:?}");
    }

    pub(super) fn new_stream(&self, id: StreamId) -> Stream {
        Stream::new(id, self.peer.initial_window_size, self.own.initial_window)
    }

    /// A section on a stream that is open.
    fn section_on(&mut self, index: u32, end: &SectionEnd) -> Option<Event> {
        let stream_id = end.head.stream_id;
        let stream = self.streams.get(index)?;
        if let Err(cause) = expects_section(stream, end) {
            return self.fail_stream(stream_id, cause);
        }
        // RFC 7540 §5.3.1
        if self.checks_dependencies() && depends_on_itself(&end.head) {
            return self.fail_stream(stream_id, ConnectionRule::SelfDependency.into());
        }
        if stream.receiving == Progress::Head {
            return self.response(index, end);
        }
        if !self.end_received(index) {
            return self.fail_stream(stream_id, ConnectionRule::ContentTooShort.into());
        }
        Some(Event::Fields { stream_id, kind: FieldsKind::Trailers, end_stream: true })
    }

    fn response(&mut self, index: u32, end: &SectionEnd) -> Option<Event> {
        let SectionHead { stream_id, end_stream, .. } = end.head;
        self.streams.leave_reserved(index);
        self.life.note_message(self.now);
        if self.noted.status < 200 {
            self.spend(Flood::Interim);
            return Some(Event::Fields { stream_id, kind: FieldsKind::Interim, end_stream });
        }
        let stream = self.streams.get_mut(index)?;
        stream.receiving = Progress::Content;
        // RFC 9110 §9.3.6
        stream.is_tunnel = stream.is_connect && self.noted.status < 300;
        stream.content_left = match self.noted.status {
            _ if stream.is_tunnel => None,
            // §8.1.1: some responses have no content, whatever content-length says.
            204 | 304 => Some(0),
            _ if stream.is_head => Some(0),
            _ => end.content_length,
        };
        if end_stream && !self.end_received(index) {
            return self.fail_stream(stream_id, ConnectionRule::ContentTooShort.into());
        }
        Some(Event::Fields { stream_id, kind: FieldsKind::Response, end_stream })
    }

    /// A promised request. §6.6, §8.4
    #[cold]
    fn promise(&mut self, end: &SectionEnd, promised: StreamId) -> Option<Event> {
        let stream_id = end.head.stream_id;
        self.spend(Flood::Interim);
        let is_open = match self.streams.place(stream_id) {
            Place::Active(index) => self.streams.get(index)?.is_receiving(),
            // §6.6: of what was sent before it has seen RST_STREAM.
            Place::Closed(Closed::ResetHere) => true,
            _ => false,
        };
        // §6.6
        if !is_open {
            self.fail(ConnectionRule::PromiseOnIdle.into());
        }
        // §5.1.1
        if promised <= self.streams.highest {
            self.fail(ConnectionRule::StreamIdNotGrowing.into());
        }
        if self.life.is_over() {
            return None;
        }
        self.streams.leave_idle(promised);
        // §6.8: the final GOAWAY was sent, and its last stream does not grow.
        if promised > self.streams.last_accepted {
            return None;
        }
        if let Err(error) = end.kind {
            return self.refuse(promised, error.into());
        }
        // §5.1.2: promises do not count, but each takes memory.
        let promises = self.streams.reserved.saturating_add(self.streams.remote);
        if promises >= self.own.most_streams {
            return self.refuse(promised, ConnectionRule::TooManyStreams.into());
        }
        if self.streams.active(stream_id).is_none() {
            // Who gave up the request does not want what belongs to it.
            self.reset(promised, ErrorCode::CANCEL);
            return None;
        }
        let mut stream = self.new_stream(promised);
        (stream.is_reserved, stream.sending) = (true, Progress::Ended);
        stream.is_head = self.noted.method == Method::Head;
        self.streams.open(stream)?;
        self.life.last_processed = promised;
        Some(Event::Promise { stream_id, promised_stream_id: promised })
    }
}

fn depends_on_itself(head: &SectionHead) -> bool {
    head.priority.is_some_and(|priority| priority.stream_dependency == head.stream_id)
}

/// Whether a section may come on a stream now.
fn expects_section(stream: &Stream, end: &SectionEnd) -> Result<(), Cause> {
    let kind = match (stream.receiving, end.kind) {
        // §5.1, half-closed (remote)
        (Progress::Ended | Progress::Ending, _) => return Err(ConnectionRule::HeadersOnClosed.into()),
        (_, Err(error)) => return Err(error.into()),
        (_, Ok(kind)) => kind,
    };
    // §8.5
    if stream.is_tunnel {
        return Err(ConnectionRule::FrameInTunnel.into());
    }
    // §8.1
    if (kind == SectionKind::Response) != (stream.receiving == Progress::Head) || kind == SectionKind::Request
    {
        return Err(ConnectionRule::SectionOrder.into());
    }
    Ok(())
}
