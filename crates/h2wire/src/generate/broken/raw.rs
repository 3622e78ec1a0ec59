//! The bytes of a breach: frames with anything in them.

use alloc::vec::Vec;

use h2wire_frame::{Flags, FrameHeader, FrameType, Scope, StreamId};

/// The bytes of a breach.
pub(super) struct Breach {
    pub(super) octets: Vec<u8>,
    /// Where in them the frame starts that breaks the rule.
    pub(super) at: usize,
    pub(super) scope: Scope,
}

impl Breach {
    /// An error of the connection, by the first frame.
    pub(super) fn connection(octets: Vec<u8>) -> Self {
        Self { octets, at: 0, scope: Scope::Connection }
    }

    /// An error of a stream, by the first frame.
    pub(super) fn stream(stream_id: StreamId, octets: Vec<u8>) -> Self {
        Self { octets, at: 0, scope: Scope::Stream(stream_id) }
    }

    /// The frame that breaks the rule comes after others.
    pub(super) fn after(self, before: &[u8]) -> Self {
        let at = self.at.saturating_add(before.len());
        Self { octets: [before, &self.octets].concat(), at, ..self }
    }
}

/// A frame of which nothing is checked. The payload has less than 2^24 bytes.
pub(super) fn frame(frame_type: FrameType, flags: Flags, stream_id: StreamId, payload: &[u8]) -> Vec<u8> {
    let [_, l0, l1, l2] = u32::try_from(payload.len()).unwrap_or(u32::MAX).to_be_bytes();
    let head = [l0, l1, l2, frame_type.0, flags.0];
    [&head, stream_id.to_wire().as_slice(), payload].concat()
}

/// HEADERS with these flags.
pub(super) fn headers(stream_id: StreamId, flags: Flags, block: &[u8]) -> Vec<u8> {
    frame(FrameType::HEADERS, flags, stream_id, block)
}

/// `PUSH_PROMISE` that ends its block.
pub(super) fn push_promise(stream_id: StreamId, promised: StreamId, block: &[u8]) -> Vec<u8> {
    let payload = [&promised.to_wire(), block].concat();
    frame(FrameType::PUSH_PROMISE, Flags::END_HEADERS, stream_id, &payload)
}

/// A number with a prefix of `prefix_bits`, which shares its byte with the bits in `first`. RFC 7541 §5.1
pub(super) fn integer(first: u8, prefix_bits: u8, value: u32) -> Vec<u8> {
    let most = 0xff_u8.checked_shr(8_u32.saturating_sub(prefix_bits.into())).unwrap_or(0);
    if value < most.into() {
        return [first | u8::try_from(value).unwrap_or(0)].to_vec();
    }
    let mut octets = [first | most].to_vec();
    let mut rest = value.saturating_sub(most.into());
    while rest >= 0x80 {
        octets.push(rest.to_le_bytes().first().copied().unwrap_or(0) | 0x80);
        rest = rest.checked_shr(7).unwrap_or(0);
    }
    octets.push(u8::try_from(rest).unwrap_or(0));
    octets
}

/// Where the last of these frames starts.
pub(super) fn last_frame(octets: &[u8]) -> usize {
    let (mut start, mut last) = (0_usize, 0_usize);
    while let Some(header) = octets.get(start..).and_then(<[u8]>::first_chunk) {
        last = start;
        let len = FrameHeader::parse(header).length.to_usize();
        start = start.saturating_add(FrameHeader::LEN).saturating_add(len);
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7541 §C.1
    #[test]
    fn integers_are_those_of_the_appendix() {
        assert_eq!(integer(0, 5, 10), [0x0a]);
        assert_eq!(integer(0, 5, 1337), [0x1f, 0x9a, 0x0a]);
        assert_eq!(integer(0x80, 7, 127), [0xff, 0]);
        assert_eq!(integer(0, 8, 42), [0x2a]);
    }

    #[test]
    fn the_last_frame_starts_behind_the_others() {
        let ping = frame(FrameType::PING, Flags::NONE, StreamId::CONNECTION, &[0; 8]);
        assert_eq!(last_frame(&ping), 0);
        assert_eq!(last_frame(&[ping.as_slice(), &ping, &ping].concat()), 34);
    }
}
