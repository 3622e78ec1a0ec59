//! Strategies for proptest.

use std::vec::Vec;

use proptest::prelude::*;

use crate::generate::{BREAKABLE, BrokenFrame, Ingredients};
use crate::{Frame, FrameRule};

fn ingredients() -> impl Strategy<Value = Ingredients> {
    let frame_type = prop_oneof![4 => 0..10_u8, 1 => any::<u8>()];
    let octets = prop::collection::vec(any::<u8>(), 0..64);
    let settings = prop::collection::vec(any::<(u16, u32)>(), 0..6);
    (frame_type, any::<(u8, u8)>(), any::<(u32, u32)>(), any::<[u8; 8]>(), settings, octets).prop_map(
        |(frame_type, (flags, pad_length), (stream_id, number), opaque_data, settings, octets)| Ingredients {
            frame_type,
            flags,
            stream_id,
            pad_length,
            number,
            opaque_data,
            settings,
            octets,
        },
    )
}

/// Valid frames of all types, unknown ones too, each of which is parsed with the default
/// [`ParseOptions`](crate::ParseOptions).
pub fn frame() -> impl Strategy<Value = Frame<Vec<u8>>> {
    ingredients().prop_map(Ingredients::frame)
}

/// Frames that break one rule of [`BREAKABLE`].
pub fn broken_frame() -> impl Strategy<Value = BrokenFrame> {
    prop::sample::select(BREAKABLE).prop_flat_map(breaking)
}

/// Frames that break `rule`, one of [`BREAKABLE`]; for another there is none, and the test gives up.
pub fn breaking(rule: FrameRule) -> impl Strategy<Value = BrokenFrame> {
    ingredients()
        .prop_filter_map("not breakable by one frame", move |made| BrokenFrame::from_ingredients(rule, made))
}
