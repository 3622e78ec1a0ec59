//! P7: in steady state nothing is allocated for a frame, and at most two times for the fields of a message that is kept.

use core::time::Duration;

use allocation_counter::measure;
use bytes::{Bytes, BytesMut};
use h2wire_connection::frame::StreamId;
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
