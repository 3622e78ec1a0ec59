//! What a connection speaks, and the readers of both sides if that is HTTP/2.

use std::borrow::Cow;

use crate::event::Side;
use crate::inspect::direction::Direction;
use crate::inspect::report::Report;

/// What follows the bytes that have come so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Last {
    More,
    /// Bytes that the capture lacks.
    BeforeHole,
    /// Nothing.
    End,
}

pub(super) enum SpokenProtocol {
    Undecided,
    Http2 {
        by_client: Box<Direction>,
        by_server: Box<Direction>,
    },
    /// Another protocol. HTTP/2 may follow if `is_clear`, not encrypted.
    Other {
        name: Cow<'static, str>,
        is_clear: bool,
    },
}

impl SpokenProtocol {
    pub(super) fn feed(&mut self, side: Side, octets: &[u8], report: &mut Report) -> anyhow::Result<()> {
        let Self::Http2 { by_client, by_server } = self else { return Ok(()) };
        let (sender, receiver) = match side {
            Side::Client => (by_client, by_server),
            Side::Server => (by_server, by_client),
        };
        sender.feed(octets, report)?;
        settle(sender, receiver)
    }

    pub(super) fn lost(&mut self, side: Side, octets: u64, report: &mut Report) -> anyhow::Result<()> {
        let Self::Http2 { by_client, by_server } = self else { return Ok(()) };
        let (sender, receiver) = match side {
            Side::Client => (by_client, by_server),
            Side::Server => (by_server, by_client),
        };
        if octets > 0 {
            sender.lost(octets, report)?;
        }
        settle(sender, receiver)
    }
}

/// A side's SETTINGS limit the bytes that the other side sends.
fn settle(sender: &mut Direction, receiver: &mut Direction) -> anyhow::Result<()> {
    for announced in sender.take_announced() {
        receiver.settings_sent(&announced)?;
    }
    if sender.has_lost_settings() {
        receiver.settings_lost();
    }
    Ok(())
}
