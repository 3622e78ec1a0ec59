//! What handles and driver share: the connection, and what has come for each stream.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};
use h2wire::frame::{ErrorCode, StreamId};
use h2wire::{FieldList, Role};
use tokio::sync::Notify;

use super::error::Error;
use super::slot::{Slot, register, wake};
use crate::{Connection, Event, FieldsKind, OpenError};

/// Interim responses that wait for a client which does not ask for them; it gets the first ones.
const MAX_INTERIM: usize = 8;

/// Places for slots that are kept when no stream is open.
const KEPT_SLOTS: usize = 16;

#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    /// There may be room for another request.
    pub(super) room: Arc<Notify>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) connection: Connection,
    slots: HashMap<StreamId, Slot>,
    /// Requests that nobody has accepted yet. Their streams are open, so that they are bounded as those are.
    requests: VecDeque<StreamId>,
    /// Whether somebody accepts requests.
    accepts: bool,
    accept: Option<Waker>,
    driver: Option<Waker>,
    room: Arc<Notify>,
    /// How the connection has ended.
    end: Option<Error>,
    /// What the peer has said of an error, in GOAWAY.
    pub(super) peer_error: Option<(ErrorCode, Bytes)>,
}

impl Shared {
    pub(super) fn new(connection: Connection) -> Arc<Self> {
        let room = Arc::new(Notify::new());
        let state = State {
            accepts: connection.role() == Role::Server,
            connection,
            slots: HashMap::new(),
            requests: VecDeque::new(),
            accept: None,
            driver: None,
            room: Arc::clone(&room),
            end: None,
            peer_error: None,
        };
        Arc::new(Self { state: Mutex::new(state), room })
    }

    /// A panic elsewhere does not leave a connection half-changed that nobody may touch: it cannot panic itself.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finishes what is under way.
    pub(super) fn shut_down(&self) {
        let mut state = self.lock();
        state.connection.shut_down();
        self.room.notify_waiters();
        state.wake_driver();
    }
}

/// For the driver.
impl State {
    pub(super) fn register_driver(&mut self, cx: &Context<'_>) {
        register(&mut self.driver, cx);
    }

    /// Takes what is in the input, and hands it to streams.
    pub(super) fn process(&mut self, input: &mut BytesMut, now: Duration) {
        loop {
            match self.connection.poll_event(input, now) {
                Ok(Some(event)) => self.event(event),
                Ok(None) => break,
                Err(failure) => break self.end(failure.into()),
            }
        }
        if self.connection.is_closed() {
            self.end(Error::Closed);
        }
        self.room.notify_one();
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Fields { stream_id, kind, end_stream } => self.fields(stream_id, kind, end_stream),
            Event::Data { stream_id, data, end_stream } => self.data(stream_id, data, end_stream),
            Event::Promise { promised_stream_id, .. } => self.reset(promised_stream_id, ErrorCode::CANCEL),
            Event::Drained { stream_id } => {
                if let Some(slot) = self.slots.get_mut(&stream_id) {
                    wake(&mut slot.sender);
                }
            }
            Event::Reset { stream_id, error_code, reason } => {
                let is_server = self.connection.role() == Role::Server;
                if let Some(slot) = self.slots.get_mut(&stream_id) {
                    // A request that was given up is not kept, even if all of it has come: its window is given back.
                    slot.has_ended &= !is_server;
                    slot.end(Error::Reset { error_code, reason });
                    if slot.handles == 0 {
                        self.slots.remove(&stream_id);
                        self.requests.retain(|id| *id != stream_id);
                    }
                }
            }
            Event::RequestStopped { stream_id } => {
                let is_client = self.connection.role() == Role::Client;
                if let Some(slot) = self.slots.get_mut(&stream_id) {
                    slot.end(if is_client { Error::NotNeeded } else { Error::Cancelled });
                }
            }
            Event::GoAway { error_code, debug_data, .. } => {
                if error_code != ErrorCode::NO_ERROR {
                    self.peer_error = Some((error_code, debug_data));
                }
                self.room.notify_waiters();
            }
            _ => {}
        }
    }

    fn fields(&mut self, stream_id: StreamId, kind: FieldsKind, end_stream: bool) {
        let fields = self.connection.fields().clone();
        if kind == FieldsKind::Request {
            if !self.accepts {
                return self.reset(stream_id, ErrorCode::REFUSED_STREAM);
            }
            let slot = Slot { head: Some(fields), has_ended: end_stream, ..Slot::default() };
            self.slots.insert(stream_id, slot);
            self.requests.push_back(stream_id);
            return wake(&mut self.accept);
        }
        let Some(slot) = self.slots.get_mut(&stream_id) else { return };
        match kind {
            FieldsKind::Interim if slot.interim.len() < MAX_INTERIM => slot.interim.push_back(fields),
            FieldsKind::Response => slot.head = Some(fields),
            FieldsKind::Trailers if !slot.discards => slot.trailers = Some(fields),
            FieldsKind::Trailers | FieldsKind::Interim | FieldsKind::Request => {}
        }
        slot.has_ended |= end_stream;
        wake(&mut slot.receiver);
    }

    fn data(&mut self, stream_id: StreamId, data: Bytes, end_stream: bool) {
        let len = data.len();
        let slot = self.slots.get_mut(&stream_id);
        let wanted = slot.filter(|slot| !slot.discards);
        if let Some(slot) = wanted {
            slot.push(data);
            slot.has_ended |= end_stream;
            wake(&mut slot.receiver);
        } else if let Some(mut stream) = self.connection.stream(stream_id) {
            stream.release(len);
        }
    }

    /// The connection is over, for everyone who waits.
    pub(super) fn end(&mut self, error: Error) {
        if self.end.is_some() {
            return;
        }
        self.end = Some(error);
        for stream_id in core::mem::take(&mut self.requests) {
            self.slots.remove(&stream_id);
        }
        self.slots.values_mut().for_each(Slot::wake);
        wake(&mut self.accept);
        self.room.notify_waiters();
    }
}

/// For handles.
impl State {
    /// The driver has something to do.
    pub(super) fn wake_driver(&mut self) {
        wake(&mut self.driver);
    }

    fn wake_writer(&mut self) {
        if self.connection.wants_write() {
            wake(&mut self.driver);
        }
    }

    /// A new stream of a client, if there is room for it.
    pub(super) fn open(
        &mut self,
        fields: &FieldList,
        end_stream: bool,
    ) -> Result<Option<StreamId>, OpenError> {
        if self.end.is_some() {
            return Err(OpenError::GoingAway);
        }
        if self.connection.pending_output() >= self.most_output() {
            return Ok(None);
        }
        match self.connection.open(fields, end_stream) {
            Ok(stream_id) => {
                self.slots.insert(stream_id, Slot { handles: 2, ..Slot::default() });
                self.wake_driver();
                // Those who wait follow at once, so that their requests are written together.
                self.room.notify_one();
                Ok(Some(stream_id))
            }
            Err(OpenError::TooManyStreams) => Ok(None),
            Err(error) => {
                // The place that this one was offered is for the next.
                self.room.notify_one();
                Err(error)
            }
        }
    }

    fn most_output(&self) -> usize {
        usize::try_from(self.connection.config().max_pending_output).unwrap_or(usize::MAX).max(1)
    }

    /// The next request.
    pub(super) fn poll_accept(&mut self, cx: &Context<'_>) -> Poll<Option<(StreamId, FieldList)>> {
        while let Some(stream_id) = self.requests.pop_front() {
            let Some(slot) = self.slots.get_mut(&stream_id) else { continue };
            slot.handles = 2;
            return Poll::Ready(Some((stream_id, slot.head.take().unwrap_or_default())));
        }
        if self.end.is_some() {
            return Poll::Ready(None);
        }
        register(&mut self.accept, cx);
        Poll::Pending
    }

    /// Nobody accepts requests any more: those that wait can be sent elsewhere.
    pub(super) fn stop_accepting(&mut self) {
        self.accepts = false;
        for stream_id in core::mem::take(&mut self.requests) {
            self.slots.remove(&stream_id);
            self.reset(stream_id, ErrorCode::REFUSED_STREAM);
        }
    }

    /// Waits for something that has come. What has come counts before how the stream ended.
    pub(super) fn poll_slot<R>(
        &mut self,
        stream_id: StreamId,
        cx: &Context<'_>,
        look: impl FnOnce(&mut Slot) -> Option<R>,
    ) -> Poll<Result<R, Error>> {
        let Some(slot) = self.slots.get_mut(&stream_id) else { return Poll::Ready(Err(Error::Closed)) };
        if let Some(found) = look(slot) {
            return Poll::Ready(Ok(found));
        }
        if let Some(error) = slot.gone.or(self.end) {
            return Poll::Ready(Err(error));
        }
        register(&mut slot.receiver, cx);
        Poll::Pending
    }

    /// The next content, which may come again as soon as it is handed out; `None` at the end.
    pub(super) fn poll_data(
        &mut self,
        stream_id: StreamId,
        cx: &Context<'_>,
    ) -> Poll<Result<Option<Bytes>, Error>> {
        let look = |slot: &mut Slot| match slot.pop() {
            Some(data) => Some(Some(data)),
            None => slot.has_ended.then_some(None),
        };
        let found = self.poll_slot(stream_id, cx, look);
        if let Poll::Ready(Ok(Some(data))) = &found {
            self.release(stream_id, data.len());
        }
        found
    }

    /// Whether a message is complete, and all of it taken.
    pub(super) fn is_ended(&self, stream_id: StreamId) -> bool {
        self.slots.get(&stream_id).is_some_and(|slot| slot.has_ended && slot.is_empty())
    }

    pub(super) fn trailers(&mut self, stream_id: StreamId) -> Option<FieldList> {
        self.slots.get_mut(&stream_id)?.trailers.take()
    }

    fn release(&mut self, stream_id: StreamId, len: usize) {
        if let Some(mut stream) = self.connection.stream(stream_id) {
            stream.release(len);
            self.wake_writer();
        }
    }

    /// Whether all content that was given is in frames.
    pub(super) fn poll_sent(&mut self, stream_id: StreamId, cx: &Context<'_>) -> Poll<Result<(), Error>> {
        self.check(stream_id)?;
        let queued = self.connection.stream(stream_id).map_or(0, |stream| stream.queued());
        match self.slots.get_mut(&stream_id) {
            Some(slot) if queued > 0 => {
                register(&mut slot.sender, cx);
                Poll::Pending
            }
            _ => Poll::Ready(Ok(())),
        }
    }

    pub(super) fn poll_cancelled(&mut self, stream_id: StreamId, cx: &Context<'_>) -> Poll<Error> {
        match (self.check(stream_id), self.slots.get_mut(&stream_id)) {
            (Err(error), _) => return Poll::Ready(error),
            (Ok(()), Some(slot)) => register(&mut slot.sender, cx),
            (Ok(()), None) => return Poll::Ready(Error::Closed),
        }
        Poll::Pending
    }

    /// Sends something on a stream, and looks what has become of it.
    pub(super) fn send(
        &mut self,
        stream_id: StreamId,
        send: impl FnOnce(&mut crate::Stream<'_>) -> Result<(), crate::SendError>,
    ) -> Result<(), Error> {
        self.check(stream_id)?;
        let mut stream = self.connection.stream(stream_id).ok_or(crate::SendError::Ended)?;
        send(&mut stream)?;
        self.wake_driver();
        Ok(())
    }

    fn check(&self, stream_id: StreamId) -> Result<(), Error> {
        let gone = self.slots.get(&stream_id).and_then(|slot| slot.gone);
        gone.or(self.end).map_or(Ok(()), Err)
    }

    pub(super) fn reset(&mut self, stream_id: StreamId, error_code: ErrorCode) {
        let Some(stream) = self.connection.stream(stream_id) else { return };
        stream.reset(error_code);
        if let Some(slot) = self.slots.get_mut(&stream_id) {
            slot.end(Error::Cancelled);
        }
        self.room.notify_one();
        self.wake_driver();
    }

    /// Nobody reads what comes any more.
    pub(super) fn drop_receiver(&mut self, stream_id: StreamId) {
        let Some(slot) = self.slots.get_mut(&stream_id) else { return };
        slot.discards = true;
        let (len, has_ended) = (slot.clear(), slot.has_ended);
        if self.connection.role() == Role::Client && !has_ended {
            self.reset(stream_id, ErrorCode::CANCEL);
        } else {
            self.release(stream_id, len);
        }
        self.drop_handle(stream_id);
    }

    /// Nobody sends any more.
    pub(super) fn drop_sender(&mut self, stream_id: StreamId, is_complete: bool) {
        if !is_complete {
            let is_client = self.connection.role() == Role::Client;
            self.reset(stream_id, if is_client { ErrorCode::CANCEL } else { ErrorCode::INTERNAL_ERROR });
        }
        self.drop_handle(stream_id);
    }

    fn drop_handle(&mut self, stream_id: StreamId) {
        let Some(slot) = self.slots.get_mut(&stream_id) else { return };
        slot.handles = slot.handles.saturating_sub(1);
        if slot.handles == 0 {
            self.slots.remove(&stream_id);
            if self.slots.is_empty() && self.slots.capacity() > KEPT_SLOTS {
                self.slots = HashMap::new();
            }
        }
    }
}
