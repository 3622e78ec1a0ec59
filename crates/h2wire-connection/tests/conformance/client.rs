//! What a server may do to a client: each rule that a client keeps, from the other side.

use h2wire::frame::ErrorCode as Code;
use h2wire_connection::{Config, Event, FieldsKind, ResetReason};

use super::Expect::{Connection, Nothing, Stream};
use super::*;

/// `:status` 200, 103 and 304 of which nothing is indexed.
const OK: &[u8] = b"\x88";
const HINTS: &[u8] = b"\x08\x03103";
const NOT_MODIFIED: &[u8] = b"\x8b";
const MALFORMED: Expect = Stream(1, Code::PROTOCOL_ERROR);

/// A client with a request on stream 1, which is complete, and one on stream 3, which is not.
fn client(config: &Config) -> Peer {
    let mut peer = Peer::of_client_after_handshake(config);
    peer.request("GET", true);
    peer.request("POST", false);
    assert_eq!(peer.send(b""), [Seen::Request(1, true), Seen::Request(3, false)]);
    peer
}

fn check_client(cases: Vec<Case>) {
    check_by(cases, || client(&pushes()));
}

/// A client that takes pushes.
fn pushes() -> Config {
    Config::default().with_limits(h2wire::Limits::DEFAULT.with_accept_push(true))
}

fn response(id: u32) -> Vec<u8> {
    headers(id, END_HEADERS, OK)
}

/// A promise of GET on the stream of a request.
fn promise(id: u32, promised: u32) -> Vec<u8> {
    frame(5, END_HEADERS, id, &[&promised.to_be_bytes(), GET].concat())
}

#[test]
fn the_start() {
    for (name, octets, code) in [
        ("PING first", ping(b"12345678"), Code::PROTOCOL_ERROR),
        ("an acknowledgment first", frame(4, 1, 0, b""), Code::PROTOCOL_ERROR),
        ("a preface", h2wire::frame::PREFACE.to_vec(), Code::PROTOCOL_ERROR),
    ] {
        let mut peer = Peer::of_client(&Config::default());
        let seen = peer.send(&octets);
        assert_eq!(seen.last(), Some(&Seen::GoAway(0, code)), "{name}");
    }
}

#[test]
fn idle_streams() {
    check_client(vec![
        ("HEADERS", vec![response(5)], Connection(Code::PROTOCOL_ERROR)),
        ("HEADERS on a server's", vec![response(2)], Connection(Code::PROTOCOL_ERROR)),
        ("DATA", vec![data(5, 0, b"a")], Connection(Code::PROTOCOL_ERROR)),
        ("DATA on a server's", vec![data(2, 0, b"a")], Connection(Code::PROTOCOL_ERROR)),
        ("RST_STREAM", vec![rst_stream(5)], Connection(Code::PROTOCOL_ERROR)),
        ("WINDOW_UPDATE", vec![window_update(5, 1)], Connection(Code::PROTOCOL_ERROR)),
        ("WINDOW_UPDATE of 0", vec![window_update(5, 0)], Connection(Code::PROTOCOL_ERROR)),
        ("PRIORITY", vec![priority(5, 1)], Nothing),
    ]);
}

#[test]
fn messages() {
    let with = |status: &str, length: &str| block(&[(":status", status), ("content-length", length)]);
    let trailers = block(&[("a", "b")]);
    check_client(vec![
        ("a response", vec![response(1), data(1, END_STREAM, b"a")], Nothing),
        ("interim ones before it", vec![headers(1, 4, HINTS).repeat(3), headers(1, ENDS, OK)], Nothing),
        ("interim, and the end", vec![headers(1, ENDS, HINTS)], MALFORMED),
        ("101", vec![headers(1, 4, &block(&[(":status", "101")]))], MALFORMED),
        ("DATA first", vec![data(1, 0, b"a")], MALFORMED),
        ("DATA after an interim one", vec![headers(1, 4, HINTS), data(1, 0, b"a")], MALFORMED),
        ("trailers first", vec![headers(1, ENDS, &trailers)], MALFORMED),
        ("trailers", vec![response(1), data(1, 0, b"a"), headers(1, ENDS, &trailers)], Nothing),
        ("trailers without END_STREAM", vec![response(1), headers(1, 4, &trailers)], MALFORMED),
        ("two responses", vec![response(1), headers(1, ENDS, OK)], MALFORMED),
        ("interim after final", vec![response(1), headers(1, 4, HINTS)], MALFORMED),
        ("a request", vec![headers(1, ENDS, GET)], MALFORMED),
        ("no status", vec![headers(1, ENDS, b"")], MALFORMED),
        ("as long as it says", vec![headers(1, 4, &with("200", "3")), data(1, END_STREAM, b"abc")], Nothing),
        ("too long", vec![headers(1, 4, &with("200", "3")), data(1, 0, b"abcd")], MALFORMED),
        ("too short", vec![headers(1, 4, &with("200", "3")), data(1, END_STREAM, b"ab")], MALFORMED),
        (
            "too short, trailers",
            vec![headers(1, 4, &with("200", "3")), headers(1, ENDS, &trailers)],
            MALFORMED,
        ),
        ("too short, no content", vec![headers(1, ENDS, &with("200", "3"))], MALFORMED),
        ("304 of that length", vec![headers(1, ENDS, &with("304", "3"))], Nothing),
        ("304 with an empty frame", vec![headers(1, 4, NOT_MODIFIED), data(1, END_STREAM, b"")], Nothing),
        ("304 with content", vec![headers(1, 4, &with("304", "3")), data(1, END_STREAM, b"abc")], MALFORMED),
        ("204 with content", vec![headers(1, 4, b"\x89"), data(1, END_STREAM, b"abc")], MALFORMED),
        ("a response before the request ends", vec![headers(3, ENDS, OK)], Nothing),
        ("after its own end", vec![headers(3, ENDS, OK), data(3, 0, b"a")], Stream(3, Code::STREAM_CLOSED)),
        (
            "HEADERS after its end",
            vec![headers(3, ENDS, OK), headers(3, ENDS, &trailers)],
            Stream(3, Code::STREAM_CLOSED),
        ),
    ]);
}

#[test]
fn closed_streams() {
    let ended = headers(1, ENDS, OK);
    check_client(vec![
        ("DATA", vec![ended.clone(), data(1, 0, b"a")], Connection(Code::STREAM_CLOSED)),
        ("HEADERS", vec![ended.clone(), headers(1, ENDS, b"")], Connection(Code::STREAM_CLOSED)),
        ("WINDOW_UPDATE", vec![ended.clone(), window_update(1, 1)], Nothing),
        ("RST_STREAM", vec![ended.clone(), rst_stream(1)], Nothing),
        ("PRIORITY", vec![ended, priority(1, 3)], Nothing),
        ("DATA after RST_STREAM", vec![rst_stream(1), data(1, 0, b"a")], Stream(1, Code::STREAM_CLOSED)),
        ("HEADERS after RST_STREAM", vec![rst_stream(1), response(1)], Stream(1, Code::STREAM_CLOSED)),
        ("RST_STREAM after RST_STREAM", vec![rst_stream(1), rst_stream(1)], Nothing),
        ("WINDOW_UPDATE after RST_STREAM", vec![rst_stream(1), window_update(1, 1)], Nothing),
    ]);
}

#[test]
fn what_was_sent_before_a_reset_was_seen_is_ignored() {
    let mut peer = client(&Config::default().with_connection_window(65_535));
    peer.connection.stream(stream(1)).unwrap().reset(Code::CANCEL);
    // The table of HPACK and the window of the connection stay in step: :status 404 is put into the table.
    let late = [headers(1, END_HEADERS, b"\x48\x03404"), data(1, 0, &[0; 16_000]).repeat(20), rst_stream(1)];
    let seen = peer.send(&late.concat());
    assert_eq!(seen.first(), Some(&Seen::Reset(1, Code::CANCEL)));
    assert!(seen[1..].iter().all(|seen| matches!(seen, Seen::WindowUpdate(0, _))), "{seen:?}");
    assert_eq!(peer.send(&headers(3, ENDS, b"\xbe")), []);
    let (event, fields) = peer.events.last().unwrap();
    assert_eq!(*event, Event::Fields { stream_id: stream(3), kind: FieldsKind::Response, end_stream: true });
    assert_eq!(fields.get(b":status"), Some(b"404".as_slice()));
}

#[test]
fn more_resets_than_are_remembered_are_no_error() {
    let mut peer = Peer::of_client_after_handshake(&Config::default().with_remembered_streams(4));
    peer.send(&settings(&[(3, 1_000)]));
    let ids: Vec<_> = (0..100).map(|_| peer.request("GET", true)).collect();
    for id in &ids {
        peer.connection.stream(*id).unwrap().reset(Code::CANCEL);
    }
    peer.send(b"");
    for id in ids.iter().map(|id| id.get()) {
        assert_eq!(peer.send(&[response(id), data(id, END_STREAM, b"late")].concat()), []);
    }
    // What was never used is an error still.
    let seen = peer.send(&response(201));
    assert_eq!(seen, [Seen::GoAway(0, Code::PROTOCOL_ERROR)]);
}

#[test]
fn a_client_with_many_requests_to_write_still_reads() {
    let mut peer = Peer::of_client_after_handshake(&Config::default().with_max_pending_output(60 * 17));
    peer.send(&settings(&[(3, 10_000)]));
    for _ in 0..1_000 {
        peer.request("GET", true);
    }
    assert!(peer.connection.wants_read());
    // Answers are counted, of 17 bytes each: no more are read than there is room for.
    let mut input = bytes::BytesMut::from(ping(b"12345678").repeat(100).as_slice());
    assert_eq!(peer.connection.poll_event(&mut input, peer.now), Ok(None));
    assert_eq!((peer.connection.wants_read(), input.len()), (false, 40 * 17));
    peer.output();
    assert!(peer.connection.wants_read());
}

#[test]
fn windows() {
    const MAX: u32 = 0x7fff_ffff;
    let set = |value| settings(&[(4, value)]);
    check_client(vec![
        ("0, connection", vec![window_update(0, 0)], Connection(Code::PROTOCOL_ERROR)),
        ("0, stream", vec![window_update(3, 0)], Stream(3, Code::PROTOCOL_ERROR)),
        ("overflow, connection", vec![window_update(0, MAX - 65_534)], Connection(Code::FLOW_CONTROL_ERROR)),
        ("as large as it can be", vec![window_update(0, MAX - 65_535)], Nothing),
        ("overflow, stream", vec![window_update(3, MAX - 65_534)], Stream(3, Code::FLOW_CONTROL_ERROR)),
        ("as large as it can be, stream", vec![window_update(3, MAX - 65_535)], Nothing),
        (
            "overflow by SETTINGS",
            vec![window_update(3, MAX - 65_535), set(65_536)],
            Connection(Code::FLOW_CONTROL_ERROR),
        ),
    ]);
}

#[test]
fn head_and_connect() {
    let length = block(&[(":status", "200"), ("content-length", "3")]);
    let peer = |method: &'static str| {
        move || {
            let mut peer = Peer::of_client_after_handshake(&Config::default());
            peer.request(method, method == "HEAD");
            peer.send(b"");
            peer
        }
    };
    let cases = |method: &'static str, cases| check_by(cases, peer(method));
    cases(
        "HEAD",
        vec![
            ("a length without content", vec![headers(1, ENDS, &length)], Nothing),
            ("and an empty frame", vec![headers(1, END_HEADERS, &length), data(1, END_STREAM, b"")], Nothing),
            ("with content", vec![headers(1, END_HEADERS, &length), data(1, END_STREAM, b"abc")], MALFORMED),
            (
                "and trailers",
                vec![headers(1, END_HEADERS, &length), headers(1, ENDS, &block(&[("a", "b")]))],
                Nothing,
            ),
        ],
    );
    cases(
        "CONNECT",
        vec![
            (
                "a tunnel has any length",
                vec![headers(1, END_HEADERS, &length), data(1, END_STREAM, b"a")],
                Nothing,
            ),
            (
                "no trailers in a tunnel",
                vec![headers(1, 4, OK), headers(1, ENDS, &block(&[("a", "b")]))],
                MALFORMED,
            ),
            (
                "trailers of what is no tunnel",
                vec![headers(1, 4, NOT_MODIFIED), headers(1, ENDS, &block(&[("a", "b")]))],
                Nothing,
            ),
        ],
    );
}

#[test]
fn promises() {
    let post = frame(5, END_HEADERS, 1, &[b"\0\0\0\x02", POST].concat());
    let refused = |id| Stream(id, Code::PROTOCOL_ERROR);
    check_client(vec![
        (
            "a promise",
            vec![promise(1, 2), promise(1, 4), headers(1, ENDS, OK), headers(2, ENDS, OK)],
            Nothing,
        ),
        ("an odd one", vec![promise(1, 5)], Connection(Code::PROTOCOL_ERROR)),
        ("lower", vec![promise(1, 4), promise(1, 2)], Connection(Code::PROTOCOL_ERROR)),
        ("twice", vec![promise(1, 2), promise(1, 2)], Connection(Code::PROTOCOL_ERROR)),
        ("on an idle stream", vec![promise(5, 2)], Connection(Code::PROTOCOL_ERROR)),
        (
            "on a stream that has ended",
            vec![headers(1, ENDS, OK), promise(1, 2)],
            Connection(Code::PROTOCOL_ERROR),
        ),
        (
            "on one that the server has reset",
            vec![rst_stream(1), promise(1, 2)],
            Connection(Code::PROTOCOL_ERROR),
        ),
        ("on its own", vec![promise(1, 2), promise(2, 4)], Connection(Code::PROTOCOL_ERROR)),
        ("of POST", vec![post], refused(2)),
        ("malformed", vec![frame(5, 4, 1, b"\0\0\0\x02\x82")], refused(2)),
        ("DATA before the response", vec![promise(1, 2), data(2, 0, b"a")], Connection(Code::PROTOCOL_ERROR)),
        ("its window", vec![promise(1, 2), window_update(2, 1)], Connection(Code::PROTOCOL_ERROR)),
        ("given up", vec![promise(1, 2), rst_stream(2)], Nothing),
        ("interim first", vec![promise(1, 2), headers(2, 4, HINTS), headers(2, ENDS, OK)], Nothing),
    ]);
    check_by(vec![("which is not allowed", vec![promise(1, 2)], Connection(Code::PROTOCOL_ERROR))], || {
        client(&Config::default())
    });
}

#[test]
fn promises_are_bounded_and_those_of_dead_streams_refused() {
    let mut peer = client(&pushes().with_max_concurrent_streams(2));
    let seen = peer.send(&[promise(1, 2), promise(1, 4), promise(1, 6)].concat());
    assert_eq!(seen, [Seen::Reset(6, Code::REFUSED_STREAM)]);
    peer.connection.stream(stream(1)).unwrap().reset(Code::CANCEL);
    peer.send(&rst_stream(2));
    assert_eq!(peer.send(&promise(1, 8)), [Seen::Reset(8, Code::CANCEL)]);
}

#[test]
fn the_last_stream_of_a_goaway_tells_what_may_be_sent_again() {
    let mut peer = client(&Config::default());
    peer.send(&frame(7, 0, 0, b"\0\0\0\x01\0\0\0\0bye"));
    let events: Vec<_> = peer.events.iter().map(|(event, _)| event.clone()).collect();
    let reset =
        Event::Reset { stream_id: stream(3), error_code: Code::NO_ERROR, reason: ResetReason::GoAway };
    assert!(reset.is_unprocessed());
    let told =
        Event::GoAway { last_stream_id: stream(1), error_code: Code::NO_ERROR, debug_data: "bye".into() };
    assert_eq!(events[events.len() - 2..], [reset, told]);
    assert!(!peer.connection.is_closed());
    // The other one is answered, and that is all.
    let seen = peer.send(&headers(1, ENDS, OK));
    assert_eq!(seen, [Seen::GoAway(0, Code::NO_ERROR)]);
    assert!(peer.connection.is_closed() && peer.failure.is_none());

    let mut peer = client(&Config::default());
    peer.send(&frame(3, 0, 1, &[0, 0, 0, 7]));
    assert!(peer.events.last().unwrap().0.is_unprocessed(), "REFUSED_STREAM");
    peer.send(&rst_stream(3));
    assert!(!peer.events.last().unwrap().0.is_unprocessed(), "CANCEL");
}

#[test]
fn settings_of_the_server_bound_the_client() {
    let mut peer = client(&Config::default());
    peer.send(&settings(&[(3, 3), (4, 5)]));
    peer.request("GET", true);
    assert_eq!(
        peer.connection.open(Vec::<(&str, &str)>::new(), true),
        Err(h2wire_connection::OpenError::TooManyStreams)
    );
    peer.connection.stream(stream(3)).unwrap().send_data("0123456789".into(), true).unwrap();
    let seen = peer.send(b"");
    assert_eq!(seen, [Seen::Request(5, true), Seen::Data(3, 5, false)]);
    assert_eq!(peer.send(&window_update(3, 5)), [Seen::Data(3, 5, true)]);
}

#[test]
fn a_server_that_floods_is_left() {
    type Flood<'f> = (&'static str, &'f dyn Fn(u32) -> Vec<u8>);
    let floods: [Flood<'_>; 7] = [
        ("interim", &|_| headers(1, 4, HINTS)),
        ("PING", &|_| ping(b"12345678")),
        ("answers to no PING", &|_| frame(6, 1, 0, b"12345678")),
        ("SETTINGS", &|_| settings(&[])),
        ("acknowledgments of no SETTINGS", &|_| frame(4, 1, 0, b"")),
        ("RST_STREAM on what is closed", &|_| rst_stream(1)),
        ("promises", &|n| promise(3, n * 2 + 2)),
    ];
    for (name, flood) in floods {
        let mut peer = client(&pushes());
        let octets: Vec<u8> = (0..20_000).flat_map(flood).collect();
        let seen = peer.send(&octets);
        let last = seen.last();
        assert!(matches!(last, Some(Seen::GoAway(_, Code::ENHANCE_YOUR_CALM))), "{name}: {last:?}");
    }
}

#[test]
fn a_client_shuts_down_when_its_requests_are_done() {
    let mut peer = client(&Config::default());
    peer.connection.shut_down();
    assert_eq!(peer.send(b""), [Seen::GoAway(0, Code::NO_ERROR)]);
    peer.connection.stream(stream(3)).unwrap().send_data("".into(), true).unwrap();
    assert_eq!(peer.send(&headers(1, ENDS, OK)), [Seen::Data(3, 0, true)]);
    assert!(!peer.connection.is_closed());
    assert_eq!(peer.send(&headers(3, ENDS, OK)), []);
    assert!(peer.connection.is_closed());
}

#[test]
fn the_end_of_input_ends_what_is_not_complete() {
    let mut peer = client(&Config::default());
    peer.send(&headers(3, ENDS, OK));
    peer.connection.end_of_input();
    peer.send(b"");
    let reset =
        Event::Reset { stream_id: stream(1), error_code: Code::CANCEL, reason: ResetReason::EndOfInput };
    assert_eq!(peer.events.last().map(|(event, _)| event), Some(&reset));
    assert!(!peer.connection.is_closed(), "the request on stream 3 goes on");
    peer.connection.stream(stream(3)).unwrap().send_data("a".into(), true).unwrap();
    assert_eq!(peer.send(b"").last(), Some(&Seen::GoAway(0, Code::NO_ERROR)));
    assert!(peer.connection.is_closed());
}
