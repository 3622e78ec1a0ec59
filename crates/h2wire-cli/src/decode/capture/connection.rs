//! One TCP connection of a capture.

use std::net::SocketAddr;

use h2wire::Role;
use h2wire::frame::PREFACE;

use crate::decode::capture::packets::Segment;
use crate::decode::capture::reassembly::Reassembly;
use crate::decode::capture::recognise::{Verdict, recognise};
use crate::decode::direction::{Direction, Mode};
use crate::decode::{Report, note};
use crate::event::{Flow, Side};

/// How the connections of a capture are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub(crate) mode: Mode,
    /// Whether a frame may be as long as its receiver announced.
    pub(crate) follow_settings: bool,
}

pub(crate) struct Connection {
    number: u64,
    reading: Reading,
    /// The sequence number of the SYN that opened it.
    opened_by: Option<u32>,
    /// Whether a SYN told who is the client.
    roles_known: bool,
    client: End,
    server: End,
    protocol: Protocol,
}

/// One side and what it sends.
struct End {
    address: SocketAddr,
    reassembly: Reassembly,
    /// The first octets, until it is known what they are.
    start: Vec<u8>,
}

enum Protocol {
    Undecided,
    Http2 { by_client: Box<Direction>, by_server: Box<Direction> },
    Other(&'static str),
}

impl Connection {
    /// A connection whose first segment this is; the segment itself is not taken yet.
    pub(crate) fn new(number: u64, first: &Segment<'_>, reading: Reading) -> Self {
        let from_server = first.syn && first.ack;
        let (client, server) = if from_server { (first.to, first.from) } else { (first.from, first.to) };
        Self {
            number,
            reading,
            opened_by: (first.syn && !first.ack).then_some(first.sequence_number),
            roles_known: first.syn,
            client: End::new(client),
            server: End::new(server),
            protocol: Protocol::Undecided,
        }
    }

    /// Whether a segment between the same ends opens another connection: a SYN that is not a repeated one.
    pub(crate) fn is_another(&self, segment: &Segment<'_>) -> bool {
        segment.syn && !segment.ack && self.opened_by != Some(segment.sequence_number)
    }

    pub(crate) const fn speaks_http2(&self) -> bool {
        matches!(self.protocol, Protocol::Http2 { .. })
    }

    pub(crate) fn take(&mut self, segment: &Segment<'_>, report: &mut Report) -> anyhow::Result<()> {
        let end = if segment.from == self.client.address { &mut self.client } else { &mut self.server };
        // Taken out for the while, as what it gives out concerns both sides.
        let mut reassembly = std::mem::take(&mut end.reassembly);
        let taken = reassembly.take(segment.sequence_number, segment.syn, segment.payload, |octets| {
            self.octets(segment.from, octets, report)
        });
        let end = if segment.from == self.client.address { &mut self.client } else { &mut self.server };
        end.reassembly = reassembly;
        taken
    }

    /// The next octets that one side sends.
    fn octets(&mut self, from: SocketAddr, octets: &[u8], report: &mut Report) -> anyhow::Result<()> {
        let side = if from == self.client.address { Side::Client } else { Side::Server };
        if !matches!(self.protocol, Protocol::Undecided) {
            return self.protocol.feed(side, octets, self.reading.follow_settings, report);
        }
        let end = if side == Side::Client { &mut self.client } else { &mut self.server };
        end.start.extend_from_slice(octets);
        if !self.roles_known && self.server.start.starts_with(PREFACE) {
            std::mem::swap(&mut self.client, &mut self.server);
            self.roles_known = true;
        }
        self.decide(false, report)
    }

    /// Decides what the connection speaks, if that can be said by now, and reads what is there of it.
    fn decide(&mut self, ended: bool, report: &mut Report) -> anyhow::Result<()> {
        let Self { number, client, server, .. } = self;
        let (client_offset, server_offset) = match recognise(&client.start, &server.start, ended) {
            Verdict::Undecided => return Ok(()),
            Verdict::Other(name) => {
                self.protocol = Protocol::Other(name);
                return Ok(());
            }
            Verdict::Http2 { client_offset, server_offset } => (client_offset, server_offset),
        };
        if client_offset > 0 {
            note(&format!(
                "connection {number} was upgraded to HTTP/2 after {client_offset} octets of HTTP/1.1"
            ))?;
        }
        let (client, server) = (std::mem::take(&mut client.start), std::mem::take(&mut server.start));
        let (client, server) = (behind(&client, client_offset), behind(&server, server_offset));
        // Without state there is no preface.
        let preface =
            if self.reading.mode.stateless && client.starts_with(PREFACE) { PREFACE.len() } else { 0 };
        self.protocol = Protocol::Http2 {
            by_client: Box::new(self.direction(Side::Client, client_offset.saturating_add(preface))),
            by_server: Box::new(self.direction(Side::Server, server_offset)),
        };
        let follow_settings = self.reading.follow_settings;
        self.protocol.feed(Side::Client, behind(client, preface), follow_settings, report)?;
        self.protocol.feed(Side::Server, server, follow_settings, report)
    }

    /// A reader of what one side sends, from an offset on.
    fn direction(&self, from: Side, offset: usize) -> Direction {
        let flow = Flow { connection: self.number, from };
        // `--role` is about one side; the other one is observed.
        let receiver = if from == Side::Client { Role::Server } else { Role::Client };
        let role = self.reading.mode.role.map(|role| if role == receiver { role } else { Role::Observer });
        let mode = Mode { role, ..self.reading.mode };
        Direction::new(Some(flow), mode).starting_at(u64::try_from(offset).unwrap_or(u64::MAX))
    }

    /// The end of the capture. Returns whether octets are missing in it.
    pub(crate) fn finish(&mut self, report: &mut Report) -> anyhow::Result<bool> {
        let has_octets = !self.client.start.is_empty() || !self.server.start.is_empty();
        if matches!(self.protocol, Protocol::Undecided) && has_octets {
            self.decide(true, report)?;
        }
        let number = self.number;
        match &mut self.protocol {
            Protocol::Undecided => {} // no octets at all
            Protocol::Http2 { by_client, by_server } => {
                by_client.finish(report)?;
                by_server.finish(report)?;
            }
            Protocol::Other(name) => {
                let (client, server) = (self.client.address, self.server.address);
                note(&format!("connection {number}, {client} to {server}, is not read: {name}"))?;
                return Ok(false);
            }
        }
        let mut has_holes = false;
        for (end, side) in [(&self.client, Side::Client), (&self.server, Side::Server)] {
            let missing = end.reassembly.missing();
            if missing > 0 {
                let place = format!("connection {number}, from the {}", side.name());
                note(&format!("{place}: the capture lacks {missing} octets; what comes after is not read"))?;
                has_holes = true;
            }
        }
        Ok(has_holes)
    }
}

impl End {
    fn new(address: SocketAddr) -> Self {
        Self { address, reassembly: Reassembly::default(), start: Vec::new() }
    }
}

impl Protocol {
    fn feed(&mut self, side: Side, octets: &[u8], follow: bool, report: &mut Report) -> anyhow::Result<()> {
        let Self::Http2 { by_client, by_server } = self else { return Ok(()) };
        let (sender, receiver) = match side {
            Side::Client => (by_client, by_server),
            Side::Server => (by_server, by_client),
        };
        sender.feed(octets, report)?;
        // What a side announces is what it takes from the other one.
        if let Some(octets) = sender.announced_max_frame_size().filter(|_| follow) {
            receiver.allow_frame_size(octets);
        }
        Ok(())
    }
}

fn behind(octets: &[u8], offset: usize) -> &[u8] {
    octets.get(offset..).unwrap_or_default()
}
