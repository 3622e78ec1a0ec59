//! What is too short in a frame of an extension that cannot be read.

use h2wire::frame::{FrameType, Unknown};

/// Which part of the payload is missing; `None` for frames of other types.
pub(crate) fn shortage(frame: &Unknown<&[u8]>) -> Option<String> {
    let payload = frame.payload;
    let line = match frame.frame_type {
        FrameType::ALTSVC => format!("{}; the frame is ignored (RFC 7838 §4)", entry(payload, 0)?),
        FrameType::ORIGIN => {
            let mut at: usize = 0;
            while let Some(len) = origin_len(payload, at) {
                let next = at.saturating_add(2).saturating_add(len);
                if next > payload.len() {
                    break;
                }
                at = next;
            }
            let is_whole = at == payload.len();
            format!("{}; the frame is ignored (RFC 8336 §2.1)", (!is_whole).then(|| entry(payload, at))??)
        }
        FrameType::PRIORITY_UPDATE => {
            let len = payload.len();
            (len < 4).then(|| {
                format!("the Prioritized Stream ID takes 4 bytes, and the payload has {len} (RFC 9218 §7.1)")
            })?
        }
        _ => return None,
    };
    Some(line)
}

fn origin_len(payload: &[u8], at: usize) -> Option<usize> {
    payload.get(at..)?.first_chunk().copied().map(u16::from_be_bytes).map(usize::from)
}

/// What is wrong with the length at this place, or with what follows it.
fn entry(payload: &[u8], at: usize) -> Option<String> {
    let left = payload.len().checked_sub(at)?;
    match origin_len(payload, at) {
        None => {
            Some(format!("the Origin-Len at byte {at} of the payload takes 2 bytes, and there is {left}"))
        }
        Some(len) => {
            let left = left.saturating_sub(2);
            (len > left).then(|| {
                format!("the Origin-Len at byte {at} of the payload is {len}, and {left} bytes follow")
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use h2wire::frame::{Flags, StreamId};

    use super::*;

    #[test]
    fn what_is_short_is_told_with_its_place() {
        let of = |number, payload: &[u8]| {
            let frame = Unknown {
                frame_type: FrameType(number),
                flags: Flags::NONE,
                stream_id: StreamId::CONNECTION,
                payload,
            };
            shortage(&frame).unwrap_or_default()
        };
        assert!(
            of(0xa, b"\0\x32abc")
                .starts_with("the Origin-Len at byte 0 of the payload is 50, and 3 bytes follow;")
        );
        assert!(of(0xa, b"\0").contains("at byte 0 of the payload takes 2 bytes, and there is 1;"));
        assert!(of(0xc, b"\0\x01a\0\x05b").contains("at byte 3 of the payload is 5, and 1 bytes follow;"));
        assert!(of(0xc, b"\0\x01a\0").contains("at byte 3 of the payload takes 2 bytes, and there is 1;"));
        assert!(of(0x10, b"\0\0\0").contains("takes 4 bytes, and the payload has 3 "));
        // Long enough, or of another type.
        for (number, payload) in
            [(0xa, b"\0\x03abc".as_slice()), (0xa, b"\0\0"), (0xc, b"\0\x01a"), (0x10, &[0; 4]), (0xb, b"")]
        {
            assert_eq!(of(number, payload), "");
        }
    }
}
