//! One TCP connection of a capture.

mod decide; // what it speaks, by what it starts with
mod encrypted; // what is inside TLS
mod late; // what comes before HTTP/2, after the other side has begun
mod spoken; // what it speaks

use std::borrow::Cow;
use std::net::SocketAddr;

use self::spoken::{Last, SpokenProtocol};
use crate::event::Side;
use crate::inspect::capture::end::End;
use crate::inspect::capture::packets::Segment;
use crate::inspect::capture::prologue::Prologue;
use crate::inspect::capture::reassembly::{Piece, Reassembly};
use crate::inspect::capture::recognise::{is_preface_settings, sent_by, speaks_as_client};
use crate::inspect::capture::trace::{Belongs, Trace};
use crate::inspect::direction::Mode;
use crate::inspect::report::Report;
use crate::inspect::tls::{Part, Secrets, Session};
use crate::io::note;

#[allow(clippy::struct_excessive_bools, reason = "each is found out by itself")]
pub(crate) struct Connection {
    pub(crate) number: u64,
    mode: Mode,
    /// Whether a SYN, or the first bytes, identified the client.
    roles_known: bool,
    was_reset: bool,
    client: End,
    server: End,
    prologue: Prologue,
    secrets: Secrets,
    /// What decrypts the bytes of both sides, if they are TLS.
    tls: Option<Box<Session>>,
    protocol: SpokenProtocol,
    /// The capture lacks bytes that it had to have.
    has_holes: bool,
    /// What one side sent was captured before what it answers.
    has_lost_order: bool,
}

/// What a connection was, at its end.
pub(crate) struct ReadConnection {
    /// What it did instead, if it did not speak HTTP/2.
    pub(crate) other_protocol: Option<Cow<'static, str>>,
    /// Whether the capture lacks bytes of it.
    pub(crate) has_holes: bool,
}

impl Connection {
    /// A connection with this first segment; the segment itself is not taken yet.
    pub(crate) fn new(number: u64, first: &Segment<'_>, mode: Mode, secrets: Secrets) -> Self {
        let from_server = first.syn && first.ack;
        let (client, server) = if from_server { (first.to, first.from) } else { (first.from, first.to) };
        Self {
            number,
            mode,
            roles_known: first.syn && !first.rst,
            was_reset: false,
            client: End::new(client),
            server: End::new(server),
            prologue: Prologue::default(),
            secrets,
            tls: None,
            protocol: SpokenProtocol::Undecided,
            has_holes: false,
            has_lost_order: false,
        }
    }

    /// The same, after one with the same number.
    pub(crate) fn after(mut self, trace: &Trace) -> Self {
        for (address, _, octets) in trace.ends {
            self.end(address).before = octets;
        }
        self
    }

    /// Whether a segment between the same ends opens another connection: a SYN that is not a repeated one. tshark counts those
    /// without ACK.
    pub(crate) fn belongs(&self, segment: &Segment<'_>) -> Belongs {
        self.trace().belongs(segment)
    }

    /// Whether all that both sides sent was read.
    pub(crate) const fn is_over(&self) -> bool {
        self.client.reassembly.is_over() && self.server.reassembly.is_over()
    }

    /// Whether little is to be expected.
    pub(crate) const fn is_ending(&self) -> bool {
        self.was_reset || self.client.reassembly.is_closed() && self.server.reassembly.is_closed()
    }

    pub(crate) fn receive(&mut self, segment: &Segment<'_>, report: &mut Report) -> anyhow::Result<()> {
        let number = segment.sequence_number;
        let before = if segment.syn { number } else { number.wrapping_sub(1) };
        self.end(segment.from).base.get_or_insert(before);
        if segment.ack {
            self.end(segment.to).base.get_or_insert(segment.acknowledgment_number.wrapping_sub(1));
        }
        if segment.rst {
            // Its payload is not part of the stream. What is still on its way is read all the same.
            self.was_reset |= self.is_in_window(segment);
            return Ok(());
        }
        self.note_order(segment, report);
        // The SYN of this side is missing, but not the start.
        if self.end(segment.to).has_syn && !segment.syn {
            let end = self.end(segment.from);
            end.reassembly.expect(end.base.map(|base| base.wrapping_add(1)));
        }
        self.end(segment.from).note(segment);
        self.reassemble(segment.from, report, |reassembly, give| reassembly.take(segment, give))?;
        if segment.ack {
            self.end(segment.to).reassembly.acknowledge(segment.acknowledgment_number);
        }
        for address in [segment.from, segment.to] {
            self.reassemble(address, report, |reassembly, give| reassembly.wait(give))?;
            report.moment(segment.moment)?;
        }
        Ok(())
    }

    /// Whether the receiver of a RST takes it. RFC 9293 §3.10.7.4, RFC 5961 §3.2.
    fn is_in_window(&mut self, segment: &Segment<'_>) -> bool {
        let next = self.end(segment.from).reassembly.next();
        let (next, window) = match (self.end(segment.to).receives, next) {
            (Some((next, window)), _) => (next, window),
            (None, Some(next)) => (next, 0),
            // The answer to a SYN.
            (None, None) => return true,
        };
        segment.sequence_number.wrapping_sub(next) <= window
    }

    /// Has a side's segments put in order, and reads what comes of it.
    fn reassemble(
        &mut self,
        from: SocketAddr,
        report: &mut Report,
        with: impl FnOnce(&mut Reassembly, &mut dyn FnMut(Piece<'_>) -> anyhow::Result<()>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        // Taken out for the call, because its bytes concern both sides.
        let mut reassembly = std::mem::take(&mut self.end(from).reassembly);
        let done = with(&mut reassembly, &mut |piece| match piece {
            Piece::Octets(octets) => self.receive_part(from, Part::Octets(octets), report),
            Piece::Lost(octets) => self.receive_part(from, Part::Lost(octets), report),
            Piece::Since(moment) => report.moment(moment),
        });
        self.end(from).reassembly = reassembly;
        done
    }

    /// What one side sends while bytes of the other are awaited may answer those.
    fn note_order(&mut self, segment: &Segment<'_>, report: &mut Report) {
        let others = if segment.from == self.client.address { &self.server } else { &self.client };
        let acknowledged = segment.ack.then_some(segment.acknowledgment_number);
        // A segment of an older connection between the same ends answers nothing here.
        let is_stale = acknowledged.is_some_and(|number| !others.may_be_acknowledged(number));
        if !segment.payload.is_empty() && (is_stale || others.reassembly.is_behind(acknowledged)) {
            self.has_lost_order = true;
            report.order_lost(self.number);
        }
    }

    fn end(&mut self, address: SocketAddr) -> &mut End {
        if address == self.client.address { &mut self.client } else { &mut self.server }
    }

    /// The next bytes that one side sends, in cleartext.
    fn octets(&mut self, from: SocketAddr, octets: &[u8], report: &mut Report) -> anyhow::Result<()> {
        let is_first = match self.protocol {
            SpokenProtocol::Undecided => {
                self.end(from).start.octets.extend_from_slice(octets);
                true
            }
            SpokenProtocol::Other { is_clear: true, .. } => self.turns_to_http2(from, octets),
            _ => false,
        };
        if !is_first {
            return self.feed(from, octets, report);
        }
        if !self.roles_known {
            if speaks_as_client(&self.server.start.octets) || self.client_starts_as_server() {
                std::mem::swap(&mut self.client, &mut self.server);
            }
            // SETTINGS may also come in the middle.
            self.roles_known = speaks_as_client(&self.client.start.octets);
        }
        self.decide(Last::More, report)
    }

    /// The capture lacks bytes that one side sent.
    fn lost(&mut self, from: SocketAddr, octets: u64, report: &mut Report) -> anyhow::Result<()> {
        self.has_holes = true;
        let side = self.side(from);
        match self.protocol {
            SpokenProtocol::Undecided => {
                self.decide(Last::BeforeHole, report)?;
                if matches!(self.protocol, SpokenProtocol::Undecided) {
                    let end = if side == Side::Client { &mut self.client } else { &mut self.server };
                    self.prologue.lose(side, &mut end.start, octets);
                    return self.decide(Last::More, report);
                }
            }
            SpokenProtocol::Other { .. } => self.end(from).start.lose(octets),
            SpokenProtocol::Http2 { .. } => {}
        }
        self.feed_kept(side, report)?;
        self.protocol.lost(side, octets, report)
    }

    /// Whether what is taken for the client starts with SETTINGS, as servers do. A client does too if the capture lacks its
    /// preface: servers have the lower ports.
    fn client_starts_as_server(&self) -> bool {
        let start = &self.client.start.octets;
        is_preface_settings(start)
            && sent_by(start) != Some(Side::Client)
            && self.client.address.port() < self.server.address.port()
    }

    fn side(&self, from: SocketAddr) -> Side {
        if from == self.client.address { Side::Client } else { Side::Server }
    }

    /// The end of the connection, or of the capture.
    pub(crate) fn finish(&mut self, report: &mut Report) -> anyhow::Result<ReadConnection> {
        for address in [self.client.address, self.server.address] {
            self.reassemble(address, report, |reassembly, give| reassembly.finish(give))?;
        }
        report.moment(None)?;
        let has_octets = [&self.client.start, &self.server.start]
            .into_iter()
            .any(|start| start.offset > 0 || !start.octets.is_empty());
        if matches!(self.protocol, SpokenProtocol::Undecided) && has_octets {
            self.decide(Last::End, report)?;
        }
        for side in [Side::Client, Side::Server] {
            self.feed_kept(side, report)?;
        }
        if let Some(session) = &mut self.tls {
            session.end();
        }
        let [client_sealed, server_sealed] = [Side::Client, Side::Server].map(|side| self.has_sealed(side));
        let (by_client, by_server) = match &mut self.protocol {
            SpokenProtocol::Undecided => {
                let did =
                    self.tls.as_ref().map_or("carried no data".into(), |tls| tls.did_instead(None).into());
                return Ok(ReadConnection { other_protocol: Some(did), has_holes: false });
            }
            SpokenProtocol::Other { name, .. } => {
                return Ok(ReadConnection { other_protocol: Some(name.clone()), has_holes: false });
            }
            SpokenProtocol::Http2 { by_client, by_server } => (by_client, by_server),
        };
        by_client.finish(report)?;
        by_server.finish(report)?;
        let number = self.number;
        if by_server.is_silent() && !server_sealed && (self.was_reset || self.server.reassembly.is_over()) {
            note(&format!(
                "connection {number}: the server closed it without sending a byte; check that its port does not expect TLS"
            ))?;
        }
        self.note_tls(report)?;
        let has_holes = self.has_holes || client_sealed || server_sealed;
        Ok(ReadConnection { other_protocol: None, has_holes })
    }

    /// The sequence numbers before the first bytes of an address, and the number of the connection.
    pub(crate) fn trace(&self) -> Trace {
        let ends = [&self.client, &self.server]
            .map(|end| (end.address, end.base, end.before.saturating_add(end.reassembly.given())));
        Trace { number: self.number, ends }
    }
}
