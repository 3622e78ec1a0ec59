//! Frames with one thing wrong give the error that was predicted: by the generator, or by the table of rules for a valid
//! frame in which one octet of header or payload is changed.
//!
//! Input: for `Arbitrary`.

use arbitrary::{Arbitrary, Result, Unstructured};
use h2wire_frame::generate::BrokenFrame;
use h2wire_frame::{Frame, FrameHeader, ParseOptions, Progress, StreamId};

use crate::oracle;

/// See the module.
pub fn target(octets: &[u8]) {
    let mut u = Unstructured::new(octets);
    let _ = if octets.len().is_multiple_of(2) { broken(&mut u) } else { mutated(&mut u) };
}

fn broken(u: &mut Unstructured<'_>) -> Result<()> {
    let broken = BrokenFrame::arbitrary(u)?;
    // And on another stream.
    let moved = broken.clone().on(StreamId::from_wire(u.arbitrary()?));
    for broken in [broken, moved] {
        assert_eq!(Frame::parse(&broken.octets, &ParseOptions::default()), Err(broken.error), "{broken:?}");
        let verdict = Some((broken.error.code(), broken.error.scope));
        assert_eq!(oracle::verdict(&broken.octets), verdict, "{broken:?}");
    }
    Ok(())
}

fn mutated(u: &mut Unstructured<'_>) -> Result<()> {
    // What to change comes first, as frames take what they get.
    let (at, mask): (u16, u8) = u.arbitrary()?;
    let frame = Frame::<Vec<u8>>::arbitrary(u)?;
    let mut octets = vec![0; frame.encoded_len()];
    frame.encode(&mut octets).expect("a valid frame");
    assert_eq!(oracle::verdict(&octets), None, "{frame:?}");
    let parsed = Frame::parse(&octets, &ParseOptions::default());
    assert!(
        matches!(parsed, Ok(Progress::Item { item: (_, same), .. }) if same.map(<[u8]>::to_vec) == frame)
    );

    let at = usize::from(at) % octets.len();
    octets[at] ^= mask;
    let length = FrameHeader::parse(octets.first_chunk().expect("a header")).length;
    // A length that grew takes in what follows the frame.
    octets.resize((FrameHeader::LEN + length.to_usize()).max(octets.len()).min(1 << 15), 0);
    let found = match Frame::parse(&octets, &ParseOptions::default()) {
        Ok(Progress::Item { consumed, .. }) => {
            assert_eq!(consumed, FrameHeader::LEN + length.to_usize());
            None
        }
        Ok(Progress::Needed(_)) => panic!("all is there"),
        Err(error) => Some((error.code(), error.scope)),
    };
    assert_eq!(found, oracle::verdict(&octets), "octet {at} of {frame:?} changed by {mask:#04x}");
    Ok(())
}
