//! Stream states, identifiers, concurrency, dependencies. RFC 9113 §5.1 to §5.3.

use h2wire::frame::ErrorCode as Code;
use h2wire::{Malformed, Options};

use super::Expect::{Answered, Connection, Nothing, Stream};
use super::*;
use h2wire_connection::{Config, Event};

#[test]
fn idle_streams() {
    check(vec![
        ("DATA", vec![data(1, END_STREAM, b"test")], Connection(Code::PROTOCOL_ERROR)),
        ("RST_STREAM", vec![rst_stream(1)], Connection(Code::PROTOCOL_ERROR)),
        ("WINDOW_UPDATE", vec![window_update(1, 100)], Connection(Code::PROTOCOL_ERROR)),
        ("CONTINUATION", vec![continuation(1, END_HEADERS, GET)], Connection(Code::PROTOCOL_ERROR)),
        ("PRIORITY", vec![priority(1, 3), get(1)], Answered(1)),
        ("PRIORITY on a lower one, used later", vec![priority(3, 5), get(1), get(3)], Answered(3)),
        ("PRIORITY on a server's", vec![priority(2, 1)], Nothing),
        ("DATA behind others", vec![get(1), data(3, 0, b"a")], Connection(Code::PROTOCOL_ERROR)),
        ("DATA on a server's", vec![data(2, 0, b"a")], Connection(Code::PROTOCOL_ERROR)),
        ("RST_STREAM on a server's", vec![get(3), rst_stream(2)], Connection(Code::PROTOCOL_ERROR)),
        ("WINDOW_UPDATE on a server's", vec![get(3), window_update(2, 1)], Connection(Code::PROTOCOL_ERROR)),
        ("WINDOW_UPDATE of 0", vec![window_update(1, 0)], Connection(Code::PROTOCOL_ERROR)),
        ("PRIORITY of 4 octets", vec![frame(2, 0, 1, &[0; 4])], Connection(Code::FRAME_SIZE_ERROR)),
    ]);
}

#[test]
fn half_closed_remote_streams() {
    check(vec![
        ("DATA", vec![get_waits(1), data(1, END_STREAM, b"test")], Stream(1, Code::STREAM_CLOSED)),
        ("HEADERS", vec![get_waits(1), get(1)], Stream(1, Code::STREAM_CLOSED)),
        (
            "trailers",
            vec![get_waits(1), headers(1, ENDS, &block(&[("a", "b")]))],
            Stream(1, Code::STREAM_CLOSED),
        ),
        (
            "CONTINUATION",
            vec![get_waits(1), continuation(1, END_HEADERS, GET)],
            Connection(Code::PROTOCOL_ERROR),
        ),
        ("PRIORITY", vec![get_waits(1), priority(1, 3)], Nothing),
        ("WINDOW_UPDATE", vec![get_waits(1), window_update(1, 9)], Nothing),
        ("RST_STREAM", vec![get_waits(1), rst_stream(1)], Nothing),
        (
            "DATA, and more of it",
            vec![get_waits(1), data(1, 0, b"a"), data(1, 0, b"b")],
            Stream(1, Code::STREAM_CLOSED),
        ),
        ("after content", vec![post(1), data(1, END_STREAM, b"a"), get(3), get(5)], Answered(5)),
    ]);
}

#[test]
fn closed_streams() {
    check(vec![
        (
            "DATA after RST_STREAM",
            vec![post(1), rst_stream(1), data(1, END_STREAM, b"a")],
            Stream(1, Code::STREAM_CLOSED),
        ),
        ("HEADERS after RST_STREAM", vec![post(1), rst_stream(1), get(1)], Stream(1, Code::STREAM_CLOSED)),
        (
            "CONTINUATION after RST_STREAM",
            vec![post(1), rst_stream(1), continuation(1, END_HEADERS, GET)],
            Connection(Code::PROTOCOL_ERROR),
        ),
        ("RST_STREAM after RST_STREAM", vec![post(1), rst_stream(1), rst_stream(1)], Nothing),
        ("WINDOW_UPDATE after RST_STREAM", vec![post(1), rst_stream(1), window_update(1, 1)], Nothing),
        ("PRIORITY after RST_STREAM", vec![post(1), rst_stream(1), priority(1, 3)], Nothing),
        ("DATA after the end", vec![get(1), data(1, END_STREAM, b"a")], Connection(Code::STREAM_CLOSED)),
        ("HEADERS after the end", vec![get(1), get(1)], Connection(Code::STREAM_CLOSED)),
        (
            "CONTINUATION after the end",
            vec![get(1), continuation(1, END_HEADERS, GET)],
            Connection(Code::PROTOCOL_ERROR),
        ),
        ("WINDOW_UPDATE after the end", vec![get(1), window_update(1, 100)], Answered(1)),
        ("PRIORITY after the end", vec![get(1), priority(1, 3)], Answered(1)),
        ("RST_STREAM after the end", vec![get(1), rst_stream(1)], Answered(1)),
        (
            "WINDOW_UPDATE of 0 after the end",
            vec![get(1), window_update(1, 0)],
            Stream(1, Code::PROTOCOL_ERROR),
        ),
        ("DATA on one that was jumped over", vec![get(5), data(3, 0, b"a")], Connection(Code::STREAM_CLOSED)),
        (
            "DATA on its way when the server has reset",
            vec![headers(1, END_HEADERS, &block(&[("a", "b")])), data(1, 0, b"a"), data(1, END_STREAM, b"b")],
            Stream(1, Code::PROTOCOL_ERROR),
        ),
        (
            "HEADERS on their way when the server has reset",
            vec![headers(1, END_HEADERS, &block(&[("a", "b")])), headers(1, ENDS, &block(&[("a", "b")]))],
            Stream(1, Code::PROTOCOL_ERROR),
        ),
    ]);
}

#[test]
fn identifiers() {
    check(vec![
        ("even", vec![get(2)], Connection(Code::PROTOCOL_ERROR)),
        ("even, after others", vec![get(1), get(4)], Connection(Code::PROTOCOL_ERROR)),
        ("lower", vec![get(5), get(3)], Connection(Code::PROTOCOL_ERROR)),
        ("jumping", vec![get(1), get(101), get(0x7fff_ffff)], Answered(0x7fff_ffff)),
        ("the reserved bit", vec![get(0x8000_0001)], Answered(1)),
    ]);
}

#[test]
fn concurrency() {
    let config = Config::default().with_max_concurrent_streams(2);
    let mut peer = Peer::after_handshake_with(&config);
    assert_eq!(peer.send(&[get_waits(1), post(3)].concat()), []);
    assert_eq!(peer.send(&get(5)), [Seen::Reset(5, Code::REFUSED_STREAM)]);
    // DATA that is on its way for it is no error.
    assert_eq!(
        peer.send(&[post(7), data(7, END_STREAM, b"a")].concat()),
        [Seen::Reset(7, Code::REFUSED_STREAM)]
    );
    // One that ends makes room.
    peer.respond(stream(1));
    assert_eq!(peer.send(b""), [Seen::Response(1, 200, false), Seen::Data(1, CONTENT.len(), true)]);
    assert_eq!(peer.send(&get(9)), [Seen::Response(9, 200, false), Seen::Data(9, CONTENT.len(), true)]);
    // And so does one that is cancelled.
    assert_eq!(peer.send(&[rst_stream(3), get_waits(11), get(13)].concat()).len(), 2);
}

/// §5.3.2: RFC 7540 had rules for them, which are no more.
#[test]
fn dependencies() {
    let on_itself =
        |id: u32| headers(id, ENDS | PRIORITY, &[&id.to_be_bytes(), [9].as_slice(), GET].concat());
    check(vec![
        ("HEADERS on itself", vec![on_itself(1)], Answered(1)),
        ("PRIORITY on itself, idle", vec![priority(1, 1), get(1)], Answered(1)),
        ("PRIORITY on itself", vec![post(1), priority(1, 1), data(1, END_STREAM, b"a")], Answered(1)),
        ("PRIORITY on itself, closed", vec![get(1), priority(1, 1)], Answered(1)),
        (
            "HEADERS on another",
            vec![headers(1, ENDS | PRIORITY, &[b"\x80\0\0\x03\xff".as_slice(), GET].concat())],
            Answered(1),
        ),
    ]);
}

#[test]
fn a_section_on_a_stream_that_is_refused_keeps_hpack_in_step() {
    // :authority b is indexed on a stream that is one too many; the next request uses the entry.
    let mut peer = Peer::after_handshake_with(&Config::default().with_max_concurrent_streams(1));
    let seen = peer.send(&[get_waits(1), headers(3, ENDS, b"\x82\x86\x84\x41\x01b")].concat());
    assert_eq!(seen, [Seen::Reset(3, Code::REFUSED_STREAM)]);
    peer.respond(stream(1));
    peer.send(b"");
    let seen = peer.send(&headers(5, ENDS, b"\x82\x86\x84\xbe"));
    assert!(seen.contains(&Seen::Response(5, 200, false)), "{seen:?}");
    let (_, fields) = peer.events.iter().rfind(|(event, _)| matches!(event, Event::Fields { .. })).unwrap();
    assert_eq!(fields.get(b":authority"), Some(b"b".as_slice()));
}

/// The peer gets its answer, but the application has seen the end of the stream.
#[test]
fn an_error_on_a_stream_that_is_forgotten_is_no_event() {
    for remembered in [0, 1, 256] {
        let mut peer = Peer::after_handshake_with(&Config::default().with_remembered_streams(remembered));
        assert_eq!(peer.send(&[get(1), get(3)].concat()).len(), 4);
        peer.events.clear();
        assert_eq!(peer.send(&window_update(1, 0)), [Seen::Reset(1, Code::PROTOCOL_ERROR)]);
        assert_eq!(peer.events, []);
        // One that was opened just now is reported, although it is not open.
        assert!(peer.send(&headers(5, ENDS, b"\x82")).contains(&Seen::Reset(5, Code::PROTOCOL_ERROR)));
        let reset = |event: &Event| matches!(event, Event::Reset { stream_id, .. } if stream_id.get() == 5);
        assert_eq!(peer.events.iter().filter(|(event, _)| reset(event)).count(), 1);
    }
}

/// That a stream has ended is known while it is remembered.
#[test]
fn a_second_request_on_a_stream_that_has_ended() {
    for (remembered, rule) in [(0, "stream_id_not_growing"), (1, "headers_on_closed")] {
        let mut peer = Peer::after_handshake_with(&Config::default().with_remembered_streams(remembered));
        peer.send(&[get(1), get(1)].concat());
        assert_eq!(peer.failure.map(|failure| failure.cause.name()), Some(rule));
    }
}

/// Also if it was the last that was opened.
#[test]
fn trailers_on_a_stream_that_its_peer_has_reset_are_no_event() {
    let mut peer = Peer::after_handshake();
    peer.answers = false;
    peer.send(&[post(1), rst_stream(1)].concat());
    peer.events.clear();
    let trailers = headers(1, ENDS, &block(&[("a", "b")]));
    assert_eq!(peer.send(&trailers), [Seen::Reset(1, Code::STREAM_CLOSED)]);
    assert_eq!(peer.events, []);
}

#[test]
fn the_connection_is_no_stream() {
    let mut peer = Peer::after_handshake();
    assert!(peer.connection.stream(h2wire::frame::StreamId::CONNECTION).is_none());
    peer.send(&post(1));
    assert!(peer.connection.stream(stream(1)).is_some());
    assert!(peer.connection.stream(h2wire::frame::StreamId::CONNECTION).is_none());
}

/// `END_STREAM` means what it says, whatever sections the codec lets pass.
#[test]
fn a_stream_ends_with_its_frames_whatever_fields_are_allowed() {
    let options = Options::DEFAULT.allow(Malformed::InformationalEndStream);
    let config = Config::default().with_options(options.allow(Malformed::TrailersWithoutEndStream));
    let mut peer = Peer::of_client_after_handshake(&config);
    peer.request("GET", true);
    assert_eq!(peer.send(&headers(1, ENDS, &block(&[(":status", "103")]))), [Seen::Request(1, true)]);
    assert_eq!(peer.connection.open_streams(), 0);

    let mut peer = Peer::after_handshake_with(&config);
    peer.answers = false;
    let trailers = headers(1, END_HEADERS, &block(&[("a", "b")]));
    assert_eq!(peer.send(&[post(1), trailers, data(1, END_STREAM, b"")].concat()), []);
    let end = Event::Data { stream_id: stream(1), data: bytes::Bytes::new(), end_stream: true };
    assert_eq!(peer.events.last().map(|(event, _)| event), Some(&end));
}
