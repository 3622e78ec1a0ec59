//! Frames that their stream, or a window, is not ready for.

use alloc::vec;
use alloc::vec::Vec;

use h2wire_frame::{ErrorCode, Flags, FrameType, StreamId};

use super::raw::{self, Breach};
use super::stage::Stage;
use super::stream_breach::StreamBreach;
use crate::Role;
use crate::generate::Seed;
use crate::generate::speaker::INITIAL_WINDOW;

/// Field blocks of the static table, which change no table.
const GET: &[u8] = b"\x82\x87\x84\x01\x01a";
const OK: &[u8] = b"\x88";
const ENDS: Flags = Flags::END_STREAM.union(Flags::END_HEADERS);

pub(super) fn breach(breach: StreamBreach, stage: &mut Stage, seed: &mut Seed<'_>) -> Option<Breach> {
    use StreamBreach as B;

    let sender = stage.speaker.plan.sender();
    if !breach.is_possible_for(sender) {
        return None;
    }
    let block = if sender == Role::Client { GET } else { OK };
    let content = data(stage.stream_id(), Flags::END_STREAM.when(seed.one_in(2)), b"abc");
    Some(match breach {
        B::IdleData => Breach::connection(data(stage.idle(seed), Flags::NONE, b"abc")),
        B::IdleRstStream => Breach::connection(rst_stream(stage.idle(seed))),
        B::IdleWindowUpdate => Breach::connection(window_update(stage.idle(seed), 1)),
        B::IdleHeaders => Breach::connection(raw::headers(stage.idle(seed), ENDS, OK)),
        B::DataAfterEnd => Breach::stream(stage.open(None, true), content),
        B::HeadersAfterEnd => {
            let id = stage.open(None, true);
            Breach::stream(id, raw::headers(id, ENDS, b"\x00\x01a\x01b"))
        }
        B::DataAfterReset => {
            let id = stage.open(None, false);
            Breach::stream(id, content).after(&rst_stream(id))
        }
        B::HeadersAfterReset => {
            let id = stage.open(None, false);
            Breach::stream(id, raw::headers(id, ENDS, b"\x00\x01a\x01b")).after(&rst_stream(id))
        }
        B::IdNotGrowing => {
            let lower = stage.stream_id();
            let higher = StreamId::new(lower.get().checked_add(2)?)?;
            let before = raw::headers(higher, ENDS, GET);
            Breach::connection(raw::headers(lower, ENDS, GET)).after(&before)
        }
        B::PromisedIdNotGrowing => {
            let (on, lower) = (stage.stream_id(), stage.promised());
            let higher = StreamId::new(lower.get().checked_add(2)?)?;
            let promise = |promised| raw::push_promise(on, promised, GET);
            Breach::connection(promise(lower)).after(&promise(higher))
        }
        B::PseudoFieldInTrailers => {
            let id = stage.open(None, false);
            Breach::stream(id, raw::headers(id, ENDS, block))
        }
        B::ContentLengthMismatch => {
            let len = if seed.one_in(2) { 2 } else { 4 };
            let id = stage.open(Some(len), false);
            Breach::stream(id, data(id, Flags::END_STREAM, b"abc"))
        }
        B::DataBeforeHeaders => Breach::stream(stage.stream_id(), content),
        B::ConnectionWindowOverflow => Breach::connection(window_update(
            StreamId::CONNECTION,
            0x7fff_ffff_u32.saturating_sub(seed.below(1_000)),
        )),
        B::StreamWindowOverflow => {
            let id = stage.open(None, false);
            let update = window_update(id, 0x7fff_ffff);
            // The window may have been 0.
            Breach::stream(id, update.clone()).after(&update)
        }
        B::ConnectionWindowExceeded => {
            let id = stage.open(None, false);
            exceeding(id, usize::try_from(stage.speaker.window.clamp(0, INITIAL_WINDOW)).ok()?, true)
        }
        B::StreamWindowExceeded => {
            let id = stage.open(None, false);
            let window = stage.speaker.initial_window.min(stage.speaker.window);
            let is_connection = stage.speaker.window <= stage.speaker.initial_window;
            exceeding(id, usize::try_from(window).ok()?, is_connection)
        }
    })
}

/// Content that fills a window, and a byte more.
fn exceeding(id: StreamId, window: usize, is_connection: bool) -> Breach {
    const FULL: usize = 16_384;
    let full = vec![b'a'; window];
    let before: Vec<u8> = full.chunks(FULL).flat_map(|content| data(id, Flags::NONE, content)).collect();
    let last = data(id, Flags::NONE, b"!");
    let breach = if is_connection { Breach::connection(last) } else { Breach::stream(id, last) };
    breach.after(&before)
}

fn data(id: StreamId, flags: Flags, content: &[u8]) -> Vec<u8> {
    raw::frame(FrameType::DATA, flags, id, content)
}

fn rst_stream(id: StreamId) -> Vec<u8> {
    raw::frame(FrameType::RST_STREAM, Flags::NONE, id, &ErrorCode::CANCEL.0.to_be_bytes())
}

fn window_update(id: StreamId, increment: u32) -> Vec<u8> {
    raw::frame(FrameType::WINDOW_UPDATE, Flags::NONE, id, &increment.to_be_bytes())
}
