//! What a caller cannot do.

use h2wire::WriteError;

/// A stream cannot be opened.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// As many streams are open as the peer allows or, until its SETTINGS come, as
    /// [`Config::initial_max_streams`](crate::Config::initial_max_streams): wait until one is closed, or for
    /// [`Event::Settings`](crate::Event::Settings). RFC 9113 §5.1.2.
    #[error(
        "as many streams are open as the peer allows, or as may be before its SETTINGS (initial_max_streams): \
         wait until one is closed, or for SETTINGS (RFC 9113 §5.1.2)"
    )]
    TooManyStreams,
    /// One side has sent GOAWAY, or the connection is over: use another one. RFC 9113 §6.8.
    #[error("the connection takes no more streams: use another one")]
    GoingAway,
    /// All identifiers are used: use another connection. RFC 9113 §5.1.1.
    #[error("all stream identifiers are used: use another connection")]
    NoMoreIds,
    /// A server does not send requests.
    #[error("a server does not send requests")]
    NotClient,
    /// A client does not push.
    #[error("a client does not push")]
    NotServer,
    /// The stream that a promise belongs to has ended, or is not one of the client's. RFC 9113 §6.6.
    #[error("the stream that a promise belongs to has ended, or was not opened by the client")]
    ParentEnded,
    /// Nothing is promised in a tunnel. RFC 9113 §8.5.
    #[error("only DATA may be sent in a tunnel that CONNECT has opened")]
    Tunnel,
    /// The peer would have to refuse the fields, or does not let this side push.
    #[error(transparent)]
    Fields(#[from] WriteError),
}

/// Something cannot be sent on a stream. Nothing was sent.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// This side's message has ended, or the stream is closed.
    #[error("this side has ended its message, or the stream is closed (RFC 9113 §5.1)")]
    Ended,
    /// The head of the response comes before content and trailers.
    #[error("the head of the response comes before content and trailers (RFC 9113 §8.1)")]
    HeadMissing,
    /// A response, interim or final, begins with `:status`. RFC 9113 §8.3.2.
    #[error("a response begins with :status, its only pseudo-header field (RFC 9113 §8.3.2)")]
    StatusMissing,
    /// A response 1xx has `end_stream`, but only a final one ends a stream. RFC 9113 §8.1.
    #[error("an interim response does not end its stream: a final one does (RFC 9113 §8.1)")]
    InterimEnds,
    /// The head of the response was sent.
    #[error("the final response was sent already: send content or trailers (RFC 9113 §8.1)")]
    HeadSent,
    /// A client does not send responses.
    #[error("a client does not send responses")]
    NotServer,
    /// The peer takes no more pushed responses at a time: wait until one is closed. RFC 9113 §5.1.2.
    #[error("the peer takes no more pushed responses at a time: wait until one is closed")]
    TooManyStreams,
    /// A tunnel has content alone, and so has a CONNECT request that may become one. RFC 9113 §8.5.
    #[error("only DATA may be sent after a CONNECT request, and in the tunnel that it has opened")]
    Tunnel,
    /// The content is longer or shorter than the content-length that was sent, or this response has none: 204 and 304. RFC 9113 §8.1.1.
    #[error("the content differs from content-length: {left} bytes have to follow, no more and no less")]
    ContentLength {
        /// The bytes of content that the message lacks.
        left: u64,
    },
    /// The peer would have to refuse the fields.
    #[error(transparent)]
    Fields(#[from] WriteError),
}
