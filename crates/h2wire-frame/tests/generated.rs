//! Frames from the generators: valid ones survive a round trip, broken ones give the error that was predicted.

use arbitrary::{Arbitrary, Unstructured};
use h2wire_frame::generate::{BREAKABLE, BrokenFrame, Seed, strategy};
use h2wire_frame::{
    Frame, FrameHeader, FrameRule, FrameType, MAX_HEAD_LEN, ParseOptions, Progress, Scope, StreamId,
};
use proptest::prelude::*;

type Answer<'a> = Result<Progress<(FrameHeader, Frame<&'a [u8]>)>, h2wire_frame::FrameError>;

/// Parses growing prefixes of `octets`: more bytes are asked for until the answer is there, and then it stays.
fn parse_in_every_split(octets: &[u8]) -> Answer<'_> {
    let whole = Frame::parse(octets, &ParseOptions::default());
    for len in 0..octets.len() {
        match Frame::parse(&octets[..len], &ParseOptions::default()) {
            Ok(Progress::Needed(missing)) => assert!(missing > 0 && len + missing <= octets.len()),
            answer => assert_eq!(answer, whole),
        }
    }
    whole
}

fn assert_round_trip(frame: &Frame<Vec<u8>>) {
    let mut octets = vec![0; frame.encoded_len()];
    assert_eq!(frame.encode(&mut octets), Ok(octets.len()));
    let Ok(Progress::Item { item: (header, parsed), consumed }) = parse_in_every_split(&octets) else {
        panic!("{frame:?} was not parsed")
    };
    assert_eq!(parsed.map(<[u8]>::to_vec), *frame);
    assert_eq!(
        (consumed, header.stream_id, header.frame_type),
        (octets.len(), frame.stream_id(), frame.frame_type())
    );

    let mut head = [0; MAX_HEAD_LEN];
    let written = frame.encode_head(&mut head).unwrap();
    assert_eq!([&head[..written], frame.payload(), frame.padding()].concat(), octets);
    assert_fields(frame, &octets);
}

/// The fields alone say what the whole frame says, with the number of its payload's bytes in place of them.
fn assert_fields(frame: &Frame<Vec<u8>>, octets: &[u8]) {
    let (header, payload) = octets.split_first_chunk().unwrap();
    let checked = FrameHeader::parse(header).check(&ParseOptions::default()).unwrap();
    let fields = match frame.frame_type() {
        FrameType::PRIORITY
        | FrameType::RST_STREAM
        | FrameType::SETTINGS
        | FrameType::PING
        | FrameType::WINDOW_UPDATE => None,
        _ => Some(frame.clone().map(|payload| payload.len())),
    };
    let len = checked.fields_len();
    assert_eq!(len.is_some(), fields.is_some(), "{frame:?}");
    assert_eq!(checked.parse_fields(payload), Ok(fields));
    if let Some(len) = len {
        assert_eq!(checked.parse_fields(&payload[..len]), Ok(fields));
        assert_eq!(
            len.checked_sub(1).map_or(Ok(None), |less| checked.parse_fields(&payload[..less])),
            Ok(None)
        );
    }
}

/// A frame that comes in pieces is refused no later than its fields are there, and as the whole one is.
fn assert_broken(broken: &BrokenFrame) {
    assert_eq!(parse_in_every_split(&broken.octets), Err(broken.error));
    let (header, payload) = broken.octets.split_first_chunk().unwrap();
    match FrameHeader::parse(header).check(&ParseOptions::default()) {
        Err(error) => assert_eq!(error, broken.error),
        Ok(checked) if checked.fields_len().is_some() => {
            assert_eq!(checked.parse_fields(payload), Err(broken.error));
        }
        Ok(_) => {}
    }
}

proptest! {
    #[test]
    fn valid_frames_round_trip(frame in strategy::frame()) {
        assert_round_trip(&frame);
    }

    #[test]
    fn broken_frames_give_the_predicted_error(broken in strategy::broken_frame()) {
        assert_broken(&broken);
    }

    #[test]
    fn any_octets_are_an_answer(octets in prop::collection::vec(any::<u8>(), 0..40)) {
        // Short lengths, so that not all of it is refused at byte 9.
        let octets = [&[0, 0], octets.as_slice()].concat();
        let _ = Frame::parse(&octets, &ParseOptions::default());
    }

    #[test]
    fn arbitrary_makes_the_same_kinds(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut u = Unstructured::new(&octets);
        assert_round_trip(&Frame::arbitrary(&mut u).unwrap());
        assert_broken(&BrokenFrame::arbitrary(&mut u).unwrap());
    }
}

#[test]
fn every_breakable_rule_is_broken() {
    let noise: Vec<u8> = (0..=255_u8).map(|n| n.wrapping_mul(97)).collect();
    for rule in BREAKABLE {
        for skip in 0..64 {
            let broken =
                BrokenFrame::arbitrary_breaking(*rule, &mut Unstructured::new(&noise[skip..])).unwrap();
            assert_eq!(broken.error.rule, *rule);
            assert_broken(&broken);
        }
    }
    assert!(BrokenFrame::arbitrary_breaking(FrameRule::FirstFrame, &mut Unstructured::new(&noise)).is_err());
}

/// Where a rule can be broken in several ways, each of them is found; a frame that any type can be is of any type, but for CONTINUATION, which
/// would also be out of order.
#[test]
fn every_way_to_break_a_rule_is_taken() {
    let noise: Vec<u8> = (0..=255_u8).map(|n| n.wrapping_mul(151)).collect();
    let seen = |rule, of: &dyn Fn(&FrameHeader, &[u8]) -> u32| {
        let each = (0..192).map(|skip| {
            let broken = BrokenFrame::breaking(rule, StreamId::MAX, &mut Seed::new(&noise[skip..])).unwrap();
            let (header, payload) = broken.octets.split_first_chunk().unwrap();
            of(&FrameHeader::parse(header), payload)
        });
        each.collect::<std::collections::BTreeSet<_>>()
    };
    let flags = |header: &FrameHeader, _: &[u8]| u32::from(header.flags.0 & 0x28);
    assert_eq!(seen(FrameRule::HeadersLength, &flags), [0x20, 0x28].into());
    assert_eq!(seen(FrameRule::HeadersPadding, &flags), [0x08, 0x28].into());
    assert_eq!(seen(FrameRule::PushPromiseLength, &flags), [0x00, 0x08].into());
    let is_large = |_: &FrameHeader, payload: &[u8]| {
        u32::from(payload.last_chunk().is_some_and(|value| u32::from_be_bytes(*value) >= 1 << 24))
    };
    assert_eq!(seen(FrameRule::SettingsMaxFrameSize, &is_large), [0, 1].into());
    let promised =
        |_: &FrameHeader, payload: &[u8]| u32::from_be_bytes(*payload.first_chunk().unwrap()).min(2);
    assert_eq!(seen(FrameRule::PushPromisePromisedStreamId, &promised), [0, 2].into());
    let types = seen(FrameRule::FrameLengthLimit, &|header, _| header.frame_type.0.into());
    assert!((0..9).all(|frame_type| types.contains(&frame_type)) && !types.contains(&9), "{types:?}");
    assert!(types.iter().any(|frame_type| *frame_type > 9), "{types:?}");
}

/// On which stream a frame ends up that was put on one: where the rule does not say otherwise.
#[test]
fn a_broken_frame_is_put_on_a_chosen_stream() {
    let chosen = StreamId::new(0x1_0203).unwrap();
    let noise: Vec<u8> = (0..=255_u8).map(|n| n.wrapping_mul(151)).collect();
    let mut moved = 0;
    for rule in BREAKABLE {
        for skip in 0..64 {
            let broken = BrokenFrame::breaking(*rule, chosen, &mut Seed::new(&noise[skip..])).unwrap();
            assert_broken(&broken);
            let header = FrameHeader::parse(broken.octets.first_chunk().unwrap());
            let is_of_the_connection =
                [FrameType::SETTINGS, FrameType::PING, FrameType::GOAWAY, FrameType::PRIORITY_UPDATE]
                    .contains(&header.frame_type);
            let about_the_stream = rule.name().ends_with("_stream_id")
                && !matches!(
                    rule,
                    FrameRule::PushPromisePromisedStreamId | FrameRule::PriorityUpdatePrioritizedStreamId
                );
            let expected =
                if is_of_the_connection == about_the_stream { chosen } else { StreamId::CONNECTION };
            assert_eq!(header.stream_id, expected, "{rule:?}");
            moved += usize::from(expected == chosen);
            if let Scope::Stream(stream_id) = broken.error.scope {
                assert_eq!(stream_id, chosen, "{rule:?}");
            }
            // Stream 0 takes what can be there, and there a stream error is one of the connection.
            let on_connection = broken.on(StreamId::CONNECTION);
            assert_broken(&on_connection);
            assert_eq!(on_connection.error.rule, *rule);
        }
    }
    assert!(moved > 1000);
    assert_eq!(BrokenFrame::breaking(FrameRule::FirstFrame, chosen, &mut Seed::new(&noise)), None);
}
