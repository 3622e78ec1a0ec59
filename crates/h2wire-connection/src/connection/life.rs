//! Where a connection stands between its start and its end.

use alloc::collections::VecDeque;
use core::time::Duration;

use h2wire::frame::StreamId;

use crate::{Failure, Priority};

/// Where a connection stands between its start and its end.
#[derive(Debug)]
pub(super) struct Life {
    pub(super) stage: Stage,
    pub(super) failure: Option<Failure>,
    /// The peer has sent the client's preface.
    pub(super) preface_seen: bool,
    /// The peer has sent GOAWAY, or will send nothing more.
    pub(super) peer_leaves: bool,
    /// The last stream of its GOAWAY.
    pub(super) peer_last: StreamId,
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
    /// Those PING frames that are not answered yet.
    pub(super) alive_pings: u32,
    /// The PING after the first GOAWAY is not answered yet.
    pub(super) farewell_sent: bool,
    /// PING frames of the caller without an answer.
    pub(super) pings: u32,
    /// Priorities of streams that are not open yet. RFC 9218 §7.1
    pub(super) early_priorities: VecDeque<(StreamId, Priority)>,
}

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
            peer_last: StreamId::MAX,
            last_processed: StreamId::CONNECTION,
            block_since: None,
            last_input: Duration::ZERO,
            last_message: Duration::ZERO,
            alive_asked: None,
            alive_pings: 0,
            farewell_sent: false,
            pings: 0,
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

    /// Whether this side still opens streams.
    pub(super) fn is_leaving(&self) -> bool {
        self.peer_leaves || self.stage != Stage::Open
    }

    pub(super) const fn note_input(&mut self, now: Duration) {
        self.last_input = now;
        self.alive_asked = None;
    }

    pub(super) const fn note_message(&mut self, now: Duration) {
        self.last_message = now;
    }
}
