//! The pieces payloads are made of: grammars to read them (nom), a bounded writer to encode them.
//! Padding (§6.1) is read and written here and nowhere else.

use nom::combinator::{cond, map};
use nom::{IResult, Parser};

use crate::shape::Shape;
use crate::{
    EncodeError, ErrorCode, Flags, FrameError, FrameHeader, FrameRule, PayloadLength, PriorityFields,
    StreamId,
};

/// The result of a grammar: the bytes after it and its value. The only error is that bytes are missing.
pub(crate) type Grammar<'a, T> = IResult<&'a [u8], T, ()>;

/// Runs a grammar; where bytes are missing the peer broke `rule`.
#[inline]
pub(crate) fn read<'a, T>(
    mut grammar: impl Parser<&'a [u8], Output = T, Error = ()>,
    octets: &'a [u8],
    rule: FrameRule,
) -> Result<(&'a [u8], T), FrameError> {
    grammar.parse(octets).map_err(|_| FrameError::connection(rule))
}

/// `N` bytes as they are. All other grammars are made of it: the primitives of nom index their input, which leaves a
/// panic in the program where they are not inlined.
#[inline]
pub(crate) fn octets<const N: usize>(octets: &[u8]) -> Grammar<'_, [u8; N]> {
    octets.split_first_chunk().map(|(head, rest)| (rest, *head)).ok_or(nom::Err::Error(()))
}

/// A stream identifier and the reserved bit before it, which is ignored.
#[inline]
pub(crate) fn stream_id(octets: &[u8]) -> Grammar<'_, StreamId> {
    map(self::octets, StreamId::from_wire).parse(octets)
}

#[inline]
pub(crate) fn error_code(octets: &[u8]) -> Grammar<'_, ErrorCode> {
    map(self::octets, |octets| ErrorCode(u32::from_be_bytes(octets))).parse(octets)
}

/// Exclusive bit, stream dependency and weight: §6.2 (deprecated), §6.3.
#[inline]
pub(crate) fn priority_fields(octets: &[u8]) -> Grammar<'_, PriorityFields> {
    map(self::octets, |[e, d1, d2, d3, weight]| PriorityFields {
        exclusive: e & 0x80 != 0,
        stream_dependency: StreamId::from_wire([e, d1, d2, d3]),
        weight,
    })
    .parse(octets)
}

/// The Pad Length byte where PADDED announces it. §6.1
#[inline]
pub(crate) fn pad_length<'a>(flags: Flags) -> impl Parser<&'a [u8], Output = Option<u8>, Error = ()> {
    cond(flags.contains(Flags::PADDED), map(octets, |[pad_length]| pad_length))
}

/// The bytes of `len` that are left without the padding at their end. §6.1
#[inline]
pub(crate) fn unpadded_len(len: usize, pad_length: Option<u8>, rule: FrameRule) -> Result<usize, FrameError> {
    len.checked_sub(usize::from(pad_length.unwrap_or(0))).ok_or(FrameError::connection(rule))
}

/// The first `len` bytes of `rest`, which is the payload after its fields.
#[inline]
pub(crate) fn content(rest: &[u8], len: usize) -> &[u8] {
    rest.get(..len).unwrap_or_default()
}

/// As many zero bytes as the longest padding has.
pub(crate) static ZEROS: [u8; 255] = [0; 255];

/// The padding of a frame, for vectored writes: up to 255 zero bytes, none when there is no Pad Length.
#[inline]
pub(crate) fn padding(pad_length: Option<u8>) -> &'static [u8] {
    ZEROS.get(..usize::from(pad_length.unwrap_or(0))).unwrap_or(&[])
}

/// Bytes of the Pad Length itself: 1 or 0.
#[inline]
pub(crate) fn pad_length_len(pad_length: Option<u8>) -> usize {
    usize::from(pad_length.is_some())
}

/// Bytes of a payload and its padding.
#[inline]
pub(crate) fn padded_len(payload: &[u8], pad_length: Option<u8>) -> usize {
    payload.len().saturating_add(usize::from(pad_length.unwrap_or(0)))
}

/// A frame being written. Each step fails rather than write past the end.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    rest: &'a mut [u8],
    written: usize,
}

impl<'a> Writer<'a> {
    /// Starts a frame: checks that it may be sent on the stream and fits in 24 bits, writes the header. `fields` are
    /// the bytes of the payload that the caller writes next, for which there is room; `rest` are the others.
    #[inline]
    pub(crate) fn frame(
        buf: &'a mut [u8],
        shape: &Shape,
        flags: Flags,
        stream_id: StreamId,
        fields: usize,
        rest: usize,
    ) -> Result<Self, EncodeError> {
        let length = PayloadLength::try_from(fields.saturating_add(rest))?;
        let needed = fields.saturating_add(FrameHeader::LEN);
        if buf.len() < needed {
            return Err(EncodeError::BufferTooSmall { needed });
        }
        let header = FrameHeader { length, frame_type: shape.frame_type, flags, reserved: false, stream_id };
        shape.stream.check(&header).map_err(|_| EncodeError::StreamId(stream_id))?;
        Writer::new(buf).put(&header.encode())
    }

    #[inline]
    pub(crate) const fn new(buf: &'a mut [u8]) -> Self {
        Self { rest: buf, written: 0 }
    }

    /// Writes `octets`.
    #[inline]
    pub(crate) fn put(self, octets: &[u8]) -> Result<Self, EncodeError> {
        let needed = self.written.saturating_add(octets.len());
        let Some((here, rest)) = self.rest.split_at_mut_checked(octets.len()) else {
            return Err(EncodeError::BufferTooSmall { needed });
        };
        here.copy_from_slice(octets);
        Ok(Self { rest, written: needed })
    }

    /// Writes the Pad Length byte, if there is padding.
    #[inline]
    pub(crate) fn put_pad_length(self, pad_length: Option<u8>) -> Result<Self, EncodeError> {
        match pad_length {
            Some(pad_length) => self.put(&[pad_length]),
            None => Ok(self),
        }
    }

    /// The number of bytes written.
    #[inline]
    pub(crate) const fn finish(self) -> usize {
        self.written
    }
}

/// Writes a whole frame: its head by `encode_head`, then payload and padding.
/// Nothing is written unless all of it fits.
#[inline]
pub(crate) fn encode_whole(
    buf: &mut [u8],
    encoded_len: usize,
    encode_head: impl FnOnce(&mut [u8]) -> Result<usize, EncodeError>,
    payload: &[u8],
) -> Result<usize, EncodeError> {
    let Some(buf) = buf.get_mut(..encoded_len) else {
        return Err(EncodeError::BufferTooSmall { needed: encoded_len });
    };
    let written = encode_head(buf)?;
    put_content(buf, written, payload)
}

/// Writes what comes after the head, which takes `written` bytes. A function of its own: it is there once where size counts.
#[inline]
fn put_content(buf: &mut [u8], written: usize, payload: &[u8]) -> Result<usize, EncodeError> {
    let rest = buf.get_mut(written..).unwrap_or_default();
    // §6.1: what is left is padding. Not copied from `ZEROS`: only vectored writes link those.
    let padding = Writer { rest, written }.put(payload)?.rest;
    // Most frames have none: no call of `memset` for them.
    if !padding.is_empty() {
        padding.fill(0);
    }
    Ok(buf.len())
}

/// Writes a frame whose payload has a fixed length. Nothing is written unless all of it fits.
#[inline]
pub(crate) fn encode_fixed(
    buf: &mut [u8],
    shape: &Shape,
    flags: Flags,
    stream_id: StreamId,
    payload: &[u8],
) -> Result<usize, EncodeError> {
    let needed = FrameHeader::LEN.saturating_add(payload.len());
    let Some(buf) = buf.get_mut(..needed) else { return Err(EncodeError::BufferTooSmall { needed }) };
    Writer::frame(buf, shape, flags, stream_id, payload.len(), 0)?.put(payload).map(Writer::finish)
}

impl FrameHeader {
    /// Writes this header and `payload` whatever they are, also where they do not go together: for tests of other
    /// implementations. Nothing is checked. Returns the number of bytes written.
    pub fn encode_raw(&self, payload: &[u8], buf: &mut [u8]) -> Result<usize, EncodeError> {
        let needed = payload.len().saturating_add(Self::LEN);
        let Some(buf) = buf.get_mut(..needed) else { return Err(EncodeError::BufferTooSmall { needed }) };
        Writer::new(buf).put(&self.encode())?.put(payload).map(Writer::finish)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_may_use_up_what_is_left_and_no_more() {
        for (pad_length, len) in [(None, 3), (Some(0), 3), (Some(3), 0)] {
            assert_eq!(unpadded_len(3, pad_length, FrameRule::DataPadding), Ok(len));
        }
        let broken = Err(FrameError::connection(FrameRule::DataPadding));
        assert_eq!(unpadded_len(3, Some(4), FrameRule::DataPadding), broken);
        assert_eq!(content(b"abc", 2), b"ab");
    }

    #[test]
    fn all_paddings_are_there() {
        for pad_length in 0..=255 {
            assert_eq!(padding(Some(pad_length)).len(), usize::from(pad_length));
            assert_eq!(padded_len(b"abc", Some(pad_length)), usize::from(pad_length) + 3);
            assert_eq!(pad_length_len(Some(pad_length)), 1);
        }
        assert_eq!((padding(None).len(), padded_len(b"abc", None), pad_length_len(None)), (0, 3, 0));
    }

    #[test]
    fn raw_frames_may_be_wrong_in_any_way() {
        // A PING on stream 1 that says it has 255 bytes, and has 2.
        let header = FrameHeader::parse(&[0, 0, 255, 6, 0xff, 0x80, 0, 0, 1]);
        let mut buf = [0; 12];
        assert_eq!(header.encode_raw(b"hi", &mut buf), Ok(11));
        assert_eq!(buf, [0, 0, 255, 6, 0xff, 0x80, 0, 0, 1, b'h', b'i', 0]);
        assert_eq!(header.encode_raw(b"hello", &mut buf), Err(EncodeError::BufferTooSmall { needed: 14 }));
    }
}
