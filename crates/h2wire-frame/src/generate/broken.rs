//! Frames that break one rule.

use std::vec;
use std::vec::Vec;

use crate::frame::stream_error;
use crate::generate::Ingredients;
use crate::{Flags, Frame, FrameError, FrameType, Rule, Setting, SettingId, StreamId};

/// The octets of a frame that breaks one rule, and the error to expect with the default
/// [`ParseOptions`](crate::ParseOptions).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BrokenFrame {
    /// Header and payload. Where the rule is about the length limit the payload is shorter than announced.
    pub octets: Vec<u8>,
    /// What a parser must say.
    pub error: FrameError,
}

/// The rules that a [`BrokenFrame`] can break: all that one frame by itself can.
#[rustfmt::skip]
pub const BREAKABLE: &[Rule] = &[
    Rule::FrameLengthLimit,
    Rule::DataStreamId, Rule::DataLength, Rule::DataPadding,
    Rule::HeadersStreamId, Rule::HeadersLength, Rule::HeadersPadding,
    Rule::PriorityStreamId, Rule::PriorityLength,
    Rule::RstStreamStreamId, Rule::RstStreamLength,
    Rule::SettingsStreamId, Rule::SettingsLength, Rule::SettingsAckLength, Rule::SettingsEnablePush,
    Rule::SettingsInitialWindowSize, Rule::SettingsMaxFrameSize, Rule::SettingsEnableConnectProtocol,
    Rule::SettingsNoRfc7540Priorities,
    Rule::PushPromiseStreamId, Rule::PushPromiseLength, Rule::PushPromisePadding, Rule::PushPromisePromisedStreamId,
    Rule::PingStreamId, Rule::PingLength,
    Rule::GoAwayStreamId, Rule::GoAwayLength,
    Rule::WindowUpdateLength, Rule::WindowUpdateIncrement,
    Rule::ContinuationStreamId,
    Rule::PriorityUpdateStreamId, Rule::PriorityUpdateLength, Rule::PriorityUpdatePrioritizedStreamId,
];

/// A frame in pieces that nothing holds together.
struct Raw {
    length: Option<u32>,
    frame_type: FrameType,
    flags: Flags,
    stream_id: StreamId,
    payload: Vec<u8>,
}

impl BrokenFrame {
    /// Breaks `rule` in a frame made of `ingredients`; `None` when no frame by itself can break it.
    pub(crate) fn breaking(rule: Rule, mut ingredients: Ingredients) -> Option<Self> {
        if let Some(frame_type) = frame_type_of(rule) {
            ingredients.frame_type = frame_type.0;
        }
        let Ingredients { flags, number, .. } = ingredients;
        let odd_bit = flags & 1 != 0;
        let mut raw = Raw::of(&ingredients.frame())?;
        let mut error = FrameError::connection(rule);
        match rule {
            Rule::FrameLengthLimit => raw.length = Some((number & 0x00ff_ffff).max(16_385)),
            Rule::PushPromiseStreamId if odd_bit => raw.stream_id = StreamId::new(number & 0x7fff_fffe)?,
            Rule::DataStreamId
            | Rule::HeadersStreamId
            | Rule::PriorityStreamId
            | Rule::RstStreamStreamId
            | Rule::PushPromiseStreamId
            | Rule::ContinuationStreamId => raw.stream_id = StreamId::CONNECTION,
            Rule::SettingsStreamId
            | Rule::PingStreamId
            | Rule::GoAwayStreamId
            | Rule::PriorityUpdateStreamId => {
                raw.stream_id = StreamId::new((number & 0x7fff_ffff).max(1))?;
            }
            Rule::PriorityLength => {
                raw.resize_but(5, number);
                error = stream_error(raw.stream_id, rule);
            }
            Rule::RstStreamLength | Rule::WindowUpdateLength => raw.resize_but(4, number),
            Rule::PingLength => raw.resize_but(8, number),
            Rule::GoAwayLength => raw.payload.truncate(remainder(number, 8)),
            Rule::PriorityUpdateLength => raw.payload.truncate(remainder(number, 4)),
            Rule::SettingsLength => {
                raw.flags = Flags::NONE;
                let rest = remainder(number, 5).saturating_add(1);
                raw.payload.extend_from_slice([0xaa; 5].get(..rest)?);
            }
            Rule::SettingsAckLength => {
                raw.flags = Flags::ACK;
                raw.payload.resize(remainder(number, 20).saturating_add(1), 0);
            }
            Rule::SettingsEnablePush => raw.push_setting(SettingId::ENABLE_PUSH, number.max(2)),
            Rule::SettingsEnableConnectProtocol => {
                raw.push_setting(SettingId::ENABLE_CONNECT_PROTOCOL, number.max(2));
            }
            Rule::SettingsNoRfc7540Priorities => {
                raw.push_setting(SettingId::NO_RFC7540_PRIORITIES, number.max(2));
            }
            Rule::SettingsInitialWindowSize => {
                raw.push_setting(SettingId::INITIAL_WINDOW_SIZE, number | 0x8000_0000);
            }
            Rule::SettingsMaxFrameSize => {
                let value = if odd_bit { number & 0x3fff } else { number | 0x0100_0000 };
                raw.push_setting(SettingId::MAX_FRAME_SIZE, value);
            }
            Rule::DataLength => raw.too_short(Flags::PADDED, 1, number),
            Rule::HeadersLength if odd_bit => raw.too_short(Flags::PRIORITY, 5, number),
            Rule::HeadersLength => raw.too_short(Flags::PADDED | Flags::PRIORITY, 6, number),
            Rule::PushPromiseLength if odd_bit => raw.too_short(Flags::NONE, 4, number),
            Rule::PushPromiseLength => raw.too_short(Flags::PADDED, 5, number),
            Rule::DataPadding => raw.pad_too_much(Flags::PADDED, 1, number),
            Rule::HeadersPadding if odd_bit => raw.pad_too_much(Flags::PADDED, 1, number),
            Rule::HeadersPadding => raw.pad_too_much(Flags::PADDED | Flags::PRIORITY, 6, number),
            Rule::PushPromisePadding => raw.pad_too_much(Flags::PADDED, 5, number),
            Rule::PushPromisePromisedStreamId => {
                raw.flags = Flags::END_HEADERS;
                let promised = if odd_bit { 0 } else { number | 1 };
                raw.payload = [&promised.to_be_bytes(), raw.payload.as_slice()].concat();
            }
            Rule::WindowUpdateIncrement => {
                raw.payload = [u8::from(odd_bit).rotate_right(1), 0, 0, 0].to_vec();
                error = stream_error(raw.stream_id, rule);
            }
            Rule::PriorityUpdatePrioritizedStreamId => {
                raw.payload =
                    [&[u8::from(odd_bit).rotate_right(1), 0, 0, 0], raw.payload.as_slice()].concat();
            }
            _ => return None,
        }
        Some(Self { octets: raw.octets(), error })
    }
}

/// The type of the frames that can break a rule; `None` when all can.
fn frame_type_of(rule: Rule) -> Option<FrameType> {
    let types = (0..=u8::MAX).map(FrameType).filter_map(|frame_type| Some((frame_type, frame_type.name()?)));
    let starts = |name: &str| {
        let rest = rule.name().strip_prefix(name.to_ascii_lowercase().as_str());
        rest.is_some_and(|rest| rest.starts_with('_')).then_some(name.len())
    };
    // PRIORITY_UPDATE also starts with PRIORITY.
    types
        .max_by_key(|(_, name)| starts(name))
        .filter(|(_, name)| starts(name).is_some())
        .map(|(found, _)| found)
}

fn remainder(number: u32, divisor: u32) -> usize {
    number.checked_rem(divisor).and_then(|rest| usize::try_from(rest).ok()).unwrap_or_default()
}

impl Raw {
    /// `None` never happens for a frame that was made of ingredients.
    fn of(frame: &Frame<Vec<u8>>) -> Option<Self> {
        let mut octets = vec![0; frame.encoded_len()];
        frame.encode(&mut octets).ok()?;
        let (header, payload) = octets.split_first_chunk()?;
        let header = crate::FrameHeader::parse(header);
        let crate::FrameHeader { frame_type, flags, stream_id, .. } = header;
        Some(Self { length: None, frame_type, flags, stream_id, payload: payload.to_vec() })
    }

    fn octets(&self) -> Vec<u8> {
        let length = self.length.unwrap_or_else(|| u32::try_from(self.payload.len()).unwrap_or(u32::MAX));
        let [_, l0, l1, l2] = length.to_be_bytes();
        let head = [l0, l1, l2, self.frame_type.0, self.flags.0];
        [&head, self.stream_id.to_wire().as_slice(), &self.payload].concat()
    }

    /// Makes the payload another length than `fixed`, at most 20 octets.
    fn resize_but(&mut self, fixed: usize, number: u32) {
        let len = remainder(number, 20);
        self.payload.resize(if len == fixed { 0 } else { len }, 0xaa);
    }

    /// Sets flags that announce fields which do not fit in the payload.
    fn too_short(&mut self, flags: Flags, needed: u32, number: u32) {
        self.flags = flags;
        self.payload.truncate(remainder(number, needed));
    }

    /// Sets flags and a Pad Length that leaves no room for the `fixed` octets of other fields, itself counted.
    fn pad_too_much(&mut self, flags: Flags, fixed: usize, number: u32) {
        self.flags = flags;
        self.payload.truncate(remainder(number, 200));
        self.payload.resize(self.payload.len().max(fixed), 0);
        let room = self.payload.len().saturating_sub(fixed);
        let [.., more] = number.to_be_bytes();
        let pad_length = u8::try_from(room).unwrap_or(u8::MAX).saturating_add(1).max(more);
        if let Some(first) = self.payload.first_mut() {
            *first = pad_length;
        }
    }

    /// Adds a setting behind those that are there.
    fn push_setting(&mut self, id: SettingId, value: u32) {
        self.flags = Flags::NONE;
        self.payload.extend_from_slice(&Setting { id, value }.encode());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_found_by_the_name_of_the_rule() {
        assert_eq!(frame_type_of(Rule::PriorityLength), Some(FrameType::PRIORITY));
        assert_eq!(frame_type_of(Rule::PriorityUpdateLength), Some(FrameType::PRIORITY_UPDATE));
        assert_eq!(frame_type_of(Rule::RstStreamStreamId), Some(FrameType::RST_STREAM));
        assert_eq!(frame_type_of(Rule::FrameLengthLimit), None);
    }
}
