//! The peer broke a rule: an error of the connection or of one stream.

use core::fmt;

use h2wire_frame::{ErrorCode, FrameRule, GoAway, RstStream, StreamId};
use h2wire_hpack::HpackError;

use crate::fields::FieldIndex;
use crate::{Breach, Limit, Rule};

/// A rule was broken that ends the connection. RFC 9113 §5.4.1.
///
/// Send the GOAWAY frame of [`go_away`](Self::go_away), then close the connection.
///
/// ```
/// use h2wire::frame::StreamId;
/// use h2wire::{FrameReader, Role};
///
/// let mut reader = FrameReader::new(Role::Client);
/// // A PING where SETTINGS must come first.
/// let error = reader.read(b"\0\0\x08\x06\0\0\0\0\0").unwrap_err();
/// assert_eq!(error.rule.name(), "first_frame");
///
/// let mut out = [0; 64];
/// let len = error.go_away(StreamId::CONNECTION).encode(&mut out)?;
/// assert!(out[..len].ends_with(b"first_frame")); // send it, then close
/// # Ok::<(), h2wire::frame::EncodeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("connection error {}: {}", .rule.code(), .rule)]
#[non_exhaustive]
pub struct ConnectionError {
    /// The rule.
    pub rule: Rule,
}

/// A rule was broken that ends one stream; the connection goes on. RFC 9113 §5.4.2.
///
/// Send the `RST_STREAM` frame of [`rst_stream`](Self::rst_stream) or, for a request, a response with a status such
/// as 400 or 431. HPACK is in step.
///
/// **Not on an idle stream**: `RST_STREAM` must not be sent there (§6.4), and the peer would end the connection. Only the caller
/// knows which streams are idle. A PRIORITY frame of another length than 5 and a `WINDOW_UPDATE` of 0 can be on one; send the
/// GOAWAY of [`ConnectionError::from`] this error, or nothing. HEADERS open their stream, so it is not idle after them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct StreamError {
    /// The stream to reset.
    pub stream_id: StreamId,
    /// The rule.
    pub rule: Rule,
    index: FieldIndex,
}

impl ConnectionError {
    /// Makes the error for a broken `rule`.
    #[must_use]
    pub const fn new(rule: Rule) -> Self {
        Self { rule }
    }

    pub(crate) const fn frame(rule: FrameRule) -> Self {
        Self { rule: Rule::Frame(rule) }
    }

    pub(crate) const fn limit(limit: Limit) -> Self {
        Self { rule: Rule::Limit(limit) }
    }

    /// The error code to send.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        self.rule.code()
    }

    /// The frame to send, with the name of the rule as debug data. `last_stream_id` is the highest stream of the peer
    /// that was or may be processed, 0 for none. RFC 9113 §6.8.
    #[must_use]
    pub const fn go_away(self, last_stream_id: StreamId) -> GoAway<&'static [u8]> {
        GoAway { last_stream_id, error_code: self.code(), additional_debug_data: self.rule.name().as_bytes() }
    }
}

impl StreamError {
    /// Makes the error for a `rule` broken on a stream.
    #[must_use]
    pub const fn new(stream_id: StreamId, rule: Rule) -> Self {
        Self { stream_id, rule, index: FieldIndex::NONE }
    }

    /// The error code to send.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        self.rule.code()
    }

    /// The error of a field section that belongs to a stream.
    #[must_use]
    pub const fn in_section(stream_id: StreamId, breach: Breach) -> Self {
        Self { stream_id, rule: Rule::Malformed(breach.malformed), index: breach.index() }
    }

    /// The index of the field that broke the rule, from 0; `None` if it is not about one field. See [`Breach::field`].
    #[must_use]
    pub fn field(self) -> Option<u32> {
        self.index.get()
    }

    /// The frame to send, unless the stream is idle: with [`Writer::frame`](crate::Writer::frame), or in one call with
    /// [`Writer::rst_stream`](crate::Writer::rst_stream). RFC 9113 §6.4.
    #[must_use]
    pub const fn rst_stream(self) -> RstStream {
        RstStream { stream_id: self.stream_id, error_code: self.code() }
    }
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stream error {} on stream {}: ", self.rule.code(), self.stream_id)?;
        match self.field() {
            Some(field) => write!(f, "field at index {field}: {}", self.rule),
            None => self.rule.fmt(f),
        }
    }
}

impl core::error::Error for StreamError {}

impl From<HpackError> for ConnectionError {
    fn from(error: HpackError) -> Self {
        Self { rule: Rule::Hpack(error) }
    }
}

impl From<StreamError> for ConnectionError {
    /// An endpoint may treat a stream error as a connection error. RFC 9113 §5.4.1.
    fn from(error: StreamError) -> Self {
        Self { rule: error.rule }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Malformed;

    #[test]
    fn says_scope_code_rule_and_section() {
        let error = ConnectionError::from(HpackError::IndexZero);
        assert_eq!(
            error.to_string(),
            "connection error COMPRESSION_ERROR: an indexed field has the index 0, which stands for nothing (RFC 7541 §6.1)"
        );
        let answer = error.go_away(StreamId::MAX);
        assert_eq!(
            (answer.error_code, answer.additional_debug_data),
            (ErrorCode::COMPRESSION_ERROR, b"index_zero".as_slice())
        );
        let error = StreamError::in_section(StreamId::MAX, Breach::new(Malformed::Te, Some(3)));
        assert_eq!(
            error.to_string(),
            "stream error PROTOCOL_ERROR on stream 2147483647: field at index 3: a te field has a value other than `trailers` (RFC 9113 §8.2.2)"
        );
        assert_eq!(error.rst_stream().error_code, ErrorCode::PROTOCOL_ERROR);
        assert_eq!(ConnectionError::from(error).rule.name(), "te");
    }
}
