//! Watches somebody else's connection: reads what both sides send, and reports who broke which rule, and where.
//!
//! A [`Watcher`] judges as the endpoints do, by the same states of streams, windows and settings as a [`Connection`](crate::Connection) has.
//! But it ends nothing: after a breach of a stream it goes on with all other streams, after one of the connection as well as it can.
//!
//! ```
//! use h2wire_connection::ConnectionRule;
//! use h2wire_connection::frame::{PREFACE, Scope, StreamId};
//! use h2wire_connection::h2wire::{Limits, Role};
//! use h2wire_connection::watcher::Watcher;
//!
//! let settings = b"\0\0\0\x04\0\0\0\0\0";
//! // A whole GET request on stream 1, and DATA after it.
//! let request = b"\0\0\x06\x01\x05\0\0\0\x01\x82\x86\x84\x01\x01a";
//! let data = b"\0\0\x01\0\0\0\0\0\x01x";
//! let client = [PREFACE.as_slice(), settings, request, data].concat();
//!
//! let mut watcher = Watcher::new(&Limits::observing(65_536, 65_536))?;
//! let mut server = settings.as_slice();
//! assert_eq!(watcher.server_sent(&mut server), None);
//! let mut rest = client.as_slice();
//! while let Some(finding) = watcher.client_sent(&mut rest) {
//!     println!("{finding}");
//!     assert_eq!((finding.by, finding.offset), (Role::Client, 48));
//!     assert_eq!(finding.cause, ConnectionRule::DataOnClosed.into());
//!     assert_eq!(finding.scope, Scope::Stream(StreamId::FIRST_CLIENT));
//! }
//! // The response is missing.
//! let open: Vec<_> = watcher.open_streams().collect();
//! assert_eq!(open.len(), 1);
//! assert!(open[0].client_ended && !open[0].server_ended);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Two directions, one order
//!
//! What one side does can be right or wrong because of what the other has said before: a response because of a request, DATA because of
//! `WINDOW_UPDATE`. [`Watcher::new`] needs the bytes of both directions in the order in which they passed the place of observation, as a
//! capture has them. Then it is known what a side cannot have seen: nobody answers what passed later. What a side need not have seen yet, an
//! `RST_STREAM`, GOAWAY, or SETTINGS that it has not acknowledged, is no reason to blame it: frames may have been under way.
//!
//! Where the order between the directions is not known, [`Watcher::with_any_order`] judges what one direction shows by itself: windows, the
//! number of streams, and answers to what was not seen are not judged.
//!
//! [`Watcher::joined`] starts in the middle of a connection. Windows and the number of streams are not judged then, nor are streams that were
//! opened before. [`Watcher::rejoin`] does the same after a hole.
//!
//! # Memory
//!
//! No content is kept. Up to 10,000 streams are followed at a time ([`Watcher::with_max_streams`]); the frames of others are not judged. Fields
//! take no memory but that of HPACK, which the limits bound: take [`Limits::observing`], as nothing is refused that two endpoints agreed on.

mod direction; // bytes to frames
mod finding; // what is reported
mod judge; // frames to findings

use h2wire::{Limits, ReaderError, Role};

use crate::streams::Phase;
use direction::Direction;
pub use finding::{Finding, OpenStream};

/// Streams that are followed at a time.
const MAX_STREAMS: u32 = 10_000;

/// Reads both directions of somebody else's connection. See the [module](self).
#[derive(Debug)]
pub struct Watcher {
    /// What the client sends, with the server that judges it.
    from_client: Direction,
    /// What the server sends, with the client that judges it.
    from_server: Direction,
    /// What passed first was seen first.
    knows_order: bool,
    max_streams: u32,
}

impl Watcher {
    /// A watcher from the start of a connection. Give it the bytes of both directions in the order in which they passed.
    ///
    /// # Errors
    /// [`ReaderError::Limit`] when a limit is 0.
    pub fn new(limits: &Limits) -> Result<Self, ReaderError> {
        Ok(Self {
            from_client: Direction::new(Role::Client, limits)?,
            from_server: Direction::new(Role::Server, limits)?,
            knows_order: true,
            max_streams: MAX_STREAMS,
        })
    }

    /// A watcher that joins a connection under way. Each direction has to start with a frame;
    /// [`resync`](h2wire::frame::resync) finds one.
    ///
    /// # Errors
    /// [`ReaderError::Limit`] when a limit is 0.
    pub fn joined(limits: &Limits) -> Result<Self, ReaderError> {
        let mut watcher = Self::new(limits)?;
        watcher.rejoin(Role::Observer, 0);
        Ok(watcher)
    }

    /// The same for bytes of both directions in any order: all of one before the other, for example.
    #[must_use]
    pub fn with_any_order(mut self) -> Self {
        self.lose_order();
        self
    }

    /// The same for a connection that began with an HTTP/1.1 upgrade: the request of stream 1 was sent that way. `is_head` says whether its
    /// method is HEAD. RFC 7540 §3.2.
    #[must_use]
    pub fn with_upgrade(mut self, is_head: bool) -> Self {
        self.from_client.receiver.upgraded(is_head);
        self.from_server.receiver.upgraded(is_head);
        self
    }

    /// The same with another number of streams that are followed at a time.
    #[must_use]
    pub const fn with_max_streams(mut self, max_streams: u32) -> Self {
        self.max_streams = max_streams;
        self
    }

    /// The same with a seed for the tables that find streams, a random number: who knows it can make each look-up slow. Call it first.
    #[must_use]
    pub fn with_hash_seed(mut self, seed: u32) -> Self {
        for direction in [&mut self.from_client, &mut self.from_server] {
            direction.receiver.streams.clear();
            direction.receiver.streams.set_seed(seed);
        }
        self
    }

    /// Takes bytes that the client has sent off `octets`, until there is something to report; `None` when all are taken.
    pub fn client_sent(&mut self, octets: &mut &[u8]) -> Option<Finding> {
        let finding =
            self.from_client.read(&mut self.from_server, octets, self.knows_order, self.max_streams);
        self.note_failure(self.from_client.has_failed);
        finding
    }

    /// The same for bytes that the server has sent.
    pub fn server_sent(&mut self, octets: &mut &[u8]) -> Option<Finding> {
        let finding =
            self.from_server.read(&mut self.from_client, octets, self.knows_order, self.max_streams);
        self.note_failure(self.from_server.has_failed);
        finding
    }

    /// A direction that is not read any more says nothing about the other.
    fn note_failure(&mut self, has_failed: bool) {
        if has_failed && self.knows_order {
            self.lose_order();
        }
    }

    /// Whether a direction is read no further. A breach of framing or HPACK ends it: where its next frame starts, or what its
    /// fields are, is not known. [`rejoin`](Self::rejoin) goes on. For [`Role::Observer`]: whether either is.
    #[must_use]
    pub const fn has_failed(&self, sender: Role) -> bool {
        match sender {
            Role::Client => self.from_client.has_failed,
            Role::Server => self.from_server.has_failed,
            Role::Observer => self.from_client.has_failed || self.from_server.has_failed,
        }
    }

    /// The bytes of a direction that were taken, and those that were lost.
    #[must_use]
    pub const fn offset(&self, sender: Role) -> u64 {
        if matches!(sender, Role::Server) { self.from_server.offset() } else { self.from_client.offset() }
    }

    /// The streams that are open, in no order: at the end of a connection those that were left open.
    pub fn open_streams(&self) -> impl Iterator<Item = OpenStream> {
        // The client knows of every stream: it opens them, or they are promised to it.
        let client = &self.from_server.receiver;
        debug_assert_eq!(client.role, Role::Client);
        let open = client.streams.iter().map(|stream| OpenStream {
            stream_id: stream.id,
            client_ended: stream.sending == Phase::Ended,
            server_ended: stream.receiving == Phase::Ended,
        });
        open.filter(|open| !(open.client_ended && open.server_ended))
    }

    /// Goes on at the start of a frame after a hole of `lost` bytes in what `sender` sends, or after an error of it. What was known of windows
    /// and streams is not known any more. For [`Role::Observer`] both directions had a hole of that length.
    pub fn rejoin(&mut self, sender: Role, lost: u64) {
        for direction in [&mut self.from_client, &mut self.from_server] {
            direction.receiver.forget_windows();
            direction.receiver.streams.join();
            if sender == direction.by || sender == Role::Observer {
                direction.rejoin(lost);
            } else {
                direction.reader.settings_lost();
            }
        }
    }

    /// What follows is judged without the order between the directions.
    fn lose_order(&mut self) {
        self.knows_order = false;
        for direction in [&mut self.from_client, &mut self.from_server] {
            direction.receiver.forget_windows();
            direction.reader.settings_lost();
        }
    }
}
