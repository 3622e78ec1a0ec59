//! Views of unknown frames: what they read they write, flags and reserved bits zero.

use h2wire_frame::{AltSvc, EncodeError, Flags, FrameHeader, Origin, PriorityUpdate, Unknown};

/// Panics where a view is not the inverse of its encoding.
pub(super) fn check(unknown: &Unknown<&[u8]>) {
    let plain = Unknown { flags: Flags::NONE, ..*unknown };
    if let Some(view) = AltSvc::from_unknown(unknown) {
        assert_eq!(written(view.encoded_len(), |buf| view.encode(buf)), encoded(&plain));
        assert_eq!(AltSvc::from_unknown(&plain), Some(view));
    }
    if let Some(view) = Origin::from_unknown(unknown) {
        assert_eq!(written(view.encoded_len(), |buf| view.encode(buf)), encoded(&plain));
        let mut entries = Vec::new();
        for origin in view.iter() {
            entries.extend(written(origin.len() + 2, |buf| Origin::encode_entry(origin, buf)));
        }
        assert_eq!(entries, unknown.payload);
    }
    if let Some(Ok(view)) = PriorityUpdate::from_unknown(unknown) {
        let mut expected = encoded(&plain);
        expected[FrameHeader::LEN] &= 0x7f;
        assert_eq!(written(view.encoded_len(), |buf| view.encode(buf)), expected);
    }
}

fn encoded(unknown: &Unknown<&[u8]>) -> Vec<u8> {
    written(unknown.encoded_len(), |buf| unknown.encode(buf))
}

/// What is written into a buffer that is just large enough.
fn written(len: usize, encode: impl Fn(&mut [u8]) -> Result<usize, EncodeError>) -> Vec<u8> {
    let mut buf = vec![0; len];
    assert_eq!(encode(&mut buf), Ok(len));
    if let Some((_, small)) = buf.clone().split_last_mut() {
        assert_eq!(encode(small), Err(EncodeError::BufferTooSmall { needed: len }));
    }
    buf
}
