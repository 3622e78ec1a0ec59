//! What a reader in pieces yields.

use core::fmt;

use h2wire_frame::{Frame, FrameHeader};

use crate::{Fields, StreamError};

/// What a [`ChunkedReader`](crate::ChunkedReader) yields.
#[non_exhaustive]
pub enum Chunk<'r, 'i, M: AsRef<[u8]> + AsMut<[u8]>> {
    /// The client connection preface. RFC 9113 §3.4.
    Preface,
    /// A whole frame: PRIORITY, `RST_STREAM`, SETTINGS, PING or `WINDOW_UPDATE`.
    Frame {
        /// The frame header as received, reserved bit and unknown flags included.
        header: FrameHeader,
        /// The frame.
        frame: Frame<&'r [u8]>,
    },
    /// The start of a frame whose payload comes in pieces: as [`Payload`](Self::Payload), or as [`Fields`](Self::Fields) for
    /// HEADERS, `PUSH_PROMISE` and CONTINUATION.
    Start {
        /// The frame header as received, reserved bit and unknown flags included.
        header: FrameHeader,
        /// The frame, with the length of the payload without padding in place of the payload.
        frame: Frame<usize>,
    },
    /// A piece of the payload of the frame that started: the content of DATA, the debug data of GOAWAY, an unknown payload.
    Payload {
        /// The bytes; at least one.
        octets: &'r [u8],
        /// Bytes of the payload that are still missing; 0 if this is the last piece.
        missing: usize,
    },
    /// The next fields of a block.
    Fields(Fields<'r, 'i, M>),
    /// A frame that ends its stream, not the connection. It is skipped.
    StreamError {
        /// The frame header as received, reserved bit and unknown flags included.
        header: FrameHeader,
        /// The error: send its `RST_STREAM`, unless the stream is idle.
        error: StreamError,
    },
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> fmt::Debug for Chunk<'_, '_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Preface => f.write_str("Preface"),
            Self::Frame { frame, .. } => frame.fmt(f),
            Self::Start { frame, .. } => frame.fmt(f),
            Self::Payload { octets, missing } => {
                f.debug_struct("Payload").field("octets", octets).field("missing", missing).finish()
            }
            Self::Fields(fields) => fields.fmt(f),
            Self::StreamError { error, .. } => error.fmt(f),
        }
    }
}
