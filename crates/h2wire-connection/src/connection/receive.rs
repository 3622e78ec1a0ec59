//! Frames in: the effect of each on streams and windows.

use alloc::vec::Vec;

use bytes::Bytes;
use h2wire::Role;
use h2wire::frame::{
    ErrorCode, Frame, GoAway, Priority as PriorityFrame, PriorityUpdate, RstStream, Settings, StreamId,
    Unknown, WindowUpdate,
};

use super::Connection;
use crate::budget::Flood;
use crate::streams::{Closed, Place};
use crate::{ConnectionRule, Event, Priority, ResetReason};

/// What is kept of the text in a peer's GOAWAY.
const MAX_DEBUG_DATA: usize = 1_024;

/// Priorities that are kept for streams that are not open yet, however many may be opened. RFC 9218 §7.1
const MAX_EARLY_PRIORITIES: usize = 1_024;

impl Connection {
    /// A frame without fields and content.
    pub(super) fn frame(&mut self, frame: &Frame<&[u8]>) -> Option<Event> {
        match frame {
            Frame::RstStream(frame) => self.rst_stream(*frame),
            Frame::Settings(Settings::List(list)) => self.settings(list),
            Frame::Settings(Settings::Ack) => self.settings_acknowledged(),
            Frame::Ping(ping) => self.receive_ping(*ping),
            Frame::GoAway(frame) => self.receive_go_away(frame),
            Frame::WindowUpdate(frame) => self.window_update(*frame),
            Frame::Priority(frame) => self.receive_priority(*frame),
            Frame::Unknown(frame) => self.unknown(frame),
            // These come as content and fields.
            Frame::Data(_) | Frame::Headers(_) | Frame::PushPromise(_) | Frame::Continuation(_) => None,
        }
    }

    fn rst_stream(&mut self, frame: RstStream) -> Option<Event> {
        let RstStream { stream_id, error_code } = frame;
        let place = self.side.streams.place(stream_id);
        // A server does no more than it was asked to by resetting: only a client floods with requests that it resets.
        if self.side.role == Role::Server || !matches!(place, Place::Active(_)) {
            self.spend(Flood::Reset);
        }
        let index = match self.side.take_rst_stream(stream_id) {
            Ok(index) => index.filter(|_| !self.life.is_over())?,
            Err(refusal) => return self.refuse(refusal),
        };
        let is_complete = self.side.streams.get(index).is_some_and(|stream| !stream.is_receiving());
        self.close(index, Closed::ResetByPeer);
        // §8.1
        if self.side.role == Role::Client && is_complete && error_code == ErrorCode::NO_ERROR {
            return Some(Event::RequestStopped { stream_id });
        }
        Some(Event::Reset { stream_id, error_code, reason: ResetReason::ByPeer })
    }

    fn window_update(&mut self, frame: WindowUpdate) -> Option<Event> {
        self.spend(Flood::WindowUpdate);
        match self.side.take_window_update(frame.stream_id, frame.window_size_increment) {
            Ok(index) => self.make_ready(index?),
            Err(refusal) => return self.refuse(refusal),
        }
        None
    }

    fn receive_go_away(&mut self, frame: &GoAway<&[u8]>) -> Option<Event> {
        self.spend(Flood::Settings);
        if self.life.is_over() {
            return None;
        }
        let GoAway { last_stream_id, error_code, additional_debug_data } = *frame;
        self.life.peer_leaves = true;
        // §6.8: the last stream must not grow. If it does, nothing comes back that was given up before.
        let given_up: Vec<_> = self.side.given_up_by(last_stream_id).collect();
        for (index, stream_id) in given_up {
            self.close(index, Closed::ResetHere);
            self.events.push_back(Event::Reset { stream_id, error_code, reason: ResetReason::GoAway });
        }
        let debug_data = additional_debug_data.get(..MAX_DEBUG_DATA).unwrap_or(additional_debug_data);
        let debug_data = Bytes::copy_from_slice(debug_data);
        self.events.push_back(Event::GoAway { last_stream_id, error_code, debug_data });
        None
    }

    /// The priority of RFC 7540, which is of no use any more. RFC 9113 §5.3.2
    fn receive_priority(&mut self, frame: PriorityFrame) -> Option<Event> {
        self.spend(Flood::Priority);
        self.side.take_priority(frame).err().and_then(|refusal| self.refuse(refusal))
    }

    fn unknown(&mut self, frame: &Unknown<&[u8]>) -> Option<Event> {
        if self.config.options.extensions
            && let Some(Ok(update)) = PriorityUpdate::from_unknown(frame)
        {
            self.spend(Flood::Priority);
            self.priority_update(update);
            return None;
        }
        // §5.5
        self.spend(Flood::Unknown);
        let report = self.config.report_unknown && !self.life.is_over();
        report.then(|| Event::Unknown { frame: (*frame).map(Bytes::copy_from_slice) })
    }

    fn priority_update(&mut self, update: PriorityUpdate<'_>) {
        let stream_id = update.prioritized_stream_id;
        let priority = Priority::parse(update.priority_field_value);
        match self.side.take_priority_update(stream_id) {
            Ok(Place::Idle) => self.keep_priority(stream_id, priority),
            Ok(Place::Active(index)) => self.set_priority(index, priority),
            Ok(Place::Closed(_)) => {}
            Err(refusal) => _ = self.refuse(refusal),
        }
    }

    /// It may come before its request.
    fn keep_priority(&mut self, stream_id: StreamId, priority: Priority) {
        let highest = self.side.streams.highest;
        let early = &mut self.life.early_priorities;
        early.retain(|(id, _)| *id != stream_id && *id > highest);
        if early.len() >= MAX_EARLY_PRIORITIES {
            early.pop_front();
        }
        early.push_back((stream_id, priority));
        // RFC 9218 §7.1: with the open ones. A peer that has not seen all SETTINGS yet may not know how many there may be.
        let streams = u32::try_from(early.len()).unwrap_or(u32::MAX).saturating_add(self.side.streams.remote);
        if streams > self.side.own.most_streams && self.side.own.sent.is_empty() {
            self.fail(ConnectionRule::PriorityUpdateTooMany.into());
        }
    }

    pub(super) fn set_priority(&mut self, index: u32, priority: Priority) {
        let Some(stream) = self.side.streams.get_mut(index) else { return };
        (stream.priority, stream.has_priority) = (priority, true);
        self.side.streams.make_unready(index);
        self.make_ready(index);
    }
}
