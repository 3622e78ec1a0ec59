//! Rules that the peer broke: those the codec checks, and those that need the state of a connection.

use h2wire::Rule;
use h2wire::frame::{ErrorCode, RfcSection};

/// A rule that the peer broke.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Broken {
    /// A rule that the codec checks.
    Codec(Rule),
    WindowExceeded,
    WindowOverflow,
    StreamIdle,
    PushDisabled,
    DataBeforeHeaders,
    StatusMissing,
    SecondHead,
    ContentLength,
    StreamClosed,
}

impl Broken {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Codec(rule) => rule.name(),
            _ => self.facts().0,
        }
    }

    pub(crate) const fn section(self) -> RfcSection {
        match self {
            Self::Codec(rule) => rule.section(),
            _ => RfcSection { rfc: 9113, number: self.facts().1 },
        }
    }

    pub(crate) const fn code(self) -> ErrorCode {
        match self {
            Self::Codec(rule) => rule.code(),
            _ => self.facts().2,
        }
    }

    pub(crate) const fn sentence(self) -> &'static str {
        match self {
            Self::Codec(rule) => rule.sentence(),
            _ => self.facts().3,
        }
    }

    pub(crate) const fn remedy(self) -> &'static str {
        match self {
            Self::Codec(rule) => rule.remedy(),
            _ => self.facts().4,
        }
    }

    #[rustfmt::skip]
    const fn facts(self) -> (&'static str, &'static str, ErrorCode, &'static str, &'static str) {
        match self {
            Self::Codec(rule) => (rule.name(), "", rule.code(), rule.sentence(), rule.remedy()),
            Self::WindowExceeded => ("window_exceeded", "6.9.1", ErrorCode::FLOW_CONTROL_ERROR,
                "the peer sent more content than the flow-control window allows",
                "in the server, count the whole payload of each DATA frame, padding included, against the windows of the stream and of the connection, and stop at 0"),
            Self::WindowOverflow => ("window_overflow", "6.9.1", ErrorCode::FLOW_CONTROL_ERROR,
                "the peer raised a flow-control window above 2,147,483,647 bytes",
                "in the server, send WINDOW_UPDATE only for bytes of DATA that were received, and keep SETTINGS_INITIAL_WINDOW_SIZE plus all increments within 2,147,483,647"),
            Self::StreamIdle => ("stream_idle", "5.1", ErrorCode::PROTOCOL_ERROR,
                "the peer sent a frame on a stream that was never opened",
                "in the server, answer on the stream of the request; h2wire opened stream 1 only"),
            Self::PushDisabled => ("push_disabled", "6.6", ErrorCode::PROTOCOL_ERROR,
                "the peer sent PUSH_PROMISE although SETTINGS_ENABLE_PUSH is 0",
                "in the server, switch push off, or check SETTINGS_ENABLE_PUSH of the client before each PUSH_PROMISE"),
            Self::DataBeforeHeaders => ("data_before_headers", "8.1", ErrorCode::PROTOCOL_ERROR,
                "the peer sent DATA before the header fields of the response",
                "in the server, send HEADERS with the final :status before the first DATA frame"),
            Self::StatusMissing => ("status_missing", "8.3.2", ErrorCode::PROTOCOL_ERROR,
                "the first HEADERS frame of the response has no :status field",
                "in the server, start the response with :status; send trailers only after the final response"),
            Self::SecondHead => ("second_head", "8.1", ErrorCode::PROTOCOL_ERROR,
                "the peer sent another HEADERS frame with :status after the final response",
                "in the server, send interim responses (1xx) before the final one; after it, send only content and trailers, and no :status in trailers"),
            Self::ContentLength => ("content_length", "8.1.1", ErrorCode::PROTOCOL_ERROR,
                "the content of the response does not have the length that content-length announces",
                "in the server or proxy, correct content-length or leave it out after a change of the content, such as compression; padding does not count"),
            Self::StreamClosed => ("stream_closed", "5.1", ErrorCode::STREAM_CLOSED,
                "the peer sent DATA or HEADERS on a stream after END_STREAM",
                "in the server, set END_STREAM only on the last DATA or HEADERS frame of the response, and send nothing after it"),
        }
    }
}

impl From<h2wire::ConnectionError> for Broken {
    fn from(error: h2wire::ConnectionError) -> Self {
        Self::Codec(error.rule)
    }
}
