//! What a connection carries inside TLS.

use std::net::SocketAddr;

use super::Connection;
use super::spoken::{Last, SpokenProtocol};
use crate::event::{Flow, Side};
use crate::inspect::report::Report;
use crate::inspect::tls::{Part, Session};
use crate::io::note;
use crate::status::Status;

impl Connection {
    /// What came of one side in order: it is decrypted, if it is TLS.
    pub(super) fn receive_part(
        &mut self,
        from: SocketAddr,
        part: Part<&[u8]>,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        if self.tls.is_some() {
            return self.decrypt(self.side(from), part, report);
        }
        match part {
            Part::Octets(octets) => self.octets(from, octets, report),
            Part::Lost(octets) => {
                if matches!(self.protocol, SpokenProtocol::Undecided)
                    && !self.end(from).start.octets.is_empty()
                {
                    self.decide(Last::BeforeHole, report)?;
                }
                match self.tls {
                    Some(_) => self.decrypt(self.side(from), part, report),
                    None => self.lost(from, octets, report),
                }
            }
        }
    }

    /// What came of one side that is TLS.
    fn decrypt(&mut self, side: Side, part: Part<&[u8]>, report: &mut Report) -> anyhow::Result<()> {
        if matches!(self.protocol, SpokenProtocol::Other { .. }) {
            return Ok(());
        }
        // Taken out for the call, because what is inside concerns the connection.
        let Some(mut session) = self.tls.take() else { return Ok(()) };
        let content = session.feed(side, part);
        if let Part::Lost(_) = part {
            // The other side may refer to it before a record opens after it.
            self.has_holes = true;
            report.hole(Flow { connection: self.number, from: side });
        }
        if session.waits_for_secret() {
            report.order_lost(self.number);
        }
        if session.has_failed() {
            report.unwatch(self.number);
        }
        if session.is_over() && content.is_empty() && matches!(self.protocol, SpokenProtocol::Undecided) {
            // Nothing is kept of what cannot be read.
            let name = session.did_instead(None).into();
            self.protocol = SpokenProtocol::Other { name, is_clear: false };
        }
        self.tls = Some(session);
        let (client, server) = (self.client.address, self.server.address);
        for (side, part) in content {
            let from = if side == Side::Client { client } else { server };
            match part {
                Part::Octets(octets) => self.octets(from, &octets, report)?,
                Part::Lost(octets) => self.lost(from, octets, report)?,
            }
        }
        Ok(())
    }

    /// Decrypts the bytes kept so far, and all that follow.
    pub(super) fn start_tls(&mut self, last: Last, report: &mut Report) -> anyhow::Result<()> {
        // The hellos say which side is the client.
        self.roles_known = true;
        self.tls = Some(Box::new(Session::new(self.secrets.clone())));
        let [client, server] = [&mut self.client, &mut self.server]
            .map(|end| (end.start.unread_octets(), std::mem::take(&mut end.start.octets)));
        for (side, (unread, octets)) in [(Side::Client, client), (Side::Server, server)] {
            if unread > 0 {
                self.decrypt(side, Part::Lost(unread), report)?;
            }
            self.decrypt(side, Part::Octets(&octets), report)?;
        }
        let has_octets = !self.client.start.octets.is_empty() || !self.server.start.octets.is_empty();
        if last != Last::More && has_octets { self.decide(last, report) } else { Ok(()) }
    }

    /// Whether what a side sent is not decrypted to its end.
    pub(super) fn has_sealed(&self, side: Side) -> bool {
        self.tls.as_ref().is_some_and(|session| session.failure(side).is_some())
    }

    /// Says at the end what was not decrypted, and why.
    pub(super) fn note_tls(&self, report: &mut Report) -> anyhow::Result<()> {
        let number = self.number;
        for side in [Side::Client, Side::Server] {
            if let Some(reason) = self.tls.as_ref().and_then(|session| session.failure(side)) {
                report.sealed(Flow { connection: number, from: side });
                let side = side.name();
                note(&format!(
                    "connection {number}, from the {side}: TLS: {reason}; the rest of this direction is not read"
                ))?;
                report.worsen(Status::Trouble);
            }
        }
        Ok(())
    }
}
