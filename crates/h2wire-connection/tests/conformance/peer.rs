//! A peer that sends anything, and an application that answers for the connection under test.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use h2wire::frame::{ErrorCode, Frame, PREFACE, Settings, StreamId};
use h2wire::{FieldList, Limits, Message, Progress, Reader, Role};
use h2wire_connection::{Config, Connection, Event, Failure, FieldsKind};

use super::frames::*;

/// The response to every request, except those below.
pub(super) const CONTENT: &[u8] = b"0123456789";

/// A frame that the connection has sent.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Seen {
    Settings,
    Acknowledged,
    Pong([u8; 8]),
    Ping([u8; 8]),
    WindowUpdate(u32, u32),
    /// Stream, `END_STREAM`.
    Request(u32, bool),
    /// Stream, promised stream.
    Promise(u32, u32),
    /// Stream, status, `END_STREAM`. Of trailers the status is 0.
    Response(u32, u16, bool),
    /// Stream, bytes, `END_STREAM`.
    Data(u32, usize, bool),
    Reset(u32, ErrorCode),
    /// Last stream.
    GoAway(u32, ErrorCode),
    Unknown(u8),
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
    /// The events that the application received, and the fields that came with them.
    pub events: Vec<(Event, FieldList)>,
    pub failure: Option<Failure>,
    reader: Reader<Vec<u8>>,
    input: BytesMut,
    waiting: Vec<StreamId>,
}

impl Peer {
    /// A client that sends anything to a server.
    pub(super) fn new() -> Self {
        Self::with(&Config::default())
    }

    pub(super) fn with(config: &Config) -> Self {
        Self::with_connection(Connection::server(config).unwrap(), Role::Client)
    }

    /// A server that sends anything to a client.
    pub(super) fn of_client(config: &Config) -> Self {
        Self::with_connection(Connection::client(config).unwrap(), Role::Server)
    }

    pub(super) fn with_connection(connection: Connection, role: Role) -> Self {
        Self {
            connection,
            now: Duration::ZERO,
            releases: true,
            answers: true,
            events: Vec::new(),
            failure: None,
            reader: Reader::new(role, &Limits::DEFAULT).unwrap(),
            input: BytesMut::new(),
            waiting: Vec::new(),
        }
    }

    pub(super) fn after_handshake() -> Self {
        Self::after_handshake_with(&Config::default())
    }

    pub(super) fn after_handshake_with(config: &Config) -> Self {
        let mut peer = Self::with(config);
        let seen = peer.send(&[PREFACE.as_slice(), &settings(&[]), &frame(4, 1, 0, b"")].concat());
        assert_eq!(seen.first(), Some(&Seen::Settings));
        assert_eq!(seen.last(), Some(&Seen::Acknowledged));
        peer
    }

    pub(super) fn of_client_after_handshake(config: &Config) -> Self {
        let mut peer = Self::of_client(config);
        let seen = peer.send(&[settings(&[]), frame(4, 1, 0, b"")].concat());
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
            let event = self.connection.poll_event(&mut self.input, self.now);
            let ended = !matches!(event, Ok(Some(_)));
            match event {
                Ok(Some(event)) => self.answer(event),
                Ok(None) => {}
                Err(failure) => {
                    assert_eq!(self.connection.failure(), Some(failure));
                    assert_eq!(*self.failure.get_or_insert(failure), failure, "it is final");
                }
            }
            let output = self.output();
            answer.extend_from_slice(&output);
            if ended && output.is_empty() {
                return answer;
            }
        }
    }

    /// All output that there is now.
    pub(super) fn output(&mut self) -> Vec<u8> {
        let mut output = Vec::new();
        loop {
            let mut pieces = [[].as_slice(); 3];
            let count = self.connection.transmit(&mut pieces);
            let octets = pieces[..count].concat();
            if octets.is_empty() {
                return output;
            }
            self.connection.advance(octets.len());
            output.extend(octets);
        }
    }

    pub(super) fn read(&mut self, octets: &[u8]) -> Vec<Seen> {
        let mut octets = BytesMut::from(octets);
        let mut seen = Vec::new();
        while let Progress::Item { item, .. } = self.reader.read_bytes(&mut octets).unwrap() {
            if item != Message::Preface {
                seen.push(look(&item));
            }
        }
        assert!(octets.is_empty(), "whole frames are sent");
        seen
    }

    fn answer(&mut self, event: Event) {
        let fields = self.connection.fields().clone();
        self.events.push((event.clone(), fields.clone()));
        let ended = match event {
            Event::Fields { stream_id, kind: FieldsKind::Request, end_stream } => {
                if fields.get(b"expect") == Some(b"100-continue") {
                    let mut stream = self.connection.stream(stream_id).unwrap();
                    stream.send_response([(":status", "100")], false).unwrap();
                }
                if fields.get(b":path") == Some(b"/wait") {
                    self.waiting.push(stream_id);
                }
                end_stream.then_some(stream_id)
            }
            Event::Fields { stream_id, kind: FieldsKind::Trailers, .. } => Some(stream_id),
            Event::Data { stream_id, data, end_stream } => {
                if let Some(mut stream) = self.connection.stream(stream_id).filter(|_| self.releases) {
                    stream.release(data.len());
                }
                end_stream.then_some(stream_id)
            }
            _ => None,
        };
        if let Some(stream_id) = ended.filter(|id| self.answers && !self.waiting.contains(id)) {
            self.respond(stream_id);
        }
    }

    pub(super) fn respond(&mut self, stream_id: StreamId) {
        self.respond_with(stream_id, CONTENT);
    }

    /// A response with this content, unless the stream is gone or has one.
    pub(super) fn respond_with(&mut self, stream_id: StreamId, content: &[u8]) {
        let Some(mut stream) = self.connection.stream(stream_id) else { return };
        if stream.send_response([(":status", "200")], false).is_ok()
            && let Some(mut stream) = self.connection.stream(stream_id)
        {
            stream.send_data(Bytes::copy_from_slice(content), true).unwrap();
        }
    }

    /// The client's next request.
    pub(super) fn request(&mut self, method: &str, end_stream: bool) -> StreamId {
        let fields = [(":method", method), (":scheme", "http"), (":authority", "a"), (":path", "/")];
        let fields = fields
            .into_iter()
            .filter(|(name, _)| method != "CONNECT" || !matches!(*name, ":scheme" | ":path"));
        let fields = fields.map(|(name, value)| {
            (name, if method == "CONNECT" && name == ":authority" { "a:1" } else { value })
        });
        self.connection.open(fields.collect::<Vec<_>>(), end_stream).unwrap()
    }
}

fn look(message: &Message<Bytes>) -> Seen {
    match message {
        Message::Section { end, fields, .. } => {
            let id = end.head.stream_id.get();
            if let Some(promised) = end.head.promised_stream_id {
                return Seen::Promise(id, promised.get());
            }
            if fields.get(b":method").is_some() {
                return Seen::Request(id, end.head.end_stream);
            }
            let status = fields.get(b":status").and_then(|status| str::from_utf8(status).ok());
            let status = status.map_or(0, |status| status.parse().expect("a response"));
            Seen::Response(id, status, end.head.end_stream)
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
            Frame::Unknown(frame) => Seen::Unknown(frame.frame_type.0),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}
