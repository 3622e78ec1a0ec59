//! The streams of a connection and their states. RFC 9113 §5.1.

use std::collections::{BTreeMap, VecDeque};

use bytes::BytesMut;
use h2wire::frame::StreamId;

use crate::flow::{ReceiveWindow, SendWindow};

/// How many closed streams are remembered, of each kind.
const REMEMBERED: usize = 512;

/// A stream that is open or half-closed (remote). A half-closed (local) stream is reset, because the rest of a request is
/// not needed after a complete response.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "facts that are independent of each other")]
pub struct Stream {
    /// The peer has not sent `END_STREAM`: the stream is open.
    pub receiving: bool,
    /// The final response has started.
    pub responded: bool,
    /// A HEAD request: its response has no content. RFC 9110 §9.3.2
    pub is_head: bool,
    pub send_window: SendWindow,
    pub receive_window: ReceiveWindow,
    /// Bytes that the embedder was given and has not released.
    pub held: u32,
    /// The rest of the length that content-length announced. §8.1.1
    pub content_left: Option<u64>,
    /// Content to send.
    pub outgoing: BytesMut,
    /// There will be no more of it.
    pub ends: bool,
    /// It stands in the queue of those that may send.
    pub is_queued: bool,
}

/// The state of a stream.
#[derive(Debug)]
pub enum Place<'s> {
    Idle,
    Active(&'s mut Stream),
    Closed(Closed),
}

/// How a stream was closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Closed {
    /// Both sides sent `END_STREAM`.
    Ended,
    /// The peer sent `RST_STREAM`.
    ResetByPeer,
    /// This side sent `RST_STREAM`, or ignores the stream after GOAWAY: frames may still be on their way.
    ResetHere,
    /// Never used, or too long ago.
    Unknown,
}

/// All streams, which a client has opened: this server does not push.
#[derive(Debug, Default)]
pub struct Streams {
    active: BTreeMap<StreamId, Stream>,
    /// The highest identifier that was used.
    highest: StreamId,
    /// The highest that was handed to the embedder, for GOAWAY.
    pub last_processed: StreamId,
    /// Streams above are ignored: the final GOAWAY was sent. §6.8
    pub last_accepted: Option<StreamId>,
    reset_here: Recent,
    reset_by_peer: Recent,
    ended: Recent,
}

impl Streams {
    /// The state of a stream.
    pub fn place(&mut self, id: StreamId) -> Place<'_> {
        if self.last_accepted.is_some_and(|last| id > last) {
            return Place::Closed(Closed::ResetHere);
        }
        // A server's streams are all idle: nothing was promised.
        if !id.is_client_initiated() || id > self.highest {
            return Place::Idle;
        }
        match self.active.get_mut(&id) {
            Some(stream) => Place::Active(stream),
            None if self.reset_here.contains(id) => Place::Closed(Closed::ResetHere),
            None if self.reset_by_peer.contains(id) => Place::Closed(Closed::ResetByPeer),
            None if self.ended.contains(id) => Place::Closed(Closed::Ended),
            None => Place::Closed(Closed::Unknown),
        }
    }

    /// An idle stream is used: those below it that were idle are closed. §5.1.1
    pub fn leave_idle(&mut self, id: StreamId) {
        self.highest = self.highest.max(id);
    }

    pub fn open(&mut self, id: StreamId, stream: Stream) {
        self.active.insert(id, stream);
        self.last_processed = self.last_processed.max(id);
    }

    pub fn close(&mut self, id: StreamId, how: Closed) -> Option<Stream> {
        match how {
            Closed::Ended => self.ended.remember(id),
            Closed::ResetByPeer => self.reset_by_peer.remember(id),
            Closed::ResetHere | Closed::Unknown => self.reset_here.remember(id),
        }
        self.active.remove(&id)
    }

    /// The connection has ended, and with it all streams.
    pub fn forget(&mut self) {
        self.active.clear();
    }

    pub fn get_mut(&mut self, id: StreamId) -> Option<&mut Stream> {
        self.active.get_mut(&id)
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (StreamId, &mut Stream)> {
        self.active.iter_mut().map(|(id, stream)| (*id, stream))
    }

    /// Open and half-closed streams, which count for `SETTINGS_MAX_CONCURRENT_STREAMS`. §5.1.2
    pub fn len(&self) -> usize {
        self.active.len()
    }
}

/// The last identifiers of a kind.
#[derive(Debug, Default)]
struct Recent {
    ids: VecDeque<StreamId>,
}

impl Recent {
    fn remember(&mut self, id: StreamId) {
        if self.ids.len() >= REMEMBERED {
            self.ids.pop_front();
        }
        self.ids.push_back(id);
    }

    fn contains(&self, id: StreamId) -> bool {
        self.ids.contains(&id)
    }
}
