//! What goes wrong: the peer broke a rule, or the caller asked for a frame that cannot be sent.
//!
//! That more octets are needed is not an error; see [`Parsed::Needed`](crate::Parsed::Needed).

use crate::{ErrorCode, FrameRule, GoAway, RstStream, StreamId};

/// A rule was broken that ends the connection. RFC 9113 §5.4.1.
///
/// The answer is a GOAWAY frame with [`code`](Self::code), then closing the connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("connection error {}: {} ({})", .rule.code(), .rule.sentence(), .rule.section())]
pub struct ConnectionError {
    /// The rule.
    pub rule: FrameRule,
}

/// A rule was broken that ends one stream; the connection goes on. RFC 9113 §5.4.2.
///
/// The answer is a `RST_STREAM` frame with [`code`](Self::code). An endpoint may treat it as a
/// [`ConnectionError`] instead (§5.4.1), hence the conversion. No frame with a field block gives one, so that to skip
/// the frame never puts HPACK out of step.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("stream error {} on stream {}: {} ({})", .rule.code(), .stream_id, .rule.sentence(), .rule.section())]
pub struct StreamError {
    /// The stream to reset.
    pub stream_id: StreamId,
    /// The rule.
    pub rule: FrameRule,
}

/// A rule was broken by the peer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
pub enum FrameError {
    /// The connection is lost.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// One stream is lost. The frame is to be skipped, all its octets.
    #[error(transparent)]
    Stream(#[from] StreamError),
}

/// What an error ends.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scope {
    /// The connection. RFC 9113 §5.4.1.
    Connection,
    /// One stream. RFC 9113 §5.4.2.
    Stream(StreamId),
}

impl ConnectionError {
    /// The error code to send.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        self.rule.code()
    }

    /// The frame to send: with the name of the rule as debug data. `last_stream_id` is the highest stream of the peer
    /// that was or may be processed, 0 for none. RFC 9113 §6.8.
    #[must_use]
    pub const fn go_away(self, last_stream_id: StreamId) -> GoAway<&'static [u8]> {
        GoAway { last_stream_id, error_code: self.code(), additional_debug_data: self.rule.name().as_bytes() }
    }
}

impl StreamError {
    /// The error code to send.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        self.rule.code()
    }

    /// The frame to send. RFC 9113 §6.4.
    #[must_use]
    pub const fn rst_stream(self) -> RstStream {
        RstStream { stream_id: self.stream_id, error_code: self.code() }
    }
}

impl FrameError {
    pub(crate) const fn connection(rule: FrameRule) -> Self {
        Self::Connection(ConnectionError { rule })
    }

    pub(crate) const fn stream(stream_id: StreamId, rule: FrameRule) -> Self {
        Self::Stream(StreamError { stream_id, rule })
    }

    /// The rule that was broken.
    #[must_use]
    pub const fn rule(self) -> FrameRule {
        match self {
            Self::Connection(error) => error.rule,
            Self::Stream(error) => error.rule,
        }
    }

    /// The error code to send.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        self.rule().code()
    }

    /// What the error ends.
    #[must_use]
    pub const fn scope(self) -> Scope {
        match self {
            Self::Connection(_) => Scope::Connection,
            Self::Stream(error) => Scope::Stream(error.stream_id),
        }
    }
}

impl From<StreamError> for ConnectionError {
    fn from(error: StreamError) -> Self {
        Self { rule: error.rule }
    }
}

/// The caller asked for a frame that cannot be sent. Nothing was written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The buffer is too small.
    #[error("the buffer is too small: {needed} octets are needed")]
    BufferTooSmall {
        /// Octets the buffer must have.
        needed: usize,
    },
    /// The payload does not fit in a frame, whatever the peer's limit: 2^24-1 octets. RFC 9113 §4.2.
    #[error("the payload is longer than the 16,777,215 octets of the largest frame")]
    PayloadTooLong,
    /// The frame must be on a stream, or must not be. RFC 9113 §6.
    #[error("{} is not a stream this frame can be sent on", .0)]
    StreamId(StreamId),
    /// A stream identifier has 31 bits. RFC 9113 §5.1.1.
    #[error("{} is no stream identifier: 2,147,483,647 is the largest", .0)]
    StreamIdTooLarge(u32),
    /// Only a server's stream can be promised: even and not 0. RFC 9113 §6.6.
    #[error("{} is not a stream a server can promise", .0)]
    PromisedStreamId(StreamId),
    /// A window grows by at most 2^31-1 octets. RFC 9113 §6.9.
    #[error("a window cannot grow by {} octets: 2,147,483,647 is the most", .0)]
    WindowSizeIncrement(u32),
    /// What is in the frame breaks a rule: a value of a setting (§6.5.2), the fields of `PRIORITY_UPDATE`.
    #[error("a receiver must refuse this: {}", .0.sentence())]
    Refused(FrameRule),
    /// The room of a [`SettingBuffer`](crate::SettingBuffer) is used up.
    #[error("no room for another setting: there is room for {}", .0)]
    TooManySettings(usize),
    /// An unknown frame has the type of one this crate knows; use that frame.
    #[error("0x{:02x} is the type of a frame with a structure of its own", .0)]
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
            "connection error FRAME_SIZE_ERROR: the payload of a PING frame is not 8 octets long (RFC 9113 §6.7)"
        );
        assert_eq!((error.code(), error.scope()), (ErrorCode::FRAME_SIZE_ERROR, Scope::Connection));

        let stream = StreamId::new(5).unwrap();
        let error = FrameError::stream(stream, FrameRule::PriorityLength);
        assert_eq!(
            error.to_string(),
            "stream error FRAME_SIZE_ERROR on stream 5: the payload of a PRIORITY frame is not 5 octets long (RFC 9113 §6.3)"
        );
        assert_eq!(error.scope(), Scope::Stream(stream));
    }

    #[test]
    fn errors_know_their_answer() {
        let answer = ConnectionError { rule: FrameRule::PingLength }.go_away(StreamId::MAX);
        assert_eq!((answer.error_code, answer.last_stream_id), (ErrorCode::FRAME_SIZE_ERROR, StreamId::MAX));
        assert_eq!(answer.additional_debug_data, b"ping_length");
        let error = StreamError { stream_id: StreamId::MAX, rule: FrameRule::WindowUpdateIncrement };
        let answer = RstStream { stream_id: StreamId::MAX, error_code: ErrorCode::PROTOCOL_ERROR };
        assert_eq!(error.rst_stream(), answer);
    }

    #[test]
    fn an_endpoint_may_widen_a_stream_error() {
        let error = StreamError { stream_id: StreamId::MAX, rule: FrameRule::WindowUpdateIncrement };
        assert_eq!(ConnectionError::from(error), ConnectionError { rule: FrameRule::WindowUpdateIncrement });
    }
}
