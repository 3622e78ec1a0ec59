//! The streams of a connection. RFC 9113 §5.1.

mod index; // by identifier
mod ready; // those that can send
mod stream; // one of them
mod turns; // who sends next

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use bytes::Bytes;
use h2wire::Role;
use h2wire::frame::StreamId;

use index::Index;
use ready::Ready;
pub(crate) use stream::{Phase, Stream, Windows};

/// The state of a stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    Idle,
    /// Open, half-closed or reserved: its place in the slab.
    Active(u32),
    Closed(Closed),
}

/// How a stream was closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Closed {
    /// Both sides sent `END_STREAM`.
    Ended,
    /// The peer sent `RST_STREAM`.
    ResetByPeer,
    /// This side sent `RST_STREAM`, or ignores the stream after GOAWAY: frames may still be on their way.
    ResetHere,
    /// Never used, or too long ago.
    Unknown,
}

impl Closed {
    /// What stands in the index for a stream that was reset. Such places in the slab there are not.
    const RESET_BY_PEER: u32 = u32::MAX;
    const RESET_HERE: u32 = u32::MAX - 1;
}

/// Memory for more parts of content than this is not kept.
const MOST_SPARE: usize = 16;

/// The most streams that there are places for.
const MOST: usize = 0x7fff_ffff;

/// The streams of a connection: those that are open, and the last ones that were.
#[derive(Debug)]
pub(crate) struct Streams {
    role: Role,
    /// Those that are not open have the identifier of the connection.
    slab: Vec<Stream>,
    free: Vec<u32>,
    index: Index,
    /// Streams that were reset, which are in the index too, the oldest first.
    resets: VecDeque<u32>,
    /// Streams that ended, the oldest first. It is seldom asked for them, so they are not in the index.
    ended: VecDeque<u32>,
    highest_ended: u32,
    remembered: usize,
    /// The highest stream of the peer, and of this side, that was reset here and is forgotten by now.
    forgotten: [StreamId; 2],
    pub(crate) ready: Ready,
    /// Memory for parts of content, of a stream that is closed.
    spare: Option<VecDeque<Bytes>>,
    /// The next identifier of this side; `None` when there are no more. §5.1.1
    pub(crate) next: Option<StreamId>,
    /// The highest identifier that the peer has used or promised.
    pub(crate) highest: StreamId,
    /// Streams of the peer above are ignored: the final GOAWAY was sent. §6.8
    pub(crate) last_accepted: StreamId,
    /// Streams of the peer and of this side that count for the most concurrent ones. §5.1.2
    pub(crate) remote: u32,
    pub(crate) local: u32,
    /// Promised streams.
    pub(crate) reserved: u32,
}

impl Streams {
    pub(crate) fn new(role: Role, remembered: u32, seed: u32) -> Self {
        Self {
            role,
            slab: Vec::new(),
            free: Vec::new(),
            index: Index::new(seed),
            resets: VecDeque::new(),
            ended: VecDeque::new(),
            highest_ended: 0,
            remembered: usize::try_from(remembered).unwrap_or(usize::MAX),
            forgotten: [StreamId::CONNECTION; 2],
            ready: Ready::new(),
            spare: None,
            next: Some(if role == Role::Client { StreamId::FIRST_CLIENT } else { StreamId::FIRST_SERVER }),
            highest: StreamId::CONNECTION,
            last_accepted: StreamId::MAX,
            remote: 0,
            local: 0,
            reserved: 0,
        }
    }

    /// Whether this side opens or promises streams with such an identifier.
    pub(crate) fn is_local(&self, id: StreamId) -> bool {
        id.is_client_initiated() == (self.role == Role::Client)
    }

    /// The state of a stream, which is not the connection.
    pub(crate) fn place(&self, id: StreamId) -> Place {
        let is_local = self.is_local(id);
        match self.index.get(id.get()) {
            Some(Closed::RESET_BY_PEER) => Place::Closed(Closed::ResetByPeer),
            Some(Closed::RESET_HERE) => Place::Closed(Closed::ResetHere),
            Some(index) => Place::Active(index),
            None if self.place_among_ended(id).is_some() => Place::Closed(Closed::Ended),
            None if !is_local && id > self.last_accepted => Place::Closed(Closed::ResetHere),
            // It may be one of those: what was under way for it is no error.
            None if id <= self.forgotten_of(is_local) => Place::Closed(Closed::ResetHere),
            None if is_local && self.next.is_none_or(|next| id < next) => Place::Closed(Closed::Unknown),
            None if !is_local && id <= self.highest => Place::Closed(Closed::Unknown),
            None => Place::Idle,
        }
    }

    const fn forgotten_of(&self, is_local: bool) -> StreamId {
        let [remote, local] = self.forgotten;
        if is_local { local } else { remote }
    }

    /// Forgets how a stream was closed.
    fn forget(&mut self, id: u32) {
        let was_reset_here = self.index.get(id) == Some(Closed::RESET_HERE);
        self.index.remove(id);
        if let Some(id) = StreamId::new(id).filter(|_| was_reset_here) {
            let is_local = self.is_local(id);
            let [remote, local] = &mut self.forgotten;
            let forgotten = if is_local { local } else { remote };
            *forgotten = id.max(*forgotten);
        }
    }

    pub(crate) fn get_mut(&mut self, index: u32) -> Option<&mut Stream> {
        self.slab.get_mut(usize::try_from(index).ok()?).filter(|stream| stream.is_open())
    }

    pub(crate) fn get(&self, index: u32) -> Option<&Stream> {
        self.slab.get(usize::try_from(index).ok()?).filter(|stream| stream.is_open())
    }

    /// A stream that is open.
    pub(crate) fn active(&self, id: StreamId) -> Option<u32> {
        self.index.get(id.get()).filter(|index| *index < Closed::RESET_HERE)
    }

    /// Adds content to what waits on a stream.
    pub(crate) fn queue(&mut self, index: u32, content: Bytes) {
        let spare = self.spare.take();
        match self.get_mut(index) {
            Some(stream) if stream.queued > 0 && stream.more.is_none() => {
                stream.more = spare;
                stream.queue(content);
            }
            stream => {
                if let Some(stream) = stream {
                    stream.queue(content);
                }
                self.spare = spare;
            }
        }
    }

    /// Takes a stream in, and counts it.
    #[inline(always)]
    pub(crate) fn open(&mut self, id: StreamId, is_reserved: bool, windows: Windows) -> Option<u32> {
        let index = self.place_for(id, is_reserved)?;
        self.slab.get_mut(usize::try_from(index).ok()?)?.open(id, is_reserved, windows);
        Some(index)
    }

    /// Makes room for a stream, and counts it.
    fn place_for(&mut self, id: StreamId, is_reserved: bool) -> Option<u32> {
        self.count(id, is_reserved, true);
        let index = match self.free.pop() {
            Some(index) => index,
            None if self.slab.len() < MOST => {
                if self.slab.is_empty() {
                    // Many connections have one stream at a time: no room for four.
                    self.slab.reserve_exact(1);
                }
                self.slab.push(Stream::new());
                u32::try_from(self.slab.len().saturating_sub(1)).ok()?
            }
            None => return None,
        };
        self.index.set(id.get(), index);
        Some(index)
    }

    fn count(&mut self, id: StreamId, is_reserved: bool, opened: bool) {
        let counter = match (is_reserved, self.is_local(id)) {
            (true, _) => &mut self.reserved,
            (false, true) => &mut self.local,
            (false, false) => &mut self.remote,
        };
        *counter = if opened { counter.saturating_add(1) } else { counter.saturating_sub(1) };
    }

    /// A promised stream is used: it counts from now on. §5.1.2
    pub(crate) fn leave_reserved(&mut self, index: u32) {
        let Some(stream) = self.get_mut(index).filter(|stream| stream.is_reserved) else { return };
        stream.is_reserved = false;
        let id = stream.id;
        self.reserved = self.reserved.saturating_sub(1);
        let counter = if self.is_local(id) { &mut self.local } else { &mut self.remote };
        *counter = counter.saturating_add(1);
    }

    /// An idle stream of the peer is used: those below it that were idle are closed. §5.1.1
    pub(crate) fn leave_idle(&mut self, id: StreamId) {
        self.highest = self.highest.max(id);
    }

    /// Closes an open stream. Returns the bytes of it that the caller holds.
    pub(crate) fn close(&mut self, index: u32, how: Closed) -> Option<u32> {
        self.make_unready(index);
        let stream = self.get_mut(index)?;
        let Stream { id, is_reserved, held, .. } = *stream;
        if let Some(more) = stream.close() {
            self.keep_spare(more);
        }
        self.free.push(index);
        self.count(id, is_reserved, false);
        if how == Closed::Ended && self.remembered > 0 {
            self.index.remove(id.get());
            if self.ended.len() >= self.remembered {
                self.ended.pop_front();
            }
            self.ended.push_back(id.get());
            self.highest_ended = self.highest_ended.max(id.get());
        } else {
            self.remember(id, how);
        }
        Some(held)
    }

    /// Keeps memory for parts of content, for the next stream that needs it.
    #[cold]
    fn keep_spare(&mut self, mut more: VecDeque<Bytes>) {
        let spare = self.spare.as_ref().map_or(0, VecDeque::capacity);
        if more.capacity() > spare && more.capacity() <= MOST_SPARE {
            more.clear();
            self.spare = Some(more);
        }
    }

    /// Remembers for a while that a stream was reset.
    pub(crate) fn remember(&mut self, id: StreamId, how: Closed) {
        let value = match how {
            Closed::ResetByPeer => Closed::RESET_BY_PEER,
            Closed::ResetHere => Closed::RESET_HERE,
            Closed::Ended | Closed::Unknown => {
                self.index.remove(id.get());
                return;
            }
        };
        let before = self.index.set(id.get(), value);
        let is_known = before.is_some_and(|value| value >= Closed::RESET_HERE);
        if before.is_none()
            && let Some(at) = self.place_among_ended(id)
        {
            // It was reset since.
            self.ended.remove(at);
        }
        if self.remembered == 0 {
            self.forget(id.get());
            return;
        }
        if is_known {
            // It keeps its place among those that are forgotten in turn.
            return;
        }
        if self.resets.len() >= self.remembered
            && let Some(oldest) = self.resets.pop_front()
        {
            self.resets.push_back(id.get());
            self.forget(oldest);
        } else {
            self.resets.push_back(id.get());
        }
    }

    /// Where a stream stands among the last that ended.
    fn place_among_ended(&self, id: StreamId) -> Option<usize> {
        let id = id.get();
        // What comes late seldom comes much later.
        if id > self.highest_ended { None } else { self.ended.iter().rposition(|ended| *ended == id) }
    }

    /// Another seed for the table that finds streams, of which there are none yet.
    pub(crate) const fn set_seed(&mut self, seed: u32) {
        self.index.set_seed(seed);
    }

    /// Nothing is known of any stream, except that those which are opened from now on are new.
    pub(crate) fn join(&mut self) {
        self.clear();
        self.forgotten = [StreamId::MAX; 2];
    }

    /// A stream is opened or promised: after [`join`](Self::join) the first one tells which are new.
    pub(crate) fn know_from(&mut self, id: StreamId) {
        let is_local = self.is_local(id);
        let [remote, local] = &mut self.forgotten;
        let forgotten = if is_local { local } else { remote };
        if *forgotten == StreamId::MAX {
            *forgotten = StreamId::new(id.get().saturating_sub(1)).unwrap_or(StreamId::CONNECTION);
        }
    }

    /// All that are open.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Stream> {
        self.slab.iter().filter(|stream| stream.is_open())
    }

    /// How many are open, promised ones included.
    pub(crate) const fn len(&self) -> u32 {
        self.remote.saturating_add(self.local).saturating_add(self.reserved)
    }

    /// Forgets all open streams: the connection is over.
    pub(crate) fn clear(&mut self) {
        self.slab = Vec::new();
        self.free = Vec::new();
        self.index.clear();
        self.ended.clear();
        self.ready = Ready::new();
        (self.remote, self.local, self.reserved) = (0, 0, 0);
    }

    /// The places of all open streams. Not for what happens with every frame.
    pub(crate) fn indices(&self) -> Vec<u32> {
        let all = self.slab.iter().zip(0_u32..).filter(|(stream, _)| stream.is_open());
        all.map(|(_, index)| index).collect()
    }

    /// Whether there is no open stream.
    pub(crate) const fn is_empty(&self) -> bool {
        self.remote == 0 && self.local == 0 && self.reserved == 0
    }
}
