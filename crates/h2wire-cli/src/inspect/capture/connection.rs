//! One TCP connection of a capture.

use std::borrow::Cow;
use std::net::SocketAddr;

use h2wire::Role;
use h2wire::frame::PREFACE;

use crate::event::{Flow, Side};
use crate::inspect::capture::packets::Segment;
use crate::inspect::capture::reassembly::Reassembly;
use crate::inspect::capture::recognise::{Verdict, is_preface_settings, recognise};
use crate::inspect::direction::{Direction, Mode};
use crate::inspect::report::Report;
use crate::inspect::tls::{Secrets, Session, is_client_hello};
use crate::io::note;

pub(crate) struct Connection {
    pub(crate) number: u64,
    mode: Mode,
    /// Whether a SYN, or the first bytes, identified the client.
    roles_known: bool,
    was_reset: bool,
    client: End,
    server: End,
    secrets: Secrets,
    /// What decrypts the bytes of both sides, if they are TLS.
    tls: Option<Box<Session>>,
    protocol: SpokenProtocol,
}

/// One side and its bytes.
struct End {
    address: SocketAddr,
    /// The sequence number of its SYN.
    opened_by: Option<u32>,
    reassembly: Reassembly,
    /// The first bytes, until the protocol is known.
    start: Vec<u8>,
}

enum SpokenProtocol {
    Undecided,
    Http2 { by_client: Box<Direction>, by_server: Box<Direction> },
    Other(Cow<'static, str>),
}

/// How a connection ended.
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
            roles_known: first.syn,
            was_reset: false,
            client: End::new(client),
            server: End::new(server),
            secrets,
            tls: None,
            protocol: SpokenProtocol::Undecided,
        }
    }

    /// Whether a segment between the same ends opens another connection: a SYN that is not a repeated one.
    pub(crate) fn is_another(&self, segment: &Segment<'_>) -> bool {
        let end = if segment.from == self.client.address { &self.client } else { &self.server };
        segment.syn && end.opened_by.is_some_and(|number| number != segment.sequence_number)
            || segment.syn && !segment.ack && end.opened_by.is_none() && end.reassembly.has_started()
    }

    /// Whether neither side can send more readable bytes.
    pub(crate) const fn is_over(&self) -> bool {
        self.was_reset || self.client.reassembly.is_over() && self.server.reassembly.is_over()
    }

    pub(crate) fn receive(&mut self, segment: &Segment<'_>, report: &mut Report) -> anyhow::Result<()> {
        if segment.rst {
            // Its sequence number is arbitrary, and its payload is not part of the stream.
            self.was_reset = true;
            return Ok(());
        }
        let end = self.end(segment.from);
        if segment.syn {
            end.opened_by = Some(segment.sequence_number);
        }
        // Taken out for the call, because its bytes concern both sides.
        let mut reassembly = std::mem::take(&mut end.reassembly);
        let taken = reassembly.take(segment, |octets| self.octets(segment.from, octets, report));
        self.end(segment.from).reassembly = reassembly;
        taken
    }

    fn end(&mut self, address: SocketAddr) -> &mut End {
        if address == self.client.address { &mut self.client } else { &mut self.server }
    }

    /// The next bytes that one side sends.
    fn octets(&mut self, from: SocketAddr, octets: &[u8], report: &mut Report) -> anyhow::Result<()> {
        if self.tls.is_none() {
            return self.cleartext(from, octets, report);
        }
        if matches!(self.protocol, SpokenProtocol::Other(_)) {
            return Ok(());
        }
        let side = if from == self.client.address { Side::Client } else { Side::Server };
        self.decrypt(side, octets, report)
    }

    /// The next bytes of one side that are TLS.
    fn decrypt(&mut self, side: Side, octets: &[u8], report: &mut Report) -> anyhow::Result<()> {
        // Taken out for the call, because what is inside concerns the connection.
        let Some(mut session) = self.tls.take() else { return Ok(()) };
        let addresses = [self.client.address, self.server.address];
        let mut inside = Vec::new();
        session.take(side, octets, |side, octets| {
            inside.push((side, octets.to_vec()));
            Ok(())
        })?;
        if session.is_over() && inside.is_empty() && matches!(self.protocol, SpokenProtocol::Undecided) {
            // Nothing is kept of what cannot be read.
            self.protocol = SpokenProtocol::Other(session.did_instead(None).into());
        }
        self.tls = Some(session);
        let [client, server] = addresses;
        inside.into_iter().try_for_each(|(side, octets)| {
            self.cleartext(if side == Side::Client { client } else { server }, &octets, report)
        })
    }

    /// The next bytes that one side sends, in cleartext.
    fn cleartext(&mut self, from: SocketAddr, octets: &[u8], report: &mut Report) -> anyhow::Result<()> {
        let side = if from == self.client.address { Side::Client } else { Side::Server };
        if !matches!(self.protocol, SpokenProtocol::Undecided) {
            return self.protocol.feed(side, octets, report);
        }
        self.end(from).start.extend_from_slice(octets);
        if !self.roles_known
            && (speaks_as_client(&self.server.start) || is_preface_settings(&self.client.start))
        {
            std::mem::swap(&mut self.client, &mut self.server);
            self.roles_known = true;
        }
        self.decide(false, report)
    }

    /// Decides which protocol the connection speaks, if possible, and reads the bytes kept so far.
    fn decide(&mut self, ended: bool, report: &mut Report) -> anyhow::Result<()> {
        let stateless = self.mode.stateless;
        let verdict = recognise(&self.client.start, &self.server.start, ended);
        let (client_offset, server_offset) = match verdict {
            Verdict::Undecided => return Ok(()),
            Verdict::Http2 { client_offset, server_offset } => (client_offset, server_offset),
            Verdict::Tls if self.tls.is_none() => return self.start_tls(ended, report),
            // Nothing marks frames from the middle of a connection.
            Verdict::Unknown(_) if stateless => (0, 0),
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
        };
        report.connection(self.number, self.client.address, self.server.address)?;
        if let Some(session) = &self.tls {
            report.tls(self.number, &session.facts())?;
        }
        if client_offset > 0 {
            let number = self.number;
            note(&format!(
                "connection {number} was upgraded to HTTP/2 after {client_offset} bytes of HTTP/1.1"
            ))?;
        }
        let (client, server) =
            (std::mem::take(&mut self.client.start), std::mem::take(&mut self.server.start));
        let (client, server) = (client.get(client_offset..), server.get(server_offset..));
        let has_start = self.client.opened_by.is_some()
            || self.server.opened_by.is_some()
            || client.is_some_and(|octets| octets.starts_with(PREFACE));
        let direction = |side, offset| {
            let direction = self.direction(side)?;
            anyhow::Ok(Box::new(match offset {
                0 if !has_start => direction.perhaps_in_the_middle(),
                0 => direction,
                offset => direction.after_upgrade(u64::try_from(offset).unwrap_or(u64::MAX)),
            }))
        };
        self.protocol = SpokenProtocol::Http2 {
            by_client: direction(Side::Client, client_offset)?,
            by_server: direction(Side::Server, server_offset)?,
        };
        self.protocol.feed(Side::Client, client.unwrap_or_default(), report)?;
        self.protocol.feed(Side::Server, server.unwrap_or_default(), report)
    }

    /// Decrypts the bytes kept so far, and all that follow.
    fn start_tls(&mut self, ended: bool, report: &mut Report) -> anyhow::Result<()> {
        // The hellos have told.
        self.roles_known = true;
        self.tls = Some(Box::new(Session::new(self.secrets.clone())));
        let client = std::mem::take(&mut self.client.start);
        let server = std::mem::take(&mut self.server.start);
        self.decrypt(Side::Client, &client, report)?;
        self.decrypt(Side::Server, &server, report)?;
        let has_octets = !self.client.start.is_empty() || !self.server.start.is_empty();
        if ended && has_octets { self.decide(true, report) } else { Ok(()) }
    }

    /// A reader for the bytes of one side.
    fn direction(&self, from: Side) -> anyhow::Result<Direction> {
        let flow = Flow { connection: self.number, from };
        let receiver = if from == Side::Client { Role::Server } else { Role::Client };
        // `--role` names one side; the other is only observed.
        let role =
            self.mode.role.map_or(receiver, |role| if role == receiver { role } else { Role::Observer });
        let mode = Mode { role: Some(role), ..self.mode };
        Direction::new(Some(flow), mode)
    }

    /// The end of the connection, or of the capture.
    pub(crate) fn finish(&mut self, report: &mut Report) -> anyhow::Result<ReadConnection> {
        let has_octets = !self.client.start.is_empty() || !self.server.start.is_empty();
        if matches!(self.protocol, SpokenProtocol::Undecided) && has_octets {
            self.decide(true, report)?;
        }
        if let Some(session) = &mut self.tls {
            session.end();
        }
        let (by_client, by_server) = match &mut self.protocol {
            SpokenProtocol::Undecided => {
                let name =
                    self.tls.as_ref().map_or("carried no data".into(), |tls| tls.did_instead(None).into());
                return Ok(ReadConnection { other_protocol: Some(name), has_holes: false });
            }
            SpokenProtocol::Other(name) => {
                return Ok(ReadConnection { other_protocol: Some(name.clone()), has_holes: false });
            }
            SpokenProtocol::Http2 { by_client, by_server } => (by_client, by_server),
        };
        by_client.finish(report)?;
        by_server.finish(report)?;
        let number = self.number;
        if by_server.is_silent() && (self.was_reset || self.server.reassembly.is_over()) {
            note(&format!(
                "connection {number}: the server closed it without sending a byte; check that its port does not expect TLS"
            ))?;
        }
        let mut has_holes = false;
        for side in [Side::Client, Side::Server] {
            if let Some(reason) = self.tls.as_ref().and_then(|session| session.failure(side)) {
                let side = side.name();
                note(&format!(
                    "connection {number}, from the {side}: TLS: {reason}; the rest of this direction is not read"
                ))?;
                has_holes = true;
            }
        }
        for (end, side) in [(&self.client, Side::Client), (&self.server, Side::Server)] {
            if let Some(octets) = end.reassembly.missing() {
                let side = side.name();
                note(&format!(
                    "connection {number}, from the {side}: the capture lacks {octets} bytes; the rest of this direction is not read"
                ))?;
                has_holes = true;
            }
        }
        Ok(ReadConnection { other_protocol: None, has_holes })
    }
}

/// Whether bytes start like the preface.
fn speaks_as_client(octets: &[u8]) -> bool {
    octets.starts_with(PREFACE)
        || (octets.len() > 2 && PREFACE.starts_with(octets))
        || is_client_hello(octets)
}

impl End {
    fn new(address: SocketAddr) -> Self {
        Self { address, opened_by: None, reassembly: Reassembly::default(), start: Vec::new() }
    }
}

impl SpokenProtocol {
    fn feed(&mut self, side: Side, octets: &[u8], report: &mut Report) -> anyhow::Result<()> {
        let Self::Http2 { by_client, by_server } = self else { return Ok(()) };
        let (sender, receiver) = match side {
            Side::Client => (by_client, by_server),
            Side::Server => (by_server, by_client),
        };
        sender.feed(octets, report)?;
        // A side's SETTINGS limit the bytes that the other side sends.
        for announced in sender.take_announced() {
            receiver.settings_sent(&announced)?;
        }
        Ok(())
    }
}
