//! Frames for `tokio_util::codec`.

use std::io;

use bytes::{Bytes, BytesMut};
use h2wire_frame::{EncodeError, Frame};
use tokio_util::codec::{Decoder, Encoder};

use crate::{ConnectionError, FrameReader, Item, encode_bytes};

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
/// let framed = Framed::new(io, FrameCodec { reader: FrameReader::new(Role::Server) });
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FrameCodec {
    /// The reader of what the peer sends.
    pub reader: FrameReader,
}

/// Why a [`FrameCodec`] gives up.
#[derive(Debug, thiserror::Error)]
pub enum FrameCodecError {
    /// The octets cannot be read or written.
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
    type Item = Item<Bytes>;
    type Error = FrameCodecError;

    fn decode(&mut self, src: &mut BytesMut) -> Result<Option<Self::Item>, Self::Error> {
        Ok(self.reader.read_bytes(src)?)
    }
}

impl<B: AsRef<[u8]>> Encoder<Frame<B>> for FrameCodec {
    type Error = FrameCodecError;

    fn encode(&mut self, frame: Frame<B>, dst: &mut BytesMut) -> Result<(), Self::Error> {
        Ok(encode_bytes(&frame, dst)?)
    }
}
