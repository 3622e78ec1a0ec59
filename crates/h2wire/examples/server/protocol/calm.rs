//! How much work without use a peer may make. RFC 9113 §10.5.

use std::time::Duration;

use h2wire::Counters;
use h2wire::frame::FrameType;

/// Budgets are for so long.
const INTERVAL: Duration = Duration::from_secs(10);

/// Events in an interval that the codec does not count.
#[derive(Clone, Copy, Debug, Default)]
pub struct Calm {
    start: Duration,
    /// Responses that were sent to their end.
    pub answered: u64,
    /// DATA frames that were sent: each may be worth two `WINDOW_UPDATE` frames.
    pub data_sent: u64,
    /// Streams that were reset here as the peer broke a rule, or was refused.
    pub resets_sent: u64,
}

impl Calm {
    /// Checks the events so far. `Err` names the one that exceeded its budget.
    ///
    /// Budgets are generous: a browser that leaves a page cancels a hundred streams at once. What costs a server most,
    /// requests that are cancelled (CVE-2023-44487) or made wrong so that it cancels them (CVE-2025-8671), is compared with the
    /// requests that were answered.
    pub fn check(&mut self, counters: &mut Counters, now: Duration) -> Result<(), &'static str> {
        if now.saturating_sub(self.start) >= INTERVAL {
            *self = Self { start: now, ..Self::default() };
            *counters = Counters::default();
        }
        let useful = self.answered.saturating_add(self.data_sent);
        let budgets = [
            (
                counters.frames(FrameType::RST_STREAM),
                self.answered.saturating_add(400),
                "too many RST_STREAM frames",
            ),
            (self.resets_sent, self.answered.saturating_add(400), "too many stream errors"),
            (counters.stream_errors, self.answered.saturating_add(400), "too many stream errors"),
            (counters.pings, 10_000, "too many PING frames"),
            (counters.settings, 1_000, "too many SETTINGS frames"),
            (counters.empty_data, 1_000, "too many empty DATA frames"),
            (counters.empty_continuations, 100, "too many empty CONTINUATION frames"),
            (counters.frames(FrameType::PRIORITY), useful.saturating_add(10_000), "too many PRIORITY frames"),
            (
                counters.frames(FrameType::WINDOW_UPDATE),
                useful.saturating_mul(4).saturating_add(10_000),
                "too many WINDOW_UPDATE frames",
            ),
            (counters.unknown, 10_000, "too many unknown frames"),
        ];
        match budgets.iter().find(|(count, budget, _)| count > budget) {
            Some((_, _, reason)) => Err(reason),
            None => Ok(()),
        }
    }
}
