//! More than the receiver accepts.

use alloc::vec;
use alloc::vec::Vec;

use h2wire_frame::{Flags, FrameHeader, FrameType, Scope, Setting, SettingId, StreamId};

use super::raw::{self, Breach};
use super::stage::{self, Stage};
use crate::generate::Seed;
use crate::generate::messages::Lines;
use crate::{FieldLine, Limit, Role, SectionHead};

/// Nobody wants to make or send more.
const MOST: usize = 1 << 20;
/// Fields of the static table, a byte each: a large one and the smallest that no rule is about.
const LARGE: (&str, &str) = ("accept-encoding", "gzip, deflate");
const SMALL: (&str, &str) = ("age", "");

pub(super) fn breach(limit: Limit, stage: &mut Stage, seed: &mut Seed<'_>) -> Option<Breach> {
    match limit {
        Limit::SectionSize => large_section(stage, LARGE, |_, size, most| size > most),
        Limit::Fields => {
            let most = stage.speaker.plan.limits.fields();
            large_section(stage, SMALL, |fields, _, _| fields > most)
        }
        Limit::BlockLength => long_block(stage),
        Limit::Continuations => continuations(stage, seed),
        Limit::Settings => settings(stage, seed),
    }
}

/// A valid section with as many fields of one kind as make it too large, and no other limit exceeded before.
fn large_section(
    stage: &mut Stage,
    (name, value): (&str, &str),
    is_enough: impl Fn(u32, u32, u32) -> bool,
) -> Option<Breach> {
    let limits = stage.speaker.plan.limits;
    let mut lines = match stage.speaker.plan.sender() {
        Role::Client => stage::request(),
        _ => Lines::from_pairs(&[(":status", "200")]),
    };
    let size_of = |line: FieldLine<'_>| {
        u32::try_from(line.name.len().saturating_add(line.value.len()).saturating_add(32)).unwrap_or(u32::MAX)
    };
    let mut size = lines.iter().fold(0_u32, |sum, line| sum.saturating_add(size_of(line)));
    let mut fields = u32::try_from(lines.iter().count()).ok()?;
    let each = size_of((name, value).into());
    while !is_enough(fields, size, limits.max_section_size) {
        // The first limit counts.
        if size > limits.max_section_size || fields > limits.fields() || lines.iter().count() > MOST {
            return None;
        }
        lines.push(name, value);
        (fields, size) = (fields.saturating_add(1), size.saturating_add(each));
    }
    let (over_size, over_fields) = (size > limits.max_section_size, fields > limits.fields());
    if over_size && over_fields {
        return None;
    }
    let head = SectionHead::headers(stage.stream_id(), false);
    let octets = stage.section(head, &lines)?;
    let at = raw::last_frame(&octets);
    let fits = octets.len() <= usize::try_from(limits.block_len()).unwrap_or(usize::MAX) && at == 0;
    fits.then_some(Breach { octets, at, scope: Scope::Stream(head.stream_id) })
}

/// A block that is longer than the limit, in frames that are full.
fn long_block(stage: &mut Stage) -> Option<Breach> {
    const FULL: usize = 16_384;
    let limits = stage.speaker.plan.limits;
    let most = usize::try_from(limits.block_len()).ok().filter(|most| *most < MOST)?;
    // `:method: GET`, again and again, or `:status: 200`: malformed, and too large before that.
    let octet = if stage.speaker.plan.sender() == Role::Client { 0x82 } else { 0x88 };
    let (id, mut octets, mut sent, mut at) = (stage.stream_id(), Vec::new(), 0_usize, 0);
    while sent <= most {
        let len = FULL.min(most.saturating_sub(sent).saturating_add(1));
        at = octets.len();
        let frame_type = if sent == 0 { FrameType::HEADERS } else { FrameType::CONTINUATION };
        octets.extend(raw::frame(frame_type, Flags::NONE, id, &vec![octet; len]));
        sent = sent.saturating_add(len);
    }
    let continuations = sent.div_ceil(FULL).saturating_sub(1);
    let allowed = usize::try_from(limits.continuations()).unwrap_or(usize::MAX);
    (continuations <= allowed).then_some(Breach { octets, at, scope: Scope::Connection })
}

/// A block in more CONTINUATION frames than the limit: empty, or of a byte each.
fn continuations(stage: &mut Stage, seed: &mut Seed<'_>) -> Option<Breach> {
    let limits = stage.speaker.plan.limits;
    let most = usize::try_from(limits.continuations()).ok().filter(|most| *most < MOST / FrameHeader::LEN)?;
    let len = usize::from(seed.one_in(2) && limits.block_len() > limits.continuations().saturating_add(1));
    let octet = if stage.speaker.plan.sender() == Role::Client { 0x82 } else { 0x88 };
    let id = stage.stream_id();
    let one = raw::frame(FrameType::CONTINUATION, Flags::NONE, id, [octet].get(..len)?);
    let before = [raw::headers(id, Flags::NONE, &[]), one.repeat(most)].concat();
    Some(Breach::connection(one).after(&before))
}

/// More settings in a frame than the limit, each of them allowed.
fn settings(stage: &Stage, seed: &mut Seed<'_>) -> Option<Breach> {
    const FIT: u32 = 16_384 / 6;
    let count = stage.speaker.plan.limits.max_settings.checked_add(1).filter(|count| *count <= FIT)?;
    let id = if seed.one_in(2) { SettingId(0xf0f0) } else { SettingId::MAX_CONCURRENT_STREAMS };
    let setting = Setting { id, value: seed.number() }.encode();
    let payload = setting.repeat(usize::try_from(count).ok()?);
    Some(Breach::connection(raw::frame(FrameType::SETTINGS, Flags::NONE, StreamId::CONNECTION, &payload)))
}
