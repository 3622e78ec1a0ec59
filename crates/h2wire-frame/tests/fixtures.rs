//! The fixtures of `testdata/frames`: valid frames are canonical, broken ones give rule, code and scope.

use h2wire_frame::{Frame, FrameError, FrameHeader, FrameRule, ParseOptions, Progress, Scope};
use h2wire_testdata::Fixture;

type Answer<'a> = Result<Progress<(FrameHeader, Frame<&'a [u8]>)>, FrameError>;

fn parse(octets: &[u8]) -> Answer<'_> {
    Frame::parse(octets, &ParseOptions::default())
}

#[test]
fn valid_frames_round_trip_exactly() {
    for Fixture { name, octets, .. } in h2wire_testdata::frames() {
        let Ok(Progress::Item { item: (header, frame), consumed }) = parse(&octets) else {
            panic!("{name} is not a frame")
        };
        assert_eq!(consumed, octets.len(), "{name}");
        assert_eq!(header.encode(), octets[..FrameHeader::LEN], "{name}");
        let mut encoded = vec![0; octets.len()];
        assert_eq!(frame.encode(&mut encoded), Ok(octets.len()), "{name}");
        assert_eq!(encoded, octets, "{name}");
    }
}

#[test]
fn valid_frames_need_all_their_octets() {
    for Fixture { name, octets, .. } in h2wire_testdata::frames() {
        for len in 0..octets.len() {
            let target = if len < FrameHeader::LEN { FrameHeader::LEN } else { octets.len() };
            assert_eq!(parse(&octets[..len]), Ok(Progress::Needed(target - len)), "{name} cut at {len}");
        }
    }
}

#[test]
fn every_type_has_a_valid_frame() {
    for name in (0..=255).filter_map(|number| h2wire_frame::FrameType(number).name()) {
        assert_eq!(
            h2wire_testdata::frame(&name.to_lowercase()).fact("section").map(str::is_empty),
            Some(false)
        );
    }
}

/// The fixtures whose error needs no memory of earlier frames; those with a `reader` are read in `h2wire`'s tests.
#[test]
fn broken_frames_give_rule_code_and_scope() {
    let mut seen = Vec::new();
    for fixture in h2wire_testdata::invalid().iter().filter(|fixture| fixture.fact("reader").is_none()) {
        let Err(error) = parse(&fixture.octets) else { panic!("{} was accepted", fixture.name) };
        let scope = match error.scope {
            Scope::Connection => "connection".to_owned(),
            Scope::Stream(id) => format!("stream {id}"),
        };
        let name = fixture.name.split('-').next().unwrap();
        assert_eq!(error.rule.name(), name, "{}", fixture.name);
        assert_eq!(error.code().name(), fixture.fact("code"), "{}", fixture.name);
        assert_eq!(Some(scope.as_str()), fixture.fact("scope"), "{}", fixture.name);
        assert_eq!(
            Some(error.rule.section().to_string().as_str()),
            fixture.fact("section"),
            "{}",
            fixture.name
        );
        seen.push(error.rule);
    }
    for rule in FrameRule::ALL.iter().filter(|rule| !NEEDS_A_MEMORY.contains(rule)) {
        assert!(seen.contains(rule), "testdata/frames/invalid/{}.hex is missing", rule.name());
    }
}

/// What a generator breaks and what it cannot are all rules there are.
#[test]
#[cfg(any(feature = "arbitrary", feature = "proptest"))]
fn every_other_rule_is_breakable() {
    use h2wire_frame::generate::BREAKABLE;

    for rule in FrameRule::ALL {
        let by_one_frame = !NEEDS_A_MEMORY.contains(rule) || *rule == FrameRule::FrameLengthLimit;
        assert_eq!(BREAKABLE.contains(rule), by_one_frame, "{rule:?}");
    }
    assert_eq!(BREAKABLE.len() + NEEDS_A_MEMORY.len() - 1, FrameRule::ALL.len(), "each is listed once");
}

/// Rules that one frame by itself cannot break.
const NEEDS_A_MEMORY: [FrameRule; 14] = [
    FrameRule::Http1Response,
    FrameRule::Http1Request,
    FrameRule::TlsRecord,
    FrameRule::Preface,
    FrameRule::FirstFrame,
    FrameRule::FrameInsideFieldBlock,
    FrameRule::SettingsEnablePushByServer,
    FrameRule::PushPromiseToServer,
    FrameRule::PushPromiseDisabled,
    FrameRule::HeadersServerStream,
    FrameRule::ContinuationWithoutHeaders,
    FrameRule::ContinuationOtherStream,
    FrameRule::PriorityUpdateToClient,
    FrameRule::FrameLengthLimit, // has a fixture here all the same
];
