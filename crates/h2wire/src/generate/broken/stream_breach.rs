//! What only a connection can find: it knows the states of streams, and the windows.

use h2wire_frame::{ErrorCode, RfcSection};

use crate::Role;

/// A frame that its stream, or a window, is not ready for. The codec does not judge it; RFC 9113 §5.1 says what a connection does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum StreamBreach {
    /// DATA on a stream that nobody opened. §5.1: connection error `PROTOCOL_ERROR`.
    IdleData,
    /// `RST_STREAM` on a stream that nobody opened. §6.4: connection error `PROTOCOL_ERROR`.
    IdleRstStream,
    /// `WINDOW_UPDATE` on a stream that nobody opened. §5.1: connection error `PROTOCOL_ERROR`.
    IdleWindowUpdate,
    /// DATA after `END_STREAM`. §5.1: stream error `STREAM_CLOSED`; of the connection if the stream is closed by now.
    DataAfterEnd,
    /// HEADERS after `END_STREAM`. §5.1: stream error `STREAM_CLOSED`; of the connection if the stream is closed by now.
    HeadersAfterEnd,
    /// DATA after `RST_STREAM` from the same side. §5.1: error `STREAM_CLOSED`, of the stream or the connection.
    DataAfterReset,
    /// HEADERS after `RST_STREAM` from the same side. §5.1: error `STREAM_CLOSED`, of the stream or the connection.
    HeadersAfterReset,
    /// A client opens a stream below one that it opened before. §5.1.1: connection error `PROTOCOL_ERROR`.
    IdNotGrowing,
    /// A server promises a stream below one that it promised before. §5.1.1: connection error `PROTOCOL_ERROR`.
    PromisedIdNotGrowing,
    /// A server responds on a stream that nobody opened. §5.1: connection error `PROTOCOL_ERROR`.
    IdleHeaders,
    /// A section with pseudo-header fields after the head of a request, or a final response. §8.1: stream error `PROTOCOL_ERROR`.
    PseudoFieldInTrailers,
    /// Less content than `content-length` says, or more. §8.1.1: stream error `PROTOCOL_ERROR`.
    ContentLengthMismatch,
    /// DATA before the head of the response. §8.1: stream error `PROTOCOL_ERROR`.
    DataBeforeHeaders,
    /// `WINDOW_UPDATE` that makes the window of the connection larger than 2^31-1. §6.9.1: connection error `FLOW_CONTROL_ERROR`.
    ConnectionWindowOverflow,
    /// `WINDOW_UPDATE` that makes the window of a stream larger than 2^31-1. §6.9.1: stream error `FLOW_CONTROL_ERROR`.
    StreamWindowOverflow,
    /// More content than the first window of the connection, on one stream. §6.9.1: connection error `FLOW_CONTROL_ERROR`. Send
    /// it at once: a receiver may widen its windows between two frames.
    ConnectionWindowExceeded,
    /// More content than the window of a stream, for which the receiver sends `SETTINGS_INITIAL_WINDOW_SIZE` 100. §6.9.1: stream
    /// error `FLOW_CONTROL_ERROR`. Send it at once.
    StreamWindowExceeded,
}

impl StreamBreach {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::IdleData,
        Self::IdleRstStream,
        Self::IdleWindowUpdate,
        Self::DataAfterEnd,
        Self::HeadersAfterEnd,
        Self::DataAfterReset,
        Self::HeadersAfterReset,
        Self::IdNotGrowing,
        Self::PromisedIdNotGrowing,
        Self::IdleHeaders,
        Self::PseudoFieldInTrailers,
        Self::ContentLengthMismatch,
        Self::DataBeforeHeaders,
        Self::ConnectionWindowOverflow,
        Self::StreamWindowOverflow,
        Self::ConnectionWindowExceeded,
        Self::StreamWindowExceeded,
    ];

    /// The error code to expect.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::DataAfterEnd | Self::HeadersAfterEnd | Self::DataAfterReset | Self::HeadersAfterReset => {
                ErrorCode::STREAM_CLOSED
            }
            Self::ConnectionWindowOverflow
            | Self::StreamWindowOverflow
            | Self::ConnectionWindowExceeded
            | Self::StreamWindowExceeded => ErrorCode::FLOW_CONTROL_ERROR,
            _ => ErrorCode::PROTOCOL_ERROR,
        }
    }

    /// The section that says so.
    #[must_use]
    pub const fn section(self) -> RfcSection {
        let number = match self {
            Self::IdNotGrowing | Self::PromisedIdNotGrowing => "5.1.1",
            Self::IdleRstStream => "6.4",
            Self::PseudoFieldInTrailers | Self::DataBeforeHeaders => "8.1",
            Self::ContentLengthMismatch => "8.1.1",
            Self::ConnectionWindowOverflow
            | Self::StreamWindowOverflow
            | Self::ConnectionWindowExceeded
            | Self::StreamWindowExceeded => "6.9.1",
            _ => "5.1",
        };
        RfcSection { rfc: 9113, number }
    }

    /// Whether `sender` can do this.
    #[must_use]
    pub const fn is_possible_for(self, sender: Role) -> bool {
        match self {
            Self::IdNotGrowing => matches!(sender, Role::Client),
            Self::PromisedIdNotGrowing | Self::IdleHeaders | Self::DataBeforeHeaders => {
                matches!(sender, Role::Server)
            }
            _ => !matches!(sender, Role::Observer),
        }
    }
}
