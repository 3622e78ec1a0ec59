//! The table of rules for one frame, once more: as plainly as it can be, sharing nothing with the parser. The fuzz
//! targets use it too.

use h2wire_frame::{ErrorCode, Scope, StreamId};

/// `None` for a frame to accept.
pub(crate) type Verdict = Option<(ErrorCode, Scope)>;

const C: fn(ErrorCode) -> Verdict = |code| Some((code, Scope::Connection));
const PROTOCOL: ErrorCode = ErrorCode::PROTOCOL_ERROR;
const SIZE: ErrorCode = ErrorCode::FRAME_SIZE_ERROR;

/// What to say to a whole frame, with the default options.
pub(crate) fn verdict(octets: &[u8]) -> Verdict {
    let (header, payload) = octets.split_first_chunk::<9>().expect("a header");
    let [l0, l1, l2, frame_type, flags, s0, s1, s2, s3] = *header;
    let len = u32::from_be_bytes([0, l0, l1, l2]) as usize;
    let stream = u32::from_be_bytes([s0 & 0x7f, s1, s2, s3]);
    if len > 16_384 {
        return C(SIZE);
    }
    let on_stream = |code| Some((code, Scope::Stream(StreamId::new(stream).expect("31 bits"))));
    let padded = usize::from(flags & 0x8 != 0);
    let prioritized = if flags & 0x20 != 0 { 5 } else { 0 };
    let pad_length = if padded == 1 { payload.first().map_or(0, |octet| usize::from(*octet)) } else { 0 };
    let number = |at: usize| u32::from_be_bytes(payload[at..at + 4].try_into().expect("4")) & 0x7fff_ffff;
    match frame_type {
        0 | 1 | 2 | 3 | 5 | 9 if stream == 0 => C(PROTOCOL),
        4 | 6 | 7 | 16 if stream != 0 => C(PROTOCOL),
        0 if len < padded => C(SIZE),
        0 if pad_length > len - padded => C(PROTOCOL),
        1 if len < padded + prioritized => C(SIZE),
        1 if pad_length > len - padded - prioritized => C(PROTOCOL),
        2 if len != 5 => on_stream(SIZE),
        3 | 8 if len != 4 => C(SIZE),
        4 if flags & 1 != 0 && len != 0 => C(SIZE),
        4 if !len.is_multiple_of(6) => C(SIZE),
        4 => payload[..len].chunks(6).find_map(setting),
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

fn setting(octets: &[u8]) -> Verdict {
    let value = u32::from_be_bytes(octets[2..].try_into().expect("4"));
    match octets[..2] {
        [0, 2 | 8 | 9] if value > 1 => C(PROTOCOL),
        [0, 4] if value >= 1 << 31 => C(ErrorCode::FLOW_CONTROL_ERROR),
        [0, 5] if !(1 << 14..1 << 24).contains(&value) => C(PROTOCOL),
        _ => None,
    }
}
