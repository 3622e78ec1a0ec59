//! P7: in steady state nothing is allocated for a frame, and at most two times for the fields of a message that is kept.

use core::time::Duration;

use allocation_counter::measure;
use bytes::{Bytes, BytesMut};
use h2wire_connection::frame::{PREFACE, StreamId};
use h2wire_connection::h2wire::{Limits, Role};
use h2wire_connection::watcher::Watcher;
use h2wire_connection::{Config, Connection, Event, FieldsKind};

const REQUEST: [(&str, &str); 6] = [
    (":method", "POST"),
    (":scheme", "https"),
    (":authority", "a.test"),
    (":path", "/some/where?with=a&query=string"),
    ("accept", "*/*"),
    ("user-agent", "a program"),
];
const RESPONSE: [(&str, &str); 5] = [
    (":status", "200"),
    ("content-type", "text/plain"),
    ("content-length", "100"),
    ("server", "h2wire"),
    ("cache-control", "no-cache"),
];
static SMALL: [u8; 100] = [b'a'; 100];
static LARGE: [u8; 20_000] = [b'b'; 20_000];

struct Pair {
    client: Connection,
    server: Connection,
    keeps_fields: bool,
    now: Duration,
}

impl Pair {
    /// A request with content and its response, with a PING, through buffers that are made anew each time.
    fn round(&mut self, to_server: &mut BytesMut, to_client: &mut BytesMut) -> StreamId {
        self.now += Duration::from_millis(1);
        let id = self.client.open(REQUEST, false).unwrap();
        let mut stream = self.client.stream(id).unwrap();
        stream.send_data(Bytes::from_static(&SMALL), false).unwrap();
        stream.send_data(Bytes::from_static(&LARGE), true).unwrap();
        self.client.ping(*b"12345678");
        carry(&mut self.client, to_server);
        while let Some(event) = self.server.poll_event(to_server, self.now).unwrap() {
            match event {
                Event::Fields { stream_id, kind: FieldsKind::Request, .. } => {
                    if self.keeps_fields {
                        assert_eq!(self.server.fields().clone().len(), REQUEST.len());
                    }
                    assert_eq!(stream_id, id);
                }
                Event::Data { stream_id, data, end_stream } => {
                    let mut stream = self.server.stream(stream_id).unwrap();
                    stream.release(data.len());
                    if end_stream {
                        stream.send_response(RESPONSE, false).unwrap();
                        stream.send_data(Bytes::from_static(&SMALL), true).unwrap();
                    }
                }
                _ => {}
            }
        }
        carry(&mut self.server, to_client);
        let mut received = 0;
        while let Some(event) = self.client.poll_event(to_client, self.now).unwrap() {
            if let Event::Data { stream_id, data, .. } = event {
                received += data.len();
                if let Some(mut stream) = self.client.stream(stream_id) {
                    stream.release(data.len());
                }
            }
        }
        assert_eq!(received, 100);
        id
    }
}

fn carry(from: &mut Connection, to: &mut BytesMut) {
    loop {
        let mut pieces = [[].as_slice(); 8];
        let count = from.transmit(&mut pieces);
        let len = pieces[..count].iter().map(|piece| piece.len()).sum();
        if len == 0 {
            return;
        }
        pieces[..count].iter().for_each(|piece| to.extend_from_slice(piece));
        from.advance(len);
    }
}

#[test]
fn none_in_steady_state() {
    for (keeps_fields, most) in [(false, 0), (true, 2)] {
        let config = Config::default().with_remembered_streams(64);
        let mut pair = Pair {
            client: Connection::client(&config).unwrap(),
            server: Connection::server(&config).unwrap(),
            keeps_fields,
            now: Duration::ZERO,
        };
        for round in 0..1_000_u32 {
            let (mut to_server, mut to_client) =
                (BytesMut::with_capacity(64 << 10), BytesMut::with_capacity(64 << 10));
            let info = measure(|| _ = pair.round(&mut to_server, &mut to_client));
            // Contents that share a buffer need a counter: one for each buffer that has any.
            let buffers = 2;
            assert!(round < 300 || info.count_total <= most + buffers, "{round}: {info:?}");
        }
    }
}

/// The state of a connection does not grow with the streams that it has had, nor with what it has sent.
#[test]
fn memory_stays_as_it_is() {
    let mut pair = Pair {
        client: Connection::client(&Config::default()).unwrap(),
        server: Connection::server(&Config::default()).unwrap(),
        keeps_fields: false,
        now: Duration::ZERO,
    };
    let mut rounds = |count: u32| {
        measure(|| {
            for _ in 0..count {
                let (mut to_server, mut to_client) =
                    (BytesMut::with_capacity(64 << 10), BytesMut::with_capacity(64 << 10));
                pair.round(&mut to_server, &mut to_client);
            }
        })
        .bytes_current
    };
    rounds(2_000);
    assert_eq!(rounds(10_000), 0);
}

/// What a watcher remembers does not grow, whatever both sides do: streams that are never closed, or closed at once, SETTINGS that nobody
/// acknowledges, answers to nothing.
#[test]
fn a_watcher_is_bounded() {
    let limits = Limits::observing(65_536, 65_536);
    let head =
        |id: u32| [b"\0\0\x06\x01\x04".as_slice(), &id.to_be_bytes(), b"\x83\x86\x84\x01\x01a"].concat();
    let reset = |id: u32| [b"\0\0\x04\x03\0".as_slice(), &id.to_be_bytes(), &[0; 4]].concat();
    let settings = b"\0\0\x06\x04\0\0\0\0\0\0\x04\0\0\x10\0".to_vec();
    let ok = |id: u32| [b"\0\0\x01\x01\x04".as_slice(), &id.to_be_bytes(), b"\x88"].concat();
    let new = || Watcher::new(&limits).unwrap().with_max_streams(100);
    let joined = Watcher::joined(&limits).unwrap().with_max_streams(100);
    for (mut watcher, starts) in [(new(), true), (new().with_any_order(), true), (joined, false)] {
        let take = |watcher: &mut Watcher, client: &[u8], server: &[u8]| {
            let (mut client, mut server) = (client, server);
            while watcher.client_sent(&mut client).is_some() {}
            while watcher.server_sent(&mut server).is_some() {}
        };
        let pass = |watcher: &mut Watcher, ids: core::ops::Range<u32>| {
            for n in ids {
                let id = 2 * n + 1;
                let given_up = if n.is_multiple_of(2) { reset(id) } else { vec![] };
                let client = [head(id), given_up, settings.clone()].concat();
                let server = [ok(id), ok(id + 2_000_000), settings.clone(), reset(id + 2_000)].concat();
                take(watcher, &client, &server);
            }
        };
        if starts {
            take(&mut watcher, &[PREFACE.as_slice(), &settings].concat(), &settings);
        }
        pass(&mut watcher, 0..20_000);
        let grown = measure(|| pass(&mut watcher, 20_000..60_000)).bytes_current;
        assert!(grown <= 0, "{grown}");
        assert!(watcher.open_streams().count() <= 100);
        assert!(!watcher.has_failed(Role::Observer));
    }
}
