//! Requests out.

use alloc::sync::Arc;
use core::future::{Future, poll_fn};

use bytes::Bytes;
use h2wire::frame::ErrorCode;
use h2wire::{FieldLine, FieldList};
use tokio::io::{AsyncRead, AsyncWrite};

use super::drive::Driver;
use super::error::Error;
use super::halves::{Incoming, Outgoing, Receiver, Sender, collect};
use super::shared::Shared;
use super::slot::Slot;
use crate::{Config, ConfigError, Connection};

/// A client's side of a connection: the handle to send requests with, and the driver to spawn. Nothing is waited for: requests may be sent at once.
///
/// # Errors
/// [`ConfigError`] if the configuration contradicts the protocol.
pub fn client<T: AsyncRead + AsyncWrite + Unpin>(
    io: T,
    config: &Config,
) -> Result<(Client, Driver<T>), ConfigError> {
    let shared = Shared::new(Connection::client(&config.with_auto_release(false))?);
    let driver = Driver::new(Arc::clone(&shared), io);
    Ok((Client { alive: Arc::new(Alive(shared)) }, driver))
}

/// Sends requests. Clones share the connection; when all are gone it is shut down, and responses under way come still.
#[derive(Clone, Debug)]
pub struct Client {
    alive: Arc<Alive>,
}

#[derive(Debug)]
struct Alive(Arc<Shared>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.shut_down();
    }
}

/// A response: its head has come.
#[derive(Debug)]
#[non_exhaustive]
pub struct Response {
    /// The fields of the head; the first is `:status`.
    pub fields: FieldList,
    /// What follows.
    pub body: Incoming,
}

impl Client {
    /// Sends a request with this content, which may be empty, and returns the response when its head has come. Waits for its turn if the
    /// peer takes no more streams. Interim responses are left out. To drop the future gives the request up.
    ///
    /// # Errors
    /// [`Error`]; [`Error::is_unprocessed`] says whether the request may be sent again.
    pub fn send_request<'f, F: Into<FieldLine<'f>>>(
        &self,
        fields: impl IntoIterator<Item = F>,
        body: impl Into<Bytes>,
    ) -> impl Future<Output = Result<Response, Error>> + Send {
        let pending = self.start_request(fields, body);
        async move { pending.await?.response().await }
    }

    /// Sends a request with this content, which may be empty, and returns what its responses come from, interim ones too. Waits for its turn
    /// if the peer takes no more streams.
    ///
    /// # Errors
    /// [`Error::Open`]: nothing was sent.
    pub fn start_request<'f, F: Into<FieldLine<'f>>>(
        &self,
        fields: impl IntoIterator<Item = F>,
        body: impl Into<Bytes>,
    ) -> impl Future<Output = Result<PendingResponse, Error>> + Send {
        let (fields, body) = (collect(fields), body.into());
        async move {
            let (outgoing, response) = self.open_stream(&fields, body.is_empty()).await?;
            if !body.is_empty() {
                // An early response may end the stream; if there is none, that says why.
                let _ = outgoing.finish(body);
            }
            Ok(response)
        }
    }

    /// Sends the head of a request; content follows. Waits for its turn if the peer takes no more streams.
    ///
    /// # Errors
    /// [`Error::Open`]: nothing was sent.
    pub fn open<'f, F: Into<FieldLine<'f>>>(
        &self,
        fields: impl IntoIterator<Item = F>,
    ) -> impl Future<Output = Result<(Outgoing, PendingResponse), Error>> + Send {
        let fields = collect(fields);
        async move { self.open_stream(&fields, false).await }
    }

    async fn open_stream(
        &self,
        fields: &FieldList,
        end_stream: bool,
    ) -> Result<(Outgoing, PendingResponse), Error> {
        let shared = &self.alive.0;
        let stream_id = loop {
            let mut room = core::pin::pin!(shared.room.notified());
            room.as_mut().enable();
            let opened = shared.lock().open(fields, end_stream)?;
            match opened {
                Some(stream_id) => break stream_id,
                None => room.await,
            }
        };
        let receiver = Receiver { shared: Arc::clone(shared), stream_id };
        let sender = Sender { shared: Arc::clone(shared), stream_id, is_complete: end_stream };
        Ok((Outgoing { sender, is_mute: false }, PendingResponse { receiver }))
    }

    /// Takes no more requests, and ends the connection when the responses under way have come. RFC 9113 §6.8.
    pub fn shut_down(&self) {
        self.alive.0.shut_down();
    }

    /// Ends the connection at once, with all its streams. RFC 9113 §5.4.1.
    pub fn abort(&self, error_code: ErrorCode) {
        let mut state = self.alive.0.lock();
        state.connection.abort(error_code, b"");
        state.wake_driver();
    }
}

/// A response that is waited for. To drop it gives the request up.
#[derive(Debug)]
pub struct PendingResponse {
    receiver: Receiver,
}

impl PendingResponse {
    /// The next interim response (1xx), or `None` when the final one has come. Of those that nobody asks for, eight are kept.
    ///
    /// # Errors
    /// [`Error`]: there will be no response.
    pub async fn interim(&mut self) -> Result<Option<FieldList>, Error> {
        let look = |slot: &mut Slot| match slot.interim.pop_front() {
            Some(fields) => Some(Some(fields)),
            None => slot.head.is_some().then_some(None),
        };
        let Receiver { shared, stream_id } = &self.receiver;
        poll_fn(|cx| shared.lock().poll_slot(*stream_id, cx, look)).await
    }

    /// The final response.
    ///
    /// # Errors
    /// [`Error`]: there will be no response.
    pub async fn response(self) -> Result<Response, Error> {
        let Receiver { shared, stream_id } = &self.receiver;
        let look = |slot: &mut Slot| slot.head.take();
        let fields = poll_fn(|cx| shared.lock().poll_slot(*stream_id, cx, look)).await?;
        Ok(Response { fields, body: Incoming { receiver: self.receiver } })
    }

    /// Gives the request up, with an error code of the caller's choice. RFC 9113 §6.4.
    pub fn reset(self, error_code: ErrorCode) {
        self.receiver.reset(error_code);
    }
}
