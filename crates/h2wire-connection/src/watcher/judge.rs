//! What a frame of one side does at both, and what is wrong with it.

use alloc::vec::Vec;
use core::time::Duration;

use h2wire::frame::{Frame, FrameHeader, Scope, SettingId, SettingList, Settings, StreamId};
use h2wire::{ChunkedReader, Role, Rule, SectionEnd, SectionKind, SettingsSentError, StreamError};

use crate::side::announced::Sent;
use crate::side::noted::Noted;
use crate::side::section::Promised;
use crate::side::{Refusal, Side};
use crate::streams::{Closed, Phase, Place};
use crate::window::{ReceiveWindow, SendWindow};
use crate::{Cause, ConnectionRule, FieldsKind};

/// A breach, and what an endpoint would have to end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Found {
    pub(super) cause: Cause,
    pub(super) scope: Scope,
}

/// Both sides, for a frame that one of them sends.
pub(super) struct Judge<'w> {
    pub(super) sender: &'w mut Side,
    pub(super) receiver: &'w mut Side,
    /// What comes the other way.
    pub(super) replies: &'w mut ChunkedReader<Vec<u8>>,
    pub(super) knows_order: bool,
    pub(super) max_streams: u32,
}

impl Judge<'_> {
    /// A frame without a payload in pieces.
    pub(super) fn frame(&mut self, frame: &Frame<&[u8]>) -> Result<(), Found> {
        match frame {
            Frame::RstStream(frame) => self.rst_stream(frame.stream_id),
            Frame::Settings(Settings::List(list)) => self.settings(list),
            Frame::Settings(Settings::Ack) => {
                self.receiver.settings_acknowledged(|_, _| {});
                Ok(())
            }
            Frame::WindowUpdate(frame) => {
                let (stream_id, increment) = (frame.stream_id, frame.window_size_increment);
                self.sender.sent_window_update(stream_id, increment);
                if self.is_unknown(stream_id) {
                    return Ok(());
                }
                let taken = self.receiver.take_window_update(stream_id, increment);
                self.report_refused(taken)
            }
            _ => Ok(()),
        }
    }

    /// The start of a frame whose payload comes in pieces.
    pub(super) fn start(&mut self, header: &FrameHeader, frame: &Frame<usize>) -> Result<(), Found> {
        match frame {
            Frame::Data(data) => self.data(data.stream_id, header.length.get(), data.data, data.end_stream),
            Frame::GoAway(frame) => {
                self.go_away(frame.last_stream_id);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A frame that the codec has skipped because it is wrong.
    pub(super) fn skipped(&mut self, error: StreamError) -> Result<(), Found> {
        let refusal = self.receiver.judge_skipped(error);
        self.report(refusal)
    }

    pub(super) fn priority_update(&mut self, octets: [u8; 4]) -> Result<(), Found> {
        let stream_id = StreamId::from_wire(octets);
        if self.is_unknown(stream_id) {
            return Ok(());
        }
        let taken = self.receiver.take_priority_update(stream_id);
        self.report_refused(taken)
    }

    /// Whether the receiver may have opened such a stream, though that was not seen.
    fn is_unknown(&self, stream_id: StreamId) -> bool {
        let is_unseen = || match self.receiver.streams.place(stream_id) {
            Place::Idle | Place::Closed(Closed::Unknown) => true,
            Place::Active(_) | Place::Closed(_) => false,
        };
        !self.knows_order
            && !stream_id.is_connection()
            && self.receiver.streams.is_local(stream_id)
            && is_unseen()
    }

    fn rst_stream(&mut self, stream_id: StreamId) -> Result<(), Found> {
        let was_unknown = self.is_unknown(stream_id);
        self.sender.sent_rst_stream(stream_id);
        if was_unknown {
            self.receiver.streams.remember(stream_id, Closed::ResetByPeer);
            return Ok(());
        }
        match self.receiver.take_rst_stream(stream_id) {
            Ok(index) => {
                _ = index.and_then(|index| self.receiver.streams.close(index, Closed::ResetByPeer));
                Ok(())
            }
            Err(refusal) => self.report(refusal),
        }
    }

    fn settings(&mut self, list: &SettingList<&[u8]>) -> Result<(), Found> {
        if let Err(error) = self.replies.settings_sent(list) {
            // More than can be remembered, or than there is memory for.
            self.replies.settings_lost();
            if error == SettingsSentError::TooManyUnacknowledged {
                self.sender.forget_windows();
            }
        }
        if self.sender.knows_all {
            let own = &self.sender.own;
            let value = |id, before| list.get(id).unwrap_or(before);
            let (window, streams) = own.newest();
            let sent = Sent {
                at: Duration::ZERO,
                initial_window: value(SettingId::INITIAL_WINDOW_SIZE, window),
                max_streams: value(SettingId::MAX_CONCURRENT_STREAMS, streams),
                limits: own.limits,
            };
            self.sender.sent_settings(sent);
        }
        let taken = self.receiver.take_settings(list);
        self.report_refused(taken)
    }

    /// The sender takes no more streams above the last one. §6.8
    fn go_away(&mut self, last_stream_id: StreamId) {
        self.sender.sent_go_away(last_stream_id);
        let given_up: Vec<_> = self.receiver.given_up_by(last_stream_id).collect();
        for (index, _) in given_up {
            self.receiver.streams.close(index, Closed::ResetHere);
        }
    }

    fn data(&mut self, stream_id: StreamId, flow: u32, len: usize, end_stream: bool) -> Result<(), Found> {
        self.assume(stream_id);
        let len = u32::try_from(len).unwrap_or(u32::MAX);
        let index = self.sender.streams.active(stream_id);
        self.sender.sent_data(index, usize::try_from(flow).unwrap_or(usize::MAX));
        let mut found = Ok(());
        // Again after each of the two windows that may be exceeded.
        for _ in 0..3 {
            match self.receiver.take_data(stream_id, flow, len) {
                Ok(index) => {
                    let ended = if end_stream { self.receiver.take_end(index) } else { Ok(false) };
                    match ended {
                        Ok(true) => _ = self.receiver.streams.close(index, Closed::Ended),
                        Ok(false) => {}
                        Err(refusal) => found = found.and(self.report(refusal)),
                    }
                    break;
                }
                Err(refusal) => {
                    // How far the window is open is not known from now on, but the content can still be judged.
                    let goes_on = self.forget_window(stream_id, flow, refusal);
                    found = found.and(self.report(refusal));
                    if !goes_on {
                        break;
                    }
                }
            }
        }
        self.sent_end(stream_id, end_stream);
        found
    }

    /// Forgets the window that was exceeded, if that is what was refused.
    fn forget_window(&mut self, stream_id: StreamId, flow: u32, refusal: Refusal) -> bool {
        match refusal {
            Refusal::Connection(Cause::Connection(ConnectionRule::ConnectionWindowExceeded)) => {
                self.receiver.receive_window = ReceiveWindow::unknown();
                true
            }
            Refusal::Stream(_, Cause::Connection(ConnectionRule::StreamWindowExceeded)) => {
                // The window of the connection is taken from once more.
                if let Some(flow) = core::num::NonZeroU32::new(flow) {
                    self.receiver.receive_window.grant(flow);
                }
                let index = self.receiver.streams.active(stream_id);
                let stream = index.and_then(|index| self.receiver.streams.get_mut(index));
                stream.map(|stream| stream.receive_window = ReceiveWindow::unknown()).is_some()
            }
            _ => false,
        }
    }

    fn sent_end(&mut self, stream_id: StreamId, end_stream: bool) {
        if let Some(index) = self.sender.streams.active(stream_id).filter(|_| end_stream)
            && self.sender.sent_end(index)
        {
            self.sender.streams.close(index, Closed::Ended);
        }
    }

    /// Opens the stream of a request that was not seen yet: where the order is not known, its response may be seen first.
    fn assume(&mut self, stream_id: StreamId) {
        if self.is_unknown(stream_id) && self.receiver.role == Role::Client && stream_id.is_client_initiated()
        {
            self.receiver.assume(stream_id, Phase::Content);
            self.give_up_beyond_bound(stream_id);
        }
    }

    /// A whole section.
    pub(super) fn section(&mut self, end: &SectionEnd, noted: &Noted) -> Result<(), Found> {
        let stream_id = end.head.stream_id;
        self.assume(stream_id);
        if let Some(promised) = end.head.promised_stream_id {
            return self.promise(end, promised, noted);
        }
        if end.unknown > 0 {
            // What it is can only be guessed.
            self.give_up(stream_id);
            self.sender.sent_rst_stream(stream_id);
            return Ok(());
        }
        let is_request = self.sender.role == Role::Client && end.kind == Ok(SectionKind::Request);
        if is_request {
            self.receiver.streams.know_from(stream_id);
            self.sender.streams.know_from(stream_id);
        }
        let answered = if is_request { self.receiver.take_assumed(stream_id) } else { None };
        let taken = self.receiver.take_section(end, noted);
        self.sent_section(end, noted);
        match taken {
            Ok(taken) => {
                if taken.kind == FieldsKind::Request {
                    if let Some(stream) = self.receiver.streams.get_mut(taken.index) {
                        stream.sending = answered.unwrap_or(Phase::Head);
                    }
                    self.give_up_beyond_bound(stream_id);
                }
                let is_over = taken.is_over || end.head.end_stream && answered == Some(Phase::Ended);
                if is_over {
                    self.receiver.streams.close(taken.index, Closed::Ended);
                }
                Ok(())
            }
            Err(refusal) => {
                if is_request && matches!(refusal, Refusal::Connection(_)) {
                    self.receiver.sent_rst_stream(stream_id);
                } else if is_request && refusal == Refusal::Late {
                    // The other side does not answer it, after GOAWAY for example.
                    self.sender.sent_rst_stream(stream_id);
                }
                self.report(refusal)
            }
        }
    }

    /// What a section changes at its sender.
    fn sent_section(&mut self, end: &SectionEnd, noted: &Noted) {
        let stream_id = end.head.stream_id;
        match self.sender.streams.place(stream_id) {
            Place::Idle if self.sender.role == Role::Client => {
                self.sender.sent_request(stream_id, end.head.end_stream, noted);
            }
            Place::Idle if !self.knows_order && stream_id.is_client_initiated() => {
                // The request is still to be seen.
                self.sender.assume(stream_id, Phase::Head);
            }
            _ => {}
        }
        if let Some(index) = self.sender.streams.active(stream_id)
            && self.sender.role == Role::Server
            && self.sender.streams.get(index).is_some_and(|stream| stream.sending == Phase::Head)
        {
            self.sender.sent_response(index, noted.status);
        }
        self.sent_end(stream_id, end.head.end_stream);
        self.give_up_beyond_bound(stream_id);
    }

    fn promise(&mut self, end: &SectionEnd, promised: StreamId, noted: &Noted) -> Result<(), Found> {
        for side in [&mut *self.receiver, &mut *self.sender] {
            side.streams.know_from(promised);
        }
        if end.unknown > 0 {
            self.give_up(promised);
            self.sender.sent_rst_stream(promised);
            return Ok(());
        }
        if self.sender.streams.place(promised) == Place::Idle {
            self.sender.sent_promise(promised, noted);
        }
        // The receiver may have refused it before it was seen.
        let is_refused = self.receiver.streams.place(promised) == Place::Closed(Closed::ResetHere);
        let taken = self.receiver.take_promise(end, promised, noted);
        self.give_up_beyond_bound(promised);
        if is_refused || taken != Ok(Promised::Reserved) {
            // The promised stream is over for both.
            self.receiver.sent_rst_stream(promised);
            self.sender.sent_rst_stream(promised);
        }
        match taken {
            Ok(Promised::InTunnel) => {
                let cause = ConnectionRule::FrameInTunnel.into();
                self.report(Refusal::Stream(end.head.stream_id, cause))
            }
            Ok(Promised::Reserved | Promised::Unwanted) => Ok(()),
            Err(refusal) => self.report(refusal),
        }
    }

    /// Nothing more is judged on a stream.
    fn give_up(&mut self, stream_id: StreamId) {
        if !self.receiver.streams.is_local(stream_id) {
            self.receiver.streams.leave_idle(stream_id);
        }
        self.receiver.sent_rst_stream(stream_id);
    }

    /// Gives up a stream that was just opened if more are open than are followed.
    fn give_up_beyond_bound(&mut self, stream_id: StreamId) {
        for side in [&mut *self.receiver, &mut *self.sender] {
            if side.streams.len() > self.max_streams {
                side.sent_rst_stream(stream_id);
            }
        }
    }

    /// Reports what the receiver refuses, if it does.
    fn report_refused<T>(&mut self, taken: Result<T, Refusal>) -> Result<(), Found> {
        taken.map_or_else(|refusal| self.report(refusal), |_| Ok(()))
    }

    /// Reports what is wrong, and forgets what cannot be judged any more because of it.
    #[cold]
    fn report(&mut self, refusal: Refusal) -> Result<(), Found> {
        let (cause, scope) = match refusal {
            Refusal::Late => return Ok(()),
            Refusal::Connection(cause) => (cause, Scope::Connection),
            Refusal::Stream(stream_id, cause) => (cause, Scope::Stream(stream_id)),
        };
        match (scope, cause) {
            (Scope::Connection, Cause::Connection(ConnectionRule::ConnectionWindowOverflow)) => {
                self.receiver.send_window = SendWindow::unknown();
            }
            (Scope::Connection, Cause::Connection(ConnectionRule::WindowOverflowBySettings)) => {
                self.receiver.forget_windows();
            }
            (Scope::Stream(stream_id), Cause::Connection(ConnectionRule::StreamWindowOverflow)) => {
                let index = self.receiver.streams.active(stream_id);
                if let Some(stream) = index.and_then(|index| self.receiver.streams.get_mut(index)) {
                    stream.send_window = SendWindow::unknown();
                }
            }
            (Scope::Stream(stream_id), _) if spoils_stream(cause) => self.give_up(stream_id),
            _ => {}
        }
        // What is beyond the watcher's own limits is no breach.
        if matches!(cause, Cause::Codec(Rule::Limit(_))) { Ok(()) } else { Err(Found { cause, scope }) }
    }
}

/// Whether a stream cannot be followed after this. Otherwise it is as it was.
const fn spoils_stream(cause: Cause) -> bool {
    !matches!(
        cause,
        Cause::Connection(
            ConnectionRule::DataOnClosed
                | ConnectionRule::HeadersOnClosed
                | ConnectionRule::StreamWindowExceeded
        ) | Cause::Codec(Rule::Frame(_))
    )
}
