//! What comes before HTTP/2 of one side, though the other side was captured first.

use std::net::SocketAddr;

use super::Connection;
use super::spoken::SpokenProtocol;
use crate::event::Side;
use crate::inspect::capture::prologue::may_be_header;
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
        self.client.start.extend_from_slice(octets);
        while self.prologue.header(&mut self.client.start) {}
        if may_be_header(&self.client.start) {
            return Ok(());
        }
        if self.prologue.client > 0
            && let SpokenProtocol::Http2 { by_client, .. } = &mut self.protocol
        {
            by_client.start_at(self.prologue.client);
            self.note_prologue()?;
        }
        self.feed_kept(report)
    }

    /// What was taken for the start of a header, and is none or is not complete.
    pub(super) fn feed_kept(&mut self, report: &mut Report) -> anyhow::Result<()> {
        let kept = std::mem::take(&mut self.client.start);
        if kept.is_empty() { Ok(()) } else { self.protocol.feed(Side::Client, &kept, report) }
    }

    /// Says what HTTP/2 comes after.
    pub(super) fn note_prologue(&self) -> anyhow::Result<()> {
        let Some(name) = self.prologue.name else { return Ok(()) };
        let (number, octets) = (self.number, self.prologue.client);
        let what = if self.prologue.is_upgraded { " was upgraded to HTTP/2" } else { ": HTTP/2 starts" };
        note(&format!("connection {number}{what} after {octets} bytes of {name}"))
    }
}
