//! Streams of this side: requests of a client, promises of a server. RFC 9113 §5.1.1, §5.1.2, §8.4.

use h2wire::frame::StreamId;
use h2wire::{Expected, FieldLine, FieldValidator, Role, SectionHead, WriteError};

use super::Connection;
use super::error::OpenError;
use crate::side::noted::{Noted, is_head};
use crate::streams::Phase;

impl Connection {
    /// Sends a request; the fields begin with the pseudo-header fields. Content follows with
    /// [`Stream::send_data`](crate::Stream::send_data), unless `end_stream`.
    ///
    /// # Errors
    /// [`OpenError`]; nothing is sent then.
    pub fn open<'f, F: Into<FieldLine<'f>>>(
        &mut self,
        fields: impl IntoIterator<Item = F>,
        end_stream: bool,
    ) -> Result<StreamId, OpenError> {
        if self.side.role != Role::Client {
            return Err(OpenError::NotClient);
        }
        let stream_id = self.next_id()?;
        if self.side.streams.local >= self.side.peer.max_concurrent_streams {
            return Err(OpenError::TooManyStreams);
        }
        let mut fields = fields.into_iter().map(Into::into);
        let first = fields.next();
        if !is_head(first.as_ref()) {
            // It would be taken for trailers. By the rules of a promise, which has none, it is always wrong; they say how.
            let mut validator = FieldValidator::new(Expected::Promise).sending();
            first.into_iter().chain(fields).for_each(|field| _ = validator.field(field.name, field.value));
            validator.finish(end_stream).map_err(WriteError::from)?;
            return Err(OpenError::NotClient);
        }
        let mut noted = Noted::default();
        let head = SectionHead::headers(stream_id, end_stream);
        let before = self.output.len();
        let fields = first.into_iter().chain(fields);
        self.writer.append_section_with(head, fields, self.output.gathered(), |field| noted.sent(field))?;
        self.output.note_unasked(before);
        let index = self.side.sent_request(stream_id, end_stream, &noted);
        let index = index.ok_or(OpenError::TooManyStreams)?;
        if let Some(stream) = self.side.streams.get_mut(index) {
            stream.length_left = noted.length.filter(|_| !stream.is_connect);
        }
        self.life.note_message(self.now);
        Ok(stream_id)
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
        if self.side.role != Role::Server {
            return Err(OpenError::NotServer);
        }
        let promised = self.next_id()?;
        let parent = self.side.streams.active(stream_id).and_then(|index| self.side.streams.get(index));
        let parent =
            parent.filter(|parent| parent.id.is_client_initiated() && parent.sending != Phase::Ended);
        // §8.5
        if parent.ok_or(OpenError::ParentEnded)?.is_tunnel {
            return Err(OpenError::Tunnel);
        }
        let mut noted = Noted::default();
        let head = SectionHead::push_promise(stream_id, promised);
        self.writer.append_section_with(head, fields, self.output.gathered(), |field| noted.sent(field))?;
        self.life.note_message(self.now);
        self.side.sent_promise(promised, &noted).map(|_| promised).ok_or(OpenError::TooManyStreams)
    }

    fn next_id(&self) -> Result<StreamId, OpenError> {
        if self.life.is_leaving() {
            return Err(OpenError::GoingAway);
        }
        // §5.1.1
        self.side.streams.next.ok_or(OpenError::NoMoreIds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;

    const GET: [(&str, &str); 4] =
        [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", "/")];

    /// §5.1.1. Nobody opens 2^30 streams in a test.
    #[test]
    fn the_highest_identifier_is_the_last_one() {
        let mut client = Connection::client(&Config::DEFAULT).unwrap();
        client.side.streams.next = Some(StreamId::MAX);
        assert_eq!(client.open(GET, false), Ok(StreamId::MAX));
        let before = client.pending_output();
        assert_eq!(client.open(GET, false), Err(OpenError::NoMoreIds));
        assert_eq!(client.pending_output(), before);
        assert!(client.stream(StreamId::MAX).is_some(), "what is open goes on");
    }
}
