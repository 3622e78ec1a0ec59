//! What the peer did wrong, whichever layer found it.

use core::fmt;

use h2wire_frame::{ErrorCode, GoAway, RfcSection, RstStream, StreamId};

use crate::{Limit, Malformed};

/// A rule that the peer broke: of a frame, of HPACK, of what a field section may contain, or a limit of this endpoint.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Rule {
    /// A frame, or the order of frames. RFC 9113 §3.4 to §6.
    Frame(h2wire_frame::FrameRule),
    /// A field block. RFC 7541.
    Hpack(h2wire_hpack::HpackError),
    /// What a field section may contain. RFC 9113 §8.2 and §8.3.
    Malformed(Malformed),
    /// More than this endpoint takes. RFC 9113 §10.5.
    Limit(Limit),
}

impl Rule {
    /// The name in snake case, `ping_length` for instance. Stable: scripts may depend on it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Frame(rule) => rule.name(),
            Self::Hpack(error) => error.name(),
            Self::Malformed(malformed) => malformed.name(),
            Self::Limit(limit) => limit.name(),
        }
    }

    /// Where the rule stands.
    #[must_use]
    pub const fn section(self) -> RfcSection {
        match self {
            Self::Frame(rule) => rule.section(),
            Self::Hpack(error) => error.section(),
            Self::Malformed(malformed) => malformed.section(),
            Self::Limit(limit) => limit.section(),
        }
    }

    /// The error code that answers a breach.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Frame(rule) => rule.code(),
            Self::Hpack(error) => error.code(),
            Self::Malformed(malformed) => malformed.code(),
            Self::Limit(limit) => limit.code(),
        }
    }

    /// What the peer did, in one sentence without a full stop.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Frame(rule) => rule.sentence(),
            Self::Hpack(error) => error.sentence(),
            Self::Malformed(malformed) => malformed.sentence(),
            Self::Limit(limit) => limit.sentence(),
        }
    }

    /// The usual cause and what to do about it.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Frame(rule) => rule.remedy(),
            Self::Hpack(error) => error.remedy(),
            Self::Malformed(malformed) => malformed.remedy(),
            Self::Limit(limit) => limit.remedy(),
        }
    }
}

impl fmt::Display for Rule {
    /// The sentence and the section.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.sentence(), self.section())
    }
}

/// A rule was broken that ends the connection. RFC 9113 §5.4.1.
///
/// The answer is a GOAWAY frame with [`code`](Self::code), then closing the connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("connection error {}: {} ({})", .rule.code(), .rule.sentence(), .rule.section())]
pub struct ConnectionError {
    /// The rule.
    pub rule: Rule,
}

/// A rule was broken that ends one stream; the connection goes on. RFC 9113 §5.4.2.
///
/// The answer is a `RST_STREAM` frame with [`code`](Self::code), or for a request a response with a status such as 400
/// or 431. HPACK is in step in any case.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("stream error {} on stream {}: {} ({})", .rule.code(), .stream_id, .rule.sentence(), .rule.section())]
pub struct StreamError {
    /// The stream to reset.
    pub stream_id: StreamId,
    /// The rule.
    pub rule: Rule,
}

impl ConnectionError {
    pub(crate) const fn frame(rule: h2wire_frame::FrameRule) -> Self {
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

impl From<h2wire_frame::ConnectionError> for ConnectionError {
    #[inline]
    fn from(error: h2wire_frame::ConnectionError) -> Self {
        Self::frame(error.rule)
    }
}

impl From<h2wire_hpack::HpackError> for ConnectionError {
    fn from(error: h2wire_hpack::HpackError) -> Self {
        Self { rule: Rule::Hpack(error) }
    }
}

impl From<h2wire_frame::StreamError> for StreamError {
    #[inline]
    fn from(error: h2wire_frame::StreamError) -> Self {
        Self { stream_id: error.stream_id, rule: Rule::Frame(error.rule) }
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
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_layers_have_no_name_in_common() {
        let frame = h2wire_frame::FrameRule::ALL.iter().map(|rule| Rule::Frame(*rule));
        let hpack = h2wire_hpack::HpackError::ALL.iter().map(|error| Rule::Hpack(*error));
        let malformed = Malformed::ALL.iter().map(|malformed| Rule::Malformed(*malformed));
        let limit = Limit::ALL.iter().map(|limit| Rule::Limit(*limit));
        let all: Vec<Rule> = frame.chain(hpack).chain(malformed).chain(limit).collect();
        let names: HashSet<_> = all.iter().map(|rule| rule.name()).collect();
        assert_eq!(names.len(), all.len());
        for rule in all {
            assert!(rule.sentence().len() > 20 && rule.remedy().len() > 20, "{rule:?}");
            assert!(rule.code() != ErrorCode::NO_ERROR && rule.section().rfc >= 7541, "{rule:?}");
        }
    }

    #[test]
    fn says_scope_code_rule_and_section() {
        let error = ConnectionError::from(h2wire_hpack::HpackError::IndexZero);
        assert_eq!(
            error.to_string(),
            "connection error COMPRESSION_ERROR: an indexed field has the index 0, which stands for nothing (RFC 7541 §6.1)"
        );
        let answer = error.go_away(StreamId::MAX);
        assert_eq!(
            (answer.error_code, answer.additional_debug_data),
            (ErrorCode::COMPRESSION_ERROR, b"index_zero".as_slice())
        );
        let error = StreamError { stream_id: StreamId::MAX, rule: Rule::Malformed(Malformed::Te) };
        assert_eq!(error.rst_stream().error_code, ErrorCode::PROTOCOL_ERROR);
        assert_eq!(ConnectionError::from(error).rule.name(), "te");
    }
}
