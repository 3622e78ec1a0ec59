//! What the tests of the frame files share.

pub(crate) use crate::Frame;

use crate::{FrameError, FrameHeader, FrameRule, FrameType, ParseOptions, PayloadLength, Progress, StreamId};

/// A stream identifier for constants.
pub(crate) const fn stream(id: u32) -> StreamId {
    StreamId::new(id).expect("31 bits")
}

/// The bytes of `testdata/frames/<name>.hex`.
pub(crate) fn golden(name: &str) -> Vec<u8> {
    h2wire_testdata::frame(name).octets
}

/// The bytes of a frame as someone would write it who is bound by no rule.
pub(crate) fn frame(frame_type: u8, flags: u8, stream_id: u32, payload: &[u8]) -> Vec<u8> {
    let header = FrameHeader {
        length: PayloadLength::try_from(payload.len()).unwrap(),
        frame_type: FrameType(frame_type),
        flags: crate::Flags(flags),
        reserved: false,
        stream_id: stream(stream_id),
    };
    [&header.encode(), payload].concat()
}

/// Parses the one frame in `octets`.
pub(crate) fn parse(octets: &[u8]) -> Result<Frame<&[u8]>, FrameError> {
    match Frame::parse(octets, &ParseOptions::default())? {
        Progress::Item { item: (_, frame), consumed } => {
            assert_eq!(consumed, octets.len());
            Ok(frame)
        }
        Progress::Needed(octets) => panic!("{octets} octets missing"),
    }
}

/// Parses a golden frame. Leaks it, as the frame borrows it.
pub(crate) fn parse_golden(name: &str) -> Frame<&'static [u8]> {
    parse(golden(name).leak()).unwrap()
}

/// Encodes a frame in one piece, and makes sure that no smaller buffer is touched.
pub(crate) fn encode_frame<'a>(frame: impl Into<Frame<&'a [u8]>>) -> Vec<u8> {
    let frame = frame.into();
    let mut octets = vec![0xee; frame.encoded_len() + 1];
    assert_eq!(frame.encode(&mut octets), Ok(frame.encoded_len()));
    assert_eq!(octets.pop(), Some(0xee), "wrote past its length");
    for len in 0..octets.len() {
        let mut buf = vec![0xee; len];
        let error = crate::EncodeError::BufferTooSmall { needed: octets.len() };
        assert_eq!(frame.encode(&mut buf), Err(error));
        assert!(buf.iter().all(|octet| *octet == 0xee), "wrote in spite of the error");
    }
    octets
}

/// Encodes a frame in the pieces of a vectored write.
pub(crate) fn encode_vectored<'a>(frame: impl Into<Frame<&'a [u8]>>) -> Vec<u8> {
    let frame = frame.into();
    let mut head = [0; crate::MAX_HEAD_LEN];
    let written = frame.encode_head(&mut head).unwrap();
    for len in 0..written {
        let mut buf = vec![0xee; len];
        assert_eq!(frame.encode_head(&mut buf), Err(crate::EncodeError::BufferTooSmall { needed: written }));
        assert!(buf.iter().all(|octet| *octet == 0xee), "wrote in spite of the error");
    }
    [&head[..written], frame.payload(), frame.padding()].concat()
}

/// `parse(encode(frame)) == frame`, in one piece and vectored.
pub(crate) fn assert_round_trip<'a>(frame: impl Into<Frame<&'a [u8]>>) {
    let frame = frame.into();
    let octets = encode_frame(frame);
    assert_eq!(parse(&octets), Ok(frame));
    assert_eq!(encode_vectored(frame), octets);
}

pub(crate) fn assert_connection_error(octets: &[u8], rule: FrameRule) {
    assert_eq!(parse(octets), Err(FrameError::connection(rule)));
}

pub(crate) fn assert_stream_error(octets: &[u8], stream_id: u32, rule: FrameRule) {
    assert_eq!(parse(octets), Err(FrameError::stream(stream(stream_id), rule)));
}
