//! What is said of a failure, of an end, and of what cannot be sent.

use std::time::Duration;

use super::*;
use h2wire::frame::{FrameHeader, FrameType, PREFACE};
use h2wire::{EndOfInput, Malformed, Rule, WriteError};
use h2wire_connection::{Config, ConfigError, Connection, Event, OpenError, ResetReason, SendError};

/// The frame and the byte where it starts, whatever the input was cut into.
#[test]
fn a_failure_says_where() {
    let start = [PREFACE.as_slice(), &settings(&[])].concat();
    for (wrong, text) in [
        (
            frame(0, 0, 1, b"abc"),
            "DATA came on a stream that nobody opened (RFC 9113 §5.1), in DATA stream 1, 3 bytes",
        ),
        (frame(0, 0, 0, b""), "a DATA frame is on stream 0 (RFC 9113 §6.1), in DATA stream 0, 0 bytes"),
        (
            headers(1, ENDS, b"\xff\xff\xff\xff\xff\xff"),
            "(RFC 7541 §5.1), in HEADERS stream 1, 6 bytes, END_STREAM END_HEADERS",
        ),
    ] {
        for piece in [1, 7, usize::MAX] {
            let mut peer = Peer::new();
            for octets in [&start[..], &ping(b"12345678"), &wrong].concat().chunks(piece) {
                peer.send(octets);
            }
            let failure = peer.failure.unwrap();
            let expected = format!("{text}, at byte {}", start.len() + 17);
            assert!(failure.to_string().ends_with(&expected), "{failure}");
            assert_eq!(failure.offset, Some(start.len() as u64 + 17));
            assert_eq!(peer.connection.failure(), Some(failure));
        }
    }
    // Nothing before the preface is a frame, and time has no place.
    let mut peer = Peer::new();
    peer.send(b"GET / HTTP/1.1\r\n\r\n");
    let failure = peer.failure.unwrap();
    assert_eq!((failure.frame, failure.offset), (None, Some(0)));
    let mut peer = Peer::after_handshake();
    peer.connection.handle_timeout(Duration::MAX);
    let failure = peer.connection.failure().unwrap();
    assert_eq!((failure.frame, failure.offset), (None, None));
    // Other protocols are known before there is room for a header, and have none.
    for piece in [1, usize::MAX] {
        let mut peer = Peer::of_client(&Config::DEFAULT);
        b"HTTP/1.1 400 Bad Request\r\n\r\n".chunks(piece).for_each(|octets| _ = peer.send(octets));
        let failure = peer.failure.unwrap();
        assert_eq!((failure.frame, failure.offset), (None, Some(0)));
    }
    // A client sees frames from the first byte.
    let mut peer = Peer::of_client(&Config::DEFAULT);
    peer.send(&ping(b"12345678"));
    let failure = peer.failure.unwrap();
    assert_eq!(failure.frame.map(|frame: FrameHeader| frame.frame_type), Some(FrameType::PING));
    assert_eq!(failure.offset, Some(0));
}

#[test]
fn an_end_of_the_input_says_what_is_missing() {
    let whole = [PREFACE.as_slice(), &settings(&[]), &get(1)].concat();
    let block = headers(3, 0, b"\x82");
    for (octets, missing) in [
        (whole.clone(), EndOfInput::Clean),
        ([&whole[..], b"\0\0"].concat(), EndOfInput::InsideFrame { have: 2, need: 9 }),
        ([&whole[..], &ping(b"12345678")[..12]].concat(), EndOfInput::InsideFrame { have: 12, need: 17 }),
        ([&whole[..], &block].concat(), EndOfInput::InsideFieldBlock { stream_id: stream(3) }),
        (PREFACE.to_vec(), EndOfInput::BeforeSettings),
        (Vec::new(), EndOfInput::BeforeSettings),
    ] {
        let mut connection = Connection::server(&Config::DEFAULT).unwrap();
        let mut input = bytes::BytesMut::from(&octets[..]);
        while connection.poll_event(&mut input, Duration::ZERO).unwrap().is_some() {}
        assert_eq!(connection.missing(&input), Ok(missing));
        connection.end_of_input();
        while connection.poll_event(&mut input, Duration::ZERO).unwrap().is_some() {}
        assert_eq!(connection.missing(&input), Ok(missing), "and after it");
    }
    let mut peer = Peer::after_handshake();
    peer.send(&data(1, 0, b""));
    assert_eq!(peer.connection.missing(b""), Err(peer.failure.unwrap()));
}

#[test]
fn heads_without_their_pseudo_fields_are_named() {
    let mut peer = Peer::after_handshake();
    peer.send(&get_waits(1));
    let mut get = peer.connection.stream(stream(1)).unwrap();
    for fields in [&[("a", "b")][..], &[("a", "b"), (":status", "200")], &[]] {
        assert_eq!(get.send_response(fields.iter().copied(), true), Err(SendError::StatusMissing));
    }
    // It would end the stream, and the response be missing.
    assert_eq!(get.send_response([(":status", "103")], true), Err(SendError::InterimEnds));
    get.send_response([(":status", "103")], false).unwrap();
    get.send_response([(":status", "204")], true).unwrap();
    assert_eq!(peer.send(b""), [Seen::Response(1, 103, false), Seen::Response(1, 204, true)]);

    let mut peer = Peer::of_client_after_handshake(&Config::DEFAULT);
    for (fields, rule) in [
        (&[("a", "b")][..], Malformed::MethodMissing),
        (&[("a", "b"), (":method", "GET")], Malformed::PseudoFieldLate),
    ] {
        let Err(OpenError::Fields(WriteError::Malformed(breach))) =
            peer.connection.open(fields.iter().copied(), true)
        else {
            panic!("taken")
        };
        assert_eq!(Rule::Malformed(breach.malformed), Rule::Malformed(rule));
    }
}

#[test]
fn a_time_of_nothing_is_refused() {
    let zero = Some(Duration::ZERO);
    let plain = Config::DEFAULT;
    for config in [
        plain.with_settings_timeout(zero),
        plain.with_idle_timeout(zero),
        plain.with_field_block_timeout(zero),
    ] {
        assert_eq!(Connection::server(&config).unwrap_err(), ConfigError::Timeout);
        assert_eq!(Connection::client(&config).unwrap_err(), ConfigError::Timeout);
    }
}

/// The field that breaks a rule of a stream, in each kind of section and however the input is cut; no field if none is at fault.
#[test]
fn a_broken_stream_says_which_field() {
    const GOOD: &[u8] = b"\0\x01x\x01y";
    const WRONG: &[u8] = b"\0\x01X\x01y";
    const OK: &[u8] = b"\x88";
    let join = |parts: &[&[u8]]| parts.concat();
    let limits = h2wire::Limits::DEFAULT.with_accept_push(true);
    let of_requests = [
        (headers(1, ENDS, &join(&[GET, GOOD, WRONG, WRONG])), Some((5, b"X".as_slice()))),
        // Trailers.
        (join(&[&post(1), &headers(1, ENDS, &join(&[GOOD, WRONG]))]), Some((1, b"X"))),
        // What is missing is no field, and no other frame has one.
        (headers(1, ENDS, b"\x82"), None),
        (join(&[&post(1), &frame(8, 0, 1, &[0; 4])]), None),
    ];
    let of_responses = [
        (headers(1, ENDS, &join(&[OK, WRONG])), Some((1, b"X".as_slice()))),
        (frame(5, END_HEADERS, 1, &join(&[&[0, 0, 0, 2], GET, WRONG])), Some((4, b"X"))),
        (join(&[&headers(1, END_HEADERS, OK), &headers(1, ENDS, OK)]), None),
        (join(&[&headers(1, END_HEADERS, b"\x88\x0f\x0d\x011"), &data(1, END_STREAM, b"ab")]), None),
    ];
    let of_requests = of_requests.map(|case| (false, case));
    for (by_server, (octets, expected)) in
        of_requests.into_iter().chain(of_responses.map(|case| (true, case)))
    {
        for cut in CUTS {
            let mut peer = if by_server {
                Peer::of_client_after_handshake(&Config::DEFAULT.with_limits(limits))
            } else {
                Peer::after_handshake()
            };
            if by_server {
                peer.request("GET", true);
            }
            peer.answers = false;
            cut.pieces(&octets).for_each(|piece| _ = peer.send(piece));
            let (event, fields) = peer.events.last().unwrap();
            let Event::Reset { reason: reason @ ResetReason::Broken { cause, field }, .. } = event else {
                panic!("{event:?}")
            };
            let found = field.map(|index| (index, fields.iter().nth(index as usize).unwrap().name));
            assert_eq!(found, expected, "{octets:x?} {cut:?}");
            let place = field.map_or_else(String::new, |index| format!(" with the field at index {index}"));
            assert_eq!(reason.to_string(), format!("the peer broke a rule{place}: {cause}"));
        }
    }
}
