//! One TCP connection of a capture.

mod encrypted; // what is inside TLS
mod late; // what comes before HTTP/2, after the other side has begun
mod spoken; // what it speaks

use std::borrow::Cow;
use std::net::SocketAddr;

use h2wire::Role;
use h2wire::frame::PREFACE;

use self::spoken::SpokenProtocol;
use crate::event::{Flow, Side};
use crate::inspect::capture::end::End;
use crate::inspect::capture::packets::Segment;
use crate::inspect::capture::prologue::Prologue;
use crate::inspect::capture::reassembly::{Piece, Reassembly};
use crate::inspect::capture::recognise::{
    Verdict, is_preface_settings, recognise, sent_by, speaks_as_client,
};
use crate::inspect::capture::trace::{Belongs, Trace};
use crate::inspect::direction::{Direction, MOST_SEARCHED, Mode, has_frames};
use crate::inspect::report::Report;
use crate::inspect::tls::{Inside, Secrets, Session};
use crate::inspect::watch::Start;
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
            Piece::Octets(octets) => self.receive_inside(from, Inside::Octets(octets), report),
            Piece::Lost(octets) => self.receive_inside(from, Inside::Lost(octets), report),
            Piece::Since(moment) => report.moment(moment),
        });
        self.end(from).reassembly = reassembly;
        done
    }

    /// What one side sends while bytes of the other are awaited may answer those.
    fn note_order(&mut self, segment: &Segment<'_>, report: &mut Report) {
        let others = if segment.from == self.client.address { &self.server } else { &self.client };
        let acknowledged = segment.ack.then_some(segment.acknowledgment_number);
        if !segment.payload.is_empty() && others.reassembly.is_behind(acknowledged) {
            self.has_lost_order = true;
            report.order_lost(self.number);
        }
    }

    fn end(&mut self, address: SocketAddr) -> &mut End {
        if address == self.client.address { &mut self.client } else { &mut self.server }
    }

    /// The next bytes that one side sends, in cleartext.
    fn octets(&mut self, from: SocketAddr, octets: &[u8], report: &mut Report) -> anyhow::Result<()> {
        if !matches!(self.protocol, SpokenProtocol::Undecided) {
            return self.feed(from, octets, report);
        }
        self.end(from).start.extend_from_slice(octets);
        if !self.roles_known {
            if speaks_as_client(&self.server.start) || self.client_starts_as_server() {
                std::mem::swap(&mut self.client, &mut self.server);
            }
            // SETTINGS may also come in the middle.
            self.roles_known = speaks_as_client(&self.client.start);
        }
        self.decide(false, report)
    }

    /// The capture lacks bytes that one side sent.
    fn lost(&mut self, from: SocketAddr, octets: u64, report: &mut Report) -> anyhow::Result<()> {
        self.has_holes = true;
        if matches!(self.protocol, SpokenProtocol::Undecided) {
            let end = self.end(from);
            if end.start.is_empty() {
                end.lost = end.lost.saturating_add(octets);
                return Ok(());
            }
            self.decide(true, report)?;
        }
        if from == self.client.address {
            self.feed_kept(report)?;
        }
        self.protocol.lost(self.side(from), octets, report)
    }

    /// Whether what is taken for the client starts with SETTINGS, as servers do. A client does too if the capture lacks its
    /// preface: servers have the lower ports.
    fn client_starts_as_server(&self) -> bool {
        let start = &self.client.start;
        is_preface_settings(start)
            && sent_by(start) != Some(Side::Client)
            && self.client.address.port() < self.server.address.port()
    }

    fn side(&self, from: SocketAddr) -> Side {
        if from == self.client.address { Side::Client } else { Side::Server }
    }

    /// Decides which protocol the connection speaks, if possible, and reads the bytes kept so far.
    fn decide(&mut self, ended: bool, report: &mut Report) -> anyhow::Result<()> {
        self.prologue.pass(&mut self.client.start, &mut self.server.start);
        let verdict = recognise(&self.prologue, &self.client.start, &self.server.start, ended);
        let is_late = self.is_late();
        let has_lost = self.client.lost > 0 || self.server.lost > 0;
        match verdict {
            // SETTINGS that start what one side sent may be a client's after its preface.
            Verdict::Http2 => {
                let _ = is_late && self.find_roles();
            }
            // Nothing but frames marks the middle of a connection.
            _ if (is_late || has_lost) && self.find_roles() => {}
            Verdict::Undecided => return Ok(()),
            Verdict::Tls if self.tls.is_none() => return self.start_tls(ended, report),
            Verdict::Unknown(_) if self.mode.stateless => {}
            Verdict::Unknown(_) if (is_late || has_lost) && !ended && self.is_worth_waiting() => {
                return Ok(());
            }
            Verdict::Unknown(_) | Verdict::Other(_) | Verdict::Tls => {
                let name = match verdict {
                    Verdict::Unknown(name) | Verdict::Other(name) => name,
                    _ => "spoke TLS",
                };
                self.protocol = SpokenProtocol::Other(match &self.tls {
                    None => name.into(),
                    Some(session) => session.did_instead(Some(name)).into(),
                });
                (self.client.start, self.server.start) = (Vec::new(), Vec::new());
                return Ok(());
            }
        }
        report.connection(self.number, self.client.address, self.server.address)?;
        if let Some(session) = &self.tls {
            report.tls(self.number, &session.facts())?;
        }
        self.note_prologue()?;
        if is_late && !self.mode.stateless {
            let number = self.number;
            note(&format!(
                "connection {number}: the capture lacks its start; what refers to fields sent before is unknown"
            ))?;
        }
        let has_syn = self.client.has_syn || self.server.has_syn || self.prologue.name.is_some();
        let is_cut = |end: &End| !self.prologue.is_upgraded && end.is_cut(has_syn, has_lost);
        let direction = |side, end: &End, offset| {
            let direction = self.direction(side)?;
            let direction = if self.prologue.is_upgraded {
                direction.after_upgrade()
            } else if !self.mode.stateless && (is_late || is_cut(end)) {
                direction.in_the_middle()
            } else {
                direction
            };
            anyhow::Ok(Box::new(direction.starting_at(end.before.saturating_add(offset))))
        };
        let is_keyless = self.tls.as_ref().is_some_and(|session| session.waits_for_secret());
        let is_read = !self.tls.as_ref().is_some_and(|session| session.has_failed());
        if !self.mode.stateless && is_read {
            let start = Start {
                upgraded: self.prologue.upgraded().cloned(),
                is_seen: !is_late
                    && !has_lost
                    && !self.has_holes
                    && !is_cut(&self.client)
                    && !is_cut(&self.server),
                both_ways: self.client.is_seen()
                    && self.server.is_seen()
                    && !self.has_lost_order
                    && !is_keyless,
                role: self.mode.role,
            };
            report.watch(self.number, &start)?;
        }
        self.protocol = SpokenProtocol::Http2 {
            by_client: direction(Side::Client, &self.client, self.prologue.client)?,
            by_server: direction(Side::Server, &self.server, self.prologue.server)?,
        };
        for (side, end) in [(Side::Client, &mut self.client), (Side::Server, &mut self.server)] {
            self.protocol.lost(side, end.lost, report)?;
            self.protocol.feed(side, &std::mem::take(&mut end.start), report)?;
        }
        Ok(())
    }

    /// Whether the capture may lack the start.
    fn is_late(&self) -> bool {
        let has_start = self.client.has_syn || self.server.has_syn || self.client.start.starts_with(PREFACE);
        !has_start
    }

    /// Whether one side sends frames. If so, by them, or by the ports, it is known which side is the client.
    fn find_roles(&mut self) -> bool {
        let frames = [has_frames(&self.client.start), has_frames(&self.server.start)];
        if frames == [None, None] {
            return false;
        }
        if !self.roles_known {
            let [client, server] = [(&self.client, frames[0]), (&self.server, frames[1])]
                .map(|(end, at)| at.and_then(|at| sent_by(end.start.get(at..).unwrap_or_default())));
            let is_swapped = match (client, server) {
                (Some(side), _) => side == Side::Server,
                (None, Some(side)) => side == Side::Client,
                // Servers have the lower ports.
                (None, None) => self.client.address.port() < self.server.address.port(),
            };
            if is_swapped {
                std::mem::swap(&mut self.client, &mut self.server);
            }
        }
        true
    }

    fn is_worth_waiting(&self) -> bool {
        self.client.start.len().max(self.server.start.len()) < MOST_SEARCHED
    }

    /// A reader for the bytes of one side.
    fn direction(&self, from: Side) -> anyhow::Result<Direction> {
        let flow = Flow { connection: self.number, from };
        let receiver = if from == Side::Client { Role::Server } else { Role::Client };
        // Which side is which was a guess. Nothing is held against it.
        let receiver = if self.roles_known { receiver } else { Role::Observer };
        // `--role` names one side; the other is only observed.
        let role =
            self.mode.role.map_or(receiver, |role| if role == receiver { role } else { Role::Observer });
        let mode = Mode { role: Some(role), ..self.mode };
        Direction::new(Some(flow), mode)
    }

    /// The end of the connection, or of the capture.
    pub(crate) fn finish(&mut self, report: &mut Report) -> anyhow::Result<ReadConnection> {
        for address in [self.client.address, self.server.address] {
            self.reassemble(address, report, |reassembly, give| reassembly.finish(give))?;
        }
        report.moment(None)?;
        let has_octets =
            self.prologue.name.is_some() || !self.client.start.is_empty() || !self.server.start.is_empty();
        if matches!(self.protocol, SpokenProtocol::Undecided) && has_octets {
            self.decide(true, report)?;
        }
        self.feed_kept(report)?;
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
            SpokenProtocol::Other(name) => {
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
