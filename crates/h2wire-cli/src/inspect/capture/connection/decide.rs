//! What a connection speaks, by what it starts with.

use std::net::SocketAddr;

use h2wire::Role;
use h2wire::frame::PREFACE;

use super::Connection;
use super::spoken::{Last, SpokenProtocol};
use crate::event::{Event, Flow, Position, Side};
use crate::inspect::capture::end::End;
use crate::inspect::capture::prologue::Prologue;
use crate::inspect::capture::recognise::{Verdict, is_preface_settings, preface_in, recognise, sent_by};
use crate::inspect::direction::{Direction, MOST_SEARCHED, Mode, has_frames};
use crate::inspect::report::Report;
use crate::inspect::watch::Start;
use crate::io::note;
use crate::status::Status;

/// What follows from the bytes so far.
enum Decision {
    Wait,
    /// Frames are read.
    Http2,
    /// TLS is decrypted.
    Tls,
    /// Nothing is read; what the connection did instead, in words.
    Other(&'static str),
}

impl Connection {
    /// Decides which protocol the connection speaks, if possible, and reads the bytes kept so far.
    pub(super) fn decide(&mut self, last: Last, report: &mut Report) -> anyhow::Result<()> {
        self.prologue.pass(&mut self.client.start, &mut self.server.start, last == Last::End);
        let is_late = self.is_late();
        match self.decision(is_late, last) {
            Decision::Wait => Ok(()),
            Decision::Http2 => self.start_http2(is_late, report),
            Decision::Tls => self.start_tls(last, report),
            Decision::Other(name) => {
                self.speaks_other(name);
                Ok(())
            }
        }
    }

    /// What the connection speaks. If that is HTTP/2, then also which side is the client, and what comes before the preface is skipped.
    fn decision(&mut self, is_late: bool, last: Last) -> Decision {
        let ended = last != Last::More;
        let verdict = recognise(&self.prologue, &self.client.start, &self.server.start, ended);
        if verdict == Verdict::Http2 {
            if is_late {
                // SETTINGS that start what one side sent may be a client's after its preface.
                self.find_client_by_frames();
            }
            if let Some(at) = preface_in(&self.client.start.octets) {
                self.client.start.skip(at);
            }
            return Decision::Http2;
        }
        if verdict == Verdict::Undecided && self.prologue.waits_for_client(&self.client.start) {
            return Decision::Wait;
        }
        // Nothing but frames marks the middle of a connection.
        let may_be_middle = is_late || self.has_unread();
        if may_be_middle && self.find_client_by_frames() {
            return Decision::Http2;
        }
        match verdict {
            Verdict::Http2 => Decision::Http2,
            Verdict::Undecided => Decision::Wait,
            Verdict::Tls if self.tls.is_none() => Decision::Tls,
            Verdict::Tls => Decision::Other("spoke TLS"),
            Verdict::Unknown(_) if self.mode.stateless => Decision::Http2,
            Verdict::Unknown(_) if may_be_middle && !ended && self.is_worth_waiting() => Decision::Wait,
            // What it is may be found out after the hole.
            Verdict::Unknown(_) | Verdict::Other(_) if last == Last::BeforeHole => Decision::Wait,
            Verdict::Unknown(_) | Verdict::Other(_) if self.skip_to_preface() => Decision::Http2,
            Verdict::Unknown(name) | Verdict::Other(name) => Decision::Other(name),
        }
    }

    fn speaks_other(&mut self, name: &'static str) {
        self.protocol = match &self.tls {
            None => SpokenProtocol::Other { name: name.into(), is_clear: true },
            Some(session) => {
                SpokenProtocol::Other { name: session.did_instead(Some(name)).into(), is_clear: true }
            }
        };
        for end in [&mut self.client, &mut self.server] {
            end.start.skip_all();
            end.start.octets = Vec::new();
        }
    }

    /// Skips what was not understood, if a preface follows it.
    fn skip_to_preface(&mut self) -> bool {
        let Some(at) = preface_in(&self.client.start.octets) else { return false };
        self.client.start.skip(at);
        self.server.start.is_lost |= !is_preface_settings(&self.server.start.octets);
        self.prologue = Prologue::after_unread();
        self.prologue.pass(&mut self.client.start, &mut self.server.start, false);
        true
    }

    /// Whether HTTP/2 starts after another protocol: in a segment with a preface.
    pub(super) fn turns_to_http2(&mut self, from: SocketAddr, octets: &[u8]) -> bool {
        let end = self.end(from);
        if let Some(at) = preface_in(octets) {
            end.start.skip_all();
            end.start.octets.extend_from_slice(octets);
            end.start.skip(at);
            if from == self.server.address {
                std::mem::swap(&mut self.client, &mut self.server);
            }
            self.server.start.is_lost |= self.server.start.octets.is_empty();
            self.prologue = Prologue::after_unread();
            self.protocol = SpokenProtocol::Undecided;
            return true;
        }
        // A server may be the first.
        let is_start = is_preface_settings(octets) || octets.starts_with(b"HTTP/1.1 101 ");
        if is_start || !end.start.octets.is_empty() && end.start.octets.len() < MOST_SEARCHED {
            end.start.octets.extend_from_slice(octets);
        } else {
            end.start.skip_all();
            end.start.skip_unkept(u64::try_from(octets.len()).unwrap_or(u64::MAX));
        }
        false
    }

    /// Starts to read frames.
    fn start_http2(&mut self, is_late: bool, report: &mut Report) -> anyhow::Result<()> {
        let has_lost = self.has_unread();
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
        self.report_unread(report)?;
        let is_cut = |end: &End| {
            if self.prologue.is_upgraded { end.start.is_lost } else { end.is_cut(has_lost) }
        };
        let direction = |side, end: &End| {
            let mut direction = self.direction(side)?;
            if self.prologue.is_upgraded || self.prologue.is_loose {
                direction = direction.after_upgrade();
            }
            let is_whole = self.prologue.is_upgraded && !end.start.is_lost;
            if !self.mode.stateless && !is_whole && (is_late || is_cut(end)) {
                direction = direction.in_the_middle();
            }
            anyhow::Ok(Box::new(direction.starting_at(end.before.saturating_add(end.start.offset))))
        };
        let has_start = !is_late && !has_lost && !is_cut(&self.client) && !is_cut(&self.server);
        self.start_watch(has_start, report)?;
        self.protocol = SpokenProtocol::Http2 {
            by_client: direction(Side::Client, &self.client)?,
            by_server: direction(Side::Server, &self.server)?,
        };
        for (side, end) in [(Side::Client, &mut self.client), (Side::Server, &mut self.server)] {
            self.protocol.feed(side, &std::mem::take(&mut end.start.octets), report)?;
        }
        Ok(())
    }

    /// Judges both directions together from here on, if the capture `has_start` of both.
    fn start_watch(&self, has_start: bool, report: &mut Report) -> anyhow::Result<()> {
        let is_keyless = self.tls.as_ref().is_some_and(|session| session.waits_for_secret());
        let is_read = !self.tls.as_ref().is_some_and(|session| session.has_failed());
        if self.mode.stateless || !is_read {
            return Ok(());
        }
        let upgraded = self.prologue.upgraded();
        let is_known = upgraded.as_ref().is_none_or(|request| request.method.is_some());
        if !is_known {
            report.worsen(Status::Incomplete);
        }
        let start = Start {
            is_seen: has_start && !self.has_holes && is_known,
            upgraded,
            both_ways: self.client.is_seen() && self.server.is_seen() && !self.has_lost_order && !is_keyless,
            role: self.mode.role,
        };
        report.watch(self.number, &start)
    }

    /// Shows what came before HTTP/2 and was not read.
    fn report_unread(&self, report: &mut Report) -> anyhow::Result<()> {
        for (from, end) in [(Side::Client, &self.client), (Side::Server, &self.server)] {
            let flow = Some(Flow { connection: self.number, from });
            for part in &end.start.unread {
                let event = if part.is_lost {
                    Event::Lost { octets: part.octets, frame: None, in_step: true, is_first: true }
                } else {
                    Event::Skipped { octets: part.octets }
                };
                let offset = end.before.saturating_add(part.offset);
                report.event(&Position { flow, offset }, &event)?;
            }
        }
        Ok(())
    }

    fn has_unread(&self) -> bool {
        !self.client.start.unread.is_empty() || !self.server.start.unread.is_empty()
    }

    /// Whether the capture may lack the start.
    fn is_late(&self) -> bool {
        let has_start =
            self.client.has_syn || self.server.has_syn || self.client.start.octets.starts_with(PREFACE);
        !has_start
    }

    /// Finds out which side is the client by the frames that it sends, or by the ports. `false` if neither side sends frames.
    fn find_client_by_frames(&mut self) -> bool {
        let frames = [&self.client, &self.server].map(|end| has_frames(&end.start.octets));
        if frames == [None, None] {
            return false;
        }
        if !self.roles_known {
            let [client, server] = [(&self.client, frames[0]), (&self.server, frames[1])]
                .map(|(end, at)| at.and_then(|at| sent_by(end.start.octets.get(at..).unwrap_or_default())));
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
        self.client.start.octets.len().max(self.server.start.octets.len()) < MOST_SEARCHED
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
}
