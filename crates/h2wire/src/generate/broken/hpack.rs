//! Field blocks that cannot be decoded.

use alloc::vec::Vec;

use h2wire_frame::{Flags, Frame, Setting, SettingId, SettingList, Settings, StreamId};
use h2wire_hpack::HpackError;

use super::raw::{self, Breach};
use super::stage::{self, Stage};
use crate::generate::Seed;
use crate::generate::messages::Lines;
use crate::{Indexing, Role, SectionHead, SectionKind};

/// Above every index of a table, which has less than 4 GiB: an entry takes 32 bytes.
const NO_INDEX: u32 = 0x0800_0100;

pub(super) fn breach(error: HpackError, stage: &mut Stage, seed: &mut Seed<'_>) -> Option<Breach> {
    if error == HpackError::MissingSizeUpdate {
        return missing_size_update(stage, seed);
    }
    let is_client = stage.speaker.plan.sender() == Role::Client;
    let good: &[u8] = if is_client { b"\x82\x87\x84\x01\x01a" } else { b"\x88" };
    // Some whole fields may come before. None is indexed: a size update may be due before that.
    let mut block = if seed.one_in(2) { good.to_vec() } else { Vec::new() };
    let literal = seed.choose(&[0x40, 0x00, 0x10]).copied().unwrap_or(0);
    let behind = |octets: &[u8]| [&[literal], octets].concat();
    let wrong = match error {
        HpackError::IndexZero => [0x80].to_vec(),
        HpackError::IndexOutOfRange => raw::integer(0x80, 7, NO_INDEX.saturating_add(seed.below(0x1_0000))),
        HpackError::NameIndexOutOfRange => {
            let bits = if literal == 0x40 { 6 } else { 4 };
            let index = raw::integer(literal, bits, NO_INDEX.saturating_add(seed.below(0x1_0000)));
            [index.as_slice(), b"\x01a"].concat()
        }
        HpackError::IntegerOverflow if seed.one_in(2) => b"\xff\xff\xff\xff\xff\x7f".to_vec(),
        HpackError::IntegerOverflow => b"\xff\x80\x80\x80\x80\x80\x80\x00".to_vec(),
        HpackError::StringTooLong => {
            let most = stage.speaker.plan.limits.block_len();
            let len = most.checked_add(1)?;
            let len = len.saturating_add(seed.below(1_000));
            if seed.one_in(2) {
                [&behind(b"\x01a"), raw::integer(0, 7, len).as_slice()].concat()
            } else {
                behind(&raw::integer(0, 7, len))
            }
        }
        // An a (00011) and 11 ones; ones alone.
        HpackError::HuffmanPaddingTooLong if seed.one_in(2) => behind(b"\x82\x1f\xff\x01a"),
        HpackError::HuffmanPaddingTooLong => behind(b"\x01a\x81\xff"),
        // An a and three zeros.
        HpackError::HuffmanPaddingNotOnes => behind(b"\x01a\x81\x18"),
        HpackError::HuffmanEos => behind(b"\x01a\x84\xff\xff\xff\xff"),
        HpackError::SizeUpdateAboveLimit => {
            let announced = stage.speaker.plan.last_setting(SettingId::HEADER_TABLE_SIZE);
            let limit = announced.unwrap_or(4_096).checked_add(1)?;
            block.clear();
            raw::integer(0x20, 5, limit.saturating_add(seed.below(10_000)))
        }
        HpackError::SizeUpdateAfterField => {
            // An update to 0 is always allowed, and the one that may be due.
            block = [b"\x20", good].concat();
            raw::integer(0x20, 5, seed.below(100))
        }
        HpackError::TruncatedBlock => behind(b"\x05abc"),
        _ => return None,
    };
    block.extend(wrong);
    Some(Breach::connection(headers(stage.stream_id(), &block)))
}

fn headers(stream_id: StreamId, block: &[u8]) -> Vec<u8> {
    raw::headers(stream_id, Flags::END_HEADERS | Flags::END_STREAM, block)
}

/// An entry is made, the receiver lowers the table's size, which is acknowledged, and a block comes without an update.
fn missing_size_update(stage: &mut Stage, seed: &mut Seed<'_>) -> Option<Breach> {
    const ENTRY: u32 = 64;
    if stage.speaker.plan.limits.max_table_size < ENTRY {
        return None;
    }
    let stream_id = stage.stream_id();
    let mut lines = match stage.speaker.plan.sender() {
        Role::Client => stage::request(),
        _ => Lines::from_pairs(&[(":status", "200")]),
    };
    lines.push_octets(b"x-entry", b"made", Indexing::Incremental);
    let kind = match stage.speaker.plan.sender() {
        Role::Client => SectionKind::Request,
        _ => SectionKind::Response,
    };
    stage.speaker.section(SectionHead::headers(stream_id, false), kind, &lines, 1);
    let value = seed.below(32);
    let setting = Setting { id: SettingId::HEADER_TABLE_SIZE, value }.encode();
    let lower = SettingList::parse(setting.to_vec()).ok()?;
    // The writer must not learn of it.
    stage.speaker.plan.receiver_settings.push(lower);
    stage.speaker.frame(Frame::Settings(Settings::Ack));
    // Trailers: names and values as they are.
    Some(Breach::connection(headers(stream_id, b"\x00\x01a\x01b")))
}
