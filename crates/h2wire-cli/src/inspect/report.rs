//! Where events go.

use std::net::SocketAddr;

use h2wire_connection::watcher::Finding;

use super::asked::Asked;
use crate::event::{Event, Flow, Position, Side};
use crate::inspect::tls::Facts;
use crate::inspect::watch::{Start, Watches};
use crate::moment::Moment;
use crate::render::Render;
use crate::status::Status;

/// Where events go: printed, and kept in the exit status.
pub(crate) struct Report {
    pub(crate) render: Box<dyn Render>,
    pub(crate) status: Status,
    /// What the command line chose.
    pub(crate) asked: Asked,
    watches: Watches,
}

impl Report {
    pub(crate) fn new(render: Box<dyn Render>) -> Self {
        Self { render, status: Status::Clean, asked: Asked::default(), watches: Watches::default() }
    }

    pub(super) fn event(&mut self, place: &Position, event: &Event<'_>) -> anyhow::Result<()> {
        if matches!(event, Event::Preface | Event::Frame { .. } | Event::Incomplete { .. }) {
            self.findings()?;
        }
        self.show(place, event)?;
        self.watches.note(place, event);
        Ok(())
    }

    fn show(&mut self, place: &Position, event: &Event<'_>) -> anyhow::Result<()> {
        self.asked.note(place, event);
        self.worsen(match event {
            Event::Preface
            | Event::Frame { .. }
            | Event::Part { .. }
            | Event::FieldBlock { .. }
            | Event::FieldSection(_)
            | Event::LeftOpen(_) => Status::Clean,
            Event::Error { .. } | Event::Finding { .. } => Status::Broken,
            Event::Lost { .. } | Event::Skipped { .. } | Event::Incomplete { .. } => Status::Incomplete,
        });
        Ok(self.render.event(place, event)?)
    }

    /// Reports what the last frame broke beyond its own errors, which come after it.
    fn findings(&mut self) -> anyhow::Result<()> {
        for (place, Finding { cause, scope, stream_id, .. }) in self.watches.found() {
            self.show(&place, &Event::Finding { cause, scope, stream_id })?;
        }
        Ok(())
    }

    /// What follows was complete with this packet.
    pub(super) fn moment(&mut self, moment: Option<Moment>) -> anyhow::Result<()> {
        self.findings()?;
        self.render.moment(moment);
        Ok(())
    }

    /// Both directions of a connection are judged together from here on.
    pub(super) fn watch(&mut self, number: u64, start: &Start) -> anyhow::Result<()> {
        if let Some(request) = &start.upgraded {
            self.render.upgraded(number, request);
        }
        self.watches.start(number, start)
    }

    /// The order of what the two sides of a connection sent is not known any more.
    pub(super) fn order_lost(&mut self, number: u64) {
        self.watches.order_lost(number);
    }

    /// What one side sends now is not in the capture, or cannot be read. How much of it that is will be known later.
    pub(super) fn hole(&mut self, flow: Flow) {
        self.watches.hole(flow);
    }

    /// What one side of a connection sends is not read any more.
    pub(super) fn unwatch(&mut self, number: u64) {
        self.watches.stop(number);
    }

    /// What one side sent is not decrypted to its end.
    pub(super) fn sealed(&mut self, flow: Flow) {
        self.render.sealed(flow);
    }

    /// A connection is over. The streams that are open are known unless the capture `has_holes`.
    pub(super) fn connection_ended(&mut self, number: u64, has_holes: bool) -> anyhow::Result<()> {
        self.findings()?;
        let open = self.watches.end(number);
        if !open.is_empty() && !has_holes {
            let flow = Flow { connection: number, from: Side::Client };
            self.show(&Position { flow: Some(flow), offset: 0 }, &Event::LeftOpen(&open))?;
        }
        Ok(self.render.connection_ended(number)?)
    }

    /// A connection that speaks HTTP/2, before its first event.
    pub(super) fn connection(
        &mut self,
        number: u64,
        client: SocketAddr,
        server: SocketAddr,
    ) -> anyhow::Result<()> {
        Ok(self.render.connection(number, client, server)?)
    }

    /// What is known of the TLS that a connection was decrypted from, after `connection`.
    pub(super) fn tls(&mut self, number: u64, facts: &Facts) -> anyhow::Result<()> {
        Ok(self.render.tls(number, facts)?)
    }

    /// Flushes the output.
    pub(crate) fn flush(&mut self) -> anyhow::Result<()> {
        self.findings()?;
        Ok(self.render.flush()?)
    }

    pub(crate) fn worsen(&mut self, status: Status) {
        self.status = self.status.max(status);
    }
}
