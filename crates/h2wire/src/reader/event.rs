//! What a reader of frames and fields yields, and why there is none.

use h2wire_frame::{Frame, FrameHeader};
use h2wire_hpack::{MemoryTooSmall, SetLimitsError};

#[cfg(doc)]
use crate::{Fields, Reader};
use crate::{LimitIsZero, SectionHead, StreamError};

/// What a [`Reader`] yields. It borrows the input, and the reader only in `F`: the [`Fields`] that [`Reader::read`] lends, or
/// what the function of [`Reader::read_with`] has made of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Event<'i, F> {
    /// The client connection preface. RFC 9113 §3.4.
    Preface,
    /// A frame without a field block, or one of a block that is not decoded because fields were lost before it: see
    /// [`Reader::joined`].
    Frame {
        /// The frame header as received, reserved bit and unknown flags included.
        header: FrameHeader,
        /// The frame; its payload is in the input.
        frame: Frame<&'i [u8]>,
    },
    /// A frame of a field block: HEADERS, `PUSH_PROMISE` or CONTINUATION.
    Fields {
        /// The frame header as received, reserved bit and unknown flags included.
        header: FrameHeader,
        /// The frame; its fragment is in the input.
        frame: Frame<&'i [u8]>,
        /// The fields in it, or what was made of them.
        fields: F,
    },
    /// A frame that ends its stream, not the connection. It is skipped.
    StreamError {
        /// The frame header as received, reserved bit and unknown flags included.
        header: FrameHeader,
        /// The error: send its `RST_STREAM`, unless the stream is idle.
        error: StreamError,
    },
}

impl<'i, F> Event<'i, F> {
    /// Makes something else of the fields.
    pub fn map_fields<T>(self, map: impl FnOnce(F) -> T) -> Event<'i, T> {
        match self {
            Self::Preface => Event::Preface,
            Self::Frame { header, frame } => Event::Frame { header, frame },
            Self::Fields { header, frame, fields } => Event::Fields { header, frame, fields: map(fields) },
            Self::StreamError { header, error } => Event::StreamError { header, error },
        }
    }
}

/// A frame of a field block that is not decoded yet.
pub(crate) struct Block<'i> {
    pub(crate) header: FrameHeader,
    pub(crate) frame: Frame<&'i [u8]>,
    /// The bytes that the frame takes.
    pub(crate) consumed: usize,
    pub(crate) part: BlockPart<'i>,
}

/// What a frame has of a field block.
#[derive(Clone, Copy)]
pub(crate) struct BlockPart<'i> {
    /// Of the section that starts with it.
    pub(crate) head: Option<SectionHead>,
    pub(crate) fragment: &'i [u8],
    /// The block ends with it.
    pub(crate) last: bool,
}

/// A reader cannot be made, or its limits cannot be changed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReaderError {
    /// A limit is 0.
    #[error(transparent)]
    Limit(#[from] LimitIsZero),
    /// The memory is too small.
    #[error(transparent)]
    Memory(#[from] MemoryTooSmall),
    /// A field block goes on: limits only change between blocks.
    #[error("a field block goes on: limits only change between blocks")]
    FieldBlockOpen,
}

impl From<SetLimitsError> for ReaderError {
    fn from(error: SetLimitsError) -> Self {
        match error {
            SetLimitsError::Memory(error) => Self::Memory(error),
            _ => Self::FieldBlockOpen,
        }
    }
}
