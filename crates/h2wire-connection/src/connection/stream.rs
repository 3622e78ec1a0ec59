//! A stream, as the caller has it.

use bytes::Bytes;
use h2wire::FieldLine;
use h2wire::frame::{ErrorCode, StreamId};

use super::{Connection, SendError};
use crate::Priority;

/// A stream of a connection that is open: what is sent on it and given back. Made by [`Connection::stream`].
#[derive(Debug)]
pub struct Stream<'c> {
    connection: &'c mut Connection,
    index: u32,
    id: StreamId,
}

impl Connection {
    /// A stream that is open. `None` if it never was, or is closed: both messages have ended, or it was reset.
    pub fn stream(&mut self, stream_id: StreamId) -> Option<Stream<'_>> {
        let index = self.side.streams.active(stream_id)?;
        Some(Stream::new(self, index, stream_id))
    }
}

impl<'c> Stream<'c> {
    const fn new(connection: &'c mut Connection, index: u32, id: StreamId) -> Self {
        Self { connection, index, id }
    }

    /// The identifier.
    #[must_use]
    pub const fn id(&self) -> StreamId {
        self.id
    }

    /// Whether it is still open.
    fn check(&self) -> Result<(), SendError> {
        let is_open = self.connection.side.streams.get(self.index).is_some_and(|stream| stream.id == self.id);
        if is_open { Ok(()) } else { Err(SendError::Ended) }
    }

    /// Sends the head of a response, `:status` first. One with a status of 1xx is interim: another follows. Content follows the final
    /// one, unless `end_stream`; the answer to HEAD always ends with it.
    ///
    /// A response that ends before its request resets the rest of that, which is not needed (RFC 9113 §8.1).
    ///
    /// # Errors
    /// [`SendError`]; nothing is sent then.
    pub fn send_response<'f, F: Into<FieldLine<'f>>>(
        &mut self,
        fields: impl IntoIterator<Item = F>,
        end_stream: bool,
    ) -> Result<(), SendError> {
        self.check()?;
        self.connection.send_response(self.index, fields, end_stream)
    }

    /// Sends content of a request or response. What windows and fairness do not allow to send now is kept: go by
    /// [`queued`](Self::queued) and [`Event::Drained`](crate::Event::Drained), or it takes memory. Large content is not copied. Parts of
    /// less than 1,024 bytes wait for the next [`transmit`](crate::Connection::transmit), so that those which are given before it share a
    /// frame.
    ///
    /// # Errors
    /// [`SendError`]; nothing is sent then. [`SendError::ContentLength`] if it differs from the content-length of the head. RFC 9113 §8.1.1.
    pub fn send_data(&mut self, data: Bytes, end_stream: bool) -> Result<(), SendError> {
        self.check()?;
        self.connection.send_data(self.index, data, end_stream)
    }

    /// Sends fields after the content, which end the message.
    ///
    /// # Errors
    /// [`SendError`]; nothing is sent then.
    pub fn send_trailers<'f, F: Into<FieldLine<'f>>>(
        &mut self,
        fields: impl IntoIterator<Item = F>,
    ) -> Result<(), SendError> {
        self.check()?;
        self.connection.send_trailers(self.index, fields)
    }

    /// The bytes of content that were given and are not in frames yet.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.connection.side.streams.get(self.index).map_or(0, |stream| stream.queued)
    }

    /// The bytes of content that could be sent at once, as far as the windows go: what is given beyond waits for the peer.
    #[must_use]
    pub fn capacity(&self) -> usize {
        let Some(stream) = self.connection.side.streams.get(self.index) else { return 0 };
        let window = stream.send_window.available().min(self.connection.side.send_window.available());
        window.saturating_sub(stream.queued)
    }

    /// Content is dealt with: the peer may send as much again. Call it with the length of each
    /// [`Event::Data`](crate::Event::Data), in one sum or in parts; padding is released by itself, and all that a stream holds when it
    /// closes. More than it holds is not counted. RFC 9113 §6.9.
    pub fn release(&mut self, bytes: usize) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        if self.check().is_ok() {
            self.connection.release(self.index, bytes);
        }
    }

    /// Gives the stream up: `CANCEL` if nobody wants it any more, `REFUSED_STREAM` if it was not processed and may be tried again.
    /// Nothing more comes of it, and what was queued is dropped. RFC 9113 §6.4.
    pub fn reset(self, error_code: ErrorCode) {
        if self.check().is_ok() {
            self.connection.reset(self.id, error_code);
        }
    }

    /// Adds this many bytes of padding to each DATA frame that is made from now on, to hide the length of the content; 0, as at the start, for
    /// none. The peer's windows count it; where they have little room there is less of it. RFC 9113 §6.1, §10.7.
    pub fn set_padding(&mut self, bytes: u8) {
        if let Some(stream) =
            self.connection.side.streams.get_mut(self.index).filter(|stream| stream.id == self.id)
        {
            stream.padding = bytes;
        }
    }

    /// Sets the priority of what is sent on it, until the client changes it. RFC 9218.
    pub fn set_priority(&mut self, priority: Priority) {
        if self.check().is_ok() {
            self.connection.set_priority(self.index, priority);
        }
    }
}
