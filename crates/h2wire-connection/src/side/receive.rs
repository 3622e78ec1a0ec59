//! Frames without fields and content: what each may do to streams, windows and settings.

use core::num::NonZeroU32;

use h2wire::StreamError;
use h2wire::frame::{Priority, SettingId, SettingList, StreamId};

use super::{Refusal, Side};
use crate::streams::{Closed, Place};
use crate::{Cause, ConnectionRule};

impl Side {
    /// A frame that the codec has skipped, on a stream that may be in any state.
    pub(crate) fn judge_skipped(&self, error: StreamError) -> Refusal {
        self.judge(error.stream_id, error.into())
    }

    /// What becomes of a frame that is wrong by itself, wherever its stream is.
    fn judge(&self, stream_id: StreamId, cause: Cause) -> Refusal {
        match self.place(stream_id) {
            // §5.1: RST_STREAM cannot be sent on an idle stream. §5.4.1: but the error can be one of the connection.
            Place::Idle => Refusal::Connection(cause),
            // §5.1: of what was sent before it has seen RST_STREAM.
            Place::Closed(Closed::ResetHere) => Refusal::Late,
            Place::Active(_) | Place::Closed(_) => Refusal::Stream(stream_id, cause),
        }
    }

    /// The place of the stream that is reset, if it is open. What has ended may be reset, and what was reset here: the peer sends
    /// nothing more.
    pub(crate) fn take_rst_stream(&self, stream_id: StreamId) -> Result<Option<u32>, Refusal> {
        match self.place(stream_id) {
            // §6.4
            Place::Idle => Err(Refusal::Connection(ConnectionRule::RstStreamOnIdle.into())),
            Place::Active(index) => Ok(Some(index)),
            Place::Closed(_) => Ok(None),
        }
    }

    /// The place of the stream whose window is wider, if it is open.
    pub(crate) fn take_window_update(
        &mut self,
        stream_id: StreamId,
        increment: NonZeroU32,
    ) -> Result<Option<u32>, Refusal> {
        let connection = |rule: ConnectionRule| Err(Refusal::Connection(rule.into()));
        if stream_id.is_connection() {
            // §6.9.1
            return match self.send_window.grow(increment) {
                Ok(()) => Ok(None),
                Err(_) => connection(ConnectionRule::ConnectionWindowOverflow),
            };
        }
        let index = match self.place(stream_id) {
            // §5.1, idle
            Place::Idle => return connection(ConnectionRule::WindowUpdateOnIdle),
            Place::Active(index) => index,
            Place::Closed(_) => return Ok(None),
        };
        let is_local = self.streams.is_local(stream_id);
        let Some(stream) = self.streams.get_mut(index) else { return Ok(None) };
        // §5.1, reserved (remote)
        if stream.is_reserved && !is_local {
            return connection(ConnectionRule::FrameOnReserved);
        }
        match stream.send_window.grow(increment) {
            Ok(()) => Ok(Some(index)),
            // §6.9.1
            Err(_) => Err(Refusal::Stream(stream_id, ConnectionRule::StreamWindowOverflow.into())),
        }
    }

    /// The priority of RFC 7540, which is of no use any more. RFC 9113 §5.3.2
    pub(crate) fn take_priority(&self, frame: Priority) -> Result<(), Refusal> {
        // RFC 7540 §5.3.1
        if self.checks_dependencies() && frame.depends_on_itself() {
            return Err(self.judge(frame.stream_id, ConnectionRule::SelfDependency.into()));
        }
        Ok(())
    }

    /// Whether the priorities of RFC 7540 mean anything: not those of a peer that says that it sends none. RFC 9218 §2.1
    pub(super) const fn checks_dependencies(&self) -> bool {
        self.rfc7540_priorities && !self.peer.no_rfc7540_priorities
    }

    /// Where the stream is whose priority changes.
    pub(crate) fn take_priority_update(&self, stream_id: StreamId) -> Result<Place, Refusal> {
        match self.place(stream_id) {
            // RFC 9218 §7.1
            Place::Idle if self.streams.is_local(stream_id) => {
                Err(Refusal::Connection(ConnectionRule::PriorityUpdateOnIdlePush.into()))
            }
            place => Ok(place),
        }
    }

    /// The peer's settings in their order. Whether windows of streams have changed. §6.5.3
    pub(crate) fn take_settings(&mut self, list: &SettingList<&[u8]>) -> Result<bool, Refusal> {
        let is_first = !core::mem::replace(&mut self.peer.received, true);
        // §6.5.2: without it there is no limit, but until SETTINGS come there may be one.
        if is_first && list.get(SettingId::MAX_CONCURRENT_STREAMS).is_none() {
            self.peer.max_concurrent_streams = u32::MAX;
        }
        let mut has_resized = false;
        for setting in list.iter() {
            let value = setting.value;
            match setting.id {
                SettingId::INITIAL_WINDOW_SIZE => has_resized |= self.resize_send_windows(value)?,
                SettingId::MAX_CONCURRENT_STREAMS => self.peer.max_concurrent_streams = value,
                SettingId::MAX_FRAME_SIZE => self.peer.max_frame_size = value,
                SettingId::MAX_HEADER_LIST_SIZE => self.peer.max_header_list_size = Some(value),
                SettingId::ENABLE_PUSH => self.peer.enable_push = value != 0,
                SettingId::ENABLE_CONNECT_PROTOCOL => self.peer.enable_connect_protocol = value != 0,
                SettingId::NO_RFC7540_PRIORITIES => self.peer.no_rfc7540_priorities = value != 0,
                _ => {}
            }
        }
        Ok(has_resized)
    }

    /// §6.9.2
    fn resize_send_windows(&mut self, size: u32) -> Result<bool, Refusal> {
        let before = core::mem::replace(&mut self.peer.initial_window_size, size);
        if before == size {
            return Ok(false);
        }
        for index in self.streams.indices() {
            let Some(stream) = self.streams.get_mut(index) else { continue };
            if stream.send_window.resize(before, size).is_err() {
                return Err(Refusal::Connection(ConnectionRule::WindowOverflowBySettings.into()));
            }
        }
        Ok(true)
    }

    /// The peer gives up streams of this side above the last one that it has processed or may process. §6.8
    pub(crate) fn given_up_by(&self, last_stream_id: StreamId) -> impl Iterator<Item = (u32, StreamId)> {
        let open = self.streams.indices().into_iter();
        let ids = open.filter_map(|index| self.streams.get(index).map(|stream| (index, stream.id)));
        ids.filter(move |(_, id)| self.streams.is_local(*id) && *id > last_stream_id)
    }
}
