//! From the first SETTINGS to the last GOAWAY. RFC 9113 §6.5.3, §6.8, §9.1.

use std::time::Duration;

use h2wire::frame::{ErrorCode, Ping, StreamId};

use super::{Closed, Connection, Event, Failure};

/// The time a client has to see the first GOAWAY, if it does not answer the PING after it.
const GRACE: Duration = Duration::from_secs(1);

/// Identifies the PING after the first GOAWAY.
const FAREWELL: [u8; 8] = *b"farewell";

/// The state of a connection.
#[derive(Debug, Default)]
pub(super) struct Life {
    /// The peer speaks HTTP/2. Until then nothing is sent: a client that speaks HTTP/1.x would not understand it.
    pub preface_seen: bool,
    pub settings_acknowledged: bool,
    /// The time of the last request or content in either direction. Other frames do not count: otherwise a client could
    /// use PING to keep requests and their memory alive without reading the responses.
    pub last_active: Duration,
    /// The peer has sent GOAWAY.
    pub peer_leaves: bool,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Stage {
    #[default]
    Open,
    /// The first GOAWAY of a graceful shutdown was sent.
    Leaves {
        since: Duration,
    },
    /// The peer has seen it.
    Warned,
    /// The last GOAWAY was sent; requests before it are answered.
    Left,
    Closed,
}

impl Life {
    pub(super) fn close(&mut self) {
        self.stage = Stage::Closed;
    }

    pub(super) fn pong(&mut self, opaque_data: [u8; 8]) {
        if matches!(self.stage, Stage::Leaves { .. }) && opaque_data == FAREWELL {
            self.stage = Stage::Warned;
        }
    }
}

impl Connection {
    /// Ends the connection when the requests that the peer has sent so far are answered. §6.8
    pub fn shut_down(&mut self) {
        if self.config.is_http1 {
            self.end_in_silence();
        }
        if self.life.stage == Stage::Open {
            self.life.stage = Stage::Leaves { since: self.now };
            self.go_away(ErrorCode::NO_ERROR, StreamId::MAX, "the server shuts down");
            self.put(Ping { ack: false, opaque_data: FAREWELL });
        }
    }

    /// Nothing more will come. Requests that are complete are answered still: the peer may read on.
    pub fn end_of_input(&mut self) {
        if self.is_closed() {
            return;
        }
        let cut_off: Vec<_> =
            self.streams.iter_mut().filter(|(_, stream)| stream.receiving).map(|(id, _)| id).collect();
        for stream_id in cut_off {
            self.close(stream_id, Closed::ResetByPeer);
            self.events.push_back(Event::Reset { stream_id, error_code: ErrorCode::CANCEL });
        }
        self.life.peer_leaves = true;
        if !self.life.preface_seen {
            self.end_in_silence();
        }
        self.settle();
    }

    /// The peer speaks no HTTP/2, or nothing at all.
    pub(super) fn end_in_silence(&mut self) {
        self.urgent.clear();
        self.output.clear();
        self.end();
    }

    /// Whether only sending the pending output and closing the connection remain.
    pub fn is_closed(&self) -> bool {
        self.life.stage == Stage::Closed
    }

    /// When [`tick`](Self::tick) has something to do next, in the time since the start.
    pub fn deadline(&self) -> Option<Duration> {
        let idle = self.life.last_active.saturating_add(self.config.idle_timeout);
        match self.life.stage {
            Stage::Closed => None,
            Stage::Leaves { since } => Some(since.saturating_add(GRACE).min(idle)),
            _ if !self.life.settings_acknowledged => Some(self.config.settings_timeout.min(idle)),
            _ => Some(idle),
        }
    }

    /// Time goes by.
    pub fn tick(&mut self, now: Duration) {
        self.now = now;
        match self.life.stage {
            Stage::Closed => {}
            Stage::Leaves { since } if now.saturating_sub(since) >= GRACE => self.life.stage = Stage::Warned,
            // §6.5.3
            _ if !self.life.settings_acknowledged && now >= self.config.settings_timeout => {
                self.fail(Failure::connection(ErrorCode::SETTINGS_TIMEOUT, "no SETTINGS acknowledgment"));
            }
            // §9.1. A peer that leaves requests half-done or answers untaken for as long is not waited for either.
            _ if now.saturating_sub(self.life.last_active) >= self.config.idle_timeout => {
                self.fail(Failure::connection(ErrorCode::NO_ERROR, "idle for too long"));
            }
            _ => {}
        }
        self.settle();
    }

    /// Continues a shutdown as much as possible.
    pub(super) fn settle(&mut self) {
        if self.life.stage == Stage::Warned {
            self.life.stage = Stage::Left;
            let last = self.streams.last_processed;
            self.streams.last_accepted = Some(last);
            self.go_away(ErrorCode::NO_ERROR, last, "");
        }
        if self.streams.len() > 0 {
            return;
        }
        match self.life.stage {
            Stage::Left => self.end(),
            Stage::Open if self.life.peer_leaves => {
                self.go_away(ErrorCode::NO_ERROR, self.streams.last_processed, "");
                self.end();
            }
            _ => {}
        }
    }
}
