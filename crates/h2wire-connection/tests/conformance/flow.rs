//! Windows. RFC 9113 §5.2, §6.9.

use h2wire::frame::ErrorCode as Code;

use super::Expect::{Connection, Stream};
use super::*;

const INITIAL_WINDOW_SIZE: u16 = 4;
const MAX: u32 = 0x7fff_ffff;

fn after_settings(initial_window_size: u32) -> Peer {
    let mut peer = Peer::after_handshake();
    assert_eq!(peer.send(&settings(&[(INITIAL_WINDOW_SIZE, initial_window_size)])), [Seen::Acknowledged]);
    peer
}

#[test]
fn errors() {
    let window = |id, increment| window_update(id, increment);
    let set = |value| settings(&[(INITIAL_WINDOW_SIZE, value)]);
    check(vec![
        ("0, connection", vec![window(0, 0)], Connection(Code::PROTOCOL_ERROR)),
        ("0, stream", vec![get_waits(1), window(1, 0)], Stream(1, Code::PROTOCOL_ERROR)),
        ("0 and the reserved bit", vec![get_waits(1), window(1, 1 << 31)], Stream(1, Code::PROTOCOL_ERROR)),
        ("overflow, connection", vec![window(0, MAX), window(0, MAX)], Connection(Code::FLOW_CONTROL_ERROR)),
        (
            "overflow by one",
            vec![window(0, MAX - 65_535), window(0, 1)],
            Connection(Code::FLOW_CONTROL_ERROR),
        ),
        ("as large as it can be", vec![window(0, MAX - 65_535), get(1)], Expect::Answered(1)),
        (
            "overflow, stream",
            vec![post(1), window(1, MAX), window(1, MAX)],
            Stream(1, Code::FLOW_CONTROL_ERROR),
        ),
        (
            "overflow by SETTINGS",
            vec![get_waits(1), window(1, MAX - 65_535), set(65_536)],
            Connection(Code::FLOW_CONTROL_ERROR),
        ),
        (
            "SETTINGS in their order",
            vec![get_waits(1), window(1, MAX - 65_535), set(1), set(65_535)],
            Expect::Nothing,
        ),
    ]);
}

#[test]
fn what_is_sent_keeps_to_the_stream_window() {
    let mut peer = after_settings(1);
    assert_eq!(peer.send(&get(1)), [Seen::Response(1, 200, false), Seen::Data(1, 1, false)]);
    assert_eq!(peer.send(&window_update(1, 4)), [Seen::Data(1, 4, false)]);
    assert_eq!(peer.send(&window_update(1, 100)), [Seen::Data(1, 5, true)]);
}

#[test]
fn what_is_sent_keeps_to_the_connection_window() {
    let mut peer = Peer::after_handshake();
    peer.send(&settings(&[(INITIAL_WINDOW_SIZE, MAX)]));
    peer.send(&[get_waits(1), get_waits(3)].concat());
    for id in [1, 3] {
        peer.respond_with(stream(id), &vec![0; 40_000]);
    }
    let lens = |seen: &[Seen]| -> usize {
        seen.iter().map(|seen| if let Seen::Data(_, len, _) = seen { *len } else { 0 }).sum()
    };
    let seen = peer.send(b"");
    assert_eq!(lens(&seen), 65_535);
    // Both have had their turns.
    assert!(
        [1, 3]
            .iter()
            .all(|id| seen.iter().any(|seen| matches!(seen, Seen::Data(stream, ..) if stream == id)))
    );
    assert_eq!(lens(&peer.send(&window_update(0, 10))), 10);
    assert_eq!(lens(&peer.send(&window_update(0, 100_000))), 80_000 - 65_545);
}

#[test]
fn an_initial_window_of_0_is_opened_by_settings() {
    let mut peer = after_settings(0);
    assert_eq!(peer.send(&get(1)), [Seen::Response(1, 200, false)]);
    let seen = peer.send(&settings(&[(INITIAL_WINDOW_SIZE, 1)]));
    assert_eq!(seen, [Seen::Acknowledged, Seen::Data(1, 1, false)]);
}

#[test]
fn a_window_below_0_has_to_be_filled_first() {
    let mut peer = after_settings(3);
    assert_eq!(peer.send(&get(1)), [Seen::Response(1, 200, false), Seen::Data(1, 3, false)]);
    assert_eq!(peer.send(&settings(&[(INITIAL_WINDOW_SIZE, 1)])), [Seen::Acknowledged]);
    assert_eq!(peer.send(&window_update(1, 2)), []);
    assert_eq!(peer.send(&window_update(1, 1)), [Seen::Data(1, 1, false)]);
}

#[test]
fn of_repeated_settings_the_last_counts() {
    let mut peer = Peer::after_handshake();
    peer.send(&settings(&[(INITIAL_WINDOW_SIZE, 100), (INITIAL_WINDOW_SIZE, 2)]));
    assert_eq!(peer.send(&get(1)), [Seen::Response(1, 200, false), Seen::Data(1, 2, false)]);
}

#[test]
fn an_end_without_content_needs_no_window() {
    let mut peer = after_settings(0);
    peer.send(&get_waits(1));
    peer.respond_with(stream(1), b"");
    assert_eq!(peer.send(b""), [Seen::Response(1, 200, false), Seen::Data(1, 0, true)]);
}

#[test]
fn frames_are_as_long_as_the_peer_takes_them() {
    let mut peer = Peer::after_handshake();
    peer.send(&[settings(&[(INITIAL_WINDOW_SIZE, MAX), (5, 20_000)]), get_waits(1)].concat());
    peer.respond_with(stream(1), &vec![0; 30_000]);
    let octets = peer.send_raw(b"");
    let headers = 9 + usize::from(octets[2]);
    assert_eq!(octets[headers..headers + 3], [0, 0x4e, 0x20], "20,000");
}

/// DATA frames of 16,384 bytes.
fn content(stream_id: u32, frames: usize) -> Vec<u8> {
    data(stream_id, 0, &[0; 16_384]).repeat(frames)
}

#[test]
fn more_than_the_stream_window_is_an_error_of_the_stream() {
    let mut peer = Peer::after_handshake();
    peer.releases = false;
    assert_eq!(peer.send(&[post(1), content(1, 16)].concat()), []);
    let seen = peer.send(&data(1, 0, b"a"));
    assert_eq!(seen, [Seen::Reset(1, Code::FLOW_CONTROL_ERROR)]);
    // All of it is given back to the connection: it can go on for ever.
    for id in (3..63).step_by(2) {
        let seen = peer.send(&[post(id), content(id, 16), rst_stream(id)].concat());
        assert!(seen.iter().all(|seen| matches!(seen, Seen::WindowUpdate(0, _))), "{seen:?}");
    }
}

#[test]
fn more_than_the_connection_window_is_an_error_of_the_connection() {
    let mut peer = Peer::after_handshake();
    peer.releases = false;
    for id in [1, 3, 5, 7] {
        assert_eq!(peer.send(&[post(id), content(id, 16)].concat()), []);
    }
    let seen = peer.send(&[post(9), data(9, 0, b"a")].concat());
    assert_eq!(seen, [Seen::GoAway(9, Code::FLOW_CONTROL_ERROR)]);
}

#[test]
fn content_that_is_released_opens_the_windows() {
    let mut peer = Peer::after_handshake();
    let seen = peer.send(&[post(1), content(1, 100), data(1, END_STREAM, b"")].concat());
    let given = |id| {
        let increments = seen.iter().filter_map(|seen| match seen {
            Seen::WindowUpdate(stream, increment) if *stream == id => Some(*increment),
            _ => None,
        });
        increments.sum::<u32>()
    };
    assert!(given(1) >= 100 * 16_384 - (256 << 10) && given(0) >= 100 * 16_384 - (1 << 20), "{seen:?}");
    assert!(seen.contains(&Seen::Response(1, 200, false)));
}

/// §5.1: nothing is sent on a closed stream, and after its end none needs a window.
#[test]
fn a_stream_that_has_ended_is_given_no_window() {
    let padded = data(1, END_STREAM | PADDED, &[[60].as_slice(), &[0; 90]].concat());
    for (auto_release, last) in [(true, data(1, END_STREAM, &[0; 90])), (false, padded)] {
        let config = h2wire_connection::Config::default().with_stream_window(100);
        let mut peer = Peer::of_client_after_handshake(&config.with_auto_release(auto_release));
        peer.request("GET", true);
        peer.send(&headers(1, END_HEADERS, b"\x88"));
        assert_eq!(peer.send(&last), []);
        assert!(peer.connection.stream(stream(1)).is_none());
    }
}

#[test]
fn data_that_nobody_takes_counts_for_the_connection_and_is_given_back() {
    let mut peer = Peer::after_handshake();
    peer.releases = false;
    let refused = headers(1, END_HEADERS, &block(&[("a", "b")]));
    let seen = peer.send(&[refused, content(1, 200)].concat());
    assert_eq!(seen.first(), Some(&Seen::Reset(1, Code::PROTOCOL_ERROR)));
    assert!(seen[1..].iter().all(|seen| matches!(seen, Seen::WindowUpdate(0, _))), "{seen:?}");
}

#[test]
fn padding_is_given_back_at_once() {
    let mut peer = Peer::after_handshake();
    peer.releases = false;
    let padded = data(1, PADDED, &[[255].as_slice(), &[0; 256]].concat());
    assert!(!peer.send(&[post(1), padded.repeat(4_000)].concat()).iter().any(Seen::is_error));
}
