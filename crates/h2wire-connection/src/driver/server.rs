//! Requests in.

use alloc::sync::Arc;
use core::future::poll_fn;

use bytes::Bytes;
use h2wire::frame::{ErrorCode, StreamId};
use h2wire::{FieldLine, FieldList};
use tokio::io::{AsyncRead, AsyncWrite};

use super::drive::Driver;
use super::error::Error;
use super::halves::{Incoming, Outgoing, Receiver, Sender, collect};
use super::shared::Shared;
use crate::{Config, ConfigError, Connection, Priority};

/// A server's side of a connection: the handle to accept requests with, and the driver to spawn.
///
/// # Errors
/// [`ConfigError`] if the configuration contradicts the protocol.
pub fn server<T: AsyncRead + AsyncWrite + Unpin>(
    io: T,
    config: &Config,
) -> Result<(Server, Driver<T>), ConfigError> {
    let shared = Shared::new(Connection::server(&config.with_auto_release(false))?);
    let driver = Driver::new(Arc::clone(&shared), io);
    Ok((Server { shared }, driver))
}

/// Accepts requests. To drop it shuts the connection down: requests that were not accepted are refused, so that they can be sent elsewhere, and the
/// others can be answered still.
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.lock().stop_accepting();
        self.shared.shut_down();
    }
}

/// A request: its head has come.
#[derive(Debug)]
#[non_exhaustive]
pub struct Request {
    /// The fields of the head.
    pub fields: FieldList,
    /// What follows.
    pub body: Incoming,
    /// To answer with.
    pub responder: Responder,
}

impl Server {
    /// The next request, or `None` when the connection is over. It may be dropped while it waits: nothing is lost.
    pub async fn accept(&mut self) -> Option<Request> {
        let shared = &self.shared;
        let (stream_id, fields) = poll_fn(|cx| shared.lock().poll_accept(cx)).await?;
        let is_mute = fields.get(b":method") == Some(b"HEAD");
        let receiver = Receiver { shared: Arc::clone(shared), stream_id };
        let sender = Sender { shared: Arc::clone(shared), stream_id, is_complete: false };
        Some(Request { fields, body: Incoming { receiver }, responder: Responder { sender, is_mute } })
    }

    /// Ends the connection when the requests under way are answered; they are accepted still. RFC 9113 §6.8.
    pub fn shut_down(&self) {
        self.shared.shut_down();
    }

    /// Ends the connection at once, with all its streams. RFC 9113 §5.4.1.
    pub fn abort(&self, error_code: ErrorCode) {
        let mut state = self.shared.lock();
        state.connection.abort(error_code, b"");
        state.wake_driver();
    }
}

/// Answers a request. To drop it before there is a response resets the stream with `INTERNAL_ERROR`.
#[derive(Debug)]
pub struct Responder {
    sender: Sender,
    /// The request is HEAD: its response is a head alone.
    is_mute: bool,
}

impl Responder {
    /// The stream.
    #[must_use]
    pub const fn id(&self) -> StreamId {
        self.sender.stream_id
    }

    /// Sends an interim response, `:status` 103 for example; others follow.
    ///
    /// # Errors
    /// [`Error`]: nothing was sent.
    pub fn send_interim<'f, F: Into<FieldLine<'f>>>(
        &mut self,
        fields: impl IntoIterator<Item = F>,
    ) -> Result<(), Error> {
        self.send_head(&collect(fields), false)
    }

    /// Sends a response with this content, which may be empty; for HEAD the content is left out. It does not wait.
    ///
    /// # Errors
    /// [`Error`]: nothing was sent, and the stream is reset.
    pub fn respond<'f, F: Into<FieldLine<'f>>>(
        mut self,
        fields: impl IntoIterator<Item = F>,
        body: impl Into<Bytes>,
    ) -> Result<(), Error> {
        let (fields, body) = (collect(fields), body.into());
        self.send_head(&fields, body.is_empty())?;
        if body.is_empty() {
            self.sender.is_complete = true;
            return Ok(());
        }
        Outgoing { sender: self.sender, is_mute: self.is_mute }.finish(body)
    }

    /// Sends the head of the final response; content follows. For HEAD it may be given, and is left out.
    ///
    /// # Errors
    /// [`Error`]: nothing was sent, and the stream is reset.
    pub fn send_response<'f, F: Into<FieldLine<'f>>>(
        mut self,
        fields: impl IntoIterator<Item = F>,
    ) -> Result<Outgoing, Error> {
        self.send_head(&collect(fields), false)?;
        self.sender.is_complete = self.is_mute;
        Ok(Outgoing { sender: self.sender, is_mute: self.is_mute })
    }

    /// Sets the priority of the response, until the client changes it. RFC 9218.
    pub fn set_priority(&mut self, priority: Priority) {
        let Sender { shared, stream_id, .. } = &self.sender;
        if let Some(mut stream) = shared.lock().connection.stream(*stream_id) {
            stream.set_priority(priority);
        }
    }

    /// Waits until the client has given the request up, or the connection is gone: the answer is of no use any more.
    pub async fn cancelled(&mut self) -> Error {
        self.sender.cancelled().await
    }

    /// Gives the request up: with `REFUSED_STREAM` if it was not processed and may be sent again. RFC 9113 §6.4.
    pub fn reset(self, error_code: ErrorCode) {
        self.sender.reset(error_code);
    }

    fn send_head(&mut self, fields: &FieldList, end_stream: bool) -> Result<(), Error> {
        let Sender { shared, stream_id, .. } = &self.sender;
        shared.lock().send(*stream_id, |stream| stream.send_response(fields, end_stream))
    }
}
