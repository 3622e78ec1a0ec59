//! What a connection has to do, and not to do, by itself: what it sends in each state, what it keeps in step. RFC 9113 §5.1, §6.

use h2wire::frame::{ErrorCode as Code, Frame, ParseOptions, SettingId, Settings};
use h2wire::{Limits, Progress};
use h2wire_connection::{Config, Event, FieldsKind, OpenError, SendError};

use super::Expect::{Connection, Nothing};
use super::*;

const MAX: u32 = 0x7fff_ffff;
const OK: &[u8] = b"\x88";
const REQUEST: [(&str, &str); 4] =
    [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", "/pushed")];

/// A server that has promised stream 2 on the request of stream 1.
fn promising() -> Peer {
    let mut peer = Peer::after_handshake();
    peer.send(&get_waits(1));
    assert_eq!(peer.connection.push(stream(1), REQUEST), Ok(stream(2)));
    assert_eq!(peer.send(b""), [Seen::Promise(1, 2)]);
    peer
}

/// A client to which stream 2 was promised on that of its request.
fn promised() -> Peer {
    let takes = Limits::DEFAULT.with_accept_push(true);
    let mut peer = Peer::of_client_after_handshake(&Config::default().with_limits(takes));
    peer.request("GET", true);
    peer.send(&frame(5, END_HEADERS, 1, &[b"\0\0\0\x02", GET].concat()));
    peer
}

/// §5.1, reserved (local)
#[test]
fn a_promise_is_kept_with_its_response_first() {
    let mut peer = promising();
    let mut two = peer.connection.stream(stream(2)).unwrap();
    assert_eq!(two.send_data("a".into(), false), Err(SendError::HeadMissing));
    assert_eq!(two.send_trailers([("a", "b")]), Err(SendError::HeadMissing));
    two.release(9);
    assert_eq!(peer.send(b""), []);
    // The next one is a new stream.
    assert_eq!(peer.connection.push(stream(1), REQUEST), Ok(stream(4)));
    peer.respond(stream(2));
    let seen = peer.send(b"");
    assert_eq!(
        seen,
        [Seen::Promise(1, 4), Seen::Response(2, 200, false), Seen::Data(2, CONTENT.len(), true)]
    );
    peer.connection.stream(stream(4)).unwrap().reset(Code::CANCEL);
    assert_eq!(peer.send(b""), [Seen::Reset(4, Code::CANCEL)]);
}

/// §5.1, reserved (local)
#[test]
fn what_a_client_may_send_on_a_promised_stream() {
    check_by(
        vec![
            ("RST_STREAM", vec![rst_stream(2)], Nothing),
            ("PRIORITY", vec![priority(2, 1)], Nothing),
            ("WINDOW_UPDATE", vec![window_update(2, 1)], Nothing),
            ("DATA", vec![data(2, 0, b"a")], Connection(Code::PROTOCOL_ERROR)),
            ("DATA without content", vec![data(2, END_STREAM, b"")], Connection(Code::PROTOCOL_ERROR)),
            ("HEADERS", vec![get(2)], Connection(Code::PROTOCOL_ERROR)),
            ("CONTINUATION", vec![continuation(2, END_HEADERS, GET)], Connection(Code::PROTOCOL_ERROR)),
        ],
        promising,
    );
}

/// §5.1, reserved (remote)
#[test]
fn a_client_sends_nothing_on_a_promised_stream() {
    let mut peer = promised();
    let mut two = peer.connection.stream(stream(2)).unwrap();
    assert_eq!(two.send_data("a".into(), true), Err(SendError::Ended));
    assert_eq!(two.send_trailers([("a", "b")]), Err(SendError::Ended));
    assert_eq!(two.send_response([(":status", "200")], true), Err(SendError::NotServer));
    assert_eq!(peer.send(&headers(2, END_HEADERS, OK)), []);
    let mut two = peer.connection.stream(stream(2)).unwrap();
    assert_eq!(two.send_data("a".into(), true), Err(SendError::Ended));
    two.reset(Code::CANCEL);
    assert_eq!(peer.send(b""), [Seen::Reset(2, Code::CANCEL)]);
}

/// §6.6
#[test]
fn promises_are_made_on_open_streams_of_the_client() {
    let mut peer = promising();
    for (id, why) in [(3, "idle"), (2, "of the server"), (4, "idle, of the server")] {
        assert_eq!(peer.connection.push(stream(id), REQUEST), Err(OpenError::ParentEnded), "{why}");
    }
    peer.respond(stream(1));
    assert_eq!(peer.connection.push(stream(1), REQUEST), Err(OpenError::ParentEnded), "closed");
    peer.send(&[get_waits(3), rst_stream(3)].concat());
    assert_eq!(peer.connection.push(stream(3), REQUEST), Err(OpenError::ParentEnded), "reset");
    // Open, and half-closed in the other direction.
    peer.send(&[post(5), get_waits(7)].concat());
    assert_eq!(peer.connection.push(stream(5), REQUEST), Ok(stream(4)));
    assert_eq!(peer.connection.push(stream(7), REQUEST), Ok(stream(6)));
    assert_eq!(peer.send(b""), [Seen::Promise(5, 4), Seen::Promise(7, 6)]);
}

/// §5.1.2
#[test]
fn no_more_responses_are_pushed_at_a_time_than_the_client_takes() {
    let mut peer = promising();
    peer.send(&settings(&[(3, 1)]));
    assert_eq!(peer.connection.push(stream(1), REQUEST), Ok(stream(4)), "a promise does not count");
    let head = [(":status", "200")];
    peer.connection.stream(stream(2)).unwrap().send_response(head, false).unwrap();
    let refused = peer.connection.stream(stream(4)).unwrap().send_response(head, false);
    assert_eq!(refused, Err(SendError::TooManyStreams));
    peer.connection.stream(stream(2)).unwrap().send_data("".into(), true).unwrap();
    peer.connection.stream(stream(4)).unwrap().send_response(head, true).unwrap();
    let seen = peer.send(b"");
    assert_eq!(
        seen[1..],
        [Seen::Response(2, 200, false), Seen::Data(2, 0, true), Seen::Response(4, 200, true)]
    );
}

/// §6.5.2
#[test]
fn no_stream_is_a_number_of_streams_like_others() {
    let mut peer = Peer::of_client_after_handshake(&Config::default());
    peer.request("GET", true);
    assert_eq!(peer.send(&settings(&[(3, 0)])), [Seen::Request(1, true), Seen::Acknowledged]);
    assert_eq!(peer.connection.open(REQUEST, true), Err(OpenError::TooManyStreams));
    // The request that is under way goes on.
    assert_eq!(peer.send(&headers(1, ENDS, OK)), []);
    assert_eq!(peer.connection.open(REQUEST, true), Err(OpenError::TooManyStreams));
    peer.send(&settings(&[(3, 1)]));
    assert_eq!(peer.connection.open(REQUEST, true), Ok(stream(3)));
}

/// §5.1, closed; §6.4
#[test]
fn nothing_is_sent_on_a_stream_that_was_reset() {
    let open_windows = [window_update(1, 100), window_update(0, 100), settings(&[(4, 1_000)])].concat();
    for by_peer in [true, false] {
        let mut peer = Peer::after_handshake();
        peer.send(&[settings(&[(4, 5)]), get_waits(1)].concat());
        peer.respond(stream(1));
        assert_eq!(peer.send(b""), [Seen::Response(1, 200, false), Seen::Data(1, 5, false)]);
        let seen = if by_peer {
            peer.send(&rst_stream(1))
        } else {
            peer.connection.stream(stream(1)).unwrap().reset(Code::INTERNAL_ERROR);
            peer.send(b"")
        };
        assert_eq!(seen, if by_peer { vec![] } else { vec![Seen::Reset(1, Code::INTERNAL_ERROR)] });
        assert!(peer.connection.stream(stream(1)).is_none());
        assert_eq!(peer.send(&open_windows), [Seen::Acknowledged]);
    }
}

/// §6.8
#[test]
fn after_goaway_of_the_peer_nothing_is_opened() {
    let mut peer = Peer::of_client_after_handshake(&Config::default());
    peer.request("GET", true);
    peer.send(&frame(7, 0, 0, &[0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0]));
    assert_eq!(peer.connection.open(REQUEST, true), Err(OpenError::GoingAway));
    assert!(!peer.connection.is_closed());

    let mut peer = promising();
    peer.send(&goaway(0));
    assert_eq!(peer.connection.push(stream(1), REQUEST), Err(OpenError::GoingAway));
}

/// §6.8
#[test]
fn the_last_stream_that_is_told_does_not_grow() {
    let mut peer = Peer::after_handshake();
    peer.send(&get_waits(1));
    peer.connection.shut_down();
    let mut told: Vec<Seen> = peer.send(&frame(6, 1, 0, b"farewell"));
    // More requests, which are ignored, then a reason to end it at once.
    told.extend(peer.send(&[get_waits(3), get_waits(5), data(0, 0, b"")].concat()));
    let told: Vec<Seen> = told.into_iter().filter(|seen| matches!(seen, Seen::GoAway(..))).collect();
    assert_eq!(
        told,
        [
            Seen::GoAway(MAX, Code::NO_ERROR),
            Seen::GoAway(1, Code::NO_ERROR),
            Seen::GoAway(1, Code::PROTOCOL_ERROR)
        ]
    );
}

/// §6.8
#[test]
fn what_comes_after_the_last_goaway_keeps_hpack_and_windows_in_step() {
    let mut peer = Peer::after_handshake_with(&Config::default().with_connection_window(65_535));
    peer.send(&post(1));
    peer.connection.shut_down();
    peer.send(&frame(6, 1, 0, b"farewell"));
    // A field is put into the table by a request that is ignored, and used by the trailers of one that is not.
    let ignored = headers(3, END_HEADERS, &[POST, b"\x40\x01a\x01b"].concat());
    assert_eq!(peer.send(&ignored), []);
    let seen = peer.send(&data(3, 0, &[0; 16_000]).repeat(20));
    assert!(seen.iter().all(|seen| matches!(seen, Seen::WindowUpdate(0, _))) && !seen.is_empty(), "{seen:?}");
    let seen = peer.send(&headers(1, ENDS, b"\xbe"));
    assert_eq!(seen, [Seen::Response(1, 200, false), Seen::Data(1, CONTENT.len(), true)]);
    let (event, fields) = peer.events.last().unwrap();
    let trailers = Event::Fields { stream_id: stream(1), kind: FieldsKind::Trailers, end_stream: true };
    assert_eq!((event, fields.get(b"a")), (&trailers, Some(b"b".as_slice())));
}

/// §8.1
#[test]
fn a_response_outlives_the_reset_of_its_request() {
    let mut peer = Peer::of_client_after_handshake(&Config::default());
    let id = peer.request("POST", false);
    let response = [headers(1, END_HEADERS, OK), data(1, END_STREAM, b"done"), frame(3, 0, 1, &[0; 4])];
    peer.send(&response.concat());
    let told: Vec<Event> = peer.events.iter().map(|(event, _)| event.clone()).skip(2).collect();
    let [Event::Fields { kind: FieldsKind::Response, .. }, content, stopped] = &told[..] else {
        panic!("{told:?}")
    };
    assert_eq!(*content, Event::Data { stream_id: id, data: "done".into(), end_stream: true });
    assert_eq!(*stopped, Event::RequestStopped { stream_id: id });
}

/// §8.5
#[test]
fn a_tunnel_has_no_trailers() {
    let mut peer = Peer::of_client_after_handshake(&Config::default());
    let id = peer.request("CONNECT", false);
    // The response may be under way.
    let mut tunnel = peer.connection.stream(id).unwrap();
    assert_eq!(tunnel.send_trailers([("a", "b")]), Err(SendError::Tunnel));
    peer.send(&headers(1, END_HEADERS, OK));
    let mut tunnel = peer.connection.stream(id).unwrap();
    assert_eq!(tunnel.send_trailers([("a", "b")]), Err(SendError::Tunnel));
    tunnel.send_data("a".into(), true).unwrap();
    assert_eq!(peer.send(b""), [Seen::Data(1, 1, true)]);

    let mut peer = Peer::after_handshake();
    peer.send(&headers(1, END_HEADERS, &block(&[(":method", "CONNECT"), (":authority", "a:443")])));
    let mut tunnel = peer.connection.stream(stream(1)).unwrap();
    tunnel.send_response([(":status", "200")], false).unwrap();
    assert_eq!(tunnel.send_trailers([("a", "b")]), Err(SendError::Tunnel));
}

/// The settings of each SETTINGS frame in `octets`.
fn settings_in(mut octets: &[u8]) -> Vec<Vec<(SettingId, u32)>> {
    let mut found = Vec::new();
    while let Progress::Item { item: (_, frame), consumed } =
        Frame::parse(octets, &ParseOptions::DEFAULT).unwrap()
    {
        if let Frame::Settings(Settings::List(list)) = frame {
            found.push(list.iter().map(|setting| (setting.id, setting.value)).collect());
        }
        octets = &octets[consumed..];
    }
    found
}

/// RFC 8441 §3, RFC 9218 §2.1
#[test]
fn what_was_negotiated_at_the_start_does_not_change() {
    for starts_with in [true, false] {
        let config =
            Config::default().with_extended_connect(starts_with).with_rfc7540_priorities(!starts_with);
        let mut peer = Peer::with(&config);
        let first =
            settings_in(&peer.send_raw(&[h2wire::frame::PREFACE.as_slice(), &settings(&[])].concat()));
        for id in [SettingId::ENABLE_CONNECT_PROTOCOL, SettingId::NO_RFC7540_PRIORITIES] {
            assert_eq!(first[0].contains(&(id, 1)), starts_with, "{id:?}");
        }
        let other = Config::default()
            .with_extended_connect(!starts_with)
            .with_rfc7540_priorities(starts_with)
            .with_stream_window(1_000);
        peer.connection.update(&other).unwrap();
        let next = settings_in(&peer.send_raw(b""));
        assert_eq!(next, [[(SettingId::INITIAL_WINDOW_SIZE, 1_000)]]);
    }
}

/// A server that changes its settings before it was greeted, with room for no answer: it writes nothing before it has read the preface.
#[test]
fn what_cannot_be_written_yet_does_not_stop_reading() {
    let mut peer = Peer::with(&Config::default().with_max_pending_output(0));
    peer.connection.update(&peer.connection.config().with_stream_window(1_000)).unwrap();
    assert!(peer.connection.wants_read() && !peer.connection.wants_write());
    let seen = peer.send(&[h2wire::frame::PREFACE.as_slice(), &settings(&[]), &get(1)].concat());
    assert_eq!(seen[..2], [Seen::Settings, Seen::WindowUpdate(0, (1 << 20) - 65_535)]);
    assert_eq!(seen.last(), Some(&Seen::Data(1, CONTENT.len(), true)), "{seen:?}");
}

/// RFC 9218 §2.1: who says that it sends no priorities of RFC 7540 is believed, even where they are checked.
#[test]
fn priorities_that_were_given_up_are_ignored() {
    let checks = Config::default().with_rfc7540_priorities(true);
    let trailers =
        headers(3, ENDS | PRIORITY, &[b"\0\0\0\x03\x09".as_slice(), &block(&[("a", "b")])].concat());
    let on_itself = headers(5, ENDS | PRIORITY, &[b"\0\0\0\x05\x09".as_slice(), GET].concat());
    for (value, ignored) in [(1, true), (0, false)] {
        let mut peer = Peer::after_handshake_with(&checks);
        let frames = [settings(&[(9, value)]), post(3), priority(3, 3), trailers.clone(), on_itself.clone()];
        let seen = peer.send(&frames.concat());
        assert_eq!(peer.connection.peer_settings().no_rfc7540_priorities, ignored);
        assert_eq!(!seen.iter().any(Seen::is_error), ignored, "{seen:?}");
    }
}

/// RFC 9218 §7.1
#[test]
fn no_more_streams_have_a_priority_than_may_be_opened() {
    let update = |id: u32| frame(0x10, 0, 0, &[&id.to_be_bytes()[..], b"u=1"].concat());
    check_by(
        vec![
            ("as many as may be", vec![update(1), update(3), update(5)], Nothing),
            ("again", vec![update(1), update(3), update(5), update(1), update(5)], Nothing),
            ("one more", [1, 3, 5, 7].map(update).to_vec(), Connection(Code::PROTOCOL_ERROR)),
            ("with an open one", vec![get_waits(1), update(3), update(5)], Nothing),
            (
                "one more, with an open one",
                vec![get_waits(1), update(3), update(5), update(7)],
                Connection(Code::PROTOCOL_ERROR),
            ),
            ("of those that are open", vec![get_waits(1), get_waits(3), update(1), update(5)], Nothing),
            ("those that were passed over", vec![update(1), update(3), get_waits(7), update(9)], Nothing),
        ],
        || Peer::after_handshake_with(&Config::default().with_max_concurrent_streams(3)),
    );
    // Until it has acknowledged the limit a client need not know it.
    let mut peer = Peer::with(&Config::default().with_max_concurrent_streams(1));
    let start = [h2wire::frame::PREFACE.as_slice(), &settings(&[]), &update(1), &update(3)].concat();
    assert!(!peer.send(&start).iter().any(Seen::is_error));
    let seen = peer.send(&[frame(4, 1, 0, b""), update(5)].concat());
    assert_eq!(seen, [Seen::GoAway(0, Code::PROTOCOL_ERROR)]);
}

/// RFC 7838 §4, RFC 8336 §2.2
#[test]
fn a_server_ignores_what_is_meant_for_clients() {
    check(vec![
        ("ALTSVC", vec![frame(0x0a, 0, 0, b"\0\x01oh3=\":443\"")], Nothing),
        ("ALTSVC on a stream", vec![get_waits(1), frame(0x0a, 0, 1, b"\0\0h3=\":443\"")], Nothing),
        ("ORIGIN", vec![frame(0x0c, 0, 0, b"\0\x01o")], Nothing),
    ]);
}
