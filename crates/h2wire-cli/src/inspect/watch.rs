//! The connections of a capture of which both directions are read: what breaks the rules of streams, windows, settings and
//! messages.

use std::collections::HashMap;

use h2wire::frame::{PREFACE, Scope};
use h2wire::{Limits, Role, Rule};
use h2wire_connection::Cause;
use h2wire_connection::watcher::{Finding, OpenStream, Watcher};

use crate::bounds::{MOST_SECTION, MOST_TABLE};
use crate::event::{Event, Flow, Position, Side};
use crate::order::by_number;
use crate::upgrade::UpgradedRequest;

/// How a connection starts, as far as it was captured.
pub(super) struct Start {
    /// The request that was sent before HTTP/2.
    pub(super) upgraded: Option<UpgradedRequest>,
    /// Whether its first bytes are there.
    pub(super) is_seen: bool,
    /// Whether both sides were captured.
    pub(super) both_ways: bool,
    /// The one side that is judged.
    pub(super) role: Option<Role>,
}

/// The watchers of all connections that are open.
#[derive(Default)]
pub(super) struct Watches {
    open: HashMap<u64, Watch>,
    /// What the last frame broke, until its own errors are known.
    found: Vec<(Position, Finding)>,
}

/// One connection.
struct Watch {
    watcher: Watcher,
    /// The side that is not judged.
    passed_over: Option<Role>,
    /// Where the next frames start, after the first.
    client: Option<u64>,
    server: Option<u64>,
    /// Whether all frames of both sides were seen.
    is_whole: bool,
    /// Whether bytes are missing after the start, and whether it is known what was sent first of what the two sides sent. With
    /// neither it is not known any more what answers what.
    has_holes: bool,
    has_order: bool,
}

impl Watches {
    /// Watches a connection from its first frame on.
    pub(super) fn start(&mut self, number: u64, start: &Start) -> anyhow::Result<()> {
        // What one side receives is what the other sends.
        let passed_over = start.role;
        if passed_over == Some(Role::Observer) {
            return Ok(());
        }
        let limits = Limits::observing(MOST_SECTION, MOST_TABLE);
        let mut watcher = if start.is_seen { Watcher::new(&limits)? } else { Watcher::joined(&limits)? };
        // Of one that is lost it is not known whether content follows: a watcher that joins does not judge it.
        if let Some(method) = start.upgraded.as_ref().and_then(|request| request.method.as_ref()) {
            watcher = watcher.with_upgrade(method == "HEAD");
        }
        if !start.both_ways {
            watcher = watcher.with_any_order();
        }
        let is_whole = start.is_seen && start.both_ways;
        self.open.insert(
            number,
            Watch {
                watcher,
                passed_over,
                client: None,
                server: None,
                is_whole,
                has_holes: false,
                has_order: start.both_ways,
            },
        );
        Ok(())
    }

    /// What one side sent next may have been seen before what comes next of the other.
    pub(super) fn order_lost(&mut self, number: u64) {
        if let Some(watch) = self.open.remove(&number) {
            let watcher = watch.watcher.with_any_order();
            self.open.insert(number, Watch { watcher, has_order: false, ..watch });
            self.stop_if_unsure(number);
        }
    }

    /// Bytes of one side are missing from here on.
    pub(super) fn hole(&mut self, flow: Flow) {
        if let Some(watch) = self.open.get_mut(&flow.connection) {
            watch.lose(flow.from, 0);
            self.stop_if_unsure(flow.connection);
        }
    }

    /// Stops if neither all bytes nor their order are known: what answers what is not known then.
    fn stop_if_unsure(&mut self, number: u64) {
        if self.open.get(&number).is_some_and(|watch| watch.has_holes && !watch.has_order) {
            self.stop(number);
        }
    }

    /// A connection is not judged any more.
    pub(super) fn stop(&mut self, number: u64) {
        self.open.remove(&number);
    }

    /// An event that was reported.
    pub(super) fn note(&mut self, place: &Position, event: &Event<'_>) {
        let Some(flow) = place.flow else { return };
        let Some(watch) = self.open.get_mut(&flow.connection) else { return };
        match event {
            Event::Preface => watch.feed(flow, place.offset, PREFACE, &mut self.found),
            Event::Frame { octets, .. } => watch.feed(flow, place.offset, octets, &mut self.found),
            Event::Error { error, octets, .. } => {
                let rule = error.rule;
                let is_new = |(_, finding): &(Position, Finding)| finding.cause != Cause::Codec(rule);
                match error.scope {
                    // Its frame has not been reported otherwise.
                    Scope::Stream(_) if !octets.is_empty() => {
                        watch.feed(flow, place.offset, octets, &mut self.found);
                    }
                    // The rest of the direction is not read.
                    Scope::Connection => watch.lose(flow.from, 0),
                    Scope::Stream(_) => {}
                }
                self.found.retain(is_new);
            }
            // The other side may refer to it before this one goes on.
            Event::Lost { octets, .. } | Event::Skipped { octets } => {
                let end = place.offset.saturating_add(*octets);
                let before = watch.next(flow.from).replace(end);
                watch.lose(flow.from, before.map_or(*octets, |next| end.saturating_sub(next)));
                self.stop_if_unsure(flow.connection);
            }
            _ => {}
        }
    }

    /// What the last frame broke.
    pub(super) fn found(&mut self) -> Vec<(Position, Finding)> {
        std::mem::take(&mut self.found)
    }

    /// A connection is over. Returns the streams that are open then, if they are known.
    pub(super) fn end(&mut self, number: u64) -> Vec<OpenStream> {
        let Some(watch) = self.open.remove(&number).filter(|watch| watch.is_whole) else { return Vec::new() };
        by_number(watch.watcher.open_streams().map(|stream| (u64::from(u32::from(stream.stream_id)), stream)))
    }
}

impl Watch {
    fn feed(&mut self, flow: Flow, offset: u64, octets: &[u8], found: &mut Vec<(Position, Finding)>) {
        let sender = role(flow.from);
        let end = offset.saturating_add(u64::try_from(octets.len()).unwrap_or(u64::MAX));
        let before = self.next(flow.from).replace(end);
        let lost = before.map_or(0, |next| offset.saturating_sub(next));
        if lost > 0 || self.watcher.has_failed(sender) {
            self.lose(flow.from, lost);
        }
        let base = offset.saturating_sub(self.watcher.offset(sender));
        let mut rest = octets;
        while let Some(finding) = match flow.from {
            Side::Client => self.watcher.client_sent(&mut rest),
            Side::Server => self.watcher.server_sent(&mut rest),
        } {
            let is_judged = self.passed_over != Some(sender) && is_news(&finding);
            if is_judged {
                let offset = base.saturating_add(finding.offset);
                found.push((Position { flow: Some(flow), offset }, finding));
            }
        }
        self.is_whole &= !self.watcher.has_failed(sender);
    }

    /// Some bytes of a side were not read.
    fn lose(&mut self, side: Side, lost: u64) {
        self.watcher.rejoin(role(side), lost);
        (self.is_whole, self.has_holes) = (false, true);
    }

    const fn next(&mut self, side: Side) -> &mut Option<u64> {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }
}

const fn role(side: Side) -> Role {
    match side {
        Side::Client => Role::Client,
        Side::Server => Role::Server,
    }
}

/// Whether the readers of each direction do not see it: they know frames, HPACK and limits.
const fn is_news(finding: &Finding) -> bool {
    matches!(finding.cause, Cause::Connection(_) | Cause::Codec(Rule::Malformed(_)))
}
