//! What a field section is, and what it belongs to.

use h2wire_frame::{Frame, PriorityFields, StreamId};

use super::MalformedSet;
use crate::{Role, StreamError};

/// The message and stream that a field section belongs to.
///
/// ```
/// use h2wire::SectionHead;
/// use h2wire::frame::StreamId;
///
/// let head = SectionHead::headers(StreamId::try_from(1)?, true);
/// assert!(head.end_stream && head.promised_stream_id.is_none());
/// # Ok::<(), h2wire::frame::StreamIdTooLarge>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct SectionHead {
    /// The stream of its HEADERS or `PUSH_PROMISE` frame.
    pub stream_id: StreamId,
    /// The `END_STREAM` flag of its HEADERS frame.
    pub end_stream: bool,
    /// The promised stream, if the section begins with `PUSH_PROMISE`.
    pub promised_stream_id: Option<StreamId>,
    /// The deprecated priority fields of its HEADERS frame.
    pub priority: Option<PriorityFields>,
}

impl SectionHead {
    /// A request, response or trailers on a stream.
    #[must_use]
    pub const fn headers(stream_id: StreamId, end_stream: bool) -> Self {
        Self { stream_id, end_stream, promised_stream_id: None, priority: None }
    }

    /// A promised request.
    #[must_use]
    pub const fn push_promise(stream_id: StreamId, promised_stream_id: StreamId) -> Self {
        Self { promised_stream_id: Some(promised_stream_id), ..Self::headers(stream_id, false) }
    }

    /// The same head with the deprecated priority fields. RFC 9113 §5.3.2.
    #[must_use]
    pub const fn with_priority(self, priority: Option<PriorityFields>) -> Self {
        Self { priority, ..self }
    }

    /// The head of the section that starts with this frame; `None` for frames that start none.
    pub fn from_frame<B>(frame: &Frame<B>) -> Option<Self> {
        match frame {
            Frame::Headers(frame) => {
                Some(Self::headers(frame.stream_id, frame.end_stream).with_priority(frame.priority))
            }
            Frame::PushPromise(frame) => Some(Self::push_promise(frame.stream_id, frame.promised_stream_id)),
            _ => None,
        }
    }

    /// The stream that an error in the section ends: for a promised request the promised one. RFC 9113 §8.4.
    #[must_use]
    pub fn error_stream_id(&self) -> StreamId {
        self.promised_stream_id.unwrap_or(self.stream_id)
    }
}

/// Which section is expected, by its sender.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Expected {
    /// A client's HEADERS: a request, or its trailers.
    Request,
    /// A server's HEADERS: a response, or its trailers.
    Response,
    /// A server's `PUSH_PROMISE`: a request.
    Promise,
    /// HEADERS of either side, after the head of a message: trailers.
    Trailers,
    /// HEADERS of either side: for observers.
    Any,
}

impl Expected {
    /// What a section is likely to be, if its unknown fields leave that open.
    #[cfg(feature = "alloc")]
    pub(crate) const fn likely(self, end_stream: Option<bool>) -> SectionKind {
        match (self, end_stream) {
            (Self::Promise, _) | (Self::Request, Some(false)) => SectionKind::Request,
            // The static table has the pseudo-header fields of most requests, and few values of `:status`.
            (Self::Response | Self::Any, Some(false)) => SectionKind::Response,
            // §8.1: of sections without content most trailers have fields of the dynamic table alone.
            _ => SectionKind::Trailers,
        }
    }

    /// What `receiver` expects of a section with this head.
    #[must_use]
    pub const fn by(receiver: Role, head: &SectionHead) -> Self {
        match (receiver, head.promised_stream_id) {
            (_, Some(_)) => Self::Promise,
            (Role::Server, None) => Self::Request,
            (Role::Client, None) => Self::Response,
            (Role::Observer, None) => Self::Any,
        }
    }
}

/// What a field section is. Whether one may come now depends on the state of its stream, which the caller tracks.
///
/// Closed: messages have these three. RFC 9113 §8.1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SectionKind {
    /// The head of a request.
    Request,
    /// The head of a response, interim or final.
    Response,
    /// Fields after the content; no pseudo-header fields.
    Trailers,
}

/// A field section is complete. HPACK is in step, whatever is wrong with the section.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct SectionEnd {
    /// What it belongs to.
    pub head: SectionHead,
    /// What it is; or why it must not be used: malformed (RFC 9113 §8.1.1) or too large (§10.5.1). Discard the fields that
    /// came before such an error.
    pub kind: Result<SectionKind, StreamError>,
    /// The number of fields, including those that were not yielded because there were too many.
    pub fields: u32,
    /// Name + value + 32 bytes for each of them.
    pub list_size: u32,
    /// All rules about fields that the section breaks. Empty if fields are not validated.
    pub broken: MalformedSet,
    /// The value of `content-length`, if there is a valid one and fields are validated. RFC 9110 §8.6.
    pub content_length: Option<u64>,
    /// The number of fields that are not [`known`](h2wire_hpack::Field::known) as a whole: 0, unless the reader has missed field
    /// blocks. They break no rule, and none is said to be missing: a section is judged by what is known of it.
    #[cfg(feature = "alloc")]
    pub unknown: u32,
    /// The known fields do not tell what the section is: `kind` is what receiver and `END_STREAM` make likely.
    #[cfg(feature = "alloc")]
    pub kind_is_guess: bool,
}
