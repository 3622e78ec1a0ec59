//! All types, all flags, short payloads, the streams that matter: the parser against the rule table, written once more
//! here, as plainly as it can be.

use h2wire_frame::{ErrorCode, Frame, FrameHeader, ParseOptions, Parsed, Scope, StreamId};

const C: fn(ErrorCode) -> Verdict = |code| Some((code, Scope::Connection));
const PROTOCOL: ErrorCode = ErrorCode::PROTOCOL_ERROR;
const SIZE: ErrorCode = ErrorCode::FRAME_SIZE_ERROR;

/// `None` for a frame to accept.
type Verdict = Option<(ErrorCode, Scope)>;

/// The table of rules for one frame.
fn expected(frame_type: u8, flags: u8, stream: u32, payload: &[u8]) -> Verdict {
    let len = payload.len();
    let on_stream = |code| Some((code, Scope::Stream(StreamId::new(stream).unwrap())));
    let padded = usize::from(flags & 0x8 != 0);
    let prioritized = if flags & 0x20 != 0 { 5 } else { 0 };
    let pad_length = if padded == 1 && len > 0 { usize::from(payload[0]) } else { 0 };
    let number = |at: usize| u32::from_be_bytes(payload[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    match frame_type {
        0 | 1 | 2 | 3 | 5 | 9 if stream == 0 => C(PROTOCOL),
        4 | 6 | 7 | 16 if stream != 0 => C(PROTOCOL),
        5 if stream % 2 == 0 => C(PROTOCOL),
        0 if len < padded => C(SIZE),
        0 if pad_length > len - padded => C(PROTOCOL),
        1 if len < padded + prioritized => C(SIZE),
        1 if pad_length > len - padded - prioritized => C(PROTOCOL),
        2 if len != 5 => on_stream(SIZE),
        3 | 8 if len != 4 => C(SIZE),
        4 if flags & 1 != 0 && len != 0 => C(SIZE),
        4 if !len.is_multiple_of(6) => C(SIZE),
        4 => payload.chunks(6).find_map(expected_setting),
        5 if len < padded + 4 => C(SIZE),
        5 if pad_length > len - padded - 4 => C(PROTOCOL),
        5 if number(padded) % 2 == 1 || number(padded) == 0 => C(PROTOCOL),
        6 if len != 8 => C(SIZE),
        7 if len < 8 => C(SIZE),
        8 if number(0) == 0 && stream == 0 => C(PROTOCOL),
        8 if number(0) == 0 => on_stream(PROTOCOL),
        16 if len < 4 => C(SIZE),
        16 if number(0) == 0 => C(PROTOCOL),
        _ => None,
    }
}

fn expected_setting(octets: &[u8]) -> Verdict {
    let value = u32::from_be_bytes(octets[2..].try_into().unwrap());
    match octets[..2] {
        [0, 2 | 8 | 9] if value > 1 => C(PROTOCOL),
        [0, 4] if value >= 1 << 31 => C(ErrorCode::FLOW_CONTROL_ERROR),
        [0, 5] if !(1 << 14..1 << 24).contains(&value) => C(PROTOCOL),
        _ => None,
    }
}

/// Payloads of one length that meet the rules in different ways.
fn payloads(len: usize) -> [Vec<u8>; 8] {
    let from = |pattern: &[u8]| pattern.iter().copied().cycle().take(len).collect::<Vec<_>>();
    [
        from(&[0]),
        from(&[0xff]),
        from(&[2, 0, 0, 0, 2]),       // a small Pad Length, an even promised stream
        from(&[6, 0, 0, 0, 4]),       // a larger one
        from(&[0, 0, 0, 7]),          // an odd promised stream
        from(&[0x80, 0, 0, 0]),       // 0 but for the reserved bit
        from(&[0, 2, 0, 0, 0, 1]),    // ENABLE_PUSH 1
        from(&[0, 5, 0, 0, 0x40, 0]), // MAX_FRAME_SIZE 2^14
    ]
}

#[test]
fn every_type_flag_length_and_stream() {
    let mut accepted = 0_u32;
    for len in 0..=16_usize {
        for payload in payloads(len) {
            for frame_type in 0..=255 {
                for flags in 0..=255 {
                    for stream in [0_u32, 1, 2, 0x7fff_ffff, 0x8000_0001] {
                        let head = [0, 0, u8::try_from(len).unwrap(), frame_type, flags];
                        let octets = [&head, stream.to_be_bytes().as_slice(), &payload].concat();
                        let stream = stream & 0x7fff_ffff;
                        let verdict = expected(frame_type, flags, stream, &payload);
                        accepted += u32::from(verdict.is_none());
                        check(&octets, verdict);
                    }
                }
            }
        }
    }
    assert!(accepted > 1_000_000, "most frames of unknown types are to be accepted, {accepted} were");
}

fn check(octets: &[u8], verdict: Verdict) {
    check_fields(octets);
    match Frame::parse(octets, &ParseOptions::default()) {
        Ok(Parsed::Frame { header, frame, consumed }) => {
            assert_eq!(verdict, None, "accepted: {octets:02x?}");
            assert_eq!(consumed, octets.len());
            assert_eq!(header.encode(), octets[..FrameHeader::LEN]);
            check_reencoded(octets, frame);
        }
        Ok(Parsed::Needed(missing)) => panic!("{missing} octets missing: {octets:02x?}"),
        Err(error) => assert_eq!(verdict, Some((error.code(), error.scope())), "{error}: {octets:02x?}"),
    }
}

/// The fields by themselves say what the whole says: the same error, or the same frame with a length for its payload.
fn check_fields(octets: &[u8]) {
    let (header, payload) = octets.split_first_chunk().unwrap();
    let Ok(checked) = FrameHeader::parse(header).check(&ParseOptions::default()) else { return };
    let Some(len) = checked.fields_len() else {
        assert_eq!(checked.parse_fields(payload), Ok(None));
        return;
    };
    assert!(len <= 8 && len <= payload.len());
    assert!(len == 0 || checked.parse_fields(&payload[..len - 1]) == Ok(None), "an octet is missing");
    let whole = checked.parse(payload).map(|frame| frame.map(|frame| frame.map(<[u8]>::len)));
    assert_eq!(checked.parse_fields(&payload[..len]), whole);
}

/// The encoded frame differs from what was parsed in undefined flags, reserved bits and octets of padding only: it has
/// the same length and parses to the same frame, and a second round changes nothing.
fn check_reencoded(octets: &[u8], frame: Frame<&[u8]>) {
    let mut encoded = [0; 32];
    assert_eq!(frame.encode(&mut encoded), Ok(octets.len()), "{frame:?}");
    let Ok(Parsed::Frame { frame: again, .. }) =
        Frame::parse(&encoded[..octets.len()], &ParseOptions::default())
    else {
        panic!("{frame:?} does not survive")
    };
    assert_eq!(again, frame);
}
