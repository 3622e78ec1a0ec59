//! Received frames: the effect of each on streams and windows.

use bytes::Bytes;
use h2wire::frame::{
    Data, ErrorCode, Frame, FrameHeader, GoAway, Ping, RstStream, SettingId, SettingList, Settings, StreamId,
    WindowUpdate,
};
use h2wire::{FieldList, Message, Rule, SectionEnd, SectionKind, StreamError};

use super::streams::Stream;
use super::{Closed, Connection, Event, Failure, Place, Request};
use crate::flow::{FlowControlError, ReceiveWindow, SendWindow};

impl Connection {
    /// Takes an item that the codec has read.
    pub(super) fn receive(&mut self, message: Message<Bytes>) -> Result<(), Failure> {
        match message {
            Message::Preface if self.config.is_http1 => {
                Err(Failure::connection(ErrorCode::HTTP_1_1_REQUIRED, "ALPN chose http/1.1"))
            }
            Message::Preface => {
                self.life.preface_seen = true;
                Ok(())
            }
            Message::Section { end, fields, .. } | Message::RefusedSection { end, fields, .. } => {
                self.section(&end, fields)
            }
            Message::StreamError { error, .. } => self.stream_error(error),
            Message::Frame { header, frame } => match frame {
                Frame::Data(frame) => self.data(&header, frame),
                Frame::RstStream(frame) => self.rst_stream(frame),
                Frame::Settings(Settings::List(list)) => self.settings(&list),
                Frame::Settings(Settings::Ack) => {
                    self.life.settings_acknowledged = true;
                    Ok(())
                }
                Frame::Ping(frame) => {
                    self.ping(frame);
                    Ok(())
                }
                Frame::GoAway(GoAway { .. }) => {
                    self.life.peer_leaves = true;
                    Ok(())
                }
                Frame::WindowUpdate(frame) => self.window_update(frame),
                // §5.5: unknown frames are ignored. §5.3.2: priorities are, whatever they depend on. Those of field
                // blocks come as sections.
                Frame::Unknown(_)
                | Frame::Priority(_)
                | Frame::Headers(_)
                | Frame::PushPromise(_)
                | Frame::Continuation(_) => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// A request, or trailers. The codec has decoded all of it, so that HPACK is in step whatever comes of it here.
    fn section(&mut self, end: &SectionEnd, fields: FieldList) -> Result<(), Failure> {
        let stream_id = end.head.stream_id;
        match self.streams.place(stream_id) {
            Place::Idle => self.request(end, fields),
            Place::Active(stream) if stream.receiving => self.trailers(end),
            // §5.1, half-closed (remote) or closed
            Place::Active(_) | Place::Closed(Closed::ResetByPeer) => Err(closed(stream_id)),
            Place::Closed(Closed::ResetHere) => Ok(()),
            // §5.1, closed
            Place::Closed(Closed::Ended) => {
                Err(Failure::connection(ErrorCode::STREAM_CLOSED, "HEADERS on a closed stream"))
            }
            // §5.1.1
            Place::Closed(Closed::Unknown) => Err(Failure::connection(
                ErrorCode::PROTOCOL_ERROR,
                "a stream identifier below an earlier one",
            )),
        }
    }

    fn request(&mut self, end: &SectionEnd, fields: FieldList) -> Result<(), Failure> {
        let stream_id = end.head.stream_id;
        // §5.1.1
        if !stream_id.is_client_initiated() {
            return Err(Failure::connection(
                ErrorCode::PROTOCOL_ERROR,
                "a client's stream identifier is odd",
            ));
        }
        self.streams.leave_idle(stream_id);
        // §5.1.2
        if self.streams.len() >= usize::try_from(self.config.max_concurrent_streams).unwrap_or(usize::MAX) {
            return Err(Failure::stream(stream_id, ErrorCode::REFUSED_STREAM, "too many streams"));
        }
        let request = Request { fields };
        let too_large = match end.kind {
            Ok(SectionKind::Request) => false,
            // §8.1
            Ok(_) => return Err(Failure::malformed(stream_id, "a request without pseudo-header fields")),
            Err(StreamError { rule: Rule::Limit(_), .. }) => true,
            Err(error) => return Err(error.into()),
        };
        let content_left = content_left(stream_id, end.head.end_stream, &request)?;
        self.open(stream_id, end.head.end_stream, request.method() == b"HEAD", content_left);
        self.life.last_active = self.now;
        if too_large {
            // §10.5.1, RFC 6585 §5
            self.respond(stream_id, "431", &[("content-length", "0")], true);
            return Ok(());
        }
        self.events.push_back(Event::Request { stream_id, request });
        if end.head.end_stream {
            self.events.push_back(Event::End { stream_id });
        }
        Ok(())
    }

    fn open(&mut self, stream_id: StreamId, end_stream: bool, is_head: bool, content_left: Option<u64>) {
        let stream = Stream {
            receiving: !end_stream,
            responded: false,
            is_head,
            send_window: SendWindow::new(self.peer_stream_window),
            receive_window: ReceiveWindow::new(self.config.stream_window),
            held: 0,
            content_left,
            outgoing: bytes::BytesMut::new(),
            ends: false,
            is_queued: false,
        };
        self.streams.open(stream_id, stream);
    }

    fn trailers(&mut self, end: &SectionEnd) -> Result<(), Failure> {
        let stream_id = end.head.stream_id;
        match end.kind {
            Ok(SectionKind::Trailers) => self.end_of_request(stream_id),
            // §8.1: a second section with pseudo-header fields.
            Ok(_) => Err(Failure::malformed(stream_id, "trailers with pseudo-header fields")),
            Err(error) => Err(error.into()),
        }
    }

    /// `END_STREAM` has come.
    fn end_of_request(&mut self, stream_id: StreamId) -> Result<(), Failure> {
        let Some(stream) = self.streams.get_mut(stream_id) else { return Ok(()) };
        // §8.1.1
        if stream.content_left.is_some_and(|left| left > 0) {
            return Err(Failure::malformed(stream_id, "less content than content-length says"));
        }
        stream.receiving = false;
        self.life.last_active = self.now;
        self.events.push_back(Event::End { stream_id });
        Ok(())
    }

    fn data(&mut self, header: &FrameHeader, frame: Data<Bytes>) -> Result<(), Failure> {
        let octets = header.length.get();
        // §6.9.1
        self.receive_window.receive(octets).map_err(|FlowControlError| {
            Failure::connection(ErrorCode::FLOW_CONTROL_ERROR, "more DATA than the connection's window")
        })?;
        let stream_id = frame.stream_id;
        let held = match self.streams.place(stream_id) {
            // §5.1, idle
            Place::Idle => Err(Failure::connection(ErrorCode::PROTOCOL_ERROR, "DATA on an idle stream")),
            Place::Active(stream) => stream.take_data(octets, &frame),
            Place::Closed(Closed::ResetHere) => Ok(0),
            Place::Closed(Closed::ResetByPeer) => Err(closed(stream_id)),
            // §5.1, closed
            Place::Closed(Closed::Ended | Closed::Unknown) => {
                Err(Failure::connection(ErrorCode::STREAM_CLOSED, "DATA on a closed stream"))
            }
        };
        // §6.9: bytes that are dropped count for the connection too, and are returned at once.
        self.release_connection(octets.saturating_sub(*held.as_ref().unwrap_or(&0)));
        let held = held?;
        self.release_padding(stream_id, octets.saturating_sub(held));
        if held > 0 {
            self.life.last_active = self.now;
            self.events.push_back(Event::Content { stream_id, content: frame.data });
        }
        let receives = self.streams.get_mut(stream_id).is_some_and(|stream| stream.receiving);
        if frame.end_stream && receives { self.end_of_request(stream_id) } else { Ok(()) }
    }

    /// Padding is dealt with at once.
    fn release_padding(&mut self, stream_id: StreamId, octets: u32) {
        let Some(stream) = self.streams.get_mut(stream_id) else { return };
        let increment = stream.receive_window.release(octets);
        self.put_window_update(stream_id, increment);
    }

    /// A frame that the codec has skipped, on a stream that may be in any state.
    fn stream_error(&mut self, error: StreamError) -> Result<(), Failure> {
        let failure = Failure::from(error);
        match self.streams.place(error.stream_id) {
            // §5.1: RST_STREAM cannot be sent on an idle stream. §5.4.1: but the error can be one of the connection.
            Place::Idle => Err(Failure::connection(failure.code, failure.reason)),
            Place::Closed(Closed::ResetHere) => Ok(()),
            Place::Active(_) | Place::Closed(_) => Err(failure),
        }
    }

    fn rst_stream(&mut self, frame: RstStream) -> Result<(), Failure> {
        let RstStream { stream_id, error_code } = frame;
        match self.streams.place(stream_id) {
            // §5.1, idle
            Place::Idle => {
                Err(Failure::connection(ErrorCode::PROTOCOL_ERROR, "RST_STREAM on an idle stream"))
            }
            Place::Active(_) => {
                self.close(stream_id, Closed::ResetByPeer);
                self.events.push_back(Event::Reset { stream_id, error_code });
                Ok(())
            }
            Place::Closed(_) => Ok(()),
        }
    }

    /// Settings in their order, then the acknowledgment. §6.5.3
    fn settings(&mut self, list: &SettingList<Bytes>) -> Result<(), Failure> {
        for setting in list.iter().filter(|setting| setting.id == SettingId::INITIAL_WINDOW_SIZE) {
            let before = std::mem::replace(&mut self.peer_stream_window, setting.value);
            for (_, stream) in self.streams.iter_mut() {
                // §6.9.2
                stream.send_window.resize(before, setting.value).map_err(|FlowControlError| {
                    Failure::connection(ErrorCode::FLOW_CONTROL_ERROR, "a window above 2^31-1 by SETTINGS")
                })?;
            }
        }
        let written = self.writer.append_acknowledge(list, &mut self.output);
        self.check_written(written);
        self.queue_all();
        Ok(())
    }

    fn ping(&mut self, frame: Ping) {
        if frame.ack {
            self.life.pong(frame.opaque_data);
        } else {
            // §6.7: before anything else.
            let written = self.writer.append_ping_ack(frame.opaque_data, &mut self.urgent);
            self.check_written(written);
        }
    }

    fn window_update(&mut self, frame: WindowUpdate) -> Result<(), Failure> {
        let WindowUpdate { stream_id, window_size_increment } = frame;
        let code = ErrorCode::FLOW_CONTROL_ERROR;
        if stream_id.is_connection() {
            // §6.9.1
            return self.send_window.grow(window_size_increment).map_err(|FlowControlError| {
                Failure::connection(code, "the connection's window above 2^31-1")
            });
        }
        match self.streams.place(stream_id) {
            // §5.1, idle
            Place::Idle => {
                Err(Failure::connection(ErrorCode::PROTOCOL_ERROR, "WINDOW_UPDATE on an idle stream"))
            }
            Place::Active(stream) => {
                // §6.9.1
                stream.send_window.grow(window_size_increment).map_err(|FlowControlError| {
                    Failure::stream(stream_id, code, "a stream's window above 2^31-1")
                })?;
                self.queue(stream_id);
                Ok(())
            }
            Place::Closed(_) => Ok(()),
        }
    }
}

impl Stream {
    /// Takes the content of a frame, if the stream's state, its window and content-length allow it. Returns the number of
    /// bytes that the embedder holds.
    fn take_data(&mut self, octets: u32, frame: &Data<Bytes>) -> Result<u32, Failure> {
        // §5.1, half-closed (remote)
        if !self.receiving {
            return Err(closed(frame.stream_id));
        }
        // §6.9.1
        self.receive_window.receive(octets).map_err(|FlowControlError| {
            let code = ErrorCode::FLOW_CONTROL_ERROR;
            Failure::stream(frame.stream_id, code, "more DATA than the stream's window")
        })?;
        let len = u32::try_from(frame.data.len()).unwrap_or(u32::MAX);
        if let Some(left) = &mut self.content_left {
            // §8.1.1
            *left = left.checked_sub(len.into()).ok_or_else(|| {
                Failure::malformed(frame.stream_id, "more content than content-length says")
            })?;
        }
        self.held = self.held.saturating_add(len);
        Ok(len)
    }
}

/// The length that content-length announces. §8.1.1
fn content_left(stream_id: StreamId, ends: bool, request: &Request) -> Result<Option<u64>, Failure> {
    let left = request.content_length().map_err(|reason| Failure::malformed(stream_id, reason))?;
    // §8.1.1
    if ends && left.is_some_and(|octets| octets > 0) {
        return Err(Failure::malformed(stream_id, "no content, and content-length says there is"));
    }
    // §8.3.1
    if request.host_differs() {
        return Err(Failure::malformed(stream_id, "host is not :authority"));
    }
    Ok(left)
}

fn closed(stream_id: StreamId) -> Failure {
    Failure::stream(stream_id, ErrorCode::STREAM_CLOSED, "a frame on a closed stream")
}
