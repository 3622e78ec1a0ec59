//! A connection of either role against anything: the peer's octets, the application's calls, and time.
//!
//! Beyond "no panic": all output can be read by its peer and by an observer, and keeps to the order of each stream; no window is
//! exceeded in either direction, by an account of its own; each stream ends once; nothing follows the end but what is queued, whose
//! last frame is the GOAWAY of the failure; what waits is bounded; cuts change nothing.

mod application; // what the application does and hears
mod incoming; // what the peer allows
mod outgoing; // what is written
mod script; // an input as steps

use bytes::BytesMut;
use h2wire::frame::StreamId;
use h2wire::{FieldList, Role};
use h2wire_connection::{Connection, Event, Failure};

use crate::input::pieces;
use application::Application;
use incoming::Incoming;
use outgoing::Outgoing;
use script::{Call, Script, Step};

/// The answers to one frame, at most, but for those of each stream.
const ANSWERS: usize = 256;
/// An acknowledgment of SETTINGS may be answered so on each stream.
const WINDOW_UPDATE: usize = 13;

/// Runs the script in both ways: octets whole, and in pieces.
pub(crate) fn check(role: Role, octets: &[u8]) {
    let script = Script::parse(role, octets);
    let whole = Run::new(&script).finish(&script, &[0]);
    let cut = Run::new(&script).finish(&script, &script.cuts.map(|len| len.max(1)));
    for (whole, cut) in whole.iter().zip(&cut) {
        assert_eq!(whole, cut, "cuts change something");
    }
    assert_eq!(whole.len(), cut.len());
}

/// What is the same in both runs.
#[derive(PartialEq, Debug)]
enum Seen {
    Event(Event, FieldList),
    Written(Vec<u8>),
    Called(bool),
    Over(Failure),
}

struct Run {
    connection: Connection,
    application: Application,
    incoming: Incoming,
    outgoing: Outgoing,
    input: BytesMut,
    is_lazy: bool,
    seen: Vec<Seen>,
    failure: Option<Failure>,
    /// Output that the peer did not ask for.
    unasked: usize,
    /// What waits when the connection is over.
    left: Option<usize>,
}

impl Run {
    fn new(script: &Script) -> Self {
        let make = if script.role == Role::Server { Connection::server } else { Connection::client };
        let connection = make(&script.config).expect("a configuration that is allowed");
        let mut application = Application::default();
        application.most.note(&connection);
        let unasked = connection.pending_output();
        Self {
            connection,
            application,
            incoming: Incoming::new(script.role),
            outgoing: Outgoing::new(script.role, script.config.remembered_streams >= 256),
            input: BytesMut::new(),
            is_lazy: script.is_lazy,
            seen: Vec::new(),
            failure: None,
            unasked,
            left: None,
        }
    }

    fn finish(mut self, script: &Script, cuts: &[u8]) -> Vec<Seen> {
        for step in &script.steps {
            match step {
                Step::Octets(octets) => {
                    for piece in pieces(octets, cuts) {
                        self.receive(piece);
                    }
                    if !self.is_lazy {
                        self.write_all();
                    }
                }
                Step::Call(call) => self.call(*call),
            }
        }
        self.write_all();
        self.check_end();
        self.seen
    }

    /// Cuts may change how a shutdown ends, because it goes on whenever there is nothing to report.
    fn see(&mut self, seen: Seen) {
        if !self.application.leaves {
            self.seen.push(seen);
        }
    }

    fn call(&mut self, call: Call) {
        let before = self.connection.pending_output();
        let done = self.application.call(call, &mut self.connection);
        self.unasked += self.connection.pending_output().saturating_sub(before);
        self.see(Seen::Called(done));
        self.check_over();
        if let Call::Write(len) = call {
            self.write(len);
        }
        self.poll();
        if !self.is_lazy {
            self.write_all();
        }
    }

    fn receive(&mut self, octets: &[u8]) {
        for settings in self.incoming.take(octets) {
            self.outgoing.settings(&settings);
        }
        self.input.extend_from_slice(octets);
        self.poll();
        while !self.is_lazy && !self.connection.wants_read() && self.write(1 << 16) > 0 {
            self.poll();
        }
    }

    fn poll(&mut self) {
        let streams = self.connection.open_streams() + self.application.most.streams;
        let streams = usize::try_from(streams).expect("32 bits");
        loop {
            match self.connection.poll_event(&mut self.input, self.application.now) {
                Ok(Some(event)) => {
                    assert_eq!(self.failure, None, "{event:?} after the end");
                    let fields = match event {
                        Event::Fields { .. } | Event::Promise { .. } => self.connection.fields().clone(),
                        _ => FieldList::new(),
                    };
                    self.application.hear(&event, &mut self.connection);
                    self.see(Seen::Event(event, fields));
                }
                Ok(None) => break assert_eq!(self.connection.failure(), None),
                Err(failure) => {
                    assert_eq!(self.connection.failure(), Some(failure));
                    if self.failure.is_none() {
                        self.see(Seen::Over(failure));
                    }
                    break assert_eq!(*self.failure.get_or_insert(failure), failure, "it is final");
                }
            }
        }
        let most = usize::try_from(self.connection.config().max_pending_output).expect("32 bits");
        let most = self.unasked + most + ANSWERS + WINDOW_UPDATE * streams;
        let now = self.connection.pending_output();
        assert!(now <= most, "{now} bytes wait, of which {} were not asked for", self.unasked);
        let streams = self.application.most.streams + self.application.pushed;
        let is_server = self.connection.role() == Role::Server;
        assert!(!is_server || self.connection.open_streams() <= streams);
        self.check_over();
    }

    /// Nothing is said after the end.
    fn check_over(&mut self) {
        if !self.connection.is_closed() {
            return;
        }
        let now = self.connection.pending_output();
        assert!(now <= *self.left.get_or_insert(now), "a closed connection goes on");
        assert_eq!(self.connection.deadline(), None);
        assert!(!self.connection.wants_read() && self.connection.open_streams() == 0);
        assert!(self.application.streams().all(|id| {
            let id = StreamId::new(id).expect("31 bits");
            self.connection.stream(id).is_none()
        }));
    }

    /// Writes all that there is, and hears of what is drained by that.
    fn write_all(&mut self) {
        while self.write(1 << 16) > 0 {
            self.poll();
        }
        assert!(!self.connection.wants_write(), "there is output, but nothing to write");
        self.check_windows();
    }

    fn write(&mut self, most: usize) -> usize {
        let before = self.connection.pending_output();
        let mut written = Vec::new();
        while written.len() < most {
            let mut pieces = [[].as_slice(); 3];
            let count = self.connection.transmit(&mut pieces);
            let mut octets = pieces[..count].concat();
            octets.truncate(most - written.len());
            if octets.is_empty() {
                break;
            }
            self.connection.advance(octets.len());
            written.extend(octets);
        }
        // Content is put into frames as there is room.
        self.unasked += (self.connection.pending_output() + written.len()).saturating_sub(before);
        self.outgoing.write(&written, &mut self.incoming, self.application.highest);
        if let Some(left) = &mut self.left {
            *left = self.connection.pending_output();
        }
        let len = written.len();
        if len > 0 {
            self.see(Seen::Written(written));
        }
        len
    }

    /// No more came than was allowed, and no more is allowed than came. All is written.
    fn check_windows(&mut self) {
        let granted = |id: u32| self.outgoing.granted.get(&id).copied().unwrap_or(0);
        let came = |id: u32| self.incoming.content.get(&id).copied().unwrap_or(0);
        let wide = u64::from(self.application.most.connection_window);
        let all: u64 = self.incoming.content.values().sum();
        assert!(65_535 + granted(0) <= wide + all, "the connection allows more than came");
        // What is not read yet, or was refused, is not taken.
        let is_read = self.input.is_empty() && self.incoming.is_whole() && !self.connection.is_closed();
        assert!(!is_read || all <= 65_535 + granted(0), "more came than the connection allows");
        for (id, window) in self.application.windows() {
            assert!(granted(id) <= came(id), "{id} allows more than came");
            let is_open = self.connection.stream(StreamId::new(id).expect("31 bits")).is_some();
            let is_right = came(id) <= u64::from(window) + granted(id);
            assert!(!is_read || !is_open || is_right, "more came on {id} than it allows");
        }
    }

    fn check_end(&self) {
        // A peer with another protocol gets nothing, not even the rest of a frame.
        if self.outgoing.written == 0 || self.failure.is_some_and(Failure::is_other_protocol) {
            return;
        }
        self.outgoing.finish();
        if self.connection.is_closed() {
            let (_, code) = self.outgoing.go_away.expect("GOAWAY says why");
            // Without a failure the application ended it, or all is done.
            assert!(
                self.failure.is_none_or(|failure| failure.code() == code),
                "{code}, not {:?}",
                self.failure
            );
        }
    }
}
