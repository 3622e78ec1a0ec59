//! The octets of each direction of the TCP connections in a capture.

use std::collections::BTreeMap;

use etherparse::{EtherType, LaxNetSlice, LaxSlicedPacket, TransportSlice};
use pcap_parser::traits::PcapNGPacketBlock;
use pcap_parser::{Block, Linktype, PcapBlockOwned, PcapError};

type Flow = (Vec<u8>, Vec<u8>, u16, u16);

/// In no special order; where segments are missing, what follows is joined: a fuzzer does not mind.
pub(crate) fn directions(file: &[u8]) -> Vec<Vec<u8>> {
    let mut flows: BTreeMap<Flow, BTreeMap<u32, Vec<u8>>> = BTreeMap::new();
    each_packet(file, |link, packet| {
        if let Some((flow, sequence_number, payload)) = segment(link, packet) {
            let segments = flows.entry(flow).or_default();
            if !payload.is_empty() {
                segments.insert(sequence_number, payload.to_vec());
            }
        }
    });
    let join = |segments: BTreeMap<u32, Vec<u8>>| segments.into_values().flatten().collect();
    flows.into_values().map(join).filter(|octets: &Vec<u8>| !octets.is_empty()).collect()
}

fn each_packet(file: &[u8], mut take: impl FnMut(Linktype, &[u8])) {
    let mut links = Vec::new();
    let mut blocks = pcap_parser::create_reader(1 << 20, file).expect("a capture");
    loop {
        match blocks.next() {
            Ok((len, block)) => {
                match &block {
                    PcapBlockOwned::LegacyHeader(header) => links.push(Linktype(header.network.0 & 0xffff)),
                    PcapBlockOwned::NG(Block::InterfaceDescription(interface)) => {
                        links.push(interface.linktype);
                    }
                    PcapBlockOwned::Legacy(block) => take(links[0], block.data),
                    PcapBlockOwned::NG(Block::EnhancedPacket(block)) => {
                        take(links[block.if_id as usize], block.packet_data());
                    }
                    PcapBlockOwned::NG(_) => {}
                }
                blocks.consume(len);
            }
            Err(PcapError::Incomplete(_)) => blocks.refill().expect("octets in memory"),
            Err(_) => return,
        }
    }
}

/// Who to whom, where, what.
fn segment(link: Linktype, packet: &[u8]) -> Option<(Flow, u32, &[u8])> {
    let cooked = |at: usize, len: usize| {
        let protocol = u16::from_be_bytes([*packet.get(at)?, *packet.get(at + 1)?]);
        Some(LaxSlicedPacket::from_ether_type(EtherType(protocol), packet.get(len..)?))
    };
    let sliced = match link {
        Linktype::ETHERNET => LaxSlicedPacket::from_ethernet(packet).ok()?,
        Linktype::LINUX_SLL => cooked(14, 16)?,
        Linktype::LINUX_SLL2 => cooked(0, 20)?,
        _ => return None,
    };
    let (from, to) = match &sliced.net {
        Some(LaxNetSlice::Ipv4(ip)) => (ip.header().source().to_vec(), ip.header().destination().to_vec()),
        Some(LaxNetSlice::Ipv6(ip)) => (ip.header().source().to_vec(), ip.header().destination().to_vec()),
        _ => return None,
    };
    let TransportSlice::Tcp(tcp) = sliced.transport? else { return None };
    let flow = (from, to, tcp.source_port(), tcp.destination_port());
    Some((flow, tcp.sequence_number(), tcp.payload()))
}
