//! Which events are shown. All are read.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;

use h2wire::frame::{ErrorCode, Frame, FrameHeader, FrameType, PriorityUpdate, Scope, StreamId};

use crate::event::{Event, Flow, Position};
use crate::inspect::TlsFacts;
use crate::moment::Moment;
use crate::render::form::Render;
use crate::upgrade::UpgradedRequest;

/// What is wanted; what is `None` or empty does not matter.
#[derive(Clone, Default, Debug)]
pub(crate) struct Selection {
    pub(crate) connection: Option<u64>,
    pub(crate) stream: Option<StreamId>,
    pub(crate) types: Vec<FrameType>,
    /// Only what is wrong.
    pub(crate) errors: bool,
}

impl Selection {
    pub(crate) fn takes_all(&self) -> bool {
        self.connection.is_none() && self.stream.is_none() && self.types.is_empty() && !self.errors
    }

    /// Whether an exchange is shown.
    pub(super) fn takes_exchange(
        &self,
        connection: Option<u64>,
        stream_id: StreamId,
        is_wrong: bool,
    ) -> bool {
        self.takes_connection(connection) && self.takes_stream(stream_id) && (is_wrong || !self.errors)
    }

    /// Whether an error is shown; one of the connection concerns all streams.
    pub(super) fn takes_error(&self, place: &Position, stream_id: StreamId) -> bool {
        self.takes_connection(place.flow.map(|flow| flow.connection))
            && (stream_id.is_connection() || self.takes_stream(stream_id))
    }

    /// The bytes of one direction have no number.
    pub(crate) fn takes_connection(&self, connection: Option<u64>) -> bool {
        self.connection.is_none_or(|wanted| connection.is_none_or(|connection| connection == wanted))
    }

    pub(crate) fn takes_stream(&self, stream_id: StreamId) -> bool {
        self.stream.is_none_or(|wanted| wanted == stream_id)
    }

    fn takes_type(&self, frame_type: FrameType) -> bool {
        self.types.is_empty() || self.types.contains(&frame_type)
    }

    /// Whether a frame is of a wanted stream, or about it.
    pub(crate) fn takes_frame(&self, header: &FrameHeader, frame: &Frame<&[u8]>) -> bool {
        let other = match frame {
            Frame::PushPromise(promise) => Some(promise.promised_stream_id),
            Frame::Unknown(unknown) => match PriorityUpdate::from_unknown(unknown) {
                Some(Ok(update)) => Some(update.prioritized_stream_id),
                _ => None,
            },
            _ => None,
        };
        let is_wrong = match frame {
            Frame::RstStream(frame) => frame.error_code != ErrorCode::NO_ERROR,
            Frame::GoAway(frame) => frame.error_code != ErrorCode::NO_ERROR,
            _ => false,
        };
        self.takes_type(header.frame_type)
            && (self.takes_stream(header.stream_id) || other.is_some_and(|id| self.takes_stream(id)))
            && (is_wrong || !self.errors)
    }
}

/// Hands on what is wanted.
pub(crate) struct Filter {
    selection: Selection,
    render: Box<dyn Render>,
    /// The ends of connections of which nothing was shown.
    unseen: HashMap<u64, (SocketAddr, SocketAddr, Option<TlsFacts>)>,
    /// The type of the frame before, for errors of its section.
    frame_type: Option<FrameType>,
}

impl Filter {
    pub(crate) fn new(selection: Selection, render: Box<dyn Render>) -> Self {
        Self { selection, render, unseen: HashMap::new(), frame_type: None }
    }

    fn takes(&mut self, place: &Position, event: &Event<'_>) -> bool {
        let selection = &self.selection;
        if !selection.takes_connection(place.flow.map(|flow| flow.connection)) {
            return false;
        }
        match event {
            Event::Preface => selection.stream.is_none() && selection.types.is_empty() && !selection.errors,
            Event::Frame { header, frame, .. } => {
                // The section of a CONTINUATION is that of the frame before.
                if header.frame_type != FrameType::CONTINUATION {
                    self.frame_type = Some(header.frame_type);
                }
                selection.takes_frame(header, frame)
            }
            Event::FieldBlock { stream_id, .. } => {
                selection.takes_stream(*stream_id)
                    && self.frame_type.is_none_or(|known| selection.takes_type(known))
                    && !selection.errors
            }
            Event::FieldSection(section) => {
                let promised = section.head.promised_stream_id;
                let frame_type =
                    if promised.is_some() { FrameType::PUSH_PROMISE } else { FrameType::HEADERS };
                let is_wanted = |id| selection.takes_stream(id);
                selection.takes_type(frame_type)
                    && (is_wanted(section.head.stream_id) || promised.is_some_and(is_wanted))
                    && !selection.errors
            }
            Event::Error { error, octets, .. } => {
                let header = octets.first_chunk().map(FrameHeader::parse);
                let frame_type = header.map(|header| header.frame_type).or(self.frame_type);
                match error.scope {
                    // It ends the direction, whatever is shown of it.
                    Scope::Connection => true,
                    Scope::Stream(id) => {
                        selection.takes_stream(id)
                            && frame_type.is_none_or(|known| selection.takes_type(known))
                    }
                }
            }
            Event::Finding { stream_id, .. } => {
                selection.takes_error(place, *stream_id)
                    && self.frame_type.is_none_or(|known| selection.takes_type(known))
            }
            Event::Lost { frame: Some(header), .. } => {
                selection.takes_stream(header.stream_id) && selection.takes_type(header.frame_type)
            }
            Event::Part { header, .. } => {
                selection.takes_stream(header.stream_id)
                    && selection.takes_type(header.frame_type)
                    && !selection.errors
            }
            Event::Lost { frame: None, .. } | Event::Skipped { .. } => true,
            Event::LeftOpen(streams) => {
                selection.types.is_empty()
                    && streams.iter().any(|stream| selection.takes_stream(stream.stream_id))
            }
            Event::Incomplete { octets, .. } => {
                let header = octets.first_chunk().map(FrameHeader::parse);
                header.is_none_or(|header| {
                    selection.takes_stream(header.stream_id) && selection.takes_type(header.frame_type)
                })
            }
        }
    }
}

impl Render for Filter {
    fn event(&mut self, place: &Position, event: &Event<'_>) -> io::Result<()> {
        if !self.takes(place, event) {
            return Ok(());
        }
        if let Some(flow) = place.flow
            && let Some((client, server, facts)) = self.unseen.remove(&flow.connection)
        {
            self.render.connection(flow.connection, client, server)?;
            facts.map_or(Ok(()), |facts| self.render.tls(flow.connection, &facts))?;
        }
        self.render.event(place, event)
    }

    fn input(&mut self, name: &str, is_one_of_many: bool) -> io::Result<()> {
        self.unseen.clear();
        self.render.input(name, is_one_of_many)
    }

    fn connection(&mut self, number: u64, client: SocketAddr, server: SocketAddr) -> io::Result<()> {
        self.unseen.insert(number, (client, server, None));
        Ok(())
    }

    fn tls(&mut self, number: u64, facts: &TlsFacts) -> io::Result<()> {
        match self.unseen.get_mut(&number) {
            Some((_, _, known)) => *known = Some(facts.clone()),
            None => self.render.tls(number, facts)?,
        }
        Ok(())
    }

    fn moment(&mut self, moment: Option<Moment>) {
        self.render.moment(moment);
    }

    fn upgraded(&mut self, number: u64, request: &UpgradedRequest) {
        self.render.upgraded(number, request);
    }

    fn sealed(&mut self, flow: Flow) {
        self.render.sealed(flow);
    }

    fn connection_ended(&mut self, number: u64) -> io::Result<()> {
        self.unseen.remove(&number);
        self.render.connection_ended(number)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.render.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.render.finish()
    }
}
