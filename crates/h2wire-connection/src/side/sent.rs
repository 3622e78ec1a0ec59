//! What this side sends, and what it changes.

use core::num::NonZeroU32;

use h2wire::Role;
use h2wire::frame::StreamId;

use super::Side;
use super::announced::Sent;
use super::noted::{Method, Noted};
use crate::streams::{Closed, Phase, Place};

impl Side {
    /// A request that this side sends.
    pub(crate) fn sent_request(
        &mut self,
        stream_id: StreamId,
        end_stream: bool,
        noted: &Noted,
    ) -> Option<u32> {
        let index = self.open_first(stream_id, false)?;
        let stream = self.streams.get_mut(index)?;
        stream.sending = if end_stream { Phase::Ended } else { Phase::Content };
        stream.is_head = noted.method == Method::Head;
        stream.is_connect = noted.method == Method::Connect;
        Some(index)
    }

    /// A request whose response this side promises.
    pub(crate) fn sent_promise(&mut self, promised: StreamId, noted: &Noted) -> Option<u32> {
        let index = self.open_first(promised, true)?;
        let stream = self.streams.get_mut(index)?;
        stream.receiving = Phase::Ended;
        stream.is_head = noted.method == Method::Head;
        Some(index)
    }

    fn open_first(&mut self, stream_id: StreamId, is_reserved: bool) -> Option<u32> {
        // §5.1.1
        self.streams.next = stream_id.next();
        self.open(stream_id, is_reserved)
    }

    /// The head of a response, which uses a stream that was promised. Content follows what is not interim.
    pub(crate) fn sent_response(&mut self, index: u32, status: u16) {
        self.streams.leave_reserved(index);
        let Some(stream) = self.streams.get_mut(index).filter(|_| status >= 200) else { return };
        stream.sending = Phase::Content;
        // §8.5
        stream.is_tunnel = stream.is_connect && status < 300;
        if stream.is_tunnel {
            stream.content_left = None;
        }
    }

    /// DATA of `flow` bytes, padding included; a watcher may not know the stream. §6.9.1
    pub(crate) fn sent_data(&mut self, index: Option<u32>, flow: usize) {
        if let Some(stream) = index.and_then(|index| self.streams.get_mut(index)) {
            stream.send_window.take(flow);
        }
        self.send_window.take(flow);
    }

    /// `END_STREAM`. Whether the stream is over in both directions.
    pub(crate) fn sent_end(&mut self, index: u32) -> bool {
        let Some(stream) = self.streams.get_mut(index) else { return false };
        stream.sending = Phase::Ended;
        !stream.is_receiving()
    }

    /// `WINDOW_UPDATE`, of a watcher; an endpoint makes it of what is [released](crate::ReceiveWindow::release).
    pub(crate) fn sent_window_update(&mut self, stream_id: StreamId, increment: NonZeroU32) {
        if stream_id.is_connection() {
            self.receive_window.grant(increment);
        } else if let Some(stream) =
            self.streams.active(stream_id).and_then(|index| self.streams.get_mut(index))
        {
            stream.receive_window.grant(increment);
        }
    }

    /// `RST_STREAM`, of a watcher.
    pub(crate) fn sent_rst_stream(&mut self, stream_id: StreamId) {
        match self.streams.active(stream_id) {
            Some(index) => _ = self.streams.close(index, Closed::ResetHere),
            // A stream that the peer reset, or that has ended, stays what it is.
            None => match self.streams.place(stream_id) {
                Place::Idle | Place::Closed(Closed::Unknown) => {
                    self.streams.remember(stream_id, Closed::ResetHere);
                }
                Place::Active(_) | Place::Closed(_) => {}
            },
        }
    }

    /// GOAWAY, of a watcher: streams of the peer above the last one are not taken any more. §6.8
    pub(crate) fn sent_go_away(&mut self, last_stream_id: StreamId) {
        self.streams.last_accepted = self.streams.last_accepted.min(last_stream_id);
        for index in self.streams.indices() {
            let id = self.streams.get(index).map(|stream| stream.id);
            if id.is_some_and(|id| !self.streams.is_local(id) && id > last_stream_id) {
                self.streams.close(index, Closed::ResetHere);
            }
        }
    }

    /// A stream of a request that a watcher has not seen yet.
    pub(crate) fn assume(&mut self, stream_id: StreamId, receiving: Phase) {
        let progress = match self.role {
            Role::Client => (receiving, Phase::Head),
            _ => (Phase::Head, receiving),
        };
        let index = self.open(stream_id, false);
        let Some(stream) = index.and_then(|index| self.streams.get_mut(index)) else { return };
        stream.is_assumed = true;
        (stream.sending, stream.receiving) = progress;
    }

    /// The request of such a stream is seen: how far its response is.
    pub(crate) fn take_assumed(&mut self, stream_id: StreamId) -> Option<Phase> {
        let index = self.streams.active(stream_id)?;
        let sending = self.streams.get(index).filter(|stream| stream.is_assumed)?.sending;
        self.streams.close(index, Closed::Unknown);
        Some(sending)
    }

    /// The request of stream 1 was sent over HTTP/1.1. RFC 7540 §3.2
    pub(crate) fn upgraded(&mut self, is_head: bool) {
        let stream_id = StreamId::FIRST_CLIENT;
        let index = if self.role == Role::Client {
            self.open_first(stream_id, false)
        } else {
            self.streams.leave_idle(stream_id);
            self.open(stream_id, false)
        };
        let Some(stream) = index.and_then(|index| self.streams.get_mut(index)) else { return };
        stream.is_head = is_head;
        match self.role {
            Role::Client => stream.sending = Phase::Ended,
            _ => stream.receiving = Phase::Ended,
        }
    }

    /// SETTINGS, which the peer has not acknowledged yet. §6.5.3
    pub(crate) fn sent_settings(&mut self, sent: Sent) {
        self.own.send(sent);
    }

    /// The peer has acknowledged the oldest SETTINGS: the windows of streams follow, and what is to be given back by them is handed to
    /// `update`. `None` if there were none. §6.5.3
    pub(crate) fn settings_acknowledged(
        &mut self,
        mut update: impl FnMut(StreamId, NonZeroU32),
    ) -> Option<Sent> {
        let sent = self.own.sent.pop_front()?;
        let before = core::mem::replace(&mut self.own.initial_window, sent.initial_window);
        self.own.max_streams = sent.max_streams;
        self.own.count();
        if before != sent.initial_window {
            // §6.9.2
            for index in self.streams.indices() {
                let Some(stream) = self.streams.get_mut(index) else { continue };
                let increment = stream.receive_window.resize(before, sent.initial_window);
                if let Some(increment) = increment.filter(|_| stream.is_receiving()) {
                    update(stream.id, increment);
                }
            }
        }
        Some(sent)
    }
}
