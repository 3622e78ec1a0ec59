//! pcap and pcapng files to TCP segments. Blocks are read by `pcap-parser`, headers by `etherparse`.

use std::io::Read;
use std::net::{IpAddr, SocketAddr};

use anyhow::{anyhow, bail};
use etherparse::{EtherType, LaxNetSlice, LaxSlicedPacket, TcpOptionElement, TransportSlice};
use pcap_parser::traits::PcapNGPacketBlock;
use pcap_parser::{Block, Linktype, PcapBlockOwned, PcapError, SecretsType};

use crate::inspect::tls::Secrets;

/// A TCP segment.
#[allow(clippy::struct_excessive_bools, reason = "the flags of TCP")]
pub(crate) struct Segment<'a> {
    pub(crate) from: SocketAddr,
    pub(crate) to: SocketAddr,
    pub(crate) sequence_number: u32,
    pub(crate) syn: bool,
    pub(crate) ack: bool,
    pub(crate) fin: bool,
    pub(crate) rst: bool,
    /// The next byte that its sender waits for; of no meaning without ACK.
    pub(crate) acknowledgment_number: u32,
    pub(crate) window: u16,
    /// Of a SYN: by how many bits later windows are larger.
    pub(crate) window_scale: Option<u8>,
    pub(crate) payload: &'a [u8],
    /// Bytes of its payload that were not captured.
    pub(crate) cut: u32,
}

/// The packets that were not read.
#[derive(Default, Debug)]
pub(crate) struct LeftOut {
    /// Fragments of IP packets.
    pub(crate) fragments: u64,
    /// Packets of link types that are not known, and the first such type.
    pub(crate) foreign_links: u64,
    pub(crate) foreign_link: Option<i32>,
}

/// The largest block that is taken; a capture of jumbo packets stays far below.
const LARGEST_BLOCK: usize = 64 * 1024 * 1024;

/// Reads all packets and passes on their TCP segments.
pub(crate) fn read(
    file: impl Read + Send,
    secrets: &Secrets,
    mut take: impl FnMut(&Segment<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<LeftOut> {
    let mut capacity: usize = 256 * 1024;
    let mut blocks = pcap_parser::create_reader(capacity, file).map_err(|error| broken(&error, 0))?;
    let mut left_out = LeftOut::default();
    let mut links = Links::default();
    let mut offset: u64 = 0;
    loop {
        let len = match blocks.next() {
            Ok((len, block)) => {
                if let PcapBlockOwned::NG(Block::DecryptionSecrets(block)) = &block
                    && block.secrets_type == SecretsType::TlsKeyLog
                {
                    secrets.add_block(block.data);
                }
                if let Some((link, packet)) = links.packet(&block)? {
                    packet_to_segment(link, packet, &mut left_out, &mut take)?;
                }
                Some(len)
            }
            Err(PcapError::Eof) => return Ok(left_out),
            Err(PcapError::Incomplete(_)) => None,
            Err(PcapError::BufferTooSmall) if capacity < LARGEST_BLOCK => {
                capacity = capacity.saturating_mul(2);
                None
            }
            Err(error) => return Err(broken(&error, offset)),
        };
        if let Some(len) = len {
            offset = offset.saturating_add(u64::try_from(len).unwrap_or(u64::MAX));
            blocks.consume(len);
        } else if blocks.reader_exhausted() {
            return Err(broken(&PcapError::UnexpectedEof, offset));
        } else {
            blocks.grow(capacity);
            blocks.refill().map_err(|error| broken(&error, offset))?;
        }
    }
}

fn broken(error: &PcapError<&[u8]>, offset: u64) -> anyhow::Error {
    match error {
        PcapError::Incomplete(_) | PcapError::UnexpectedEof => {
            anyhow!("the capture file is cut off inside the block at offset {offset}")
        }
        PcapError::ReadError => anyhow!("the capture file cannot be read after offset {offset}"),
        PcapError::BufferTooSmall => {
            anyhow!("the block at offset {offset} of the capture file is longer than {LARGEST_BLOCK} bytes")
        }
        _ => anyhow!("the capture file is damaged at offset {offset}"),
    }
}

/// The link types: one in a pcap file, one for each interface of a section in pcapng.
#[derive(Default)]
struct Links(Vec<Linktype>);

impl Links {
    /// The packet in a block, if it has one, and its link type.
    fn packet<'a>(&mut self, block: &'a PcapBlockOwned<'a>) -> anyhow::Result<Option<(Linktype, &'a [u8])>> {
        let (interface, packet) = match block {
            PcapBlockOwned::LegacyHeader(header) => {
                // The upper bits may hold the length of a checksum after each packet.
                self.0 = vec![Linktype(header.network.0 & 0xffff)];
                return Ok(None);
            }
            PcapBlockOwned::NG(Block::SectionHeader(_)) => {
                self.0.clear();
                return Ok(None);
            }
            PcapBlockOwned::NG(Block::InterfaceDescription(interface)) => {
                self.0.push(interface.linktype);
                return Ok(None);
            }
            PcapBlockOwned::Legacy(block) => (0, block.data),
            PcapBlockOwned::NG(Block::EnhancedPacket(block)) => (block.if_id, block.packet_data()),
            PcapBlockOwned::NG(Block::SimplePacket(block)) => (0, block.packet_data()),
            PcapBlockOwned::NG(_) => return Ok(None),
        };
        match usize::try_from(interface).ok().and_then(|index| self.0.get(index)) {
            Some(link) => Ok(Some((*link, packet))),
            None => bail!(
                "the capture file is damaged: a packet names interface {interface}, which the file does not describe"
            ),
        }
    }
}

fn packet_to_segment(
    link: Linktype,
    packet: &[u8],
    left_out: &mut LeftOut,
    take: &mut impl FnMut(&Segment<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    // Other packets, and those cut off before the TCP header, carry no TCP bytes.
    let Some(slice) = slicer(link) else {
        left_out.foreign_links = left_out.foreign_links.saturating_add(1);
        left_out.foreign_link.get_or_insert(link.0);
        return Ok(());
    };
    let Some(sliced) = slice(packet) else { return Ok(()) };
    let (source, destination, ip, sent) = match &sliced.net {
        Some(LaxNetSlice::Ipv4(ip)) => {
            let header = ip.header();
            let sent = usize::from(header.total_len()).saturating_sub(header.slice().len());
            (IpAddr::from(header.source()), IpAddr::from(header.destination()), ip.payload(), sent)
        }
        Some(LaxNetSlice::Ipv6(ip)) => {
            let header = ip.header();
            let sent = usize::from(header.payload_length()).saturating_sub(ip.extensions().slice().len());
            (IpAddr::from(header.source()), IpAddr::from(header.destination()), ip.payload(), sent)
        }
        _ => return Ok(()),
    };
    if ip.fragmented {
        left_out.fragments = left_out.fragments.saturating_add(1);
        return Ok(());
    }
    let Some(TransportSlice::Tcp(tcp)) = &sliced.transport else { return Ok(()) };
    take(&Segment {
        from: SocketAddr::new(source, tcp.source_port()),
        to: SocketAddr::new(destination, tcp.destination_port()),
        sequence_number: tcp.sequence_number(),
        syn: tcp.syn(),
        ack: tcp.ack(),
        fin: tcp.fin(),
        rst: tcp.rst(),
        acknowledgment_number: tcp.acknowledgment_number(),
        window: tcp.window_size(),
        window_scale: tcp.options_iterator().find_map(|option| match option {
            Ok(TcpOptionElement::WindowScale(scale)) => Some(scale),
            _ => None,
        }),
        payload: tcp.payload(),
        cut: if ip.incomplete {
            u32::try_from(sent.saturating_sub(ip.payload.len())).unwrap_or(0)
        } else {
            0
        },
    })
}

/// Finds the headers of a packet; `None` if it does not match its link type.
type Slicer = fn(&[u8]) -> Option<LaxSlicedPacket<'_>>;

/// The reader of a link type, if the type is known.
fn slicer(link: Linktype) -> Option<Slicer> {
    const NULL_HEADER: usize = 4;
    const SLL_HEADER: usize = 16;
    const SLL2_HEADER: usize = 20;
    Some(match link {
        Linktype::ETHERNET => |packet| LaxSlicedPacket::from_ethernet(packet).ok(),
        Linktype::RAW | Linktype::IPV4 | Linktype::IPV6 | Linktype(12 | 14) => {
            |packet| LaxSlicedPacket::from_ip(packet).ok()
        }
        Linktype::NULL | Linktype::LOOP => |packet| LaxSlicedPacket::from_ip(packet.get(NULL_HEADER..)?).ok(),
        // The protocol is at the end of the first header and at the start of the second.
        Linktype::LINUX_SLL => |packet| cooked(packet.get(14..16), packet.get(SLL_HEADER..)),
        Linktype::LINUX_SLL2 => |packet| cooked(packet.get(..2), packet.get(SLL2_HEADER..)),
        _ => return None,
    })
}

fn cooked<'a>(protocol: Option<&[u8]>, rest: Option<&'a [u8]>) -> Option<LaxSlicedPacket<'a>> {
    let protocol = protocol?.first_chunk().copied().map(u16::from_be_bytes)?;
    Some(LaxSlicedPacket::from_ether_type(EtherType(protocol), rest?))
}
