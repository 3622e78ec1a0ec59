//! A client that sends anything, and an application that answers for the server.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use h2wire::frame::{ErrorCode, Frame, PREFACE, Settings, StreamId};
use h2wire::{Limits, Message, Progress, Reader, Role};

use crate::protocol::{Config, Connection, Event};

/// The response to every request, except those below.
pub(super) const CONTENT: &[u8] = b"0123456789";

pub(super) const END_STREAM: u8 = 1;
pub(super) const END_HEADERS: u8 = 4;
pub(super) const PADDED: u8 = 8;
pub(super) const PRIORITY: u8 = 32;
pub(super) const ENDS: u8 = END_STREAM | END_HEADERS;

/// The field block of a request that is answered, of one that is not, and the same with POST. Nothing in them is indexed.
pub(super) const GET: &[u8] = b"\x82\x86\x84\x01\x01a";
pub(super) const POST: &[u8] = b"\x83\x86\x84\x01\x01a";
pub(super) const GET_WAITS: &[u8] = b"\x82\x86\x04\x05/wait\x01\x01a";

/// A frame the server has sent.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Seen {
    Settings,
    Acknowledged,
    Pong([u8; 8]),
    Ping([u8; 8]),
    WindowUpdate(u32, u32),
    /// Stream, status, `END_STREAM`.
    Response(u32, u16, bool),
    /// Stream, bytes, `END_STREAM`.
    Data(u32, usize, bool),
    Reset(u32, ErrorCode),
    /// Last stream.
    GoAway(u32, ErrorCode),
}

impl Seen {
    pub(super) fn is_error(&self) -> bool {
        matches!(self, Self::Reset(..) | Self::GoAway(..))
    }
}

pub(super) struct Peer {
    pub connection: Connection,
    pub now: Duration,
    /// Whether the application releases content as it comes.
    pub releases: bool,
    /// Whether it responds to requests as they end.
    pub answers: bool,
    /// The events that the application received.
    pub events: Vec<Event>,
    reader: Reader<Vec<u8>>,
    input: BytesMut,
    waiting: Vec<StreamId>,
}

impl Peer {
    pub(super) fn new() -> Self {
        Self::with(Config::default())
    }

    pub(super) fn with(config: Config) -> Self {
        Self {
            connection: Connection::new(config).unwrap(),
            now: Duration::ZERO,
            releases: true,
            answers: true,
            events: Vec::new(),
            reader: Reader::new(Role::Client, &Limits::DEFAULT).unwrap(),
            input: BytesMut::new(),
            waiting: Vec::new(),
        }
    }

    pub(super) fn after_handshake() -> Self {
        Self::after_handshake_with(Config::default())
    }

    pub(super) fn after_handshake_with(config: Config) -> Self {
        let mut peer = Self::with(config);
        let seen = peer.send(&[PREFACE.as_slice(), &settings(&[]), &frame(4, 1, 0, b"")].concat());
        assert_eq!(seen.first(), Some(&Seen::Settings));
        assert_eq!(seen.last(), Some(&Seen::Acknowledged));
        peer
    }

    /// Sends bytes and returns the reaction.
    pub(super) fn send(&mut self, octets: &[u8]) -> Vec<Seen> {
        let answer = self.send_raw(octets);
        self.read(&answer)
    }

    pub(super) fn send_raw(&mut self, octets: &[u8]) -> Vec<u8> {
        let mut answer = Vec::new();
        self.input.extend_from_slice(octets);
        loop {
            let event = self.connection.next_event(&mut self.input, self.now);
            let ended = event.is_none();
            if let Some(event) = event {
                self.answer(event);
            }
            let output = self.connection.take_output();
            answer.extend_from_slice(&output);
            if ended && output.is_empty() {
                return answer;
            }
        }
    }

    pub(super) fn read(&mut self, octets: &[u8]) -> Vec<Seen> {
        let mut octets = BytesMut::from(octets);
        let mut seen = Vec::new();
        while let Progress::Item { item, .. } = self.reader.read_bytes(&mut octets).unwrap() {
            seen.push(look(&item));
        }
        assert!(octets.is_empty(), "whole frames are sent");
        seen
    }

    fn answer(&mut self, event: Event) {
        self.events.push(event.clone());
        match event {
            Event::Request { stream_id, request } => {
                if request.expects_continue() {
                    self.connection.inform(stream_id, "100");
                }
                if request.path() == b"/wait" {
                    self.waiting.push(stream_id);
                }
            }
            Event::Content { stream_id, content } if self.releases => {
                self.connection.release(stream_id, content.len());
            }
            Event::End { stream_id } if self.answers && !self.waiting.contains(&stream_id) => {
                self.respond(stream_id);
            }
            _ => {}
        }
    }

    pub(super) fn respond(&mut self, stream_id: StreamId) {
        self.connection.respond(stream_id, "200", &[], false);
        self.connection.write(stream_id, CONTENT, true);
    }
}

fn look(message: &Message<Bytes>) -> Seen {
    match message {
        Message::Section { end, fields, .. } => {
            let status = fields.get(b":status").and_then(|status| str::from_utf8(status).ok());
            let status = status.and_then(|status| status.parse().ok()).expect("a response");
            Seen::Response(end.head.stream_id.get(), status, end.head.end_stream)
        }
        Message::Frame { frame, .. } => match frame {
            Frame::Settings(Settings::List(_)) => Seen::Settings,
            Frame::Settings(Settings::Ack) => Seen::Acknowledged,
            Frame::Ping(ping) if ping.ack => Seen::Pong(ping.opaque_data),
            Frame::Ping(ping) => Seen::Ping(ping.opaque_data),
            Frame::WindowUpdate(frame) => {
                Seen::WindowUpdate(frame.stream_id.get(), frame.window_size_increment.get())
            }
            Frame::Data(frame) => Seen::Data(frame.stream_id.get(), frame.data.len(), frame.end_stream),
            Frame::RstStream(frame) => Seen::Reset(frame.stream_id.get(), frame.error_code),
            Frame::GoAway(frame) => Seen::GoAway(frame.last_stream_id.get(), frame.error_code),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

pub(super) fn stream(id: u32) -> StreamId {
    StreamId::new(id).unwrap()
}

/// A frame, whatever is in it.
pub(super) fn frame(frame_type: u8, flags: u8, stream_id: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[frame_type, flags], &stream_id.to_be_bytes(), payload].concat()
}

pub(super) fn data(stream_id: u32, flags: u8, content: &[u8]) -> Vec<u8> {
    frame(0, flags, stream_id, content)
}

pub(super) fn headers(stream_id: u32, flags: u8, block: &[u8]) -> Vec<u8> {
    frame(1, flags, stream_id, block)
}

/// A whole request.
pub(super) fn get(stream_id: u32) -> Vec<u8> {
    headers(stream_id, ENDS, GET)
}

/// A whole request that is not answered.
pub(super) fn get_waits(stream_id: u32) -> Vec<u8> {
    headers(stream_id, ENDS, GET_WAITS)
}

/// A request with content to come.
pub(super) fn post(stream_id: u32) -> Vec<u8> {
    headers(stream_id, END_HEADERS, POST)
}

pub(super) fn priority(stream_id: u32, stream_dependency: u32) -> Vec<u8> {
    frame(2, 0, stream_id, &[&stream_dependency.to_be_bytes()[..], &[15]].concat())
}

pub(super) fn rst_stream(stream_id: u32) -> Vec<u8> {
    frame(3, 0, stream_id, &8_u32.to_be_bytes())
}

pub(super) fn settings(settings: &[(u16, u32)]) -> Vec<u8> {
    let setting = |(id, value): &(u16, u32)| [&id.to_be_bytes()[..], &value.to_be_bytes()].concat();
    frame(4, 0, 0, &settings.iter().map(setting).collect::<Vec<_>>().concat())
}

pub(super) fn ping(opaque_data: &[u8; 8]) -> Vec<u8> {
    frame(6, 0, 0, opaque_data)
}

pub(super) fn goaway(error_code: u32) -> Vec<u8> {
    frame(7, 0, 0, &[[0; 4], error_code.to_be_bytes()].concat())
}

pub(super) fn window_update(stream_id: u32, increment: u32) -> Vec<u8> {
    frame(8, 0, stream_id, &increment.to_be_bytes())
}

pub(super) fn continuation(stream_id: u32, flags: u8, fragment: &[u8]) -> Vec<u8> {
    frame(9, flags, stream_id, fragment)
}

/// A field block of literals that nobody indexes.
pub(super) fn block(fields: &[(&str, &str)]) -> Vec<u8> {
    let string = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    let field = |(name, value): &(&str, &str)| [vec![0], string(name), string(value)].concat();
    fields.iter().map(field).collect::<Vec<_>>().concat()
}

/// The fields of a valid request, followed by others.
pub(super) fn request_with(method: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let first = [(":method", method), (":scheme", "http"), (":path", "/"), (":authority", "a")];
    block(&[&first, more].concat())
}
