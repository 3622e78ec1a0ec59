//! Frames, and messages with their fields, for `tokio_util::codec`.

use std::io;
use std::vec::Vec;

use bytes::{Bytes, BytesMut};
use h2wire_frame::{EncodeError, Frame, Settings};
use tokio_util::codec::{Decoder, Encoder};

use crate::{
    ConnectionError, FieldLine, FieldList, FrameEvent, FrameReader, Limits, Message, Reader, ReaderError,
    Role, SectionHead, SettingsSentError, WriteError, Writer, append_frame_unchecked,
};

/// Reads and writes a connection with `tokio_util::codec::Framed`: frames, and field sections with HPACK at both ends.
///
/// A client's preface is written before its first frame. SETTINGS that are sent take effect when they are acknowledged;
/// for those of the peer call [`Writer::settings_received`] when the acknowledgment is sent.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (io, _peer) = tokio::io::duplex(1024);
/// use futures_util::SinkExt;
/// use h2wire::frame::{Frame, SettingList, Settings, StreamId};
/// use h2wire::{Codec, Limits, OutgoingSection, Role, SectionHead};
/// use tokio_util::codec::Framed;
///
/// let mut framed = Framed::new(io, Codec::new(Role::Client, &Limits::DEFAULT)?);
/// let settings = Settings::List(SettingList::<&[u8]>::default());
/// framed.send(Frame::Settings(settings)).await?;
/// let fields = [
///     (":method", "GET"),
///     (":scheme", "http"),
///     (":path", "/"),
///     (":authority", "localhost"),
/// ];
/// let head = SectionHead::headers(StreamId::new(1).unwrap(), true);
/// framed.send(OutgoingSection::new(head, fields)).await?;
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

impl<B: AsRef<[u8]>> Encoder<Frame<B>> for Codec {
    type Error = CodecError;

    fn encode(&mut self, frame: Frame<B>, dst: &mut BytesMut) -> Result<(), Self::Error> {
        self.write(dst, |codec, dst| {
            codec.writer.append_frame(&frame, dst)?;
            if let Frame::Settings(Settings::List(list)) = &frame {
                codec.reader.settings_sent(list)?;
            }
            Ok(())
        })
    }
}

impl Encoder<OutgoingSection> for Codec {
    type Error = CodecError;

    fn encode(&mut self, section: OutgoingSection, dst: &mut BytesMut) -> Result<(), Self::Error> {
        self.write(dst, |codec, dst| {
            Ok(codec.writer.append_section(section.head, section.fields.iter(), dst)?)
        })
    }
}

/// Reads and writes the frames of a connection with `tokio_util::codec::Framed`.
///
/// A client sends the [`PREFACE`](h2wire_frame::PREFACE) itself, before the first frame.
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
    /// The frame cannot be sent.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

impl Decoder for FrameCodec {
    type Item = FrameEvent<Bytes>;
    type Error = FrameCodecError;

    fn decode(&mut self, src: &mut BytesMut) -> Result<Option<Self::Item>, Self::Error> {
        Ok(self.reader.read_bytes(src)?)
    }
}

impl<B: AsRef<[u8]>> Encoder<Frame<B>> for FrameCodec {
    type Error = FrameCodecError;

    fn encode(&mut self, frame: Frame<B>, dst: &mut BytesMut) -> Result<(), Self::Error> {
        Ok(append_frame_unchecked(&frame, dst)?)
    }
}
