//! The rules about order and roles, one by one.

mod common;

use common::{End, OwnedItem, read_all};
use h2wire::Role::{self, Client, Observer, Server};
use h2wire::frame::{FrameRule, PREFACE, ParseOptions, PayloadLength, StreamId};
use h2wire::{ConnectionError, EndOfInput, FrameReader, Progress, StreamError};

const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";
const SETTINGS_ACK: &[u8] = b"\0\0\0\x04\x01\0\0\0\0";
const PING: &[u8] = b"\0\0\x08\x06\0\0\0\0\0deadbeef";
const HEADERS: &[u8] = b"\0\0\x01\x01\x04\0\0\0\x01\x82";
const HEADERS_OPEN: &[u8] = b"\0\0\x01\x01\0\0\0\0\x01\x82";
const PUSH_OPEN: &[u8] = b"\0\0\x05\x05\0\0\0\0\x01\0\0\0\x02\x82";
const CONTINUATION: &[u8] = b"\0\0\x01\x09\0\0\0\0\x01\x86";
const CONTINUATION_END: &[u8] = b"\0\0\x01\x09\x04\0\0\0\x01\x86";
const PRIORITY_UPDATE: &[u8] = b"\0\0\x04\x10\0\0\0\0\0\0\0\0\x01";
const ENABLE_PUSH: &[u8] = b"\0\0\x06\x04\0\0\0\0\0\0\x02\0\0\0\x01";

/// The rule that is broken, and the number of items before it.
fn broken(role: Role, pieces: &[&[u8]]) -> Option<(FrameRule, usize)> {
    let outcome = read_all(role, &pieces.concat());
    match outcome.end {
        End::Failed(ConnectionError { rule: h2wire::Rule::Frame(rule), .. }) => {
            Some((rule, outcome.items.len()))
        }
        End::Failed(error) => panic!("{error}"),
        End::Needed(0, _) => None,
        End::Needed(have, needed) => panic!("ends inside an item: {have} octets, {needed} missing"),
    }
}

#[test]
fn a_connection_starts_with_its_preface() {
    assert_eq!(broken(Server, &[PREFACE, SETTINGS, PING]), None);
    assert_eq!(broken(Server, &[SETTINGS, PING]), Some((FrameRule::Preface, 0)));
    assert_eq!(broken(Client, &[SETTINGS, PING]), None);
    assert_eq!(broken(Client, &[PREFACE, SETTINGS]), Some((FrameRule::FirstFrame, 0)));
    assert_eq!(broken(Observer, &[PREFACE, SETTINGS, PING]), None);
    assert_eq!(broken(Observer, &[SETTINGS, PING]), None);
}

#[test]
fn settings_come_first() {
    for (role, opening) in [(Server, PREFACE.as_slice()), (Observer, PREFACE), (Observer, b""), (Client, b"")]
    {
        let items = usize::from(!opening.is_empty());
        assert_eq!(broken(role, &[opening, PING]), Some((FrameRule::FirstFrame, items)));
        assert_eq!(broken(role, &[opening, SETTINGS_ACK]), Some((FrameRule::FirstFrame, items)));
        assert_eq!(broken(role, &[opening, SETTINGS, SETTINGS_ACK, PING]), None);
    }
}

#[test]
fn whoever_speaks_something_else_is_recognised() {
    for (role, octets, rule) in [
        (Client, b"HTTP/1.1 200 OK\r\n".as_slice(), FrameRule::Http1Response),
        (Observer, b"HTTP/1.0 400 \r\n", FrameRule::Http1Response),
        (Server, b"GET / HTTP/1.1\r\n", FrameRule::Http1Request),
        (Observer, b"PUT / HTTP/1.1\r\n", FrameRule::Http1Request),
        (Server, b"\x16\x03\x01\0\xc4\x01\0\0", FrameRule::TlsRecord),
        (Client, b"\x15\x03\x03\0\x02\x02\x46", FrameRule::TlsRecord),
        (Server, b"SSH-2.0-OpenSSH\r\n", FrameRule::Preface),
        (Client, b"SSH-2.0-OpenSSH\r\n", FrameRule::FirstFrame),
        (Observer, b"SSH-2.0-OpenSSH\r\n", FrameRule::FirstFrame),
        (Server, b"PRI * HTTP/2.0\n\nSM\n\n", FrameRule::Preface),
        (Observer, b"PRI * HTTP/2.0\n\nSM\n\n", FrameRule::Preface),
        (Observer, b"PRI * HTTQ/2.0\r\n\r\nSM", FrameRule::FirstFrame),
        (Client, b"PRI * HTTP/2.0\n\nSM\n\n", FrameRule::FirstFrame),
    ] {
        assert_eq!(broken(role, &[octets]), Some((rule, 0)), "{octets:?}");
    }
}

#[test]
fn only_the_start_is_looked_at_for_other_protocols() {
    // "HTTP/1.1 " as a header in the middle of a connection is a frame of 4,740,180 bytes.
    assert_eq!(broken(Client, &[SETTINGS, b"HTTP/1.1 200 OK\r\n"]), Some((FrameRule::FrameLengthLimit, 1)));
    // "P" starts the preface, and then a frame.
    let mut reader = FrameReader::new(Server);
    let inside = |need| Ok(EndOfInput::InsideFrame { have: 1, need });
    assert_eq!(reader.end_of_input(b"P"), inside(24));
    for octets in [PREFACE, SETTINGS] {
        reader.read(octets).unwrap();
    }
    assert_eq!(reader.end_of_input(b"P"), inside(9));
}

#[test]
fn nothing_interrupts_a_field_block() {
    for open in [HEADERS_OPEN, PUSH_OPEN] {
        let start = [SETTINGS, open, CONTINUATION].concat();
        assert_eq!(broken(Observer, &[&start, CONTINUATION, CONTINUATION_END, PING]), None);
        for other in [PING, HEADERS, SETTINGS, b"\0\0\0\xee\0\0\0\0\0"] {
            assert_eq!(broken(Observer, &[&start, other]), Some((FrameRule::FrameInsideFieldBlock, 3)));
        }
        for stream in 0..4 {
            let wrong = [0, 0, 0, 9, 4, 0, 0, 0, stream];
            let rule = (stream != 1).then_some((FrameRule::ContinuationOtherStream, 3));
            assert_eq!(broken(Observer, &[&start, &wrong]), rule);
        }
    }
}

#[test]
fn an_open_field_block_is_the_first_rule() {
    // A frame of an unknown type that is also too long, a PING that is also on a stream and of a wrong length.
    for other in [b"\xff\xff\xff\xee\0\0\0\0\0", b"\0\0\x01\x06\0\0\0\0\x05"] {
        let answer = broken(Observer, &[SETTINGS, HEADERS_OPEN, other]);
        assert_eq!(answer, Some((FrameRule::FrameInsideFieldBlock, 2)));
    }
}

#[test]
fn a_continuation_continues_something() {
    assert_eq!(broken(Observer, &[SETTINGS, CONTINUATION]), Some((FrameRule::ContinuationWithoutHeaders, 1)));
    assert_eq!(
        broken(Observer, &[SETTINGS, HEADERS, CONTINUATION]),
        Some((FrameRule::ContinuationWithoutHeaders, 2))
    );
    assert_eq!(
        broken(Observer, &[SETTINGS, HEADERS_OPEN, CONTINUATION_END, CONTINUATION]),
        Some((FrameRule::ContinuationWithoutHeaders, 3))
    );
}

#[test]
fn roles_bind_the_sender() {
    let push = [PUSH_OPEN, CONTINUATION_END].concat();
    assert_eq!(broken(Server, &[PREFACE, SETTINGS, &push]), Some((FrameRule::PushPromiseToServer, 2)));
    assert_eq!(broken(Client, &[SETTINGS, &push]), None);
    assert_eq!(broken(Observer, &[PREFACE, SETTINGS, &push]), None);

    assert_eq!(broken(Client, &[SETTINGS, PRIORITY_UPDATE]), Some((FrameRule::PriorityUpdateToClient, 1)));
    assert_eq!(broken(Server, &[PREFACE, SETTINGS, PRIORITY_UPDATE]), None);
    assert_eq!(broken(Observer, &[SETTINGS, PRIORITY_UPDATE]), None);

    assert_eq!(broken(Client, &[ENABLE_PUSH]), Some((FrameRule::SettingsEnablePushByServer, 0)));
    assert_eq!(broken(Server, &[PREFACE, ENABLE_PUSH]), None);
    assert_eq!(broken(Observer, &[ENABLE_PUSH]), None);
}

#[test]
fn extensions_can_be_switched_off() {
    let octets = [SETTINGS, b"\0\0\0\x10\0\0\0\0\x05"].concat();
    assert_eq!(broken(Client, &[&octets]), Some((FrameRule::PriorityUpdateStreamId, 1)));
    let mut reader = FrameReader::new(Client);
    reader.options.extensions = false;
    reader.read(&octets).unwrap();
    assert!(matches!(reader.read(&octets[9..]), Ok(Progress::Item { consumed: 9, .. })));
}

#[test]
fn a_reader_without_state_takes_each_frame_by_itself() {
    let octets = [CONTINUATION, PING, HEADERS_OPEN, PING, SETTINGS_ACK, PUSH_OPEN, ENABLE_PUSH].concat();
    let mut reader = FrameReader::stateless();
    let (mut rest, mut frames) = (octets.as_slice(), 0);
    while let Ok(Progress::Item { consumed, .. }) = reader.read(rest) {
        rest = &rest[consumed..];
        frames += 1;
    }
    assert_eq!((rest.len(), frames), (0, 7));
    let error = reader.read(b"\0\0\x01\x06\0\0\0\0\0").unwrap_err();
    assert_eq!(error.rule, h2wire::Rule::Frame(FrameRule::PingLength));
    assert_eq!(reader.read(PING), Err(error), "a reader stays failed");
}

#[test]
fn a_stream_error_waits_for_its_whole_frame() {
    let (priority, settings) = (b"\0\0\x06\x02\0\0\0\0\x05abcdef", SETTINGS);
    let mut reader = FrameReader::new(Observer);
    reader.read(settings).unwrap();
    for len in 9..15 {
        assert_eq!(reader.read(&priority[..len]), Ok(Progress::Needed(15 - len)));
    }
    assert!(matches!(reader.read(priority), Ok(Progress::Item { consumed: 15, .. })));
}

#[test]
fn a_stream_error_is_an_item_and_the_connection_goes_on() {
    let outcome = read_all(Observer, &[SETTINGS, b"\0\0\x04\x08\0\0\0\0\x07\0\0\0\0", PING].concat());
    assert_eq!(outcome.end, End::Needed(0, 9));
    let error =
        StreamError::new(StreamId::new(7).unwrap(), h2wire::Rule::Frame(FrameRule::WindowUpdateIncrement));
    assert!(matches!(outcome.items[1], (9, OwnedItem::StreamError(_, found)) if found == error));
    assert!(matches!(outcome.items[2], (22, OwnedItem::Frame(..))));
}

/// A caller that reads as many bytes as are asked for, and no more, learns what the peer speaks.
#[test]
fn the_opening_asks_for_no_octet_too_many() {
    for (role, octets, rule) in [
        (Server, &b"GET / HTTP/1.0\r\n\r\n"[..], FrameRule::Http1Request),
        (Server, b"X", FrameRule::Preface),
        (Client, b"\x15\x03\x03\x00\x02\x02\x46", FrameRule::TlsRecord),
        (Client, b"HTTP/1.1 400 \r\n\r\n", FrameRule::Http1Response),
    ] {
        let mut reader = FrameReader::new(role);
        let mut have = 0;
        let error = loop {
            match reader.read(&octets[..have]) {
                Ok(Progress::Needed(more)) => have += more,
                Ok(item) => panic!("{item:?}"),
                Err(error) => break error,
            }
        };
        assert_eq!(error.rule, h2wire::Rule::Frame(rule), "{octets:?}");
    }
}

/// What a reader is made with: its options, and whether it has rules about order.
#[test]
fn readers_of_frames_are_made_with_their_options() {
    let long = [0, 0, 101, 0xfe, 0, 0, 0, 0, 0];
    let rule = |mut reader: FrameReader| match reader.read(&long) {
        Err(error) => Some(error.rule.name()),
        Ok(Progress::Needed(101)) => None,
        other => panic!("{other:?}"),
    };
    let options = ParseOptions::DEFAULT.with_max_frame_size(PayloadLength::new(100).unwrap());
    assert_eq!(rule(FrameReader::stateless()), None);
    // Nor has it a preface: these are a frame of a length that nobody takes.
    let error = FrameReader::stateless().read(PREFACE).unwrap_err();
    assert_eq!(error.rule.name(), "frame_length_limit");
    assert_eq!(rule(FrameReader::stateless().with_options(options)), Some("frame_length_limit"));
    assert_eq!(rule(FrameReader::new(Client)), Some("first_frame"));
}
