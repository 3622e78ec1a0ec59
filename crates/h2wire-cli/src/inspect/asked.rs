//! Whether what the command line chose was there.

use h2wire::frame::{FrameHeader, StreamId};

use crate::event::{Event, Position};
use crate::render::Selection;

/// The connection and the stream that were asked for, and whether they were seen.
#[derive(Default)]
pub(crate) struct Asked {
    wanted: Selection,
    /// Whether there are connections: the bytes of one direction have no number.
    has_flow: bool,
    has_connection: bool,
    has_stream: bool,
}

impl Asked {
    pub(crate) fn new(connection: Option<u64>, stream: Option<StreamId>) -> Self {
        let wanted = Selection { connection, stream, ..Selection::default() };
        Self { wanted, ..Self::default() }
    }

    pub(super) fn note(&mut self, place: &Position, event: &Event<'_>) {
        self.has_flow |= place.flow.is_some();
        if self.has_stream || !self.wanted.takes_connection(place.flow.map(|flow| flow.connection)) {
            return;
        }
        self.has_connection = true;
        self.has_stream = match event {
            Event::Frame { header, frame, .. } => self.wanted.takes_frame(header, frame),
            Event::Part { header, .. } | Event::Lost { frame: Some(header), .. } => {
                self.wanted.takes_stream(header.stream_id)
            }
            Event::Error { octets, .. } | Event::Incomplete { octets, .. } => octets
                .first_chunk()
                .map(FrameHeader::parse)
                .is_some_and(|header| self.wanted.takes_stream(header.stream_id)),
            _ => false,
        };
    }

    /// What was not there.
    pub(crate) fn missing(&self) -> Option<String> {
        match (self.wanted.connection, self.wanted.stream) {
            (Some(number), _) if !self.has_connection => {
                Some(format!("no connection {number} that speaks HTTP/2"))
            }
            (connection, Some(stream_id)) if !self.has_stream => {
                let of = connection.map(|number| format!(" on connection {number}"));
                Some(format!("no frame of stream {stream_id}{}", of.unwrap_or_default()))
            }
            (Some(_), _) if !self.has_flow => {
                Some("the bytes of one direction have no number: --connection is for captures".to_owned())
            }
            _ => None,
        }
    }
}
