//! A client's side of a connection with one request, without I/O: bytes in, the response out. RFC 9113.

use bytes::{Buf, Bytes, BytesMut};
use h2wire::frame::{
    ErrorCode, Frame, FrameHeader, GoAway, RstStream, SettingId, SettingList, Settings, StreamId,
    WindowUpdate,
};
use h2wire::{
    ConnectionError, FieldLine, FieldList, Limits, Message, Progress, Reader, ReaderError, Role, SectionEnd,
    SectionHead, SectionKind, SettingsSentError, StreamError, WriteError, Writer,
};

use crate::flow::{FlowControlError, INITIAL_WINDOW_SIZE, ReceiveWindow, SendWindow};

/// The stream of the request: a client's first. §5.1.1
const STREAM: StreamId = match StreamId::new(1) {
    Some(id) => id,
    None => StreamId::CONNECTION,
};

/// Bytes of content that may come before they are released.
const WINDOW: u32 = 1 << 20;

/// No more content is framed while so much waits for the socket.
const ENOUGH: usize = 64 << 10;

/// An event for the embedder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// A response, interim (1xx) or final.
    Response(FieldList),
    Content(Bytes),
    Trailers(FieldList),
    /// The response is complete.
    End,
}

/// Why there is no response, or not all of it.
#[derive(Debug)]
pub enum ClientError {
    /// The server broke a rule; the output reports it to the server.
    Connection(ConnectionError),
    Stream(StreamError),
    /// The same, where a stream's state has to be known.
    Protocol(ErrorCode, &'static str),
    /// The server has reset the stream.
    Reset(ErrorCode),
    /// The server leaves and has not looked at the request.
    GoAway(ErrorCode, String),
    /// This side cannot write its output.
    Write(WriteError),
    Setup(String),
}

/// A connection with one request.
#[derive(Debug)]
pub struct Client {
    reader: Reader<Vec<u8>>,
    writer: Writer<Vec<u8>>,
    connection_window: SendWindow,
    stream_window: SendWindow,
    peer_stream_window: u32,
    receive_windows: [ReceiveWindow; 2],
    content: Bytes,
    content_sent: bool,
    is_head: bool,
    /// The rest of the length that content-length announced. §8.1.1
    content_left: Option<u64>,
    stage: Stage,
    output: BytesMut,
}

/// The progress of the response.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    /// There is no final response yet.
    Awaited,
    Started,
    /// It is complete, which is not reported yet.
    Ended,
    /// Everything has been reported.
    Done,
}

impl Client {
    /// Starts a connection with a request. `fields` begin with the pseudo-header fields.
    pub fn new(fields: &FieldList, content: Bytes) -> Result<Self, ClientError> {
        let mut client = Self {
            reader: Reader::new(Role::Client, &Limits::DEFAULT)?,
            writer: Writer::new(Role::Client, Limits::DEFAULT.max_table_size),
            connection_window: SendWindow::new(INITIAL_WINDOW_SIZE),
            stream_window: SendWindow::new(INITIAL_WINDOW_SIZE),
            peer_stream_window: INITIAL_WINDOW_SIZE,
            receive_windows: [ReceiveWindow::new(WINDOW); 2],
            content_sent: content.is_empty(),
            content,
            is_head: fields.get(b":method") == Some(b"HEAD"),
            content_left: None,
            stage: Stage::Awaited,
            output: BytesMut::new(),
        };
        client.start()?;
        let head = SectionHead::headers(STREAM, client.content_sent);
        client.writer.append_section(head, fields.iter(), &mut client.output)?;
        Ok(client)
    }

    /// The client connection preface. §3.4
    fn start(&mut self) -> Result<(), ClientError> {
        let mut settings = Limits::DEFAULT.settings(Role::Client);
        let window = settings.push(SettingId::INITIAL_WINDOW_SIZE, WINDOW);
        window.map_err(|error| ClientError::Write(error.into()))?;
        self.reader.settings_sent(&settings.list())?;
        self.writer.append_preface(&mut self.output)?;
        self.writer.append_settings(&settings.list(), &mut self.output)?;
        let more = WINDOW.saturating_sub(INITIAL_WINDOW_SIZE);
        self.give_back(StreamId::CONNECTION, more.try_into().ok())
    }

    /// Reads from `input` until there is an event to report. After an error there is still output to
    /// send, and then the connection is to be closed.
    pub fn next_event(&mut self, input: &mut BytesMut) -> Result<Option<Event>, ClientError> {
        loop {
            match self.stage {
                Stage::Awaited | Stage::Started => {}
                Stage::Ended => {
                    self.stage = Stage::Done;
                    self.go_away(ErrorCode::NO_ERROR)?;
                    return Ok(Some(Event::End));
                }
                Stage::Done => return Ok(None),
            }
            let message = match self.reader.read_bytes(input) {
                Ok(Progress::Item { item, .. }) => item,
                Ok(Progress::Needed(_)) => return Ok(None),
                Err(error) => return self.fail(ClientError::Connection(error)),
            };
            match self.receive(message) {
                Ok(None) => {}
                Ok(event) => return Ok(event),
                Err(error) => return self.fail(error),
            }
        }
    }

    /// The output to send now.
    pub fn take_output(&mut self) -> Result<BytesMut, ClientError> {
        while !self.content_sent && !self.is_done() && self.output.len() < ENOUGH {
            // §6.9.1
            let budget = self.stream_window.octets().min(self.connection_window.octets());
            let Some(frame) = self.writer.data(STREAM, &self.content, true, budget).next() else { break };
            self.stream_window.take(frame.flow_controlled_len());
            self.connection_window.take(frame.flow_controlled_len());
            let octets = frame.data.len();
            self.content_sent = frame.end_stream;
            self.writer.append_frame(&Frame::Data(frame), &mut self.output)?;
            self.content.advance(octets);
        }
        Ok(self.output.split())
    }

    /// Whether all is said.
    pub fn is_done(&self) -> bool {
        self.stage == Stage::Done
    }

    /// The error if the server closes the connection. §8.1: a response ends with `END_STREAM`.
    pub fn closed(&self, rest: &[u8]) -> Result<(), ClientError> {
        match self.reader.end_of_input(rest) {
            Err(error) => Err(ClientError::Connection(error)),
            Ok(_) if self.is_done() => Ok(()),
            Ok(ending) => Err(ClientError::Setup(format!("the connection was closed: {ending:?}"))),
        }
    }

    fn fail(&mut self, error: ClientError) -> Result<Option<Event>, ClientError> {
        self.stage = Stage::Done;
        match &error {
            ClientError::Connection(error) => self.go_away(error.code())?,
            ClientError::Stream(error) => self.go_away(error.code())?,
            ClientError::Protocol(code, _) => self.go_away(*code)?,
            _ => self.go_away(ErrorCode::NO_ERROR)?,
        }
        Err(error)
    }

    fn receive(&mut self, message: Message<Bytes>) -> Result<Option<Event>, ClientError> {
        match message {
            Message::Section { end, fields, .. } | Message::RefusedSection { end, fields, .. } => {
                return self.section(&end, fields).map(Some);
            }
            Message::StreamError { error, .. } => return Err(ClientError::Stream(error)),
            Message::Frame { header, frame } => match frame {
                Frame::Data(frame) => {
                    return self.data(&header, frame.stream_id, frame.data, frame.end_stream);
                }
                Frame::Settings(Settings::List(list)) => self.settings(&list)?,
                Frame::Ping(ping) if !ping.ack => self.put(ping.answer())?,
                Frame::WindowUpdate(frame) => self.window_update(frame)?,
                Frame::RstStream(frame) => rst_stream(frame)?,
                Frame::GoAway(frame) if frame.last_stream_id < STREAM => {
                    let debug = frame.additional_debug_data.escape_ascii().to_string();
                    return Err(ClientError::GoAway(frame.error_code, debug));
                }
                _ => {}
            },
            _ => {}
        }
        Ok(None)
    }

    /// A response, or trailers.
    fn section(&mut self, end: &SectionEnd, fields: FieldList) -> Result<Event, ClientError> {
        // §8.4: ENABLE_PUSH is 0. §5.1.1: no other stream was opened.
        if end.head.promised_stream_id.is_some() || end.head.stream_id != STREAM {
            return Err(protocol_error("a field section on a stream that is idle"));
        }
        let kind = end.kind.map_err(ClientError::Stream)?;
        let is_interim = fields.get(b":status").is_some_and(|status| status.starts_with(b"1"));
        // §8.1
        let has_started = self.stage == Stage::Started;
        if (kind == SectionKind::Trailers) != has_started || (is_interim && end.head.end_stream) {
            return Err(protocol_error("a field section out of order"));
        }
        if kind == SectionKind::Response && !is_interim {
            self.stage = Stage::Started;
            self.content_left = self.content_length(&fields);
        }
        if end.head.end_stream {
            self.end()?;
        }
        Ok(if kind == SectionKind::Trailers { Event::Trailers(fields) } else { Event::Response(fields) })
    }

    /// The length that content-length announces. §8.1.1: some responses have no content, whatever its value.
    fn content_length(&self, fields: &FieldList) -> Option<u64> {
        if self.is_head || matches!(fields.get(b":status"), Some(b"204" | b"304")) {
            return None;
        }
        str::from_utf8(fields.get(b"content-length")?).ok()?.parse().ok()
    }

    /// `END_STREAM` has come, with whatever frame.
    fn end(&mut self) -> Result<(), ClientError> {
        // §8.1.1
        if self.content_left.is_some_and(|left| left > 0) {
            return Err(protocol_error("less content than content-length says"));
        }
        self.stage = Stage::Ended;
        Ok(())
    }

    fn data(
        &mut self,
        header: &FrameHeader,
        stream_id: StreamId,
        data: Bytes,
        end_stream: bool,
    ) -> Result<Option<Event>, ClientError> {
        // §5.1, §8.1
        if stream_id != STREAM || self.stage != Stage::Started {
            return Err(protocol_error("DATA where no response is"));
        }
        for (index, id) in [StreamId::CONNECTION, STREAM].into_iter().enumerate() {
            let Some(window) = self.receive_windows.get_mut(index) else { continue };
            // §6.9.1
            window.receive(header.length.get()).map_err(overflow)?;
            // It is printed at once.
            let increment = window.release(header.length.get());
            self.give_back(id, increment)?;
        }
        let octets = u64::try_from(data.len()).unwrap_or(u64::MAX);
        if let Some(left) = &mut self.content_left {
            // §8.1.1
            *left =
                left.checked_sub(octets).ok_or(protocol_error("more content than content-length says"))?;
        }
        if end_stream {
            self.end()?;
        }
        Ok((octets > 0).then_some(Event::Content(data)))
    }

    fn settings(&mut self, list: &SettingList<Bytes>) -> Result<(), ClientError> {
        for setting in list.iter().filter(|setting| setting.id == SettingId::INITIAL_WINDOW_SIZE) {
            // §6.9.2
            self.stream_window.resize(self.peer_stream_window, setting.value).map_err(overflow)?;
            self.peer_stream_window = setting.value;
        }
        Ok(self.writer.append_acknowledge(list, &mut self.output)?)
    }

    fn window_update(&mut self, frame: WindowUpdate) -> Result<(), ClientError> {
        let window = match frame.stream_id {
            StreamId::CONNECTION => &mut self.connection_window,
            STREAM => &mut self.stream_window,
            // §5.1, idle
            _ => return Err(protocol_error("WINDOW_UPDATE on a stream that is idle")),
        };
        // §6.9.1
        window.grow(frame.window_size_increment).map_err(overflow)
    }

    fn give_back(
        &mut self,
        stream_id: StreamId,
        increment: Option<std::num::NonZeroU32>,
    ) -> Result<(), ClientError> {
        increment.map_or(Ok(()), |window_size_increment| {
            self.put(WindowUpdate { stream_id, window_size_increment })
        })
    }

    fn go_away(&mut self, error_code: ErrorCode) -> Result<(), ClientError> {
        self.put(GoAway {
            last_stream_id: StreamId::CONNECTION,
            error_code,
            additional_debug_data: [].as_slice(),
        })
    }

    fn put<'a>(&mut self, frame: impl Into<Frame<&'a [u8]>>) -> Result<(), ClientError> {
        Ok(self.writer.append_frame(&frame.into(), &mut self.output)?)
    }
}

fn rst_stream(frame: RstStream) -> Result<(), ClientError> {
    match frame.stream_id {
        STREAM => Err(ClientError::Reset(frame.error_code)),
        // §5.1, idle
        _ => Err(protocol_error("RST_STREAM on a stream that is idle")),
    }
}

fn protocol_error(reason: &'static str) -> ClientError {
    ClientError::Protocol(ErrorCode::PROTOCOL_ERROR, reason)
}

fn overflow(FlowControlError: FlowControlError) -> ClientError {
    ClientError::Protocol(ErrorCode::FLOW_CONTROL_ERROR, "a window is exceeded or above 2^31-1")
}

/// The pseudo-header fields of a request. §8.3.1
pub fn request(method: &str, scheme: &str, authority: &str, path: &str) -> FieldList {
    let fields = [(":method", method), (":scheme", scheme), (":authority", authority), (":path", path)];
    fields.iter().map(|(name, value)| FieldLine::from((*name, *value))).collect()
}

impl From<WriteError> for ClientError {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}

impl From<ReaderError> for ClientError {
    fn from(error: ReaderError) -> Self {
        Self::Setup(error.to_string())
    }
}

impl From<SettingsSentError> for ClientError {
    fn from(error: SettingsSentError) -> Self {
        Self::Setup(error.to_string())
    }
}

impl std::fmt::Display for ClientError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            // The cause that the codec knows, such as a server that does not speak HTTP/2.
            Self::Connection(error) => write!(f, "{error}\n{}", error.rule.remedy()),
            Self::Stream(error) => write!(f, "{error}"),
            Self::Protocol(code, reason) => write!(f, "{code}: {reason}"),
            Self::Reset(code) => write!(f, "the server has reset the stream: {code}"),
            Self::GoAway(code, debug) => write!(f, "the server has refused the request: {code} {debug}"),
            Self::Write(error) => write!(f, "{error}"),
            Self::Setup(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for ClientError {}
