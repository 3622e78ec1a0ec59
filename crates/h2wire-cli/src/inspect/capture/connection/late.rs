//! What comes before HTTP/2 of one side, though the other side was captured first.

use std::net::SocketAddr;

use super::Connection;
use crate::event::{Event, Flow, Position, Side};
use crate::inspect::capture::prologue::{is_request, is_response, may_be_header};
use crate::inspect::direction::Direction;
use crate::inspect::report::Report;
use crate::io::note;

impl Connection {
    /// The next bytes of one side, of a protocol that is known. What one side sent may have been
    /// captured before a PROXY header, or before what comes first of the other.
    pub(super) fn feed(
        &mut self,
        from: SocketAddr,
        octets: &[u8],
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let side = self.side(from);
        let is_loose = self.prologue.is_loose;
        // After an upgrade everything was answered.
        let may_go_on = !self.prologue.is_upgraded;
        let is_first = self
            .direction_of(side)
            .is_some_and(|direction| direction.is_silent() || may_go_on && direction.is_at_start());
        if side == Side::Server && !is_loose || !is_first || self.mode.stateless {
            return self.protocol.feed(side, octets, report);
        }
        let (client, server) = (&mut self.client.start, &mut self.server.start);
        let start = if side == Side::Client { &mut *client } else { &mut *server };
        start.octets.extend_from_slice(octets);
        let before = start.offset;
        // After bytes that are missing it is no error to speak HTTP/1.1 first.
        while match side {
            Side::Client => {
                self.prologue.pass_header(client) || is_loose && self.prologue.pass_client(client)
            }
            Side::Server => self.prologue.pass_late_server(client, server),
        } {}
        if self.is_kept(side) {
            return Ok(());
        }
        let end = if side == Side::Client { &self.client } else { &self.server };
        let start = end.before.saturating_add(end.start.offset);
        if end.start.offset > before
            && let Some(direction) = self.direction_of(side)
        {
            direction.start_at(start);
            self.note_prologue()?;
        }
        self.feed_kept(side, report)
    }

    fn direction_of(&mut self, side: Side) -> Option<&mut Direction> {
        self.protocol.directions(side).map(|[sender, _]| sender)
    }

    /// Whether the first bytes may be of something before HTTP/2 that is not complete.
    fn is_kept(&self, side: Side) -> bool {
        let is_loose = self.prologue.is_loose;
        match side {
            Side::Client => {
                let octets = &self.client.start.octets;
                may_be_header(octets) || is_loose && is_request(octets)
            }
            Side::Server => is_loose && is_response(&self.server.start.octets),
        }
    }

    /// What was taken for the start of something before HTTP/2, and is none or is not complete.
    pub(super) fn feed_kept(&mut self, side: Side, report: &mut Report) -> anyhow::Result<()> {
        let is_unread = self.prologue.is_loose && self.is_kept(side);
        let end = if side == Side::Client { &mut self.client } else { &mut self.server };
        let kept = std::mem::take(&mut end.start.octets);
        if kept.is_empty() || !is_unread {
            return if kept.is_empty() { Ok(()) } else { self.protocol.feed(side, &kept, report) };
        }
        let octets = u64::try_from(kept.len()).unwrap_or(u64::MAX);
        let offset = end.before.saturating_add(end.start.offset);
        end.start.skip_unkept(octets);
        if let Some(direction) = self.direction_of(side) {
            direction.start_at(offset.saturating_add(octets));
        }
        let flow = Some(Flow { connection: self.number, from: side });
        report.event(&Position { flow, offset }, &Event::Skipped { octets })
    }

    /// Says what HTTP/2 comes after, as far as it is known, and what of it was not read.
    pub(super) fn note_prologue(&self) -> anyhow::Result<()> {
        let (number, octets) = (self.number, self.client.start.offset);
        let [lost, skipped] = self.client.start.counts();
        let [lost_of_server, skipped_of_server] = self.server.start.counts();
        let is_unread = [lost, skipped, lost_of_server, skipped_of_server] != [0; 4];
        if self.prologue.name.is_none() && !is_unread {
            return Ok(());
        }
        let what = if self.prologue.is_upgraded { " was upgraded to HTTP/2" } else { ": HTTP/2 starts" };
        let name = self.prologue.name.map_or(String::new(), |name| format!(" of {name}"));
        let missing = |lost, skipped| match (lost, skipped) {
            (0, 0) => String::new(),
            (lost, 0) => format!("{lost} are not in the capture"),
            (0, skipped) => format!("{skipped} are not read"),
            (lost, skipped) => format!("{lost} are not in the capture and {skipped} are not read"),
        };
        let of_client = match missing(lost, skipped).as_str() {
            "" => String::new(),
            missing => format!(", of which {missing}"),
        };
        let of_server = match missing(lost_of_server, skipped_of_server).as_str() {
            "" => String::new(),
            missing => {
                format!("; of the {} bytes of the server before it {missing}", self.server.start.offset)
            }
        };
        let is_unknown = self.prologue.upgraded().is_some_and(|request| request.method.is_none());
        let of_request = if is_unknown { "; what it asked for is not in the capture" } else { "" };
        let after =
            if octets == 0 && is_unknown { String::new() } else { format!(" after {octets} bytes{name}") };
        note(&format!("connection {number}{what}{after}{of_client}{of_server}{of_request}"))
    }
}
