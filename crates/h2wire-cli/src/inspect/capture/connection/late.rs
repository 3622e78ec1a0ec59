//! What comes before HTTP/2 of one side, though the other side was captured first.

use std::net::SocketAddr;

use super::Connection;
use super::spoken::SpokenProtocol;
use crate::event::{Event, Flow, Position, Side};
use crate::inspect::capture::prologue::{is_request, may_be_header};
use crate::inspect::report::Report;
use crate::io::note;

impl Connection {
    /// The next bytes of one side, of a protocol that is known. What the server sent may have been captured before a PROXY header.
    pub(super) fn feed(
        &mut self,
        from: SocketAddr,
        octets: &[u8],
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let side = self.side(from);
        let is_first =
            matches!(&self.protocol, SpokenProtocol::Http2 { by_client, .. } if by_client.is_silent());
        if side == Side::Server || !is_first || self.mode.stateless {
            return self.protocol.feed(side, octets, report);
        }
        let start = &mut self.client.start;
        start.octets.extend_from_slice(octets);
        let before = start.offset;
        // After bytes of the server that are missing it is no error to speak HTTP/1.1 first.
        let is_loose = self.prologue.is_loose;
        while self.prologue.header(start) || is_loose && self.prologue.of_client(start) {}
        let is_passed = start.offset > before;
        if may_be_header(&start.octets) || is_loose && is_request(&start.octets) {
            return Ok(());
        }
        if is_passed && let SpokenProtocol::Http2 { by_client, .. } = &mut self.protocol {
            by_client.start_at(start.offset);
            self.note_prologue()?;
        }
        self.feed_kept(report)
    }

    /// What was taken for the start of a header, and is none or is not complete.
    pub(super) fn feed_kept(&mut self, report: &mut Report) -> anyhow::Result<()> {
        let start = &mut self.client.start;
        let offset = start.offset;
        if self.prologue.is_loose
            && is_request(&start.octets)
            && let SpokenProtocol::Http2 { by_client, .. } = &mut self.protocol
        {
            start.skip_all();
            by_client.start_at(start.offset);
            let flow = Some(Flow { connection: self.number, from: Side::Client });
            let octets = start.offset.saturating_sub(offset);
            return report.event(&Position { flow, offset }, &Event::Skipped { octets });
        }
        let kept = std::mem::take(&mut start.octets);
        if kept.is_empty() { Ok(()) } else { self.protocol.feed(Side::Client, &kept, report) }
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
        note(&format!(
            "connection {number}{what} after {octets} bytes{name}{of_client}{of_server}{of_request}"
        ))
    }
}
