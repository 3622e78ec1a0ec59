//! What stands in the place of the start: other protocols, a damaged preface, another frame than SETTINGS.

use alloc::vec::Vec;

use h2wire_frame::{Flags, FrameRule, FrameType, PREFACE, StreamId};

use super::raw::{self, Breach};
use super::stage::Stage;
use crate::generate::Seed;

/// Replaces the start; `None` for rules that come later.
pub(super) fn breach(rule: FrameRule, stage: &mut Stage, seed: &mut Seed<'_>) -> Option<Breach> {
    let text: &[&[u8]] = match rule {
        FrameRule::Http1Response => &[
            b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n",
            b"HTTP/1.0 505 HTTP Version Not Supported\r\n\r\n",
            b"<!DOCTYPE html><title>400</title>",
        ],
        FrameRule::Http1Request => &[
            b"GET / HTTP/1.1\r\nhost: example.test\r\n\r\n",
            b"POST /a HTTP/1.1\r\nhost: example.test\r\ncontent-length: 0\r\n\r\n",
            b"OPTIONS * HTTP/1.1\r\nhost: example.test\r\n\r\n",
        ],
        FrameRule::TlsRecord => &[
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 of a client",
            b"\x15\x03\x03\x00\x02\x02\x46 and no more than that",
        ],
        FrameRule::Preface => return Some(Breach::connection(damaged_preface(seed))),
        FrameRule::FirstFrame => {
            stage.speaker.preface();
            return Some(Breach::connection(first_frame(seed)));
        }
        _ => return None,
    };
    seed.choose(text).map(|text| Breach::connection(text.to_vec()))
}

/// The preface with one byte changed, so that it is that of no other protocol; or as an editor rewrites line ends.
fn damaged_preface(seed: &mut Seed<'_>) -> Vec<u8> {
    if seed.one_in(4) {
        return b"PRI * HTTP/2.0\n\nSM\n\n and more than the preface".to_vec();
    }
    let mut octets = PREFACE.to_vec();
    let at = seed.below(24);
    if let Some(octet) = octets.get_mut(usize::try_from(at).unwrap_or_default()) {
        *octet ^= 0x20;
    }
    octets
}

/// A whole frame that is no SETTINGS frame, or an acknowledgment.
fn first_frame(seed: &mut Seed<'_>) -> Vec<u8> {
    let (frame_type, flags, len) = match seed.below(4) {
        0 => (FrameType::PING, Flags::NONE, 8),
        1 => (FrameType::SETTINGS, Flags::ACK, 0),
        2 => (FrameType::WINDOW_UPDATE, Flags::NONE, 4),
        _ => (FrameType(0xf0), Flags::NONE, 5),
    };
    raw::frame(frame_type, flags, StreamId::CONNECTION, [1; 8].get(..len).unwrap_or_default())
}
