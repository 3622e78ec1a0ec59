//! Rules of one frame, of the order of frames, and of the side that sends.

use alloc::vec::Vec;

use h2wire_frame::generate::BrokenFrame;
use h2wire_frame::{
    Flags, FrameHeader, FrameRule, FrameType, PayloadLength, Scope, Setting, SettingId, StreamId,
};

use super::raw::{self, Breach};
use super::stage::Stage;
use crate::Role;
use crate::generate::Seed;

/// Parts of a block: `:method: GET` and `:status: 200` of the static table.
const REQUEST: &[u8] = b"\x82";
const RESPONSE: &[u8] = b"\x88";

pub(super) fn breach(rule: FrameRule, stage: &mut Stage, seed: &mut Seed<'_>) -> Option<Breach> {
    let id = stage.stream_id();
    let is_client = stage.speaker.plan.sender() == Role::Client;
    let other = StreamId::new(id.get() ^ 2).filter(|other| !other.is_connection()).unwrap_or(StreamId::MAX);
    let part = if is_client { REQUEST } else { RESPONSE };
    let start = raw::headers(id, Flags::NONE, part);
    let continuation = |id| raw::frame(FrameType::CONTINUATION, Flags::END_HEADERS, id, part);
    let block = b"\x82\x87\x84\x41\x01a";
    let promised = stage.promised();
    let octets = match rule {
        FrameRule::FrameInsideFieldBlock => {
            return Some(Breach::connection(inside(id, seed)).after(&start));
        }
        FrameRule::ContinuationOtherStream => {
            return Some(Breach::connection(continuation(other)).after(&start));
        }
        FrameRule::ContinuationWithoutHeaders => {
            let id = if seed.one_in(2) { stage.open(None, false) } else { id };
            continuation(id)
        }
        FrameRule::HeadersServerStream => {
            let even = StreamId::new(seed.below(100).saturating_add(1).saturating_mul(2))?;
            raw::headers(even, Flags::END_HEADERS | Flags::END_STREAM, block)
        }
        FrameRule::SettingsEnablePushByServer => {
            let setting = Setting { id: SettingId::ENABLE_PUSH, value: 1 }.encode();
            raw::frame(FrameType::SETTINGS, Flags::NONE, StreamId::CONNECTION, &setting)
        }
        FrameRule::PushPromiseToServer => {
            raw::push_promise(stage.open(None, false), StreamId::from_wire([0, 0, 0, 2]), block)
        }
        FrameRule::PushPromiseDisabled => raw::push_promise(stage.open(None, false), promised, block),
        FrameRule::PushPromiseStreamId if !is_client && seed.one_in(2) => {
            let even = StreamId::new(seed.below(100).saturating_add(1).saturating_mul(2))?;
            raw::push_promise(even, promised, block)
        }
        FrameRule::PriorityUpdateToClient => {
            let payload = [&id.to_wire(), b"u=1".as_slice()].concat();
            raw::frame(FrameType::PRIORITY_UPDATE, Flags::NONE, StreamId::CONNECTION, &payload)
        }
        _ => return one_frame(rule, stage, seed),
    };
    Some(Breach::connection(octets))
}

/// A frame that does not continue the block.
fn inside(id: StreamId, seed: &mut Seed<'_>) -> Vec<u8> {
    let (frame_type, stream_id, len) = match seed.below(6) {
        0 => (FrameType::PING, StreamId::CONNECTION, 8),
        1 => (FrameType::DATA, id, 3),
        2 => (FrameType::HEADERS, id, 0),
        3 => (FrameType::SETTINGS, StreamId::CONNECTION, 0),
        4 => (FrameType::RST_STREAM, id, 4),
        _ => (FrameType(0xf0), StreamId::CONNECTION, 2),
    };
    raw::frame(frame_type, Flags::NONE, stream_id, [1; 8].get(..len).unwrap_or_default())
}

/// A frame that is broken by itself, on a stream that is open.
fn one_frame(rule: FrameRule, stage: &mut Stage, seed: &mut Seed<'_>) -> Option<Breach> {
    let stream_id = stage.open(None, false);
    let mut broken = BrokenFrame::breaking(rule, stream_id, seed)?;
    let header = FrameHeader::parse(broken.octets.first_chunk()?);
    let most = stage.speaker.plan.limits.max_settings;
    if header.frame_type == FrameType::SETTINGS && header.length.get().div_ceil(6) > most {
        // As few settings as can be.
        broken = BrokenFrame::breaking(rule, stream_id, &mut Seed::new(&[]))?;
    }
    if rule == FrameRule::FrameLengthLimit {
        let least = stage.speaker.plan.max_frame_size().checked_add(1).and_then(PayloadLength::new)?;
        let [_, length @ ..] = header.length.max(least).get().to_be_bytes();
        broken.octets.get_mut(..3)?.copy_from_slice(&length);
    }
    Some(match broken.error.scope {
        Scope::Connection => Breach::connection(broken.octets),
        Scope::Stream(stream_id) => Breach::stream(stream_id, broken.octets),
    })
}
