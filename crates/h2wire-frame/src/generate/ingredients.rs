//! Plain numbers and bytes, any of which make a valid frame.

use core::num::NonZeroU32;
use std::vec::Vec;

use crate::generate::Seed;
use crate::{
    Continuation, Data, ErrorCode, Flags, Frame, FrameType, GoAway, Headers, Ping, Priority, PriorityFields,
    PushPromise, RstStream, Setting, SettingId, SettingList, Settings, StreamId, Unknown, WindowUpdate,
};

/// What a frame is made of. Every value makes a valid one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Ingredients {
    /// Picks the type: below 10 it is the type, above it is that of an unknown frame.
    pub(crate) frame_type: u8,
    /// Source of flags: bit 0 to 3.
    pub(crate) flags: u8,
    pub(crate) stream_id: u32,
    pub(crate) pad_length: u8,
    /// Source of promised stream, last stream, dependency, increment.
    pub(crate) number: u32,
    /// Source of error code, weight, opaque data.
    pub(crate) opaque_data: [u8; 8],
    pub(crate) settings: Vec<(u16, u32)>,
    pub(crate) octets: Vec<u8>,
}

/// Leaves room for padding and fixed fields below the initial maximum frame size.
const MOST_OCTETS: usize = 16_000;

impl Ingredients {
    /// What a seed says, little of everything.
    pub(crate) fn from_seed(seed: &mut Seed<'_>) -> Self {
        let (frame_type, flags, pad_length) = (seed.octet(), seed.octet(), seed.octet());
        // Half of the frames have one of the ten types.
        let frame_type = if frame_type < 0x80 { frame_type.checked_rem(10).unwrap_or(0) } else { frame_type };
        let (stream_id, number) = (seed.number(), seed.number());
        let opaque_data = core::array::from_fn(|_| seed.octet());
        let settings = seed.below(5);
        let settings =
            (0..settings).map(|_| (u16::from_be_bytes([seed.octet(), seed.octet()]), seed.number()));
        let settings = settings.collect();
        let len = seed.below(64);
        let octets = seed.take(usize::try_from(len).unwrap_or_default()).to_vec();
        Self { frame_type, flags, stream_id, pad_length, number, opaque_data, settings, octets }
    }

    /// The frame.
    pub(crate) fn frame(mut self) -> Frame<Vec<u8>> {
        self.octets.truncate(MOST_OCTETS);
        let [end_stream, end_headers, padded, prioritized] = [1, 2, 4, 8].map(|bit| self.flags & bit != 0);
        let stream_id = self.stream_id();
        let pad_length = padded.then_some(self.pad_length);
        let [o0, o1, o2, o3, weight, ..] = self.opaque_data;
        let error_code = ErrorCode(u32::from_be_bytes([o0, o1, o2, o3]));
        let other_id = StreamId::from_wire(self.number.to_be_bytes());
        let fields = PriorityFields { exclusive: end_stream, stream_dependency: other_id, weight };
        let octets = self.octets;
        match FrameType(self.frame_type) {
            FrameType::DATA => Data { end_stream, stream_id, pad_length, data: octets }.into(),
            FrameType::HEADERS => {
                let priority = prioritized.then_some(fields);
                let field_block_fragment = octets;
                Headers { end_stream, end_headers, stream_id, pad_length, priority, field_block_fragment }
                    .into()
            }
            FrameType::PRIORITY => Priority { stream_id, priority: fields }.into(),
            FrameType::RST_STREAM => RstStream { stream_id, error_code }.into(),
            FrameType::SETTINGS if end_stream => Settings::Ack.into(),
            FrameType::SETTINGS => Settings::List(setting_list(&self.settings)).into(),
            FrameType::PUSH_PROMISE => {
                let promised_stream_id = server_initiated(self.number);
                let stream_id = StreamId::from_wire((stream_id.get() | 1).to_be_bytes());
                let field_block_fragment = octets;
                PushPromise { end_headers, stream_id, pad_length, promised_stream_id, field_block_fragment }
                    .into()
            }
            FrameType::PING => Ping { ack: end_stream, opaque_data: self.opaque_data }.into(),
            FrameType::GOAWAY => {
                GoAway { last_stream_id: other_id, error_code, additional_debug_data: octets }.into()
            }
            FrameType::WINDOW_UPDATE => {
                let stream_id = if end_stream { StreamId::CONNECTION } else { stream_id };
                let window_size_increment = NonZeroU32::new(other_id.get()).unwrap_or(NonZeroU32::MIN);
                WindowUpdate { stream_id, window_size_increment }.into()
            }
            FrameType::CONTINUATION => {
                Continuation { end_headers, stream_id, field_block_fragment: octets }.into()
            }
            FrameType::PRIORITY_UPDATE => {
                let payload = [&stream_id.to_wire(), octets.as_slice()].concat();
                let (frame_type, stream_id) = (FrameType::PRIORITY_UPDATE, StreamId::CONNECTION);
                Unknown { frame_type, flags: Flags(self.flags), stream_id, payload }.into()
            }
            frame_type => {
                let stream_id = if end_stream { StreamId::CONNECTION } else { stream_id };
                Unknown { frame_type, flags: Flags(self.flags), stream_id, payload: octets }.into()
            }
        }
    }

    /// A stream that is not the connection.
    fn stream_id(&self) -> StreamId {
        match StreamId::from_wire(self.stream_id.to_be_bytes()) {
            StreamId::CONNECTION => StreamId::MAX,
            stream_id => stream_id,
        }
    }
}

/// An even identifier that is not 0.
fn server_initiated(number: u32) -> StreamId {
    match StreamId::from_wire((number & !1).to_be_bytes()) {
        StreamId::CONNECTION => StreamId::from_wire([0, 0, 0, 2]),
        stream_id => stream_id,
    }
}

/// Valid settings: identifiers that are known more often than not, and the nearest allowed value.
fn setting_list(settings: &[(u16, u32)]) -> SettingList<Vec<u8>> {
    let mut octets = Vec::new();
    for (id, value) in settings.iter().take(32) {
        let id = SettingId(if *id < 0x8000 { id & 0x0f } else { *id });
        let allowed = [*value, value & 1, value & 0x7fff_ffff, 0x4000 | (value & 0x00ff_ffff)];
        let fits = |value: &u32| Setting { id, value: *value }.check().is_ok();
        if let Some(value) = allowed.into_iter().find(fits) {
            octets.extend_from_slice(&Setting { id, value }.encode());
        }
    }
    // What was put together of checked settings is a list of them.
    SettingList::parse(octets).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What follows the end of a seed is zeros: the plainest frame, without flags or padding.
    #[test]
    fn an_empty_seed_makes_the_plainest_frame() {
        let frame = Ingredients::from_seed(&mut Seed::new(&[])).frame();
        let stream_id = StreamId::MAX;
        assert_eq!(frame, Data { end_stream: false, stream_id, pad_length: None, data: Vec::new() }.into());
    }

    #[test]
    fn flags_and_settings_are_what_the_seed_says() {
        let frame = |flags| {
            let settings = std::vec![(0x8003, 7), (0x0015, 0x0100_4005), (2, 3), (4, u32::MAX), (8, 2)];
            let mut ingredients = Ingredients::from_seed(&mut Seed::new(&[]));
            (ingredients.frame_type, ingredients.flags, ingredients.settings) = (4, flags, settings);
            ingredients.frame()
        };
        assert_eq!(frame(1), Settings::Ack.into());
        let Frame::Settings(Settings::List(list)) = frame(0) else { panic!("no list") };
        let list: Vec<_> = list.iter().map(|setting| (setting.id.0, setting.value)).collect();
        assert_eq!(list, [(0x8003, 7), (5, 0x4005), (2, 1), (4, 1), (8, 0)]);
    }
}
