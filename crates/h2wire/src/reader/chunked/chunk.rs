//! What a reader in pieces yields.

use core::fmt;

use h2wire_frame::{Frame, FrameHeader};

use crate::StreamError;

/// What a [`ChunkedReader`](crate::ChunkedReader) yields. It borrows the reader for `'r` where the reader has gathered a frame, and
/// in `F`: the [`Fields`](crate::Fields) that [`read`](crate::ChunkedReader::read) lends, or what the function of
/// [`read_with`](crate::ChunkedReader::read_with) has made of them.
#[non_exhaustive]
pub enum Chunk<'r, 'i, F> {
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
    /// The first bytes of the payload of `PRIORITY_UPDATE`: the stream, which the reader had to see as a whole. They are a
    /// copy, as they may have come in several pieces. RFC 9218 §7.1.
    PayloadStart {
        /// The bytes.
        octets: [u8; 4],
        /// Bytes of the payload that are still missing; 0 if there are no more.
        missing: usize,
    },
    /// A piece of the payload of the frame that started: the content of DATA, the debug data of GOAWAY, an unknown payload.
    Payload {
        /// The bytes, a part of the input; at least one.
        octets: &'i [u8],
        /// Bytes of the payload that are still missing; 0 if this is the last piece.
        missing: usize,
    },
    /// The next fields of a block.
    Fields(F),
    /// A frame that ends its stream, not the connection. It is skipped.
    StreamError {
        /// The frame header as received, reserved bit and unknown flags included.
        header: FrameHeader,
        /// The error: send its `RST_STREAM`, unless the stream is idle.
        error: StreamError,
    },
}

impl<'r, 'i, F> Chunk<'r, 'i, F> {
    /// Makes something else of the fields.
    pub fn map_fields<T>(self, map: impl FnOnce(F) -> T) -> Chunk<'r, 'i, T> {
        match self {
            Self::Preface => Chunk::Preface,
            Self::Frame { header, frame } => Chunk::Frame { header, frame },
            Self::Start { header, frame } => Chunk::Start { header, frame },
            Self::PayloadStart { octets, missing } => Chunk::PayloadStart { octets, missing },
            Self::Payload { octets, missing } => Chunk::Payload { octets, missing },
            Self::Fields(fields) => Chunk::Fields(map(fields)),
            Self::StreamError { header, error } => Chunk::StreamError { header, error },
        }
    }
}

impl<F: fmt::Debug> fmt::Debug for Chunk<'_, '_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Preface => f.write_str("Preface"),
            Self::Frame { frame, .. } => frame.fmt(f),
            Self::Start { frame, .. } => frame.fmt(f),
            Self::Payload { octets, missing } => {
                f.debug_struct("Payload").field("octets", octets).field("missing", missing).finish()
            }
            Self::PayloadStart { octets, missing } => {
                f.debug_struct("PayloadStart").field("octets", octets).field("missing", missing).finish()
            }
            Self::Fields(fields) => fields.fmt(f),
            Self::StreamError { error, .. } => error.fmt(f),
        }
    }
}
