//! What is sent: its length, its padding, small parts, and what becomes of requests that are answered early. RFC 9113 §6.1, §8.1, §8.1.1.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use h2wire::frame::ErrorCode as Code;
use h2wire_connection::{Config, Event, ResetReason, SendError};

use super::*;

fn rst(stream_id: u32, code: Code) -> Vec<u8> {
    frame(3, 0, stream_id, &code.0.to_be_bytes())
}

/// A complete response, then `NO_ERROR`: the response is valid, the upload is not needed. Anything else is a reset.
#[test]
fn a_response_may_end_before_its_request() {
    for (end_stream, code) in [(true, Code::NO_ERROR), (true, Code::CANCEL), (false, Code::NO_ERROR)] {
        let mut peer = Peer::of_client_after_handshake(&Config::default());
        let id = peer.request("POST", false);
        peer.connection.stream(id).unwrap().send_data("part".into(), false).unwrap();
        assert_eq!(peer.send(b""), [Seen::Request(1, false), Seen::Data(1, 4, false)]);
        peer.send(&[headers(1, END_HEADERS, b"\x88"), data(1, u8::from(end_stream), b"done")].concat());
        assert!(peer.connection.stream(id).is_some());
        assert_eq!(peer.send(&rst(1, code)), []);
        let expected = if end_stream && code == Code::NO_ERROR {
            Event::RequestStopped { stream_id: id }
        } else {
            Event::Reset { stream_id: id, error_code: code, reason: ResetReason::ByPeer }
        };
        assert_eq!(peer.events.last().map(|(event, _)| event), Some(&expected));
        assert!(!expected.is_unprocessed());
        assert!(peer.connection.stream(id).is_none());
    }
}

/// A server that answers early hears of it too, when its response has ended and not before.
#[test]
fn who_answers_early_is_told() {
    let stopped = |peer: &Peer| {
        peer.events
            .iter()
            .filter(|(event, _)| *event == Event::RequestStopped { stream_id: stream(1) })
            .count()
    };
    for (ends_first, expected) in [(false, 1), (true, 0)] {
        let mut peer = Peer::after_handshake();
        peer.answers = false;
        peer.send(&[post(1), data(1, u8::from(ends_first), b"a")].concat());
        let mut open = peer.connection.stream(stream(1)).unwrap();
        open.send_response([(":status", "200")], false).unwrap();
        // More than the window of 65,535 bytes.
        open.send_data(vec![0; 65_536].into(), true).unwrap();
        peer.send(b"");
        assert_eq!(stopped(&peer), 0, "a byte is missing");
        let seen = peer.send(&[window_update(0, 1), window_update(1, 1)].concat());
        assert_eq!(stopped(&peer), expected, "{seen:?}");
        assert_eq!(seen.contains(&Seen::Reset(1, Code::NO_ERROR)), !ends_first);
    }
    // A request that was too large was never reported, so nothing of it is reported later.
    let limits = h2wire::Limits::DEFAULT.with_max_section_size(200);
    let mut peer = Peer::after_handshake_with(&Config::default().with_limits(limits));
    let long = "a".repeat(100);
    let seen = peer.send(&headers(1, END_HEADERS, &request_with("POST", &[("long", &long)])));
    assert_eq!(seen, [Seen::Response(1, 431, true), Seen::Reset(1, Code::NO_ERROR)]);
    assert_eq!(stopped(&peer), 0);
}

/// What differs from content-length is not sent, by a client or by a server.
#[test]
fn content_is_as_long_as_was_said() {
    let error = |left| Err(SendError::ContentLength { left });
    for is_client in [true, false] {
        let mut peer = if is_client {
            let mut peer = Peer::of_client_after_handshake(&Config::default());
            let fields =
                [(":method", "POST"), (":scheme", "http"), (":authority", "a"), (":path", "/"), LENGTH];
            peer.connection.open(fields, false).unwrap();
            peer
        } else {
            let mut peer = Peer::after_handshake();
            peer.send(&get_waits(1));
            let mut open = peer.connection.stream(stream(1)).unwrap();
            open.send_response([(":status", "200"), LENGTH], false).unwrap();
            peer
        };
        let mut open = peer.connection.stream(stream(1)).unwrap();
        assert_eq!(open.send_data("123456".into(), false), error(5));
        assert_eq!(open.send_data("1234".into(), true), error(5));
        assert_eq!(open.send_data("123".into(), false), Ok(()));
        assert_eq!(open.send_data(Bytes::new(), true), error(2));
        assert_eq!(open.send_trailers([("a", "b")]), error(2));
        assert_eq!(open.send_data("456".into(), false), error(2));
        assert_eq!(open.send_data("45".into(), false), Ok(()));
        assert_eq!(open.send_data("6".into(), true), error(0));
        assert_eq!(open.send_data(Bytes::new(), true), Ok(()));
        assert_eq!(peer.send(b"").last(), Some(&Seen::Data(1, 5, true)));
    }
}

const LENGTH: (&str, &str) = ("content-length", "5");

/// A head that ends the message and says that there is content is not sent, except where there is none whatever it says.
#[test]
fn content_length_and_the_end_of_a_response() {
    let error = Err(SendError::ContentLength { left: 5 });
    for (method, status, length, expected) in [
        ("GET", "200", "0", Ok(())),
        ("GET", "200", "5", error),
        ("GET", "404", "5", error),
        ("GET", "304", "5", Ok(())),
        ("GET", "204", "5", Ok(())),
        ("HEAD", "200", "5", Ok(())),
    ] {
        let mut peer = Peer::after_handshake();
        peer.answers = false;
        peer.send(&headers(1, ENDS, &request_with(method, &[])));
        let mut open = peer.connection.stream(stream(1)).unwrap();
        let sent = open.send_response([(":status", status), ("content-length", length)], true);
        assert_eq!(sent, expected, "{method} {status} {length}");
        let number = status.parse().unwrap();
        if expected.is_err() {
            // The stream is as it was, and HPACK in step.
            let mut open = peer.connection.stream(stream(1)).unwrap();
            open.send_response([(":status", status), ("content-length", "0")], true).unwrap();
        }
        assert_eq!(peer.send(b""), [Seen::Response(1, number, true)]);
    }
    // These have no content, even without content-length.
    for status in ["204", "304"] {
        let mut peer = Peer::after_handshake();
        peer.send(&get_waits(1));
        let mut open = peer.connection.stream(stream(1)).unwrap();
        open.send_response([(":status", status), LENGTH], false).unwrap();
        assert_eq!(open.send_data("1".into(), false), Err(SendError::ContentLength { left: 0 }));
        assert_eq!(open.send_data(Bytes::new(), true), Ok(()));
    }
    // What goes through a tunnel is not content.
    let mut peer = Peer::after_handshake();
    peer.send(&headers(1, END_HEADERS, &block(&[(":method", "CONNECT"), (":authority", "a:1")])));
    let mut open = peer.connection.stream(stream(1)).unwrap();
    open.send_response([(":status", "200"), LENGTH], false).unwrap();
    assert_eq!(open.send_data("123456".into(), true), Ok(()));
}

/// Small parts that are given together are one frame, also before trailers, and with large ones between.
#[test]
fn small_parts_share_a_frame() {
    for trailers in [false, true] {
        let mut peer = Peer::after_handshake();
        peer.send(&get_waits(1));
        let mut open = peer.connection.stream(stream(1)).unwrap();
        open.send_response([(":status", "200")], false).unwrap();
        for n in 0..100_u8 {
            open.send_data(vec![n; 10].into(), n == 99 && !trailers).unwrap();
        }
        if trailers {
            open.send_trailers([("check", "sum")]).unwrap();
        }
        let mut seen = vec![Seen::Response(1, 200, false), Seen::Data(1, 1_000, !trailers)];
        seen.extend(trailers.then_some(Seen::Response(1, 0, true)));
        assert_eq!(peer.send(b""), seen);
    }
    let mut peer = Peer::after_handshake();
    peer.send(&get_waits(1));
    let mut open = peer.connection.stream(stream(1)).unwrap();
    open.send_response([(":status", "200")], false).unwrap();
    let parts = [10, 5_000, 20, 20_000, 30].map(|len| vec![u8::try_from(len % 251).unwrap(); len]);
    for part in &parts {
        open.send_data(part.clone().into(), false).unwrap();
    }
    let octets = peer.output();
    assert_eq!(
        peer.read(&octets)[1..],
        [Seen::Data(1, 16_384, false), Seen::Data(1, 8_676, false)],
        "full frames, in order"
    );
    let content: Vec<u8> = parts.concat();
    let first = octets.len() - content.len() - 9;
    assert!(octets[first..first + 16_384] == content[..16_384] && octets.ends_with(&content[16_384..]));
}

/// Padding is in every frame, counts for the windows, and never more than they allow.
#[test]
fn padding_counts_for_the_windows() {
    let mut peer = Peer::after_handshake();
    peer.send(&[get_waits(1), settings(&[(4, 1_000)])].concat());
    let mut open = peer.connection.stream(stream(1)).unwrap();
    open.send_response([(":status", "200")], false).unwrap();
    open.set_padding(99);
    open.send_data(vec![7; 900].into(), false).unwrap();
    let octets = peer.output();
    let at = octets.len() - 1_009;
    // Length 1,000 of which 900 are content; PADDED.
    assert_eq!(octets[at..at + 10], [0, 3, 232, 0, PADDED, 0, 0, 0, 1, 99]);
    assert!(octets[at + 10..at + 910].iter().all(|octet| *octet == 7));
    assert!(octets[at + 910..].iter().all(|octet| *octet == 0));
    // The window is used up.
    let mut open = peer.connection.stream(stream(1)).unwrap();
    open.send_data(vec![7; 60].into(), true).unwrap();
    assert_eq!(peer.output(), []);
    // Where there is little room, half of it is for content.
    for (window, length, flags, content) in
        [(1, 1, 0, 1), (10, 10, PADDED, 5), (1_000, 154, PADDED | END_STREAM, 54)]
    {
        let octets = peer.send_raw(&window_update(1, window));
        assert_eq!(octets[..9], [0, 0, length, 0, flags, 0, 0, 0, 1]);
        assert_eq!(octets.len(), 9 + usize::from(length));
        assert_eq!(octets[9..].split(|octet| *octet == 7).count() - 1, content);
    }
    assert!(peer.connection.stream(stream(1)).is_none());
}

/// Content that is sent at once is padded too.
#[test]
fn padding_of_what_need_not_wait() {
    let mut peer = responding(65_535);
    let mut open = peer.connection.stream(stream(1)).unwrap();
    open.set_padding(3);
    open.send_data("ends".into(), true).unwrap();
    assert_eq!(peer.output(), b"\0\0\x08\0\x09\0\0\0\x01\x03ends\0\0\0");
}

/// Trailers after small content do not pass what others send, and where they are refused the content was sent.
#[test]
fn trailers_behind_small_content() {
    let mut peer = Peer::after_handshake();
    peer.send(&[get_waits(1), get_waits(3)].concat());
    for (id, content) in [(1, vec![0; 20_000]), (3, vec![1; 10])] {
        let mut open = peer.connection.stream(stream(id)).unwrap();
        open.send_response([(":status", "200")], false).unwrap();
        open.send_data(content.into(), false).unwrap();
        open.send_trailers([("check", "sum")]).unwrap();
    }
    let content = peer.send(b"").into_iter().filter(|seen| matches!(seen, Seen::Data(..)));
    assert_eq!(
        content.collect::<Vec<_>>(),
        [Seen::Data(1, 16_384, false), Seen::Data(3, 10, false), Seen::Data(1, 3_616, false)]
    );

    let mut peer = Peer::after_handshake();
    peer.send(&get_waits(1));
    let mut open = peer.connection.stream(stream(1)).unwrap();
    open.send_response([(":status", "200")], false).unwrap();
    open.send_data("small".into(), false).unwrap();
    assert!(matches!(open.send_trailers([("Check", "sum")]), Err(SendError::Fields(_))));
    assert_eq!(peer.send(b"").last(), Some(&Seen::Data(1, 5, false)));
    assert_eq!(peer.events.last().map(|(event, _)| event), Some(&Event::Drained { stream_id: stream(1) }));
    let mut open = peer.connection.stream(stream(1)).unwrap();
    open.send_trailers([("check", "sum")]).unwrap();
    assert_eq!(peer.send(b""), [Seen::Response(1, 0, true)]);
}

/// A request whose response has begun, of which nothing is written yet that follows.
fn responding(window: u32) -> Peer {
    let mut peer = Peer::after_handshake();
    peer.send(&[settings(&[(4, window)]), get_waits(1)].concat());
    peer.connection.stream(stream(1)).unwrap().send_response([(":status", "200")], false).unwrap();
    peer.send(b"");
    peer
}

/// An end without content follows the content that waits, and does not overtake it.
#[test]
fn the_end_waits_for_content_that_waits() {
    let mut peer = responding(0);
    let mut open = peer.connection.stream(stream(1)).unwrap();
    open.send_data("waits".into(), false).unwrap();
    open.send_data(Bytes::new(), true).unwrap();
    assert_eq!(peer.send(b""), []);
    assert_eq!(peer.send(&window_update(1, 3)), [Seen::Data(1, 3, false)]);
    assert_eq!(peer.send(&window_update(1, 9)), [Seen::Data(1, 2, true)]);
}

/// Up to 1,023 bytes are a small part.
#[test]
fn what_is_a_small_part() {
    for (len, expected) in [(1_023, vec![1_026]), (1_024, vec![1_024, 3])] {
        let mut peer = responding(65_535);
        let mut open = peer.connection.stream(stream(1)).unwrap();
        open.send_data(vec![0; len].into(), false).unwrap();
        open.send_data("end".into(), true).unwrap();
        let seen = peer.send(b"");
        let last = expected.len() - 1;
        let frames = expected.iter().enumerate().map(|(index, len)| Seen::Data(1, *len, index == last));
        assert_eq!(seen, frames.collect::<Vec<_>>());
    }
}

/// Who writes and does not ask for events takes no memory by that.
#[test]
fn a_stream_is_drained_once_until_that_is_taken() {
    let mut peer = Peer::after_handshake();
    peer.answers = false;
    peer.send(&[post(1), post(3)].concat());
    let send = |peer: &mut Peer, id: u32| {
        peer.connection.stream(stream(id)).unwrap().send_data("small".into(), false).unwrap();
        peer.output();
    };
    let drained = |peer: &mut Peer| {
        let mut input = BytesMut::new();
        core::iter::from_fn(|| peer.connection.poll_event(&mut input, Duration::ZERO).unwrap())
            .collect::<Vec<_>>()
    };
    for id in [1, 3] {
        peer.connection.stream(stream(id)).unwrap().send_response([(":status", "200")], false).unwrap();
    }
    for id in [1, 3, 1, 1, 3] {
        send(&mut peer, id);
    }
    let one = |id| Event::Drained { stream_id: stream(id) };
    assert_eq!(drained(&mut peer), [one(1), one(3)]);
    send(&mut peer, 3);
    assert_eq!(drained(&mut peer), [one(3)], "it is reported again");
    // It was given more before it was reported.
    send(&mut peer, 1);
    peer.connection.stream(stream(1)).unwrap().send_data("more".into(), false).unwrap();
    assert_eq!(drained(&mut peer), []);
    peer.output();
    assert_eq!(drained(&mut peer), [one(1)]);
}
