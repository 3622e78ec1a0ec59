//! The application of a connection: what it does, and what may be reported to it.

use std::collections::BTreeMap;
use std::time::Duration;

use h2wire::Role;
use h2wire::frame::{ErrorCode, StreamId};
use h2wire_connection::{Connection, Event, FieldsKind, Priority, SendError};

use super::script::Call;

/// What was reported of a stream.
#[derive(Default, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "facts that are independent of each other")]
struct Heard {
    /// The head of a request or a final response.
    head: bool,
    complete: bool,
    /// There is nothing more of it.
    over: bool,
    /// Its window at the start is that of the configuration, because the peer knew it.
    settled: bool,
}

#[derive(Default)]
pub(super) struct Application {
    streams: BTreeMap<StreamId, Heard>,
    pub(super) now: Duration,
    /// The highest stream of the peer that was reported.
    pub(super) highest: StreamId,
    pub(super) pushed: u32,
    /// The most that was ever allowed.
    pub(super) most: Most,
    pings: u32,
    /// The peer has acknowledged the first SETTINGS.
    settled: bool,
    /// They were changed.
    updated: bool,
    /// How the connection ends depends on when it is asked, from here on.
    pub(super) leaves: bool,
}

/// The most that was ever allowed.
#[derive(Default)]
pub(super) struct Most {
    pub(super) streams: u32,
    pub(super) stream_window: u32,
    /// That of the first SETTINGS.
    first_window: u32,
    pub(super) connection_window: u32,
}

impl Most {
    pub(super) fn note(&mut self, connection: &Connection) {
        let config = connection.config();
        if self.stream_window == 0 {
            self.first_window = config.stream_window;
        }
        self.streams = self.streams.max(config.max_concurrent_streams);
        self.stream_window = self.stream_window.max(config.stream_window).max(65_535);
        self.connection_window = self.connection_window.max(config.connection_window).max(65_535);
    }
}

const METHODS: [&str; 4] = ["GET", "POST", "HEAD", "CONNECT"];

impl Application {
    /// The most that a stream's window is without what was given back.
    pub(super) fn windows(&self) -> impl Iterator<Item = (u32, u32)> {
        let window = |heard: &Heard| {
            // A window that was changed counts as the widest.
            let is_first = heard.settled && !self.updated;
            if is_first { self.most.first_window } else { self.most.stream_window }
        };
        self.streams.iter().map(move |(id, heard)| (id.get(), window(heard)))
    }

    pub(super) fn streams(&self) -> impl Iterator<Item = u32> {
        self.streams.keys().map(|id| id.get())
    }

    /// Each stream has a beginning, and ends once.
    pub(super) fn hear(&mut self, event: &Event, connection: &mut Connection) {
        match event {
            Event::Fields { stream_id, kind, end_stream } => {
                self.fields(*stream_id, *kind, connection.role());
                self.check_end(*stream_id, *end_stream, connection);
            }
            Event::Data { stream_id, data, end_stream } => {
                let heard = self.streams.get_mut(stream_id).expect("a stream that is known");
                assert!(heard.head && !heard.complete && !heard.over, "{event:?}: {heard:?}");
                assert!(!data.is_empty() || *end_stream, "{event:?}");
                self.check_end(*stream_id, *end_stream, connection);
            }
            Event::Promise { promised_stream_id, .. } => {
                let before = self.streams.insert(*promised_stream_id, Heard::default());
                assert!(before.is_none() && connection.role() == Role::Client, "{event:?}");
                self.highest = self.highest.max(*promised_stream_id);
            }
            Event::Reset { stream_id, .. } => {
                let heard = self.streams.entry(*stream_id).or_default();
                assert!(!heard.over, "{event:?}: it was over");
                heard.over = true;
                assert!(connection.stream(*stream_id).is_none(), "{event:?}");
            }
            Event::Drained { stream_id } => {
                let stream = connection.stream(*stream_id).expect("a stream that is open");
                assert_eq!(stream.queued(), 0);
            }
            Event::Pong { .. } => self.pings = self.pings.checked_sub(1).expect("it was asked for"),
            Event::SettingsAcknowledged => self.settled = true,
            Event::GoAway { .. } => self.leaves = true,
            _ => {}
        }
    }

    fn fields(&mut self, id: StreamId, kind: FieldsKind, role: Role) {
        if kind == FieldsKind::Request {
            assert!(role == Role::Server && id > self.highest, "{id} does not grow");
            let settled = self.settled;
            assert!(self.streams.insert(id, Heard { head: true, settled, ..Heard::default() }).is_none());
            self.highest = id;
            return;
        }
        let heard = self.streams.get_mut(&id).expect("a stream that is known");
        assert!(!heard.complete && !heard.over, "{kind:?} of {id}: {heard:?}");
        assert_eq!(heard.head, kind == FieldsKind::Trailers, "{kind:?} of {id}");
        heard.head |= kind == FieldsKind::Response;
    }

    /// A stream that is gone when its message ends has ended.
    fn check_end(&mut self, id: StreamId, end_stream: bool, connection: &mut Connection) {
        let Some(heard) = self.streams.get_mut(&id).filter(|_| end_stream) else { return };
        heard.complete = true;
        heard.over = connection.stream(id).is_none();
    }

    /// What it does; whether that was possible.
    pub(super) fn call(&mut self, call: Call, connection: &mut Connection) -> bool {
        let done = match call {
            Call::Open { method, end } => self.open(METHODS[usize::from(method % 4)], end, connection),
            Call::Ping => {
                self.pings += 1;
                connection.ping(*b"are you?");
                true
            }
            Call::Update { change, value } => {
                self.updated = true;
                update(change, value, connection)
            }
            Call::ShutDown => {
                self.leaves = true;
                connection.shut_down();
                true
            }
            Call::Abort => {
                self.leaves = true;
                connection.abort(ErrorCode::INTERNAL_ERROR, b"the application gives up");
                true
            }
            Call::Wait(duration) => {
                self.now += duration;
                connection.handle_timeout(self.now);
                // Otherwise a caller that waits for it never sleeps.
                assert!(connection.deadline().is_none_or(|deadline| deadline > self.now));
                true
            }
            Call::EndOfInput => {
                self.leaves = true;
                connection.end_of_input();
                true
            }
            Call::Write(_) => true,
            Call::Respond { id, .. }
            | Call::Data { id, .. }
            | Call::Trailers { id }
            | Call::Push { id }
            | Call::Reset { id, .. }
            | Call::Release { id, .. }
            | Call::Prioritise { id, .. } => self.call_on(id, call, connection),
        };
        self.most.note(connection);
        done
    }

    fn open(&mut self, method: &str, end: bool, connection: &mut Connection) -> bool {
        let fields = [(":method", method), (":authority", "a.test:1"), (":scheme", "https"), (":path", "/")];
        let fields = if method == "CONNECT" { &fields[..2] } else { &fields[..] };
        let Ok(id) = connection.open(fields.iter().copied(), end) else { return false };
        let heard = Heard { settled: self.settled, ..Heard::default() };
        assert!(self.streams.insert(id, heard).is_none());
        true
    }

    fn call_on(&mut self, id: StreamId, call: Call, connection: &mut Connection) -> bool {
        let Some(mut stream) = connection.stream(id) else { return false };
        let done = match call {
            Call::Respond { status, end, .. } => {
                let status = ["200", "100", "103", "204", "304", "404", "200", "200"][usize::from(status)];
                stream.send_response([(":status", status), ("server", "fuzz")], end).is_ok()
            }
            Call::Data { len, end, .. } => {
                let most = stream.capacity();
                let mut sent = stream.send_data(vec![b'z'; len].into(), end);
                if sent == Err(SendError::HeadMissing) {
                    let _ = stream.send_response([(":status", "200")], false);
                    sent = stream.send_data(vec![b'z'; len].into(), end);
                }
                assert!(stream.capacity() <= most, "content takes of the windows");
                sent.is_ok()
            }
            Call::Trailers { .. } => stream.send_trailers([("check", "sum")]).is_ok(),
            Call::Release { len, .. } => {
                stream.release(len);
                true
            }
            Call::Prioritise { urgency, .. } => {
                stream.set_priority(Priority::new(urgency % 8, urgency & 8 != 0));
                true
            }
            Call::Reset { code, .. } => {
                stream.reset(ErrorCode(code.into()));
                true
            }
            _ => {
                let fields = [(":method", "GET"), (":scheme", "https"), (":authority", "a"), (":path", "/")];
                let promised = connection.push(id, fields);
                self.pushed += u32::from(promised.is_ok());
                promised.is_ok_and(|id| {
                    self.streams.insert(id, Heard { complete: true, ..Heard::default() }).is_none()
                })
            }
        };
        if connection.stream(id).is_none() {
            self.streams.entry(id).or_default().over = true;
        }
        done
    }
}

fn update(change: u8, value: u8, connection: &mut Connection) -> bool {
    let config = *connection.config();
    let value = u32::from(value);
    let config = match change % 6 {
        0 => config.with_stream_window(value << (change >> 4)),
        1 => config.with_connection_window(value << (change >> 4)),
        2 => config.with_max_concurrent_streams(value),
        3 => config.with_max_pending_output(value << (change >> 4)),
        4 => config.with_auto_release(value & 1 == 1),
        _ => config.with_limits(config.limits.with_max_table_size(value << (change >> 5))),
    };
    connection.update(&config).is_ok()
}
