//! What both sides have announced.

use alloc::collections::VecDeque;
use core::time::Duration;

use h2wire::Limits;

use crate::Config;
use crate::window::INITIAL_WINDOW_SIZE;

/// What the peer has announced. RFC 9113 §6.5.2.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
#[allow(clippy::struct_excessive_bools, reason = "they are settings of the protocol")]
pub struct PeerSettings {
    /// Whether any SETTINGS have come.
    pub received: bool,
    /// The streams that this side may have open at a time.
    pub max_concurrent_streams: u32,
    /// The window of a stream at its start, in bytes.
    pub initial_window_size: u32,
    /// The longest payload that it takes, in bytes.
    pub max_frame_size: u32,
    /// The size of a field section that it is prepared to take. What is larger may be refused. `None`: it did not say.
    pub max_header_list_size: Option<u32>,
    /// Whether it lets this side push.
    pub enable_push: bool,
    /// Whether it takes extended CONNECT. RFC 8441 §3.
    pub enable_connect_protocol: bool,
    /// Whether it does without the priorities of RFC 7540. RFC 9218 §2.1.
    pub no_rfc7540_priorities: bool,
}

impl PeerSettings {
    pub(crate) const fn new(max_concurrent_streams: u32) -> Self {
        Self {
            received: false,
            max_concurrent_streams,
            initial_window_size: INITIAL_WINDOW_SIZE,
            max_frame_size: 16_384,
            max_header_list_size: None,
            enable_push: true,
            enable_connect_protocol: false,
            no_rfc7540_priorities: false,
        }
    }
}

/// What this side has announced, until it is acknowledged.
#[derive(Debug)]
pub(crate) struct OwnSettings {
    /// The window of new streams that the peer follows.
    pub(crate) initial_window: u32,
    /// What it may send beyond, if it has seen more than it has acknowledged.
    pub(crate) slack: u32,
    /// The streams that the peer may have open at a time: what it follows, and what it may do still.
    pub(crate) max_streams: u32,
    pub(crate) most_streams: u32,
    /// The limits that the peer follows.
    pub(crate) limits: Limits,
    pub(crate) sent: VecDeque<Sent>,
}

/// A SETTINGS frame that is not acknowledged.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) at: Duration,
    pub(crate) initial_window: u32,
    pub(crate) max_streams: u32,
    pub(crate) limits: Limits,
}

impl OwnSettings {
    pub(crate) const fn new(config: &Config) -> Self {
        let mut own = Self::unlimited(&config.limits);
        (own.max_streams, own.most_streams) = (config.max_concurrent_streams, config.max_concurrent_streams);
        own
    }

    /// Those of a side that has announced nothing, and allows all.
    pub(crate) const fn unlimited(limits: &Limits) -> Self {
        Self {
            initial_window: INITIAL_WINDOW_SIZE,
            slack: 0,
            max_streams: u32::MAX,
            most_streams: u32::MAX,
            limits: *limits,
            sent: VecDeque::new(),
        }
    }

    /// What was announced is not known any more.
    pub(crate) fn forget(&mut self) {
        *self = Self::unlimited(&self.limits);
    }

    /// The window and the number of streams of the newest SETTINGS, acknowledged or not.
    pub(crate) fn newest(&self) -> (u32, u32) {
        let newest = self.sent.back().map(|sent| (sent.initial_window, sent.max_streams));
        newest.unwrap_or((self.initial_window, self.max_streams))
    }

    /// New limits, but for what the peer may do still because it has not acknowledged what makes it less. §6.5.3
    pub(crate) fn widest(&self, new: &Limits) -> Limits {
        let before = self.sent.iter().map(|sent| &sent.limits);
        before.chain([&self.limits]).fold(*new, |widest, limits| {
            widest
                .with_max_frame_size(widest.max_frame_size.max(limits.max_frame_size))
                .with_max_section_size(widest.max_section_size.max(limits.max_section_size))
                .with_max_table_size(widest.max_table_size.max(limits.max_table_size))
        })
    }

    /// When the oldest SETTINGS that are not acknowledged were sent.
    pub(crate) fn oldest(&self) -> Option<Duration> {
        self.sent.front().map(|sent| sent.at)
    }

    /// The time for their acknowledgments starts anew.
    pub(crate) fn resume(&mut self, now: Duration) {
        for sent in &mut self.sent {
            sent.at = now;
        }
    }

    pub(crate) fn send(&mut self, sent: Sent) {
        if self.sent.is_empty() {
            // Seldom is there a second one.
            self.sent.reserve_exact(1);
        }
        self.sent.push_back(sent);
        self.count();
    }

    /// What the peer may do still, or already, because SETTINGS are not acknowledged. §6.5.3
    pub(crate) fn count(&mut self) {
        let most = self.sent.iter().map(|sent| sent.initial_window).max().unwrap_or(0);
        self.slack = most.saturating_sub(self.initial_window);
        self.most_streams = self.sent.iter().map(|sent| sent.max_streams).fold(self.max_streams, u32::max);
    }
}
