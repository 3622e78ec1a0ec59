//! Time, PING, GOAWAY, and how a connection ends. RFC 9113 §5.4.1, §6.7, §6.8, §9.1.

use core::time::Duration;

use h2wire::Role;
use h2wire::frame::{ErrorCode, Ping, StreamId};

use super::Connection;
use super::life::{Asking, Stage};
use crate::budget::Flood;
use crate::streams::Closed;
use crate::{ConnectionRule, Event, KeepAlive, ResetReason};

/// What the connection's own PING frames say, for readers of a trace.
const FAREWELL: [u8; 8] = *b"farewell";
const ALIVE: [u8; 8] = *b"alive?\0\0";

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

    fn put_ping(&mut self, by: Asking, opaque_data: [u8; 8]) {
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
    /// the windows that the peer has opened, its stream is reset when they are used up.
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

    /// When [`handle_timeout`](Self::handle_timeout) has something to do next, in the time since the connection was made. `None`: not
    /// before the next call of another method.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        let (life, config) = (&self.life, &self.config);
        let after =
            |since: Option<Duration>, timeout: Option<Duration>| Some(since?.saturating_add(timeout?));
        let leaves = match life.stage {
            Stage::Over => return None,
            Stage::Leaves { since } => Some(since.saturating_add(config.shutdown_grace)),
            _ => None,
        };
        let idle = after(Some(life.last_message), config.idle_timeout);
        if self.is_held_up() {
            return [leaves, idle].into_iter().flatten().min();
        }
        let alive = config.keep_alive.map(|KeepAlive { interval, timeout }| match life.alive_asked {
            Some(asked) => asked.saturating_add(timeout),
            None => life.last_input.saturating_add(interval),
        });
        let settings = after(self.side.own.oldest(), config.settings_timeout);
        let block = after(life.block_since, config.field_block_timeout);
        [leaves, alive, settings, block, idle].into_iter().flatten().min()
    }

    /// Time goes by: `now` is the time since the connection was made. What ends because of it, [`poll_event`](Self::poll_event) reports;
    /// there may be output.
    ///
    /// While [`wants_read`](Self::wants_read) says no, the peer is not late: what it has to say may have come and not been read. Its times
    /// start anew when all of the input was read; [`Config::idle_timeout`](crate::Config::idle_timeout) goes on.
    pub fn handle_timeout(&mut self, now: Duration) {
        self.now = self.now.max(now);
        let now = self.now;
        let is_due = |since: Duration, timeout: Duration| now.saturating_sub(since) >= timeout;
        self.life.held_up = self.is_held_up();
        let is_heard = !self.life.held_up;
        let (life, config) = (&self.life, &self.config);
        let after = |since: Option<Duration>, timeout: Option<Duration>| {
            since.zip(timeout).is_some_and(|(since, timeout)| is_due(since, timeout))
        };
        let failed = if life.is_over() {
            None
        } else if is_heard && after(self.side.own.oldest(), config.settings_timeout) {
            // §6.5.3
            Some(ConnectionRule::SettingsTimeout)
        } else if is_heard && after(life.block_since, config.field_block_timeout) {
            // §10.5
            Some(ConnectionRule::FieldBlockTimeout)
        } else if after(Some(life.last_message), config.idle_timeout) {
            // §9.1. A peer that leaves messages half-done or untaken for as long is not waited for either.
            Some(ConnectionRule::IdleTimeout)
        } else if is_heard && after(life.alive_asked, config.keep_alive.map(|keep_alive| keep_alive.timeout))
        {
            // §6.7
            Some(ConnectionRule::KeepAliveTimeout)
        } else {
            None
        };
        let asks = is_heard
            && life.alive_asked.is_none()
            && after(Some(life.last_input), config.keep_alive.map(|keep_alive| keep_alive.interval));
        let waited = matches!(life.stage, Stage::Leaves { since } if is_due(since, config.shutdown_grace));
        match failed {
            Some(rule) => self.fail(rule.into()),
            None if asks && !self.life.is_over() => {
                self.life.alive_asked = Some(now);
                self.put_ping(Asking::KeepAlive, ALIVE);
            }
            None => {}
        }
        if waited && !self.life.is_over() {
            self.life.stage = Stage::Warned;
        }
        self.settle();
    }

    /// Whether there may be input that was not read because of this side.
    pub(super) fn is_held_up(&self) -> bool {
        self.life.held_up || !self.life.is_over() && !self.wants_read()
    }

    /// All of the input was read.
    pub(super) fn note_all_read(&mut self) {
        if self.life.held_up {
            self.life.resume(self.now);
            self.side.own.resume(self.now);
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
