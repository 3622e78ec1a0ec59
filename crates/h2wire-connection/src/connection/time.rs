//! What is due when.

use core::time::Duration;

use super::Connection;
use super::life::{Asking, Stage};
use crate::ConnectionRule;

/// What the PING says that asks whether the peer is there, for readers of a trace.
const ALIVE: [u8; 8] = *b"alive?\0\0";

/// When each of these is due, in the time since the connection was made. `None`: it is not waited for.
struct Due {
    /// §6.5.3
    settings: Option<Duration>,
    /// §10.5
    block: Option<Duration>,
    /// §9.1. A peer that leaves messages half-done or untaken for as long is not waited for either.
    idle: Option<Duration>,
    /// The PING that asks whether the peer is there. §6.7
    ask: Option<Duration>,
    /// Its answer.
    answer: Option<Duration>,
    /// The second GOAWAY of a graceful shutdown, whether the peer has seen the first or not. §6.8
    leave: Option<Duration>,
}

impl Connection {
    fn due(&self) -> Due {
        let (life, config) = (&self.life, &self.config);
        let is_open = !life.is_over();
        // What the peer has to say may have come and not been read: it is not late.
        let is_heard = is_open && !self.is_held_up();
        let after = |waits: bool, since: Option<Duration>, timeout: Option<Duration>| {
            // A time that does not exist does not come.
            since.filter(|_| waits)?.checked_add(timeout?)
        };
        let (interval, timeout) =
            config.keep_alive.map(|keep_alive| (keep_alive.interval, keep_alive.timeout)).unzip();
        let leaves = match life.stage {
            Stage::Leaves { since } => Some(since),
            _ => None,
        };
        Due {
            settings: after(is_heard, self.side.own.oldest(), config.settings_timeout),
            block: after(is_heard, life.block_since, config.field_block_timeout),
            idle: after(is_open, Some(life.last_message), config.idle_timeout),
            ask: after(is_heard && life.alive_asked.is_none(), Some(life.last_input), interval),
            answer: after(is_heard, life.alive_asked, timeout),
            leave: after(is_open, leaves, Some(config.shutdown_grace)),
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) has something to do next, in the time since the connection was made. `None`: never,
    /// unless input, output or another call changes that.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        let Due { settings, block, idle, ask, answer, leave } = self.due();
        [settings, block, idle, ask, answer, leave].into_iter().flatten().min()
    }

    /// Time goes by: `now` is the time since the connection was made. What ends because of it, [`poll_event`](Self::poll_event) reports;
    /// there may be output.
    ///
    /// While [`wants_read`](Self::wants_read) says no, the peer is not late: what it has to say may have come and not been read. Its times
    /// start anew when all of the input was read; [`Config::idle_timeout`](crate::Config::idle_timeout) goes on.
    pub fn handle_timeout(&mut self, now: Duration) {
        self.now = self.now.max(now);
        let now = self.now;
        self.life.held_up = self.is_held_up();
        let due = self.due();
        let is_due = |time: Option<Duration>| time.is_some_and(|time| time <= now);
        let failures = [
            (due.settings, ConnectionRule::SettingsTimeout),
            (due.block, ConnectionRule::FieldBlockTimeout),
            (due.idle, ConnectionRule::IdleTimeout),
            (due.answer, ConnectionRule::KeepAliveTimeout),
        ];
        if let Some((_, rule)) = failures.into_iter().find(|(time, _)| is_due(*time)) {
            self.fail(rule.into());
        } else if is_due(due.ask) {
            self.life.alive_asked = Some(now);
            self.put_ping(Asking::KeepAlive, ALIVE);
        }
        if is_due(due.leave) && !self.life.is_over() {
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
}
