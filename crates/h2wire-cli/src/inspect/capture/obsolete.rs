//! Packet Blocks of pcapng, which old writers use and `pcap-parser` does not know.

use pcap_parser::pcapng::UnknownBlock;

const BLOCK_TYPE: u32 = 2;

/// A packet of such a block.
pub(super) struct ObsoletePacket<'a> {
    pub(super) interface: u32,
    pub(super) ts_high: u32,
    pub(super) ts_low: u32,
    /// `None` if the block is shorter than the packet in it.
    pub(super) data: Option<&'a [u8]>,
}

impl<'a> ObsoletePacket<'a> {
    /// The packet of a block; `None` if that is of another type.
    pub(super) fn parse(block: &UnknownBlock<'a>, is_big_endian: bool) -> Option<Self> {
        // `pcap-parser` 0.17 takes it for little-endian.
        let block_type = if is_big_endian { block.block_type.swap_bytes() } else { block.block_type };
        if block_type != BLOCK_TYPE {
            return None;
        }
        let word = |at| {
            let octets = block.data.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
            if is_big_endian { u32::from_be_bytes(octets) } else { u32::from_le_bytes(octets) }
        };
        // The interface, and how many packets were dropped.
        let first = word(0);
        let interface = if is_big_endian { first >> 16 } else { first & 0xffff };
        let len = usize::try_from(word(12)).unwrap_or(usize::MAX);
        let data = block.data.get(20..).and_then(|rest| rest.get(..len));
        Some(Self { interface, ts_high: word(4), ts_low: word(8), data })
    }
}
