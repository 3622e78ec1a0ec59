//! Frames and field sections both ways.

use std::io;
use std::vec::Vec;

use bytes::{Bytes, BytesMut};
use h2wire_frame::{Frame, GoAway, PayloadLength, SettingList, Settings};
use tokio_util::codec::{Decoder, Encoder};

use super::answer::{GoAwayFirst, answer, is_complete, last_answer};
use crate::{
    ConnectionError, Counters, FieldLine, FieldList, Limits, MalformedSet, Message, Options, Padding, Reader,
    ReaderError, Role, SectionHead, SettingsSentError, WriteError, Writer,
};

/// Reads and writes a connection with `tokio_util::codec::Framed`: frames, and field sections with HPACK at both ends.
///
/// If the connection ends before the peer's SETTINGS, `next` returns `None` as after any other end;
/// [`Reader::end_of_input`] of [`reader`](Self::reader) tells them apart. After an end inside a frame or a field block it returns
/// [`CodecError::Io`] with `UnexpectedEof`.
///
/// A client's preface is written before its first frame. SETTINGS that are sent take effect when they are acknowledged;
/// for those of the peer send [`Outgoing::Acknowledge`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (io, server) = tokio::io::duplex(1024);
/// use bytes::Bytes;
/// use futures_util::{SinkExt, StreamExt};
/// use h2wire::frame::{Data, Frame, Settings, StreamId};
/// use h2wire::{Codec, Limits, Message, Outgoing, OutgoingSection, Role, SectionHead};
/// use tokio_util::codec::Framed;
///
/// let limits = Limits::DEFAULT;
/// let mut framed = Framed::new(io, Codec::new(Role::Client, &limits)?);
/// framed.send(Outgoing::settings(limits.settings(Role::Client).list())).await?;
/// let fields = [
///     (":method", "POST"),
///     (":scheme", "http"),
///     (":path", "/"),
///     (":authority", "localhost"),
/// ];
/// let stream_id = StreamId::FIRST_CLIENT;
/// let head = SectionHead::headers(stream_id, false);
/// framed.send(OutgoingSection::new(head, fields).into()).await?;
/// let data = Bytes::from_static(b"content");
/// framed.send(Data { end_stream: true, stream_id, pad_length: None, data }.into()).await?;
/// # let mut server = Framed::new(server, Codec::new(Role::Server, &limits)?);
/// # server.send(Outgoing::settings(limits.settings(Role::Server).list())).await?;
/// # let head = SectionHead::headers(stream_id, true);
/// # server.send(OutgoingSection::new(head, [(":status", "204")]).into()).await?;
///
/// while let Some(message) = framed.next().await {
///     match message? {
///         Message::Frame { frame: Frame::Settings(Settings::List(settings)), .. } => {
///             framed.send(Outgoing::Acknowledge(settings)).await?;
///         }
///         Message::Frame { frame: Frame::Ping(ping), .. } if !ping.ack => {
///             framed.send(ping.answer().into()).await?;
///         }
///         Message::Section { kind, end, fields } => {
///             println!("{kind:?} {fields:?}");
///             if end.head.end_stream {
///                 break;
///             }
///         }
///         Message::RefusedSection { error, .. } | Message::StreamError { error, .. } => {
///             framed.send(error.rst_stream().into()).await?;
///         }
///         _ => {}
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Codec {
    // Private: SETTINGS that are sent must be announced to the reader.
    reader: Reader<Vec<u8>>,
    writer: Writer<Vec<u8>>,
}

/// What a [`Codec`] sends. `into` makes one of a [`Frame`], of `Data` and the other types of frames, and of an
/// [`OutgoingSection`].
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Outgoing {
    /// A frame without a field block. SETTINGS are passed to [`Reader::settings_sent`].
    Frame(Frame<Bytes>),
    /// The peer's SETTINGS are applied and acknowledged: [`Writer::acknowledge`].
    Acknowledge(SettingList<Bytes>),
    /// A field section.
    Section(OutgoingSection),
}

impl<F: Into<Frame<Bytes>>> From<F> for Outgoing {
    fn from(frame: F) -> Self {
        Self::Frame(frame.into())
    }
}

impl Outgoing {
    /// A GOAWAY frame: that of [`ConnectionError::go_away`] for example.
    ///
    /// ```
    /// use h2wire::frame::{FrameRule, StreamId};
    /// use h2wire::{ConnectionError, Outgoing, Rule};
    ///
    /// let error = ConnectionError::new(Rule::Frame(FrameRule::PingLength));
    /// let outgoing = Outgoing::go_away(error.go_away(StreamId::CONNECTION));
    /// # drop(outgoing);
    /// ```
    #[must_use]
    pub fn go_away(go_away: GoAway<&[u8]>) -> Self {
        go_away.map(Bytes::copy_from_slice).into()
    }

    /// A SETTINGS frame.
    pub fn settings<B: AsRef<[u8]>>(settings: SettingList<B>) -> Self {
        let settings = settings.map(|octets| Bytes::copy_from_slice(octets.as_ref()));
        Settings::List(settings).into()
    }
}

impl From<OutgoingSection> for Outgoing {
    fn from(section: OutgoingSection) -> Self {
        Self::Section(section)
    }
}

/// A field section to send with a [`Codec`].
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct OutgoingSection {
    /// What it belongs to.
    pub head: SectionHead,
    /// Its fields.
    pub fields: FieldList,
}

impl OutgoingSection {
    /// A section with these fields.
    pub fn new<'f, F: Into<FieldLine<'f>>>(head: SectionHead, fields: impl IntoIterator<Item = F>) -> Self {
        Self { head, fields: fields.into_iter().map(Into::into).collect() }
    }
}

/// An error of a [`Codec`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CodecError {
    /// The bytes cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The peer broke a rule; the answer is GOAWAY.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// The peer refused the connection with GOAWAY in place of its SETTINGS. Close it: the peer does not listen any more.
    #[error(transparent)]
    GoAwayFirst(#[from] GoAwayFirst),
    /// The item must not be sent. Nothing was written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The settings must not be sent. Nothing was written.
    #[error(transparent)]
    Settings(#[from] SettingsSentError),
}

impl Codec {
    /// A codec at the start of a connection. The tables of both directions have the size [`Limits::max_table_size`].
    ///
    /// # Errors
    /// [`ReaderError::Limit`] when a limit is 0.
    ///
    /// # Panics
    /// Panics if the writer's memory for tables of that size cannot be allocated.
    pub fn new(role: Role, limits: &Limits) -> Result<Self, ReaderError> {
        let reader = Reader::new(role, limits)?;
        let writer = Writer::new(role, limits.max_table_size);
        Ok(Self { reader, writer })
    }

    /// The reader of what the peer sends.
    #[must_use]
    pub const fn reader(&self) -> &Reader<Vec<u8>> {
        &self.reader
    }

    /// The writer of what is sent.
    #[must_use]
    pub const fn writer(&self) -> &Writer<Vec<u8>> {
        &self.writer
    }

    /// How the reader judges. It may be changed between two messages.
    #[must_use]
    pub const fn options_mut(&mut self) -> &mut Options {
        &mut self.reader.options
    }

    /// Counts of received frames: take them out to start anew.
    #[must_use]
    pub const fn counters_mut(&mut self) -> &mut Counters {
        &mut self.reader.counters
    }

    /// As [`Reader::set_limits`].
    ///
    /// # Errors
    /// [`ReaderError`]. Nothing has changed then.
    pub fn set_limits(&mut self, limits: &Limits) -> Result<(), ReaderError> {
        self.reader.set_limits(limits)
    }

    /// As [`Reader::give_back`].
    pub fn give_back(&mut self, fields: FieldList) {
        self.reader.give_back(fields);
    }

    /// Sets [`Writer::max_frame_size`].
    pub const fn set_max_frame_size(&mut self, max_frame_size: PayloadLength) {
        self.writer.max_frame_size = max_frame_size;
    }

    /// Sets [`Writer::padding`].
    pub const fn set_padding(&mut self, padding: Padding) {
        self.writer.padding = padding;
    }

    /// Sets [`Writer::validate_fields`].
    pub const fn set_validate_fields(&mut self, validate_fields: bool) {
        self.writer.validate_fields = validate_fields;
    }

    /// Sets [`Writer::allowed`].
    pub const fn set_allowed(&mut self, allowed: MalformedSet) {
        self.writer.allowed = allowed;
    }

    /// Runs `write`, after writing the preface if it is due. On an error nothing is written.
    fn write(
        &mut self,
        dst: &mut BytesMut,
        write: impl FnOnce(&mut Self, &mut BytesMut) -> Result<(), CodecError>,
    ) -> Result<(), CodecError> {
        let (start, place) = (dst.len(), self.writer.place());
        let preface = if self.writer.preface_is_due() { self.writer.append_preface(dst) } else { Ok(()) };
        let written = preface.map_err(Into::into).and_then(|()| write(self, dst));
        if written.is_err() {
            dst.truncate(start);
            self.writer.return_to(place);
        }
        written
    }
}

impl Decoder for Codec {
    type Item = Message<Bytes>;
    type Error = CodecError;

    fn decode(&mut self, src: &mut BytesMut) -> Result<Option<Self::Item>, Self::Error> {
        let read = self.reader.read_bytes(src);
        answer(read, || self.reader.first_go_away(src))
    }

    fn decode_eof(&mut self, src: &mut BytesMut) -> Result<Option<Self::Item>, Self::Error> {
        let read = self.reader.read_bytes(src);
        let go_away = || self.reader.first_go_away(src).filter(is_complete);
        last_answer(answer(read, go_away), self.reader.end_of_input(src))
    }
}

impl Encoder<Outgoing> for Codec {
    type Error = CodecError;

    fn encode(&mut self, item: Outgoing, dst: &mut BytesMut) -> Result<(), Self::Error> {
        self.write(dst, |codec, dst| match item {
            Outgoing::Frame(frame) => {
                codec.writer.append_frame(&frame, dst)?;
                if let Frame::Settings(Settings::List(list)) = &frame {
                    codec.reader.settings_sent(list)?;
                }
                Ok(())
            }
            Outgoing::Acknowledge(settings) => Ok(codec.writer.append_acknowledge(&settings, dst)?),
            Outgoing::Section(section) => {
                Ok(codec.writer.append_section(section.head, section.fields.iter(), dst)?)
            }
        })
    }
}
