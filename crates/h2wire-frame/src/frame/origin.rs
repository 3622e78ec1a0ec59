//! ORIGIN, RFC 8336 §2.
//!
//! ```text
//! +-------------------------------+-------------------------------+
//! |         Origin-Len (16)       | ASCII-Origin? (*)           ...
//! +-------------------------------+-------------------------------+
//! |                            ...                                |
//! ```

use crate::frame::unknown;
use crate::shape::Shape;
use crate::wire::{self, Writer};
use crate::{EncodeError, Flags, FrameHeader, FrameType, PayloadTooLong, StreamId, Unknown};

/// A server names the origins it speaks for: a view of an [`Unknown`] frame. RFC 8336 §2.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Origin<'a> {
    entries: &'a [u8],
}

const SHAPE: Shape = Shape { frame_type: FrameType::ORIGIN, ..unknown::SHAPE };

/// §2.2: flags kept for changes of the frame's meaning.
const BREAKING_FLAGS: Flags = Flags(0x0f);

impl<'a> Origin<'a> {
    /// Reads `unknown`; `None` when it has another type or must be ignored: it is on a stream, has one of the
    /// lowest four flags set, or its lengths do not add up. A server ignores all of them.
    pub fn from_unknown<B: AsRef<[u8]>>(unknown: &'a Unknown<B>) -> Option<Self> {
        // RFC 8336 §2.2
        let is_meaningful = unknown.frame_type == FrameType::ORIGIN
            && unknown.stream_id.is_connection()
            && unknown.flags & BREAKING_FLAGS == Flags::NONE;
        if is_meaningful { Self::new(unknown.payload.as_ref()) } else { None }
    }

    /// Takes entries as [`encode_entry`](Self::encode_entry) writes them; `None` when the lengths do not add up.
    #[must_use]
    pub fn new(entries: &'a [u8]) -> Option<Self> {
        let mut rest = entries;
        while !rest.is_empty() {
            (_, rest) = entry(rest)?;
        }
        Some(Self { entries })
    }

    /// The origins in wire order, `https://example.test` for example; bytes, not checked.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut rest = self.entries;
        core::iter::from_fn(move || {
            let (origin, behind) = entry(rest)?;
            rest = behind;
            Some(origin)
        })
    }

    /// Writes one entry. Returns the number of bytes written.
    pub fn encode_entry(origin: &[u8], buf: &mut [u8]) -> Result<usize, EncodeError> {
        let len = u16::try_from(origin.len()).map_err(|_| PayloadTooLong)?.to_be_bytes();
        let needed = origin.len().saturating_add(len.len());
        let head = |buf: &mut [u8]| Writer::new(buf).put(&len).map(Writer::finish);
        wire::encode_whole(buf, needed, head, origin)
    }

    /// Bytes of the frame, header included.
    #[must_use]
    pub const fn encoded_len(&self) -> usize {
        self.entries.len().saturating_add(FrameHeader::LEN)
    }

    /// Writes the frame. Returns the number of bytes written.
    pub fn encode(&self, buf: &mut [u8]) -> Result<usize, EncodeError> {
        let len = self.entries.len();
        let head = |buf: &mut _| {
            Writer::frame(buf, &SHAPE, Flags::NONE, StreamId::CONNECTION, 0, len).map(Writer::finish)
        };
        wire::encode_whole(buf, self.encoded_len(), head, self.entries)
    }
}

/// The first entry, and the bytes after it.
fn entry(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = octets.split_first_chunk()?;
    rest.split_at_checked(u16::from_be_bytes(*len).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const ORIGINS: [&[u8]; 2] = [b"https://example.test", b"https://example.test:8443"];

    fn origins(octets: &[u8]) -> Option<Vec<Vec<u8>>> {
        let Frame::Unknown(unknown) = parse(octets).unwrap() else { panic!("not unknown") };
        Origin::from_unknown(&unknown).map(|view| view.iter().map(<[u8]>::to_vec).collect())
    }

    #[test]
    fn parses_golden() {
        assert_eq!(origins(&golden("origin")).unwrap(), ORIGINS);
    }

    #[test]
    fn encodes_golden() {
        let (mut entries, mut len) = ([0; 64], 0);
        for origin in ORIGINS {
            len += Origin::encode_entry(origin, &mut entries[len..]).unwrap();
        }
        let view = Origin::new(&entries[..len]).unwrap();
        let mut buf = [0; 64];
        let written = view.encode(&mut buf).unwrap();
        assert_eq!(buf[..written], golden("origin"));
        assert_eq!(written, view.encoded_len());
    }

    #[test]
    fn ignores_what_has_no_meaning() {
        assert_eq!(origins(&frame(0x0c, 0, 1, &[0, 0])), None, "on a stream");
        assert_eq!(origins(&frame(0x0c, 0, 0, &[0, 2, b'o'])), None, "an origin beyond the end");
        assert_eq!(origins(&frame(0x0c, 0, 0, &[0, 0, 0])), None, "half an Origin-Len");
        for flag in [0x1, 0x2, 0x4, 0x8] {
            assert_eq!(origins(&frame(0x0c, flag, 0, &[0, 0])), None, "a breaking flag");
        }
        assert_eq!(origins(&frame(0x0c, 0xf0, 0, &[0, 0])), Some(vec![vec![]]));
        assert_eq!(origins(&frame(0x0c, 0, 0, &[])), Some(vec![]));
    }
}
