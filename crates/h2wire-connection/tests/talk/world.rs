//! Two connections, what passes between them, and what each side has seen. Whatever is wrong is found as it comes. A fuzz target uses
//! it too.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::BytesMut;
use h2wire_connection::frame::{ErrorCode, StreamId};
use h2wire_connection::h2wire::Limits;
use h2wire_connection::watcher::Watcher;
use h2wire_connection::{Config, Connection, Event, FieldsKind, Priority, ResetReason, SendError};

use super::action::{Action, GET, POST, content};

/// What is known of a stream at one side.
#[derive(Default, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "facts that are independent of each other")]
pub(crate) struct Seen {
    sent: usize,
    /// `END_STREAM` was given.
    ended: bool,
    pub(crate) received: usize,
    /// It has come.
    complete: bool,
    /// It was reset, by either side.
    reset: bool,
    /// Content that was not released.
    held: usize,
    final_head: bool,
}

pub(crate) struct Side {
    pub(crate) connection: Connection,
    input: BytesMut,
    pub(crate) streams: BTreeMap<StreamId, Seen>,
    pongs: usize,
}

impl Side {
    fn new(connection: Connection) -> Self {
        Self { connection, input: BytesMut::new(), streams: BTreeMap::new(), pongs: 0 }
    }

    fn nth(&self, n: usize) -> Option<StreamId> {
        let open: Vec<_> = self.streams.iter().filter(|(_, seen)| !seen.reset && !seen.ended).collect();
        open.get(n % open.len().max(1)).map(|(id, _)| **id)
    }
}

pub(crate) struct World {
    pub(crate) sides: [Side; 2],
    /// It sees what passes, and has nothing to find.
    watcher: Watcher,
    now: Duration,
    pings: [usize; 2],
    /// A side has shut down.
    leaves: bool,
}

pub(crate) const CLIENT: usize = 0;
pub(crate) const SERVER: usize = 1;

impl World {
    pub(crate) fn new(windows: [u32; 4]) -> Self {
        let config = |stream, connection| {
            Config::default()
                .with_max_pending_output(stream)
                .with_stream_window(stream)
                .with_connection_window(connection)
                .with_max_concurrent_streams(5)
                .with_limits(Limits::DEFAULT.with_accept_push(true))
        };
        let [a, b, c, d] = windows;
        let sides = [Connection::client(&config(a, b)).unwrap(), Connection::server(&config(c, d)).unwrap()];
        let watcher = Watcher::new(&Limits::observing(65_536, 65_536)).unwrap();
        Self { sides: sides.map(Side::new), watcher, now: Duration::ZERO, pings: [0; 2], leaves: false }
    }

    pub(crate) fn act(&mut self, action: &Action) {
        match *action {
            Action::Open { has_content } => {
                let fields = if has_content { POST } else { GET };
                let client = &mut self.sides[CLIENT];
                if let Ok(id) = client.connection.open(fields, !has_content) {
                    let seen = Seen { ended: !has_content, final_head: true, ..Seen::default() };
                    assert!(client.streams.insert(id, seen).is_none());
                }
            }
            Action::Send { by, stream, len, end } => {
                if let Some(id) = self.sides[by].nth(stream) {
                    self.send(by, id, len, end);
                }
            }
            Action::Push { stream } => {
                let server = &mut self.sides[SERVER];
                if let Some(id) = server.nth(stream)
                    && let Ok(promised) = server.connection.push(id, GET)
                {
                    let seen = Seen { complete: true, ..Seen::default() };
                    assert!(server.streams.insert(promised, seen).is_none());
                }
            }
            Action::Trailers { by, stream } => {
                if let Some(id) = self.sides[by].nth(stream)
                    && self.send(by, id, 10, false)
                {
                    let side = &mut self.sides[by];
                    side.connection.stream(id).unwrap().send_trailers([("check", "sum")]).unwrap();
                    side.streams.get_mut(&id).unwrap().ended = true;
                }
            }
            Action::Reset { by, stream } => {
                let side = &mut self.sides[by];
                let id = side.streams.keys().nth(stream).copied();
                if let Some(id) = id
                    && let Some(open) = side.connection.stream(id)
                {
                    open.reset(ErrorCode::CANCEL);
                    side.streams.get_mut(&id).unwrap().reset = true;
                }
            }
            Action::Release { by } => self.release(by),
            Action::Prioritise { stream, urgency, incremental } => {
                let side = &mut self.sides[SERVER];
                if let Some(id) = side.nth(stream)
                    && let Some(mut open) = side.connection.stream(id)
                {
                    open.set_priority(Priority::new(urgency, incremental));
                }
            }
            Action::Window { by, size } => {
                let connection = &mut self.sides[by].connection;
                let config = connection.config().with_stream_window(size);
                // Not more than eight at a time.
                let _ = connection.update(&config);
            }
            Action::Ping { by } => {
                self.pings[by] += 1;
                self.sides[by].connection.ping(*b"pingpong");
            }
            Action::ShutDown { by } => {
                self.leaves = true;
                self.sides[by].connection.shut_down();
            }
            Action::Wait { millis } => {
                self.now += Duration::from_millis(millis);
                for side in &mut self.sides {
                    side.connection.handle_timeout(self.now);
                }
            }
            Action::Move { to_server, to_client } => {
                self.transfer(CLIENT, to_server);
                self.transfer(SERVER, to_client);
            }
        }
    }

    /// Content on a stream that is open; whether it was taken.
    pub(crate) fn send(&mut self, by: usize, id: StreamId, len: usize, end: bool) -> bool {
        let side = &mut self.sides[by];
        let seen = side.streams.get_mut(&id).unwrap();
        let Some(mut stream) = side.connection.stream(id) else {
            assert!(seen.complete || by == SERVER, "{by} {id}: {seen:?}");
            return false;
        };
        if !seen.final_head {
            match stream.send_response([(":status", "200")], false) {
                Ok(()) => seen.final_head = true,
                Err(error) => {
                    assert!(error == SendError::TooManyStreams && id.is_server_initiated(), "{id}: {error}");
                    return false;
                }
            }
        }
        stream.send_data(content(by, id, seen.sent, len), end).unwrap();
        seen.sent += len;
        seen.ended |= end;
        true
    }

    fn release(&mut self, by: usize) {
        let side = &mut self.sides[by];
        for (id, seen) in &mut side.streams {
            let held = core::mem::take(&mut seen.held);
            if let Some(mut stream) = side.connection.stream(*id) {
                stream.release(held);
            }
        }
    }

    /// Moves up to `len` bytes of one side's output to the other; how many.
    pub(crate) fn transfer(&mut self, from: usize, len: usize) -> usize {
        let mut octets = Vec::new();
        let connection = &mut self.sides[from].connection;
        if len.is_multiple_of(2) {
            octets.resize(len, 0);
            let filled = connection.fill(&mut octets);
            octets.truncate(filled);
        } else {
            let mut pieces = [[].as_slice(); 4];
            let count = connection.transmit(&mut pieces);
            octets = pieces[..count].concat();
            octets.truncate(len);
            connection.advance(octets.len());
        }
        let to = 1 - from;
        let mut passes = octets.as_slice();
        let watcher = &mut self.watcher;
        let finding =
            if from == CLIENT { watcher.client_sent(&mut passes) } else { watcher.server_sent(&mut passes) };
        assert!(finding.is_none() && passes.is_empty(), "{finding:?}");
        self.sides[to].input.extend_from_slice(&octets);
        self.receive(to);
        octets.len()
    }

    fn receive(&mut self, by: usize) {
        let [client, server] = &mut self.sides;
        let (side, other) = if by == CLIENT { (client, server) } else { (server, client) };
        while let Some(event) = side.connection.poll_event(&mut side.input, self.now).unwrap() {
            match event.clone() {
                Event::Fields { stream_id, kind, end_stream } => {
                    if kind == FieldsKind::Request {
                        assert!(
                            side.streams.insert(stream_id, Seen::default()).is_none(),
                            "{stream_id} twice"
                        );
                    }
                    let seen = side.streams.get_mut(&stream_id).unwrap();
                    assert!(!seen.complete && !seen.reset, "{stream_id}: {seen:?}");
                    seen.complete = end_stream;
                }
                Event::Data { stream_id, data, end_stream } => {
                    let seen = side.streams.get_mut(&stream_id).unwrap();
                    assert!(!seen.complete && !seen.reset, "{stream_id}: {seen:?}");
                    let expected = content(1 - by, stream_id, seen.received, data.len());
                    assert!(data == expected, "{stream_id} at {}", seen.received);
                    seen.received += data.len();
                    seen.held += data.len();
                    seen.complete = end_stream;
                }
                Event::Promise { promised_stream_id, .. } => {
                    let seen = Seen { ended: true, ..Seen::default() };
                    assert!(side.streams.insert(promised_stream_id, seen).is_none());
                }
                Event::Reset { stream_id, reason: ResetReason::GoAway, .. } => {
                    // It may be sent again because the other side's application never heard of it.
                    assert!(event.is_unprocessed() && !other.streams.contains_key(&stream_id));
                    side.streams.get_mut(&stream_id).unwrap().reset = true;
                }
                Event::GoAway { error_code, .. } => assert_eq!(error_code, ErrorCode::NO_ERROR),
                Event::Reset { stream_id, error_code, .. } => {
                    let seen = side.streams.entry(stream_id).or_default();
                    assert!(error_code == ErrorCode::CANCEL || error_code == ErrorCode::REFUSED_STREAM);
                    assert!(!seen.reset, "{stream_id} ends twice");
                    seen.reset = true;
                }
                Event::RequestStopped { stream_id } => {
                    // A response that ends before its request resets the rest of that.
                    let seen = side.streams.get_mut(&stream_id).unwrap();
                    assert!(if by == CLIENT { seen.complete } else { seen.ended && !seen.complete });
                    assert!(!core::mem::replace(&mut seen.reset, true), "{stream_id} ends twice");
                }
                Event::Drained { stream_id } => {
                    assert_eq!(side.connection.stream(stream_id).unwrap().queued(), 0);
                }
                Event::Pong { opaque_data } => {
                    assert_eq!(opaque_data, *b"pingpong");
                    side.pongs += 1;
                }
                Event::Settings | Event::SettingsAcknowledged => {}
                other => panic!("{other:?}"),
            }
            if let Event::Fields { stream_id, .. } | Event::Data { stream_id, .. } = event {
                let (seen, sent) = (&side.streams[&stream_id], &other.streams[&stream_id]);
                assert!(seen.received <= sent.sent);
                assert!(!seen.complete || sent.ended && seen.received == sent.sent, "{seen:?} {sent:?}");
            }
        }
    }

    /// Everything that was begun is brought to its end.
    pub(crate) fn finish(&mut self) {
        // A window of 0 would rightly let nothing through.
        for side in &mut self.sides {
            let wide = side.connection.config().with_stream_window(50_000);
            let _ = side.connection.update(&wide);
        }
        for round in 0.. {
            assert!(round < 10_000, "{:?}", self.sides.each_ref().map(|side| &side.streams));
            let moved = self.transfer(CLIENT, 40_001) + self.transfer(SERVER, 40_000);
            for by in [CLIENT, SERVER] {
                self.release(by);
                let wide = self.sides[by].connection.config().with_stream_window(50_001);
                let _ = self.sides[by].connection.update(&wide);
                let open: Vec<_> = self.sides[by]
                    .streams
                    .iter()
                    .filter(|(_, seen)| !seen.ended && !seen.reset)
                    .map(|(id, _)| *id)
                    .collect();
                for id in open {
                    self.send(by, id, 1, true);
                }
            }
            let wants = self.sides.iter().any(|side| side.connection.wants_write());
            if moved == 0 && !wants {
                break;
            }
        }
        for side in &mut self.sides {
            assert!(side.input.is_empty() || side.connection.is_closed());
            assert_eq!(side.connection.open_streams(), 0, "{:?}", side.streams);
        }
        for (id, seen) in &self.sides[CLIENT].streams {
            assert!(seen.complete || seen.reset, "{id}: {seen:?}");
        }
        assert_eq!(self.watcher.open_streams().collect::<Vec<_>>(), []);
        let closed = self.sides.each_ref().map(|side| side.connection.is_closed());
        assert_eq!(closed, [self.leaves; 2]);
        // Who has closed answers nothing.
        assert!(self.leaves || self.pings == self.sides.each_ref().map(|side| side.pongs));
    }

    /// Streams that all have content get the same share of the connection's window, but for a turn.
    pub(crate) fn shares_are_equal(count: usize, rounds: usize, len: usize) {
        let mut world = Self::new([1 << 20, 1 << 20, 1 << 20, 1 << 20]);
        world.sides[SERVER].connection.update(&Config::default().with_max_concurrent_streams(100)).unwrap();
        world.act(&Action::Move { to_server: 1_000, to_client: 1_000 });
        world.act(&Action::Move { to_server: 1_000, to_client: 1_000 });
        for _ in 0..count {
            world.act(&Action::Open { has_content: false });
        }
        world.act(&Action::Move { to_server: 10_000, to_client: 0 });
        let ids: Vec<_> = world.sides[SERVER].streams.keys().copied().collect();
        assert_eq!(ids.len(), count);
        for id in &ids {
            world.send(SERVER, *id, 2 << 20, false);
        }
        for _ in 0..rounds {
            world.transfer(SERVER, len);
        }
        let received: Vec<_> = world.sides[CLIENT].streams.values().map(|seen| seen.received).collect();
        let (most, least) = (received.iter().max().unwrap(), received.iter().min().unwrap());
        assert!(most - least <= 2 * 16_384, "{received:?}");
    }
}
