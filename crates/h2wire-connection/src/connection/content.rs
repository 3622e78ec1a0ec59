//! DATA in. RFC 9113 §6.1, §6.9.1, §8.1.1.

use h2wire::frame::StreamId;

use super::Connection;
use crate::Event;
use crate::budget::Flood;
use crate::side::Refusal;
use crate::streams::Closed;

impl Connection {
    /// DATA of `flow` bytes, padding included, with `len` bytes of content. Whether that is to be reported; if not, there may be another
    /// event.
    #[inline]
    pub(super) fn data(
        &mut self,
        stream_id: StreamId,
        flow: u32,
        len: usize,
        end_stream: bool,
        other: &mut Option<Event>,
    ) -> bool {
        let len = u32::try_from(len).unwrap_or(u32::MAX);
        let index = match self.side.take_data(stream_id, flow, len) {
            Ok(index) => index,
            Err(refusal) => {
                *other = self.refuse_data(flow, refusal);
                return false;
            }
        };
        // Padding is dealt with at once, and so is all if the caller wants that.
        let released = if self.config.auto_release { flow } else { flow.saturating_sub(len) };
        let Some(stream) = self.side.streams.get_mut(index) else { return false };
        stream.held = stream.held.saturating_add(flow);
        if end_stream {
            match self.side.take_end(index) {
                Ok(is_over) => self.end_received(index, is_over),
                Err(refusal) => {
                    *other = self.refuse(refusal);
                    return false;
                }
            }
        }
        if released > 0 {
            // §5.1: after the end the window of the connection alone, as nothing is sent on a stream that is closed.
            self.release(index, released);
        }
        if len > 0 {
            self.life.note_message(self.now);
        } else if !end_stream {
            // §10.5
            self.spend(Flood::EmptyData);
            return false;
        }
        true
    }

    #[cold]
    fn refuse_data(&mut self, flow: u32, refusal: Refusal) -> Option<Event> {
        if !matches!(refusal, Refusal::Connection(_)) {
            // §6.9: bytes that are dropped count for the connection too, and are given back at once.
            self.release_connection(flow);
        }
        self.refuse(refusal)
    }

    /// `END_STREAM` has come, in whatever frame.
    pub(super) fn end_received(&mut self, index: u32, is_over: bool) {
        if is_over {
            self.close(index, Closed::Ended);
        }
        self.life.note_message(self.now);
    }

    /// Content was dealt with: the peer may send as much again. §6.9
    pub(super) fn release(&mut self, index: u32, bytes: u32) {
        let Some(stream) = self.side.streams.get_mut(index) else { return };
        let bytes = bytes.min(stream.held);
        stream.held = stream.held.saturating_sub(bytes);
        if stream.is_receiving() {
            let (id, increment) = (stream.id, stream.receive_window.release(bytes));
            self.put_window_update(id, increment);
        }
        self.release_connection(bytes);
    }
}
