//! PING, GOAWAY, and how a connection ends. RFC 9113 §5.4.1, §6.7, §6.8, §9.1.

use h2wire::frame::{ErrorCode, Ping, StreamId};
use h2wire::{EndOfInput, Role};

use super::Connection;
use super::life::{Asking, Stage};
use crate::budget::Flood;
use crate::streams::Closed;
use crate::{Event, Failure, ResetReason};

/// What the PING says that asks whether GOAWAY was seen, for readers of a trace.
const FAREWELL: [u8; 8] = *b"farewell";

/// What fits into a GOAWAY whatever the peer takes: 16,384 bytes without the last stream and the code. §4.2, §6.8
const MAX_DEBUG_DATA: usize = 16_384 - 8;

impl Connection {
    /// Sends PING; [`Event::Pong`] is its answer. RFC 9113 §6.7. Any data will do, also what the connection's own PING frames say. Of those
    /// without an answer the last 1,024 are remembered.
    pub fn ping(&mut self, opaque_data: [u8; 8]) {
        if !self.life.is_over() {
            self.put_ping(Asking::Caller, opaque_data);
        }
    }

    pub(super) fn put_ping(&mut self, by: Asking, opaque_data: [u8; 8]) {
        self.life.note_ping(by, opaque_data);
        let written = self.writer.append_ping(opaque_data, self.output.gathered());
        self.check_written(written);
    }

    pub(super) fn receive_ping(&mut self, ping: Ping) -> Option<Event> {
        let opaque_data = ping.opaque_data;
        if !ping.ack {
            self.spend(Flood::Ping);
            if !self.life.is_over() {
                // §6.7
                let written = self.writer.append_ping_ack(opaque_data, self.output.gathered());
                self.check_written(written);
            }
            return None;
        }
        match self.life.take_ping(opaque_data) {
            Some(Asking::Caller) => return Some(Event::Pong { opaque_data }),
            Some(Asking::KeepAlive) => {}
            Some(Asking::Farewell) => {
                // It may come after the grace is over.
                if matches!(self.life.stage, Stage::Leaves { .. }) {
                    self.life.stage = Stage::Warned;
                }
            }
            None => self.spend(Flood::Ping),
        }
        None
    }

    /// Ends the connection when the streams that the peer has opened so far are done. RFC 9113 §6.8.
    ///
    /// The peer gets GOAWAY with the highest stream identifier and a PING at once. When that is answered, or after
    /// [`Config::shutdown_grace`](crate::Config::shutdown_grace), it gets GOAWAY with the last stream that was accepted. When all open
    /// streams have ended the connection [`is_closed`](Self::is_closed).
    pub fn shut_down(&mut self) {
        if self.life.stage != Stage::Open {
            return;
        }
        if self.side.role == Role::Server || self.config.limits.accept_push {
            self.life.stage = Stage::Leaves { since: self.now };
            self.put_go_away(ErrorCode::NO_ERROR, StreamId::MAX, b"");
            self.put_ping(Asking::Farewell, FAREWELL);
        } else {
            // Nobody opens streams but this side.
            self.life.stage = Stage::Warned;
        }
        self.settle();
    }

    /// Ends the connection at once, with all its streams. GOAWAY says why. RFC 9113 §5.4.1. Of `debug_data` it says as much as goes into
    /// every frame: 16,376 bytes.
    pub fn abort(&mut self, error_code: ErrorCode, debug_data: &[u8]) {
        if !self.life.is_over() {
            let debug_data = debug_data.get(..MAX_DEBUG_DATA).unwrap_or(debug_data);
            self.put_go_away(error_code, self.life.last_processed, debug_data);
            self.end();
        }
    }

    /// Nothing more will come from the peer. Streams whose message is not complete are reset
    /// ([`ResetReason::EndOfInput`]); the others can be answered still, as the peer may read on. If an answer is larger than
    /// the windows that the peer has opened, its stream is reset when they are used up. [`missing`](Self::missing) says whether the input has
    /// ended where it may.
    pub fn end_of_input(&mut self) {
        if self.life.is_over() {
            return;
        }
        (self.life.peer_leaves, self.life.input_ended) = (true, true);
        for index in self.side.streams.indices() {
            let cut_off =
                self.side.streams.get(index).filter(|stream| stream.is_receiving()).map(|stream| stream.id);
            let Some(stream_id) = cut_off else { continue };
            self.cut_off(index, stream_id);
        }
        if self.side.role == Role::Server && !self.life.preface_seen {
            // Nobody was there.
            self.output.clear();
            self.end();
        }
        self.settle();
    }

    /// What is missing if the input ends here; `rest` is what [`poll_event`](Self::poll_event) has left of it. For logs: an end
    /// inside a frame or a field block is not one that the peer meant.
    ///
    /// # Errors
    /// [`Failure`], if the connection has failed.
    pub fn missing(&self, rest: &[u8]) -> Result<EndOfInput, Failure> {
        match (self.life.failure, self.reader.end_of_input(rest)) {
            (Some(failure), _) => Err(failure),
            (None, found) => found.map_err(|error| Failure::new(error.into())),
        }
    }

    /// A stream cannot end well any more, because nothing will come from the peer.
    fn cut_off(&mut self, index: u32, stream_id: StreamId) {
        self.close(index, Closed::ResetByPeer);
        let (error_code, reason) = (ErrorCode::CANCEL, ResetReason::EndOfInput);
        self.events.push_back(Event::Reset { stream_id, error_code, reason });
    }

    /// Gives up streams whose content waits for a window that nobody will open any more. §6.9
    pub(super) fn give_up_blocked(&mut self) {
        let is_closed = self.side.send_window.available() == 0;
        for index in self.side.streams.indices() {
            let blocked = self
                .side
                .streams
                .get(index)
                .filter(|stream| stream.queued > 0 && (is_closed || stream.send_window.available() == 0));
            if let Some(stream_id) = blocked.map(|stream| stream.id) {
                self.cut_off(index, stream_id);
            }
        }
    }

    /// Goes on with a shutdown as far as possible.
    pub(super) fn settle(&mut self) {
        if self.life.stage == Stage::Warned {
            self.life.stage = Stage::Left;
            let last = self.life.last_processed;
            self.side.streams.last_accepted = last;
            self.put_go_away(ErrorCode::NO_ERROR, last, b"");
        }
        if !self.side.streams.is_empty() {
            return;
        }
        match self.life.stage {
            Stage::Left => self.end(),
            Stage::Open | Stage::Leaves { .. } if self.life.peer_leaves => {
                self.put_go_away(ErrorCode::NO_ERROR, self.life.last_processed, b"");
                self.end();
            }
            _ => {}
        }
    }
}
