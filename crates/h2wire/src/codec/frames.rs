//! Frames both ways.

use std::io;

use bytes::{Bytes, BytesMut};
use h2wire_frame::{EncodeError, Frame, Settings};
use tokio_util::codec::{Decoder, Encoder};

use super::answer::{GoAwayFirst, answer, is_complete, last_answer};
use crate::{ConnectionError, FrameEvent, FrameReader, SettingsSentError, append_frame_unchecked};

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
    /// The peer refused the connection with GOAWAY in place of its SETTINGS. Close it: the peer does not listen any more.
    #[error(transparent)]
    GoAwayFirst(#[from] GoAwayFirst),
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
        let read = self.reader.read_bytes(src);
        answer(read, || self.reader.first_go_away(src))
    }

    fn decode_eof(&mut self, src: &mut BytesMut) -> Result<Option<Self::Item>, Self::Error> {
        let read = self.reader.read_bytes(src);
        let go_away = || self.reader.first_go_away(src).filter(is_complete);
        last_answer(answer(read, go_away), self.reader.end_of_input(src))
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
