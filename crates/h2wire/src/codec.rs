//! Frames, and messages with their fields, for `tokio_util::codec`.

use std::io;
use std::vec::Vec;

use bytes::{Bytes, BytesMut};
use h2wire_frame::{EncodeError, Frame, SettingBuffer, SettingList, Settings};
use tokio_util::codec::{Decoder, Encoder};

use crate::{
    ConnectionError, FieldLine, FieldList, FrameEvent, FrameReader, Limits, Message, Reader, ReaderError,
    Role, SectionHead, SettingsSentError, WriteError, Writer, append_frame_unchecked,
};

/// Reads and writes a connection with `tokio_util::codec::Framed`: frames, and field sections with HPACK at both ends.
///
/// A client's preface is written before its first frame. SETTINGS that are sent take effect when they are acknowledged;
/// for those of the peer send [`Outgoing::Acknowledge`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (io, _peer) = tokio::io::duplex(1024);
/// use futures_util::SinkExt;
/// use h2wire::frame::StreamId;
/// use h2wire::{Codec, Limits, OutgoingSection, Role, SectionHead};
/// use tokio_util::codec::Framed;
///
/// let limits = Limits::DEFAULT;
/// let mut framed = Framed::new(io, Codec::new(Role::Client, &limits)?);
/// framed.send(limits.settings(Role::Client).into()).await?;
/// let fields = [
///     (":method", "GET"),
///     (":scheme", "http"),
///     (":path", "/"),
///     (":authority", "localhost"),
/// ];
/// let head = SectionHead::headers(StreamId::new(1).unwrap(), true);
/// framed.send(OutgoingSection::new(head, fields).into()).await?;
/// framed.flush().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Codec {
    /// The reader of what the peer sends.
    pub reader: Reader<Vec<u8>>,
    /// The writer of what is sent.
    pub writer: Writer<Vec<u8>>,
    /// The fields of an incomplete section.
    fields: FieldList,
}

/// What a [`Codec`] sends. It is made of frames, of a [`SettingBuffer`] and of an [`OutgoingSection`] by `into`.
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

impl From<Frame<Bytes>> for Outgoing {
    fn from(frame: Frame<Bytes>) -> Self {
        Self::Frame(frame)
    }
}

impl<const N: usize> From<SettingBuffer<N>> for Outgoing {
    fn from(settings: SettingBuffer<N>) -> Self {
        let settings = settings.list().map(Bytes::copy_from_slice);
        Self::Frame(Frame::Settings(Settings::List(settings)))
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
    /// [`ReaderError`] when a limit is 0 or asks for more memory than there can be.
    pub fn new(role: Role, limits: &Limits) -> Result<Self, ReaderError> {
        let reader = Reader::new(role, limits)?;
        let writer = Writer::new(role, limits.max_table_size);
        Ok(Self { reader, writer, fields: FieldList::new() })
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
    type Item = Message;
    type Error = CodecError;

    fn decode(&mut self, src: &mut BytesMut) -> Result<Option<Self::Item>, Self::Error> {
        Ok(self.reader.read_bytes(src, &mut self.fields)?)
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

/// Reads and writes the frames of a connection with `tokio_util::codec::Framed`.
///
/// A client sends the [`PREFACE`](h2wire_frame::PREFACE) itself, before the first frame. SETTINGS that are sent are passed to
/// [`FrameReader::settings_sent`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (io, _peer) = tokio::io::duplex(64);
/// use h2wire::{FrameCodec, FrameReader, Role};
/// use tokio_util::codec::Framed;
///
/// let reader = FrameReader::new(Role::Server);
/// let framed = Framed::new(io, FrameCodec::new(reader));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FrameCodec {
    /// The reader of what the peer sends.
    pub reader: FrameReader,
}

impl FrameCodec {
    /// A codec that reads with `reader`.
    #[must_use]
    pub const fn new(reader: FrameReader) -> Self {
        Self { reader }
    }
}

/// An error of a [`FrameCodec`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FrameCodecError {
    /// The bytes cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The peer broke a rule; the answer is GOAWAY.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// The frame cannot be sent. Nothing was written.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// The settings must not be sent. Nothing was written.
    #[error(transparent)]
    Settings(#[from] SettingsSentError),
}

impl Decoder for FrameCodec {
    type Item = FrameEvent<Bytes>;
    type Error = FrameCodecError;

    fn decode(&mut self, src: &mut BytesMut) -> Result<Option<Self::Item>, Self::Error> {
        Ok(self.reader.read_bytes(src)?)
    }
}

impl Encoder<Frame<Bytes>> for FrameCodec {
    type Error = FrameCodecError;

    fn encode(&mut self, frame: Frame<Bytes>, dst: &mut BytesMut) -> Result<(), Self::Error> {
        let start = dst.len();
        append_frame_unchecked(&frame, dst)?;
        if let Frame::Settings(Settings::List(list)) = &frame {
            self.reader.settings_sent(list).inspect_err(|_| dst.truncate(start))?;
        }
        Ok(())
    }
}
