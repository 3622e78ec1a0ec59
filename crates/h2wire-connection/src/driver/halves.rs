//! The two directions of a stream.

use alloc::sync::Arc;
use core::future::poll_fn;

use bytes::Bytes;
use h2wire::frame::{ErrorCode, StreamId};
use h2wire::{FieldLine, FieldList};

use super::error::Error;
use super::shared::Shared;

/// The right to receive on a stream.
#[derive(Debug)]
pub(super) struct Receiver {
    pub(super) shared: Arc<Shared>,
    pub(super) stream_id: StreamId,
}

impl Receiver {
    pub(super) fn reset(&self, error_code: ErrorCode) {
        self.shared.lock().reset(self.stream_id, error_code);
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.shared.lock().drop_receiver(self.stream_id);
    }
}

/// The right to send on a stream.
#[derive(Debug)]
pub(super) struct Sender {
    pub(super) shared: Arc<Shared>,
    pub(super) stream_id: StreamId,
    /// The end was given, or need not be.
    pub(super) is_complete: bool,
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.shared.lock().drop_sender(self.stream_id, self.is_complete);
    }
}

impl Sender {
    pub(super) fn reset(mut self, error_code: ErrorCode) {
        self.is_complete = true;
        self.shared.lock().reset(self.stream_id, error_code);
    }

    pub(super) async fn cancelled(&mut self) -> Error {
        poll_fn(|cx| self.shared.lock().poll_cancelled(self.stream_id, cx)).await
    }
}

/// The content and the trailers of a message that comes.
#[derive(Debug)]
pub struct Incoming {
    pub(super) receiver: Receiver,
}

impl Incoming {
    /// The stream.
    #[must_use]
    pub const fn id(&self) -> StreamId {
        self.receiver.stream_id
    }

    /// The next piece of content, or `None` at the end. The peer may send as much again. It may be dropped while it waits: nothing is lost.
    ///
    /// # Errors
    /// [`Error`]: the message is not complete.
    pub async fn data(&mut self) -> Result<Option<Bytes>, Error> {
        let Receiver { shared, stream_id } = &self.receiver;
        poll_fn(|cx| shared.lock().poll_data(*stream_id, cx)).await
    }

    /// Whether nothing is left: no content, and no trailers. If it is so at once, the message has ended with its head.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        let Receiver { shared, stream_id } = &self.receiver;
        shared.lock().is_ended(*stream_id)
    }

    /// Gives the stream up, both directions of it, with an error code of the caller's choice. RFC 9113 §6.4.
    pub fn reset(self, error_code: ErrorCode) {
        self.receiver.reset(error_code);
    }

    /// The trailers, if there are any. Content that was not taken before is thrown away.
    ///
    /// # Errors
    /// [`Error`]: the message is not complete.
    pub async fn trailers(mut self) -> Result<Option<FieldList>, Error> {
        while self.data().await?.is_some() {}
        let Receiver { shared, stream_id } = &self.receiver;
        Ok(shared.lock().trailers(*stream_id))
    }
}

/// The content and the trailers of a message that goes. To drop it before its end resets the stream.
#[derive(Debug)]
pub struct Outgoing {
    pub(super) sender: Sender,
    /// It answers HEAD: what is sent is not (RFC 9110 §9.3.2).
    pub(super) is_mute: bool,
}

impl Outgoing {
    /// The stream.
    #[must_use]
    pub const fn id(&self) -> StreamId {
        self.sender.stream_id
    }

    /// Waits until all that was given is in frames.
    ///
    /// # Errors
    /// [`Error`]: the stream is over.
    pub async fn ready(&mut self) -> Result<(), Error> {
        if self.is_mute {
            return Ok(());
        }
        let Sender { shared, stream_id, .. } = &self.sender;
        poll_fn(|cx| shared.lock().poll_sent(*stream_id, cx)).await
    }

    /// Sends content as soon as what was given before is in frames. If it is dropped while it waits, nothing was sent.
    ///
    /// # Errors
    /// [`Error`]: nothing was sent.
    pub async fn send_data(&mut self, data: impl Into<Bytes>) -> Result<(), Error> {
        let data = data.into();
        self.ready().await?;
        self.send_now(data, false)
    }

    /// Waits until the stream is over before its end: the peer has reset it, or the connection is gone. For those who wait for something else
    /// to send, and would not find out.
    pub async fn cancelled(&mut self) -> Error {
        self.sender.cancelled().await
    }

    /// Ends the message with this content, which may be empty. It does not wait.
    ///
    /// # Errors
    /// [`Error`]: nothing was sent.
    pub fn finish(mut self, data: impl Into<Bytes>) -> Result<(), Error> {
        self.send_now(data.into(), true)?;
        self.sender.is_complete = true;
        Ok(())
    }

    /// Ends the message with these fields. It does not wait.
    ///
    /// # Errors
    /// [`Error`]: nothing was sent, and the stream is reset.
    pub fn send_trailers<'f, F: Into<FieldLine<'f>>>(
        mut self,
        fields: impl IntoIterator<Item = F>,
    ) -> Result<(), Error> {
        let fields = collect(fields);
        if !self.is_mute {
            let Sender { shared, stream_id, .. } = &self.sender;
            shared.lock().send(*stream_id, |stream| stream.send_trailers(&fields))?;
        }
        self.sender.is_complete = true;
        Ok(())
    }

    /// Gives the stream up, with an error code of the caller's choice. RFC 9113 §6.4.
    pub fn reset(self, error_code: ErrorCode) {
        self.sender.reset(error_code);
    }

    fn send_now(&self, data: Bytes, end_stream: bool) -> Result<(), Error> {
        if self.is_mute {
            return Ok(());
        }
        let Sender { shared, stream_id, .. } = &self.sender;
        shared.lock().send(*stream_id, |stream| stream.send_data(data, end_stream))
    }
}

/// Fields are taken before the connection is locked: how they are made is the caller's code.
pub(super) fn collect<'f, F: Into<FieldLine<'f>>>(fields: impl IntoIterator<Item = F>) -> FieldList {
    fields.into_iter().map(Into::into).collect()
}
