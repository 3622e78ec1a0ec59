//! Frames that break one rule.

use std::vec;
use std::vec::Vec;

use crate::frame::table::shape_of;
use crate::generate::{Ingredients, Seed};
use crate::shape::{StreamRule, stream_error};
use crate::{Flags, Frame, FrameError, FrameRule, FrameType, Setting, SettingId, StreamId};

/// The bytes of a frame that breaks one rule, and the error to expect with the default
/// [`ParseOptions`](crate::ParseOptions).
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct BrokenFrame {
    /// Header and payload. Where the rule is about the length limit the payload is shorter than announced.
    pub octets: Vec<u8>,
    /// The error that a parser must return.
    pub error: FrameError,
}

/// The rules that a [`BrokenFrame`] can break: all that a single frame can break. They are:
///
/// - any frame: [`FrameLengthLimit`](FrameRule::FrameLengthLimit)
/// - DATA: [`DataStreamId`](FrameRule::DataStreamId), [`DataLength`](FrameRule::DataLength),
///   [`DataPadding`](FrameRule::DataPadding)
/// - HEADERS: [`HeadersStreamId`](FrameRule::HeadersStreamId), [`HeadersLength`](FrameRule::HeadersLength),
///   [`HeadersPadding`](FrameRule::HeadersPadding)
/// - PRIORITY: [`PriorityStreamId`](FrameRule::PriorityStreamId), [`PriorityLength`](FrameRule::PriorityLength)
/// - `RST_STREAM`: [`RstStreamStreamId`](FrameRule::RstStreamStreamId), [`RstStreamLength`](FrameRule::RstStreamLength)
/// - SETTINGS: [`SettingsStreamId`](FrameRule::SettingsStreamId), [`SettingsLength`](FrameRule::SettingsLength),
///   [`SettingsAckLength`](FrameRule::SettingsAckLength), [`SettingsEnablePush`](FrameRule::SettingsEnablePush),
///   [`SettingsInitialWindowSize`](FrameRule::SettingsInitialWindowSize),
///   [`SettingsMaxFrameSize`](FrameRule::SettingsMaxFrameSize),
///   [`SettingsEnableConnectProtocol`](FrameRule::SettingsEnableConnectProtocol),
///   [`SettingsNoRfc7540Priorities`](FrameRule::SettingsNoRfc7540Priorities)
/// - `PUSH_PROMISE`: [`PushPromiseStreamId`](FrameRule::PushPromiseStreamId),
///   [`PushPromiseLength`](FrameRule::PushPromiseLength), [`PushPromisePadding`](FrameRule::PushPromisePadding),
///   [`PushPromisePromisedStreamId`](FrameRule::PushPromisePromisedStreamId)
/// - PING: [`PingStreamId`](FrameRule::PingStreamId), [`PingLength`](FrameRule::PingLength)
/// - GOAWAY: [`GoAwayStreamId`](FrameRule::GoAwayStreamId), [`GoAwayLength`](FrameRule::GoAwayLength)
/// - `WINDOW_UPDATE`: [`WindowUpdateLength`](FrameRule::WindowUpdateLength),
///   [`WindowUpdateIncrement`](FrameRule::WindowUpdateIncrement)
/// - CONTINUATION: [`ContinuationStreamId`](FrameRule::ContinuationStreamId)
/// - `PRIORITY_UPDATE`: [`PriorityUpdateStreamId`](FrameRule::PriorityUpdateStreamId),
///   [`PriorityUpdateLength`](FrameRule::PriorityUpdateLength),
///   [`PriorityUpdatePrioritizedStreamId`](FrameRule::PriorityUpdatePrioritizedStreamId)
///
/// The other rules need more than one frame (order, what stands at the start) or the side that sends.
#[rustfmt::skip]
pub const BREAKABLE: &[FrameRule] = &[
    FrameRule::FrameLengthLimit,
    FrameRule::DataStreamId, FrameRule::DataLength, FrameRule::DataPadding,
    FrameRule::HeadersStreamId, FrameRule::HeadersLength, FrameRule::HeadersPadding,
    FrameRule::PriorityStreamId, FrameRule::PriorityLength,
    FrameRule::RstStreamStreamId, FrameRule::RstStreamLength,
    FrameRule::SettingsStreamId, FrameRule::SettingsLength, FrameRule::SettingsAckLength, FrameRule::SettingsEnablePush,
    FrameRule::SettingsInitialWindowSize, FrameRule::SettingsMaxFrameSize, FrameRule::SettingsEnableConnectProtocol,
    FrameRule::SettingsNoRfc7540Priorities,
    FrameRule::PushPromiseStreamId, FrameRule::PushPromiseLength, FrameRule::PushPromisePadding, FrameRule::PushPromisePromisedStreamId,
    FrameRule::PingStreamId, FrameRule::PingLength,
    FrameRule::GoAwayStreamId, FrameRule::GoAwayLength,
    FrameRule::WindowUpdateLength, FrameRule::WindowUpdateIncrement,
    FrameRule::ContinuationStreamId,
    FrameRule::PriorityUpdateStreamId, FrameRule::PriorityUpdateLength, FrameRule::PriorityUpdatePrioritizedStreamId,
];

/// A frame in loose pieces.
struct Raw {
    length: Option<u32>,
    frame_type: FrameType,
    flags: Flags,
    stream_id: StreamId,
    payload: Vec<u8>,
}

impl BrokenFrame {
    /// A frame that breaks `rule` on `stream_id`; `None` if `rule` is not in [`BREAKABLE`].
    ///
    /// The seed decides what the rule leaves open: length, padding, values, type. See [`on`](Self::on) for frames that
    /// cannot be on this stream.
    #[must_use]
    pub fn breaking(rule: FrameRule, stream_id: StreamId, seed: &mut Seed<'_>) -> Option<Self> {
        Self::from_ingredients(rule, Ingredients::from_seed(seed)).map(|broken| broken.on(stream_id))
    }

    /// The same frame on another stream, and the error that goes with it.
    ///
    /// It stays where it is if the rule or the type of the frame says where: a frame whose breach is that it is on stream 0,
    /// SETTINGS with a wrong value, or DATA that should go to stream 0. The breach always remains the same.
    #[must_use]
    pub fn on(mut self, stream_id: StreamId) -> Self {
        let frame_type = self.octets.get(3).map(|octet| FrameType(*octet));
        let moves = match frame_type.and_then(shape_of).map(|shape| &shape.stream) {
            Some(&StreamRule::OnStream(rule)) => rule != self.error.rule && !stream_id.is_connection(),
            Some(&StreamRule::OnConnection(rule)) => rule == self.error.rule && !stream_id.is_connection(),
            Some(&StreamRule::Anywhere) | None => true,
        };
        if let Some(place) = self.octets.get_mut(5..9).filter(|_| moves) {
            place.copy_from_slice(&stream_id.to_wire());
            self.error = error_of(self.error.rule, stream_id);
        }
        self
    }

    /// Breaks `rule` in a frame made of `ingredients`; `None` if no single frame can break it.
    pub(crate) fn from_ingredients(rule: FrameRule, mut ingredients: Ingredients) -> Option<Self> {
        match frame_type_of(rule) {
            Some(frame_type) => ingredients.frame_type = frame_type.0,
            // It would also be out of order.
            None if ingredients.frame_type == FrameType::CONTINUATION.0 => {
                ingredients.frame_type = FrameType::DATA.0;
            }
            None => {}
        }
        // Fewer than a receiver accepts, that which is broken included.
        ingredients.settings.truncate(16);
        let Ingredients { flags, number, .. } = ingredients;
        let odd_bit = flags & 1 != 0;
        let mut raw = Raw::from_frame(&ingredients.frame())?;
        match rule {
            FrameRule::FrameLengthLimit => raw.length = Some((number & 0x00ff_ffff).max(16_385)),
            FrameRule::DataStreamId
            | FrameRule::HeadersStreamId
            | FrameRule::PriorityStreamId
            | FrameRule::RstStreamStreamId
            | FrameRule::PushPromiseStreamId
            | FrameRule::ContinuationStreamId => raw.stream_id = StreamId::CONNECTION,
            FrameRule::SettingsStreamId
            | FrameRule::PingStreamId
            | FrameRule::GoAwayStreamId
            | FrameRule::PriorityUpdateStreamId => {
                raw.stream_id = StreamId::new((number & 0x7fff_ffff).max(1))?;
            }
            FrameRule::PriorityLength => raw.resize_but(5, number),
            FrameRule::RstStreamLength | FrameRule::WindowUpdateLength => raw.resize_but(4, number),
            FrameRule::PingLength => raw.resize_but(8, number),
            FrameRule::GoAwayLength => raw.payload.truncate(remainder(number, 8)),
            FrameRule::PriorityUpdateLength => raw.payload.truncate(remainder(number, 4)),
            FrameRule::SettingsLength => {
                raw.flags = Flags::NONE;
                let rest = remainder(number, 5).saturating_add(1);
                raw.payload.extend_from_slice([0xaa; 5].get(..rest)?);
            }
            FrameRule::SettingsAckLength => {
                raw.flags = Flags::ACK;
                raw.payload.resize(remainder(number, 20).saturating_add(1), 0);
            }
            FrameRule::SettingsEnablePush => raw.push_setting(SettingId::ENABLE_PUSH, number.max(2)),
            FrameRule::SettingsEnableConnectProtocol => {
                raw.push_setting(SettingId::ENABLE_CONNECT_PROTOCOL, number.max(2));
            }
            FrameRule::SettingsNoRfc7540Priorities => {
                raw.push_setting(SettingId::NO_RFC7540_PRIORITIES, number.max(2));
            }
            FrameRule::SettingsInitialWindowSize => {
                raw.push_setting(SettingId::INITIAL_WINDOW_SIZE, number | 0x8000_0000);
            }
            FrameRule::SettingsMaxFrameSize => {
                let value = if odd_bit { number & 0x3fff } else { number | 0x0100_0000 };
                raw.push_setting(SettingId::MAX_FRAME_SIZE, value);
            }
            FrameRule::DataLength => raw.too_short(Flags::PADDED, 1, number),
            FrameRule::HeadersLength if odd_bit => raw.too_short(Flags::PRIORITY, 5, number),
            FrameRule::HeadersLength => raw.too_short(Flags::PADDED | Flags::PRIORITY, 6, number),
            FrameRule::PushPromiseLength if odd_bit => raw.too_short(Flags::NONE, 4, number),
            FrameRule::PushPromiseLength => raw.too_short(Flags::PADDED, 5, number),
            FrameRule::DataPadding => raw.pad_too_much(Flags::PADDED, 1, number),
            FrameRule::HeadersPadding if odd_bit => raw.pad_too_much(Flags::PADDED, 1, number),
            FrameRule::HeadersPadding => raw.pad_too_much(Flags::PADDED | Flags::PRIORITY, 6, number),
            FrameRule::PushPromisePadding => raw.pad_too_much(Flags::PADDED, 5, number),
            FrameRule::PushPromisePromisedStreamId => {
                raw.flags = Flags::END_HEADERS;
                let promised = if odd_bit { 0 } else { number | 1 };
                raw.payload = [&promised.to_be_bytes(), raw.payload.as_slice()].concat();
            }
            FrameRule::WindowUpdateIncrement => {
                raw.payload = [u8::from(odd_bit).rotate_right(1), 0, 0, 0].to_vec();
            }
            FrameRule::PriorityUpdatePrioritizedStreamId => {
                raw.payload =
                    [&[u8::from(odd_bit).rotate_right(1), 0, 0, 0], raw.payload.as_slice()].concat();
            }
            _ => return None,
        }
        Some(Self { error: error_of(rule, raw.stream_id), octets: raw.octets() })
    }
}

/// The error of a frame on this stream.
fn error_of(rule: FrameRule, stream_id: StreamId) -> FrameError {
    match rule {
        FrameRule::PriorityLength | FrameRule::WindowUpdateIncrement => stream_error(stream_id, rule),
        _ => FrameError::connection(rule),
    }
}

/// The type of the frames that can break a rule; `None` when all can.
fn frame_type_of(rule: FrameRule) -> Option<FrameType> {
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
    fn from_frame(frame: &Frame<Vec<u8>>) -> Option<Self> {
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

    /// Makes the payload another length than `fixed`, at most 20 bytes.
    fn resize_but(&mut self, fixed: usize, number: u32) {
        let len = remainder(number, 20);
        self.payload.resize(if len == fixed { 0 } else { len }, 0xaa);
    }

    /// Sets flags that announce fields which do not fit in the payload.
    fn too_short(&mut self, flags: Flags, needed: u32, number: u32) {
        self.flags = flags;
        self.payload.truncate(remainder(number, needed));
    }

    /// Sets flags and a Pad Length that leaves no room for the `fixed` bytes of other fields, itself counted.
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

    /// Appends a setting.
    fn push_setting(&mut self, id: SettingId, value: u32) {
        self.flags = Flags::NONE;
        self.payload.extend_from_slice(&Setting { id, value }.encode());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_names_every_rule() {
        let (_, text) = include_str!("broken.rs").split_once("They are:").unwrap();
        let (text, _) = text.split_once("pub const BREAKABLE").unwrap();
        let listed: Vec<_> =
            text.split("(FrameRule::").skip(1).filter_map(|rest| rest.split(')').next()).collect();
        assert_eq!(listed, BREAKABLE.iter().map(|rule| std::format!("{rule:?}")).collect::<Vec<_>>());
    }

    #[test]
    fn types_are_found_by_the_name_of_the_rule() {
        assert_eq!(frame_type_of(FrameRule::PriorityLength), Some(FrameType::PRIORITY));
        assert_eq!(frame_type_of(FrameRule::PriorityUpdateLength), Some(FrameType::PRIORITY_UPDATE));
        assert_eq!(frame_type_of(FrameRule::RstStreamStreamId), Some(FrameType::RST_STREAM));
        assert_eq!(frame_type_of(FrameRule::FrameLengthLimit), None);
    }
}
