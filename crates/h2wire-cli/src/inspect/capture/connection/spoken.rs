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
        let Some([sender, replies]) = self.directions(side) else { return Ok(()) };
        sender.feed(octets, report)?;
        sender.announce_to(replies)
    }

    pub(super) fn lost(&mut self, side: Side, octets: u64, report: &mut Report) -> anyhow::Result<()> {
        let Some([sender, replies]) = self.directions(side) else { return Ok(()) };
        if octets > 0 {
            sender.lost(octets, report)?;
        }
        sender.announce_to(replies)
    }

    /// What a side sends in HTTP/2, and what the other one sends.
    pub(super) fn directions(&mut self, side: Side) -> Option<[&mut Direction; 2]> {
        match (self, side) {
            (Self::Http2 { by_client, by_server }, Side::Client) => Some([by_client, by_server]),
            (Self::Http2 { by_client, by_server }, Side::Server) => Some([by_server, by_client]),
            _ => None,
        }
    }
}
