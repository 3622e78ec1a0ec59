//! What is missing where the input ends.

use h2wire_frame::StreamId;

/// What is missing where the input ends. RFC 9113 has no error for it: the connection was closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum EndOfInput {
    /// Nothing: the last frame is complete, and so is its field block.
    Clean,
    /// Nothing of HTTP/2 came, or the preface alone. The SETTINGS frame that each side starts with is missing.
    BeforeSettings,
    /// The input ends inside a frame or the preface.
    InsideFrame {
        /// Bytes of it that are there.
        have: usize,
        /// Bytes that it has at least.
        need: usize,
    },
    /// A field block is not complete: its next CONTINUATION frame is missing.
    InsideFieldBlock {
        /// The stream of the block.
        stream_id: StreamId,
    },
}
