//! What a connection reports.

use core::fmt;

use bytes::Bytes;
use h2wire::FieldLine;
use h2wire::frame::{ErrorCode, StreamId, Unknown};

use crate::Cause;

/// Something happened: what [`Connection::poll_event`](crate::Connection::poll_event) returns.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Event {
    /// A field section. Its fields are in [`Connection::fields`](crate::Connection::fields) until the next event is asked for.
    Fields {
        /// The stream.
        stream_id: StreamId,
        /// What the fields are.
        kind: FieldsKind,
        /// Whether the message is complete.
        end_stream: bool,
    },
    /// Content. The peer may send as much again once it is released, see [`Stream::release`](crate::Stream::release).
    Data {
        /// The stream.
        stream_id: StreamId,
        /// The content: a slice of the input. Empty only if it ends the message.
        data: Bytes,
        /// Whether the message is complete.
        end_stream: bool,
    },
    /// A server promises the response to a request that was not made; the fields of the request are in
    /// [`Connection::fields`](crate::Connection::fields). [Reset](crate::Stream::reset) the promised stream to refuse it. RFC 9113 §8.4.
    Promise {
        /// The stream of the request that it belongs to.
        stream_id: StreamId,
        /// The stream of the response to come.
        promised_stream_id: StreamId,
    },
    /// All content that was given to a stream is in frames: it may be given more.
    Drained {
        /// The stream.
        stream_id: StreamId,
    },
    /// A stream is over before its end. There is no other event of it.
    Reset {
        /// The stream.
        stream_id: StreamId,
        /// The error code, of the peer or of this side.
        error_code: ErrorCode,
        /// Who did it, and why.
        reason: ResetReason,
    },
    /// The response is complete, and the rest of its request is not needed: the server has reset it with `NO_ERROR`. Nothing more can be
    /// sent or will come on the stream. RFC 9113 §8.1.
    ///
    /// To a client: the response, which came before this, is valid; stop the upload. To a server: its own response has ended before the
    /// request, of which nothing more comes. A request whose end has come has no such event.
    RequestStopped {
        /// The stream.
        stream_id: StreamId,
    },
    /// SETTINGS of the peer came and are acknowledged: see [`Connection::peer_settings`](crate::Connection::peer_settings).
    Settings,
    /// The peer has acknowledged the oldest SETTINGS that were sent.
    SettingsAcknowledged,
    /// The peer answers [`Connection::ping`](crate::Connection::ping).
    Pong {
        /// The data of the PING frame.
        opaque_data: [u8; 8],
    },
    /// The peer leaves: it takes no more streams. Those above the last one are reset, which is reported before this. RFC 9113 §6.8.
    GoAway {
        /// The last stream of this side that the peer has processed or may process.
        last_stream_id: StreamId,
        /// Why.
        error_code: ErrorCode,
        /// What it says for logs.
        debug_data: Bytes,
    },
    /// A frame of a type that is not of HTTP/2 itself, if [`Config::report_unknown`](crate::Config::report_unknown) is on.
    Unknown {
        /// The frame.
        frame: Unknown<Bytes>,
    },
}

/// What [`Connection::poll_event_with`](crate::Connection::poll_event_with) lends of a field section.
///
/// Closed: a section has these two.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lent<'a> {
    /// A section begins. Forget the fields of the one before: if it had no event, it will have none.
    Start,
    /// Its next field.
    Field(FieldLine<'a>),
}

/// What a field section is.
///
/// Closed: messages have these four. RFC 9113 §8.1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FieldsKind {
    /// The head of a request.
    Request,
    /// An interim response, 100 or 103 for example: another response follows.
    Interim,
    /// The head of the final response.
    Response,
    /// Fields after the content.
    Trailers,
}

/// Why a stream was reset.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ResetReason {
    /// The peer has sent `RST_STREAM`.
    ByPeer,
    /// The peer has sent GOAWAY, and has not processed the stream.
    GoAway,
    /// The peer broke a rule; it was sent `RST_STREAM`.
    Broken {
        /// The rule.
        cause: Cause,
        /// The index of the field that broke it, from 0, if it is about one: in [`Connection::fields`](crate::Connection::fields) until the
        /// next event is asked for, or among those that [`poll_event_with`](crate::Connection::poll_event_with) has lent. Do not act on
        /// such fields. The drivers do not hand them on, so that there it tells a reader of a log where to look.
        field: Option<u32>,
    },
    /// The input has ended.
    EndOfInput,
}

impl Event {
    /// Whether this says that a request was not processed, so that it may be sent again on another connection.
    /// RFC 9113 §8.7.
    #[must_use]
    pub const fn is_unprocessed(&self) -> bool {
        matches!(self, Self::Reset { reason, error_code, .. } if reason.is_unprocessed(*error_code))
    }
}

impl fmt::Display for ResetReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ByPeer => f.write_str("by the peer"),
            Self::GoAway => f.write_str("the peer has sent GOAWAY and did not process the request"),
            Self::Broken { cause, field: None } => write!(f, "the peer broke a rule: {cause}"),
            Self::Broken { cause, field: Some(field) } => {
                write!(f, "the peer broke a rule with the field at index {field}: {cause}")
            }
            Self::EndOfInput => f.write_str("the input ended before the stream"),
        }
    }
}

impl ResetReason {
    /// Whether a reset with this code says that the request was not processed. RFC 9113 §8.7
    pub(crate) const fn is_unprocessed(self, error_code: ErrorCode) -> bool {
        match self {
            Self::GoAway => true,
            Self::ByPeer => error_code.0 == ErrorCode::REFUSED_STREAM.0,
            _ => false,
        }
    }
}
