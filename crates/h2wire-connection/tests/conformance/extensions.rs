//! CONNECT and tunnels, priorities old and new, unknown frames. RFC 9113 §5.3, §5.5, §8.5, RFC 8441, RFC 9218.

use h2wire::frame::{ErrorCode as Code, StreamId};
use h2wire_connection::{Config, Event};

use super::Expect::{Answered, Connection, Nothing, Stream};
use super::*;

const MAX: u32 = 0x7fff_ffff;

fn connect() -> Vec<u8> {
    headers(1, END_HEADERS, &block(&[(":method", "CONNECT"), (":authority", "a:443")]))
}

#[test]
fn a_tunnel_ends_in_both_directions() {
    let mut peer = Peer::after_handshake();
    peer.send(&connect());
    let mut stream_1 = peer.connection.stream(stream(1)).unwrap();
    stream_1.send_response([(":status", "200")], false).unwrap();
    stream_1.send_data("to the end".into(), true).unwrap();
    assert_eq!(peer.send(b""), [Seen::Response(1, 200, false), Seen::Data(1, 10, true)]);
    // It is not reset: the other direction goes on.
    assert_eq!(peer.send(&data(1, 0, b"and on")), []);
    assert_eq!(peer.send(&data(1, END_STREAM, b"")), []);
    assert!(peer.connection.stream(stream(1)).is_none());

    let mut peer = Peer::after_handshake();
    peer.send(&connect());
    peer.connection.stream(stream(1)).unwrap().send_response([(":status", "200")], false).unwrap();
    peer.send(b"");
    let seen = peer.send(&headers(1, ENDS, &block(&[("a", "b")])));
    assert_eq!(seen, [Seen::Reset(1, Code::PROTOCOL_ERROR)]);
}

#[test]
fn extended_connect_is_allowed_where_it_was_announced() {
    let request = block(&[
        (":method", "CONNECT"),
        (":protocol", "websocket"),
        (":scheme", "https"),
        (":path", "/"),
        (":authority", "a"),
    ]);
    let mut peer = Peer::after_handshake_with(&Config::default().with_extended_connect(true));
    assert_eq!(peer.send(&headers(1, END_HEADERS, &request)), []);
    let mut peer = Peer::after_handshake();
    let seen = peer.send(&headers(1, END_HEADERS, &request));
    assert_eq!(seen, [Seen::Reset(1, Code::PROTOCOL_ERROR)]);

    // A client waits for the setting.
    let fields = [
        (":method", "CONNECT"),
        (":protocol", "a"),
        (":scheme", "https"),
        (":path", "/"),
        (":authority", "a"),
    ];
    let mut peer = Peer::of_client_after_handshake(&Config::default());
    assert!(peer.connection.open(fields, false).is_err());
    peer.send(&settings(&[(8, 1)]));
    assert!(peer.connection.peer_settings().enable_connect_protocol);
    assert_eq!(peer.connection.open(fields, false).map(StreamId::get), Ok(1));
}

#[test]
fn priorities_of_rfc_7540_are_checked_if_that_is_wanted() {
    let on_itself =
        |id: u32| headers(id, ENDS | PRIORITY, &[&id.to_be_bytes(), [9].as_slice(), GET].concat());
    let trailers =
        headers(1, ENDS | PRIORITY, &[b"\0\0\0\x01\x09".as_slice(), &block(&[("a", "b")])].concat());
    check_by(
        vec![
            ("HEADERS on itself", vec![on_itself(1)], Stream(1, Code::PROTOCOL_ERROR)),
            ("trailers on itself", vec![post(1), trailers], Stream(1, Code::PROTOCOL_ERROR)),
            ("PRIORITY on itself, idle", vec![priority(1, 1)], Connection(Code::PROTOCOL_ERROR)),
            ("PRIORITY on itself", vec![post(1), priority(1, 1)], Stream(1, Code::PROTOCOL_ERROR)),
            ("PRIORITY on itself, closed", vec![get(1), priority(1, 1)], Stream(1, Code::PROTOCOL_ERROR)),
            ("PRIORITY on another", vec![priority(1, 3), get(1)], Answered(1)),
        ],
        || Peer::after_handshake_with(&Config::default().with_rfc7540_priorities(true)),
    );
}

fn priority_update(id: u32, value: &str) -> Vec<u8> {
    frame(0x10, 0, 0, &[&id.to_be_bytes(), value.as_bytes()].concat())
}

#[test]
fn priority_updates() {
    check(vec![
        ("on an idle stream", vec![priority_update(1, "u=1"), get(1)], Answered(1)),
        ("on an open one", vec![get_waits(1), priority_update(1, "u=1")], Nothing),
        ("on a closed one", vec![get(1), priority_update(1, "u=1")], Answered(1)),
        ("of nothing that is known", vec![get(1), priority_update(1, "what is this?")], Answered(1)),
        (
            "on a push that was not promised",
            vec![priority_update(2, "u=1")],
            Connection(Code::PROTOCOL_ERROR),
        ),
        ("on 0", vec![priority_update(0, "u=1")], Connection(Code::PROTOCOL_ERROR)),
        ("cut off", vec![frame(0x10, 0, 0, b"\0\0\0")], Connection(Code::FRAME_SIZE_ERROR)),
    ]);
}

/// RFC 9218 §7.1: as many as there may be streams, the open ones counted, and one more is too many.
#[test]
fn as_many_priority_updates_as_streams() {
    let mut peer = Peer::after_handshake_with(&Config::default().with_max_concurrent_streams(3));
    let allowed = [get_waits(1), priority_update(3, "u=1"), priority_update(5, "u=1")].concat();
    assert_eq!(peer.send(&allowed), []);
    assert_eq!(peer.send(&priority_update(5, "u=2")), [], "of the same stream");
    assert_eq!(peer.send(&priority_update(7, "u=1")), [Seen::GoAway(1, Code::PROTOCOL_ERROR)]);
}

/// The order in which two responses of 200,000 bytes are sent, by stream.
fn order(priorities: &[u8], requests: &[u8]) -> Vec<u32> {
    let mut peer = Peer::after_handshake();
    peer.send(&[&settings(&[(4, MAX)]), &window_update(0, MAX - 65_535), priorities, requests].concat());
    for id in [1, 3] {
        peer.respond_with(stream(id), &vec![0; 200_000]);
    }
    let seen = peer.send(b"");
    seen.iter().filter_map(|seen| if let Seen::Data(id, ..) = seen { Some(*id) } else { None }).collect()
}

#[test]
fn who_is_more_urgent_is_sent_first_but_not_alone() {
    let waits = |id, priority: &str| {
        let priority = if priority.is_empty() { Vec::new() } else { block(&[("priority", priority)]) };
        headers(id, ENDS, &[GET_WAITS, &priority].concat())
    };
    let requests = |one, three| [waits(1, one), waits(3, three)].concat();
    // The first frame of the first response is under way before there is another one.
    let alternate = order(b"", &requests("", ""));
    assert!(alternate[..12].windows(3).all(|ids| ids.contains(&1) && ids.contains(&3)), "{alternate:?}");
    let urgent = order(b"", &requests("u=5", "u=1"));
    let last_3 = urgent.iter().rposition(|id| *id == 3).unwrap();
    let first_1 = urgent.iter().position(|id| *id == 1).unwrap();
    assert!(first_1 >= last_3.min(12), "{urgent:?}");
    let by_frame = order(&priority_update(3, "u=0"), &requests("", ""));
    assert_eq!(by_frame[..12], [3; 12], "{by_frame:?}");
    // Of no use in parts: one after the other.
    let whole = order(b"", &requests("u=3", "u=3"));
    assert_eq!(whole.windows(2).filter(|ids| ids[0] != ids[1]).count(), 1, "{whole:?}");
    let parts = order(b"", &requests("u=3, i", "u=3, i"));
    assert!(parts.windows(2).filter(|ids| ids[0] != ids[1]).count() > 10, "{parts:?}");
}

#[test]
fn a_priority_may_change_while_content_waits() {
    let mut peer = Peer::after_handshake();
    let requests = [get_waits(1), get_waits(3)].concat();
    peer.send(&[settings(&[(4, MAX)]), window_update(0, 100_000 - 65_535), requests].concat());
    for id in [1, 3] {
        peer.respond_with(stream(id), &vec![0; 400_000]);
    }
    peer.send(b"");
    let seen = peer.send(&[priority_update(3, "u=0"), window_update(0, 160_000)].concat());
    assert!(!seen.is_empty() && seen.iter().all(|seen| matches!(seen, Seen::Data(3, ..))), "{seen:?}");
}

#[test]
fn nobody_waits_for_ever() {
    let mut peer = Peer::after_handshake();
    let mut start = [settings(&[(4, MAX)]), window_update(0, MAX - 65_535)].concat();
    for (id, urgency) in [(1, "u=0, i"), (3, "u=4, i"), (5, "u=7, i")] {
        start.extend(headers(id, ENDS, &[GET_WAITS, &block(&[("priority", urgency)])].concat()));
    }
    peer.send(&start);
    for id in [1, 3, 5] {
        peer.respond_with(stream(id), &vec![0; 10 << 20]);
    }
    let mut sent = std::collections::BTreeMap::new();
    for _ in 0..100 {
        let mut octets = vec![0; 64 << 10];
        let len = peer.connection.fill(&mut octets);
        assert_eq!(len, octets.len());
        for seen in whole_frames(&octets) {
            *sent.entry(seen).or_insert(0) += 1;
        }
    }
    assert!(sent[&1] > 10 * sent[&3] && sent[&3] > 5 && sent[&5] > 5, "{sent:?}");
}

/// The streams of DATA heads in `octets`, which only have zeros besides; some may be missed at the ends.
fn whole_frames(octets: &[u8]) -> Vec<u32> {
    let head = |window: &[u8]| window[..3] == [0, 0x40, 0] && window[3..8] == [0; 5];
    octets
        .windows(9)
        .filter(|window| head(window))
        .map(|window| u32::from(window[8]))
        .filter(|id| *id > 0)
        .collect()
}

#[test]
fn unknown_frames_are_reported_if_that_is_wanted() {
    for reports in [false, true] {
        let mut peer = Peer::after_handshake_with(&Config::default().with_report_unknown(reports));
        peer.send(&frame(0xbe, 7, 9, b"what?"));
        let found = peer.events.iter().any(
            |(event, _)| matches!(event, Event::Unknown { frame } if frame.payload == b"what?".as_slice()),
        );
        assert_eq!(found, reports);
    }
}
