//! DATA. RFC 9113 §6.1, §6.9.1, §8.1.1.

use h2wire::frame::StreamId;

use super::{Refusal, Side};
use crate::ConnectionRule;
use crate::streams::{Closed, Phase, Place, Stream};

impl Side {
    /// DATA of `flow` bytes, padding included, with `len` bytes of content. The place of its stream. Unless the connection is over, `flow`
    /// bytes of its window are used, whatever becomes of the frame.
    pub(crate) fn take_data(&mut self, stream_id: StreamId, flow: u32, len: u32) -> Result<u32, Refusal> {
        // §6.9.1
        if self.receive_window.receive(flow, 0).is_err() {
            return Err(Refusal::Connection(ConnectionRule::ConnectionWindowExceeded.into()));
        }
        let index = match self.place(stream_id) {
            Place::Active(index) => index,
            place => return Err(data_without_stream(stream_id, place)),
        };
        let slack = self.own.slack;
        let Some(stream) = self.streams.get_mut(index) else { return Err(Refusal::Late) };
        match stream.take_data(flow, len, slack) {
            Ok(()) => Ok(index),
            Err(rule @ ConnectionRule::FrameOnReserved) => Err(Refusal::Connection(rule.into())),
            Err(rule) => Err(Refusal::Stream(stream_id, rule.into())),
        }
    }

    /// `END_STREAM` has come, in whatever frame. Whether the stream is over in both directions.
    pub(crate) fn take_end(&mut self, index: u32) -> Result<bool, Refusal> {
        let Some(stream) = self.streams.get_mut(index) else { return Ok(false) };
        // §8.1.1
        if stream.content_left.is_some_and(|left| left > 0) {
            return Err(Refusal::Stream(stream.id, ConnectionRule::ContentTooShort.into()));
        }
        stream.receiving = Phase::Ended;
        Ok(stream.sending == Phase::Ended)
    }
}

/// DATA on a stream that is not open.
#[cold]
fn data_without_stream(stream_id: StreamId, place: Place) -> Refusal {
    match place {
        // §5.1, idle
        Place::Idle => Refusal::Connection(ConnectionRule::DataOnIdle.into()),
        Place::Active(_) | Place::Closed(Closed::ResetHere) => Refusal::Late,
        Place::Closed(Closed::ResetByPeer) => Refusal::Stream(stream_id, ConnectionRule::DataOnClosed.into()),
        // §5.1, closed
        Place::Closed(Closed::Ended | Closed::Unknown) => {
            Refusal::Connection(ConnectionRule::DataOnClosed.into())
        }
    }
}

impl Stream {
    /// Takes the content of a frame, if the stream's state, its window and content-length allow it.
    fn take_data(&mut self, flow: u32, len: u32, slack: u32) -> Result<(), ConnectionRule> {
        match self.receiving {
            // §5.1, reserved
            _ if self.is_reserved => return Err(ConnectionRule::FrameOnReserved),
            Phase::Content => {}
            // §8.1
            Phase::Head => return Err(ConnectionRule::DataBeforeHead),
            // §5.1, half-closed (remote)
            Phase::Ended | Phase::Ending => return Err(ConnectionRule::DataOnClosed),
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
