//! What is known of an open stream.

use alloc::boxed::Box;
use alloc::collections::VecDeque;

use bytes::Bytes;
use h2wire::FieldList;
use h2wire::frame::StreamId;

use super::ready::Links;
use crate::Priority;
use crate::window::{ReceiveWindow, SendWindow};

/// How far one direction of a stream is. RFC 9113 §5.1, §8.1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Phase {
    /// The head is still to come: a response after whatever interim ones.
    Head,
    /// Content, or trailers.
    Content,
    /// The end is given, but content is before it. For what is sent alone.
    Ending,
    /// `END_STREAM`.
    Ended,
}

/// An open stream.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "facts that are independent of each other")]
pub(crate) struct Stream {
    pub(crate) id: StreamId,
    pub(crate) receiving: Phase,
    pub(crate) sending: Phase,
    /// Promised, and no response has begun: it does not count for the most concurrent streams. §5.1.2
    pub(crate) is_reserved: bool,
    /// The request is HEAD: its response has no content. RFC 9110 §9.3.2
    pub(crate) is_head: bool,
    /// The request is CONNECT: a 2xx response makes it a tunnel. §8.5
    pub(crate) is_connect: bool,
    pub(crate) is_tunnel: bool,
    /// A watcher has not seen its request, whose method may be HEAD or CONNECT.
    pub(crate) is_assumed: bool,
    /// `Drained` is to be reported.
    pub(crate) tells_drained: bool,
    /// It waits to be taken by the caller: one is enough.
    pub(crate) drained_waits: bool,
    pub(crate) send_window: SendWindow,
    pub(crate) receive_window: ReceiveWindow,
    /// Bytes that the caller was given and has not released.
    pub(crate) held: u32,
    /// The rest of what content-length announced. §8.1.1
    pub(crate) content_left: Option<u64>,
    /// The same for what is sent.
    pub(crate) length_left: Option<u64>,
    /// Padding of each DATA frame that is sent; 0 for none.
    pub(crate) padding: u8,
    /// Content to send.
    pub(crate) first: Option<Bytes>,
    pub(super) more: Option<VecDeque<Bytes>>,
    /// Bytes of it.
    pub(crate) queued: usize,
    /// Trailers to send after it.
    pub(crate) trailers: Option<Box<FieldList>>,
    pub(crate) priority: Priority,
    /// Whether the client asked for that priority.
    pub(crate) has_priority: bool,
    pub(crate) links: Links,
}

/// Those of a stream, to send and to receive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Windows {
    pub(crate) send: SendWindow,
    pub(crate) receive: ReceiveWindow,
}

impl Stream {
    /// A place for a stream.
    pub(super) const fn new() -> Self {
        Self {
            id: StreamId::CONNECTION,
            receiving: Phase::Ended,
            sending: Phase::Ended,
            is_reserved: false,
            is_head: false,
            is_connect: false,
            is_tunnel: false,
            is_assumed: false,
            tells_drained: false,
            drained_waits: false,
            send_window: SendWindow::initial(),
            receive_window: ReceiveWindow::initial(),
            held: 0,
            content_left: None,
            length_left: None,
            padding: 0,
            first: None,
            more: None,
            queued: 0,
            trailers: None,
            priority: Priority::DEFAULT,
            has_priority: false,
            links: Links::NONE,
        }
    }

    /// Starts anew, in place: the processor waits for a stream that is made elsewhere and moved.
    #[inline(always)]
    pub(super) fn open(&mut self, new_id: StreamId, reserved: bool, windows: Windows) {
        let Self {
            id,
            receiving,
            sending,
            is_reserved,
            is_head,
            is_connect,
            is_tunnel,
            is_assumed,
            tells_drained,
            drained_waits,
            send_window,
            receive_window,
            held,
            content_left,
            length_left,
            padding,
            // `close` has taken these.
            first: _,
            more: _,
            trailers: _,
            queued,
            priority,
            has_priority,
            links,
        } = self;
        *id = new_id;
        (*receiving, *sending) = (Phase::Head, Phase::Head);
        (*is_reserved, *is_head, *is_connect, *is_tunnel) = (reserved, false, false, false);
        (*is_assumed, *tells_drained, *drained_waits) = (false, false, false);
        (*send_window, *receive_window, *held) = (windows.send, windows.receive, 0);
        (*content_left, *length_left) = (None, None);
        (*padding, *queued) = (0, 0);
        (*priority, *has_priority) = (Priority::DEFAULT, false);
        *links = Links::NONE;
    }

    /// Gives the place up. Returns memory for parts of content that can be used again.
    #[inline(always)]
    pub(super) fn close(&mut self) -> Option<VecDeque<Bytes>> {
        self.id = StreamId::CONNECTION;
        if self.first.is_some() {
            self.first = None;
        }
        if self.trailers.is_some() {
            self.trailers = None;
        }
        if self.more.is_some() { self.more.take() } else { None }
    }

    /// Whether there is a stream in this place.
    #[inline(always)]
    pub(super) fn is_open(&self) -> bool {
        self.id != StreamId::CONNECTION
    }

    /// Whether the peer may still send on it.
    pub(crate) const fn is_receiving(&self) -> bool {
        !matches!(self.receiving, Phase::Ended)
    }

    /// Adds content to what waits.
    pub(super) fn queue(&mut self, content: Bytes) {
        if content.is_empty() {
            return;
        }
        self.queued = self.queued.saturating_add(content.len());
        if self.first.is_none() {
            self.first = Some(content);
        } else {
            self.more.get_or_insert_default().push_back(content);
        }
    }

    /// Takes up to `most` bytes of what waits, of one content.
    pub(crate) fn take(&mut self, most: usize) -> Bytes {
        let content = match &mut self.first {
            Some(first) if first.len() > most => first.split_to(most),
            first => {
                let next = self.more.as_mut().and_then(VecDeque::pop_front);
                core::mem::replace(first, next).unwrap_or_default()
            }
        };
        self.queued = self.queued.saturating_sub(content.len());
        content
    }
}
