//! Where a connection stands between its start and its end.

use alloc::collections::VecDeque;
use core::time::Duration;

use h2wire::frame::StreamId;

use crate::{Failure, Priority};

/// Where a connection stands between its start and its end.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "facts that are independent of each other")]
pub(super) struct Life {
    pub(super) stage: Stage,
    pub(super) failure: Option<Failure>,
    /// The peer has sent the client's preface.
    pub(super) preface_seen: bool,
    /// The peer has sent GOAWAY, or will send nothing more.
    pub(super) peer_leaves: bool,
    /// It will send nothing more, no `WINDOW_UPDATE` either.
    pub(super) input_ended: bool,
    /// The highest stream of the peer that was reported to the caller, for GOAWAY.
    pub(super) last_processed: StreamId,
    /// A field block is open since then.
    pub(super) block_since: Option<Duration>,
    /// When the last frame came.
    pub(super) last_input: Duration,
    /// When the last message or content came or went.
    pub(super) last_message: Duration,
    /// When PING was sent to see whether the peer is there.
    pub(super) alive_asked: Option<Duration>,
    /// Reading was stopped, and what has come since was not read yet: nobody is late.
    pub(super) held_up: bool,
    /// PING frames without an answer, the oldest first.
    pub(super) pings: VecDeque<Asked>,
    /// Priorities of streams that are not open yet. RFC 9218 §7.1
    pub(super) early_priorities: VecDeque<(StreamId, Priority)>,
}

/// A PING frame that was sent, by its data. That of the caller may be the same as that of the connection's own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Asked {
    pub(super) by: Asking,
    pub(super) opaque_data: [u8; 8],
}

/// Who wants to know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Asking {
    Caller,
    /// The connection: whether the peer is there.
    KeepAlive,
    /// The connection: whether the peer has seen the first GOAWAY.
    Farewell,
}

/// The most PING frames that are remembered. The oldest is forgotten, and its answer is one that nobody asked for.
const MAX_PINGS: usize = 1_024;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stage {
    Open,
    /// The first GOAWAY of a graceful shutdown was sent.
    Leaves {
        since: Duration,
    },
    /// The peer has seen it.
    Warned,
    /// The last GOAWAY was sent; streams up to it go on.
    Left,
    Over,
}

impl Default for Life {
    fn default() -> Self {
        Self {
            stage: Stage::Open,
            failure: None,
            preface_seen: false,
            peer_leaves: false,
            input_ended: false,
            last_processed: StreamId::CONNECTION,
            block_since: None,
            last_input: Duration::ZERO,
            last_message: Duration::ZERO,
            alive_asked: None,
            held_up: false,
            pings: VecDeque::new(),
            early_priorities: VecDeque::new(),
        }
    }
}

impl Life {
    pub(super) const fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    pub(super) const fn close(&mut self) {
        self.stage = Stage::Over;
    }

    /// Whether this side opens no more streams.
    pub(super) fn is_leaving(&self) -> bool {
        self.peer_leaves || self.stage != Stage::Open
    }

    pub(super) const fn note_input(&mut self, now: Duration) {
        self.last_input = now;
        self.alive_asked = None;
    }

    pub(super) fn note_ping(&mut self, by: Asking, opaque_data: [u8; 8]) {
        if self.pings.len() >= MAX_PINGS {
            self.pings.pop_front();
        }
        self.pings.push_back(Asked { by, opaque_data });
    }

    /// Who asked for this answer. Answers with the same data come in the order of their questions.
    pub(super) fn take_ping(&mut self, opaque_data: [u8; 8]) -> Option<Asking> {
        let at = self.pings.iter().position(|asked| asked.opaque_data == opaque_data)?;
        self.pings.remove(at).map(|asked| asked.by)
    }

    /// Reading goes on, and nothing was left unread: times that ran meanwhile start anew.
    pub(super) fn resume(&mut self, now: Duration) {
        self.held_up = false;
        self.alive_asked = self.alive_asked.map(|_| now);
        self.block_since = self.block_since.map(|_| now);
    }

    pub(super) const fn note_message(&mut self, now: Duration) {
        self.last_message = now;
    }
}
