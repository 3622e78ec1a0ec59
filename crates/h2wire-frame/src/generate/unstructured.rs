//! `Arbitrary`, from unstructured bytes.

use std::vec::Vec;

use arbitrary::{Arbitrary, Result, Unstructured};

use crate::generate::{BREAKABLE, BrokenFrame, Ingredients};
use crate::{Frame, FrameRule};

impl<'a> Arbitrary<'a> for Ingredients {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let (frame_type, flags, pad_length): (u8, _, _) = u.arbitrary()?;
        // Half of the frames have one of the ten types.
        let frame_type = if frame_type < 0x80 { frame_type % 10 } else { frame_type };
        let (stream_id, number, opaque_data) = u.arbitrary()?;
        let (settings, octets) = u.arbitrary()?;
        Ok(Self { frame_type, flags, stream_id, pad_length, number, opaque_data, settings, octets })
    }
}

impl<'a> Arbitrary<'a> for Frame<Vec<u8>> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ingredients::arbitrary(u).map(Ingredients::frame)
    }
}

impl<'a> Arbitrary<'a> for BrokenFrame {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let rule = *u.choose(BREAKABLE)?;
        Self::arbitrary_breaking(rule, u)
    }
}

impl BrokenFrame {
    /// A frame that breaks `rule`, one of [`BREAKABLE`].
    pub fn arbitrary_breaking(rule: FrameRule, u: &mut Unstructured<'_>) -> Result<Self> {
        Self::from_ingredients(rule, u.arbitrary()?).ok_or(arbitrary::Error::IncorrectFormat)
    }
}
