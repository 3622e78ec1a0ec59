//! pcap and pcapng files to TCP segments. Blocks are read by `pcap-parser`.

use std::io::{self, Read};
use std::net::SocketAddr;

use anyhow::{anyhow, bail};
use etherparse::TcpOptionElement;
use pcap_parser::traits::PcapNGPacketBlock;
use pcap_parser::{Block, Linktype, PcapBlockOwned, PcapError, SecretsType};

use crate::inspect::capture::clock::{Clock, Now};
use crate::inspect::capture::layers::{Found, Layers, Unread};
use crate::inspect::capture::obsolete::ObsoletePacket;
use crate::inspect::tls::Secrets;
use crate::moment::Moment;

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
    /// When it was captured.
    pub(crate) moment: Option<Moment>,
}

/// The largest block that is taken; a capture of jumbo packets stays far below.
const LARGEST_BLOCK: usize = 64 * 1024 * 1024;

/// What comes of a capture file.
pub(crate) enum Arrival<'a> {
    Segment(&'a Segment<'a>),
    /// More of the file is read now, which may take a while.
    Pause,
}

/// Reads all packets and passes on their TCP segments; returns what could not be read.
pub(crate) fn read(
    file: impl Read + Send,
    secrets: &Secrets,
    now: &Now,
    mut take: impl FnMut(Arrival<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<Unread> {
    let mut capacity: usize = 256 * 1024;
    let file = Opened { file, reads: 0, failed: None };
    let mut blocks = pcap_parser::create_reader(capacity, file).map_err(|error| broken(&error, 0))?;
    let mut layers = Layers::default();
    let mut links = Links::default();
    let mut clock = Clock::default();
    let mut offset: u64 = 0;
    loop {
        let len = match blocks.next() {
            Ok((len, block)) => {
                clock.note(&block, now);
                if let PcapBlockOwned::NG(Block::DecryptionSecrets(block)) = &block
                    && block.secrets_type == SecretsType::TlsKeyLog
                {
                    secrets.add_block(block.data);
                }
                if let Some((link, packet)) = links.packet(&block)? {
                    layers.read(link.0, packet, &mut |found| {
                        take(Arrival::Segment(&segment(found, now.get())))
                    })?;
                }
                Some(len)
            }
            Err(PcapError::Eof) => return Ok(layers.finish()),
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
            take(Arrival::Pause)?;
            blocks.grow(capacity);
            blocks.refill().map_err(|error| broken(&error, offset))?;
        }
    }
}

/// A file whose second read does not fail but comes to nothing: `pcap_parser` reads twice before it gives the first block. What
/// failed fails after that.
struct Opened<R> {
    file: R,
    reads: u8,
    failed: Option<io::Error>,
}

impl<R: Read> Read for Opened<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        self.reads = self.reads.saturating_add(1);
        match self.file.read(buf) {
            Err(error) if self.reads == 2 => {
                self.failed = Some(error);
                Ok(0)
            }
            read => read,
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
struct Links {
    types: Vec<Linktype>,
    /// The byte order of the section.
    is_big_endian: bool,
}

impl Links {
    /// The packet in a block, if it has one, and its link type.
    fn packet<'a>(&mut self, block: &'a PcapBlockOwned<'a>) -> anyhow::Result<Option<(Linktype, &'a [u8])>> {
        let (interface, packet) = match block {
            PcapBlockOwned::LegacyHeader(header) => {
                // The upper bits may hold the length of a checksum after each packet.
                self.types = vec![Linktype(header.network.0 & 0xffff)];
                return Ok(None);
            }
            PcapBlockOwned::NG(Block::SectionHeader(section)) => {
                self.types.clear();
                self.is_big_endian = section.big_endian();
                return Ok(None);
            }
            PcapBlockOwned::NG(Block::InterfaceDescription(interface)) => {
                self.types.push(interface.linktype);
                return Ok(None);
            }
            PcapBlockOwned::Legacy(block) => (0, block.data),
            PcapBlockOwned::NG(Block::EnhancedPacket(block)) => (block.if_id, block.packet_data()),
            PcapBlockOwned::NG(Block::SimplePacket(block)) => (0, block.packet_data()),
            PcapBlockOwned::NG(Block::Unknown(block)) => {
                match ObsoletePacket::parse(block, self.is_big_endian) {
                    Some(ObsoletePacket { interface, data: Some(data), .. }) => (interface, data),
                    Some(_) => bail!("the capture file is damaged: a packet is longer than its block"),
                    None => return Ok(None),
                }
            }
            PcapBlockOwned::NG(_) => return Ok(None),
        };
        match usize::try_from(interface).ok().and_then(|index| self.types.get(index)) {
            Some(link) => Ok(Some((*link, packet))),
            None => bail!(
                "the capture file is damaged: a packet names interface {interface}, which the file does not describe"
            ),
        }
    }
}

fn segment<'a>(found: &'a Found<'a>, moment: Option<Moment>) -> Segment<'a> {
    match found {
        Found::Tcp { from, to, tcp, cut } => Segment {
            from: SocketAddr::new(*from, tcp.source_port()),
            to: SocketAddr::new(*to, tcp.destination_port()),
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
            cut: *cut,
            moment,
        },
        Found::Exported { from, to, sequence_number, payload } => Segment {
            from: *from,
            to: *to,
            sequence_number: *sequence_number,
            syn: false,
            ack: false,
            fin: false,
            rst: false,
            acknowledgment_number: 0,
            window: 0,
            window_scale: None,
            payload,
            cut: 0,
            moment,
        },
    }
}
