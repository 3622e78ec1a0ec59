//! DATA in. RFC 9113 §6.1, §6.9.1, §8.1.1.

use bytes::Bytes;
use h2wire::frame::StreamId;

use super::Connection;
use crate::budget::Flood;
use crate::streams::{Closed, Place, Progress, Stream};
use crate::{ConnectionRule, Event};

impl Connection {
    /// DATA of `flow` bytes, padding included, with this content.
    pub(super) fn data(
        &mut self,
        stream_id: StreamId,
        flow: u32,
        data: Bytes,
        end_stream: bool,
    ) -> Option<Event> {
        // §6.9.1
        if self.receive_window.receive(flow, 0).is_err() {
            self.fail(ConnectionRule::ConnectionWindowExceeded.into());
            return None;
        }
        let index = match self.streams.place(stream_id) {
            Place::Active(index) => index,
            place => return self.data_without_stream(stream_id, place, flow),
        };
        let slack = self.own.slack;
        let stream = self.streams.get_mut(index)?;
        let len = u32::try_from(data.len()).unwrap_or(u32::MAX);
        if let Err(rule) = stream.take_data(flow, len, slack) {
            if rule == ConnectionRule::FrameOnReserved {
                self.fail(rule.into());
                return None;
            }
            // §6.9: bytes that are dropped count for the connection too, and are given back at once.
            self.release_connection(flow);
            return self.fail_stream(stream_id, rule.into());
        }
        // Padding is dealt with at once, and so is all if the caller wants that.
        let released = if self.config.auto_release { flow } else { flow.saturating_sub(len) };
        stream.held = stream.held.saturating_add(flow);
        if released > 0 {
            self.release(index, released);
        }
        if len > 0 {
            self.life.note_message(self.now);
        } else if !end_stream {
            // §10.5
            self.spend(Flood::EmptyData);
            return None;
        }
        if end_stream && !self.end_received(index) {
            return self.fail_stream(stream_id, ConnectionRule::ContentTooShort.into());
        }
        Some(Event::Data { stream_id, data, end_stream })
    }

    /// DATA on a stream that is not open.
    #[cold]
    fn data_without_stream(&mut self, stream_id: StreamId, place: Place, flow: u32) -> Option<Event> {
        let rule = match place {
            // §5.1, idle
            Place::Idle => ConnectionRule::DataOnIdle,
            Place::Active(_) | Place::Closed(Closed::ResetHere) => {
                self.release_connection(flow);
                return None;
            }
            Place::Closed(Closed::ResetByPeer) => {
                self.release_connection(flow);
                return self.fail_stream(stream_id, ConnectionRule::DataOnClosed.into());
            }
            // §5.1, closed
            Place::Closed(Closed::Ended | Closed::Unknown) => ConnectionRule::DataOnClosed,
        };
        self.fail(rule.into());
        None
    }

    /// `END_STREAM` has come, in whatever frame. Not if there was less content than was announced.
    pub(super) fn end_received(&mut self, index: u32) -> bool {
        let Some(stream) = self.streams.get_mut(index) else { return true };
        // §8.1.1
        if stream.content_left.is_some_and(|left| left > 0) {
            return false;
        }
        stream.receiving = Progress::Ended;
        if stream.sending == Progress::Ended {
            self.close(index, Closed::Ended);
        }
        self.life.note_message(self.now);
        true
    }

    /// Content was dealt with: the peer may send as much again. §6.9
    pub(super) fn release(&mut self, index: u32, bytes: u32) {
        let Some(stream) = self.streams.get_mut(index) else { return };
        let bytes = bytes.min(stream.held);
        stream.held = stream.held.saturating_sub(bytes);
        if stream.is_receiving() {
            let (id, increment) = (stream.id, stream.receive_window.release(bytes));
            self.put_window_update(id, increment);
        }
        self.release_connection(bytes);
    }
}

impl Stream {
    /// Takes the content of a frame, if the stream's state, its window and content-length allow it.
    fn take_data(&mut self, flow: u32, len: u32, slack: u32) -> Result<(), ConnectionRule> {
        match self.receiving {
            // §5.1, reserved
            _ if self.is_reserved => return Err(ConnectionRule::FrameOnReserved),
            Progress::Content => {}
            // §8.1
            Progress::Head => return Err(ConnectionRule::DataBeforeHead),
            // §5.1, half-closed (remote)
            Progress::Ended | Progress::Ending => return Err(ConnectionRule::DataOnClosed),
        }
        // §6.9.1
        self.receive_window.receive(flow, slack).map_err(|_| ConnectionRule::StreamWindowExceeded)?;
        if let Some(left) = &mut self.content_left {
            // §8.1.1
            *left = left.checked_sub(len.into()).ok_or(ConnectionRule::ContentTooLong)?;
        }
        Ok(())
    }
}
