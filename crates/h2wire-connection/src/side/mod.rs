//! What one side of a connection knows of its streams, windows and settings, and how it judges what comes. A connection is one such side,
//! a watcher follows two. What is done about it is up to them.

pub(crate) mod announced; // settings of both sides
mod content; // DATA
pub(crate) mod noted; // what it has to know of a section
mod receive; // frames without fields and content
pub(crate) mod section; // field sections
mod sent; // what goes

use h2wire::Role;
use h2wire::frame::StreamId;

use crate::streams::{Place, Streams, Windows};
use crate::window::{ReceiveWindow, SendWindow};
use crate::{Cause, FieldsKind};
use announced::{OwnSettings, PeerSettings};

/// One side of a connection, and what it knows.
#[derive(Debug)]
pub(crate) struct Side {
    pub(crate) role: Role,
    pub(crate) streams: Streams,
    pub(crate) send_window: SendWindow,
    pub(crate) receive_window: ReceiveWindow,
    pub(crate) peer: PeerSettings,
    pub(crate) own: OwnSettings,
    /// Whether a stream that depends on itself is an error. RFC 7540 §5.3.1
    pub(crate) rfc7540_priorities: bool,
    /// Whether all of the connection is known, as an endpoint does. If not, windows are not.
    pub(crate) knows_all: bool,
}

/// Why a frame is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Refusal {
    /// It ends the connection. §5.4.1
    Connection(Cause),
    /// It ends a stream. §5.4.2
    Stream(StreamId, Cause),
    /// It was under way when this side gave the stream up: it is ignored. §5.1
    Late,
}

/// A section that was taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Taken {
    pub(crate) index: u32,
    pub(crate) kind: FieldsKind,
    /// A request beyond the limits of fields, which can be answered.
    pub(crate) is_too_large: bool,
    /// Both directions of the stream have ended.
    pub(crate) is_over: bool,
}

impl Side {
    pub(crate) const fn new(
        role: Role,
        streams: Streams,
        initial_max_streams: u32,
        own: OwnSettings,
    ) -> Self {
        Self {
            role,
            streams,
            send_window: SendWindow::initial(),
            receive_window: ReceiveWindow::initial(),
            peer: PeerSettings::new(initial_max_streams),
            own,
            rfc7540_priorities: false,
            knows_all: true,
        }
    }

    /// A side of somebody else's connection.
    pub(crate) const fn watched(role: Role, streams: Streams, own: OwnSettings) -> Self {
        Self::new(role, streams, u32::MAX, own)
    }

    /// How far the windows are open, and how many streams there may be, is not known any more.
    pub(crate) fn forget_windows(&mut self) {
        self.knows_all = false;
        (self.send_window, self.receive_window) = (SendWindow::unknown(), ReceiveWindow::unknown());
        self.own.forget();
        for index in self.streams.indices() {
            if let Some(stream) = self.streams.get_mut(index) {
                (stream.send_window, stream.receive_window) =
                    (SendWindow::unknown(), ReceiveWindow::unknown());
            }
        }
    }

    /// Opens a stream, which does not count yet if it is reserved. Its place.
    #[inline(always)]
    fn open(&mut self, id: StreamId, is_reserved: bool) -> Option<u32> {
        let (send, receive) = if self.knows_all {
            let PeerSettings { initial_window_size, .. } = self.peer;
            (SendWindow::new(initial_window_size), ReceiveWindow::new(self.own.initial_window))
        } else {
            (SendWindow::unknown(), ReceiveWindow::unknown())
        };
        self.streams.open(id, is_reserved, Windows { send, receive })
    }

    fn place(&self, stream_id: StreamId) -> Place {
        self.streams.place(stream_id)
    }
}
