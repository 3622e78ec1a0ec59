//! What a reader does with what comes.

use h2wire_frame::{ParseOptions, PayloadLength};

/// What a reader accepts and how it judges; it may be changed between two reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "switches that are independent of each other")]
pub struct Options {
    /// The longest payload taken, in octets. Default [`Limits::max_frame_size`](crate::Limits::max_frame_size); changed by
    /// `announce`.
    pub max_frame_size: PayloadLength,
    /// Whether `PRIORITY_UPDATE` (RFC 9218) is checked. If not it is an unknown frame. Default on.
    pub extensions: bool,
    /// Whether field sections are checked as [`FieldValidator`](crate::FieldValidator) does. Default on. Off is for tools
    /// that show what is there; an endpoint that does without must check itself (RFC 9113 §8.1.1, §10.3).
    pub validate_fields: bool,
    /// Whether `:protocol` is defined: `SETTINGS_ENABLE_CONNECT_PROTOCOL` was sent. RFC 8441 §3. Default on.
    pub extended_connect: bool,
    /// Whether an error of a stream ends the connection, as an endpoint may decide. RFC 9113 §5.4.1. Default off.
    pub escalate_stream_errors: bool,
}

impl Options {
    /// The defaults.
    pub const DEFAULT: Self = Self {
        max_frame_size: PayloadLength::INITIAL_MAX_FRAME_SIZE,
        extensions: true,
        validate_fields: true,
        extended_connect: true,
        escalate_stream_errors: false,
    };

    pub(crate) const fn parse(&self) -> ParseOptions {
        ParseOptions { max_frame_size: self.max_frame_size, extensions: self.extensions }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::DEFAULT
    }
}
