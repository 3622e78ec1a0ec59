//! One side of a TCP connection.

use std::net::SocketAddr;

use h2wire::frame::{Opening, PREFACE};

use crate::inspect::capture::beginning::Beginning;
use crate::inspect::capture::packets::Segment;
use crate::inspect::capture::reassembly::Reassembly;
use crate::inspect::capture::recognise::is_preface_settings;

/// One side and its bytes.
pub(super) struct End {
    pub(super) address: SocketAddr,
    /// The sequence number before its first byte, as its first segment or the other side's has it.
    pub(super) base: Option<u32>,
    pub(super) has_syn: bool,
    pub(super) reassembly: Reassembly,
    /// The last byte that it acknowledged, and how many may be sent after it.
    pub(super) receives: Option<(u32, u32)>,
    pub(super) window_scale: u8,
    /// The first bytes, until the protocol is known.
    pub(super) start: Beginning,
    /// Bytes that it sent in an earlier connection with the same number.
    pub(super) before: u64,
}

impl End {
    pub(super) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            base: None,
            has_syn: false,
            reassembly: Reassembly::default(),
            receives: None,
            window_scale: 0,
            start: Beginning::default(),
            before: 0,
        }
    }

    /// Whether the capture has what this side sends.
    pub(super) const fn is_seen(&self) -> bool {
        self.has_syn || !self.start.octets.is_empty()
    }

    /// Whether the capture may lack the start of HTTP/2 of this side. It `has_lost` bytes of the connection.
    pub(super) fn is_cut(&self, has_lost: bool) -> bool {
        let octets = self.start.octets.as_slice();
        if octets.starts_with(PREFACE) || self.start.is_lost {
            return !octets.starts_with(PREFACE);
        }
        // Without it, what the other side acknowledges first may not be the first byte.
        let has_start = self.has_syn || self.start.offset > 0;
        let starts = octets.is_empty() && has_start || !octets.is_empty() && PREFACE.starts_with(octets);
        let is_foreign = matches!(Opening::detect(octets), Opening::Foreign(_));
        let is_upgrade = octets.starts_with(b"HTTP/1.1 101 ");
        !starts && !is_preface_settings(octets) && (has_lost || !has_start && (!is_foreign || is_upgrade))
    }

    /// Whether another side may acknowledge this number: that of a byte which this side has sent since its SYN.
    pub(super) fn may_be_acknowledged(&self, number: u32) -> bool {
        const FURTHEST: u32 = 1 << 31;
        let base = self.base.filter(|_| self.has_syn);
        base.is_none_or(|base| number.wrapping_sub(base) < FURTHEST)
    }

    /// Notes what a segment of this side says about its window. RFC 7323 §2.2.
    pub(super) fn note(&mut self, segment: &Segment<'_>) {
        const MOST: u8 = 14;
        self.has_syn |= segment.syn;
        let scale = segment.window_scale.unwrap_or(self.window_scale).min(MOST);
        let scale_now = if segment.syn { 0 } else { self.window_scale };
        self.window_scale = scale;
        if segment.ack {
            let window = u32::from(segment.window).checked_shl(scale_now.into()).unwrap_or(0);
            self.receives = Some((segment.acknowledgment_number, window));
        }
    }
}
