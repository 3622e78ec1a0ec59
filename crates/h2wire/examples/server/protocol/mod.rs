//! A server's side of a connection, without I/O and without a clock: bytes in, requests out; responses in, bytes out.
//!
//! The codec reads and writes frames and fields, and checks the rules that bytes alone can break. This module has the parts
//! that the codec leaves to the embedder: streams, windows, settings, and budgets against floods.

mod calm; // budgets against floods
#[cfg(test)]
mod conformance; // each rule, bytes in, codes out
mod failure; // errors of the peer
mod life; // settings that are acknowledged, GOAWAY, timeouts
mod receive; // frames in
mod request; // the state of a request
mod send; // responses out
mod streams; // states of streams

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use h2wire::frame::{ErrorCode, Frame, FrameRule, GoAway, RstStream, Scope, StreamId, WindowUpdate};
use h2wire::{Limits, Message, Progress, Reader, ReaderError, Role, Rule, WriteError, Writer};

use crate::flow::{INITIAL_WINDOW_SIZE, ReceiveWindow, SendWindow};
use calm::Calm;
use failure::Failure;
use life::Life;
pub use request::Request;
use streams::{Closed, Place, Streams};

/// The limits of a server.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// The limits for frames and fields.
    pub limits: Limits,
    /// Concurrent requests.
    pub max_concurrent_streams: u32,
    /// Bytes of content that may arrive before they are released, for a stream and for the connection. At least 65,535,
    /// which the peer may send before it has seen the settings. §6.9.2
    pub stream_window: u32,
    pub connection_window: u32,
    /// The time limit for the peer to acknowledge the settings.
    pub settings_timeout: Duration,
    /// The time after which a connection without requests and content in either direction is closed.
    pub idle_timeout: Duration,
    /// ALPN has chosen `http/1.1`: no HTTP/2 may be spoken. §3.2
    pub is_http1: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            limits: Limits::DEFAULT,
            max_concurrent_streams: 128,
            stream_window: 256 << 10,
            connection_window: 1 << 20,
            settings_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(180),
            is_http1: false,
        }
    }
}

/// An event for the embedder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// A request. Its content, if there is any, and its end come later.
    Request { stream_id: StreamId, request: Request },
    /// Content of a request, to be given back with [`Connection::release`].
    Content { stream_id: StreamId, content: Bytes },
    /// The request is complete.
    End { stream_id: StreamId },
    /// Bytes of a response are in frames; this many are left.
    Sent { stream_id: StreamId, octets: usize, left: usize },
    /// The stream is no more.
    Reset { stream_id: StreamId, error_code: ErrorCode },
}

/// A server's side of a connection.
#[derive(Debug)]
pub struct Connection {
    config: Config,
    reader: Reader<Vec<u8>>,
    writer: Writer<Vec<u8>>,
    streams: Streams,
    send_window: SendWindow,
    receive_window: ReceiveWindow,
    /// The peer's `SETTINGS_INITIAL_WINDOW_SIZE`.
    peer_stream_window: u32,
    /// Streams with content that may be sent, each once.
    queue: VecDeque<StreamId>,
    events: VecDeque<Event>,
    /// Output that is sent first: answers to PING.
    urgent: BytesMut,
    /// The output.
    output: BytesMut,
    calm: Calm,
    life: Life,
    now: Duration,
}

impl Connection {
    /// A connection that has just been accepted. All times are counted from here.
    pub fn new(config: Config) -> Result<Self, ReaderError> {
        let mut connection = Self {
            reader: Reader::new(Role::Server, &config.limits)?,
            writer: Writer::new(Role::Server, config.limits.max_table_size),
            streams: Streams::default(),
            send_window: SendWindow::new(INITIAL_WINDOW_SIZE),
            receive_window: ReceiveWindow::new(config.connection_window),
            peer_stream_window: INITIAL_WINDOW_SIZE,
            queue: VecDeque::new(),
            events: VecDeque::new(),
            urgent: BytesMut::new(),
            output: BytesMut::new(),
            calm: Calm::default(),
            life: Life::default(),
            now: Duration::ZERO,
            config,
        };
        connection.start();
        Ok(connection)
    }

    /// Reads from `input` until there is an event to report. `now` is the time since the start.
    pub fn next_event(&mut self, input: &mut BytesMut, now: Duration) -> Option<Event> {
        self.now = now;
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(event);
            }
            if self.is_closed() || self.has_much_output() {
                break;
            }
            match self.reader.read_bytes(input) {
                Ok(Progress::Needed(_)) => break,
                Ok(Progress::Item { item, .. }) => self.take(item),
                Err(error) => self.fail(error.into()),
            }
        }
        self.settle();
        None
    }

    fn take(&mut self, message: Message<Bytes>) {
        if let Err(failure) = self.receive(message) {
            self.fail(failure);
        }
        if let Err(reason) = self.calm.check(&mut self.reader.counters, self.now) {
            // §10.5
            self.fail(Failure::connection(ErrorCode::ENHANCE_YOUR_CALM, reason));
        }
    }

    /// Answers an error of the peer. §5.4
    fn fail(&mut self, failure: Failure) {
        if self.is_closed() {
            return;
        }
        if let Scope::Stream(stream_id) = failure.scope {
            self.calm.resets_sent = self.calm.resets_sent.saturating_add(1);
            self.reset(stream_id, failure.code);
            self.events.push_back(Event::Reset { stream_id, error_code: failure.code });
            return;
        }
        match failure.rule {
            // A peer that does not speak HTTP/2 does not understand GOAWAY.
            Some(Rule::Frame(FrameRule::Http1Request)) => self.answer_http1(),
            Some(Rule::Frame(FrameRule::TlsRecord)) => self.end_in_silence(),
            _ if self.config.is_http1 => self.answer_http1(),
            // §5.4.1
            _ => self.go_away(failure.code, self.streams.last_processed, failure.reason),
        }
        self.end();
    }

    /// Nothing more is said.
    fn end(&mut self) {
        self.life.close();
        self.streams.forget();
    }

    /// Sends GOAWAY. §6.8
    fn go_away(&mut self, error_code: ErrorCode, last_stream_id: StreamId, reason: &'static str) {
        let additional_debug_data = reason.as_bytes();
        self.put(GoAway { last_stream_id, error_code, additional_debug_data });
    }

    /// Closes a stream of which there is no answer, or no more of it. §6.4
    pub fn cancel(&mut self, stream_id: StreamId, error_code: ErrorCode) {
        if self.streams.get_mut(stream_id).is_some() {
            self.reset(stream_id, error_code);
        }
    }

    fn reset(&mut self, stream_id: StreamId, error_code: ErrorCode) {
        self.put(RstStream { stream_id, error_code });
        self.close(stream_id, Closed::ResetHere);
    }

    /// Removes a stream, and returns its part of the connection's window.
    fn close(&mut self, stream_id: StreamId, how: Closed) {
        if let Some(stream) = self.streams.close(stream_id, how) {
            self.release_connection(stream.held);
        }
    }

    /// Content was dealt with: the peer may send as much again. §6.9
    pub fn release(&mut self, stream_id: StreamId, octets: usize) {
        let octets = u32::try_from(octets).unwrap_or(u32::MAX);
        // Of a stream that is closed everything is given back already.
        let Some(stream) = self.streams.get_mut(stream_id) else { return };
        let octets = octets.min(stream.held);
        stream.held = stream.held.saturating_sub(octets);
        let increment = if stream.receiving { stream.receive_window.release(octets) } else { None };
        self.put_window_update(stream_id, increment);
        self.release_connection(octets);
    }

    fn release_connection(&mut self, octets: u32) {
        let increment = self.receive_window.release(octets);
        self.put_window_update(StreamId::CONNECTION, increment);
    }

    fn put_window_update(&mut self, stream_id: StreamId, increment: Option<NonZeroU32>) {
        if let Some(window_size_increment) = increment {
            self.put(WindowUpdate { stream_id, window_size_increment });
        }
    }

    /// Writes a frame after the others.
    fn put<'a>(&mut self, frame: impl Into<Frame<&'a [u8]>>) {
        let written = self.writer.append_frame(&frame.into(), &mut self.output);
        self.check_written(written);
    }

    /// That something cannot be written is a fault of this server.
    fn check_written(&mut self, written: Result<(), WriteError>) {
        if written.is_err() && !self.is_closed() {
            self.end();
            self.go_away(ErrorCode::INTERNAL_ERROR, self.streams.last_processed, "");
        }
    }
}
