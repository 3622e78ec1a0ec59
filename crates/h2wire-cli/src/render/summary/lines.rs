//! Lines of their own for what is wrong beyond a request.

use std::io;

use h2wire::frame::{Scope, StreamId};
use h2wire_connection::Cause;
use serde_json::json;

use super::Summary;
use crate::event::{Event, Position};
use crate::render::{diagnosis, finding};

impl Summary {
    /// A broken rule: a mark on its exchange, else a line of its own.
    pub(super) fn broken(&mut self, place: &Position, event: &Event<'_>) -> io::Result<()> {
        let (cause, scope, stream_id) = match event {
            Event::Error { error, .. } => match error.scope {
                Scope::Stream(id) => (Cause::Codec(error.rule), error.scope, id),
                Scope::Connection => (Cause::Codec(error.rule), error.scope, StreamId::CONNECTION),
            },
            Event::Finding { cause, scope, stream_id } => (*cause, *scope, *stream_id),
            _ => return Ok(()),
        };
        let key = place.flow.map(|flow| flow.connection);
        let is_stream = matches!(scope, Scope::Stream(_));
        if let Some(exchange) = self.find(key, stream_id) {
            exchange.mark(cause.name());
            if is_stream {
                return Ok(());
            }
        }
        if !self.remarks || !self.selection.takes_error(place, stream_id) {
            return Ok(());
        }
        if self.json {
            let section = crate::render::json::section_text(cause.section());
            let object = finding::object(place.offset, cause, scope, stream_id, &section);
            return self.object("error", object, place.flow);
        }
        let what = format!("{} ({})", cause.sentence(), cause.name());
        self.remark(place, "error", &what)
    }

    pub(super) fn incomplete(&mut self, place: &Position, have: usize, need: u64) -> io::Result<()> {
        if !self.remarks || !self.selection.takes_error(place, StreamId::CONNECTION) {
            return Ok(());
        }
        if self.json {
            let object = json!({"offset": place.offset, "have": have, "need": need});
            return self.object("incomplete", object, place.flow);
        }
        self.remark(place, "incomplete", &format!("{} of a frame", diagnosis::incomplete(have, need)))
    }

    /// Bytes that were not read.
    pub(super) fn gap(&mut self, place: &Position, name: &str, octets: u64, what: &str) -> io::Result<()> {
        if !self.remarks || !self.selection.takes_error(place, StreamId::CONNECTION) {
            return Ok(());
        }
        if self.json {
            return self.object(name, json!({"offset": place.offset, "bytes": octets}), place.flow);
        }
        self.remark(place, name, what)
    }
}
