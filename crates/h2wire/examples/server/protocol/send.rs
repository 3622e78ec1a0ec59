//! Responses out: as windows and the peer's frame size allow.

use bytes::{Buf, BytesMut};
use h2wire::frame::{ErrorCode, Frame, SettingId, StreamId};
use h2wire::{FieldLine, Role, SectionHead};

use super::{Closed, Connection, Event};
use crate::flow::INITIAL_WINDOW_SIZE;

/// No more content is framed while so much waits for the socket. An answer to PING waits for no more than this.
const ENOUGH: usize = 64 << 10;

/// With this much pending output, no more is read: the peer sends frames to answer, but does not read the answers.
const MUCH: usize = 256 << 10;

/// The response to a client that speaks HTTP/1.x.
const HTTP1: &str =
    "This server speaks HTTP/2 only: over TLS offer h2 by ALPN, in cleartext use prior knowledge.\n";

/// The result of a stream's turn.
enum Turn {
    /// It may have another.
    Again,
    /// The connection's window is used up.
    Waits,
    /// There is nothing that it may send.
    Done,
}

impl Connection {
    /// The server connection preface. §3.4
    pub(super) fn start(&mut self) {
        let mut settings = self.config.limits.settings(Role::Server);
        let values = [
            (SettingId::MAX_CONCURRENT_STREAMS, self.config.max_concurrent_streams),
            (SettingId::INITIAL_WINDOW_SIZE, self.config.stream_window),
        ];
        for (id, value) in values {
            let pushed = settings.push(id, value);
            debug_assert!(pushed.is_ok(), "{id:?} {value}");
        }
        let announced = self.reader.settings_sent(&settings.list());
        debug_assert!(announced.is_ok(), "the table of the limits, and the first settings");
        // Nothing may precede it, not even urgent output.
        let written = self.writer.append_settings(&settings.list(), &mut self.urgent);
        self.check_written(written);
        // The connection's window starts at 65,535 bytes and is changed by WINDOW_UPDATE alone. §6.9.2
        let more = self.config.connection_window.saturating_sub(INITIAL_WINDOW_SIZE);
        self.put_window_update(StreamId::CONNECTION, more.try_into().ok());
    }

    /// An interim response, 100 for example. RFC 9113 §8.1
    pub fn inform(&mut self, stream_id: StreamId, status: &str) {
        if self.streams.get_mut(stream_id).is_some_and(|stream| !stream.responded) {
            self.put_fields(stream_id, status, &[], false);
        }
    }

    /// The head of a response. Content follows by [`write`](Self::write), unless this is the end.
    pub fn respond(&mut self, stream_id: StreamId, status: &str, fields: &[(&str, &str)], end_stream: bool) {
        let Some(stream) = self.streams.get_mut(stream_id) else { return };
        if stream.responded {
            return;
        }
        stream.responded = true;
        // RFC 9110 §9.3.2
        let end_stream = end_stream || stream.is_head;
        self.put_fields(stream_id, status, fields, end_stream);
        if end_stream {
            self.end_of_response(stream_id);
        }
    }

    fn put_fields(&mut self, stream_id: StreamId, status: &str, fields: &[(&str, &str)], end_stream: bool) {
        let head = SectionHead::headers(stream_id, end_stream);
        let status = std::iter::once((":status", status));
        let lines = status.chain(fields.iter().copied()).map(|(name, value)| FieldLine::from((name, value)));
        let written = self.writer.append_section(head, lines, &mut self.output);
        self.check_written(written);
    }

    /// Content of a response. It is kept until the windows allow to send it: to write more than is asked for by
    /// [`Event::Sent`] takes memory.
    pub fn write(&mut self, stream_id: StreamId, content: &[u8], end_stream: bool) {
        let Some(stream) = self.streams.get_mut(stream_id) else { return };
        stream.outgoing.extend_from_slice(content);
        stream.ends = end_stream;
        self.queue(stream_id);
    }

    /// Lets a stream have turns, if it has something to send.
    pub(super) fn queue(&mut self, stream_id: StreamId) {
        let Some(stream) = self.streams.get_mut(stream_id) else { return };
        if !stream.is_queued && (stream.ends || !stream.outgoing.is_empty()) {
            stream.is_queued = true;
            self.queue.push_back(stream_id);
        }
    }

    /// The same for all.
    pub(super) fn queue_all(&mut self) {
        let ids: Vec<_> = self.streams.iter_mut().map(|(id, _)| id).collect();
        for id in ids {
            self.queue(id);
        }
    }

    /// The output to send now, urgent frames first.
    pub fn take_output(&mut self) -> BytesMut {
        if !self.life.preface_seen && !self.is_closed() {
            return BytesMut::new();
        }
        self.fill();
        if self.urgent.is_empty() {
            return self.output.split();
        }
        let mut octets = self.urgent.split();
        octets.unsplit(self.output.split());
        octets
    }

    /// Whether it is better to write than to read.
    pub fn has_much_output(&self) -> bool {
        self.output.len().saturating_add(self.urgent.len()) > MUCH
    }

    /// Makes frames of content: one of each stream in turn.
    fn fill(&mut self) {
        let mut waiting = 0_usize;
        while self.output.len() < ENOUGH && waiting < self.queue.len() {
            let Some(stream_id) = self.queue.pop_front() else { return };
            match self.turn(stream_id) {
                Turn::Again => waiting = 0,
                Turn::Waits => waiting = waiting.saturating_add(1),
                Turn::Done => {
                    if let Some(stream) = self.streams.get_mut(stream_id) {
                        stream.is_queued = false;
                    }
                    continue;
                }
            }
            self.queue.push_back(stream_id);
        }
    }

    /// Sends a DATA frame of a stream.
    fn turn(&mut self, stream_id: StreamId) -> Turn {
        let Some(stream) = self.streams.get_mut(stream_id) else { return Turn::Done };
        // §6.9.1
        let budget = stream.send_window.octets().min(self.send_window.octets());
        let Some(frame) = self.writer.data(stream_id, &stream.outgoing, stream.ends, budget).next() else {
            let waits = !stream.outgoing.is_empty() && stream.send_window.octets() > 0;
            return if waits { Turn::Waits } else { Turn::Done };
        };
        let (octets, end_stream) = (frame.data.len(), frame.end_stream);
        stream.send_window.take(frame.flow_controlled_len());
        self.send_window.take(frame.flow_controlled_len());
        let written = self.writer.append_frame(&Frame::Data(frame), &mut self.output);
        stream.outgoing.advance(octets);
        let left = stream.outgoing.len();
        self.check_written(written);
        self.calm.data_sent = self.calm.data_sent.saturating_add(1);
        // A long download is not idle, even if a client with a large window sends nothing.
        self.life.last_active = self.now;
        self.events.push_back(Event::Sent { stream_id, octets, left });
        if end_stream {
            self.end_of_response(stream_id);
            return Turn::Done;
        }
        Turn::Again
    }

    /// `END_STREAM` was sent.
    fn end_of_response(&mut self, stream_id: StreamId) {
        self.calm.answered = self.calm.answered.saturating_add(1);
        if self.streams.get_mut(stream_id).is_some_and(|stream| stream.receiving) {
            // §8.1: the rest of the request is not needed.
            self.reset(stream_id, ErrorCode::NO_ERROR);
        } else {
            self.close(stream_id, Closed::Ended);
        }
    }

    /// Answers a client that speaks HTTP/1.x, or was to. Nothing else was sent.
    pub(super) fn answer_http1(&mut self) {
        self.urgent.clear();
        self.output.clear();
        let head = "HTTP/1.1 505 HTTP Version Not Supported\r\nconnection: close\r\ncontent-type: text/plain";
        let answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{HTTP1}", HTTP1.len());
        self.output.extend_from_slice(answer.as_bytes());
    }
}
