//! The server: it answers each request with what it saw of it.

use core::num::NonZeroU32;

use h2wire::frame::{
    Data, EncodeError, ErrorCode, Frame, FrameHeader, RstStream, SettingId, Settings, StreamId, WindowUpdate,
};
use h2wire::{
    Chunk, ChunkedReader, ConnectionError, FieldLine, FieldStep, Fields, Limits, ReaderError, Role, Rule,
    SectionEnd, SectionHead, SectionKind, SettingsSentError, StreamError, WriteError, Writer,
};

use crate::streams::{MOST, Request, Streams};
use crate::text::Text;

/// A table of 4,096 octets, as every client may take for granted; sections of 2 KiB. Longer field blocks are decoded too.
const LIMITS: Limits = Limits::DEFAULT.with_max_section_size(2_048);

/// Octets of the table for answers.
const TABLE: u32 = 128;

/// Octets of the longest write.
const BUFFER: usize = 128;

type Line = Text<104>;

/// Where octets go. The device and the host have each their own.
pub trait Outside {
    /// Octets for the client.
    fn send(&mut self, octets: &[u8]);
    /// A line for the log, without its end.
    fn say(&mut self, line: &[u8]);
}

/// Why the connection ends.
#[derive(Debug)]
pub enum Failure {
    /// The client broke a rule.
    Connection(ConnectionError),
    /// An answer cannot be written.
    Write(WriteError),
    /// The limits and the memory do not go together.
    Memory,
}

/// What a connection keeps of names and values. The rest of it is small, so that it can be moved.
pub struct Memory {
    reader: [u8; LIMITS.memory_len()],
    writer: [u8; Writer::memory_len(TABLE)],
}

impl Memory {
    /// Memory for one connection after the other.
    #[must_use]
    pub const fn new() -> Self {
        Self { reader: [0; LIMITS.memory_len()], writer: [0; Writer::memory_len(TABLE)] }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

/// One connection.
pub struct Server<'m> {
    reader: ChunkedReader<&'m mut [u8]>,
    side: Side<'m>,
}

/// All but the reader, which lends what it reads.
struct Side<'m> {
    writer: Writer<&'m mut [u8]>,
    streams: Streams,
    last_stream_id: StreamId,
    /// The stream whose fields come.
    section: StreamId,
    /// The stream whose content comes, and whether it ends with it.
    content: (StreamId, bool),
}

/// Serves one connection whose octets come `piece` at a time. Whether it went well.
pub fn serve(octets: &[u8], piece: usize, memory: &mut Memory, outside: &mut impl Outside) -> bool {
    let Ok(mut server) = Server::new(memory) else { return false };
    server.start(outside).is_ok()
        && octets.chunks(piece.max(1)).all(|octets| server.receive(octets, outside).is_ok())
}

impl<'m> Server<'m> {
    /// A server at the start of a connection.
    #[inline(never)]
    pub fn new(memory: &'m mut Memory) -> Result<Self, Failure> {
        let writer =
            Writer::new_in(Role::Server, TABLE, memory.writer.as_mut_slice()).map_err(|_| Failure::Memory)?;
        let none = StreamId::CONNECTION;
        let streams = Streams::NEW;
        let side = Side { writer, streams, last_stream_id: none, section: none, content: (none, false) };
        Ok(Self { reader: ChunkedReader::new_in(Role::Server, &LIMITS, memory.reader.as_mut_slice())?, side })
    }

    /// Sends the settings. By itself, as the stack has no room for another copy of the server.
    pub fn start(&mut self, outside: &mut impl Outside) -> Result<(), Failure> {
        let mut settings = LIMITS.settings(Role::Server);
        settings.push(SettingId::MAX_CONCURRENT_STREAMS, u32::try_from(MOST).unwrap_or(1))?;
        self.reader.settings_sent(&settings.list())?;
        self.side.frame(&Settings::List(settings.list()).into(), outside)
    }

    /// Takes octets, and answers what they complete.
    pub fn receive(&mut self, octets: &[u8], outside: &mut impl Outside) -> Result<(), Failure> {
        let result = self.chunks(octets, outside);
        if let Err(Failure::Connection(error)) = result {
            outside.say(Line::new().put("connection error ").put(error.rule.name()).octets());
            self.side.frame(&error.go_away(self.side.last_stream_id).into(), outside)?;
        }
        result
    }

    fn chunks(&mut self, mut octets: &[u8], outside: &mut impl Outside) -> Result<(), Failure> {
        while let Some(chunk) = self.reader.read(&mut octets)? {
            let side = &mut self.side;
            match chunk {
                Chunk::Preface => outside.say(b"preface"),
                Chunk::Frame { header, frame } => side.whole(&header, &frame, outside)?,
                Chunk::Start { header, frame: Frame::Data(data) } => side.data(&header, &data, outside)?,
                Chunk::Start { frame, .. } => side.section(&frame),
                Chunk::Payload { octets, missing } => side.payload(octets, missing, outside)?,
                Chunk::Fields(fields) => side.fields(fields, outside)?,
                Chunk::StreamError { error, .. } => side.reset(error, outside)?,
                _ => {}
            }
        }
        Ok(())
    }
}

impl Side<'_> {
    /// A frame that came as a whole.
    fn whole(
        &mut self,
        header: &FrameHeader,
        frame: &Frame<&[u8]>,
        outside: &mut impl Outside,
    ) -> Result<(), Failure> {
        let mut line = Line::new();
        line.put("type ").number(header.frame_type.0.into()).put(" on ").number(header.stream_id.get());
        outside.say(line.octets());
        match frame {
            Frame::Settings(Settings::List(list)) => {
                let mut buf = [0; FrameHeader::LEN];
                let written = self.writer.acknowledge(list, &mut buf)?;
                outside.send(buf.get(..written).unwrap_or_default());
                Ok(())
            }
            Frame::Ping(ping) if !ping.ack => self.frame(&ping.answer().into(), outside),
            Frame::RstStream(frame) => {
                self.streams.close(frame.stream_id);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The start of content. Nothing of it is kept, so the windows are opened again at once.
    fn data(
        &mut self,
        header: &FrameHeader,
        data: &Data<usize>,
        outside: &mut impl Outside,
    ) -> Result<(), Failure> {
        let window_size_increment = NonZeroU32::new(header.length.get());
        let stream = Some(data.stream_id).filter(|_| !data.end_stream);
        for stream_id in [Some(StreamId::CONNECTION), stream].into_iter().flatten() {
            if let Some(window_size_increment) = window_size_increment {
                self.frame(&WindowUpdate { stream_id, window_size_increment }.into(), outside)?;
            }
        }
        self.content = (data.stream_id, data.end_stream);
        if data.data == 0 { self.payload(&[], 0, outside) } else { Ok(()) }
    }

    fn payload(&mut self, octets: &[u8], missing: usize, outside: &mut impl Outside) -> Result<(), Failure> {
        let (stream_id, ends) = self.content;
        if let Some(request) = self.streams.get(stream_id) {
            request.content(octets);
            if missing == 0 && ends {
                return self.answer(stream_id, outside);
            }
        }
        Ok(())
    }

    /// The start of a field section: of a new request if its stream is new.
    fn section(&mut self, frame: &Frame<usize>) {
        let Some(head) = SectionHead::from_frame(frame) else { return };
        self.section = head.stream_id;
        if head.stream_id > self.last_stream_id {
            self.last_stream_id = head.stream_id;
            self.streams.open(head.stream_id);
        }
    }

    fn fields<M: AsRef<[u8]> + AsMut<[u8]>>(
        &mut self,
        mut fields: Fields<'_, '_, M>,
        outside: &mut impl Outside,
    ) -> Result<(), Failure> {
        loop {
            match fields.next()? {
                FieldStep::Field(field) => {
                    if let Some(request) = self.streams.get(self.section) {
                        request.field(&field);
                    }
                }
                FieldStep::FragmentEnd => return Ok(()),
                FieldStep::SectionEnd(end) => return self.section_end(end, outside),
            }
        }
    }

    fn section_end(&mut self, end: &SectionEnd, outside: &mut impl Outside) -> Result<(), Failure> {
        let SectionHead { stream_id, end_stream, .. } = end.head;
        let is_open = self.streams.get(stream_id).is_some();
        match end.kind {
            // There was no place for it.
            Ok(SectionKind::Request) if !is_open => {
                self.frame(&RstStream { stream_id, error_code: ErrorCode::REFUSED_STREAM }.into(), outside)
            }
            Ok(_) if is_open && end_stream => self.answer(stream_id, outside),
            Ok(_) => Ok(()),
            // RFC 6585 §5: an answer, not an error, as nothing is wrong with it but its size.
            Err(StreamError { rule: Rule::Limit(_), .. }) if is_open => {
                self.streams.close(stream_id);
                outside.say(Line::new().put("too large: ").number(end.list_size).octets());
                self.respond(stream_id, b"431", b"fields too large\n", true, outside)
            }
            Err(error) => self.reset(error, outside),
        }
    }

    /// The request is complete.
    fn answer(&mut self, stream_id: StreamId, outside: &mut impl Outside) -> Result<(), Failure> {
        let Some(request) = self.streams.close(stream_id) else { return Ok(()) };
        let mut line = Line::new();
        line.put("stream ").number(stream_id.get()).put(" ");
        let start = line.octets().len();
        describe(&request, &mut line);
        outside.say(line.octets());
        let content = line.put("\n").octets().get(start..).unwrap_or_default();
        let with_content = request.method.octets() != b"HEAD";
        self.respond(stream_id, b"200", content, with_content, outside)
    }

    fn respond(
        &mut self,
        stream_id: StreamId,
        status: &[u8],
        content: &[u8],
        with_content: bool,
        outside: &mut impl Outside,
    ) -> Result<(), Failure> {
        let mut buf = [0; BUFFER];
        let mut length = Text::<10>::new();
        length.number(u32::try_from(content.len()).unwrap_or(u32::MAX));
        let head = SectionHead::headers(stream_id, !with_content);
        let mut section = self.writer.section(head, &mut buf)?;
        for (name, value) in [
            (b":status".as_slice(), status),
            (b"server", b"h2wire on a Cortex-M4"),
            (b"content-type", b"text/plain"),
            (b"content-length", length.octets()),
        ] {
            section.field(&FieldLine::from((name, value)))?;
        }
        let written = section.finish()?;
        outside.send(buf.get(..written).unwrap_or_default());
        if with_content {
            // Too little for any window to end it: no client opens fewer than its 65,535 octets here.
            for data in self.writer.data(stream_id, content, true, content.len()) {
                self.frame(&data.into(), outside)?;
            }
        }
        Ok(())
    }

    fn reset(&mut self, error: StreamError, outside: &mut impl Outside) -> Result<(), Failure> {
        self.streams.close(error.stream_id);
        outside.say(Line::new().put("stream error ").put(error.rule.name()).octets());
        self.frame(&error.rst_stream().into(), outside)
    }

    fn frame(&mut self, frame: &Frame<&[u8]>, outside: &mut impl Outside) -> Result<(), Failure> {
        let mut buf = [0; BUFFER];
        let written = self.writer.frame(frame, &mut buf)?;
        outside.send(buf.get(..written).unwrap_or_default());
        Ok(())
    }
}

/// What was seen of a request: `POST /upload fields 7 1a2b3c4d content 65536 5e6f7081`.
fn describe(request: &Request, line: &mut Line) {
    line.put(request.method.octets()).put(" ").put(request.path.octets());
    line.put(" fields ").number(request.fields).put(" ").hex(request.fields_sum.get());
    line.put(" content ").number(request.octets).put(" ").hex(request.sum.get());
}

impl From<ConnectionError> for Failure {
    fn from(error: ConnectionError) -> Self {
        Self::Connection(error)
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}

impl From<EncodeError> for Failure {
    fn from(error: EncodeError) -> Self {
        Self::Write(error.into())
    }
}

impl From<ReaderError> for Failure {
    fn from(_: ReaderError) -> Self {
        Self::Memory
    }
}

impl From<SettingsSentError> for Failure {
    fn from(_: SettingsSentError) -> Self {
        Self::Memory
    }
}
