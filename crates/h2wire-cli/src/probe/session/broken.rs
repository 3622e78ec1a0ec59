//! What the peer did wrong: what the codec finds, and what only a connection can tell.

use h2wire::Rule;
use h2wire::frame::{ErrorCode, RfcSection};

/// A rule that the peer broke.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Broken {
    /// One that octets alone break.
    Codec(Rule),
    WindowExceeded,
    WindowOverflow,
    StreamIdle,
    PushDisabled,
    DataBeforeHeaders,
    StatusMissing,
    SwitchingProtocols,
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
                "the peer sends more content than the window allows",
                "a sender counts the payload of DATA frames, padding included, against the stream and the connection"),
            Self::WindowOverflow => ("window_overflow", "6.9.1", ErrorCode::FLOW_CONTROL_ERROR,
                "the peer makes a window larger than 2,147,483,647 octets",
                "a receiver gives back what was used, and nothing else"),
            Self::StreamIdle => ("stream_idle", "5.1", ErrorCode::PROTOCOL_ERROR,
                "the peer sends a frame on a stream that was never opened",
                "only stream 1 was opened; a server answers on the stream of the request"),
            Self::PushDisabled => ("push_disabled", "6.6", ErrorCode::PROTOCOL_ERROR,
                "the peer promises a stream though SETTINGS_ENABLE_PUSH is 0",
                "a server must not push to a client that does not want it"),
            Self::DataBeforeHeaders => ("data_before_headers", "8.1", ErrorCode::PROTOCOL_ERROR,
                "the peer sends content before the head of the response",
                "a response starts with HEADERS that have :status"),
            Self::StatusMissing => ("status_missing", "8.3.2", ErrorCode::PROTOCOL_ERROR,
                "the head of the response has no :status",
                "the first field of a response is :status; trailers come behind a response"),
            Self::SwitchingProtocols => ("status_101", "8.6", ErrorCode::PROTOCOL_ERROR,
                "the response has status 101, which HTTP/2 does not have",
                "no protocol is switched to over HTTP/2: a proxy must not pass 101 on; WebSocket starts with extended CONNECT (RFC 8441)"),
            Self::SecondHead => ("second_head", "8.1", ErrorCode::PROTOCOL_ERROR,
                "the peer sends the head of a response behind the final one",
                "interim heads come before the final one; behind it come content and trailers, which have no :status"),
            Self::ContentLength => ("content_length", "8.1.1", ErrorCode::PROTOCOL_ERROR,
                "the content of the response has not the length that content-length says",
                "whoever changes the content, by compression for instance, changes content-length or leaves it out; padding does not count"),
            Self::StreamClosed => ("stream_closed", "5.1", ErrorCode::STREAM_CLOSED,
                "the peer sends content or fields on a stream that it has ended",
                "END_STREAM belongs on the last frame of a response with content or fields"),
        }
    }
}

impl From<h2wire::ConnectionError> for Broken {
    fn from(error: h2wire::ConnectionError) -> Self {
        Self::Codec(error.rule)
    }
}
