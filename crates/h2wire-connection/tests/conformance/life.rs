//! Settings that are acknowledged, PING, GOAWAY, time, and floods. RFC 9113 §6.5.3, §6.7, §6.8, §10.5.

use std::time::Duration;

use h2wire::frame::ErrorCode as Code;

use super::*;
use h2wire_connection::{Budget, Config, Connection, Event, Floods, ResetReason};

const MAX: u32 = 0x7fff_ffff;

#[test]
fn a_ping_is_answered_before_content_that_waits() {
    let mut peer = Peer::after_handshake();
    peer.send(&[settings(&[(4, MAX)]), window_update(0, MAX - 65_535), get_waits(1)].concat());
    peer.respond_with(stream(1), &vec![0; 300_000]);
    let seen = peer.send(&ping(b"abcdefgh"));
    let at = seen.iter().position(|seen| *seen == Seen::Pong(*b"abcdefgh")).unwrap();
    assert!(at <= 1, "{seen:?}");
}

#[test]
fn every_settings_frame_is_acknowledged_once() {
    let mut peer = Peer::after_handshake();
    assert_eq!(peer.send(&settings(&[(3, 1), (9_999, 7)]).repeat(3)), vec![Seen::Acknowledged; 3]);
}

#[test]
fn a_peer_that_leaves_gets_its_answers_first() {
    let mut peer = Peer::after_handshake();
    assert_eq!(peer.send(&[get_waits(1), goaway(0)].concat()), []);
    assert!(!peer.connection.is_closed());
    peer.respond(stream(1));
    let seen = peer.send(b"");
    assert!(seen.contains(&Seen::Data(1, CONTENT.len(), true)));
    assert_eq!(seen.last(), Some(&Seen::GoAway(1, Code::NO_ERROR)));
    assert!(peer.connection.is_closed());
}

#[test]
fn who_has_sent_all_is_answered_still() {
    let mut peer = Peer::after_handshake();
    peer.send(&[get_waits(1), post(3)].concat());
    peer.connection.end_of_input();
    assert!(!peer.connection.is_closed());
    peer.respond(stream(1));
    let seen = peer.send(b"");
    assert!(seen.contains(&Seen::Data(1, CONTENT.len(), true)), "{seen:?}");
    assert!(peer.connection.is_closed());

    let mut peer = Peer::new();
    peer.connection.end_of_input();
    assert!(peer.connection.is_closed() && peer.output().is_empty());
}

/// What the windows hold is sent; for the rest nobody would open them.
#[test]
fn who_has_sent_all_and_opens_no_window_is_given_up() {
    for (windows, sent) in [(65_535, 65_535), (70_000, 65_535), (100, 100)] {
        let mut peer = Peer::after_handshake();
        peer.send(&settings(&[(4, windows)]));
        peer.send(&get_waits(1));
        peer.connection.end_of_input();
        let mut answer = peer.connection.stream(stream(1)).unwrap();
        answer.send_response([(":status", "200")], false).unwrap();
        answer.send_data(vec![0; 70_001].into(), true).unwrap();
        let seen = peer.send(b"");
        let data = |seen: &Seen| if let Seen::Data(1, len, false) = seen { *len } else { 0 };
        assert_eq!(seen.iter().map(data).sum::<usize>(), sent);
        assert_eq!(seen.last(), Some(&Seen::GoAway(1, Code::NO_ERROR)));
        let (error_code, reason) = (Code::CANCEL, ResetReason::EndOfInput);
        let reset = Event::Reset { stream_id: stream(1), error_code, reason };
        assert_eq!(peer.events.last().map(|(event, _)| event), Some(&reset));
        assert!(peer.connection.is_closed());
    }
}

#[test]
fn a_graceful_shutdown_warns_then_finishes() {
    for answers_ping in [true, false] {
        let mut peer = Peer::after_handshake();
        peer.send(&get_waits(1));
        peer.connection.shut_down();
        let seen = peer.send(b"");
        assert_eq!(seen, [Seen::GoAway(MAX, Code::NO_ERROR), Seen::Ping(*b"farewell")]);
        // Requests in flight are answered.
        assert_eq!(peer.send(&get(3)).len(), 2);
        let seen = if answers_ping {
            peer.send(&frame(6, 1, 0, b"farewell"))
        } else {
            assert_eq!(peer.connection.deadline(), Some(Duration::from_secs(1)));
            peer.connection.handle_timeout(Duration::from_secs(1));
            peer.send(b"")
        };
        assert_eq!(seen, [Seen::GoAway(3, Code::NO_ERROR)]);
        // Later frames are ignored, but HPACK and windows stay in step.
        assert_eq!(peer.send(&[post(5), data(5, END_STREAM, b"a"), window_update(5, 1)].concat()), []);
        peer.respond(stream(1));
        assert_eq!(peer.send(b"").len(), 2);
        assert!(peer.connection.is_closed());
    }
}

#[test]
fn settings_have_to_be_acknowledged_in_time() {
    let mut peer = Peer::new();
    peer.send(&[h2wire::frame::PREFACE.as_slice(), &settings(&[])].concat());
    let due = Config::default().settings_timeout.unwrap();
    assert_eq!(peer.connection.deadline(), Some(due));
    peer.connection.handle_timeout(due);
    assert_eq!(peer.send(b""), [Seen::GoAway(0, Code::SETTINGS_TIMEOUT)]);
    assert_eq!(peer.connection.deadline(), None);
}

#[test]
fn an_idle_connection_ends() {
    let mut peer = Peer::after_handshake();
    peer.now = Duration::from_secs(100);
    peer.send(&get(1));
    let due = peer.now + Config::default().idle_timeout.unwrap();
    assert_eq!(peer.connection.deadline(), Some(due));
    peer.connection.handle_timeout(peer.now + Duration::from_secs(100));
    assert!(!peer.connection.is_closed());
    peer.connection.handle_timeout(due);
    assert_eq!(peer.send(b""), [Seen::GoAway(1, Code::NO_ERROR)]);
}

/// Requests, content, and windows that let content go.
#[test]
fn what_is_activity() {
    let idle = Config::default().idle_timeout.unwrap();
    let cases: [(&str, Vec<u8>, bool); 15] = [
        ("a request", get_waits(9), true),
        ("content", data(3, 0, b"a"), true),
        ("the end of content", data(3, END_STREAM, b""), true),
        ("trailers", headers(3, ENDS, &block(&[("a", "b")])), true),
        ("a window that is used", window_update(1, 1), true),
        ("a setting that opens a window", settings(&[(4, 5)]), true),
        ("no content", data(3, 0, b""), false),
        ("a window that is not used", window_update(3, 1), false),
        ("the connection's window", window_update(0, 1), false),
        ("PING", ping(b"12345678"), false),
        ("SETTINGS", settings(&[(3, 100)]), false),
        ("PRIORITY", priority(1, 5), false),
        ("unknown", frame(0xbe, 0, 0, b""), false),
        ("RST_STREAM", rst_stream(3), false),
        ("a malformed request", headers(9, ENDS, &block(&[("A", "b")])), false),
    ];
    for (name, octets, is_activity) in cases {
        let mut peer = Peer::after_handshake();
        // Of the first answer there is more than the window takes.
        peer.send(&[settings(&[(4, 4)]), get(1), post(3)].concat());
        peer.now = idle.saturating_sub(Duration::from_secs(1));
        peer.send(&octets);
        peer.connection.handle_timeout(idle);
        assert_eq!(peer.connection.is_closed(), !is_activity, "{name}");
        peer.connection.handle_timeout(peer.now + idle);
        assert!(peer.connection.is_closed(), "{name}");
    }
}

/// As many as may be open, of which nothing is taken.
#[test]
fn answers_that_are_not_taken_are_not_kept_alive_by_ping() {
    let mut peer = Peer::after_handshake();
    let requests: Vec<u8> = (0..128).flat_map(|id| get(id * 2 + 1)).collect();
    peer.send(&[settings(&[(4, 0)]), requests].concat());
    let idle = Config::default().idle_timeout.unwrap();
    let mut seen = Vec::new();
    while !peer.connection.is_closed() {
        peer.now += Duration::from_secs(10);
        assert!(peer.now <= idle);
        peer.connection.handle_timeout(peer.now);
        seen = peer.send(&[ping(b"12345678"), settings(&[]), window_update(0, 1)].concat());
    }
    assert_eq!((peer.now, seen), (idle, vec![Seen::GoAway(255, Code::NO_ERROR)]));
}

/// Frames of attacks, each far more often than anybody needs them.
#[test]
fn floods_end_the_connection() {
    type Flood<'f> = (&'static str, &'f dyn Fn(u32) -> Vec<u8>);
    let reset = |id: u32| [post(id * 2 + 1), rst_stream(id * 2 + 1)].concat();
    let malformed = |id: u32| headers(id * 2 + 1, ENDS, &block(&[("A", "b")]));
    let floods: [Flood<'_>; 8] = [
        ("rapid reset", &reset),
        ("malformed requests", &malformed),
        ("made to reset", &|id| [get_waits(id * 2 + 1), window_update(id * 2 + 1, 0)].concat()),
        ("PING", &|_| ping(b"12345678")),
        ("SETTINGS", &|_| settings(&[])),
        ("PRIORITY", &|_| priority(1, 3)),
        ("unknown frames", &|_| frame(0xbe, 0, 0, b"")),
        ("WINDOW_UPDATE", &|_| window_update(0, 1)),
    ];
    for (name, flood) in floods {
        let mut peer = Peer::after_handshake();
        let octets: Vec<u8> = (0..20_000).flat_map(flood).collect();
        let seen = peer.send(&octets);
        assert!(
            matches!(seen.last(), Some(Seen::GoAway(_, Code::ENHANCE_YOUR_CALM))),
            "{name}: {:?}",
            seen.last()
        );
    }
}

#[test]
fn empty_frames_end_the_connection() {
    let mut peer = Peer::after_handshake();
    let seen = peer.send(&[post(1), data(1, 0, b"").repeat(1_100)].concat());
    assert_eq!(seen.last(), Some(&Seen::GoAway(1, Code::ENHANCE_YOUR_CALM)));
    let mut peer = Peer::after_handshake();
    let seen = peer.send(&[headers(1, END_STREAM, GET), continuation(1, 0, b"").repeat(100)].concat());
    assert_eq!(seen.last(), Some(&Seen::GoAway(0, Code::ENHANCE_YOUR_CALM)));
}

#[test]
fn who_does_not_read_is_not_read_from() {
    let mut connection = Connection::server(&Config::default()).unwrap();
    let head = request_with("HEAD", &[]);
    let requests: Vec<u8> = (0..40_000).flat_map(|id| headers(id * 2 + 1, ENDS, &head)).collect();
    let floods = [requests, ping(b"12345678").repeat(100_000), settings(&[]).repeat(100_000)];
    for flood in floods {
        let mut peer = Peer::after_handshake_with(&Config::default().with_floods(UNLIMITED));
        core::mem::swap(&mut connection, &mut peer.connection);
        let mut input = bytes::BytesMut::from(flood.as_slice());
        while let Some(event) = connection.poll_event(&mut input, peer.now).unwrap() {
            if let Event::Fields { stream_id, .. } = event {
                let mut stream = connection.stream(stream_id).unwrap();
                stream.send_response([(":status", "200")], true).unwrap();
            }
        }
        assert!(!connection.wants_read() && connection.wants_write() && input.len() > flood.len() / 8);
        let mut output = vec![0; 1 << 20];
        assert!((256 << 10..300_000).contains(&connection.fill(&mut output)));
        let before = input.len();
        assert!(connection.wants_read());
        let _ = connection.poll_event(&mut input, peer.now).unwrap();
        assert!(input.len() < before);
    }
}

const UNLIMITED: Floods = Floods::DEFAULT.with_pings(Budget::UNLIMITED).with_settings(Budget::UNLIMITED);

#[test]
fn frames_are_made_when_they_are_asked_for() {
    let mut peer = Peer::after_handshake();
    peer.send(&[settings(&[(4, MAX)]), window_update(0, MAX - 65_535), get_waits(1)].concat());
    peer.respond_with(stream(1), &vec![0; 1 << 20]);
    let mut pieces = [[].as_slice(); 100];
    let count = peer.connection.transmit(&mut pieces);
    let len = pieces[..count].concat().len();
    assert!((64 << 10..84 << 10).contains(&len), "{len}");
}

#[test]
fn many_requests_that_are_answered_are_no_flood() {
    let mut peer = Peer::after_handshake();
    for id in (1..20_001).step_by(2) {
        let seen = peer.send(&get(id));
        assert_eq!(seen.len(), 2, "{id}: {seen:?}");
        // A connection that lasts: the window is opened as content is read.
        peer.send(&window_update(0, 10));
    }
    // And as many may be cancelled as were answered.
    for id in (20_001..30_001).step_by(2) {
        assert_eq!(peer.send(&[get_waits(id), rst_stream(id)].concat()), []);
    }
}

#[test]
fn budgets_are_for_an_interval() {
    let mut peer = Peer::after_handshake();
    for second in 0..100 {
        peer.now = Duration::from_secs(second * 10);
        assert!(!peer.send(&ping(b"12345678").repeat(9_000)).iter().any(Seen::is_error));
    }
}

/// A server may send some for each request: only those without a response are a flood.
#[test]
fn interim_responses_of_answered_requests_are_no_flood() {
    let head = [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", "/")];
    let floods = Floods::DEFAULT.with_interim(Budget::new(4, 0));
    let mut peer = Peer::of_client_after_handshake(&Config::default().with_floods(floods));
    let interim = |id| headers(id, END_HEADERS, b"\x08\x03103");
    for _ in 0..100 {
        let id = peer.connection.open(head, true).unwrap().get();
        peer.send(&[interim(id).repeat(4), headers(id, END_HEADERS | END_STREAM, b"\x88")].concat());
        assert_eq!(peer.failure, None);
    }
    let id = peer.connection.open(head, true).unwrap().get();
    peer.send(&interim(id).repeat(5));
    assert_eq!(peer.failure.unwrap().cause.name(), "interim_flood");
}
