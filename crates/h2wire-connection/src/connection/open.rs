//! Streams of this side: requests of a client, promises of a server. RFC 9113 §5.1.1, §5.1.2, §8.4.

use h2wire::frame::StreamId;
use h2wire::{FieldLine, Role, SectionHead, WriteError};

use super::Connection;
use super::section::{Method, Noted};
use crate::streams::Progress;

/// A stream cannot be opened.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The peer takes no more streams at a time: wait until one is closed. RFC 9113 §5.1.2.
    #[error("the peer takes no more streams at a time: wait until one is closed")]
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
    #[error("the stream that a promise belongs to has ended, or is no request")]
    ParentEnded,
    /// The peer would have to refuse the fields, or does not let this side push.
    #[error(transparent)]
    Fields(#[from] WriteError),
}

impl Connection {
    /// Sends a request; the fields begin with the pseudo-header fields. Content follows with
    /// [`Stream::send_data`](super::Stream::send_data), unless `end_stream`.
    ///
    /// # Errors
    /// [`OpenError`]; nothing is sent then.
    pub fn open<'f, F: Into<FieldLine<'f>>>(
        &mut self,
        fields: impl IntoIterator<Item = F>,
        end_stream: bool,
    ) -> Result<StreamId, OpenError> {
        if self.role != Role::Client {
            return Err(OpenError::NotClient);
        }
        let stream_id = self.next_id()?;
        if self.streams.local >= self.peer.max_concurrent_streams {
            return Err(OpenError::TooManyStreams);
        }
        let mut noted = Noted::default();
        let fields = fields.into_iter().map(|field| noted.see(field.into()));
        let head = SectionHead::headers(stream_id, end_stream);
        self.writer.append_section(head, fields, self.output.gathered())?;
        let mut stream = self.new_stream(stream_id);
        stream.sending = if end_stream { Progress::Ended } else { Progress::Content };
        stream.is_head = noted.method == Method::Head;
        stream.is_connect = noted.method == Method::Connect;
        self.add(stream_id, stream)
    }

    /// Promises a response to a request that the client did not make, on the stream of one that it made. The response is sent on the
    /// promised stream. RFC 9113 §8.4.
    ///
    /// # Errors
    /// [`OpenError`]; nothing is sent then. [`OpenError::Fields`] if the client does not let this side push.
    pub fn push<'f, F: Into<FieldLine<'f>>>(
        &mut self,
        stream_id: StreamId,
        fields: impl IntoIterator<Item = F>,
    ) -> Result<StreamId, OpenError> {
        if self.role != Role::Server {
            return Err(OpenError::NotServer);
        }
        let promised = self.next_id()?;
        let parent = self.streams.active(stream_id).and_then(|index| self.streams.get(index));
        if !parent.is_some_and(|parent| parent.id.is_client_initiated() && parent.sending != Progress::Ended)
        {
            return Err(OpenError::ParentEnded);
        }
        let mut noted = Noted::default();
        let fields = fields.into_iter().map(|field| noted.see(field.into()));
        let head = SectionHead::push_promise(stream_id, promised);
        self.writer.append_section(head, fields, self.output.gathered())?;
        let mut stream = self.new_stream(promised);
        (stream.receiving, stream.is_reserved) = (Progress::Ended, true);
        stream.is_head = noted.method == Method::Head;
        self.add(promised, stream)
    }

    fn next_id(&self) -> Result<StreamId, OpenError> {
        if self.life.is_leaving() {
            return Err(OpenError::GoingAway);
        }
        // §5.1.1
        self.streams.next.ok_or(OpenError::NoMoreIds)
    }

    fn add(&mut self, stream_id: StreamId, stream: crate::streams::Stream) -> Result<StreamId, OpenError> {
        self.streams.next = stream_id.next();
        self.life.note_message(self.now);
        self.streams.open(stream).map(|_| stream_id).ok_or(OpenError::TooManyStreams)
    }
}

impl Noted {
    /// Notes a field that is sent.
    pub(super) fn see<'f>(&mut self, field: FieldLine<'f>) -> FieldLine<'f> {
        self.field(field.name, field.value);
        field
    }
}
