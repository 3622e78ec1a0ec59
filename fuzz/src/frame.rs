//! One frame at a time: parsing says one thing whatever the options leave open, and encoding is its inverse.
//!
//! Input: the octets of frames, one after the other.

mod views; // ALTSVC, ORIGIN, PRIORITY_UPDATE

use h2wire_frame::{
    EncodeError, Frame, FrameError, FrameHeader, FrameRule, FrameType, MAX_HEAD_LEN, ParseOptions,
    PayloadLength, Progress, Scope,
};

/// What [`Frame::parse`] returns.
type ParseResult<'a> = Result<Progress<(FrameHeader, Frame<&'a [u8]>)>, FrameError>;

/// All that can be set, in steps that matter.
fn options() -> impl Iterator<Item = ParseOptions> {
    [0, 64, 0x4000, 0x00ff_ffff].into_iter().flat_map(|octets| {
        let max_frame_size = PayloadLength::new(octets).expect("24 bits");
        [true, false].map(|extensions| {
            ParseOptions::DEFAULT.with_max_frame_size(max_frame_size).with_extensions(extensions)
        })
    })
}

/// See the module.
pub fn target(mut octets: &[u8]) {
    while let Some(consumed) = one(octets) {
        octets = &octets[consumed..];
    }
}

/// Checks the frame that the octets start with; its length if there is one.
fn one(octets: &[u8]) -> Option<usize> {
    let header = FrameHeader::parse(octets.first_chunk()?);
    assert_eq!(octets[..FrameHeader::LEN], header.encode());
    let whole = header.length.to_usize() + FrameHeader::LEN;

    let mut accepted = None;
    for options in options() {
        let parsed = Frame::parse(octets, &options);
        in_two_steps(&header, &octets[FrameHeader::LEN..], &options, parsed);
        match parsed {
            Ok(Progress::Needed(missing)) => assert_eq!(octets.len() + missing, whole),
            Ok(Progress::Item { item: (told, frame), consumed }) => {
                assert_eq!((told, consumed), (header, whole));
                assert!(header.length <= options.max_frame_size);
                assert_eq!(*accepted.get_or_insert(frame), frame, "options accept or refuse, no more");
                if options.max_frame_size == PayloadLength::MAX {
                    encodes(&frame, &octets[..consumed], options.extensions);
                    if let Frame::Unknown(unknown) = &frame {
                        views::check(unknown);
                    }
                }
            }
            Err(error) => refused(error, &header, &options),
        }
        known_at_octet_9(octets, &options, parsed.err());
    }
    (octets.len() >= whole).then_some(whole)
}

/// First the header, then the payload: the same.
fn in_two_steps(header: &FrameHeader, rest: &[u8], options: &ParseOptions, parsed: ParseResult<'_>) {
    let expected = parsed.map(|parsed| match parsed {
        Progress::Item { item: (_, frame), .. } => Some(frame),
        Progress::Needed(_) => None,
    });
    assert_eq!(header.check(options).and_then(|checked| checked.parse(rest)), expected);
}

/// An error fits its frame.
fn refused(error: FrameError, header: &FrameHeader, options: &ParseOptions) {
    if let Scope::Stream(stream_id) = error.scope {
        assert_eq!(stream_id, header.stream_id);
        assert!(!stream_id.is_connection());
        assert!(
            ![FrameType::HEADERS, FrameType::PUSH_PROMISE, FrameType::CONTINUATION]
                .contains(&header.frame_type),
            "a field block must not be skipped"
        );
    }
    assert_eq!(error.rule == FrameRule::FrameLengthLimit, header.length > options.max_frame_size);
}

/// What nine octets decide stays decided; otherwise the payload is asked for, all of it.
fn known_at_octet_9(octets: &[u8], options: &ParseOptions, error: Option<FrameError>) {
    match Frame::parse(&octets[..FrameHeader::LEN], options) {
        Err(error) => assert_eq!(Frame::parse(octets, options), Err(error)),
        Ok(Progress::Needed(missing)) => {
            let Some(error) = error else { return };
            assert!(octets.len() >= FrameHeader::LEN + missing, "decided without the whole payload");
            let name = error.rule.name();
            let in_payload =
                ["promised_stream_id", "prioritized_stream_id"].iter().any(|end| name.ends_with(end));
            assert!(
                in_payload || !(name.ends_with("_length") || name.ends_with("_stream_id")),
                "{name} is told late"
            );
        }
        Ok(Progress::Item { consumed, .. }) => assert_eq!(consumed, FrameHeader::LEN),
    }
}

/// A frame is written as it was read, but for what senders leave unset.
fn encodes(frame: &Frame<&[u8]>, octets: &[u8], extensions: bool) {
    let mut buf = vec![0xee; octets.len() + 1];
    let written = match frame.encode(&mut buf) {
        Ok(written) => written,
        // Accepted as an unknown frame, but those who know it would refuse it.
        Err(EncodeError::Refused(rule)) => {
            assert!(!extensions && frame.frame_type() == FrameType::PRIORITY_UPDATE);
            let error = Frame::parse(
                octets,
                &ParseOptions::DEFAULT.with_max_frame_size(PayloadLength::MAX).with_extensions(true),
            );
            return assert_eq!(error.map_err(|error| error.rule), Err(rule));
        }
        Err(error) => panic!("{error}: {frame:?}"),
    };
    assert_eq!(written, frame.encoded_len());
    assert_eq!(buf[..written], canonical(octets));
    assert_eq!(buf[written], 0xee, "wrote more than it says");
    let again = Frame::parse(
        &buf[..written],
        &ParseOptions::DEFAULT.with_max_frame_size(PayloadLength::MAX).with_extensions(extensions),
    );
    assert!(matches!(again, Ok(Progress::Item { item: (_, again), .. }) if again == *frame));

    let mut head = [0; MAX_HEAD_LEN];
    let head_len = frame.encode_head(&mut head).expect("as the whole frame");
    assert_eq!([&head[..head_len], frame.payload(), frame.padding()].concat(), buf[..written]);

    let mut small = vec![0xee; written - 1];
    assert_eq!(frame.encode(&mut small), Err(EncodeError::BufferTooSmall { needed: written }));
    assert!(small.iter().all(|octet| *octet == 0xee), "wrote in spite of the error");
}

/// The same frame with undefined flags, reserved bits and padding zero. RFC 9113 §4.1, §6.
fn canonical(octets: &[u8]) -> Vec<u8> {
    let mut octets = octets.to_vec();
    let defined = match octets[3] {
        0 => 0x09,
        1 => 0x2d,
        4 | 6 => 0x01,
        5 => 0x0c,
        9 => 0x04,
        2 | 3 | 7 | 8 => 0,
        _ => 0xff,
    };
    octets[4] &= defined;
    octets[5] &= 0x7f;
    let padded = octets[4] & 0x08 != 0;
    match octets[3] {
        5 => octets[FrameHeader::LEN + usize::from(padded)] &= 0x7f,
        7 | 8 => octets[FrameHeader::LEN] &= 0x7f,
        _ => {}
    }
    if [0, 1, 5].contains(&octets[3]) && padded {
        let pad_length = usize::from(octets[FrameHeader::LEN]);
        let end = octets.len() - pad_length;
        octets[end..].fill(0);
    }
    octets
}
