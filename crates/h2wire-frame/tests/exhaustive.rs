//! All types, all flags, short payloads, the streams that matter: the parser against the rule table, written once more.

mod oracle;

use h2wire_frame::{Frame, FrameHeader, ParseOptions, Progress};
use oracle::Verdict;

/// Payloads of one length that meet the rules in different ways.
fn payloads(len: usize) -> [Vec<u8>; 8] {
    let from = |pattern: &[u8]| pattern.iter().copied().cycle().take(len).collect::<Vec<_>>();
    [
        from(&[0]),
        from(&[0xff]),
        from(&[2, 0, 0, 0, 2]),       // a small Pad Length, an even promised stream
        from(&[6, 0, 0, 0, 4]),       // a larger one
        from(&[0, 0, 0, 7]),          // an odd promised stream
        from(&[0x80, 0, 0, 0]),       // 0 but for the reserved bit
        from(&[0, 2, 0, 0, 0, 1]),    // ENABLE_PUSH 1
        from(&[0, 5, 0, 0, 0x40, 0]), // MAX_FRAME_SIZE 2^14
    ]
}

#[test]
fn every_type_flag_length_and_stream() {
    let mut accepted = 0_u32;
    for len in 0..=16_usize {
        for payload in payloads(len) {
            for frame_type in 0..=255 {
                for flags in 0..=255 {
                    for stream in [0_u32, 1, 2, 0x7fff_ffff, 0x8000_0001] {
                        let head = [0, 0, u8::try_from(len).unwrap(), frame_type, flags];
                        let octets = [&head, stream.to_be_bytes().as_slice(), &payload].concat();
                        let verdict = oracle::verdict(&octets);
                        accepted += u32::from(verdict.is_none());
                        check(&octets, verdict);
                    }
                }
            }
        }
    }
    assert!(accepted > 1_000_000, "most frames of unknown types are to be accepted, {accepted} were");
}

fn check(octets: &[u8], verdict: Verdict) {
    check_fields(octets);
    match Frame::parse(octets, &ParseOptions::default()) {
        Ok(Progress::Item { item: (header, frame), consumed }) => {
            assert_eq!(verdict, None, "accepted: {octets:02x?}");
            assert_eq!(consumed, octets.len());
            assert_eq!(header.encode(), octets[..FrameHeader::LEN]);
            check_reencoded(octets, frame);
        }
        Ok(Progress::Needed(missing)) => panic!("{missing} octets missing: {octets:02x?}"),
        Err(error) => assert_eq!(verdict, Some((error.code(), error.scope)), "{error}: {octets:02x?}"),
    }
}

/// The fields by themselves say what the whole says: the same error, or the same frame with a length for its payload.
fn check_fields(octets: &[u8]) {
    let (header, payload) = octets.split_first_chunk().unwrap();
    let Ok(checked) = FrameHeader::parse(header).check(&ParseOptions::default()) else { return };
    let Some(len) = checked.fields_len() else {
        assert_eq!(checked.parse_fields(payload), Ok(None));
        return;
    };
    assert!(len <= 8 && len <= payload.len());
    assert!(len == 0 || checked.parse_fields(&payload[..len - 1]) == Ok(None), "an octet is missing");
    let whole = checked.parse(payload).map(|frame| frame.map(|frame| frame.map(<[u8]>::len)));
    assert_eq!(checked.parse_fields(&payload[..len]), whole);
}

/// The encoded frame differs from what was parsed in undefined flags, reserved bits and bytes of padding only: it has
/// the same length and parses to the same frame, and a second round changes nothing.
fn check_reencoded(octets: &[u8], frame: Frame<&[u8]>) {
    let mut encoded = [0; 32];
    assert_eq!(frame.encode(&mut encoded), Ok(octets.len()), "{frame:?}");
    let Ok(Progress::Item { item: (_, again), .. }) =
        Frame::parse(&encoded[..octets.len()], &ParseOptions::default())
    else {
        panic!("{frame:?} does not survive")
    };
    assert_eq!(again, frame);
}
