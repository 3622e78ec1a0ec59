//! The start, frames and their errors. RFC 9113 §3.4, §4, §6.

use h2wire::frame::{ErrorCode as Code, PREFACE};

use super::Expect::{Answered, Connection, Nothing, Stream};
use super::*;

#[test]
fn the_start() {
    let settings_first = [PREFACE.as_slice(), &settings(&[])].concat();
    let cases: [(&str, Vec<u8>, Option<Code>); 6] = [
        ("a preface", settings_first, None),
        ("another preface", b"PRI * HTTP/2.1\r\n\r\nSM\r\n\r\n".to_vec(), Some(Code::PROTOCOL_ERROR)),
        ("none", [settings(&[]), settings(&[])].concat(), Some(Code::PROTOCOL_ERROR)),
        ("nonsense", b"INVALID CONNECTION PREFACE\r\n\r\n".to_vec(), Some(Code::PROTOCOL_ERROR)),
        ("PING first", [PREFACE.as_slice(), &ping(b"12345678")].concat(), Some(Code::PROTOCOL_ERROR)),
        (
            "an acknowledgment first",
            [PREFACE.as_slice(), &frame(4, 1, 0, b"")].concat(),
            Some(Code::PROTOCOL_ERROR),
        ),
    ];
    for (name, octets, expect) in cases {
        let mut peer = Peer::new();
        let seen = peer.send(&octets);
        assert_eq!(seen.first(), Some(&Seen::Settings), "{name}: the server's preface");
        match expect {
            None => assert_eq!(seen.last(), Some(&Seen::Acknowledged), "{name}"),
            Some(code) => assert_eq!(seen.last(), Some(&Seen::GoAway(0, code)), "{name}"),
        }
        assert_eq!(peer.connection.is_closed(), expect.is_some(), "{name}");
    }
}

#[test]
fn any_frame() {
    let long = vec![0; 16_385];
    check(vec![
        ("unknown", vec![frame(0xff, 0xff, 0, b"12345678"), get(1)], Answered(1)),
        ("unknown on an idle stream", vec![frame(0x16, 0, 7, b"")], Nothing),
        ("undefined flags", vec![frame(6, 0xfe, 0, b"12345678")], Nothing),
        ("the reserved bit", vec![frame(6, 0, 0x8000_0000, b"12345678")], Nothing),
        ("DATA of 2^14", vec![post(1), data(1, END_STREAM, &long[..16_384])], Answered(1)),
        ("DATA longer", vec![post(1), data(1, END_STREAM, &long)], Connection(Code::FRAME_SIZE_ERROR)),
        ("HEADERS longer", vec![headers(1, ENDS, &long)], Connection(Code::FRAME_SIZE_ERROR)),
        ("SETTINGS longer", vec![frame(4, 0, 0, &vec![0; 16_386])], Connection(Code::FRAME_SIZE_ERROR)),
        ("unknown longer", vec![frame(0xff, 0, 0, &long)], Connection(Code::FRAME_SIZE_ERROR)),
    ]);
}

#[test]
fn data_headers_priority() {
    check(vec![
        ("DATA on 0", vec![data(0, 0, b"a")], Connection(Code::PROTOCOL_ERROR)),
        ("DATA, padding", vec![post(1), data(1, END_STREAM | PADDED, b"\x02ab\0\0")], Answered(1)),
        ("DATA, padding alone", vec![post(1), data(1, END_STREAM | PADDED, b"\x02\0\0")], Answered(1)),
        (
            "DATA, too much padding",
            vec![post(1), data(1, END_STREAM | PADDED, b"\x03\0\0")],
            Connection(Code::PROTOCOL_ERROR),
        ),
        ("DATA, no Pad Length", vec![post(1), data(1, PADDED, b"")], Connection(Code::FRAME_SIZE_ERROR)),
        ("HEADERS on 0", vec![get(0)], Connection(Code::PROTOCOL_ERROR)),
        ("HEADERS, padding", vec![headers(1, ENDS | PADDED, &[b"\x02", GET, b"\0\0"].concat())], Answered(1)),
        (
            "HEADERS, too much padding",
            vec![headers(1, ENDS | PADDED, &[b"\x07", GET].concat())],
            Connection(Code::PROTOCOL_ERROR),
        ),
        (
            "HEADERS with priority",
            vec![headers(1, ENDS | PRIORITY, &[b"\0\0\0\0\xff", GET].concat())],
            Answered(1),
        ),
        (
            "HEADERS too short",
            vec![headers(1, ENDS | PRIORITY, b"\0\0\0")],
            Connection(Code::FRAME_SIZE_ERROR),
        ),
        ("PRIORITY on 0", vec![priority(0, 1)], Connection(Code::PROTOCOL_ERROR)),
        ("PRIORITY of 4", vec![post(1), frame(2, 0, 1, &[0; 4])], Stream(1, Code::FRAME_SIZE_ERROR)),
        ("PRIORITY of 6, closed", vec![get(1), frame(2, 0, 1, &[0; 6])], Stream(1, Code::FRAME_SIZE_ERROR)),
        ("PRIORITY of weight 256", vec![frame(2, 0, 1, b"\0\0\0\0\xff"), get(1)], Answered(1)),
        ("PRIORITY, exclusive", vec![frame(2, 0, 1, b"\x80\0\0\0\xff"), get(1)], Answered(1)),
    ]);
}

#[test]
fn rst_stream_settings() {
    let set = |id, value| vec![settings(&[(id, value)])];
    check(vec![
        ("RST_STREAM on 0", vec![rst_stream(0)], Connection(Code::PROTOCOL_ERROR)),
        ("RST_STREAM of 3", vec![post(1), frame(3, 0, 1, &[0; 3])], Connection(Code::FRAME_SIZE_ERROR)),
        ("RST_STREAM, unknown code", vec![post(1), frame(3, 0, 1, &[0xff; 4])], Nothing),
        ("SETTINGS", set(3, 100), Nothing),
        ("SETTINGS on 1", vec![frame(4, 0, 1, b"")], Connection(Code::PROTOCOL_ERROR)),
        ("SETTINGS of 5", vec![frame(4, 0, 0, &[0; 5])], Connection(Code::FRAME_SIZE_ERROR)),
        ("SETTINGS, acknowledgment of 1", vec![frame(4, 1, 0, &[0])], Connection(Code::FRAME_SIZE_ERROR)),
        ("SETTINGS, acknowledgment too many", vec![frame(4, 1, 0, b"")], Nothing),
        ("ENABLE_PUSH 2", set(2, 2), Connection(Code::PROTOCOL_ERROR)),
        ("ENABLE_PUSH 1", set(2, 1), Nothing),
        ("INITIAL_WINDOW_SIZE 2^31", set(4, 1 << 31), Connection(Code::FLOW_CONTROL_ERROR)),
        ("MAX_FRAME_SIZE 2^14-1", set(5, 16_383), Connection(Code::PROTOCOL_ERROR)),
        ("MAX_FRAME_SIZE 2^24", set(5, 1 << 24), Connection(Code::PROTOCOL_ERROR)),
        ("MAX_FRAME_SIZE 2^24-1", set(5, (1 << 24) - 1), Nothing),
        ("unknown", set(0xff, 1), Nothing),
        ("HEADER_TABLE_SIZE 0", vec![settings(&[(1, 0)]), get(1)], Answered(1)),
        ("HEADER_TABLE_SIZE large", vec![settings(&[(1, u32::MAX)]), get(1)], Answered(1)),
    ]);
}

#[test]
fn push_promise_ping_goaway_window_update_continuation() {
    let starts = headers(1, END_STREAM, &GET[..1]);
    check(vec![
        (
            "PUSH_PROMISE",
            vec![post(1), frame(5, END_HEADERS, 1, &[b"\0\0\0\x02", GET].concat())],
            Connection(Code::PROTOCOL_ERROR),
        ),
        ("PING on 1", vec![frame(6, 0, 1, b"12345678")], Connection(Code::PROTOCOL_ERROR)),
        ("PING of 6", vec![frame(6, 0, 0, b"123456")], Connection(Code::FRAME_SIZE_ERROR)),
        ("PING, acknowledgment", vec![frame(6, 1, 0, b"12345678")], Nothing),
        ("GOAWAY on 1", vec![frame(7, 0, 1, &[0; 8])], Connection(Code::PROTOCOL_ERROR)),
        ("GOAWAY of 7", vec![frame(7, 0, 0, &[0; 7])], Connection(Code::FRAME_SIZE_ERROR)),
        ("GOAWAY, unknown code, a request at work", vec![get_waits(1), goaway(0xff)], Nothing),
        ("WINDOW_UPDATE of 3", vec![frame(8, 0, 0, &[0; 3])], Connection(Code::FRAME_SIZE_ERROR)),
        (
            "WINDOW_UPDATE of 5",
            vec![get_waits(1), frame(8, 0, 1, &[0; 5])],
            Connection(Code::FRAME_SIZE_ERROR),
        ),
        ("CONTINUATION", vec![starts.clone(), continuation(1, END_HEADERS, &GET[1..])], Answered(1)),
        (
            "CONTINUATION twice",
            vec![starts.clone(), continuation(1, 0, &GET[1..2]), continuation(1, 4, &GET[2..])],
            Answered(1),
        ),
        (
            "CONTINUATION empty",
            vec![starts.clone(), continuation(1, 0, b""), continuation(1, 4, &GET[1..])],
            Answered(1),
        ),
        (
            "CONTINUATION after the end",
            vec![get_waits(1), continuation(1, 4, GET)],
            Connection(Code::PROTOCOL_ERROR),
        ),
        (
            "CONTINUATION on 0",
            vec![starts.clone(), continuation(0, 4, &GET[1..])],
            Connection(Code::PROTOCOL_ERROR),
        ),
        (
            "CONTINUATION elsewhere",
            vec![starts.clone(), continuation(3, 4, &GET[1..])],
            Connection(Code::PROTOCOL_ERROR),
        ),
        ("DATA inside", vec![starts.clone(), data(1, 0, b"a")], Connection(Code::PROTOCOL_ERROR)),
        ("PING inside", vec![starts.clone(), ping(b"12345678")], Connection(Code::PROTOCOL_ERROR)),
        ("PRIORITY inside", vec![starts.clone(), priority(1, 0)], Connection(Code::PROTOCOL_ERROR)),
        ("HEADERS inside", vec![starts.clone(), get(3)], Connection(Code::PROTOCOL_ERROR)),
        ("unknown inside", vec![starts, frame(0xff, 0, 0, b"")], Connection(Code::PROTOCOL_ERROR)),
    ]);
}

#[test]
fn goaway_tells_the_last_stream_that_was_processed() {
    let mut peer = Peer::after_handshake();
    let seen = peer.send(&[get(1), get_waits(3), data(0, 0, b"")].concat());
    assert_eq!(seen.last(), Some(&Seen::GoAway(3, Code::PROTOCOL_ERROR)));
}
