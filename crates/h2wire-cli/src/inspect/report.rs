//! Where events go.

use std::net::SocketAddr;

use crate::event::{Event, Position};
use crate::inspect::tls::Facts;
use crate::render::Render;
use crate::status::Status;

/// Where events go: printed, and kept in the exit status.
pub(crate) struct Report {
    pub(crate) render: Box<dyn Render>,
    pub(crate) status: Status,
}

impl Report {
    pub(crate) fn new(render: Box<dyn Render>) -> Self {
        Self { render, status: Status::Clean }
    }

    pub(super) fn event(&mut self, place: &Position, event: &Event<'_>) -> anyhow::Result<()> {
        self.worsen(match event {
            Event::Preface | Event::Frame { .. } | Event::FieldSection(_) => Status::Clean,
            Event::Error { .. } => Status::Broken,
            Event::Lost { .. } | Event::Skipped { .. } | Event::Incomplete { .. } => Status::Incomplete,
        });
        Ok(self.render.event(place, event)?)
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
        Ok(self.render.flush()?)
    }

    pub(in crate::inspect) fn worsen(&mut self, status: Status) {
        self.status = self.status.max(status);
    }
}
