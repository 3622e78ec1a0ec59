//! The peer broke a rule, or the caller asked for a frame that cannot be sent.
//!
//! Too few bytes are not an error; see [`Progress::Needed`](crate::Progress::Needed).

use core::fmt;

use crate::header::PayloadTooLong;
use crate::stream_id::StreamIdTooLarge;
use crate::{ErrorCode, FrameRule, StreamId};

/// A rule of the framing layer that the peer broke, and what that ends.
///
/// ```
/// use h2wire_frame::{Frame, ParseOptions, Scope};
///
/// // A PING frame with 7 bytes.
/// let bytes = b"\0\0\x07\x06\0\0\0\0\0";
/// let error = Frame::parse(bytes, &ParseOptions::DEFAULT).unwrap_err();
/// assert_eq!(error.rule.name(), "ping_length");
/// assert_eq!(error.code().name(), Some("FRAME_SIZE_ERROR"));
/// assert_eq!(error.scope, Scope::Connection);
/// assert_eq!(error.rule.section().number, "6.7");
/// ```
///
/// It is closed: an error of a frame is a rule and a scope, and the rule knows the rest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FrameError {
    /// The rule.
    pub rule: FrameRule,
    /// What the error ends.
    pub scope: Scope,
}

/// What an error ends. Closed: RFC 9113 §5.4 has these two.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scope {
    /// The connection: send GOAWAY and close it. RFC 9113 §5.4.1.
    Connection,
    /// One stream: send `RST_STREAM` and go on after the whole frame. RFC 9113 §5.4.2.
    ///
    /// An endpoint may end the connection instead (§5.4.1). No frame with a field block has such an error, so skipping the
    /// frame never puts HPACK out of step.
    Stream(StreamId),
}

impl FrameError {
    pub(crate) const fn connection(rule: FrameRule) -> Self {
        Self { rule, scope: Scope::Connection }
    }

    pub(crate) const fn stream(stream_id: StreamId, rule: FrameRule) -> Self {
        Self { rule, scope: Scope::Stream(stream_id) }
    }

    /// The error code to send.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        self.rule.code()
    }
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scope {
            Scope::Connection => write!(f, "connection error {}: {}", self.code(), self.rule),
            Scope::Stream(id) => write!(f, "stream error {} on stream {id}: {}", self.code(), self.rule),
        }
    }
}

impl core::error::Error for FrameError {}

/// The caller asked for a frame that cannot be sent. Nothing was written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The buffer is too small.
    #[error("the buffer is too small: {needed} bytes are needed")]
    BufferTooSmall {
        /// Bytes the buffer must have.
        needed: usize,
    },
    /// The payload fits in no frame, whatever the peer's limit. RFC 9113 §4.2.
    #[error(transparent)]
    PayloadTooLong(#[from] PayloadTooLong),
    /// The frame must be on a stream, or must not be. RFC 9113 §6.
    #[error("this frame cannot be sent on stream {}", .0)]
    StreamId(StreamId),
    /// A stream identifier has 31 bits. RFC 9113 §5.1.1.
    #[error(transparent)]
    StreamIdTooLarge(#[from] StreamIdTooLarge),
    /// Only a server's stream can be promised: even and not 0. RFC 9113 §6.6.
    #[error("a server cannot promise stream {}: it must be even and not 0", .0)]
    PromisedStreamId(StreamId),
    /// A window grows by at most 2^31-1 bytes. RFC 9113 §6.9.
    #[error("a window cannot grow by {} bytes: 2,147,483,647 is the largest increment", .0)]
    WindowSizeIncrement(u32),
    /// The content of the frame breaks a rule: the value of a setting (§6.5.2), the fields of `PRIORITY_UPDATE`.
    #[error("a receiver must refuse this frame: {}", .0)]
    Refused(FrameRule),
    /// A [`SettingBuffer`](crate::SettingBuffer) is full.
    #[error("no room for another setting: the buffer holds {}", .0)]
    TooManySettings(usize),
    /// An unknown frame has the type of a frame that this crate knows; use that frame.
    #[error("frame type 0x{:02x} has a structure of its own: use its frame", .0)]
    KnownFrameType(u8),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_scope_code_rule_and_section() {
        let error = FrameError::connection(FrameRule::PingLength);
        assert_eq!(
            error.to_string(),
            "connection error FRAME_SIZE_ERROR: the payload of a PING frame is not 8 bytes long (RFC 9113 §6.7)"
        );
        let error = FrameError::stream(StreamId::new(5).unwrap(), FrameRule::PriorityLength);
        assert_eq!(
            error.to_string(),
            "stream error FRAME_SIZE_ERROR on stream 5: the payload of a PRIORITY frame is not 5 bytes long (RFC 9113 §6.3)"
        );
        assert_eq!(error.code(), ErrorCode::FRAME_SIZE_ERROR);
    }
}
