//! What is at the edge: calls that a careless application makes, configurations nobody has, and windows and limits that change while
//! something is under way.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use h2wire::frame::{ErrorCode as Code, PREFACE};
use h2wire::{Limits, WriteError};
use h2wire_connection::{Budget, Config, Connection, ConnectionRule, Event, Floods, OpenError, SendError};

use super::*;

/// §6.9.2: with a window below 0 the peer can send nothing that would make this side give back what it holds.
#[test]
fn what_was_released_is_given_back_when_a_window_gets_smaller() {
    let mut peer = Peer::after_handshake();
    peer.send(&[post(1), data(1, 0, &[0; 16_384]).repeat(6)].concat());
    let smaller = peer.connection.config().with_stream_window(1_000);
    peer.connection.update(&smaller).unwrap();
    assert_eq!(peer.send(b""), [Seen::Settings]);
    // The peer has 256 KiB - 96 KiB - (256 KiB - 1,000) bytes left: below 0.
    assert_eq!(peer.send(&frame(4, 1, 0, b"")), [Seen::WindowUpdate(1, 6 * 16_384)]);
    assert_eq!(peer.send(&data(1, 0, &[0; 499])), []);
    assert_eq!(peer.send(&data(1, END_STREAM, &[0; 501])).len(), 2);
}

/// Limits that are lowered and raised again, or lowered twice, before the peer has seen it. §6.5.3
#[test]
fn limits_that_change_twice_hold_as_they_are_acknowledged() {
    let limits = |bytes: u32| Config::default().with_limits(Limits::DEFAULT.with_max_section_size(bytes));
    let ack = frame(4, 1, 0, b"");
    let answered = |id: u32| [Seen::Response(id, 200, false), Seen::Data(id, CONTENT.len(), true)];
    let large = Limits::DEFAULT.max_section_size;
    // 4 fields, of more than 100 bytes.
    let mut peer = Peer::after_handshake();
    peer.connection.update(&limits(100)).unwrap();
    peer.connection.update(&limits(large)).unwrap();
    peer.send(b"");
    assert_eq!(peer.send(&get(1)), answered(1));
    assert_eq!(peer.send(&[ack.clone(), get(3)].concat()), answered(3), "raised already");
    assert_eq!(peer.send(&[ack.clone(), get(5)].concat()), answered(5));

    let mut peer = Peer::after_handshake();
    peer.connection.update(&limits(100)).unwrap();
    peer.connection.update(&limits(99)).unwrap();
    peer.send(b"");
    assert_eq!(peer.send(&get(1)), answered(1), "not seen yet");
    assert_eq!(peer.send(&[ack.clone(), get(3)].concat()), [Seen::Response(3, 431, true)]);
    peer.connection.update(&limits(large)).unwrap();
    peer.send(b"");
    assert_eq!(peer.send(&get(5)), answered(5), "what gets larger holds at once");
    assert_eq!(peer.send(&[ack.clone(), get(7)].concat()), answered(7), "of the second one");
    assert_eq!(peer.send(&[ack, get(9)].concat()), answered(9), "of the third one");
}

#[test]
fn fewer_streams_are_allowed_once_that_is_acknowledged() {
    let mut peer = Peer::after_handshake();
    let fewer = peer.connection.config().with_max_concurrent_streams(1);
    peer.connection.update(&fewer).unwrap();
    assert_eq!(peer.send(&[get_waits(1), get_waits(3)].concat()), [Seen::Settings]);
    assert_eq!(peer.send(&frame(4, 1, 0, b"")), []);
    peer.connection.stream(stream(3)).unwrap().reset(Code::CANCEL);
    assert_eq!(peer.send(&get(5)), [Seen::Reset(3, Code::CANCEL), Seen::Reset(5, Code::REFUSED_STREAM)]);
    // More are allowed at once.
    peer.connection.update(&fewer.with_max_concurrent_streams(2)).unwrap();
    assert_eq!(peer.send(&get_waits(7)), [Seen::Settings]);
    assert_eq!(peer.send(&get(9)), [Seen::Reset(9, Code::REFUSED_STREAM)]);
}

/// Content that was handed out before is not forgotten, or a full window would never open.
#[test]
fn auto_release_may_be_turned_on() {
    let mut peer = Peer::after_handshake_with(&Config::default().with_stream_window(65_535));
    peer.releases = false;
    let full = [data(1, 0, &[0; 16_384]).repeat(3), data(1, 0, &[0; 16_383])].concat();
    assert_eq!(peer.send(&[post(1), full.clone()].concat()), []);
    peer.connection.update(&peer.connection.config().with_auto_release(true)).unwrap();
    assert_eq!(peer.send(b""), [Seen::WindowUpdate(1, 65_535)]);
    assert_eq!(peer.send(&full), [Seen::WindowUpdate(1, 32_768)]);
}

/// An answer that nobody asked for is one of the peer's, whatever is in it.
#[test]
fn answers_to_no_ping_have_a_budget() {
    for data in [b"alive?\0\0", b"farewell", b"12345678"] {
        let mut peer = Peer::after_handshake();
        let seen = peer.send(&frame(6, 1, 0, data).repeat(10_001));
        assert_eq!(seen, [Seen::GoAway(0, Code::ENHANCE_YOUR_CALM)], "{data:?}");
        let mut peer = Peer::after_handshake();
        peer.connection.ping(*data);
        peer.send(&frame(6, 1, 0, data));
        assert_eq!(peer.events.last().map(|(event, _)| event), Some(&Event::Pong { opaque_data: *data }));
    }
}

#[test]
fn an_update_that_fails_changes_nothing() {
    let mut peer = Peer::after_handshake();
    for window in 0..8 {
        peer.connection.update(&peer.connection.config().with_stream_window(window)).unwrap();
    }
    peer.send(b"");
    let options = h2wire::Options::DEFAULT.with_extensions(false);
    let other = peer.connection.config().with_options(options).with_stream_window(9);
    assert!(peer.connection.update(&other).is_err());
    // RFC 9218 §7.1: checked still.
    let seen = peer.send(&frame(0x10, 0, 1, &[0, 0, 0, 1]));
    assert_eq!(seen, [Seen::GoAway(0, Code::PROTOCOL_ERROR)]);
}

#[test]
fn an_abort_may_say_more_than_fits() {
    for len in [0, 16_376, 16_377, 100_000] {
        let mut peer = Peer::after_handshake();
        peer.connection.abort(Code::INTERNAL_ERROR, &vec![b'a'; len]);
        let output = peer.output();
        assert_eq!(output.len(), 9 + 8 + len.min(16_376));
        assert_eq!(peer.read(&output), [Seen::GoAway(0, Code::INTERNAL_ERROR)]);
    }
}

/// §6.8: the last stream of a GOAWAY does not grow, so what is promised above it is ignored.
#[test]
fn a_promise_after_the_last_goaway_is_ignored() {
    let config = Config::default().with_limits(Limits::DEFAULT.with_accept_push(true));
    let promise = |promised: u32| frame(5, END_HEADERS, 1, &[&promised.to_be_bytes()[..], GET].concat());
    let mut peer = Peer::of_client_after_handshake(&config);
    peer.request("GET", true);
    peer.send(&promise(2));
    peer.connection.shut_down();
    peer.send(b"");
    assert_eq!(peer.send(&frame(6, 1, 0, b"farewell")), [Seen::GoAway(2, Code::NO_ERROR)]);
    let events = peer.events.len();
    assert_eq!(peer.send(&[promise(4), headers(4, ENDS, b"\x88")].concat()), []);
    assert_eq!(peer.events.len(), events, "{:?}", peer.events);
    assert_eq!(peer.send(&data(9, 0, b"a")), [Seen::GoAway(2, Code::PROTOCOL_ERROR)]);
}

/// What was under way when this side reset is no error, even if it remembers no stream.
#[test]
fn no_stream_is_remembered() {
    let mut peer = Peer::after_handshake_with(&Config::default().with_remembered_streams(0));
    peer.send(&[post(1), post(3)].concat());
    peer.connection.stream(stream(1)).unwrap().reset(Code::CANCEL);
    let late = [data(1, 0, b"a"), headers(1, ENDS, &block(&[("a", "b")])), window_update(1, 1)];
    assert_eq!(peer.send(&late.concat()), [Seen::Reset(1, Code::CANCEL)]);
    assert_eq!(peer.send(&data(5, 0, b"a")), [Seen::GoAway(3, Code::PROTOCOL_ERROR)]);
}

/// A rate below ten a second is earned too if something else happens all the time.
#[test]
fn a_small_rate_is_not_lost() {
    let floods = Floods::DEFAULT.with_resets(Budget::new(5, 2));
    let mut peer = Peer::after_handshake_with(&Config::default().with_floods(floods));
    for tenth in 0..1_000_u32 {
        peer.now = Duration::from_millis(u64::from(tenth) * 110);
        peer.send(&ping(b"12345678"));
        if tenth.is_multiple_of(10) {
            let id = tenth * 2 + 1;
            assert_eq!(peer.send(&[get_waits(id), rst_stream(id)].concat()), [], "{tenth}");
        }
    }
}

/// The preface and SETTINGS of this side are not the peer's doing: a server cannot even write them before it has read.
#[test]
fn the_smallest_bound_of_output_does_not_stop_a_connection() {
    for bytes in [0, 1, 20] {
        let config = Config::default().with_max_pending_output(bytes);
        let mut peer = Peer::after_handshake_with(&config);
        assert_eq!(peer.send(&get(1)).len(), 2, "{bytes}");
        let mut peer = Peer::of_client(&config);
        assert!(peer.connection.wants_read(), "{bytes}");
        peer.request("GET", true);
        let seen = peer.send(&[settings(&[]), frame(4, 1, 0, b""), headers(1, ENDS, b"\x88")].concat());
        assert_eq!(seen.last(), Some(&Seen::Acknowledged));
        assert!(peer.events.iter().any(|(event, _)| matches!(event, Event::Fields { .. })));
    }
}

/// Two sides that both send much must not wait for each other.
#[test]
fn content_that_waits_does_not_stop_reading() {
    let config = Config::default().with_max_pending_output(1_000);
    let large = || Bytes::from(vec![0; 60_000]);
    let mut peer = Peer::after_handshake_with(&config);
    peer.send(&get_waits(1));
    let mut one = peer.connection.stream(stream(1)).unwrap();
    one.send_response([(":status", "200")], false).unwrap();
    one.send_data(large(), true).unwrap();
    assert!(peer.connection.wants_read() && peer.connection.wants_write());
    let mut input = BytesMut::from(&ping(b"12345678").repeat(100)[..]);
    assert_eq!(peer.connection.poll_event(&mut input, Duration::ZERO), Ok(None));
    assert!(!peer.connection.wants_read() && !input.is_empty(), "what the peer asks for is counted still");

    let mut peer = Peer::of_client_after_handshake(&config);
    let id = peer.request("POST", false);
    peer.connection.stream(id).unwrap().send_data(large(), true).unwrap();
    assert!(peer.connection.wants_read() && peer.connection.wants_write());
}

/// What a server makes of pings does not grow with the requests of a client.
#[test]
fn requests_that_are_written_do_not_count_for_what_waits() {
    let floods = Floods::DEFAULT.with_pings(Budget::UNLIMITED);
    let mut client = Connection::client(&Config::default().with_floods(floods)).unwrap();
    let (mut input, mut output) = (BytesMut::from(&settings(&[])[..]), vec![0; 8_192]);
    let mut longest = 0;
    for _ in 0..200 {
        input.extend_from_slice(&ping(b"12345678").repeat(2_000));
        while client.poll_event(&mut input, Duration::ZERO).unwrap().is_some() {}
        let before = client.wants_read();
        // The path is not indexed: each request is a new one of 4 KiB.
        let path = "/".repeat(4_096);
        let request =
            [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", path.as_str())];
        if let Ok(id) = client.open(request, true) {
            assert_eq!(client.wants_read(), before, "a request does not stop it");
            client.stream(id).unwrap().reset(Code::CANCEL);
        }
        // Nothing is kept from being written for long, but there is always something before it.
        client.fill(&mut output);
        let mut pieces = [[].as_slice(); 64];
        let count = client.transmit(&mut pieces);
        longest = longest.max(pieces[..count].iter().map(|piece| piece.len()).sum());
    }
    assert!(longest < 600_000, "{longest}");
}

/// There is output or there is not.
#[test]
fn a_window_that_was_made_smaller_leaves_nothing_to_write() {
    let mut peer = Peer::after_handshake();
    peer.send(&[settings(&[(4, 100)]), get_waits(1)].concat());
    peer.send(&settings(&[(4, 200)]));
    {
        let mut stream = peer.connection.stream(stream(1)).unwrap();
        stream.send_response([(":status", "200")], false).unwrap();
        stream.send_data(Bytes::from_static(&[0; 1_000]), true).unwrap();
    }
    let mut input = BytesMut::from(&settings(&[(4, 0)])[..]);
    assert_eq!(peer.connection.poll_event(&mut input, Duration::ZERO), Ok(Some(Event::Settings)));
    let mut buf = [0; 4_096];
    assert!(peer.connection.wants_write());
    assert!(peer.connection.fill(&mut buf) > 0);
    assert!(!peer.connection.wants_write());
    assert_eq!(peer.connection.stream(stream(1)).unwrap().queued(), 1_000);
    assert_eq!(peer.send(&window_update(1, 100)), [Seen::Data(1, 100, false)]);
    // Without anything else in the output.
    peer.send(&window_update(1, 100));
    let mut input =
        BytesMut::from(&[window_update(1, 5), settings(&[(4, 0)]), settings(&[(4, 0)])].concat()[..]);
    while peer.connection.poll_event(&mut input, Duration::ZERO).unwrap().is_some() {}
    while peer.connection.wants_write() {
        assert!(peer.connection.fill(&mut buf) > 0);
    }
}

const NO_FIELDS: [(&str, &str); 0] = [];

/// A head where trailers belong, and trailers where a head belongs: the peer could only refuse them. §8.1
#[test]
fn heads_and_trailers_are_not_taken_for_each_other() {
    let missing = |error| matches!(error, Err(OpenError::Fields(WriteError::Malformed(_))));
    let mut peer = Peer::of_client_after_handshake(&Config::default());
    for end_stream in [true, false] {
        assert!(missing(peer.connection.open([("a", "b")], end_stream)));
        assert!(missing(peer.connection.open(NO_FIELDS, end_stream)));
    }
    let id = peer.request("POST", false);
    let request = [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", "/")];
    let mut post = peer.connection.stream(id).unwrap();
    assert!(matches!(post.send_trailers(request), Err(SendError::Fields(WriteError::Malformed(_)))));
    post.send_trailers([("a", "b")]).unwrap();
    assert_eq!(peer.send(b""), [Seen::Request(1, false), Seen::Response(1, 0, true)]);

    let mut peer = Peer::after_handshake();
    peer.send(&get_waits(1));
    let mut get = peer.connection.stream(stream(1)).unwrap();
    get.send_response([(":status", "200")], false).unwrap();
    let again = get.send_trailers([(":status", "200")]);
    assert!(matches!(again, Err(SendError::Fields(WriteError::Malformed(_)))));
    get.send_trailers(NO_FIELDS).unwrap();
    assert_eq!(peer.send(b""), [Seen::Response(1, 200, false), Seen::Response(1, 0, true)]);
}

/// Calls in any order that make no sense. None panics, and none reaches the peer.
#[test]
fn careless_calls() {
    let mut peer = Peer::after_handshake();
    peer.send(&[get_waits(1), post(3), data(3, 0, b"abc")].concat());
    peer.connection.advance(usize::MAX);
    assert_eq!(peer.connection.fill(&mut []), 0);
    assert_eq!(peer.connection.transmit(&mut []), 0);
    let mut three = peer.connection.stream(stream(3)).unwrap();
    three.release(usize::MAX);
    three.release(usize::MAX);
    assert!(three.send_data(Bytes::new(), true).is_err() && three.send_trailers([("a", "b")]).is_err());
    assert_eq!(three.send_response([("a", "b")], true), Err(SendError::StatusMissing));
    assert_eq!(three.send_response(NO_FIELDS, true), Err(SendError::StatusMissing));
    assert!(three.send_response([(":status", "x")], true).is_err());
    assert_eq!(peer.send(b""), []);
    let mut one = peer.connection.stream(stream(1)).unwrap();
    one.send_response([(":status", "200")], false).unwrap();
    assert!(one.send_response([(":status", "103")], false).is_err());
    one.send_data(Bytes::new(), false).unwrap();
    one.send_data(Bytes::new(), true).unwrap();
    assert!(one.send_data(Bytes::new(), true).is_err() && one.send_trailers([("a", "b")]).is_err());
    one.release(7);
    one.reset(Code::CANCEL);
    assert_eq!(peer.send(b""), [Seen::Response(1, 200, false), Seen::Data(1, 0, true)]);
    peer.connection.shut_down();
    peer.connection.shut_down();
    peer.connection.end_of_input();
    peer.connection.end_of_input();
    peer.connection.handle_timeout(Duration::MAX);
    peer.connection.handle_timeout(Duration::ZERO);
    peer.connection.abort(Code::NO_ERROR, b"");
    peer.connection.ping(*b"12345678");
    assert!(peer.connection.is_closed() && peer.connection.deadline().is_none());
    assert!(peer.connection.update(&Config::default()).is_err());
    peer.output();
    assert!(!peer.connection.wants_write());
}

/// All of the numbers of a configuration at once.
#[test]
fn the_ends_of_a_configuration() {
    for number in [0, 1, 0x7fff_ffff, u32::MAX] {
        let floods = Floods::DEFAULT.with_pings(Budget::new(number, number));
        let config = Config::default()
            .with_max_concurrent_streams(number)
            .with_initial_max_streams(number)
            .with_stream_window(number.min(0x7fff_ffff))
            .with_connection_window(number.min(0x7fff_ffff))
            .with_max_pending_output(number)
            .with_remembered_streams(number)
            .with_floods(floods)
            .with_idle_timeout(None)
            .with_settings_timeout(Some(Duration::MAX))
            .with_shutdown_grace(Duration::MAX)
            .with_hash_seed(number);
        let mut peer = Peer::after_handshake_with(&config);
        for id in [1, 3, 5] {
            peer.send(&[post(id), data(id, END_STREAM, b"a")].concat());
        }
        peer.now = Duration::MAX;
        peer.send(&get(7));
        peer.connection.handle_timeout(Duration::MAX);
        peer.connection.shut_down();
        peer.connection.handle_timeout(Duration::MAX);
        peer.send(&ping(b"12345678"));
        let rule = peer.failure.map(|failure| failure.cause);
        assert_eq!(rule.is_some(), number == 0, "{number}: {rule:?}");
        if number == 0 {
            assert_eq!(rule, Some(ConnectionRule::PingFlood.into()));
        }
    }
}

/// A server that is left before it was greeted.
#[test]
fn a_server_that_shuts_down_before_the_preface() {
    let mut peer = Peer::new();
    peer.connection.shut_down();
    assert!(!peer.connection.wants_write() && peer.output().is_empty());
    let seen = peer.send(&[PREFACE.as_slice(), &settings(&[]), &frame(4, 1, 0, b""), &get(1)].concat());
    assert_eq!(seen.first(), Some(&Seen::Settings));
    assert!(seen.contains(&Seen::Data(1, CONTENT.len(), true)), "{seen:?}");
    assert_eq!(peer.send(&frame(6, 1, 0, b"farewell")), [Seen::GoAway(1, Code::NO_ERROR)]);
    assert!(peer.connection.is_closed());
}

/// Both sides leave at once, with a request under way.
#[test]
fn both_sides_leave_at_once() {
    let mut peer = Peer::after_handshake();
    peer.send(&get_waits(1));
    peer.connection.shut_down();
    assert_eq!(peer.send(&goaway(0)).len(), 2);
    assert!(!peer.connection.is_closed());
    peer.respond(stream(1));
    let seen = peer.send(b"");
    assert_eq!(seen.last(), Some(&Seen::GoAway(1, Code::NO_ERROR)), "{seen:?}");
    assert!(peer.connection.is_closed());
}

/// §6.6: promises belong to requests of the client.
#[test]
fn a_promise_on_a_promise() {
    let config = Config::default().with_limits(Limits::DEFAULT.with_accept_push(true));
    let mut peer = Peer::of_client_after_handshake(&config);
    peer.request("GET", true);
    let promise =
        |on: u32, promised: u32| frame(5, END_HEADERS, on, &[&promised.to_be_bytes()[..], GET].concat());
    assert_eq!(peer.send(&promise(1, 2)), [Seen::Request(1, true)]);
    assert_eq!(peer.send(&promise(2, 4)), [Seen::GoAway(2, Code::PROTOCOL_ERROR)]);
}
